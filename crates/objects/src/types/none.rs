//! The singletons `None`, `NotImplemented` and `Ellipsis`.

use crate::object::Object;
use crate::refs::Owned;
use crate::typeobject::{Slots, Type};

pub static NONE_TYPE: Type = Type::builtin("NoneType", 16, Slots { ..Slots::NONE });
pub static NONE: Object = Object::immortal(&raw const NONE_TYPE);
pub static NOT_IMPLEMENTED_TYPE: Type =
    Type::builtin("NotImplementedType", 16, Slots { ..Slots::NONE });
pub static NOT_IMPLEMENTED: Object = Object::immortal(&raw const NOT_IMPLEMENTED_TYPE);
pub static ELLIPSIS_TYPE: Type = Type::builtin("ellipsis", 16, Slots { ..Slots::NONE });
pub static ELLIPSIS: Object = Object::immortal(&raw const ELLIPSIS_TYPE);

/// `None`, borrowed.
#[inline(always)]
pub fn none() -> &'static Object {
    &NONE
}

/// `None`, to be returned; immortal, so no count changes.
#[inline(always)]
pub fn none_owned() -> Owned {
    Owned::new(&NONE)
}

/// `NotImplemented`, to be returned.
#[inline(always)]
pub fn not_implemented() -> PyNotImplemented {
    Owned::new(&NOT_IMPLEMENTED)
}

type PyNotImplemented = Owned;
