//! String and bytes literals, f-strings and t-strings: decoding, concatenation, and the text that `{x=}` and t-strings keep.

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange, TextSize};
use terrarium_bytecode::Constant;

use super::Lowerer;
use super::expressions::constant;
use crate::error::{Class, Error};
use crate::literals::{self, InvalidEscape, Token};
use crate::parser_warnings;
use crate::tree::{Expr, ExprKind, Exprs, Location};

/// Format specs inside format specs (MAX_EXPR_NESTING).
const MAX_FORMAT_SPECS: u32 = 2;

/// The values of a JoinedStr in the making: adjacent texts merge, empty ones go.
#[derive(Default)]
struct Values<'a> {
    values: Vec<&'a Expr<'a>>,
    pending: Option<Text>,
}

/// A text that may still grow.
struct Text {
    bytes: Vec<u8>,
    start: TextSize,
    end: TextSize,
    kind_u: bool,
}

/// A string under construction: which of the two kinds, and what its text is decoded with.
#[derive(Clone, Copy)]
struct Flavour {
    raw: bool,
    template: bool,
    /// Where the whole literal starts to end: CPython counts lines of escapes from there.
    end: TextSize,
}

impl<'a> Lowerer<'_, 'a> {
    fn str_constant(&self, bytes: Vec<u8>) -> &'a Constant {
        self.arena.constant(crate::constants::string(bytes))
    }

    pub(super) fn string(&mut self, e: &ast::ExprStringLiteral) -> ExprKind<'a> {
        let parts = e.value.as_slice();
        let mut bytes = Vec::with_capacity(e.range.len().to_usize());
        for part in parts {
            self.string_part(part.range, &mut bytes);
        }
        let kind_u = parts
            .first()
            .is_some_and(|part| self.token(part.range).kind_u);
        ExprKind::Constant {
            value: self.str_constant(bytes),
            kind_u,
        }
    }

    fn token(&self, range: TextRange) -> Token<'_> {
        Token::new(self.text(range))
    }

    /// Decodes one string token to the end of `out`.
    fn string_part(&mut self, range: TextRange, out: &mut Vec<u8>) {
        let token = Token::new(self.text(range));
        match literals::decode_str(token.body, token.raw, false, out) {
            Ok(None) => {}
            Ok(Some(escape)) => self.warn_escape(escape, range, token.offset),
            Err(message) => self.syntax_error(format!("(unicode error) {message}"), range),
        }
    }

    /// A warning at its true place; `body` is where the body starts in the literal.
    fn warn_escape(&mut self, escape: InvalidEscape, literal: TextRange, body: usize) {
        let token = literal.start().to_usize();
        let warning = parser_warnings::escape(self.source, escape, token, token + body);
        self.warn(warning);
    }

    pub(super) fn bytes(&mut self, e: &ast::ExprBytesLiteral) -> ExprKind<'a> {
        let mut bytes = Vec::new();
        for part in e.value.as_slice() {
            let token = Token::new(self.text(part.range));
            if !token.body.is_ascii() {
                self.syntax_error(
                    "bytes can only contain ASCII literal characters",
                    part.range,
                );
                continue;
            }
            match literals::decode_bytes(token.body, token.raw) {
                Ok((decoded, escape)) => {
                    bytes.extend(decoded);
                    if let Some(escape) = escape {
                        self.warn_escape(escape, part.range, token.offset);
                    }
                }
                Err(message) => self.syntax_error(format!("(value error) {message}"), part.range),
            }
        }
        constant(self.arena.constant(Constant::Bytes(bytes.into())))
    }

    pub(super) fn joined_string(&mut self, e: &ast::ExprFString) -> ExprKind<'a> {
        let mut values = Values::default();
        for part in e.value.as_slice() {
            match part {
                ast::FStringPart::Literal(literal) => {
                    let mut bytes = Vec::new();
                    self.string_part(literal.range, &mut bytes);
                    let kind_u = self.token(literal.range).kind_u;
                    self.add_text(&mut values, bytes, literal.range, kind_u);
                }
                ast::FStringPart::FString(string) => {
                    let flavour = self.flavour(string.range, false);
                    self.string_elements(&string.elements, flavour, &mut values);
                }
            }
        }
        ExprKind::JoinedStr {
            values: self.finish_values(values),
        }
    }

    pub(super) fn template_string(&mut self, e: &ast::ExprTString) -> ExprKind<'a> {
        let mut values = Values::default();
        for string in e.value.as_slice() {
            let flavour = self.flavour(string.range, true);
            self.string_elements(&string.elements, flavour, &mut values);
        }
        ExprKind::TemplateStr {
            values: self.finish_values(values),
        }
    }

    fn flavour(&self, range: TextRange, template: bool) -> Flavour {
        let text = self.text(range).as_bytes();
        let quote = text
            .iter()
            .position(|b| matches!(b, b'\'' | b'"'))
            .unwrap_or(0);
        let triple = text.len() >= quote + 6
            && text[quote + 1] == text[quote]
            && text[quote + 2] == text[quote];
        Flavour {
            raw: text[..quote].iter().any(|b| b | 32 == b'r'),
            template,
            end: range.end() - TextSize::new(if triple { 3 } else { 1 }),
        }
    }

    /// The elements of one f- or t-string. Warnings of its own text, and what is wrong in it, come after those of its expressions; lines of
    /// warnings count from its end.
    fn string_elements(
        &mut self,
        elements: &[ast::InterpolatedStringElement],
        flavour: Flavour,
        values: &mut Values<'a>,
    ) {
        let mut escapes = Vec::new();
        for element in elements {
            match element {
                ast::InterpolatedStringElement::Literal(literal) => {
                    self.literal_element(literal.range, flavour.raw, &mut escapes, values);
                }
                ast::InterpolatedStringElement::Interpolation(element) => {
                    self.interpolation(element, flavour, values);
                }
            }
        }
        for (range, escape) in escapes {
            let escape = match escape {
                Ok(escape) => escape,
                Err(message) => {
                    self.syntax_error(format!("(unicode error) {message}"), range);
                    continue;
                }
            };
            let end = flavour.end.to_usize();
            let quotes = self.bytes[end..].iter();
            let quotes = quotes.take_while(|&&byte| byte == self.bytes[end]).take(3);
            let end = (end, end + if quotes.count() == 3 { 3 } else { 1 });
            let text = range.start().to_usize();
            let warning = parser_warnings::late_escape(self.source, escape, text, end);
            self.warn(warning);
        }
    }

    /// Text between replacement fields. CPython's tokenizer cuts it behind a doubled brace, and each piece may warn once.
    fn literal_element(
        &mut self,
        range: TextRange,
        raw: bool,
        escapes: &mut Vec<(TextRange, Result<InvalidEscape, String>)>,
        values: &mut Values<'a>,
    ) {
        let mut bytes = Vec::with_capacity(range.len().to_usize());
        match literals::decode_str(self.text(range).as_bytes(), raw, true, &mut bytes) {
            Ok(None) => {}
            // `\{` warns in the tokenizer.
            Ok(Some(InvalidEscape {
                what: literals::Invalid::Character(b'{' | b'}'),
                ..
            })) => {}
            Ok(Some(escape)) => escapes.push((range, Ok(escape))),
            Err(message) => escapes.push((range, Err(message))),
        }
        if !raw {
            self.warn_braces(range);
        }
        if !bytes.is_empty() {
            self.add_text(values, bytes, range, false);
        }
    }

    /// `\{` warns in the tokenizer; the backslash stays.
    fn warn_braces(&mut self, range: TextRange) {
        let start = range.start().to_usize();
        let text = self.text(range).as_bytes();
        let mut from = 0;
        while let Some(found) = memchr::memchr(b'\\', &text[from..]) {
            let backslash = from + found;
            if let Some(&brace @ (b'{' | b'}')) = self.bytes.get(start + backslash + 1) {
                let escape = InvalidEscape {
                    offset: backslash,
                    what: literals::Invalid::Character(brace),
                };
                let warning = parser_warnings::brace(self.source, escape, start + backslash);
                self.warn(warning);
            }
            from = (backslash + 2).min(text.len());
        }
    }

    /// One replacement field: the text of `{x=}` if asked for, then the value.
    fn interpolation(
        &mut self,
        element: &ast::InterpolatedElement,
        flavour: Flavour,
        values: &mut Values<'a>,
    ) {
        let range = element.range;
        let marker = self.field_marker(element);
        let start = range.start() + TextSize::new(1);
        let debug = element.debug_text.is_some();
        let raw_text = TextRange::new(start, marker);
        if debug {
            let text = self.field_text(raw_text);
            self.add_text(values, text.into_bytes(), raw_text, false);
        }
        let value = self.boxed(&element.expression);
        let format_spec = element
            .format_spec
            .as_deref()
            .map(|spec| self.format_spec(spec, marker, flavour));
        let mut conversion = element.conversion as i8 as i32;
        if debug && conversion == -1 && format_spec.is_none() {
            conversion = i32::from(b'r');
        }
        let kind = if flavour.template {
            let text = self.field_text(raw_text);
            // `{x = }`: the text ends before the `=`, blanks before that stay.
            let end = if debug { text.rfind('=') } else { None };
            let text = &text[..end.unwrap_or(text.len())];
            ExprKind::Interpolation {
                value,
                str: self.str_constant(text.as_bytes().to_vec()),
                conversion,
                format_spec,
            }
        } else {
            ExprKind::FormattedValue {
                value,
                conversion,
                format_spec,
            }
        };
        let loc = self.location(range);
        self.add_value(values, self.arena.node(Expr { kind, loc }));
    }

    /// Offset of the `!`, `:` or `}` behind the expression of a replacement field.
    fn field_marker(&self, element: &ast::InterpolatedElement) -> TextSize {
        let mut at = element.expression.end().to_usize();
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'!' | b':' | b'}' => break,
                b'#' => {
                    at = memchr::memchr(b'\n', &self.bytes[at..])
                        .map_or(self.bytes.len(), |n| at + n)
                }
                _ => at += 1,
            }
        }
        TextSize::new(at as u32)
    }

    /// The source of a replacement field's expression, comments left out.
    fn field_text(&self, range: TextRange) -> String {
        let text = self.text(range);
        if !text.contains('#') {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut chars = text.chars();
        let mut quote = None;
        while let Some(c) = chars.next() {
            match (c, quote) {
                ('\\', _) => {
                    out.push(c);
                    out.extend(chars.next());
                    continue;
                }
                ('\'' | '"', None) => quote = Some(c),
                ('\'' | '"', Some(open)) if open == c => quote = None,
                ('#', None) => {
                    for c in chars.by_ref() {
                        if c == '\n' {
                            out.push(c);
                            break;
                        }
                    }
                    continue;
                }
                _ => {}
            }
            out.push(c);
        }
        out
    }

    /// A format spec starts at its colon; its replacement fields are f-string fields even in a t-string.
    fn format_spec(
        &mut self,
        spec: &ast::InterpolatedStringFormatSpec,
        colon: TextSize,
        flavour: Flavour,
    ) -> &'a Expr<'a> {
        let colon = self.colon(colon);
        self.format_specs += 1;
        if self.format_specs > MAX_FORMAT_SPECS {
            self.reject(colon.to_u32());
        }
        let mut values = Values::default();
        for element in &*spec.elements {
            match element {
                ast::InterpolatedStringElement::Literal(literal) => {
                    self.spec_text(literal.range, flavour, &mut values)
                }
                ast::InterpolatedStringElement::Interpolation(element) => {
                    let flavour = Flavour {
                        template: false,
                        ..flavour
                    };
                    self.interpolation(element, flavour, &mut values);
                }
            }
        }
        self.format_specs -= 1;
        let end = spec.range.end().max(colon + TextSize::new(1));
        let values = self.finish_values(values);
        let kind = match &values[..] {
            // Pieces of text are made one string.
            [only]
                if matches!(only.kind, ExprKind::Constant { .. })
                    && literals::has_pieces(self.text(spec.range).as_bytes(), flavour.raw) =>
            {
                only.kind
            }
            _ => ExprKind::JoinedStr { values },
        };
        let loc = self.location(TextRange::new(colon, end));
        self.arena.node(Expr { kind, loc })
    }

    /// The colon at or behind `offset`, where a conversion may stand first.
    fn colon(&self, offset: TextSize) -> TextSize {
        let at = offset.to_usize();
        let found = memchr::memchr(b':', &self.bytes[at..]).unwrap_or(0);
        TextSize::new((at + found) as u32)
    }

    /// The text of a format spec; unlike other text of f-strings it warns by its own place.
    fn spec_text(&mut self, range: TextRange, flavour: Flavour, values: &mut Values<'a>) {
        let mut bytes = Vec::new();
        match literals::decode_str(self.text(range).as_bytes(), flavour.raw, false, &mut bytes) {
            Ok(None) => {}
            Ok(Some(escape)) => self.warn_escape(escape, range, 0),
            // CPython's parser makes no SyntaxError of this one.
            Err(message) => self.fail(Error::plain(Class::UnicodeDecodeError, message)),
        }
        if !bytes.is_empty() {
            self.add_text(values, bytes, range, false);
        }
    }

    fn add_text(
        &mut self,
        values: &mut Values<'a>,
        bytes: Vec<u8>,
        range: TextRange,
        kind_u: bool,
    ) {
        match &mut values.pending {
            Some(text) => {
                text.bytes.extend(bytes);
                text.end = range.end();
            }
            None => {
                values.pending = Some(Text {
                    bytes,
                    start: range.start(),
                    end: range.end(),
                    kind_u,
                });
            }
        }
    }

    fn add_value(&mut self, values: &mut Values<'a>, value: &'a Expr<'a>) {
        self.flush(values);
        values.values.push(value);
    }

    fn flush(&mut self, values: &mut Values<'a>) {
        if let Some(text) = values.pending.take()
            && !text.bytes.is_empty()
        {
            let kind = ExprKind::Constant {
                value: self.str_constant(text.bytes),
                kind_u: text.kind_u,
            };
            let loc: Location = self.location(TextRange::new(text.start, text.end));
            values.values.push(self.arena.node(Expr { kind, loc }));
        }
    }

    fn finish_values(&mut self, mut values: Values<'a>) -> Exprs<'a> {
        self.flush(&mut values);
        self.arena.list(&values.values)
    }
}
