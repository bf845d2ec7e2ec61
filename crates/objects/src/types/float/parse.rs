//! `float(text)`.

use crate::error::{type_error, value_error};
use crate::object::Object;
use crate::refs::PyResult;
use crate::types::str::{cast, is_str};

use super::from_f64;

/// `float(object)` of a str or an object with a buffer.
pub fn from_object(object: &Object) -> PyResult {
    let parsed = if is_str(object) {
        let text = cast(object);
        match text.as_ascii() {
            Some(text) => from_bytes(text.as_bytes()),
            None => from_bytes(&crate::types::int::parse::to_ascii(text)),
        }
    } else if let Some(buffer) = object.ty().slots.getbuffer {
        let buffer = buffer(object)?;
        from_bytes(crate::types::bytes::buffer_slice(&buffer))
    } else {
        return Err(type_error(format!(
            "float() argument must be a string or a real number, not '{}'",
            object.ty().full_name()
        )));
    };
    match parsed {
        Some(value) => Ok(from_f64(value)),
        None => {
            let shown = crate::ops::text::repr(object)?;
            Err(value_error(format!(
                "could not convert string to float: {}",
                cast(&shown).lossy()
            )))
        }
    }
}

fn trim(text: &[u8]) -> &[u8] {
    let space = |b: &u8| matches!(b, b' ' | 9..=13);
    let start = text.iter().position(|b| !space(b)).unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|b| !space(b))
        .map_or(start, |i| i + 1);
    &text[start..end]
}

/// The number that text spells, spaces around it and underscores between digits allowed.
pub fn from_bytes(text: &[u8]) -> Option<f64> {
    let text = trim(text);
    if !text.contains(&b'_') {
        return plain(text);
    }
    plain(&without_underscores(text)?)
}

/// The text less its underscores, each of which must stand between digits.
pub fn without_underscores(text: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::with_capacity(text.len());
    let mut before = 0u8;
    for byte in text {
        if *byte == b'_' {
            if !before.is_ascii_digit() {
                return None;
            }
        } else {
            if before == b'_' && !byte.is_ascii_digit() {
                return None;
            }
            kept.push(*byte);
        }
        before = *byte;
    }
    (before != b'_').then_some(kept)
}

/// A number without spaces or underscores (`PyOS_string_to_double`).
pub fn plain(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
