//! `float`: an IEEE 754 double.

use std::cell::Cell;

use crate::alloc::{self, FreeList, Kind};
use crate::object::{Layout, Object};
use crate::refs::Owned;
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
static FREE: FreeList = FreeList::new(100);

#[inline(always)]
pub fn from_f64(value: f64) -> Owned {
    let mut memory = FREE.take(&FLOAT).cast::<Float>();
    if memory.is_null() {
        memory = fresh();
    }
    // SAFETY: memory for a float with its header written.
    unsafe {
        (*memory).value.set(value);
        Owned::from_raw(memory.cast())
    }
}

#[inline(never)]
fn fresh() -> *mut Float {
    // SAFETY: the caller writes the value.
    let memory = unsafe { alloc::object_of_kind(Kind::Plain, &FLOAT, 24) };
    if memory.is_null() {
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<Float>());
    }
    memory.cast()
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

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead float; an exact one goes to the free list.
    unsafe {
        if (*object).is_exact(&FLOAT) && FREE.give(object) {
            return;
        }
        alloc::free_object(object)
    }
}
