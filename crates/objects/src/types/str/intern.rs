//! The interned table: strings by their text. Its references are not counted, as in CPython: a mortal interned string leaves the table
//! when it dies; an immortal one stays.

use std::cell::{Cell, RefCell};

use crate::object::Object;
use crate::refs::Owned;

use super::{STR, Str, cast, state};

/// A place of the table: empty where `text` is null. The hash stands here too, so that a search and growing touch no other strings.
#[derive(Clone, Copy)]
struct Slot {
    hash: isize,
    text: *const Str,
}

const EMPTY: Slot = Slot {
    hash: 0,
    text: std::ptr::null(),
};

/// Open addressing with linear probing; the number of slots is a power of two, at most two thirds of them full.
struct Table {
    slots: Vec<Slot>,
    used: usize,
}

struct Interned(RefCell<Table>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Interned {}

static INTERNED: Interned = Interned(RefCell::new(Table {
    slots: Vec::new(),
    used: 0,
}));

/// Has the processor fetch what will be read soon, wherever that is.
#[inline(always)]
fn prefetch<T>(place: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint, which may be given for any address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

impl Table {
    /// The slot of a string with this hash that `is_it`, or the empty one where it belongs. There are empty slots.
    #[inline(always)]
    fn find(&self, hash: isize, is_it: impl Fn(&Str) -> bool) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            // SAFETY: slots are null or live strings.
            match unsafe { slot.text.as_ref() } {
                None => return at,
                Some(other) if slot.hash == hash && is_it(other) => return at,
                Some(_) => at = (at + 1) & mask,
            }
        }
    }

    /// Makes sure of room for one more.
    #[inline(always)]
    fn reserve(&mut self) {
        if (self.used + 1) * 3 > self.slots.len() * 2 {
            self.grow();
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let is_first = self.slots.is_empty();
        let wider = (self.slots.len() * 2).max(2048);
        let old = std::mem::replace(&mut self.slots, vec![EMPTY; wider]);
        for slot in old.into_iter().filter(|slot| !slot.text.is_null()) {
            // All are different.
            let at = self.find(slot.hash, |_| false);
            self.slots[at] = slot;
        }
        if is_first {
            super::shared::each(&mut |shared| {
                self.enter(shared);
            });
        }
    }

    /// The equal string in the table, or `text` itself, which is now in it.
    fn enter(&mut self, text: &Str) -> &'static Str {
        self.reserve();
        let at = self.find(text.hash(), |other| other.equals(text));
        if self.slots[at].text.is_null() {
            self.put(at, text);
        }
        // SAFETY: alive, as listed; the caller takes a reference at once.
        unsafe { &*self.slots[at].text }
    }

    #[inline(always)]
    fn expect_slot(&self, hash: isize) {
        if !self.slots.is_empty() {
            prefetch(&raw const self.slots[hash as usize & (self.slots.len() - 1)]);
        }
    }

    #[inline(always)]
    fn expect_text(&self, hash: isize) {
        if !self.slots.is_empty() {
            let at = self.find(hash, |_| true);
            prefetch(self.slots[at].text);
        }
    }

    fn put(&mut self, at: usize, text: &Str) {
        let hash = text.hash();
        self.slots[at] = Slot { hash, text };
        self.used += 1;
    }

    fn remove(&mut self, text: &Str) {
        if self.slots.is_empty() {
            return;
        }
        let mut hole = self.find(text.hash(), |other| std::ptr::eq(other, text));
        if self.slots[hole].text.is_null() {
            return;
        }
        let mask = self.slots.len() - 1;
        self.used -= 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let next = self.slots[at];
            if next.text.is_null() {
                break;
            }
            let distance = at.wrapping_sub(next.hash as usize) & mask;
            if distance >= (at.wrapping_sub(hole) & mask) {
                self.slots[hole] = next;
                hole = at;
            }
        }
        self.slots[hole] = EMPTY;
    }
}

/// The interned str of this text, immortal (names of code objects, the interpreter's own names).
pub fn intern_immortal(text: &str) -> &'static Object {
    let owned = intern_object_immortal(Str::new(text));
    // SAFETY: immortal, so it lives for ever.
    unsafe { &*owned.into_raw() }
}

/// Tells texts that are interned for ever before a program starts.
pub type AtStart = fn(&Str) -> bool;

struct AtStartHook(Cell<Option<AtStart>>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for AtStartHook {}

static AT_START: AtStartHook = AtStartHook(Cell::new(None));

/// Says which texts CPython has interned for ever when a program starts; such a str is immortal as soon as it is interned here.
pub fn set_immortal_at_start(hook: AtStart) {
    AT_START.0.set(Some(hook));
}

/// Interns `object` (an exact str) mortally, as `sys.intern`: returns the canonical one.
pub fn intern_mortal(object: Owned) -> Owned {
    if !object.is_exact(&STR) {
        return object;
    }
    let (canonical, was_there) = enter_made(object);
    if !was_there {
        entered(&canonical);
    }
    canonical
}

/// Marks a str that the table has just taken in.
fn entered(object: &Object) {
    let text = cast(object);
    set_state(text, state::MORTAL);
    if AT_START.0.get().is_some_and(|at_start| at_start(text)) {
        set_state(text, state::IMMORTAL);
        object.make_immortal();
    }
}

/// The interned str of a text (as for `Str::from_wtf8`), and whether it was interned before.
pub fn intern_text(text: &[u8]) -> (Owned, bool) {
    let (canonical, was_there) = Search::begin(text).end(text);
    if !was_there {
        entered(&canonical);
    }
    (canonical, was_there)
}

/// The interned str of a text, made immortal.
pub fn intern_text_immortal(text: &[u8]) -> Owned {
    Search::begin(text).end_immortal(text)
}

/// A search for a text that others are begun beside: what they have to look at comes from memory for all at once.
#[derive(Clone, Copy)]
pub struct Search {
    /// 0 if the str must be made to find an equal one.
    hash: isize,
}

impl Search {
    pub fn begin(text: &[u8]) -> Search {
        if text.len() < 2 || !text.is_ascii() {
            return Search { hash: 0 };
        }
        let hash = super::hash_bytes(text);
        INTERNED.0.borrow().expect_slot(hash);
        Search { hash }
    }

    /// Has the string fetched that will be compared. Once the others are begun.
    pub fn go_on(&self) {
        INTERNED.0.borrow().expect_text(self.hash);
    }

    /// The interned str of the text, made immortal.
    pub fn end_immortal(self, text: &[u8]) -> Owned {
        let (canonical, was_there) = self.end(text);
        if !was_there {
            set_state(cast(&canonical), state::MORTAL);
        }
        immortalized(canonical)
    }

    /// The str that the table lists, and whether it did before; if not, it is not marked as interned yet.
    fn end(self, text: &[u8]) -> (Owned, bool) {
        let hash = self.hash;
        if hash == 0 {
            return enter_made(Str::from_wtf8(text));
        }
        let mut table = INTERNED.0.borrow_mut();
        table.reserve();
        let at = table.find(hash, |other| other.is_ascii() && other.raw_bytes() == text);
        // SAFETY: slots are null or live strings.
        if let Some(found) = unsafe { table.slots[at].text.as_ref() } {
            return (Owned::new(&found.object), true);
        }
        let made = Str::from_ascii(text);
        cast(&made).hash.set(hash);
        table.put(at, cast(&made));
        (made, false)
    }
}

/// As `Search::end`.
fn enter_made(made: Owned) -> (Owned, bool) {
    let text = cast(&made);
    if text.is_interned() {
        return (made, true);
    }
    let canonical = INTERNED.0.borrow_mut().enter(text);
    if std::ptr::eq(canonical, text) {
        return (made, false);
    }
    (Owned::new(&canonical.object), true)
}

/// Interns `object` and makes the canonical one immortal.
pub fn intern_object_immortal(object: Owned) -> Owned {
    immortalized(intern_mortal(object))
}

fn immortalized(canonical: Owned) -> Owned {
    let text = cast(&canonical);
    if text.state.get() & state::INTERNED == state::MORTAL {
        set_state(text, state::IMMORTAL);
        canonical.make_immortal();
    }
    canonical
}

fn set_state(text: &Str, how: u32) {
    text.state.set(text.state.get() & !state::INTERNED | how);
}

/// Takes a dying string out of the table.
pub(super) fn forget(text: &Str) {
    INTERNED.0.borrow_mut().remove(text);
}

/// How many strings are interned (all, and the immortal ones).
pub fn counts() -> (usize, usize) {
    let table = INTERNED.0.borrow();
    // SAFETY: listed strings are alive.
    let immortal = table
        .slots
        .iter()
        .filter(|slot| unsafe { slot.text.as_ref() }.is_some_and(|text| text.object.is_immortal()))
        .count();
    (table.used, immortal)
}
