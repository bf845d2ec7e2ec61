//! `hex` and `fromhex`.

use crate::args::Signature;
use crate::error::{type_error, value_error};
use crate::object::Object;
use crate::refs::{PyResult, Word};
use crate::types::int;
use crate::types::str::{self, Str};

use super::affix::is_space;
use super::methods::data_of;
use super::{Bytes, cast, is_bytes};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

pub fn hex(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (separator, group) = hex_arguments(args, kwnames)?;
    Ok(Str::from_ascii(&to_hex(data_of(this), separator, group)))
}

/// `(sep, bytes_per_sep=1)`.
pub fn hex_arguments(args: &[Word], kwnames: Option<&Object>) -> PyResult<(Option<u8>, i32)> {
    static SIGNATURE: Signature = Signature::new("hex", &["sep", "bytes_per_sep"], 0, 0, 2);
    let [separator, group] = SIGNATURE.bind::<2>(args, kwnames)?;
    let group = group.map_or(Ok(1), int::as_i32)?;
    let separator = match separator {
        Some(separator) => Some(separator_byte(separator)?),
        None => None,
    };
    Ok((separator, group))
}

fn separator_byte(object: &Object) -> PyResult<u8> {
    if crate::ops::mapping::len(object)? != 1 {
        return Err(value_error("sep must be length 1."));
    }
    if str::is_str(object) {
        return u8::try_from(str::cast(object).char_at(0))
            .ok()
            .filter(u8::is_ascii)
            .ok_or_else(|| value_error("sep must be ASCII."));
    }
    if is_bytes(object) {
        let byte = cast(object).bytes()[0];
        return if byte.is_ascii() {
            Ok(byte)
        } else {
            Err(value_error("sep must be ASCII."))
        };
    }
    Err(type_error("sep must be str or bytes."))
}

/// Two digits a byte, a separator between groups: counted from the end for positive sizes, from the start for negative ones.
pub fn to_hex(data: &[u8], separator: Option<u8>, group: i32) -> Vec<u8> {
    let size = group.unsigned_abs() as usize;
    let separator = separator.filter(|_| size > 0);
    let mut out = Vec::with_capacity(data.len() * 3);
    for (at, byte) in data.iter().enumerate() {
        if let Some(separator) = separator {
            let place = if group > 0 { data.len() - at } else { at };
            if at > 0 && place.is_multiple_of(size) {
                out.push(separator);
            }
        }
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
    out
}

/// The bytes that hex digits spell; spaces may stand between bytes.
pub fn parse_hex(object: &Object) -> PyResult<Vec<u8>> {
    let held;
    let text: Vec<u32> = if str::is_str(object) {
        str::cast(object).chars().points().collect()
    } else if let Some(get) = object.ty().slots.getbuffer {
        held = get(object)?;
        held.slice().iter().map(|b| u32::from(*b)).collect()
    } else {
        return Err(type_error(format!(
            "fromhex() argument must be str or bytes-like, not {}",
            object.ty().full_name()
        )));
    };
    let digit = |at: usize| {
        text.get(at)
            .and_then(|p| char::from_u32(*p))
            .and_then(|c| c.to_digit(16))
    };
    let wrong = |at: usize| {
        value_error(format!(
            "non-hexadecimal number found in fromhex() arg at position {at}"
        ))
    };
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut at = 0;
    while at < text.len() {
        if u8::try_from(text[at]).is_ok_and(is_space) {
            at += 1;
            continue;
        }
        let high = digit(at).ok_or_else(|| wrong(at))?;
        if at + 1 >= text.len() {
            return Err(value_error(
                "fromhex() arg must contain an even number of hexadecimal digits",
            ));
        }
        let low = digit(at + 1).ok_or_else(|| wrong(at + 1))?;
        out.push((high << 4 | low) as u8);
        at += 2;
    }
    Ok(out)
}

pub fn fromhex(class: &Object, text: &Object) -> PyResult {
    let made = Bytes::new(&parse_hex(text)?);
    if class.is(super::BYTES.as_object()) {
        return Ok(made);
    }
    crate::ops::call::call(class, &[Word::borrowed(&made)], None)
}
