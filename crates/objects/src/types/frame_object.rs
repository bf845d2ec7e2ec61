//! `frame`: a window on an interpreter frame, made when someone asks for it. When it outlives the call it takes the frame's contents over.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc;
use crate::frame::{Frame, SPECIALS, owner};
use crate::gc;
use crate::object::{Layout, Object};
use crate::refs::{Owned, Word};
use crate::typeobject::{Slots, Type, flags};
use crate::visit::Visit;

/// CPython's `PyFrameObject` (Include/internal/pycore_frame.h); room for the frame's words follows.
#[repr(C)]
pub struct FrameObject {
    pub object: Object,
    /// Owned: the caller's frame object, set when this one took its frame over.
    pub back: Cell<*mut Object>,
    /// The frame looked at; inside this object once taken over.
    pub frame: Cell<*mut Frame>,
    /// Owned: the trace function.
    pub trace: Cell<*mut Object>,
    /// Line set by a trace function's jump; 0 if none.
    pub lineno: Cell<i32>,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
    /// Owned dict of names that are no fast locals, stored through `f_locals`.
    pub extra_locals: Cell<*mut Object>,
    /// CPython's cache of a dict for extension modules.
    pub locals_cache: Cell<*mut Object>,
    /// Owned tuple: values that `f_locals` replaced while the loop may still borrow them.
    pub overwritten: Cell<*mut Object>,
    data: [Word; 0],
}

// SAFETY: starts with `Object`.
unsafe impl Layout for FrameObject {
    fn type_object() -> &'static Type {
        &FRAME
    }
}

const DATA_OFFSET: usize = std::mem::offset_of!(FrameObject, data);
/// Bytes of a frame object without locals and stack.
pub const FRAME_BYTES: usize = DATA_OFFSET + SPECIALS * 8;

pub static FRAME: Type = Type::builtin(
    "frame",
    FRAME_BYTES,
    Slots {
        dealloc: frame_dealloc,
        visit: frame_visit,
        clear: Some(frame_clear),
        repr: Some(crate::types::frame_attributes::repr),
        getattro: Some(crate::ops::attribute::generic_get),
        setattro: Some(crate::ops::attribute::generic_set),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_itemsize(8)
.with_methods(&crate::types::frame_attributes::METHODS)
.with_members(&crate::types::frame_attributes::MEMBERS)
.with_getset(&crate::types::frame_attributes::GETSET);

/// The frame's object, made if need be; a new reference. The frame keeps one of its own.
///
/// # Safety
/// The frame is live and complete.
pub unsafe fn object_of(frame: *mut Frame) -> Owned {
    // SAFETY: by contract.
    unsafe {
        if (*frame).frame_obj.is_null() {
            (*frame).frame_obj = make(frame).into_raw();
        }
        Owned::new(&*(*frame).frame_obj)
    }
}

// SAFETY: `frame` is live and has no frame object.
unsafe fn make(frame: *mut Frame) -> Owned {
    // SAFETY: the frame is live; the body is written before the object is seen.
    unsafe {
        let code = (*frame).code();
        let slots = code.frame_slots();
        let place = alloc::object_memory(&FRAME, DATA_OFFSET + (SPECIALS + slots) * 8);
        assert!(!place.is_null(), "out of memory");
        let object = (*place).cast::<FrameObject>();
        object.back.set(null_mut());
        object.frame.set(frame);
        object.trace.set(null_mut());
        object.lineno.set(0);
        object.trace_lines.set(true);
        object.trace_opcodes.set(false);
        object.extra_locals.set(null_mut());
        object.overwritten.set(null_mut());
        object.locals_cache.set(null_mut());
        gc::track(&*place);
        Owned::from_raw(place)
    }
}

/// The frame is being left: true when nobody else looks at its object (which is then gone and the frame can be cleared); false when the
/// object took the frame's contents over (Python/frame.c, `take_ownership`).
///
/// # Safety
/// `frame_obj` is set; the frame is no longer running; the running frame is its caller.
pub unsafe fn detach(frame: *mut Frame) -> bool {
    // SAFETY: by contract.
    unsafe {
        let object = (*frame).frame_obj;
        (*frame).frame_obj = null_mut();
        if (*object).refcount() > 1 {
            take_over(&*object, frame);
            Object::decref(object);
            return false;
        }
        Object::decref(object);
        true
    }
}

// SAFETY: `object` is the frame object of `source`, which is live and about to go.
unsafe fn take_over(object: &Object, source: *mut Frame) {
    // SAFETY: `data` has room for the specials and all slots.
    unsafe {
        let this = object.cast::<FrameObject>();
        let target = this.data.as_ptr() as *mut Frame;
        std::ptr::copy_nonoverlapping(source.cast::<Word>(), target.cast::<Word>(), SPECIALS);
        (*target).executable = (*source).executable.dup().make_owned();
        let base = (*source).local_base();
        let count = (*source).sp.offset_from(base) as usize;
        for i in 0..count {
            (*target)
                .local_base()
                .add(i)
                .write((*base.add(i)).make_owned());
        }
        (*target).sp = (*target).local_base().add(count);
        (*target).function = (*source).function.make_owned();
        (*target).owner = owner::FRAME_OBJECT;
        (*target).previous = null_mut();
        // Borrowed: the frame lies in its object now, and whoever asks for one gets this one.
        (*target).frame_obj = object.as_ptr();
        this.frame.set(target);
        (*source).function = Word::NULL;
        (*source).locals = null_mut();
        (*source).sp = base;
        // A generator's frame that has ended has no caller.
        let mut caller = (*source).previous;
        while !caller.is_null() && (*caller).is_incomplete() {
            caller = (*caller).previous;
        }
        if !caller.is_null() && this.back.get().is_null() {
            this.back.set(object_of(caller).into_raw());
        }
    }
}

fn owns_frame(this: &FrameObject) -> bool {
    std::ptr::eq(this.frame.get().cast::<Word>(), this.data.as_ptr())
}

fn owned_cells(this: &FrameObject) -> [(&'static str, &Cell<*mut Object>); 4] {
    [
        ("f_back", &this.back),
        ("f_trace", &this.trace),
        ("extra locals", &this.extra_locals),
        ("overwritten locals", &this.overwritten),
    ]
}

/// Gives up locals and operands of a frame taken over.
pub fn frame_clear(object: &Object) {
    // SAFETY: called for frame objects.
    unsafe {
        let this = object.cast::<FrameObject>();
        for (_, cell) in owned_cells(this).into_iter().skip(1) {
            drop_cell(cell);
        }
        if owns_frame(this) {
            Frame::clear_locals(this.frame.get());
        }
    }
}

fn drop_cell(cell: &Cell<*mut Object>) {
    let part = cell.replace(null_mut());
    if !part.is_null() {
        // SAFETY: the cell owned it.
        unsafe { Object::decref(part) };
    }
}

unsafe fn frame_dealloc(object: *mut Object) {
    // SAFETY: a dying frame object.
    unsafe {
        gc::untrack(&*object);
        let this = (*object).cast::<FrameObject>();
        let mut code = Word::NULL;
        if owns_frame(this) {
            let frame = this.frame.get();
            code = (*frame).executable;
            (*frame).function.close();
            (*frame).function = Word::NULL;
            let namespace = std::mem::replace(&mut (*frame).locals, null_mut());
            if !namespace.is_null() {
                Object::decref(namespace);
            }
            Frame::clear_locals(frame);
        }
        for (_, cell) in owned_cells(this) {
            drop_cell(cell);
        }
        alloc::free_object(object);
        code.close();
    }
}

unsafe fn frame_visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: called for frame objects.
    let this = unsafe { object.cast::<FrameObject>() };
    for (name, cell) in owned_cells(this) {
        visit.field(name, cell.get());
    }
    if owns_frame(this) {
        // SAFETY: taken over, so live.
        unsafe { (*this.frame.get()).visit_body(visit) };
    }
}
