//! `reduce`.

use terrarium_objects::args::Signature;
use terrarium_objects::state::holding;
use terrarium_objects::types::exceptions::TYPE_ERROR;
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::{Object, Owned, PyResult, Word, error, none, ops, root};

static SIGNATURE: Signature = Signature::new("reduce", &["", "", "initial"], 2, 2, 3);

/// Puts the operands into the pair; the old ones are given up one after the other.
fn fill(pair: &Object, operands: [Owned; 2]) {
    let [left, right] = operands;
    let right = root("operand of reduce", right);
    let set = |at: usize, operand: Owned| {
        // SAFETY: a pair of our own that nobody else sees.
        let old = unsafe {
            let slot = pair.cast::<Tuple>().slots().add(at);
            slot.replace(operand.into_raw())
        };
        if !old.is_null() {
            // SAFETY: the pair owned it.
            drop(unsafe { Owned::from_raw(old) });
        }
    };
    set(0, left);
    set(1, right.take());
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
    let pair = root("arguments of reduce", tuple::blank(2)?);
    let mut result = initial.map(Owned::new);
    loop {
        if !pair.is_unique() {
            pair.set(tuple::blank(2)?);
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
    holding(&result, || {
        drop(pair);
        drop(iterator);
    });
    result.ok_or_else(|| error::type_error("reduce() of empty iterable with no initial value"))
}
