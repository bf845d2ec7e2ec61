//! The iterator of tuples.

use std::cell::Cell;
use std::ptr::null_mut;

use super::{Tuple, empty};
use crate::alloc::Kind;
use crate::free_list::FreeList;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::attribute;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{MethodDef, Native, Slots, Type, flags};
use crate::types::none::none_owned;
use crate::types::{int, tuple};
use crate::visit::Visit;

/// CPython's `_PyTupleIterObject`; the loop reads it (FOR_ITER_TUPLE).
#[repr(C)]
pub struct TupleIter {
    object: Object,
    pub index: Cell<isize>,
    /// Owned; null when exhausted.
    pub tuple: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for TupleIter {
    fn type_object() -> &'static Type {
        &TUPLE_ITER
    }
}

pub static TUPLE_ITER: Type = Type::builtin(
    "tuple_iterator",
    32,
    Slots {
        dealloc,
        visit,
        iter: Some(crate::types::self_iter),
        iternext: Some(next),
        getattro: Some(attribute::generic_get),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(&[
    MethodDef::new("__length_hint__", Native::NoArgs(length_hint), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("__setstate__", Native::O(set_state), ""),
]);

static FREE: FreeList = FreeList::new(Kind::Gc, 10);

#[inline(always)]
fn this(object: &Object) -> &TupleIter {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

/// `iter(tuple)`.
pub fn new(tuple: &Object) -> PyResult {
    // SAFETY: all fields are written before tracking.
    unsafe {
        let memory = FREE.take(&TUPLE_ITER, size_of::<TupleIter>());
        assert!(!memory.is_null(), "out of memory for an iterator");
        let iter = memory.cast::<TupleIter>();
        (*iter).index = Cell::new(0);
        tuple.incref();
        (*iter).tuple = Cell::new(tuple.as_ptr());
        gc::track(&*memory);
        Ok(Owned::from_raw(memory))
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        gc::untrack(&*object);
        crate::types::clear_field(&(*object.cast::<TupleIter>()).tuple);
        FREE.give(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    visit.field("tuple", this(object).tuple.get());
}

impl TupleIter {
    /// The tuple while there is one.
    #[inline(always)]
    pub fn source(&self) -> Option<&Tuple> {
        // SAFETY: null or an owned tuple.
        unsafe { self.tuple.get().as_ref().map(|t| t.cast::<Tuple>()) }
    }

    /// Ends the iteration and gives the tuple up.
    pub fn exhaust(&self) {
        let tuple = self.tuple.replace(null_mut());
        if !tuple.is_null() {
            // SAFETY: the iterator owned it.
            unsafe { Object::decref(tuple) };
        }
    }
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let iter = this(object);
    let Some(tuple) = iter.source() else {
        return Ok(None);
    };
    let index = iter.index.get();
    match tuple.items().get(index as usize) {
        Some(item) => {
            iter.index.set(index + 1);
            Ok(Some(item.clone()))
        }
        None => {
            iter.exhaust();
            Ok(None)
        }
    }
}

fn length_hint(object: &Object) -> PyResult {
    let iter = this(object);
    let left = iter
        .source()
        .map_or(0, |t| t.len() as isize - iter.index.get());
    Ok(int::from_i64(left as i64))
}

fn reduce(object: &Object) -> PyResult {
    let function = crate::types::builtin("iter")?;
    let iter = this(object);
    // SAFETY: null or owned.
    Ok(match unsafe { iter.tuple.get().as_ref() } {
        Some(source) => tuple::from_array([
            function,
            tuple::from_refs(&[source]),
            int::from_i64(iter.index.get() as i64),
        ]),
        None => tuple::from_array([function, tuple::from_array([empty()])]),
    })
}

fn set_state(object: &Object, state: &Object) -> PyResult {
    let index = int::as_isize(state)?;
    let iter = this(object);
    if let Some(tuple) = iter.source() {
        iter.index.set(index.clamp(0, tuple.len() as isize));
    }
    Ok(none_owned())
}
