//! One format specification: `[[fill]align][sign][z][#][0][width][grouping][.precision][grouping][type]`.

use crate::error::value_error;
use crate::object::Object;
use crate::refs::PyResult;
use crate::types::str::{Str, unicode};

/// Separators between groups of digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grouping {
    None,
    /// `,` every three digits.
    Comma,
    /// `_` every three digits, or four for binary, octal and hexadecimal.
    Underscore,
}

impl Grouping {
    pub fn separator(self) -> Option<char> {
        match self {
            Grouping::None => None,
            Grouping::Comma => Some(','),
            Grouping::Underscore => Some('_'),
        }
    }
}

/// What a specification asks for.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub fill: u32,
    /// `<`, `>`, `^` or `=`.
    pub align: u8,
    /// 0, `+`, `-` or a space.
    pub sign: u8,
    pub alternate: bool,
    pub no_negative_zero: bool,
    pub width: Option<usize>,
    pub grouping: Grouping,
    pub fraction_grouping: Grouping,
    pub precision: Option<usize>,
    /// The type letter, or the default.
    pub code: u32,
}

struct Reader<'a> {
    text: &'a Str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<u32> {
        self.text.chars().get(self.at + ahead)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek(0) == Some(u32::from(byte));
        self.at += usize::from(found);
        found
    }

    fn left(&self) -> usize {
        self.text.len() - self.at
    }

    /// A decimal number; `None` if no digit is there.
    fn integer(&mut self) -> PyResult<Option<usize>> {
        let mut value = None;
        while let Some(digit) = self.peek(0).and_then(unicode::decimal) {
            let next = value
                .unwrap_or(0usize)
                .checked_mul(10)
                .and_then(|v| v.checked_add(usize::from(digit)))
                .filter(|v| *v <= isize::MAX as usize);
            match next {
                Some(next) => value = Some(next),
                None => {
                    return Err(value_error("Too many decimal digits in format string"));
                }
            }
            self.at += 1;
        }
        Ok(value)
    }
}

/// The alignment that a character asks for.
fn alignment(point: Option<u32>) -> Option<u8> {
    point
        .filter(|p| matches!(p, 0x3C..=0x3E | 0x5E))
        .map(|p| p as u8)
}

#[cold]
fn both_separators() -> crate::Raised {
    value_error("Cannot specify both ',' and '_'.")
}

#[cold]
fn cannot_group(separator: char, code: u32) -> crate::Raised {
    match char::from_u32(code).filter(|c| (' '..'\u{80}').contains(c) && *c != ' ') {
        Some(c) => value_error(format!("Cannot specify '{separator}' with '{c}'.")),
        None => value_error(format!("Cannot specify '{separator}' with '\\x{code:x}'.")),
    }
}

impl Spec {
    /// Reads a specification for `object`, with the type's default letter and alignment.
    pub fn parse(object: &Object, text: &Str, code: u32, align: u8) -> PyResult<Spec> {
        let mut reader = Reader { text, at: 0 };
        let mut spec = Spec {
            fill: u32::from(b' '),
            align,
            sign: 0,
            alternate: false,
            no_negative_zero: false,
            width: None,
            grouping: Grouping::None,
            fraction_grouping: Grouping::None,
            precision: None,
            code,
        };
        spec.read_layout(&mut reader)?;
        spec.read_numbers(&mut reader)?;
        if reader.left() > 1 {
            return Err(value_error(format!(
                "Invalid format specifier '{}' for object of type '{}'",
                text.lossy(),
                object.ty().full_name()
            )));
        }
        if let Some(code) = reader.peek(0) {
            spec.code = code;
        }
        spec.check_grouping()?;
        Ok(spec)
    }

    /// Whether a number's text is only padded, outside: no sign added, no groups, no zeros inside.
    pub fn leaves_digits_alone(&self) -> bool {
        self.align != b'='
            && matches!(self.sign, 0 | b'-')
            && self.grouping == Grouping::None
            && self.fraction_grouping == Grouping::None
    }

    fn read_layout(&mut self, reader: &mut Reader<'_>) -> PyResult<()> {
        let default_align = self.align;
        let (mut fill_given, mut align_given) = (false, false);
        if let Some(align) = alignment(reader.peek(1)) {
            self.fill = reader.peek(0).unwrap_or(self.fill);
            self.align = align;
            (fill_given, align_given) = (true, true);
            reader.at += 2;
        } else if let Some(align) = alignment(reader.peek(0)) {
            self.align = align;
            align_given = true;
            reader.at += 1;
        }
        for sign in *b"+- " {
            if self.sign == 0 && reader.eat(sign) {
                self.sign = sign;
                break;
            }
        }
        self.no_negative_zero = reader.eat(b'z');
        self.alternate = reader.eat(b'#');
        if !fill_given && reader.eat(b'0') {
            self.fill = u32::from(b'0');
            if !align_given && default_align == b'>' {
                self.align = b'=';
            }
        }
        self.width = reader.integer()?;
        Ok(())
    }

    fn read_numbers(&mut self, reader: &mut Reader<'_>) -> PyResult<()> {
        self.grouping = read_grouping(reader)?;
        if reader.eat(b'.') {
            self.precision = reader.integer()?;
            self.fraction_grouping = read_grouping(reader)?;
            if self.precision.is_none() && self.fraction_grouping == Grouping::None {
                return Err(value_error("Format specifier missing precision"));
            }
        }
        Ok(())
    }

    fn check_grouping(&self) -> PyResult<()> {
        if let Some(separator) = self.grouping.separator() {
            match char::from_u32(self.code) {
                Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0') => {}
                Some('b' | 'o' | 'x' | 'X') if separator == '_' => {}
                _ => return Err(cannot_group(separator, self.code)),
            }
        }
        match self.fraction_grouping.separator() {
            Some(separator) if self.code == u32::from(b'n') => {
                Err(cannot_group(separator, self.code))
            }
            _ => Ok(()),
        }
    }
}

fn read_grouping(reader: &mut Reader<'_>) -> PyResult<Grouping> {
    let comma = reader.eat(b',');
    if reader.eat(b'_') {
        if comma || reader.peek(0) == Some(u32::from(b',')) {
            return Err(both_separators());
        }
        return Ok(Grouping::Underscore);
    }
    Ok(if comma {
        Grouping::Comma
    } else {
        Grouping::None
    })
}
