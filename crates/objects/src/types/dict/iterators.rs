//! The iterators over keys, values and items, forwards and backwards.

use std::cell::Cell;
use std::ptr::null_mut;

use super::{Dict, dict_of};
use crate::alloc::{self, Kind};
use crate::error;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::attribute;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{IterNextFn, MethodDef, Native, Slots, Type, flags};
use crate::types::none::none_owned;
use crate::types::tuple::{self, Tuple};
use crate::types::{int, list};
use crate::visit::Visit;

/// CPython's `dictiterobject`.
#[repr(C)]
pub struct DictIter {
    object: Object,
    /// Owned; null when exhausted.
    dict: Cell<*mut Object>,
    /// Entries when the iterator was made; -1 after a change was reported.
    used: Cell<isize>,
    position: Cell<isize>,
    /// Owned pair that items reuse while nobody else holds it; null for keys and values.
    result: Cell<*mut Object>,
    left: Cell<isize>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for DictIter {
    fn type_object() -> &'static Type {
        &KEY_ITER
    }
}

const METHODS: &[MethodDef] = &[
    MethodDef::new("__length_hint__", Native::NoArgs(length_hint), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
];

const fn iterator_type(name: &'static str, next: IterNextFn) -> Type {
    Type::builtin(
        name,
        size_of::<DictIter>(),
        Slots {
            dealloc,
            visit,
            iter: Some(crate::types::self_iter),
            iternext: Some(next),
            getattro: Some(attribute::generic_get),
            ..Slots::NONE
        },
    )
    .with_flags(flags::HAVE_GC)
    .with_methods(METHODS)
}

pub static KEY_ITER: Type = iterator_type("dict_keyiterator", next_key);
pub static VALUE_ITER: Type = iterator_type("dict_valueiterator", next_value);
pub static ITEM_ITER: Type = iterator_type("dict_itemiterator", next_item);
pub static REVERSE_KEY_ITER: Type = iterator_type("dict_reversekeyiterator", previous_key);
pub static REVERSE_VALUE_ITER: Type = iterator_type("dict_reversevalueiterator", previous_value);
pub static REVERSE_ITEM_ITER: Type = iterator_type("dict_reverseitemiterator", previous_item);

fn this(object: &Object) -> &DictIter {
    // SAFETY: the slots and methods of these types.
    unsafe { object.cast() }
}

/// An iterator of one of the six types above over a dict (`dictiter_new`).
pub fn new(dict: &Object, ty: &'static Type) -> Owned {
    let source = dict_of(dict);
    let reverse = is_reverse(ty);
    let items = std::ptr::eq(ty, &ITEM_ITER) || std::ptr::eq(ty, &REVERSE_ITEM_ITER);
    // SAFETY: all fields are written before tracking.
    unsafe {
        let memory = alloc::object_of_kind(Kind::Gc, ty, size_of::<DictIter>());
        assert!(!memory.is_null(), "out of memory for an iterator");
        let iter = memory.cast::<DictIter>();
        dict.incref();
        (*iter).dict = Cell::new(dict.as_ptr());
        (*iter).used = Cell::new(source.used.get());
        (*iter).left = Cell::new(source.used.get());
        (*iter).position = Cell::new(if reverse {
            source.end_position() as isize
        } else {
            0
        });
        (*iter).result = Cell::new(if items {
            tuple::from_array([none_owned(), none_owned()]).into_raw()
        } else {
            null_mut()
        });
        gc::track(&*memory);
        Owned::from_raw(memory)
    }
}

fn is_reverse(ty: &Type) -> bool {
    [&REVERSE_KEY_ITER, &REVERSE_VALUE_ITER, &REVERSE_ITEM_ITER]
        .iter()
        .any(|t| std::ptr::eq(*t, ty))
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        gc::untrack(&*object);
        let iter = &*object.cast::<DictIter>();
        for field in [&iter.dict, &iter.result] {
            crate::types::clear_field(field);
        }
        alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    visit.field("dict", this(object).dict.get());
    visit.field("result", this(object).result.get());
}

/// The dict if the iterator is live and the dict has not changed its size.
#[inline(always)]
fn source(iter: &DictIter) -> PyResult<Option<&Dict>> {
    // SAFETY: null or owned.
    let Some(dict) = (unsafe { iter.dict.get().as_ref() }) else {
        return Ok(None);
    };
    let dict = dict_of(dict);
    if iter.used.get() != dict.used.get() {
        return Err(size_changed(iter));
    }
    Ok(Some(dict))
}

#[cold]
fn size_changed(iter: &DictIter) -> crate::refs::Raised {
    iter.used.set(-1);
    error::runtime_error("dictionary changed size during iteration")
}

/// Ends the iteration.
fn exhaust(iter: &DictIter) {
    let dict = iter.dict.replace(null_mut());
    if !dict.is_null() {
        // SAFETY: the iterator owned it.
        unsafe { Object::decref(dict) };
    }
}

/// Steps to the next entry.
#[inline(always)]
fn advance(iter: &DictIter) -> PyResult<Option<(&Object, &Object)>> {
    let Some(dict) = source(iter)? else {
        return Ok(None);
    };
    let Some((key, value, after)) = dict.next_pair(iter.position.get() as usize) else {
        exhaust(iter);
        return Ok(None);
    };
    let left = iter.left.get();
    if left == 0 {
        return Err(keys_changed(iter));
    }
    iter.position.set(after as isize);
    iter.left.set(left - 1);
    Ok(Some((key, value)))
}

#[cold]
fn keys_changed(iter: &DictIter) -> crate::refs::Raised {
    let raised = error::runtime_error("dictionary keys changed during iteration");
    exhaust(iter);
    raised
}

/// Steps backwards.
fn retreat(iter: &DictIter) -> PyResult<Option<(&Dict, usize)>> {
    let Some(dict) = source(iter)? else {
        return Ok(None);
    };
    let Some((entry, before)) = dict.previous_entry(iter.position.get() as usize) else {
        exhaust(iter);
        return Ok(None);
    };
    iter.position.set(before as isize);
    iter.left.set(iter.left.get() - 1);
    Ok(Some((dict, entry)))
}

fn key_of(dict: &Dict, entry: usize) -> Owned {
    // SAFETY: a present entry.
    unsafe { Owned::new(&*dict.keys().key(entry)) }
}

fn value_of(dict: &Dict, entry: usize) -> Owned {
    // SAFETY: a present entry.
    unsafe { Owned::new(&*dict.value_at(entry)) }
}

fn next_key(object: &Object) -> PyResult<Option<Owned>> {
    Ok(advance(this(object))?.map(|(key, _)| Owned::new(key)))
}

fn next_value(object: &Object) -> PyResult<Option<Owned>> {
    Ok(advance(this(object))?.map(|(_, value)| Owned::new(value)))
}

fn next_item(object: &Object) -> PyResult<Option<Owned>> {
    let iter = this(object);
    Ok(match advance(iter)? {
        Some((key, value)) => {
            let (key, value) = (Owned::new(key), Owned::new(value));
            Some(pair(iter, key, value))
        }
        None => None,
    })
}

fn previous_key(object: &Object) -> PyResult<Option<Owned>> {
    Ok(retreat(this(object))?.map(|(dict, entry)| key_of(dict, entry)))
}

fn previous_value(object: &Object) -> PyResult<Option<Owned>> {
    Ok(retreat(this(object))?.map(|(dict, entry)| value_of(dict, entry)))
}

fn previous_item(object: &Object) -> PyResult<Option<Owned>> {
    let iter = this(object);
    Ok(match retreat(iter)? {
        Some((dict, entry)) => {
            let (key, value) = (key_of(dict, entry), value_of(dict, entry));
            Some(pair(iter, key, value))
        }
        None => None,
    })
}

/// The pair, in the iterator's own tuple if nobody else holds it.
#[inline]
fn pair(iter: &DictIter, key: Owned, value: Owned) -> Owned {
    // SAFETY: item iterators own their result.
    let result = unsafe { &*iter.result.get() };
    match tuple::reuse(result) {
        // SAFETY: a pair.
        Some(reused) => unsafe {
            let slots = result.cast::<Tuple>().slots();
            let old_key = Owned::from_raw(slots.replace(key.into_raw()));
            let old_value = Owned::from_raw(slots.add(1).replace(value.into_raw()));
            if old_key.refcount() > 1 && old_value.refcount() > 1 {
                drop(old_key);
                drop(old_value);
                tuple::recycle(result);
                return reused;
            }
            let reused = crate::state::root("result of a dict iterator", reused);
            drop(old_key);
            drop(old_value);
            tuple::recycle(&reused);
            reused.take()
        },
        None => tuple::from_array([key, value]),
    }
}

fn length_hint(object: &Object) -> PyResult {
    let iter = this(object);
    // SAFETY: null or owned.
    let left = match unsafe { iter.dict.get().as_ref() } {
        Some(dict) if iter.used.get() == dict_of(dict).used.get() => iter.left.get(),
        _ => 0,
    };
    Ok(int::from_i64(left as i64))
}

/// `(iter, ([the items left],))`, without moving this iterator.
fn reduce(object: &Object) -> PyResult {
    let iter = this(object);
    let items = list::new();
    // SAFETY: null or owned.
    if let Some(dict) = unsafe { iter.dict.get().as_ref() } {
        let copy = new(dict, object.ty());
        let ahead = this(&copy);
        ahead.used.set(iter.used.get());
        ahead.position.set(iter.position.get());
        ahead.left.set(iter.left.get());
        let copy = crate::state::root("iterator", copy);
        let items_root = crate::state::root("items", items);
        crate::ops::iter::drain(&copy, |item| {
            list::append(&items_root, &item);
            Ok(())
        })?;
        let items = items_root.take();
        drop(copy);
        return Ok(tuple::from_array([
            crate::types::builtin("iter")?,
            tuple::from_array([items]),
        ]));
    }
    Ok(tuple::from_array([
        crate::types::builtin("iter")?,
        tuple::from_array([items]),
    ]))
}
