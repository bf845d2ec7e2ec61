//! Formats of `struct`: what each letter means, where its items lie, and how they go to bytes and back.

use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::{bool, bytearray, complex, float, int};
use terrarium_objects::{Object, Owned, PyResult, Raised, error, ops};

use super::raise;

/// One run of equal items.
#[derive(Clone, Copy)]
pub struct Code {
    pub letter: u8,
    /// Bytes from the start.
    pub offset: usize,
    /// Bytes an item; for `s` and `p` of the whole string.
    pub size: usize,
    pub repeat: usize,
}

/// A format that has been read.
pub struct Layout {
    pub codes: Vec<Code>,
    pub size: usize,
    /// Number of values.
    pub count: usize,
    pub big: bool,
}

/// Size and alignment of a letter; `None` if it is not known in this mode.
fn shape(letter: u8, native: bool) -> Option<(usize, usize)> {
    let size = match letter {
        b'x' | b'b' | b'B' | b'c' | b's' | b'p' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' if !native => 4,
        b'l' | b'L' | b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        b'F' => return Some((8, if native { 4 } else { 0 })),
        b'D' => return Some((16, if native { 8 } else { 0 })),
        _ => return None,
    };
    Some((size, if native && size > 1 { size } else { 0 }))
}

fn too_long() -> Raised {
    raise("total struct size too long")
}

impl Layout {
    /// Reads a format.
    pub fn parse(format: &[u8]) -> PyResult<Layout> {
        let (native, big, rest) = match format {
            [b'@', rest @ ..] => (true, false, rest),
            [b'=' | b'<', rest @ ..] => (false, false, rest),
            [b'>' | b'!', rest @ ..] => (false, true, rest),
            rest => (true, false, rest),
        };
        let mut layout = Layout {
            codes: Vec::new(),
            size: 0,
            count: 0,
            big,
        };
        let mut letters = rest.iter().copied().peekable();
        while let Some(mut letter) = letters.next() {
            if letter.is_ascii_whitespace() || letter == 11 {
                continue;
            }
            let mut repeat = 1;
            if letter.is_ascii_digit() {
                repeat = usize::from(letter - b'0');
                while let Some(digit) = letters.next_if(u8::is_ascii_digit) {
                    repeat = repeat
                        .checked_mul(10)
                        .and_then(|r| r.checked_add(usize::from(digit - b'0')))
                        .filter(|r| *r <= isize::MAX as usize)
                        .ok_or_else(too_long)?;
                }
                letter = letters
                    .next()
                    .ok_or_else(|| raise("repeat count given without format specifier"))?;
            }
            layout.add(letter, repeat, native)?;
        }
        Ok(layout)
    }

    fn add(&mut self, letter: u8, repeat: usize, native: bool) -> PyResult<()> {
        let (size, alignment) =
            shape(letter, native).ok_or_else(|| raise("bad char in struct format"))?;
        let mut offset = self.size;
        if alignment > 1 {
            offset = offset
                .checked_next_multiple_of(alignment)
                .ok_or_else(too_long)?;
        }
        let whole = matches!(letter, b's' | b'p');
        let bytes = size.checked_mul(repeat).ok_or_else(too_long)?;
        self.size = offset
            .checked_add(bytes)
            .filter(|s| *s <= isize::MAX as usize)
            .ok_or_else(too_long)?;
        match letter {
            b'x' => {}
            _ if whole => {
                self.count += 1;
                self.codes.push(Code {
                    letter,
                    offset,
                    size: repeat,
                    repeat: 1,
                });
            }
            _ => {
                self.count = self.count.checked_add(repeat).ok_or_else(too_long)?;
                self.codes.push(Code {
                    letter,
                    offset,
                    size,
                    repeat,
                });
            }
        }
        Ok(())
    }

    /// The values of some bytes, at least `size` of them.
    pub fn unpack(&self, data: &[u8]) -> PyResult<Vec<Owned>> {
        let mut values = Vec::with_capacity(self.count);
        for code in &self.codes {
            for index in 0..code.repeat {
                let at = code.offset + index * code.size;
                values.push(self.unpack_one(code.letter, &data[at..at + code.size]));
            }
        }
        Ok(values)
    }

    /// Up to eight bytes as a number.
    fn number(&self, data: &[u8]) -> u64 {
        let mut wide = [0; 8];
        if self.big {
            wide[8 - data.len()..].copy_from_slice(data);
            u64::from_be_bytes(wide)
        } else {
            wide[..data.len()].copy_from_slice(data);
            u64::from_le_bytes(wide)
        }
    }

    fn real(&self, data: &[u8]) -> f64 {
        let bits = self.number(data);
        match data.len() {
            2 => from_half(bits as u16),
            4 => f64::from(f32::from_bits(bits as u32)),
            _ => f64::from_bits(bits),
        }
    }

    fn unpack_one(&self, letter: u8, data: &[u8]) -> Owned {
        match letter {
            b'c' | b's' => Bytes::new(data),
            b'p' => match data.split_first() {
                Some((length, rest)) => Bytes::new(&rest[..usize::from(*length).min(rest.len())]),
                None => Bytes::new(&[]),
            },
            b'?' => bool::bool_owned(data[0] != 0),
            b'e' | b'f' | b'd' => float::from_f64(self.real(data)),
            b'F' | b'D' => {
                let (real, imag) = data.split_at(data.len() / 2);
                complex::from_parts(self.real(real), self.real(imag))
            }
            b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
                let shift = 64 - 8 * data.len() as u32;
                int::from_i64((self.number(data) << shift) as i64 >> shift)
            }
            _ => int::from_u64(self.number(data)),
        }
    }

    /// Writes values into zeroed bytes.
    pub fn pack(&self, values: &[&Object], out: &mut [u8]) -> PyResult<()> {
        let mut values = values.iter();
        for code in &self.codes {
            for index in 0..code.repeat {
                let Some(value) = values.next() else {
                    return Ok(());
                };
                let at = code.offset + index * code.size;
                self.pack_one(code.letter, value, &mut out[at..at + code.size])?;
            }
        }
        Ok(())
    }

    fn put(&self, bits: u64, out: &mut [u8]) {
        let wide = if self.big {
            bits.to_be_bytes()
        } else {
            bits.to_le_bytes()
        };
        let size = out.len();
        out.copy_from_slice(if self.big {
            &wide[8 - size..]
        } else {
            &wide[..size]
        });
    }

    fn put_real(&self, value: f64, out: &mut [u8]) -> PyResult<()> {
        let too_large =
            |letter| error::overflow_error(format!("float too large to pack with {letter} format"));
        let bits = match out.len() {
            2 => u64::from(to_half(value).ok_or_else(|| too_large("e"))?),
            4 => {
                let narrow = value as f32;
                if narrow.is_infinite() && !value.is_infinite() {
                    return Err(too_large("f"));
                }
                u64::from(narrow.to_bits())
            }
            _ => value.to_bits(),
        };
        self.put(bits, out);
        Ok(())
    }

    fn pack_one(&self, letter: u8, value: &Object, out: &mut [u8]) -> PyResult<()> {
        match letter {
            b'c' => match of_bytes(value).as_deref() {
                Some([byte]) => out[0] = *byte,
                _ => {
                    return Err(raise("char format requires a bytes object of length 1"));
                }
            },
            b's' | b'p' => {
                let Some(data) = of_bytes(value) else {
                    return Err(raise(&format!(
                        "argument for '{}' must be a bytes object",
                        letter as char
                    )));
                };
                put_text(letter, &data, out);
            }
            b'?' => out[0] = u8::from(ops::compare::is_true(value)?),
            b'e' | b'f' | b'd' => {
                let number = ops::number::as_f64(value).map_err(|raised| {
                    if error::matches(&terrarium_objects::types::exceptions::TYPE_ERROR) {
                        error::clear();
                        return raise("required argument is not a float");
                    }
                    raised
                })?;
                self.put_real(number, out)?;
            }
            b'F' | b'D' => {
                let (real, imag) = as_complex(value)?;
                let (first, second) = out.split_at_mut(out.len() / 2);
                self.put_real(real, first)?;
                self.put_real(imag, second)?;
            }
            _ => self.pack_int(letter, value, out)?,
        }
        Ok(())
    }

    fn pack_int(&self, letter: u8, value: &Object, out: &mut [u8]) -> PyResult<()> {
        let number = as_int(value)?;
        let bits = 8 * out.len() as u32;
        if letter == b'P' {
            // An address: negative numbers wrap.
            let wide = int::cast(&number)
                .to_i128()
                .filter(|n| (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(n))
                .ok_or_else(|| raise("int too large to convert"))?;
            self.put(wide as u64, out);
            return Ok(());
        }
        let signed = letter.is_ascii_lowercase();
        let (low, high): (i128, i128) = if signed {
            (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        } else {
            (0, (1i128 << bits) - 1)
        };
        match int::cast(&number)
            .to_i128()
            .filter(|n| (low..=high).contains(n))
        {
            Some(number) => {
                self.put(number as u64, out);
                Ok(())
            }
            None => Err(raise(&format!(
                "'{}' format requires {low} <= number <= {high}",
                letter as char
            ))),
        }
    }
}

fn of_bytes(value: &Object) -> Option<Vec<u8>> {
    if bytes::is_bytes(value) {
        return Some(bytes::cast(value).bytes().to_vec());
    }
    bytearray::is_bytearray(value).then(|| bytearray::cast(value).bytes().to_vec())
}

fn put_text(letter: u8, data: &[u8], out: &mut [u8]) {
    if letter == b's' {
        let count = data.len().min(out.len());
        out[..count].copy_from_slice(&data[..count]);
    } else if let Some((length, rest)) = out.split_first_mut() {
        let count = data.len().min(rest.len());
        rest[..count].copy_from_slice(&data[..count]);
        *length = count.min(255) as u8;
    }
}

fn as_int(value: &Object) -> PyResult {
    if int::is_int(value) {
        return Ok(Owned::new(value));
    }
    if value.ty().slots.index.is_some() {
        return ops::number::index(value);
    }
    Err(raise("required argument is not an integer"))
}

fn as_complex(value: &Object) -> PyResult<(f64, f64)> {
    if complex::is_complex(value) {
        return Ok(complex::value(value));
    }
    match ops::number::as_f64(value) {
        Ok(real) => Ok((real, 0.0)),
        Err(raised) if error::matches(&terrarium_objects::types::exceptions::TYPE_ERROR) => {
            let _ = raised;
            error::clear();
            Err(raise("required argument is not a complex"))
        }
        Err(raised) => Err(raised),
    }
}

/// A half-precision number, rounded to even; `None` when it is too large.
pub fn to_half(value: f64) -> Option<u16> {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    if value == 0.0 {
        return Some(sign);
    }
    if value.is_infinite() {
        return Some(sign | 0x7C00);
    }
    if value.is_nan() {
        return Some(sign | 0x7E00);
    }
    let bits = value.abs().to_bits();
    let mut exponent = (bits >> 52) as i32 - 1023;
    if exponent >= 16 {
        return None;
    }
    if exponent < -25 {
        return Some(sign);
    }
    // 1.x times 2 to the exponent.
    let mut fraction = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if exponent < -14 {
        fraction *= 2f64.powi(14 + exponent);
        exponent = 0;
    } else {
        exponent += 15;
        fraction -= 1.0;
    }
    fraction *= 1024.0;
    let mut digits = fraction as u16;
    let rest = fraction - f64::from(digits);
    if rest > 0.5 || rest == 0.5 && digits & 1 == 1 {
        digits += 1;
        if digits == 1024 {
            digits = 0;
            exponent += 1;
            if exponent == 31 {
                return None;
            }
        }
    }
    Some(sign | (exponent as u16) << 10 | digits)
}

/// The value of a half-precision number.
pub fn from_half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 != 0 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 31);
    let fraction = f64::from(bits & 1023) / 1024.0;
    match exponent {
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => f64::NAN.copysign(sign),
        0 => sign * fraction * 2f64.powi(-14),
        _ => sign * (1.0 + fraction) * 2f64.powi(exponent - 15),
    }
}
