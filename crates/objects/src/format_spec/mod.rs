//! The format-specification language of `format()` and f-strings, for the built-in types (Python/formatter_unicode.c).

use crate::error::{overflow_error, type_error, value_error};
use crate::object::Object;
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::types::str::{self, Str};
use crate::types::{bool, float, int};

mod number;
mod spec;

pub use number::{Number, group_digits};
pub use spec::{Grouping, Spec};

/// Writes padding and parts: `lpad` fills, head, `spad` fills, body, `rpad` fills.
fn assemble(fill: u32, lpad: usize, head: &str, spad: usize, body: &str, rpad: usize) -> PyResult {
    let total = lpad
        .checked_add(spad)
        .and_then(|n| n.checked_add(rpad))
        .and_then(|n| n.checked_add(head.len() + body.len()))
        .filter(|n| *n < isize::MAX as usize / 8)
        .ok_or_else(|| value_error("format string too long"))?;
    if fill < 128 && head.is_ascii() && body.is_ascii() {
        let mut out = Vec::new();
        out.try_reserve_exact(total)
            .map_err(|_| crate::error::memory_error())?;
        let fill = fill as u8;
        out.resize(lpad, fill);
        out.extend_from_slice(head.as_bytes());
        out.resize(out.len() + spad, fill);
        out.extend_from_slice(body.as_bytes());
        out.resize(out.len() + rpad, fill);
        return Ok(Str::from_ascii(&out));
    }
    let pad = |count| std::iter::repeat_n(fill, count);
    let mut out: Vec<u32> = Vec::new();
    out.try_reserve_exact(total)
        .map_err(|_| crate::error::memory_error())?;
    out.extend(pad(lpad));
    out.extend(head.chars().map(u32::from));
    out.extend(pad(spad));
    out.extend(body.chars().map(u32::from));
    out.extend(pad(rpad));
    Ok(Str::from_code_points(&out))
}

/// Left and right padding of something `len` wide.
fn padding(spec: &Spec, len: usize) -> (usize, usize) {
    let rest = spec.width.unwrap_or(0).saturating_sub(len);
    match spec.align {
        b'>' => (rest, 0),
        b'^' => (rest / 2, rest - rest / 2),
        _ => (0, rest),
    }
}

#[cold]
fn unknown_code(code: u32, object: &Object) -> Raised {
    let ty = object.ty().full_name();
    match char::from_u32(code).filter(|c| (' '..'\u{80}').contains(c) && *c != ' ') {
        Some(c) => value_error(format!(
            "Unknown format code '{c}' for object of type '{ty}'"
        )),
        None => value_error(format!(
            "Unknown format code '\\x{code:x}' for object of type '{ty}'"
        )),
    }
}

/// `str.__format__`.
pub fn format_str(object: &Object, spec: &Str) -> PyResult {
    if spec.is_empty() {
        return crate::ops::text::str(object);
    }
    let parsed = Spec::parse(object, spec, u32::from(b's'), b'<')?;
    if parsed.code != u32::from(b's') {
        return Err(unknown_code(parsed.code, object));
    }
    let refuse = |what: &str| {
        Err(value_error(format!(
            "{what} not allowed in string format specifier"
        )))
    };
    match parsed.sign {
        0 => {}
        b' ' => return refuse("Space"),
        _ => return refuse("Sign"),
    }
    if parsed.no_negative_zero {
        return refuse("Negative zero coercion (z)");
    }
    if parsed.alternate {
        return refuse("Alternate form (#)");
    }
    if parsed.align == b'=' {
        return refuse("'=' alignment");
    }
    let text = str::cast(object);
    let len = parsed
        .precision
        .map_or(text.len(), |most| most.min(text.len()));
    let (lpad, rpad) = padding(&parsed, len);
    if lpad == 0 && rpad == 0 {
        return if len == text.len() {
            str::exact(object)
        } else {
            Str::from_chars(text.chars().slice(0, len))
        };
    }
    let total = len
        .checked_add(lpad + rpad)
        .ok_or_else(crate::error::memory_error)?;
    let part = text.chars().slice(0, len);
    let widest = crate::with_chars!(part, s => str::max_point(s)).max(parsed.fill);
    let object = str::allocate(total, widest)?;
    let target = str::cast(&object);
    // SAFETY: fresh, wide enough for text and fill, with room for all.
    unsafe {
        str::fill_points(target, 0, lpad, parsed.fill);
        crate::with_chars!(part, s => str::copy_units(s, target, lpad));
        str::fill_points(target, lpad + len, rpad, parsed.fill);
    }
    Ok(object)
}

/// `int.__format__`.
pub fn format_int(object: &Object, spec: &Str) -> PyResult {
    if spec.is_empty() {
        return if object.is_exact(&int::INT) {
            int::text::repr(object)
        } else {
            crate::ops::text::str(object)
        };
    }
    let parsed = Spec::parse(object, spec, u32::from(b'd'), b'>')?;
    match char::from_u32(parsed.code) {
        Some('b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') => int_parts(object, &parsed),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            let value = int::to_f64(int::cast(object))
                .ok_or_else(|| overflow_error("int too large to convert to float"))?;
            float_parts(value, &parsed)
        }
        _ => Err(unknown_code(parsed.code, object)),
    }
}

fn int_parts(object: &Object, spec: &Spec) -> PyResult {
    if spec.precision.is_some() {
        return Err(value_error(
            "Precision not allowed in integer format specifier",
        ));
    }
    if spec.no_negative_zero {
        return Err(value_error(
            "Negative zero coercion (z) not allowed in integer format specifier",
        ));
    }
    let value = int::cast(object);
    let code = spec.code as u8;
    if code == b'c' {
        return int_as_char(object, spec);
    }
    let (base, prefix) = match code {
        b'b' => (2, "0b"),
        b'o' => (8, "0o"),
        b'x' => (16, "0x"),
        b'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = int::text::magnitude_in_base(value, base)?;
    if code == b'X' {
        digits.make_ascii_uppercase();
    }
    if spec.leaves_digits_alone() && !value.is_negative() && !spec.alternate {
        let (lpad, rpad) = padding(spec, digits.len());
        return assemble(spec.fill, lpad, "", 0, &digits, rpad);
    }
    Number {
        negative: value.is_negative(),
        prefix: if spec.alternate { prefix } else { "" },
        whole: &digits,
        point: false,
        fraction: "",
        rest: "",
    }
    .finish(spec)
}

fn int_as_char(object: &Object, spec: &Spec) -> PyResult {
    let refuse = |what: &str| {
        Err(value_error(format!(
            "{what} not allowed with integer format specifier 'c'"
        )))
    };
    if spec.sign != 0 {
        return refuse("Sign");
    }
    if spec.alternate {
        return refuse("Alternate form (#)");
    }
    let point = int::as_long(object)?;
    let point = u32::try_from(point)
        .ok()
        .filter(|p| *p <= 0x10_FFFF)
        .ok_or_else(|| overflow_error("%c arg not in range(0x110000)"))?;
    let (lpad, rpad) = match spec.align {
        b'=' => (spec.width.unwrap_or(0).saturating_sub(1), 0),
        _ => padding(spec, 1),
    };
    let total = lpad + rpad + 1;
    if total > isize::MAX as usize / 8 {
        return Err(crate::error::memory_error());
    }
    let points = std::iter::repeat_n(spec.fill, lpad)
        .chain([point])
        .chain(std::iter::repeat_n(spec.fill, rpad));
    let max = if total > 1 {
        point.max(spec.fill)
    } else {
        point
    };
    str::build(total, max, points)
}

/// `float.__format__`.
pub fn format_float(object: &Object, spec: &Str) -> PyResult {
    if spec.is_empty() {
        return if object.is_exact(&float::FLOAT) {
            float::methods::repr(object)
        } else {
            crate::ops::text::str(object)
        };
    }
    let parsed = Spec::parse(object, spec, 0, b'>')?;
    match char::from_u32(parsed.code) {
        Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') => {
            float_parts(float::value(object), &parsed)
        }
        _ => Err(unknown_code(parsed.code, object)),
    }
}

/// Text of a double by a spec's letter, precision and flags; `code` 0 is `r` with a dot.
fn float_text(value: f64, spec: &Spec, add_dot: bool, default: usize) -> PyResult<String> {
    let letter = spec.code as u8;
    let mut code = letter.to_ascii_lowercase();
    let mut precision = default;
    if code == 0 {
        code = b'r';
    } else if code == b'n' {
        code = b'g';
    } else if code == b'%' {
        code = b'f';
    }
    if let Some(given) = spec.precision {
        if given > i32::MAX as usize {
            return Err(value_error("precision too big"));
        }
        precision = given;
        if code == b'r' {
            code = b'g';
        }
    }
    let options = float::repr::Options {
        alternate: spec.alternate,
        add_dot,
        upper: letter.is_ascii_uppercase(),
    };
    let mut text = float::repr::to_text(value, code, precision, options);
    if spec.no_negative_zero && is_negative_zero(&text) {
        text.remove(0);
    }
    Ok(text)
}

/// Whether a number's text is a zero with a minus sign.
fn is_negative_zero(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|size| {
        let mantissa = size.split(['e', 'E']).next().unwrap_or(size);
        mantissa.bytes().all(|b| matches!(b, b'0' | b'.'))
    })
}

fn float_parts(value: f64, spec: &Spec) -> PyResult {
    let plain = spec.code == 0;
    let percent = spec.code == u32::from(b'%');
    let value = if percent { value * 100.0 } else { value };
    let mut text = float_text(value, spec, plain, if plain { 0 } else { 6 })?;
    if percent {
        text.push('%');
    }
    if spec.leaves_digits_alone() {
        let (lpad, rpad) = padding(spec, text.len());
        if lpad == 0 && rpad == 0 {
            return Ok(Str::from_ascii(text.as_bytes()));
        }
        return assemble(spec.fill, lpad, "", 0, &text, rpad);
    }
    Number::split(&text).finish(spec)
}

/// `complex.__format__`.
pub fn format_complex(object: &Object, spec: &Str) -> PyResult {
    if spec.is_empty() {
        return crate::ops::text::str(object);
    }
    let parsed = Spec::parse(object, spec, 0, b'>')?;
    match char::from_u32(parsed.code) {
        Some('\0' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n') => {}
        _ => return Err(unknown_code(parsed.code, object)),
    }
    if parsed.fill == u32::from(b'0') {
        return Err(value_error(
            "Zero padding is not allowed in complex format specifier",
        ));
    }
    if parsed.align == b'=' {
        return Err(value_error(
            "'=' alignment flag is not allowed in complex format specifier",
        ));
    }
    let (re, im) = crate::types::complex::value(object);
    let plain = parsed.code == 0;
    let skip_re = plain && re == 0.0 && re.is_sign_positive();
    let part_spec = Spec {
        width: None,
        fill: u32::from(b' '),
        align: b'<',
        ..parsed
    };
    let default = if plain { 0 } else { 6 };
    let re_text = float_text(re, &parsed, false, default)?;
    let im_text = float_text(im, &parsed, false, default)?;
    let mut body = String::new();
    if !skip_re {
        body.push_str(&Number::split(&re_text).text(&part_spec));
    }
    let im_spec = Spec {
        sign: if skip_re { part_spec.sign } else { b'+' },
        ..part_spec
    };
    body.push_str(&Number::split(&im_text).text(&im_spec));
    body.push('j');
    if plain && !skip_re {
        body = format!("({body})");
    }
    let (lpad, rpad) = padding(&parsed, body.len());
    assemble(parsed.fill, lpad, "", 0, &body, rpad)
}

/// `format(object, spec)`; `spec` is a str or absent (`PyObject_Format`).
pub fn format_object(object: &Object, spec: Option<&Object>) -> PyResult {
    let spec = match spec {
        None => str::empty_ref(),
        Some(spec) if !str::is_str(spec) => {
            return Err(crate::error::system_error(format!(
                "Format specifier must be a string, not {}",
                spec.ty().full_name()
            )));
        }
        Some(spec) => spec,
    };
    if str::cast(spec).is_empty() {
        if object.is_exact(&str::STR) {
            return Ok(Owned::new(object));
        }
        if object.is_exact(&int::INT) {
            return int::text::repr(object);
        }
    }
    // The built-in types' `__format__` cannot be replaced: no look-up is needed.
    if object.is_exact(&float::FLOAT) {
        return format_float(object, str::cast(spec));
    }
    if object.is_exact(&int::INT) || object.is_exact(&bool::BOOL) {
        return format_int(object, str::cast(spec));
    }
    if object.is_exact(&str::STR) {
        return format_str(object, str::cast(spec));
    }
    let Some(method) = crate::ops::attribute::lookup_special(object, &crate::names().__format__)?
    else {
        return Err(type_error(format!(
            "Type {} doesn't define __format__",
            object.ty().full_name()
        )));
    };
    let method = crate::root("the __format__ method being called", method);
    let result = crate::ops::call::call(&method, &[Word::borrowed(spec)], None)?;
    if !str::is_str(&result) {
        return Err(type_error(format!(
            "__format__ must return a str, not {}",
            result.ty().full_name()
        )));
    }
    Ok(result)
}
