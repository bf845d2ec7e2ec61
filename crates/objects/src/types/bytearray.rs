//! `bytearray`.

use std::cell::Cell;

use crate::object::{Layout, Object, VarObject};
use crate::typeobject::{Slots, Type, flags};

/// CPython's `PyByteArrayObject`: the storage, where the data begin in it, and how many buffers are out.
#[repr(C)]
pub struct ByteArray {
    pub var: VarObject,
    /// Bytes of storage.
    pub allocated: Cell<isize>,
    pub storage: Cell<*mut u8>,
    pub start: Cell<*mut u8>,
    pub exports: Cell<isize>,
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for ByteArray {
    fn type_object() -> &'static Type {
        &BYTEARRAY
    }
}

pub static BYTEARRAY: Type = Type::builtin("bytearray", 56, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::MATCH_SELF);

/// Whether the object is a bytearray or an instance of a subclass.
pub fn is_bytearray(object: &Object) -> bool {
    object.ty().is_subtype(&BYTEARRAY)
}
