//! `chain`, `zip_longest`, `accumulate`.

use std::cell::Cell;

use terrarium_objects::args::Signature;
use terrarium_objects::batch::Batch;
use terrarium_objects::field::Field;
use terrarium_objects::state::{Rooted, holding};
use terrarium_objects::typeobject::{MethodDef, Native, flags};
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::types::{dict, generic_alias, self_iter};
use terrarium_objects::{
    Object, Owned, PyResult, Slots, Type, error, none, none_owned, ops, root, words,
};

use super::{advance, no_keywords};
use crate::body::body;

body! { Chain of CHAIN { source: Field, active: Field } }

pub static CHAIN: Type = Type::builtin(
    "itertools.chain",
    size_of::<Chain>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(chain_next),
        new: Some(chain_new),
        ..Chain::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_methods(&[
    MethodDef::class(
        "from_iterable",
        Native::O(from_iterable),
        "from_iterable($type, iterable, /)\n--\n\n",
    ),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
])
.with_doc("chain(*iterables)\n--\n\n");

fn chain_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    no_keywords(ty, &CHAIN, kwargs)?;
    chain_over(ty, ops::iter::iter(args)?)
}

fn chain_over(ty: &Type, source: Owned) -> PyResult {
    let made = Chain::alloc(ty)?;
    Chain::of(&made).source.set(Some(source));
    Ok(made)
}

fn from_iterable(class: &Object, iterable: &Object) -> PyResult {
    // SAFETY: a class method.
    chain_over(unsafe { class.cast::<Type>() }, ops::iter::iter(iterable)?)
}

fn chain_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Chain::of(object);
    while !this.source.is_empty() {
        if this.active.is_empty() {
            let Some(iterable) = advance(&this.source)? else {
                this.source.clear();
                return Ok(None);
            };
            let iterable = root("iterable of chain", iterable);
            match ops::iter::iter(&iterable) {
                Ok(iterator) => this.active.set(Some(iterator)),
                Err(raised) => {
                    this.source.clear();
                    return Err(raised);
                }
            }
        }
        if let Some(item) = advance(&this.active)? {
            return Ok(Some(item));
        }
        this.active.clear();
    }
    Ok(None)
}

body! {
    /// `iterators` is a tuple whose finished entries are null.
    ZipLongest of ZIP_LONGEST { iterators: Field, result: Field, fill: Field, active: Cell<usize> }
}

pub static ZIP_LONGEST: Type = Type::builtin(
    "itertools.zip_longest",
    size_of::<ZipLongest>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(zip_next),
        new: Some(zip_new),
        ..ZipLongest::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_doc("zip_longest(*iterables, fillvalue=None)\n--\n\n");

fn zip_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let fill = kwargs.and_then(|k| dict::get_str(k, "fillvalue"));
    let fill = fill.map(|fill| root("fill value", fill));
    let given = kwargs.map_or(0, dict::len);
    if given > usize::from(fill.is_some()) {
        return Err(error::type_error(
            "zip_longest() got an unexpected keyword argument",
        ));
    }
    // SAFETY: the argument tuple.
    let items = unsafe { args.cast::<Tuple>() }.items();
    let mut iterators = Batch::new("iterators of zip_longest", items.len());
    for item in items {
        iterators.push(ops::iter::iter(item)?);
    }
    let iterators = iterators.take();
    let made = ZipLongest::alloc(ty)?;
    let this = ZipLongest::of(&made);
    this.iterators.set(Some(if iterators.is_empty() {
        tuple::empty()
    } else {
        tuple::from_owned(iterators)
    }));
    this.active.set(items.len());
    this.fill
        .set(Some(fill.map_or_else(none_owned, Rooted::take)));
    if !items.is_empty() {
        let blank = items.iter().map(|_| none_owned()).collect();
        this.result.set(Some(tuple::from_owned(blank)));
    }
    Ok(made)
}

fn zip_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = ZipLongest::of(object);
    if this.active.get() == 0 {
        return Ok(None);
    }
    let (Some(iterators), Some(kept)) = (this.iterators.get(), this.result.get()) else {
        return Ok(None);
    };
    // SAFETY: a tuple of the argument's length; only its entries change.
    let iterators = unsafe { iterators.cast::<Tuple>() };
    let reused = tuple::reuse(kept);
    let fresh = reused.is_none();
    let made = match reused {
        Some(made) => made,
        None => tuple::blank(iterators.len())?,
    };
    let made = root("result of zip_longest", made);
    for i in 0..iterators.len() {
        let item = match zip_item(this, iterators, i) {
            Ok(Some(item)) => item,
            ended => {
                this.active.set(0);
                return ended;
            }
        };
        // SAFETY: in bounds; a reused entry owned its item, a fresh one is null.
        unsafe {
            let old = made.cast::<Tuple>().slots().add(i).replace(item.into_raw());
            if !old.is_null() {
                Object::decref(old);
            }
        }
    }
    if !fresh {
        tuple::recycle(&made);
    }
    Ok(Some(made.take()))
}

/// The next item of iterator `i`, or what fills its place; none when the last iterator ended just now.
fn zip_item(this: &ZipLongest, iterators: &Tuple, i: usize) -> PyResult<Option<Owned>> {
    let slots = iterators.slots();
    // SAFETY: in bounds; null or owned by the tuple.
    let Some(iterator) = (unsafe { (*slots.add(i)).as_ref() }) else {
        return Ok(Some(this.fill.or_none()));
    };
    if let Some(item) = ops::iter::next(iterator)? {
        return Ok(Some(item));
    }
    this.active.set(this.active.get().saturating_sub(1));
    if this.active.get() == 0 {
        return Ok(None);
    }
    let fill = root("fill value", this.fill.or_none());
    // SAFETY: in bounds; the tuple owned it.
    unsafe {
        let old = slots.add(i).replace(std::ptr::null_mut());
        if !old.is_null() {
            Object::decref(old);
        }
    }
    Ok(Some(fill.take()))
}

body! { Accumulate of ACCUMULATE { total: Field, iterator: Field, function: Field, initial: Field } }

pub static ACCUMULATE: Type = Type::builtin(
    "itertools.accumulate",
    size_of::<Accumulate>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(accumulate_next),
        new: Some(accumulate_new),
        ..Accumulate::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_doc("accumulate(iterable, func=None, *, initial=None)\n--\n\n");

fn accumulate_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("accumulate", &["iterable", "func", "initial"], 0, 1, 2);
    let [iterable, function, initial] = SIGNATURE.bind_tuple::<3>(args, kwargs)?;
    let iterator = ops::iter::iter(iterable.unwrap_or(none()))?;
    let made = Accumulate::alloc(ty)?;
    let this = Accumulate::of(&made);
    this.iterator.set(Some(iterator));
    this.function.set_ref(function.filter(|f| !f.is(none())));
    this.initial.set_ref(initial.filter(|i| !i.is(none())));
    Ok(made)
}

fn accumulate_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Accumulate::of(object);
    if let Some(initial) = this.initial.replace(None) {
        this.total.set_ref(Some(&initial));
        return Ok(Some(initial));
    }
    let Some(value) = advance(&this.iterator)? else {
        return Ok(None);
    };
    let Some(total) = this.total.get() else {
        this.total.set_ref(Some(&value));
        return Ok(Some(value));
    };
    let value = root("value of accumulate", value);
    let made = match this.function.get() {
        None => ops::number::add(total, &value)?,
        Some(function) => ops::call::call(function, &words([total, &value]), None)?,
    };
    holding(&made, || {
        drop(value);
        this.total.set_ref(Some(&made));
    });
    Ok(Some(made))
}
