//! `complex`.

use std::cell::Cell;

use crate::error::zero_division_error;
use crate::object::{Layout, Object};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Slots, Type, flags};

#[repr(C)]
pub struct Complex {
    pub object: Object,
    pub real: Cell<f64>,
    pub imag: Cell<f64>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Complex {
    fn type_object() -> &'static Type {
        &COMPLEX
    }
}

pub static COMPLEX: Type =
    Type::builtin("complex", 32, Slots { ..Slots::NONE }).with_flags(flags::BASETYPE);

/// Real and imaginary part.
pub type Parts = (f64, f64);

/// The value of a complex object (or instance of a subclass).
pub fn value(object: &Object) -> Parts {
    debug_assert!(is_complex(object));
    // SAFETY: by contract; checked in debug builds.
    let this = unsafe { object.cast::<Complex>() };
    (this.real.get(), this.imag.get())
}

pub fn is_complex(object: &Object) -> bool {
    object.ty().is_subtype(&COMPLEX)
}

pub fn from_parts(real: f64, imag: f64) -> Owned {
    // SAFETY: the body is written at once.
    unsafe {
        let memory = crate::alloc::object_of_kind(crate::alloc::Kind::Plain, &COMPLEX, 32);
        if memory.is_null() {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<Complex>());
        }
        let this = &*memory.cast::<Complex>();
        this.real.set(real);
        this.imag.set(imag);
        Owned::from_raw(memory)
    }
}

/// `x ** y`.
pub fn power_values(x: Parts, y: Parts) -> PyResult {
    let _ = (x, y);
    Err(zero_division_error("zero to a negative or complex power"))
}
