//! What a generator shows of itself.

use super::methods::of;
use super::{ASYNC_GENERATOR, COROUTINE, Generator, state};
use crate::error;
use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::typeobject::GetSetDef;
use crate::types::bool::bool_owned;
use crate::types::frame_object;
use crate::types::none::none_owned;
use crate::types::str::Str;

/// The code object of a generator.
pub fn code_of(object: &Object) -> Owned {
    // SAFETY: the frame keeps its code until deallocation.
    Owned::new(unsafe { (*of(object).frame()).executable.object() })
}

/// Whether its frame is being run.
pub fn frame_is_running(object: &Object) -> bool {
    of(object).state.get() == state::EXECUTING
}

pub(super) fn itself(object: &Object) -> PyResult {
    Ok(Owned::new(object))
}

pub(super) fn repr(object: &Object) -> PyResult {
    let kind = if object.is_exact(&COROUTINE) {
        "coroutine"
    } else if object.is_exact(&ASYNC_GENERATOR) {
        "async_generator"
    } else {
        "generator"
    };
    // SAFETY: always set.
    let qualname = crate::ops::text::lossy(unsafe { &*of(object).qualname.get() });
    Ok(Str::new(&format!(
        "<{kind} object {qualname} at {object:p}>"
    )))
}

/// Bytes of the object: header, fields, and the frame's words.
pub(super) fn sizeof(object: &Object) -> PyResult {
    let code = code_of(object);
    // SAFETY: a code object.
    let code = unsafe { code.cast::<crate::types::code::Code>() };
    let slots = code.frame_slots();
    Ok(crate::types::int::from_usize(
        super::FRAME_OFFSET + (crate::frame::SPECIALS + slots) * 8,
    ))
}

fn running(object: &Object) -> PyResult {
    Ok(bool_owned(frame_is_running(object)))
}

fn suspended(object: &Object) -> PyResult {
    Ok(bool_owned(matches!(
        of(object).state.get(),
        state::SUSPENDED | state::SUSPENDED_YIELD_FROM
    )))
}

fn frame(object: &Object) -> PyResult {
    let generator = of(object);
    if generator.state.get() >= state::COMPLETED {
        return Ok(none_owned());
    }
    // SAFETY: the frame is live.
    Ok(unsafe { frame_object::object_of(generator.frame()) })
}

fn code(object: &Object) -> PyResult {
    Ok(code_of(object))
}

fn yields_from(object: &Object) -> PyResult {
    Ok(of(object).yields_from().map_or_else(none_owned, Owned::new))
}

fn text_cell(object: &Object, qualified: bool) -> &std::cell::Cell<*mut Object> {
    let generator: &Generator = of(object);
    if qualified {
        &generator.qualname
    } else {
        &generator.name
    }
}

fn set_text(object: &Object, value: Option<&Object>, qualified: bool) -> PyResult<()> {
    let attribute = if qualified {
        "__qualname__"
    } else {
        "__name__"
    };
    let Some(value) = value.filter(|v| v.downcast::<Str>().is_some()) else {
        return Err(error::type_error(format!(
            "{attribute} must be set to a string object"
        )));
    };
    let old = text_cell(object, qualified).replace(Owned::new(value).into_raw());
    // SAFETY: the cell owned it.
    unsafe { Object::decref(old) };
    Ok(())
}

fn name(object: &Object) -> PyResult {
    // SAFETY: always set.
    Ok(Owned::new(unsafe { &*text_cell(object, false).get() }))
}

fn qualname(object: &Object) -> PyResult {
    // SAFETY: always set.
    Ok(Owned::new(unsafe { &*text_cell(object, true).get() }))
}

fn set_name(object: &Object, value: Option<&Object>) -> PyResult<()> {
    set_text(object, value, false)
}

fn set_qualname(object: &Object, value: Option<&Object>) -> PyResult<()> {
    set_text(object, value, true)
}

fn origin(object: &Object) -> PyResult {
    // SAFETY: null or owned.
    Ok(
        unsafe { of(object).origin_or_finalizer.get().as_ref() }
            .map_or_else(none_owned, Owned::new),
    )
}

const NAME: GetSetDef = GetSetDef {
    name: "__name__",
    get: Some(name),
    set: Some(set_name),
    doc: "name of the generator",
};
const QUALNAME: GetSetDef = GetSetDef {
    name: "__qualname__",
    get: Some(qualname),
    set: Some(set_qualname),
    doc: "qualified name of the generator",
};

pub static GENERATOR_GETSET: [GetSetDef; 7] = [
    NAME,
    QUALNAME,
    GetSetDef::read(
        "gi_yieldfrom",
        yields_from,
        "object being iterated by yield from, or None",
    ),
    GetSetDef::read("gi_running", running, ""),
    GetSetDef::read("gi_frame", frame, ""),
    GetSetDef::read("gi_suspended", suspended, ""),
    GetSetDef::read("gi_code", code, ""),
];

pub static COROUTINE_GETSET: [GetSetDef; 8] = [
    NAME,
    QUALNAME,
    GetSetDef::read("cr_await", yields_from, "object being awaited on, or None"),
    GetSetDef::read("cr_running", running, ""),
    GetSetDef::read("cr_frame", frame, ""),
    GetSetDef::read("cr_suspended", suspended, ""),
    GetSetDef::read("cr_code", code, ""),
    GetSetDef::read("cr_origin", origin, ""),
];

pub static ASYNC_GENERATOR_GETSET: [GetSetDef; 6] = [
    NAME,
    QUALNAME,
    GetSetDef::read("ag_await", yields_from, "object being awaited on, or None"),
    GetSetDef::read("ag_frame", frame, ""),
    GetSetDef::read("ag_code", code, ""),
    GetSetDef::read("ag_suspended", suspended, ""),
];
