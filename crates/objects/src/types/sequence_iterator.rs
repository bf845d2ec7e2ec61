//! The iterators that `iter` makes by itself: over `__getitem__` (`iterator`), and over calls up to a sentinel (`callable_iterator`).

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc::{self, Kind};
use crate::error;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, call, compare, sequence};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::{CompareOp, MethodDef, Native, Slots, Type, flags};
use crate::types::exceptions as exc;
use crate::types::none::none_owned;
use crate::types::{int, tuple};
use crate::visit::Visit;

/// `iter(sequence)` for objects with `__getitem__` alone.
#[repr(C)]
pub struct SeqIter {
    object: Object,
    index: Cell<isize>,
    /// Owned; null when exhausted.
    sequence: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for SeqIter {
    fn type_object() -> &'static Type {
        &SEQ_ITER
    }
}

pub static SEQ_ITER: Type = Type::builtin(
    "iterator",
    32,
    Slots {
        dealloc: seq_dealloc,
        visit: seq_visit,
        iter: Some(crate::types::self_iter),
        iternext: Some(seq_next),
        getattro: Some(attribute::generic_get),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(&[
    MethodDef::new("__length_hint__", Native::NoArgs(seq_length_hint), ""),
    MethodDef::new("__reduce__", Native::NoArgs(seq_reduce), ""),
    MethodDef::new("__setstate__", Native::O(seq_setstate), ""),
]);

fn seq_of(object: &Object) -> &SeqIter {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

/// `PySeqIter_New`.
pub fn new(sequence: &Object) -> Owned {
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc::object_of_kind(Kind::Gc, &SEQ_ITER, size_of::<SeqIter>());
        assert!(!memory.is_null(), "out of memory for an iterator");
        let this = memory.cast::<SeqIter>();
        (*this).index = Cell::new(0);
        sequence.incref();
        (*this).sequence = Cell::new(sequence.as_ptr());
        gc::track(&*memory);
        Owned::from_raw(memory)
    }
}

unsafe fn seq_dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        gc::untrack(&*object);
        clear_field(&(*object.cast::<SeqIter>()).sequence);
        alloc::free_object(object);
    }
}

unsafe fn seq_visit(object: &Object, visit: &mut Visit<'_>) {
    visit.field("sequence", seq_of(object).sequence.get());
}

fn seq_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = seq_of(object);
    // SAFETY: null or owned.
    let Some(sequence) = (unsafe { this.sequence.get().as_ref() }) else {
        return Ok(None);
    };
    if this.index.get() == isize::MAX {
        return Err(error::overflow_error("iter index too large"));
    }
    match sequence::get_index(sequence, this.index.get()) {
        Ok(item) => {
            this.index.set(this.index.get() + 1);
            Ok(Some(item))
        }
        Err(_) if error::matches(&exc::INDEX_ERROR) || error::matches(&exc::STOP_ITERATION) => {
            error::clear();
            let sequence = this.sequence.replace(null_mut());
            if !sequence.is_null() {
                // SAFETY: the iterator owned it.
                unsafe { Object::decref(sequence) };
            }
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

fn seq_length_hint(object: &Object) -> PyResult {
    let this = seq_of(object);
    // SAFETY: null or owned.
    let Some(sequence) = (unsafe { this.sequence.get().as_ref() }) else {
        return Ok(int::from_i64(0));
    };
    let slots = &sequence.ty().slots;
    if slots.sq_length.is_none() && slots.mp_length.is_none() {
        return Ok(crate::types::none::not_implemented());
    }
    let len = crate::ops::mapping::len(sequence)? as isize - this.index.get();
    Ok(int::from_i64(len.max(0) as i64))
}

fn seq_reduce(object: &Object) -> PyResult {
    let iter = crate::types::builtin("iter")?;
    let this = seq_of(object);
    // SAFETY: null or owned.
    match unsafe { this.sequence.get().as_ref() } {
        Some(sequence) => Ok(tuple::from_array([
            iter,
            tuple::from_refs(&[sequence]),
            int::from_i64(this.index.get() as i64),
        ])),
        None => Ok(tuple::from_array([
            iter,
            tuple::from_array([tuple::empty()]),
        ])),
    }
}

fn seq_setstate(object: &Object, state: &Object) -> PyResult {
    let index = int::as_isize(state)?;
    let this = seq_of(object);
    if !this.sequence.get().is_null() {
        this.index.set(index.max(0));
    }
    Ok(none_owned())
}

/// `iter(callable, sentinel)`.
#[repr(C)]
pub struct CallIter {
    object: Object,
    /// Both owned; null when exhausted.
    callable: Cell<*mut Object>,
    sentinel: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for CallIter {
    fn type_object() -> &'static Type {
        &CALL_ITER
    }
}

pub static CALL_ITER: Type = Type::builtin(
    "callable_iterator",
    32,
    Slots {
        dealloc: call_dealloc,
        visit: call_visit,
        iter: Some(crate::types::self_iter),
        iternext: Some(call_next),
        getattro: Some(attribute::generic_get),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(&[MethodDef::new(
    "__reduce__",
    Native::NoArgs(call_reduce),
    "",
)]);

fn call_of(object: &Object) -> &CallIter {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

/// `PyCallIter_New`.
pub fn new_callable(callable: &Object, sentinel: &Object) -> Owned {
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc::object_of_kind(Kind::Gc, &CALL_ITER, size_of::<CallIter>());
        assert!(!memory.is_null(), "out of memory for an iterator");
        let this = memory.cast::<CallIter>();
        callable.incref();
        (*this).callable = Cell::new(callable.as_ptr());
        sentinel.incref();
        (*this).sentinel = Cell::new(sentinel.as_ptr());
        gc::track(&*memory);
        Owned::from_raw(memory)
    }
}

/// Gives up what a field owns.
fn clear_field(field: &Cell<*mut Object>) {
    let old = field.replace(null_mut());
    if !old.is_null() {
        // SAFETY: the field owned it.
        unsafe { Object::decref(old) };
    }
}

unsafe fn call_dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        gc::untrack(&*object);
        let this = &*object.cast::<CallIter>();
        clear_field(&this.callable);
        clear_field(&this.sentinel);
        alloc::free_object(object);
    }
}

unsafe fn call_visit(object: &Object, visit: &mut Visit<'_>) {
    let this = call_of(object);
    visit.field("callable", this.callable.get());
    visit.field("sentinel", this.sentinel.get());
}

fn call_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = call_of(object);
    // SAFETY: null or owned.
    let Some(callable) = (unsafe { this.callable.get().as_ref() }) else {
        return Ok(None);
    };
    match call::call(callable, &[], None) {
        Ok(item) => {
            // SAFETY: null or owned; the call may have exhausted the iterator.
            let Some(sentinel) = (unsafe { this.sentinel.get().as_ref() }) else {
                return Ok(None);
            };
            let item = root("item being compared", item);
            if !compare::compare_bool(sentinel, &item, CompareOp::Eq)? {
                return Ok(Some(item.take()));
            }
            clear_field(&this.callable);
            clear_field(&this.sentinel);
            Ok(None)
        }
        Err(_) if error::matches(&exc::STOP_ITERATION) => {
            error::clear();
            clear_field(&this.callable);
            clear_field(&this.sentinel);
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

fn call_reduce(object: &Object) -> PyResult {
    let iter = crate::types::builtin("iter")?;
    let this = call_of(object);
    // SAFETY: null or owned.
    match unsafe { (this.callable.get().as_ref(), this.sentinel.get().as_ref()) } {
        (Some(callable), Some(sentinel)) => Ok(tuple::from_array([
            iter,
            tuple::from_refs(&[callable, sentinel]),
        ])),
        _ => Ok(tuple::from_array([
            iter,
            tuple::from_array([tuple::empty()]),
        ])),
    }
}
