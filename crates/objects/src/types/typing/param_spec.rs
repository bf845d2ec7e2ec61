//! `typing.ParamSpec`, `ParamSpecArgs`, `ParamSpecKwargs`.

use std::cell::Cell;
use std::mem::offset_of;

use crate::args::Signature;
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, compare, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::words;
use crate::typeobject::*;
use crate::types::dict::managed;
use crate::types::none::not_implemented;
use crate::types::r#type::{generic_alloc, instance::clear_weakrefs};
use crate::visit::Visit;
use crate::{names, none};

/// CPython's `paramspecobject`.
#[repr(C)]
pub struct ParamSpec {
    pub object: Object,
    name: Field,
    bound: Field,
    default: Field,
    pub evaluate_default: Field,
    covariant: Cell<u8>,
    contravariant: Cell<u8>,
    infer_variance: Cell<u8>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for ParamSpec {
    fn type_object() -> &'static Type {
        &PARAM_SPEC
    }
}

pub static PARAM_SPEC: Type = Type::builtin(
    "typing.ParamSpec",
    56,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(repr),
        getattro: Some(attribute::generic_get),
        setattro: Some(attribute::generic_set),
        or: Some(super::type_var::or),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::MANAGED_DICT | flags::MANAGED_WEAKREF)
.with_managed_words()
.with_methods(&[
    MethodDef::new("__typing_subst__", Native::O(subst), ""),
    MethodDef::new("__typing_prepare_subst__", Native::Fast(prepare_subst), ""),
    MethodDef::new("has_default", Native::NoArgs(has_default), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("__mro_entries__", Native::O(mro_entries), ""),
])
.with_members(&[
    MemberDef::new("__name__", MemberKind::Object, offset_of!(ParamSpec, name)),
    MemberDef::new(
        "__bound__",
        MemberKind::Object,
        offset_of!(ParamSpec, bound),
    ),
    MemberDef::new(
        "__covariant__",
        MemberKind::Bool,
        offset_of!(ParamSpec, covariant),
    ),
    MemberDef::new(
        "__contravariant__",
        MemberKind::Bool,
        offset_of!(ParamSpec, contravariant),
    ),
    MemberDef::new(
        "__infer_variance__",
        MemberKind::Bool,
        offset_of!(ParamSpec, infer_variance),
    ),
])
.with_getset(&[
    GetSetDef::read("args", get_args, ""),
    GetSetDef::read("kwargs", get_kwargs, ""),
    GetSetDef::read("__default__", get_default, ""),
    GetSetDef::read("evaluate_default", get_evaluate_default, ""),
]);

pub fn body(object: &Object) -> &ParamSpec {
    // SAFETY: callers pass parameter specifications.
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
    this.bound.clear();
    this.default.clear();
    this.evaluate_default.clear();
    // SAFETY: the type has a managed dict.
    unsafe { managed::clear_managed(object) };
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = body(object);
    this.name.visit("__name__", visit);
    this.bound.visit("__bound__", visit);
    this.default.visit("__default__", visit);
    this.evaluate_default.visit("evaluate_default", visit);
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
    let given = super::bind("paramspec", args, kwargs, &KEYWORDS, false)?;
    let flags = super::variance(&given.keywords[2..])?;
    let bound = match given.keywords[0].as_ref().filter(|b| !b.is(none())) {
        Some(bound) => Some(super::type_check(bound, "Bound must be a type.")?),
        None => None,
    };
    let made = alloc(given.name, flags)?;
    let this = body(&made);
    this.bound.set(bound);
    this.default.set(given.keywords[1].clone());
    super::set_module(&made, super::caller()?)?;
    Ok(made)
}

fn alloc(name: &Object, flags: [bool; 3]) -> PyResult {
    let made = generic_alloc(&PARAM_SPEC, 0)?;
    let this = body(&made);
    this.name.set_ref(Some(name));
    this.covariant.set(flags[0].into());
    this.contravariant.set(flags[1].into());
    this.infer_variance.set(flags[2].into());
    Ok(made)
}

/// PARAMSPEC.
pub fn make(name: &Object) -> PyResult {
    alloc(name, [false, false, true])
}

fn repr(object: &Object) -> PyResult {
    let this = body(object);
    let flags = [&this.covariant, &this.contravariant, &this.infer_variance];
    super::variance_repr(&this.name, flags.map(|f| f.get() != 0))
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

fn reduce(object: &Object) -> PyResult {
    Ok(body(object).name.or_none())
}

fn subst(object: &Object, arg: &Object) -> PyResult {
    super::call_typing("_paramspec_subst", &words([object, arg]))
}

fn prepare_subst(object: &Object, args: &[Word]) -> PyResult {
    crate::args::check_positional("__typing_prepare_subst__", args.len(), 2, 2)?;
    let args = words([object, args[0].object(), args[1].object()]);
    super::call_typing("_paramspec_prepare_subst", &args)
}

fn mro_entries(_: &Object, _: &Object) -> PyResult {
    super::no_subclass("ParamSpec")
}

fn get_args(object: &Object) -> PyResult {
    make_part(&PARAM_SPEC_ARGS, object)
}

fn get_kwargs(object: &Object) -> PyResult {
    make_part(&PARAM_SPEC_KWARGS, object)
}

/// `P.args` or `P.kwargs`.
#[repr(C)]
pub struct Part {
    pub object: Object,
    origin: Field,
}

const PART_MEMBERS: &[MemberDef] = &[MemberDef::new(
    "__origin__",
    MemberKind::Object,
    offset_of!(Part, origin),
)];

const fn part_type(
    name: &'static str,
    repr: UnaryFn,
    new: NewFn,
    methods: &'static [MethodDef],
) -> Type {
    Type::builtin(
        name,
        24,
        Slots {
            dealloc: part_dealloc,
            visit: part_visit,
            clear: Some(part_clear),
            repr: Some(repr),
            getattro: Some(attribute::generic_get),
            richcompare: Some(part_compare),
            new: Some(new),
            ..Slots::NONE
        },
    )
    .with_flags(flags::HAVE_GC | flags::MANAGED_WEAKREF)
    .with_managed_words()
    .with_methods(methods)
    .with_members(PART_MEMBERS)
}

const ARGS_METHODS: &[MethodDef] = &[MethodDef::new(
    "__mro_entries__",
    Native::O(args_mro_entries),
    "",
)];
const KWARGS_METHODS: &[MethodDef] = &[MethodDef::new(
    "__mro_entries__",
    Native::O(kwargs_mro_entries),
    "",
)];

pub static PARAM_SPEC_ARGS: Type =
    part_type("typing.ParamSpecArgs", args_repr, args_new, ARGS_METHODS);
pub static PARAM_SPEC_KWARGS: Type = part_type(
    "typing.ParamSpecKwargs",
    kwargs_repr,
    kwargs_new,
    KWARGS_METHODS,
);

fn part(object: &Object) -> &Part {
    // SAFETY: slots of the two types, which share the layout.
    unsafe { &*object.as_ptr().cast::<Part>() }
}

fn make_part(ty: &Type, origin: &Object) -> PyResult {
    let made = generic_alloc(ty, 0)?;
    part(&made).origin.set_ref(Some(origin));
    Ok(made)
}

unsafe fn part_dealloc(object: *mut Object) {
    // SAFETY: the count is zero; the type has managed words.
    unsafe {
        gc::untrack(&*object);
        clear_weakrefs(&*object);
        part_clear(&*object);
        crate::types::r#type::free(object);
    }
}

unsafe fn part_visit(object: &Object, visit: &mut Visit<'_>) {
    part(object).origin.visit("__origin__", visit);
}

fn part_clear(object: &Object) {
    part(object).origin.clear();
}

fn shown(object: &Object, what: &str) -> PyResult {
    let origin = part(object).origin.or_none();
    let name = if origin.is_exact(&PARAM_SPEC) {
        let name = attribute::get(&origin, &names().__name__)?;
        text::str(&name)?
    } else {
        text::repr(&origin)?
    };
    crate::types::exceptions::base::joined("", &name, what)
}

fn args_repr(object: &Object) -> PyResult {
    shown(object, ".args")
}

fn kwargs_repr(object: &Object) -> PyResult {
    shown(object, ".kwargs")
}

fn part_new(ty: &Type, name: &'static str, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let signature = Signature::new(name, &["origin"], 0, 1, 1);
    let [origin] = signature.bind_tuple(args, kwargs)?;
    make_part(ty, origin.unwrap_or(none()))
}

fn args_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    part_new(ty, "paramspecargs", args, kwargs)
}

fn kwargs_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    part_new(ty, "paramspeckwargs", args, kwargs)
}

fn part_compare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !b.is_exact(a.ty()) || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(not_implemented());
    }
    let (x, y) = (part(a).origin.or_none(), part(b).origin.or_none());
    compare::compare(&x, &y, op)
}

fn args_mro_entries(_: &Object, _: &Object) -> PyResult {
    super::no_subclass("ParamSpecArgs")
}

fn kwargs_mro_entries(_: &Object, _: &Object) -> PyResult {
    super::no_subclass("ParamSpecKwargs")
}

/// The parameter specification that a part belongs to.
pub fn origin(object: &Object) -> Owned {
    part(object).origin.or_none()
}
