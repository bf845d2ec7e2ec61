//! Awaiting: `coroutine_wrapper`, what `await` iterates over, where a coroutine was made, `aiter()` and `anext()`
//! (Objects/genobject.c, Objects/iterobject.c).

use std::cell::Cell;

use terrarium_bytecode::code::flags as co;

use super::methods::{self, of};
use super::{GENERATOR, Generator};
use crate::alloc;
use crate::error;
use crate::field::Field;
use crate::frame::{self, Frame};
use crate::gc;
use crate::names::names;
use crate::object::{Layout, Object};
use crate::ops;
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::state::{root, words};
use crate::typeobject::{MethodDef, Native, Sent, Slots, Type, flags};
use crate::types::exceptions as exc;
use crate::types::none::{none, none_owned};
use crate::types::{int, tuple};
use crate::visit::Visit;

struct OriginDepth(Cell<i32>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for OriginDepth {}

static ORIGIN_DEPTH: OriginDepth = OriginDepth(Cell::new(0));

/// How many frames of its making a coroutine remembers (`sys.set_coroutine_origin_tracking_depth`).
pub fn set_origin_tracking_depth(depth: i32) {
    ORIGIN_DEPTH.0.set(depth);
}

/// See `set_origin_tracking_depth`.
pub fn origin_tracking_depth() -> i32 {
    ORIGIN_DEPTH.0.get()
}

/// `coroutine.__await__()`: an iterator over a coroutine.
#[repr(C)]
struct CoroutineWrapper {
    object: Object,
    coroutine: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for CoroutineWrapper {
    fn type_object() -> &'static Type {
        &COROUTINE_WRAPPER
    }
}

pub static COROUTINE_WRAPPER: Type = Type::builtin(
    "coroutine_wrapper",
    std::mem::size_of::<CoroutineWrapper>(),
    Slots {
        dealloc: wrapper_dealloc,
        visit: wrapper_visit,
        getattro: Some(ops::attribute::generic_get),
        iter: Some(super::attributes::itself),
        iternext: Some(|o| methods::iternext(&wrapped_coroutine(o))),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_methods(&WRAPPER_METHODS)
.with_doc("A wrapper object implementing __await__ for coroutines.");

static WRAPPER_METHODS: [MethodDef; 3] = [
    MethodDef::new(
        "send",
        Native::O(|o, value| methods::send_ex(&wrapped_coroutine(o), Some(value), false, false)),
        "",
    ),
    MethodDef::new(
        "throw",
        Native::Fast(|o, args| methods::throw_method(&wrapped_coroutine(o), args)),
        "",
    ),
    MethodDef::new(
        "close",
        Native::NoArgs(|o| methods::close(&wrapped_coroutine(o))),
        "",
    ),
];

fn wrapped_coroutine(object: &Object) -> Owned {
    // SAFETY: called by slots and methods of the type.
    unsafe { object.cast::<CoroutineWrapper>() }
        .coroutine
        .or_none()
}

/// The `am_await` slot of coroutines.
pub(super) fn coroutine_await(object: &Object) -> PyResult {
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let place =
            alloc::object_memory(&COROUTINE_WRAPPER, std::mem::size_of::<CoroutineWrapper>());
        assert!(!place.is_null(), "out of memory");
        (&raw mut (*place.cast::<CoroutineWrapper>()).coroutine)
            .write(Field::new(Some(Owned::new(object))));
        gc::track(&*place);
        Ok(Owned::from_raw(place))
    }
}

unsafe fn wrapper_dealloc(object: *mut Object) {
    // SAFETY: a dying wrapper.
    unsafe {
        gc::untrack(&*object);
        (*object).cast::<CoroutineWrapper>().coroutine.clear();
        alloc::free_object(object);
    }
}

unsafe fn wrapper_visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: called for wrappers.
    unsafe { object.cast::<CoroutineWrapper>() }
        .coroutine
        .visit("coroutine", visit);
}

/// Whether it is a generator made by `types.coroutine`.
fn is_generator_coroutine(object: &Object) -> bool {
    object.is_exact(&GENERATOR) && {
        let code = super::code_of(object);
        // SAFETY: a code object.
        unsafe { code.cast::<crate::types::code::Code>() }.has(co::ITERABLE_COROUTINE)
    }
}

/// What `await object` iterates over (`_PyCoro_GetAwaitableIter`).
pub fn awaitable_iterator(object: &Object) -> PyResult {
    if object.is_exact(&super::COROUTINE) || is_generator_coroutine(object) {
        return Ok(Owned::new(object));
    }
    let Some(getter) = object.ty().slots.am_await else {
        return Err(error::type_error(format!(
            "'{}' object can't be awaited",
            object.ty().full_name()
        )));
    };
    let iterator = getter(object)?;
    if iterator.is_exact(&super::COROUTINE) || is_generator_coroutine(&iterator) {
        return Err(error::type_error("__await__() returned a coroutine"));
    }
    if !ops::iter::is_iterator(&iterator) {
        let text = format!(
            "__await__() returned non-iterator of type '{}'",
            iterator.ty().full_name()
        );
        return Err(error::type_error(text));
    }
    Ok(iterator)
}

/// Remembers where a coroutine was made, if that is wanted.
pub(super) fn record_origin(generator: &Generator) {
    let depth = origin_tracking_depth();
    if depth <= 0 {
        return;
    }
    // SAFETY: frames of the chain are live; the running one is the coroutine's own.
    unsafe {
        let running = frame::current();
        let mut at = if running.is_null() {
            running
        } else {
            first_complete((*running).previous)
        };
        let mut entries = Vec::new();
        while !at.is_null() && entries.len() < depth as usize {
            let code = (*at).code();
            let line = crate::types::code_attributes::line_at(code, (*at).lasti()).unwrap_or(-1);
            entries.push(tuple::from_array([
                Owned::new(&*code.filename.get()),
                int::from_i64(i64::from(line)),
                Owned::new(&*code.name.get()),
            ]));
            at = first_complete((*at).previous);
        }
        generator
            .origin_or_finalizer
            .set(tuple::from_owned(entries).into_raw());
    }
}

/// The frame, or the nearest caller that has started.
// SAFETY: `frame` is null or a live frame.
pub(crate) unsafe fn first_complete(mut frame: *mut Frame) -> *mut Frame {
    // SAFETY: frames of the chain are live.
    unsafe {
        while !frame.is_null() && ((*frame).function.is_null() || (*frame).is_incomplete()) {
            frame = (*frame).previous;
        }
    }
    frame
}

/// A coroutine dies before its first step: `warnings._warn_unawaited_coroutine`, or the plain warning.
pub(super) fn warn_never_awaited(object: &Object) {
    let function = crate::hooks::import("warnings")
        .and_then(|module| ops::attribute::get_str(&module, "_warn_unawaited_coroutine"));
    let mut warned = false;
    match function {
        Ok(function) => {
            let called =
                ops::call::call(&root("warning function", function), &words([object]), None);
            warned = called.is_ok() || error::matches(&exc::RUNTIME_WARNING);
        }
        Err(Raised) => error::clear(),
    }
    if error::current().is_some() {
        error::unraisable("Exception ignored while finalizing coroutine", Some(object));
    }
    if warned {
        return;
    }
    // SAFETY: always set.
    let qualname = ops::text::lossy(unsafe { &*of(object).qualname.get() });
    if exc::warn(
        &exc::RUNTIME_WARNING,
        &format!("coroutine '{qualname}' was never awaited"),
    )
    .is_err()
    {
        exc::write_unraisable(Some(object));
    }
}

/// `aiter(object)` (`PyObject_GetAIter`).
pub fn async_iterator(object: &Object) -> PyResult {
    let Some(getter) = object.ty().slots.am_aiter else {
        return Err(error::type_error(format!(
            "'{}' object is not an async iterable",
            object.ty().full_name()
        )));
    };
    let iterator = getter(object)?;
    if iterator.ty().slots.am_anext.is_none() {
        let text = format!(
            "aiter() returned not an async iterator of type '{}'",
            iterator.ty().full_name()
        );
        return Err(error::type_error(text));
    }
    Ok(iterator)
}

/// `anext(iterator)`, `anext(iterator, default)`.
pub fn async_next_item(iterator: &Object, default: Option<&Object>) -> PyResult {
    let Some(next) = iterator.ty().slots.am_anext else {
        return Err(error::type_error(format!(
            "'{}' object is not an async iterator",
            iterator.ty().full_name()
        )));
    };
    let awaitable = next(iterator)?;
    let Some(default) = default else {
        return Ok(awaitable);
    };
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let place = alloc::object_memory(&ANEXT_AWAITABLE, std::mem::size_of::<AnextAwaitable>());
        assert!(!place.is_null(), "out of memory");
        let made = place.cast::<AnextAwaitable>();
        (&raw mut (*made).wrapped).write(Field::new(Some(awaitable)));
        (&raw mut (*made).default).write(Field::new(Some(Owned::new(default))));
        gc::track(&*place);
        Ok(Owned::from_raw(place))
    }
}

/// What `anext` with a default returns.
#[repr(C)]
struct AnextAwaitable {
    object: Object,
    wrapped: Field,
    default: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for AnextAwaitable {
    fn type_object() -> &'static Type {
        &ANEXT_AWAITABLE
    }
}

pub static ANEXT_AWAITABLE: Type = Type::builtin(
    "anext_awaitable",
    std::mem::size_of::<AnextAwaitable>(),
    Slots {
        dealloc: anext_dealloc,
        visit: anext_visit,
        getattro: Some(ops::attribute::generic_get),
        iter: Some(super::attributes::itself),
        iternext: Some(anext_iternext),
        am_await: Some(super::attributes::itself),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_methods(&ANEXT_METHODS);

static ANEXT_METHODS: [MethodDef; 3] = [
    MethodDef::new(
        "send",
        Native::O(|o, value| anext_forward(o, &names().send, &words([value]))),
        "",
    ),
    MethodDef::new(
        "throw",
        Native::Fast(|o, args| anext_forward(o, &names().throw, args)),
        "",
    ),
    MethodDef::new(
        "close",
        Native::NoArgs(|o| anext_forward(o, &names().close, &[])),
        "",
    ),
];

fn anext(object: &Object) -> &AnextAwaitable {
    // SAFETY: called by slots and methods of the type.
    unsafe { object.cast::<AnextAwaitable>() }
}

/// The iterator behind the wrapped awaitable.
fn anext_iterator(object: &Object) -> PyResult {
    let awaitable = awaitable_iterator(&anext(object).wrapped.or_none())?;
    if awaitable.ty().slots.iternext.is_some() {
        return Ok(awaitable);
    }
    let Some(getter) = awaitable.ty().slots.am_await else {
        return Ok(awaitable);
    };
    let iterator = getter(&awaitable)?;
    if !ops::iter::is_iterator(&iterator) {
        return Err(error::type_error("__await__ must return an iterable"));
    }
    Ok(iterator)
}

/// The end of the iteration gives the default.
fn anext_ended(object: &Object) -> Raised {
    if error::matches(&exc::STOP_ASYNC_ITERATION) {
        error::clear();
        return exc::raise_stop_iteration(&anext(object).default.or_none());
    }
    Raised
}

fn anext_iternext(object: &Object) -> PyResult<Option<Owned>> {
    let iterator = root("awaitable", anext_iterator(object)?);
    let Some(next) = iterator.ty().slots.iternext else {
        return Ok(None);
    };
    next(&iterator).map_err(|Raised| anext_ended(object))
}

fn anext_forward(object: &Object, method: &Object, args: &[Word]) -> PyResult {
    let iterator = root("awaitable", anext_iterator(object)?);
    ops::call::call_method(&iterator, method, args).map_err(|Raised| anext_ended(object))
}

unsafe fn anext_dealloc(object: *mut Object) {
    // SAFETY: a dying awaitable.
    unsafe {
        gc::untrack(&*object);
        anext(&*object).wrapped.clear();
        anext(&*object).default.clear();
        alloc::free_object(object);
    }
}

unsafe fn anext_visit(object: &Object, visit: &mut Visit<'_>) {
    anext(object).wrapped.visit("awaitable", visit);
    anext(object).default.visit("default", visit);
}

/// `am_send` on anything that has it, else by `send` or iteration; for native callers that await.
pub fn send_into(object: &Object, value: &Object) -> PyResult<Sent> {
    if let Some(send) = object.ty().slots.am_send {
        return send(object, value);
    }
    let result = match object.ty().slots.iternext {
        Some(next) if value.is(none()) => next(object),
        _ => ops::call::call_method(object, &names().send, &words([value])).map(Some),
    };
    match result {
        Ok(Some(item)) => Ok(Sent::Yielded(item)),
        Ok(None) => Ok(Sent::Returned(none_owned())),
        Err(Raised) if error::matches(&exc::STOP_ITERATION) => {
            exc::take_stop_iteration_value().map(Sent::Returned)
        }
        Err(Raised) => Err(Raised),
    }
}
