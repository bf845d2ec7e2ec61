//! Iterators over strings.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::attribute;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{MethodDef, Native, Slots, Type, flags};
use crate::types::{int, tuple};
use crate::visit::Visit;

use super::{Str, cast};

/// CPython's `unicodeiterobject`: the next place, and the string until the end was reached.
#[repr(C)]
pub struct StrIterator {
    pub object: Object,
    pub index: Cell<isize>,
    /// Owned, null at the end.
    pub text: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for StrIterator {
    fn type_object() -> &'static Type {
        &STR_ITERATOR
    }
}

const SLOTS: Slots = Slots {
    dealloc,
    visit,
    getattro: Some(attribute::generic_get),
    iter: Some(itself),
    iternext: Some(next),
    ..Slots::NONE
};

static METHODS: [MethodDef; 3] = [
    MethodDef::new("__length_hint__", Native::NoArgs(length_hint), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("__setstate__", Native::O(set_state), ""),
];

pub static STR_ITERATOR: Type = Type::builtin("str_iterator", 32, SLOTS)
    .with_flags(flags::HAVE_GC)
    .with_methods(&METHODS);

/// The iterator over ASCII strings; the same but for its name.
pub static STR_ASCII_ITERATOR: Type = Type::builtin(
    "str_ascii_iterator",
    32,
    Slots {
        iternext: Some(next_ascii),
        ..SLOTS
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(&METHODS);

/// `iter(text)`.
pub fn iter(text: &Object) -> PyResult {
    let ty = if cast(text).is_ascii() {
        &STR_ASCII_ITERATOR
    } else {
        &STR_ITERATOR
    };
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let memory = crate::alloc::object_memory(ty, 32);
        if memory.is_null() {
            return Err(crate::error::memory_error());
        }
        let this = &*memory.cast::<StrIterator>();
        this.index.set(0);
        this.text.set(Owned::new(text).into_raw());
        gc::track(&*memory);
        Ok(Owned::from_raw(memory))
    }
}

fn this(object: &Object) -> &StrIterator {
    // SAFETY: slots of the iterator types alone call this.
    unsafe { object.cast::<StrIterator>() }
}

fn itself(object: &Object) -> PyResult {
    Ok(Owned::new(object))
}

impl StrIterator {
    fn text(&self) -> Option<&Str> {
        // SAFETY: null or an owned string.
        unsafe { self.text.get().as_ref() }.map(cast)
    }

    fn end(&self) {
        let text = self.text.replace(null_mut());
        // SAFETY: the iterator owned it.
        unsafe { Object::decref(text) };
    }
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let this = this(object);
    let Some(text) = this.text() else {
        return Ok(None);
    };
    let index = this.index.get() as usize;
    if index >= text.len() {
        this.end();
        return Ok(None);
    }
    this.index.set(index as isize + 1);
    Ok(Some(Str::from_point(text.char_at(index))))
}

fn next_ascii(object: &Object) -> PyResult<Option<Owned>> {
    let this = this(object);
    let Some(text) = this.text() else {
        return Ok(None);
    };
    let index = this.index.get() as usize;
    if index >= text.len() {
        this.end();
        return Ok(None);
    }
    this.index.set(index as isize + 1);
    // SAFETY: in range; ASCII strings have a byte a character.
    Ok(Some(super::latin1(unsafe { *text.data().add(index) })))
}

fn length_hint(object: &Object) -> PyResult {
    let this = this(object);
    let left = this.text().map_or(0, |text| {
        text.len() - (this.index.get() as usize).min(text.len())
    });
    Ok(int::from_usize(left))
}

fn reduce(object: &Object) -> PyResult {
    let iter = crate::types::builtin("iter")?;
    let this = this(object);
    Ok(tuple::from_owned(match this.text() {
        Some(text) => vec![
            iter,
            tuple::from_refs(&[&text.object]),
            int::from_i64(this.index.get() as i64),
        ],
        None => vec![iter, tuple::from_owned(vec![super::empty()])],
    }))
}

fn set_state(object: &Object, state: &Object) -> PyResult {
    let index = int::as_isize(state)?;
    let this = this(object);
    if let Some(text) = this.text() {
        this.index.set(index.clamp(0, text.len() as isize));
    }
    Ok(crate::none_owned())
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        gc::untrack(&*object);
        crate::types::clear_field(&(*object.cast::<StrIterator>()).text);
        crate::alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    visit.field("str", this(object).text.get());
}
