//! `wrapper_descriptor` ("slot wrapper") and `method-wrapper`: slots of built-in types under their special names.

use std::cell::Cell;
use std::mem::transmute;

use crate::args::check_positional;
use crate::error::{self, type_error};
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::call::tuple_and_dict;
use crate::ops::compare::{hash_address, plain_is_subclass};
use crate::ops::number;
use crate::refs::{Owned, PyResult, Word};
use crate::slotdefs::{SlotDef, Wrap};
use crate::state::root;
use crate::typeobject::*;
use crate::types::bool::bool_owned;
use crate::types::exceptions::OVERFLOW_ERROR;
use crate::types::none::not_implemented;
use crate::types::str::Str;
use crate::types::{int, tuple};
use crate::visit::Visit;
use crate::{none, none_owned};

use super::Descr;

#[repr(C)]
pub struct WrapperDescr {
    pub descr: Descr,
    base: &'static SlotDef,
    /// The slot function it wraps; its type follows from `base`.
    pub wrapped: Cell<*const ()>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for WrapperDescr {
    fn type_object() -> &'static Type {
        &WRAPPER_DESCRIPTOR
    }
}

pub static WRAPPER_DESCRIPTOR: Type = Type::builtin(
    "wrapper_descriptor",
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
.with_flags(flags::HAVE_GC | flags::METHOD_DESCRIPTOR | flags::DISALLOW_INSTANTIATION)
.with_methods(&[MethodDef::new(
    "__reduce__",
    Native::NoArgs(super::reduce),
    "",
)])
.with_members(super::MEMBERS)
.with_getset(&[
    GetSetDef::read("__doc__", doc, ""),
    super::QUALNAME,
    GetSetDef::read("__text_signature__", signature, ""),
]);

impl WrapperDescr {
    #[inline(always)]
    pub fn base(&self) -> &'static SlotDef {
        self.base
    }
}

/// A wrapper of `owner` around the function in one of its slots.
pub fn new(owner: &Type, base: &'static SlotDef, wrapped: *const ()) -> Owned {
    // SAFETY: the rest is written here.
    unsafe {
        let descr = super::new_descr::<WrapperDescr>(&WRAPPER_DESCRIPTOR, owner, base.name);
        (&raw mut (*descr).base).write(base);
        (&raw mut (*descr).wrapped).write(Cell::new(wrapped));
        Owned::from_raw(descr.cast())
    }
}

fn body(object: &Object) -> &WrapperDescr {
    // SAFETY: slots of this type only.
    unsafe { object.cast() }
}

fn repr(object: &Object) -> PyResult {
    super::repr_as(object, "slot wrapper")
}

fn doc(_: &Object) -> PyResult {
    Ok(none_owned())
}

fn signature(object: &Object) -> PyResult {
    Ok(Str::new(body(object).base.signature))
}

fn get(object: &Object, instance: Option<&Object>, _owner: Option<&Object>) -> PyResult {
    let Some(instance) = instance else {
        return Ok(Owned::new(object));
    };
    body(object).descr.check(instance)?;
    Ok(new_method_wrapper(object, instance))
}

fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (all, kwargs) = tuple_and_dict(args, kwnames)?;
    let all = root("arguments", all);
    let kwargs = kwargs.map(|k| root("keyword arguments", k));
    call_descriptor(object, &all, kwargs.as_deref())
}

/// Calls a slot wrapper with a tuple, whose first item is the instance, and a dict.
pub fn call_descriptor(object: &Object, all: &Object, kwargs: Option<&Object>) -> PyResult {
    let this = body(object);
    // SAFETY: callers pass tuples.
    let items = unsafe { all.cast::<tuple::Tuple>() }.items();
    let Some(first) = items.first() else {
        return Err(type_error(format!(
            "descriptor '{}' of '{}' object needs an argument",
            this.descr.name_text(),
            this.descr.owner().full_name()
        )));
    };
    if !plain_is_subclass(first.ty().as_object(), this.descr.owner().as_object())? {
        return Err(type_error(format!(
            "descriptor '{}' requires a '{}' object but received a '{}'",
            this.descr.name_text(),
            this.descr.owner().full_name(),
            first.ty().full_name()
        )));
    }
    let rest = root("arguments", tuple::from_slice(&items[1..]));
    raw_call(this, first, &rest, kwargs)
}

fn raw_call(
    this: &WrapperDescr,
    instance: &Object,
    args: &Object,
    kwargs: Option<&Object>,
) -> PyResult {
    if !this.base.takes_keywords()
        && let Some(kwargs) = kwargs
        && crate::types::dict::len(kwargs) != 0
    {
        return Err(type_error(format!(
            "wrapper {}() takes no keyword arguments",
            this.base.name
        )));
    }
    // SAFETY: the pointer came from the slot of this row.
    unsafe { call_wrapped(this.base, this.wrapped.get(), instance, args, kwargs) }
}

/// The items of an argument tuple, as many as demanded.
fn exactly<const N: usize>(args: &Object) -> PyResult<[&Object; N]> {
    between::<N>(args, N).map(|found| found.map(|item| item.unwrap_or(none())))
}

/// The same with missing ones at the end allowed.
fn between<const N: usize>(args: &Object, min: usize) -> PyResult<[Option<&Object>; N]> {
    // SAFETY: callers pass tuples.
    let items = unsafe { args.cast::<tuple::Tuple>() }.items();
    check_positional("", items.len(), min, N)?;
    Ok(std::array::from_fn(|i| items.get(i).map(|o| &**o)))
}

fn to_index(object: &Object) -> PyResult<isize> {
    number::index_isize(object, Some(&OVERFLOW_ERROR))
}

/// An index for `sq_item`: a negative one counts from the end.
fn sequence_index(this: &Object, object: &Object) -> PyResult<isize> {
    let index = to_index(object)?;
    match this.ty().slots.sq_length {
        Some(length) if index < 0 => Ok(index + length(this)? as isize),
        _ => Ok(index),
    }
}

macro_rules! as_fn {
    ($pointer:expr, $ty:ty) => {
        // SAFETY: by contract of `call_wrapped` the pointer has the type of the row's slot.
        unsafe { transmute::<*const (), $ty>($pointer) }
    };
}

/// Calls a slot function with a tuple of arguments, as the row's wrapper does (the `wrap_` functions of Objects/typeobject.c).
///
/// # Safety
/// `wrapped` is a function of the type of `def`'s slot.
pub unsafe fn call_wrapped(
    def: &SlotDef,
    wrapped: *const (),
    this: &Object,
    args: &Object,
    kwargs: Option<&Object>,
) -> PyResult {
    match def.wrap {
        Wrap::None => Err(type_error(format!("{} cannot be called", def.name))),
        Wrap::Unary => {
            exactly::<0>(args)?;
            as_fn!(wrapped, UnaryFn)(this)
        }
        Wrap::Hash => {
            exactly::<0>(args)?;
            as_fn!(wrapped, HashFn)(this).map(|hash| int::from_i64(hash as i64))
        }
        Wrap::Call => crate::ops::call::call_slot(as_fn!(wrapped, CallFn), this, args, kwargs),
        Wrap::Binary | Wrap::BinaryLeft => {
            let [other] = exactly::<1>(args)?;
            as_fn!(wrapped, BinaryFn)(this, other)
        }
        Wrap::BinaryReflected => {
            let [other] = exactly::<1>(args)?;
            as_fn!(wrapped, BinaryFn)(other, this)
        }
        Wrap::Ternary => {
            let [other, third] = between::<2>(args, 1)?;
            as_fn!(wrapped, TernaryFn)(this, other.unwrap_or(none()), third.unwrap_or(none()))
        }
        Wrap::TernaryReflected => {
            let [other, third] = between::<2>(args, 1)?;
            as_fn!(wrapped, TernaryFn)(other.unwrap_or(none()), this, third.unwrap_or(none()))
        }
        Wrap::Truth => {
            exactly::<0>(args)?;
            as_fn!(wrapped, InquiryFn)(this).map(bool_owned)
        }
        Wrap::Length => {
            exactly::<0>(args)?;
            as_fn!(wrapped, LenFn)(this).map(int::from_usize)
        }
        Wrap::Compare(op) => {
            let [other] = exactly::<1>(args)?;
            as_fn!(wrapped, CompareFn)(this, other, op)
        }
        Wrap::Next => {
            exactly::<0>(args)?;
            match as_fn!(wrapped, IterNextFn)(this)? {
                Some(item) => Ok(item),
                None => Err(error::stop_iteration(None)),
            }
        }
        Wrap::Init => as_fn!(wrapped, InitFn)(this, args, kwargs).map(|()| none_owned()),
        Wrap::Finalize => {
            exactly::<0>(args)?;
            as_fn!(wrapped, fn(&Object))(this);
            Ok(none_owned())
        }
        // SAFETY: passed on.
        _ => unsafe { call_wrapped_item(def.wrap, wrapped, this, args) },
    }
}

/// The wrappers of items, attributes and descriptors.
///
/// # Safety
/// As `call_wrapped`.
unsafe fn call_wrapped_item(
    wrap: Wrap,
    wrapped: *const (),
    this: &Object,
    args: &Object,
) -> PyResult {
    let done = |()| none_owned();
    match wrap {
        Wrap::Index => {
            let [count] = exactly::<1>(args)?;
            as_fn!(wrapped, IndexFn)(this, to_index(count)?)
        }
        Wrap::SeqItem => {
            let [index] = exactly::<1>(args)?;
            as_fn!(wrapped, IndexFn)(this, sequence_index(this, index)?)
        }
        Wrap::SeqSetItem => {
            let [index, value] = exactly::<2>(args)?;
            let index = sequence_index(this, index)?;
            as_fn!(wrapped, IndexAssignFn)(this, index, Some(value)).map(done)
        }
        Wrap::SeqDelItem => {
            let [index] = exactly::<1>(args)?;
            let index = sequence_index(this, index)?;
            as_fn!(wrapped, IndexAssignFn)(this, index, None).map(done)
        }
        Wrap::Contains => {
            let [item] = exactly::<1>(args)?;
            as_fn!(wrapped, ContainsFn)(this, item).map(bool_owned)
        }
        Wrap::SetItem => {
            let [key, value] = exactly::<2>(args)?;
            as_fn!(wrapped, AssignFn)(this, key, Some(value)).map(done)
        }
        Wrap::DelItem => {
            let [key] = exactly::<1>(args)?;
            as_fn!(wrapped, AssignFn)(this, key, None).map(done)
        }
        Wrap::SetAttr => {
            let [name, value] = exactly::<2>(args)?;
            check_right_slot(this, as_fn!(wrapped, AssignFn), "__setattr__")?;
            as_fn!(wrapped, AssignFn)(this, name, Some(value)).map(done)
        }
        Wrap::DelAttr => {
            let [name] = exactly::<1>(args)?;
            check_right_slot(this, as_fn!(wrapped, AssignFn), "__delattr__")?;
            as_fn!(wrapped, AssignFn)(this, name, None).map(done)
        }
        Wrap::DescrGet => {
            let [instance, owner] = between::<2>(args, 1)?;
            let given = |o: Option<&'static Object>| o.filter(|o| !o.is(none()));
            // SAFETY: the tuple outlives the call.
            let given = |o: Option<&Object>| given(o.map(|o| unsafe { &*o.as_ptr() }));
            let (instance, owner) = (given(instance), given(owner));
            if instance.is_none() && owner.is_none() {
                return Err(type_error("__get__(None, None) is invalid"));
            }
            as_fn!(wrapped, DescrGetFn)(this, instance, owner)
        }
        Wrap::DescrSet => {
            let [instance, value] = exactly::<2>(args)?;
            as_fn!(wrapped, AssignFn)(this, instance, Some(value)).map(done)
        }
        Wrap::DescrDelete => {
            let [instance] = exactly::<1>(args)?;
            as_fn!(wrapped, AssignFn)(this, instance, None).map(done)
        }
        _ => Ok(not_implemented()),
    }
}

/// `object.__setattr__(cls, ...)` must not pass over the slot of a native class in between (`hackcheck`).
fn check_right_slot(this: &Object, wanted: AssignFn, what: &str) -> PyResult<()> {
    let ty = this.ty();
    let is = |ty: &Type, f: AssignFn| {
        ty.slots
            .setattro
            .is_some_and(|s| std::ptr::fn_addr_eq(s, f))
    };
    let by_python = |ty: &Type| is(ty, crate::slot_functions::slot_setattro);
    // SAFETY: null or a live tuple of types.
    let Some(mro) = (unsafe { ty.mro.get().as_ref() }) else {
        return Ok(());
    };
    let mut defining = ty;
    // SAFETY: as above.
    for class in unsafe { mro.cast::<tuple::Tuple>() }.items().iter().rev() {
        // SAFETY: as above.
        let class = unsafe { class.cast::<Type>() };
        if !by_python(class) && ty.slots.setattro.is_some_and(|s| is(class, s)) {
            // SAFETY: the MRO keeps it alive.
            defining = unsafe { &*(class as *const Type) };
            break;
        }
    }
    let mut at = Some(defining);
    while let Some(base) = at {
        if is(base, wanted) {
            return Ok(());
        }
        if !by_python(base) {
            return Err(type_error(format!(
                "can't apply this {what} to {} object",
                ty.full_name()
            )));
        }
        at = base.base();
    }
    Ok(())
}

/// A slot wrapper bound to an instance.
#[repr(C)]
pub struct MethodWrapper {
    pub object: Object,
    pub descr: Field,
    pub this: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for MethodWrapper {
    fn type_object() -> &'static Type {
        &METHOD_WRAPPER
    }
}

pub static METHOD_WRAPPER: Type = Type::builtin(
    "method-wrapper",
    32,
    Slots {
        dealloc: wrapper_dealloc,
        visit: wrapper_visit,
        repr: Some(wrapper_repr),
        hash: Some(wrapper_hash),
        call: Some(wrapper_call),
        getattro: Some(crate::ops::attribute::generic_get),
        richcompare: Some(wrapper_compare),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_methods(&[MethodDef::new(
    "__reduce__",
    Native::NoArgs(wrapper_reduce),
    "",
)])
.with_members(&[MemberDef {
    name: "__self__",
    kind: MemberKind::Object,
    offset: std::mem::offset_of!(MethodWrapper, this),
    readonly: true,
    doc: "",
}])
.with_getset(&[
    GetSetDef::read("__objclass__", wrapper_objclass, ""),
    GetSetDef::read("__name__", wrapper_name, ""),
    GetSetDef::read("__qualname__", wrapper_qualname, ""),
    GetSetDef::read("__doc__", doc, ""),
    GetSetDef::read("__text_signature__", wrapper_signature, ""),
]);

/// `descr` bound to `this` (`PyWrapper_New`).
pub fn new_method_wrapper(descr: &Object, this: &Object) -> Owned {
    // SAFETY: the body is written at once.
    unsafe {
        let object = crate::alloc::object_memory(&METHOD_WRAPPER, 32);
        assert!(!object.is_null(), "out of memory for a method-wrapper");
        let wrapper = object.cast::<MethodWrapper>();
        (&raw mut (*wrapper).descr).write(Field::new(Some(Owned::new(descr))));
        (&raw mut (*wrapper).this).write(Field::new(Some(Owned::new(this))));
        gc::track(&*object);
        Owned::from_raw(object)
    }
}

unsafe fn wrapper_dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        let this = (*object).cast::<MethodWrapper>();
        this.descr.clear();
        this.this.clear();
        crate::alloc::free_object(object);
    }
}

unsafe fn wrapper_visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: a slot of this type.
    let this = unsafe { object.cast::<MethodWrapper>() };
    this.descr.visit("descr", visit);
    this.this.visit("__self__", visit);
}

fn parts(object: &Object) -> (&WrapperDescr, &Object) {
    // SAFETY: slots of this type only; both fields are set for life.
    unsafe {
        let this = object.cast::<MethodWrapper>();
        (&*this.descr.pointer().cast(), &*this.this.pointer())
    }
}

fn wrapper_call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (args, kwargs) = tuple_and_dict(args, kwnames)?;
    let args = root("arguments", args);
    let kwargs = kwargs.map(|k| root("keyword arguments", k));
    call_method_wrapper(object, &args, kwargs.as_deref())
}

/// Calls a bound slot wrapper with a tuple and a dict.
pub fn call_method_wrapper(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let (descr, this) = parts(object);
    raw_call(descr, this, args, kwargs)
}

fn wrapper_repr(object: &Object) -> PyResult {
    let (descr, this) = parts(object);
    Ok(Str::new(&format!(
        "<method-wrapper '{}' of {} object at {this:p}>",
        descr.base.name,
        this.ty().full_name()
    )))
}

fn wrapper_hash(object: &Object) -> PyResult<isize> {
    let (descr, this) = parts(object);
    let hash =
        hash_address(this.as_ptr() as usize) ^ hash_address(&raw const descr.descr.object as usize);
    Ok(if hash == -1 { -2 } else { hash })
}

fn wrapper_compare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne)
        || !a.is_exact(&METHOD_WRAPPER)
        || !b.is_exact(&METHOD_WRAPPER)
    {
        return Ok(not_implemented());
    }
    let ((da, sa), (db, sb)) = (parts(a), parts(b));
    let equal = std::ptr::eq(da, db) && sa.is(sb);
    Ok(bool_owned(equal == (op == CompareOp::Eq)))
}

fn wrapper_reduce(object: &Object) -> PyResult {
    let (descr, this) = parts(object);
    let getattr = crate::types::module::builtin("getattr")?;
    let name = descr.descr.name.or_none();
    let args = tuple::from_refs(&[this, &name]);
    Ok(tuple::from_owned(vec![getattr, args]))
}

fn wrapper_objclass(object: &Object) -> PyResult {
    Ok(Owned::new(parts(object).0.descr.owner().as_object()))
}

fn wrapper_name(object: &Object) -> PyResult {
    Ok(parts(object).0.descr.name.or_none())
}

fn wrapper_qualname(object: &Object) -> PyResult {
    super::get_qualname(&parts(object).0.descr.object)
}

fn wrapper_signature(object: &Object) -> PyResult {
    Ok(Str::new(parts(object).0.base.signature))
}
