//! `typing.TypeAliasType`: what the `type` statement makes.

use std::mem::offset_of;

use crate::args::Signature;
use crate::error::type_error;
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, text};
use crate::refs::{Owned, PyResult};
use crate::typeobject::*;
use crate::types::generic_alias;
use crate::types::str;
use crate::types::tuple::{self, Tuple};
use crate::types::r#type::generic_alloc;
use crate::visit::Visit;
use crate::{names, none};

/// CPython's `typealiasobject`.
#[repr(C)]
pub struct TypeAlias {
    pub object: Object,
    name: Field,
    type_params: Field,
    compute_value: Field,
    value: Field,
    module: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for TypeAlias {
    fn type_object() -> &'static Type {
        &TYPE_ALIAS
    }
}

pub static TYPE_ALIAS: Type = Type::builtin(
    "typing.TypeAliasType",
    56,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(name_of),
        getattro: Some(attribute::generic_get),
        iter: Some(super::type_var_tuple::to_iter),
        or: Some(super::type_var::or),
        mp_subscript: Some(subscript),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(&[MethodDef::new("__reduce__", Native::NoArgs(name_of), "")])
.with_members(&[MemberDef {
    name: "__name__",
    kind: MemberKind::Object,
    offset: offset_of!(TypeAlias, name),
    readonly: true,
    doc: "",
}])
.with_getset(&[
    GetSetDef::read("__parameters__", get_parameters, ""),
    GetSetDef::read("__type_params__", get_type_params, ""),
    GetSetDef::read("__value__", get_value, ""),
    GetSetDef::read("evaluate_value", get_evaluate_value, ""),
    GetSetDef::read("__module__", get_module, ""),
]);

fn body(object: &Object) -> &TypeAlias {
    // SAFETY: callers pass type aliases.
    unsafe { object.cast() }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        clear(&*object);
        crate::alloc::free_object(object);
    }
}

fn fields(this: &TypeAlias) -> [(&'static std::primitive::str, &Field); 5] {
    [
        ("__name__", &this.name),
        ("__type_params__", &this.type_params),
        ("evaluate_value", &this.compute_value),
        ("__value__", &this.value),
        ("__module__", &this.module),
    ]
}

fn clear(object: &Object) {
    for (_, field) in fields(body(object)) {
        field.clear();
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    for (name, field) in fields(body(object)) {
        field.visit(name, visit);
    }
}

fn new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("typealias", &["name", "value", "type_params"], 0, 2, 2);
    let [name, value, params] = SIGNATURE.bind_tuple(args, kwargs)?;
    let name = name.unwrap_or(none());
    if !str::is_str(name) {
        return Err(type_error(format!(
            "typealias() argument 'name' must be str, not {}",
            name.ty().full_name()
        )));
    }
    if let Some(params) = params {
        if !params.ty().has(flags::TUPLE_SUBCLASS) {
            return Err(type_error("type_params must be a tuple"));
        }
        check_params(params)?;
    }
    let module = super::caller()?;
    let made = alloc(name, params)?;
    body(&made).value.set_ref(value);
    body(&made).module.set(module);
    Ok(made)
}

fn is_param(object: &Object) -> bool {
    object.is_exact(&super::type_var::TYPE_VAR)
        || object.is_exact(&super::param_spec::PARAM_SPEC)
        || object.is_exact(&super::type_var_tuple::TYPE_VAR_TUPLE)
}

fn check_params(params: &Object) -> PyResult<()> {
    let mut default_seen = false;
    // SAFETY: a tuple.
    for param in unsafe { params.cast::<Tuple>() }.items() {
        let shown = || -> PyResult<String> { Ok(text::lossy(&*text::repr(param)?)) };
        if !is_param(param) {
            return Err(type_error(format!(
                "Expected a type param, got {}",
                shown()?
            )));
        }
        let default = attribute::get(param, &names().__default__)?;
        if !default.is(&super::NO_DEFAULT) {
            default_seen = true;
        } else if default_seen {
            return Err(type_error(format!(
                "non-default type parameter '{}' follows default type parameter",
                shown()?
            )));
        }
    }
    Ok(())
}

fn alloc(name: &Object, params: Option<&Object>) -> PyResult {
    let made = generic_alloc(&TYPE_ALIAS, 0)?;
    let this = body(&made);
    this.name.set_ref(Some(name));
    this.type_params.set_ref(
        params.filter(|p| p.ty().has(flags::TUPLE_SUBCLASS) && crate::args::tuple_len(p) != 0),
    );
    Ok(made)
}

/// TYPEALIAS: from a tuple of the name, the type parameters (or `None`) and the function that computes the value.
pub fn make(parts: &Object) -> PyResult {
    let part = |i| crate::args::tuple_item(parts, i);
    let made = alloc(part(0), Some(part(1)))?;
    body(&made).compute_value.set_ref(Some(part(2)));
    Ok(made)
}

fn name_of(object: &Object) -> PyResult {
    Ok(body(object).name.or_none())
}

fn get_type_params(object: &Object) -> PyResult {
    Ok(body(object)
        .type_params
        .owned()
        .unwrap_or_else(tuple::empty))
}

fn get_parameters(object: &Object) -> PyResult {
    super::unpack_tuples(&*get_type_params(object)?)
}

fn get_value(object: &Object) -> PyResult {
    let this = body(object);
    let found = super::evaluated(&this.value, &this.compute_value)?;
    Ok(found.unwrap_or_else(crate::none_owned))
}

fn get_evaluate_value(object: &Object) -> PyResult {
    let this = body(object);
    super::evaluator_of(&this.value, &this.compute_value)
}

fn get_module(object: &Object) -> PyResult {
    let this = body(object);
    if let Some(module) = this.module.owned() {
        return Ok(module);
    }
    match this.compute_value.owned() {
        Some(function) => attribute::get(&function, &names().__module__),
        None => Ok(crate::none_owned()),
    }
}

fn subscript(object: &Object, key: &Object) -> PyResult {
    if body(object).type_params.is_empty() {
        return Err(type_error("Only generic type aliases are subscriptable"));
    }
    let key = if key.ty().has(flags::TUPLE_SUBCLASS) {
        Owned::new(key)
    } else {
        tuple::from_refs(&[key])
    };
    generic_alias::new(object, &key)
}
