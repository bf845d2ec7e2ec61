//! Tokens, one at a time, with lines and columns counted on the way (CPython's Parser/lexer). What is rare or wrong is not taken: the
//! caller gives up then.

use super::token::{Kind, Token, word};
use super::{NotTaken, Result};
use crate::name::WordHash;

/// Fewer than CPython's MAXINDENT.
const MAX_INDENTS: usize = 90;
/// Fewer than CPython's MAXLEVEL.
const MAX_PARENTHESES: u32 = 150;
/// Columns a tab may end at.
const TAB: u32 = 8;

/// Where the lexer stands in the text.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Offset of the next byte.
    pub at: usize,
    pub line: i32,
    /// Offset of the line's first byte.
    pub line_start: usize,
    /// How many parentheses, brackets, braces and replacement fields are open.
    pub open: u32,
    /// `open` directly in the innermost replacement field of an f-string, where `:` and `!` end the expression; 0 outside.
    pub field: u32,
    at_line_start: bool,
}

pub struct Lexer<'s> {
    pub bytes: &'s [u8],
    pub place: Place,
    /// Width of each enclosing block's indentation, with tabs to multiples of eight, and with tabs as one column.
    indents: Vec<(u32, u32)>,
    /// How many DEDENTs are still to come.
    dedents: u32,
}

/// What a byte may be part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Starts a word, or goes on with one.
    Letter,
    /// Goes on with a word.
    Digit,
    /// Stands between tokens; `blanks` knows it.
    Trivia,
    Other,
}

fn class(byte: u8) -> Class {
    const CLASSES: [Class; 256] = {
        let mut table = [Class::Other; 256];
        let mut byte = 0;
        while byte < 128 {
            table[byte] = match byte as u8 {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => Class::Letter,
                b'0'..=b'9' => Class::Digit,
                b' ' | b'\t' | b'\x0c' | b'\n' | b'#' | b'\\' => Class::Trivia,
                _ => Class::Other,
            };
            byte += 1;
        }
        table
    };
    CLASSES[byte as usize]
}

fn is_word(byte: u8) -> bool {
    matches!(class(byte), Class::Letter | Class::Digit)
}

impl<'s> Lexer<'s> {
    pub fn new(text: &'s str) -> Lexer<'s> {
        Lexer {
            bytes: text.as_bytes(),
            place: Place {
                at: 0,
                line: 1,
                line_start: 0,
                open: 0,
                field: 0,
                at_line_start: true,
            },
            indents: Vec::with_capacity(8),
            dedents: 0,
        }
    }

    /// The byte at `at`; 0, which no source has, at the end.
    #[inline]
    pub fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// A token from `start` on this line to the lexer's place.
    #[inline]
    fn token(&self, kind: Kind, start: usize) -> Token {
        let Place {
            at,
            line,
            line_start,
            ..
        } = self.place;
        Token {
            kind,
            has_escapes: false,
            hash: 0,
            start: start as u32,
            end: at as u32,
            line,
            column: (start - line_start) as i32,
        }
    }

    /// Takes note of a newline at `at`.
    #[inline]
    pub fn newline(&mut self, at: usize) {
        self.place.line += 1;
        self.place.line_start = at + 1;
    }

    /// The next token.
    pub fn next(&mut self) -> Result<Token> {
        if self.place.at_line_start
            && let Some(kind) = self.line_start()?
        {
            return Ok(self.token(kind, self.place.at));
        }
        // One blank is most often all there is between two tokens.
        self.place.at += usize::from(self.byte(self.place.at) == b' ');
        let mut byte = self.byte(self.place.at);
        if class(byte) == Class::Trivia {
            self.blanks()?;
            byte = self.byte(self.place.at);
        }
        let start = self.place.at;
        if class(byte) == Class::Letter {
            return self.word(start);
        }
        match byte {
            b'0'..=b'9' => self.number(start),
            b'.' if self.byte(start + 1).is_ascii_digit() => self.number(start),
            b'"' | b'\'' => self.string(start, start),
            b'\n' => {
                // Parentheses are closed here: `blanks` passes over other newlines.
                self.place.at += 1;
                let token = self.token(Kind::Newline, start);
                self.newline(start);
                self.place.at_line_start = true;
                Ok(token)
            }
            0 => self.end(),
            _ => self.operator(start, byte),
        }
    }

    /// The end of the text, after a NEWLINE if the last line has none.
    fn end(&mut self) -> Result<Token> {
        if self.place.at < self.bytes.len() || self.place.open > 0 {
            return Err(NotTaken);
        }
        if !self.place.at_line_start {
            self.place.at_line_start = true;
            return Ok(self.token(Kind::Newline, self.place.at));
        }
        Ok(self.token(Kind::End, self.place.at))
    }

    /// Passes over white space, comments and joined lines; over newlines too if parentheses are open.
    fn blanks(&mut self) -> Result {
        loop {
            match self.byte(self.place.at) {
                b' ' | b'\t' | b'\x0c' => self.place.at += 1,
                b'\n' if self.place.open > 0 => {
                    self.newline(self.place.at);
                    self.place.at += 1;
                }
                b'#' => self.comment()?,
                b'\\' => {
                    // Not in a field, and not at the end of the text.
                    if self.byte(self.place.at + 1) != b'\n'
                        || self.place.at + 2 >= self.bytes.len()
                        || self.place.field > 0
                    {
                        return Err(NotTaken);
                    }
                    self.newline(self.place.at + 1);
                    self.place.at += 2;
                }
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result {
        if self.place.field > 0 {
            return Err(NotTaken);
        }
        let rest = &self.bytes[self.place.at..];
        self.place.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        Ok(())
    }

    /// Passes over lines without tokens and measures the indentation of the next; INDENT or DEDENT if it differs.
    fn line_start(&mut self) -> Result<Option<Kind>> {
        if self.dedents == 0 {
            let (width, plain) = self.indentation()?;
            let (current, current_plain) = self.indents.last().copied().unwrap_or((0, 0));
            if width == current && plain == current_plain {
                self.place.at_line_start = self.place.at >= self.bytes.len();
                return Ok(None);
            }
            if width > current && plain > current_plain {
                if self.indents.len() >= MAX_INDENTS {
                    return Err(NotTaken);
                }
                self.indents.push((width, plain));
                self.place.at_line_start = false;
                return Ok(Some(Kind::Indent));
            }
            let kept = self
                .indents
                .iter()
                .rposition(|&indent| indent == (width, plain));
            let kept = match kept {
                Some(index) => index + 1,
                None if (width, plain) == (0, 0) => 0,
                None => return Err(NotTaken),
            };
            self.dedents = (self.indents.len() - kept) as u32;
            self.indents.truncate(kept);
        }
        self.dedents -= 1;
        self.place.at_line_start = self.dedents > 0 || self.place.at >= self.bytes.len();
        Ok(Some(Kind::Dedent))
    }

    /// How many spaces come next.
    #[inline]
    fn spaces(&self) -> usize {
        let rest = &self.bytes[self.place.at..];
        rest.iter().take_while(|&&byte| byte == b' ').count()
    }

    /// The width of the indentation before the next token; the end of the text has none.
    fn indentation(&mut self) -> Result<(u32, u32)> {
        loop {
            let spaces = self.spaces();
            self.place.at += spaces;
            let (mut width, mut plain) = (spaces as u32, spaces as u32);
            loop {
                match self.byte(self.place.at) {
                    b' ' => (width, plain) = (width + 1, plain + 1),
                    b'\t' => (width, plain) = ((width / TAB + 1) * TAB, plain + 1),
                    b'\x0c' => (width, plain) = (0, 0),
                    _ => break,
                }
                self.place.at += 1;
            }
            match self.byte(self.place.at) {
                b'#' => self.comment()?,
                b'\n' => {}
                b'\\' => return Err(NotTaken),
                0 => return Ok((0, 0)),
                _ => return Ok((width, plain)),
            }
            if self.byte(self.place.at) == b'\n' {
                self.newline(self.place.at);
                self.place.at += 1;
            }
        }
    }

    /// A name, a keyword, or the prefix of a string.
    #[inline]
    fn word(&mut self, start: usize) -> Result<Token> {
        let mut hash = WordHash::START;
        let mut length = 0;
        let mut next = 0;
        for &byte in &self.bytes[start..] {
            if !is_word(byte) {
                next = byte;
                break;
            }
            hash = hash.add(byte);
            length += 1;
        }
        let at = start + length;
        if next >= 0x80 {
            return Err(NotTaken);
        }
        if matches!(next, b'"' | b'\'') && length <= 2 {
            return self.string(start, at);
        }
        self.place.at = at;
        let mut token = self.token(word(hash, length), start);
        token.hash = hash.finish();
        Ok(token)
    }

    /// A string whose quote stands at `quote`; of an f-string the opening quote only.
    fn string(&mut self, start: usize, quote: usize) -> Result<Token> {
        let mut is_format = false;
        match (
            quote - start,
            self.byte(start) | 32,
            self.byte(start + 1) | 32,
        ) {
            (0, ..) | (1, b'r' | b'u' | b'b', _) | (2, b'b', b'r') | (2, b'r', b'b') => {}
            (1, b'f', _) | (2, b'f', b'r') | (2, b'r', b'f') => is_format = true,
            _ => return Err(NotTaken),
        }
        let mark = self.byte(quote);
        let is_triple = self.byte(quote + 1) == mark && self.byte(quote + 2) == mark;
        self.place.at = quote + if is_triple { 3 } else { 1 };
        if is_format {
            return Ok(self.token(Kind::FString, start));
        }
        let mut token = self.token(Kind::String, start);
        token.has_escapes = match is_triple {
            true => self.triple_quoted(mark)?,
            false => self.single_quoted(mark)?,
        };
        token.end = self.place.at as u32;
        Ok(token)
    }

    /// Passes over a string with its closing quote; whether it has backslashes.
    fn single_quoted(&mut self, mark: u8) -> Result<bool> {
        let mut has_escapes = false;
        loop {
            let at = self.mark_or_escape(mark)?;
            match self.bytes[at] {
                b'\n' => return Err(NotTaken),
                b'\\' => {
                    has_escapes = true;
                    if self.byte(at + 1) == b'\n' {
                        self.newline(at + 1);
                    }
                    if at + 2 > self.bytes.len() {
                        return Err(NotTaken);
                    }
                    self.place.at = at + 2;
                }
                _ => {
                    self.place.at = at + 1;
                    return Ok(has_escapes);
                }
            }
        }
    }

    /// Where the next closing quote, backslash or newline is. Most strings are too short for `memchr` to pay.
    #[inline]
    fn mark_or_escape(&self, mark: u8) -> Result<usize> {
        const SHORT: usize = 24;
        let is_end = |&byte: &u8| byte == mark || byte == b'\\' || byte == b'\n';
        let rest = &self.bytes[self.place.at..];
        let (short, long) = rest.split_at(rest.len().min(SHORT));
        let found = short
            .iter()
            .position(is_end)
            .or_else(|| Some(memchr::memchr3(mark, b'\\', b'\n', long)? + short.len()));
        Ok(self.place.at + found.ok_or(NotTaken)?)
    }

    /// The same for a string in triple quotes.
    fn triple_quoted(&mut self, mark: u8) -> Result<bool> {
        let start = self.place.at;
        let mut has_escapes = false;
        loop {
            let rest = &self.bytes[self.place.at..];
            let found = memchr::memchr2(mark, b'\\', rest).ok_or(NotTaken)?;
            let at = self.place.at + found;
            self.place.at = at + 1;
            if self.bytes[at] == b'\\' {
                has_escapes = true;
                self.place.at = at + 2;
                if at + 2 > self.bytes.len() {
                    return Err(NotTaken);
                }
            } else if self.byte(at + 1) == mark && self.byte(at + 2) == mark {
                self.place.at = at + 3;
                break;
            }
        }
        let text = &self.bytes[start..self.place.at];
        if let Some(last) = memchr::memrchr(b'\n', text) {
            self.place.line += memchr::memchr_iter(b'\n', text).count() as i32;
            self.place.line_start = start + last + 1;
        }
        Ok(has_escapes)
    }

    /// A number that no letter or digit follows directly.
    fn number(&mut self, start: usize) -> Result<Token> {
        let mut at = start;
        let radix = self.byte(start + 1) | 0x20;
        if self.byte(start) == b'0' && matches!(radix, b'x' | b'o' | b'b') {
            at = self.digits(start + 2, |byte| match radix {
                b'x' => byte.is_ascii_hexdigit(),
                b'o' => matches!(byte, b'0'..=b'7'),
                _ => matches!(byte, b'0' | b'1'),
            })?;
        } else {
            let mut is_integer = true;
            if self.byte(at) != b'.' {
                at = self.digits(at, |byte| byte.is_ascii_digit())?;
            }
            if self.byte(at) == b'.' {
                is_integer = false;
                at += 1;
                if self.byte(at).is_ascii_digit() {
                    at = self.digits(at, |byte| byte.is_ascii_digit())?;
                }
            }
            if matches!(self.byte(at), b'e' | b'E') {
                is_integer = false;
                let sign = usize::from(matches!(self.byte(at + 1), b'+' | b'-'));
                at = self.digits(at + 1 + sign, |byte| byte.is_ascii_digit())?;
            }
            if matches!(self.byte(at), b'j' | b'J') {
                is_integer = false;
                at += 1;
            }
            if is_integer && self.byte(start) == b'0' && at > start + 1 {
                return Err(NotTaken);
            }
        }
        let next = self.byte(at);
        if is_word(next) || next >= 0x80 {
            return Err(NotTaken);
        }
        self.place.at = at;
        Ok(self.token(Kind::Number, start))
    }

    /// Passes over digits, single underscores between them; at least one.
    fn digits(&self, mut at: usize, is_digit: impl Fn(u8) -> bool) -> Result<usize> {
        if !is_digit(self.byte(at)) {
            return Err(NotTaken);
        }
        loop {
            at += 1;
            if is_digit(self.byte(at)) {
                continue;
            }
            if self.byte(at) != b'_' {
                return Ok(at);
            }
            at += 1;
            if !is_digit(self.byte(at)) {
                return Err(NotTaken);
            }
        }
    }

    fn operator(&mut self, start: usize, byte: u8) -> Result<Token> {
        let next = self.byte(start + 1);
        let with_equal = |plain, equal| match next {
            b'=' => (equal, 2),
            _ => (plain, 1),
        };
        let doubled = |plain, equal, double, double_equal| {
            if next != byte {
                with_equal(plain, equal)
            } else if self.byte(start + 2) == b'=' {
                (double_equal, 3)
            } else {
                (double, 2)
            }
        };
        let (kind, length) = match byte {
            b'(' => (Kind::LeftParen, 1),
            b'[' => (Kind::LeftBracket, 1),
            b'{' => (Kind::LeftBrace, 1),
            b')' => (Kind::RightParen, 1),
            b']' => (Kind::RightBracket, 1),
            b'}' => (Kind::RightBrace, 1),
            b',' => (Kind::Comma, 1),
            b':' if self.place.open == self.place.field && self.place.field > 0 => (Kind::Colon, 1),
            b':' => with_equal(Kind::Colon, Kind::Walrus),
            b';' => (Kind::Semicolon, 1),
            b'.' if next == b'.' && self.byte(start + 2) == b'.' => (Kind::Ellipsis, 3),
            b'.' => (Kind::Dot, 1),
            b'=' => with_equal(Kind::Equal, Kind::EqualEqual),
            b'!' if next == b'=' => (Kind::NotEqual, 2),
            b'!' if self.place.open == self.place.field && self.place.field > 0 => {
                (Kind::Exclamation, 1)
            }
            b'-' if next == b'>' => (Kind::Arrow, 2),
            b'-' => with_equal(Kind::Minus, Kind::MinusEqual),
            b'+' => with_equal(Kind::Plus, Kind::PlusEqual),
            b'@' => with_equal(Kind::At, Kind::AtEqual),
            b'%' => with_equal(Kind::Percent, Kind::PercentEqual),
            b'&' => with_equal(Kind::Amper, Kind::AmperEqual),
            b'|' => with_equal(Kind::Bar, Kind::BarEqual),
            b'^' => with_equal(Kind::Caret, Kind::CaretEqual),
            b'~' => (Kind::Tilde, 1),
            b'*' => doubled(
                Kind::Star,
                Kind::StarEqual,
                Kind::DoubleStar,
                Kind::DoubleStarEqual,
            ),
            b'/' => doubled(
                Kind::Slash,
                Kind::SlashEqual,
                Kind::DoubleSlash,
                Kind::DoubleSlashEqual,
            ),
            b'<' if next == b'>' => return Err(NotTaken),
            b'<' => doubled(
                Kind::Less,
                Kind::LessEqual,
                Kind::LeftShift,
                Kind::LeftShiftEqual,
            ),
            b'>' => doubled(
                Kind::Greater,
                Kind::GreaterEqual,
                Kind::RightShift,
                Kind::RightShiftEqual,
            ),
            _ => return Err(NotTaken),
        };
        match kind {
            Kind::LeftParen | Kind::LeftBracket | Kind::LeftBrace => self.open()?,
            Kind::RightParen | Kind::RightBracket | Kind::RightBrace => {
                self.place.open = self.place.open.checked_sub(1).ok_or(NotTaken)?;
            }
            _ => {}
        }
        self.place.at = start + length;
        Ok(self.token(kind, start))
    }

    /// One more parenthesis.
    pub fn open(&mut self) -> Result {
        self.place.open += 1;
        if self.place.open > MAX_PARENTHESES {
            return Err(NotTaken);
        }
        Ok(())
    }
}
