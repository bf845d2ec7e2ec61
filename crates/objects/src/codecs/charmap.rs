//! Encodings by a table of characters, given as a str or a mapping.

use crate::error::{lookup_error, or_none, type_error};
use crate::object::Object;
use crate::ops::mapping;
use crate::refs::PyResult;
use crate::types::bytes::{self, Bytes};
use crate::types::exceptions::LOOKUP_ERROR;
use crate::types::str::{Builder, cast, is_str};
use crate::types::{dict, int};

use super::errors::{Codec, Replacement, encode_error, on_decode, on_encode};

const CHARMAP: Codec = Codec {
    name: "charmap",
    pass: None,
    unpass: None,
};
const UNDEFINED: &str = "character maps to <undefined>";

/// The text of bytes; without a table, Latin-1.
pub fn charmap_decode(data: &[u8], errors: &str, table: Option<&Object>) -> PyResult {
    let Some(table) = table else {
        return super::latin1_decode(data);
    };
    let mut out = Builder::with_capacity(data.len());
    let mut at = 0;
    while let Some(byte) = data.get(at).copied() {
        if decode_one(table, byte, &mut out)? {
            at += 1;
        } else {
            at = on_decode(CHARMAP, errors, data, (at, at + 1), UNDEFINED, &mut out)?;
        }
    }
    out.finish()
}

/// Appends what a byte stands for; false if that is nothing.
fn decode_one(table: &Object, byte: u8, out: &mut Builder) -> PyResult<bool> {
    if is_str(table) {
        return Ok(match cast(table).chars().get(usize::from(byte)) {
            None | Some(0xFFFE) => false,
            Some(point) => {
                out.push(point);
                true
            }
        });
    }
    let key = int::from_i64(i64::from(byte));
    let Some(found) = or_none(mapping::get_item(table, &key), &LOOKUP_ERROR)? else {
        return Ok(false);
    };
    if found.is(crate::none()) {
        return Ok(false);
    }
    if int::is_int(&found) {
        let point = int::as_i64(&found).and_then(|v| u32::try_from(v).ok());
        return match point.filter(|p| *p <= 0x10_FFFF) {
            Some(0xFFFE) => Ok(false),
            Some(point) => {
                out.push(point);
                Ok(true)
            }
            None => Err(type_error("character mapping must be in range(0x110000)")),
        };
    }
    if is_str(&found) {
        if cast(&found).is_text("\u{FFFE}") {
            return Ok(false);
        }
        out.push_object(cast(&found));
        return Ok(true);
    }
    Err(type_error(
        "character mapping must return integer, None or str",
    ))
}

/// The bytes of a text; without a table, Latin-1.
pub fn charmap_encode(text: &Object, errors: &str, table: Option<&Object>) -> PyResult {
    let Some(table) = table else {
        return super::latin1_encode(text, errors);
    };
    let this = cast(text);
    let mut out = Vec::with_capacity(this.len());
    let mut at = 0;
    while at < this.len() {
        if encode_one(table, this.char_at(at), &mut out)? {
            at += 1;
            continue;
        }
        let start = at;
        let mut end = at + 1;
        let mut ignored = Vec::new();
        while end < this.len() && !encode_one(table, this.char_at(end), &mut ignored)? {
            end += 1;
        }
        let (replacement, next) = on_encode(CHARMAP, errors, text, (start, end), UNDEFINED)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(bytes),
            Replacement::Text(points) => {
                for point in points {
                    if !encode_one(table, point, &mut out)? {
                        return Err(encode_error("charmap", text, start, end, UNDEFINED));
                    }
                }
            }
        }
        at = next;
    }
    Ok(Bytes::new(&out))
}

/// Appends the bytes of a character; false if it has none.
fn encode_one(table: &Object, point: u32, out: &mut Vec<u8>) -> PyResult<bool> {
    let key = int::from_i64(i64::from(point));
    let Some(found) = or_none(mapping::get_item(table, &key), &LOOKUP_ERROR)? else {
        return Ok(false);
    };
    if found.is(crate::none()) {
        return Ok(false);
    }
    if int::is_int(&found) {
        let byte = int::as_i64(&found).and_then(|v| u8::try_from(v).ok());
        let Some(byte) = byte else {
            return Err(type_error("character mapping must be in range(256)"));
        };
        out.push(byte);
        return Ok(true);
    }
    if bytes::is_bytes(&found) {
        out.extend_from_slice(bytes::cast(&found).bytes());
        return Ok(true);
    }
    Err(type_error(format!(
        "character mapping must return integer, bytes or None, not {}",
        found.ty().full_name()
    )))
}

/// The inverse of a decoding table, for `charmap_encode`.
pub fn charmap_build(table: &Object) -> PyResult {
    if !is_str(table) {
        return Err(lookup_error("a decoding table must be a str"));
    }
    let inverse = dict::new();
    for (byte, point) in cast(table).chars().points().enumerate().take(256) {
        if point != 0xFFFE {
            let (key, value) = (int::from_i64(i64::from(point)), int::from_usize(byte));
            dict::set(&inverse, &key, &value)?;
        }
    }
    Ok(inverse)
}
