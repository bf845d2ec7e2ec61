//! GET_ITER, FOR_ITER and its specialised forms, UNPACK_SEQUENCE.

use terrarium_objects::field::Field;
use terrarium_objects::state::Span;
use terrarium_objects::types::generator::{self, Generator};
use terrarium_objects::types::list::iterator::{LIST_ITER, ListIter};
use terrarium_objects::types::list::{LIST, List};
use terrarium_objects::types::range_iterator::{RANGE_ITER, RangeIter};
use terrarium_objects::types::tuple::iterator::{TUPLE_ITER, TupleIter};
use terrarium_objects::types::tuple::{TUPLE, Tuple};
use terrarium_objects::types::{exceptions as exc, int};
use terrarium_objects::{Object, Owned, PyResult, Raised, Word, error, ops};

use super::cx::{Cx, Flow};
use super::generators;
use crate::specialize;

/// `(iterable -- iterator)`
pub unsafe fn get_iter(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let result = ops::iter::iter(cx.peek(1).object());
    cx.finish(1, 0, result)
}

/// `(iterable -- iterator)` for `yield from` and `await`.
pub unsafe fn get_yield_from_iter(cx: &mut Cx, _: u32) -> Flow {
    let iterable = cx.peek(1).object();
    if iterable.is_exact(&generator::COROUTINE) {
        use terrarium_bytecode::code::flags as co;
        if !cx.code().has(co::COROUTINE | co::ITERABLE_COROUTINE) {
            cx.save();
            error::type_error(
                "cannot 'yield from' a coroutine object in a non-coroutine generator",
            );
            return Flow::Error;
        }
        return cx.advance(0);
    }
    if iterable.is_exact(&generator::GENERATOR) {
        return cx.advance(0);
    }
    unsafe { get_iter(cx, 0) }
}

/// `(iterator -- iterator, next)`, or `( -- )` and a jump past END_FOR and POP_ITER... the iterator stays for POP_ITER.
pub unsafe fn for_iter(cx: &mut Cx, oparg: u32) -> Flow {
    if cx.specialise_now() {
        specialize::iteration::for_iter(cx, oparg);
        return Flow::Again;
    }
    cx.save();
    let iterator = cx.peek(1).object();
    let Some(next) = iterator.ty().slots.iternext else {
        error::type_error(format!(
            "'{}' object is not an iterator",
            iterator.ty().name()
        ));
        return Flow::Error;
    };
    match next(iterator) {
        Ok(Some(value)) => {
            cx.push_owned(value);
            cx.advance(1)
        }
        Ok(None) => unsafe { exhausted(cx, oparg) },
        Err(Raised) if error::matches(&exc::STOP_ITERATION) => {
            crate::observe::raised(cx.frame);
            error::clear();
            unsafe { exhausted(cx, oparg) }
        }
        Err(Raised) => Flow::Error,
    }
}

/// Jumps past END_FOR; POP_ITER behind it removes the iterator.
#[inline(always)]
unsafe fn exhausted(cx: &mut Cx, oparg: u32) -> Flow {
    cx.advance(oparg as usize + 2)
}

#[inline(always)]
pub unsafe fn for_iter_list(cx: &mut Cx, oparg: u32) -> Flow {
    let iterator = cx.peek(1).object();
    if !iterator.is_exact(&LIST_ITER) {
        return Flow::Deopt;
    }
    unsafe {
        let state = iterator.cast::<ListIter>();
        let sequence = state.list.get();
        if sequence.is_null() {
            return exhausted(cx, oparg);
        }
        let list = (*sequence).cast::<List>();
        let index = state.index.get();
        match list.item(index as usize) {
            Some(item) => {
                state.index.set(index + 1);
                cx.push(Word::new(item));
                cx.advance(1)
            }
            None => {
                state.index.set(-1);
                state.list.set(std::ptr::null_mut());
                cx.save();
                Object::decref(sequence);
                exhausted(cx, oparg)
            }
        }
    }
}

#[inline(always)]
pub unsafe fn for_iter_tuple(cx: &mut Cx, oparg: u32) -> Flow {
    let iterator = cx.peek(1).object();
    if !iterator.is_exact(&TUPLE_ITER) {
        return Flow::Deopt;
    }
    unsafe {
        let state = iterator.cast::<TupleIter>();
        let sequence = state.tuple.get();
        if sequence.is_null() {
            return exhausted(cx, oparg);
        }
        let index = state.index.get();
        match (*sequence).cast::<Tuple>().items().get(index as usize) {
            Some(item) => {
                state.index.set(index + 1);
                cx.push(Word::new(item));
                cx.advance(1)
            }
            None => {
                state.tuple.set(std::ptr::null_mut());
                cx.save();
                Object::decref(sequence);
                exhausted(cx, oparg)
            }
        }
    }
}

#[inline(always)]
pub unsafe fn for_iter_range(cx: &mut Cx, oparg: u32) -> Flow {
    let iterator = cx.peek(1).object();
    if !iterator.is_exact(&RANGE_ITER) {
        return Flow::Deopt;
    }
    let range = unsafe { iterator.cast::<RangeIter>() };
    let left = range.len.get();
    if left <= 0 {
        return unsafe { exhausted(cx, oparg) };
    }
    let value = range.start.get();
    range.start.set(value.wrapping_add(range.step.get()));
    range.len.set(left - 1);
    cx.push_owned(int::from_i64(value));
    cx.advance(1)
}

/// A generator, resumed without leaving the loop.
#[inline(always)]
pub unsafe fn for_iter_gen(cx: &mut Cx, oparg: u32) -> Flow {
    let iterator = cx.peek(1).object();
    if !iterator.is_exact(&generator::GENERATOR) {
        return Flow::Deopt;
    }
    unsafe {
        let generator = iterator.cast::<Generator>();
        if generator.state.get() >= generator::state::EXECUTING {
            return Flow::Deopt;
        }
        // The generator's return value lands here, one before END_FOR.
        generators::resume(cx, generator, super::cx::none_word(), oparg as usize + 2);
    }
    Flow::Next
}

/// `(value -- )`
#[inline(always)]
pub unsafe fn end_for(cx: &mut Cx, _: u32) -> Flow {
    let word = cx.pop();
    if word.is_counted() {
        cx.save();
        unsafe { word.close() };
    }
    cx.advance(0)
}

/// `(iterable -- items..)`, the first on top.
pub unsafe fn unpack_sequence(cx: &mut Cx, oparg: u32) -> Flow {
    if cx.specialise_now() {
        specialize::iteration::unpack_sequence(cx, oparg);
        return Flow::Again;
    }
    cx.save();
    let iterable = cx.pop();
    let result = unpack(cx, iterable.object(), oparg as usize, None);
    unsafe {
        (*cx.frame).sp = cx.sp;
        iterable.close();
    }
    if result.is_err() {
        Flow::Error
    } else {
        cx.advance(1)
    }
}

/// `(iterable -- before.., rest, after..)`
pub unsafe fn unpack_ex(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let iterable = cx.pop();
    let result = unpack(
        cx,
        iterable.object(),
        (oparg & 0xFF) as usize,
        Some((oparg >> 8) as usize),
    );
    unsafe {
        (*cx.frame).sp = cx.sp;
        iterable.close();
    }
    if result.is_err() {
        Flow::Error
    } else {
        cx.advance(0)
    }
}

/// Pushes the items in reverse; with `after`, a list of what lies between (Python/ceval.c, `_PyEval_UnpackIterableStackRef`).
fn unpack(cx: &mut Cx, iterable: &Object, before: usize, after: Option<usize>) -> PyResult<()> {
    let ty = iterable.ty();
    if ty.slots.iter.is_none() && ty.slots.sq_item.is_none() {
        return Err(error::type_error(format!(
            "cannot unpack non-iterable {} object",
            ty.name()
        )));
    }
    let iterator = terrarium_objects::root("iterator", ops::iter::iter(iterable)?);
    let items: Vec<Field> = std::iter::repeat_with(|| Field::new(None))
        .take(before)
        .collect();
    let span = Span::new("items being unpacked", items.as_ptr().cast(), before);
    let result = unpack_into(&iterator, iterable, &items, after);
    drop(span);
    drop(iterator);
    let Ok(rest) = result else {
        items.iter().rev().for_each(Field::clear);
        return Err(Raised);
    };
    if let (Some(rest), Some(after)) = (rest, after) {
        // SAFETY: it is a list.
        let tail = split_tail(unsafe { rest.cast::<List>() }, after);
        push_reversed(cx, tail);
        cx.push(Word::owned(rest));
    }
    push_reversed(cx, items.iter().filter_map(Field::take).collect());
    Ok(())
}

/// Takes the first items; with `after`, also a list of all others.
fn unpack_into(
    iterator: &Object,
    iterable: &Object,
    items: &[Field],
    after: Option<usize>,
) -> PyResult<Option<Owned>> {
    for (at, place) in items.iter().enumerate() {
        match ops::iter::next(iterator)? {
            Some(item) => place.set(Some(item)),
            None => return Err(too_few(items.len(), after, at)),
        }
    }
    let Some(after) = after else {
        if ops::iter::next(iterator)?.is_some() {
            return Err(too_many(iterable, items.len()));
        }
        return Ok(None);
    };
    let rest = ops::sequence::to_list(iterator)?;
    // SAFETY: `to_list` makes a list.
    let found = unsafe { rest.cast::<List>() }.len();
    if found < after {
        return Err(error::value_error(format!(
            "not enough values to unpack (expected at least {}, got {})",
            items.len() + after,
            items.len() + found
        )));
    }
    Ok(Some(rest))
}

fn push_reversed(cx: &mut Cx, items: Vec<Owned>) {
    for item in items.into_iter().rev() {
        cx.push_owned(item);
    }
}

fn too_few(before: usize, after: Option<usize>, got: usize) -> Raised {
    match after {
        None => error::value_error(format!(
            "not enough values to unpack (expected {before}, got {got})"
        )),
        Some(after) => error::value_error(format!(
            "not enough values to unpack (expected at least {}, got {got})",
            before + after
        )),
    }
}

fn too_many(iterable: &Object, expected: usize) -> Raised {
    let known = [&LIST, &TUPLE, &terrarium_objects::types::dict::DICT]
        .iter()
        .any(|t| iterable.is_exact(t));
    if known
        && let Ok(len) = ops::mapping::len(iterable)
        && len > expected
    {
        return error::value_error(format!(
            "too many values to unpack (expected {expected}, got {len})"
        ));
    }
    error::value_error(format!("too many values to unpack (expected {expected})"))
}

#[inline(always)]
pub unsafe fn unpack_sequence_two_tuple(cx: &mut Cx, _: u32) -> Flow {
    let sequence = cx.peek(1);
    if !sequence.object().is_exact(&TUPLE) {
        return Flow::Deopt;
    }
    let [first, second] = (unsafe { sequence.object().cast::<Tuple>() }).items() else {
        return Flow::Deopt;
    };
    let (first, second) = (Word::new(first), Word::new(second));
    cx.set_peek(1, second);
    cx.push(first);
    cx.save();
    unsafe { sequence.close() };
    cx.advance(1)
}

#[inline(always)]
pub unsafe fn unpack_sequence_tuple(cx: &mut Cx, oparg: u32) -> Flow {
    let sequence = cx.peek(1);
    if !sequence.object().is_exact(&TUPLE) {
        return Flow::Deopt;
    }
    let items = unsafe { sequence.object().cast::<Tuple>() }.items();
    if items.len() != oparg as usize {
        return Flow::Deopt;
    }
    cx.drop_words(1);
    for item in items.iter().rev() {
        cx.push(Word::new(item));
    }
    cx.save();
    unsafe { sequence.close() };
    cx.advance(1)
}

#[inline(always)]
pub unsafe fn unpack_sequence_list(cx: &mut Cx, oparg: u32) -> Flow {
    let sequence = cx.peek(1);
    if !sequence.object().is_exact(&LIST) {
        return Flow::Deopt;
    }
    let list = unsafe { sequence.object().cast::<List>() };
    if list.len() != oparg as usize {
        return Flow::Deopt;
    }
    cx.drop_words(1);
    for index in (0..oparg as usize).rev() {
        if let Some(item) = list.item(index) {
            cx.push(Word::new(item));
        }
    }
    cx.save();
    unsafe { sequence.close() };
    cx.advance(1)
}

/// Takes the last `count` items off a list.
fn split_tail(list: &List, count: usize) -> Vec<Owned> {
    let start = list.len() - count;
    // SAFETY: the slots from `start` on are owned; the new size leaves them out.
    let tail = (start..list.len())
        .map(|i| unsafe { Owned::from_raw(*list.items.get().add(i)) })
        .collect();
    list.var.size.set(start as isize);
    tail
}
