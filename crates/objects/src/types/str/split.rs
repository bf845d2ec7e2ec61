//! Taking texts apart and joining them: `split`, `splitlines`, `partition`, `join`.

use crate::args::Signature;
use crate::error::{memory_error, type_error, value_error};
use crate::object::Object;
use crate::refs::{Owned, PyResult, Word};
use crate::types::{int, list, tuple};

use super::slots::substring;
use super::{Chars, STR, Str, allocate, cast, copy_into, empty, exact, is_str, search, unicode};

/// `(sep=None, maxsplit=-1)`: the separator and the largest number of cuts.
fn arguments<'a>(
    signature: &Signature,
    args: &'a [Word],
    kwnames: Option<&'a Object>,
) -> PyResult<(Option<&'a Str>, usize)> {
    let [separator, most] = signature.bind::<2>(args, kwnames)?;
    let most = match most {
        Some(most) => int::as_isize(most)?,
        None => -1,
    };
    let separator = separator.filter(|s| !s.is(crate::none()));
    if let Some(separator) = separator {
        if !is_str(separator) {
            return Err(type_error(format!(
                "must be str or None, not {}",
                separator.ty().full_name()
            )));
        }
        if cast(separator).is_empty() {
            return Err(value_error("empty separator"));
        }
    }
    Ok((
        separator.map(cast),
        usize::try_from(most).unwrap_or(usize::MAX),
    ))
}

/// A list of parts given by their places.
fn parts(this: &Object, places: &[(usize, usize)]) -> PyResult {
    let chars = cast(this).chars();
    let mut items = Vec::with_capacity(places.len());
    if let Some(ascii) = cast(this).as_ascii() {
        for (start, end) in places {
            items.push(if *end - *start == ascii.len() {
                exact(this)?
            } else {
                Str::from_ascii(&ascii.as_bytes()[*start..*end])
            });
        }
        return Ok(list::from_owned(items));
    }
    for (start, end) in places {
        items.push(if *end - *start == chars.len() {
            exact(this)?
        } else {
            Str::from_chars(chars.slice(*start, *end))?
        });
    }
    Ok(list::from_owned(items))
}

pub fn split(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("split", &["sep", "maxsplit"], 0, 0, 2);
    let (separator, most) = arguments(&SIGNATURE, args, kwnames)?;
    split_text(this, separator, most)
}

/// `this.split(separator, most)`.
pub fn split_text(this: &Object, separator: Option<&Str>, most: usize) -> PyResult {
    let chars = cast(this).chars();
    let places = match separator {
        None => crate::with_chars!(chars, s => words(s, most)),
        Some(separator) => {
            let mut places = Vec::new();
            let mut from = 0;
            if let Some(search) = search::Search::new(chars, separator.chars()) {
                for at in search.places().take(most) {
                    places.push((from, at));
                    from = at + separator.len();
                }
            }
            places.push((from, chars.len()));
            places
        }
    };
    parts(this, &places)
}

/// Places of words between spaces; after `most` cuts the rest is one.
fn words<U: super::Unit>(text: &[U], most: usize) -> Vec<(usize, usize)> {
    let space = |c: &U| unicode::is_space(c.point());
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(skip) = text[at..].iter().position(|c| !space(c)) {
        let start = at + skip;
        if places.len() == most {
            places.push((start, text.len()));
            break;
        }
        let len = text[start..]
            .iter()
            .position(space)
            .unwrap_or(text.len() - start);
        places.push((start, start + len));
        at = start + len;
    }
    places
}

pub fn rsplit(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("rsplit", &["sep", "maxsplit"], 0, 0, 2);
    let (separator, most) = arguments(&SIGNATURE, args, kwnames)?;
    let chars = cast(this).chars();
    let mut places = Vec::new();
    let mut end = chars.len();
    match separator {
        None => {
            places = crate::with_chars!(chars, s => words_from_end(s, most));
        }
        Some(separator) => {
            while places.len() < most
                && let Some(at) = search::rfind(chars.slice(0, end), separator.chars())
            {
                places.push((at + separator.len(), end));
                end = at;
            }
            places.push((0, end));
        }
    }
    places.reverse();
    parts(this, &places)
}

fn words_from_end<U: super::Unit>(text: &[U], most: usize) -> Vec<(usize, usize)> {
    let space = |c: &U| unicode::is_space(c.point());
    let mut places = Vec::new();
    let mut end = text.len();
    while let Some(last) = text[..end].iter().rposition(|c| !space(c)) {
        if places.len() == most {
            places.push((0, last + 1));
            break;
        }
        let start = text[..=last].iter().rposition(space).map_or(0, |i| i + 1);
        places.push((start, last + 1));
        end = start;
    }
    places
}

pub fn splitlines(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("splitlines", &["keepends"], 0, 0, 1);
    let [keep] = SIGNATURE.bind::<1>(args, kwnames)?;
    let keep = keep.map_or(Ok(false), crate::ops::compare::is_true)?;
    let places = line_places(cast(this).chars(), keep);
    parts(this, &places)
}

fn line_places(chars: Chars<'_>, keep: bool) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(point) = chars.get(at) {
        at += 1;
        if !unicode::is_linebreak(point) {
            continue;
        }
        let end = at - 1;
        if point == 0x0D && chars.get(at) == Some(0x0A) {
            at += 1;
        }
        places.push((start, if keep { at } else { end }));
        start = at;
    }
    if start < chars.len() {
        places.push((start, chars.len()));
    }
    places
}

fn separator(object: &Object) -> PyResult<&Str> {
    if !is_str(object) {
        return Err(type_error(format!(
            "must be str, not {}",
            object.ty().full_name()
        )));
    }
    let separator = cast(object);
    if separator.is_empty() {
        return Err(value_error("empty separator"));
    }
    Ok(separator)
}

fn three(this: &Object, at: usize, cut: &Object) -> PyResult {
    let text = cast(this);
    Ok(tuple::from_owned(vec![
        substring(this, 0, at)?,
        Owned::new(cut),
        substring(this, at + cast(cut).len(), text.len())?,
    ]))
}

pub fn partition(this: &Object, cut: &Object) -> PyResult {
    match search::find(cast(this).chars(), separator(cut)?.chars()) {
        Some(at) => three(this, at, cut),
        None => Ok(tuple::from_owned(vec![exact(this)?, empty(), empty()])),
    }
}

pub fn rpartition(this: &Object, cut: &Object) -> PyResult {
    match search::rfind(cast(this).chars(), separator(cut)?.chars()) {
        Some(at) => three(this, at, cut),
        None => Ok(tuple::from_owned(vec![empty(), empty(), exact(this)?])),
    }
}

/// `separator.join(iterable)`.
pub fn join(this: &Object, iterable: &Object) -> PyResult {
    let sequence = crate::ops::sequence::fast(iterable, "can only join an iterable")?;
    if let Some(items) = sequence.downcast_exact::<tuple::Tuple>() {
        let items: Vec<&Object> = items.items().iter().map(|i| &**i).collect();
        return join_objects(cast(this), &items);
    }
    // SAFETY: `fast` gives an exact list or tuple; nothing below runs Python.
    let items = unsafe { sequence.cast::<list::List>() };
    let items: Vec<&Object> = (0..items.len()).filter_map(|i| items.item(i)).collect();
    join_objects(cast(this), &items)
}

/// Joins objects that must all be str.
pub fn join_objects(separator: &Str, items: &[&Object]) -> PyResult {
    if items.is_empty() {
        return Ok(empty());
    }
    if let [one] = items
        && one.is_exact(&STR)
    {
        return Ok(Owned::new(one));
    }
    let (mut total, mut max) = (0usize, 0);
    for (at, item) in items.iter().enumerate() {
        if !is_str(item) {
            return Err(type_error(format!(
                "sequence item {at}: expected str instance, {} found",
                item.ty().full_name()
            )));
        }
        let text = cast(item);
        max = max.max(text.max_point());
        total = total.checked_add(text.len()).ok_or_else(memory_error)?;
    }
    if items.len() > 1 {
        max = max.max(separator.max_point());
        total = separator
            .len()
            .checked_mul(items.len() - 1)
            .and_then(|n| n.checked_add(total))
            .ok_or_else(memory_error)?;
    }
    fill_joined(separator, items, total, max)
}

fn fill_joined(separator: &Str, items: &[&Object], total: usize, max: u32) -> PyResult {
    if total == 0 {
        return Ok(empty());
    }
    let object = allocate(total, max)?;
    let target = cast(&object);
    if target.kind() == 1 {
        let mut place = target.data();
        for (index, item) in items.iter().enumerate() {
            let separator = if index > 0 {
                separator.raw_bytes()
            } else {
                &[]
            };
            for part in [separator, cast(item).raw_bytes()] {
                // SAFETY: fresh, with room for the sum of all; all are as narrow.
                unsafe {
                    std::ptr::copy_nonoverlapping(part.as_ptr(), place, part.len());
                    place = place.add(part.len());
                }
            }
        }
        return Ok(object);
    }
    let mut at = 0;
    for (index, item) in items.iter().enumerate() {
        // SAFETY: fresh, wide enough for the widest, with room for the sum of all.
        unsafe {
            if index > 0 {
                copy_into(separator, target, at);
                at += separator.len();
            }
            copy_into(cast(item), target, at);
        }
        at += cast(item).len();
    }
    Ok(object)
}
