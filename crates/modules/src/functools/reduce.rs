//! `reduce`.

use terrarium_objects::args::Signature;
use terrarium_objects::types::exceptions::TYPE_ERROR;
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::{Object, Owned, PyResult, Word, error, none, ops, root};

static SIGNATURE: Signature = Signature::new("reduce", &["", "", "initial"], 2, 2, 3);

/// A tracked pair of nulls, to be filled again and again.
fn blank_pair() -> PyResult {
    // SAFETY: null items are allowed in a tuple under construction.
    unsafe {
        let made = tuple::alloc_uninit(2);
        if made.is_null() {
            return Err(error::memory_error());
        }
        (*made).slots().write_bytes(0, 2);
        Ok(tuple::finish(made))
    }
}

/// Puts the operands into the pair; the old ones are given up one after the other.
fn fill(pair: &Object, operands: [Owned; 2]) {
    for (at, operand) in operands.into_iter().enumerate() {
        // SAFETY: a pair of our own that nobody else sees.
        let old = unsafe {
            let slot = pair.cast::<Tuple>().slots().add(at);
            slot.replace(operand.into_raw())
        };
        if !old.is_null() {
            // SAFETY: the pair owned it.
            drop(unsafe { Owned::from_raw(old) });
        }
    }
}

/// The operands stay in the argument pair until the next ones come, as in CPython.
pub fn reduce(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [function, iterable, initial] = SIGNATURE.bind::<3>(args, kwnames)?;
    let (function, iterable) = (function.unwrap_or(none()), iterable.unwrap_or(none()));
    let iterator = ops::iter::iter(iterable).map_err(|raised| {
        if error::matches(&TYPE_ERROR) {
            return error::type_error("reduce() arg 2 must support iteration");
        }
        raised
    })?;
    let iterator = root("iterator", iterator);
    let pair = root("arguments of reduce", blank_pair()?);
    let mut result = initial.map(Owned::new);
    loop {
        if !pair.is_unique() {
            pair.set(blank_pair()?);
        }
        let held = result.map(|r| root("result of reduce", r));
        let next = ops::iter::next(&iterator);
        let held = held.map(|r| r.take());
        let Some(operand) = next? else {
            result = held;
            break;
        };
        let Some(left) = held else {
            result = Some(operand);
            continue;
        };
        fill(&pair, [left, operand]);
        result = Some(ops::call::call_tuple_dict(function, &pair, None)?);
        tuple::recycle(&pair);
    }
    result.ok_or_else(|| error::type_error("reduce() of empty iterable with no initial value"))
}
