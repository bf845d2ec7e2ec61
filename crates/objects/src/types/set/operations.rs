//! Union, intersection, difference and their in-place forms. Which set is walked, and when tables are resized, follows
//! Objects/setobject.c, because the order of the result shows it.

use super::table::{
    self, add_entry, contains_known, discard_known, hash_element, insert_clean, is_active,
};
use super::{FROZENSET, MINSIZE, SET, Set, SetEntry, is_set, new_from, new_of, of};
use crate::object::Object;
use crate::ops::iter;
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::Type;
use crate::types::dict::{self, DICT, Dict};
use crate::types::none::{none_owned, not_implemented};

/// set for sets and their subtypes, frozenset for the others: what operations return (`make_new_set_basetype`).
fn base_type(object: &Object) -> &'static Type {
    if object.is_exact(&SET) || object.ty().is_subtype(&SET) {
        &SET
    } else {
        &FROZENSET
    }
}

/// Calls `each` with every element and its hash, owned meanwhile; `each` may change the set.
fn for_each_entry(
    set: &Set,
    mut each: impl FnMut(&Object, isize) -> PyResult<bool>,
) -> PyResult<()> {
    let mut position = 0;
    while let Some((key, hash)) = set.next_entry(&mut position) {
        let key = root("set element", Owned::new(key));
        if !each(&key, hash)? {
            break;
        }
    }
    Ok(())
}

/// The same over a dict's keys.
fn for_each_key(
    dict: &Object,
    mut each: impl FnMut(&Object, isize) -> PyResult<()>,
) -> PyResult<()> {
    // SAFETY: callers checked the type.
    let dict = unsafe { dict.cast::<Dict>() };
    let mut position = 0;
    while let Some((entry, after)) = dict.next_entry(position) {
        position = after;
        let hash = dict.keys().hash_of(entry);
        // SAFETY: a present entry.
        let key = root("dict key", Owned::new(unsafe { &*dict.keys().key(entry) }));
        each(&key, hash)?;
    }
    Ok(())
}

/// Adds all of `other`, a set of any kind (`set_merge`).
fn merge(set: &Set, other: &Set) -> PyResult<()> {
    if std::ptr::eq(set, other) || other.is_empty() {
        return Ok(());
    }
    if (set.fill.get() + other.used.get()) * 5 >= set.mask.get() * 3 {
        table::resize(set, (set.used.get() + other.used.get()) * 2)?;
    }
    if set.fill.get() == 0 {
        copy_into_empty(set, other);
        return Ok(());
    }
    let mut i = 0;
    while i <= other.mask.get() as usize {
        // SAFETY: in bounds.
        let entry = unsafe { *other.slot(i) };
        if is_active(entry.key) {
            // SAFETY: an element.
            add_entry(set, unsafe { Owned::new(&*entry.key) }, entry.hash)?;
        }
        i += 1;
    }
    Ok(())
}

/// Fills an empty table that is large enough: slot by slot if the tables have the same shape.
fn copy_into_empty(set: &Set, other: &Set) {
    let same = set.mask.get() == other.mask.get() && other.fill.get() == other.used.get();
    let mask = set.mask.get() as usize;
    for i in 0..=other.mask.get() as usize {
        // SAFETY: in bounds; elements are live.
        unsafe {
            let entry = *other.slot(i);
            if is_active(entry.key) {
                (*entry.key).incref();
                if same {
                    *set.slot(i) = entry;
                } else {
                    insert_clean(set.table.get(), mask, entry);
                }
            }
        }
    }
    set.fill.set(other.used.get());
    set.used.set(other.used.get());
}

/// `set_update_internal`.
pub fn update(set: &Set, other: &Object) -> PyResult<()> {
    if is_set(other) {
        return merge(set, of(other));
    }
    if other.is_exact(&DICT) {
        let len = dict::len(other) as isize;
        if (set.fill.get() + len) * 5 >= set.mask.get() * 3 {
            table::resize(set, (set.used.get() + len) * 2)?;
        }
        return for_each_key(other, |key, hash| add_entry(set, Owned::new(key), hash));
    }
    let iterator = root("iterator", iter::iter(other)?);
    iter::drain(&iterator, |key| {
        if let Some(hash) = quiet_hash(&key) {
            let again = key.clone();
            drop(key);
            return add_entry(set, again, hash);
        }
        let key = root("set element", key);
        table::add_key(set, &key)
    })
}

/// The hash of a key whose hashing and comparing runs no Python.
fn quiet_hash(key: &Object) -> Option<isize> {
    if key.is_exact(&crate::types::str::STR) {
        return Some(dict::keys::str_hash(key));
    }
    if key.is_exact(&crate::types::int::INT) {
        return hash_element(key).ok();
    }
    None
}

/// A copy as set or frozenset, also for subtypes (`make_new_set_basetype`): what operators start from.
pub fn copy_base(object: &Object) -> PyResult {
    new_from(base_type(object), Some(object))
}

/// `a | b | ...` (`set.union`).
pub fn union(object: &Object, others: &[&Object]) -> PyResult {
    let result = root("set", copy_base(object)?);
    for other in others {
        if !object.is(other) {
            update(of(&result), other)?;
        }
    }
    Ok(result.take())
}

/// `set_intersection`.
pub fn intersection(object: &Object, other: &Object) -> PyResult {
    if object.is(other) {
        return copy_base(object);
    }
    let result = root("set", new_of(base_type(object))?);
    if is_set(other) {
        let (mut container, mut walked) = (of(object), of(other));
        if walked.len() > container.len() {
            (container, walked) = (walked, container);
        }
        for_each_entry(walked, |key, hash| {
            if contains_known(container, key, hash)? {
                add_entry(of(&result), Owned::new(key), hash)?;
            }
            Ok(true)
        })?;
        return Ok(result.take());
    }
    let iterator = root("iterator", iter::iter(other)?);
    while let Some(key) = iter::next(&iterator)? {
        let key = root("set element", key);
        let hash = hash_element(&key)?;
        if contains_known(of(object), &key, hash)? {
            add_entry(of(&result), Owned::new(&key), hash)?;
            if of(&result).len() >= of(object).len() {
                break;
            }
        }
    }
    drop(iterator);
    Ok(result.take())
}

/// `set.intersection(*others)`.
pub fn intersection_all(object: &Object, others: &[&Object]) -> PyResult {
    if others.is_empty() {
        return copy_base(object);
    }
    let result = root("set", Owned::new(object));
    for other in others {
        let next = intersection(&result, other)?;
        result.set(next);
    }
    Ok(result.take())
}

/// Exchanges the contents of two sets (`set_swap_bodies`).
pub fn swap_bodies(a: &Set, b: &Set) {
    a.fill.swap(&b.fill);
    a.used.swap(&b.used);
    a.mask.swap(&b.mask);
    let (small_a, small_b) = (a.is_small(), b.is_small());
    // SAFETY: both small tables have MINSIZE slots.
    unsafe {
        let mut copy = [SetEntry::EMPTY; MINSIZE];
        std::ptr::copy_nonoverlapping(a.small_table(), copy.as_mut_ptr(), MINSIZE);
        std::ptr::copy_nonoverlapping(b.small_table(), a.small_table(), MINSIZE);
        std::ptr::copy_nonoverlapping(copy.as_ptr(), b.small_table(), MINSIZE);
    }
    let (table_a, table_b) = (a.table.get(), b.table.get());
    a.table.set(if small_b { a.small_table() } else { table_b });
    b.table.set(if small_a { b.small_table() } else { table_a });
    let frozen = a.object.ty().is_subtype(&FROZENSET) && b.object.ty().is_subtype(&FROZENSET);
    if frozen {
        a.hash.swap(&b.hash);
    } else {
        a.hash.set(-1);
        b.hash.set(-1);
    }
}

/// `set.intersection_update(*others)`.
pub fn intersection_update(object: &Object, others: &[&Object]) -> PyResult<()> {
    let result = root("set", intersection_all(object, others)?);
    swap_bodies(of(object), of(&result));
    Ok(())
}

/// `set_difference_update_internal`.
pub fn difference_update_by(object: &Object, other: &Object) -> PyResult<()> {
    let set = of(object);
    if object.is(other) {
        table::clear(set);
        return Ok(());
    }
    if is_set(other) {
        let walked = if of(other).len() >> 3 > set.len() {
            intersection(object, other)?
        } else {
            Owned::new(other)
        };
        let walked = root("set", walked);
        for_each_entry(of(&walked), |key, hash| {
            discard_known(set, key, hash)?;
            Ok(true)
        })?;
    } else {
        iter::for_each(other, |key| {
            let key = root("set element", key);
            let hash = hash_element(&key)?;
            discard_known(set, &key, hash)?;
            Ok(())
        })?;
    }
    if set.fill.get() - set.used.get() <= set.mask.get() / 4 {
        return Ok(());
    }
    let used = set.used.get();
    table::resize(set, if used > 50000 { used * 2 } else { used * 4 })
}

/// `set_difference`.
pub fn difference(object: &Object, other: &Object) -> PyResult {
    let set = of(object);
    let other_len = if is_set(other) {
        Some(of(other).len())
    } else if other.is_exact(&DICT) {
        Some(dict::len(other))
    } else {
        None
    };
    if other_len.is_none_or(|len| set.len() >> 2 > len) {
        let result = root("set", copy_base(object)?);
        difference_update_by(&result, other)?;
        return Ok(result.take());
    }
    let result = root("set", new_of(base_type(object))?);
    for_each_entry(set, |key, hash| {
        let there = if is_set(other) {
            contains_known(of(other), key, hash)?
        } else {
            dict::get_known_hash(other, key, hash)?.is_some()
        };
        if !there {
            add_entry(of(&result), Owned::new(key), hash)?;
        }
        Ok(true)
    })?;
    Ok(result.take())
}

/// `set.difference(*others)`.
pub fn difference_all(object: &Object, others: &[&Object]) -> PyResult {
    let Some((first, rest)) = others.split_first() else {
        return copy_base(object);
    };
    let result = root("set", difference(object, first)?);
    for other in rest {
        difference_update_by(&result, other)?;
    }
    Ok(result.take())
}

/// `set.symmetric_difference_update(other)`.
pub fn symmetric_difference_update_by(object: &Object, other: &Object) -> PyResult<()> {
    let set = of(object);
    if object.is(other) {
        table::clear(set);
        return Ok(());
    }
    let toggle = |key: &Object, hash: isize| {
        if !discard_known(set, key, hash)? {
            add_entry(set, Owned::new(key), hash)?;
        }
        Ok(())
    };
    if other.is_exact(&DICT) {
        return for_each_key(other, toggle);
    }
    let walked = if is_set(other) {
        Owned::new(other)
    } else {
        new_from(base_type(object), Some(other))?
    };
    let walked = root("set", walked);
    for_each_entry(of(&walked), |key, hash| {
        toggle(key, hash)?;
        Ok(true)
    })
}

/// `set.symmetric_difference(other)`.
pub fn symmetric_difference(object: &Object, other: &Object) -> PyResult {
    let result = root("set", new_from(base_type(object), Some(other))?);
    symmetric_difference_update_by(&result, object)?;
    Ok(result.take())
}

/// `set.issubset(other)`.
pub fn is_subset(object: &Object, other: &Object) -> PyResult<bool> {
    let set = of(object);
    if !is_set(other) {
        let common = intersection(object, other)?;
        return Ok(of(&common).len() == set.len());
    }
    if set.len() > of(other).len() {
        return Ok(false);
    }
    let mut all = true;
    for_each_entry(set, |key, hash| {
        all = contains_known(of(other), key, hash)?;
        Ok(all)
    })?;
    Ok(all)
}

/// `set.issuperset(other)`.
pub fn is_superset(object: &Object, other: &Object) -> PyResult<bool> {
    if is_set(other) {
        return is_subset(other, object);
    }
    let iterator = root("iterator", iter::iter(other)?);
    while let Some(key) = iter::next(&iterator)? {
        let key = root("set element", key);
        if !contains_known(of(object), &key, hash_element(&key)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `set.isdisjoint(other)`.
pub fn is_disjoint(object: &Object, other: &Object) -> PyResult<bool> {
    if object.is(other) {
        return Ok(of(object).is_empty());
    }
    if super::is_exact_set(other) {
        let (mut container, mut walked) = (of(object), of(other));
        if walked.len() > container.len() {
            (container, walked) = (walked, container);
        }
        let mut disjoint = true;
        for_each_entry(walked, |key, hash| {
            disjoint = !contains_known(container, key, hash)?;
            Ok(disjoint)
        })?;
        return Ok(disjoint);
    }
    let iterator = root("iterator", iter::iter(other)?);
    while let Some(key) = iter::next(&iterator)? {
        let key = root("set element", key);
        if contains_known(of(object), &key, hash_element(&key)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub fn sub(a: &Object, b: &Object) -> PyResult {
    if !is_set(a) || !is_set(b) {
        return Ok(not_implemented());
    }
    difference(a, b)
}

pub fn and(a: &Object, b: &Object) -> PyResult {
    if !is_set(a) || !is_set(b) {
        return Ok(not_implemented());
    }
    intersection(a, b)
}

pub fn xor(a: &Object, b: &Object) -> PyResult {
    if !is_set(a) || !is_set(b) {
        return Ok(not_implemented());
    }
    symmetric_difference(a, b)
}

pub fn or(a: &Object, b: &Object) -> PyResult {
    if !is_set(a) || !is_set(b) {
        return Ok(not_implemented());
    }
    union(a, &[b])
}

pub fn isub(a: &Object, b: &Object) -> PyResult {
    if !is_set(b) {
        return Ok(not_implemented());
    }
    difference_update_by(a, b)?;
    Ok(Owned::new(a))
}

pub fn iand(a: &Object, b: &Object) -> PyResult {
    if !is_set(b) {
        return Ok(not_implemented());
    }
    intersection_update(a, &[b])?;
    Ok(Owned::new(a))
}

pub fn ixor(a: &Object, b: &Object) -> PyResult {
    if !is_set(b) {
        return Ok(not_implemented());
    }
    symmetric_difference_update_by(a, b)?;
    Ok(Owned::new(a))
}

pub fn ior(a: &Object, b: &Object) -> PyResult {
    if !is_set(b) {
        return Ok(not_implemented());
    }
    update(of(a), b)?;
    Ok(Owned::new(a))
}

/// The value of methods that change the set.
pub fn done(result: PyResult<()>) -> PyResult {
    result.map(|()| none_owned())
}
