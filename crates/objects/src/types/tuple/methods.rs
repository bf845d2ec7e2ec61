//! Operators and methods of `tuple`.

use super::{TUPLE, Tuple, alloc_uninit, empty, finish, from_slice, iterator};
use crate::args;
use crate::error;
use crate::object::Object;
use crate::ops::{attribute, compare, mapping, sequence, text};
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::{CompareOp, MethodDef, Native, Slots, Type, flags};
use crate::types::list::methods::{add_references, index_bounds};
use crate::types::none::not_implemented;
use crate::types::slice::{self, SLICE};
use crate::types::str::Str;
use crate::types::writer::Writer;
use crate::types::{bool, generic_alias, int, tuple};

pub const DOC: &str = "tuple(iterable=(), /)\n--\n\n";

pub const SLOTS: Slots = Slots {
    repr: Some(repr),
    getattro: Some(attribute::generic_get),
    richcompare: Some(richcompare),
    iter: Some(iterator::new),
    new: Some(tp_new),
    sq_length: Some(length),
    sq_concat: Some(concat),
    sq_repeat: Some(repeat),
    sq_item: Some(item),
    sq_contains: Some(contains),
    mp_length: Some(length),
    mp_subscript: Some(subscript),
    ..Slots::NONE
};

pub const METHODS: &[MethodDef] = &[
    MethodDef::new(
        "__getnewargs__",
        Native::NoArgs(getnewargs),
        "__getnewargs__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "index",
        Native::Fast(index),
        "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\n",
    ),
    MethodDef::new("count", Native::O(count), "count($self, value, /)\n--\n\n"),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
];

#[inline(always)]
fn of(object: &Object) -> &Tuple {
    debug_assert!(object.ty().has(flags::TUPLE_SUBCLASS));
    // SAFETY: the slots and methods of tuples.
    unsafe { object.cast() }
}

/// `tuple(iterable)`.
pub fn vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    args::no_keywords("tuple", kwnames)?;
    args::check_positional("tuple", args.len(), 0, 1)?;
    // SAFETY: called with a type.
    let ty = unsafe { callable.cast::<Type>() };
    match args.first() {
        Some(iterable) => new_from(ty, Some(iterable.object())),
        None => new_from(ty, None),
    }
}

fn tp_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let own_init = match (ty.slots.init, TUPLE.slots.init) {
        (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
        (None, _) => true,
        _ => false,
    };
    if std::ptr::eq(ty, &TUPLE) || own_init {
        args::no_keyword_dict("tuple", kwargs)?;
    }
    let given = args::tuple_len(args);
    args::check_positional("tuple", given, 0, 1)?;
    new_from(ty, (given == 1).then(|| args::tuple_item(args, 0)))
}

fn new_from(ty: &Type, iterable: Option<&Object>) -> PyResult {
    if !std::ptr::eq(ty, &TUPLE) {
        return subtype_new(ty, iterable);
    }
    match iterable {
        Some(iterable) => sequence::to_tuple(iterable),
        None => Ok(empty()),
    }
}

/// An instance of a subtype: a tuple is made first, its items are copied.
fn subtype_new(ty: &Type, iterable: Option<&Object>) -> PyResult {
    let plain = match iterable {
        Some(iterable) => sequence::to_tuple(iterable)?,
        None => empty(),
    };
    let source = of(&plain);
    let made = crate::types::r#type::generic_alloc(ty, source.len())?;
    // SAFETY: fresh memory with room for as many items.
    unsafe {
        let tuple = made.cast::<Tuple>();
        tuple.hash.set(-1);
        for (i, item) in source.items().iter().enumerate() {
            tuple.slots().add(i).write(item.clone().into_raw());
        }
    }
    Ok(made)
}

fn length(object: &Object) -> PyResult<usize> {
    Ok(of(object).len())
}

fn item(object: &Object, index: isize) -> PyResult {
    match of(object).items().get(index as usize) {
        Some(item) => Ok(item.clone()),
        None => Err(error::index_error("tuple index out of range")),
    }
}

pub fn subscript(object: &Object, key: &Object) -> PyResult {
    let tuple = of(object);
    if mapping::is_index(key) {
        return item(object, sequence::position(key, || tuple.len())?);
    }
    if !key.is_exact(&SLICE) {
        return Err(error::type_error(format!(
            "tuple indices must be integers or slices, not {:.200}",
            key.ty().full_name()
        )));
    }
    let (start, stop, step) = slice::unpack(key)?;
    let (start, _, count) = slice::adjust(tuple.len(), start, stop, step);
    if count == 0 {
        return Ok(empty());
    }
    if step == 1 {
        if count == tuple.len() && object.is_exact(&TUPLE) {
            return Ok(Owned::new(object));
        }
        let start = start as usize;
        return Ok(from_slice(&tuple.items()[start..start + count]));
    }
    let items = (0..count as isize)
        .map(|i| tuple.items()[(start + i * step) as usize].clone())
        .collect();
    Ok(tuple::from_owned(items))
}

/// `tuple[low:high]` with clipped indices, exact tuples whole as themselves (`PyTuple_GetSlice`).
pub fn get_slice(object: &Object, low: usize, high: usize) -> Owned {
    let tuple = of(object);
    let high = high.min(tuple.len());
    let low = low.min(high);
    if low == 0 && high == tuple.len() && object.is_exact(&TUPLE) {
        return Owned::new(object);
    }
    from_slice(&tuple.items()[low..high])
}

fn contains(object: &Object, wanted: &Object) -> PyResult<bool> {
    for item in of(object).items() {
        if compare::compare_bool(item, wanted, CompareOp::Eq)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn concat(a: &Object, b: &Object) -> PyResult {
    if of(a).is_empty() && b.is_exact(&TUPLE) {
        return Ok(Owned::new(b));
    }
    if !b.ty().has(flags::TUPLE_SUBCLASS) {
        return Err(error::type_error(format!(
            "can only concatenate tuple (not \"{:.200}\") to tuple",
            b.ty().full_name()
        )));
    }
    let (left, right) = (of(a), of(b));
    if right.is_empty() && a.is_exact(&TUPLE) {
        return Ok(Owned::new(a));
    }
    let total = left.len() + right.len();
    if total == 0 {
        return Ok(empty());
    }
    // SAFETY: filled before anything can run Python.
    unsafe {
        let fresh = alloc_uninit(total);
        if fresh.is_null() {
            return Err(error::memory_error());
        }
        let to = (*fresh).slots();
        for (i, item) in left.items().iter().chain(right.items()).enumerate() {
            item.incref();
            to.add(i).write(item.as_ptr());
        }
        Ok(finish(fresh))
    }
}

fn repeat(object: &Object, times: isize) -> PyResult {
    let tuple = of(object);
    if (tuple.is_empty() || times == 1) && object.is_exact(&TUPLE) {
        return Ok(Owned::new(object));
    }
    if tuple.is_empty() || times <= 0 {
        return Ok(empty());
    }
    let len = tuple.len();
    let Some(total) = len.checked_mul(times as usize) else {
        return Err(error::memory_error());
    };
    // SAFETY: filled before anything can run Python.
    unsafe {
        let fresh = alloc_uninit(total);
        if fresh.is_null() {
            return Err(error::memory_error());
        }
        let to = (*fresh).slots();
        for item in tuple.items() {
            add_references(item, times as usize);
        }
        for turn in 0..times as usize {
            std::ptr::copy_nonoverlapping(tuple.slots(), to.add(turn * len), len);
        }
        Ok(finish(fresh))
    }
}

fn getnewargs(object: &Object) -> PyResult {
    Ok(tuple::from_array([from_slice(of(object).items())]))
}

fn index(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("index", args.len(), 1, 3)?;
    let tuple = of(object);
    let (start, stop) = index_bounds(args, tuple.len())?;
    for at in start..stop.min(tuple.len()) {
        if compare::compare_bool(&tuple.items()[at], args[0].object(), CompareOp::Eq)? {
            return Ok(int::from_usize(at));
        }
    }
    Err(error::value_error("tuple.index(x): x not in tuple"))
}

fn count(object: &Object, wanted: &Object) -> PyResult {
    let mut total = 0;
    for item in of(object).items() {
        if compare::compare_bool(item, wanted, CompareOp::Eq)? {
            total += 1;
        }
    }
    Ok(int::from_usize(total))
}

fn repr(object: &Object) -> PyResult {
    if of(object).is_empty() {
        return Ok(Str::new("()"));
    }
    if !text::repr_enter(object) {
        return Ok(Str::new("(...)"));
    }
    let result = repr_inner(of(object));
    text::repr_leave(object);
    result
}

fn repr_inner(tuple: &Tuple) -> PyResult {
    let mut out = Writer::new("(");
    for (at, item) in tuple.items().iter().enumerate() {
        if at > 0 {
            out.push(", ");
        }
        out.push_repr(item)?;
    }
    out.push(if tuple.len() == 1 { ",)" } else { ")" });
    Ok(out.finish())
}

/// Items are borrowed during comparisons, as in CPython.
fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !a.ty().has(flags::TUPLE_SUBCLASS) || !b.ty().has(flags::TUPLE_SUBCLASS) {
        return Ok(not_implemented());
    }
    let (left, right) = (of(a), of(b));
    let mut at = 0;
    let shorter = left.len().min(right.len());
    while at < shorter
        && compare::compare_bool(&left.items()[at], &right.items()[at], CompareOp::Eq)?
    {
        at += 1;
    }
    if at >= shorter {
        return Ok(bool::bool_owned(op.holds(left.len().cmp(&right.len()))));
    }
    match op {
        CompareOp::Eq => Ok(bool::bool_owned(false)),
        CompareOp::Ne => Ok(bool::bool_owned(true)),
        _ => compare::compare(&left.items()[at], &right.items()[at], op),
    }
}
