//! Sequences.

use crate::error;
use crate::object::Object;
use crate::ops::{compare, iter, number};
use crate::refs::{Owned, PyResult};
use crate::state::{holding, root};
use crate::typeobject::CompareOp;
use crate::types::exceptions as exc;
use crate::types::list::{self, LIST, List};
use crate::types::tuple::{self, TUPLE};

/// The position that an index key means, counted from the start: a negative one counts from the end. May lie outside. `len` is asked after
/// `__index__` has run.
#[inline]
pub fn position(key: &Object, len: impl FnOnce() -> usize) -> PyResult<isize> {
    let index = number::index_isize(key, Some(&exc::INDEX_ERROR))?;
    Ok(if index < 0 {
        index + len() as isize
    } else {
        index
    })
}

/// `item in object` (`PySequence_Contains`).
#[inline]
pub fn contains(object: &Object, item: &Object) -> PyResult<bool> {
    match object.ty().slots.sq_contains {
        Some(function) => function(object, item),
        None => iter_contains(object, item),
    }
}

/// The iterator for a search by equality; TypeError names the container where there is none.
fn search_iter(object: &Object) -> PyResult {
    iter::iter(object).map_err(|raised| {
        if error::matches(&exc::TYPE_ERROR) {
            error::type_error(format!(
                "argument of type '{:.200}' is not a container or iterable",
                object.ty().full_name()
            ))
        } else {
            raised
        }
    })
}

/// Looks for an equal item by iteration (`_PySequence_IterSearch`).
pub fn iter_contains(object: &Object, item: &Object) -> PyResult<bool> {
    let iterator = root("iterator", search_iter(object)?);
    while let Some(found) = iter::next(&iterator)? {
        let found = root("item being compared", found);
        if compare::compare_bool(&found, item, CompareOp::Eq)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Number of equal items by iteration (`operator.countOf`).
pub fn iter_count(object: &Object, item: &Object) -> PyResult<usize> {
    let iterator = root("iterator", search_iter(object)?);
    let mut count = 0;
    while let Some(found) = iter::next(&iterator)? {
        let found = root("item being compared", found);
        if compare::compare_bool(&found, item, CompareOp::Eq)? {
            count += 1;
        }
    }
    Ok(count)
}

/// Position of the first equal item by iteration (`operator.indexOf`); ValueError if there is none.
pub fn iter_index(object: &Object, item: &Object) -> PyResult<usize> {
    let iterator = root("iterator", search_iter(object)?);
    let mut at = 0;
    while let Some(found) = iter::next(&iterator)? {
        let found = root("item being compared", found);
        if compare::compare_bool(&found, item, CompareOp::Eq)? {
            return Ok(at);
        }
        at += 1;
    }
    Err(error::value_error("sequence.index(x): x not in sequence"))
}

/// `list(object)` as a new list (`PySequence_List`).
pub fn to_list(object: &Object) -> PyResult {
    let list = root("list being built", list::new());
    list::slices::extend(&list, object)?;
    Ok(list.take())
}

/// `tuple(object)`; an exact tuple is returned itself (`PySequence_Tuple`).
pub fn to_tuple(object: &Object) -> PyResult {
    if object.is_exact(&TUPLE) {
        return Ok(Owned::new(object));
    }
    if let Some(list) = object.downcast_exact::<List>() {
        // SAFETY: making a tuple runs no Python.
        return Ok(tuple::from_slice(unsafe { list.as_slice() }));
    }
    let items = root("items of a tuple being built", to_list_for_tuple(object)?);
    // SAFETY: an exact list of our own; its items move.
    unsafe {
        let list = items.cast::<List>();
        let len = list.len();
        list.var.size.set(0);
        Ok(tuple::from_raw_items(list.items.get(), len))
    }
}

fn to_list_for_tuple(object: &Object) -> PyResult {
    let iterator = root("iterator", iter::iter(object)?);
    let list = root("items being gathered", list::new());
    iter::drain(&iterator, |item| {
        // SAFETY: a list of our own.
        unsafe { list.cast::<List>() }.push(item);
        Ok(())
    })?;
    let list = Ok(list.take());
    holding(&list, || drop(iterator));
    list
}

/// The object itself if it is an exact list or tuple, else a list of its items (`PySequence_Fast`); TypeError with `message` if not iterable.
pub fn fast(object: &Object, message: &str) -> PyResult {
    if object.is_exact(&LIST) || object.is_exact(&TUPLE) {
        return Ok(Owned::new(object));
    }
    let iterator = iter::iter(object).map_err(|raised| {
        if error::matches(&exc::TYPE_ERROR) {
            error::type_error(message)
        } else {
            raised
        }
    })?;
    let iterator = root("iterator", iterator);
    let list = to_list(&iterator);
    holding(&list, || drop(iterator));
    list
}

/// Item of an exact list or tuple (what `fast` gave), borrowed; `None` beyond the end.
#[inline]
pub fn fast_item(object: &Object, index: usize) -> Option<&Object> {
    if let Some(list) = object.downcast::<List>() {
        return list.item(index);
    }
    object
        .downcast::<tuple::Tuple>()
        .and_then(|t| t.items().get(index))
        .map(|item| &**item)
}

/// Length of what `fast` gave.
#[inline]
pub fn fast_len(object: &Object) -> usize {
    match object.downcast::<List>() {
        Some(list) => list.len(),
        None => object.downcast::<tuple::Tuple>().map_or(0, |t| t.len()),
    }
}

/// `object[index]` by the sequence protocol; a negative index counts from the end (`PySequence_GetItem`).
pub fn get_index(object: &Object, index: isize) -> PyResult {
    let ty = object.ty();
    let Some(function) = ty.slots.sq_item else {
        return Err(error::type_error(format!(
            "'{:.200}' object {}",
            ty.full_name(),
            if ty.slots.mp_subscript.is_some() {
                "is not a sequence"
            } else {
                "does not support indexing"
            }
        )));
    };
    function(object, from_end(object, index)?)
}

fn from_end(object: &Object, index: isize) -> PyResult<isize> {
    if index < 0
        && let Some(length) = object.ty().slots.sq_length
    {
        return Ok(index.wrapping_add(length(object)? as isize));
    }
    Ok(index)
}

/// `object[index] = value` or `del object[index]` by the sequence protocol.
pub fn set_index(object: &Object, index: isize, value: Option<&Object>) -> PyResult<()> {
    let ty = object.ty();
    let Some(function) = ty.slots.sq_ass_item else {
        return Err(error::type_error(format!(
            "'{:.200}' object does not support item {}",
            ty.full_name(),
            if value.is_some() {
                "assignment"
            } else {
                "deletion"
            }
        )));
    };
    function(object, from_end(object, index)?, value)
}

/// `a + b` by the sequence protocol alone (`PySequence_Concat`).
pub fn concat(a: &Object, b: &Object) -> PyResult {
    if let Some(function) = a.ty().slots.sq_concat {
        return function(a, b);
    }
    if is_sequence_like(a) && is_sequence_like(b) {
        let result = crate::ops::number::binary_op(0, a, b)?;
        return Ok(result);
    }
    Err(error::type_error(format!(
        "'{:.200}' object can't be concatenated",
        a.ty().full_name()
    )))
}

fn is_sequence_like(object: &Object) -> bool {
    iter::is_sequence(object)
}
