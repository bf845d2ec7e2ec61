//! The iterators of ranges: over machine integers, and over integers of any size.

use std::cell::Cell;

use num_traits::Signed;

use crate::alloc::{self, Kind};
use crate::free_list::FreeList;
use crate::object::{Layout, Object};
use crate::ops::{attribute, number};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{MethodDef, Native, Slots, Type};
use crate::types::none::{none, none_owned};
use crate::types::range::{self, small_length};
use crate::types::{int, tuple};
use crate::visit::Visit;

/// CPython's `_PyRangeIterObject`; the loop reads it (FOR_ITER_RANGE).
#[repr(C)]
pub struct RangeIter {
    object: Object,
    /// The next item.
    pub start: Cell<i64>,
    pub step: Cell<i64>,
    /// Items left.
    pub len: Cell<i64>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for RangeIter {
    fn type_object() -> &'static Type {
        &RANGE_ITER
    }
}

/// The same with three owned ints.
#[repr(C)]
pub struct LongRangeIter {
    object: Object,
    start: Cell<*mut Object>,
    step: Cell<*mut Object>,
    len: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for LongRangeIter {
    fn type_object() -> &'static Type {
        &LONG_RANGE_ITER
    }
}

pub static RANGE_ITER: Type = Type::builtin(
    "range_iterator",
    size_of::<RangeIter>(),
    Slots {
        dealloc,
        iter: Some(crate::types::self_iter),
        iternext: Some(next),
        getattro: Some(attribute::generic_get),
        ..Slots::NONE
    },
)
.with_methods(&[
    MethodDef::new(
        "__length_hint__",
        Native::NoArgs(|i| Ok(int::from_i64(of(i).len.get()))),
        "",
    ),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("__setstate__", Native::O(set_state), ""),
]);

pub static LONG_RANGE_ITER: Type = Type::builtin(
    "longrange_iterator",
    size_of::<LongRangeIter>(),
    Slots {
        dealloc: long_dealloc,
        visit: long_visit,
        iter: Some(crate::types::self_iter),
        iternext: Some(long_next),
        getattro: Some(attribute::generic_get),
        ..Slots::NONE
    },
)
.with_methods(&[
    MethodDef::new(
        "__length_hint__",
        Native::NoArgs(|i| Ok(Owned::new(field(&long_of(i).len)))),
        "",
    ),
    MethodDef::new("__reduce__", Native::NoArgs(long_reduce), ""),
    MethodDef::new("__setstate__", Native::O(long_set_state), ""),
]);

static FREE: FreeList = FreeList::new(Kind::Plain, 6);

#[inline(always)]
fn of(object: &Object) -> &RangeIter {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

fn long_of(object: &Object) -> &LongRangeIter {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

fn field(cell: &Cell<*mut Object>) -> &Object {
    // SAFETY: the three fields are owned, never null.
    unsafe { &*cell.get() }
}

fn small(start: i64, step: i64, len: i64) -> Owned {
    // SAFETY: all fields are written.
    unsafe {
        let memory = FREE.take(&RANGE_ITER, size_of::<RangeIter>());
        assert!(!memory.is_null(), "out of memory for an iterator");
        let iter = memory.cast::<RangeIter>();
        (*iter).start = Cell::new(start);
        (*iter).step = Cell::new(step);
        (*iter).len = Cell::new(len);
        Owned::from_raw(memory)
    }
}

fn long(start: Owned, step: Owned, len: Owned) -> Owned {
    // SAFETY: all fields are written.
    unsafe {
        let memory =
            alloc::object_of_kind(Kind::Plain, &LONG_RANGE_ITER, size_of::<LongRangeIter>());
        assert!(!memory.is_null(), "out of memory for an iterator");
        let iter = memory.cast::<LongRangeIter>();
        (*iter).start = Cell::new(start.into_raw());
        (*iter).step = Cell::new(step.into_raw());
        (*iter).len = Cell::new(len.into_raw());
        Owned::from_raw(memory)
    }
}

/// The length if the items, and the one behind the last, are machine integers.
fn small_enough(start: i64, stop: i64, step: i64) -> Option<i64> {
    let len = i64::try_from(small_length(start, stop, step)).ok()?;
    let fits = len == 0
        || if step > 0 {
            stop <= i64::MAX - (step - 1)
        } else {
            stop >= i64::MIN + (-1 - step)
        };
    fits.then_some(len)
}

/// `iter(range)`.
pub fn forward(object: &Object) -> PyResult {
    let range = range::of(object);
    if let Some((start, stop, step)) = range.small()
        && let Some(len) = small_enough(start, stop, step)
    {
        return Ok(small(start, step, len));
    }
    Ok(long(
        Owned::new(range.start()),
        Owned::new(range.step()),
        Owned::new(range.length()),
    ))
}

/// `reversed(range)`.
pub fn backward(object: &Object) -> PyResult {
    let range = range::of(object);
    let (last, step, len) = range::reversed_parts(range);
    if let (Some((start, _, _)), Some(last), Some(step), Some(len)) = (
        range.small(),
        range::fits(&last),
        range::fits(&step),
        range::fits(&len),
    ) && start.checked_add(step).is_some()
    {
        return Ok(small(last, step, len));
    }
    Ok(long(
        int::from_bigint(&last),
        int::from_bigint(&step),
        int::from_bigint(&len),
    ))
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead iterator that owns nothing.
    unsafe {
        FREE.give(object);
    }
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let iter = of(object);
    let left = iter.len.get();
    if left <= 0 {
        return Ok(None);
    }
    let value = iter.start.get();
    iter.start.set(value.wrapping_add(iter.step.get()));
    iter.len.set(left - 1);
    Ok(Some(int::from_i64(value)))
}

/// `(iter, (range(what is left),), None)`.
fn reduce_to(start: Owned, stop: Owned, step: Owned) -> PyResult {
    Ok(tuple::from_array([
        crate::types::builtin("iter")?,
        tuple::from_array([range::from_owned(start, stop, step)]),
        none_owned(),
    ]))
}

fn reduce(object: &Object) -> PyResult {
    let iter = of(object);
    let (start, step, len) = (iter.start.get(), iter.step.get(), iter.len.get());
    let stop = i128::from(start) + i128::from(step) * i128::from(len);
    reduce_to(
        int::from_i64(start),
        int::from_i128(stop),
        int::from_i64(step),
    )
}

fn set_state(object: &Object, state: &Object) -> PyResult {
    let iter = of(object);
    let skip = (int::as_isize(state)? as i64).clamp(0, iter.len.get());
    iter.start.set(
        iter.start
            .get()
            .wrapping_add(skip.wrapping_mul(iter.step.get())),
    );
    iter.len.set(iter.len.get() - skip);
    Ok(none_owned())
}

unsafe fn long_dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        let iter = &*object.cast::<LongRangeIter>();
        for field in [&iter.start, &iter.step, &iter.len] {
            Object::decref(field.get());
        }
        alloc::free_object(object);
    }
}

unsafe fn long_visit(object: &Object, visit: &mut Visit<'_>) {
    let iter = long_of(object);
    visit.hidden_field("start", iter.start.get());
    visit.hidden_field("step", iter.step.get());
    visit.hidden_field("len", iter.len.get());
}

/// Puts a new int into a field.
fn put(cell: &Cell<*mut Object>, value: Owned) {
    let old = cell.replace(value.into_raw());
    // SAFETY: the field owned it.
    unsafe { Object::decref(old) };
}

fn long_next(object: &Object) -> PyResult<Option<Owned>> {
    let iter = long_of(object);
    if !int::to_bigint(field(&iter.len)).is_positive() {
        return Ok(None);
    }
    let one = int::from_i64(1);
    let left = number::subtract(field(&iter.len), &one)?;
    let start = number::add(field(&iter.start), field(&iter.step))?;
    put(&iter.len, left);
    // SAFETY: the field's reference is handed to the caller.
    Ok(Some(unsafe {
        Owned::from_raw(iter.start.replace(start.into_raw()))
    }))
}

fn long_reduce(object: &Object) -> PyResult {
    let iter = long_of(object);
    let (start, step, len) = (field(&iter.start), field(&iter.step), field(&iter.len));
    let span = number::multiply(len, step)?;
    let stop = number::add(start, &span)?;
    reduce_to(Owned::new(start), stop, Owned::new(step))
}

fn long_set_state(object: &Object, state: &Object) -> PyResult {
    if !int::is_int(state) {
        return Err(crate::error::type_error("state must be an int"));
    }
    let iter = long_of(object);
    let (start, step, len) = (
        int::to_bigint(field(&iter.start)),
        int::to_bigint(field(&iter.step)),
        int::to_bigint(field(&iter.len)),
    );
    let skip = int::to_bigint(state).clamp(num_bigint::BigInt::from(0), len.clone());
    put(&iter.start, int::from_bigint(&(start + &skip * step)));
    put(&iter.len, int::from_bigint(&(len - skip)));
    Ok(Owned::new(none()))
}
