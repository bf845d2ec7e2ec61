//! `set` and `frozenset`: layout and construction. CPython's table (Objects/setobject.c): open addressing with runs of ten neighbours
//! before a jump, because the order of iteration is visible.
//!
//! `table` looks up, adds and grows; `operations` are the set operations; `methods` what Python sees; `iterator` the iterator.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc::{self, Kind};
use crate::gc;
use crate::object::{Layout, Object};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::{Slots, Type, flags};
use crate::visit::{Role, Visit};

pub mod iterator;
pub mod methods;
pub mod operations;
pub mod table;

pub use table::{contains_known, hash_element};

/// Slots of the table inside the object.
pub const MINSIZE: usize = 8;

/// A slot: empty (null key), deleted (`dummy` key, hash -1) or an owned element.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SetEntry {
    pub key: *mut Object,
    pub hash: isize,
}

impl SetEntry {
    pub const EMPTY: SetEntry = SetEntry {
        key: null_mut(),
        hash: 0,
    };
}

/// CPython's `PySetObject` (Include/cpython/setobject.h).
#[repr(C)]
pub struct Set {
    pub object: Object,
    /// Slots used, deleted ones included.
    pub fill: Cell<isize>,
    pub used: Cell<isize>,
    pub mask: Cell<isize>,
    /// Points to `small`, or to a block of its own.
    pub table: Cell<*mut SetEntry>,
    /// Of a frozenset; -1: not computed yet.
    pub hash: Cell<isize>,
    /// Where `pop` looks next.
    pub finger: Cell<isize>,
    small: Cell<[SetEntry; MINSIZE]>,
    weaklist: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Set {
    fn type_object() -> &'static Type {
        &SET
    }
}

const COMMON: Slots = Slots {
    dealloc,
    visit,
    clear: Some(|object| table::clear(of(object))),
    ..methods::COMMON
};

const WEAKLIST: usize = std::mem::offset_of!(Set, weaklist);

pub static SET: Type = Type::builtin(
    "set",
    size_of::<Set>(),
    Slots {
        hash: Some(crate::ops::compare::hash_not_implemented),
        init: Some(methods::set_init),
        new: Some(methods::set_new),
        inplace_subtract: Some(operations::isub),
        inplace_and: Some(operations::iand),
        inplace_xor: Some(operations::ixor),
        inplace_or: Some(operations::ior),
        ..COMMON
    },
)
.with_flags(flags::BASETYPE | flags::HAVE_GC | flags::MATCH_SELF)
.with_weaklistoffset(WEAKLIST)
.with_methods(methods::SET_METHODS)
.with_vectorcall(methods::set_vectorcall);

pub static FROZENSET: Type = Type::builtin(
    "frozenset",
    size_of::<Set>(),
    Slots {
        hash: Some(methods::frozenset_hash),
        new: Some(methods::frozenset_new),
        ..COMMON
    },
)
.with_flags(flags::BASETYPE | flags::HAVE_GC | flags::MATCH_SELF)
.with_weaklistoffset(WEAKLIST)
.with_methods(methods::FROZENSET_METHODS)
.with_vectorcall(methods::frozenset_vectorcall);

impl Set {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The table inside the object.
    #[inline(always)]
    pub(crate) fn small_table(&self) -> *mut SetEntry {
        self.small.as_ptr().cast()
    }

    #[inline(always)]
    pub(crate) fn is_small(&self) -> bool {
        std::ptr::eq(self.table.get(), self.small_table())
    }

    /// Slot `i` of the table.
    #[inline(always)]
    pub(crate) fn slot(&self, i: usize) -> *mut SetEntry {
        debug_assert!(i <= self.mask.get() as usize);
        // SAFETY: the table has `mask + 1` slots.
        unsafe { self.table.get().add(i) }
    }

    /// Makes the body that of an empty set.
    pub(crate) fn reset(&self) {
        self.small.set([SetEntry::EMPTY; MINSIZE]);
        self.fill.set(0);
        self.used.set(0);
        self.mask.set(MINSIZE as isize - 1);
        self.table.set(self.small_table());
        self.hash.set(-1);
    }

    /// The next element from `position` on with its hash, borrowed (`set_next`); pass 0 first.
    #[inline]
    pub fn next_entry<'a>(&'a self, position: &mut usize) -> Option<(&'a Object, isize)> {
        let mask = self.mask.get() as usize;
        let mut i = *position;
        while i <= mask {
            // SAFETY: in bounds.
            let entry = unsafe { *self.slot(i) };
            i += 1;
            if table::is_active(entry.key) {
                *position = i;
                // SAFETY: an owned element.
                return Some((unsafe { &*entry.key }, entry.hash));
            }
        }
        *position = i;
        None
    }
}

/// The object as a set.
#[inline(always)]
pub(crate) fn of(object: &Object) -> &Set {
    debug_assert!(is_set(object));
    // SAFETY: the functions of this module are for sets.
    unsafe { object.cast::<Set>() }
}

/// An instance of set or frozenset or a subtype (`PyAnySet_Check`).
#[inline]
pub fn is_set(object: &Object) -> bool {
    is_exact_set(object) || object.ty().is_subtype(&SET) || object.ty().is_subtype(&FROZENSET)
}

/// A set or frozenset, no subtype (`PyAnySet_CheckExact`).
#[inline]
pub fn is_exact_set(object: &Object) -> bool {
    object.is_exact(&SET) || object.is_exact(&FROZENSET)
}

/// An empty instance of set, frozenset or a subtype, tracked.
pub(crate) fn new_of(ty: &Type) -> PyResult {
    if !ty.is_heap() {
        // SAFETY: all fields are written before tracking.
        unsafe {
            let memory = alloc::object_of_kind(Kind::Gc, ty, size_of::<Set>());
            assert!(!memory.is_null(), "out of memory for a set");
            let set = &*memory.cast::<Set>();
            set.reset();
            set.finger.set(0);
            set.weaklist.set(null_mut());
            gc::track(&*memory);
            return Ok(Owned::from_raw(memory));
        }
    }
    let object = crate::types::r#type::generic_alloc(ty, 0)?;
    of(&object).reset();
    Ok(object)
}

/// `make_new_set`.
pub(crate) fn new_from(ty: &Type, iterable: Option<&Object>) -> PyResult {
    let set = new_of(ty)?;
    let Some(iterable) = iterable else {
        return Ok(set);
    };
    let set = root("set being built", set);
    update(&set, iterable)?;
    Ok(set.take())
}

/// An empty set.
pub fn new() -> Owned {
    match new_of(&SET) {
        Ok(set) => set,
        Err(_) => {
            unreachable!("memory for built-in types is there or the allocator ends the program")
        }
    }
}

/// `set(iterable)`.
pub fn from_iterable(iterable: &Object) -> PyResult {
    new_from(&SET, Some(iterable))
}

/// `frozenset(iterable)`.
pub fn frozen_from_iterable(iterable: &Object) -> PyResult {
    if iterable.is_exact(&FROZENSET) {
        return Ok(Owned::new(iterable));
    }
    new_from(&FROZENSET, Some(iterable))
}

/// `set.add(key)` (SET_ADD, `PySet_Add`).
#[inline]
pub fn add(set: &Object, key: &Object) -> PyResult<()> {
    table::add_key(of(set), key)
}

/// Adds an element, taking the reference over.
#[inline]
pub fn add_owned(set: &Object, key: Owned) -> PyResult<()> {
    if crate::types::dict::table::is_plain(&key) {
        let hash = hash_element(&key)?;
        return table::add_entry(of(set), key, hash);
    }
    let key = root("set element being added", key);
    let hash = hash_element(&key)?;
    table::add_entry(of(set), key.take(), hash)
}

/// `key in set`; a set as key counts as the frozenset of it.
pub fn contains(set: &Object, key: &Object) -> PyResult<bool> {
    methods::contains(set, key)
}

/// `set.update(iterable)` (SET_UPDATE).
pub fn update(set: &Object, iterable: &Object) -> PyResult<()> {
    operations::update(of(set), iterable)
}

pub fn len(set: &Object) -> usize {
    of(set).len()
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead set.
    unsafe {
        gc::untrack(&*object);
        let set = &*object.cast::<Set>();
        if !set.weaklist.get().is_null() {
            crate::types::weakref::clear_weakrefs(&*object);
        }
        let mut used = set.used.get();
        let mut i = 0;
        while used > 0 {
            let key = std::mem::replace(&mut (*set.slot(i)).key, null_mut());
            i += 1;
            if table::is_active(key) {
                used -= 1;
                Object::decref(key);
            }
        }
        if !set.is_small() {
            alloc::raw_free(
                set.table.get().cast(),
                (set.mask.get() as usize + 1) * size_of::<SetEntry>(),
            );
        }
        if (*object).ty().is_heap() {
            crate::types::r#type::free(object);
        } else {
            alloc::free_object(object);
        }
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let mut position = 0;
    let set = of(object);
    while let Some((key, _)) = set.next_entry(&mut position) {
        visit.edge(Role::Item(position - 1), key);
    }
}

/// A set of constants: items that compare without running Python, so that adding cannot fail.
pub fn from_constants(items: Vec<Owned>) -> Owned {
    fill(new(), items)
}

/// A frozenset of constants.
pub fn frozen_from_constants(items: Vec<Owned>) -> Owned {
    let list = crate::types::list::from_owned(items);
    frozen_from_iterable(&list).unwrap_or_else(|_| {
        crate::error::clear();
        new()
    })
}

fn fill(set: Owned, items: Vec<Owned>) -> Owned {
    for item in items {
        if add_owned(&set, item).is_err() {
            crate::error::clear();
        }
    }
    set
}
