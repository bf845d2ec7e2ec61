//! `float`: an IEEE 754 double.

use std::cell::Cell;

use crate::alloc::{self, Kind};
use crate::free_list::FreeList;
use crate::object::{Layout, Object};
use crate::refs::{Owned, Word};
use crate::typeobject::{Slots, Type, flags};

pub mod arith;
pub mod bits;
pub mod hex;
pub mod methods;
pub mod parse;
pub mod repr;

pub use arith::power_values;
pub use bits::{decompose, frexp, ldexp};
pub use repr::repr_f64;

#[repr(C)]
pub struct Float {
    pub object: Object,
    pub value: Cell<f64>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Float {
    fn type_object() -> &'static Type {
        &FLOAT
    }
}

pub static FLOAT: Type = Type::builtin(
    "float",
    24,
    Slots {
        dealloc,
        repr: Some(methods::repr),
        hash: Some(arith::hash),
        richcompare: Some(arith::richcompare),
        new: Some(methods::new),
        add: Some(arith::add),
        subtract: Some(arith::subtract),
        multiply: Some(arith::multiply),
        remainder: Some(arith::remainder),
        divmod: Some(arith::divmod),
        power: Some(arith::power),
        negative: Some(arith::negative),
        positive: Some(arith::positive),
        absolute: Some(arith::absolute),
        bool: Some(arith::is_true),
        int: Some(arith::int),
        float: Some(arith::positive),
        floor_divide: Some(arith::floor_divide),
        true_divide: Some(arith::true_divide),
        ..Slots::NONE
    },
)
.with_flags(flags::BASETYPE | flags::MATCH_SELF)
.with_vectorcall(methods::vectorcall)
.with_methods(&methods::METHODS)
.with_getset(&methods::GETSET);

/// Floats that died (CPython's cap).
static FREE: FreeList = FreeList::new(Kind::Plain, 100);

#[inline(always)]
pub fn from_f64(value: f64) -> Owned {
    // SAFETY: memory for a float with its header written.
    unsafe {
        let memory = FREE.take(&FLOAT, size_of::<Float>()).cast::<Float>();
        if memory.is_null() {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<Float>());
        }
        (*memory).value.set(value);
        Owned::from_raw(memory.cast())
    }
}

/// Whether the object is a float or an instance of a subclass.
#[inline(always)]
pub fn is_float(object: &Object) -> bool {
    object.is_exact(&FLOAT) || object.ty().is_subtype(&FLOAT)
}

/// The value of a float (or instance of a subclass).
#[inline(always)]
pub fn value(object: &Object) -> f64 {
    debug_assert!(is_float(object));
    // SAFETY: by contract; checked in debug builds.
    unsafe { object.cast::<Float>() }.value.get()
}

/// Gives up a slot's reference to an exact float.
///
/// # Safety
/// As `Word::close`; the word is an exact float.
#[inline(always)]
pub unsafe fn close(word: Word) {
    // SAFETY: by contract; an exact float goes to the list.
    unsafe {
        if word.is_counted() {
            Object::decref_known(word.as_ptr(), |object| FREE.give(object));
        }
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead float; an exact one goes to the free list.
    unsafe {
        if (*object).is_exact(&FLOAT) {
            FREE.give(object);
        } else {
            alloc::free_object(object);
        }
    }
}
