//! Making and showing complex numbers.

use crate::args::{Signature, tuple_item, tuple_len};
use crate::error::{type_error, value_error};
use crate::object::Object;
use crate::ops::{attribute, number};
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::Type;
use crate::types::float::{self, repr::Options, repr::to_text};
use crate::types::str::{self, Str};
use crate::types::{dict, int, tuple};

use super::{COMPLEX, Complex, Parts, from_parts, is_complex, value};

pub fn real(this: &Object) -> PyResult {
    Ok(float::from_f64(value(this).0))
}

pub fn imag(this: &Object) -> PyResult {
    Ok(float::from_f64(value(this).1))
}

pub fn getnewargs(this: &Object) -> PyResult {
    Ok(tuple::from_owned(vec![real(this)?, imag(this)?]))
}

pub fn format(this: &Object, spec: &Object) -> PyResult {
    if !str::is_str(spec) {
        return Err(int::methods::bad_spec(spec));
    }
    crate::format_spec::format_complex(this, str::cast(spec))
}

/// The text of a complex number.
pub fn repr_text((re, im): Parts) -> String {
    let show = |x: f64| to_text(x, b'r', 0, Options::default());
    if re == 0.0 && re.is_sign_positive() {
        return format!("{}j", show(im));
    }
    let im = show(im);
    let sign = if im.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{im}j)", show(re))
}

pub fn repr(this: &Object) -> PyResult {
    Ok(Str::from_ascii(repr_text(value(this)).as_bytes()))
}

/// `__complex__` of an object whose type has one.
fn special(object: &Object) -> PyResult<Option<Parts>> {
    let Some(method) = attribute::lookup_special(object, &crate::names().__complex__)? else {
        return Ok(None);
    };
    let method = crate::state::root("__complex__", method);
    let result = crate::ops::call::call(&method, &[], None)?;
    let other = result.ty().full_name();
    if !is_complex(&result) {
        return Err(type_error(format!(
            "__complex__ returned non-complex (type {other})"
        )));
    }
    if !result.is_exact(&COMPLEX) {
        crate::error::warn(
            "DeprecationWarning",
            &format!(
                "{}.__complex__() must return a complex, not {other}.  The ability to return an instance of a strict subclass of \
                 complex is deprecated, and may not be supported in a future version of Python.",
                object.ty().full_name()
            ),
            1,
        )?;
    }
    Ok(Some(value(&result)))
}

/// The complex value of any number (`PyComplex_AsCComplex`).
pub fn as_parts(object: &Object) -> PyResult<Parts> {
    if is_complex(object) {
        return Ok(value(object));
    }
    match special(object)? {
        Some(parts) => Ok(parts),
        None => Ok((number::as_f64(object)?, 0.0)),
    }
}

pub fn from_number(class: &Object, object: &Object) -> PyResult {
    if object.is_exact(&COMPLEX) && class.is(COMPLEX.as_object()) {
        return Ok(Owned::new(object));
    }
    let (re, im) = as_parts(object)?;
    let made = from_parts(re, im);
    if class.is(COMPLEX.as_object()) {
        return Ok(made);
    }
    crate::ops::call::call(class, &[Word::borrowed(&made)], None)
}

fn is_real(object: &Object) -> bool {
    let slots = &object.ty().slots;
    slots.float.is_some() || slots.index.is_some()
}

fn from_one(x: &Object) -> PyResult<Parts> {
    if str::is_str(x) {
        return from_text(x);
    }
    if let Some(parts) = special(x)? {
        return Ok(parts);
    }
    if is_complex(x) {
        return Ok(value(x));
    }
    if is_real(x) {
        return Ok((float::value(&*number::to_float(x)?), 0.0));
    }
    Err(type_error(format!(
        "complex() argument must be a string or a number, not {}",
        x.ty().full_name()
    )))
}

/// One of two parts: a real, or (deprecated) a complex number.
fn part(name: &str, object: Option<&Object>) -> PyResult<Option<Parts>> {
    let Some(object) = object else {
        return Ok(None);
    };
    if is_complex(object) {
        deprecated(name, object)?;
        return Ok(Some(value(object)));
    }
    Ok(Some((float::value(&*number::to_float(object)?), 0.0)))
}

/// TypeError for a part that is no number.
fn check_part(name: &str, object: Option<&Object>) -> PyResult<()> {
    match object.filter(|o| !is_complex(o) && !is_real(o)) {
        Some(object) => Err(type_error(not_real(name, object))),
        None => Ok(()),
    }
}

fn not_real(name: &str, object: &Object) -> String {
    format!(
        "complex() argument '{name}' must be a real number, not {}",
        object.ty().full_name()
    )
}

/// Warns of a part that is complex itself.
fn deprecated(name: &str, object: &Object) -> PyResult<()> {
    crate::error::warn("DeprecationWarning", &not_real(name, object), 1)
}

/// The imaginary part of a real first argument is left out, so that a negative zero keeps its sign.
fn from_two(re: Option<&Object>, im: Option<&Object>) -> PyResult<Parts> {
    let given = im.is_some();
    // `__complex__` counts for the first argument alone.
    let converted = match re.filter(|re| !is_complex(re)) {
        Some(re) => special(re)?,
        None => None,
    };
    // Both must be numbers before either is converted.
    if converted.is_none() {
        check_part("real", re)?;
    }
    check_part("imag", im)?;
    if let (Some(_), Some(re)) = (converted, re.filter(|re| !is_real(re))) {
        deprecated("real", re)?;
    }
    let with_imaginary = converted.is_some() || re.is_some_and(is_complex);
    let re = match converted {
        Some(parts) => parts,
        None => part("real", re)?.unwrap_or((0.0, 0.0)),
    };
    let im_complex = im.is_some_and(is_complex);
    let Some(im) = part("imag", im)? else {
        return Ok(re);
    };
    debug_assert!(given);
    let imaginary = if with_imaginary { im.0 + re.1 } else { im.0 };
    Ok((if im_complex { re.0 - im.1 } else { re.0 }, imaginary))
}

pub fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("complex", &["real", "imag"], 0, 0, 2);
    let keywords = kwargs.map_or(0, dict::len);
    let exact = std::ptr::eq(ty, &COMPLEX);
    let (re, im) = if tuple_len(args) == 1 && keywords == 0 {
        let x = tuple_item(args, 0);
        if exact && x.is_exact(&COMPLEX) {
            return Ok(Owned::new(x));
        }
        from_one(x)?
    } else {
        let [re, im] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
        from_two(re, im)?
    };
    if exact {
        return Ok(from_parts(re, im));
    }
    let object = crate::types::r#type::generic_alloc(ty, 0)?;
    // SAFETY: a fresh instance of a subclass of complex.
    let this = unsafe { &*object.as_ptr().cast::<Complex>() };
    this.real.set(re);
    this.imag.set(im);
    Ok(object)
}

fn from_text(object: &Object) -> PyResult<Parts> {
    let text = int::parse::to_ascii(str::cast(object));
    let text = if text.contains(&b'_') {
        float::parse::without_underscores(&text)
    } else {
        Some(text)
    };
    text.and_then(|text| parse(&text))
        .ok_or_else(|| value_error("complex() arg is a malformed string"))
}

fn trim(text: &[u8]) -> &[u8] {
    let space = |b: &u8| matches!(b, b' ' | 9..=13);
    let start = text.iter().position(|b| !space(b)).unwrap_or(text.len());
    let end = text
        .iter()
        .rposition(|b| !space(b))
        .map_or(start, |i| i + 1);
    &text[start..end]
}

/// How much of the text is a number: sign, digits, exponent, or `inf` and `nan`.
fn number_len(text: &[u8]) -> usize {
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let body = &text[sign..];
    for word in ["infinity", "inf", "nan"] {
        if body.len() >= word.len() && body[..word.len()].eq_ignore_ascii_case(word.as_bytes()) {
            return sign + word.len();
        }
    }
    let digits = |t: &[u8]| t.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(body);
    let mut len = whole;
    if body.get(len) == Some(&b'.') {
        let part = digits(&body[len + 1..]);
        if whole + part == 0 {
            return 0;
        }
        len += 1 + part;
    }
    if len == 0 {
        return 0;
    }
    if let [b'e' | b'E', rest @ ..] = &body[len..] {
        let exponent_sign = usize::from(matches!(rest.first(), Some(b'+' | b'-')));
        let count = digits(&rest[exponent_sign..]);
        if count > 0 {
            len += 1 + exponent_sign + count;
        }
    }
    sign + len
}

/// A number, or a bare sign (or nothing) standing for one before `j`.
fn coefficient(text: &[u8]) -> Option<(f64, usize)> {
    let len = number_len(text);
    if len > 0 {
        return Some((float::parse::plain(&text[..len])?, len));
    }
    match text.first() {
        Some(b'+') => Some((1.0, 1)),
        Some(b'-') => Some((-1.0, 1)),
        Some(b'j' | b'J') => Some((1.0, 0)),
        _ => None,
    }
}

fn parse(text: &[u8]) -> Option<Parts> {
    let text = trim(text);
    let text = match text {
        [b'(', inner @ .., b')'] => trim(inner),
        _ => text,
    };
    let (first, len) = coefficient(text)?;
    let rest = &text[len..];
    match rest {
        [] if number_len(text) > 0 => Some((first, 0.0)),
        [b'j' | b'J'] => Some((0.0, first)),
        [b'+' | b'-', ..] if number_len(text) > 0 => {
            let (second, used) = coefficient(rest)?;
            matches!(&rest[used..], [b'j' | b'J']).then_some((first, second))
        }
        _ => None,
    }
}
