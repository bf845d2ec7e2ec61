//! `_bisect` (Modules/_bisectmodule.c).

use terrarium_objects::args::Signature;
use terrarium_objects::types::int;
use terrarium_objects::types::list::{self, List};
use terrarium_objects::types::str::intern_immortal;
use terrarium_objects::{
    CompareOp, MethodDef, Native, Object, Owned, PyResult, Word, error, none, none_owned, ops,
    root, words,
};
use terrarium_runtime::native_module::{self, ModuleDef};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_bisect",
    doc: "",
    methods: &METHODS,
    exec: native_module::nothing,
};

static METHODS: [MethodDef; 4] = [
    MethodDef::new(
        "bisect_right",
        Native::FastKeywords(|_, a, k| bisect("bisect_right", false, a, k)),
        "bisect_right($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\n",
    ),
    MethodDef::new(
        "insort_right",
        Native::FastKeywords(|_, a, k| insort("insort_right", false, a, k)),
        "insort_right($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\n",
    ),
    MethodDef::new(
        "bisect_left",
        Native::FastKeywords(|_, a, k| bisect("bisect_left", true, a, k)),
        "bisect_left($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\n",
    ),
    MethodDef::new(
        "insort_left",
        Native::FastKeywords(|_, a, k| insort("insort_left", true, a, k)),
        "insort_left($module, /, a, x, lo=0, hi=None, *, key=None)\n--\n\n",
    ),
];

/// The arguments: list, item, bounds, key function.
struct Given<'a> {
    list: &'a Object,
    item: &'a Object,
    low: usize,
    high: Option<usize>,
    key: Option<&'a Object>,
}

fn arguments<'a>(
    name: &'static str,
    args: &'a [Word],
    kwnames: Option<&'a Object>,
) -> PyResult<Given<'a>> {
    let signature = Signature::new(name, &["a", "x", "lo", "hi", "key"], 0, 2, 4);
    let [list, item, low, high, key] = signature.bind::<5>(args, kwnames)?;
    let low = low.map_or(Ok(0), |o| ops::number::index_isize(o, None))?;
    let high = match high.filter(|h| !h.is(none())) {
        Some(high) => Some(ops::number::index_isize(high, None)?),
        None => None,
    };
    let Ok(low) = usize::try_from(low) else {
        return Err(error::value_error("lo must be non-negative"));
    };
    Ok(Given {
        list: list.unwrap_or(none()),
        item: item.unwrap_or(none()),
        low,
        // A negative end means none was given (CPython takes -1 for that).
        high: high.and_then(|h| usize::try_from(h).ok()),
        key: key.filter(|k| !k.is(none())),
    })
}

/// Where `wanted` belongs: before equal items on the left, behind them on the right.
fn place(given: &Given<'_>, wanted: &Object, left: bool) -> PyResult<usize> {
    let mut low = given.low;
    let mut high = match given.high {
        Some(high) => high,
        None => ops::mapping::len(given.list)?,
    };
    while low < high {
        let middle = low + (high - low) / 2;
        let item = root(
            "item of a bisection",
            ops::sequence::get_index(given.list, middle as isize)?,
        );
        let item = match given.key {
            None => item,
            Some(key) => {
                let value = ops::call::call(key, &words([&item]), None);
                drop(item);
                root("key of a bisection", value?)
            }
        };
        let answer = if left {
            ops::compare::compare(&item, wanted, CompareOp::Lt)?
        } else {
            ops::compare::compare(wanted, &item, CompareOp::Lt)?
        };
        let answer = root("result of a comparison", answer);
        let less = ops::compare::is_true(&answer)?;
        drop(answer);
        drop(item);
        if less == left {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn bisect(name: &'static str, left: bool, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let given = arguments(name, args, kwnames)?;
    place(&given, given.item, left).map(int::from_usize)
}

fn insort(name: &'static str, left: bool, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let given = arguments(name, args, kwnames)?;
    let at = match given.key {
        None => place(&given, given.item, left)?,
        Some(key) => {
            let wanted = ops::call::call(key, &words([given.item]), None)?;
            let wanted = root("key of the item", wanted);
            place(&given, &wanted, left)?
        }
    };
    if given.list.is_exact(&list::LIST) {
        // SAFETY: just checked.
        let items = unsafe { given.list.cast::<List>() };
        list::methods::insert_at(items, at as isize, given.item)?;
        return Ok(none_owned());
    }
    let at: Owned = int::from_usize(at);
    ops::call::call_method(
        given.list,
        intern_immortal("insert"),
        &words([&at, given.item]),
    )?;
    Ok(none_owned())
}
