//! Splits source text into the tokens that `tokenize` shows: comments and line breaks that mean nothing included.

use super::number;

/// Token numbers (Lib/token.py).
pub mod kind {
    pub const ENDMARKER: i64 = 0;
    pub const NAME: i64 = 1;
    pub const NUMBER: i64 = 2;
    pub const STRING: i64 = 3;
    pub const NEWLINE: i64 = 4;
    pub const INDENT: i64 = 5;
    pub const DEDENT: i64 = 6;
    pub const OP: i64 = 55;
    pub const FSTRING_START: i64 = 59;
    pub const FSTRING_MIDDLE: i64 = 60;
    pub const FSTRING_END: i64 = 61;
    pub const TSTRING_START: i64 = 62;
    pub const COMMENT: i64 = 65;
    pub const NL: i64 = 66;
}

/// A token: its kind, where it starts and ends in the text, and what it says where that is not the text between.
pub struct Token {
    pub kind: i64,
    pub start: usize,
    pub end: usize,
    /// Columns behind the text that the end is shown at.
    pub extra: usize,
}

/// What is wrong and where: class, text, place; `at_end` for what ends too early.
pub struct Problem {
    pub class: &'static str,
    pub text: String,
    pub at: usize,
    pub at_end: bool,
}

type Scan<T> = Result<T, Problem>;

/// A replacement field: how many brackets are open inside its brace, and whether its format is being read.
struct Field {
    depth: usize,
    in_format: bool,
}

/// An f-string or t-string that is open.
struct Formatted {
    start: usize,
    quote: u32,
    size: usize,
    raw: bool,
    template: bool,
    fields: Vec<Field>,
}

pub struct Scanner<'a> {
    text: &'a [u32],
    at: usize,
    pub tokens: Vec<Token>,
    indents: Vec<(usize, usize)>,
    brackets: Vec<u32>,
    strings: Vec<Formatted>,
}

fn c(letter: char) -> u32 {
    letter as u32
}

fn starts_name(point: u32) -> bool {
    point >= 128
        || point == c('_')
        || char::from_u32(point).is_some_and(|l| l.is_ascii_alphabetic())
}

pub fn continues_name(point: u32) -> bool {
    starts_name(point) || (c('0')..=c('9')).contains(&point)
}

const THREE: [&str; 5] = ["**=", "//=", "<<=", ">>=", "..."];
const TWO: [&str; 20] = [
    "!=", "%=", "&=", "**", "*=", "+=", "-=", "->", "//", "/=", ":=", "<<", "<=", "==", ">=", ">>",
    "@=", "^=", "|=", "<>",
];

impl<'a> Scanner<'a> {
    pub fn new(text: &'a [u32]) -> Scanner<'a> {
        Scanner {
            text,
            at: 0,
            tokens: Vec::new(),
            indents: vec![(0, 0)],
            brackets: Vec::new(),
            strings: Vec::new(),
        }
    }

    fn peek(&self, ahead: usize) -> u32 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn push(&mut self, kind: i64, start: usize, end: usize) {
        self.tokens.push(Token {
            kind,
            start,
            end,
            extra: 0,
        });
    }

    fn problem<T>(&self, class: &'static str, text: impl Into<String>, at: usize) -> Scan<T> {
        Err(Problem {
            class,
            text: text.into(),
            at,
            at_end: false,
        })
    }

    fn syntax<T>(&self, text: impl Into<String>, at: usize) -> Scan<T> {
        self.problem("SyntaxError", text, at)
    }

    fn looks_at(&self, text: &str) -> bool {
        text.chars()
            .enumerate()
            .all(|(i, l)| self.text.get(self.at + i) == Some(&(l as u32)))
    }

    /// Length of the line break at the position: 0 for none.
    fn line_break(&self) -> usize {
        match (self.peek(0), self.peek(1)) {
            (13, 10) => 2,
            (10, _) => 1,
            _ => 0,
        }
    }

    /// Reads everything.
    pub fn run(&mut self) -> Scan<()> {
        let mut line_start = true;
        loop {
            let in_text = self
                .strings
                .last()
                .is_some_and(|s| s.fields.last().is_none_or(|f| f.in_format));
            if in_text {
                self.middle()?;
                continue;
            }
            if line_start && self.brackets.is_empty() && self.strings.is_empty() {
                line_start = false;
                if self.at_end() {
                    break;
                }
                if self.indentation()? {
                    line_start = true;
                    continue;
                }
            }
            while matches!(self.peek(0), 32 | 9 | 12) {
                self.at += 1;
            }
            if self.at_end() {
                break;
            }
            if self.peek(0) == c('#') {
                self.comment();
                continue;
            }
            let length = self.line_break();
            if length > 0 {
                let open = !self.brackets.is_empty() || !self.strings.is_empty();
                self.break_token(if open { kind::NL } else { kind::NEWLINE }, length);
                line_start = !open;
                continue;
            }
            self.token()?;
        }
        self.finish()
    }

    fn break_token(&mut self, kind: i64, length: usize) {
        let start = self.at;
        self.push(kind, start, start + length);
        self.at += length;
    }

    fn comment(&mut self) {
        let start = self.at;
        while !self.at_end() && self.line_break() == 0 {
            self.at += 1;
        }
        self.push(kind::COMMENT, start, self.at);
    }

    /// The start of a logical line; true if the line turned out to mean nothing.
    fn indentation(&mut self) -> Scan<bool> {
        let start = self.at;
        let (mut column, mut other) = (0, 0);
        loop {
            match self.peek(0) {
                32 => {
                    column += 1;
                    other += 1;
                }
                9 => {
                    column = (column / 8 + 1) * 8;
                    other += 1;
                }
                12 => (column, other) = (0, 0),
                _ => break,
            }
            self.at += 1;
        }
        let comment = self.peek(0) == c('#') && !self.at_end();
        if comment {
            self.comment();
        }
        let length = self.line_break();
        if length > 0
            && (comment
                || self.text[start..self.at]
                    .iter()
                    .all(|p| matches!(p, 32 | 9 | 12)))
        {
            self.break_token(kind::NL, length);
            return Ok(true);
        }
        if self.at_end() {
            if comment {
                self.end_of_line(kind::NL);
            }
            return Ok(true);
        }
        self.indent(start, column, other)?;
        Ok(false)
    }

    fn indent(&mut self, start: usize, column: usize, other: usize) -> Scan<()> {
        let tabs = |s: &Self| {
            s.problem(
                "TabError",
                "inconsistent use of tabs and spaces in indentation",
                s.at,
            )
        };
        let (top, top_other) = self.indents.last().copied().unwrap_or((0, 0));
        if column == top {
            if other != top_other {
                return tabs(self);
            }
            return Ok(());
        }
        if column > top {
            if other <= top_other {
                return tabs(self);
            }
            self.indents.push((column, other));
            self.push(kind::INDENT, start, self.at);
            return Ok(());
        }
        let before = self.indents.len();
        while self.indents.len() > 1 && self.indents.last().is_some_and(|i| column < i.0) {
            self.indents.pop();
        }
        let (top, top_other) = self.indents.last().copied().unwrap_or((0, 0));
        if column != top {
            return self.problem(
                "IndentationError",
                "unindent does not match any outer indentation level",
                self.at,
            );
        }
        if other != top_other {
            return tabs(self);
        }
        for _ in self.indents.len()..before {
            self.push(kind::DEDENT, self.at, self.at);
        }
        Ok(())
    }

    /// The end of a last line that has no line break.
    fn end_of_line(&mut self, kind: i64) {
        self.tokens.push(Token {
            kind,
            start: self.at,
            end: self.at,
            extra: 1,
        });
    }

    fn finish(&mut self) -> Scan<()> {
        if !self.brackets.is_empty() {
            return Err(Problem {
                class: "SyntaxError",
                text: String::from("unexpected EOF in multi-line statement"),
                at: self.text.len(),
                at_end: true,
            });
        }
        let ends_line = self
            .tokens
            .last()
            .is_none_or(|t| matches!(t.kind, kind::NEWLINE | kind::NL));
        if !ends_line {
            self.end_of_line(kind::NEWLINE);
        }
        for _ in 1..self.indents.len() {
            self.push(kind::DEDENT, self.text.len(), self.text.len());
        }
        self.push(kind::ENDMARKER, self.text.len(), self.text.len());
        Ok(())
    }

    fn token(&mut self) -> Scan<()> {
        let first = self.peek(0);
        if starts_name(first) {
            return self.name();
        }
        if (c('0')..=c('9')).contains(&first)
            || first == c('.') && (c('0')..=c('9')).contains(&self.peek(1))
        {
            let start = self.at;
            let end = number::end(self.text, start).map_err(|(text, at)| Problem {
                class: "SyntaxError",
                text,
                at,
                at_end: false,
            })?;
            self.at = end;
            self.push(kind::NUMBER, start, end);
            return Ok(());
        }
        if first == c('"') || first == c('\'') {
            return self.string(self.at);
        }
        if first == c('\\') {
            return self.continuation();
        }
        self.operator();
        Ok(())
    }

    fn continuation(&mut self) -> Scan<()> {
        self.at += 1;
        let length = self.line_break();
        if length == 0 {
            if self.at_end() {
                return self.syntax("unexpected EOF while parsing", self.at);
            }
            return self.syntax(
                "unexpected character after line continuation character",
                self.at,
            );
        }
        self.at += length;
        if self.at_end() {
            return self.syntax("unexpected EOF while parsing", self.at);
        }
        Ok(())
    }

    fn name(&mut self) -> Scan<()> {
        let start = self.at;
        while continues_name(self.peek(0)) && !self.at_end() {
            self.at += 1;
        }
        let quote = self.peek(0);
        if self.at - start <= 2 && (quote == c('"') || quote == c('\'')) {
            let mut letters: String = self.text[start..self.at]
                .iter()
                .filter_map(|p| char::from_u32(*p))
                .map(|l| l.to_ascii_lowercase())
                .collect();
            letters = letters.chars().rev().collect::<String>();
            match letters.as_str() {
                "r" | "b" | "u" | "rb" | "br" => return self.string(start),
                "f" | "rf" | "fr" => return self.formatted(start, letters.contains('r'), false),
                "t" | "rt" | "tr" => return self.formatted(start, letters.contains('r'), true),
                _ => {}
            }
        }
        self.check_name(start)?;
        self.push(kind::NAME, start, self.at);
        Ok(())
    }

    fn check_name(&self, start: usize) -> Scan<()> {
        let points = &self.text[start..self.at];
        if points.iter().all(|p| *p < 128) {
            return Ok(());
        }
        for end in 1..=points.len() {
            let text = terrarium_objects::types::str::Str::from_code_points(&points[..end]);
            let text = terrarium_objects::types::str::cast(&text);
            if !terrarium_objects::types::str::classify::is_identifier(text) {
                let point = points[end - 1];
                let shown = char::from_u32(point).unwrap_or('\u{FFFD}');
                let text = if terrarium_objects::types::str::unicode::is_printable(point) {
                    format!("invalid character '{shown}' (U+{point:04X})")
                } else {
                    format!("invalid non-printable character U+{point:04X}")
                };
                return self.syntax(text, start + end - 1);
            }
        }
        Ok(())
    }

    /// A string literal whose prefix starts at `start`.
    fn string(&mut self, start: usize) -> Scan<()> {
        let quote = self.peek(0);
        let size = if self.peek(1) == quote && self.peek(2) == quote {
            3
        } else {
            1
        };
        self.at += size;
        loop {
            if self.at_end() || size == 1 && self.line_break() > 0 {
                let line = 1 + self.text[..self.at].iter().filter(|p| **p == 10).count();
                let line = if size == 3 { self.last_line() } else { line };
                let shown = if size == 3 {
                    "unterminated triple-quoted string literal"
                } else {
                    "unterminated string literal"
                };
                return self.syntax(format!("{shown} (detected at line {line})"), start);
            }
            let point = self.peek(0);
            if point == c('\\') {
                self.at += 1;
                self.at += self.line_break().max(usize::from(!self.at_end()));
                continue;
            }
            let closes =
                point == quote && (size == 1 || self.peek(1) == quote && self.peek(2) == quote);
            if closes {
                self.at += size;
                self.push(kind::STRING, start, self.at);
                return Ok(());
            }
            self.at += 1;
        }
    }

    fn last_line(&self) -> usize {
        let breaks = self.text.iter().filter(|p| **p == 10).count();
        breaks + usize::from(self.text.last() != Some(&10))
    }

    /// The start of an f-string or t-string.
    fn formatted(&mut self, start: usize, raw: bool, template: bool) -> Scan<()> {
        let quote = self.peek(0);
        let size = if self.peek(1) == quote && self.peek(2) == quote {
            3
        } else {
            1
        };
        self.at += size;
        let kind = if template {
            kind::TSTRING_START
        } else {
            kind::FSTRING_START
        };
        self.push(kind, start, self.at);
        self.strings.push(Formatted {
            start,
            quote,
            size,
            raw,
            template,
            fields: Vec::new(),
        });
        Ok(())
    }

    /// The text between fields, or the end of the string.
    fn middle(&mut self) -> Scan<()> {
        let Some(string) = self.strings.last() else {
            return Ok(());
        };
        let (quote, size, raw, begin) = (string.quote, string.size, string.raw, string.start);
        let in_format = !string.fields.is_empty();
        let shift = if string.template { 3 } else { 0 };
        let start = self.at;
        loop {
            if self.at_end() || size == 1 && self.line_break() > 0 {
                let letter = if shift == 0 { 'f' } else { 't' };
                let triple = if size == 3 { "triple-quoted " } else { "" };
                let line = if size == 3 {
                    self.last_line()
                } else {
                    1 + self.text[..self.at].iter().filter(|p| **p == 10).count()
                };
                return self.syntax(
                    format!(
                        "unterminated {triple}{letter}-string literal (detected at line {line})"
                    ),
                    begin,
                );
            }
            let point = self.peek(0);
            let closes =
                point == quote && (size == 1 || self.peek(1) == quote && self.peek(2) == quote);
            if closes {
                if self.at > start {
                    self.push(kind::FSTRING_MIDDLE + shift, start, self.at);
                }
                let end = self.at;
                self.at += size;
                self.push(kind::FSTRING_END + shift, end, self.at);
                self.strings.pop();
                return Ok(());
            }
            if point == c('{') {
                if self.peek(1) == point && !in_format {
                    self.at += 2;
                    self.push(kind::FSTRING_MIDDLE + shift, start, self.at - 1);
                    return Ok(());
                }
                if self.at > start {
                    self.push(kind::FSTRING_MIDDLE + shift, start, self.at);
                }
                self.push(kind::OP, self.at, self.at + 1);
                self.at += 1;
                self.brackets.push(point);
                let depth = self.brackets.len();
                if let Some(string) = self.strings.last_mut() {
                    string.fields.push(Field {
                        depth,
                        in_format: false,
                    });
                }
                return Ok(());
            }
            if point == c('}') {
                if self.peek(1) == point && !in_format {
                    self.at += 2;
                    self.push(kind::FSTRING_MIDDLE + shift, start, self.at - 1);
                    return Ok(());
                }
                if !in_format {
                    let letter = if shift == 0 { 'f' } else { 't' };
                    return self.syntax(
                        format!("{letter}-string: single '}}' is not allowed"),
                        self.at,
                    );
                }
                self.push(kind::FSTRING_MIDDLE + shift, start, self.at);
                self.close_field();
                return Ok(());
            }
            if point == c('\\') {
                self.escape(raw);
                continue;
            }
            self.at += 1;
        }
    }

    /// A backslash in the text of an f-string: a brace behind it is a brace all the same.
    fn escape(&mut self, raw: bool) {
        self.at += 1;
        let next = self.peek(0);
        if next == c('{') || next == c('}') {
            return;
        }
        if !raw && next == c('N') && self.peek(1) == c('{') {
            while !self.at_end() && self.line_break() == 0 && self.peek(0) != c('}') {
                self.at += 1;
            }
        }
        if !self.at_end() {
            self.at += self.line_break().max(1);
        }
    }

    /// The brace that ends a field.
    fn close_field(&mut self) {
        self.push(kind::OP, self.at, self.at + 1);
        self.at += 1;
        self.brackets.pop();
        if let Some(string) = self.strings.last_mut() {
            string.fields.pop();
        }
    }

    fn operator(&mut self) {
        let first = self.peek(0);
        let base = self
            .strings
            .last()
            .and_then(|s| s.fields.last())
            .is_some_and(|f| f.depth == self.brackets.len());
        if base && first == c('}') {
            return self.close_field();
        }
        if base && first == c(':') {
            self.push(kind::OP, self.at, self.at + 1);
            self.at += 1;
            if let Some(field) = self.strings.last_mut().and_then(|s| s.fields.last_mut()) {
                field.in_format = true;
            }
            return;
        }
        let length = if THREE.iter().any(|o| self.looks_at(o)) {
            3
        } else if TWO.iter().any(|o| self.looks_at(o)) && !self.looks_at("<>") {
            2
        } else {
            1
        };
        if first == c('(') || first == c('[') || first == c('{') {
            self.brackets.push(first);
        } else if first == c(')') || first == c(']') || first == c('}') {
            self.brackets.pop();
        }
        self.push(kind::OP, self.at, self.at + length);
        self.at += length;
    }
}
