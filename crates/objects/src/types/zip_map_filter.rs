//! `zip`, `map` and `filter` (Python/bltinmodule.c).

use std::cell::Cell;

use crate::args::{self, Signature};
use crate::batch::Batch;
use crate::error;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, call, compare, iter};
use crate::refs::{Owned, PyResult, Word};
use crate::state::{holding, root};
use crate::typeobject::{MethodDef, Native, Slots, Type, flags};
use crate::types::exceptions as exc;
use crate::types::none::{none, none_owned};
use crate::types::tuple::{self, Tuple};
use crate::types::{alloc_instance, bool, clear_field, finish_instance, free_instance};
use crate::visit::Visit;

/// CPython's `zipobject`.
#[repr(C)]
pub struct Zip {
    object: Object,
    size: Cell<usize>,
    /// Owned tuple.
    iterators: Cell<*mut Object>,
    /// Owned tuple, reused while nobody else holds it.
    result: Cell<*mut Object>,
    strict: Cell<bool>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Zip {
    fn type_object() -> &'static Type {
        &ZIP
    }
}

pub static ZIP: Type = Type::builtin(
    "zip",
    size_of::<Zip>(),
    Slots {
        dealloc: zip_dealloc,
        visit: zip_visit,
        getattro: Some(attribute::generic_get),
        iter: Some(crate::types::self_iter),
        iternext: Some(zip_next),
        new: Some(zip_new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(zip_reduce), ""),
    MethodDef::new("__setstate__", Native::O(zip_set_state), ""),
])
.with_doc("zip(*iterables, strict=False)\n--\n\n");

fn zip_of(object: &Object) -> &Zip {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

/// The `strict` keyword of zip and map, the only one they take.
fn strict_keyword(name: &'static str, kwargs: Option<&Object>) -> PyResult<bool> {
    let Some(kwargs) = kwargs else {
        return Ok(false);
    };
    let signature = Signature::new(name, &["strict"], 0, 0, 0);
    let [strict] = signature.bind_tuple::<1>(tuple::empty_ref(), Some(kwargs))?;
    strict.map_or(Ok(false), compare::is_true)
}

/// A tuple of `iter(item)` for each item.
fn iterators_of<'a>(items: impl ExactSizeIterator<Item = &'a Object>) -> PyResult {
    let count = items.len();
    if count == 0 {
        return Ok(tuple::empty());
    }
    let made = root("iterators", tuple::blank(count)?);
    // SAFETY: a tuple of our own.
    let slots = unsafe { made.cast::<Tuple>() }.slots();
    for (i, item) in items.enumerate() {
        let iterator = iter::iter(item)?;
        // SAFETY: in bounds; the slot is null.
        unsafe { slots.add(i).write(iterator.into_raw()) };
    }
    Ok(made.take())
}

fn zip_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let strict = strict_keyword("zip", kwargs)?;
    // SAFETY: the argument tuple.
    let items = unsafe { args.cast::<Tuple>() }.items();
    let iterators = iterators_of(items.iter().map(|i| &**i))?;
    let result = tuple::from_owned(items.iter().map(|_| none_owned()).collect());
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc_instance::<Zip>(ty)?;
        (*memory).size.set(items.len());
        (*memory).iterators.set(iterators.into_raw());
        (*memory).result.set(result.into_raw());
        (*memory).strict.set(strict);
        Ok(finish_instance(memory))
    }
}

unsafe fn zip_dealloc(object: *mut Object) {
    // SAFETY: a dead instance.
    unsafe {
        gc::untrack(&*object);
        let this = &*object.cast::<Zip>();
        clear_field(&this.iterators);
        clear_field(&this.result);
        free_instance(object);
    }
}

unsafe fn zip_visit(object: &Object, visit: &mut Visit<'_>) {
    let this = zip_of(object);
    visit.field("iterators", this.iterators.get());
    visit.field("result", this.result.get());
}

/// Item `i` of a tuple of iterators, advanced: what its `iternext` slot gives.
#[inline]
fn advance(iterators: &Tuple, i: usize) -> PyResult<Option<Owned>> {
    let iterator = &iterators.items()[i];
    match iterator.ty().slots.iternext {
        Some(function) => function(iterator),
        None => Ok(None),
    }
}

fn zip_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = zip_of(object);
    let size = this.size.get();
    if size == 0 {
        return Ok(None);
    }
    // SAFETY: owned tuples.
    let (iterators, result) =
        unsafe { ((*this.iterators.get()).cast::<Tuple>(), &*this.result.get()) };
    let reused = tuple::reuse(result);
    let fresh = reused.is_none();
    let made = match reused {
        Some(made) => made,
        None => tuple::blank(size)?,
    };
    let made = root("result of zip", made);
    // SAFETY: a tuple nobody else uses.
    let slots = unsafe { made.cast::<Tuple>() }.slots();
    for i in 0..size {
        let item = match advance(iterators, i) {
            Ok(Some(item)) => item,
            ended => {
                drop(made);
                if this.strict.get() {
                    return strict_end("zip", iterators, i, ended.map(|_| ()));
                }
                return ended.map(|_| None);
            }
        };
        // SAFETY: in bounds; a reused slot owned its item, a fresh one is null.
        unsafe {
            let old = slots.add(i).replace(item.into_raw());
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

/// Iterator `ended` gave nothing: with `strict` all others must end as well.
fn strict_end(
    name: &str,
    iterators: &Tuple,
    ended: usize,
    how: PyResult<()>,
) -> PyResult<Option<Owned>> {
    swallow_stop(how)?;
    let span = |i: usize| {
        if i == 1 {
            " 1".to_owned()
        } else {
            format!("s 1-{i}")
        }
    };
    if ended > 0 {
        return Err(error::value_error(format!(
            "{name}() argument {} is shorter than argument{}",
            ended + 1,
            span(ended)
        )));
    }
    for i in 1..iterators.len() {
        match advance(iterators, i) {
            Ok(Some(_)) => {
                return Err(error::value_error(format!(
                    "{name}() argument {} is longer than argument{}",
                    i + 1,
                    span(i)
                )));
            }
            other => swallow_stop(other.map(|_| ()))?,
        }
    }
    Ok(None)
}

/// StopIteration counts as the end.
fn swallow_stop(how: PyResult<()>) -> PyResult<()> {
    error::or_none(how, &exc::STOP_ITERATION).map(|_| ())
}

fn zip_reduce(object: &Object) -> PyResult {
    let this = zip_of(object);
    let ty = Owned::new(object.ty().as_object());
    // SAFETY: owned.
    let iterators = Owned::new(unsafe { &*this.iterators.get() });
    Ok(if this.strict.get() {
        tuple::from_array([ty, iterators, bool::bool_owned(true)])
    } else {
        tuple::from_array([ty, iterators])
    })
}

fn zip_set_state(object: &Object, state: &Object) -> PyResult {
    zip_of(object).strict.set(compare::is_true(state)?);
    Ok(none_owned())
}

/// CPython's `mapobject`.
#[repr(C)]
pub struct Map {
    object: Object,
    /// Owned tuple.
    iterators: Cell<*mut Object>,
    /// Owned.
    function: Cell<*mut Object>,
    strict: Cell<bool>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Map {
    fn type_object() -> &'static Type {
        &MAP
    }
}

pub static MAP: Type = Type::builtin(
    "map",
    size_of::<Map>(),
    Slots {
        dealloc: map_dealloc,
        visit: map_visit,
        getattro: Some(attribute::generic_get),
        iter: Some(crate::types::self_iter),
        iternext: Some(map_next),
        new: Some(map_new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(map_reduce), ""),
    MethodDef::new("__setstate__", Native::O(map_set_state), ""),
])
.with_vectorcall(map_vectorcall)
.with_doc("map(function, iterable, /, *iterables, strict=False)\n--\n\n");

fn map_of(object: &Object) -> &Map {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

fn map_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let strict = strict_keyword("map", kwargs)?;
    // SAFETY: the argument tuple.
    let items = unsafe { args.cast::<Tuple>() }.items();
    let [function, iterables @ ..] = items else {
        return Err(too_few());
    };
    if iterables.is_empty() {
        return Err(too_few());
    }
    let iterators = iterators_of(iterables.iter().map(|i| &**i))?;
    make_map(ty, function, iterators, strict)
}

#[cold]
fn too_few() -> crate::refs::Raised {
    error::type_error("map() must have at least two arguments.")
}

fn map_vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    // SAFETY: called with a type.
    let ty = unsafe { callable.cast::<Type>() };
    if kwnames.is_some_and(|n| args::tuple_len(n) != 0) {
        let (positional, _) = args::split(args, kwnames);
        let kwargs = args::keyword_dict(args, kwnames)?.map(|d| root("keyword arguments", d));
        let all = root("arguments", tuple::from_words(positional));
        return map_new(ty, &all, kwargs.as_deref());
    }
    let [function, iterables @ ..] = args else {
        return Err(too_few());
    };
    if iterables.is_empty() {
        return Err(too_few());
    }
    let iterators = iterators_of(iterables.iter().map(|i| i.object()))?;
    make_map(ty, function.object(), iterators, false)
}

fn make_map(ty: &Type, function: &Object, iterators: Owned, strict: bool) -> PyResult {
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc_instance::<Map>(ty)?;
        (*memory).iterators.set(iterators.into_raw());
        (*memory).function.set(Owned::new(function).into_raw());
        (*memory).strict.set(strict);
        Ok(finish_instance(memory))
    }
}

unsafe fn map_dealloc(object: *mut Object) {
    // SAFETY: a dead instance.
    unsafe {
        gc::untrack(&*object);
        let this = &*object.cast::<Map>();
        clear_field(&this.iterators);
        clear_field(&this.function);
        free_instance(object);
    }
}

unsafe fn map_visit(object: &Object, visit: &mut Visit<'_>) {
    let this = map_of(object);
    visit.field("iterators", this.iterators.get());
    visit.field("function", this.function.get());
}

fn map_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = map_of(object);
    // SAFETY: owned fields.
    let (iterators, function) = unsafe {
        (
            (*this.iterators.get()).cast::<Tuple>(),
            &*this.function.get(),
        )
    };
    if iterators.len() == 1 && !this.strict.get() {
        let Some(item) = advance(iterators, 0)? else {
            return Ok(None);
        };
        let item = root("argument of map's function", item);
        let result = call::call(function, &[Word::borrowed(&item)], None);
        holding(&result, || drop(item));
        return result.map(Some);
    }
    let mut held = Batch::new("argument of map's function", iterators.len());
    for i in 0..iterators.len() {
        match advance(iterators, i) {
            Ok(Some(item)) => held.push(item),
            ended if this.strict.get() => {
                return strict_end("map", iterators, i, ended.map(|_| ()));
            }
            ended => return ended.map(|_| None),
        }
    }
    let result = call::call(function, &held.arguments(), None);
    holding(&result, || drop(held));
    result.map(Some)
}

fn map_reduce(object: &Object) -> PyResult {
    let this = map_of(object);
    let ty = Owned::new(object.ty().as_object());
    // SAFETY: owned fields.
    let (iterators, function) = unsafe {
        (
            (*this.iterators.get()).cast::<Tuple>(),
            &*this.function.get(),
        )
    };
    let args: Vec<Owned> = std::iter::once(Owned::new(function))
        .chain(iterators.items().iter().cloned())
        .collect();
    let args = tuple::from_owned(args);
    Ok(if this.strict.get() {
        tuple::from_array([ty, args, bool::bool_owned(true)])
    } else {
        tuple::from_array([ty, args])
    })
}

fn map_set_state(object: &Object, state: &Object) -> PyResult {
    map_of(object).strict.set(compare::is_true(state)?);
    Ok(none_owned())
}

/// CPython's `filterobject`.
#[repr(C)]
pub struct Filter {
    object: Object,
    /// Both owned.
    function: Cell<*mut Object>,
    iterator: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Filter {
    fn type_object() -> &'static Type {
        &FILTER
    }
}

pub static FILTER: Type = Type::builtin(
    "filter",
    size_of::<Filter>(),
    Slots {
        dealloc: filter_dealloc,
        visit: filter_visit,
        getattro: Some(attribute::generic_get),
        iter: Some(crate::types::self_iter),
        iternext: Some(filter_next),
        new: Some(filter_new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_methods(&[MethodDef::new(
    "__reduce__",
    Native::NoArgs(filter_reduce),
    "",
)])
.with_vectorcall(filter_vectorcall)
.with_doc("filter(function, iterable, /)\n--\n\n");

fn filter_of(object: &Object) -> &Filter {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

fn filter_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if std::ptr::eq(ty, &FILTER) || ty.slots.init.is_none() {
        args::no_keyword_dict("filter", kwargs)?;
    }
    args::check_positional("filter", args::tuple_len(args), 2, 2)?;
    make_filter(ty, args::tuple_item(args, 0), args::tuple_item(args, 1))
}

fn filter_vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    args::no_keywords("filter", kwnames)?;
    args::check_positional("filter", args.len(), 2, 2)?;
    // SAFETY: called with a type.
    let ty = unsafe { callable.cast::<Type>() };
    make_filter(ty, args[0].object(), args[1].object())
}

fn make_filter(ty: &Type, function: &Object, iterable: &Object) -> PyResult {
    let iterator = iter::iter(iterable)?;
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc_instance::<Filter>(ty)?;
        (*memory).function.set(Owned::new(function).into_raw());
        (*memory).iterator.set(iterator.into_raw());
        Ok(finish_instance(memory))
    }
}

unsafe fn filter_dealloc(object: *mut Object) {
    // SAFETY: a dead instance.
    unsafe {
        gc::untrack(&*object);
        let this = &*object.cast::<Filter>();
        clear_field(&this.function);
        clear_field(&this.iterator);
        free_instance(object);
    }
}

unsafe fn filter_visit(object: &Object, visit: &mut Visit<'_>) {
    let this = filter_of(object);
    visit.field("iterator", this.iterator.get());
    visit.field("function", this.function.get());
}

fn filter_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = filter_of(object);
    // SAFETY: owned fields.
    let (iterator, function) = unsafe { (&*this.iterator.get(), &*this.function.get()) };
    let by_truth = function.is(none()) || function.is(bool::BOOL.as_object());
    let Some(next) = iterator.ty().slots.iternext else {
        return Ok(None);
    };
    while let Some(item) = next(iterator)? {
        let item = root("item being filtered", item);
        let good = if by_truth {
            compare::is_true(&item)?
        } else {
            let answer = root(
                "answer of filter's function",
                call::call(function, &[Word::borrowed(&item)], None)?,
            );
            compare::is_true(&answer)?
        };
        if good {
            return Ok(Some(item.take()));
        }
    }
    Ok(None)
}

fn filter_reduce(object: &Object) -> PyResult {
    let this = filter_of(object);
    // SAFETY: owned fields.
    let (iterator, function) = unsafe { (&*this.iterator.get(), &*this.function.get()) };
    Ok(tuple::from_array([
        Owned::new(object.ty().as_object()),
        tuple::from_refs(&[function, iterator]),
    ]))
}
