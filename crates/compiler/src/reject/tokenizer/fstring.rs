//! f-strings and t-strings: text, replacement fields, format specs.

use super::{Lexed, MAX_STRINGS, Tokenizer};
use crate::literals::{Invalid, InvalidEscape};
use crate::parse;
use crate::parser_warnings;
use crate::reject::token::{Kind, Token};

/// Replacement fields inside the format specs of others.
const MAX_FIELDS: i32 = 3;

/// An open f- or t-string (CPython's `tokenizer_mode`).
pub(super) struct Mode {
    pub(super) quote: u8,
    pub(super) width: usize,
    raw: bool,
    template: bool,
    /// Offset of its prefix.
    start: usize,
    /// Whether text is to be read next, not an expression.
    pub(super) in_text: bool,
    /// Brackets open inside of it.
    pub(super) braces: i32,
    /// Brackets open where the current replacement field starts; -1 outside of fields.
    pub(super) field: i32,
    in_format_spec: bool,
    in_debug: bool,
}

impl Mode {
    pub(super) fn letter(&self) -> char {
        if self.template { 't' } else { 'f' }
    }
}

impl Tokenizer<'_> {
    /// `at` stands on the quote.
    pub(super) fn fstring_start(&mut self, raw: bool, template: bool) -> Lexed<Token> {
        let quote = self.bytes[self.at];
        let width = if self.quote_width(quote) == 3 { 3 } else { 1 };
        self.at += width;
        if self.strings.len() + 1 >= MAX_STRINGS {
            return self.error("too many nested f-strings or t-strings");
        }
        self.strings.push(Mode {
            quote,
            width,
            raw,
            template,
            start: self.start,
            in_text: true,
            braces: 0,
            field: -1,
            in_format_spec: false,
            in_debug: false,
        });
        Ok(self.token(if template {
            Kind::TStringStart
        } else {
            Kind::FStringStart
        }))
    }

    /// Text up to the end or to a replacement field.
    pub(super) fn fstring_text(&mut self) -> Lexed<Token> {
        self.start = self.at;
        let Some(mode) = self.strings.last_mut() else {
            return self.normal();
        };
        let (quote, width, raw, template) = (mode.quote, mode.width, mode.raw, mode.template);
        if self.bytes.get(self.at) == Some(&b'{') && self.bytes.get(self.at + 1) != Some(&b'{') {
            self.begin_field()?;
            return self.normal();
        }
        let quotes = [quote; 3];
        if self.bytes[self.at..].starts_with(&quotes[..width]) {
            self.at += width;
            self.strings.pop();
            return Ok(self.token(if template {
                Kind::TStringEnd
            } else {
                Kind::FStringEnd
            }));
        }
        let middle = if template {
            Kind::TStringMiddle
        } else {
            Kind::FStringMiddle
        };
        let mut named_escape = false;
        loop {
            let Some(mode) = self.strings.last_mut() else {
                return self.normal();
            };
            let in_format_spec = mode.in_format_spec && mode.field >= 0;
            let may_double =
                |brace: u8| self.bytes.get(self.at + 1) == Some(&brace) && !in_format_spec;
            match self.bytes.get(self.at).copied() {
                Some(b'\n') if width == 1 && in_format_spec => {
                    let message = newline_in_spec(mode.letter());
                    return self.error_behind(self.at + 1, message);
                }
                // A module gets a newline at its end.
                None if width == 1 && in_format_spec && self.mode == parse::Mode::Exec => {
                    let message = newline_in_spec(mode.letter());
                    let place = self.source.place(self.at as u32, self.at as u32);
                    return self.error_at(place.line, place.offset, place.offset, message);
                }
                None => return self.unterminated_fstring(),
                Some(b'\n') if width == 1 => return self.unterminated_fstring(),
                Some(_) if self.bytes[self.at..].starts_with(&quotes[..width]) => {
                    return Ok(self.token(middle));
                }
                Some(b'{') if may_double(b'{') => return Ok(self.doubled(middle)),
                Some(b'{') => {
                    // The bracket itself is the next token.
                    self.begin_field()?;
                    return Ok(self.token(middle));
                }
                Some(b'}') if named_escape => {
                    self.at += 1;
                    return Ok(self.token(middle));
                }
                Some(b'}') if may_double(b'}') && mode.braces == 0 => {
                    return Ok(self.doubled(middle));
                }
                Some(b'}') => {
                    mode.in_text = false;
                    return Ok(self.token(middle));
                }
                Some(b'\\') => named_escape |= self.backslash(raw),
                Some(_) => self.at += 1,
            }
        }
    }

    fn begin_field(&mut self) -> Lexed<()> {
        if let Some(mode) = self.strings.last_mut() {
            mode.field += 1;
            mode.in_text = false;
        }
        self.check_fields()
    }

    /// Text up to a doubled brace, of which it has one.
    fn doubled(&mut self, middle: Kind) -> Token {
        self.at += 2;
        Token {
            end: self.at as u32 - 1,
            ..self.token(middle)
        }
    }

    /// Steps over a backslash and what it takes with it: whether that begins `\N{...}`.
    fn backslash(&mut self, raw: bool) -> bool {
        self.at += 1;
        match self.bytes.get(self.at) {
            Some(&brace @ (b'{' | b'}')) if !raw => {
                let escape = InvalidEscape {
                    offset: 0,
                    what: Invalid::Character(brace),
                };
                let warning = parser_warnings::brace(self.source, escape, self.at - 1);
                self.warnings.push(warning);
            }
            Some(b'{' | b'}') | None => {}
            Some(b'N') if !raw && self.bytes.get(self.at + 1) == Some(&b'{') => {
                self.at += 2;
                return true;
            }
            Some(_) => self.at += 1,
        }
        false
    }

    fn check_fields(&mut self) -> Lexed<()> {
        let Some(mode) = self.strings.last() else {
            return Ok(());
        };
        if mode.field >= MAX_FIELDS {
            let message = format!("{}-string: expressions nested too deeply", mode.letter());
            return self.error_behind(self.at, message);
        }
        Ok(())
    }

    fn unterminated_fstring<T>(&self) -> Lexed<T> {
        let Some(mode) = self.strings.last() else {
            return self.error("invalid syntax");
        };
        let triple = if mode.width == 3 {
            "triple-quoted "
        } else {
            ""
        };
        let message = format!(
            "unterminated {triple}{}-string literal (detected at line {})",
            mode.letter(),
            self.last_line()
        );
        self.error_behind(mode.start + 1, message)
    }

    /// A colon that starts a format spec; whether it was one.
    pub(super) fn fstring_punctuation(&mut self, byte: u8) -> bool {
        let Some(mode) = self.strings.last_mut() else {
            return false;
        };
        if mode.field < 0 || byte != b':' {
            return false;
        }
        let cursor = mode.braces - 1;
        if cursor != mode.field {
            return false;
        }
        mode.in_text = true;
        mode.in_format_spec = true;
        true
    }

    pub(super) fn fstring_equals(&mut self) {
        if let Some(mode) = self.strings.last_mut() {
            mode.in_debug |= mode.braces - mode.field == 1;
        }
    }

    /// A closing bracket inside of an f-string.
    pub(super) fn fstring_close(&mut self, byte: u8) -> Lexed<()> {
        let Some(mode) = self.strings.last_mut() else {
            return Ok(());
        };
        mode.braces -= 1;
        if mode.braces < 0 {
            let message = format!("{}-string: unmatched '{}'", mode.letter(), byte as char);
            return self.error(message);
        }
        if byte == b'}' && mode.braces == mode.field {
            mode.field -= 1;
            mode.in_text = true;
            mode.in_format_spec = false;
            mode.in_debug = false;
        }
        Ok(())
    }
}

fn newline_in_spec(letter: char) -> String {
    format!(
        "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
    )
}
