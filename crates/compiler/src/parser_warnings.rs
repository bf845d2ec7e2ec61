//! Warnings of CPython's tokenizer and parser, and the SyntaxErrors that filters make of them, whose places follow rules of their own.

use crate::error::{Category, Class, Error, Finder, Place, Warning};
use crate::literals::{self, InvalidEscape};
use crate::parse::Mode;
use crate::reject;
use crate::source::Source;
use crate::tree::Location;

/// A keyword right behind a number; `kind` is what CPython calls it. Offsets are those of the number.
pub fn number(source: &Source, kind: &str, start: usize, end: usize) -> Warning {
    let message = format!("invalid {kind} literal");
    let error = of_tokenizer(source, message.clone(), end);
    warning(Finder::Number, message, location(source, start, end), error)
}

/// `\{` or `\}` in an f-string, which the tokenizer finds; `backslash` is its offset.
pub fn brace(source: &Source, escape: InvalidEscape, backslash: usize) -> Warning {
    let error = of_tokenizer(source, escape.error_message(), backslash + 2);
    let loc = location(source, backslash, backslash + 1);
    warning(Finder::Brace, escape.message(), loc, error)
}

/// An escape in a string or bytes literal: the offsets of the token and of its body. A text in a format spec is both in one.
pub fn escape(source: &Source, escape: InvalidEscape, token: usize, body: usize) -> Warning {
    let at = body + escape.offset;
    // CPython counts quotes, but neither a prefix nor quotes behind one.
    let quotes = match source.text.as_bytes()[token..body].first() {
        Some(b'"' | b'\'') => body - token,
        _ => 0,
    };
    let before = &source.text[body..at];
    let mut error = of_parser(source, escape, token, quotes, before);
    // CPython shows lines without their newlines when it has read others behind them.
    if let (true, Some(text)) = (goes_on(source, token, at), &mut error.text)
        && text.ends_with('\n')
    {
        text.pop();
    }
    warning(
        Finder::Pass,
        escape.message(),
        location(source, at, at + 1),
        error,
    )
}

/// Whether the literal at `token` is not over in the line of its escape at `at`.
fn goes_on(source: &Source, token: usize, at: usize) -> bool {
    let bytes = source.text.as_bytes();
    let Some(quote) = bytes[token..at].iter().find(|b| matches!(b, b'"' | b'\'')) else {
        return false;
    };
    let opening = token + bytes[token..at].iter().take_while(|b| *b != quote).count();
    let width = if bytes[opening..].starts_with(&[*quote; 3]) {
        3
    } else {
        1
    };
    let mut index = at;
    while let Some(byte) = bytes.get(index) {
        match byte {
            b'\n' => return true,
            b'\\' => {
                index += if bytes.get(index + 1) == Some(&b'\n') {
                    1
                } else {
                    2
                }
            }
            byte if byte == quote && bytes[index..].starts_with(&[*quote; 3][..width]) => {
                return false;
            }
            _ => index += 1,
        }
    }
    false
}

/// An escape in a text of an f- or t-string, whose place CPython takes from the string's end: the offsets of the text and of the closing
/// quotes.
pub fn late_escape(
    source: &Source,
    escape: InvalidEscape,
    text: usize,
    end: (usize, usize),
) -> Warning {
    let mut before = &source.text[text..text + escape.offset];
    while let Some(end) = literals::first_piece(before.as_bytes()) {
        before = &before[end..];
    }
    let lines = memchr::memchr_iter(b'\n', before.as_bytes()).count() as i32;
    let mut loc = location(source, end.0, end.0);
    loc.line += lines;
    loc.end_line += lines;
    let error = of_parser(source, escape, end.0, end.1 - end.0, before);
    warning(Finder::Pass, escape.message(), loc, error)
}

/// Once a filter has made an error of what the parser found, the tokenizer reads on: the error it makes of a number goes before, and none
/// that comes after `\{`. `behind` are the warnings found later, `later` is the tokenizer's own error at the end of what it can read.
pub fn give_way<'w>(
    warning: &mut Warning,
    mut behind: impl Iterator<Item = &'w Warning>,
    later: Option<&Error>,
) {
    if warning.finder != Finder::Pass {
        return;
    }
    let next = behind.find(|behind| behind.finder != Finder::Pass);
    let error = match next.map(|next| (next.finder, &next.as_error)) {
        Some((Finder::Number, error)) => error.clone(),
        Some(_) => None,
        None => later.cloned().map(Box::new),
    };
    if error.is_some() {
        warning.as_error = error;
    }
}

/// Only modules get a newline at their end, which the text of an error may show.
pub fn adapt(source: &Source, mode: Mode, warning: &mut Warning) {
    let Some(error) = warning.as_error.take() else {
        return;
    };
    let mut error = reject::as_in_mode(source, mode, *error);
    if let (Some(place), Some(text)) = (&mut error.place, &error.text) {
        let behind = text.chars().count() as i32 + 1;
        place.offset = place.offset.min(behind);
        place.end_offset = place.end_offset.min(behind);
    }
    warning.as_error = Some(Box::new(error));
}

fn location(source: &Source, start: usize, end: usize) -> Location {
    source.location(start as u32, end as u32)
}

fn warning(finder: Finder, message: String, loc: Location, error: Error) -> Warning {
    Warning {
        finder,
        category: Category::SyntaxWarning,
        message,
        loc,
        as_error: Some(Box::new(error)),
    }
}

/// The tokenizer's error behind the bytes up to `end`: it points at the last character and shows the line without its newline.
fn of_tokenizer(source: &Source, message: String, end: usize) -> Error {
    let end = end as u32;
    let mut place = source.place(end, end);
    place.offset -= 1;
    place.end_offset -= 1;
    let mut error = source.error_at(Class::SyntaxError, message, place);
    let mut text = source.line_text(place.line);
    text.pop();
    error.text = Some(text);
    error
}

/// The parser's error for an escape behind `before`, in the token at `token` with so many quotes in front.
fn of_parser(
    source: &Source,
    escape: InvalidEscape,
    token: usize,
    quotes: usize,
    before: &str,
) -> Error {
    let start = location(source, token, token);
    let lines = memchr::memchr_iter(b'\n', before.as_bytes()).count() as i32;
    // What is decoded has `\UXXXXXXXX` for every character that is not ASCII.
    let columns = |text: &str| -> usize {
        let width = |c: char| if c.is_ascii() { 1 } else { 10 };
        text.chars().map(width).sum()
    };
    let column = match before.rsplit_once('\n') {
        Some((_, rest)) => columns(rest),
        None => start.column as usize + quotes + columns(before),
    };
    let line = start.line + lines;
    // The warning of an f-string may stand behind the last line, which is shown then.
    let last = source.text.lines().count() as i32;
    let text = source.line_text(line.min(last));
    let characters = |bytes: usize| {
        let whole = text.as_bytes().iter().take(bytes);
        whole.filter(|&&byte| byte & 0xc0 != 0x80).count() as i32 + 1
    };
    let place = Place {
        line,
        offset: characters(column),
        end_line: line,
        end_offset: characters(column + 2),
    };
    let mut error = source.error_at(Class::SyntaxError, escape.error_message(), place);
    error.text = Some(text);
    error
}
