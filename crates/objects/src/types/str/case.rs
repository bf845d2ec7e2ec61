//! Changes of case, by Unicode's full mappings.

use crate::object::Object;
use crate::refs::PyResult;

use super::unicode::{self, Case};
use super::{Chars, Str, ascii_filled, cast, empty, unshared};

const SIGMA: u32 = 0x3A3;

/// Maps an ASCII text byte by byte.
fn ascii(this: &Object, map: impl Fn(&[u8]) -> Vec<u8>) -> Option<PyResult> {
    if cast(this).is_empty() {
        return Some(Ok(empty()));
    }
    cast(this)
        .as_ascii()
        .map(|text| ascii_filled(&map(text.as_bytes())))
}

fn whole(this: &Object, case: Case) -> PyResult {
    let chars = cast(this).chars();
    let mut out = Vec::with_capacity(chars.len() + 8);
    for (at, point) in chars.points().enumerate() {
        push(&mut out, chars, at, point, case);
    }
    unshared(Ok(Str::from_code_points(&out)))
}

/// Appends a mapped character; a capital sigma in lower case depends on its place.
fn push(out: &mut Vec<u32>, chars: Chars<'_>, at: usize, point: u32, case: Case) {
    if point == SIGMA && case == Case::Lower {
        out.push(if is_final(chars, at) { 0x3C2 } else { 0x3C3 });
    } else {
        unicode::push_case(out, point, case);
    }
}

/// Whether the sigma at `at` ends a word: a cased letter before it, none behind it, ignorable characters passed over.
fn is_final(chars: Chars<'_>, at: usize) -> bool {
    let cased = |mut points: super::Points<'_>, back: bool| {
        loop {
            let next = if back {
                points.next_back()
            } else {
                points.next()
            };
            match next {
                Some(point) if unicode::is_case_ignorable(point) => {}
                Some(point) => return unicode::is_cased(point),
                None => return false,
            }
        }
    };
    cased(chars.slice(0, at).points(), true)
        && !cased(chars.slice(at + 1, chars.len()).points(), false)
}

pub fn upper(this: &Object) -> PyResult {
    ascii(this, <[u8]>::to_ascii_uppercase).unwrap_or_else(|| whole(this, Case::Upper))
}

pub fn lower(this: &Object) -> PyResult {
    ascii(this, <[u8]>::to_ascii_lowercase).unwrap_or_else(|| whole(this, Case::Lower))
}

pub fn casefold(this: &Object) -> PyResult {
    ascii(this, <[u8]>::to_ascii_lowercase).unwrap_or_else(|| whole(this, Case::Fold))
}

pub fn swapcase(this: &Object) -> PyResult {
    let chars = cast(this).chars();
    let mut out = Vec::with_capacity(chars.len() + 8);
    for (at, point) in chars.points().enumerate() {
        if unicode::is_upper(point) {
            push(&mut out, chars, at, point, Case::Lower);
        } else if unicode::is_lower(point) {
            push(&mut out, chars, at, point, Case::Upper);
        } else {
            out.push(point);
        }
    }
    unshared(Ok(Str::from_code_points(&out)))
}

pub fn capitalize(this: &Object) -> PyResult {
    let chars = cast(this).chars();
    let mut out = Vec::with_capacity(chars.len() + 8);
    for (at, point) in chars.points().enumerate() {
        let case = if at == 0 { Case::Title } else { Case::Lower };
        push(&mut out, chars, at, point, case);
    }
    unshared(Ok(Str::from_code_points(&out)))
}

pub fn title(this: &Object) -> PyResult {
    let chars = cast(this).chars();
    let mut out = Vec::with_capacity(chars.len() + 8);
    let mut after_cased = false;
    for (at, point) in chars.points().enumerate() {
        let case = if after_cased {
            Case::Lower
        } else {
            Case::Title
        };
        push(&mut out, chars, at, point, case);
        after_cased = unicode::is_cased(point);
    }
    unshared(Ok(Str::from_code_points(&out)))
}
