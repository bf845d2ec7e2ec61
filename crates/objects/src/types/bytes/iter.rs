//! Iterators over bytes objects and bytearrays.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::attribute;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{MethodDef, Native, Slots, Type, flags};
use crate::types::{int, tuple};
use crate::visit::Visit;

use super::methods::data_of;

/// The next place, and the object until the end was reached.
#[repr(C)]
pub struct BytesIterator {
    pub object: Object,
    pub index: Cell<isize>,
    /// Owned, null at the end.
    pub source: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for BytesIterator {
    fn type_object() -> &'static Type {
        &BYTES_ITERATOR
    }
}

const SLOTS: Slots = Slots {
    dealloc,
    visit,
    getattro: Some(attribute::generic_get),
    iter: Some(crate::types::self_iter),
    iternext: Some(next),
    ..Slots::NONE
};

static METHODS: [MethodDef; 3] = [
    MethodDef::new("__length_hint__", Native::NoArgs(length_hint), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("__setstate__", Native::O(set_state), ""),
];

pub static BYTES_ITERATOR: Type = Type::builtin("bytes_iterator", 32, SLOTS)
    .with_flags(flags::HAVE_GC)
    .with_methods(&METHODS);

pub static BYTEARRAY_ITERATOR: Type = Type::builtin("bytearray_iterator", 32, SLOTS)
    .with_flags(flags::HAVE_GC)
    .with_methods(&METHODS);

/// `iter(data)`.
pub fn iter(source: &Object) -> PyResult {
    let ty = if super::is_bytes(source) {
        &BYTES_ITERATOR
    } else {
        &BYTEARRAY_ITERATOR
    };
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let memory = crate::alloc::object_memory(ty, 32);
        if memory.is_null() {
            return Err(crate::error::memory_error());
        }
        let this = &*memory.cast::<BytesIterator>();
        this.index.set(0);
        this.source.set(Owned::new(source).into_raw());
        gc::track(&*memory);
        Ok(Owned::from_raw(memory))
    }
}

fn this(object: &Object) -> &BytesIterator {
    // SAFETY: slots of the iterator types alone call this.
    unsafe { object.cast::<BytesIterator>() }
}

impl BytesIterator {
    fn source(&self) -> Option<&Object> {
        // SAFETY: null or owned.
        unsafe { self.source.get().as_ref() }
    }
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let this = this(object);
    let Some(source) = this.source() else {
        return Ok(None);
    };
    let index = this.index.get();
    if let Some(byte) = data_of(source).get(index as usize) {
        this.index.set(index + 1);
        return Ok(Some(int::from_i64(i64::from(*byte))));
    }
    let source = this.source.replace(null_mut());
    // SAFETY: the iterator owned it.
    unsafe { Object::decref(source) };
    Ok(None)
}

fn length_hint(object: &Object) -> PyResult {
    let this = this(object);
    let left = this.source().map_or(0, |source| {
        data_of(source)
            .len()
            .saturating_sub(this.index.get() as usize)
    });
    Ok(int::from_usize(left))
}

fn reduce(object: &Object) -> PyResult {
    let iter = crate::types::builtin("iter")?;
    let this = this(object);
    Ok(tuple::from_owned(match this.source() {
        Some(source) => vec![
            iter,
            tuple::from_refs(&[source]),
            int::from_i64(this.index.get() as i64),
        ],
        None => vec![iter, tuple::from_owned(vec![tuple::empty()])],
    }))
}

fn set_state(object: &Object, state: &Object) -> PyResult {
    let index = int::as_isize(state)?;
    let this = this(object);
    if let Some(source) = this.source() {
        this.index
            .set(index.clamp(0, data_of(source).len() as isize));
    }
    Ok(crate::none_owned())
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        gc::untrack(&*object);
        crate::types::clear_field(&(*object.cast::<BytesIterator>()).source);
        crate::alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    visit.field("source", this(object).source.get());
}
