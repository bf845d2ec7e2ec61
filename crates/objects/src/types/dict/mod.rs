//! `dict`: compact, ordered, with shared ("split") keys for the attributes of instances.
//!
//! | file | what |
//! | --- | --- |
//! | `keys`, `values` | the memory layouts |
//! | `table` | lookup, insertion, growth, deletion |
//! | `managed` | attributes of instances: inline values, managed dicts |
//! | `methods`, `merge`, `views`, `view_sets`, `iterators` | what Python sees |

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc::Kind;
use crate::free_list::FreeList;
use crate::gc;
use crate::object::{Layout, Object};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::{Slots, Type, flags};
use crate::types::str::{STR, Str, intern_mortal};
use crate::visit::{Role, Visit};

pub mod iterators;
pub mod keys;
pub mod managed;
pub mod merge;
pub mod methods;
pub mod table;
pub mod values;
pub mod view_sets;
pub mod views;

pub use keys::{DUMMY, DictKeys, EMPTY, KeysKind};
pub use merge::{copy, merge, update};
pub use table::{hash_key, lookup, lookup_index, pop_known};
pub use values::DictValues;

/// CPython's `PyDictObject` (Include/cpython/dictobject.h).
#[repr(C)]
pub struct Dict {
    pub object: Object,
    pub used: Cell<isize>,
    /// Watcher bits (low 8 bits), mutation counts above.
    pub watchers: Cell<u64>,
    pub keys: Cell<*mut DictKeys>,
    /// The values when the keys are shared, else null.
    pub values: Cell<*mut DictValues>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Dict {
    fn type_object() -> &'static Type {
        &DICT
    }
}

pub static DICT: Type = Type::builtin(
    "dict",
    48,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        ..methods::SLOTS
    },
)
.with_flags(
    flags::BASETYPE | flags::HAVE_GC | flags::DICT_SUBCLASS | flags::MATCH_SELF | flags::MAPPING,
)
.with_methods(methods::METHODS)
.with_vectorcall(methods::vectorcall)
.with_doc(methods::DOC);

static FREE: FreeList = FreeList::new(Kind::Gc, 80);

impl Dict {
    #[inline(always)]
    pub fn keys(&self) -> &DictKeys {
        // SAFETY: never null; the borrow ends before the dict can change.
        unsafe { &*self.keys.get() }
    }

    /// Whether the keys are shared with other instances of a class.
    #[inline(always)]
    pub fn is_split(&self) -> bool {
        !self.values.get().is_null()
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Value of entry `ix`, null if absent.
    #[inline(always)]
    pub fn value_at(&self, ix: usize) -> *mut Object {
        let values = self.values.get();
        if values.is_null() {
            self.keys().value(ix)
        } else {
            // SAFETY: split values belong to the dict.
            unsafe { (*values).get(ix) }
        }
    }

    /// The dict seen as a `Dict`.
    ///
    /// # Safety
    /// `object` is a dict or of a subtype.
    #[inline(always)]
    pub unsafe fn of(object: &Object) -> &Dict {
        // SAFETY: by contract.
        unsafe { object.cast::<Dict>() }
    }
}

#[inline(always)]
fn dict_of(object: &Object) -> &Dict {
    debug_assert!(object.ty().has(flags::DICT_SUBCLASS));
    // SAFETY: the functions of this module are for dicts.
    unsafe { object.cast::<Dict>() }
}

/// A tracked exact dict over the given keys (a reference is taken over) and values.
pub(crate) fn with_keys(keys: *mut DictKeys, values: *mut DictValues, used: usize) -> Owned {
    // SAFETY: sizes agree; all fields are written.
    unsafe {
        let object = FREE.take(&DICT, size_of::<Dict>());
        assert!(!object.is_null(), "out of memory for a dict");
        let dict = object.cast::<Dict>();
        (*dict).used = Cell::new(used as isize);
        (*dict).watchers = Cell::new(0);
        (*dict).keys = Cell::new(keys);
        (*dict).values = Cell::new(values);
        gc::track(&*object);
        Owned::from_raw(object)
    }
}

/// An empty dict.
#[inline]
pub fn new() -> Owned {
    with_keys(keys::empty_keys(), null_mut(), 0)
}

/// An empty dict with room for `n` entries (`_PyDict_NewPresized`); `unicode`: the keys will be strings.
pub fn presized(n: usize, unicode: bool) -> Owned {
    const MAX_PRESIZE: usize = 128 * 1024;
    if n <= keys::usable_fraction(1 << keys::LOG_MINSIZE) {
        return new();
    }
    let log2 = if n > keys::usable_fraction(MAX_PRESIZE) {
        17
    } else {
        keys::log2_for_entries(n)
    };
    let keys = DictKeys::alloc(log2, unicode);
    assert!(!keys.is_null(), "out of memory for a dict");
    with_keys(keys, null_mut(), 0)
}

/// Makes the body of an instance of a dict subclass empty (for `tp_new`).
///
/// # Safety
/// `object` is fresh memory of a dict subtype.
pub unsafe fn init_body(object: *mut Object) {
    // SAFETY: by contract.
    unsafe {
        let dict = object.cast::<Dict>();
        (*dict).used = Cell::new(0);
        (*dict).watchers = Cell::new(0);
        (*dict).keys = Cell::new(keys::empty_keys());
        (*dict).values = Cell::new(null_mut());
    }
}

/// BUILD_MAP: a dict from pairs of words (key, value), which stay the caller's (`_PyDict_FromItems`).
pub fn from_pairs(words: &[crate::refs::Word]) -> PyResult {
    let count = words.len() / 2;
    let unicode = words.chunks_exact(2).all(|p| p[0].object().is_exact(&STR));
    if unicode {
        // Neither hashing nor comparing runs Python.
        let dict = presized(count, true);
        for pair in words.chunks_exact(2) {
            set(&dict, pair[0].object(), pair[1].object())?;
        }
        return Ok(dict);
    }
    let dict = root("dict being built", presized(count, unicode));
    for pair in words.chunks_exact(2) {
        set(&dict, pair[0].object(), pair[1].object())?;
    }
    Ok(dict.take())
}

/// A dict with the names of `names` (a tuple) as keys (`**kwargs` of a call).
pub fn from_names(names: &Object, values: &[crate::refs::Word]) -> PyResult {
    // SAFETY: callers pass a tuple of names.
    let names = unsafe { names.cast::<crate::types::tuple::Tuple>() };
    let unicode = names.items().iter().all(|n| n.is_exact(&STR));
    let dict = presized(names.len(), unicode);
    for (name, value) in names.items().iter().zip(values) {
        set(&dict, name, value.object())?;
    }
    Ok(dict)
}

/// `dict[key]` of an exact or derived dict, without `__missing__`; a new reference.
#[inline]
pub fn get(dict: &Object, key: &Object) -> PyResult<Option<Owned>> {
    let hash = hash_key(key)?;
    get_known_hash(dict, key, hash)
}

/// `get` with the key's hash at hand.
#[inline]
pub fn get_known_hash(dict: &Object, key: &Object, hash: isize) -> PyResult<Option<Owned>> {
    let dict = dict_of(dict);
    let ix = lookup(dict, key, hash)?;
    if ix < 0 {
        return Ok(None);
    }
    // SAFETY: null or live.
    Ok(unsafe { dict.value_at(ix as usize).as_ref() }.map(Owned::new))
}

/// The value of an exact str key, borrowed; runs no Python if all keys are exact strings (else comparisons with others may run, and
/// their errors are dropped). For namespaces.
#[inline]
pub fn get_name<'a>(dict: &'a Object, name: &Object) -> Option<&'a Object> {
    let dict = dict_of(dict);
    let hash = keys::str_hash(name);
    let keys = dict.keys();
    let ix = if keys.is_unicode() {
        keys.lookup_str(name, hash)
    } else {
        match lookup(dict, name, hash) {
            Ok(ix) => ix,
            Err(_) => {
                crate::error::clear();
                EMPTY
            }
        }
    };
    if ix < 0 {
        return None;
    }
    // SAFETY: null or live while the dict is unchanged.
    unsafe { dict.value_at(ix as usize).as_ref() }
}

/// By text.
pub fn get_str(dict: &Object, key: &str) -> Option<Owned> {
    let key = Str::new(key);
    get_name(dict, &key).map(Owned::new)
}

/// `dict[key] = value`; key and value get references of their own.
#[inline]
pub fn set(dict: &Object, key: &Object, value: &Object) -> PyResult<()> {
    table::set_take(dict_of(dict), Owned::new(key), Owned::new(value))
}

/// `dict[key] = value`, taking both references over (STORE_SUBSCR_DICT).
#[inline]
pub fn set_owned(dict: &Object, key: Owned, value: Owned) -> PyResult<()> {
    table::set_take(dict_of(dict), key, value)
}

/// By text; the key is interned.
pub fn set_str(dict: &Object, key: &str, value: &Object) {
    let key = intern_mortal(Str::new(key));
    if set(dict, &key, value).is_err() {
        // Only a namespace with keys of other types whose comparison fails comes here.
        crate::error::clear();
    }
}

/// Removes; false if it was not there.
pub fn remove(dict: &Object, key: &Object) -> PyResult<bool> {
    let hash = hash_key(key)?;
    let dict = dict_of(dict);
    let ix = lookup(dict, key, hash)?;
    if ix < 0 || dict.value_at(ix as usize).is_null() {
        return Ok(false);
    }
    table::delete_entry(dict, hash, ix);
    Ok(true)
}

/// Removes by text.
pub fn remove_str(dict: &Object, key: &str) -> PyResult<bool> {
    remove(dict, &Str::new(key))
}

#[inline(always)]
pub fn len(dict: &Object) -> usize {
    dict_of(dict).len()
}

/// Walks in order: pass 0 first, then the returned position; borrowed key and value (`PyDict_Next`).
#[inline]
pub fn next<'a>(dict: &'a Object, position: &mut usize) -> Option<(&'a Object, &'a Object)> {
    let dict = dict_of(dict);
    let (entry, after) = dict.next_entry(*position)?;
    *position = after;
    // SAFETY: a present entry.
    unsafe { Some((&*dict.keys().key(entry), &*dict.value_at(entry))) }
}

impl Dict {
    /// The first present entry from `position` on, and the position behind it. Positions count entries, or for split dicts places in the
    /// order of insertion.
    #[inline]
    pub fn next_entry(&self, position: usize) -> Option<(usize, usize)> {
        let values = self.values.get();
        if !values.is_null() {
            if position >= self.len() {
                return None;
            }
            // SAFETY: the dict's values.
            return Some((unsafe { (*values).nth(position) }, position + 1));
        }
        let keys = self.keys();
        let mut at = position;
        while at < keys.len() {
            if !keys.value(at).is_null() {
                return Some((at, at + 1));
            }
            at += 1;
        }
        None
    }

    /// The next present key and value from `position` on, and the position behind them: `next_entry` for iterators.
    #[inline(always)]
    pub fn next_pair(&self, position: usize) -> Option<(&Object, &Object, usize)> {
        if self.is_split() {
            let (entry, after) = self.next_entry(position)?;
            // SAFETY: a present entry.
            return unsafe { Some((&*self.keys().key(entry), &*self.value_at(entry), after)) };
        }
        let keys = self.keys();
        let len = keys.len();
        let mut at = position;
        // SAFETY: entries below `len` are initialised; a present one has a key.
        unsafe {
            if keys.is_general() {
                let entries = keys.general_entries();
                while at < len {
                    let entry = &*entries.add(at);
                    at += 1;
                    if let Some(value) = entry.value.as_ref() {
                        return Some((&*entry.key, value, at));
                    }
                }
            } else {
                let entries = keys.unicode_entries();
                while at < len {
                    let entry = &*entries.add(at);
                    at += 1;
                    if let Some(value) = entry.value.as_ref() {
                        return Some((&*entry.key, value, at));
                    }
                }
            }
        }
        None
    }

    /// The last present entry before `end` (a position as of `next_entry`) and its position.
    #[inline]
    pub fn previous_entry(&self, end: usize) -> Option<(usize, usize)> {
        let values = self.values.get();
        if !values.is_null() {
            // SAFETY: the dict's values.
            return (end > 0 && end <= self.len())
                .then(|| (unsafe { (*values).nth(end - 1) }, end - 1));
        }
        let keys = self.keys();
        let mut at = end.min(keys.len());
        while at > 0 {
            at -= 1;
            if !keys.value(at).is_null() {
                return Some((at, at));
            }
        }
        None
    }

    /// The position behind the last entry.
    #[inline]
    pub fn end_position(&self) -> usize {
        if self.is_split() {
            self.len()
        } else {
            self.keys().len()
        }
    }
}

pub fn contains(dict: &Object, key: &Object) -> PyResult<bool> {
    let hash = hash_key(key)?;
    let dict = dict_of(dict);
    let ix = lookup(dict, key, hash)?;
    Ok(ix >= 0 && !dict.value_at(ix as usize).is_null())
}

/// Empties the dict (`PyDict_Clear`); the entries are given up after it is empty.
pub fn clear(object: &Object) {
    table::clear(dict_of(object));
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead dict; nobody can reach its parts.
    unsafe {
        gc::untrack(&*object);
        let dict = object.cast::<Dict>();
        let values = (*dict).values.get();
        let keys = (*dict).keys.get();
        if !values.is_null() && !(*values).embedded.get() {
            for i in 0..(*values).capacity.get() as usize {
                let value = (*values).replace(i, null_mut());
                if !value.is_null() {
                    Object::decref(value);
                }
            }
            DictValues::free(values);
            (*dict).values.set(null_mut());
        }
        if !keys.is_null() {
            DictKeys::decref(keys);
        }
        if (*object).is_exact(&DICT) {
            FREE.give(object);
        } else {
            crate::types::r#type::free(object);
        }
    }
}

/// Shared keys belong to the class; embedded values to the instance, which reports them. CPython does not report keys that are strings.
unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: a dict, unchanged during the walk.
    unsafe {
        let dict = object.cast::<Dict>();
        let keys = dict.keys();
        let values = dict.values.get();
        if !values.is_null() {
            if (*values).embedded.get() {
                return;
            }
            for i in 0..(*values).capacity.get() as usize {
                if let Some(value) = (*values).get(i).as_ref() {
                    visit.edge(Role::Value(i), value);
                }
            }
            return;
        }
        for i in 0..keys.len() {
            let Some(value) = keys.value(i).as_ref() else {
                continue;
            };
            visit.edge(Role::Value(i), value);
            // Null while a dying dict gives the entry up.
            if let Some(key) = keys.key(i).as_ref() {
                if keys.is_general() {
                    visit.edge(Role::Key(i), key);
                } else {
                    visit.hidden(Role::Key(i), key);
                }
            }
        }
    }
}
