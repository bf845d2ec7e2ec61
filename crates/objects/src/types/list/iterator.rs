//! The iterators of lists, forwards and backwards.

use std::cell::Cell;
use std::ptr::null_mut;

use super::{List, new};
use crate::alloc::{self, Kind};
use crate::free_list::FreeList;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::attribute;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{IterNextFn, MethodDef, Native, Slots, Type, flags};
use crate::types::none::none_owned;
use crate::types::{int, tuple};
use crate::visit::Visit;

/// CPython's `_PyListIterObject`; the loop reads it (FOR_ITER_LIST).
#[repr(C)]
pub struct ListIter {
    object: Object,
    pub index: Cell<isize>,
    /// Owned; null when exhausted.
    pub list: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for ListIter {
    fn type_object() -> &'static Type {
        &LIST_ITER
    }
}

const fn slots(dealloc: unsafe fn(*mut Object), next: IterNextFn) -> Slots {
    Slots {
        dealloc,
        visit,
        iter: Some(crate::types::self_iter),
        iternext: Some(next),
        getattro: Some(attribute::generic_get),
        ..Slots::NONE
    }
}

pub static LIST_ITER: Type = Type::builtin("list_iterator", 32, slots(dealloc, next))
    .with_flags(flags::HAVE_GC)
    .with_methods(&[
        MethodDef::new("__length_hint__", Native::NoArgs(length_hint), ""),
        MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
        MethodDef::new("__setstate__", Native::O(set_state), ""),
    ]);

pub static REVERSE_LIST_ITER: Type = Type::builtin(
    "list_reverseiterator",
    32,
    slots(reverse_dealloc, reverse_next),
)
.with_flags(flags::HAVE_GC)
.with_methods(&[
    MethodDef::new("__length_hint__", Native::NoArgs(reverse_length_hint), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reverse_reduce), ""),
    MethodDef::new("__setstate__", Native::O(reverse_set_state), ""),
]);

static FREE: FreeList = FreeList::new(Kind::Gc, 10);

#[inline(always)]
fn this(object: &Object) -> &ListIter {
    // SAFETY: the slots and methods of these types.
    unsafe { object.cast() }
}

fn make(memory: *mut Object, list: &Object, index: isize) -> Owned {
    assert!(!memory.is_null(), "out of memory for an iterator");
    // SAFETY: all fields are written before tracking.
    unsafe {
        let iter = memory.cast::<ListIter>();
        (*iter).index = Cell::new(index);
        list.incref();
        (*iter).list = Cell::new(list.as_ptr());
        gc::track(&*memory);
        Owned::from_raw(memory)
    }
}

/// `iter(list)`.
pub fn forward(list: &Object) -> PyResult {
    // SAFETY: sizes agree.
    unsafe {
        let memory = FREE.take(&LIST_ITER, size_of::<ListIter>());
        Ok(make(memory, list, 0))
    }
}

/// `reversed(list)`.
pub fn backward(list: &Object) -> PyResult {
    // SAFETY: sizes agree; `list` is a list.
    unsafe {
        let last = list.cast::<List>().len() as isize - 1;
        let memory = alloc::object_of_kind(Kind::Gc, &REVERSE_LIST_ITER, size_of::<ListIter>());
        Ok(make(memory, list, last))
    }
}

// SAFETY: `object` is a dead iterator of this file.
unsafe fn drop_list(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        gc::untrack(&*object);
        crate::types::clear_field(&(*object.cast::<ListIter>()).list);
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        drop_list(object);
        FREE.give(object);
    }
}

unsafe fn reverse_dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        drop_list(object);
        alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    visit.field("list", this(object).list.get());
}

impl ListIter {
    /// The list while there is one.
    #[inline(always)]
    pub fn source(&self) -> Option<&List> {
        // SAFETY: null or an owned list.
        unsafe { self.list.get().as_ref().map(|l| l.cast::<List>()) }
    }

    /// Ends the iteration and gives the list up.
    pub fn exhaust(&self) {
        self.index.set(-1);
        let list = self.list.replace(null_mut());
        if !list.is_null() {
            // SAFETY: the iterator owned it.
            unsafe { Object::decref(list) };
        }
    }
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let iter = this(object);
    let Some(list) = iter.source() else {
        return Ok(None);
    };
    let index = iter.index.get();
    match list.item_owned(index as usize) {
        Some(item) => {
            iter.index.set(index + 1);
            Ok(Some(item))
        }
        None => {
            iter.exhaust();
            Ok(None)
        }
    }
}

fn reverse_next(object: &Object) -> PyResult<Option<Owned>> {
    let iter = this(object);
    let Some(list) = iter.source() else {
        return Ok(None);
    };
    let index = iter.index.get();
    if index >= 0
        && let Some(item) = list.item_owned(index as usize)
    {
        iter.index.set(index - 1);
        return Ok(Some(item));
    }
    iter.exhaust();
    Ok(None)
}

fn length_hint(object: &Object) -> PyResult {
    let iter = this(object);
    let left = iter
        .source()
        .map_or(0, |l| l.len() as isize - iter.index.get());
    Ok(int::from_i64(left.max(0) as i64))
}

fn reverse_length_hint(object: &Object) -> PyResult {
    let iter = this(object);
    let left = match iter.source() {
        Some(list) if iter.index.get() < list.len() as isize => iter.index.get() + 1,
        _ => 0,
    };
    Ok(int::from_i64(left.max(0) as i64))
}

fn reduce_with(object: &Object, function: &str) -> PyResult {
    let function = crate::types::builtin(function)?;
    let iter = this(object);
    // SAFETY: null or owned.
    Ok(match unsafe { iter.list.get().as_ref() } {
        Some(list) => tuple::from_array([
            function,
            tuple::from_refs(&[list]),
            int::from_i64(iter.index.get() as i64),
        ]),
        None => tuple::from_array([function, tuple::from_array([new()])]),
    })
}

fn reduce(object: &Object) -> PyResult {
    reduce_with(object, "iter")
}

fn reverse_reduce(object: &Object) -> PyResult {
    reduce_with(object, "reversed")
}

fn set_state(object: &Object, state: &Object) -> PyResult {
    let index = int::as_isize(state)?;
    let iter = this(object);
    if let Some(list) = iter.source() {
        iter.index.set(index.clamp(0, list.len() as isize));
    }
    Ok(none_owned())
}

fn reverse_set_state(object: &Object, state: &Object) -> PyResult {
    let index = int::as_isize(state)?;
    let iter = this(object);
    if let Some(list) = iter.source() {
        iter.index.set(index.clamp(-1, list.len() as isize - 1));
    }
    Ok(none_owned())
}
