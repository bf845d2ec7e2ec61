//! `list`: layout, storage with CPython's growth pattern, construction. Methods are in `methods`, slices in `slices`, `sort` in `sort`.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc::{self, Kind};
use crate::free_list::FreeList;
use crate::gc;
use crate::object::{Layout, Object, VarObject};
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::state;
use crate::typeobject::{Slots, Type, flags};
use crate::visit::{Role, Visit};

pub mod iterator;
pub mod methods;
pub mod slices;
pub mod sort;
mod timsort;

#[repr(C)]
pub struct List {
    pub var: VarObject,
    /// `allocated` slots, the first `var.size` of them owned.
    pub items: Cell<*mut *mut Object>,
    /// -1 while the list is being sorted.
    pub allocated: Cell<isize>,
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for List {
    fn type_object() -> &'static Type {
        &LIST
    }
}

pub static LIST: Type = Type::builtin(
    "list",
    40,
    Slots {
        dealloc,
        visit,
        // SAFETY: the slot is called with lists.
        clear: Some(|object| clear(unsafe { object.cast() })),
        ..methods::SLOTS
    },
)
.with_flags(
    flags::BASETYPE | flags::HAVE_GC | flags::LIST_SUBCLASS | flags::MATCH_SELF | flags::SEQUENCE,
)
.with_methods(methods::METHODS)
.with_vectorcall(methods::vectorcall)
.with_doc(methods::DOC);

static FREE: FreeList = FreeList::new(Kind::Gc, 80);
const WORD: usize = size_of::<*mut Object>();
/// Storage of up to this many slots is not made smaller when items go (measured with 3.14.10's `__sizeof__`).
const KEPT_WHOLE: isize = 32;
/// Longest list that memory could hold.
const MAX_LEN: usize = isize::MAX as usize / WORD - 8;

impl List {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.var.size.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Item `index`, borrowed; the list must not change while it is used.
    #[inline(always)]
    pub fn item(&self, index: usize) -> Option<&Object> {
        // SAFETY: the first `len` slots are live.
        (index < self.len()).then(|| unsafe { &**self.items.get().add(index) })
    }

    /// Item `index`, borrowed, without the check.
    ///
    /// # Safety
    /// `index < self.len()`; the list does not change while the reference is used.
    #[inline(always)]
    pub unsafe fn item_unchecked(&self, index: usize) -> &Object {
        // SAFETY: by contract.
        unsafe { &**self.items.get().add(index) }
    }

    /// Item `index` with a reference of its own.
    #[inline(always)]
    pub fn item_owned(&self, index: usize) -> Option<Owned> {
        self.item(index).map(Owned::new)
    }

    /// Puts `item` at `index` and returns what was there; the caller drops it last.
    ///
    /// # Safety
    /// `index < self.len()`.
    #[inline(always)]
    pub unsafe fn replace_unchecked(&self, index: usize, item: Owned) -> Owned {
        // SAFETY: by contract; the slot owned its item.
        unsafe {
            let slot = self.items.get().add(index);
            let old = slot.replace(item.into_raw());
            Owned::from_raw(old)
        }
    }

    /// The live slots as a slice. Must not be kept across anything that can run Python.
    ///
    /// # Safety
    /// The list does not change while the slice is used.
    #[inline(always)]
    pub unsafe fn as_slice(&self) -> &[Owned] {
        let len = self.len();
        if len == 0 {
            return &[];
        }
        // SAFETY: by contract; `Owned` is a pointer.
        unsafe { std::slice::from_raw_parts(self.items.get().cast::<Owned>(), len) }
    }

    /// Appends, taking the reference over (`_PyList_AppendTakeRef`). Panics only when memory is out.
    #[inline(always)]
    pub fn push(&self, item: Owned) {
        let len = self.len();
        if (len as isize) < self.allocated.get() {
            // SAFETY: a free slot.
            unsafe { self.items.get().add(len).write(item.into_raw()) };
            self.var.size.set(len as isize + 1);
        } else {
            self.push_slow(item);
        }
    }

    #[cold]
    #[inline(never)]
    fn push_slow(&self, item: Owned) {
        let len = self.len();
        assert!(self.resize(len + 1).is_ok(), "out of memory for a list");
        // SAFETY: `resize` made room.
        unsafe { self.items.get().add(len).write(item.into_raw()) };
    }

    /// Sets the length and makes room, over-allocating as `list_resize` (Objects/listobject.c). New slots are not written; dropped
    /// ones are not given up. MemoryError without a raised exception is `Err(NoMemory)`.
    pub fn resize(&self, len: usize) -> Result<(), NoMemory> {
        let allocated = self.allocated.get();
        let small = allocated <= KEPT_WHOLE;
        if allocated >= len as isize && (small || len as isize >= allocated >> 1) {
            self.var.size.set(len as isize);
            return Ok(());
        }
        if len > MAX_LEN {
            return Err(NoMemory);
        }
        let mut room = (len + (len >> 3) + 6) & !3;
        if len as isize - self.var.size.get() > room as isize - len as isize {
            room = (len + 3) & !3;
        }
        if len == 0 {
            room = 0;
        }
        self.set_room(room)?;
        self.var.size.set(len as isize);
        Ok(())
    }

    /// Moves the storage to exactly `room` slots.
    fn set_room(&self, room: usize) -> Result<(), NoMemory> {
        let old = self.allocated.get().max(0) as usize;
        // SAFETY: the storage has `old` slots.
        unsafe {
            if room == 0 {
                alloc::raw_free(self.items.get().cast(), old * WORD);
                self.items.set(null_mut());
            } else {
                let fresh = alloc::raw_resize(self.items.get().cast(), old * WORD, room * WORD);
                if fresh.is_null() {
                    return Err(NoMemory);
                }
                self.items.set(fresh.cast());
            }
        }
        self.allocated.set(room as isize);
        Ok(())
    }

    /// Room for exactly `len` items (rounded up to an even number as `list_preallocate_exact`); the list must have no storage.
    pub fn preallocate(&self, len: usize) -> Result<(), NoMemory> {
        debug_assert!(self.items.get().is_null());
        if len > MAX_LEN {
            return Err(NoMemory);
        }
        // SAFETY (of intent): an even number of slots fills a 16-byte class.
        self.set_room(len + (len & 1))
    }
}

/// Memory is out; nothing is raised yet.
#[derive(Debug)]
pub struct NoMemory;

impl From<NoMemory> for Raised {
    fn from(_: NoMemory) -> Raised {
        crate::error::memory_error()
    }
}

/// An exact list with no storage, not tracked yet.
fn blank() -> *mut List {
    // SAFETY: sizes agree; all fields are written.
    unsafe {
        let object = FREE.take(&LIST, size_of::<List>());
        assert!(!object.is_null(), "out of memory for a list");
        let list = object.cast::<List>();
        (*list).var.size.set(0);
        (*list).items = Cell::new(null_mut());
        (*list).allocated = Cell::new(0);
        list
    }
}

/// An empty tracked list.
#[inline]
pub fn new() -> Owned {
    let list = blank();
    // SAFETY: complete.
    unsafe {
        gc::track(&(*list).var.object);
        Owned::from_raw(list.cast())
    }
}

/// An exact list whose `len` slots the caller fills through the pointer before anything can look (`PyList_New`); tracked by `finish`.
///
/// # Safety
/// All slots are written and `finish` is called before Python can run.
pub unsafe fn with_len(len: usize) -> PyResult<*mut List> {
    if len > MAX_LEN {
        return Err(crate::error::memory_error());
    }
    let list = blank();
    if len != 0 {
        // SAFETY: a fresh list.
        unsafe {
            let items = alloc::raw(len * WORD);
            if items.is_null() {
                alloc::free_object(list.cast());
                return Err(crate::error::memory_error());
            }
            (*list).items.set(items.cast());
            (*list).allocated.set(len as isize);
            (*list).var.size.set(len as isize);
        }
    }
    Ok(list)
}

/// Tracks a filled list and hands it over.
///
/// # Safety
/// `list` came from `with_len` and its slots are written.
#[inline]
pub unsafe fn finish(list: *mut List) -> Owned {
    // SAFETY: by contract.
    unsafe {
        gc::track(&(*list).var.object);
        Owned::from_raw(list.cast())
    }
}

fn must<T>(result: PyResult<T>) -> T {
    match result {
        Ok(value) => value,
        Err(_) => panic!("out of memory for a list"),
    }
}

/// A list that takes over these items.
pub fn from_owned(items: Vec<Owned>) -> Owned {
    // SAFETY: as many slots as items.
    unsafe {
        let list = must(with_len(items.len()));
        let slots = (*list).items.get();
        for (at, item) in items.into_iter().enumerate() {
            slots.add(at).write(item.into_raw());
        }
        finish(list)
    }
}

/// A list with new references to items of another container.
pub fn from_slice(items: &[Owned]) -> Owned {
    // SAFETY: as many slots as items.
    unsafe {
        let list = must(with_len(items.len()));
        let slots = (*list).items.get();
        for (at, item) in items.iter().enumerate() {
            item.incref();
            slots.add(at).write(item.as_ptr());
        }
        finish(list)
    }
}

/// A list that takes over the words (BUILD_LIST).
#[inline]
pub fn from_words_steal(items: &[Word]) -> Owned {
    // SAFETY: as many slots as items.
    unsafe {
        let list = must(with_len(items.len()));
        let slots = (*list).items.get();
        for (at, item) in items.iter().enumerate() {
            slots.add(at).write(item.into_owned().into_raw());
        }
        finish(list)
    }
}

/// `list.append` for native code.
#[inline]
pub fn append(list: &Object, item: &Object) {
    debug_assert!(list.downcast::<List>().is_some());
    // SAFETY: a list by the caller's word.
    unsafe { list.cast::<List>() }.push(Owned::new(item));
}

/// Gives up the references in `count` slots that belong to no object any more, from the end; what is left is a named root meanwhile.
///
/// # Safety
/// The caller owns the slots and what they refer to.
pub(crate) unsafe fn release(name: &'static str, slots: *mut *mut Object, count: usize) {
    for at in (0..count).rev() {
        // SAFETY: by contract.
        unsafe {
            let item = *slots.add(at);
            if !item.is_null() && !Object::decref_shared(item) {
                return release_dying(name, slots, at + 1);
            }
        }
    }
}

// SAFETY: as `release`.
unsafe fn release_dying(name: &'static str, slots: *mut *mut Object, count: usize) {
    let span = state::Span::new(name, slots.cast(), count);
    for at in (0..count).rev() {
        // SAFETY: by contract.
        unsafe {
            let item = slots.add(at).replace(null_mut());
            if !item.is_null() {
                Object::decref(item);
            }
        }
    }
    drop(span);
}

/// Gives up all items, from the end, after the list has been made empty (`list_clear_impl`).
pub fn clear(list: &List) {
    let items = list.items.get();
    if items.is_null() {
        return;
    }
    let len = list.len();
    let allocated = list.allocated.get().max(0) as usize;
    list.var.size.set(0);
    list.items.set(null_mut());
    list.allocated.set(0);
    // SAFETY: the storage now belongs to this function.
    unsafe {
        release("item of a list being cleared", items, len);
        alloc::raw_free(items.cast(), allocated * WORD);
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead list; nobody can reach its storage.
    unsafe {
        gc::untrack(&*object);
        let list = object.cast::<List>();
        let items = (*list).items.get();
        if !items.is_null() {
            for at in (0..(*list).len()).rev() {
                let item = items.add(at).replace(null_mut());
                if !item.is_null() {
                    Object::decref(item);
                }
            }
            alloc::raw_free(items.cast(), (*list).allocated.get().max(0) as usize * WORD);
        }
        if (*object).is_exact(&LIST) {
            FREE.give(object);
        } else {
            crate::types::r#type::free(object);
        }
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: a list; slots below its length are live or null. From the end, as CPython walks it.
    unsafe {
        let list = object.cast::<List>();
        for at in (0..list.len()).rev() {
            if let Some(item) = (*list.items.get().add(at)).as_ref() {
                visit.edge(Role::Item(at), item);
            }
        }
    }
}
