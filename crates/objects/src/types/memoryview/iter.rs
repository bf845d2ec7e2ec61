//! The iterator over a view's items.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::attribute;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Slots, Type, flags};
use crate::visit::Visit;

use super::{cast, item};

#[repr(C)]
pub struct ViewIterator {
    pub object: Object,
    pub index: Cell<isize>,
    /// Owned, null at the end.
    pub view: Cell<*mut Object>,
    /// Items there were at the start, and their format.
    pub length: Cell<usize>,
    pub format: Cell<&'static str>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for ViewIterator {
    fn type_object() -> &'static Type {
        &MEMORY_ITERATOR
    }
}

pub static MEMORY_ITERATOR: Type = Type::builtin(
    "memory_iterator",
    size_of::<ViewIterator>(),
    Slots {
        dealloc,
        visit,
        getattro: Some(attribute::generic_get),
        iter: Some(crate::types::self_iter),
        iternext: Some(next),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC);

/// `iter(view)`.
pub fn iter(view: &Object) -> PyResult {
    let shape = cast(view).shape()?;
    if item::letter(shape.format) == 0 {
        return Err(crate::error::not_implemented_error(format!(
            "memoryview: format {} not supported",
            shape.format
        )));
    }
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let memory = crate::alloc::object_memory(&MEMORY_ITERATOR, size_of::<ViewIterator>());
        if memory.is_null() {
            return Err(crate::error::memory_error());
        }
        let place = memory.cast::<ViewIterator>();
        (*place).index.set(0);
        (*place).view.set(Owned::new(view).into_raw());
        (*place).length.set(shape.count);
        (&raw mut (*place).format).write(Cell::new(shape.format));
        gc::track(&*memory);
        Ok(Owned::from_raw(memory))
    }
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    // SAFETY: the slot of this type.
    let this = unsafe { object.cast::<ViewIterator>() };
    // SAFETY: null or owned.
    let Some(view) = (unsafe { this.view.get().as_ref() }) else {
        return Ok(None);
    };
    let index = this.index.get() as usize;
    if index < this.length.get() {
        this.index.set(index as isize + 1);
        let shape = cast(view).shape()?;
        return item::unpack(this.format.get(), shape.item(index)).map(Some);
    }
    let view = this.view.replace(null_mut());
    // SAFETY: the iterator owned it.
    unsafe { Object::decref(view) };
    Ok(None)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        gc::untrack(&*object);
        crate::types::clear_field(&(*object.cast::<ViewIterator>()).view);
        crate::alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: the slot of this type.
    visit.field("view", unsafe { object.cast::<ViewIterator>() }.view.get());
}
