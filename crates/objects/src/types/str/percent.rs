//! `format % arguments` for texts.

use crate::error::{overflow_error, type_error, value_error};
use crate::object::Object;
use crate::ops::{number, text};
use crate::refs::{Owned, PyResult, Raised};
use crate::state::{Rooted, root};
use crate::types::exceptions::TYPE_ERROR;
use crate::types::none::not_implemented;
use crate::types::tuple::Tuple;
use crate::types::{float, int};

use super::{Builder, Chars, Str, cast, is_str, slots};

pub fn remainder(format: &Object, arguments: &Object) -> PyResult {
    if !is_str(format) {
        return Ok(not_implemented());
    }
    percent(format, arguments)
}

/// The arguments: a tuple's items in order, or one object; `mapping` for `%(key)s`.
pub struct Arguments<'a> {
    single: Option<&'a Object>,
    items: &'a [Owned],
    next: usize,
    pub mapping: Option<&'a Object>,
}

impl<'a> Arguments<'a> {
    /// A tuple's items, or one object.
    pub fn new(object: &'a Object) -> Arguments<'a> {
        if let Some(tuple) = object.downcast::<Tuple>() {
            return Arguments {
                single: None,
                items: tuple.items(),
                next: 0,
                mapping: None,
            };
        }
        let subscriptable = object.ty().slots.mp_subscript.is_some();
        Arguments {
            single: Some(object),
            items: &[],
            next: 0,
            mapping: (subscriptable && !is_str(object)).then_some(object),
        }
    }

    /// A single argument, not spread.
    pub fn one(object: &'a Object) -> Arguments<'a> {
        Arguments {
            single: Some(object),
            items: &[],
            next: 0,
            mapping: None,
        }
    }

    /// Leaves no argument for conversions without a key.
    pub fn exhaust(&mut self) {
        self.next = usize::MAX / 2;
    }

    /// The next argument.
    pub fn take(&mut self) -> PyResult<&'a Object> {
        let found = match self.single {
            Some(object) if self.next == 0 => Some(object),
            Some(_) => None,
            None => self.items.get(self.next).map(|item| &**item),
        };
        self.next += 1;
        found.ok_or_else(|| type_error("not enough arguments for format string"))
    }

    /// Whether all arguments were taken.
    pub fn is_empty(&self) -> bool {
        self.next >= self.single.map_or(self.items.len(), |_| 1)
    }
}

/// One conversion: `%[(key)][flags][width][.precision][length]letter`.
#[derive(Default, Clone, Copy)]
pub struct Conversion {
    pub left: bool,
    pub plus: bool,
    pub blank: bool,
    pub alternate: bool,
    pub zero: bool,
    pub width: usize,
    pub precision: Option<usize>,
    pub letter: u32,
    /// Place behind the letter.
    pub end: usize,
}

/// Reads a format from place `at` on.
pub struct Reader<'a> {
    pub format: Chars<'a>,
    pub at: usize,
    /// What a precision beyond a C int is refused with.
    pub too_precise: &'static str,
}

impl Reader<'_> {
    fn next(&mut self) -> PyResult<u32> {
        let point = self
            .format
            .get(self.at)
            .ok_or_else(|| value_error("incomplete format"))?;
        self.at += 1;
        Ok(point)
    }

    fn peek(&self) -> Option<u32> {
        self.format.get(self.at)
    }

    /// A number of digits, or `*` for an argument; `None` if neither is there.
    fn count(
        &mut self,
        arguments: &mut Arguments<'_>,
        too_big: &str,
        limit: usize,
    ) -> PyResult<Option<isize>> {
        if self.peek() == Some(u32::from(b'*')) {
            self.at += 1;
            let object = arguments.take()?;
            if !int::is_int(object) {
                return Err(type_error("* wants int"));
            }
            return if limit == i32::MAX as usize {
                int::as_i32(object).map(|n| Some(n as isize))
            } else {
                int::as_isize(object).map(Some)
            };
        }
        let mut value = None;
        while let Some(digit) = self.peek().filter(|p| (0x30..0x3A).contains(p)) {
            let next = value.unwrap_or(0usize) * 10 + (digit - 0x30) as usize;
            if next > limit {
                return Err(value_error(too_big));
            }
            value = Some(next);
            self.at += 1;
        }
        Ok(value.map(|v| v as isize))
    }

    /// The key in parentheses, which may nest; the opening one is read already.
    pub fn key(&mut self) -> PyResult<(usize, usize)> {
        let start = self.at;
        let mut depth = 1;
        while depth > 0 {
            let Some(point) = self.peek() else {
                return Err(value_error("incomplete format key"));
            };
            self.at += 1;
            match point {
                0x29 => depth -= 1,
                0x28 => depth += 1,
                _ => {}
            }
        }
        Ok((start, self.at - 1))
    }

    /// A conversion behind its `%` and key; `*` takes arguments.
    pub fn conversion(&mut self, arguments: &mut Arguments<'_>) -> PyResult<Conversion> {
        let mut wanted = Conversion::default();
        let mut point = self.next()?;
        loop {
            match char::from_u32(point) {
                Some('-') => wanted.left = true,
                Some('+') => wanted.plus = true,
                Some(' ') => wanted.blank = true,
                Some('#') => wanted.alternate = true,
                Some('0') => wanted.zero = true,
                _ => break,
            }
            point = self.next()?;
        }
        self.at -= 1;
        if let Some(width) = self.count(arguments, "width too big", isize::MAX as usize / 16)? {
            wanted.left |= width < 0;
            wanted.width = width.unsigned_abs();
        }
        if self.peek() == Some(0x2E) {
            self.at += 1;
            let count = self.count(arguments, self.too_precise, i32::MAX as usize)?;
            wanted.precision = Some(count.unwrap_or(0).max(0) as usize);
        }
        if matches!(self.peek(), Some(0x68 | 0x6C | 0x4C)) {
            self.at += 1;
        }
        wanted.letter = self.next()?;
        wanted.end = self.at;
        Ok(wanted)
    }
}

/// `format % arguments` (`PyUnicode_Format`).
pub fn percent(format: &Object, object: &Object) -> PyResult {
    let whole_format = format;
    let format = cast(format).chars();
    let mut whole = None;
    let mut arguments = Arguments::new(object);
    let held: Rooted = root("value being formatted", crate::none_owned());
    let mut out = Builder::with_capacity(format.len() + 16);
    let mut reader = Reader {
        format,
        at: 0,
        too_precise: "precision too big",
    };
    while reader.at < format.len() {
        let rest = format.slice(reader.at, format.len());
        let literal = crate::with_chars!(rest, s => s
            .iter()
            .position(|c| super::Unit::point(*c) == 0x25)
            .unwrap_or(s.len()));
        if literal > 0 {
            if literal == format.len() {
                whole = Some(Owned::new(whole_format));
            }
            out.push_chars(rest.slice(0, literal));
            reader.at += literal;
            continue;
        }
        reader.at += 1;
        match reader.peek() {
            Some(0x25) => {
                reader.at += 1;
                out.push(0x25);
            }
            Some(0x28) => {
                let Some(mapping) = arguments.mapping else {
                    return Err(type_error("format requires a mapping"));
                };
                reader.at += 1;
                let (start, end) = reader.key()?;
                let key = Str::from_chars(format.slice(start, end))?;
                held.set(crate::ops::mapping::get_item(mapping, &key)?);
                drop(key);
                let mut one = Arguments::one(&held);
                let wanted = reader.conversion(&mut one)?;
                let last = reader.at == format.len();
                whole = one_value(&mut out, one.take()?, &wanted, last)?;
                arguments.exhaust();
            }
            _ => {
                let wanted = reader.conversion(&mut arguments)?;
                let value = arguments.take()?;
                let last = reader.at == format.len();
                whole = one_value(&mut out, value, &wanted, last)?;
            }
        }
    }
    if arguments.mapping.is_none() && !arguments.is_empty() {
        return Err(type_error(
            "not all arguments converted during string formatting",
        ));
    }
    match whole {
        Some(whole) => Ok(whole),
        None => out.finish(),
    }
}

/// No text is wider: there is no memory for it.
const WIDEST: usize = 1 << 40;

/// Appends a value; one that is the whole result, because nothing stands before and (`last`) behind it, is returned itself instead.
fn one_value(
    out: &mut Builder,
    value: &Object,
    wanted: &Conversion,
    last: bool,
) -> PyResult<Option<Owned>> {
    if wanted.width > WIDEST {
        return Err(crate::error::memory_error());
    }
    let shown = match char::from_u32(wanted.letter) {
        Some('s') if value.is_exact(&super::STR) => Owned::new(value),
        Some('s') => text::str(value)?,
        Some('r') => text::repr(value)?,
        Some('a') => text::ascii(value)?,
        _ => return other_value(out, value, wanted).map(|()| None),
    };
    let bare = wanted.width == 0 && wanted.precision.is_none();
    // Ints are written digit by digit.
    let is_int = value.is_exact(&crate::types::int::INT);
    if last && bare && !is_int && out.is_empty() {
        return Ok(Some(shown));
    }
    put_text(out, cast(&shown).chars(), wanted);
    Ok(None)
}

/// Appends a number or a character.
fn other_value(out: &mut Builder, value: &Object, wanted: &Conversion) -> PyResult<()> {
    let letter = wanted.letter;
    match char::from_u32(letter) {
        Some('d' | 'i' | 'u' | 'o' | 'x' | 'X') => {
            if wanted.precision.is_some_and(|p| p > i32::MAX as usize - 3) {
                return Err(overflow_error("precision too large"));
            }
            let (sign, prefix, digits) = int_parts(value, wanted)?;
            put_number(out, sign, prefix, &digits, wanted)
        }
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G') => {
            let shown = float_text(number::as_f64(value)?, letter as u8, wanted);
            let (negative, body) = match shown.strip_prefix('-') {
                Some(body) => (true, body),
                None => (false, &*shown),
            };
            put_number(out, negative, "", body, wanted)
        }
        Some('c') => {
            let point = char_argument(value)?;
            put_text(
                out,
                Chars::Four(&[point]),
                &Conversion {
                    precision: None,
                    ..*wanted
                },
            );
            Ok(())
        }
        _ => Err(unsupported(wanted)),
    }
}

#[cold]
fn unsupported(wanted: &Conversion) -> Raised {
    let code = wanted.letter;
    let shown = char::from_u32(code)
        .filter(|_| (31..126).contains(&code))
        .unwrap_or('?');
    value_error(format!(
        "unsupported format character '{shown}' (0x{code:x}) at index {}",
        wanted.end - 1
    ))
}

/// A double's text as `%e`, `%f` or `%g` shows it, sign first.
pub fn float_letter_text(
    value: f64,
    letter: u8,
    precision: Option<usize>,
    alternate: bool,
) -> String {
    let options = float::repr::Options {
        alternate,
        add_dot: false,
        upper: letter.is_ascii_uppercase(),
    };
    let code = letter.to_ascii_lowercase();
    float::repr::to_text(value, code, precision.unwrap_or(6), options)
}

fn float_text(value: f64, letter: u8, wanted: &Conversion) -> String {
    float_letter_text(value, letter, wanted.precision, wanted.alternate)
}

/// Pads and appends a text.
fn put_text(out: &mut Builder, chars: Chars<'_>, wanted: &Conversion) {
    let len = wanted.precision.map_or(chars.len(), |p| p.min(chars.len()));
    let pad = wanted.width.saturating_sub(len);
    if !wanted.left {
        out.push_repeated(0x20, pad);
    }
    out.push_chars(chars.slice(0, len));
    if wanted.left {
        out.push_repeated(0x20, pad);
    }
}

impl Conversion {
    /// Hands out a number's padded parts in order: how often a padding byte comes, which, and the text after it.
    pub fn number(
        &self,
        negative: bool,
        prefix: &str,
        body: &str,
        put: &mut dyn FnMut(usize, u8, &str),
    ) {
        let sign = if negative {
            "-"
        } else if self.plus {
            "+"
        } else if self.blank {
            " "
        } else {
            ""
        };
        let pad = self
            .width
            .saturating_sub(sign.len() + prefix.len() + body.len());
        let (before, zeros, after) = match (self.left, self.zero) {
            (true, _) => (0, 0, pad),
            (false, true) => (0, pad, 0),
            _ => (pad, 0, 0),
        };
        put(before, b' ', sign);
        put(0, b' ', prefix);
        put(zeros, b'0', body);
        put(after, b' ', "");
    }
}

/// Pads and appends a number's parts.
fn put_number(
    out: &mut Builder,
    negative: bool,
    prefix: &str,
    body: &str,
    wanted: &Conversion,
) -> PyResult<()> {
    wanted.number(negative, prefix, body, &mut |count, byte, part| {
        out.push_repeated(u32::from(byte), count);
        out.push_str(part);
    });
    Ok(())
}

/// Sign, prefix and digits of an integer conversion.
pub fn int_parts(value: &Object, wanted: &Conversion) -> PyResult<(bool, &'static str, String)> {
    let letter = wanted.letter as u8;
    let held;
    let value = if int::is_int(value) {
        value
    } else {
        held = to_int(value, letter)?;
        &held
    };
    int_digits(value, letter, wanted.precision, wanted.alternate)
}

/// The same for an int: letter, least number of digits, whether a prefix is wanted.
pub fn int_digits(
    value: &Object,
    letter: u8,
    precision: Option<usize>,
    alternate: bool,
) -> PyResult<(bool, &'static str, String)> {
    let int = int::cast(value);
    let (base, prefix) = match letter {
        b'o' => (8, "0o"),
        b'x' => (16, "0x"),
        b'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = int::text::magnitude_in_base(int, base)?;
    if letter == b'X' {
        digits.make_ascii_uppercase();
    }
    if let Some(precision) = precision {
        if precision > i32::MAX as usize - 3 {
            return Err(overflow_error("precision too large"));
        }
        let zeros = precision.saturating_sub(digits.len());
        digits.insert_str(0, &"0".repeat(zeros));
    }
    let prefix = if alternate { prefix } else { "" };
    Ok((int.is_negative(), prefix, digits))
}

/// An argument of `%d` or `%x` that is no int.
pub fn to_int(value: &Object, letter: u8) -> PyResult {
    let exact = matches!(letter, b'o' | b'x' | b'X');
    if number::is_number(value) {
        let made = if exact {
            number::index(value)
        } else {
            number::to_int(value)
        };
        match made {
            Ok(made) => return Ok(made),
            Err(raised) if !crate::error::matches(&TYPE_ERROR) => return Err(raised),
            Err(_) => crate::error::clear(),
        }
    }
    let wants = if exact { "an integer" } else { "a real number" };
    Err(type_error(format!(
        "%{} format: {wants} is required, not {}",
        char::from(letter),
        value.ty().full_name()
    )))
}

fn char_argument(value: &Object) -> PyResult<u32> {
    if is_str(value) {
        let text = cast(value);
        if text.len() == 1 {
            return Ok(text.char_at(0));
        }
        return Err(type_error(format!(
            "%c requires an int or a unicode character, not a string of length {}",
            text.len()
        )));
    }
    if !int::is_int(value) && !number::is_index(value) {
        return Err(type_error(format!(
            "%c requires an int or a unicode character, not {}",
            value.ty().full_name()
        )));
    }
    let value = number::index(value)?;
    int::as_i64(&value)
        .and_then(|v| u32::try_from(v).ok())
        .filter(|v| *v <= 0x10_FFFF)
        .ok_or_else(|| overflow_error("%c arg not in range(0x110000)"))
}

/// `repr` of a text as Rust's own, for messages.
pub fn repr_lossy(text: &Str) -> String {
    let mut out = Builder::new();
    slots::push_repr(&mut out, text);
    match out.finish() {
        Ok(object) => cast(&object).lossy().into_owned(),
        Err(_) => String::new(),
    }
}
