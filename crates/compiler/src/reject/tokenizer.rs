//! A tokenizer that fails as CPython's does (Parser/lexer): same checks, same order, same texts, same places. Used on rejected sources only.

use super::token::{Kind, Stop, Token, Tokens, at_reading};
use crate::error::{Class, Error, Place, Warning};
use crate::parse::Mode;
use crate::source::Source;

mod fstring;
mod number;
mod type_comment;

use type_comment::Skipped;

/// Indents inside indents.
const MAX_INDENTS: usize = 100;
/// Parentheses inside parentheses.
const MAX_LEVEL: usize = 200;
/// f-strings inside f-strings.
const MAX_STRINGS: usize = 150;
const TAB: usize = 8;

/// An open parenthesis and where it stands.
#[derive(Clone, Copy)]
struct Open {
    bracket: u8,
    offset: usize,
}

/// A failure on its way out.
enum Failure {
    Hard(Error),
    Soft(Error),
    Open,
}

type Lexed<T> = Result<T, Failure>;

pub struct Tokenizer<'s> {
    source: &'s Source<'s>,
    mode: Mode,
    bytes: &'s [u8],
    /// Offset of the next byte.
    at: usize,
    /// Offset of the current token.
    start: usize,
    at_line_start: bool,
    /// Where the comment of the current line starts.
    comment: Option<usize>,
    /// Start of the first of the lines CPython still holds: a token of several lines keeps them.
    buffer: usize,
    /// Whether no token stands in the current line: a last line without a newline gets one before its dedents.
    line_done: bool,
    /// Whether the last line has no newline and nothing but blanks: no dedents follow it.
    ends_in_blanks: bool,
    /// Whether the last line of interactive input has no newline and nothing but a comment: no dedents follow it either.
    ends_in_comment: bool,
    /// Columns of the open indents, with tabs to multiples of 8 and with tabs of 1.
    indents: Vec<(usize, usize)>,
    /// Indents (positive) or dedents (negative) to be given out.
    pending: i32,
    open: Vec<Open>,
    strings: Vec<fstring::Mode>,
    /// See `Tokens::ignores`.
    ignores: Vec<(u32, u32)>,
    /// Warnings of the current token.
    warnings: Vec<Warning>,
}

/// Tokenizes `source` as far as possible. Modes end differently: a module's last line gets a newline if it has none, and interactive
/// input a NEWLINE of its own at the end, which closes a compound statement.
pub fn tokenize(source: &Source, mode: Mode) -> Tokens {
    let mut tokenizer = Tokenizer {
        source,
        mode,
        bytes: source.text.as_bytes(),
        at: 0,
        start: 0,
        at_line_start: true,
        comment: None,
        buffer: 0,
        line_done: true,
        ends_in_blanks: false,
        ends_in_comment: false,
        indents: vec![(0, 0)],
        pending: 0,
        open: Vec::new(),
        strings: Vec::new(),
        ignores: Vec::new(),
        warnings: Vec::new(),
    };
    let mut tokens: Vec<Token> = Vec::new();
    let mut warnings = Vec::new();
    let stop = loop {
        let next = tokenizer.next();
        warnings.extend(
            tokenizer
                .warnings
                .drain(..)
                .map(|warning| (tokens.len(), warning)),
        );
        match next {
            Ok(token) => {
                let last = tokens.last().map(|token| token.kind);
                if token.kind == Kind::EndMarker && !tokenizer.line_done {
                    tokenizer.line_done = true;
                    let comment = tokenizer.comment.take().map(|start| start as u32);
                    tokens.extend(final_newline(token, comment, mode));
                    continue;
                }
                if token.kind == Kind::EndMarker
                    && mode == Mode::Single
                    && (last == Some(Kind::Dedent)
                        || last == Some(Kind::Newline)
                            && (source.text.ends_with('\n') || tokenizer.ends_in_comment))
                {
                    tokens.push(Token {
                        kind: Kind::Newline,
                        ..token
                    });
                }
                tokenizer.line_done =
                    matches!(token.kind, Kind::Newline | Kind::Indent | Kind::Dedent);
                tokens.push(token);
                if token.kind == Kind::EndMarker {
                    break Stop::End;
                }
            }
            Err(Failure::Hard(error)) => break Stop::Hard(error),
            Err(Failure::Soft(error)) => break Stop::Soft(error),
            Err(Failure::Open) => break Stop::Open,
        }
    };
    let open = tokenizer
        .open
        .last()
        .map(|open| (open.bracket, open.offset as u32));
    Tokens {
        tokens,
        stop,
        open,
        in_string: !tokenizer.strings.is_empty(),
        ignores: tokenizer.ignores,
        warnings,
    }
}

/// What ends a last line without a newline; `end` stands where the text ends. A comment counts as part of it.
fn final_newline(end: Token, comment: Option<u32>, mode: Mode) -> Option<Token> {
    let kind = Kind::Newline;
    match mode {
        Mode::Exec => Some(Token {
            kind,
            start: comment.unwrap_or(end.start),
            end: end.start + 1,
            placeless: false,
            ..end
        }),
        Mode::Single => Some(Token { kind, ..end }),
        Mode::Eval => None,
    }
}

impl<'s> Tokenizer<'s> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn token(&self, kind: Kind) -> Token {
        Token {
            kind,
            start: self.start as u32,
            end: self.at as u32,
            level: self.open.len() as u32,
            placeless: false,
        }
    }

    /// An exception at the last character read; `at` stands behind it.
    fn error<T>(&self, message: impl Into<String>) -> Lexed<T> {
        self.error_behind(self.at, message)
    }

    /// An exception at the character that ends at `end`.
    fn error_behind<T>(&self, end: usize, message: impl Into<String>) -> Lexed<T> {
        let line = self
            .source
            .lines()
            .line(end.saturating_sub(1).min(self.bytes.len()) as u32);
        let start = self.source.lines().start(line) as usize;
        let offset = self.source.text[start..end.min(self.bytes.len())]
            .chars()
            .count() as i32;
        self.error_at(line as i32 + 1, offset, offset, message)
    }

    fn error_at<T>(
        &self,
        line: i32,
        offset: i32,
        end_offset: i32,
        message: impl Into<String>,
    ) -> Lexed<T> {
        let place = Place {
            line,
            offset,
            end_line: line,
            end_offset,
        };
        let mut error = self.source.error_at(Class::SyntaxError, message, place);
        if let Some(text) = &mut error.text {
            text.pop();
        }
        Err(Failure::Hard(error))
    }

    /// An exception about the line being read, without columns of its own.
    fn soft<T>(&self, class: Class, message: &str, offset: i32, end_offset: i32) -> Lexed<T> {
        let line = self
            .source
            .lines()
            .line((self.at as u32).min(self.bytes.len() as u32)) as i32
            + 1;
        let place = Place {
            line,
            offset,
            end_line: line,
            end_offset,
        };
        Err(Failure::Soft(at_reading(
            self.source,
            class,
            message,
            place,
            self.at as u32,
        )))
    }

    fn next(&mut self) -> Lexed<Token> {
        if self.strings.last().is_some_and(|mode| mode.in_text) {
            return self.fstring_text();
        }
        self.normal()
    }

    /// A token outside of strings.
    fn normal(&mut self) -> Lexed<Token> {
        loop {
            let blank_line = std::mem::take(&mut self.at_line_start) && self.indentation()?;
            if self.pending != 0 {
                self.start = self.at;
                let kind = if self.pending > 0 {
                    Kind::Indent
                } else {
                    Kind::Dedent
                };
                self.pending -= self.pending.signum();
                return Ok(Token {
                    placeless: true,
                    ..self.token(kind)
                });
            }
            match self.skip_blanks()? {
                Skipped::Blanks => {}
                Skipped::TypeComment => return Ok(self.token(Kind::TypeComment)),
                Skipped::Ignore => {
                    // What follows is read as if a token stood here; a line of its own is over.
                    if blank_line {
                        self.end_ignore_line();
                    }
                    continue;
                }
            }
            self.start = self.at;
            let Some(byte) = self.peek() else {
                if !self.open.is_empty() {
                    return Err(Failure::Open);
                }
                return self.end();
            };
            if byte == b'\n' {
                self.at += 1;
                self.at_line_start = true;
                self.buffer = self.at;
                let comment = self.comment.take();
                if blank_line || !self.open.is_empty() {
                    continue;
                }
                self.start = comment.unwrap_or(self.start);
                return Ok(self.token(Kind::Newline));
            }
            return self.visible(byte);
        }
    }

    /// The end of the text: dedents first.
    fn end(&mut self) -> Lexed<Token> {
        let is_cut_off = self.ends_in_blanks || self.ends_in_comment;
        let kind = if self.indents.len() > 1 && self.line_done && !is_cut_off {
            Kind::Dedent
        } else {
            Kind::EndMarker
        };
        if kind == Kind::Dedent {
            self.indents.pop();
        }
        let token = self.token(kind);
        // The newline that a module is given was read.
        let extra = u32::from(self.mode == Mode::Exec && !self.bytes.ends_with(b"\n"));
        Ok(Token {
            placeless: true,
            end: token.start + extra,
            ..token
        })
    }

    /// Blanks, comments and joined lines.
    fn skip_blanks(&mut self) -> Lexed<Skipped> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\x0c') => self.at += 1,
                Some(b'#') => match self.comment() {
                    Skipped::Blanks => {}
                    skipped => return Ok(skipped),
                },
                Some(b'\\') => {
                    self.start = self.at;
                    self.at += 1;
                    self.continuation_line()?;
                }
                _ => return Ok(Skipped::Blanks),
            }
        }
    }

    /// What follows a backslash must be a newline and another line.
    fn continuation_line(&mut self) -> Lexed<()> {
        match self.peek() {
            Some(b'\n') => self.at += 1,
            None if self.mode == Mode::Exec => {}
            other => {
                let line = self.source.lines().line(self.at as u32) as i32 + 1;
                let mut text = self.source.line_text(line);
                // Only whole modules get the newline that their last line lacks.
                if self.mode != Mode::Exec && !self.bytes[self.at..].contains(&b'\n') {
                    text.pop();
                }
                let read = self.at + usize::from(other.is_some()) - self.buffer;
                let offset = characters(&text, read);
                return self.soft(
                    Class::SyntaxError,
                    "unexpected character after line continuation character",
                    offset as i32,
                    0,
                );
            }
        }
        if self.at < self.bytes.len() {
            return Ok(());
        }
        if !self.open.is_empty() {
            return Err(Failure::Open);
        }
        let line = self.source.lines().line(self.at.saturating_sub(1) as u32);
        let start = self.source.lines().start(line) as usize;
        let mut offset = self.source.text[start..self.at].chars().count() as i32;
        if !self.bytes.ends_with(b"\n") {
            offset += 1;
        }
        let place = Place {
            line: line as i32 + 1,
            offset,
            end_line: line as i32 + 1,
            end_offset: -1,
        };
        let error = self
            .source
            .error_at(Class::SyntaxError, "unexpected EOF while parsing", place);
        Err(Failure::Soft(error))
    }

    /// The blanks a line starts with; whether nothing but a comment follows them.
    fn indentation(&mut self) -> Lexed<bool> {
        let (mut column, mut alternative) = (0, 0);
        let mut continued = 0;
        loop {
            match self.peek() {
                Some(b' ') => {
                    column += 1;
                    alternative += 1;
                }
                Some(b'\t') => {
                    column = (column / TAB + 1) * TAB;
                    alternative += 1;
                }
                Some(b'\x0c') => (column, alternative) = (0, 0),
                Some(b'\\') => {
                    // The first backslash decides the level of what follows.
                    if continued == 0 {
                        continued = column;
                    }
                    self.start = self.at;
                    self.at += 1;
                    self.continuation_line()?;
                    // No token has started: the line before is not needed any more.
                    self.buffer = self.at;
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        // Blanks at the very end are a line of their own if they get no newline.
        let at_end = self.peek().is_none();
        self.ends_in_blanks = at_end && column > 0 && self.mode != Mode::Exec;
        self.ends_in_comment = self.mode == Mode::Single
            && self.peek() == Some(b'#')
            && !self.bytes[self.at..].contains(&b'\n');
        let blank = matches!(self.peek(), Some(b'#' | b'\n')) || at_end && !self.ends_in_blanks;
        if blank || !self.open.is_empty() {
            return Ok(blank);
        }
        if continued != 0 {
            (column, alternative) = (continued, continued);
        }
        self.start = self.at;
        self.change_level(column, alternative)?;
        Ok(false)
    }

    fn change_level(&mut self, column: usize, alternative: usize) -> Lexed<()> {
        let &(top, top_alternative) = self.indents.last().unwrap_or(&(0, 0));
        if column > top {
            if self.indents.len() >= MAX_INDENTS {
                return self.soft(
                    Class::IndentationError,
                    "too many levels of indentation",
                    1,
                    0,
                );
            }
            if alternative <= top_alternative {
                return self.inconsistent_tabs();
            }
            self.pending += 1;
            self.indents.push((column, alternative));
            return Ok(());
        }
        while self.indents.len() > 1 && self.indents.last().is_some_and(|&(top, _)| column < top) {
            self.pending -= 1;
            self.indents.pop();
        }
        let &(top, top_alternative) = self.indents.last().unwrap_or(&(0, 0));
        if column != top {
            let rest = &self.bytes[self.at..];
            let line = self.source.lines().line(self.at as u32);
            let start = self.source.lines().start(line) as usize;
            let newline = memchr::memchr(b'\n', rest);
            let end = self.at + newline.unwrap_or(rest.len());
            let read = newline.is_some() || self.mode == Mode::Exec;
            let offset = self.source.text[start..end].chars().count() as i32 + i32::from(read);
            return self.soft(
                Class::IndentationError,
                "unindent does not match any outer indentation level",
                offset,
                -1,
            );
        }
        if alternative != top_alternative {
            return self.inconsistent_tabs();
        }
        Ok(())
    }

    fn inconsistent_tabs(&self) -> Lexed<()> {
        self.soft(
            Class::TabError,
            "inconsistent use of tabs and spaces in indentation",
            1,
            0,
        )
    }

    /// A token that starts with `byte`.
    fn visible(&mut self, byte: u8) -> Lexed<Token> {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.name_or_string(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek_at(1).is_some_and(|b| b.is_ascii_digit()) => self.number(),
            b'"' | b'\'' => self.string(),
            _ => self.operator(byte),
        }
    }

    /// A name, or a string with a prefix.
    fn name_or_string(&mut self) -> Lexed<Token> {
        let mut seen = [false; 5];
        while let Some(byte) = self.peek() {
            let letter = match byte | 32 {
                b'b' => 0,
                b'u' => 1,
                b'r' => 2,
                b'f' => 3,
                b't' => 4,
                _ => break,
            };
            if std::mem::replace(&mut seen[letter], true) {
                break;
            }
            self.at += 1;
            if let Some(b'"' | b'\'') = self.peek() {
                self.check_prefix(seen)?;
                return if seen[3] || seen[4] {
                    self.fstring_start(seen[2], seen[4])
                } else {
                    self.string()
                };
            }
        }
        while self
            .peek()
            .is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80)
        {
            self.at += 1;
        }
        self.verify_identifier()?;
        Ok(self.token(Kind::Name))
    }

    fn check_prefix(&self, [b, u, r, f, t]: [bool; 5]) -> Lexed<()> {
        let pairs = [
            ('u', 'b', u && b),
            ('u', 'r', u && r),
            ('u', 'f', u && f),
            ('u', 't', u && t),
            ('b', 'f', b && f),
            ('b', 't', b && t),
            ('f', 't', f && t),
        ];
        let Some((first, second, _)) = pairs.into_iter().find(|pair| pair.2) else {
            return Ok(());
        };
        let line = self.source.lines().line(self.start as u32);
        let start = self.source.place(self.start as u32, self.at as u32);
        let message = format!("'{first}' and '{second}' prefixes are incompatible");
        self.error_at(line as i32 + 1, start.offset, start.end_offset, message)
    }

    fn verify_identifier(&mut self) -> Lexed<()> {
        let text = &self.source.text[self.start..self.at];
        if text.is_ascii() {
            return Ok(());
        }
        let valid = |(i, c): (usize, char)| match i {
            0 => c == '_' || unicode_ident::is_xid_start(c),
            _ => unicode_ident::is_xid_continue(c),
        };
        let Some((index, character)) = text.char_indices().find(|&pair| !valid(pair)) else {
            return Ok(());
        };
        self.at = self.start + index + character.len_utf8();
        self.invalid_character(character)
    }

    fn invalid_character<T>(&self, character: char) -> Lexed<T> {
        let number = character as u32;
        if terrarium_bytecode::repr::is_printable(number) {
            return self.error(format!("invalid character '{character}' (U+{number:04X})"));
        }
        self.error(format!("invalid non-printable character U+{number:04X}"))
    }

    /// A string literal without replacement fields; `at` stands on the quote.
    fn string(&mut self) -> Lexed<Token> {
        let quote = self.bytes[self.at];
        let opening = self.at;
        let width = self.quote_width(quote);
        self.at += width;
        if width == 2 {
            return Ok(self.token(Kind::String));
        }
        let mut escaped_quote = false;
        let mut run = 0;
        while run != width {
            let byte = self.peek();
            if byte.is_none() || width == 1 && byte == Some(b'\n') {
                return self.unterminated(quote, width, escaped_quote, opening);
            }
            self.at += 1;
            if byte == Some(quote) {
                run += 1;
                continue;
            }
            run = 0;
            if byte == Some(b'\\') {
                escaped_quote |= self.peek() == Some(quote);
                self.at += usize::from(self.at < self.bytes.len());
            }
        }
        Ok(self.token(Kind::String))
    }

    /// 1 or 3 quotes open a string; 2 are an empty one.
    fn quote_width(&self, quote: u8) -> usize {
        match (self.peek_at(1), self.peek_at(2)) {
            (Some(second), Some(third)) if second == quote && third == quote => 3,
            (Some(second), _) if second == quote => 2,
            _ => 1,
        }
    }

    /// `at` stands where the string should have ended.
    fn unterminated<T>(
        &self,
        quote: u8,
        width: usize,
        escaped_quote: bool,
        _opening: usize,
    ) -> Lexed<T> {
        let at = self.start + 1;
        if let Some(mode) = self.strings.last()
            && mode.quote == quote
            && mode.width == width
        {
            return self.error_behind(at, format!("{}-string: expecting '}}'", mode.letter()));
        }
        let line = self.last_line();
        let triple = if width == 3 { "triple-quoted " } else { "" };
        let hint = if escaped_quote && width == 1 {
            "; perhaps you escaped the end quote?"
        } else {
            ""
        };
        self.error_behind(
            at,
            format!("unterminated {triple}string literal (detected at line {line}){hint}"),
        )
    }

    /// The number of the line being read; the end of the text belongs to the line before its last newline.
    fn last_line(&self) -> usize {
        let line = self.source.lines().line(self.at as u32);
        let at_end = self.at == self.bytes.len() && self.bytes.ends_with(b"\n");
        if at_end { line } else { line + 1 }
    }

    /// Operators, delimiters, and what is none of them.
    fn operator(&mut self, byte: u8) -> Lexed<Token> {
        if matches!(byte, b':' | b'}' | b'!' | b'{') && self.fstring_punctuation(byte) {
            self.at += 1;
            return Ok(self.token(Kind::Op));
        }
        let rest = &self.bytes[self.at..];
        let length = operator_length(rest);
        if length > 1 {
            self.at += length;
            return Ok(self.token(Kind::Op));
        }
        self.at += 1;
        match byte {
            b'(' | b'[' | b'{' => self.open_bracket(byte)?,
            b')' | b']' | b'}' => self.close_bracket(byte)?,
            _ => {}
        }
        if !(b' '..=b'~').contains(&byte) {
            return self.invalid_character(byte as char);
        }
        if byte == b'=' {
            self.fstring_equals();
        }
        Ok(self.token(Kind::Op))
    }

    fn open_bracket(&mut self, byte: u8) -> Lexed<()> {
        if self.open.len() >= MAX_LEVEL {
            return self.error("too many nested parentheses");
        }
        self.open.push(Open {
            bracket: byte,
            offset: self.start,
        });
        if let Some(mode) = self.strings.last_mut() {
            mode.braces += 1;
        }
        Ok(())
    }

    fn close_bracket(&mut self, byte: u8) -> Lexed<()> {
        let shown = byte as char;
        if let Some(mode) = self.strings.last()
            && mode.braces == 0
            && byte == b'}'
        {
            return self.error(format!(
                "{}-string: single '}}' is not allowed",
                mode.letter()
            ));
        }
        let Some(open) = self.open.pop() else {
            return self.error(format!("unmatched '{shown}'"));
        };
        if !matches!(
            (open.bracket, byte),
            (b'(', b')') | (b'[', b']') | (b'{', b'}')
        ) {
            return self.mismatch(open, shown);
        }
        self.fstring_close(byte)
    }

    fn mismatch(&self, open: Open, shown: char) -> Lexed<()> {
        if let Some(mode) = self.strings.last()
            && open.bracket == b'{'
            && mode.braces - 1 == mode.field
        {
            return self.error(format!("{}-string: unmatched '{shown}'", mode.letter()));
        }
        let opening = open.bracket as char;
        let line = self.source.lines().line(open.offset as u32);
        let mut message =
            format!("closing parenthesis '{shown}' does not match opening parenthesis '{opening}'");
        if line != self.source.lines().line(self.start as u32) {
            message += &format!(" on line {}", line + 1);
        }
        self.error(message)
    }
}

/// How many characters the first `bytes` bytes of `text` are; what is behind its end counts as one.
pub(super) fn characters(text: &str, bytes: usize) -> usize {
    let whole = text
        .bytes()
        .take(bytes)
        .filter(|b| b & 0xc0 != 0x80)
        .count();
    whole + usize::from(bytes > text.len())
}

/// Length of the operator `rest` starts with; 1 for single characters of any kind.
fn operator_length(rest: &[u8]) -> usize {
    const THREE: [&[u8; 3]; 5] = [b"**=", b"//=", b"<<=", b">>=", b"..."];
    const TWO: [&[u8; 2]; 19] = [
        b"!=", b"%=", b"&=", b"**", b"*=", b"+=", b"-=", b"->", b"//", b"/=", b":=", b"<<", b"<=",
        b"==", b">=", b">>", b"@=", b"^=", b"|=",
    ];
    if THREE.iter().any(|operator| rest.starts_with(*operator)) {
        return 3;
    }
    if TWO.iter().any(|operator| rest.starts_with(*operator)) {
        return 2;
    }
    1
}
