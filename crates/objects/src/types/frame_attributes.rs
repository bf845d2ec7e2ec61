//! What a frame object shows of itself (Objects/frameobject.c).

use std::cell::Cell;
use std::mem::offset_of;
use std::ptr::null_mut;

use super::code::Code;
use super::code_attributes::line_at;
use super::frame_object::{self, FRAME_BYTES, FrameObject};
use super::generator::{self, state as gstate};
use super::{code_monitoring, frame_jump, frame_locals};
use crate::error;
use crate::frame::{Frame, owner};
use crate::object::Object;
use crate::ops;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{GetSetDef, MemberDef, MemberKind, MethodDef, Native};
use crate::types::bool::{self, bool_owned};
use crate::types::int;
use crate::types::none::{none, none_owned};
use crate::types::str::Str;

pub static MEMBERS: [MemberDef; 1] = [MemberDef {
    name: "f_trace_lines",
    kind: MemberKind::Bool,
    offset: offset_of!(FrameObject, trace_lines),
    readonly: false,
    doc: "",
}];

pub static GETSET: [GetSetDef; 10] = [
    GetSetDef::read("f_back", back, ""),
    GetSetDef::read(
        "f_locals",
        locals,
        "Return the mapping used by the frame to look up local variables.",
    ),
    GetSetDef {
        name: "f_lineno",
        get: Some(line_number),
        set: Some(frame_jump::set_line),
        doc: "Return the current line number in the frame.",
    },
    GetSetDef {
        name: "f_trace",
        get: Some(|o| or_none(of(o).trace.get())),
        set: Some(set_trace),
        doc: "Return the trace function for this frame, or None if no trace function is set.",
    },
    GetSetDef::read(
        "f_lasti",
        lasti,
        "Return the index of the last attempted instruction in the frame.",
    ),
    GetSetDef::read(
        "f_globals",
        |o| or_none(frame(o).globals),
        "Return the global variables in the frame.",
    ),
    GetSetDef::read(
        "f_builtins",
        |o| or_none(frame(o).builtins),
        "Return the built-in variables in the frame.",
    ),
    GetSetDef::read(
        "f_code",
        |o| Ok(Owned::new(frame(o).executable.object())),
        "Return the code object being executed in this frame.",
    ),
    GetSetDef {
        name: "f_trace_opcodes",
        get: Some(|o| Ok(bool_owned(of(o).trace_opcodes.get()))),
        set: Some(set_trace_opcodes),
        doc: "Return True if opcode tracing is enabled, False otherwise.",
    },
    GetSetDef::read(
        "f_generator",
        owner_of,
        "Return the generator or coroutine associated with this frame, or None.",
    ),
];

pub static METHODS: [MethodDef; 2] = [
    MethodDef::new("clear", Native::NoArgs(clear), "clear($self, /)\n--\n\n"),
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(sizeof),
        "__sizeof__($self, /)\n--\n\n",
    ),
];

fn of(object: &Object) -> &FrameObject {
    // SAFETY: called by slots and attributes of the type.
    unsafe { object.cast::<FrameObject>() }
}

fn frame(object: &Object) -> &Frame {
    // SAFETY: a frame object always has a live frame.
    unsafe { &*of(object).frame.get() }
}

fn or_none(pointer: *mut Object) -> PyResult {
    // SAFETY: null or a live object.
    Ok(unsafe { pointer.as_ref() }.map_or_else(none_owned, Owned::new))
}

fn put(cell: &Cell<*mut Object>, value: Option<Owned>) {
    let old = cell.replace(value.map_or(null_mut(), Owned::into_raw));
    if !old.is_null() {
        // SAFETY: the field owned it.
        unsafe { Object::decref(old) };
    }
}

fn back(object: &Object) -> PyResult {
    let known = of(object).back.get();
    if !known.is_null() {
        return or_none(known);
    }
    // SAFETY: frames of the chain are live.
    unsafe {
        let caller = generator::first_complete(frame(object).previous);
        Ok(if caller.is_null() {
            none_owned()
        } else {
            frame_object::object_of(caller)
        })
    }
}

fn locals(object: &Object) -> PyResult {
    // SAFETY: a frame object always has a live frame.
    unsafe { frame_locals::locals_of(of(object).frame.get()) }
}

/// The line the frame is at.
pub fn line_of(object: &Object) -> Option<i32> {
    let set = of(object).lineno.get();
    if set != 0 {
        return Some(set);
    }
    let frame = frame(object);
    line_at(frame.code(), frame.lasti())
}

fn line_number(object: &Object) -> PyResult {
    Ok(line_of(object)
        .filter(|l| *l >= 0)
        .map_or_else(none_owned, |l| int::from_i64(i64::from(l))))
}

fn lasti(object: &Object) -> PyResult {
    let index = frame(object).lasti();
    Ok(int::from_i64(if index < 0 { -1 } else { index as i64 * 2 }))
}

fn set_trace(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let this = of(object);
    let value = value.filter(|v| !v.is(none()));
    let given = value.map_or(null_mut(), Object::as_ptr);
    if !std::ptr::eq(given, this.trace.get()) {
        put(&this.trace, value.map(Owned::new));
        if value.is_some() && this.trace_opcodes.get() {
            want_opcodes(object, true);
        }
    }
    Ok(())
}

fn want_opcodes(object: &Object, on: bool) {
    // SAFETY: the frame keeps its code.
    let code = unsafe { frame(object).executable.object().cast::<Code>() };
    code_monitoring::of(code).opcodes = on;
}

fn set_trace_opcodes(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(error::attribute_error_text(
            "attribute 'f_trace_opcodes' of 'frame' objects cannot be deleted",
        ));
    };
    if !value.is_exact(&bool::BOOL) {
        return Err(error::type_error("attribute value type must be bool"));
    }
    let on = bool::is_true(value);
    of(object).trace_opcodes.set(on);
    if !on || !of(object).trace.get().is_null() {
        want_opcodes(object, on);
    }
    Ok(())
}

fn owner_of(object: &Object) -> PyResult {
    let frame = of(object).frame.get();
    // SAFETY: a frame object always has a live frame; the owner says where it lies.
    Ok(unsafe {
        if (*frame).owner == owner::GENERATOR {
            Owned::new(generator::of_frame(frame).object())
        } else {
            none_owned()
        }
    })
}

/// `clear()`: refused while the frame may still run.
fn clear(object: &Object) -> PyResult {
    let inner = of(object).frame.get();
    match frame(object).owner {
        owner::GENERATOR => {
            // SAFETY: the owner says so.
            let owner = unsafe { generator::of_frame(inner) };
            match owner.state.get() {
                gstate::EXECUTING => {
                    return Err(error::runtime_error("cannot clear an executing frame"));
                }
                gstate::SUSPENDED | gstate::SUSPENDED_YIELD_FROM => {
                    return Err(error::runtime_error("cannot clear a suspended frame"));
                }
                _ => {
                    let kept = Owned::new(owner.object());
                    generator::finalize(&kept);
                }
            }
        }
        owner::THREAD => return Err(error::runtime_error("cannot clear an executing frame")),
        _ => frame_object::frame_clear(object),
    }
    Ok(none_owned())
}

fn sizeof(object: &Object) -> PyResult {
    let code = frame(object).code();
    Ok(int::from_usize(FRAME_BYTES + code.frame_slots() * 8))
}

/// The `repr` slot.
pub(super) fn repr(object: &Object) -> PyResult {
    let code = frame(object).code();
    // SAFETY: always set.
    let (file, name) = unsafe {
        (
            ops::text::repr(&*code.filename.get())?,
            ops::text::lossy(&*code.name.get()),
        )
    };
    let line = line_of(object).unwrap_or(-1);
    Ok(Str::new(&format!(
        "<frame at {object:p}, file {}, line {line}, code {name}>",
        ops::text::lossy(&file)
    )))
}
