//! Numbers, and what may not stand in them or right behind them.

use super::{Lexed, Tokenizer};
use crate::parser_warnings;
use crate::reject::token::{Kind, Token};

impl Tokenizer<'_> {
    pub(super) fn number(&mut self) -> Lexed<Token> {
        match (self.peek(), self.peek_at(1).map(|b| b | 32)) {
            (Some(b'0'), Some(b'x')) => self.based(16, "hexadecimal")?,
            (Some(b'0'), Some(b'o')) => self.based(8, "octal")?,
            (Some(b'0'), Some(b'b')) => self.based(2, "binary")?,
            _ => self.decimal()?,
        }
        Ok(self.token(Kind::Number))
    }

    /// Behind `0x`, `0o`, `0b`: groups of digits.
    fn based(&mut self, base: u32, name: &str) -> Lexed<()> {
        let is_digit = |byte: Option<u8>| byte.is_some_and(|b| (b as char).is_digit(base));
        self.at += 2;
        loop {
            if self.peek() == Some(b'_') {
                self.at += 1;
            }
            if !is_digit(self.peek()) {
                self.wrong_digit(name)?;
                return self.error(format!("invalid {name} literal"));
            }
            while is_digit(self.peek()) {
                self.at += 1;
            }
            if self.peek() != Some(b'_') {
                break;
            }
        }
        self.wrong_digit(name)?;
        self.verify_end(name)
    }

    /// A decimal digit too large for the base.
    fn wrong_digit(&mut self, name: &str) -> Lexed<()> {
        match self.peek() {
            Some(digit @ b'0'..=b'9') => {
                self.at += 1;
                self.error(format!(
                    "invalid digit '{}' in {name} literal",
                    digit as char
                ))
            }
            _ => Ok(()),
        }
    }

    fn decimal(&mut self) -> Lexed<()> {
        let mut old_octal = None;
        if self.peek() == Some(b'0') {
            self.zeros()?;
            if self.peek().is_some_and(|b| b.is_ascii_digit()) {
                // The digit behind the zeros counts as read.
                old_octal = Some(self.at + 1);
                self.digits()?;
            }
        } else if self.peek() != Some(b'.') {
            self.digits()?;
        }
        match self.peek() {
            Some(b'.') => {
                self.at += 1;
                if self.peek().is_some_and(|b| b.is_ascii_digit()) {
                    self.digits()?;
                }
                self.exponent()
            }
            Some(b'e' | b'E' | b'j' | b'J') => self.exponent(),
            _ => match old_octal {
                Some(end) => self.leading_zeros(end - 1),
                None => self.verify_end("decimal"),
            },
        }
    }

    fn zeros(&mut self) -> Lexed<()> {
        loop {
            if self.peek() == Some(b'_') {
                self.at += 1;
                if !self.peek().is_some_and(|b| b.is_ascii_digit()) {
                    return self.error("invalid decimal literal");
                }
            }
            if self.peek() != Some(b'0') {
                return Ok(());
            }
            self.at += 1;
        }
    }

    fn leading_zeros(&self, zeros_end: usize) -> Lexed<()> {
        let place = self.source.place(self.start as u32, zeros_end as u32);
        let message = "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
        self.error_at(place.line, place.offset, place.end_offset, message)
    }

    /// Digits with single underscores between them.
    fn digits(&mut self) -> Lexed<()> {
        loop {
            while self.peek().is_some_and(|b| b.is_ascii_digit()) {
                self.at += 1;
            }
            if self.peek() != Some(b'_') {
                return Ok(());
            }
            self.at += 1;
            if !self.peek().is_some_and(|b| b.is_ascii_digit()) {
                return self.error("invalid decimal literal");
            }
        }
    }

    fn exponent(&mut self) -> Lexed<()> {
        if let Some(b'e' | b'E') = self.peek() {
            let signed = matches!(self.peek_at(1), Some(b'+' | b'-'));
            let digit = self
                .peek_at(1 + usize::from(signed))
                .is_some_and(|b| b.is_ascii_digit());
            if signed && !digit {
                self.at += 2;
                return self.error("invalid decimal literal");
            }
            if !digit {
                return self.verify_end("decimal");
            }
            self.at += 1 + usize::from(signed);
            self.digits()?;
        }
        if let Some(b'j' | b'J') = self.peek() {
            self.at += 1;
            return self.verify_end("imaginary");
        }
        self.verify_end("decimal")
    }

    /// A keyword that can follow a number may stand right behind it; nothing else of a name may.
    fn verify_end(&mut self, name: &str) -> Lexed<()> {
        // Of the longer words the whole must stand there.
        const WORDS: [&[u8]; 5] = [b"and", b"else", b"for", b"or", b"not"];
        const STARTS: [&[u8]; 3] = [b"if", b"in", b"is"];
        let rest = &self.bytes[self.at..];
        let part_of_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80;
        let is_word = |word: &&[u8]| {
            rest.starts_with(word) && !rest.get(word.len()).is_some_and(part_of_name)
        };
        if WORDS.iter().any(is_word) || STARTS.iter().any(|word| rest.starts_with(word)) {
            let warning = parser_warnings::number(self.source, name, self.start, self.at);
            self.warnings.push(warning);
            return Ok(());
        }
        match self.peek() {
            Some(b) if b.is_ascii_alphanumeric() || b == b'_' => {
                self.error(format!("invalid {name} literal"))
            }
            _ => Ok(()),
        }
    }
}
