//! `complex`: two doubles.

use std::cell::Cell;

use crate::object::{Layout, Object};
use crate::refs::Owned;
use crate::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};

pub mod arith;
pub mod new;

pub use arith::power_values;

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

static METHODS: [MethodDef; 5] = [
    MethodDef::class(
        "from_number",
        Native::O(new::from_number),
        "from_number($type, number, /)\n--\n\n",
    ),
    MethodDef::new(
        "conjugate",
        Native::NoArgs(arith::conjugate),
        "conjugate($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__complex__",
        Native::NoArgs(arith::positive),
        "__complex__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__getnewargs__",
        Native::NoArgs(new::getnewargs),
        "__getnewargs__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__format__",
        Native::O(new::format),
        "__format__($self, format_spec, /)\n--\n\n",
    ),
];

static GETSET: [GetSetDef; 2] = [
    GetSetDef::read("real", new::real, ""),
    GetSetDef::read("imag", new::imag, ""),
];

pub static COMPLEX: Type = Type::builtin(
    "complex",
    32,
    Slots {
        repr: Some(new::repr),
        hash: Some(arith::hash),
        richcompare: Some(arith::richcompare),
        new: Some(new::new),
        add: Some(arith::add),
        subtract: Some(arith::subtract),
        multiply: Some(arith::multiply),
        true_divide: Some(arith::true_divide),
        power: Some(arith::power),
        negative: Some(arith::negative),
        positive: Some(arith::positive),
        absolute: Some(arith::absolute),
        bool: Some(arith::is_true),
        ..Slots::NONE
    },
)
.with_flags(flags::BASETYPE)
.with_methods(&METHODS)
.with_getset(&GETSET);

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
    object.is_exact(&COMPLEX) || object.ty().is_subtype(&COMPLEX)
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
