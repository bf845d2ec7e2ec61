//! `combinations`, `combinations_with_replacement`, `permutations`.

use std::cell::{Cell, RefCell};

use terrarium_objects::args::Signature;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{NewFn, flags};
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::{exceptions as exc, int, self_iter};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, error, none, ops};

use super::next_result;
use crate::body::{Boxed, body};

/// Indices into the pool, cycles (of permutations), and how many are chosen.
pub struct Choice {
    indices: Vec<usize>,
    cycles: Vec<usize>,
    length: usize,
}

body! {
    /// `state`: 0 before the first result, 1 running, 2 at the end.
    Chooser of COMBINATIONS { pool: Field, result: Field, choice: Boxed<RefCell<Choice>>, state: Cell<u8> }
}

/// Steps to the next choice among `n`; false at the end.
type Step = fn(&mut Choice, usize) -> bool;

const fn chooser(
    name: &'static str,
    next: fn(&Object) -> PyResult<Option<Owned>>,
    new: NewFn,
    doc: &'static str,
) -> Type {
    Type::builtin(
        name,
        size_of::<Chooser>(),
        Slots {
            iter: Some(self_iter),
            iternext: Some(next),
            new: Some(new),
            ..Chooser::SLOTS
        },
    )
    .with_flags(flags::HAVE_GC | flags::BASETYPE)
    .with_doc(doc)
}

pub static COMBINATIONS: Type = chooser(
    "itertools.combinations",
    |o| next(o, step_combination),
    combinations_new,
    "combinations(iterable, r)\n--\n\n",
);
pub static REPLACED: Type = chooser(
    "itertools.combinations_with_replacement",
    |o| next(o, step_replaced),
    replaced_new,
    "combinations_with_replacement(iterable, r)\n--\n\n",
);
pub static PERMUTATIONS: Type = chooser(
    "itertools.permutations",
    |o| next(o, step_permutation),
    permutations_new,
    "permutations(iterable, r=None)\n--\n\n",
);

fn make(ty: &Type, pool: Owned, choice: Choice, possible: bool) -> PyResult {
    let made = Chooser::alloc(ty)?;
    let this = Chooser::of(&made);
    this.pool.set(Some(pool));
    this.choice.set(RefCell::new(choice));
    this.state.set(if possible { 0 } else { 2 });
    Ok(made)
}

/// The pool and the length from `(iterable, r)`.
fn arguments(
    signature: &Signature,
    args: &Object,
    kwargs: Option<&Object>,
) -> PyResult<(Owned, usize, Option<usize>)> {
    let [iterable, length] = signature.bind_tuple::<2>(args, kwargs)?;
    let to_length = |length: &Object| ops::number::index_isize(length, Some(&exc::OVERFLOW_ERROR));
    // A length that must be there is read before the iterable.
    let needed = match length {
        Some(length) if signature.minpos == 2 => Some(to_length(length)?),
        _ => None,
    };
    let pool = ops::sequence::to_tuple(iterable.unwrap_or(none()))?;
    // SAFETY: just made.
    let n = unsafe { pool.cast::<Tuple>() }.len();
    let length = match (needed, length.filter(|l| !l.is(none()))) {
        (Some(length), _) => length,
        (None, None) => return Ok((pool, n, None)),
        (None, Some(length)) if int::is_int(length) => to_length(length)?,
        (None, Some(_)) => return Err(error::type_error("Expected int as r")),
    };
    match usize::try_from(length) {
        Ok(length) => Ok((pool, n, Some(length))),
        Err(_) => Err(error::value_error("r must be non-negative")),
    }
}

fn combinations_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("combinations", &["iterable", "r"], 0, 2, 2);
    let (pool, n, length) = arguments(&SIGNATURE, args, kwargs)?;
    let length = length.unwrap_or(n);
    let choice = Choice {
        indices: (0..length.min(n)).collect(),
        cycles: Vec::new(),
        length,
    };
    make(ty, pool, choice, length <= n)
}

fn replaced_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("combinations_with_replacement", &["iterable", "r"], 0, 2, 2);
    let (pool, n, length) = arguments(&SIGNATURE, args, kwargs)?;
    let length = length.unwrap_or(n);
    let possible = n > 0 || length == 0;
    let choice = Choice {
        indices: vec![0; if possible { length } else { 0 }],
        cycles: Vec::new(),
        length,
    };
    make(ty, pool, choice, possible)
}

fn permutations_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("permutations", &["iterable", "r"], 0, 1, 2);
    let (pool, n, length) = arguments(&SIGNATURE, args, kwargs)?;
    let length = length.unwrap_or(n);
    let cycles = (0..length.min(n)).map(|i| n - i).collect();
    make(
        ty,
        pool,
        Choice {
            indices: (0..n).collect(),
            cycles,
            length,
        },
        length <= n,
    )
}

fn step_combination(choice: &mut Choice, n: usize) -> bool {
    let (indices, r) = (&mut choice.indices, choice.length);
    let Some(i) = (0..r).rev().find(|&i| indices[i] != i + n - r) else {
        return false;
    };
    indices[i] += 1;
    for j in i + 1..r {
        indices[j] = indices[j - 1] + 1;
    }
    true
}

fn step_replaced(choice: &mut Choice, n: usize) -> bool {
    let (indices, r) = (&mut choice.indices, choice.length);
    let Some(i) = (0..r).rev().find(|&i| indices[i] != n - 1) else {
        return false;
    };
    let value = indices[i] + 1;
    indices[i..r].fill(value);
    true
}

fn step_permutation(choice: &mut Choice, n: usize) -> bool {
    for i in (0..choice.length).rev() {
        choice.cycles[i] -= 1;
        if choice.cycles[i] == 0 {
            choice.indices[i..].rotate_left(1);
            choice.cycles[i] = n - i;
        } else {
            let j = choice.cycles[i];
            choice.indices.swap(i, n - j);
            return true;
        }
    }
    false
}

fn next(object: &Object, step: Step) -> PyResult<Option<Owned>> {
    let this = Chooser::of(object);
    if this.state.get() == 2 {
        return Ok(None);
    }
    let pool = this
        .pool
        .get()
        .unwrap_or(terrarium_objects::types::tuple::empty_ref());
    // SAFETY: the tuple made above.
    let pool = unsafe { pool.cast::<Tuple>() };
    let mut choice = this.choice.get().borrow_mut();
    if this.state.replace(1) == 1 && !step(&mut choice, pool.len()) {
        this.state.set(2);
        return Ok(None);
    }
    let items = choice.indices[..choice.length]
        .iter()
        .map(|i| pool.items()[*i].clone())
        .collect();
    drop(choice);
    Ok(Some(next_result(&this.result, items)))
}
