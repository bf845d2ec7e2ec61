//! Questions to all characters of a text: `isalpha`, `islower`, `isidentifier` ...

use crate::object::Object;
use crate::refs::PyResult;
use crate::types::bool::bool_owned;

use super::{Str, cast, unicode};

fn all(this: &Object, test: impl Fn(u32) -> bool) -> PyResult {
    let text = cast(this);
    Ok(bool_owned(
        !text.is_empty() && text.chars().points().all(test),
    ))
}

pub fn isascii(this: &Object) -> PyResult {
    Ok(bool_owned(cast(this).is_ascii()))
}

pub fn isspace(this: &Object) -> PyResult {
    all(this, unicode::is_space)
}

pub fn isdecimal(this: &Object) -> PyResult {
    all(this, unicode::is_decimal)
}

pub fn isdigit(this: &Object) -> PyResult {
    all(this, unicode::is_digit)
}

pub fn isnumeric(this: &Object) -> PyResult {
    all(this, unicode::is_numeric)
}

pub fn isalpha(this: &Object) -> PyResult {
    all(this, unicode::is_alpha)
}

pub fn isalnum(this: &Object) -> PyResult {
    all(this, unicode::is_alnum)
}

pub fn isprintable(this: &Object) -> PyResult {
    let printable = cast(this).chars().points().all(unicode::is_printable);
    Ok(bool_owned(printable))
}

/// Whether the text is an identifier by PEP 3131 (keywords count).
pub fn is_identifier(text: &Str) -> bool {
    let mut points = text.chars().points();
    points.next().is_some_and(unicode::is_id_start) && points.all(unicode::is_id_continue)
}

pub fn isidentifier(this: &Object) -> PyResult {
    Ok(bool_owned(is_identifier(cast(this))))
}

/// Some cased character, and none for which `wrong` holds or that is a title letter.
fn one_case(this: &Object, right: fn(u32) -> bool, wrong: fn(u32) -> bool) -> PyResult {
    let mut cased = false;
    for point in cast(this).chars().points() {
        if wrong(point) || unicode::is_title(point) {
            return Ok(bool_owned(false));
        }
        cased |= right(point);
    }
    Ok(bool_owned(cased))
}

pub fn islower(this: &Object) -> PyResult {
    one_case(this, unicode::is_lower, unicode::is_upper)
}

pub fn isupper(this: &Object) -> PyResult {
    one_case(this, unicode::is_upper, unicode::is_lower)
}

pub fn istitle(this: &Object) -> PyResult {
    let (mut cased, mut after_cased) = (false, false);
    for point in cast(this).chars().points() {
        if unicode::is_upper(point) || unicode::is_title(point) {
            if after_cased {
                return Ok(bool_owned(false));
            }
            (cased, after_cased) = (true, true);
        } else if unicode::is_lower(point) {
            if !after_cased {
                return Ok(bool_owned(false));
            }
            cased = true;
        } else {
            after_cased = false;
        }
    }
    Ok(bool_owned(cased))
}
