//! `typing.TypeVar`.

use std::cell::Cell;
use std::mem::offset_of;

use crate::error::type_error;
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, sequence, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::words;
use crate::typeobject::*;
use crate::types::dict::managed;
use crate::types::r#type::{generic_alloc, instance::clear_weakrefs};
use crate::types::{tuple, union};
use crate::visit::Visit;
use crate::{names, none};

/// CPython's `typevarobject`.
#[repr(C)]
pub struct TypeVar {
    pub object: Object,
    name: Field,
    bound: Field,
    evaluate_bound: Field,
    constraints: Field,
    evaluate_constraints: Field,
    default: Field,
    pub evaluate_default: Field,
    covariant: Cell<u8>,
    contravariant: Cell<u8>,
    infer_variance: Cell<u8>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for TypeVar {
    fn type_object() -> &'static Type {
        &TYPE_VAR
    }
}

pub static TYPE_VAR: Type = Type::builtin(
    "typing.TypeVar",
    80,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(repr),
        getattro: Some(attribute::generic_get),
        setattro: Some(attribute::generic_set),
        or: Some(or),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::MANAGED_DICT | flags::MANAGED_WEAKREF)
.with_managed_words()
.with_methods(&[
    MethodDef::new("__typing_subst__", Native::O(subst), ""),
    MethodDef::new("__typing_prepare_subst__", Native::Fast(prepare_subst), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("has_default", Native::NoArgs(has_default), ""),
    MethodDef::new("__mro_entries__", Native::O(mro_entries), ""),
])
.with_members(&[
    MemberDef::new("__name__", MemberKind::Object, offset_of!(TypeVar, name)),
    MemberDef::new(
        "__covariant__",
        MemberKind::Bool,
        offset_of!(TypeVar, covariant),
    ),
    MemberDef::new(
        "__contravariant__",
        MemberKind::Bool,
        offset_of!(TypeVar, contravariant),
    ),
    MemberDef::new(
        "__infer_variance__",
        MemberKind::Bool,
        offset_of!(TypeVar, infer_variance),
    ),
])
.with_getset(&[
    GetSetDef::read("__bound__", get_bound, ""),
    GetSetDef::read("__constraints__", get_constraints, ""),
    GetSetDef::read("__default__", get_default, ""),
    GetSetDef::read("evaluate_bound", get_evaluate_bound, ""),
    GetSetDef::read("evaluate_constraints", get_evaluate_constraints, ""),
    GetSetDef::read("evaluate_default", get_evaluate_default, ""),
]);

pub fn body(object: &Object) -> &TypeVar {
    // SAFETY: callers pass type variables.
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

fn fields(this: &TypeVar) -> [&Field; 7] {
    [
        &this.name,
        &this.bound,
        &this.evaluate_bound,
        &this.constraints,
        &this.evaluate_constraints,
        &this.default,
        &this.evaluate_default,
    ]
}

fn clear(object: &Object) {
    for field in fields(body(object)) {
        field.clear();
    }
    // SAFETY: the type has a managed dict.
    unsafe { managed::clear_managed(object) };
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    const NAMES: [&str; 7] = [
        "__name__",
        "__bound__",
        "evaluate_bound",
        "__constraints__",
        "evaluate_constraints",
        "__default__",
        "evaluate_default",
    ];
    for (field, name) in fields(body(object)).into_iter().zip(NAMES) {
        field.visit(name, visit);
    }
    // SAFETY: the type has a managed dict.
    unsafe { managed::visit_managed(object, visit) };
}

fn new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    const KEYWORDS: [&str; 5] = [
        "bound",
        "default",
        "covariant",
        "contravariant",
        "infer_variance",
    ];
    let given = super::bind("typevar", args, kwargs, &KEYWORDS, true)?;
    let flags = super::variance(&given.keywords[2..])?;
    let bound = match given.keywords[0].as_ref().filter(|b| !b.is(none())) {
        Some(bound) => Some(super::type_check(bound, "Bound must be a type.")?),
        None => None,
    };
    match given.rest.len() {
        1 => return Err(type_error("A single constraint is not allowed")),
        n if n > 1 && bound.is_some() => {
            return Err(type_error("Constraints cannot be combined with bound=..."));
        }
        _ => {}
    }
    let constraints = (!given.rest.is_empty()).then(|| tuple::from_slice(&given.rest));
    let made = alloc(given.name, flags)?;
    let this = body(&made);
    this.bound.set(bound);
    this.constraints.set(constraints);
    this.default.set(given.keywords[1].clone());
    super::set_module(&made, super::caller()?)?;
    Ok(made)
}

fn alloc(name: &Object, flags: [bool; 3]) -> PyResult {
    let made = generic_alloc(&TYPE_VAR, 0)?;
    let this = body(&made);
    this.name.set_ref(Some(name));
    this.covariant.set(flags[0].into());
    this.contravariant.set(flags[1].into());
    this.infer_variance.set(flags[2].into());
    Ok(made)
}

/// TYPEVAR and its forms with a bound or constraints: what evaluates them is called when asked for.
pub fn make(name: &Object, bound: Option<&Object>, constraints: Option<&Object>) -> PyResult {
    let made = alloc(name, [false, false, true])?;
    let this = body(&made);
    this.evaluate_bound.set_ref(bound);
    this.evaluate_constraints.set_ref(constraints);
    Ok(made)
}

fn repr(object: &Object) -> PyResult {
    let this = body(object);
    let flags = [&this.covariant, &this.contravariant, &this.infer_variance];
    super::variance_repr(&this.name, flags.map(|f| f.get() != 0))
}

/// `T | other`, for all type parameters.
pub fn or(a: &Object, b: &Object) -> PyResult {
    union::from_tuple(&tuple::from_refs(&[a, b]))
}

fn get_bound(object: &Object) -> PyResult {
    let this = body(object);
    Ok(super::evaluated(&this.bound, &this.evaluate_bound)?.unwrap_or_else(crate::none_owned))
}

fn get_constraints(object: &Object) -> PyResult {
    let this = body(object);
    let found = super::evaluated(&this.constraints, &this.evaluate_constraints)?;
    Ok(found.unwrap_or_else(tuple::empty))
}

fn get_default(object: &Object) -> PyResult {
    let this = body(object);
    super::default_of(&this.default, &this.evaluate_default)
}

fn get_evaluate_bound(object: &Object) -> PyResult {
    let this = body(object);
    super::evaluator_of(&this.bound, &this.evaluate_bound)
}

fn get_evaluate_constraints(object: &Object) -> PyResult {
    let this = body(object);
    super::evaluator_of(&this.constraints, &this.evaluate_constraints)
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

fn reduce(object: &Object) -> PyResult {
    Ok(body(object).name.or_none())
}

fn subst(object: &Object, arg: &Object) -> PyResult {
    super::call_typing("_typevar_subst", &words([object, arg]))
}

fn mro_entries(_: &Object, _: &Object) -> PyResult {
    super::no_subclass("TypeVar")
}

/// The arguments, with this variable's default added if there is one too few.
fn prepare_subst(object: &Object, args: &[Word]) -> PyResult {
    crate::args::check_positional("__typing_prepare_subst__", args.len(), 2, 2)?;
    let (alias, given) = (args[0].object(), args[1].object());
    let parameters = attribute::get(alias, &names().__parameters__)?;
    let count = crate::ops::mapping::len(given)?;
    let index = sequence::iter_index(&parameters, object)?;
    if index < count {
        return Ok(Owned::new(given));
    }
    if index == count {
        let default = get_default(object)?;
        if !default.is(&super::NO_DEFAULT) {
            return sequence::concat(given, &tuple::from_refs(&[&default]));
        }
    }
    Err(type_error(format!(
        "Too few arguments for {}",
        text::lossy(&*text::str(alias)?)
    )))
}
