//! The cyclic collector's lists and trigger accounting; the collection itself is in `collect`.
//!
//! Two words stand before the header of a collectable object: the next object of its generation, the previous one with two flag bits
//! (Include/internal/pycore_gc.h). An untracked object has a null `next`.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::object::{Object, flags};
use crate::state::{self, breaker};

/// The two words before a collectable object's header.
#[repr(C)]
pub struct Links {
    pub next: Cell<*mut Links>,
    /// The previous link in the upper bits; the collector borrows the word for its reference arithmetic.
    pub prev: Cell<usize>,
}

/// One generation: a ring through `head`, its count and threshold.
#[repr(C)]
pub struct Generation {
    pub head: Links,
    pub threshold: Cell<i32>,
    /// Generation 0: allocations less frees; others: collections of the younger one.
    pub count: Cell<i32>,
}

/// Totals that `gc.get_stats` shows, for each generation.
#[derive(Default)]
pub struct Stats {
    pub collections: Cell<usize>,
    pub collected: Cell<usize>,
    pub uncollectable: Cell<usize>,
}

/// The collector's state, part of the thread state.
pub struct Collector {
    pub generations: [Generation; 3],
    /// `gc.freeze`'s generation.
    pub permanent: Generation,
    pub stats: [Stats; 3],
    pub enabled: Cell<bool>,
    pub collecting: Cell<bool>,
    pub debug: Cell<u32>,
    pub long_lived_total: Cell<usize>,
    pub long_lived_pending: Cell<usize>,
}

const fn generation(threshold: i32) -> Generation {
    Generation {
        head: Links {
            next: Cell::new(null_mut()),
            prev: Cell::new(0),
        },
        threshold: Cell::new(threshold),
        count: Cell::new(0),
    }
}

const fn stats() -> Stats {
    Stats {
        collections: Cell::new(0),
        collected: Cell::new(0),
        uncollectable: Cell::new(0),
    }
}

impl Collector {
    pub const fn new() -> Collector {
        Collector {
            generations: [generation(2000), generation(10), generation(10)],
            permanent: generation(0),
            stats: [stats(), stats(), stats()],
            enabled: Cell::new(true),
            collecting: Cell::new(false),
            debug: Cell::new(0),
            long_lived_total: Cell::new(0),
            long_lived_pending: Cell::new(0),
        }
    }

    /// Closes the rings; before the first object is made.
    pub fn init(&self) {
        for g in self.generations.iter().chain([&self.permanent]) {
            g.head.reset();
        }
    }

    /// A collectable object was allocated: asks for a collection when the youngest generation is full.
    #[inline(always)]
    pub fn count_allocation(&self) {
        let young = &self.generations[0];
        let count = young.count.get() + 1;
        young.count.set(count);
        if count > young.threshold.get() {
            self.ask(young);
        }
    }

    #[cold]
    fn ask(&self, young: &Generation) {
        if self.enabled.get() && young.threshold.get() != 0 && !self.collecting.get() {
            let state = state::get();
            state.breaker.set(state.breaker.get() | breaker::GC);
        }
    }

    #[inline(always)]
    pub fn count_free(&self) {
        let young = &self.generations[0];
        if young.count.get() > 0 {
            young.count.set(young.count.get() - 1);
        }
    }
}

impl Default for Collector {
    fn default() -> Self {
        Collector::new()
    }
}

/// Flag bits of `Links::prev`.
pub const PREV_FLAGS: usize = 3;
/// The object is in the generation being collected.
pub const COLLECTING: usize = 2;

impl Links {
    /// Makes this an empty ring.
    pub fn reset(&self) {
        let this = self as *const Links as *mut Links;
        self.next.set(this);
        self.prev.set(this as usize);
    }

    #[inline(always)]
    pub fn previous(&self) -> *mut Links {
        (self.prev.get() & !PREV_FLAGS) as *mut Links
    }

    #[inline(always)]
    pub fn set_previous(&self, link: *mut Links) {
        self.prev.set(self.prev.get() & PREV_FLAGS | link as usize);
    }

    /// The object behind these words.
    #[inline(always)]
    pub fn object(&self) -> *mut Object {
        // SAFETY: links of listed objects stand right before the header.
        unsafe { (self as *const Links).add(1) as *mut Object }
    }
}

/// The words before `object`. It must have a collector header.
#[inline(always)]
pub fn links(object: &Object) -> &Links {
    debug_assert!(object.has_flag(flags::HAS_GC_HEADER));
    // SAFETY: the flag says the words are there.
    unsafe { &*(object.as_ptr() as *const Links).sub(1) }
}

/// Whether the collector looks at the object.
#[inline(always)]
pub fn is_tracked(object: &Object) -> bool {
    object.has_flag(flags::HAS_GC_HEADER) && !links(object).next.get().is_null()
}

/// Appends the object to the youngest generation. It has a collector header and is not tracked.
#[inline(always)]
pub fn track(object: &Object) {
    let link = links(object);
    debug_assert!(link.next.get().is_null());
    let head = &state::get().gc.generations[0].head;
    let last = head.previous();
    let this = link as *const Links as *mut Links;
    // SAFETY: rings consist of live links.
    unsafe {
        (*last).next.set(this);
        link.prev.set(last as usize);
        link.next.set(head as *const Links as *mut Links);
        head.prev.set(this as usize);
    }
}

/// Takes the object out of its generation; nothing happens if it is not tracked.
#[inline(always)]
pub fn untrack(object: &Object) {
    let link = links(object);
    let next = link.next.get();
    if next.is_null() {
        return;
    }
    let previous = link.previous();
    // SAFETY: rings consist of live links.
    unsafe {
        (*previous).next.set(next);
        (*next).set_previous(previous);
    }
    link.next.set(null_mut());
    link.prev.set(0);
}

/// Whether the object could be part of a cycle: collectable, and for exact tuples still tracked (`_PyObject_GC_MAY_BE_TRACKED`).
#[inline]
pub fn may_be_tracked(object: &Object) -> bool {
    object.has_flag(flags::HAS_GC_HEADER)
        && (!object.is_exact(&crate::types::tuple::TUPLE) || is_tracked(object))
}
