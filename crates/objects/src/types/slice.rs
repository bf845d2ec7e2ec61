//! `slice`.

use std::cell::Cell;

use num_bigint::BigInt;
use num_traits::{One, Signed, Zero};

use crate::alloc::Kind;
use crate::args;
use crate::error;
use crate::free_list::FreeList;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, compare, mapping, number};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::{CompareOp, MemberDef, MemberKind, MethodDef, Native, Slots, Type, flags};
use crate::types::none::{none, none_owned, not_implemented};
use crate::types::writer::Writer;
use crate::types::{bool, int, tuple};
use crate::visit::Visit;

/// CPython's `PySliceObject` (Include/sliceobject.h). All three fields are owned.
#[repr(C)]
pub struct Slice {
    object: Object,
    pub start: Cell<*mut Object>,
    pub stop: Cell<*mut Object>,
    pub step: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Slice {
    fn type_object() -> &'static Type {
        &SLICE
    }
}

static MEMBERS: [MemberDef; 3] = [
    MemberDef::new(
        "start",
        MemberKind::Object,
        std::mem::offset_of!(Slice, start),
    ),
    MemberDef::new(
        "stop",
        MemberKind::Object,
        std::mem::offset_of!(Slice, stop),
    ),
    MemberDef::new(
        "step",
        MemberKind::Object,
        std::mem::offset_of!(Slice, step),
    ),
];

pub static SLICE: Type = Type::builtin(
    "slice",
    size_of::<Slice>(),
    Slots {
        dealloc,
        visit,
        repr: Some(repr),
        hash: Some(hash),
        getattro: Some(attribute::generic_get),
        richcompare: Some(richcompare),
        new: Some(tp_new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC)
.with_members(&MEMBERS)
.with_methods(&[
    MethodDef::new("indices", Native::O(indices), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
]);

static FREE: FreeList = FreeList::new(Kind::Gc, 1);

fn of(object: &Object) -> &Slice {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

impl Slice {
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
}

/// `slice(start, stop, step)`, taking the references over (`_PyBuildSlice_Consume2`).
#[inline]
pub fn from_owned(start: Owned, stop: Owned, step: Owned) -> Owned {
    // SAFETY: all fields are written before tracking.
    unsafe {
        let memory = FREE.take(&SLICE, size_of::<Slice>());
        assert!(!memory.is_null(), "out of memory for a slice");
        let slice = memory.cast::<Slice>();
        (*slice).start = Cell::new(start.into_raw());
        (*slice).stop = Cell::new(stop.into_raw());
        (*slice).step = Cell::new(step.into_raw());
        gc::track(&*memory);
        Owned::from_raw(memory)
    }
}

/// `slice(start, stop, step)` with new references (`PySlice_New`).
pub fn new(start: &Object, stop: &Object, step: &Object) -> Owned {
    from_owned(Owned::new(start), Owned::new(stop), Owned::new(step))
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead slice.
    unsafe {
        gc::untrack(&*object);
        let slice = &*object.cast::<Slice>();
        for field in [&slice.step, &slice.start, &slice.stop] {
            crate::types::clear_field(field);
        }
        FREE.give(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let slice = of(object);
    visit.field("start", slice.start.get());
    visit.field("stop", slice.stop.get());
    visit.field("step", slice.step.get());
}

fn tp_new(_ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    args::no_keyword_dict("slice", kwargs)?;
    let given = args::tuple_len(args);
    args::check_positional("slice", given, 1, 3)?;
    let first = args::tuple_item(args, 0);
    if given == 1 {
        return Ok(new(none(), first, none()));
    }
    let step = if given == 3 {
        args::tuple_item(args, 2)
    } else {
        none()
    };
    Ok(new(first, args::tuple_item(args, 1), step))
}

fn repr(object: &Object) -> PyResult {
    let slice = of(object);
    let mut out = Writer::new("slice(");
    out.push_repr(slice.start())?;
    out.push(", ");
    out.push_repr(slice.stop())?;
    out.push(", ");
    out.push_repr(slice.step())?;
    out.push(")");
    Ok(out.finish())
}

/// As a tuple's, without the length (Objects/sliceobject.c).
fn hash(object: &Object) -> PyResult<isize> {
    const PRIME_1: u64 = 11400714785074694791;
    const PRIME_2: u64 = 14029467366897019727;
    const PRIME_5: u64 = 2870177450012600261;
    let slice = of(object);
    let mut acc = PRIME_5;
    for part in [slice.start(), slice.stop(), slice.step()] {
        let lane = compare::hash(part)? as u64;
        acc = acc
            .wrapping_add(lane.wrapping_mul(PRIME_2))
            .rotate_left(31)
            .wrapping_mul(PRIME_1);
    }
    Ok(if acc == u64::MAX {
        1546275796
    } else {
        acc as isize
    })
}

/// Slices compare as tuples of their parts.
fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !a.is_exact(&SLICE) || !b.is_exact(&SLICE) {
        return Ok(not_implemented());
    }
    if a.is(b) {
        return Ok(bool::bool_owned(matches!(
            op,
            CompareOp::Eq | CompareOp::Le | CompareOp::Ge
        )));
    }
    let parts = |s: &Slice| tuple::from_refs(&[s.start(), s.stop(), s.step()]);
    let left = root("parts of a slice", parts(of(a)));
    let right = root("parts of a slice", parts(of(b)));
    compare::compare(&left, &right, op)
}

fn reduce(object: &Object) -> PyResult {
    let slice = of(object);
    Ok(tuple::from_array([
        Owned::new(SLICE.as_object()),
        tuple::from_refs(&[slice.start(), slice.stop(), slice.step()]),
    ]))
}

/// A slice index as a machine integer, clamped; `None` (the object) is not allowed (`_PyEval_SliceIndexNotNone`).
pub fn index_not_none(object: &Object) -> PyResult<isize> {
    if !mapping::is_index(object) {
        return Err(error::type_error(
            "slice indices must be integers or have an __index__ method",
        ));
    }
    number::index_isize(object, None)
}

/// A slice index as a machine integer, clamped (`_PyEval_SliceIndex`).
#[inline(always)]
pub fn index(object: &Object) -> PyResult<isize> {
    match int::exact_compact(object) {
        Some(value) => Ok(value as isize),
        None => index_slowly(object),
    }
}

#[inline(never)]
fn index_slowly(object: &Object) -> PyResult<isize> {
    if !mapping::is_index(object) {
        return Err(not_an_index());
    }
    number::index_isize(object, None)
}

#[cold]
fn not_an_index() -> crate::refs::Raised {
    error::type_error("slice indices must be integers or None or have an __index__ method")
}

/// Start, stop and step as machine integers (`PySlice_Unpack`); not yet adjusted to a length.
pub fn unpack(object: &Object) -> PyResult<(isize, isize, isize)> {
    let slice = of(object);
    let step = if slice.step().is(none()) {
        1
    } else {
        let step = index(slice.step())?;
        if step == 0 {
            return Err(error::value_error("slice step cannot be zero"));
        }
        step.max(-isize::MAX)
    };
    let start = if slice.start().is(none()) {
        if step < 0 { isize::MAX } else { 0 }
    } else {
        index(slice.start())?
    };
    let stop = if slice.stop().is(none()) {
        if step < 0 { isize::MIN } else { isize::MAX }
    } else {
        index(slice.stop())?
    };
    Ok((start, stop, step))
}

/// Clips start and stop to a sequence of this length and returns them with the number of items (`PySlice_AdjustIndices`).
pub fn adjust(len: usize, start: isize, stop: isize, step: isize) -> (isize, isize, usize) {
    let len = len as isize;
    let clip = |at: isize| {
        if at < 0 {
            let at = at.saturating_add(len);
            if at < 0 {
                if step < 0 { -1 } else { 0 }
            } else {
                at
            }
        } else if at >= len {
            if step < 0 { len - 1 } else { len }
        } else {
            at
        }
    };
    let (start, stop) = (clip(start), clip(stop));
    let count = if step < 0 {
        if stop < start {
            (start - stop - 1) / (-step) + 1
        } else {
            0
        }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    (start, stop, count as usize)
}

/// `slice.indices(len)`: exact for integers of any size.
fn indices(object: &Object, len: &Object) -> PyResult {
    let len = number::index(len)?;
    let len = int::to_bigint(&len);
    if len.is_negative() {
        return Err(error::value_error("length should not be negative"));
    }
    let (start, stop, step) = long_indices(object, &len)?;
    Ok(tuple::from_array([
        int::from_bigint(&start),
        int::from_bigint(&stop),
        int::from_bigint(&step),
    ]))
}

/// An index of any size (`evaluate_slice_index`).
fn long_index(object: &Object) -> PyResult<BigInt> {
    if !mapping::is_index(object) {
        return Err(not_an_index());
    }
    let value = number::index(object)?;
    Ok(int::to_bigint(&value))
}

/// Start, stop and step clipped to a length, in integers of any size (`_PySlice_GetLongIndices`).
pub fn long_indices(object: &Object, len: &BigInt) -> PyResult<(BigInt, BigInt, BigInt)> {
    let slice = of(object);
    let step = if slice.step().is(none()) {
        BigInt::one()
    } else {
        let step = long_index(slice.step())?;
        if step.is_zero() {
            return Err(error::value_error("slice step cannot be zero"));
        }
        step
    };
    let backwards = step.is_negative();
    let (lower, upper) = if backwards {
        (BigInt::from(-1), len - 1)
    } else {
        (BigInt::zero(), len.clone())
    };
    let clip = |part: &Object, default: &BigInt| -> PyResult<BigInt> {
        if part.is(none()) {
            return Ok(default.clone());
        }
        let mut at = long_index(part)?;
        if at.is_negative() {
            at += len;
            if at < lower {
                at = lower.clone();
            }
        } else if at > upper {
            at = upper.clone();
        }
        Ok(at)
    };
    let start = clip(slice.start(), if backwards { &upper } else { &lower })?;
    let stop = clip(slice.stop(), if backwards { &lower } else { &upper })?;
    Ok((start, stop, step))
}

/// `slice(start, stop)` (`_PySlice_FromIndices`).
pub fn from_indices(start: isize, stop: isize) -> Owned {
    from_owned(
        int::from_i64(start as i64),
        int::from_i64(stop as i64),
        none_owned(),
    )
}
