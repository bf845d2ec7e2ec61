//! The singletons `None`, `NotImplemented` and `Ellipsis`.

use crate::error::type_error;
use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{MethodDef, Native, Slots, Type};
use crate::types::str::Str;

pub static NONE_TYPE: Type = Type::builtin(
    "NoneType",
    16,
    Slots {
        repr: Some(none_repr),
        hash: Some(none_hash),
        richcompare: Some(crate::types::object::richcompare),
        bool: Some(none_bool),
        new: Some(none_new),
        ..Slots::NONE
    },
)
.with_doc("NoneType()\n--\n\n");
pub static NONE: Object = Object::immortal(&raw const NONE_TYPE);

pub static NOT_IMPLEMENTED_TYPE: Type = Type::builtin(
    "NotImplementedType",
    16,
    Slots {
        repr: Some(not_implemented_text),
        bool: Some(not_implemented_bool),
        new: Some(not_implemented_new),
        ..Slots::NONE
    },
)
.with_methods(&[MethodDef::new(
    "__reduce__",
    Native::NoArgs(not_implemented_text),
    "",
)])
.with_doc("NotImplementedType()\n--\n\n");
pub static NOT_IMPLEMENTED: Object = Object::immortal(&raw const NOT_IMPLEMENTED_TYPE);

pub static ELLIPSIS_TYPE: Type = Type::builtin(
    "ellipsis",
    16,
    Slots {
        repr: Some(ellipsis_text),
        new: Some(ellipsis_new),
        ..Slots::NONE
    },
)
.with_methods(&[MethodDef::new(
    "__reduce__",
    Native::NoArgs(ellipsis_text),
    "",
)])
.with_doc("ellipsis()\n--\n\n");
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
pub fn not_implemented() -> Owned {
    Owned::new(&NOT_IMPLEMENTED)
}

fn none_repr(_: &Object) -> PyResult {
    Ok(Str::new("None"))
}

/// A constant, so that it does not depend on the address.
fn none_hash(_: &Object) -> PyResult<isize> {
    Ok(0xFCA8_6420)
}

fn none_bool(_: &Object) -> PyResult<bool> {
    Ok(false)
}

fn no_arguments(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    if crate::args::tuple_len(args) != 0 || kwargs.is_some_and(|k| crate::types::dict::len(k) != 0)
    {
        return Err(type_error(format!("{} takes no arguments", ty.full_name())));
    }
    Ok(())
}

fn none_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    no_arguments(ty, args, kwargs)?;
    Ok(none_owned())
}

fn not_implemented_text(_: &Object) -> PyResult {
    Ok(Str::new("NotImplemented"))
}

fn not_implemented_bool(_: &Object) -> PyResult<bool> {
    Err(type_error(
        "NotImplemented should not be used in a boolean context",
    ))
}

fn not_implemented_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    no_arguments(ty, args, kwargs)?;
    Ok(not_implemented())
}

fn ellipsis_text(_: &Object) -> PyResult {
    Ok(Str::new("Ellipsis"))
}

fn ellipsis_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    no_arguments(ty, args, kwargs)?;
    Ok(Owned::new(&ELLIPSIS))
}
