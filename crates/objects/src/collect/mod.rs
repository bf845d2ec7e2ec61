//! The cyclic collection (CPython's generational collector, Python/gc.c of 3.13 and 3.14.10): what is reachable only from within the
//! young generations is finalized and broken up.
//!
//! `reach` finds the unreachable objects, this file does the rest, `inspect` answers the `gc` module's questions.

use std::cell::Cell;
use std::time::Instant;

use crate::error;
use crate::gc::{COLLECTING, Links};
use crate::object::{Object, flags};
use crate::ops::call;
use crate::refs::{Owned, Word};
use crate::state::{self, breaker, root};
use crate::types::list::{self, List};
use crate::types::str::Str;
use crate::types::weakref::{self, is_weakref};
use crate::types::{dict, int, tuple};

pub mod inspect;
mod reach;
mod ring;

use ring::Ring;

const OLDEST: usize = 2;

/// Bits of `Collector::debug`, as in the `gc` module.
pub mod debug {
    pub const STATS: u32 = 1;
    pub const COLLECTABLE: u32 = 2;
    pub const UNCOLLECTABLE: u32 = 4;
    pub const SAVEALL: u32 = 32;
}

/// Why a collection runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Heap,
    Manual,
    Shutdown,
}

/// Runs the collection that an allocation asked for; the loop calls it when `breaker::GC` is set.
#[cold]
pub fn run_scheduled() {
    let state = state::get();
    state.breaker.set(state.breaker.get() & !breaker::GC);
    if let Some(generation) = select_generation() {
        collect_main(generation, Reason::Heap);
    }
}

/// `gc.collect(generation)`: the number of unreachable objects found. 0 while a collection runs.
pub fn collect(generation: usize) -> usize {
    collect_main(generation.min(OLDEST), Reason::Manual)
}

/// A full collection when automatic collection is on (`PyGC_Collect`); an exception on its way is kept.
pub fn collect_if_enabled() -> usize {
    if !state::get().gc.enabled.get() {
        return 0;
    }
    let exception = error::fetch();
    let found = collect_main(OLDEST, Reason::Manual);
    if let Some(exception) = exception {
        error::restore(exception);
    }
    found
}

/// The collection at the interpreter's end: no callbacks, errors are dropped (`_PyGC_CollectNoFail`).
pub fn collect_at_exit() -> usize {
    collect_main(OLDEST, Reason::Shutdown)
}

/// The oldest generation that is full; the last one only if enough has moved into it since its last collection.
fn select_generation() -> Option<usize> {
    let gc = &state::get().gc;
    (0..=OLDEST).rev().find(|&i| {
        let generation = &gc.generations[i];
        generation.count.get() > generation.threshold.get()
            && (i != OLDEST || gc.long_lived_pending.get() >= gc.long_lived_total.get() / 4)
    })
}

/// `gc_collect_main`.
fn collect_main(generation: usize, reason: Reason) -> usize {
    let gc = &state::get().gc;
    if gc.collecting.replace(true) {
        return 0;
    }
    if reason != Reason::Shutdown {
        call_callbacks("start", generation, 0);
    }
    let started = Instant::now();
    if gc.debug.get() & debug::STATS != 0 {
        inspect::show_start(generation);
    }
    if generation < OLDEST {
        let older = &gc.generations[generation + 1];
        older.count.set(older.count.get() + 1);
    }
    for young in &gc.generations[..=generation] {
        young.count.set(0);
    }
    let found = collect_generation(generation);
    if generation == OLDEST {
        crate::free_list::clear_free_lists();
    }
    if gc.debug.get() & debug::STATS != 0 {
        eprintln!(
            "gc: done, {found} unreachable, 0 uncollectable, {:.4}s elapsed",
            started.elapsed().as_secs_f64()
        );
    }
    if error::current().is_some() {
        if reason == Reason::Shutdown {
            error::clear();
        } else {
            error::unraisable("Exception ignored in garbage collection", None);
        }
    }
    let stats = &gc.stats[generation];
    stats.collections.set(stats.collections.get() + 1);
    stats.collected.set(stats.collected.get() + found);
    if reason != Reason::Shutdown {
        call_callbacks("stop", generation, found);
    }
    gc.collecting.set(false);
    found
}

/// Collects one generation with all younger ones merged into it: how many objects were unreachable.
fn collect_generation(generation: usize) -> usize {
    let gc = &state::get().gc;
    let young = Ring(&gc.generations[generation].head);
    for younger in &gc.generations[..generation] {
        young.merge(Ring(&younger.head));
    }
    let old = Ring(&gc.generations[(generation + 1).min(OLDEST)].head);
    let unreachable_head = Links::ring();
    let unreachable = Ring(&unreachable_head);
    unreachable.reset();
    reach::deduce_unreachable(young, unreachable);
    untrack_tuples(young);
    if generation == OLDEST {
        gc.long_lived_pending.set(0);
        gc.long_lived_total.set(young.len());
    } else {
        if generation == OLDEST - 1 {
            gc.long_lived_pending
                .set(gc.long_lived_pending.get() + young.len());
        }
        old.merge(young);
    }
    reach::clear_unreachable_marks(unreachable);
    if gc.debug.get() & debug::COLLECTABLE != 0 {
        unreachable.each(|object| {
            eprintln!("gc: collectable <{} {:p}>", object.ty().full_name(), object);
        });
    }
    let mut found = handle_weakrefs(unreachable, old);
    finalize_garbage(unreachable);
    let still_head = Links::ring();
    let still = Ring(&still_head);
    still.reset();
    handle_resurrected(unreachable, still, old);
    found += still.len();
    delete_garbage(still, old);
    found
}

/// Lets go of tuples that can be part of no cycle.
fn untrack_tuples(young: Ring<'_>) {
    let mut at = young.first();
    while let Some(link) = at {
        at = young.after(link);
        // SAFETY: a live object of the ring.
        tuple::maybe_untrack(unsafe { &*link.object() });
    }
}

/// Clears all weak references to garbage, then calls the callbacks of those that are not garbage themselves. Returns how many of these
/// references died on the way.
fn handle_weakrefs(unreachable: Ring<'_>, old: Ring<'_>) -> usize {
    let to_call_head = Links::ring();
    let to_call = Ring(&to_call_head);
    to_call.reset();
    let mut at = unreachable.first();
    while let Some(link) = at {
        at = unreachable.after(link);
        // SAFETY: a live object of the ring.
        let object = unsafe { &*link.object() };
        if is_weakref(object) {
            weakref::clear_keeping_callback(weakref::of(object));
        }
        let Some(head) = weakref::list_head(object) else {
            continue;
        };
        // SAFETY: the list links live references; each step takes one out.
        while let Some(reference) = unsafe { head.get().as_ref() } {
            weakref::clear_keeping_callback(reference);
            let holder = reference.as_object();
            if reference.callback().is_none() || is_collecting(holder) {
                continue;
            }
            holder.incref();
            to_call.take(crate::gc::links(holder));
        }
    }
    call_weakref_callbacks(to_call, old)
}

fn call_weakref_callbacks(to_call: Ring<'_>, old: Ring<'_>) -> usize {
    let mut died = 0;
    while let Some(link) = to_call.first() {
        // SAFETY: a reference owned since `handle_weakrefs`.
        let held = root("weak reference", unsafe { Owned::from_raw(link.object()) });
        weakref::call_own_callback(&held);
        let same = link as *const Links;
        drop(held);
        match to_call.first() {
            Some(first) if std::ptr::eq(first, same) => old.take(first),
            _ => died += 1,
        }
    }
    died
}

/// Whether the object belongs to the garbage at hand.
#[inline]
fn is_collecting(object: &Object) -> bool {
    object.has_flag(flags::HAS_GC_HEADER) && crate::gc::links(object).prev.get() & COLLECTING != 0
}

/// Runs `__del__` and its kin once for each garbage object (PEP 442).
fn finalize_garbage(unreachable: Ring<'_>) {
    let seen_head = Links::ring();
    let seen = Ring(&seen_head);
    seen.reset();
    while let Some(link) = unreachable.first() {
        seen.take(link);
        // SAFETY: a live object of the ring.
        let object = unsafe { &*link.object() };
        if object.has_flag(flags::FINALIZED) {
            continue;
        }
        if let Some(finalize) = object.ty().slots.finalize {
            object.set_flag(flags::FINALIZED);
            let held = root("garbage being finalized", Owned::new(object));
            finalize(&held);
        }
    }
    unreachable.merge(seen);
}

/// After finalizers ran: what is reachable again goes to the older generation, the rest to `still`.
fn handle_resurrected(unreachable: Ring<'_>, still: Ring<'_>, old: Ring<'_>) {
    unreachable.each_link(|link| link.prev.set(link.prev.get() & !COLLECTING));
    reach::deduce_unreachable(unreachable, still);
    reach::clear_unreachable_marks(still);
    old.merge(unreachable);
}

/// Breaks the cycles by `tp_clear`; what survives for now moves to the older generation.
fn delete_garbage(garbage: Ring<'_>, old: Ring<'_>) {
    let saving = state::get().gc.debug.get() & debug::SAVEALL != 0;
    while let Some(link) = garbage.first() {
        // SAFETY: a live object of the ring.
        let object = unsafe { &*link.object() };
        let same = link as *const Links;
        if saving {
            list::append(&inspect::garbage(), object);
        } else if let Some(clear) = object.ty().slots.clear {
            let held = root("garbage being cleared", Owned::new(object));
            clear(&held);
            if error::current().is_some() {
                let text = format!(
                    "Exception ignored in tp_clear of {:.50}",
                    held.ty().full_name()
                );
                error::unraisable(&text, None);
            }
            drop(held);
        }
        if let Some(first) = garbage.first().filter(|f| std::ptr::eq(*f, same)) {
            first.prev.set(first.prev.get() & !COLLECTING);
            old.take(first);
        }
    }
}

/// Calls each of `gc.callbacks` with the phase and what there is to tell.
fn call_callbacks(phase: &str, generation: usize, collected: usize) {
    let Some(callbacks) = state::get().kept(inspect::CALLBACKS) else {
        return;
    };
    // SAFETY: kept as a list.
    let list = unsafe { callbacks.cast::<List>() };
    if list.is_empty() {
        return;
    }
    let info = root("information for gc callbacks", dict::new());
    dict::set_str(&info, "generation", &int::from_usize(generation));
    dict::set_str(&info, "collected", &int::from_usize(collected));
    dict::set_str(&info, "uncollectable", &int::from_usize(0));
    let phase = root("phase", Str::new(phase));
    let mut at = 0;
    while let Some(callback) = list.item_owned(at) {
        at += 1;
        let callback = root("gc callback", callback);
        let args = [Word::borrowed(&phase), Word::borrowed(&info)];
        if call::call(&callback, &args, None).is_err() {
            error::unraisable(
                "Exception ignored while calling GC callback",
                Some(&callback),
            );
        }
    }
}

impl Links {
    /// A head for a ring on the native stack; `Ring::reset` closes it.
    const fn ring() -> Links {
        Links {
            next: Cell::new(std::ptr::null_mut()),
            prev: Cell::new(0),
        }
    }
}
