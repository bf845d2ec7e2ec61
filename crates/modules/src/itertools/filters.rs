//! `compress`, `dropwhile`, `takewhile`, `filterfalse`, `starmap`.

use std::cell::Cell;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::state::holding;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::{bool, self_iter, tuple};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, none, ops, root, words};

use super::{advance, no_keywords};
use crate::body::body;

body! {
    /// The body of `dropwhile`, `takewhile`, `filterfalse` and `starmap`; `state` says that dropping or taking is over.
    Filter of DROPWHILE { function: Field, iterator: Field, state: Cell<u8> }
}

const fn filter_type(
    name: &'static str,
    next: fn(&Object) -> PyResult<Option<Owned>>,
    new: terrarium_objects::typeobject::NewFn,
    doc: &'static str,
) -> Type {
    Type::builtin(
        name,
        size_of::<Filter>(),
        Slots {
            iter: Some(self_iter),
            iternext: Some(next),
            new: Some(new),
            ..Filter::SLOTS
        },
    )
    .with_flags(flags::HAVE_GC | flags::BASETYPE)
    .with_doc(doc)
}

pub static DROPWHILE: Type = filter_type(
    "itertools.dropwhile",
    dropwhile_next,
    |t, a, k| make(t, &DROPWHILE, a, k),
    "dropwhile(predicate, iterable, /)\n--\n\n",
);
pub static TAKEWHILE: Type = filter_type(
    "itertools.takewhile",
    takewhile_next,
    |t, a, k| make(t, &TAKEWHILE, a, k),
    "takewhile(predicate, iterable, /)\n--\n\n",
);
pub static FILTERFALSE: Type = filter_type(
    "itertools.filterfalse",
    filterfalse_next,
    |t, a, k| make(t, &FILTERFALSE, a, k),
    "filterfalse(function, iterable, /)\n--\n\n",
);
pub static STARMAP: Type = filter_type(
    "itertools.starmap",
    starmap_next,
    |t, a, k| make(t, &STARMAP, a, k),
    "starmap(function, iterable, /)\n--\n\n",
);

fn make(ty: &Type, own: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    no_keywords(ty, own, kwargs)?;
    args::check_positional(own.name(), args::tuple_len(args), 2, 2)?;
    let iterator = ops::iter::iter(args::tuple_item(args, 1))?;
    let made = Filter::alloc(ty)?;
    Filter::of(&made)
        .function
        .set_ref(Some(args::tuple_item(args, 0)));
    Filter::of(&made).iterator.set(Some(iterator));
    Ok(made)
}

/// Whether the function says yes to an item.
fn answer(this: &Filter, item: &Object) -> PyResult<std::primitive::bool> {
    let function = this.function.get().unwrap_or(none());
    let good = root(
        "answer of a predicate",
        ops::call::call(function, &words([item]), None)?,
    );
    ops::compare::is_true(&good)
}

fn dropwhile_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Filter::of(object);
    loop {
        let Some(item) = advance(&this.iterator)? else {
            return Ok(None);
        };
        if this.state.get() == 1 {
            return Ok(Some(item));
        }
        let item = root("item of dropwhile", item);
        if !answer(this, &item)? {
            this.state.set(1);
            return Ok(Some(item.take()));
        }
    }
}

fn takewhile_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Filter::of(object);
    if this.state.get() == 1 {
        return Ok(None);
    }
    let Some(item) = advance(&this.iterator)? else {
        return Ok(None);
    };
    let item = root("item of takewhile", item);
    if answer(this, &item)? {
        return Ok(Some(item.take()));
    }
    this.state.set(1);
    Ok(None)
}

fn filterfalse_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Filter::of(object);
    let plain = this
        .function
        .get()
        .is_none_or(|f| f.is(none()) || f.is(bool::BOOL.as_object()));
    loop {
        let Some(item) = advance(&this.iterator)? else {
            return Ok(None);
        };
        let item = root("item of filterfalse", item);
        let good = if plain {
            ops::compare::is_true(&item)?
        } else {
            answer(this, &item)?
        };
        if !good {
            return Ok(Some(item.take()));
        }
    }
}

fn starmap_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Filter::of(object);
    let Some(given) = advance(&this.iterator)? else {
        return Ok(None);
    };
    let given = root("arguments of starmap", given);
    if !given.is_exact(&tuple::TUPLE) {
        given.set(ops::sequence::to_tuple(&given)?);
    }
    let function = this.function.get().unwrap_or(none());
    let result = ops::call::call_tuple_dict(function, &given, None);
    holding(&result, || drop(given));
    result.map(Some)
}

body! { Compress of COMPRESS { data: Field, selectors: Field } }

pub static COMPRESS: Type = Type::builtin(
    "itertools.compress",
    size_of::<Compress>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(compress_next),
        new: Some(compress_new),
        ..Compress::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_doc("compress(data, selectors)\n--\n\n");

fn compress_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("compress", &["data", "selectors"], 0, 2, 2);
    let [data, selectors] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
    let data = root("data", ops::iter::iter(data.unwrap_or(none()))?);
    let selectors = ops::iter::iter(selectors.unwrap_or(none()))?;
    let data = data.take();
    let made = Compress::alloc(ty)?;
    Compress::of(&made).data.set(Some(data));
    Compress::of(&made).selectors.set(Some(selectors));
    Ok(made)
}

fn compress_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Compress::of(object);
    loop {
        let Some(item) = advance(&this.data)? else {
            return Ok(None);
        };
        let item = root("item of compress", item);
        let Some(selector) = advance(&this.selectors)? else {
            return Ok(None);
        };
        let selector = root("selector", selector);
        if ops::compare::is_true(&selector)? {
            drop(selector);
            return Ok(Some(item.take()));
        }
    }
}
