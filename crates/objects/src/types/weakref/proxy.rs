//! `weakref.proxy`: every operation goes to the referent (Objects/weakrefobject.c).

use super::{WeakRef, clear, get_or_create, of};
use crate::error;
use crate::gc;
use crate::names::names;
use crate::object::Object;
use crate::ops::{attribute, call, compare, iter, mapping, number, sequence, text};
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::state::{Rooted, root};
use crate::typeobject::{
    BinaryFn, CompareOp, MethodDef, Native, Slots, TernaryFn, Type, UnaryFn, flags,
};
use crate::types::bool::bool_owned;
use crate::types::free_instance;
use crate::types::str::Str;
use crate::types::writer::qualified_name;
use crate::visit::Visit;

const METHODS: &[MethodDef] = &[
    MethodDef::new("__bytes__", Native::NoArgs(bytes), ""),
    MethodDef::new("__reversed__", Native::NoArgs(reversed), ""),
];

macro_rules! unary {
    ($function:path) => {{
        const FORWARD: UnaryFn = |object| {
            let target = unwrap(object)?;
            $function(&target)
        };
        Some(FORWARD)
    }};
}

macro_rules! binary {
    ($operator:expr) => {{
        const FORWARD: BinaryFn = |a, b| {
            let a = unwrap(a)?;
            let b = unwrap(b)?;
            number::binary_op($operator, &a, &b)
        };
        Some(FORWARD)
    }};
}

/// Numbers of BINARY_OP's argument (Include/opcode.h).
const SLOTS: Slots = Slots {
    dealloc,
    visit,
    clear: Some(|object| clear(of(object))),
    repr: Some(repr),
    str: unary!(text::str),
    getattro: Some(getattro),
    setattro: Some(setattro),
    richcompare: Some(richcompare),
    iter: unary!(iter::iter),
    iternext: Some(iternext),
    add: binary!(0),
    and: binary!(1),
    floor_divide: binary!(2),
    lshift: binary!(3),
    matrix_multiply: binary!(4),
    multiply: binary!(5),
    remainder: binary!(6),
    or: binary!(7),
    rshift: binary!(9),
    subtract: binary!(10),
    true_divide: binary!(11),
    xor: binary!(12),
    inplace_add: binary!(13),
    inplace_and: binary!(14),
    inplace_floor_divide: binary!(15),
    inplace_lshift: binary!(16),
    inplace_matrix_multiply: binary!(17),
    inplace_multiply: binary!(18),
    inplace_remainder: binary!(19),
    inplace_or: binary!(20),
    inplace_rshift: binary!(22),
    inplace_subtract: binary!(23),
    inplace_true_divide: binary!(24),
    inplace_xor: binary!(25),
    divmod: Some(divmod),
    power: Some(POWER),
    inplace_power: Some(POWER),
    negative: unary!(number::negative),
    positive: unary!(number::positive),
    absolute: unary!(number::absolute),
    invert: unary!(number::invert),
    int: unary!(number::to_int),
    float: unary!(number::to_float),
    index: unary!(number::index),
    bool: Some(truth),
    sq_contains: Some(contains),
    mp_length: Some(length),
    mp_subscript: Some(subscript),
    mp_ass_subscript: Some(ass_subscript),
    ..Slots::NONE
};

pub static PROXY: Type = Type::builtin("weakref.ProxyType", size_of::<WeakRef>(), SLOTS)
    .with_flags(flags::HAVE_GC)
    .with_methods(METHODS);

pub static CALLABLE_PROXY: Type = Type::builtin(
    "weakref.CallableProxyType",
    size_of::<WeakRef>(),
    Slots {
        call: Some(call_proxy),
        ..SLOTS
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(METHODS);

/// `weakref.proxy(target, callback)`.
pub fn new(target: &Object, callback: Option<&Object>) -> PyResult {
    let callable = target.ty().slots.call.is_some();
    get_or_create(
        if callable { &CALLABLE_PROXY } else { &PROXY },
        target,
        callback,
    )
}

#[cold]
fn gone() -> Raised {
    error::reference_error("weakly-referenced object no longer exists")
}

/// The referent of a proxy, or any other object itself; owned while the operation runs.
fn unwrap(object: &Object) -> PyResult<Rooted> {
    if !object.is_exact(&PROXY) && !object.is_exact(&CALLABLE_PROXY) {
        return Ok(root("operand", Owned::new(object)));
    }
    match of(object).target() {
        Some(target) => Ok(root("referent", Owned::new(target))),
        None => Err(gone()),
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead proxy.
    unsafe {
        gc::untrack(&*object);
        clear(&*object.cast::<WeakRef>());
        free_instance(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    visit.field("callback", of(object).callback.get());
}

fn repr(object: &Object) -> PyResult {
    Ok(match of(object).target() {
        Some(target) => Str::new(&format!(
            "<weakproxy at {:p}; to '{}' at {:p}>",
            object.as_ptr(),
            qualified_name(target.ty()),
            target.as_ptr()
        )),
        None => Str::new(&format!("<weakproxy at {:p}; dead>", object.as_ptr())),
    })
}

fn getattro(object: &Object, name: &Object) -> PyResult {
    let target = unwrap(object)?;
    attribute::get(&target, name)
}

fn setattro(object: &Object, name: &Object, value: Option<&Object>) -> PyResult<()> {
    let target = unwrap(object)?;
    attribute::set(&target, name, value)
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    let a = unwrap(a)?;
    let b = unwrap(b)?;
    compare::compare(&a, &b, op)
}

fn iternext(object: &Object) -> PyResult<Option<Owned>> {
    let target = unwrap(object)?;
    match target.ty().slots.iternext {
        Some(function) => function(&target),
        None => Err(error::type_error(format!(
            "Weakref proxy referenced a non-iterator '{:.200}' object",
            target.ty().full_name()
        ))),
    }
}

fn divmod(a: &Object, b: &Object) -> PyResult {
    let a = unwrap(a)?;
    let b = unwrap(b)?;
    number::divmod(&a, &b)
}

const POWER: TernaryFn = |a, b, c| {
    let a = unwrap(a)?;
    let b = unwrap(b)?;
    let c = unwrap(c)?;
    number::power(&a, &b, &c)
};

fn truth(object: &Object) -> PyResult<bool> {
    let target = unwrap(object)?;
    compare::is_true(&target)
}

fn contains(object: &Object, item: &Object) -> PyResult<bool> {
    let target = unwrap(object)?;
    sequence::contains(&target, item)
}

fn length(object: &Object) -> PyResult<usize> {
    let target = unwrap(object)?;
    mapping::len(&target)
}

fn subscript(object: &Object, key: &Object) -> PyResult {
    let target = unwrap(object)?;
    let key = unwrap(key)?;
    mapping::get_item(&target, &key)
}

fn ass_subscript(object: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let target = unwrap(object)?;
    mapping::set_item(&target, key, value)
}

fn call_proxy(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let target = unwrap(object)?;
    call::call(&target, args, kwnames)
}

fn bytes(object: &Object) -> PyResult {
    let target = unwrap(object)?;
    call::call_method(&target, &names().__bytes__, &[])
}

fn reversed(object: &Object) -> PyResult {
    let target = unwrap(object)?;
    call::call_method(&target, &names().__reversed__, &[])
}

/// `True` where the operand is a proxy whose referent is alive.
pub fn is_live(object: &Object) -> Owned {
    bool_owned(of(object).target().is_some())
}
