//! Copying, merging, `fromkeys`.

use std::ptr::null_mut;

use super::keys::{DictKeys, log2_for_entries, usable_fraction};
use super::{DICT, Dict, contains, dict_of, lookup, new, set, table, with_keys};
use crate::error;
use crate::names::names;
use crate::object::Object;
use crate::ops::{attribute, call, iter, mapping, sequence};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::flags;
use crate::types::exceptions as exc;
use crate::types::set::{self, Set};

/// What merging does with keys that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    Keep,
    Replace,
    /// KeyError with the key (`**` arguments).
    Refuse,
}

/// Combined keys like another dict's, with new references (`clone_combined_dict_keys`).
fn clone_keys(old: &DictKeys) -> *mut DictKeys {
    let fresh = old.duplicate();
    assert!(!fresh.is_null(), "out of memory for a dict");
    fresh
}

/// A plain dict with the same entries (`PyDict_Copy`), made without running Python.
pub fn copy(dict: &Object) -> Owned {
    let source = dict_of(dict);
    if source.is_empty() {
        return new();
    }
    let values = source.values.get();
    if !values.is_null() {
        source.keys().incref();
        // SAFETY: the dict's values.
        let values = unsafe { (*values).duplicate() };
        return with_keys(source.keys.get(), values, source.len());
    }
    let keys = source.keys();
    if source.len() >= keys.len() * 2 / 3 {
        return with_keys(clone_keys(keys), null_mut(), source.len());
    }
    with_keys(compact_keys(source), null_mut(), source.len())
}

/// Keys for the present entries of a combined dict with many holes.
fn compact_keys(source: &Dict) -> *mut DictKeys {
    let old = source.keys();
    let fresh_at = DictKeys::alloc(log2_for_entries(source.len()), old.is_unicode());
    assert!(!fresh_at.is_null(), "out of memory for a dict");
    // SAFETY: just made; room for all present entries.
    unsafe {
        let fresh = &*fresh_at;
        let mut to = 0;
        for from in 0..old.len() {
            if let Some(value) = old.value(from).as_ref() {
                value.incref();
                (*old.key(from)).incref();
                fresh.set_entry(to, old.hash_of(from), old.key(from), value.as_ptr());
                to += 1;
            }
        }
        fresh.build_index(to);
        fresh.usable.set(fresh.usable.get() - to as isize);
        fresh.nentries.set(to as isize);
    }
    fresh_at
}

/// Whether iteration of a dict subtype is a dict's own, so that its entries may be read directly.
fn iterates_plainly(object: &Object) -> bool {
    object.ty().has(flags::DICT_SUBCLASS)
        && match (object.ty().slots.iter, DICT.slots.iter) {
            (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
            _ => false,
        }
}

/// `dict.copy()`: a dict with many holes, or whose subtype overrides `__iter__`, is merged into an empty one, which compares keys.
pub fn copy_method(dict: &Object) -> PyResult {
    let source = dict_of(dict);
    let dense = source.len() >= source.keys().len() * 2 / 3;
    if source.is_empty() || source.is_split() || (dense && iterates_plainly(dict)) {
        return Ok(copy(dict));
    }
    let fresh = root("dict being copied", new());
    merge(&fresh, dict, Existing::Replace)?;
    Ok(fresh.take())
}

/// `PyDict_Update`: `other` is a dict or has `keys()`.
pub fn update(dict: &Object, other: &Object) -> PyResult<()> {
    merge(dict, other, Existing::Replace)
}

/// `dict_merge`.
pub fn merge(dict: &Object, other: &Object, existing: Existing) -> PyResult<()> {
    if iterates_plainly(other) {
        return merge_dict(dict_of(dict), other, existing);
    }
    let keys = root("keys", mapping::method_as_list(other, &names().keys)?);
    let iterator = root("iterator", iter::iter(&keys)?);
    while let Some(key) = iter::next(&iterator)? {
        let key = root("key", key);
        if existing != Existing::Replace && contains(dict, &key)? {
            if existing == Existing::Keep {
                continue;
            }
            return Err(error::key_error(&key));
        }
        let value = root("value", mapping::get_item(other, &key)?);
        set(dict, &key, &value)?;
        drop(value);
        drop(key);
    }
    Ok(())
}

/// `dict_dict_merge`.
fn merge_dict(dict: &Dict, other: &Object, mut existing: Existing) -> PyResult<()> {
    let source = dict_of(other);
    if std::ptr::eq(dict, source) || source.is_empty() {
        return Ok(());
    }
    if dict.is_empty() {
        existing = Existing::Replace;
        let keys = source.keys();
        if !dict.is_split()
            && !source.is_split()
            && source.len() == keys.len()
            && (keys.log2_size.get() == super::keys::LOG_MINSIZE
                || usable_fraction(keys.slots() / 2) < source.len())
        {
            let old = dict.keys.replace(clone_keys(keys));
            dict.used.set(source.used.get());
            // SAFETY: the dict owned its keys.
            unsafe { DictKeys::decref(old) };
            return Ok(());
        }
    }
    if usable_fraction(dict.keys().slots()) < source.len() {
        let unicode = source.keys().is_unicode();
        table::resize(dict, log2_for_entries(dict.len() + source.len()), unicode)?;
    }
    let count = source.used.get();
    let mut position = 0;
    while let Some((entry, after)) = source.next_entry(position) {
        position = after;
        let keys = source.keys();
        let hash = keys.hash_of(entry);
        // SAFETY: a present entry.
        let (key, value) = unsafe { (&*keys.key(entry), &*source.value_at(entry)) };
        merge_entry(dict, key, hash, value, existing)?;
        if source.used.get() != count {
            return Err(error::runtime_error("dict mutated during update"));
        }
    }
    Ok(())
}

fn merge_entry(
    dict: &Dict,
    key: &Object,
    hash: isize,
    value: &Object,
    existing: Existing,
) -> PyResult<()> {
    let key = root("key", Owned::new(key));
    let value = root("value", Owned::new(value));
    if existing != Existing::Replace {
        let ix = lookup(dict, &key, hash)?;
        if ix >= 0 && !dict.value_at(ix as usize).is_null() {
            return if existing == Existing::Keep {
                Ok(())
            } else {
                Err(error::key_error(&key))
            };
        }
    }
    table::set_known(dict, Owned::new(&key), hash, Owned::new(&value))
}

/// `dict.update(other)` for any argument: a mapping, or an iterable of pairs (`dict_update_arg`).
pub fn update_from(dict: &Object, other: &Object) -> PyResult<()> {
    if other.is_exact(&DICT) || attribute::get_optional(other, &names().keys)?.is_some() {
        return merge(dict, other, Existing::Replace);
    }
    update_from_pairs(dict, other)
}

/// `PyDict_MergeFromSeq2`.
fn update_from_pairs(dict: &Object, pairs: &Object) -> PyResult<()> {
    let iterator = root("iterator", iter::iter(pairs)?);
    let mut index = 0usize;
    while let Some(item) = iter::next(&iterator)? {
        let item = root("item", item);
        let pair = match sequence::fast(&item, "object is not iterable") {
            Ok(pair) => root("pair", pair),
            Err(raised) => {
                if error::matches(&exc::TYPE_ERROR) {
                    note(index);
                }
                return Err(raised);
            }
        };
        let len = sequence::fast_len(&pair);
        let (Some(key), Some(value), 2) = (
            sequence::fast_item(&pair, 0),
            sequence::fast_item(&pair, 1),
            len,
        ) else {
            return Err(error::value_error(format!(
                "dictionary update sequence element #{index} has length {len}; 2 is required"
            )));
        };
        let key = root("key", Owned::new(key));
        let value = root("value", Owned::new(value));
        set(dict, &key, &value)?;
        drop(value);
        drop(key);
        drop(pair);
        drop(item);
        index += 1;
    }
    Ok(())
}

/// Adds to the exception on its way where in the sequence it came from.
#[cold]
fn note(index: usize) {
    let Some(exception) = error::fetch() else {
        return;
    };
    let text = crate::types::str::Str::new(&format!(
        "Cannot convert dictionary update sequence element #{index} to a sequence"
    ));
    let exception = root("exception", exception);
    let added = call::call_method(
        &exception,
        &names().add_note,
        &[crate::refs::Word::borrowed(&text)],
    );
    if added.is_err() {
        error::clear();
    }
    error::restore(exception.take());
}

/// `dict.fromkeys` (`_PyDict_FromKeys`).
pub fn from_keys(class: &Object, iterable: &Object, value: &Object) -> PyResult {
    let dict = root("dict", call::call(class, &[], None)?);
    if !dict.is_exact(&DICT) {
        iter::for_each(iterable, |key| {
            let key = root("key", key);
            mapping::set_item(&dict, &key, Some(value))
        })?;
        return Ok(dict.take());
    }
    let body = dict_of(&dict);
    if iterable.is_exact(&DICT) {
        from_dict_keys(body, dict_of(iterable), value)?;
    } else if iterable.is_exact(&set::SET) || iterable.is_exact(&set::FROZENSET) {
        // SAFETY: just checked.
        from_set_keys(body, unsafe { iterable.cast::<Set>() }, value)?;
    } else {
        iter::for_each(iterable, |key| {
            let key = root("key", key);
            set(&dict, &key, value)
        })?;
    }
    Ok(dict.take())
}

fn from_dict_keys(dict: &Dict, source: &Dict, value: &Object) -> PyResult<()> {
    let unicode = source.keys().is_unicode();
    let size = log2_for_entries(source.len()).max(dict.keys().log2_size.get());
    table::resize(dict, size, unicode)?;
    let mut position = 0;
    while let Some((entry, after)) = source.next_entry(position) {
        position = after;
        let keys = source.keys();
        let hash = keys.hash_of(entry);
        // SAFETY: a present entry.
        let key = unsafe { Owned::new(&*keys.key(entry)) };
        table::set_known(dict, key, hash, Owned::new(value))?;
    }
    Ok(())
}

fn from_set_keys(dict: &Dict, source: &Set, value: &Object) -> PyResult<()> {
    let size = log2_for_entries(source.len()).max(dict.keys().log2_size.get());
    table::resize(dict, size, false)?;
    let mut position = 0;
    while let Some((key, hash)) = source.next_entry(&mut position) {
        table::set_known(dict, Owned::new(key), hash, Owned::new(value))?;
    }
    Ok(())
}
