//! What to say of a source the parser rejects, in CPython's words and at CPython's place.

mod incomplete;
mod peg;
pub(crate) mod token;
pub(crate) mod tokenizer;

use ruff_python_ast::token::{TokenKind, Tokens as RuffTokens};
use ruff_text_size::Ranged;

use crate::error::{Class, Error, Finder, Rejected, Warning};
use crate::parse::Mode;
use crate::parser_warnings;
use crate::source::Source;
pub use incomplete::{incomplete, left_open};
use peg::{Outcome, Parser};
use token::{Kind, Stop, Token, Tokens, at_reading, never_closed};

/// Parentheses inside parentheses (MAXLEVEL).
const MAX_PARENTHESES: usize = 200;

/// Fewer of them never overflow the parser's stack.
const DOUBTFUL_PARENTHESES: usize = 90;

const MULTIPLE_STATEMENTS: &str = "multiple statements found while compiling a single statement";

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

/// Whether something stands in the tokens that ruff's parser takes and CPython's may not: a `yield` as an operand or as the element of a
/// generator expression, `as` right behind a number.
pub fn doubtful(tokens: &RuffTokens) -> bool {
    use TokenKind as T;
    let is_space = |kind: TokenKind| matches!(kind, T::Comment | T::NonLogicalNewline);
    let is_number = |kind| matches!(kind, T::Int | T::Float | T::Complex);
    let mut last = None;
    tokens.iter().enumerate().any(|(index, token)| {
        let before = last.replace(token);
        match token.kind() {
            T::As => before
                .is_some_and(|before| is_number(before.kind()) && before.end() == token.start()),
            T::Yield => {
                let rest = tokens[index + 1..].iter().map(|token| token.kind());
                is_operand(rest.filter(|kind| !is_space(*kind)))
            }
            _ => false,
        }
    })
}

/// Whether what follows a `yield` makes it a part of an expression.
fn is_operand(rest: impl Iterator<Item = TokenKind>) -> bool {
    use TokenKind as T;
    let mut open = 0usize;
    for (index, kind) in rest.enumerate() {
        match kind {
            _ if index == 0 && is_infix(kind) => return true,
            T::Lpar | T::Lsqb | T::Lbrace => open += 1,
            T::Rpar | T::Rsqb | T::Rbrace if open > 0 => open -= 1,
            T::Rpar | T::Rsqb | T::Rbrace | T::Newline | T::Semi => return false,
            T::For if open == 0 => return true,
            _ => {}
        }
    }
    false
}

/// Whether no expression starts so, but one may go on.
fn is_infix(kind: TokenKind) -> bool {
    use TokenKind as T;
    let arithmetic = matches!(
        kind,
        T::Slash | T::DoubleSlash | T::Percent | T::At | T::Amper | T::Vbar | T::CircumFlex
    ) || matches!(
        kind,
        T::LeftShift | T::RightShift | T::DoubleStar | T::Comma | T::Dot
    );
    let comparison = matches!(
        kind,
        T::Less | T::Greater | T::LessEqual | T::GreaterEqual | T::EqEqual | T::NotEqual
    );
    arithmetic
        || comparison
        || matches!(kind, T::And | T::Or | T::In | T::Is | T::If | T::ColonEqual)
}

/// The exception for a source that is not Python; `at` is where ruff gave up. `warnings` gets what CPython warns of until then.
pub fn explain(source: &Source, at: u32, mode: Mode, warnings: &mut Vec<Warning>) -> Error {
    let tokens = tokenizer::tokenize(source, mode);
    let mut parser = Parser::new(source, &tokens.tokens);
    let (mut error, read) = explain_tokens(source, at, mode, &tokens, &mut parser);
    let is_ahead = matches!(read, Read::Ahead);
    let read = match read {
        Read::All | Read::Ahead => usize::MAX,
        Read::Parser => parser.fill(),
    };
    let statement = parser.statement();
    let later = later_error(source, &tokens, parser.last());
    let in_tokens = tokens.warnings.iter().filter(|(index, _)| *index < read);
    let in_tokens = in_tokens.map(|(index, warning)| {
        let mut warning = warning.clone();
        if *index >= parser.fill() && warning.finder == Finder::Brace {
            // The tokenizer came here to look for errors only, and looks no further.
            warning.as_error = Some(Box::new(error.clone()));
        }
        (index + 1, warning)
    });
    let mut found: Vec<_> = in_tokens.collect();
    for (read, mut warning) in std::mem::take(&mut parser.warnings) {
        let unread = tokens.warnings.iter().filter(|(index, _)| *index >= read);
        let unread = unread.map(|(_, warning)| warning);
        parser_warnings::give_way(&mut warning, unread, later.as_ref());
        found.push((read, warning));
    }
    found.sort_by_key(|(read, _)| *read);
    warnings.extend(found.into_iter().map(|(_, warning)| warning));
    if is_ahead {
        error = later.unwrap_or(error);
    }
    let mut error = as_in_mode(source, mode, error);
    if error.class.is_syntax_error() && !error.message.starts_with(MULTIPLE_STATEMENTS) {
        let source = as_read(source, mode);
        error.rejected = Some(Box::new(Rejected { statement, source }));
    }
    if source.text.is_empty()
        && let Some(place) = &mut error.place
    {
        (place.line, place.end_line) = (0, 0);
    }
    error
}

/// The text with the newline that a module gets at its end.
fn as_read(source: &Source, mode: Mode) -> String {
    let mut text = source.text.to_string();
    if mode == Mode::Exec && !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Only modules get a newline at their end, which the text of an error may show.
pub fn as_in_mode(source: &Source, mode: Mode, mut error: Error) -> Error {
    if mode != Mode::Exec
        && !source.text.ends_with('\n')
        && error
            .place
            .is_some_and(|place| place.line as usize >= source.lines().count())
        && let Some(text) = &mut error.text
        && text.ends_with('\n')
    {
        text.pop();
    }
    error
}

/// How far CPython's tokenizer has come when the exception is on its way.
enum Read {
    /// To its end.
    All,
    /// To its end, in search of an error of its own, which goes before the parser's.
    Ahead,
    /// As far as the parser asked.
    Parser,
}

fn explain_tokens(
    source: &Source,
    at: u32,
    mode: Mode,
    tokens: &Tokens,
    parser: &mut Parser,
) -> (Error, Read) {
    let first = parser.run(mode, false);
    let last = parser.last();
    let error = match first {
        Outcome::Raised(error) => error,
        Outcome::RanOut => return (at_end(source, tokens, last), Read::All),
        Outcome::Accepted => {
            if mode == Mode::Exec
                && let Some(error) = wrong_indent(tokens)
            {
                return (error, Read::All);
            }
            if mode == Mode::Single && is_followed(source, last) {
                return (multiple_statements(source, last), Read::Parser);
            }
            let index = tokens.tokens.partition_point(|token| token.end <= at);
            if let Some(error) = wrong_pattern(source, &tokens.tokens, index) {
                return (error, Read::All);
            }
            let token = tokens.tokens.get(index).copied();
            invalid_syntax(source, token, token)
        }
        Outcome::Failed => match parser.run(mode, true) {
            Outcome::Raised(error) if is_read(source, mode, parser.last()) => {
                return (error, Read::All);
            }
            Outcome::Raised(error) => error,
            Outcome::RanOut => return (at_end(source, tokens, last), Read::All),
            Outcome::Accepted | Outcome::Failed => {
                let error = invalid_syntax(source, last, parser.last());
                if matches!(
                    last,
                    Some(Token {
                        kind: Kind::Indent | Kind::Dedent,
                        ..
                    })
                ) {
                    return (error, Read::Parser);
                }
                error
            }
        },
    };
    match error.class.is_syntax_error() {
        true => (error, Read::Ahead),
        false => (error, Read::Parser),
    }
}

/// Whether the tokenizer met the end of the source while it read the last token. Modules get a newline there.
fn is_read(source: &Source, mode: Mode, last: Option<Token>) -> bool {
    mode != Mode::Exec
        && last.is_some_and(|token| {
            let text = token.text(source);
            token.end as usize == source.text.len() && !text.ends_with(['\n', '"', '\''])
        })
}

/// CPython reads on to the end: the tokenizer's errors matter more than the parser's, and so does a parenthesis left open on an earlier
/// line than `reached` is on.
fn later_error(source: &Source, tokens: &Tokens, reached: Option<Token>) -> Option<Error> {
    if tokens.in_string {
        return None;
    }
    match &tokens.stop {
        Stop::Hard(error) => Some(error.clone()),
        Stop::Soft(_) | Stop::Open => {
            let (bracket, offset) = tokens.open?;
            let open_line = source.lines().line(offset) as i32 + 1;
            let later = reached?.line(source) > open_line;
            later.then(|| never_closed(source, bracket, offset, source.text.len() as u32))
        }
        Stop::End => None,
    }
}

/// The parser came to the end of the tokens.
fn at_end(source: &Source, tokens: &Tokens, last: Option<Token>) -> Error {
    match (&tokens.stop, tokens.open) {
        (Stop::Hard(error) | Stop::Soft(error), _) => error.clone(),
        (Stop::Open, Some((bracket, offset))) => {
            never_closed(source, bracket, offset, source.text.len() as u32)
        }
        _ => invalid_syntax(source, last, last),
    }
}

/// The exception for the token that fits nowhere, when the parser has looked at `reached`.
fn invalid_syntax(source: &Source, token: Option<Token>, reached: Option<Token>) -> Error {
    let Some(token) = token else {
        return Error::plain(Class::SyntaxError, "invalid syntax");
    };
    let reached = reached.unwrap_or(token);
    let read = reached.end.saturating_sub(1).max(reached.start);
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

/// The exception of CPython's parser if rules nest too deeply in the source.
pub fn overflow(source: &Source, mode: Mode) -> Option<Error> {
    let Tokens { tokens, .. } = tokenizer::tokenize(source, mode);
    match Parser::new(source, &tokens).run(mode, false) {
        Outcome::Raised(error) if error.class == Class::MemoryError => Some(error),
        _ => None,
    }
}

/// Whether so many brackets may be open at once that CPython refuses them: the others are let through without a parse.
pub fn maybe_too_deep(text: &str) -> bool {
    let mut open = 0usize;
    text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > DOUBTFUL_PARENTHESES
    })
}

/// Whether CPython's grammar takes the source.
pub fn accepts(source: &Source, mode: Mode) -> bool {
    let Tokens { tokens, .. } = tokenizer::tokenize(source, mode);
    matches!(
        Parser::new(source, &tokens).run(mode, false),
        Outcome::Accepted
    )
}

/// The exception of code generation for an f-string in a pattern, which ruff's parser refuses already.
fn wrong_pattern(source: &Source, tokens: &[Token], index: usize) -> Option<Error> {
    let string = tokens.get(index)?;
    if !matches!(string.kind, Kind::FStringStart | Kind::TStringStart) {
        return None;
    }
    let is_opening = |token: &&Token| {
        token.level == string.level && matches!(token.text(source), "(" | "[" | "{")
    };
    let opening = tokens[..index].iter().rfind(is_opening)?;
    let end = end_of_strings(tokens, index);
    let is_key = tokens
        .get(end)
        .is_some_and(|token| token.text(source) == ":");
    let (message, first, last) = if opening.text(source) == "{" && is_key {
        let message = "mapping pattern keys may only match literals and attribute lookups";
        let is_outside = |token: &&Token| token.level < string.level;
        (message, opening, tokens[index..].iter().find(is_outside)?)
    } else {
        let before = tokens[..index].iter().rev();
        let strings = before.take_while(|token| token.kind == Kind::String);
        let message = "patterns may only match literals and attribute lookups";
        (message, strings.last().unwrap_or(string), &tokens[end - 1])
    };
    let loc = source.location(first.start, last.end);
    Some(Error::syntax(message, &source.filename, loc))
}

/// The index behind the strings that stand in a row from `index` on.
fn end_of_strings(tokens: &[Token], index: usize) -> usize {
    let mut inside = 0usize;
    for (offset, token) in tokens[index..].iter().enumerate() {
        match token.kind {
            Kind::FStringStart | Kind::TStringStart => inside += 1,
            Kind::FStringEnd | Kind::TStringEnd => inside = inside.saturating_sub(1),
            Kind::String => {}
            _ if inside > 0 => {}
            _ => return index + offset,
        }
    }
    tokens.len()
}

/// The exception for an indent that the tokenizer refuses.
fn wrong_indent(tokens: &Tokens) -> Option<Error> {
    match &tokens.stop {
        Stop::Soft(error) if error.class != Class::SyntaxError => Some(error.clone()),
        _ => None,
    }
}

/// Whether tabs and blanks are mixed in a way that CPython refuses; ruff takes some of these.
pub fn mixes_tabs(source: &Source, mode: Mode) -> bool {
    if memchr::memchr(b'\t', source.text.as_bytes()).is_none() {
        return false;
    }
    let (mut tabs, mut blanks) = (false, false);
    for line in source.text.split('\n') {
        tabs |= line.trim_start_matches(' ').starts_with('\t');
        blanks |= line.trim_start_matches('\t').starts_with(' ');
    }
    tabs && blanks && wrong_indent(&tokenizer::tokenize(source, mode)).is_some()
}

/// `single` mode takes one line of simple statements or one compound statement and its end.
pub fn interactive(source: &Source, warnings: &mut Vec<Warning>) -> Result<(), Error> {
    let Tokens { tokens, .. } = tokenizer::tokenize(source, Mode::Single);
    let mut parser = Parser::new(source, &tokens);
    let accepted = matches!(parser.run(Mode::Single, false), Outcome::Accepted);
    if accepted && !is_followed(source, parser.last()) {
        return Ok(());
    }
    Err(explain(
        source,
        source.text.len() as u32,
        Mode::Single,
        warnings,
    ))
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
    let message = MULTIPLE_STATEMENTS;
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
