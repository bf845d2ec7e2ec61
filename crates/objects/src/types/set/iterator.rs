//! The iterator of sets.

use std::cell::Cell;
use std::ptr::null_mut;

use super::of;
use crate::alloc::{self, Kind};
use crate::error;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, iter};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::{MethodDef, Native, Slots, Type, flags};
use crate::types::{int, list, tuple};
use crate::visit::Visit;

/// CPython's `setiterobject`.
#[repr(C)]
pub struct SetIter {
    object: Object,
    /// Owned; null when exhausted.
    set: Cell<*mut Object>,
    /// Elements when the iterator was made; -1 after a change was reported.
    used: Cell<isize>,
    position: Cell<usize>,
    left: Cell<isize>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for SetIter {
    fn type_object() -> &'static Type {
        &SET_ITER
    }
}

pub static SET_ITER: Type = Type::builtin(
    "set_iterator",
    size_of::<SetIter>(),
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
]);

fn this(object: &Object) -> &SetIter {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

pub fn new(set: &Object) -> Owned {
    // SAFETY: all fields are written before tracking.
    unsafe {
        let memory = alloc::object_of_kind(Kind::Gc, &SET_ITER, size_of::<SetIter>());
        assert!(!memory.is_null(), "out of memory for an iterator");
        let iter = memory.cast::<SetIter>();
        set.incref();
        (*iter).set = Cell::new(set.as_ptr());
        (*iter).used = Cell::new(of(set).used.get());
        (*iter).position = Cell::new(0);
        (*iter).left = Cell::new(of(set).used.get());
        gc::track(&*memory);
        Owned::from_raw(memory)
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        gc::untrack(&*object);
        crate::types::clear_field(&(*object.cast::<SetIter>()).set);
        alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    visit.field("set", this(object).set.get());
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let iter = this(object);
    // SAFETY: null or owned.
    let Some(set) = (unsafe { iter.set.get().as_ref() }) else {
        return Ok(None);
    };
    let set = of(set);
    if iter.used.get() != set.used.get() {
        iter.used.set(-1);
        return Err(error::runtime_error("Set changed size during iteration"));
    }
    let mut position = iter.position.get();
    match set.next_entry(&mut position) {
        Some((key, _)) => {
            iter.position.set(position);
            iter.left.set(iter.left.get() - 1);
            Ok(Some(Owned::new(key)))
        }
        None => {
            iter.position.set(position);
            let set = iter.set.replace(null_mut());
            // SAFETY: the iterator owned it.
            unsafe { Object::decref(set) };
            Ok(None)
        }
    }
}

fn length_hint(object: &Object) -> PyResult {
    let iter = this(object);
    // SAFETY: null or owned.
    let left = match unsafe { iter.set.get().as_ref() } {
        Some(set) if iter.used.get() == of(set).used.get() => iter.left.get(),
        _ => 0,
    };
    Ok(int::from_i64(left as i64))
}

/// `(iter, ([the elements left],))`, without moving this iterator.
fn reduce(object: &Object) -> PyResult {
    let iter_ = this(object);
    let items = root("items", list::new());
    // SAFETY: null or owned.
    if let Some(set) = unsafe { iter_.set.get().as_ref() } {
        let copy = root("iterator", new(set));
        let ahead = this(&copy);
        ahead.used.set(iter_.used.get());
        ahead.position.set(iter_.position.get());
        ahead.left.set(iter_.left.get());
        iter::drain(&copy, |item| {
            list::append(&items, &item);
            Ok(())
        })?;
    }
    Ok(tuple::from_array([
        crate::types::builtin("iter")?,
        tuple::from_array([items.take()]),
    ]))
}
