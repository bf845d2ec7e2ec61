//! Input that may go on: what `PyCF_ALLOW_INCOMPLETE_INPUT` and `PyCF_DONT_IMPLY_DEDENT` ask for (codeop, Parser/pegen.c). A source that
//! the parser rejects is incomplete when the tokenizer had read the end of the text by then.

use super::peg::{Outcome, Parser};
use super::token::{Kind, Stop, Token, Tokens, at_reading};
use super::{as_in_mode, tokenizer};
use crate::error::{Class, Error, Place};
use crate::parse::Mode;
use crate::source::Source;

const MESSAGE: &str = "incomplete input";

/// The `_IncompleteInputError` for a rejected source; None if it is wrong whatever may follow.
pub fn incomplete(source: &Source, mode: Mode, imply_dedent: bool) -> Option<Error> {
    let Tokens {
        mut tokens, stop, ..
    } = tokenizer::tokenize(source, mode);
    if !imply_dedent {
        drop_implied(source, mode, &mut tokens);
    }
    let mut parser = Parser::new(source, &tokens);
    let is_triple = matches!(&stop, Stop::Hard(error) if is_triple(error));
    let place = match parser.run(mode, false) {
        Outcome::Accepted => return None,
        Outcome::RanOut => place_of_stop(source, mode, stop)?,
        Outcome::Raised(_) | Outcome::Failed => place_of_last(source, mode, parser.last()?)?,
    };
    let read = source.text.len() as u32;
    let mut error = at_reading(source, Class::IncompleteInput, MESSAGE, place, read);
    if source.text.is_empty()
        && let Some(place) = &mut error.place
    {
        (place.line, place.end_line) = (0, 0);
    }
    error.text = match source.text.is_empty() {
        true => Some(String::new()),
        false if is_triple => Some(from_line(source, mode, place.line)),
        false => Some(source.line_text(place.line)),
    };
    Some(as_in_mode(source, mode, error))
}

/// Whether a string in three quotes has no end.
fn is_triple(error: &Error) -> bool {
    error.message.starts_with("unterminated triple-quoted")
}

/// All lines from `line` (from 1) on.
fn from_line(source: &Source, mode: Mode, line: i32) -> String {
    let start = source.lines().start(line as usize - 1) as usize;
    let mut text = source.text[start..].to_owned();
    if mode == Mode::Exec && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// In `single` mode a text that ends within a block ends the block; with `PyCF_DONT_IMPLY_DEDENT` only an empty line does. The error is
/// that of a block left open.
pub fn left_open(source: &Source, mode: Mode) -> Option<Error> {
    let Tokens { mut tokens, .. } = tokenizer::tokenize(source, mode);
    if !drop_implied(source, mode, &mut tokens) {
        return None;
    }
    let last = *tokens.last()?;
    let error = super::invalid_syntax(source, Some(last), Some(last));
    Some(as_in_mode(source, mode, error))
}

/// Takes away the dedents at the end of a text without a newline; whether there were any.
fn drop_implied(source: &Source, mode: Mode, tokens: &mut Vec<Token>) -> bool {
    if mode != Mode::Single || source.text.ends_with('\n') {
        return false;
    }
    let Some(end) = tokens.pop() else {
        return false;
    };
    let mut dropped = false;
    while let [
        ..,
        Token {
            kind: Kind::Dedent, ..
        },
    ]
    | [
        ..,
        Token {
            kind: Kind::Dedent, ..
        },
        Token {
            kind: Kind::Newline,
            ..
        },
    ] = tokens[..]
    {
        dropped = true;
        tokens.pop();
    }
    tokens.push(end);
    dropped
}

/// Where the tokenizer stood when it met the end of the text before a token was whole.
fn place_of_stop(source: &Source, mode: Mode, stop: Stop) -> Option<Place> {
    match stop {
        Stop::Open | Stop::End => {
            let start = source.text.len() as u32;
            let extra = mode == Mode::Exec && !source.text.ends_with('\n');
            let token = Token {
                kind: Kind::EndMarker,
                start,
                end: start + u32::from(extra),
                level: 0,
                placeless: true,
            };
            Some(token.last_place(source))
        }
        Stop::Soft(error) if error.message.starts_with("unexpected EOF") => error.place,
        Stop::Soft(_) => None,
        Stop::Hard(error) => {
            let place = error.place?;
            let unterminated = error.message.starts_with("unterminated string literal");
            let triple = is_triple(&error);
            let is_open = || runs_to_end(source, mode, place.line);
            (triple || unterminated && is_open()).then_some(Place {
                end_line: place.line,
                end_offset: -1,
                ..place
            })
        }
    }
}

/// Whether a string that starts on `line` meets the end of the text: every newline from there on has a backslash before it.
fn runs_to_end(source: &Source, mode: Mode, line: i32) -> bool {
    let start = source.lines().start(line as usize - 1) as usize;
    let mut escaped = false;
    for byte in source.text.as_bytes()[start..].iter() {
        if *byte == b'\n' && !escaped {
            return false;
        }
        escaped = *byte == b'\\' && !escaped;
    }
    // A module gets a newline at its end.
    mode != Mode::Exec || source.text.ends_with('\n') || escaped
}

/// The place of the last token that the parser asked for, if the tokenizer had to read past the text's end to know it.
fn place_of_last(source: &Source, mode: Mode, last: Token) -> Option<Place> {
    // A dot before the last one might start an ellipsis.
    let rest = source.text.get(last.end as usize..).unwrap_or("");
    let ends_text = rest.is_empty() || rest == "." && last.text(source) == ".";
    let looks_ahead = match last.kind {
        Kind::EndMarker | Kind::Dedent | Kind::Indent => true,
        // Nothing makes an operator of three characters longer.
        Kind::Op if last.end - last.start == 3 => false,
        // Two quotes might be three.
        Kind::String if last.end - last.start == 2 => mode != Mode::Exec,
        // A module has a newline behind them.
        Kind::Name | Kind::Number | Kind::Op => mode != Mode::Exec,
        // The newline that `single` mode adds.
        Kind::Newline => last.placeless,
        _ => false,
    };
    (ends_text && looks_ahead).then(|| last.last_place(source))
}
