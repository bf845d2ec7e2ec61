//! Texts of JSON: quoting and reading them.

use terrarium_objects::types::str::{self, Builder, Chars, Str, Unit};
use terrarium_objects::types::{int, tuple};
use terrarium_objects::{
    Object, Owned, PyResult, Raised, Word, args, error, ops, root, with_chars, words,
};
use terrarium_runtime::importing;

/// Raises `json.JSONDecodeError(message, document, place)`.
#[cold]
pub fn refuse(message: &str, document: &Str, place: usize) -> Raised {
    let raise = || -> PyResult<()> {
        importing::import("json.decoder").map(drop)?;
        let module = importing::import("json.decoder")?;
        let class = root(
            "JSONDecodeError",
            ops::attribute::get_str(&module, "JSONDecodeError")?,
        );
        let message = root("message", Str::new(message));
        let place = int::from_usize(place);
        let made = ops::call::call(&class, &words([&message, &document.object, &place]), None)?;
        terrarium_objects::types::exceptions::set_context(&made);
        error::restore(made);
        Ok(())
    };
    let _ = raise();
    Raised
}

/// Whether a character has to be escaped.
#[inline]
fn is_special(point: u32) -> bool {
    point < 0x20 || point == 0x22 || point == 0x5c
}

fn push_escaped(out: &mut Builder, point: u32) {
    let short = match point {
        0x22 => b'"',
        0x5c => b'\\',
        0x08 => b'b',
        0x0c => b'f',
        0x0a => b'n',
        0x0d => b'r',
        0x09 => b't',
        _ => {
            if point >= 0x1_0000 {
                let rest = point - 0x1_0000;
                push_hex(out, 0xd800 | (rest >> 10));
                push_hex(out, 0xdc00 | (rest & 0x3ff));
            } else {
                push_hex(out, point);
            }
            return;
        }
    };
    out.push(0x5c);
    out.push(u32::from(short));
}

fn push_hex(out: &mut Builder, unit: u32) {
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        out.push(u32::from(
            b"0123456789abcdef"[(unit >> shift) as usize & 15],
        ));
    }
}

/// Appends a text in quotes, with what is special (and, for ASCII output, all above 126) escaped.
pub fn push_quoted(out: &mut Builder, text: &Str, ascii: bool) {
    out.push(0x22);
    let chars = text.chars();
    // Runs without anything special go over whole.
    with_chars!(chars, units => {
        let mut from = 0;
        for (at, unit) in units.iter().enumerate() {
            let point = unit.point();
            if is_special(point) || ascii && point >= 0x7f {
                out.push_chars(chars.slice(from, at));
                push_escaped(out, point);
                from = at + 1;
            }
        }
        out.push_chars(chars.slice(from, units.len()));
    });
    out.push(0x22);
}

fn quoted(text: &Object, ascii: bool) -> PyResult {
    if !str::is_str(text) {
        return Err(error::type_error(format!(
            "first argument must be a string, not {}",
            text.ty().full_name()
        )));
    }
    let text = str::cast(text);
    let mut out = Builder::with_capacity(text.len() + 2);
    push_quoted(&mut out, text, ascii);
    out.finish()
}

pub fn encode_ascii(_: &Object, text: &Object) -> PyResult {
    quoted(text, true)
}

pub fn encode(_: &Object, text: &Object) -> PyResult {
    quoted(text, false)
}

/// `scanstring(text, end, strict)`: the text that begins before `end`, and where it ends.
pub fn scan(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("scanstring", args.len(), 2, 3)?;
    let end = int::as_isize(args[1].object())?;
    let strict = match args.get(2) {
        Some(strict) => ops::compare::is_true(strict.object())?,
        None => true,
    };
    let text = args[0].object();
    if !str::is_str(text) {
        return Err(error::type_error(format!(
            "first argument must be a string, not {}",
            text.ty().full_name()
        )));
    }
    let end = usize::try_from(end)
        .ok()
        .filter(|end| *end <= str::cast(text).len())
        .ok_or_else(|| error::value_error("end is out of bounds"))?;
    let (found, next) = scan_text(str::cast(text), end, strict)?;
    Ok(tuple::from_array([found, int::from_usize(next)]))
}

/// The place of the next quote, backslash or (if `strict`) control character.
fn stop(chars: Chars<'_>, from: usize) -> usize {
    with_chars!(chars, units => {
        units[from..]
            .iter()
            .position(|unit| is_special(unit.point()))
            .map_or(units.len(), |at| from + at)
    })
}

/// Reads a text whose opening quote is before `start`: the text, and the place behind its closing quote.
pub fn scan_text(document: &Str, start: usize, strict: bool) -> PyResult<(Owned, usize)> {
    let chars = document.chars();
    let mut out: Option<Builder> = None;
    let mut from = start;
    let mut at = start;
    loop {
        at = stop(chars, at);
        let Some(point) = chars.get(at) else {
            return Err(unterminated(document, start));
        };
        match point {
            0x22 => {
                let part = chars.slice(from, at);
                let made = match out {
                    None => Str::from_chars(part)?,
                    Some(mut out) => {
                        out.push_chars(part);
                        out.finish()?
                    }
                };
                return Ok((made, at + 1));
            }
            0x5c => {
                let out = out.get_or_insert_with(Builder::new);
                out.push_chars(chars.slice(from, at));
                let (point, next) = escape(document, start, at + 1)?;
                out.push(point);
                (from, at) = (next, next);
            }
            _ if strict => return Err(refuse("Invalid control character at", document, at)),
            _ => at += 1,
        }
    }
}

fn unterminated(document: &Str, start: usize) -> Raised {
    refuse(
        "Unterminated string starting at",
        document,
        start.saturating_sub(1),
    )
}

/// The character of an escape whose backslash is before `at`, and the place behind it.
fn escape(document: &Str, start: usize, at: usize) -> PyResult<(u32, usize)> {
    let chars = document.chars();
    let Some(letter) = chars.get(at) else {
        return Err(unterminated(document, start));
    };
    let point = match u8::try_from(letter).unwrap_or(0) {
        c @ (b'"' | b'\\' | b'/') => u32::from(c),
        b'b' => 8,
        b'f' => 12,
        b'n' => 10,
        b'r' => 13,
        b't' => 9,
        b'u' => return unicode_escape(document, at + 1),
        _ => return Err(refuse("Invalid \\escape", document, at - 1)),
    };
    Ok((point, at + 1))
}

/// Four digits at `at`; a pair of surrogates makes one character.
fn unicode_escape(document: &Str, at: usize) -> PyResult<(u32, usize)> {
    let chars = document.chars();
    let end = at + 4;
    if end >= chars.len() {
        return Err(refuse(
            "Invalid \\uXXXX escape",
            document,
            at.saturating_sub(1),
        ));
    }
    let Some(first) = hex4(chars, at) else {
        return Err(refuse("Invalid \\uXXXX escape", document, at - 1));
    };
    let is_pair = (0xd800..0xdc00).contains(&first)
        && end + 6 < chars.len()
        && chars.get(end) == Some(0x5c)
        && chars.get(end + 1) == Some(u32::from(b'u'));
    if is_pair {
        let Some(second) = hex4(chars, end + 2) else {
            return Err(refuse("Invalid \\uXXXX escape", document, end + 1));
        };
        if (0xdc00..0xe000).contains(&second) {
            let point = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Ok((point, end + 6));
        }
    }
    Ok((first, end))
}

fn hex4(chars: Chars<'_>, at: usize) -> Option<u32> {
    let mut value = 0;
    for i in 0..4 {
        let digit = chars.get(at + i).and_then(char::from_u32)?.to_digit(16)?;
        value = value * 16 + digit;
    }
    Some(value)
}
