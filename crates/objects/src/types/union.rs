//! `typing.Union`, the type of `int | str` (Objects/unionobject.c).

use crate::field::Field;
use crate::object::{Layout, Object};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Slots, Type, flags};
use crate::types::none::not_implemented;

/// CPython's `unionobject`.
#[repr(C)]
pub struct Union {
    pub object: Object,
    pub args: Field,
    pub hashable_args: Field,
    pub unhashable_args: Field,
    pub parameters: Field,
    pub weaklist: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Union {
    fn type_object() -> &'static Type {
        &UNION
    }
}

pub static UNION: Type =
    Type::builtin("typing.Union", 56, Slots { ..Slots::NONE }).with_flags(flags::HAVE_GC);

/// The members of a union, a tuple.
pub fn args(object: &Object) -> Owned {
    // SAFETY: callers pass unions.
    unsafe { object.cast::<Union>() }.args.or_none()
}

/// The `or` slot of `type`.
pub fn type_or(_: &Object, _: &Object) -> PyResult {
    Ok(not_implemented())
}
