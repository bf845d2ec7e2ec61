//! `list.sort`: taking the items out of the list, keys, and choosing the comparison. The merge sort itself is in `timsort`.

use std::cell::Cell;

use super::timsort::{Less, Merge, Slices};
use super::{LIST, List};
use crate::alloc;
use crate::args::Signature;
use crate::error;
use crate::object::Object;
use crate::ops::{call, compare};
use crate::refs::{PyResult, Word};
use crate::state::{self, NativeRoot};
use crate::typeobject::CompareOp;
use crate::types::float::{FLOAT, Float};
use crate::types::int::{INT, Int};
use crate::types::none::{none, none_owned};
use crate::types::str::{Chars, STR, Str};
use crate::types::tuple::{TUPLE, Tuple};

pub fn sort_method(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    if !args.is_empty() || kwnames.is_some() {
        const SIGNATURE: Signature = Signature::new("sort", &["key", "reverse"], 0, 0, 0);
        let [key, reverse] = SIGNATURE.bind::<2>(args, kwnames)?;
        let reverse = match reverse {
            Some(reverse) => compare::is_true(reverse)?,
            None => false,
        };
        sort(object, key.filter(|k| !k.is(none())), reverse)?;
    } else {
        sort(object, None, false)?;
    }
    Ok(none_owned())
}

/// References owned by a sort that calls back into Python, registered as native roots in whatever order.
struct Roots {
    count: Cell<usize>,
}

impl Roots {
    fn new() -> Roots {
        Roots {
            count: Cell::new(0),
        }
    }

    fn add(&self, name: &'static str, objects: &[*mut Object]) {
        for &object in objects {
            state::get().native_roots.push(NativeRoot { name, object });
        }
        self.count.set(self.count.get() + objects.len());
    }

    /// Registers only the first `count` any longer.
    fn keep(&self, count: usize) {
        for _ in count..self.count.replace(count) {
            state::get().native_roots.pop();
        }
    }
}

impl Drop for Roots {
    fn drop(&mut self) {
        self.keep(0);
    }
}

/// `list.sort(key=key, reverse=reverse)`. The list is empty while keys are computed and compared; changes to it meanwhile are lost and
/// reported.
pub fn sort(object: &Object, key: Option<&Object>, reverse: bool) -> PyResult<()> {
    debug_assert!(object.is_exact(&LIST) || object.ty().is_subtype(&LIST));
    // SAFETY: callers pass lists.
    let list = unsafe { object.cast::<List>() };
    let (items, len, allocated) = (list.items.get(), list.len(), list.allocated.get());
    list.var.size.set(0);
    list.items.set(std::ptr::null_mut());
    list.allocated.set(-1);
    let slice: &mut [*mut Object] = if len == 0 {
        &mut []
    } else {
        // SAFETY: the storage belongs to this function until it is put back.
        unsafe { std::slice::from_raw_parts_mut(items, len) }
    };
    let result = sort_items(list, slice, key, reverse);
    let (late, late_len, late_room) = (list.items.get(), list.len(), list.allocated.get());
    list.var.size.set(len as isize);
    list.items.set(items);
    list.allocated.set(allocated);
    if !late.is_null() {
        // SAFETY: what was put into the list meanwhile belongs to nobody else now.
        unsafe {
            for at in (0..late_len).rev() {
                Object::decref(*late.add(at));
            }
            alloc::raw_free(
                late.cast(),
                late_room.max(0) as usize * size_of::<*mut Object>(),
            );
        }
    }
    result
}

fn sort_items(
    list: &List,
    items: &mut [*mut Object],
    key: Option<&Object>,
    reverse: bool,
) -> PyResult<()> {
    let roots = Roots::new();
    let Some(key) = key else {
        let result = sort_slices(items, None, reverse, &roots);
        drop(roots);
        return finish(list, items, reverse, result);
    };
    roots.add("item being sorted", items);
    let mut keys: Vec<*mut Object> = Vec::with_capacity(items.len());
    for at in 0..items.len() {
        // SAFETY: an item owned by the sort.
        let item = unsafe { &*items[at] };
        match call::call(key, &[Word::borrowed(item)], None) {
            Ok(made) => {
                let made = made.into_raw();
                roots.add("sort key", &[made]);
                keys.push(made);
            }
            Err(raised) => {
                drop_keys(keys, &roots, items.len(), true);
                return Err(raised);
            }
        }
    }
    let result = sort_slices(&mut keys, Some(items), reverse, &roots);
    drop_keys(keys, &roots, items.len(), false);
    finish(list, items, reverse, result)
}

/// Gives the keys up, in order or backwards; the items stay registered.
fn drop_keys(mut keys: Vec<*mut Object>, roots: &Roots, items: usize, backwards: bool) {
    roots.keep(items);
    if !backwards {
        keys.reverse();
    }
    // SAFETY: the sort owned them; they are given up from the end.
    unsafe { super::release("sort key", keys.as_mut_ptr(), keys.len()) };
}

/// Checks that nobody changed the list, and turns a reversed sort round.
fn finish(
    list: &List,
    items: &mut [*mut Object],
    reverse: bool,
    result: PyResult<()>,
) -> PyResult<()> {
    let result = if result.is_ok() && list.allocated.get() != -1 {
        Err(error::value_error("list modified during sort"))
    } else {
        result
    };
    if reverse && items.len() > 1 {
        items.reverse();
    }
    result
}

/// Sorts `keys`, and `values` along with them.
fn sort_slices(
    keys: &mut [*mut Object],
    values: Option<&mut [*mut Object]>,
    reverse: bool,
    roots: &Roots,
) -> PyResult<()> {
    let len = keys.len();
    if len < 2 {
        return Ok(());
    }
    let comparison = choose(keys);
    if values.is_none() && matches!(comparison, Comparison::Any | Comparison::Tuples) {
        roots.add("item being sorted", keys);
    }
    let values = match values {
        Some(values) => {
            if reverse {
                values.reverse();
            }
            values.as_mut_ptr()
        }
        None => std::ptr::null_mut(),
    };
    if reverse {
        keys.reverse();
    }
    let slices = Slices {
        keys: keys.as_mut_ptr(),
        values,
    };
    match comparison {
        Comparison::Ints => Merge::new(Ints, len, slices).sort(),
        Comparison::Floats => Merge::new(Floats, len, slices).sort(),
        Comparison::Texts => Merge::new(Texts, len, slices).sort(),
        Comparison::Tuples => Merge::new(Tuples(first_of_tuples(keys)), len, slices).sort(),
        Comparison::Any => Merge::new(Any, len, slices).sort(),
    }
}

/// Which comparison fits all keys (the check before Objects/listobject.c's sort).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    /// Exact ints of one digit at most.
    Ints,
    Floats,
    /// Exact strings.
    Texts,
    /// Exact tuples that are not empty.
    Tuples,
    Any,
}

fn choose(keys: &[*mut Object]) -> Comparison {
    // SAFETY: live objects.
    let all = |test: &dyn Fn(&Object) -> bool| keys.iter().all(|&k| test(unsafe { &*k }));
    // SAFETY: as above; there are at least two.
    let first = unsafe { &*keys[0] };
    if is_short_int(first) && all(&is_short_int) {
        Comparison::Ints
    } else if first.is_exact(&FLOAT) && all(&|k| k.is_exact(&FLOAT)) {
        Comparison::Floats
    } else if first.is_exact(&STR) && all(&|k| k.is_exact(&STR)) {
        Comparison::Texts
    } else if is_full_tuple(first) && all(&is_full_tuple) {
        Comparison::Tuples
    } else {
        Comparison::Any
    }
}

/// The comparison for the first items of tuples.
fn first_of_tuples(keys: &[*mut Object]) -> Comparison {
    // SAFETY: live tuples that are not empty.
    let firsts: Vec<*mut Object> = keys
        .iter()
        .map(|&k| unsafe { (*k).cast::<Tuple>() }.items()[0].as_ptr())
        .collect();
    match choose(&firsts) {
        Comparison::Tuples => Comparison::Any,
        other => other,
    }
}

fn is_short_int(object: &Object) -> bool {
    object.is_exact(&INT) && crate::types::int::cast(object).is_compact()
}

fn is_full_tuple(object: &Object) -> bool {
    object.is_exact(&TUPLE)
        && object
            .downcast_exact::<Tuple>()
            .is_some_and(|t| !t.is_empty())
}

fn ints_less(a: &Object, b: &Object) -> bool {
    // SAFETY: the check before the sort.
    unsafe { a.cast::<Int>().compact_value() < b.cast::<Int>().compact_value() }
}

fn floats_less(a: &Object, b: &Object) -> bool {
    // SAFETY: the check before the sort.
    unsafe { a.cast::<Float>().value.get() < b.cast::<Float>().value.get() }
}

fn texts_less(a: &Object, b: &Object) -> bool {
    // SAFETY: the check before the sort.
    let (a, b) = unsafe { (a.cast::<Str>().chars(), b.cast::<Str>().chars()) };
    match (a, b) {
        (Chars::One(a), Chars::One(b)) => a < b,
        _ => a.points().lt(b.points()),
    }
}

struct Ints;

impl Less for Ints {
    #[inline(always)]
    fn less(&self, a: &Object, b: &Object) -> PyResult<bool> {
        Ok(ints_less(a, b))
    }
}

struct Floats;

impl Less for Floats {
    #[inline(always)]
    fn less(&self, a: &Object, b: &Object) -> PyResult<bool> {
        Ok(floats_less(a, b))
    }
}

struct Texts;

impl Less for Texts {
    #[inline(always)]
    fn less(&self, a: &Object, b: &Object) -> PyResult<bool> {
        Ok(texts_less(a, b))
    }
}

struct Any;

impl Less for Any {
    #[inline]
    fn less(&self, a: &Object, b: &Object) -> PyResult<bool> {
        compare::compare_bool(a, b, CompareOp::Lt)
    }
}

/// Tuples: the first items that differ decide; first items by their own comparison.
struct Tuples(Comparison);

impl Less for Tuples {
    fn less(&self, a: &Object, b: &Object) -> PyResult<bool> {
        // SAFETY: the check before the sort; tuples do not change.
        let (a, b) = unsafe { (a.cast::<Tuple>(), b.cast::<Tuple>()) };
        let shorter = a.len().min(b.len());
        let mut at = 0;
        while at < shorter && compare::compare_bool(&a.items()[at], &b.items()[at], CompareOp::Eq)?
        {
            at += 1;
        }
        if at >= shorter {
            return Ok(a.len() < b.len());
        }
        let (x, y) = (&*a.items()[at], &*b.items()[at]);
        match self.0 {
            Comparison::Ints if at == 0 => Ok(ints_less(x, y)),
            Comparison::Floats if at == 0 => Ok(floats_less(x, y)),
            Comparison::Texts if at == 0 => Ok(texts_less(x, y)),
            _ => compare::compare_bool(x, y, CompareOp::Lt),
        }
    }
}
