//! The hash table of sets: lookup, insertion, growth, removal.

use super::{MINSIZE, Set, SetEntry};
use crate::alloc;
use crate::object::Object;
use crate::ops::compare;
use crate::refs::{Owned, PyResult, Raised};
use crate::state::root;
use crate::typeobject::CompareOp;
use crate::types::dict::keys::str_hash;
use crate::types::dict::table::plain_equal;
use crate::types::none::NONE_TYPE;
use crate::types::str::STR;

const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

/// Marks deleted slots; never handed out.
static DUMMY: Object = Object::immortal(&raw const NONE_TYPE);

#[inline(always)]
fn dummy() -> *mut Object {
    &raw const DUMMY as *mut Object
}

/// Whether a slot's key is an element.
#[inline(always)]
pub(crate) fn is_active(key: *mut Object) -> bool {
    !key.is_null() && !std::ptr::eq(key, dummy())
}

/// `hash(key)`, with the error that names a set element.
#[inline(always)]
pub fn hash_element(key: &Object) -> PyResult<isize> {
    if key.is_exact(&STR) {
        return Ok(str_hash(key));
    }
    compare::hash(key).map_err(|raised| unhashable(key, raised))
}

#[cold]
fn unhashable(key: &Object, raised: Raised) -> Raised {
    crate::types::writer::unhashable(key, "a set element", raised)
}

/// What comparing with a slot's element said.
enum Match {
    No,
    Yes,
    Changed,
}

/// When adding, an equal element counts even if the comparison took it out of the set (`set_add_entry`).
fn matches(set: &Set, i: usize, other: *mut Object, key: &Object, adding: bool) -> PyResult<Match> {
    if std::ptr::eq(other, key) {
        return Ok(Match::Yes);
    }
    // SAFETY: a slot with a hash of its own holds an element (deleted slots have -1, which no hash is).
    let other_ref = unsafe { &*other };
    if let Some(equal) = plain_equal(other_ref, key) {
        return Ok(if equal { Match::Yes } else { Match::No });
    }
    let table = set.table.get();
    let start = root("set element being compared", Owned::new(other_ref));
    let equal = compare::compare_bool(&start, key, CompareOp::Eq)?;
    drop(start);
    if adding && equal {
        return Ok(Match::Yes);
    }
    // SAFETY: the slot is read only if the table is still the same, and large enough.
    let changed = !std::ptr::eq(set.table.get(), table)
        || i > set.mask.get() as usize
        || !std::ptr::eq(unsafe { (*set.slot(i)).key }, other);
    if changed {
        return Ok(Match::Changed);
    }
    Ok(if equal { Match::Yes } else { Match::No })
}

/// What a probe found.
pub(crate) enum Found {
    /// The key is in this slot.
    At(usize),
    /// It is not there; it goes into this slot, which is a deleted one if the probe met one (the last).
    Absent { slot: usize, deleted: bool },
}

/// Looks a key up (`set_lookkey`).
pub(crate) fn find(set: &Set, key: &Object, hash: isize) -> PyResult<Found> {
    probe(set, key, hash, false)
}

fn probe(set: &Set, key: &Object, hash: isize, adding: bool) -> PyResult<Found> {
    'restart: loop {
        let mask = set.mask.get() as usize;
        let mut i = hash as usize & mask;
        let mut perturb = hash as usize;
        let mut free = None;
        loop {
            let run = if i + LINEAR_PROBES <= mask {
                LINEAR_PROBES
            } else {
                0
            };
            for at in i..=i + run {
                // SAFETY: in bounds by the choice of `run`.
                let entry = unsafe { *set.slot(at) };
                if entry.hash == 0 && entry.key.is_null() {
                    if adding && !still_free(set, free) {
                        continue 'restart;
                    }
                    return Ok(absent(at, free));
                }
                if entry.hash == hash {
                    match matches(set, at, entry.key, key, adding)? {
                        Match::Yes => return Ok(Found::At(at)),
                        Match::No => {}
                        Match::Changed => continue 'restart,
                    }
                } else if entry.hash == -1 {
                    free = Some(at);
                }
            }
            perturb >>= PERTURB_SHIFT;
            i = (i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb)) & mask;
        }
    }
}

/// Whether the deleted slot that the probe met was left alone by comparisons since.
fn still_free(set: &Set, free: Option<usize>) -> bool {
    // SAFETY: the table is the one probed, so the slot is in bounds.
    free.is_none_or(|at| unsafe { (*set.slot(at)).hash == -1 })
}

#[inline(always)]
fn absent(empty: usize, free: Option<usize>) -> Found {
    Found::Absent {
        slot: free.unwrap_or(empty),
        deleted: free.is_some(),
    }
}

/// `key in set` with the hash at hand.
pub fn contains_known(set: &Set, key: &Object, hash: isize) -> PyResult<bool> {
    Ok(matches!(find(set, key, hash)?, Found::At(_)))
}

/// Adds an element (`set_add_entry`), taking the reference over.
pub fn add_entry(set: &Set, key: Owned, hash: isize) -> PyResult<()> {
    let (found, key) = if let Some(found) = find_quiet(set, &key, hash) {
        (found, key)
    } else {
        let key = root("set element being added", key);
        let found = probe(set, &key, hash, true)?;
        (found, key.take())
    };
    let Found::Absent { slot, deleted } = found else {
        return Ok(());
    };
    // SAFETY: a slot of the table as it is now.
    unsafe {
        *set.slot(slot) = SetEntry {
            key: key.into_raw(),
            hash,
        };
    }
    set.used.set(set.used.get() + 1);
    if deleted {
        return Ok(());
    }
    set.fill.set(set.fill.get() + 1);
    let used = set.used.get();
    if set.fill.get() * 5 < set.mask.get() * 3 {
        return Ok(());
    }
    resize(set, if used > 50000 { used * 2 } else { used * 4 })
}

/// `find` if it can be answered without running Python.
#[inline]
fn find_quiet(set: &Set, key: &Object, hash: isize) -> Option<Found> {
    let mask = set.mask.get() as usize;
    let mut i = hash as usize & mask;
    let mut perturb = hash as usize;
    let mut free = None;
    loop {
        let run = if i + LINEAR_PROBES <= mask {
            LINEAR_PROBES
        } else {
            0
        };
        for at in i..=i + run {
            // SAFETY: in bounds by the choice of `run`.
            let entry = unsafe { *set.slot(at) };
            if entry.hash == 0 && entry.key.is_null() {
                return Some(absent(at, free));
            }
            if entry.hash == hash {
                if std::ptr::eq(entry.key, key) {
                    return Some(Found::At(at));
                }
                // SAFETY: an element, as its hash is a hash.
                if plain_equal(unsafe { &*entry.key }, key)? {
                    return Some(Found::At(at));
                }
            } else if entry.hash == -1 {
                free = Some(at);
            }
        }
        perturb >>= PERTURB_SHIFT;
        i = (i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb)) & mask;
    }
}

/// Adds an element with a reference of its own.
#[inline]
pub fn add_key(set: &Set, key: &Object) -> PyResult<()> {
    let hash = hash_element(key)?;
    add_entry(set, Owned::new(key), hash)
}

/// Puts an element known to be absent into a table without deleted slots (`set_insert_clean`).
///
/// # Safety
/// `table` has `mask + 1` slots, one of them empty; the key's reference is taken over.
pub(crate) unsafe fn insert_clean(table: *mut SetEntry, mask: usize, entry: SetEntry) {
    let mut perturb = entry.hash as usize;
    let mut i = entry.hash as usize & mask;
    loop {
        let run = if i + LINEAR_PROBES <= mask {
            LINEAR_PROBES
        } else {
            0
        };
        for at in i..=i + run {
            // SAFETY: in bounds.
            unsafe {
                if (*table.add(at)).key.is_null() {
                    *table.add(at) = entry;
                    return;
                }
            }
        }
        perturb >>= PERTURB_SHIFT;
        i = (i.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb)) & mask;
    }
}

/// Moves the elements to a table with more than `minused` slots, dropping deleted slots (`set_table_resize`).
pub(crate) fn resize(set: &Set, minused: isize) -> PyResult<()> {
    let mut size = MINSIZE;
    while size <= minused as usize {
        size <<= 1;
    }
    let old_table = set.table.get();
    let old_size = set.mask.get() as usize + 1;
    let was_small = set.is_small();
    let mut copy = [SetEntry::EMPTY; MINSIZE];
    let mut from = old_table;
    // SAFETY: tables have `mask + 1` slots.
    unsafe {
        let fresh = if size == MINSIZE {
            if was_small {
                if set.fill.get() == set.used.get() {
                    return Ok(());
                }
                std::ptr::copy_nonoverlapping(old_table, copy.as_mut_ptr(), MINSIZE);
                from = copy.as_mut_ptr();
            }
            set.small_table()
        } else {
            let Some(bytes) = size.checked_mul(size_of::<SetEntry>()) else {
                return Err(crate::error::memory_error());
            };
            let block = alloc::raw(bytes).cast::<SetEntry>();
            if block.is_null() {
                return Err(crate::error::memory_error());
            }
            block
        };
        fresh.write_bytes(0, size);
        set.mask.set(size as isize - 1);
        set.table.set(fresh);
        set.fill.set(set.used.get());
        for i in 0..old_size {
            let entry = *from.add(i);
            if is_active(entry.key) {
                insert_clean(fresh, size - 1, entry);
            }
        }
        if !was_small {
            alloc::raw_free(old_table.cast(), old_size * size_of::<SetEntry>());
        }
    }
    Ok(())
}

/// Removes a key; false if it is not there (`set_discard_entry`).
pub fn discard_known(set: &Set, key: &Object, hash: isize) -> PyResult<bool> {
    let Found::At(at) = find(set, key, hash)? else {
        return Ok(false);
    };
    drop(take_slot(set, at));
    Ok(true)
}

/// Empties an active slot and hands its element over.
pub(crate) fn take_slot(set: &Set, at: usize) -> Owned {
    // SAFETY: an active slot owns its element.
    unsafe {
        let slot = set.slot(at);
        let key = (*slot).key;
        *slot = SetEntry {
            key: dummy(),
            hash: -1,
        };
        set.used.set(set.used.get() - 1);
        Owned::from_raw(key)
    }
}

/// Gives up all elements after the set is empty (`set_clear_internal`).
pub fn clear(set: &Set) {
    let table = set.table.get();
    let size = set.mask.get() as usize + 1;
    let mut used = set.used.get();
    let small = set.is_small();
    if small && set.fill.get() == 0 {
        return;
    }
    let mut copy = [SetEntry::EMPTY; MINSIZE];
    let mut from = table;
    // SAFETY: the old table belongs to this function now.
    unsafe {
        if small {
            std::ptr::copy_nonoverlapping(table, copy.as_mut_ptr(), MINSIZE);
            from = copy.as_mut_ptr();
        }
        set.reset();
        let mut held = Vec::with_capacity(used as usize);
        let mut i = 0;
        while used > 0 {
            let key = (*from.add(i)).key;
            i += 1;
            if is_active(key) {
                used -= 1;
                held.push(key);
            }
        }
        // Given up from the end, so in the table's order.
        held.reverse();
        crate::types::list::release(
            "element of a set being cleared",
            held.as_mut_ptr(),
            held.len(),
        );
        if !small {
            alloc::raw_free(table.cast(), size * size_of::<SetEntry>());
        }
    }
}
