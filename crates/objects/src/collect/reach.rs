//! Which objects of a ring are reachable from outside it: counts less the references from within (Python/gc.c, `deduce_unreachable`).
//!
//! While this runs, a link's `prev` holds the count left over above two flag bits, and bit 0 of `next` marks links of the unreachable ring.

use super::ring::Ring;
use crate::gc::{COLLECTING, Links, links, untrack};
use crate::object::{Object, flags};
use crate::visit::{Role, Visit};

const SHIFT: u32 = 2;
const FLAGS: usize = 3;
const UNREACHABLE: usize = 1;

fn refs(link: &Links) -> usize {
    link.prev.get() >> SHIFT
}

fn set_refs(link: &Links, count: usize) {
    link.prev.set(link.prev.get() & FLAGS | count << SHIFT);
}

fn next_bits(link: &Links) -> usize {
    link.next.get() as usize
}

fn set_next_bits(link: &Links, bits: usize) {
    link.next.set(bits as *mut Links);
}

/// Splits `base`: what is not reachable from outside moves to `unreachable`, marked in `next` (see `clear_unreachable_marks`) and
/// still flagged `COLLECTING`.
pub(super) fn deduce_unreachable(base: Ring<'_>, unreachable: Ring<'_>) {
    take_counts(base);
    subtract_references(base);
    move_unreachable(base, unreachable);
}

/// Every edge of an object, its heap type included.
fn traverse(object: &Object, each: &mut dyn FnMut(&Object, Role)) {
    let ty = object.ty();
    if ty.is_heap() {
        each(ty.as_object(), Role::Type);
    }
    let visit = ty.slots.visit;
    // SAFETY: a live object of that type.
    unsafe { visit(object, &mut Visit::new(false, each)) };
}

fn take_counts(base: Ring<'_>) {
    let mut at = base.first();
    while let Some(link) = at {
        at = base.after(link);
        // SAFETY: a live object.
        let object = unsafe { &*link.object() };
        if object.is_immortal() {
            untrack(object);
            continue;
        }
        link.prev
            .set((object.refcount() as usize) << SHIFT | COLLECTING);
    }
}

fn subtract_references(base: Ring<'_>) {
    let mut decrement = |target: &Object, _: Role| {
        if target.has_flag(flags::HAS_GC_HEADER) {
            let link = links(target);
            if link.prev.get() & COLLECTING != 0 && refs(link) > 0 {
                link.prev.set(link.prev.get() - (1 << SHIFT));
            }
        }
    };
    // `prev` holds counts now, so the walk uses `next` alone.
    let mut at = base.first();
    while let Some(link) = at {
        at = base.after(link);
        // SAFETY: a live object.
        traverse(unsafe { &*link.object() }, &mut decrement);
    }
}

fn move_unreachable(young: Ring<'_>, unreachable: Ring<'_>) {
    let head = young.0 as *const Links as *mut Links;
    let unreachable_head = unreachable.0 as *const Links as *mut Links;
    let mut previous = head;
    let mut reached = |target: &Object, _: Role| {
        if target.has_flag(flags::HAS_GC_HEADER) {
            visit_reachable(links(target), young);
        }
    };
    // SAFETY: the links are live; `next` of links in `young` is unmarked.
    unsafe {
        let mut at = (*head).next.get();
        while !std::ptr::eq(at, head) {
            let link = &*at;
            if refs(link) != 0 {
                traverse(&*link.object(), &mut reached);
                link.set_previous(previous);
                link.prev.set(link.prev.get() & !COLLECTING);
                previous = at;
            } else {
                (*previous).next.set(link.next.get());
                let last = unreachable.0.previous();
                set_next_bits(&*last, at as usize | UNREACHABLE);
                link.set_previous(last);
                set_next_bits(link, unreachable_head as usize | UNREACHABLE);
                unreachable.0.prev.set(at as usize);
            }
            at = (*previous).next.get();
        }
    }
    young.0.prev.set(previous as usize);
    set_next_bits(unreachable.0, next_bits(unreachable.0) & !UNREACHABLE);
}

/// Something reachable refers to this object: brings it back from the unreachable ring, or notes that it is reachable.
fn visit_reachable(link: &Links, young: Ring<'_>) {
    if link.prev.get() & COLLECTING == 0 {
        return;
    }
    if next_bits(link) & UNREACHABLE != 0 {
        let previous = link.previous();
        let next = (next_bits(link) & !UNREACHABLE) as *mut Links;
        // SAFETY: links of the unreachable ring are live.
        unsafe {
            (*previous).next.set(link.next.get());
            (*next).set_previous(previous);
        }
        set_next_bits(link, next_bits(link) & !UNREACHABLE);
        young.append(link);
        set_refs(link, 1);
    } else if refs(link) == 0 {
        set_refs(link, 1);
    }
}

/// Makes the unreachable ring an ordinary one.
pub(super) fn clear_unreachable_marks(unreachable: Ring<'_>) {
    set_next_bits(unreachable.0, next_bits(unreachable.0) & !UNREACHABLE);
    let mut at = unreachable.0.next.get();
    // SAFETY: links of the ring are live.
    unsafe {
        while !std::ptr::eq(at, unreachable.0) {
            let link = &*at;
            set_next_bits(link, next_bits(link) & !UNREACHABLE);
            at = link.next.get();
        }
    }
}
