//! `array.arrayiterator`.

use std::cell::Cell;

use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::{int, self_iter, tuple, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, gc, none_owned};

use super::of;

#[repr(C)]
pub struct Iterator {
    object: Object,
    index: Cell<usize>,
    array: Field,
    unused: usize,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Iterator {
    fn type_object() -> &'static Type {
        &ITERATOR
    }
}

pub static ITERATOR: Type = Type::builtin(
    "array.arrayiterator",
    size_of::<Iterator>(),
    Slots {
        dealloc,
        visit,
        clear: Some(|o| body(o).array.clear()),
        iter: Some(self_iter),
        iternext: Some(next),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("__setstate__", Native::O(setstate), ""),
]);

fn body(object: &Object) -> &Iterator {
    // SAFETY: called for instances of this type.
    unsafe { object.cast() }
}

pub fn new(array: &Object) -> PyResult {
    let made = r#type::generic_alloc(&ITERATOR, 0)?;
    body(&made).array.set_ref(Some(array));
    Ok(made)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying iterator.
    unsafe {
        gc::untrack(&*object);
        body(&*object).array.clear();
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    body(object).array.visit("ao", visit);
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let this = body(object);
    let Some(array) = this.array.get() else {
        return Ok(None);
    };
    let at = this.index.get();
    if at < of(array).len() {
        this.index.set(at + 1);
        return Ok(Some(of(array).item(at)));
    }
    this.array.clear();
    Ok(None)
}

fn reduce(object: &Object) -> PyResult {
    let this = body(object);
    let iter = terrarium_objects::types::builtin("iter")?;
    Ok(match this.array.owned() {
        Some(array) => tuple::from_array([
            iter,
            tuple::from_array([array]),
            int::from_usize(this.index.get()),
        ]),
        None => tuple::from_array([
            iter,
            tuple::from_array([terrarium_objects::types::list::new()]),
        ]),
    })
}

fn setstate(object: &Object, state: &Object) -> PyResult {
    let index = int::as_isize(state)?;
    let this = body(object);
    if let Some(array) = this.array.get() {
        let len = of(array).len() as isize;
        this.index.set(index.clamp(0, len) as usize);
    }
    Ok(none_owned())
}
