//! The language of `str.format`: literals and replacement fields (Objects/stringlib/unicode_format.h). Used by `str.format` and by the
//! `_string` module.

use crate::error::value_error;
use crate::refs::PyResult;

use super::{Chars, unicode};

/// A range of the format string.
pub type Span = (usize, usize);

/// A piece of a format string: a literal, then perhaps a field.
pub struct Piece {
    pub literal: Span,
    pub field: Option<Field>,
}

/// A replacement field.
#[derive(Default)]
pub struct Field {
    pub name: Span,
    pub spec: Span,
    /// 0 if there is none.
    pub conversion: u32,
    /// The specification has fields of its own.
    pub nested: bool,
}

/// Walks over the pieces of a format string.
pub struct Markup<'a> {
    pub text: Chars<'a>,
    pub at: usize,
    pub end: usize,
}

const OPEN: u32 = b'{' as u32;
const CLOSE: u32 = b'}' as u32;
const BRACKET: u32 = b'[' as u32;
const DOT: u32 = b'.' as u32;

impl<'a> Markup<'a> {
    pub fn new(text: Chars<'a>) -> Markup<'a> {
        Markup {
            text,
            at: 0,
            end: text.len(),
        }
    }

    fn take(&mut self) -> Option<u32> {
        if self.at >= self.end {
            return None;
        }
        self.at += 1;
        self.text.get(self.at - 1)
    }

    /// The next piece, or `None` at the end.
    pub fn next(&mut self) -> PyResult<Option<Piece>> {
        let start = self.at;
        if start >= self.end {
            return Ok(None);
        }
        let mut brace = 0;
        while let Some(point) = self.take() {
            if point == OPEN || point == CLOSE {
                brace = point;
                break;
            }
        }
        if brace == 0 {
            return Ok(Some(Piece {
                literal: (start, self.at),
                field: None,
            }));
        }
        let following = (self.at < self.end)
            .then(|| self.text.get(self.at))
            .flatten();
        if brace == CLOSE && following != Some(CLOSE) {
            return Err(value_error("Single '}' encountered in format string"));
        }
        if brace == OPEN && following.is_none() {
            return Err(value_error("Single '{' encountered in format string"));
        }
        if following == Some(brace) {
            let literal = (start, self.at);
            self.at += 1;
            return Ok(Some(Piece {
                literal,
                field: None,
            }));
        }
        let literal = (start, self.at - 1);
        let field = Some(self.field()?);
        Ok(Some(Piece { literal, field }))
    }

    fn field(&mut self) -> PyResult<Field> {
        let start = self.at;
        let mut last = 0;
        while let Some(point) = self.take() {
            last = point;
            match char::from_u32(point) {
                Some('{') => return Err(value_error("unexpected '{' in field name")),
                Some('[') => {
                    while self.at < self.end && self.text.get(self.at) != Some(0x5D) {
                        self.at += 1;
                    }
                }
                Some('}' | ':' | '!') => break,
                _ => {}
            }
        }
        let mut field = Field {
            name: (start, self.at.saturating_sub(1).max(start)),
            spec: (self.at, self.at),
            ..Field::default()
        };
        match char::from_u32(last) {
            Some('}') => return Ok(field),
            Some(':') => {}
            Some('!') => {
                field.conversion = self.take().ok_or_else(|| {
                    value_error("end of string while looking for conversion specifier")
                })?;
                match self.take() {
                    Some(CLOSE) => return Ok(field),
                    Some(0x3A) | None => {}
                    Some(_) => {
                        return Err(value_error("expected ':' after conversion specifier"));
                    }
                }
            }
            _ => return Err(value_error("expected '}' before end of string")),
        }
        self.spec(field)
    }

    fn spec(&mut self, mut field: Field) -> PyResult<Field> {
        let start = self.at;
        let mut depth = 1;
        while let Some(point) = self.take() {
            if point == OPEN {
                field.nested = true;
                depth += 1;
            } else if point == CLOSE {
                depth -= 1;
                if depth == 0 {
                    field.spec = (start, self.at - 1);
                    return Ok(field);
                }
            }
        }
        Err(value_error("unmatched '{' in format spec"))
    }
}

/// A decimal index, if all characters are digits.
pub fn integer(text: Chars<'_>) -> PyResult<Option<usize>> {
    let mut value = None;
    for point in text.points() {
        let Some(digit) = unicode::decimal(point) else {
            return Ok(None);
        };
        let next = value
            .unwrap_or(0usize)
            .checked_mul(10)
            .and_then(|v| v.checked_add(usize::from(digit)))
            .filter(|v| *v <= isize::MAX as usize)
            .ok_or_else(|| value_error("Too many decimal digits in format string"))?;
        value = Some(next);
    }
    Ok(value)
}

/// Where the first name of a field ends and the look-ups begin.
pub fn first_end(name: Chars<'_>) -> usize {
    name.points()
        .position(|p| p == BRACKET || p == DOT)
        .unwrap_or(name.len())
}

/// One look-up of a field name: `.attribute` or `[item]`.
pub struct Step {
    pub attribute: bool,
    pub name: Span,
    /// The name as an index (items only).
    pub index: Option<usize>,
}

/// The look-ups behind the first name, from place `at` on.
pub struct Steps<'a> {
    pub text: Chars<'a>,
    pub at: usize,
}

impl Steps<'_> {
    pub fn next(&mut self) -> PyResult<Option<Step>> {
        let len = self.text.len();
        let Some(kind) = self.text.get(self.at) else {
            return Ok(None);
        };
        self.at += 1;
        let start = self.at;
        let rest = self.text.slice(start, len);
        let step = match kind {
            DOT => {
                let count = first_end(rest);
                self.at = start + count;
                Step {
                    attribute: true,
                    name: (start, self.at),
                    index: None,
                }
            }
            BRACKET => {
                let Some(count) = rest.points().position(|p| p == 0x5D) else {
                    return Err(value_error("Missing ']' in format string"));
                };
                self.at = start + count + 1;
                Step {
                    attribute: false,
                    name: (start, start + count),
                    index: integer(rest.slice(0, count))?,
                }
            }
            _ => {
                return Err(value_error(
                    "Only '.' or '[' may follow ']' in format field specifier",
                ));
            }
        };
        if step.name.0 == step.name.1 {
            return Err(value_error("Empty attribute in format string"));
        }
        Ok(Some(step))
    }
}
