//! `int`: sign and magnitude in 30-bit digits, as CPython's `PyLongObject` (Include/cpython/longintrepr.h).

use std::cell::Cell;

use num_bigint::BigInt;

use crate::object::{Layout, Object};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Slots, Type, flags};

/// `tag`: bits 0-1 the sign (0 positive, 1 zero, 2 negative), bits 3 up the number of digits. Digits follow, 30 bits each, lowest first.
/// An int of at most one digit is *compact*.
#[repr(C)]
pub struct Int {
    pub object: Object,
    pub tag: Cell<usize>,
    pub digits: [Cell<u32>; 1],
}

// SAFETY: immutable after creation.
unsafe impl Sync for Int {}

// SAFETY: starts with `Object`.
unsafe impl Layout for Int {
    fn type_object() -> &'static Type {
        &INT
    }
}

pub static INT: Type = Type::builtin("int", 24, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::LONG_SUBCLASS | flags::MATCH_SELF)
    .with_itemsize(4);

impl Int {
    /// A static one-digit int.
    pub const fn constant(ty: *const Type, value: i32) -> Int {
        let sign = if value == 0 {
            1
        } else if value < 0 {
            2
        } else {
            0
        };
        let digits = if value == 0 { 0 } else { 1 };
        Int {
            object: Object::immortal(ty),
            tag: Cell::new(digits << 3 | sign),
            digits: [Cell::new(value.unsigned_abs())],
        }
    }

    #[inline(always)]
    pub fn is_compact(&self) -> bool {
        self.tag.get() < (2 << 3)
    }

    /// The value of a compact int.
    #[inline(always)]
    pub fn compact_value(&self) -> i64 {
        let sign = 1 - (self.tag.get() & 3) as i64;
        sign * i64::from(self.digits[0].get())
    }
}

/// An int object; small values (-5..=256) are shared and immortal.
#[inline]
pub fn from_i64(value: i64) -> Owned {
    todo!()
}
pub fn from_usize(value: usize) -> Owned {
    todo!()
}
pub fn from_bigint(value: &BigInt) -> Owned {
    todo!()
}
/// The value if it fits; the object must be an int (or subclass).
pub fn as_i64(object: &Object) -> Option<i64> {
    todo!()
}
pub fn to_bigint(object: &Object) -> BigInt {
    todo!()
}
/// TypeError unless an int (or `__index__`); OverflowError when too large for a C int / ssize_t, CPython's texts.
pub fn as_isize(object: &Object) -> PyResult<isize> {
    todo!()
}
pub fn as_i32(object: &Object) -> PyResult<i32> {
    todo!()
}
