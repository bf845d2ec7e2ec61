//! `int(text, base)`: literals with sign, prefix and underscores (Objects/longobject.c, PyLong_FromString).

use num_bigint::BigUint;

use crate::error::value_error;
use crate::object::Object;
use crate::refs::{PyResult, Raised};
use crate::types::str::{Str, cast as cast_str, unicode};

use super::text::{exceeds_limit, max_str_digits};
use super::{digits, from_digits, from_i64};

/// Why a text is no int.
enum Refused {
    Malformed,
    TooLong(usize),
}

/// `int(text, base)`; `base` is 0 or 2 to 36.
pub fn from_str_object(object: &Object, base: u32) -> PyResult {
    let text = cast_str(object);
    let ascii;
    let bytes = match text.as_ascii() {
        Some(text) => text.as_bytes(),
        None => {
            ascii = to_ascii(text);
            &ascii
        }
    };
    parse(bytes, base).map_err(|refused| match refused {
        Refused::TooLong(count) => too_long(count),
        Refused::Malformed => match crate::ops::text::repr(object) {
            Ok(shown) => malformed(base, &cast_str(&shown).lossy()),
            Err(raised) => raised,
        },
    })
}

/// `int(bytes, base)`.
pub fn from_bytes(bytes: &[u8], base: u32) -> PyResult {
    parse(bytes, base).map_err(|refused| match refused {
        Refused::TooLong(count) => too_long(count),
        Refused::Malformed => malformed(base, &crate::types::bytes::repr_text(bytes)),
    })
}

/// Unicode decimal digits and spaces as ASCII; anything else that is not ASCII as `?`
/// (`_PyUnicode_TransformDecimalAndSpaceToASCII`).
pub fn to_ascii(text: &Str) -> Vec<u8> {
    text.chars()
        .points()
        .map(|point| {
            if point < 127 {
                point as u8
            } else if unicode::is_space(point) {
                b' '
            } else {
                unicode::decimal(point).map_or(b'?', |d| b'0' + d)
            }
        })
        .collect()
}

fn malformed(base: u32, shown: &str) -> Raised {
    let shown: String = shown.chars().take(200).collect();
    value_error(format!(
        "invalid literal for int() with base {base}: {shown}"
    ))
}

fn too_long(count: usize) -> Raised {
    value_error(format!(
        "Exceeds the limit ({} digits) for integer string conversion: value has {count} digits; use sys.set_int_max_str_digits() to increase the limit",
        max_str_digits()
    ))
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | 9..=13)
}

fn parse(text: &[u8], base: u32) -> Result<crate::Owned, Refused> {
    let start = text.iter().position(|b| !is_space(b)).unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|b| !is_space(b))
        .map_or(start, |i| i + 1);
    let mut rest = &text[start..end];
    let mut negative = false;
    if let [sign @ (b'+' | b'-'), more @ ..] = rest {
        negative = *sign == b'-';
        rest = more;
    }
    let prefix = match rest {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let mut only_zero = false;
    let mut actual = base;
    if base == 0 {
        actual = if prefix == 0 { 10 } else { prefix };
        only_zero = prefix == 0 && rest.first() == Some(&b'0');
    }
    if prefix != 0 && prefix == actual {
        rest = &rest[2..];
        if let [b'_', more @ ..] = rest {
            rest = more;
        }
    }
    let values = digit_values(rest, actual).ok_or(Refused::Malformed)?;
    if !actual.is_power_of_two() && exceeds_limit(values.len()) {
        return Err(Refused::TooLong(values.len()));
    }
    if only_zero && values.iter().any(|v| *v != 0) {
        return Err(Refused::Malformed);
    }
    Ok(from_values(&values, actual, negative))
}

/// Digit values, underscores between digits left out; `None` if anything else is there.
fn digit_values(text: &[u8], base: u32) -> Option<Vec<u8>> {
    let mut values = Vec::with_capacity(text.len());
    let mut after_digit = false;
    for byte in text {
        if *byte == b'_' {
            if !after_digit {
                return None;
            }
            after_digit = false;
            continue;
        }
        let value = char::from(*byte).to_digit(base)?;
        values.push(value as u8);
        after_digit = true;
    }
    (after_digit && !values.is_empty()).then_some(values)
}

fn from_values(values: &[u8], base: u32, negative: bool) -> crate::Owned {
    if values.len() <= 12 {
        let value = values
            .iter()
            .fold(0i64, |v, d| v * i64::from(base) + i64::from(*d));
        return from_i64(if negative { -value } else { value });
    }
    let number = BigUint::from_radix_be(values, base).unwrap_or_default();
    from_digits(&digits::from_biguint(&number), negative)
}
