//! `tuple`: layout, construction, free lists, deallocation, hash. Methods and operators are in `methods`, the iterator in `iterator`.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc::{self, Kind};
use crate::free_list::FreeList;
use crate::gc;
use crate::object::{IMMORTAL, Layout, Object, VarObject};
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::{Slots, Type, flags};
use crate::visit::{Role, Visit};

pub mod iterator;
pub mod methods;

/// Items follow the struct, owned, never null once the tuple can be seen.
#[repr(C)]
pub struct Tuple {
    pub var: VarObject,
    /// -1: not computed yet.
    pub hash: Cell<isize>,
    first: [Owned; 0],
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for Tuple {
    fn type_object() -> &'static Type {
        &TUPLE
    }
}

pub static TUPLE: Type = Type::builtin(
    "tuple",
    32,
    Slots {
        dealloc,
        visit,
        hash: Some(hash),
        ..methods::SLOTS
    },
)
.with_flags(
    flags::BASETYPE | flags::HAVE_GC | flags::TUPLE_SUBCLASS | flags::MATCH_SELF | flags::SEQUENCE,
)
.with_itemsize(8)
.with_methods(methods::METHODS)
.with_vectorcall(methods::vectorcall)
.with_doc(methods::DOC);

/// Bytes before the items.
const HEADER: usize = std::mem::size_of::<Tuple>();
/// Tuples of up to this many items are kept for reuse (pycore_freelist_state.h).
const MAX_SAVED: usize = 20;
static FREE: [FreeList; MAX_SAVED] = [const { FreeList::new(Kind::Gc, 2000) }; MAX_SAVED];

static EMPTY: Tuple = Tuple {
    var: VarObject {
        object: Object::immortal(&raw const TUPLE),
        size: Cell::new(0),
    },
    hash: Cell::new(-1),
    first: [],
};

// SAFETY: touched only under the interpreter's lock.
unsafe impl Sync for Tuple {}

impl Tuple {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.var.size.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items; tuples never change once they can be seen, but code that can drop the tuple must not keep the slice.
    #[inline(always)]
    pub fn items(&self) -> &[Owned] {
        // SAFETY: `size` owned items follow.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr(), self.len()) }
    }

    /// Item `index`, borrowed.
    ///
    /// # Safety
    /// `index < self.len()`.
    #[inline(always)]
    pub unsafe fn item_unchecked(&self, index: usize) -> &Object {
        // SAFETY: by contract.
        unsafe { &*self.first.as_ptr().add(index) }
    }

    /// The first item slot, for filling a fresh tuple (`alloc_uninit`) and for reusing a result tuple.
    #[inline(always)]
    pub fn slots(&self) -> *mut *mut Object {
        self.first.as_ptr() as *mut *mut Object
    }
}

/// A tracked tuple of `len` > 0 nulls, to be filled while Python may run.
pub fn blank(len: usize) -> PyResult {
    // SAFETY: null items are allowed in a tuple under construction.
    unsafe {
        let made = alloc_uninit(len);
        if made.is_null() {
            return Err(crate::error::memory_error());
        }
        (*made).slots().write_bytes(0, len);
        Ok(finish(made))
    }
}

/// Memory for an exact tuple of `len` > 0 items, not tracked, items not written, hash unset; null when there is none.
///
/// # Safety
/// The caller writes all items (nothing may run before) and then tracks it.
#[inline(always)]
pub unsafe fn alloc_uninit(len: usize) -> *mut Tuple {
    debug_assert!(len > 0);
    // SAFETY: sizes agree; the fields behind the header are written here.
    unsafe {
        let object = if len <= MAX_SAVED {
            FREE[len - 1].take(&TUPLE, HEADER + len * 8)
        } else if len > (isize::MAX as usize - HEADER - 64) / 8 {
            null_mut()
        } else {
            alloc::object_of_kind(Kind::Gc, &TUPLE, HEADER + len * 8)
        };
        if object.is_null() {
            return null_mut();
        }
        let tuple = object.cast::<Tuple>();
        (*tuple).var.size.set(len as isize);
        (*tuple).hash.set(-1);
        tuple
    }
}

fn memory_for(len: usize) -> *mut Tuple {
    // SAFETY: every caller fills the items at once.
    let tuple = unsafe { alloc_uninit(len) };
    assert!(!tuple.is_null(), "out of memory for a tuple");
    tuple
}

/// Tracks a freshly filled tuple and hands it over.
///
/// # Safety
/// `tuple` came from `alloc_uninit` and all its items are written.
#[inline(always)]
pub unsafe fn finish(tuple: *mut Tuple) -> Owned {
    // SAFETY: by contract.
    unsafe {
        gc::track(&(*tuple).var.object);
        Owned::from_raw(tuple.cast())
    }
}

/// The immortal `()`.
#[inline(always)]
pub fn empty() -> Owned {
    debug_assert!(EMPTY.var.object.refcount() == IMMORTAL);
    Owned::new(&EMPTY.var.object)
}

/// The immortal `()`, borrowed.
#[inline(always)]
pub fn empty_ref() -> &'static Object {
    &EMPTY.var.object
}

/// A tracked tuple of these items.
pub fn from_owned(items: Vec<Owned>) -> Owned {
    if items.is_empty() {
        return empty();
    }
    let tuple = memory_for(items.len());
    // SAFETY: as many slots as items.
    unsafe {
        let slots = (*tuple).slots();
        for (at, item) in items.into_iter().enumerate() {
            slots.add(at).write(item.into_raw());
        }
        finish(tuple)
    }
}

/// A tuple of these items, taken over.
#[inline]
pub fn from_array<const N: usize>(items: [Owned; N]) -> Owned {
    let tuple = memory_for(N);
    // SAFETY: as many slots as items.
    unsafe {
        (*tuple).slots().cast::<[Owned; N]>().write(items);
        finish(tuple)
    }
}

/// A tuple with new references.
pub fn from_refs(items: &[&Object]) -> Owned {
    if items.is_empty() {
        return empty();
    }
    let tuple = memory_for(items.len());
    // SAFETY: as many slots as items.
    unsafe {
        let slots = (*tuple).slots();
        for (at, item) in items.iter().enumerate() {
            item.incref();
            slots.add(at).write(item.as_ptr());
        }
        finish(tuple)
    }
}

/// A tuple with new references to a slice of another container's items.
pub fn from_slice(items: &[Owned]) -> Owned {
    if items.is_empty() {
        return empty();
    }
    let tuple = memory_for(items.len());
    // SAFETY: as many slots as items.
    unsafe {
        let slots = (*tuple).slots();
        for (at, item) in items.iter().enumerate() {
            item.incref();
            slots.add(at).write(item.as_ptr());
        }
        finish(tuple)
    }
}

/// A tuple of what words refer to, with new references.
pub fn from_words(items: &[Word]) -> Owned {
    if items.is_empty() {
        return empty();
    }
    let tuple = memory_for(items.len());
    // SAFETY: as many slots as items.
    unsafe {
        let slots = (*tuple).slots();
        for (at, item) in items.iter().enumerate() {
            let item = item.object();
            item.incref();
            slots.add(at).write(item.as_ptr());
        }
        finish(tuple)
    }
}

/// A tuple that takes over the words (BUILD_TUPLE): counted ones are moved, borrowed ones get a reference.
#[inline]
pub fn from_words_steal(items: &[Word]) -> Owned {
    if items.is_empty() {
        return empty();
    }
    let tuple = memory_for(items.len());
    // SAFETY: as many slots as items.
    unsafe {
        let slots = (*tuple).slots();
        for (at, item) in items.iter().enumerate() {
            slots.add(at).write(item.into_owned().into_raw());
        }
        finish(tuple)
    }
}

/// A shortened or final tuple from a builder whose length was not known: moves `len` owned items behind `items`.
///
/// # Safety
/// `items` points to `len` owned references, which are taken over.
pub unsafe fn from_raw_items(items: *mut *mut Object, len: usize) -> Owned {
    if len == 0 {
        return empty();
    }
    let tuple = memory_for(len);
    // SAFETY: by contract.
    unsafe {
        std::ptr::copy_nonoverlapping(items, (*tuple).slots(), len);
        finish(tuple)
    }
}

/// A tuple of what `items` has from `start` on, taken over. It is not tracked: for constants, none of which leads back to it.
pub fn untracked_of(items: &mut Vec<Owned>, start: usize) -> Owned {
    let len = items.len() - start;
    if len == 0 {
        return empty();
    }
    let tuple = memory_for(len);
    // SAFETY: as many slots as items, which the vector gives up.
    unsafe {
        let first = items.as_ptr().add(start).cast::<*mut Object>();
        std::ptr::copy_nonoverlapping(first, (*tuple).slots(), len);
        items.set_len(start);
        Owned::from_raw(tuple.cast())
    }
}

/// Items are given up from the end, then the memory, through the free list of its length for exact tuples.
unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead tuple.
    unsafe {
        let tuple = object.cast::<Tuple>();
        gc::untrack(&*object);
        let len = (*tuple).len();
        let slots = (*tuple).slots();
        for at in (0..len).rev() {
            let item = slots.add(at).replace(null_mut());
            if !item.is_null() {
                Object::decref(item);
            }
        }
        if (*object).is_exact(&TUPLE) {
            if len - 1 < MAX_SAVED {
                FREE[len - 1].give(object);
            } else {
                alloc::free_object(object);
            }
        } else {
            crate::types::r#type::free(object);
        }
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: a tuple; an item may be null while it is being built.
    unsafe {
        let tuple = object.cast::<Tuple>();
        let slots = tuple.slots();
        for at in 0..tuple.len() {
            if let Some(item) = (*slots.add(at)).as_ref() {
                visit.edge(Role::Item(at), item);
            }
        }
    }
}

const PRIME_1: u64 = 11400714785074694791;
const PRIME_2: u64 = 14029467366897019727;
const PRIME_5: u64 = 2870177450012600261;

/// xxHash's round over the items' hashes (Objects/tupleobject.c), kept in the tuple.
fn hash(object: &Object) -> PyResult<isize> {
    // SAFETY: the slot of tuples.
    let tuple = unsafe { object.cast::<Tuple>() };
    let known = tuple.hash.get();
    if known != -1 {
        return Ok(known);
    }
    let mut acc = PRIME_5;
    for item in tuple.items() {
        let lane = crate::ops::compare::hash(item)? as u64;
        acc = acc.wrapping_add(lane.wrapping_mul(PRIME_2));
        acc = acc.rotate_left(31).wrapping_mul(PRIME_1);
    }
    acc = acc.wrapping_add(tuple.len() as u64 ^ (PRIME_5 ^ 3527539));
    let hash = if acc == u64::MAX {
        1546275796
    } else {
        acc as isize
    };
    tuple.hash.set(hash);
    Ok(hash)
}

/// Takes a tuple out of the collector's sight if all its items are out of it (`_PyTuple_MaybeUntrack`); the collector calls it.
pub fn maybe_untrack(object: &Object) {
    let Some(tuple) = object.downcast_exact::<Tuple>() else {
        return;
    };
    if !gc::is_tracked(object) {
        return;
    }
    let slots = tuple.slots();
    for at in 0..tuple.len() {
        // SAFETY: in bounds; null while being built.
        match unsafe { (*slots.add(at)).as_ref() } {
            Some(item) if !gc::may_be_tracked(item) => {}
            _ => return,
        }
    }
    gc::untrack(object);
}

/// A new reference to an iterator's result tuple if nobody else holds it, so that its items may be replaced; else `None`.
#[inline(always)]
pub fn reuse(result: &Object) -> Option<Owned> {
    result.is_unique().then(|| Owned::new(result))
}

/// After the items of a reused tuple were replaced: forgets the hash and tracks it again if the collector let go of it
/// (`_PyTuple_Recycle`).
#[inline(always)]
pub fn recycle(result: &Object) {
    // SAFETY: callers pass their result tuple.
    unsafe { result.cast::<Tuple>() }.hash.set(-1);
    if !gc::is_tracked(result) {
        gc::track(result);
    }
}
