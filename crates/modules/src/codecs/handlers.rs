//! The built-in error handlers as functions that Python can call: each takes a UnicodeError and gives a replacement and a position.

use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::exceptions::{self as exc, unicode};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{int, tuple};
use terrarium_objects::{MethodDef, Native, Object, Owned, PyResult, Raised, error};

pub static HANDLERS: [MethodDef; 8] = [
    MethodDef::new("strict_errors", Native::O(strict), ""),
    MethodDef::new("ignore_errors", Native::O(ignore), ""),
    MethodDef::new("replace_errors", Native::O(replace), ""),
    MethodDef::new("xmlcharrefreplace_errors", Native::O(xml), ""),
    MethodDef::new("backslashreplace_errors", Native::O(backslash), ""),
    MethodDef::new("namereplace_errors", Native::O(name), ""),
    MethodDef::new("surrogatepass", Native::O(surrogate_pass), ""),
    MethodDef::new("surrogateescape", Native::O(surrogate_escape), ""),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Encode,
    Decode,
    Translate,
}

/// What an error is about: its kind, subject and range.
struct Case<'a> {
    kind: Kind,
    subject: &'a Object,
    start: usize,
    end: usize,
}

fn wrong_type(exception: &Object) -> Raised {
    error::type_error(format!(
        "don't know how to handle {} in error callback",
        exception.ty().full_name()
    ))
}

fn case(exception: &Object) -> PyResult<Case<'_>> {
    let ty = exception.ty();
    let kind = if ty.is_subtype(&exc::unicode::UNICODE_ENCODE_ERROR) {
        Kind::Encode
    } else if ty.is_subtype(&exc::unicode::UNICODE_DECODE_ERROR) {
        Kind::Decode
    } else if ty.is_subtype(&exc::unicode::UNICODE_TRANSLATE_ERROR) {
        Kind::Translate
    } else {
        return Err(wrong_type(exception));
    };
    let fields = unicode::fields(exception);
    let Some(subject) = fields.subject.get() else {
        return Err(error::type_error("object attribute not set"));
    };
    let len = match kind {
        Kind::Decode if bytes::is_bytes(subject) => bytes::cast(subject).len(),
        Kind::Encode | Kind::Translate if str::is_str(subject) => str::cast(subject).len(),
        Kind::Decode => return Err(error::type_error("object attribute must be bytes")),
        _ => return Err(error::type_error("object attribute must be unicode")),
    };
    let start = (fields.start.get().max(0) as usize).min(len.saturating_sub(1));
    let end = (fields.end.get().max(1) as usize).min(len).max(start);
    Ok(Case {
        kind,
        subject,
        start,
        end,
    })
}

fn answer(replacement: Owned, end: usize) -> PyResult {
    Ok(tuple::from_array([replacement, int::from_usize(end)]))
}

fn strict(_: &Object, exception: &Object) -> PyResult {
    if exc::is_exception(exception) {
        return Err(error::restore(Owned::new(exception)));
    }
    Err(error::type_error("codec must pass exception instance"))
}

fn raise_again<T>(exception: &Object) -> PyResult<T> {
    Err(error::restore(Owned::new(exception)))
}

fn ignore(_: &Object, exception: &Object) -> PyResult {
    let case = case(exception)?;
    answer(str::empty(), case.end)
}

fn replace(_: &Object, exception: &Object) -> PyResult {
    let case = case(exception)?;
    let text = match case.kind {
        Kind::Encode => "?".repeat(case.end - case.start),
        Kind::Decode => String::from("\u{FFFD}"),
        Kind::Translate => "\u{FFFD}".repeat(case.end - case.start),
    };
    answer(Str::new(&text), case.end)
}

impl Case<'_> {
    fn points(&self) -> Vec<u32> {
        str::cast(self.subject)
            .chars()
            .slice(self.start, self.end)
            .points()
            .collect()
    }

    fn bytes(&self) -> &[u8] {
        &bytes::cast(self.subject).bytes()[self.start..self.end]
    }
}

fn xml(_: &Object, exception: &Object) -> PyResult {
    let case = case(exception)?;
    if case.kind != Kind::Encode {
        return Err(wrong_type(exception));
    }
    let text: String = case.points().iter().map(|p| format!("&#{p};")).collect();
    answer(Str::new(&text), case.end)
}

fn escape(point: u32) -> String {
    match point {
        0..0x100 => format!("\\x{point:02x}"),
        0x100..0x1_0000 => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    }
}

fn backslash(_: &Object, exception: &Object) -> PyResult {
    let case = case(exception)?;
    let text: String = if case.kind == Kind::Decode {
        case.bytes().iter().map(|b| format!("\\x{b:02x}")).collect()
    } else {
        case.points().iter().map(|p| escape(*p)).collect()
    };
    answer(Str::new(&text), case.end)
}

fn name(_: &Object, exception: &Object) -> PyResult {
    let case = case(exception)?;
    if case.kind != Kind::Encode {
        return Err(wrong_type(exception));
    }
    let text: String = case
        .points()
        .iter()
        .map(|p| match crate::unicodedata::name_of(*p) {
            Some(name) => format!("\\N{{{name}}}"),
            None => escape(*p),
        })
        .collect();
    answer(Str::new(&text), case.end)
}

/// How surrogates are spelled in an encoding.
#[derive(Clone, Copy)]
enum Unit {
    Utf8,
    Two(bool),
    Four(bool),
}

/// The encoding's units; the flag says big-endian.
fn unit_of(exception: &Object) -> Option<Unit> {
    let encoding = unicode::fields(exception).encoding.get()?;
    let folded = terrarium_objects::ops::text::lossy(encoding)
        .to_ascii_lowercase()
        .replace('_', "-");
    Some(match folded.as_str() {
        "utf-8" | "utf8" | "cp-utf8" => Unit::Utf8,
        "utf-16" | "utf16" | "utf-16-le" | "utf-16le" | "utf16-le" => Unit::Two(false),
        "utf-16-be" | "utf-16be" | "utf16-be" => Unit::Two(true),
        "utf-32" | "utf32" | "utf-32-le" | "utf-32le" | "utf32-le" => Unit::Four(false),
        "utf-32-be" | "utf-32be" | "utf32-be" => Unit::Four(true),
        _ => return None,
    })
}

fn surrogate_pass(_: &Object, exception: &Object) -> PyResult {
    let case = case(exception)?;
    if case.kind == Kind::Translate {
        return Err(wrong_type(exception));
    }
    let Some(unit) = unit_of(exception) else {
        return raise_again(exception);
    };
    if case.kind == Kind::Encode {
        let mut out = Vec::new();
        for point in case.points() {
            if !(0xD800..0xE000).contains(&point) {
                return raise_again(exception);
            }
            match unit {
                Unit::Utf8 => str::push_wtf8(&mut out, point),
                Unit::Two(true) => out.extend((point as u16).to_be_bytes()),
                Unit::Two(false) => out.extend((point as u16).to_le_bytes()),
                Unit::Four(true) => out.extend(point.to_be_bytes()),
                Unit::Four(false) => out.extend(point.to_le_bytes()),
            }
        }
        return answer(Bytes::new(&out), case.end);
    }
    let data = &bytes::cast(case.subject).bytes()[case.start..];
    let (point, size) = match (unit, data) {
        (Unit::Utf8, [a, b, c, ..]) if a & 0xF0 == 0xE0 && b & 0xC0 == 0x80 && c & 0xC0 == 0x80 => {
            (
                u32::from(a & 15) << 12 | u32::from(b & 63) << 6 | u32::from(c & 63),
                3,
            )
        }
        (Unit::Two(big), [a, b, ..]) => {
            let pair = [*a, *b];
            let value = if big {
                u16::from_be_bytes(pair)
            } else {
                u16::from_le_bytes(pair)
            };
            (u32::from(value), 2)
        }
        (Unit::Four(big), [a, b, c, d, ..]) => {
            let four = [*a, *b, *c, *d];
            let value = if big {
                u32::from_be_bytes(four)
            } else {
                u32::from_le_bytes(four)
            };
            (value, 4)
        }
        _ => (0, 0),
    };
    if !(0xD800..0xE000).contains(&point) {
        return raise_again(exception);
    }
    answer(Str::from_point(point), case.start + size)
}

fn surrogate_escape(_: &Object, exception: &Object) -> PyResult {
    let case = case(exception)?;
    match case.kind {
        Kind::Translate => Err(wrong_type(exception)),
        Kind::Encode => {
            let points = case.points();
            if points.iter().any(|p| !(0xDC80..0xDD00).contains(p)) {
                return raise_again(exception);
            }
            let out: Vec<u8> = points.iter().map(|p| (p - 0xDC00) as u8).collect();
            answer(Bytes::new(&out), case.end)
        }
        Kind::Decode => {
            let high: Vec<u32> = case
                .bytes()
                .iter()
                .take(4)
                .take_while(|b| **b >= 128)
                .map(|b| 0xDC00 + u32::from(*b))
                .collect();
            if high.is_empty() {
                return raise_again(exception);
            }
            answer(Str::from_code_points(&high), case.start + high.len())
        }
    }
}
