//! Case, classes of characters, and padding, all by ASCII.

use crate::args::{Signature, check_positional};
use crate::error::{overflow_error, type_error};
use crate::object::Object;
use crate::refs::{PyResult, Word};
use crate::types::bool::bool_owned;
use crate::types::str::methods::shown_type;
use crate::types::{bytearray, int};

use super::affix::is_space;
use super::methods::{ByteKind, data_of};
use super::{cast, is_bytes};

pub fn upper<K: ByteKind>(this: &Object) -> PyResult {
    K::fresh(&data_of(this).to_ascii_uppercase())
}

pub fn lower<K: ByteKind>(this: &Object) -> PyResult {
    K::fresh(&data_of(this).to_ascii_lowercase())
}

pub fn swapcase<K: ByteKind>(this: &Object) -> PyResult {
    let swapped: Vec<u8> = data_of(this)
        .iter()
        .map(|b| {
            if b.is_ascii_alphabetic() {
                b ^ 0x20
            } else {
                *b
            }
        })
        .collect();
    K::fresh(&swapped)
}

pub fn capitalize<K: ByteKind>(this: &Object) -> PyResult {
    let mut data = data_of(this).to_ascii_lowercase();
    if let Some(first) = data.first_mut() {
        first.make_ascii_uppercase();
    }
    K::fresh(&data)
}

pub fn title<K: ByteKind>(this: &Object) -> PyResult {
    let mut data = data_of(this).to_vec();
    let mut after_letter = false;
    for byte in &mut data {
        if after_letter {
            byte.make_ascii_lowercase();
        } else {
            byte.make_ascii_uppercase();
        }
        after_letter = byte.is_ascii_alphabetic();
    }
    K::fresh(&data)
}

fn all(this: &Object, test: impl Fn(&u8) -> bool) -> PyResult {
    let data = data_of(this);
    Ok(bool_owned(!data.is_empty() && data.iter().all(test)))
}

pub fn isalnum(this: &Object) -> PyResult {
    all(this, u8::is_ascii_alphanumeric)
}

pub fn isalpha(this: &Object) -> PyResult {
    all(this, u8::is_ascii_alphabetic)
}

pub fn isdigit(this: &Object) -> PyResult {
    all(this, u8::is_ascii_digit)
}

pub fn isspace(this: &Object) -> PyResult {
    all(this, |b| is_space(*b))
}

pub fn isascii(this: &Object) -> PyResult {
    Ok(bool_owned(data_of(this).is_ascii()))
}

pub fn islower(this: &Object) -> PyResult {
    let data = data_of(this);
    let cased = data.iter().any(u8::is_ascii_lowercase);
    Ok(bool_owned(
        cased && !data.iter().any(u8::is_ascii_uppercase),
    ))
}

pub fn isupper(this: &Object) -> PyResult {
    let data = data_of(this);
    let cased = data.iter().any(u8::is_ascii_uppercase);
    Ok(bool_owned(
        cased && !data.iter().any(u8::is_ascii_lowercase),
    ))
}

pub fn istitle(this: &Object) -> PyResult {
    let (mut cased, mut after) = (false, false);
    for byte in data_of(this) {
        let wrong = if byte.is_ascii_uppercase() {
            after
        } else {
            byte.is_ascii_lowercase() && !after
        };
        if wrong {
            return Ok(bool_owned(false));
        }
        after = byte.is_ascii_alphabetic();
        cased |= after;
    }
    Ok(bool_owned(cased))
}

/// `(width, fillchar=b' ')`.
fn arguments(name: &str, args: &[Word]) -> PyResult<(isize, u8)> {
    check_positional(name, args.len(), 1, 2)?;
    let width = int::as_isize(args[0].object())?;
    let Some(fill) = args.get(1).map(|w| w.object()) else {
        return Ok((width, b' '));
    };
    let (data, kind) = if is_bytes(fill) {
        (cast(fill).bytes(), "bytes")
    } else if bytearray::is_bytearray(fill) {
        (bytearray::cast(fill).bytes(), "bytearray")
    } else {
        return Err(type_error(format!(
            "{name}() argument 2 must be a byte string of length 1, not {}",
            shown_type(fill)
        )));
    };
    match data {
        [byte] => Ok((width, *byte)),
        _ => Err(type_error(format!(
            "{name}(): argument 2 must be a byte string of length 1, not a {kind} object of length {}",
            data.len()
        ))),
    }
}

fn padded<K: ByteKind>(this: &Object, left: usize, right: usize, fill: u8) -> PyResult {
    if left == 0 && right == 0 {
        return K::same(this);
    }
    let data = data_of(this);
    let mut out = Vec::new();
    out.try_reserve_exact(data.len().saturating_add(left).saturating_add(right))
        .map_err(|_| crate::error::memory_error())?;
    out.resize(left, fill);
    out.extend_from_slice(data);
    out.resize(out.len() + right, fill);
    K::fresh(&out)
}

fn missing(this: &Object, width: isize) -> usize {
    usize::try_from(width)
        .unwrap_or(0)
        .saturating_sub(data_of(this).len())
}

pub fn center<K: ByteKind>(this: &Object, args: &[Word]) -> PyResult {
    let (width, fill) = arguments("center", args)?;
    let rest = missing(this, width);
    let left = rest / 2 + (rest & width as usize & 1);
    padded::<K>(this, left, rest - left, fill)
}

pub fn ljust<K: ByteKind>(this: &Object, args: &[Word]) -> PyResult {
    let (width, fill) = arguments("ljust", args)?;
    padded::<K>(this, 0, missing(this, width), fill)
}

pub fn rjust<K: ByteKind>(this: &Object, args: &[Word]) -> PyResult {
    let (width, fill) = arguments("rjust", args)?;
    padded::<K>(this, missing(this, width), 0, fill)
}

pub fn zfill<K: ByteKind>(this: &Object, width: &Object) -> PyResult {
    let width = int::as_isize(width)?;
    let rest = missing(this, width);
    let data = data_of(this);
    match data.first() {
        Some(sign @ (b'+' | b'-')) if rest > 0 => {
            let mut out = Vec::new();
            out.try_reserve_exact(data.len().saturating_add(rest))
                .map_err(|_| crate::error::memory_error())?;
            out.push(*sign);
            out.resize(1 + rest, b'0');
            out.extend_from_slice(&data[1..]);
            K::make(&out)
        }
        _ => padded::<K>(this, rest, 0, b'0'),
    }
}

pub fn expandtabs<K: ByteKind>(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("expandtabs", &["tabsize"], 0, 0, 1);
    let [size] = SIGNATURE.bind::<1>(args, kwnames)?;
    let size = size.map_or(Ok(8), int::as_i32)?.max(0) as usize;
    let data = data_of(this);
    let mut out = Vec::with_capacity(data.len());
    let mut column = 0;
    for byte in data {
        if *byte == b'\t' {
            if size > 0 {
                let step = size - column % size;
                if out.len() + step > isize::MAX as usize / 8 {
                    return Err(overflow_error("result too long"));
                }
                column += step;
                out.resize(out.len() + step, b' ');
            }
            continue;
        }
        column = if matches!(byte, b'\n' | b'\r') {
            0
        } else {
            column + 1
        };
        out.push(*byte);
    }
    K::make(&out)
}
