//! `unicode_escape`, `raw_unicode_escape`, and the escapes of bytes literals.

use crate::error::value_error;
use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::types::bytes::Bytes;
use crate::types::str::{Builder, cast};

use super::errors::{Codec, on_decode};

const ESCAPE: Codec = Codec {
    name: "unicodeescape",
    pass: None,
    unpass: None,
};
const RAW: Codec = Codec {
    name: "rawunicodeescape",
    pass: None,
    unpass: None,
};

pub fn unicode_escape_encode(text: &Object) -> PyResult {
    let mut out = Vec::with_capacity(cast(text).len());
    for point in cast(text).chars().points() {
        match point {
            0x09 => out.extend(b"\\t"),
            0x0A => out.extend(b"\\n"),
            0x0D => out.extend(b"\\r"),
            0x5C => out.extend(b"\\\\"),
            0x20..0x7F => out.push(point as u8),
            0..0x100 => out.extend(format!("\\x{point:02x}").bytes()),
            0x100..0x1_0000 => out.extend(format!("\\u{point:04x}").bytes()),
            _ => out.extend(format!("\\U{point:08x}").bytes()),
        }
    }
    Ok(Bytes::new(&out))
}

pub fn raw_unicode_escape_encode(text: &Object) -> PyResult {
    let mut out = Vec::with_capacity(cast(text).len());
    for point in cast(text).chars().points() {
        match point {
            0..0x100 => out.push(point as u8),
            0x100..0x1_0000 => out.extend(format!("\\u{point:04x}").bytes()),
            _ => out.extend(format!("\\U{point:08x}").bytes()),
        }
    }
    Ok(Bytes::new(&out))
}

/// What an escape turned out to be.
enum Escape {
    Point(u32),
    /// A line end after a backslash: nothing.
    Nothing,
    /// No escape: the backslash stays, and so does the character.
    Unknown(u8),
    /// Wrong up to this place.
    Wrong(usize, &'static str),
    /// Wrong, but more data might mend it.
    Truncated(usize, &'static str),
}

/// `count` hex digits at `at`.
fn hex(data: &[u8], at: usize, count: usize, message: &'static str) -> Escape {
    let mut point = 0u32;
    for i in 0..count {
        let Some(byte) = data.get(at + i) else {
            return Escape::Truncated(at + i, message);
        };
        let Some(digit) = char::from(*byte).to_digit(16) else {
            return Escape::Wrong(at + i, message);
        };
        point = point << 4 | digit;
    }
    if point > 0x10_FFFF {
        return Escape::Wrong(at + count, "illegal Unicode character");
    }
    Escape::Point(point)
}

/// `{name}` at `at`.
fn named(data: &[u8], at: usize) -> (Escape, usize) {
    const MALFORMED: &str = "malformed \\N character escape";
    if data.get(at).is_some_and(|b| *b != b'{') {
        return (Escape::Wrong(at, MALFORMED), at);
    }
    let Some(len) = data.get(at + 1..).and_then(|d| memchr::memchr(b'}', d)) else {
        return (Escape::Truncated(data.len(), MALFORMED), at);
    };
    let end = at + 1 + len + 1;
    if len == 0 {
        return (Escape::Wrong(end, MALFORMED), end);
    }
    let name = std::str::from_utf8(&data[at + 1..end - 1]).ok();
    match name.and_then(unicode_names2::character) {
        Some(c) => (Escape::Point(u32::from(c)), end),
        None => (Escape::Wrong(end, "unknown Unicode character name"), end),
    }
}

/// One to three octal digits, the first of which is there already.
fn octal(data: &[u8], at: usize) -> (u32, usize) {
    let digits = data[at..]
        .iter()
        .take(3)
        .take_while(|b| matches!(b, b'0'..=b'7'))
        .count();
    let value = data[at..at + digits]
        .iter()
        .fold(0, |v, b| v * 8 + u32::from(b - b'0'));
    (value, at + digits)
}

/// The character that a one-letter escape stands for.
fn simple(letter: u8) -> Option<u8> {
    Some(match letter {
        b'\\' | b'\'' | b'"' => letter,
        b'b' => 8,
        b'f' => 12,
        b't' => 9,
        b'n' => 10,
        b'r' => 13,
        b'v' => 11,
        b'a' => 7,
        _ => return None,
    })
}

/// The escape whose backslash stands at `start`, and the place behind it.
fn escape(data: &[u8], start: usize) -> (Escape, usize) {
    let at = start + 1;
    let Some(letter) = data.get(at).copied() else {
        return (Escape::Truncated(at, "\\ at end of string"), at);
    };
    let next = at + 1;
    if let Some(byte) = simple(letter) {
        return (Escape::Point(u32::from(byte)), next);
    }
    match letter {
        b'\n' => (Escape::Nothing, next),
        b'0'..=b'7' => {
            let (value, end) = octal(data, at);
            (Escape::Point(value), end)
        }
        b'x' => (hex(data, next, 2, "truncated \\xXX escape"), next + 2),
        b'u' => (hex(data, next, 4, "truncated \\uXXXX escape"), next + 4),
        b'U' => (hex(data, next, 8, "truncated \\UXXXXXXXX escape"), next + 8),
        b'N' => named(data, next),
        _ => (Escape::Unknown(letter), next),
    }
}

/// The text, and how many bytes were used (fewer than all only if more may follow).
pub fn unicode_escape_decode(data: &[u8], errors: &str, last: bool) -> PyResult<(Owned, usize)> {
    let mut out = Builder::with_capacity(data.len());
    let mut at = 0;
    let mut invalid = None;
    while let Some(byte) = data.get(at) {
        if *byte != b'\\' {
            out.push(u32::from(*byte));
            at += 1;
            continue;
        }
        let (found, end) = escape(data, at);
        let (stop, reason) = match found {
            Escape::Point(point) => {
                if point > 0xFF && data[at + 1].is_ascii_digit() {
                    invalid.get_or_insert(format!("\\{point:o}\" is an invalid octal"));
                }
                out.push(point);
                at = end;
                continue;
            }
            Escape::Nothing => {
                at = end;
                continue;
            }
            Escape::Unknown(letter) => {
                invalid.get_or_insert(format!("\\{}\" is an invalid", char::from(letter)));
                out.push(u32::from(b'\\'));
                out.push(u32::from(letter));
                at = end;
                continue;
            }
            Escape::Truncated(..) if !last => break,
            Escape::Truncated(stop, reason) | Escape::Wrong(stop, reason) => (stop, reason),
        };
        at = on_decode(ESCAPE, errors, data, (at, stop), reason, &mut out)?;
    }
    if let Some(start) = invalid {
        warn_invalid(&start)?;
    }
    Ok((out.finish()?, at))
}

fn warn_invalid(start: &str) -> PyResult<()> {
    crate::error::warn(
        "DeprecationWarning",
        &format!("\"{start} escape sequence. Such sequences will not work in the future. "),
        1,
    )
}

/// As `unicode_escape_decode`, where only `\u` and `\U` are escapes.
pub fn raw_unicode_escape_decode(
    data: &[u8],
    errors: &str,
    last: bool,
) -> PyResult<(Owned, usize)> {
    let mut out = Builder::with_capacity(data.len());
    let mut at = 0;
    while let Some(byte) = data.get(at) {
        let letter = data.get(at + 1);
        if *byte == b'\\' && letter.is_none() && !last {
            break;
        }
        let count = match letter {
            Some(b'u') if *byte == b'\\' => 4,
            Some(b'U') if *byte == b'\\' => 8,
            _ => {
                out.push(u32::from(*byte));
                at += 1;
                if let (b'\\', Some(letter)) = (*byte, letter) {
                    out.push(u32::from(*letter));
                    at += 1;
                }
                continue;
            }
        };
        let message = if count == 4 {
            "truncated \\uXXXX escape"
        } else {
            "truncated \\UXXXXXXXX escape"
        };
        let (stop, reason) = match hex(data, at + 2, count, message) {
            Escape::Point(point) => {
                out.push(point);
                at += 2 + count;
                continue;
            }
            Escape::Truncated(..) if !last => break,
            Escape::Wrong(stop, "illegal Unicode character") => (stop, "\\Uxxxxxxxx out of range"),
            Escape::Truncated(stop, reason) | Escape::Wrong(stop, reason) => (stop, reason),
            Escape::Nothing | Escape::Unknown(_) => break,
        };
        at = on_decode(RAW, errors, data, (at, stop), reason, &mut out)?;
    }
    Ok((out.finish()?, at))
}

/// The bytes that a bytes literal's text spells (`_codecs.escape_decode`).
pub fn escape_decode(data: &[u8], errors: &str) -> PyResult<(Owned, usize)> {
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    let mut invalid = None;
    while let Some(byte) = data.get(at).copied() {
        if byte != b'\\' {
            out.push(byte);
            at += 1;
            continue;
        }
        let Some(letter) = data.get(at + 1).copied() else {
            return Err(value_error("Trailing \\ in string"));
        };
        let next = at + 2;
        if let Some(byte) = simple(letter) {
            out.push(byte);
            at = next;
            continue;
        }
        match letter {
            b'\n' => at = next,
            b'0'..=b'7' => {
                let (value, end) = octal(data, at + 1);
                if value > 0xFF {
                    invalid.get_or_insert(format!("\\{value:o}\" is an invalid octal"));
                }
                out.push(value as u8);
                at = end;
            }
            b'x' => match hex(data, next, 2, "") {
                Escape::Point(value) => {
                    out.push(value as u8);
                    at = next + 2;
                }
                _ => {
                    match errors {
                        "strict" => {
                            return Err(value_error(format!(
                                "invalid \\x escape at position {at}"
                            )));
                        }
                        "replace" => out.push(b'?'),
                        "ignore" => {}
                        _ => {
                            return Err(value_error(format!(
                                "decoding error; unknown error handling code: {errors}"
                            )));
                        }
                    }
                    at = next + usize::from(data.get(next).is_some_and(u8::is_ascii_hexdigit));
                }
            },
            _ => {
                invalid.get_or_insert(format!("\\{}\" is an invalid", char::from(letter)));
                out.push(b'\\');
                at += 1;
            }
        }
    }
    if let Some(start) = invalid {
        warn_invalid(&start)?;
    }
    Ok((Bytes::new(&out), data.len()))
}

/// Bytes as the inside of a bytes literal (`_codecs.escape_encode`).
pub fn escape_encode(data: &[u8]) -> Owned {
    let mut out = Vec::with_capacity(data.len());
    for byte in data {
        match *byte {
            b'\\' | b'\'' => out.extend([b'\\', *byte]),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b' '..=b'~' => out.push(*byte),
            b => out.extend(format!("\\x{b:02x}").bytes()),
        }
    }
    Bytes::new(&out)
}
