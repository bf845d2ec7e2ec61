//! Slices of lists: reading, assigning, deleting; `extend`.

use std::ptr::null_mut;

use super::{LIST, List, NoMemory, clear, finish, release, with_len};
use crate::error;
use crate::object::Object;
use crate::ops::{iter, sequence};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::types::dict::{self, DICT, Dict, views};
use crate::types::set::{self, Set};
use crate::types::tuple::{self, TUPLE, Tuple};

/// The items of an exact list or tuple, as many as there are now.
///
/// # Safety
/// The slice is used before anything can run Python.
pub(crate) unsafe fn fast_items(object: &Object) -> &[Owned] {
    // SAFETY: by contract; callers pass what `sequence::fast` gave, or a list.
    unsafe {
        match object.downcast::<List>() {
            Some(list) => list.as_slice(),
            None => object.cast::<Tuple>().items(),
        }
    }
}

/// `list[start:stop]` with indices already clipped: a new list of exactly that size.
pub fn slice(list: &List, start: usize, stop: usize) -> PyResult {
    let stop = stop.min(list.len());
    let count = stop.saturating_sub(start);
    // SAFETY: the new list is filled before anything else happens.
    unsafe {
        let fresh = with_len(count)?;
        let to = (*fresh).items.get();
        for i in 0..count {
            let item = list.item_unchecked(start + i);
            item.incref();
            to.add(i).write(item.as_ptr());
        }
        Ok(finish(fresh))
    }
}

/// `list[start::step]`, `count` items.
pub fn extended(list: &List, start: isize, step: isize, count: usize) -> PyResult {
    // SAFETY: indices were adjusted to the list's length.
    unsafe {
        let fresh = with_len(count)?;
        let to = (*fresh).items.get();
        let mut at = start;
        for i in 0..count {
            let item = list.item_unchecked(at as usize);
            item.incref();
            to.add(i).write(item.as_ptr());
            at = at.wrapping_add(step);
        }
        Ok(finish(fresh))
    }
}

/// `list[low:high] = value`, or deletion with `None`; indices may lie outside (`list_ass_slice`).
pub fn assign(object: &Object, low: isize, high: isize, value: Option<&Object>) -> PyResult<()> {
    // SAFETY: callers pass lists.
    let list = unsafe { object.cast::<List>() };
    let source = match value {
        Some(value) if value.is(object) => Some(slice(list, 0, list.len())?),
        Some(value) => Some(sequence::fast(
            value,
            "must assign iterable to extended slice",
        )?),
        None => None,
    };
    let len = list.len() as isize;
    let low = low.clamp(0, len) as usize;
    let high = high.clamp(low as isize, len) as usize;
    match source {
        Some(source) => {
            let source = root("items being assigned", source);
            replace(list, low, high, Some(&source))
        }
        None => replace(list, low, high, None),
    }
}

/// Items that are kept on the native stack while they are replaced.
const FEW: usize = 8;

fn replace(list: &List, low: usize, high: usize, source: Option<&Object>) -> PyResult<()> {
    // SAFETY: copied below before anything can run Python.
    let items = source.map_or(&[][..], |s| unsafe { fast_items(s) });
    let (count, removed, len) = (items.len(), high - low, list.len());
    if len + count == removed {
        clear(list);
        return Ok(());
    }
    // SAFETY: slots move within the storage; removed items are kept until the list is whole again.
    unsafe {
        let mut few = [null_mut(); FEW];
        let mut many = Vec::new();
        let recycled = if removed <= FEW {
            few.as_mut_ptr()
        } else {
            many.reserve_exact(removed);
            many.as_mut_ptr()
        };
        std::ptr::copy_nonoverlapping(list.items.get().add(low), recycled, removed);
        if count < removed {
            let at = list.items.get();
            std::ptr::copy(at.add(high), at.add(low + count), len - high);
            list.resize(len + count - removed)?;
        } else if count > removed {
            list.resize(len + count - removed)?;
            let at = list.items.get();
            std::ptr::copy(at.add(high), at.add(low + count), len - high);
        }
        let at = list.items.get();
        for (i, item) in items.iter().enumerate() {
            item.incref();
            at.add(low + i).write(item.as_ptr());
        }
        release("item replaced in a list", recycled, removed);
    }
    Ok(())
}

/// `del list[start:stop:step]` with adjusted indices.
pub fn delete_extended(
    list: &List,
    mut start: isize,
    mut stop: isize,
    mut step: isize,
    count: usize,
) -> PyResult<()> {
    if count == 0 {
        return Ok(());
    }
    if step < 0 {
        stop = start + 1;
        start = stop + step * (count as isize - 1) - 1;
        step = -step;
    }
    let len = list.len();
    let (start, stop, step) = (start as usize, stop as usize, step as usize);
    let mut garbage = Vec::with_capacity(count);
    // SAFETY: slots move within the storage.
    unsafe {
        let items = list.items.get();
        let mut at = start;
        let mut taken = 0;
        while at < stop && taken < count {
            garbage.push(*items.add(at));
            let run = if at.saturating_add(step) >= len {
                len - at - 1
            } else {
                step - 1
            };
            std::ptr::copy(items.add(at + 1), items.add(at - taken), run);
            taken += 1;
            at = at.saturating_add(step);
        }
        let rest = start.saturating_add(count.saturating_mul(step));
        if rest < len {
            std::ptr::copy(items.add(rest), items.add(rest - count), len - rest);
        }
        list.var.size.set((len - count) as isize);
        list.resize(len - count)?;
        garbage.reverse();
        release(
            "item deleted from a list",
            garbage.as_mut_ptr(),
            garbage.len(),
        );
    }
    Ok(())
}

/// `list[start:stop:step] = value` for a step that is not 1, with adjusted indices.
pub fn assign_extended(
    object: &Object,
    start: isize,
    step: isize,
    count: usize,
    value: &Object,
) -> PyResult<()> {
    // SAFETY: callers pass lists.
    let list = unsafe { object.cast::<List>() };
    let source = if value.is(object) {
        slice(list, 0, list.len())?
    } else {
        sequence::fast(value, "must assign iterable to extended slice")?
    };
    let source = root("items being assigned", source);
    // SAFETY: copied before anything can run Python.
    let items = unsafe { fast_items(&source) };
    // Making the sequence may have shortened the list.
    let (len, wide) = (list.len() as i128, step as i128);
    let left = match start as i128 {
        start if wide > 0 => (len - start + wide - 1).max(0) / wide,
        start if start >= len => (count as i128 - (start - len - wide) / -wide).max(0),
        _ => count as i128,
    };
    let count = count.min(left as usize);
    if items.len() != count {
        return Err(error::value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {count}",
            items.len()
        )));
    }
    let mut garbage = Vec::with_capacity(count);
    let mut at = start;
    for item in items {
        // SAFETY: making the sequence may have shortened the list.
        unsafe {
            if at < 0 || at as usize >= list.len() {
                break;
            }
            garbage.push(list.replace_unchecked(at as usize, item.clone()).into_raw());
        }
        at = at.wrapping_add(step);
    }
    garbage.reverse();
    // SAFETY: what was taken out of the list.
    unsafe {
        release(
            "item replaced in a list",
            garbage.as_mut_ptr(),
            garbage.len(),
        )
    };
    Ok(())
}

/// `list.extend(iterable)`.
pub fn extend(object: &Object, iterable: &Object) -> PyResult<()> {
    // SAFETY: callers pass lists.
    let list = unsafe { object.cast::<List>() };
    if iterable.is_exact(&LIST) || iterable.is_exact(&TUPLE) || iterable.is(object) {
        return Ok(extend_fast(list, iterable)?);
    }
    if set::is_exact_set(iterable) {
        // SAFETY: just checked.
        return Ok(extend_set(list, unsafe { iterable.cast() })?);
    }
    if iterable.is_exact(&DICT) {
        return Ok(extend_dict(list, iterable, Part::Keys)?);
    }
    if iterable.is_exact(&views::KEYS) {
        return Ok(extend_dict(list, views::view_dict(iterable), Part::Keys)?);
    }
    if iterable.is_exact(&views::VALUES) {
        return Ok(extend_dict(list, views::view_dict(iterable), Part::Values)?);
    }
    if iterable.is_exact(&views::ITEMS) {
        return Ok(extend_dict(list, views::view_dict(iterable), Part::Items)?);
    }
    extend_iter(list, iterable)
}

fn extend_fast(list: &List, iterable: &Object) -> Result<(), NoMemory> {
    // SAFETY: copied before anything can run Python; with `a.extend(a)` the storage may move, so it is read again.
    unsafe {
        let count = fast_items(iterable).len();
        if count == 0 {
            return Ok(());
        }
        let len = list.len();
        if list.items.get().is_null() {
            list.preallocate(count)?;
        }
        list.resize(len + count)?;
        let from = match iterable.downcast::<List>() {
            Some(source) => source.items.get().cast_const(),
            None => iterable.cast::<Tuple>().slots().cast_const(),
        };
        let to = list.items.get().add(len);
        for i in 0..count {
            let item = *from.add(i);
            (*item).incref();
            to.add(i).write(item);
        }
    }
    Ok(())
}

fn extend_set(list: &List, source: &Set) -> Result<(), NoMemory> {
    let (len, count) = (list.len(), source.len());
    if count == 0 {
        return Ok(());
    }
    list.resize(len + count)?;
    let mut position = 0;
    let mut at = len;
    while let Some((key, _)) = source.next_entry(&mut position) {
        key.incref();
        // SAFETY: there is room for all elements.
        unsafe { list.items.get().add(at).write(key.as_ptr()) };
        at += 1;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Part {
    Keys,
    Values,
    Items,
}

fn extend_dict(list: &List, source: &Object, part: Part) -> Result<(), NoMemory> {
    // SAFETY: callers pass dicts.
    let (len, count) = (list.len(), unsafe { source.cast::<Dict>() }.len());
    if count == 0 {
        return Ok(());
    }
    list.resize(len + count)?;
    let mut position = 0;
    let mut at = len;
    while let Some((key, value)) = dict::next(source, &mut position) {
        let item = match part {
            Part::Keys => Owned::new(key),
            Part::Values => Owned::new(value),
            Part::Items => tuple::from_refs(&[key, value]),
        };
        // SAFETY: there is room for all entries.
        unsafe { list.items.get().add(at).write(item.into_raw()) };
        at += 1;
    }
    Ok(())
}

fn extend_iter(list: &List, iterable: &Object) -> PyResult<()> {
    let iterator = root("iterator", iter::iter(iterable)?);
    let hint = iter::length_hint(iterable, 8)?;
    let len = list.len();
    if list.items.get().is_null() {
        if hint > 0 {
            list.preallocate(hint)?;
        }
    } else if let Some(total) = len.checked_add(hint) {
        list.resize(total)?;
        list.var.size.set(len as isize);
    }
    iter::drain(&iterator, |item| {
        list.push(item);
        Ok(())
    })?;
    if (list.len() as isize) < list.allocated.get() {
        list.resize(list.len())?;
    }
    Ok(())
}
