//! Sending into generators and coroutines: `send`, `throw`, `close`, iteration, finalisation (Objects/genobject.c).

use std::ptr::null_mut;

use super::{FRAME_OFFSET, Generator, clear_body, evaluate, state, visit};
use crate::alloc;
use crate::error;
use crate::frame::{self, SPECIALS};
use crate::gc;
use crate::names::names;
use crate::object::Object;
use crate::ops;
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::state::get as thread;
use crate::typeobject::{MethodDef, Native, Sent, Slots, Type, flags};
use crate::types::exceptions as exc;
use crate::types::none::{none, none_owned};

pub static GENERATOR: Type = Type::builtin(
    "generator",
    FRAME_OFFSET + SPECIALS * 8,
    Slots {
        dealloc: generator_dealloc,
        visit,
        finalize: Some(finalize),
        repr: Some(super::attributes::repr),
        getattro: Some(ops::attribute::generic_get),
        iter: Some(super::attributes::itself),
        iternext: Some(iternext),
        am_send: Some(am_send),
        ..Slots::NONE
    },
)
.with_itemsize(8)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_weaklistoffset(std::mem::offset_of!(Generator, weaklist))
.with_methods(&METHODS)
.with_getset(&super::attributes::GENERATOR_GETSET);

pub static COROUTINE: Type = Type::builtin(
    "coroutine",
    FRAME_OFFSET + SPECIALS * 8,
    Slots {
        dealloc: generator_dealloc,
        visit,
        finalize: Some(finalize),
        repr: Some(super::attributes::repr),
        getattro: Some(ops::attribute::generic_get),
        am_await: Some(super::awaiting::coroutine_await),
        am_send: Some(am_send),
        ..Slots::NONE
    },
)
.with_itemsize(8)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_weaklistoffset(std::mem::offset_of!(Generator, weaklist))
.with_methods(&METHODS)
.with_getset(&super::attributes::COROUTINE_GETSET);

static METHODS: [MethodDef; 5] = [
    MethodDef::new("send", Native::O(send), ""),
    MethodDef::new("throw", Native::Fast(throw_method), ""),
    MethodDef::new("close", Native::NoArgs(close), ""),
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(super::attributes::sizeof),
        "__sizeof__($self, /)\n--\n\n",
    ),
    MethodDef::class(
        "__class_getitem__",
        Native::O(crate::types::generic_alias::class_getitem),
        "",
    ),
];

pub(super) fn of(object: &Object) -> &Generator {
    // SAFETY: called for the three types, which share the body.
    unsafe { object.cast::<Generator>() }
}

fn kind(object: &Object) -> &'static str {
    if object.is_exact(&COROUTINE) {
        "coroutine"
    } else if object.is_exact(&super::ASYNC_GENERATOR) {
        "async generator"
    } else {
        "generator"
    }
}

/// Resumes with a value (`None` for iteration), or with the exception now set. `Ok(None)`: it is exhausted, without a value to tell.
pub(super) fn resume(
    object: &Object,
    value: Option<&Object>,
    throwing: bool,
    closing: bool,
) -> PyResult<Option<Sent>> {
    let generator = of(object);
    let at = generator.state.get();
    if at == state::CREATED && !throwing && value.is_some_and(|v| !v.is(none())) {
        return Err(error::type_error(format!(
            "can't send non-None value to a just-started {}",
            kind(object)
        )));
    }
    if at == state::EXECUTING {
        return Err(error::value_error(format!(
            "{} already executing",
            kind(object)
        )));
    }
    if at >= state::COMPLETED {
        if object.is_exact(&COROUTINE) && !closing {
            return Err(error::runtime_error(
                "cannot reuse already awaited coroutine",
            ));
        }
        if throwing {
            return Err(Raised);
        }
        return Ok(value.map(|_| Sent::Returned(none_owned())));
    }
    // SAFETY: the frame is suspended or fresh.
    unsafe {
        let inner = generator.frame();
        (*inner).sp.write(Word::new(value.unwrap_or(none())));
        (*inner).sp = (*inner).sp.add(1);
        let thread = thread();
        generator.exc_state.previous.set(thread.exc_info.get());
        thread.exc_info.set(&raw const generator.exc_state);
        if throwing {
            exc::chain_handled_to_current();
        }
        generator.state.set(state::EXECUTING);
        (*inner).previous = frame::current();
        // The caller holds the generator; a reference more would show in its count.
        let result = evaluate(inner, throwing);
        let suspended = matches!(
            generator.state.get(),
            state::SUSPENDED | state::SUSPENDED_YIELD_FROM
        );
        let result = result?;
        if suspended {
            return Ok(Some(Sent::Yielded(result)));
        }
        if value.is_none() && result.is(none()) && !object.is_exact(&super::ASYNC_GENERATOR) {
            return Ok(None);
        }
        Ok(Some(Sent::Returned(result)))
    }
}

/// `resume` with a return turned into StopIteration (StopAsyncIteration).
pub(super) fn send_ex(
    object: &Object,
    value: Option<&Object>,
    throwing: bool,
    closing: bool,
) -> PyResult {
    match resume(object, value, throwing, closing)? {
        Some(Sent::Yielded(item)) => Ok(item),
        Some(Sent::Returned(result)) if object.is_exact(&super::ASYNC_GENERATOR) => {
            drop(result);
            Err(exc::raise_bare(&exc::STOP_ASYNC_ITERATION))
        }
        Some(Sent::Returned(result)) if result.is(none()) => Err(error::stop_iteration(None)),
        Some(Sent::Returned(result)) => Err(exc::raise_stop_iteration(&result)),
        None if object.is_exact(&super::ASYNC_GENERATOR) => {
            Err(exc::raise_bare(&exc::STOP_ASYNC_ITERATION))
        }
        None => Err(error::stop_iteration(None)),
    }
}

/// `am_send`: what `yield from`, `await` and native callers use.
pub fn send_result(object: &Object, value: &Object) -> PyResult<Sent> {
    Ok(resume(object, Some(value), false, false)?.unwrap_or_else(|| Sent::Returned(none_owned())))
}

fn am_send(object: &Object, value: &Object) -> PyResult<Sent> {
    send_result(object, value)
}

fn send(object: &Object, value: &Object) -> PyResult {
    send_ex(object, Some(value), false, false)
}

pub(super) fn iternext(object: &Object) -> PyResult<Option<Owned>> {
    match resume(object, None, false, false)? {
        Some(Sent::Yielded(item)) => Ok(Some(item)),
        Some(Sent::Returned(result)) if result.is(none()) => Ok(None),
        Some(Sent::Returned(result)) => Err(exc::raise_stop_iteration(&result)),
        None => Ok(None),
    }
}

/// Closes what the generator delegates to.
fn close_iterator(iterator: &Object) -> PyResult<()> {
    if iterator.is_exact(&GENERATOR) || iterator.is_exact(&COROUTINE) {
        return close(iterator).map(drop);
    }
    match ops::attribute::get_optional(iterator, &names().close) {
        Ok(Some(method)) => ops::call::call(&method, &[], None).map(drop),
        Ok(None) => Ok(()),
        Err(Raised) => {
            exc::write_unraisable(Some(iterator));
            Ok(())
        }
    }
}

/// `close()`: raises GeneratorExit inside; what it returns is returned.
pub fn close(object: &Object) -> PyResult {
    let generator = of(object);
    match generator.state.get() {
        state::CREATED => {
            generator.state.set(state::COMPLETED);
            finish_unstarted(generator);
            return Ok(none_owned());
        }
        at if at >= state::COMPLETED => return Ok(none_owned()),
        _ => {}
    }
    let mut failed = false;
    if let Some(iterator) = generator.yields_from().map(Owned::new) {
        let iterator = crate::state::root("iterator delegated to", iterator);
        generator.state.set(state::EXECUTING);
        failed = close_iterator(&iterator).is_err();
        generator.state.set(state::SUSPENDED_YIELD_FROM);
    }
    if !failed {
        exc::raise_bare(&exc::GENERATOR_EXIT);
    }
    let result = resume(object, Some(none()), true, true);
    match result {
        Ok(Some(Sent::Yielded(item))) => {
            drop(item);
            Err(error::runtime_error(format!(
                "{} ignored GeneratorExit",
                kind(object)
            )))
        }
        Ok(Some(Sent::Returned(value))) => Ok(value),
        Ok(None) => Ok(none_owned()),
        Err(Raised)
            if error::matches(&exc::STOP_ITERATION) || error::matches(&exc::GENERATOR_EXIT) =>
        {
            error::clear();
            Ok(none_owned())
        }
        Err(Raised) => Err(Raised),
    }
}

/// A generator that never ran gives up its frame.
fn finish_unstarted(generator: &Generator) {
    generator.state.set(state::CLEARED);
    // SAFETY: the frame is live and not running.
    unsafe { clear_body(generator) };
}

/// `throw(exception)`, or the older `throw(type, value, traceback)`.
pub(super) fn throw_method(object: &Object, args: &[Word]) -> PyResult {
    if args.is_empty() || args.len() > 3 {
        let text = if args.is_empty() {
            "throw expected at least 1 argument, got 0".into()
        } else {
            format!("throw expected at most 3 arguments, got {}", args.len())
        };
        return Err(error::type_error(text));
    }
    if args.len() > 1 {
        let text = "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.".to_string();
        exc::warn(&exc::DEPRECATION_WARNING, &text)?;
    }
    throw(
        object,
        args[0].object(),
        args.get(1).map(|w| w.object()),
        args.get(2).map(|w| w.object()),
        true,
    )
}

/// Throws into the generator, through what it delegates to first.
pub(super) fn throw(
    object: &Object,
    ty: &Object,
    value: Option<&Object>,
    traceback: Option<&Object>,
    close_on_exit: bool,
) -> PyResult {
    let generator = of(object);
    let Some(iterator) = generator.yields_from().map(Owned::new) else {
        return throw_here(object, ty, value, traceback);
    };
    let iterator = crate::state::root("iterator delegated to", iterator);
    if close_on_exit && exc::class_matches(ty, &exc::GENERATOR_EXIT) {
        generator.state.set(state::EXECUTING);
        let closed = close_iterator(&iterator);
        generator.state.set(state::SUSPENDED_YIELD_FROM);
        return match closed {
            Ok(()) => throw_here(object, ty, value, traceback),
            Err(Raised) => send_ex(object, Some(none()), true, false),
        };
    }
    let result = if iterator.is_exact(&GENERATOR) || iterator.is_exact(&COROUTINE) {
        generator.state.set(state::EXECUTING);
        // SAFETY: both frames are live; the inner one is entered from the outer one.
        let outer = generator.frame();
        let before = frame::current();
        unsafe { (*outer).previous = before };
        frame::set_current(outer);
        let result = throw(&iterator, ty, value, traceback, close_on_exit);
        frame::set_current(before);
        // SAFETY: the generator, held by the caller, keeps its frame.
        unsafe { (*outer).previous = null_mut() };
        generator.state.set(state::SUSPENDED_YIELD_FROM);
        result
    } else {
        let Some(method) = ops::attribute::get_optional(&iterator, &names().throw)? else {
            return throw_here(object, ty, value, traceback);
        };
        let args: Vec<Word> = [Some(ty), value, traceback]
            .into_iter()
            .flatten()
            .map(Word::borrowed)
            .collect();
        generator.state.set(state::EXECUTING);
        let result = ops::call::call(&method, &args, None);
        generator.state.set(state::SUSPENDED_YIELD_FROM);
        result
    };
    match result {
        Ok(item) => Ok(item),
        // The error goes on inside the generator, where the delegation stands.
        Err(Raised) => send_ex(object, Some(none()), true, false),
    }
}

fn throw_here(
    object: &Object,
    ty: &Object,
    value: Option<&Object>,
    traceback: Option<&Object>,
) -> PyResult {
    exc::set_thrown(ty, value, traceback)?;
    send_ex(object, Some(none()), true, false)
}

/// Runs at deallocation of a suspended one: closes it; a coroutine that never ran is warned of.
pub fn finalize(object: &Object) {
    let generator = of(object);
    if generator.state.get() >= state::COMPLETED {
        return;
    }
    let saved = error::fetch();
    // SAFETY: the frame is live.
    let never_ran = generator.state.get() == state::CREATED;
    if object.is_exact(&COROUTINE) && never_ran {
        super::awaiting::warn_never_awaited(object);
    } else if let Err(Raised) = close(object) {
        exc::write_unraisable_with("Exception ignored while closing generator", Some(object));
    }
    if let Some(saved) = saved {
        error::restore(saved);
    }
}

/// # Safety
/// A `dealloc` slot of one of the three types.
pub(super) unsafe fn generator_dealloc(object: *mut Object) {
    // SAFETY: a dying generator.
    unsafe {
        gc::untrack(&*object);
        let generator = of(&*object);
        if !generator.weaklist.get().is_null() {
            crate::types::weakref::clear_weakrefs(&*object);
        }
        gc::track(&*object);
        if crate::types::r#type::instance::finalize_dying(object) {
            return;
        }
        gc::untrack(&*object);
        if generator.state.get() != state::CLEARED {
            generator.state.set(state::CLEARED);
            // The count is zero: nothing inside may revive it.
            let inner = generator.frame();
            if (*inner).frame_obj.is_null() || crate::types::frame_object::detach(inner) {
                crate::frame::Frame::clear_locals(inner);
                (*inner).function.close();
            }
            let handled = generator.exc_state.value.replace(null_mut());
            if !handled.is_null() {
                Object::decref(handled);
            }
        }
        (*generator.frame()).executable.close();
        for cell in [
            &generator.origin_or_finalizer,
            &generator.name,
            &generator.qualname,
        ] {
            let part = cell.replace(null_mut());
            if !part.is_null() {
                Object::decref(part);
            }
        }
        alloc::free_object(object);
    }
}
