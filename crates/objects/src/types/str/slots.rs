//! The slots of `str`: comparison, repr, concatenation, repetition, subscripts.

use std::cmp::Ordering;

use crate::error::{index_error, memory_error, type_error};
use crate::object::Object;
use crate::ops::{number, sequence};
use crate::refs::{Owned, PyResult};
use crate::typeobject::CompareOp;
use crate::types::bool::bool_owned;
use crate::types::int::arith::holds;
use crate::types::none::not_implemented;
use crate::types::slicing;

use super::{
    Builder, Chars, STR, Str, allocate, cast, copy_into, empty, exact, is_str, search, unicode,
};

pub fn hash(this: &Object) -> PyResult<isize> {
    Ok(cast(this).hash())
}

pub fn str(this: &Object) -> PyResult {
    exact(this)
}

/// Orders by code points.
pub fn compare(a: &Str, b: &Str) -> Ordering {
    match (a.chars(), b.chars()) {
        (Chars::One(a), Chars::One(b)) => a.cmp(b),
        (Chars::Two(a), Chars::Two(b)) => a.cmp(b),
        (Chars::Four(a), Chars::Four(b)) => a.cmp(b),
        (a, b) => a.points().cmp(b.points()),
    }
}

pub fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !is_str(a) || !is_str(b) {
        return Ok(not_implemented());
    }
    let (a, b) = (cast(a), cast(b));
    Ok(bool_owned(match op {
        CompareOp::Eq => a.equals(b),
        CompareOp::Ne => !a.equals(b),
        _ => holds(compare(a, b), op),
    }))
}

pub fn len(this: &Object) -> PyResult<usize> {
    Ok(cast(this).len())
}

pub fn concat(a: &Object, b: &Object) -> PyResult {
    if !is_str(b) {
        return Err(type_error(format!(
            "can only concatenate str (not \"{}\") to str",
            b.ty().full_name()
        )));
    }
    super::try_concat(cast(a), cast(b))
}

/// `left + right` where the caller's reference to `left` may be the only one: then it grows in place (`PyUnicode_Append`).
pub fn append(left: Owned, right: &Object) -> PyResult {
    if !is_str(right) {
        return concat(&left, right);
    }
    let (a, b) = (cast(&left), cast(right));
    let fits = left.is_unique()
        && left.is_exact(&STR)
        && a.hash.get() == -1
        && !a.is_interned()
        && !a.is_empty()
        && !std::ptr::eq(a, b)
        && b.max_point() <= a.max_point();
    if !fits {
        return concat(&left, right);
    }
    if b.is_empty() {
        return Ok(left);
    }
    let (kind, old, added) = (a.kind(), a.len(), b.len());
    let header = if a.is_ascii() {
        super::ASCII_HEADER
    } else {
        super::COMPACT_HEADER
    };
    let bytes = (old + added + 1)
        .checked_mul(kind)
        .and_then(|n| n.checked_add(header))
        .filter(|n| *n < isize::MAX as usize)
        .ok_or_else(memory_error)?;
    // SAFETY: the only reference is ours; the object is compact, so its characters lie in it.
    unsafe {
        let moved = crate::alloc::resize_object(left.as_ptr(), header + (old + 1) * kind, bytes);
        if moved.is_null() {
            return Err(memory_error());
        }
        std::mem::forget(left);
        let owned = Owned::from_raw(moved);
        let this = cast(&owned);
        this.length.set((old + added) as isize);
        copy_into(b, this, old);
        super::end(this.data().add((old + added) * kind), kind);
        Ok(owned)
    }
}

pub fn repeat(this: &Object, count: isize) -> PyResult {
    let text = cast(this);
    if count <= 0 || text.is_empty() {
        return Ok(empty());
    }
    if count == 1 {
        return exact(this);
    }
    let (len, count) = (text.len(), count as usize);
    let total = len
        .checked_mul(count)
        .filter(|n| *n < isize::MAX as usize)
        .ok_or_else(memory_error)?;
    let object = allocate(total, text.max_point())?;
    let target = cast(&object);
    let size = len * target.kind();
    // SAFETY: fresh, with room for `count` copies; each step doubles what is there.
    unsafe {
        copy_into(text, target, 0);
        let (data, whole) = (target.data(), size * count);
        let mut done = size;
        while done < whole {
            let step = done.min(whole - done);
            std::ptr::copy_nonoverlapping(data, data.add(done), step);
            done += step;
        }
    }
    Ok(object)
}

pub fn item(this: &Object, index: isize) -> PyResult {
    let text = cast(this);
    match usize::try_from(index).ok().filter(|i| *i < text.len()) {
        Some(index) => Ok(Str::from_point(text.char_at(index))),
        None => Err(index_error("string index out of range")),
    }
}

pub fn subscript(this: &Object, key: &Object) -> PyResult {
    let text = cast(this);
    if number::is_index(key) {
        return item(this, sequence::position(key, || text.len())?);
    }
    if !slicing::is_slice(key) {
        return Err(type_error(format!(
            "string indices must be integers, not '{}'",
            key.ty().full_name()
        )));
    }
    let part = slicing::resolve(key, text.len())?;
    if part.count == 0 {
        return Ok(empty());
    }
    if part.step == 1 {
        return substring(this, part.start, part.start + part.count);
    }
    let mut out = Builder::with_capacity(part.count);
    part.places().for_each(|at| out.push(text.char_at(at)));
    out.finish()
}

/// Characters `start..end`; the object itself if these are all (and it is an exact str).
pub fn substring(this: &Object, start: usize, end: usize) -> PyResult {
    let text = cast(this);
    if start == 0 && end == text.len() {
        return exact(this);
    }
    Str::from_chars(text.chars().slice(start, end))
}

pub fn contains(this: &Object, part: &Object) -> PyResult<bool> {
    if !is_str(part) {
        return Err(type_error(format!(
            "'in <string>' requires string as left operand, not {}",
            part.ty().full_name()
        )));
    }
    Ok(search::find(cast(this).chars(), cast(part).chars()).is_some())
}

/// `repr`: in single quotes, or double ones if that saves escapes.
pub fn repr(this: &Object) -> PyResult {
    let text = cast(this);
    let mut out = Builder::with_capacity(text.len() + 2);
    push_repr(&mut out, text);
    out.finish()
}

/// Appends the repr of a text.
pub fn push_repr(out: &mut Builder, text: &Str) {
    let (mut single, mut double) = (false, false);
    for point in text.chars().points() {
        single |= point == 0x27;
        double |= point == 0x22;
    }
    let quote = if single && !double { 0x22 } else { 0x27 };
    out.push(quote);
    for point in text.chars().points() {
        match point {
            0x09 => out.push_str("\\t"),
            0x0A => out.push_str("\\n"),
            0x0D => out.push_str("\\r"),
            0x5C => out.push_str("\\\\"),
            p if p == quote => {
                out.push(0x5C);
                out.push(p);
            }
            0x20..0x7F => out.push(point),
            p if p >= 0x7F && unicode::is_printable(p) => out.push(p),
            p => push_escape(out, p),
        }
    }
    out.push(quote);
}

/// Appends `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
pub fn push_escape(out: &mut Builder, point: u32) {
    out.push_str(&match point {
        0..0x100 => format!("\\x{point:02x}"),
        0x100..0x1_0000 => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    });
}

/// `ascii()` of a str that `repr()` made: what is not ASCII is escaped.
pub fn escape_non_ascii(shown: &Object) -> PyResult {
    let text = cast(shown);
    if text.is_ascii() {
        return exact(shown);
    }
    let mut out = Builder::with_capacity(text.len());
    for point in text.chars().points() {
        if point < 128 {
            out.push(point);
        } else {
            push_escape(&mut out, point);
        }
    }
    out.finish()
}
