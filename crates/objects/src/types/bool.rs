//! `bool`.

use crate::object::Object;
use crate::refs::Owned;
use crate::typeobject::{Slots, Type, flags};
use crate::types::int::Int;

pub static BOOL: Type = Type::builtin("bool", 24, Slots { ..Slots::NONE })
    .with_flags(flags::LONG_SUBCLASS)
    .with_itemsize(4)
    .with_base(&raw const crate::types::int::INT);
pub static FALSE: Int = Int::constant(&raw const BOOL, 0);
pub static TRUE: Int = Int::constant(&raw const BOOL, 1);

/// `True` or `False`, borrowed.
#[inline(always)]
pub fn from_bool(value: bool) -> &'static Object {
    if value { &TRUE.object } else { &FALSE.object }
}

/// `True` or `False`, to be returned; immortal.
#[inline(always)]
pub fn bool_owned(value: bool) -> Owned {
    Owned::new(from_bool(value))
}

#[inline(always)]
pub fn is_true(object: &Object) -> bool {
    object.is(&TRUE.object)
}
