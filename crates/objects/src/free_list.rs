//! Stacks of freed objects of one type and size, kept for reuse (CPython's free lists, Include/internal/pycore_freelist_state.h).
//!
//! Objects in a list have a null type word, so enumeration passes over them. Neither coming nor going is counted for the collector's
//! trigger (measured with `gc.get_count()`). While changes of counts are traced a list looks empty and full at once, so that every object
//! takes the slow way, where it is reported.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc::{Kind, free_object, object_of_kind};
use crate::object::Object;
use crate::state;
use crate::typeobject::Type;

/// A list; its objects are exact instances of one type in blocks of one size.
pub struct FreeList {
    head: Cell<*mut Object>,
    /// How many more objects it takes.
    room: Cell<u32>,
    cap: u32,
    kind: Kind,
    /// Whether the allocator knows of this list.
    known: Cell<bool>,
    /// `head` and `room` while changes are traced.
    set_aside: (Cell<*mut Object>, Cell<u32>),
}

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for FreeList {}

// SAFETY: `object` is in a list, or about to go into one: a block with at least one word behind the header, which links to the next.
#[inline(always)]
unsafe fn link(object: *mut Object) -> *mut *mut Object {
    // SAFETY: by contract.
    unsafe { object.add(1).cast() }
}

impl FreeList {
    /// `kind` of the objects; `cap`: how many it keeps at most.
    pub const fn new(kind: Kind, cap: u32) -> FreeList {
        FreeList {
            head: Cell::new(null_mut()),
            room: Cell::new(0),
            cap,
            kind,
            known: Cell::new(false),
            set_aside: (Cell::new(null_mut()), Cell::new(0)),
        }
    }

    /// An object from the list, or a new one where that is empty, with its header written (one reference, `ty`); the body is as it was
    /// left. Null when memory is out.
    ///
    /// # Safety
    /// As `object_of_kind`; `bytes` is the same in each call.
    #[inline(always)]
    pub unsafe fn take(&'static self, ty: &Type, bytes: usize) -> *mut Object {
        let head = self.head.get();
        if head.is_null() {
            // SAFETY: by contract.
            return unsafe { self.take_slowly(ty, bytes) };
        }
        // SAFETY: a block of the right size and kind.
        unsafe {
            self.head.set(*link(head));
            self.room.set(self.room.get() + 1);
            Object::init(head, ty, self.kind.header_flags());
        }
        head
    }

    // SAFETY: as `take`.
    #[inline(never)]
    unsafe fn take_slowly(&'static self, ty: &Type, bytes: usize) -> *mut Object {
        let state = state::get();
        if !self.known.get() {
            self.register();
        }
        let (kept, room) = &self.set_aside;
        let head = kept.get();
        // SAFETY: by contract; what was set aside is as what is in the list.
        unsafe {
            if head.is_null() || !state.is_tracing() {
                return object_of_kind(self.kind, ty, bytes);
            }
            kept.set(*link(head));
            room.set(room.get() + 1);
            Object::init(head, ty, self.kind.header_flags());
            Object::report_birth(head);
        }
        head
    }

    #[cold]
    fn register(&'static self) {
        self.known.set(true);
        let state = state::get();
        state.alloc.free_lists.borrow_mut().push(self);
        let room = if state.is_tracing() {
            &self.set_aside.1
        } else {
            &self.room
        };
        room.set(self.cap);
    }

    /// Keeps a dead object for reuse, or frees it if the list is full.
    ///
    /// # Safety
    /// As `free_object`; the object came from `take` of this list.
    #[inline(always)]
    pub unsafe fn give(&'static self, object: *mut Object) {
        let room = self.room.get();
        // SAFETY: by contract.
        unsafe {
            if room == 0 {
                return self.give_slowly(object);
            }
            self.room.set(room - 1);
            push(&self.head, object);
        }
    }

    // SAFETY: as `give`.
    #[inline(never)]
    unsafe fn give_slowly(&'static self, object: *mut Object) {
        let (kept, room) = &self.set_aside;
        // SAFETY: by contract.
        unsafe {
            if room.get() == 0 || !state::get().is_tracing() {
                return free_object(object);
            }
            room.set(room.get() - 1);
            push(kept, object);
        }
    }

    /// Makes the list look empty and full or, called again, as it was.
    pub(crate) fn swap_set_aside(&self) {
        self.head.swap(&self.set_aside.0);
        self.room.swap(&self.set_aside.1);
    }

    /// Frees everything that is kept.
    fn clear(&self) {
        let tracing = state::get().is_tracing();
        for (list, room) in [
            (&self.head, &self.room),
            (&self.set_aside.0, &self.set_aside.1),
        ] {
            let mut head = list.replace(null_mut());
            while !head.is_null() {
                // SAFETY: listed blocks are free but for this.
                unsafe {
                    let next = *link(head);
                    (*head).set_traced(tracing);
                    free_object(head);
                    head = next;
                }
                room.set(room.get() + 1);
            }
        }
    }
}

// SAFETY: `object` is dead, with at least one word behind its header.
#[inline(always)]
unsafe fn push(list: &Cell<*mut Object>, object: *mut Object) {
    // SAFETY: by contract.
    unsafe {
        (*object).set_type_word(null_mut());
        *link(object) = list.get();
    }
    list.set(object);
}

/// Empties all free lists; a full collection does (`_PyObject_ClearFreeLists`).
pub fn clear_free_lists() {
    let lists = state::get().alloc.free_lists.borrow().clone();
    for list in lists {
        list.clear();
    }
}
