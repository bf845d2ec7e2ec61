//! What to say of a source the parser rejects, in CPython's words and at CPython's place.

use ruff_python_ast as ast;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::ParseError;
use ruff_text_size::{Ranged, TextRange};

use crate::error::{Class, Error};
use crate::parse::Mode;
use crate::source::Source;

/// Parentheses inside parentheses (MAXLEVEL).
const MAX_PARENTHESES: usize = 200;

/// Limits of CPython's tokenizer that ruff does not have.
pub fn limits(source: &Source, tokens: &Tokens) -> Result<(), Error> {
    let mut open = 0usize;
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                open += 1;
                if open >= MAX_PARENTHESES {
                    let start = token.start().to_u32();
                    let mut place = source.place(start, start);
                    place.end_offset = -1;
                    return Err(source.error_at(
                        Class::SyntaxError,
                        "too many nested parentheses",
                        place,
                    ));
                }
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => open = open.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// The exception for a source with syntax errors: `first` by ruff's parser, `unsupported` syntax of later versions.
pub fn explain(
    source: &Source,
    first: Option<&ParseError>,
    unsupported: Option<TextRange>,
    _mode: Mode,
) -> Error {
    let range = first
        .map(|error| error.location)
        .or(unsupported)
        .unwrap_or_default();
    source.error(
        Class::SyntaxError,
        "invalid syntax",
        range.start().to_u32(),
        range.end().to_u32(),
    )
}

/// `single` mode takes one line of simple statements or one compound statement.
pub fn interactive(source: &Source, body: &[ast::Stmt]) -> Result<(), Error> {
    let _ = (source, body);
    Ok(())
}
