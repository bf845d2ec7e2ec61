//! What the `gc` module asks: objects, referrers, referents, freezing.

use super::ring::Ring;
use crate::gc::Links;
use crate::object::Object;
use crate::refs::Owned;
use crate::state::{self, root};
use crate::types::list::{self, List};
use crate::visit::Visit;

/// Names under which the thread state keeps the module's two lists.
pub const CALLBACKS: &str = "gc.callbacks";
pub const GARBAGE: &str = "gc.garbage";

fn kept_list(name: &'static str) -> Owned {
    let state = state::get();
    if state.kept(name).is_none() {
        state.keep(name, list::new());
    }
    match state.kept(name) {
        Some(list) => Owned::new(list),
        None => list::new(),
    }
}

/// `gc.callbacks`.
pub fn callbacks() -> Owned {
    kept_list(CALLBACKS)
}

/// `gc.garbage`.
pub fn garbage() -> Owned {
    kept_list(GARBAGE)
}

fn heads() -> [&'static Links; 3] {
    let gc = &state::get().gc;
    [0, 1, 2].map(|i| &gc.generations[i].head)
}

/// `gc.get_objects(generation)`: a list of the tracked objects, all generations with `None`; without the list itself.
pub fn objects(generation: Option<usize>) -> Owned {
    let result = list::new();
    // SAFETY: just made.
    let body = unsafe { result.cast::<List>() };
    for (i, head) in heads().into_iter().enumerate() {
        if generation.is_none_or(|g| g == i) {
            Ring(head).each(|object| {
                if !object.is(&result) {
                    body.push(Owned::new(object));
                }
            });
        }
    }
    result
}

/// `gc.get_referrers(*objects)`: tracked objects that refer to any of these.
pub fn referrers(targets: &[&Object]) -> Owned {
    let result = list::new();
    // SAFETY: just made.
    let body = unsafe { result.cast::<List>() };
    for head in heads() {
        Ring(head).each(|object| {
            let mut found = false;
            walk(object, &mut |target| {
                found |= targets.iter().any(|t| t.is(target))
            });
            if found && !object.is(&result) {
                body.push(Owned::new(object));
            }
        });
    }
    result
}

/// `gc.get_referents(*objects)`: what the collectable ones among these refer to.
pub fn referents(sources: &[&Object]) -> Owned {
    let result = root("referents", list::new());
    // SAFETY: just made.
    let body = unsafe { result.cast::<List>() };
    for source in sources {
        if source.has_flag(crate::object::flags::HAS_GC_HEADER) || is_static_collectable(source) {
            walk(source, &mut |target| body.push(Owned::new(target)));
        }
    }
    result.take()
}

/// Static types are collectable by their type, without a header of their own.
fn is_static_collectable(object: &Object) -> bool {
    object.ty().has(crate::typeobject::flags::HAVE_GC)
        && object.has_flag(crate::object::flags::STATIC)
        && !object.ty().has(crate::typeobject::flags::TYPE_SUBCLASS)
}

/// Every edge of an object that `tp_traverse` reports.
fn walk(object: &Object, each: &mut dyn FnMut(&Object)) {
    let ty = object.ty();
    if ty.is_heap() {
        each(ty.as_object());
    }
    let visit = ty.slots.visit;
    let mut report = |target: &Object, _| each(target);
    // SAFETY: a live object of that type.
    unsafe { visit(object, &mut Visit::new(false, &mut report)) };
}

/// Objects in each generation (`gc.get_count` is about counts, this is about lengths).
pub fn lengths() -> [usize; 3] {
    heads().map(|h| Ring(h).len())
}

/// `gc.freeze()`.
pub fn freeze() {
    let gc = &state::get().gc;
    for generation in &gc.generations {
        Ring(&gc.permanent.head).merge(Ring(&generation.head));
        generation.count.set(0);
    }
}

/// `gc.unfreeze()`.
pub fn unfreeze() {
    let gc = &state::get().gc;
    Ring(&gc.generations[2].head).merge(Ring(&gc.permanent.head));
}

/// `gc.get_freeze_count()`.
pub fn freeze_count() -> usize {
    Ring(&state::get().gc.permanent.head).len()
}

/// What DEBUG_STATS shows before a collection.
pub(super) fn show_start(generation: usize) {
    let [a, b, c] = lengths();
    eprintln!("gc: collecting generation {generation}...");
    eprintln!("gc: objects in each generation: {a} {b} {c}");
    eprintln!("gc: objects in permanent generation: {}", freeze_count());
}
