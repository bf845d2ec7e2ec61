//! Iterating, folding, sorting.

use terrarium_objects::state::Rooted;
use terrarium_objects::types::list;
use terrarium_objects::types::{
    bool, exceptions as exc, float, generator, int, sequence_iterator, str::STR,
};
use terrarium_objects::{
    CompareOp, Object, Owned, PyResult, Raised, Word, args, error, none, ops, root, words,
};

/// Whether any (or every) item is true: stops at the first whose truth equals `stop`.
fn short_circuit(iterable: &Object, stop: bool) -> PyResult {
    let iterator = root("iterator", ops::iter::iter(iterable)?);
    while let Some(item) = ops::iter::next(&iterator)? {
        let item = root("item", item);
        if ops::compare::is_true(&item)? == stop {
            return Ok(bool::bool_owned(stop));
        }
    }
    Ok(bool::bool_owned(!stop))
}

pub fn all(_: &Object, iterable: &Object) -> PyResult {
    short_circuit(iterable, false)
}

pub fn any(_: &Object, iterable: &Object) -> PyResult {
    short_circuit(iterable, true)
}

pub fn len(_: &Object, object: &Object) -> PyResult {
    Ok(int::from_usize(ops::mapping::len(object)?))
}

pub fn iter(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("iter", args.len(), 1, 2)?;
    match args {
        [object] => ops::iter::iter(object.object()),
        [callable, ..] if callable.object().ty().slots.call.is_none() => {
            Err(error::type_error("iter(v, w): v must be callable"))
        }
        _ => Ok(sequence_iterator::new_callable(
            args[0].object(),
            args[1].object(),
        )),
    }
}

pub fn next(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("next", args.len(), 1, 2)?;
    let iterator = args[0].object();
    let Some(advance) = iterator.ty().slots.iternext else {
        return Err(error::type_error(format!(
            "'{}' object is not an iterator",
            iterator.ty().name()
        )));
    };
    match (advance(iterator), args.get(1)) {
        (Ok(Some(item)), _) => Ok(item),
        (Ok(None), Some(default)) => Ok(Owned::new(default.object())),
        (Ok(None), None) => Err(error::stop_iteration(None)),
        (Err(Raised), Some(default)) if error::matches(&exc::STOP_ITERATION) => {
            error::clear();
            Ok(Owned::new(default.object()))
        }
        (Err(raised), _) => Err(raised),
    }
}

pub fn aiter(_: &Object, iterable: &Object) -> PyResult {
    generator::async_iterator(iterable)
}

pub fn anext(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("anext", args.len(), 1, 2)?;
    generator::async_next_item(args[0].object(), args.get(1).map(|d| d.object()))
}

static EXTREME: args::Signature = args::Signature::new("max", &["key", "default"], 0, 0, 0);
static EXTREME_MIN: args::Signature = args::Signature::new("min", &["key", "default"], 0, 0, 0);

pub fn max(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    extreme(args, kwnames, CompareOp::Gt, &EXTREME)
}

pub fn min(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    extreme(args, kwnames, CompareOp::Lt, &EXTREME_MIN)
}

fn extreme(
    args: &[Word],
    kwnames: Option<&Object>,
    op: CompareOp,
    signature: &args::Signature,
) -> PyResult {
    let (positional, values) = args::split(args, kwnames);
    let name = signature.name;
    if positional.is_empty() {
        return Err(error::type_error(format!(
            "{name} expected at least 1 argument, got 0"
        )));
    }
    let [key, default] = signature.bind::<2>(values, kwnames)?;
    let key = key.filter(|k| !k.is(none()));
    if positional.len() > 1 {
        if default.is_some() {
            return Err(error::type_error(format!(
                "Cannot specify a default for {name}() with multiple positional arguments"
            )));
        }
        let mut best: Option<Best> = None;
        for word in positional {
            best = better(best, Owned::new(word.object()), key, op)?;
        }
        return Ok(best.map_or_else(terrarium_objects::none_owned, Best::finish));
    }
    let iterator = root("iterator", ops::iter::iter(positional[0].object())?);
    let mut best: Option<Best> = None;
    while let Some(item) = ops::iter::next(&iterator)? {
        best = better(best, item, key, op)?;
    }
    match (best, default) {
        (Some(best), _) => Ok(best.finish()),
        (None, Some(default)) => Ok(Owned::new(default)),
        (None, None) => Err(error::value_error(format!(
            "{name}() iterable argument is empty"
        ))),
    }
}

/// The best item so far and what it is compared by; both are named roots. The value was registered last, so it is the first field.
struct Best {
    value: Rooted,
    item: Rooted,
}

impl Best {
    fn finish(self) -> Owned {
        drop(self.value);
        self.item.take()
    }
}

/// The better of what was best and a new item.
fn better(
    best: Option<Best>,
    item: Owned,
    key: Option<&Object>,
    op: CompareOp,
) -> PyResult<Option<Best>> {
    let item = root("item", item);
    let value = match key {
        Some(key) => ops::call::call(key, &words([&item]), None)?,
        None => Owned::new(&item),
    };
    let value = root("value compared", value);
    let Some(best) = best else {
        return Ok(Some(Best { value, item }));
    };
    let wins = ops::compare::compare_bool(&value, &best.value, op)?;
    let value = value.take();
    let item = item.take();
    if wins {
        best.value.set(value);
        best.item.set(item);
    } else {
        drop(item);
        drop(value);
    }
    Ok(Some(best))
}

pub fn sorted(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (positional, values) = args::split(args, kwnames);
    if positional.len() != 1 {
        return Err(error::type_error(format!(
            "sorted expected 1 argument, got {}",
            positional.len()
        )));
    }
    let made = root(
        "list being sorted",
        ops::sequence::to_list(positional[0].object())?,
    );
    list::sort::sort_method(&made, values, kwnames)?;
    Ok(made.take())
}

static SUM: args::Signature = args::Signature::new("sum", &["", "start"], 1, 1, 2);

pub fn sum(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [iterable, start] = SUM.bind::<2>(args, kwnames)?;
    let iterator = root("iterator", ops::iter::iter(iterable.unwrap_or(none()))?);
    if let Some(start) = start {
        let kind = if start.ty().is_subtype(&STR) {
            Some("strings [use ''.join(seq) instead]")
        } else if start
            .downcast::<terrarium_objects::types::bytes::Bytes>()
            .is_some()
        {
            Some("bytes [use b''.join(seq) instead]")
        } else if start
            .downcast::<terrarium_objects::types::bytearray::ByteArray>()
            .is_some()
        {
            Some("bytearray [use b''.join(seq) instead]")
        } else {
            None
        };
        if let Some(kind) = kind {
            return Err(error::type_error(format!("sum() can't sum {kind}")));
        }
    }
    let total = start.map_or_else(|| int::from_i64(0), Owned::new);
    accumulate(&iterator, total)
}

/// Machine integers first, then floats with Neumaier's compensation, then objects (as `sum` does since 3.12).
fn accumulate(iterator: &Object, start: Owned) -> PyResult {
    let mut total = start;
    if total.is_exact(&int::INT)
        && let Some(mut sum) = int::as_i64(&total)
    {
        // As in CPython the number itself is given up while machine integers count.
        drop(total);
        loop {
            let Some(item) = ops::iter::next(iterator)? else {
                return Ok(int::from_i64(sum));
            };
            let small = (item.is_exact(&int::INT) || item.is_exact(&bool::BOOL))
                .then(|| int::as_i64(&item))
                .flatten();
            if let Some(next) = small.and_then(|v| sum.checked_add(v)) {
                sum = next;
                continue;
            }
            total = ops::iter::fold_step(ADD, int::from_i64(sum), item)?;
            break;
        }
    }
    if total.is_exact(&float::FLOAT) {
        let start = ops::number::as_f64(&total)?;
        drop(total);
        match floats(iterator, start)? {
            Step::Done(value) => return Ok(value),
            Step::Rest(value) => total = value,
        }
    }
    ops::iter::fold(ADD, total, iterator)
}

/// What `binary_op` calls the addition.
const ADD: u32 = 0;

enum Step {
    Done(Owned),
    Rest(Owned),
}

fn floats(iterator: &Object, start: f64) -> PyResult<Step> {
    let (mut sum, mut compensation) = (start, 0.0);
    let finish = |sum: f64, c: f64| {
        float::from_f64(if c != 0.0 && c.is_finite() {
            sum + c
        } else {
            sum
        })
    };
    while let Some(item) = ops::iter::next(iterator)? {
        let value = if item.is_exact(&float::FLOAT) {
            ops::number::as_f64(&item)?
        } else if item.is_exact(&int::INT)
            && let Some(small) = int::as_i64(&item)
        {
            sum += small as f64;
            continue;
        } else {
            let so_far = finish(sum, compensation);
            return Ok(Step::Rest(ops::iter::fold_step(ADD, so_far, item)?));
        };
        let next = sum + value;
        compensation += if sum.abs() >= value.abs() {
            (sum - next) + value
        } else {
            (value - next) + sum
        };
        sum = next;
    }
    Ok(Step::Done(finish(sum, compensation)))
}
