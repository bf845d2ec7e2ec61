//! `repr()` of the simple constants, exactly as CPython writes it. Used by `dis` text and by annotations kept as text.

mod printable;

use std::fmt::Write;

use printable::NOT_PRINTABLE;

/// Whether `repr` shows the code point as it is (`str.isprintable`).
pub fn is_printable(code_point: u32) -> bool {
    let index = NOT_PRINTABLE.partition_point(|&(_, last)| last < code_point);
    NOT_PRINTABLE
        .get(index)
        .is_none_or(|&(first, _)| code_point < first)
}

/// `repr` of a string that is UTF-8 with surrogates as three bytes each. Bytes that are neither come out as escapes of themselves.
pub fn str(text: &[u8]) -> String {
    let quote = quote_for(text);
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote as char);
    let mut rest = text;
    while let Some(&first) = rest.first() {
        if first.is_ascii() {
            push_ascii(&mut out, first, quote);
            rest = &rest[1..];
            continue;
        }
        let (code_point, length) = decode(rest);
        match char::from_u32(code_point) {
            Some(character) if length > 1 && is_printable(code_point) => out.push(character),
            _ => push_escape(&mut out, code_point),
        }
        rest = &rest[length..];
    }
    out.push(quote as char);
    out
}

/// `repr` of a bytes object.
pub fn bytes(data: &[u8]) -> String {
    let quote = quote_for(data);
    let mut out = String::with_capacity(data.len() + 3);
    out.push('b');
    out.push(quote as char);
    for &byte in data {
        if byte.is_ascii() {
            push_ascii(&mut out, byte, quote);
        } else {
            push_escape(&mut out, byte.into());
        }
    }
    out.push(quote as char);
    out
}

/// `repr` of a float: the fewest digits that give the value back, `e` below 1e-4 and from 1e16.
pub fn float(value: f64) -> String {
    let mut text = float_digits(value);
    if value.is_finite() && !text.contains(['.', 'e']) {
        text.push_str(".0");
    }
    text
}

/// `repr` of a complex number.
pub fn complex(real: f64, imag: f64) -> String {
    let imaginary = float_digits(imag);
    if real == 0.0 && real.is_sign_positive() {
        return format!("{imaginary}j");
    }
    let sign = if imaginary.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imaginary}j)", float_digits(real))
}

/// A float as `repr` writes the parts of a complex number, which have no `.0`.
fn float_digits(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 {
            "inf".into()
        } else {
            "-inf".into()
        };
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs());
    }
    format!("{value}")
}

/// Single quotes, unless the text has those and no double ones.
fn quote_for(text: &[u8]) -> u8 {
    if text.contains(&b'\'') && !text.contains(&b'"') {
        b'"'
    } else {
        b'\''
    }
}

fn push_ascii(out: &mut String, byte: u8, quote: u8) {
    match byte {
        b'\t' => out.push_str("\\t"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\\' => out.push_str("\\\\"),
        b' '..=b'~' => {
            if byte == quote {
                out.push('\\');
            }
            out.push(byte as char);
        }
        _ => push_escape(out, byte.into()),
    }
}

fn push_escape(out: &mut String, code_point: u32) {
    // Writing to a String cannot fail.
    let _ = match code_point {
        0..0x100 => write!(out, "\\x{code_point:02x}"),
        0x100..0x10000 => write!(out, "\\u{code_point:04x}"),
        _ => write!(out, "\\U{code_point:08x}"),
    };
}

/// The first code point of non-empty `text` and how many bytes it takes; a byte that starts none stands for itself.
fn decode(text: &[u8]) -> (u32, usize) {
    let first = u32::from(text[0]);
    let (length, bits) = match first {
        0xc2..=0xdf => (2, first & 0x1f),
        0xe0..=0xef => (3, first & 0x0f),
        0xf0..=0xf4 => (4, first & 0x07),
        _ => return (first, 1),
    };
    let Some(tail) = text.get(1..length) else {
        return (first, 1);
    };
    let mut code_point = bits;
    for &byte in tail {
        if byte & 0xc0 != 0x80 {
            return (first, 1);
        }
        code_point = code_point << 6 | u32::from(byte & 0x3f);
    }
    (code_point, length)
}
