//! The table behind a dict: an index (hash to entry number, 1, 2, 4 or 8 bytes a slot) and the entries in insertion order.
//! Layout, probe sequence and sizes are CPython's (Objects/dictobject.c, Include/internal/pycore_dict.h): iteration order after
//! deletions, `sys.getsizeof` and the specialiser depend on them.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc;
use crate::object::Object;
use crate::state;
use crate::types::str::{STR, Str};

/// Index values that are not entry numbers.
pub const EMPTY: isize = -1;
pub const DUMMY: isize = -2;

/// What entries look like; `SPLIT` keys belong to a class and hold no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum KeysKind {
    General = 0,
    Unicode = 1,
    Split = 2,
}

/// log2 of the smallest table.
pub const LOG_MINSIZE: u8 = 3;
/// Most attributes that share keys (`SHARED_KEYS_MAX_SIZE`).
pub const SHARED_MAX: usize = 30;
const SHARED_LOG_SIZE: u8 = 6;
const PERTURB_SHIFT: u32 = 5;
const IMMORTAL_KEYS: isize = isize::MAX / 2;

/// CPython's `PyDictKeysObject`; the index and the entries follow.
#[repr(C)]
pub struct DictKeys {
    pub refcnt: Cell<isize>,
    pub log2_size: Cell<u8>,
    pub log2_index_bytes: Cell<u8>,
    pub kind: Cell<KeysKind>,
    /// 0: none assigned. Reset whenever a key is added or removed.
    pub version: Cell<u32>,
    /// Entries that may still be added.
    pub usable: Cell<isize>,
    /// Entries used, deleted ones included.
    pub nentries: Cell<isize>,
}

/// An entry of unicode and split keys (all keys exact strings).
#[repr(C)]
pub struct UnicodeEntry {
    pub key: *mut Object,
    pub value: *mut Object,
}

/// An entry of general keys.
#[repr(C)]
pub struct GeneralEntry {
    pub hash: isize,
    pub key: *mut Object,
    pub value: *mut Object,
}

#[repr(C)]
struct EmptyKeys {
    keys: DictKeys,
    index: [i8; 8],
}

// SAFETY: never written after its making (its version stays 0, its counts are immortal).
unsafe impl Sync for EmptyKeys {}

static EMPTY_KEYS: EmptyKeys = EmptyKeys {
    keys: DictKeys {
        refcnt: Cell::new(IMMORTAL_KEYS),
        log2_size: Cell::new(0),
        log2_index_bytes: Cell::new(3),
        kind: Cell::new(KeysKind::Unicode),
        version: Cell::new(0),
        usable: Cell::new(0),
        nentries: Cell::new(0),
    },
    index: [EMPTY as i8; 8],
};

/// The keys of every empty dict.
#[inline(always)]
pub fn empty_keys() -> *mut DictKeys {
    &raw const EMPTY_KEYS.keys as *mut DictKeys
}

/// Entries a table of `size` slots takes.
#[inline(always)]
pub fn usable_fraction(size: usize) -> usize {
    (size << 1) / 3
}

/// log2 of the smallest table with at least `minimum` slots.
#[inline]
pub fn log2_for_slots(minimum: usize) -> u8 {
    let minimum = minimum.max(1 << LOG_MINSIZE);
    (usize::BITS - (minimum - 1).leading_zeros()) as u8
}

/// log2 of a table that takes `n` entries without growing.
#[inline]
pub fn log2_for_entries(n: usize) -> u8 {
    log2_for_slots((n * 3).div_ceil(2))
}

/// The hash of an exact str, computed if need be.
#[inline(always)]
pub fn str_hash(key: &Object) -> isize {
    // SAFETY: callers pass exact strings.
    let key = unsafe { key.cast::<Str>() };
    let hash = key.hash.get();
    if hash != -1 { hash } else { key.hash() }
}

impl DictKeys {
    /// Fresh keys with no entries; null when memory is out.
    pub fn alloc(log2_size: u8, unicode: bool) -> *mut DictKeys {
        let log2_bytes = log2_size
            + match log2_size {
                0..8 => 0,
                8..16 => 1,
                16..32 => 2,
                _ => 3,
            };
        if log2_size > 56 {
            return null_mut();
        }
        let usable = usable_fraction(1 << log2_size);
        let entry = if unicode {
            size_of::<UnicodeEntry>()
        } else {
            size_of::<GeneralEntry>()
        };
        let index = 1usize << log2_bytes;
        let Some(bytes) = usable
            .checked_mul(entry)
            .and_then(|e| e.checked_add(index + size_of::<DictKeys>()))
        else {
            return null_mut();
        };
        let block = alloc::raw(bytes);
        if block.is_null() {
            return null_mut();
        }
        // SAFETY: the block has room for header, index and entries; entries are zeroed as CPython does.
        unsafe {
            block.cast::<DictKeys>().write(DictKeys {
                refcnt: Cell::new(1),
                log2_size: Cell::new(log2_size),
                log2_index_bytes: Cell::new(log2_bytes),
                kind: Cell::new(if unicode {
                    KeysKind::Unicode
                } else {
                    KeysKind::General
                }),
                version: Cell::new(0),
                usable: Cell::new(usable as isize),
                nentries: Cell::new(0),
            });
            let at = block.add(size_of::<DictKeys>());
            at.write_bytes(0xff, index);
            at.add(index).write_bytes(0, usable * entry);
        }
        block.cast()
    }

    /// Shared keys for the instances of a new class (`_PyDict_NewKeysForClass`, without its static attributes).
    pub fn alloc_shared() -> *mut DictKeys {
        let keys = DictKeys::alloc(SHARED_LOG_SIZE, true);
        assert!(!keys.is_null(), "out of memory for a class's keys");
        // SAFETY: just made.
        unsafe {
            (*keys).usable.set(SHARED_MAX as isize);
            (*keys).kind.set(KeysKind::Split);
        }
        keys
    }

    #[inline(always)]
    pub fn slots(&self) -> usize {
        1 << self.log2_size.get()
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.nentries.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn is_general(&self) -> bool {
        self.kind.get() == KeysKind::General
    }

    /// Whether all keys are exact strings (unicode or split keys).
    #[inline(always)]
    pub fn is_unicode(&self) -> bool {
        !self.is_general()
    }

    #[inline(always)]
    fn index_base(&self) -> *mut u8 {
        // SAFETY: the index follows the header.
        unsafe { (self as *const DictKeys).add(1) as *mut u8 }
    }

    /// Entry number in slot `i` of the index, `EMPTY` or `DUMMY`.
    #[inline(always)]
    pub fn index(&self, i: usize) -> isize {
        let base = self.index_base();
        // SAFETY: `i` is below the number of slots; the width follows from the size.
        unsafe {
            match self.log2_size.get() {
                0..8 => *base.cast::<i8>().add(i) as isize,
                8..16 => *base.cast::<i16>().add(i) as isize,
                16..32 => *base.cast::<i32>().add(i) as isize,
                _ => *base.cast::<isize>().add(i),
            }
        }
    }

    #[inline(always)]
    pub fn set_index(&self, i: usize, value: isize) {
        let base = self.index_base();
        // SAFETY: as `index`.
        unsafe {
            match self.log2_size.get() {
                0..8 => *base.cast::<i8>().add(i) = value as i8,
                8..16 => *base.cast::<i16>().add(i) = value as i16,
                16..32 => *base.cast::<i32>().add(i) = value as i32,
                _ => *base.cast::<isize>().add(i) = value,
            }
        }
    }

    #[inline(always)]
    fn entries(&self) -> *mut u8 {
        // SAFETY: the entries follow the index.
        unsafe { self.index_base().add(1 << self.log2_index_bytes.get()) }
    }

    /// The entries, if keys are unicode (or split).
    #[inline(always)]
    pub fn unicode_entries(&self) -> *mut UnicodeEntry {
        self.entries().cast()
    }

    /// The entries, if keys are general.
    #[inline(always)]
    pub fn general_entries(&self) -> *mut GeneralEntry {
        self.entries().cast()
    }

    /// Key of entry `i`; null if deleted.
    #[inline(always)]
    pub fn key(&self, i: usize) -> *mut Object {
        // SAFETY: `i` is below the table's capacity; entries are zeroed at first.
        unsafe {
            if self.is_general() {
                (*self.general_entries().add(i)).key
            } else {
                (*self.unicode_entries().add(i)).key
            }
        }
    }

    /// Value of entry `i`; null if deleted, or for split keys.
    #[inline(always)]
    pub fn value(&self, i: usize) -> *mut Object {
        // SAFETY: as `key`.
        unsafe {
            if self.is_general() {
                (*self.general_entries().add(i)).value
            } else {
                (*self.unicode_entries().add(i)).value
            }
        }
    }

    /// Where the value of entry `i` is kept.
    #[inline(always)]
    pub fn value_slot(&self, i: usize) -> *mut *mut Object {
        // SAFETY: as `key`.
        unsafe {
            if self.is_general() {
                &raw mut (*self.general_entries().add(i)).value
            } else {
                &raw mut (*self.unicode_entries().add(i)).value
            }
        }
    }

    /// Hash of the (present) key of entry `i`.
    #[inline(always)]
    pub fn hash_of(&self, i: usize) -> isize {
        // SAFETY: as `key`; the key is not null.
        unsafe {
            if self.is_general() {
                (*self.general_entries().add(i)).hash
            } else {
                str_hash(&*(*self.unicode_entries().add(i)).key)
            }
        }
    }

    /// Writes entry `i`.
    #[inline(always)]
    pub fn set_entry(&self, i: usize, hash: isize, key: *mut Object, value: *mut Object) {
        // SAFETY: as `key`.
        unsafe {
            if self.is_general() {
                self.general_entries()
                    .add(i)
                    .write(GeneralEntry { hash, key, value });
            } else {
                self.unicode_entries()
                    .add(i)
                    .write(UnicodeEntry { key, value });
            }
        }
    }

    /// Number of values that go with split keys (`shared_keys_usable_size`).
    #[inline(always)]
    pub fn shared_size(&self) -> usize {
        (self.nentries.get() + self.usable.get()) as usize
    }

    /// Entry number of an exact str in unicode or split keys, or `EMPTY`. Runs no Python.
    #[inline]
    pub fn lookup_str(&self, key: &Object, hash: isize) -> isize {
        debug_assert!(self.is_unicode() && key.is_exact(&STR));
        let mask = self.slots() - 1;
        let mut perturb = hash as usize;
        let mut i = perturb & mask;
        let entries = self.unicode_entries();
        loop {
            let ix = self.index(i);
            if ix >= 0 {
                // SAFETY: an entry in use.
                let other = unsafe { (*entries.add(ix as usize)).key };
                if std::ptr::eq(other, key) {
                    return ix;
                }
                // SAFETY: a live exact str.
                unsafe {
                    if str_hash(&*other) == hash && str_equal(&*other, key) {
                        return ix;
                    }
                }
            } else if ix == EMPTY {
                return EMPTY;
            }
            perturb >>= PERTURB_SHIFT;
            i = (i.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1)) & mask;
        }
    }

    /// Slot of the index where a new key with this hash goes.
    #[inline]
    pub fn find_empty_slot(&self, hash: isize) -> usize {
        let mask = self.slots() - 1;
        let mut perturb = hash as usize;
        let mut i = perturb & mask;
        while self.index(i) >= 0 {
            perturb >>= PERTURB_SHIFT;
            i = (i.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1)) & mask;
        }
        i
    }

    /// Slot of the index that holds entry `ix`, found by its key's hash.
    pub fn find_slot_of(&self, hash: isize, ix: isize) -> usize {
        let mask = self.slots() - 1;
        let mut perturb = hash as usize;
        let mut i = perturb & mask;
        loop {
            let at = self.index(i);
            if at == ix {
                return i;
            }
            debug_assert!(at != EMPTY, "an entry without a slot");
            perturb >>= PERTURB_SHIFT;
            i = (i.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1)) & mask;
        }
    }

    /// Fills the index of fresh keys whose first `n` entries are written.
    pub fn build_index(&self, n: usize) {
        let mask = self.slots() - 1;
        for ix in 0..n {
            let hash = self.hash_of(ix);
            let mut perturb = hash as usize;
            let mut i = perturb & mask;
            while self.index(i) != EMPTY {
                perturb >>= PERTURB_SHIFT;
                i = (i.wrapping_mul(5).wrapping_add(perturb).wrapping_add(1)) & mask;
            }
            self.set_index(i, ix as isize);
        }
    }

    /// Adds an exact str to split keys, or finds it: its number, or `EMPTY` when there is no room (`insert_split_key`).
    pub fn insert_split(&self, key: &Object, hash: isize) -> isize {
        debug_assert!(self.kind.get() == KeysKind::Split);
        let ix = self.lookup_str(key, hash);
        if ix != EMPTY || self.usable.get() <= 0 {
            return ix;
        }
        self.version.set(0);
        let slot = self.find_empty_slot(hash);
        let ix = self.nentries.get();
        self.set_index(slot, ix);
        key.incref();
        self.set_entry(ix as usize, hash, key.as_ptr(), null_mut());
        self.usable.set(self.usable.get() - 1);
        self.nentries.set(ix + 1);
        ix
    }

    /// The version for the specialiser, assigned on first use; 0 when they have run out (`_PyDictKeys_GetVersionForCurrentState`).
    pub fn version_for_current_state(&self) -> u32 {
        if self.version.get() != 0 {
            return self.version.get();
        }
        let next = &state::get().next_dict_keys_version;
        let version = next.get();
        if version == 0 {
            return 0;
        }
        next.set(version.wrapping_add(1));
        self.version.set(version);
        version
    }

    /// Keys of the same shape with new references to the entries' keys and values (combined keys only); null when memory is out.
    pub fn duplicate(&self) -> *mut DictKeys {
        let bytes = self.bytes();
        let block = alloc::raw(bytes);
        if block.is_null() {
            return null_mut();
        }
        // SAFETY: the copy has the same size; every reference in it is counted before anyone sees it.
        unsafe {
            let from = (self as *const DictKeys).cast::<u8>();
            std::ptr::copy_nonoverlapping(from, block, bytes);
            let copy = &*block.cast::<DictKeys>();
            copy.refcnt.set(1);
            if copy.is_general() {
                for entry in std::slice::from_raw_parts(copy.general_entries(), copy.len()) {
                    if let Some(value) = entry.value.as_ref() {
                        value.incref();
                        (*entry.key).incref();
                    }
                }
            } else {
                for entry in std::slice::from_raw_parts(copy.unicode_entries(), copy.len()) {
                    if let Some(value) = entry.value.as_ref() {
                        value.incref();
                        (*entry.key).incref();
                    }
                }
            }
        }
        block.cast()
    }

    #[inline(always)]
    pub fn incref(&self) {
        if self.refcnt.get() < IMMORTAL_KEYS {
            self.refcnt.set(self.refcnt.get() + 1);
        }
    }

    fn bytes(&self) -> usize {
        let entry = if self.is_general() {
            size_of::<GeneralEntry>()
        } else {
            size_of::<UnicodeEntry>()
        };
        size_of::<DictKeys>()
            + (1usize << self.log2_index_bytes.get())
            + usable_fraction(self.slots()) * entry
    }

    /// Bytes as `sys.getsizeof` counts them (`_PyDict_KeysSize`).
    pub fn size_of_keys(&self) -> usize {
        self.bytes()
    }

    /// Gives up one reference; at zero the entries' keys and values are given up in order, and the memory.
    ///
    /// # Safety
    /// The caller owns a reference and does not use it again.
    pub unsafe fn decref(this: *mut DictKeys) {
        // SAFETY: by contract.
        unsafe {
            let keys = &*this;
            let count = keys.refcnt.get();
            if count >= IMMORTAL_KEYS {
                return;
            }
            keys.refcnt.set(count - 1);
            if count > 1 {
                return;
            }
            keys.release_entries();
            DictKeys::free(this);
        }
    }

    /// Gives up keys and values in order; an entry is empty before what it held goes.
    // SAFETY: nobody uses these keys any more.
    unsafe fn release_entries(&self) {
        // SAFETY: the entries own their keys and values.
        unsafe {
            for i in 0..self.len() {
                let slot = self.key_slot(i);
                let key = slot.replace(null_mut());
                if !key.is_null() {
                    Object::decref(key);
                }
                let value = self.value_slot(i).replace(null_mut());
                if !value.is_null() {
                    Object::decref(value);
                }
            }
        }
    }

    /// `decref` of keys that no object refers to any more: what they still hold is a named root meanwhile.
    ///
    /// # Safety
    /// As `decref`.
    pub unsafe fn decref_detached(this: *mut DictKeys) {
        // SAFETY: by contract; hashes of general entries are no references, so their spans go entry by entry.
        unsafe {
            let keys = &*this;
            if keys.refcnt.get() == 1 && keys.is_unicode() {
                let span = state::Span::new(
                    "entry of a dict being cleared",
                    keys.unicode_entries().cast(),
                    keys.len() * 2,
                );
                keys.release_entries();
                drop(span);
                DictKeys::free(this);
            } else if keys.refcnt.get() == 1 {
                let mut held: Vec<*mut Object> = Vec::with_capacity(keys.len() * 2);
                for i in 0..keys.len() {
                    held.push(keys.key(i));
                    held.push(keys.value(i));
                }
                DictKeys::free(this);
                let span =
                    state::Span::new("entry of a dict being cleared", held.as_ptr(), held.len());
                for slot in &mut held {
                    let object = std::mem::replace(slot, null_mut());
                    if !object.is_null() {
                        Object::decref(object);
                    }
                }
                drop(span);
            } else {
                DictKeys::decref(this);
            }
        }
    }

    /// Where the key of entry `i` is kept.
    #[inline(always)]
    fn key_slot(&self, i: usize) -> *mut *mut Object {
        // SAFETY: as `key`.
        unsafe {
            if self.is_general() {
                &raw mut (*self.general_entries().add(i)).key
            } else {
                &raw mut (*self.unicode_entries().add(i)).key
            }
        }
    }

    /// Frees the memory alone.
    ///
    /// # Safety
    /// Nobody uses the keys any more; what entries owned has been moved or given up.
    pub unsafe fn free(this: *mut DictKeys) {
        // SAFETY: by contract; the size follows from the header.
        unsafe {
            let bytes = (*this).bytes();
            alloc::raw_free(this.cast(), bytes);
        }
    }
}

/// Equality of two exact strings that are not the same object.
#[inline(always)]
pub fn str_equal(a: &Object, b: &Object) -> bool {
    // SAFETY: callers pass exact strings.
    unsafe { a.cast::<Str>().equals(b.cast::<Str>()) }
}
