//! The functions in the slots of Python classes: each looks its special name up on the type and calls what it finds, owning what CPython's
//! `slot_` functions own meanwhile (Objects/typeobject.c).

use crate::error::{self, raise, type_error};
use crate::object::Object;
use crate::ops::call::{call, call_prepend, tuple_and_dict};
use crate::ops::{attribute, compare, number};
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::state::{self, root, words};
use crate::type_cache::lookup;
use crate::typeobject::{BinaryFn, CompareOp, Slots, Type, flags};
use crate::types::bool::BOOL;
use crate::types::descriptors::wrapper::{WRAPPER_DESCRIPTOR, WrapperDescr};
use crate::types::exceptions::ATTRIBUTE_ERROR;
use crate::types::none::{NOT_IMPLEMENTED, not_implemented};
use crate::{names, none};

/// Calls a special method that `lookup_special_method` found; `args[0]` is self.
fn call_found(found: (Owned, bool), args: &[Word]) -> PyResult {
    let (method, unbound) = found;
    let method = root("special method", method);
    call(&method, if unbound { args } else { &args[1..] }, None)
}

/// `type(self).name(self, ...)`; AttributeError with the name when it is missing (`vectorcall_method`).
fn call_special(name: &Object, args: &[Word]) -> PyResult {
    match attribute::lookup_special_method(args[0].object(), name)? {
        Some(found) => call_found(found, args),
        None => Err(error::raise_with(&ATTRIBUTE_ERROR, name)),
    }
}

/// The same with `NotImplemented` for a missing method (`vectorcall_maybe`).
fn call_maybe(name: &Object, args: &[Word]) -> PyResult {
    match attribute::lookup_special_method(args[0].object(), name)? {
        Some(found) => call_found(found, args),
        None => Ok(not_implemented()),
    }
}

macro_rules! unary {
    ($($function:ident $name:ident)*) => { $(
        #[inline(never)]
        pub fn $function(this: &Object) -> PyResult {
            call_special(&names().$name, &words([this]))
        }
    )* };
}

unary! {
    slot_str __str__ slot_negative __neg__ slot_positive __pos__ slot_absolute __abs__ slot_invert __invert__
    slot_int __int__ slot_float __float__ slot_index __index__
}

macro_rules! inplace {
    ($($function:ident $name:ident)*) => { $(
        #[inline(never)]
        pub fn $function(this: &Object, other: &Object) -> PyResult {
            call_special(&names().$name, &words([this, other]))
        }
    )* };
}

inplace! {
    slot_inplace_add __iadd__ slot_inplace_subtract __isub__ slot_inplace_multiply __imul__ slot_inplace_remainder __imod__
    slot_inplace_lshift __ilshift__ slot_inplace_rshift __irshift__ slot_inplace_and __iand__ slot_inplace_xor __ixor__
    slot_inplace_or __ior__ slot_inplace_floor_divide __ifloordiv__ slot_inplace_true_divide __itruediv__
    slot_inplace_matrix_multiply __imatmul__ slot_mp_subscript __getitem__ slot_getattro __getattribute__
}

macro_rules! binary {
    ($($function:ident $slot:ident $name:ident $reflected:ident)*) => { $(
        #[inline(never)]
        pub fn $function(this: &Object, other: &Object) -> PyResult {
            let fills = |ty: &Type| ty.slots.$slot.is_some_and(|s| std::ptr::fn_addr_eq(s, $function as BinaryFn));
            binary(this, other, fills(this.ty()), fills(other.ty()), &names().$name, &names().$reflected, None)
        }
    )* };
}

binary! {
    slot_add add __add__ __radd__
    slot_subtract subtract __sub__ __rsub__
    slot_multiply multiply __mul__ __rmul__
    slot_remainder remainder __mod__ __rmod__
    slot_divmod divmod __divmod__ __rdivmod__
    slot_lshift lshift __lshift__ __rlshift__
    slot_rshift rshift __rshift__ __rrshift__
    slot_and and __and__ __rand__
    slot_xor xor __xor__ __rxor__
    slot_or or __or__ __ror__
    slot_floor_divide floor_divide __floordiv__ __rfloordiv__
    slot_true_divide true_divide __truediv__ __rtruediv__
    slot_matrix_multiply matrix_multiply __matmul__ __rmatmul__
}

#[inline(never)]
pub fn slot_power(this: &Object, other: &Object, modulus: &Object) -> PyResult {
    let fills = |ty: &Type| {
        ty.slots
            .power
            .is_some_and(|s| std::ptr::fn_addr_eq(s, slot_power as crate::typeobject::TernaryFn))
    };
    let third = (!modulus.is(none())).then_some(modulus);
    let (left, right) = (fills(this.ty()), fills(other.ty()));
    let names = names();
    binary(
        this,
        other,
        left,
        right,
        &names.__pow__,
        &names.__rpow__,
        third,
    )
}

#[inline(never)]
pub fn slot_inplace_power(this: &Object, other: &Object, _modulus: &Object) -> PyResult {
    call_special(&names().__ipow__, &words([this, other]))
}

/// The dance of a binary operator between Python classes; `left` and `right` say whose slot is the generic one (`SLOT1BINFULL`).
fn binary(
    this: &Object,
    other: &Object,
    left: bool,
    right: bool,
    name: &Object,
    reflected: &Object,
    third: Option<&Object>,
) -> PyResult {
    let ask = |name: &Object, a: &Object, b: &Object| match third {
        None => call_maybe(name, &words([a, b])),
        Some(third) => call_maybe(name, &words([a, b, third])),
    };
    let mut do_other = !std::ptr::eq(this.ty(), other.ty()) && right;
    if left {
        if do_other && other.ty().is_subtype(this.ty()) && is_overloaded(this, other, reflected)? {
            let result = ask(reflected, other, this)?;
            if !result.is(&NOT_IMPLEMENTED) {
                return Ok(result);
            }
            do_other = false;
        }
        let result = ask(name, this, other)?;
        if !result.is(&NOT_IMPLEMENTED) || std::ptr::eq(other.ty(), this.ty()) {
            return Ok(result);
        }
    }
    if do_other {
        return ask(reflected, other, this);
    }
    Ok(not_implemented())
}

/// Whether the right operand's class has another method of this name than the left one's (`method_is_overloaded`).
fn is_overloaded(left: &Object, right: &Object, name: &Object) -> PyResult<bool> {
    let Some(theirs) = attribute::get_optional(right.ty().as_object(), name)? else {
        return Ok(false);
    };
    let theirs = root("reflected method", theirs);
    let Some(ours) = attribute::get_optional(left.ty().as_object(), name)? else {
        return Ok(true);
    };
    let ours = root("reflected method", ours);
    compare::compare_bool(&theirs, &ours, CompareOp::Ne)
}

#[inline(never)]
pub fn slot_repr(this: &Object) -> PyResult {
    match attribute::lookup_special_method(this, &names().__repr__)? {
        Some(found) => call_found(found, &words([this])),
        None => Ok(crate::types::str::Str::new(&format!(
            "<{} object at {:p}>",
            this.ty().full_name(),
            this
        ))),
    }
}

#[inline(never)]
pub fn slot_hash(this: &Object) -> PyResult<isize> {
    let found = attribute::lookup_special_method(this, &names().__hash__)?;
    let Some(found) = found.filter(|(method, _)| !method.is(none())) else {
        return compare::hash_not_implemented(this);
    };
    let result = call_found(found, &words([this]))?;
    if !result.ty().has(flags::LONG_SUBCLASS) {
        return Err(type_error("__hash__ method should return an integer"));
    }
    let hash = match crate::types::int::as_i64(&result) {
        Some(value) => value as isize,
        None => match crate::types::int::INT.slots.hash {
            Some(hash) => hash(&result)?,
            None => 0,
        },
    };
    Ok(if hash == -1 { -2 } else { hash })
}

#[inline(never)]
pub fn slot_call(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (tuple, kwargs) = tuple_and_dict(args, kwnames)?;
    let tuple = root("arguments", tuple);
    let kwargs = kwargs.map(|k| root("keyword arguments", k));
    let result = call_with_tuple(this, &tuple, kwargs.as_deref());
    state::holding(&result, || drop((kwargs, tuple)));
    result
}

/// The same with a tuple and a dict (`slot_tp_call`).
pub fn call_with_tuple(this: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    state::get().check_native_stack(" while calling a Python object")?;
    let Some((method, unbound)) = attribute::lookup_special_method(this, &names().__call__)? else {
        return Err(error::raise_with(&ATTRIBUTE_ERROR, &names().__call__));
    };
    let method = root("__call__", method);
    call_prepend(&method, unbound.then_some(this), args, kwargs)
}

/// `getattro` of a class with `__getattribute__` but no `__getattr__` is `slot_getattro`; a class with either starts here, and the slot is
/// narrowed at the first look (`_Py_slot_tp_getattr_hook`).
#[inline(never)]
pub fn slot_getattr_hook(this: &Object, name: &Object) -> PyResult {
    let ty = this.ty();
    let names = names();
    let Some(hook) = lookup(ty, &names.__getattr__) else {
        ty.slots
            .edit(|slots| slots.getattro = Some(slot_getattro as BinaryFn));
        return slot_getattro(this, name);
    };
    let hook = root("__getattr__", hook);
    let getattribute = lookup(ty, &names.__getattribute__);
    let plain = match &getattribute {
        None => true,
        Some(found) => {
            found.is_exact(&WRAPPER_DESCRIPTOR)
                // SAFETY: just checked.
                && std::ptr::eq(
                    unsafe { found.cast::<WrapperDescr>() }.wrapped.get(),
                    attribute::generic_get as *const (),
                )
        }
    };
    match getattribute {
        Some(getattribute) if !plain => {
            let getattribute = root("__getattribute__", getattribute);
            match call_attribute(this, &getattribute, name) {
                Err(_) if error::matches(&ATTRIBUTE_ERROR) => error::clear(),
                result => return result,
            }
        }
        plain => {
            drop(plain);
            if let Some(found) = attribute::generic_find(this, name)? {
                return Ok(found);
            }
        }
    }
    call_attribute(this, &hook, name)
}

fn call_attribute(this: &Object, method: &Object, name: &Object) -> PyResult {
    if method.ty().has(flags::METHOD_DESCRIPTOR) {
        return call(method, &words([this, name]), None);
    }
    match method.ty().slots.descr_get {
        None => call(method, &words([name]), None),
        Some(get) => {
            let bound = get(method, Some(this), Some(this.ty().as_object()))?;
            let bound = root("bound method", bound);
            call(&bound, &words([name]), None)
        }
    }
}

#[inline(never)]
pub fn slot_setattro(this: &Object, name: &Object, value: Option<&Object>) -> PyResult<()> {
    match value {
        Some(value) => call_special(&names().__setattr__, &words([this, name, value])),
        None => call_special(&names().__delattr__, &words([this, name])),
    }
    .map(drop)
}

#[inline(never)]
pub fn slot_richcompare(this: &Object, other: &Object, op: CompareOp) -> PyResult {
    let names = names();
    let name: &Object = match op {
        CompareOp::Lt => &names.__lt__,
        CompareOp::Le => &names.__le__,
        CompareOp::Eq => &names.__eq__,
        CompareOp::Ne => &names.__ne__,
        CompareOp::Gt => &names.__gt__,
        CompareOp::Ge => &names.__ge__,
    };
    call_maybe(name, &words([this, other]))
}

fn not_iterable(this: &Object) -> Raised {
    type_error(format!(
        "'{}' object is not iterable",
        this.ty().full_name()
    ))
}

#[inline(never)]
pub fn slot_iter(this: &Object) -> PyResult {
    match attribute::lookup_special_method(this, &names().__iter__)? {
        Some((method, _)) if method.is(none()) => Err(not_iterable(this)),
        Some(found) => call_found(found, &words([this])),
        None => match attribute::lookup_special_method(this, &names().__getitem__)? {
            Some(_) => Ok(crate::types::sequence_iterator::new(this)),
            None => Err(not_iterable(this)),
        },
    }
}

/// The end is told by StopIteration, which stays set: whoever asked may want its value.
#[inline(never)]
pub fn slot_iternext(this: &Object) -> PyResult<Option<Owned>> {
    call_special(&names().__next__, &words([this])).map(Some)
}

/// `iternext` of a class that had `__next__` and lost it (`_PyObject_NextNotImplemented`).
#[inline(never)]
pub fn next_not_implemented(this: &Object) -> PyResult<Option<Owned>> {
    Err(type_error(format!(
        "'{}' object is not iterable",
        this.ty().full_name()
    )))
}

#[inline(never)]
pub fn slot_descr_get(
    this: &Object,
    instance: Option<&Object>,
    owner: Option<&Object>,
) -> PyResult {
    let ty = this.ty();
    let Some(get) = lookup(ty, &names().__get__) else {
        ty.slots.edit(|slots| slots.descr_get = None);
        return Ok(Owned::new(this));
    };
    let get = root("__get__", get);
    let args = words([this, instance.unwrap_or(none()), owner.unwrap_or(none())]);
    call(&get, &args, None)
}

#[inline(never)]
pub fn slot_descr_set(this: &Object, target: &Object, value: Option<&Object>) -> PyResult<()> {
    match value {
        Some(value) => call_special(&names().__set__, &words([this, target, value])),
        None => call_special(&names().__delete__, &words([this, target])),
    }
    .map(drop)
}

#[inline(never)]
pub fn slot_init(this: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let Some((method, unbound)) = attribute::lookup_special_method(this, &names().__init__)? else {
        return Err(error::raise_with(&ATTRIBUTE_ERROR, &names().__init__));
    };
    let method = root("__init__", method);
    let result = call_prepend(&method, unbound.then_some(this), args, kwargs)?;
    if !result.is(none()) {
        return Err(type_error(format!(
            "__init__() should return None, not '{}'",
            result.ty().full_name()
        )));
    }
    Ok(())
}

#[inline(never)]
pub fn slot_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let function = attribute::get(ty.as_object(), &names().__new__)?;
    let function = root("__new__", function);
    call_prepend(&function, Some(ty.as_object()), args, kwargs)
}

#[inline(never)]
pub fn slot_finalize(this: &Object) {
    let saved = error::fetch().map(|e| root("exception put aside", e));
    match attribute::lookup_special_method(this, &names().__del__) {
        Ok(None) => {}
        Ok(Some((method, unbound))) => {
            let method = root("__del__", method);
            let args = words([this]);
            if call(&method, if unbound { &args } else { &[] }, None).is_err() {
                error::unraisable("Exception ignored while calling deallocator", Some(&method));
            }
        }
        Err(_) => error::unraisable("Exception ignored in", Some(this)),
    }
    if let Some(saved) = saved {
        error::restore(saved.take());
    }
}

macro_rules! awaiting {
    ($($function:ident $name:ident)*) => { $(
        #[inline(never)]
        pub fn $function(this: &Object) -> PyResult {
            match attribute::lookup_special_method(this, &names().$name)? {
                Some(found) => call_found(found, &words([this])),
                None => Err(raise(
                    &ATTRIBUTE_ERROR,
                    format!("object {} does not have {} method", this.ty().full_name(), stringify!($name)),
                )),
            }
        }
    )* };
}

awaiting! { slot_await __await__ slot_aiter __aiter__ slot_anext __anext__ }

#[inline(never)]
pub fn slot_bool(this: &Object) -> PyResult<bool> {
    let names = names();
    let mut by_length = false;
    let mut found = attribute::lookup_special_method(this, &names.__bool__)?;
    if found.is_none() {
        by_length = true;
        found = attribute::lookup_special_method(this, &names.__len__)?;
    }
    let Some(found) = found else {
        return Ok(true);
    };
    let value = call_found(found, &words([this]))?;
    if by_length {
        let value = root("__len__ result", value);
        return compare::is_true(&value);
    }
    if value.is_exact(&BOOL) {
        return Ok(crate::types::bool::is_true(&value));
    }
    Err(type_error(format!(
        "__bool__ should return bool, returned {}",
        value.ty().full_name()
    )))
}

#[inline(never)]
pub fn slot_length(this: &Object) -> PyResult<usize> {
    let result = call_special(&names().__len__, &words([this]))?;
    let result = root("__len__ result", result);
    let index = number::index(&result)?;
    drop(result);
    if crate::types::int::cast(&index).is_negative() {
        return Err(error::value_error("__len__() should return >= 0"));
    }
    number::index_isize(&index, Some(&crate::types::exceptions::OVERFLOW_ERROR))
        .map(|len| len as usize)
}

#[inline(never)]
pub fn slot_mp_ass_subscript(this: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    match value {
        Some(value) => call_special(&names().__setitem__, &words([this, key, value])),
        None => call_special(&names().__delitem__, &words([this, key])),
    }
    .map(drop)
}

#[inline(never)]
pub fn slot_sq_item(this: &Object, index: isize) -> PyResult {
    let index = root("index", crate::types::int::from_i64(index as i64));
    call_special(&names().__getitem__, &words([this, &index]))
}

#[inline(never)]
pub fn slot_sq_ass_item(this: &Object, index: isize, value: Option<&Object>) -> PyResult<()> {
    let index = root("index", crate::types::int::from_i64(index as i64));
    slot_mp_ass_subscript(this, &index, value)
}

#[inline(never)]
pub fn slot_sq_contains(this: &Object, item: &Object) -> PyResult<bool> {
    match attribute::lookup_special_method(this, &names().__contains__)? {
        Some((method, _)) if method.is(none()) => Err(type_error(format!(
            "'{}' object is not a container",
            this.ty().full_name()
        ))),
        Some(found) => {
            let result = call_found(found, &words([this, item]))?;
            let result = root("__contains__ result", result);
            compare::is_true(&result)
        }
        None => crate::ops::sequence::iter_contains(this, item),
    }
}

/// Whether the slot functions above fill this slot table's attribute lookup (asked by the specialiser).
pub fn looks_up_getattribute(slots: &Slots) -> bool {
    slots.getattro.is_some_and(|s| {
        std::ptr::fn_addr_eq(s, slot_getattro as BinaryFn)
            || std::ptr::fn_addr_eq(s, slot_getattr_hook as BinaryFn)
    })
}
