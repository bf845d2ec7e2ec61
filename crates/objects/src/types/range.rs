//! `range`; its iterators are in `range_iterator`. Exact for integers of any size.

use std::cell::Cell;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::alloc::Kind;
use crate::args;
use crate::error;
use crate::free_list::FreeList;
use crate::object::{Layout, Object};
use crate::ops::{attribute, compare, mapping, number, sequence};
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::{CompareOp, MemberDef, MemberKind, MethodDef, Native, Slots, Type, flags};
use crate::types::bool::BOOL;
use crate::types::int::{self, INT};
use crate::types::none::{none, not_implemented};
use crate::types::slice::{self, SLICE};
use crate::types::writer::Writer;
use crate::types::{bool, range_iterator, tuple};
use crate::visit::Visit;

/// CPython's `rangeobject` (Objects/rangeobject.c): four owned ints.
#[repr(C)]
pub struct Range {
    object: Object,
    start: Cell<*mut Object>,
    stop: Cell<*mut Object>,
    step: Cell<*mut Object>,
    length: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Range {
    fn type_object() -> &'static Type {
        &RANGE
    }
}

static MEMBERS: [MemberDef; 3] = [
    MemberDef::new(
        "start",
        MemberKind::ObjectEx,
        std::mem::offset_of!(Range, start),
    ),
    MemberDef::new(
        "stop",
        MemberKind::ObjectEx,
        std::mem::offset_of!(Range, stop),
    ),
    MemberDef::new(
        "step",
        MemberKind::ObjectEx,
        std::mem::offset_of!(Range, step),
    ),
];

pub static RANGE: Type = Type::builtin(
    "range",
    size_of::<Range>(),
    Slots {
        dealloc,
        visit,
        repr: Some(repr),
        hash: Some(hash),
        getattro: Some(attribute::generic_get),
        richcompare: Some(richcompare),
        iter: Some(range_iterator::forward),
        new: Some(tp_new),
        bool: Some(|object| Ok(!int::cast(of(object).length()).is_zero())),
        sq_length: Some(length),
        sq_item: Some(item),
        sq_contains: Some(contains),
        mp_length: Some(length),
        mp_subscript: Some(subscript),
        ..Slots::NONE
    },
)
.with_flags(flags::SEQUENCE)
.with_members(&MEMBERS)
.with_methods(&[
    MethodDef::new("__reversed__", Native::NoArgs(range_iterator::backward), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("count", Native::O(count), ""),
    MethodDef::new("index", Native::O(index), ""),
])
.with_vectorcall(vectorcall);

static FREE: FreeList = FreeList::new(Kind::Plain, 6);

pub(crate) fn of(object: &Object) -> &Range {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

impl Range {
    pub fn start(&self) -> &Object {
        // SAFETY: owned, never null.
        unsafe { &*self.start.get() }
    }

    pub fn stop(&self) -> &Object {
        // SAFETY: owned, never null.
        unsafe { &*self.stop.get() }
    }

    pub fn step(&self) -> &Object {
        // SAFETY: owned, never null.
        unsafe { &*self.step.get() }
    }

    pub fn length(&self) -> &Object {
        // SAFETY: owned, never null.
        unsafe { &*self.length.get() }
    }

    /// Start, stop and step where all three fit a machine integer.
    pub(crate) fn small(&self) -> Option<(i64, i64, i64)> {
        Some((
            int::as_i64(self.start())?,
            int::as_i64(self.stop())?,
            int::as_i64(self.step())?,
        ))
    }
}

/// Number of items of a range of machine integers.
pub(crate) fn small_length(start: i64, stop: i64, step: i64) -> u64 {
    if step > 0 && start < stop {
        1 + (stop.wrapping_sub(1).wrapping_sub(start) as u64) / step as u64
    } else if step < 0 && start > stop {
        1 + (start.wrapping_sub(1).wrapping_sub(stop) as u64) / (0u64.wrapping_sub(step as u64))
    } else {
        0
    }
}

fn compute_length(start: &Object, stop: &Object, step: &Object) -> Owned {
    if let (Some(start), Some(stop), Some(step)) =
        (int::as_i64(start), int::as_i64(stop), int::as_i64(step))
    {
        return int::from_u64(small_length(start, stop, step));
    }
    let (start, stop, step) = (
        int::to_bigint(start),
        int::to_bigint(stop),
        int::to_bigint(step),
    );
    let (low, high, step) = if step.is_positive() {
        (start, stop, step)
    } else {
        (stop, start, -step)
    };
    if low >= high {
        return int::from_i64(0);
    }
    int::from_bigint(&((high - low - 1u32).div_floor(&step) + 1u32))
}

/// `range(start, stop, step)` from ints (no checks), taking the references over.
pub fn from_owned(start: Owned, stop: Owned, step: Owned) -> Owned {
    let length = compute_length(&start, &stop, &step);
    // SAFETY: all fields are written.
    unsafe {
        let memory = FREE.take(&RANGE, size_of::<Range>());
        assert!(!memory.is_null(), "out of memory for a range");
        let range = memory.cast::<Range>();
        (*range).start = Cell::new(start.into_raw());
        (*range).stop = Cell::new(stop.into_raw());
        (*range).step = Cell::new(step.into_raw());
        (*range).length = Cell::new(length.into_raw());
        Owned::from_raw(memory)
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead range.
    unsafe {
        let range = &*object.cast::<Range>();
        let fields = [&range.start, &range.stop, &range.step, &range.length].map(Cell::get);
        for field in fields {
            Object::decref(field);
        }
        FREE.give(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let range = of(object);
    visit.hidden_field("start", range.start.get());
    visit.hidden_field("stop", range.stop.get());
    visit.hidden_field("step", range.step.get());
    visit.hidden_field("length", range.length.get());
}

fn from_array(args: &[&Object]) -> PyResult {
    args::check_positional("range", args.len(), 1, 3)?;
    if let [stop] = args {
        let stop = number::index(stop)?;
        return Ok(from_owned(int::from_i64(0), stop, int::from_i64(1)));
    }
    let start = number::index(args[0])?;
    let stop = number::index(args[1])?;
    let step = match args.get(2) {
        Some(step) => number::index(step)?,
        None => int::from_i64(1),
    };
    if int::cast(&step).is_zero() {
        return Err(error::value_error("range() arg 3 must not be zero"));
    }
    Ok(from_owned(start, stop, step))
}

fn tp_new(_ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    args::no_keyword_dict("range", kwargs)?;
    // SAFETY: the argument tuple.
    let items = unsafe { args.cast::<tuple::Tuple>() }.items();
    from_array(&items.iter().map(|i| &**i).collect::<Vec<_>>())
}

fn vectorcall(_callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    args::no_keywords("range", kwnames)?;
    if let [stop] = args {
        return from_array(&[stop.object()]);
    }
    from_array(&args.iter().map(|a| a.object()).collect::<Vec<_>>())
}

fn length(object: &Object) -> PyResult<usize> {
    Ok(int::as_isize(of(object).length())? as usize)
}

/// `start + index * step`.
fn compute_item(range: &Range, index: &BigInt) -> Owned {
    int::from_bigint(&(int::to_bigint(range.start()) + index * int::to_bigint(range.step())))
}

/// Item at an index of any size; a negative one counts from the end.
fn item_at(range: &Range, index: &Object) -> PyResult {
    if let (Some((start, _, step)), Some(len), Some(index)) = (
        range.small(),
        int::as_i64(range.length()),
        int::as_i64(index),
    ) {
        let at = if index < 0 {
            index.wrapping_add(len)
        } else {
            index
        };
        if at < 0 || at >= len {
            return Err(error::index_error("range object index out of range"));
        }
        if let Some(value) = at.checked_mul(step).and_then(|d| d.checked_add(start)) {
            return Ok(int::from_i64(value));
        }
    }
    let len = int::to_bigint(range.length());
    let mut at = int::to_bigint(index);
    if at.is_negative() {
        at += &len;
    }
    if at.is_negative() || at >= len {
        return Err(error::index_error("range object index out of range"));
    }
    Ok(compute_item(range, &at))
}

fn item(object: &Object, index: isize) -> PyResult {
    item_at(of(object), &int::from_i64(index as i64))
}

fn subscript(object: &Object, key: &Object) -> PyResult {
    let range = of(object);
    if mapping::is_index(key) {
        let index = number::index(key)?;
        return item_at(range, &index);
    }
    if !key.is_exact(&SLICE) {
        return Err(error::type_error(format!(
            "range indices must be integers or slices, not {:.200}",
            key.ty().full_name()
        )));
    }
    let (start, stop, step) = slice::long_indices(key, &int::to_bigint(range.length()))?;
    let step = int::from_bigint(&(int::to_bigint(range.step()) * step));
    Ok(from_owned(
        compute_item(range, &start),
        compute_item(range, &stop),
        step,
    ))
}

fn is_plain_int(object: &Object) -> bool {
    object.is_exact(&INT) || object.is_exact(&BOOL)
}

/// Whether an exact int or bool is in the range, by arithmetic.
fn contains_int(range: &Range, value: &Object) -> bool {
    let value = int::to_bigint(value);
    let (start, stop, step) = (
        int::to_bigint(range.start()),
        int::to_bigint(range.stop()),
        int::to_bigint(range.step()),
    );
    let inside = if step.is_positive() {
        start <= value && value < stop
    } else {
        stop < value && value <= start
    };
    inside && (value - start).is_multiple_of(&step)
}

fn contains_small(range: &Range, value: &Object) -> Option<bool> {
    let (start, stop, step) = range.small()?;
    let value = int::as_i64(value)?;
    let inside = if step > 0 {
        start <= value && value < stop
    } else {
        stop < value && value <= start
    };
    Some(inside && value.checked_sub(start)?.checked_rem(step)? == 0)
}

fn contains(object: &Object, value: &Object) -> PyResult<bool> {
    if is_plain_int(value) {
        let range = of(object);
        return Ok(contains_small(range, value).unwrap_or_else(|| contains_int(range, value)));
    }
    sequence::iter_contains(object, value)
}

fn count(object: &Object, value: &Object) -> PyResult {
    if is_plain_int(value) {
        return Ok(int::from_i64(contains_int(of(object), value).into()));
    }
    Ok(int::from_usize(sequence::iter_count(object, value)?))
}

fn index(object: &Object, value: &Object) -> PyResult {
    if !is_plain_int(value) {
        return Ok(int::from_usize(sequence::iter_index(object, value)?));
    }
    let range = of(object);
    if !contains_int(range, value) {
        return Err(error::value_error("range.index(x): x not in range"));
    }
    let offset = int::to_bigint(value) - int::to_bigint(range.start());
    Ok(int::from_bigint(&(offset / int::to_bigint(range.step()))))
}

fn reduce(object: &Object) -> PyResult {
    let range = of(object);
    Ok(tuple::from_array([
        Owned::new(RANGE.as_object()),
        tuple::from_refs(&[range.start(), range.stop(), range.step()]),
    ]))
}

fn repr(object: &Object) -> PyResult {
    let range = of(object);
    let mut out = Writer::new("range(");
    out.push_repr(range.start())?;
    out.push(", ");
    out.push_repr(range.stop())?;
    if int::as_i64(range.step()) != Some(1) {
        out.push(", ");
        out.push_repr(range.step())?;
    }
    out.push(")");
    Ok(out.finish())
}

/// The hash of (length, start, step), with what does not matter as None.
fn hash(object: &Object) -> PyResult<isize> {
    let range = of(object);
    let length = range.length();
    let (start, step) = match int::as_i64(length) {
        Some(0) => (none(), none()),
        Some(1) => (range.start(), none()),
        _ => (range.start(), range.step()),
    };
    compare::hash(&tuple::from_refs(&[length, start, step]))
}

fn same(a: &Object, b: &Object) -> bool {
    match (int::as_i64(a), int::as_i64(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => int::to_bigint(a) == int::to_bigint(b),
        _ => false,
    }
}

fn equal(a: &Range, b: &Range) -> bool {
    if std::ptr::eq(a, b) {
        return true;
    }
    if !same(a.length(), b.length()) {
        return false;
    }
    match int::as_i64(a.length()) {
        Some(0) => true,
        Some(1) => same(a.start(), b.start()),
        _ => same(a.start(), b.start()) && same(a.step(), b.step()),
    }
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !b.is_exact(&RANGE) {
        return Ok(not_implemented());
    }
    match op {
        CompareOp::Eq => Ok(bool::bool_owned(equal(of(a), of(b)))),
        CompareOp::Ne => Ok(bool::bool_owned(!equal(of(a), of(b)))),
        _ => Ok(not_implemented()),
    }
}

/// The last item and the step turned round, for `reversed`; zero length is the caller's care.
pub(crate) fn reversed_parts(range: &Range) -> (BigInt, BigInt, BigInt) {
    let (start, step) = (int::to_bigint(range.start()), int::to_bigint(range.step()));
    let len = int::to_bigint(range.length());
    let last = &start + (&len - BigInt::one()) * &step;
    (last, -step, len)
}

/// The value as a machine integer.
pub(crate) fn fits(value: &BigInt) -> Option<i64> {
    if value.is_zero() {
        Some(0)
    } else {
        value.to_i64()
    }
}
