//! Tokens, one at a time, with lines and columns counted on the way (CPython's Parser/lexer). What is rare or wrong is not taken: the
//! token is an error then, and the caller gives up.

use super::bytes::{self, BYTES, Byte};
use super::token::{Kind, Token, word};
use super::{NotTaken, Result};
use crate::name::WordKey;

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
    text: &'s str,
    pub bytes: &'s [u8],
    pub place: Place,
    /// The next token.
    pub token: Token,
    /// Where the last token ended that was not NEWLINE, INDENT or DEDENT.
    pub end_line: i32,
    pub end_column: i32,
    /// Whether some token was an error.
    pub has_failed: bool,
    /// Width of each enclosing block's indentation, with tabs to multiples of eight, and with tabs as one column.
    indents: Vec<(u32, u32)>,
    /// How many DEDENTs are still to come.
    dedents: u32,
}

impl<'s> Lexer<'s> {
    pub fn new(text: &'s str) -> Lexer<'s> {
        let place = Place {
            at: 0,
            line: 1,
            line_start: 0,
            open: 0,
            field: 0,
            at_line_start: true,
        };
        Lexer {
            text,
            bytes: text.as_bytes(),
            place,
            token: token_of(Kind::Error, 0, place),
            end_line: 1,
            end_column: 0,
            has_failed: false,
            indents: Vec::with_capacity(8),
            dedents: 0,
        }
    }

    /// The byte at `at`; 0, which no source has, at the end.
    #[inline]
    pub fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The eight bytes from `at` on, the first lowest; zeros behind the end.
    #[inline]
    fn eight(&self, at: usize) -> u64 {
        match self.bytes.get(at..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => bytes::last(self.bytes.get(at..).unwrap_or_default()),
        }
    }

    /// Where the lexer stands, behind one blank if there is one, and the eight bytes from there on.
    #[inline]
    fn past_blank(&self) -> (usize, u64) {
        let from = self.place.at;
        if let Some(nine) = self.bytes.get(from..).and_then(<[u8]>::first_chunk::<9>)
            && let (Some(eight), Some(behind)) = (nine.first_chunk(), nine.last_chunk())
        {
            let is_blank = nine[0] == b' ';
            let eight = match is_blank {
                true => behind,
                false => eight,
            };
            return (from + usize::from(is_blank), u64::from_le_bytes(*eight));
        }
        let at = from + usize::from(self.byte(from) == b' ');
        (at, self.eight(at))
    }

    /// A token from `start` on this line to the lexer's place.
    #[inline]
    fn token(&self, kind: Kind, start: usize) -> Token {
        token_of(kind, start, self.place)
    }

    /// Takes note of a newline at `at`.
    #[inline]
    pub fn newline(&mut self, at: usize) {
        self.place.line += 1;
        self.place.line_start = at + 1;
    }

    /// Reads the next token on the line; notes where the one before it ended.
    #[inline]
    pub fn advance(&mut self) {
        self.mark_end();
        self.scan_in_line();
    }

    /// Notes that the last token ended where the lexer stands.
    #[inline]
    pub fn mark_end(&mut self) {
        self.end_line = self.place.line;
        self.end_column = (self.place.at - self.place.line_start) as i32;
    }

    /// Reads the next token, be it the first of a line or not.
    pub fn scan(&mut self) {
        match self.place.at_line_start {
            true => self.scan_line(),
            false => self.scan_in_line(),
        }
    }

    /// The same at the start of a line.
    #[inline(never)]
    fn scan_line(&mut self) {
        match self.line_start() {
            Ok(None) => self.scan_in_line(),
            Ok(Some(kind)) => self.token = self.token(kind, self.place.at),
            Err(NotTaken) => self.fail(),
        }
    }

    /// The same within a line. The frequent kinds are read here, without a frame; calls for all others come last.
    #[inline(never)]
    fn scan_in_line(&mut self) {
        let (at, eight) = self.past_blank();
        let known = BYTES[eight as u8 as usize];
        if known.is(bytes::LETTER) {
            self.word(at, eight);
        } else if known.is(bytes::OPERATOR) {
            self.operator(at, known, eight);
        } else if known.is(bytes::NEWLINE) && self.place.open == 0 {
            self.newline_token(at);
        } else {
            self.other(at);
        }
    }

    /// The next token is an error.
    #[cold]
    fn fail(&mut self) {
        self.has_failed = true;
        self.token = self.token(Kind::Error, self.place.at);
    }

    /// The next token is `token`, if it is one.
    fn set(&mut self, token: Result<Token>) {
        match token {
            Ok(token) => self.token = token,
            Err(NotTaken) => self.fail(),
        }
    }

    /// The NEWLINE at `at`.
    #[inline]
    fn newline_token(&mut self, at: usize) {
        self.place.at = at + 1;
        self.token = self.token(Kind::Newline, at);
        self.newline(at);
        self.place.at_line_start = true;
    }

    /// A number, a string, a foreign name, the end, or what is rare; or blanks before a token.
    #[inline(never)]
    fn other(&mut self, start: usize) {
        self.place.at = start;
        let known = BYTES[self.byte(start) as usize];
        let token = if known.is(bytes::QUOTE) {
            self.string(start, start)
        } else if known.is(bytes::BLANK | bytes::NEWLINE) {
            return match self.blanks() {
                Ok(()) => self.scan_in_line(),
                Err(NotTaken) => self.fail(),
            };
        } else if known.is(bytes::DIGIT) {
            self.number(start)
        } else if known.is(bytes::FOREIGN) {
            self.foreign_word(start, start)
        } else if self.byte(start) == 0 {
            self.end()
        } else {
            self.long_operator(start)
        };
        self.set(token);
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
                b' ' => self.place.at += self.spaces(),
                b'\t' | b'\x0c' => self.place.at += 1,
                b'\n' if self.place.open > 0 => {
                    self.newline(self.place.at);
                    self.place.at += 1;
                    self.place.at += self.spaces();
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
        bytes::leading_spaces(self.bytes.get(self.place.at..).unwrap_or_default())
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

    /// A name, a keyword, or the prefix of a string, which starts with `eight`.
    #[inline]
    fn word(&mut self, start: usize, eight: u64) {
        let length = bytes::word_length(eight);
        if length == 8 {
            return self.long_word(start, eight);
        }
        let key = WordKey::whole(eight & !(u64::MAX << (8 * length)));
        let next = (eight >> (8 * length)) as u8;
        self.word_until(start, start + length, key, next);
    }

    /// The word of this key up to `at`, unless it is something else for `next`, which follows.
    #[inline]
    fn word_until(&mut self, start: usize, at: usize, key: WordKey, next: u8) {
        if BYTES[next as usize].is(bytes::QUOTE | bytes::FOREIGN) {
            return self.word_before(start, at, key);
        }
        self.place.at = at;
        let mut token = self.token(word(key), start);
        token.key = key;
        self.token = token;
    }

    /// A word of eight letters or more.
    #[inline(never)]
    fn long_word(&mut self, start: usize, first: u64) {
        let mut key = WordKey::whole(first);
        let mut at = start + 8;
        loop {
            let eight = self.eight(at);
            let length = bytes::word_length(eight);
            at += length;
            if length == 8 {
                key = key.with(eight);
                continue;
            }
            if length > 0 {
                key = key.with(eight & !(u64::MAX << (8 * length)));
            }
            let next = (eight >> (8 * length)) as u8;
            return self.word_until(start, at, key, next);
        }
    }

    /// A word at whose end, `at`, a quote or a letter beyond ASCII stands.
    #[inline(never)]
    fn word_before(&mut self, start: usize, at: usize, key: WordKey) {
        let token = if self.byte(at) >= 0x80 {
            self.foreign_word(start, at)
        } else if at - start <= 2 {
            self.string(start, at)
        } else {
            self.place.at = at;
            let mut token = self.token(word(key), start);
            token.key = key;
            Ok(token)
        };
        self.set(token);
    }

    /// A name with letters beyond ASCII; `at` is the first of them. What is no letter of a name is no token either.
    #[cold]
    fn foreign_word(&mut self, start: usize, at: usize) -> Result<Token> {
        let rest = &self.text[start..];
        let is_part = |c: char| c == '_' || unicode_ident::is_xid_continue(c);
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let starts_well = at > start || rest.starts_with(unicode_ident::is_xid_start);
        let end = start + length;
        if !starts_well || BYTES[self.byte(end) as usize].is(bytes::QUOTE | bytes::FOREIGN) {
            return Err(NotTaken);
        }
        self.place.at = end;
        let mut token = self.token(Kind::Name, start);
        token.is_foreign = true;
        Ok(token)
    }

    /// A string whose quote stands at `quote`; of an f-string or t-string the opening quote only.
    #[inline]
    fn string(&mut self, start: usize, quote: usize) -> Result<Token> {
        if quote > start
            && let Some(kind) = self.prefix(start, quote)?
        {
            let width = self.quote_width(quote);
            self.place.at = quote + usize::from(width);
            return Ok(self.token(kind, start));
        }
        let mark = self.byte(quote);
        let width = self.quote_width(quote);
        self.place.at = quote + usize::from(width);
        let mut token = self.token(Kind::String, start);
        token.has_escapes = match width {
            3 => self.triple_quoted(mark)?,
            _ => self.single_quoted(mark)?,
        };
        token.end = self.place.at as u32;
        token.prefix = (quote - start) as u8;
        token.quote_width = width;
        Ok(token)
    }

    /// How many quotes a string starts with: the one at `quote`, or three.
    #[inline]
    fn quote_width(&self, quote: usize) -> u8 {
        let mark = self.byte(quote);
        match self.byte(quote + 1) == mark && self.byte(quote + 2) == mark {
            true => 3,
            false => 1,
        }
    }

    /// What the prefix `start..quote` makes of a string, if it is one with fields.
    fn prefix(&self, start: usize, quote: usize) -> Result<Option<Kind>> {
        let (first, second) = (self.byte(start) | 32, self.byte(start + 1) | 32);
        match (quote - start, first, second) {
            (1, b'r' | b'u' | b'b', _) | (2, b'b', b'r') | (2, b'r', b'b') => Ok(None),
            (1, b'f', _) | (2, b'f', b'r') | (2, b'r', b'f') => Ok(Some(Kind::FString)),
            (1, b't', _) | (2, b't', b'r') | (2, b'r', b't') => Ok(Some(Kind::TString)),
            _ => Err(NotTaken),
        }
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

    /// Where the next closing quote, backslash or newline is.
    #[inline]
    fn mark_or_escape(&self, mark: u8) -> Result<usize> {
        let mut at = self.place.at;
        while at < self.bytes.len() {
            let found = bytes::find(self.eight(at), [mark, b'\\', b'\n']);
            at += found;
            if found < 8 {
                return Ok(at);
            }
        }
        Err(NotTaken)
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
        if BYTES[next as usize].is(bytes::LETTER | bytes::DIGIT | bytes::FOREIGN) {
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

    /// The operator that starts at `start` with `eight`, of whose first byte `known` is known.
    #[inline]
    fn operator(&mut self, start: usize, known: Byte, eight: u64) {
        let next = BYTES[(eight >> 8) as u8 as usize];
        if known.may_go_on_with(next) {
            return self.operator_or_number(start);
        }
        let open = self.place.open.wrapping_add_signed(known.opens.into());
        if open > MAX_PARENTHESES {
            return self.fail();
        }
        self.place.open = open;
        self.place.at = start + 1;
        self.token = self.token(known.kind, start);
    }

    /// An operator that goes on perhaps, or a number that starts with a dot.
    #[inline(never)]
    fn operator_or_number(&mut self, start: usize) {
        let is_number = self.byte(start) == b'.' && self.byte(start + 1) != b'.';
        let token = match is_number {
            true => self.number(start),
            false => self.long_operator(start),
        };
        self.set(token);
    }

    /// An operator of several bytes, or one that ends a replacement field's expression.
    fn long_operator(&mut self, start: usize) -> Result<Token> {
        let (byte, next) = (self.byte(start), self.byte(start + 1));
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
            b':' if self.place.open == self.place.field && self.place.field > 0 => (Kind::Colon, 1),
            b':' => with_equal(Kind::Colon, Kind::Walrus),
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

/// A token from `start` to the place, on its line.
#[inline]
fn token_of(kind: Kind, start: usize, place: Place) -> Token {
    Token {
        kind,
        has_escapes: false,
        is_foreign: false,
        prefix: 0,
        quote_width: 0,
        key: WordKey::whole(0),
        start: start as u32,
        end: place.at as u32,
        line: place.line,
        column: start.wrapping_sub(place.line_start) as i32,
    }
}
