//! String literals: adjacent ones become one, f-strings are taken apart in place.

use std::rc::Rc;

use terrarium_bytecode::Constant;

use super::token::Kind;
use super::{NotTaken, Parser, Result, Start};
use crate::arena::Arena;
use crate::literals::{self, InvalidEscape, Token as Literal};
use crate::parser_warnings;
use crate::tree::{Expr, ExprKind, Exprs, Location};

/// An f-string being read.
#[derive(Clone, Copy)]
struct Quotes {
    mark: u8,
    is_triple: bool,
    raw: bool,
    /// Whether it is the format spec of a replacement field already.
    is_spec: bool,
    /// Whether it is a t-string.
    is_template: bool,
}

/// The values of a JoinedStr in the making: adjacent texts merge, empty ones go.
struct Values<'a> {
    arena: &'a Arena,
    values: Vec<&'a Expr<'a>>,
    pending: Option<Text>,
}

/// A text that may still grow.
struct Text {
    bytes: Vec<u8>,
    loc: Location,
    kind_u: bool,
}

impl<'a> Values<'a> {
    fn new(arena: &'a Arena) -> Values<'a> {
        Values {
            arena,
            values: Vec::new(),
            pending: None,
        }
    }

    fn add_text(&mut self, bytes: &[u8], loc: Location, kind_u: bool) {
        match &mut self.pending {
            Some(text) => {
                text.bytes.extend_from_slice(bytes);
                text.loc.end_line = loc.end_line;
                text.loc.end_column = loc.end_column;
            }
            None => {
                self.pending = Some(Text {
                    bytes: bytes.to_vec(),
                    loc,
                    kind_u,
                });
            }
        }
    }

    fn add_value(&mut self, value: &'a Expr<'a>) {
        self.flush();
        self.values.push(value);
    }

    fn flush(&mut self) {
        if let Some(text) = self.pending.take()
            && !text.bytes.is_empty()
        {
            let kind = ExprKind::Constant {
                value: self.arena.constant(crate::constants::string(text.bytes)),
                kind_u: text.kind_u,
            };
            let loc = text.loc;
            self.values.push(self.arena.node(Expr { kind, loc }));
        }
    }

    fn finish(mut self) -> Exprs<'a> {
        self.flush();
        self.arena.list(&self.values)
    }
}

impl<'s, 'a> Parser<'s, 'a> {
    /// One string literal or several in a row.
    pub fn strings(&mut self) -> Result<&'a Expr<'a>> {
        let start = self.start();
        match self.lexer.token.kind {
            Kind::FString => return self.joined(start, Values::new(self.arena)),
            Kind::TString => return self.template(start),
            _ => {}
        }
        let first = self.string_token();
        if first.bytes {
            return self.bytes(start);
        }
        let token = self.lexer.token;
        self.advance();
        if !token.has_escapes && !self.at_string() {
            let kind = ExprKind::Constant {
                value: self.string_constant(first.body),
                kind_u: first.kind_u,
            };
            return Ok(self.expr(start, kind));
        }
        let mut text = Vec::with_capacity(first.body.len());
        self.decode(first, token.start, &mut text)?;
        while self.at(Kind::String) {
            let next = self.string_token();
            if next.bytes {
                return Err(NotTaken);
            }
            self.decode(next, self.lexer.token.start, &mut text)?;
            self.advance();
        }
        if self.at(Kind::FString) {
            let mut values = Values::new(self.arena);
            values.add_text(&text, self.loc(start), first.kind_u);
            return self.joined(start, values);
        }
        if self.at(Kind::TString) {
            return Err(NotTaken);
        }
        let kind = ExprKind::Constant {
            value: self.string_constant(text),
            kind_u: first.kind_u,
        };
        Ok(self.expr(start, kind))
    }

    /// The next token, a complete string.
    #[inline]
    fn string_token(&self) -> Literal<'s> {
        let token = self.lexer.token;
        Literal::of_parts(
            self.bytes_of(token),
            token.prefix.into(),
            token.quote_width.into(),
        )
    }

    #[inline]
    fn at_string(&self) -> bool {
        matches!(
            self.lexer.token.kind,
            Kind::String | Kind::FString | Kind::TString
        )
    }

    fn string_constant(&self, text: impl Into<Rc<[u8]>>) -> &'a Constant {
        self.arena.constant(crate::constants::string(text))
    }

    fn bytes(&mut self, start: Start) -> Result<&'a Expr<'a>> {
        let mut bytes = Vec::new();
        while self.at(Kind::String) {
            let token = self.string_token();
            if !token.bytes || !token.body.is_ascii() {
                return Err(NotTaken);
            }
            match literals::decode_bytes(token.body, token.raw) {
                Ok((decoded, escape)) => {
                    bytes.extend_from_slice(&decoded);
                    self.warn_of(escape, self.lexer.token.start, token.offset);
                }
                Err(_) => return Err(NotTaken),
            }
            self.advance();
        }
        if self.at_string() {
            return Err(NotTaken);
        }
        let value = self.arena.constant(Constant::Bytes(bytes.into()));
        Ok(self.expr(start, super::expressions::constant(value)))
    }

    /// The place of the next token, a string.
    fn token_loc(&self) -> Location {
        let (line, column) = (self.lexer.token.line, self.lexer.token.column);
        self.loc_here(Start { line, column })
    }

    /// The rest of a row of literals from its first f-string on; `values` is what stands before.
    fn joined(&mut self, start: Start, mut values: Values<'a>) -> Result<&'a Expr<'a>> {
        loop {
            match self.lexer.token.kind {
                Kind::FString => self.nested(|this| this.f_string(&mut values))?,
                Kind::String => {
                    let token = self.string_token();
                    if token.bytes {
                        return Err(NotTaken);
                    }
                    let mut text = Vec::with_capacity(token.body.len());
                    self.decode(token, self.lexer.token.start, &mut text)?;
                    values.add_text(&text, self.token_loc(), token.kind_u);
                    self.advance();
                }
                Kind::TString => return Err(NotTaken),
                _ => break,
            }
        }
        self.wrap()?;
        let values = values.finish();
        Ok(self.expr(start, ExprKind::JoinedStr { values }))
    }

    /// A row of t-strings, which are joined to no other strings.
    fn template(&mut self, start: Start) -> Result<&'a Expr<'a>> {
        let mut values = Values::new(self.arena);
        while self.at(Kind::TString) {
            self.nested(|this| this.f_string(&mut values))?;
        }
        if self.at_string() {
            return Err(NotTaken);
        }
        self.wrap()?;
        let values = values.finish();
        Ok(self.expr(start, ExprKind::TemplateStr { values }))
    }

    /// Decodes a literal to the end of `out`; `start` is where its token starts.
    fn decode(&mut self, token: Literal, start: u32, out: &mut Vec<u8>) -> Result {
        match literals::decode_str(token.body, token.raw, false, out) {
            Ok(escape) => {
                self.warn_of(escape, start, token.offset);
                Ok(())
            }
            Err(_) => Err(NotTaken),
        }
    }

    /// Warns of an escape in the literal whose token starts at `start` and whose body is `body` bytes behind.
    #[inline]
    fn warn_of(&mut self, escape: Option<InvalidEscape>, start: u32, body: usize) {
        if let Some(escape) = escape {
            let start = start as usize;
            let warning = parser_warnings::escape(self.source, escape, start, start + body);
            self.warnings.push(warning);
        }
    }

    /// One f-string or t-string, whose opening quote is the next token.
    fn f_string(&mut self, values: &mut Values<'a>) -> Result {
        let opening = self.bytes_of(self.lexer.token);
        let mark = *opening.last().ok_or(NotTaken)?;
        let letters = opening.iter().take_while(|byte| byte.is_ascii_alphabetic());
        let quotes = Quotes {
            mark,
            is_triple: opening.iter().filter(|&&byte| byte == mark).count() == 3,
            raw: letters.clone().any(|byte| byte | 32 == b'r'),
            is_spec: false,
            is_template: self.at(Kind::TString),
        };
        loop {
            self.text_before_field(quotes, values)?;
            let lexer = &mut self.lexer;
            let at = lexer.place.at;
            if lexer.byte(at) == b'{' {
                self.field(quotes, values)?;
                continue;
            }
            // The closing quote.
            lexer.place.at = at + if quotes.is_triple { 3 } else { 1 };
            lexer.advance();
            return Ok(());
        }
    }

    /// Where the lexer stands, as line and column.
    fn here(&self) -> Start {
        let place = self.lexer.place;
        Start {
            line: place.line,
            column: (place.at - place.line_start) as i32,
        }
    }

    /// From `start` to where the lexer stands.
    fn loc_here(&self, start: Start) -> Location {
        let end = self.here();
        Location {
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }

    /// Text up to a replacement field, the closing quote or the brace that ends a format spec.
    fn text_before_field(&mut self, quotes: Quotes, values: &mut Values<'a>) -> Result {
        let (start, from) = (self.here(), self.lexer.place.at);
        let mut has_braces = false;
        loop {
            let at = self.lexer.place.at;
            let (byte, next) = (self.lexer.byte(at), self.lexer.byte(at + 1));
            match byte {
                b'{' if next == b'{' && !quotes.is_spec => {
                    has_braces = true;
                    self.lexer.place.at += 2;
                }
                b'{' => break,
                b'}' if quotes.is_spec => break,
                b'}' if next == b'}' => {
                    has_braces = true;
                    self.lexer.place.at += 2;
                }
                b'}' | 0 => return Err(NotTaken),
                b'\\' => self.backslash(quotes, at)?,
                b'\n' if !quotes.is_triple || quotes.is_spec => return Err(NotTaken),
                b'\n' => {
                    self.lexer.newline(at);
                    self.lexer.place.at += 1;
                }
                _ if byte == quotes.mark => {
                    let closes = !quotes.is_triple
                        || next == quotes.mark && self.lexer.byte(at + 2) == quotes.mark;
                    if closes && quotes.is_spec {
                        return Err(NotTaken);
                    }
                    if closes {
                        break;
                    }
                    self.lexer.place.at += 1;
                }
                _ => self.lexer.place.at += 1,
            }
        }
        let to = self.lexer.place.at;
        if from == to {
            return Ok(());
        }
        let text = &self.lexer.bytes[from..to];
        let mut bytes = Vec::with_capacity(text.len());
        match literals::decode_str(text, quotes.raw, has_braces, &mut bytes) {
            Ok(None) => {}
            _ => return Err(NotTaken),
        }
        if !bytes.is_empty() {
            values.add_text(&bytes, self.loc_here(start), false);
        }
        Ok(())
    }

    /// Passes over a backslash and what it is for.
    fn backslash(&mut self, quotes: Quotes, at: usize) -> Result {
        let next = self.lexer.byte(at + 1);
        if quotes.is_spec || next == 0 {
            return Err(NotTaken);
        }
        if matches!(next, b'{' | b'}') {
            // An escape in a raw string only, and a field behind it even there.
            if !quotes.raw {
                return Err(NotTaken);
            }
            self.lexer.place.at = at + 1;
            return Ok(());
        }
        if next == b'\n' {
            self.lexer.newline(at + 1);
        }
        self.lexer.place.at = at + 2;
        if next == b'N' && !quotes.raw && self.lexer.byte(at + 2) == b'{' {
            let rest = &self.lexer.bytes[at..];
            let length = memchr::memchr2(b'}', b'\n', rest).ok_or(NotTaken)?;
            if rest[length] == b'\n' {
                return Err(NotTaken);
            }
            self.lexer.place.at = at + length + 1;
        }
        Ok(())
    }

    /// One replacement field, the lexer before its brace; leaves it behind the closing one.
    fn field(&mut self, quotes: Quotes, values: &mut Values<'a>) -> Result {
        let outer = self.lexer.place.field;
        let start = self.here();
        self.lexer.place.at += 1;
        self.lexer.open()?;
        self.lexer.place.field = self.lexer.place.open;
        let (text_start, text_from) = (self.here(), self.lexer.place.at);
        self.lexer.scan();
        let value = self.yield_or_expressions()?;
        let is_debug = self.at(Kind::Equal);
        if is_debug {
            self.advance();
        }
        let marker = self.lexer.token;
        if !quotes.is_triple && marker.line != start.line {
            return Err(NotTaken);
        }
        let text = &self.text[text_from..marker.start as usize];
        if is_debug {
            let loc = Location {
                line: text_start.line,
                column: text_start.column,
                end_line: marker.line,
                end_column: marker.column,
            };
            values.add_text(text.as_bytes(), loc, false);
        }
        let mut conversion = -1;
        if self.at(Kind::Exclamation) {
            conversion = self.conversion()?;
        }
        let mut format_spec = None;
        match self.lexer.token.kind {
            Kind::Colon => format_spec = Some(self.format_spec(quotes)?),
            Kind::RightBrace => {}
            _ => return Err(NotTaken),
        }
        if is_debug && conversion == -1 && format_spec.is_none() {
            conversion = i32::from(b'r');
        }
        self.lexer.place.field = outer;
        self.wrap()?;
        let kind = match quotes.is_template {
            false => ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            },
            true => ExprKind::Interpolation {
                value,
                str: self.field_text(text, is_debug),
                conversion,
                format_spec,
            },
        };
        let loc = self.loc_here(start);
        values.add_value(self.arena.node(Expr { kind, loc }));
        Ok(())
    }

    /// The text of a t-string's field as it is kept. That of `{x = }` ends before the `=`, blanks before that stay.
    fn field_text(&self, text: &str, is_debug: bool) -> &'a Constant {
        let end = match is_debug {
            true => text.rfind('='),
            false => None,
        };
        self.string_constant(&text.as_bytes()[..end.unwrap_or(text.len())])
    }

    /// What stands behind `!`; nothing stands between.
    fn conversion(&mut self) -> Result<i32> {
        let end = self.lexer.token.end;
        self.advance();
        let letter = match self.word() {
            "s" => b's',
            "r" => b'r',
            "a" => b'a',
            _ => return Err(NotTaken),
        };
        if self.lexer.token.start != end {
            return Err(NotTaken);
        }
        self.advance();
        Ok(i32::from(letter))
    }

    /// The format spec behind a colon, which is the next token; takes the closing brace too. Fields in it have none themselves.
    fn format_spec(&mut self, quotes: Quotes) -> Result<&'a Expr<'a>> {
        if quotes.is_spec {
            return Err(NotTaken);
        }
        let start = self.start();
        let text_start = self.lexer.place.at;
        let quotes = Quotes {
            is_spec: true,
            is_template: false,
            ..quotes
        };
        let mut values = Values::new(self.arena);
        loop {
            self.text_before_field(quotes, &mut values)?;
            if self.lexer.byte(self.lexer.place.at) == b'}' {
                break;
            }
            self.field(quotes, &mut values)?;
        }
        let loc = self.loc_here(start);
        let text = &self.lexer.bytes[text_start..self.lexer.place.at];
        let has_pieces = literals::has_pieces(text, quotes.raw);
        self.lexer.place.at += 1;
        self.lexer.place.open -= 1;
        self.wrap()?;
        let values = values.finish();
        let kind = match &values[..] {
            // Pieces of text are made one string.
            [only] if has_pieces && matches!(only.kind, ExprKind::Constant { .. }) => only.kind,
            _ => ExprKind::JoinedStr { values },
        };
        Ok(self.arena.node(Expr { kind, loc }))
    }
}
