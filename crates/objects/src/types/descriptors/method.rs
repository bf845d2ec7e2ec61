//! `method_descriptor` and `classmethod_descriptor`: native methods of types.

use crate::args::{function_text, split};
use crate::error::type_error;
use crate::object::{Layout, Object};
use crate::ops::call::tuple_and_dict;
use crate::refs::{Owned, PyResult, Word};
use crate::state::{self, root};
use crate::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use crate::types::builtin_function;
use crate::types::r#type::as_type;

use super::Descr;

#[repr(C)]
pub struct MethodDescr {
    pub descr: Descr,
    pub def: &'static MethodDef,
    /// Stands for CPython's vectorcall pointer, so that sizes agree.
    reserved: usize,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for MethodDescr {
    fn type_object() -> &'static Type {
        &METHOD_DESCRIPTOR
    }
}

const GETSET: &[GetSetDef] = &[
    GetSetDef::read("__doc__", doc, ""),
    super::QUALNAME,
    GetSetDef::read("__text_signature__", signature, ""),
];

pub static METHOD_DESCRIPTOR: Type = Type::builtin(
    "method_descriptor",
    56,
    Slots {
        dealloc: super::dealloc,
        visit: super::visit,
        repr: Some(repr),
        call: Some(call),
        getattro: Some(crate::ops::attribute::generic_get),
        descr_get: Some(get),
        ..Slots::NONE
    },
)
.with_flags(
    flags::HAVE_GC
        | flags::HAVE_VECTORCALL
        | flags::METHOD_DESCRIPTOR
        | flags::DISALLOW_INSTANTIATION,
)
.with_methods(&[MethodDef::new(
    "__reduce__",
    Native::NoArgs(super::reduce),
    "",
)])
.with_members(super::MEMBERS)
.with_getset(GETSET);

pub static CLASSMETHOD_DESCRIPTOR: Type = Type::builtin(
    "classmethod_descriptor",
    56,
    Slots {
        dealloc: super::dealloc,
        visit: super::visit,
        repr: Some(repr),
        call: Some(call_class),
        getattro: Some(crate::ops::attribute::generic_get),
        descr_get: Some(get_class),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_members(super::MEMBERS)
.with_getset(GETSET);

fn make(ty: &Type, owner: &Type, def: &'static MethodDef) -> Owned {
    // SAFETY: the rest is written here; both types share the layout.
    unsafe {
        let descr = super::new_descr::<MethodDescr>(ty, owner, def.name);
        (&raw mut (*descr).def).write(def);
        (&raw mut (*descr).reserved).write(0);
        Owned::from_raw(descr.cast())
    }
}

/// A method descriptor of `owner`.
pub fn new(owner: &Type, def: &'static MethodDef) -> Owned {
    make(&METHOD_DESCRIPTOR, owner, def)
}

/// A class method descriptor of `owner`.
pub fn new_class(owner: &Type, def: &'static MethodDef) -> Owned {
    make(&CLASSMETHOD_DESCRIPTOR, owner, def)
}

fn body(object: &Object) -> &MethodDescr {
    // SAFETY: slots of the two types only, which share the layout.
    unsafe { &*object.as_ptr().cast::<MethodDescr>() }
}

fn repr(object: &Object) -> PyResult {
    super::repr_as(object, "method")
}

fn doc(object: &Object) -> PyResult {
    let def = body(object).def;
    Ok(super::doc_object(def.name, def.doc))
}

fn signature(object: &Object) -> PyResult {
    let def = body(object).def;
    Ok(super::signature_object(def.name, def.doc))
}

fn get(object: &Object, instance: Option<&Object>, _owner: Option<&Object>) -> PyResult {
    let Some(instance) = instance else {
        return Ok(Owned::new(object));
    };
    let this = body(object);
    this.descr.check(instance)?;
    Ok(builtin_function::new(this.def, Some(instance), None))
}

/// Calls the method with self first (the `method_vectorcall_` functions).
fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let this = body(object);
    let (positional, _) = split(args, kwnames);
    let Some(first) = positional.first() else {
        return Err(type_error(format!(
            "unbound method {} needs an argument",
            function_text(object)
        )));
    };
    let instance = first.object();
    this.descr.check(instance)?;
    call_native(object, &this.def.call, instance, &args[1..], kwnames)
}

/// Calls a native function with arguments in the vectorcall manner, checked as its convention demands; `callable` is what messages name.
pub fn call_native(
    callable: &Object,
    native: &Native,
    this: &Object,
    args: &[Word],
    kwnames: Option<&Object>,
) -> PyResult {
    match *native {
        Native::NoArgs(function) => {
            super::check_no_keywords(callable, kwnames)?;
            if !args.is_empty() {
                return Err(type_error(format!(
                    "{} takes no arguments ({} given)",
                    function_text(callable),
                    args.len()
                )));
            }
            state::get().check_native_stack(" while calling a Python object")?;
            function(this)
        }
        Native::O(function) => {
            super::check_no_keywords(callable, kwnames)?;
            let [arg] = args else {
                return Err(type_error(format!(
                    "{} takes exactly one argument ({} given)",
                    function_text(callable),
                    args.len()
                )));
            };
            state::get().check_native_stack(" while calling a Python object")?;
            function(this, arg.object())
        }
        Native::Fast(function) => {
            super::check_no_keywords(callable, kwnames)?;
            state::get().check_native_stack(" while calling a Python object")?;
            function(this, args)
        }
        Native::FastKeywords(function) => {
            state::get().check_native_stack(" while calling a Python object")?;
            function(this, args, kwnames)
        }
        Native::VarArgs(function) => {
            super::check_no_keywords(callable, kwnames)?;
            let (tuple, _) = tuple_and_dict(args, None)?;
            let tuple = root("arguments", tuple);
            state::get().check_native_stack(" while calling a Python object")?;
            function(this, &tuple)
        }
        Native::VarArgsKeywords(function) => {
            let (tuple, kwargs) = tuple_and_dict(args, kwnames)?;
            let tuple = root("arguments", tuple);
            let kwargs = kwargs.map(|k| root("keyword arguments", k));
            state::get().check_native_stack(" while calling a Python object")?;
            function(this, &tuple, kwargs.as_deref())
        }
    }
}

/// The class that a class method is to be bound to.
fn class_for<'a>(
    this: &MethodDescr,
    instance: Option<&'a Object>,
    owner: Option<&'a Object>,
) -> PyResult<&'a Object> {
    let (name, ours) = (&this.descr, this.descr.owner().full_name());
    let Some(class) = owner.or_else(|| instance.map(|i| i.ty().as_object())) else {
        return Err(type_error(format!(
            "descriptor '{}' for type '{ours}' needs either an object or a type",
            name.name_text()
        )));
    };
    let Some(ty) = as_type(class) else {
        return Err(type_error(format!(
            "descriptor '{}' for type '{ours}' needs a type, not a '{}' as arg 2",
            name.name_text(),
            class.ty().full_name()
        )));
    };
    if !ty.is_subtype(this.descr.owner()) {
        return Err(type_error(format!(
            "descriptor '{}' requires a subtype of '{ours}' but received '{}'",
            name.name_text(),
            ty.full_name()
        )));
    }
    Ok(class)
}

fn get_class(object: &Object, instance: Option<&Object>, owner: Option<&Object>) -> PyResult {
    let this = body(object);
    let class = class_for(this, instance, owner)?;
    Ok(builtin_function::new(this.def, Some(class), None))
}

fn call_class(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let this = body(object);
    let (positional, _) = split(args, kwnames);
    let Some(first) = positional.first() else {
        return Err(type_error(format!(
            "descriptor '{}' of '{}' object needs an argument",
            this.descr.name_text(),
            this.descr.owner().full_name()
        )));
    };
    let bound = get_class(object, None, Some(first.object()))?;
    let bound = root("bound class method", bound);
    crate::ops::call::call(&bound, &args[1..], kwnames)
}
