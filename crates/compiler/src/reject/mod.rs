//! What to say of a source the parser rejects, in CPython's words and at CPython's place.

mod token;
mod tokenizer;

use ruff_python_ast as ast;
use ruff_python_ast::token::TokenKind;

use crate::error::{Class, Error};
use crate::parse::Mode;
use crate::source::Source;
use token::{Kind, Stop, Tokens, at_reading, never_closed};

/// Parentheses inside parentheses (MAXLEVEL).
const MAX_PARENTHESES: usize = 200;

/// Whether ruff's tokens nest deeper than CPython's tokenizer lets them.
pub fn too_deep(tokens: &ast::token::Tokens) -> bool {
    let mut open = 0usize;
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                open += 1;
                if open > MAX_PARENTHESES {
                    return true;
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => open = open.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// The exception for a source that is not Python; `at` is where ruff gave up.
pub fn explain(source: &Source, at: u32, _mode: Mode) -> Error {
    let Tokens { tokens, stop } = tokenizer::tokenize(source);
    let failing = tokens
        .iter()
        .position(|token| token.end > at && token.kind != Kind::Dedent);
    let read = failing.map_or(source.text.len() as u32, |index| tokens[index].end);
    match stop {
        Stop::Hard(error) => return error,
        Stop::Soft(error, start) if at >= start || failing.is_none() => return error,
        Stop::Open(bracket, offset) => {
            let line = |offset| source.lines.line(offset);
            let Some(index) = failing else {
                return never_closed(source, bracket, offset, source.text.len() as u32);
            };
            if line(tokens[index].start) > line(offset) {
                return never_closed(source, bracket, offset, source.text.len() as u32);
            }
        }
        _ => {}
    }
    let Some(token) = failing
        .map(|index| tokens[index])
        .or(tokens.last().copied())
    else {
        return Error::plain(Class::SyntaxError, "invalid syntax");
    };
    match token.kind {
        Kind::Indent => {
            let place = token.last_place(source);
            at_reading(
                source,
                Class::IndentationError,
                "unexpected indent",
                place,
                read,
            )
        }
        Kind::Dedent => {
            let place = token.last_place(source);
            at_reading(
                source,
                Class::IndentationError,
                "unexpected unindent",
                place,
                read,
            )
        }
        _ => at_reading(
            source,
            Class::SyntaxError,
            "invalid syntax",
            token.known_place(source),
            read,
        ),
    }
}

/// `single` mode takes one line of simple statements or one compound statement.
pub fn interactive(source: &Source, body: &[ast::Stmt]) -> Result<(), Error> {
    let _ = (source, body);
    Ok(())
}
