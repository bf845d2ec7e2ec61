//! Strings, bytes and tuples.

use std::rc::Rc;

use terrarium_bytecode::{Constant, Int};

use super::{as_int, int};

/// No folded tuple has more items (CPython's MAX_COLLECTION_SIZE).
const MAX_ITEMS: i64 = 256;
/// Nor more items of items in total (MAX_TOTAL_ITEMS).
const MAX_TOTAL_ITEMS: i64 = 1024;
/// Nor is a folded repetition of a string longer (MAX_STR_SIZE), in characters or bytes.
const MAX_CHARACTERS: i64 = 4096;

pub fn is_sequence(value: &Constant) -> bool {
    matches!(
        value,
        Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_)
    )
}

fn string(text: Vec<u8>) -> Constant {
    crate::constants::string(text)
}

/// `left + right`
pub fn concatenate(left: &Constant, right: &Constant) -> Option<Constant> {
    match (left, right) {
        (Constant::Str(left), Constant::Str(right)) => {
            Some(string([&*left.text, &*right.text].concat()))
        }
        (Constant::Bytes(left), Constant::Bytes(right)) => {
            Some(Constant::Bytes([&**left, &**right].concat().into()))
        }
        (Constant::Tuple(left), Constant::Tuple(right)) => {
            Some(Constant::Tuple([&**left, &**right].concat().into()))
        }
        _ => None,
    }
}

/// `left * right`, one of them a sequence.
pub fn repeat(left: &Constant, right: &Constant) -> Option<Constant> {
    let (sequence, times) = match (as_int(left), as_int(right)) {
        (None, Some(times)) => (left, times),
        (Some(times), None) => (right, times),
        _ => return None,
    };
    let times = int::to_index(&times)?;
    let length = length(sequence);
    if length > 0 && times < 0 {
        return None;
    }
    if let Constant::Tuple(items) = sequence {
        if length > 0 && times > MAX_ITEMS / length {
            return None;
        }
        if length > 0 && times > 0 && remaining_items(sequence, MAX_TOTAL_ITEMS / times) < 0 {
            return None;
        }
        return Some(Constant::Tuple(repeat_items(items, times)));
    }
    if length > 0 && times > MAX_CHARACTERS / length {
        return None;
    }
    // Nothing repeated is nothing, however often.
    let times = if length == 0 { 0 } else { times as usize };
    match sequence {
        Constant::Str(value) => Some(string(value.text.repeat(times))),
        Constant::Bytes(value) => Some(Constant::Bytes(value.repeat(times).into())),
        _ => None,
    }
}

fn repeat_items(items: &[Constant], times: i64) -> Rc<[Constant]> {
    let times = times.max(0) as usize;
    let count = if items.is_empty() {
        0
    } else {
        items.len() * times
    };
    items.iter().cycle().take(count).cloned().collect()
}

/// `limit` less the number of items, those of tuples within included; negative as soon as there are too many.
fn remaining_items(value: &Constant, limit: i64) -> i64 {
    let Constant::Tuple(items) = value else {
        return limit;
    };
    let mut limit = limit - items.len() as i64;
    for item in items.iter() {
        if limit < 0 {
            break;
        }
        limit = remaining_items(item, limit);
    }
    limit
}

/// In characters, bytes or items.
fn length(value: &Constant) -> i64 {
    let length = match value {
        Constant::Str(string) => string
            .text
            .iter()
            .filter(|&&byte| starts_character(byte))
            .count(),
        Constant::Bytes(bytes) => bytes.len(),
        Constant::Tuple(items) => items.len(),
        _ => 0,
    };
    length as i64
}

fn starts_character(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

/// `container[index]`
pub fn item(container: &Constant, index: &Constant) -> Option<Constant> {
    if !is_sequence(container) {
        return None;
    }
    let length = length(container);
    if let Constant::Slice(parts) = index {
        let (start, step, count) = slice_indices(&parts[0], &parts[1], &parts[2], length)?;
        let indices = (0..count).map(|nth| (start + nth * step) as usize);
        return Some(select(container, indices));
    }
    let mut at = int::to_index(&as_int(index)?)?;
    if at < 0 {
        at = at.checked_add(length)?;
    }
    if at < 0 || at >= length {
        return None;
    }
    let at = at as usize;
    Some(match container {
        Constant::Bytes(bytes) => super::integer(Int::Small(i64::from(bytes[at]))),
        Constant::Tuple(items) => items[at].clone(),
        _ => select(container, std::iter::once(at)),
    })
}

/// The sequence of the items at these indices, all of which exist.
fn select(container: &Constant, indices: impl Iterator<Item = usize>) -> Constant {
    match container {
        Constant::Bytes(bytes) => Constant::Bytes(indices.map(|at| bytes[at]).collect()),
        Constant::Tuple(items) => Constant::Tuple(indices.map(|at| items[at].clone()).collect()),
        Constant::Str(value) => {
            let text = &value.text;
            let mut starts: Vec<usize> = (0..text.len())
                .filter(|&at| starts_character(text[at]))
                .collect();
            starts.push(text.len());
            string(
                indices
                    .flat_map(|at| &text[starts[at]..starts[at + 1]])
                    .copied()
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// Start, step and number of items (`PySlice_Unpack` and `PySlice_AdjustIndices`); none if the parts are no slice of a sequence.
fn slice_indices(
    start: &Constant,
    stop: &Constant,
    step: &Constant,
    length: i64,
) -> Option<(i64, i64, i64)> {
    let bound = |value: &Constant| match value {
        Constant::None => Some(None),
        value => as_int(value).map(|value| Some(int::to_bound(&value))),
    };
    let step = bound(step)?.unwrap_or(1).max(-i64::MAX);
    if step == 0 {
        return None;
    }
    let (lowest, highest) = if step < 0 {
        (-1, length - 1)
    } else {
        (0, length)
    };
    let adjust = |value: Option<i64>, default: i64| match value {
        None => default,
        Some(value) if value < 0 => value.saturating_add(length).max(lowest),
        Some(value) => value.min(highest),
    };
    let (first, last) = if step < 0 {
        (highest, lowest)
    } else {
        (lowest, highest)
    };
    let start = adjust(bound(start)?, first);
    let stop = adjust(bound(stop)?, last);
    let count = if step > 0 && start < stop {
        (stop - start - 1) / step + 1
    } else if step < 0 && stop < start {
        (start - stop - 1) / -step + 1
    } else {
        0
    };
    Some((start, step, count))
}
