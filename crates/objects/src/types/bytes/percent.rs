//! `format % arguments` for bytes (PEP 461).

use crate::error::{overflow_error, type_error, value_error};
use crate::object::Object;
use crate::ops::{number, text};
use crate::refs::PyResult;
use crate::state::root;
use crate::types::none::not_implemented;
use crate::types::str::percent::{Arguments, Conversion, Reader, float_letter_text, int_parts};
use crate::types::str::{self, Chars};
use crate::types::{bytearray, int};

use super::methods::{ByteKind, Fixed, data_of};
use super::{Bytes, bytes_like, cast, is_bytes};

pub fn remainder(format: &Object, arguments: &Object) -> PyResult {
    if !is_bytes(format) {
        return Ok(not_implemented());
    }
    percent::<Fixed>(format, arguments)
}

/// `format % object`, with a result of the given kind.
pub fn percent<K: ByteKind>(format: &Object, object: &Object) -> PyResult {
    // A bytearray may change while arguments are shown: format a copy.
    let format = data_of(format).to_vec();
    let mut arguments = Arguments::new(object);
    let takes_keys = !is_bytes(object) && !bytearray::is_bytearray(object);
    let held = root("value being formatted", crate::none_owned());
    let mut out = Vec::with_capacity(format.len() + 16);
    let mut reader = Reader {
        format: Chars::One(&format),
        at: 0,
        too_precise: "prec too big",
    };
    while reader.at < format.len() {
        let rest = &format[reader.at..];
        let literal = memchr::memchr(b'%', rest).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..literal]);
        reader.at += literal;
        if literal == rest.len() {
            break;
        }
        reader.at += 1;
        match format.get(reader.at) {
            Some(b'%') => {
                reader.at += 1;
                out.push(b'%');
            }
            Some(b'(') => {
                let Some(mapping) = arguments.mapping.filter(|_| takes_keys) else {
                    return Err(type_error("format requires a mapping"));
                };
                reader.at += 1;
                let (start, end) = reader.key()?;
                let key = Bytes::new(&format[start..end]);
                held.set(crate::ops::mapping::get_item(mapping, &key)?);
                let mut one = Arguments::one(&held);
                let wanted = reader.conversion(&mut one)?;
                one_value(&mut out, one.take()?, &wanted)?;
                arguments.exhaust();
            }
            _ => {
                let wanted = reader.conversion(&mut arguments)?;
                let value = arguments.take()?;
                one_value(&mut out, value, &wanted)?;
            }
        }
    }
    let mapping = arguments.mapping.is_some() && takes_keys;
    if !mapping && !arguments.is_empty() {
        return Err(type_error(
            "not all arguments converted during bytes formatting",
        ));
    }
    K::make(&out)
}

fn one_value(out: &mut Vec<u8>, value: &Object, wanted: &Conversion) -> PyResult<()> {
    match char::from_u32(wanted.letter) {
        Some('r' | 'a') => {
            let shown = text::ascii(value)?;
            put(out, str::cast(&shown).raw_bytes(), wanted);
        }
        Some('s' | 'b') => put(out, &plain_bytes(value)?, wanted),
        Some('d' | 'i' | 'u' | 'o' | 'x' | 'X') => {
            let (negative, prefix, digits) = int_parts(value, wanted)?;
            wanted.number(negative, prefix, &digits, &mut |count, byte, part| {
                out.resize(out.len() + count, byte);
                out.extend_from_slice(part.as_bytes());
            });
        }
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G') => {
            let number = number::as_f64(value).map_err(|_| {
                crate::error::clear();
                type_error(format!(
                    "float argument required, not {}",
                    value.ty().full_name()
                ))
            })?;
            let letter = wanted.letter as u8;
            let shown = float_letter_text(number, letter, wanted.precision, wanted.alternate);
            let (negative, body) = match shown.strip_prefix('-') {
                Some(body) => (true, body),
                None => (false, &*shown),
            };
            wanted.number(negative, "", body, &mut |count, byte, part| {
                out.resize(out.len() + count, byte);
                out.extend_from_slice(part.as_bytes());
            });
        }
        Some('c') => {
            let byte = byte_argument(value)?;
            let wanted = Conversion {
                precision: None,
                ..*wanted
            };
            put(out, &[byte], &wanted);
        }
        _ => return Err(unsupported(wanted)),
    }
    Ok(())
}

fn unsupported(wanted: &Conversion) -> crate::Raised {
    let code = wanted.letter;
    value_error(format!(
        "unsupported format character '{}' (0x{code:x}) at index {}",
        char::from_u32(code).unwrap_or('?'),
        wanted.end - 1
    ))
}

fn put(out: &mut Vec<u8>, data: &[u8], wanted: &Conversion) {
    let len = wanted.precision.map_or(data.len(), |p| p.min(data.len()));
    let pad = wanted.width.saturating_sub(len);
    if !wanted.left {
        out.resize(out.len() + pad, b' ');
    }
    out.extend_from_slice(&data[..len]);
    if wanted.left {
        out.resize(out.len() + pad, b' ');
    }
}

/// What `%b` shows: bytes, a buffer, or `__bytes__`.
fn plain_bytes(value: &Object) -> PyResult<Vec<u8>> {
    if is_bytes(value) || bytearray::is_bytearray(value) {
        return Ok(data_of(value).to_vec());
    }
    let special = crate::ops::attribute::lookup_special(value, &crate::names().__bytes__)?;
    if let Some(method) = special {
        let made = crate::ops::call::call(&method, &[], None)?;
        if !is_bytes(&made) {
            return Err(type_error(format!(
                "__bytes__ returned non-bytes (type {})",
                made.ty().full_name()
            )));
        }
        return Ok(cast(&made).bytes().to_vec());
    }
    if value.ty().slots.getbuffer.is_some() {
        return Ok(bytes_like(value)?.slice().to_vec());
    }
    Err(type_error(format!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
        value.ty().full_name()
    )))
}

fn byte_argument(value: &Object) -> PyResult<u8> {
    const WANTS: &str = "%c requires an integer in range(256) or a single byte, not ";
    if is_bytes(value) || bytearray::is_bytearray(value) {
        let kind = if is_bytes(value) {
            "bytes"
        } else {
            "bytearray"
        };
        return match data_of(value) {
            [byte] => Ok(*byte),
            data => Err(type_error(format!(
                "{WANTS}a {kind} object of length {}",
                data.len()
            ))),
        };
    }
    if !number::is_index(value) {
        return Err(type_error(format!("{WANTS}{}", value.ty().full_name())));
    }
    let value = number::index(value)?;
    int::as_i64(&value)
        .and_then(|v| u8::try_from(v).ok())
        .ok_or_else(|| overflow_error("%c arg not in range(256)"))
}
