//! `product`.

use std::cell::{Cell, RefCell};

use terrarium_objects::args;
use terrarium_objects::batch::Batch;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::{exceptions as exc, self_iter, tuple};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, error, ops, root};

use super::next_result;
use crate::body::{Boxed, body};

body! {
    /// `pools` is a tuple of tuples; `state`: 0 before the first result, 1 running, 2 at the end.
    Product of PRODUCT { pools: Field, result: Field, indices: Boxed<RefCell<Vec<usize>>>, state: Cell<u8> }
}

pub static PRODUCT: Type = Type::builtin(
    "itertools.product",
    size_of::<Product>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(product_next),
        new: Some(product_new),
        ..Product::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_doc("product(*iterables, repeat=1)\n--\n\n");

fn product_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature = args::Signature::new("product", &["repeat"], 0, 0, 0);
    let [given] = SIGNATURE.bind_tuple::<1>(tuple::empty_ref(), kwargs)?;
    let repeat = match given {
        Some(given) => ops::number::index_isize(given, Some(&exc::OVERFLOW_ERROR))?,
        None => 1,
    };
    if repeat < 0 {
        return Err(error::value_error("repeat argument cannot be negative"));
    }
    let count = if repeat == 0 {
        0
    } else {
        args::tuple_len(args)
    };
    let mut pools = Batch::new("pools of product", count);
    for i in 0..count {
        pools.push(ops::sequence::to_tuple(args::tuple_item(args, i))?);
    }
    let Some(total) = count
        .checked_mul(repeat as usize)
        .filter(|n| *n < isize::MAX as usize / 8)
    else {
        return Err(error::overflow_error("repeat argument too large"));
    };
    let pools = pools.take();
    let all: Vec<Owned> = (0..total).map(|i| pools[i % count].clone()).collect();
    let made = Product::alloc(ty)?;
    let this = Product::of(&made);
    this.pools.set(Some(if all.is_empty() {
        tuple::empty()
    } else {
        tuple::from_owned(all)
    }));
    this.indices.set(RefCell::new(vec![0; total]));
    Ok(made)
}

fn product_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Product::of(object);
    let pools = this.pools.or_none();
    // SAFETY: the tuple of tuples made above.
    let pool = |i: usize| unsafe { args::tuple_item(&pools, i).cast::<Tuple>() };
    let ended;
    let items: Vec<Owned> = {
        let mut indices = this.indices.get().borrow_mut();
        match this.state.replace(1) {
            2 => {
                this.state.set(2);
                return Ok(None);
            }
            0 => {
                ended = false;
                if (0..indices.len()).any(|i| pool(i).is_empty()) {
                    this.state.set(2);
                    return Ok(None);
                }
            }
            _ => ended = !step(&mut indices, |i| pool(i).len()),
        }
        indices
            .iter()
            .enumerate()
            .map(|(i, at)| pool(i).items()[*at].clone())
            .collect()
    };
    let pools = root("pools", pools);
    let made = next_result(&this.result, items);
    drop(pools);
    if ended {
        // As in CPython the kept result has turned over to the first items.
        this.state.set(2);
        return Ok(None);
    }
    Ok(Some(made))
}

/// Turns to the next choice, the last place first; false when all have turned over.
fn step(indices: &mut [usize], len: impl Fn(usize) -> usize) -> bool {
    for i in (0..indices.len()).rev() {
        indices[i] += 1;
        if indices[i] < len(i) {
            return true;
        }
        indices[i] = 0;
    }
    false
}
