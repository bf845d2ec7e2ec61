//! The walk over everything that can hold a reference: heap objects, static types, running frames, named roots.

use terrarium_objects::visit::{Role, Visit};
use terrarium_objects::{Object, frame, state};

/// Who holds a reference.
#[derive(Clone, Copy)]
pub enum Source {
    /// An object, on the heap or a static type.
    Object(*const Object),
    /// A running frame on the data stack (a generator's frame counts as its generator's).
    Frame(*const frame::Frame),
    /// A named root of the interpreter.
    Root,
}

/// Calls `see` for every owned reference in the process: holder, part of the holder, target. `see` must not touch Python.
pub fn each_reference(see: &mut dyn FnMut(Source, Role, &Object)) {
    let state = state::get();
    state
        .alloc
        .each_object(&mut |object| object_references(object, see));
    each_frame(&mut |running| {
        let mut report = |target: &Object, role: Role| see(Source::Frame(running), role, target);
        let mut visit = Visit::new(true, &mut report);
        running.visit(&mut visit);
    });
    let mut report = |target: &Object, role: Role| see(Source::Root, role, target);
    let mut visit = Visit::new(true, &mut report);
    state.visit_roots(&mut visit);
}

fn object_references(object: &Object, see: &mut dyn FnMut(Source, Role, &Object)) {
    let ty = object.ty();
    if ty.is_heap() {
        see(Source::Object(object), Role::Type, ty.as_object());
    }
    let mut report = |target: &Object, role: Role| see(Source::Object(object), role, target);
    let mut visit = Visit::new(true, &mut report);
    ty.visit_object(object, &mut visit);
}

/// The frames on the data stack, innermost first.
pub fn each_frame(see: &mut dyn FnMut(&frame::Frame)) {
    frame::each_on_stack(see);
}
