//! `typing.Generic` and `typing.NoDefault`.

use crate::object::Object;
use crate::ops::call;
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::*;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::{hooks, ops::attribute};

pub static GENERIC: Type = Type::builtin(
    "typing.Generic",
    16,
    Slots {
        new: Some(crate::types::object::new),
        ..Slots::NONE
    },
)
.with_flags(flags::BASETYPE | flags::HAVE_GC)
.with_methods(&[
    MethodDef::class(
        "__class_getitem__",
        Native::VarArgsKeywords(class_getitem),
        "",
    ),
    MethodDef::class(
        "__init_subclass__",
        Native::VarArgsKeywords(init_subclass),
        "",
    ),
]);

fn forward(name: &str, class: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let module = hooks::import("typing")?;
    let function = root("function of typing", attribute::get_str(&module, name)?);
    call::call_prepend(&function, Some(class), args, kwargs)
}

fn class_getitem(class: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    forward("_generic_class_getitem", class, args, kwargs)
}

fn init_subclass(class: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    forward("_generic_init_subclass", class, args, kwargs)
}

/// SUBSCRIPT_GENERIC: `Generic[params]`; `params` is a tuple.
pub fn subscript(params: &Object) -> PyResult {
    let params = root("type parameters", super::unpack_tuples(params)?);
    super::call_typing(
        "_GenericAlias",
        &crate::words([GENERIC.as_object(), &params]),
    )
}

pub static NO_DEFAULT_TYPE: Type = Type::builtin(
    "NoDefaultType",
    16,
    Slots {
        repr: Some(repr),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_methods(&[MethodDef::new("__reduce__", Native::NoArgs(reduce), "")])
.with_doc("The type of the NoDefault singleton.");

/// `typing.NoDefault`.
pub static NO_DEFAULT: Object = Object::immortal(&raw const NO_DEFAULT_TYPE);

fn repr(_: &Object) -> PyResult {
    Ok(Str::new("typing.NoDefault"))
}

fn reduce(_: &Object) -> PyResult {
    Ok(Str::new("NoDefault"))
}

fn new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let given = args.downcast::<Tuple>().map_or(0, Tuple::len);
    if given != 0 || kwargs.is_some_and(|k| crate::types::dict::len(k) != 0) {
        return Err(crate::error::type_error("NoDefaultType takes no arguments"));
    }
    Ok(Owned::new(&NO_DEFAULT))
}
