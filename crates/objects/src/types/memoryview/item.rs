//! Items of a view as objects, by the format letters of the `struct` module (native sizes).

use crate::error::{not_implemented_error, type_error, value_error};
use crate::object::Object;
use crate::ops::{compare, number};
use crate::refs::{PyResult, Raised};
use crate::types::bool::bool_owned;
use crate::types::bytes::{self, Bytes};
use crate::types::exceptions::TYPE_ERROR;
use crate::types::{float, int};

/// Formats that views know, with the sizes of their items.
static FORMATS: [(&str, usize); 36] = [
    ("B", 1),
    ("b", 1),
    ("c", 1),
    ("?", 1),
    ("h", 2),
    ("H", 2),
    ("i", 4),
    ("I", 4),
    ("l", 8),
    ("L", 8),
    ("q", 8),
    ("Q", 8),
    ("n", 8),
    ("N", 8),
    ("P", 8),
    ("e", 2),
    ("f", 4),
    ("d", 8),
    ("@B", 1),
    ("@b", 1),
    ("@c", 1),
    ("@?", 1),
    ("@h", 2),
    ("@H", 2),
    ("@i", 4),
    ("@I", 4),
    ("@l", 8),
    ("@L", 8),
    ("@q", 8),
    ("@Q", 8),
    ("@n", 8),
    ("@N", 8),
    ("@P", 8),
    ("@e", 2),
    ("@f", 4),
    ("@d", 8),
];

/// The format of this spelling, and its size.
pub fn find(format: &str) -> Option<(&'static str, usize)> {
    FORMATS.iter().find(|(name, _)| *name == format).copied()
}

/// The letter of a known format; 0 for others.
pub fn letter(format: &str) -> u8 {
    match find(format) {
        Some((name, _)) => name.as_bytes()[name.len() - 1],
        None => 0,
    }
}

/// The object that an item is.
pub fn unpack(format: &str, data: &[u8]) -> PyResult {
    macro_rules! read {
        ($ty:ty) => {
            <$ty>::from_ne_bytes(*data.first_chunk().unwrap_or(&[0; size_of::<$ty>()]))
        };
    }
    Ok(match letter(format) {
        b'B' => int::from_i64(i64::from(read!(u8))),
        b'b' => int::from_i64(i64::from(read!(i8))),
        b'h' => int::from_i64(i64::from(read!(i16))),
        b'H' => int::from_i64(i64::from(read!(u16))),
        b'i' => int::from_i64(i64::from(read!(i32))),
        b'I' => int::from_i64(i64::from(read!(u32))),
        b'l' | b'q' | b'n' => int::from_i64(read!(i64)),
        b'L' | b'Q' | b'N' | b'P' => int::from_u64(read!(u64)),
        b'e' => float::from_f64(float::bits::from_half(read!(u16))),
        b'f' => float::from_f64(f64::from(read!(f32))),
        b'd' => float::from_f64(read!(f64)),
        b'?' => bool_owned(data.first().is_some_and(|b| *b != 0)),
        b'c' => Bytes::new(data),
        _ => {
            return Err(not_implemented_error(format!(
                "memoryview: format {format} not supported"
            )));
        }
    })
}

#[cold]
fn bad_type(format: &str) -> Raised {
    type_error(format!("memoryview: invalid type for format '{format}'"))
}

#[cold]
fn bad_value(format: &str) -> Raised {
    value_error(format!("memoryview: invalid value for format '{format}'"))
}

/// An error of a conversion as the view reports it: a wrong type stays one.
fn converted<T>(format: &str, result: PyResult<T>) -> PyResult<T> {
    result.map_err(|_| {
        let wrong_type = crate::error::matches(&TYPE_ERROR);
        crate::error::clear();
        if wrong_type {
            bad_type(format)
        } else {
            bad_value(format)
        }
    })
}

/// The bytes of an object as an item.
pub fn pack(format: &str, value: &Object) -> PyResult<Vec<u8>> {
    let integer = || -> PyResult<i128> {
        let value = converted(format, number::index(value))?;
        int::cast(&value).to_i128().ok_or_else(|| bad_value(format))
    };
    macro_rules! write {
        ($ty:ty) => {
            <$ty>::try_from(integer()?)
                .map_err(|_| bad_value(format))?
                .to_ne_bytes()
                .to_vec()
        };
    }
    let real = || converted(format, number::as_f64(value));
    Ok(match letter(format) {
        b'B' => write!(u8),
        b'b' => write!(i8),
        b'h' => write!(i16),
        b'H' => write!(u16),
        b'i' => write!(i32),
        b'I' => write!(u32),
        b'l' | b'q' | b'n' => write!(i64),
        b'L' | b'Q' | b'N' | b'P' => write!(u64),
        b'f' => (real()? as f32).to_ne_bytes().to_vec(),
        b'd' => real()?.to_ne_bytes().to_vec(),
        b'e' => float::bits::to_half(real()?)
            .ok_or_else(|| bad_value(format))?
            .to_ne_bytes()
            .to_vec(),
        b'?' => vec![u8::from(compare::is_true(value)?)],
        b'c' => {
            if !bytes::is_bytes(value) {
                return Err(bad_type(format));
            }
            match bytes::cast(value).bytes() {
                [byte] => vec![*byte],
                _ => return Err(bad_value(format)),
            }
        }
        _ => {
            return Err(not_implemented_error(format!(
                "memoryview: format {format} not supported"
            )));
        }
    })
}
