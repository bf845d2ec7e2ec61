//! Lookup, insertion, growth and deletion (the middle of Objects/dictobject.c).

use std::ptr::null_mut;

use super::keys::{
    DUMMY, DictKeys, EMPTY, GeneralEntry, UnicodeEntry, empty_keys, log2_for_slots, str_equal,
    str_hash,
};
use super::values::DictValues;
use super::{Dict, KeysKind};
use crate::object::Object;
use crate::ops::compare;
use crate::refs::{Owned, PyResult, Raised};
use crate::state::root;
use crate::typeobject::{CompareOp, flags};

use crate::types::int::{INT, Int};
use crate::types::str::STR;

/// `hash(key)`, the cached one for an exact str.
#[inline(always)]
pub fn hash_key(key: &Object) -> PyResult<isize> {
    if key.is_exact(&STR) {
        return Ok(str_hash(key));
    }
    compare::hash(key).map_err(|raised| unhashable(key, raised))
}

/// Says that the key is what cannot be hashed, if that is the trouble (`dict_unhashable_type`).
#[cold]
fn unhashable(key: &Object, raised: Raised) -> Raised {
    crate::types::writer::unhashable(key, "a dict key", raised)
}

/// Whether hashing or comparing such a key can run Python code.
#[inline]
pub(crate) fn is_plain(key: &Object) -> bool {
    key.is_exact(&STR) || key.is_exact(&INT) || key.is_exact(&crate::types::float::FLOAT)
}

/// Drops `old` while `held` is still owned, then `held`: the order of CPython's insertion. `held` is registered if Python may run.
#[inline]
pub(crate) fn drop_holding(old: Owned, what: &'static str, held: Owned) {
    if old.refcount() == 1 && old.ty().has(flags::HAVE_GC | flags::HEAPTYPE) {
        let held = root(what, held);
        drop(old);
        drop(held);
    } else {
        drop(old);
        drop(held);
    }
}

/// Entry number of `key` in the dict's keys, or `EMPTY`. For split dicts the value at it may still be absent (`_Py_dict_lookup`).
#[inline]
pub fn lookup(dict: &Dict, key: &Object, hash: isize) -> PyResult<isize> {
    if key.is_exact(&STR) {
        let keys = dict.keys();
        if keys.is_unicode() {
            return Ok(keys.lookup_str(key, hash));
        }
    }
    lookup_generic(dict, key, hash)
}

/// Entry number of the exact str `name` in unicode or split keys, for the specialiser and the loop (`_PyDictKeys_StringLookup`): `EMPTY`
/// if absent, `DUMMY` if the keys are general (or `name` is no exact str).
#[inline]
pub fn lookup_index(keys: &DictKeys, name: &Object) -> isize {
    if keys.is_general() || !name.is_exact(&STR) {
        return DUMMY;
    }
    keys.lookup_str(name, str_hash(name))
}

/// What comparing with an entry's key said.
enum Match {
    No,
    Yes,
    /// The table changed meanwhile: start again.
    Changed,
}

fn lookup_generic(dict: &Dict, key: &Object, hash: isize) -> PyResult<isize> {
    'restart: loop {
        let at = dict.keys.get();
        let keys = dict.keys();
        let mask = keys.slots() - 1;
        let mut perturb = hash as usize;
        let mut i = perturb & mask;
        loop {
            let ix = keys.index(i);
            if ix >= 0 {
                let other = keys.key(ix as usize);
                if std::ptr::eq(other, key) {
                    return Ok(ix);
                }
                if keys.hash_of(ix as usize) == hash {
                    match matches(dict, at, ix as usize, key)? {
                        Match::Yes => return Ok(ix),
                        Match::No => {}
                        Match::Changed => continue 'restart,
                    }
                }
            } else if ix == EMPTY {
                return Ok(EMPTY);
            }
            perturb >>= 5;
            i = (i.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1)) & mask;
        }
    }
}

/// Compares entry `ix`'s key (equal hash) with `key`; the entry's key is owned meanwhile.
fn matches(dict: &Dict, keys: *mut DictKeys, ix: usize, key: &Object) -> PyResult<Match> {
    // SAFETY: the entry is present.
    let other = unsafe { &*dict.keys().key(ix) };
    if let Some(equal) = plain_equal(other, key) {
        return Ok(if equal { Match::Yes } else { Match::No });
    }
    let start = root("dict key being compared", Owned::new(other));
    let equal = compare::compare_bool(&start, key, CompareOp::Eq)?;
    let pointer = start.as_ptr();
    drop(start);
    let now = dict.keys();
    if !std::ptr::eq(now, keys) || ix >= now.len() || !std::ptr::eq(now.key(ix), pointer) {
        return Ok(Match::Changed);
    }
    Ok(if equal { Match::Yes } else { Match::No })
}

/// Equality of two plain keys of one type without a call.
#[inline(always)]
pub(crate) fn plain_equal(a: &Object, b: &Object) -> Option<bool> {
    if !std::ptr::eq(a.type_word(), b.type_word()) {
        return None;
    }
    if a.is_exact(&STR) {
        return Some(str_equal(a, b));
    }
    if a.is_exact(&INT) {
        // SAFETY: just checked.
        let (a, b) = unsafe { (a.cast::<Int>(), b.cast::<Int>()) };
        if a.is_compact() && b.is_compact() {
            return Some(a.compact_value() == b.compact_value());
        }
    }
    None
}

/// `dict[key] = value`, owning both during hash and comparison (`_PyDict_SetItem_Take2`).
#[inline]
pub fn set_take(dict: &Dict, key: Owned, value: Owned) -> PyResult<()> {
    if key.is_exact(&STR) {
        let hash = str_hash(&key);
        if std::ptr::eq(dict.keys.get(), empty_keys()) {
            insert_to_empty(dict, key, hash, value);
            return Ok(());
        }
        return insert(dict, key, hash, value);
    }
    set_slow(dict, key, value)
}

fn set_slow(dict: &Dict, key: Owned, value: Owned) -> PyResult<()> {
    if is_plain(&key) {
        let hash = hash_key(&key)?;
        return set_known(dict, key, hash, value);
    }
    let value = root("dict value being stored", value);
    let key = root("dict key being stored", key);
    let hash = hash_key(&key)?;
    let key = key.take();
    let value = value.take();
    set_known(dict, key, hash, value)
}

/// `set_take` with the hash at hand.
pub fn set_known(dict: &Dict, key: Owned, hash: isize, value: Owned) -> PyResult<()> {
    if std::ptr::eq(dict.keys.get(), empty_keys()) {
        insert_to_empty(dict, key, hash, value);
        return Ok(());
    }
    insert(dict, key, hash, value)
}

/// `lookup` if it can be answered without running Python.
#[inline]
fn lookup_quiet(dict: &Dict, key: &Object, hash: isize) -> Option<isize> {
    let keys = dict.keys();
    if keys.is_unicode() && key.is_exact(&STR) {
        return Some(keys.lookup_str(key, hash));
    }
    let mask = keys.slots() - 1;
    let mut perturb = hash as usize;
    let mut i = perturb & mask;
    loop {
        let ix = keys.index(i);
        if ix >= 0 {
            let other = keys.key(ix as usize);
            if std::ptr::eq(other, key) {
                return Some(ix);
            }
            if keys.hash_of(ix as usize) == hash {
                // SAFETY: the entry is present.
                if plain_equal(unsafe { &*other }, key)? {
                    return Some(ix);
                }
            }
        } else if ix == EMPTY {
            return Some(EMPTY);
        }
        perturb >>= 5;
        i = (i.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1)) & mask;
    }
}

/// `lookup` while `key` and `value` are owned here and not yet the dict's.
fn lookup_rooted(
    dict: &Dict,
    key: Owned,
    hash: isize,
    value: Owned,
) -> PyResult<(isize, Owned, Owned)> {
    if let Some(ix) = lookup_quiet(dict, &key, hash) {
        return Ok((ix, key, value));
    }
    let value = root("dict value being stored", value);
    let key = root("dict key being stored", key);
    let ix = lookup(dict, &key, hash)?;
    let key = key.take();
    Ok((ix, key, value.take()))
}

/// `insertdict`: finds or adds the key and stores the value. Takes both over.
fn insert(dict: &Dict, key: Owned, hash: isize, value: Owned) -> PyResult<()> {
    if dict.is_split() && key.is_exact(&STR) {
        let ix = dict.keys().insert_split(&key, hash);
        if ix != EMPTY {
            insert_split_value(dict, key, value, ix as usize);
            return Ok(());
        }
        return insert_combined(dict, hash, key, value);
    }
    let (ix, key, value) = lookup_rooted(dict, key, hash, value)?;
    if ix == EMPTY {
        return insert_combined(dict, hash, key, value);
    }
    let ix = ix as usize;
    if dict.is_split() {
        // A key that is not an exact str equals a shared one.
        insert_split_value(dict, key, value, ix);
        return Ok(());
    }
    // SAFETY: a present entry's value slot; it owned the old value.
    let old = unsafe { Owned::from_raw(dict.keys().value_slot(ix).replace(value.into_raw())) };
    drop_holding(old, "dict key", key);
    Ok(())
}

fn insert_split_value(dict: &Dict, key: Owned, value: Owned, ix: usize) {
    // SAFETY: a split dict's values.
    let values = unsafe { &*dict.values.get() };
    let old = values.replace(ix, value.into_raw());
    if old.is_null() {
        values.added(ix);
        dict.used.set(dict.used.get() + 1);
        drop(key);
    } else {
        // SAFETY: the slot owned it.
        drop_holding(unsafe { Owned::from_raw(old) }, "dict key", key);
    }
}

/// `insert_combined_dict`: adds a key known to be absent.
fn insert_combined(dict: &Dict, hash: isize, key: Owned, value: Owned) -> PyResult<()> {
    if dict.keys().is_unicode() && !key.is_exact(&STR) {
        insertion_resize(dict, false)?;
    }
    if dict.keys().usable.get() <= 0 || dict.is_split() {
        insertion_resize(dict, true)?;
    }
    let keys = dict.keys();
    keys.version.set(0);
    let slot = keys.find_empty_slot(hash);
    let ix = keys.nentries.get();
    keys.set_index(slot, ix);
    keys.set_entry(ix as usize, hash, key.into_raw(), value.into_raw());
    keys.usable.set(keys.usable.get() - 1);
    keys.nentries.set(ix + 1);
    dict.used.set(dict.used.get() + 1);
    Ok(())
}

/// First insertion into an empty dict (`insert_to_emptydict`).
fn insert_to_empty(dict: &Dict, key: Owned, hash: isize, value: Owned) {
    let fresh = DictKeys::alloc(super::keys::LOG_MINSIZE, key.is_exact(&STR));
    assert!(!fresh.is_null(), "out of memory for a dict");
    // SAFETY: just made.
    let keys = unsafe { &*fresh };
    keys.set_index(hash as usize & (keys.slots() - 1), 0);
    keys.set_entry(0, hash, key.into_raw(), value.into_raw());
    keys.usable.set(keys.usable.get() - 1);
    keys.nentries.set(1);
    dict.keys.set(fresh);
    dict.used.set(dict.used.get() + 1);
}

fn insertion_resize(dict: &Dict, unicode: bool) -> PyResult<()> {
    resize(dict, log2_for_slots(dict.len() * 3), unicode)
}

/// Moves the entries to fresh keys of the given size (`dictresize`); they are combined afterwards.
pub fn resize(dict: &Dict, log2_size: u8, unicode: bool) -> PyResult<()> {
    let old_at = dict.keys.get();
    let old = dict.keys();
    let unicode = unicode && old.is_unicode();
    let fresh_at = DictKeys::alloc(log2_size, unicode);
    if fresh_at.is_null() {
        return Err(crate::error::memory_error());
    }
    // SAFETY: just made.
    let fresh = unsafe { &*fresh_at };
    let count = dict.len();
    let values_at = dict.values.get();
    if !values_at.is_null() {
        // SAFETY: the dict's values.
        let values = unsafe { &*values_at };
        for at in 0..count {
            let i = values.nth(at);
            let key = old.key(i);
            // SAFETY: a shared key.
            unsafe { (*key).incref() };
            fresh.set_entry(at, old.hash_of(i), key, values.get(i));
        }
        finish_resize(fresh, count);
        dict.keys.set(fresh_at);
        dict.values.set(null_mut());
        // SAFETY: the values have been moved; the dict's reference to the shared keys goes.
        unsafe {
            if values.embedded.get() {
                values.valid.set(false);
                values.forget();
            } else {
                DictValues::free(values_at);
            }
            DictKeys::decref(old_at);
        }
        return Ok(());
    }
    move_entries(old, fresh, count);
    finish_resize(fresh, count);
    dict.keys.set(fresh_at);
    if !std::ptr::eq(old_at, empty_keys()) {
        // SAFETY: combined keys have one owner; the entries were moved.
        unsafe { DictKeys::free(old_at) };
    }
    Ok(())
}

fn finish_resize(fresh: &DictKeys, count: usize) {
    fresh.build_index(count);
    fresh.usable.set(fresh.usable.get() - count as isize);
    fresh.nentries.set(count as isize);
}

/// Moves the present entries of combined keys.
fn move_entries(old: &DictKeys, fresh: &DictKeys, count: usize) {
    // SAFETY: `fresh` has room for `count` entries.
    unsafe {
        if old.len() == count && old.is_general() == fresh.is_general() {
            if old.is_general() {
                std::ptr::copy_nonoverlapping::<GeneralEntry>(
                    old.general_entries(),
                    fresh.general_entries(),
                    count,
                );
            } else {
                std::ptr::copy_nonoverlapping::<UnicodeEntry>(
                    old.unicode_entries(),
                    fresh.unicode_entries(),
                    count,
                );
            }
            return;
        }
    }
    let mut to = 0;
    for from in 0..old.len() {
        let value = old.value(from);
        if !value.is_null() {
            fresh.set_entry(to, old.hash_of(from), old.key(from), value);
            to += 1;
        }
    }
}

/// Takes entry `ix` (present) out of the dict and returns key (absent for split dicts) and value.
fn unlink_entry(dict: &Dict, hash: isize, ix: isize) -> (Option<Owned>, Owned) {
    dict.used.set(dict.used.get() - 1);
    let values = dict.values.get();
    // SAFETY: the entry is present, so its key and value are owned.
    unsafe {
        if !values.is_null() {
            let value = (*values).replace(ix as usize, null_mut());
            (*values).removed(ix as usize);
            return (None, Owned::from_raw(value));
        }
        let keys = dict.keys();
        let slot = keys.find_slot_of(hash, ix);
        keys.version.set(0);
        keys.set_index(slot, DUMMY);
        let key = keys.key(ix as usize);
        let value = keys.value(ix as usize);
        keys.set_entry(ix as usize, 0, null_mut(), null_mut());
        (Some(Owned::from_raw(key)), Owned::from_raw(value))
    }
}

/// Deletes a present entry (`delitem_common`): the key is given up first, then the value.
pub fn delete_entry(dict: &Dict, hash: isize, ix: isize) {
    let (key, value) = unlink_entry(dict, hash, ix);
    if let Some(key) = key {
        drop_holding(key, "dict value being deleted", value);
    }
}

/// Removes the key and returns its value (`_PyDict_Pop_KnownHash`).
pub fn pop_known(dict: &Dict, key: &Object, hash: isize) -> PyResult<Option<Owned>> {
    if dict.is_empty() {
        return Ok(None);
    }
    let ix = lookup(dict, key, hash)?;
    if ix < 0 || dict.value_at(ix as usize).is_null() {
        return Ok(None);
    }
    let (old_key, value) = unlink_entry(dict, hash, ix);
    match old_key {
        Some(old_key) if old_key.refcount() == 1 && !is_plain(&old_key) => {
            let value = root("dict value being popped", value);
            drop(old_key);
            Ok(Some(value.take()))
        }
        _ => Ok(Some(value)),
    }
}

/// `clear_lock_held`.
pub fn clear(dict: &Dict) {
    let keys = dict.keys.get();
    if std::ptr::eq(keys, empty_keys()) {
        return;
    }
    let values = dict.values.get();
    dict.used.set(0);
    // SAFETY: what the dict owned is taken out before anything is given up.
    unsafe {
        if values.is_null() {
            dict.keys.set(empty_keys());
            DictKeys::decref_detached(keys);
        } else if (*values).embedded.get() {
            (*values).size.set(0);
            for i in 0..(*values).capacity.get() as usize {
                let old = (*values).replace(i, null_mut());
                if !old.is_null() {
                    Object::decref(old);
                }
            }
        } else {
            dict.values.set(null_mut());
            dict.keys.set(empty_keys());
            (*values).release();
            DictValues::free(values);
            DictKeys::decref(keys);
        }
    }
}

/// Whether the kind of keys is unicode and not shared, as `LOAD_GLOBAL` wants it.
#[inline]
pub fn has_unicode_keys(dict: &Dict) -> bool {
    dict.keys().kind.get() == KeysKind::Unicode
}

/// Adds a key that a lookup has just not found (`insert_combined_dict` after `setdefault`'s own lookup).
pub fn insert_absent(dict: &Dict, key: Owned, hash: isize, value: Owned) -> PyResult<()> {
    if std::ptr::eq(dict.keys.get(), empty_keys()) {
        insert_to_empty(dict, key, hash, value);
        return Ok(());
    }
    insert_combined(dict, hash, key, value)
}

/// Takes the last entry out of a dict that is not empty (`popitem`).
pub fn pop_last(dict: &Dict) -> PyResult<(Owned, Owned)> {
    if dict.is_split() {
        resize(dict, dict.keys().log2_size.get(), true)?;
    }
    let keys = dict.keys();
    keys.version.set(0);
    let mut at = keys.len() - 1;
    while keys.value(at).is_null() {
        at -= 1;
    }
    let slot = keys.find_slot_of(keys.hash_of(at), at as isize);
    keys.set_index(slot, DUMMY);
    // SAFETY: a present entry, taken out here.
    let pair = unsafe {
        (
            Owned::from_raw(keys.key(at)),
            Owned::from_raw(keys.value(at)),
        )
    };
    keys.set_entry(at, 0, null_mut(), null_mut());
    keys.nentries.set(at as isize);
    dict.used.set(dict.used.get() - 1);
    Ok(pair)
}
