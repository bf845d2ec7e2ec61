//! Iteration.

use crate::error;
use crate::names::names;
use crate::object::Object;
use crate::ops::{attribute, call};
use crate::refs::{Owned, PyResult};
use crate::state::{holding, root};
use crate::typeobject::{IterNextFn, flags};
use crate::types::exceptions as exc;
use crate::types::int::{self, INT};
use crate::types::list::List;
use crate::types::none::NOT_IMPLEMENTED;
use crate::types::tuple::Tuple;

/// Whether the object follows the sequence protocol (`PySequence_Check`).
#[inline]
pub fn is_sequence(object: &Object) -> bool {
    let ty = object.ty();
    !ty.has(flags::DICT_SUBCLASS) && ty.slots.sq_item.is_some()
}

/// Whether the object is an iterator (`PyIter_Check`).
#[inline]
pub fn is_iterator(object: &Object) -> bool {
    // Classes without `__next__` have a slot that refuses.
    object.ty().slots.iternext.is_some_and(|next| {
        !std::ptr::fn_addr_eq(
            next,
            crate::slot_functions::next_not_implemented as IterNextFn,
        )
    })
}

/// `iter(object)`.
#[inline]
pub fn iter(object: &Object) -> PyResult {
    let ty = object.ty();
    let Some(function) = ty.slots.iter else {
        if is_sequence(object) {
            return Ok(crate::types::sequence_iterator::new(object));
        }
        return Err(error::type_error(format!(
            "'{:.200}' object is not iterable",
            ty.full_name()
        )));
    };
    let result = function(object)?;
    if !is_iterator(&result) {
        return Err(error::type_error(format!(
            "iter() returned non-iterator of type '{:.100}'",
            result.ty().full_name()
        )));
    }
    Ok(result)
}

/// The next item; `None` at the end, StopIteration swallowed (`PyIter_NextItem`).
#[inline]
pub fn next(iterator: &Object) -> PyResult<Option<Owned>> {
    let Some(function) = iterator.ty().slots.iternext else {
        return Err(error::type_error(format!(
            "expected an iterator, got '{:.200}'",
            iterator.ty().full_name()
        )));
    };
    next_by(function, iterator)
}

#[inline(always)]
fn next_by(function: IterNextFn, iterator: &Object) -> PyResult<Option<Owned>> {
    match function(iterator) {
        Ok(item) => Ok(item),
        Err(_) if error::matches(&exc::STOP_ITERATION) => {
            error::clear();
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// The items of an iterator put together from the left by a binary operator (as BINARY_OP numbers them).
pub fn fold(operator: u32, start: Owned, iterator: &Object) -> PyResult {
    let mut total = start;
    loop {
        let held = root("result so far", total);
        let next = next(iterator)?;
        total = held.take();
        let Some(item) = next else {
            return Ok(total);
        };
        total = fold_step(operator, total, item)?;
    }
}

/// One step of it: the former result is given up first, then the item.
pub fn fold_step(operator: u32, total: Owned, item: Owned) -> PyResult {
    let item = root("item", item);
    let total = root("result so far", total);
    let result = super::number::binary_op(operator, &total, &item);
    holding(&result, || {
        drop(total);
        drop(item);
    });
    result
}

/// Calls `each` with every item of an iterable; the iterator is a named native root meanwhile.
pub fn for_each(iterable: &Object, each: impl FnMut(Owned) -> PyResult<()>) -> PyResult<()> {
    let iterator = root("iterator", iter(iterable)?);
    drain(&iterator, each)
}

/// Calls `each` with every item an iterator still has.
pub fn drain(iterator: &Object, mut each: impl FnMut(Owned) -> PyResult<()>) -> PyResult<()> {
    let Some(function) = iterator.ty().slots.iternext else {
        return Err(error::type_error(format!(
            "'{:.200}' object is not an iterator",
            iterator.ty().full_name()
        )));
    };
    while let Some(item) = next_by(function, iterator)? {
        each(item)?;
    }
    Ok(())
}

/// Calls `each` with every item: lists and tuples (exact ones) by position without an iterator, anything else through `iter`. Each
/// item is owned during its call, as `PySequence_Fast` loops of CPython that take references do.
pub fn for_each_fast(
    iterable: &Object,
    mut each: impl FnMut(Owned) -> PyResult<()>,
) -> PyResult<()> {
    if let Some(list) = iterable.downcast_exact::<List>() {
        let mut at = 0;
        while let Some(item) = list.item_owned(at) {
            each(item)?;
            at += 1;
        }
        return Ok(());
    }
    if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
        for item in tuple.items() {
            each(item.clone())?;
        }
        return Ok(());
    }
    for_each(iterable, each)
}

/// `operator.length_hint` (`PyObject_LengthHint`).
pub fn length_hint(object: &Object, default: usize) -> PyResult<usize> {
    let slots = &object.ty().slots;
    if (slots.sq_length.is_some() || slots.mp_length.is_some())
        && let Some(len) = error::or_none(super::mapping::len(object), &exc::TYPE_ERROR)?
    {
        return Ok(len);
    }
    if !object.ty().is_heap() && !has_hint(object) {
        return Ok(default);
    }
    let Some(method) = attribute::lookup_special(object, &names().__length_hint__)? else {
        return Ok(default);
    };
    let method = root("__length_hint__", method);
    let result = call::call(&method, &[], None);
    drop(method);
    let Some(hint) = error::or_none(result, &exc::TYPE_ERROR)? else {
        return Ok(default);
    };
    if hint.is(&NOT_IMPLEMENTED) {
        return Ok(default);
    }
    if !hint.is_exact(&INT) && !hint.ty().has(flags::LONG_SUBCLASS) {
        return Err(error::type_error(format!(
            "__length_hint__ must be an integer, not {:.100}",
            hint.ty().full_name()
        )));
    }
    let value = int::as_isize(&hint)?;
    usize::try_from(value).map_err(|_| error::value_error("__length_hint__() should return >= 0"))
}

/// Whether a built-in type lists `__length_hint__`, without a lookup through its namespace.
fn has_hint(object: &Object) -> bool {
    object
        .ty()
        .methods
        .iter()
        .any(|m| m.name == "__length_hint__")
}
