//! Beginnings and ends: `startswith`, `strip`, `removeprefix` and their like.

use crate::args::check_positional;
use crate::error::type_error;
use crate::object::Object;
use crate::refs::{PyResult, Word};
use crate::types::bool::bool_owned;
use crate::types::str::methods::range_arguments;
use crate::types::tuple::Tuple;

use super::bytes_like;
use super::methods::{ByteKind, data_of};

fn has_affix(
    this: &Object,
    affix: &Object,
    range: Option<(usize, usize)>,
    at_end: bool,
) -> PyResult<bool> {
    let affix = bytes_like(affix)?;
    let Some(part) = range.and_then(|(start, end)| data_of(this).get(start..end)) else {
        return Ok(false);
    };
    Ok(if at_end {
        part.ends_with(affix.slice())
    } else {
        part.starts_with(affix.slice())
    })
}

fn affix_method(name: &str, this: &Object, args: &[Word], at_end: bool) -> PyResult {
    check_positional(name, args.len(), 1, 3)?;
    let affix = args[0].object();
    let range = range_arguments(&args[1..], data_of(this).len())?;
    if let Some(several) = affix.downcast::<Tuple>() {
        for one in several.items() {
            if has_affix(this, one, range, at_end)? {
                return Ok(bool_owned(true));
            }
        }
        return Ok(bool_owned(false));
    }
    if affix.ty().slots.getbuffer.is_none() {
        return Err(type_error(format!(
            "{name} first arg must be bytes or a tuple of bytes, not {}",
            affix.ty().full_name()
        )));
    }
    has_affix(this, affix, range, at_end).map(bool_owned)
}

pub fn startswith(this: &Object, args: &[Word]) -> PyResult {
    affix_method("startswith", this, args, false)
}

pub fn endswith(this: &Object, args: &[Word]) -> PyResult {
    affix_method("endswith", this, args, true)
}

/// What `isspace` and `split` take for a space.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | 9..=13)
}

fn strip_with<K: ByteKind>(
    name: &str,
    this: &Object,
    args: &[Word],
    left: bool,
    right: bool,
) -> PyResult {
    check_positional(name, args.len(), 0, 1)?;
    let set = match args
        .first()
        .map(|w| w.object())
        .filter(|o| !o.is(crate::none()))
    {
        Some(set) => Some(bytes_like(set)?),
        None => None,
    };
    let cut = |byte: &u8| match &set {
        Some(set) => set.slice().contains(byte),
        None => is_space(*byte),
    };
    let data = data_of(this);
    let mut start = 0;
    let mut end = data.len();
    if left {
        start = data.iter().position(|b| !cut(b)).unwrap_or(end);
    }
    if right {
        let kept = data[start..end].iter().rposition(|b| !cut(b));
        end = kept.map_or(start, |at| start + at + 1);
    }
    part::<K>(this, start, end)
}

/// Bytes `start..end`; the object itself if these are all.
pub fn part<K: ByteKind>(this: &Object, start: usize, end: usize) -> PyResult {
    let data = data_of(this);
    if start == 0 && end == data.len() {
        return K::same(this);
    }
    K::make(&data[start..end])
}

pub fn strip<K: ByteKind>(this: &Object, args: &[Word]) -> PyResult {
    strip_with::<K>("strip", this, args, true, true)
}

pub fn lstrip<K: ByteKind>(this: &Object, args: &[Word]) -> PyResult {
    strip_with::<K>("lstrip", this, args, true, false)
}

pub fn rstrip<K: ByteKind>(this: &Object, args: &[Word]) -> PyResult {
    strip_with::<K>("rstrip", this, args, false, true)
}

pub fn removeprefix<K: ByteKind>(this: &Object, prefix: &Object) -> PyResult {
    let prefix = bytes_like(prefix)?;
    let data = data_of(this);
    let cut = data.starts_with(prefix.slice());
    part::<K>(this, if cut { prefix.len } else { 0 }, data.len())
}

pub fn removesuffix<K: ByteKind>(this: &Object, suffix: &Object) -> PyResult {
    let suffix = bytes_like(suffix)?;
    let data = data_of(this);
    let cut = data.ends_with(suffix.slice());
    part::<K>(this, 0, data.len() - if cut { suffix.len } else { 0 })
}
