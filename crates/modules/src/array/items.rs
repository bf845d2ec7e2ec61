//! The item kinds of `array`: sizes, and items to and from objects.

use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{float, int};
use terrarium_objects::{Object, Owned, PyResult, error, ops};

/// One typecode.
pub struct Kind {
    pub code: u8,
    pub size: usize,
    /// How a buffer of such items names them.
    pub format: &'static std::primitive::str,
    pub signed: bool,
}

macro_rules! kinds {
    ($($code:literal $size:literal $format:literal $signed:literal),*) => {
        pub static KINDS: [Kind; 14] = [$(Kind {
            code: $code,
            size: $size,
            format: $format,
            signed: $signed,
        }),*];
    };
}

kinds! {
    b'b' 1 "b" true, b'B' 1 "B" false, b'u' 4 "w" false, b'w' 4 "w" false, b'h' 2 "h" true, b'H' 2 "H" false,
    b'i' 4 "i" true, b'I' 4 "I" false, b'l' 8 "l" true, b'L' 8 "L" false, b'q' 8 "q" true, b'Q' 8 "Q" false,
    b'f' 4 "f" false, b'd' 8 "d" false
}

impl Kind {
    pub fn is_text(&self) -> bool {
        matches!(self.code, b'u' | b'w')
    }

    /// The item as an object.
    pub fn get(&self, data: &[u8]) -> Owned {
        let mut wide = [0; 8];
        wide[..self.size].copy_from_slice(&data[..self.size]);
        let bits = u64::from_le_bytes(wide);
        match self.code {
            b'f' => float::from_f64(f32::from_bits(bits as u32).into()),
            b'd' => float::from_f64(f64::from_bits(bits)),
            b'u' | b'w' => Str::from_point((bits as u32).min(0x10_FFFF)),
            _ if self.signed => {
                let shift = 64 - 8 * self.size as u32;
                int::from_i64((bits << shift) as i64 >> shift)
            }
            _ => int::from_u64(bits),
        }
    }

    /// The bytes of an item; errors of type and range.
    pub fn put(&self, value: &Object) -> PyResult<Vec<u8>> {
        let bits = match self.code {
            b'f' => u64::from((ops::number::as_f64(value)? as f32).to_bits()),
            b'd' => ops::number::as_f64(value)?.to_bits(),
            b'u' | b'w' => u64::from(character(value)?),
            _ => self.number(value)?,
        };
        Ok(bits.to_le_bytes()[..self.size].to_vec())
    }

    fn number(&self, value: &Object) -> PyResult<u64> {
        let number = if int::is_int(value) {
            Owned::new(value)
        } else {
            ops::number::index(value)?
        };
        let wide = int::cast(&number).to_i128();
        let bits = 8 * self.size as u32;
        let (low, high): (i128, i128) = if self.signed {
            (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        } else {
            (0, (1i128 << bits) - 1)
        };
        let negative = int::cast(&number).is_negative();
        if let Some(wide) = wide
            && (low..=high).contains(&wide)
        {
            return Ok(wide as u64);
        }
        let side = if negative {
            "less than minimum"
        } else {
            "greater than maximum"
        };
        let fits_long = wide.is_some_and(|w| i64::try_from(w).is_ok());
        let text = match self.code {
            b'b' if fits_long => format!("signed char is {side}"),
            b'B' if fits_long => format!("unsigned byte integer is {side}"),
            b'h' if fits_long => format!("signed short integer is {side}"),
            b'H' if fits_long => format!("unsigned short is {side}"),
            b'i' if fits_long => format!("signed integer is {side}"),
            b'I' | b'L' if negative => String::from("can't convert negative value to unsigned int"),
            b'Q' if negative => String::from("can't convert negative int to unsigned"),
            b'I' if wide.is_some_and(|w| u64::try_from(w).is_ok()) => {
                String::from("unsigned int is greater than maximum")
            }
            b'I' | b'L' => String::from("Python int too large to convert to C unsigned long"),
            b'q' | b'Q' => String::from("int too big to convert"),
            _ => String::from("Python int too large to convert to C long"),
        };
        Err(error::overflow_error(text))
    }
}

fn character(value: &Object) -> PyResult<u32> {
    let Some(text) = value.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "array item must be a unicode character, not {}",
            value.ty().full_name()
        )));
    };
    if text.len() != 1 {
        return Err(error::type_error(format!(
            "array item must be a unicode character, not a string of length {}",
            text.len()
        )));
    }
    let _ = str::is_str;
    Ok(text.char_at(0))
}
