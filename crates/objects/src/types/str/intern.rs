//! The interned table: strings by their text. Its references are not counted, as in CPython: a mortal interned string leaves the table
//! when it dies; an immortal one stays.

use std::cell::{Cell, RefCell};

use crate::object::Object;
use crate::refs::Owned;

use super::{STR, Str, cast, state};

/// Open addressing with linear probing; the number of slots is a power of two, at most two thirds of them full.
struct Table {
    slots: Vec<*const Str>,
    used: usize,
}

struct Interned(RefCell<Table>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Interned {}

static INTERNED: Interned = Interned(RefCell::new(Table {
    slots: Vec::new(),
    used: 0,
}));

impl Table {
    fn home(&self, text: &Str) -> usize {
        text.hash() as usize & (self.slots.len() - 1)
    }

    /// The slot of an equal string, or the empty one where it belongs.
    fn find(&self, text: &Str) -> usize {
        let mut at = self.home(text);
        loop {
            // SAFETY: slots are null or live strings.
            match unsafe { self.slots[at].as_ref() } {
                None => return at,
                Some(other) if other.hash() == text.hash() && other.equals(text) => return at,
                Some(_) => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    fn grow(&mut self) {
        let wider = (self.slots.len() * 2).max(2048);
        let old = std::mem::replace(&mut self.slots, vec![std::ptr::null(); wider]);
        for text in old.into_iter().filter(|t| !t.is_null()) {
            // SAFETY: listed strings are alive.
            let at = self.find(unsafe { &*text });
            self.slots[at] = text;
        }
    }

    /// The equal string in the table, or `text` itself, which is now in it.
    fn enter(&mut self, text: &Str) -> &'static Str {
        if self.slots.is_empty() {
            self.grow();
            super::shared::each(&mut |shared| {
                self.enter(shared);
            });
        }
        if (self.used + 1) * 3 > self.slots.len() * 2 {
            self.grow();
        }
        let at = self.find(text);
        if self.slots[at].is_null() {
            self.slots[at] = text;
            self.used += 1;
        }
        // SAFETY: alive, as listed; the caller takes a reference at once.
        unsafe { &*self.slots[at] }
    }

    fn remove(&mut self, text: &Str) {
        if self.slots.is_empty() {
            return;
        }
        let mut hole = self.find(text);
        if !std::ptr::eq(self.slots[hole], text) {
            return;
        }
        let mask = self.slots.len() - 1;
        self.used -= 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            // SAFETY: slots are null or live strings.
            let Some(next) = (unsafe { self.slots[at].as_ref() }) else {
                break;
            };
            let distance = at.wrapping_sub(self.home(next)) & mask;
            if distance >= (at.wrapping_sub(hole) & mask) {
                self.slots[hole] = next;
                hole = at;
            }
        }
        self.slots[hole] = std::ptr::null();
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
    let text = cast(&object);
    if text.is_interned() || !object.is_exact(&STR) {
        return object;
    }
    let canonical = INTERNED.0.borrow_mut().enter(text);
    if std::ptr::eq(canonical, text) {
        set_state(text, state::MORTAL);
        if AT_START.0.get().is_some_and(|at_start| at_start(text)) {
            set_state(text, state::IMMORTAL);
            object.make_immortal();
        }
        return object;
    }
    Owned::new(&canonical.object)
}

/// Interns `object` and makes the canonical one immortal.
pub fn intern_object_immortal(object: Owned) -> Owned {
    let canonical = intern_mortal(object);
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
        .filter(|t| unsafe { t.as_ref() }.is_some_and(|t| t.object.is_immortal()))
        .count();
    (table.used, immortal)
}
