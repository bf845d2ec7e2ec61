//! `float`.

use std::cell::Cell;

use crate::object::{Layout, Object};
use crate::refs::Owned;
use crate::typeobject::{Slots, Type, flags};

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

pub static FLOAT: Type = Type::builtin("float", 24, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::MATCH_SELF);

#[inline]
pub fn from_f64(value: f64) -> Owned {
    todo!()
}
/// `repr` of a float, exact.
pub fn repr_f64(value: f64) -> String {
    todo!()
}
