//! `typing.TypeVarTuple`.

use std::mem::offset_of;

use crate::error::type_error;
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, iter};
use crate::refs::{PyResult, Word};
use crate::state::words;
use crate::typeobject::*;
use crate::types::dict::managed;
use crate::types::tuple;
use crate::types::r#type::{generic_alloc, instance::clear_weakrefs};
use crate::visit::Visit;

/// CPython's `typevartupleobject`.
#[repr(C)]
pub struct TypeVarTuple {
    pub object: Object,
    name: Field,
    default: Field,
    pub evaluate_default: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for TypeVarTuple {
    fn type_object() -> &'static Type {
        &TYPE_VAR_TUPLE
    }
}

pub static TYPE_VAR_TUPLE: Type = Type::builtin(
    "typing.TypeVarTuple",
    40,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(name_of),
        getattro: Some(attribute::generic_get),
        setattro: Some(attribute::generic_set),
        iter: Some(to_iter),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::MANAGED_DICT | flags::MANAGED_WEAKREF)
.with_managed_words()
.with_methods(&[
    MethodDef::new("__typing_subst__", Native::O(subst), ""),
    MethodDef::new("__typing_prepare_subst__", Native::Fast(prepare_subst), ""),
    MethodDef::new("__reduce__", Native::NoArgs(name_of), ""),
    MethodDef::new("has_default", Native::NoArgs(has_default), ""),
    MethodDef::new("__mro_entries__", Native::O(mro_entries), ""),
])
.with_members(&[MemberDef {
    name: "__name__",
    kind: MemberKind::Object,
    offset: offset_of!(TypeVarTuple, name),
    readonly: true,
    doc: "",
}])
.with_getset(&[
    GetSetDef::read("__default__", get_default, ""),
    GetSetDef::read("evaluate_default", get_evaluate_default, ""),
])
.with_doc("A specialized form of type variable for an arbitrary number of types.");

pub fn body(object: &Object) -> &TypeVarTuple {
    // SAFETY: callers pass type variable tuples.
    unsafe { object.cast() }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero; the type has managed words.
    unsafe {
        gc::untrack(&*object);
        clear(&*object);
        clear_weakrefs(&*object);
        crate::types::r#type::free(object);
    }
}

fn clear(object: &Object) {
    let this = body(object);
    this.name.clear();
    this.default.clear();
    this.evaluate_default.clear();
    // SAFETY: the type has a managed dict.
    unsafe { managed::clear_managed(object) };
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = body(object);
    this.name.visit("__name__", visit);
    this.default.visit("__default__", visit);
    this.evaluate_default.visit("evaluate_default", visit);
    // SAFETY: the type has a managed dict.
    unsafe { managed::visit_managed(object, visit) };
}

fn new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let given = super::bind("typevartuple", args, kwargs, &["default"], false)?;
    let made = make(given.name)?;
    body(&made).default.set(given.keywords[0].clone());
    super::set_module(&made, super::caller()?)?;
    Ok(made)
}

/// TYPEVARTUPLE.
pub fn make(name: &Object) -> PyResult {
    let made = generic_alloc(&TYPE_VAR_TUPLE, 0)?;
    body(&made).name.set_ref(Some(name));
    Ok(made)
}

fn name_of(object: &Object) -> PyResult {
    Ok(body(object).name.or_none())
}

/// One item: the unpacked tuple.
pub fn to_iter(object: &Object) -> PyResult {
    let only = tuple::from_owned(vec![super::unpacked(object)?]);
    iter::iter(&only)
}

fn get_default(object: &Object) -> PyResult {
    let this = body(object);
    super::default_of(&this.default, &this.evaluate_default)
}

fn get_evaluate_default(object: &Object) -> PyResult {
    let this = body(object);
    super::default_evaluator_of(&this.default, &this.evaluate_default)
}

fn has_default(object: &Object) -> PyResult {
    let this = body(object);
    let has = super::has_default(&this.default, &this.evaluate_default);
    Ok(crate::types::bool::bool_owned(has))
}

fn subst(_: &Object, _: &Object) -> PyResult {
    Err(type_error(
        "Substitution of bare TypeVarTuple is not supported",
    ))
}

fn prepare_subst(object: &Object, args: &[Word]) -> PyResult {
    crate::args::check_positional("__typing_prepare_subst__", args.len(), 2, 2)?;
    let args = words([object, args[0].object(), args[1].object()]);
    super::call_typing("_typevartuple_prepare_subst", &args)
}

fn mro_entries(_: &Object, _: &Object) -> PyResult {
    super::no_subclass("TypeVarTuple")
}
