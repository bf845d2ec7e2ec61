//! `traceback` (Python/traceback.c).

use std::cell::Cell;
use std::mem::offset_of;

use crate::alloc::object_memory;
use crate::args::Signature;
use crate::error::{type_error, value_error};
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::attribute;
use crate::refs::{Owned, PyResult};
use crate::typeobject::*;
use crate::types::code_attributes::line_at;
use crate::types::frame_object::FrameObject;
use crate::types::{int, list};
use crate::visit::Visit;
use crate::{none, none_owned};

/// CPython's `PyTracebackObject`.
#[repr(C)]
pub struct Traceback {
    pub object: Object,
    pub next: Field,
    pub frame: Field,
    /// Byte offset of the instruction in the code.
    pub lasti: Cell<i32>,
    /// `LATER`: to be computed from `lasti`.
    pub lineno: Cell<i32>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Traceback {
    fn type_object() -> &'static Type {
        &TRACEBACK
    }
}

pub static TRACEBACK: Type = Type::builtin(
    "traceback",
    40,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        getattro: Some(attribute::generic_get),
        new: Some(new_slot),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(&[MethodDef::new("__dir__", Native::NoArgs(dir), "")])
.with_members(&[
    MemberDef {
        name: "tb_frame",
        kind: MemberKind::Object,
        offset: offset_of!(Traceback, frame),
        readonly: true,
        doc: "",
    },
    MemberDef {
        name: "tb_lasti",
        kind: MemberKind::Int,
        offset: offset_of!(Traceback, lasti),
        readonly: true,
        doc: "",
    },
])
.with_getset(&[
    GetSetDef {
        name: "tb_next",
        get: Some(get_next),
        set: Some(set_next),
        doc: "",
    },
    GetSetDef::read("tb_lineno", get_lineno, ""),
]);

/// The line of an entry whose line nobody has asked for yet.
pub const LATER: i32 = -1;

/// A traceback entry; `next` is the one deeper in the stack. `lineno` may be `LATER`.
pub fn new(next: Option<Owned>, frame: &Object, lasti: i32, lineno: i32) -> Owned {
    // SAFETY: the body is written at once.
    unsafe {
        let object = object_memory(&TRACEBACK, 40);
        assert!(!object.is_null(), "out of memory for a traceback");
        let tb = object.cast::<Traceback>();
        (&raw mut (*tb).next).write(Field::new(next));
        (&raw mut (*tb).frame).write(Field::new(Some(Owned::new(frame))));
        (&raw mut (*tb).lasti).write(Cell::new(lasti));
        (&raw mut (*tb).lineno).write(Cell::new(lineno));
        gc::track(&*object);
        Owned::from_raw(object)
    }
}

/// The body of a traceback.
pub fn body(object: &Object) -> &Traceback {
    // SAFETY: callers pass tracebacks.
    unsafe { object.cast() }
}

/// The line of a traceback entry; -1 if it has none.
pub fn lineno(object: &Object) -> i32 {
    let this = body(object);
    match (this.lineno.get(), this.frame.get()) {
        (LATER, Some(frame)) => {
            // SAFETY: a traceback holds frame objects, whose frames are live.
            let code = unsafe { (*frame.cast::<FrameObject>().frame.get()).code() };
            line_at(code, this.lasti.get() as isize / 2).unwrap_or(-1)
        }
        (line, _) => line,
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        body(&*object).next.clear();
        body(&*object).frame.clear();
        crate::alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    body(object).next.visit("tb_next", visit);
    body(object).frame.visit("tb_frame", visit);
}

fn clear(object: &Object) {
    body(object).next.clear();
    body(object).frame.clear();
}

fn new_slot(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "traceback",
        &["tb_next", "tb_frame", "tb_lasti", "tb_lineno"],
        0,
        4,
        4,
    );
    let [next, frame, lasti, line] = SIGNATURE.bind_tuple::<4>(args, kwargs)?;
    let (Some(next), Some(frame), Some(lasti), Some(line)) = (next, frame, lasti, line) else {
        return Err(type_error("traceback() needs 4 arguments"));
    };
    if frame.ty().full_name() != "frame" {
        return Err(type_error(format!(
            "traceback() argument 'tb_frame' must be frame, not {}",
            frame.ty().full_name()
        )));
    }
    let (lasti, line) = (int::as_i32(lasti)?, int::as_i32(line)?);
    let next = checked_next(next)?;
    Ok(new(next.map(Owned::new), frame, lasti, line))
}

fn checked_next(next: &Object) -> PyResult<Option<&Object>> {
    if next.is(none()) {
        return Ok(None);
    }
    if !next.is_exact(&TRACEBACK) {
        return Err(type_error(format!(
            "expected traceback object or None, got '{}'",
            next.ty().full_name()
        )));
    }
    Ok(Some(next))
}

fn dir(_: &Object) -> PyResult {
    let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
    Ok(list::from_owned(
        names.map(crate::types::str::Str::new).into(),
    ))
}

fn get_next(object: &Object) -> PyResult {
    Ok(body(object).next.or_none())
}

fn set_next(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(type_error("can't delete tb_next attribute"));
    };
    let next = checked_next(value)?;
    let mut at = next;
    while let Some(entry) = at {
        if entry.is(object) {
            return Err(value_error("traceback loop detected"));
        }
        at = body(entry).next.get();
    }
    body(object).next.set_ref(next);
    Ok(())
}

fn get_lineno(object: &Object) -> PyResult {
    match lineno(object) {
        -1 => Ok(none_owned()),
        line => Ok(int::from_i64(line.into())),
    }
}
