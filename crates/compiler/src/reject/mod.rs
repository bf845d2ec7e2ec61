//! What to say of a source the parser rejects, in CPython's words and at CPython's place.

mod peg;
pub(crate) mod token;
pub(crate) mod tokenizer;

use ruff_python_ast::token::{TokenKind, Tokens as RuffTokens};

use crate::error::{Class, Error};
use crate::parse::Mode;
use crate::source::Source;
use peg::{Outcome, Parser};
use token::{Kind, Stop, Token, Tokens, at_reading, never_closed};

/// Parentheses inside parentheses (MAXLEVEL).
const MAX_PARENTHESES: usize = 200;

/// f-strings inside f-strings (MAXFSTRINGLEVEL).
const MAX_STRINGS: usize = 150;

/// Whether ruff's tokens nest deeper than CPython's tokenizer lets them.
pub fn too_deep(tokens: &RuffTokens) -> bool {
    let (mut open, mut strings) = (0usize, 0usize);
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open += 1,
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => open = open.saturating_sub(1),
            TokenKind::FStringStart | TokenKind::TStringStart => strings += 1,
            TokenKind::FStringEnd | TokenKind::TStringEnd => strings = strings.saturating_sub(1),
            _ => continue,
        }
        if open > MAX_PARENTHESES || strings >= MAX_STRINGS {
            return true;
        }
    }
    false
}

/// The exception for a source that is not Python; `at` is where ruff gave up.
pub fn explain(source: &Source, at: u32, mode: Mode) -> Error {
    let error = explain_tokens(source, at, mode);
    let mut error = as_in_mode(source, mode, error);
    if source.text.is_empty()
        && let Some(place) = &mut error.place
    {
        (place.line, place.end_line) = (0, 0);
    }
    error
}

/// Only modules get a newline at their end, which the text of an error may show.
pub fn as_in_mode(source: &Source, mode: Mode, mut error: Error) -> Error {
    if mode != Mode::Exec
        && !source.text.ends_with('\n')
        && error
            .place
            .is_some_and(|place| place.line as usize >= source.lines.count())
        && let Some(text) = &mut error.text
        && text.ends_with('\n')
    {
        text.pop();
    }
    error
}

fn explain_tokens(source: &Source, at: u32, mode: Mode) -> Error {
    let Tokens { tokens, stop, open } = tokenizer::tokenize(source, mode);
    let mut parser = Parser::new(source, &tokens);
    let first = parser.run(mode, false);
    let last = parser.last();
    let error = match first {
        Outcome::Raised(error) => error,
        Outcome::RanOut => return at_end(source, stop, open, last),
        Outcome::Accepted if mode == Mode::Single && is_followed(source, last) => {
            return multiple_statements(source, last);
        }
        Outcome::Accepted => {
            invalid_syntax(source, tokens.iter().find(|token| token.end > at).copied())
        }
        Outcome::Failed => match parser.run(mode, true) {
            Outcome::Raised(error) => error,
            Outcome::RanOut => return at_end(source, stop, open, last),
            Outcome::Accepted | Outcome::Failed => match last {
                Some(Token {
                    kind: Kind::Indent | Kind::Dedent,
                    ..
                }) => return invalid_syntax(source, last),
                _ => invalid_syntax(source, last),
            },
        },
    };
    if error.class.is_syntax_error() {
        later_error(source, stop, open, parser.last()).unwrap_or(error)
    } else {
        error
    }
}

/// CPython reads on to the end: the tokenizer's errors matter more than the parser's, and so does a parenthesis left open on an earlier
/// line than `reached` is on.
fn later_error(
    source: &Source,
    stop: Stop,
    open: Option<(u8, u32)>,
    reached: Option<Token>,
) -> Option<Error> {
    match stop {
        Stop::Hard {
            error,
            in_string: false,
        } => Some(error),
        Stop::Soft(_) | Stop::Open => {
            let (bracket, offset) = open?;
            let open_line = source.lines.line(offset) as i32 + 1;
            let later = reached?.line(source) > open_line;
            later.then(|| never_closed(source, bracket, offset, source.text.len() as u32))
        }
        _ => None,
    }
}

/// The parser came to the end of the tokens.
fn at_end(source: &Source, stop: Stop, open: Option<(u8, u32)>, last: Option<Token>) -> Error {
    match (stop, open) {
        (Stop::Hard { error, .. } | Stop::Soft(error), _) => error,
        (Stop::Open, Some((bracket, offset))) => {
            never_closed(source, bracket, offset, source.text.len() as u32)
        }
        _ => invalid_syntax(source, last),
    }
}

/// The exception for the token that fits nowhere.
fn invalid_syntax(source: &Source, token: Option<Token>) -> Error {
    let Some(token) = token else {
        return Error::plain(Class::SyntaxError, "invalid syntax");
    };
    let read = token.end.saturating_sub(1).max(token.start);
    let not_equal = token.text(source) == ">" && source.text[..token.start as usize].ends_with('<');
    if not_equal {
        let message = "invalid syntax.  Maybe you meant '!=' instead of '<>'?";
        let place = source.place(token.start - 1, token.end);
        return at_reading(source, Class::SyntaxError, message, place, read);
    }
    let (class, message, place) = match token.kind {
        Kind::Indent => (
            Class::IndentationError,
            "unexpected indent",
            token.last_place(source),
        ),
        Kind::Dedent => (
            Class::IndentationError,
            "unexpected unindent",
            token.last_place(source),
        ),
        _ => (
            Class::SyntaxError,
            "invalid syntax",
            token.known_place(source),
        ),
    };
    at_reading(source, class, message, place, read)
}

/// Whether CPython's grammar takes the source.
pub fn accepts(source: &Source, mode: Mode) -> bool {
    let Tokens { tokens, .. } = tokenizer::tokenize(source, mode);
    matches!(
        Parser::new(source, &tokens).run(mode, false),
        Outcome::Accepted
    )
}

/// `single` mode takes one line of simple statements or one compound statement and its end.
pub fn interactive(source: &Source) -> Result<(), Error> {
    let Tokens { tokens, .. } = tokenizer::tokenize(source, Mode::Single);
    let mut parser = Parser::new(source, &tokens);
    let accepted = matches!(parser.run(Mode::Single, false), Outcome::Accepted);
    if accepted && !is_followed(source, parser.last()) {
        return Ok(());
    }
    Err(explain(source, source.text.len() as u32, Mode::Single))
}

/// Whether anything but blanks and comments follows the last token read.
fn is_followed(source: &Source, last: Option<Token>) -> bool {
    let from = last.map_or(0, |token| token.end as usize);
    let rest = source.text.get(from..).unwrap_or("");
    let is_blank = |line: &str| {
        line.trim_start_matches([' ', '\t', '\x0c']).is_empty()
            || line
                .trim_start_matches([' ', '\t', '\x0c'])
                .starts_with('#')
    };
    !rest.lines().all(is_blank)
}

fn multiple_statements(source: &Source, last: Option<Token>) -> Error {
    let message = "multiple statements found while compiling a single statement";
    match last {
        Some(token) => at_reading(
            source,
            Class::SyntaxError,
            message,
            token.last_place(source),
            token.start,
        ),
        None => Error::plain(Class::SyntaxError, message),
    }
}
