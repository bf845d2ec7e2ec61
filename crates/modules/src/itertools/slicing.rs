//! `islice`, `pairwise`, `batched`.

use std::cell::Cell;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::state::holding;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::self_iter;
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, error, none, ops, root};

use super::{advance, first_result, no_keywords};
use crate::body::body;

body! {
    /// `stop` is -1 for no end.
    Islice of ISLICE { iterator: Field, next: Cell<isize>, stop: Cell<isize>, step: Cell<isize>, count: Cell<isize> }
}

pub static ISLICE: Type = Type::builtin(
    "itertools.islice",
    size_of::<Islice>(),
    Slots { iter: Some(self_iter), iternext: Some(islice_next), new: Some(islice_new), ..Islice::SLOTS },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_doc("islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\nReturn an iterator whose next() method returns selected values from an\niterable.");

/// A bound: None gives the default.
fn bound(object: &Object, default: isize, what: &str) -> PyResult<isize> {
    if object.is(none()) {
        return Ok(default);
    }
    match ops::number::index_isize(
        object,
        Some(&terrarium_objects::types::exceptions::OVERFLOW_ERROR),
    ) {
        Ok(value) if value >= 0 => Ok(value),
        _ => {
            error::clear();
            Err(error::value_error(what))
        }
    }
}

fn islice_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    no_keywords(ty, &ISLICE, kwargs)?;
    let count = args::tuple_len(args);
    args::check_positional("islice", count, 2, 4)?;
    let item = |i: usize| args::tuple_item(args, i);
    const STOP: &str =
        "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    const INDICES: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
    let (start, stop) = if count == 2 {
        (0, bound(item(1), -1, STOP)?)
    } else {
        let stop = bound(item(2), -1, STOP)?;
        (bound(item(1), 0, INDICES)?, stop)
    };
    let step = if count == 4 {
        const STEP: &str = "Step for islice() must be a positive integer or None.";
        match bound(item(3), 1, STEP)? {
            0 => return Err(error::value_error(STEP)),
            step => step,
        }
    } else {
        1
    };
    let iterator = ops::iter::iter(item(0))?;
    let made = Islice::alloc(ty)?;
    let this = Islice::of(&made);
    this.iterator.set(Some(iterator));
    this.next.set(start);
    this.stop.set(stop);
    this.step.set(step);
    Ok(made)
}

fn islice_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Islice::of(object);
    let stop = this.stop.get();
    if this.iterator.is_empty() {
        return Ok(None);
    }
    while this.count.get() < this.next.get() {
        match advance(&this.iterator) {
            Ok(Some(item)) => drop(item),
            other => {
                this.iterator.clear();
                return other;
            }
        }
        this.count.set(this.count.get() + 1);
    }
    if stop != -1 && this.count.get() >= stop {
        this.iterator.clear();
        return Ok(None);
    }
    let item = advance(&this.iterator);
    if !matches!(item, Ok(Some(_))) {
        this.iterator.clear();
        return item;
    }
    this.count.set(this.count.get() + 1);
    let next = this.next.get().checked_add(this.step.get());
    let next = next.filter(|n| stop == -1 || *n <= stop);
    this.next
        .set(next.unwrap_or(if stop == -1 { isize::MAX } else { stop }));
    item
}

body! { Pairwise of PAIRWISE { iterator: Field, old: Field, result: Field } }

pub static PAIRWISE: Type = Type::builtin(
    "itertools.pairwise",
    size_of::<Pairwise>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(pairwise_next),
        new: Some(pairwise_new),
        ..Pairwise::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_doc("pairwise(iterable, /)\n--\n\n");

fn pairwise_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    no_keywords(ty, &PAIRWISE, kwargs)?;
    args::check_positional("pairwise", args::tuple_len(args), 1, 1)?;
    let iterator = ops::iter::iter(args::tuple_item(args, 0))?;
    let made = Pairwise::alloc(ty)?;
    Pairwise::of(&made).iterator.set(Some(iterator));
    let blank = tuple::from_array([
        terrarium_objects::none_owned(),
        terrarium_objects::none_owned(),
    ]);
    Pairwise::of(&made).result.set(Some(blank));
    Ok(made)
}

fn pairwise_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Pairwise::of(object);
    if this.iterator.is_empty() {
        return Ok(None);
    }
    let end = || {
        this.iterator.clear();
        this.old.clear();
    };
    if this.old.is_empty() {
        match advance(&this.iterator) {
            Ok(Some(first)) => this.old.set(Some(first)),
            other => {
                end();
                return other;
            }
        }
    }
    let old = root("former item of pairwise", this.old.or_none());
    let new = match advance(&this.iterator) {
        Ok(Some(new)) => new,
        other => {
            drop(old);
            end();
            return other;
        }
    };
    let new = root("item of pairwise", new);
    let items = vec![Owned::new(&old), Owned::new(&new)];
    let made = first_result(&this.result, items);
    let new = new.take();
    holding(&made, || {
        this.old.set(Some(new));
        drop(old);
    });
    Ok(Some(made))
}

body! { Batched of BATCHED { iterator: Field, size: Cell<isize>, strict: Cell<bool> } }

pub static BATCHED: Type = Type::builtin(
    "itertools.batched",
    size_of::<Batched>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(batched_next),
        new: Some(batched_new),
        ..Batched::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_doc("batched(iterable, n, *, strict=False)\n--\n\n");

fn batched_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("batched", &["iterable", "n", "strict"], 0, 2, 2);
    let [iterable, size, strict] = SIGNATURE.bind_tuple::<3>(args, kwargs)?;
    let size = ops::number::index_isize(
        size.unwrap_or(none()),
        Some(&terrarium_objects::types::exceptions::OVERFLOW_ERROR),
    )?;
    let strict = strict.map_or(Ok(false), ops::compare::is_true)?;
    if size < 1 {
        return Err(error::value_error("n must be at least one"));
    }
    let iterator = ops::iter::iter(iterable.unwrap_or(none()))?;
    let made = Batched::alloc(ty)?;
    let this = Batched::of(&made);
    this.iterator.set(Some(iterator));
    this.size.set(size);
    this.strict.set(strict);
    Ok(made)
}

fn batched_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Batched::of(object);
    if this.iterator.is_empty() {
        return Ok(None);
    }
    let size = this.size.get() as usize;
    let made = root("batch", tuple::blank(size)?);
    // SAFETY: a tuple that nobody else uses.
    let slots = unsafe { made.cast::<Tuple>() }.slots();
    for count in 0..size {
        let short = match advance(&this.iterator) {
            Ok(Some(item)) => {
                // SAFETY: in bounds; the entry is null.
                unsafe { slots.add(count).write(item.into_raw()) };
                continue;
            }
            ended => ended.map(|_| ()),
        };
        if short.is_err() || count == 0 || this.strict.get() {
            this.iterator.clear();
        }
        short?;
        if count == 0 {
            return Ok(None);
        }
        if this.strict.get() {
            drop(made);
            return Err(error::value_error("batched(): incomplete batch"));
        }
        // SAFETY: the first `count` entries are there; they move.
        let items = (0..count)
            .map(|i| unsafe { Owned::from_raw(slots.add(i).replace(std::ptr::null_mut())) });
        return Ok(Some(tuple::from_owned(items.collect())));
    }
    Ok(Some(made.take()))
}
