//! `enumerate` and `reversed` (Objects/enumobject.c).

use std::cell::Cell;

use crate::args::{self, Signature};
use crate::error;
use crate::gc;
use crate::names::names;
use crate::object::{Layout, Object};
use crate::ops::{attribute, call, iter, mapping, number, sequence, text};
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::state::{Span, root};
use crate::typeobject::{MethodDef, Native, Slots, Type, flags};
use crate::types::exceptions as exc;
use crate::types::none::{none, none_owned};
use crate::types::str::Str;
use crate::types::tuple::{self, Tuple};
use crate::types::{
    alloc_instance, clear_field, finish_instance, free_instance, generic_alias, int,
};
use crate::visit::Visit;

/// CPython's `enumobject`.
#[repr(C)]
pub struct Enumerate {
    object: Object,
    index: Cell<isize>,
    /// Owned.
    iterator: Cell<*mut Object>,
    /// Owned pair, reused while nobody else holds it.
    result: Cell<*mut Object>,
    /// Owned index beyond machine integers, or null.
    long_index: Cell<*mut Object>,
    _one: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Enumerate {
    fn type_object() -> &'static Type {
        &ENUMERATE
    }
}

pub static ENUMERATE: Type = Type::builtin(
    "enumerate",
    size_of::<Enumerate>(),
    Slots {
        dealloc: enumerate_dealloc,
        visit: enumerate_visit,
        getattro: Some(attribute::generic_get),
        iter: Some(crate::types::self_iter),
        iternext: Some(enumerate_next),
        new: Some(enumerate_new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(enumerate_reduce), ""),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
])
.with_vectorcall(enumerate_vectorcall)
.with_doc("enumerate(iterable, start=0)\n--\n\n");

fn enumerate_of(object: &Object) -> &Enumerate {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

fn enumerate_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    const SIGNATURE: Signature = Signature::new("enumerate", &["iterable", "start"], 0, 1, 2);
    match SIGNATURE.bind_tuple::<2>(args, kwargs)? {
        [Some(iterable), start] => make_enumerate(ty, iterable, start),
        _ => Err(missing()),
    }
}

#[cold]
fn missing() -> Raised {
    error::type_error("enumerate() missing required argument 'iterable'")
}

/// Whether keyword `index` has this name; TypeError if not.
fn check_keyword(names: &Object, index: usize, name: &str) -> PyResult<()> {
    let given = args::tuple_item(names, index);
    if given.downcast::<Str>().is_some_and(|s| s.is_text(name)) {
        return Ok(());
    }
    Err(error::type_error(format!(
        "'{:.200}' is an invalid keyword argument for enumerate()",
        text::lossy(given)
    )))
}

fn enumerate_vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    // SAFETY: called with a type.
    let ty = unsafe { callable.cast::<Type>() };
    let keywords = kwnames.map_or(0, args::tuple_len);
    match (args, kwnames) {
        ([], _) => Err(missing()),
        ([iterable], names) => {
            if let (1, Some(names)) = (keywords, names) {
                check_keyword(names, 0, "iterable")?;
            }
            make_enumerate(ty, iterable.object(), None)
        }
        ([first, second], names) => {
            let (mut iterable, mut start) = (first, second);
            match (keywords, names) {
                (1, Some(names)) => check_keyword(names, 0, "start")?,
                (2, Some(names)) => {
                    let first_name = args::tuple_item(names, 0);
                    if first_name
                        .downcast::<Str>()
                        .is_some_and(|s| s.is_text("start"))
                    {
                        check_keyword(names, 1, "iterable")?;
                        (iterable, start) = (second, first);
                    } else {
                        check_keyword(names, 0, "iterable")?;
                        check_keyword(names, 1, "start")?;
                    }
                }
                _ => {}
            }
            make_enumerate(ty, iterable.object(), Some(start.object()))
        }
        _ => Err(error::type_error(format!(
            "enumerate() takes at most 2 arguments ({} given)",
            args.len()
        ))),
    }
}

fn make_enumerate(ty: &Type, iterable: &Object, start: Option<&Object>) -> PyResult {
    let start = start.map(number::index).transpose()?;
    let first = match &start {
        Some(start) => int::as_i64(start),
        None => Some(0),
    };
    let start = start.map(|s| root("start", s));
    let iterator = iter::iter(iterable)?;
    let start = start.map(|s| s.take());
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc_instance::<Enumerate>(ty)?;
        match first {
            Some(first) => (*memory).index.set(first as isize),
            None => {
                (*memory).index.set(isize::MAX);
                if let Some(start) = start {
                    (*memory).long_index.set(start.into_raw());
                }
            }
        }
        (*memory).iterator.set(iterator.into_raw());
        (*memory)
            .result
            .set(tuple::from_array([none_owned(), none_owned()]).into_raw());
        Ok(finish_instance(memory))
    }
}

unsafe fn enumerate_dealloc(object: *mut Object) {
    // SAFETY: a dead instance.
    unsafe {
        gc::untrack(&*object);
        let this = &*object.cast::<Enumerate>();
        clear_field(&this.iterator);
        clear_field(&this.result);
        clear_field(&this.long_index);
        free_instance(object);
    }
}

unsafe fn enumerate_visit(object: &Object, visit: &mut Visit<'_>) {
    let this = enumerate_of(object);
    visit.field("iterator", this.iterator.get());
    visit.field("result", this.result.get());
    visit.field("index", this.long_index.get());
}

fn enumerate_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = enumerate_of(object);
    // SAFETY: owned, never null.
    let iterator = unsafe { &*this.iterator.get() };
    let Some(function) = iterator.ty().slots.iternext else {
        return Ok(None);
    };
    let Some(item) = function(iterator)? else {
        return Ok(None);
    };
    let index = this.index.get();
    let index = if index == isize::MAX {
        next_long_index(this)?
    } else {
        this.index.set(index + 1);
        int::from_i64(index as i64)
    };
    // SAFETY: owned, never null.
    Ok(Some(reuse_pair(
        unsafe { &*this.result.get() },
        index,
        item,
    )))
}

/// The next index beyond machine integers.
fn next_long_index(this: &Enumerate) -> PyResult {
    if this.long_index.get().is_null() {
        this.long_index.set(int::from_i64(i64::MAX).into_raw());
    }
    // SAFETY: just made sure of.
    let current = unsafe { &*this.long_index.get() };
    let stepped = number::add(current, &int::from_i64(1))?;
    let current = this.long_index.replace(stepped.into_raw());
    // SAFETY: the field's reference is handed on.
    Ok(unsafe { Owned::from_raw(current) })
}

/// The pair in an iterator's own tuple if nobody else holds it, else in a new one.
pub(crate) fn reuse_pair(result: &Object, first: Owned, second: Owned) -> Owned {
    let Some(reused) = tuple::reuse(result) else {
        return tuple::from_array([first, second]);
    };
    // SAFETY: a pair; the old items are given up when the new ones are in place.
    unsafe {
        let slots = result.cast::<Tuple>().slots();
        let old = slots.replace(first.into_raw());
        let old_second = slots.add(1).replace(second.into_raw());
        if !Object::decref_shared(old) {
            let held = [reused.as_ptr(), old_second];
            let span = Span::new("result of an iterator", held.as_ptr(), held.len());
            Object::decref(old);
            drop(span);
        }
        Object::decref_holding(old_second, reused.as_ptr());
    }
    tuple::recycle(&reused);
    reused
}

fn enumerate_reduce(object: &Object) -> PyResult {
    let this = enumerate_of(object);
    // SAFETY: owned fields.
    let (iterator, long) = unsafe { (&*this.iterator.get(), this.long_index.get().as_ref()) };
    let index = match long {
        Some(long) => Owned::new(long),
        None => int::from_i64(this.index.get() as i64),
    };
    Ok(tuple::from_array([
        Owned::new(object.ty().as_object()),
        tuple::from_array([Owned::new(iterator), index]),
    ]))
}

/// CPython's `reversedobject`.
#[repr(C)]
pub struct Reversed {
    object: Object,
    index: Cell<isize>,
    /// Owned; null when exhausted.
    sequence: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Reversed {
    fn type_object() -> &'static Type {
        &REVERSED
    }
}

pub static REVERSED: Type = Type::builtin(
    "reversed",
    size_of::<Reversed>(),
    Slots {
        dealloc: reversed_dealloc,
        visit: reversed_visit,
        getattro: Some(attribute::generic_get),
        iter: Some(crate::types::self_iter),
        iternext: Some(reversed_next),
        new: Some(reversed_new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_methods(&[
    MethodDef::new("__length_hint__", Native::NoArgs(reversed_length_hint), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reversed_reduce), ""),
    MethodDef::new("__setstate__", Native::O(reversed_set_state), ""),
])
.with_vectorcall(reversed_vectorcall)
.with_doc("reversed(object, /)\n--\n\n");

fn reversed_of(object: &Object) -> &Reversed {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

fn reversed_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if std::ptr::eq(ty, &REVERSED) {
        args::no_keyword_dict("reversed", kwargs)?;
    }
    args::check_positional("reversed", args::tuple_len(args), 1, 1)?;
    make_reversed(ty, args::tuple_item(args, 0))
}

fn reversed_vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    args::no_keywords("reversed", kwnames)?;
    args::check_positional("reversed", args.len(), 1, 1)?;
    // SAFETY: called with a type.
    make_reversed(unsafe { callable.cast::<Type>() }, args[0].object())
}

fn make_reversed(ty: &Type, object: &Object) -> PyResult {
    if let Some(method) = attribute::lookup_special(object, &names().__reversed__)? {
        if method.is(none()) {
            return Err(not_reversible(object));
        }
        let method = root("__reversed__", method);
        return call::call(&method, &[], None);
    }
    if !iter::is_sequence(object) {
        return Err(not_reversible(object));
    }
    let len = mapping::len(object)? as isize;
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc_instance::<Reversed>(ty)?;
        (*memory).index.set(len - 1);
        (*memory).sequence.set(Owned::new(object).into_raw());
        Ok(finish_instance(memory))
    }
}

#[cold]
fn not_reversible(object: &Object) -> Raised {
    error::type_error(format!(
        "'{:.200}' object is not reversible",
        object.ty().full_name()
    ))
}

unsafe fn reversed_dealloc(object: *mut Object) {
    // SAFETY: a dead instance.
    unsafe {
        gc::untrack(&*object);
        clear_field(&(*object.cast::<Reversed>()).sequence);
        free_instance(object);
    }
}

unsafe fn reversed_visit(object: &Object, visit: &mut Visit<'_>) {
    visit.field("sequence", reversed_of(object).sequence.get());
}

fn reversed_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = reversed_of(object);
    let index = this.index.get();
    // SAFETY: null or owned.
    if index >= 0
        && let Some(source) = unsafe { this.sequence.get().as_ref() }
    {
        match sequence::get_index(source, index) {
            Ok(item) => {
                this.index.set(index - 1);
                return Ok(Some(item));
            }
            Err(_) if error::matches(&exc::INDEX_ERROR) || error::matches(&exc::STOP_ITERATION) => {
                error::clear();
            }
            Err(raised) => return Err(raised),
        }
    }
    this.index.set(-1);
    clear_field(&this.sequence);
    Ok(None)
}

fn reversed_length_hint(object: &Object) -> PyResult {
    let this = reversed_of(object);
    // SAFETY: null or owned.
    let Some(source) = (unsafe { this.sequence.get().as_ref() }) else {
        return Ok(int::from_i64(0));
    };
    let position = this.index.get() + 1;
    let len = mapping::len(source)? as isize;
    Ok(int::from_i64(
        if len < position { 0 } else { position } as i64
    ))
}

fn reversed_reduce(object: &Object) -> PyResult {
    let this = reversed_of(object);
    let ty = Owned::new(object.ty().as_object());
    // SAFETY: null or owned.
    Ok(match unsafe { this.sequence.get().as_ref() } {
        Some(source) => tuple::from_array([
            ty,
            tuple::from_refs(&[source]),
            int::from_i64(this.index.get() as i64),
        ]),
        None => tuple::from_array([ty, tuple::from_array([tuple::empty()])]),
    })
}

fn reversed_set_state(object: &Object, state: &Object) -> PyResult {
    let index = int::as_isize(state)?;
    let this = reversed_of(object);
    // SAFETY: null or owned.
    if let Some(source) = unsafe { this.sequence.get().as_ref() } {
        let len = mapping::len(source)? as isize;
        this.index.set(index.clamp(-1, len - 1));
    }
    Ok(none_owned())
}
