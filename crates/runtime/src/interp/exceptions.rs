//! Raising, matching and restoring exceptions; `with` blocks' special methods.

use terrarium_objects::typeobject::flags;
use terrarium_objects::types::exceptions as exc;
use terrarium_objects::types::traceback;
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::{Object, Owned, PyResult, Raised, Word, error, names, ops, state};

use super::cx::{Cx, Flow, is_none_word, none_word};

/// `(exception -- previous exception, exception)`: begins to handle it.
pub unsafe fn push_exc_info(cx: &mut Cx, _: u32) -> Flow {
    let exception = cx.pop();
    // SAFETY: never null after start-up.
    let info = unsafe { &*state::get().exc_info.get() };
    let previous = info
        .value
        .replace(Owned::new(exception.object()).into_raw());
    // SAFETY: null or owned by the item, which hands it over.
    let previous = if previous.is_null() {
        none_word()
    } else {
        unsafe { Word::from_raw(previous) }
    };
    cx.push(previous);
    cx.push(exception);
    cx.advance(0)
}

/// `(previous exception -- )`: ends handling.
pub unsafe fn pop_except(cx: &mut Cx, _: u32) -> Flow {
    let previous = cx.pop();
    cx.save();
    // SAFETY: never null after start-up.
    let info = unsafe { &*state::get().exc_info.get() };
    let old = info.value.replace(if is_none_word(previous) {
        std::ptr::null_mut()
    } else {
        previous.into_owned().into_raw()
    });
    if !old.is_null() {
        // SAFETY: the item owned it.
        unsafe { Object::decref(old) };
    }
    cx.advance(0)
}

/// `(values.., exception -- values..)`: raises again; with an argument the position saved below is the place.
pub unsafe fn reraise(cx: &mut Cx, oparg: u32) -> Flow {
    let exception = cx.pop();
    cx.save();
    // The checks of files let None pass, which `except*` tests for.
    if !is_exception(exception.object()) {
        // SAFETY: the word was the stack's.
        unsafe { exception.close() };
        error::system_error("RERAISE of what is no exception");
        return Flow::Error;
    }
    if oparg != 0 {
        let saved = cx.peek(oparg as usize);
        if let Some(index) = crate::unwind::saved_position(cx.code(), saved) {
            // SAFETY: inside this code.
            unsafe { (*cx.frame).instr = cx.code().units().add(index) };
        }
    }
    error::restore(exception.into_owned());
    Flow::Reraise
}

/// `raise`, `raise exc`, `raise exc from cause`
pub unsafe fn raise_varargs(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let cause = (oparg == 2).then(|| cx.pop().into_owned());
    let exception = (oparg >= 1).then(|| cx.pop().into_owned());
    cx.save();
    match exception {
        None => {
            if raise_again() {
                Flow::Reraise
            } else {
                Flow::Error
            }
        }
        Some(exception) => {
            raise(exception, cause);
            Flow::Error
        }
    }
}

/// Bare `raise`: what is being handled; false (and RuntimeError) when there is nothing.
fn raise_again() -> bool {
    match exc::handled() {
        Some(exception) => {
            error::restore(exception);
            true
        }
        None => {
            error::runtime_error("No active exception to reraise");
            false
        }
    }
}

fn is_exception_class(object: &Object) -> bool {
    // SAFETY: instances of `type` start with `Type`.
    object.ty().has(flags::TYPE_SUBCLASS)
        && unsafe { object.cast::<terrarium_objects::Type>() }.has(flags::BASE_EXC_SUBCLASS)
}

fn is_exception(object: &Object) -> bool {
    object.ty().has(flags::BASE_EXC_SUBCLASS)
}

pub fn is_exception_or_none(object: &Object) -> bool {
    object.is(terrarium_objects::none()) || is_exception(object)
}

/// An instance: the object itself, or the class called.
fn instantiate(object: Owned) -> PyResult {
    if !is_exception_class(&object) {
        return Ok(object);
    }
    let made = ops::call::call(&object, &[], None)?;
    if !is_exception(&made) {
        let text = format!(
            "calling {} should have returned an instance of BaseException, not {}",
            text_of(&object),
            text_of(made.ty().as_object())
        );
        return Err(error::type_error(text));
    }
    Ok(made)
}

fn text_of(object: &Object) -> String {
    ops::text::repr(object).map_or_else(
        |_| {
            error::clear();
            String::from("?")
        },
        |text| ops::text::lossy(&text),
    )
}

fn raise(exception: Owned, cause: Option<Owned>) {
    if !is_exception_class(&exception) && !is_exception(&exception) {
        drop(exception);
        error::type_error("exceptions must derive from BaseException");
        return;
    }
    let Ok(instance) = instantiate(exception) else {
        return;
    };
    if let Some(cause) = cause {
        let cause = if cause.is(terrarium_objects::none()) {
            None
        } else if is_exception_class(&cause) || is_exception(&cause) {
            match instantiate(cause) {
                Ok(cause) => Some(cause),
                Err(Raised) => return,
            }
        } else {
            error::type_error("exception causes must derive from BaseException");
            return;
        };
        exc::set_cause(&instance, cause);
    }
    exc::set_context(&instance);
    error::restore(instance);
}

/// `(exception, type -- exception, bool)`
pub unsafe fn check_exc_match(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let wanted = cx.peek(1).object();
    if !valid_match(wanted) {
        error::type_error("catching classes that do not inherit from BaseException is not allowed");
        return Flow::Error;
    }
    let found = exc::given_matches(cx.peek(2).object(), wanted);
    cx.finish_bool(1, 0, Ok(found))
}

fn valid_match(wanted: &Object) -> bool {
    if wanted.ty().has(flags::TUPLE_SUBCLASS) {
        // SAFETY: checked.
        return unsafe { wanted.cast::<Tuple>() }
            .items()
            .iter()
            .all(|item| is_exception_class(item));
    }
    is_exception_class(wanted)
}

/// `(group, type -- rest, match)`
pub unsafe fn check_eg_match(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let (group, wanted) = (cx.peek(2).object(), cx.peek(1).object());
    let result = match_group(group, wanted);
    cx.close_top(2);
    match result {
        Err(Raised) => Flow::Error,
        // A group's class may have a `split` of its own.
        Ok((matched, rest)) if !(is_exception_or_none(&matched) && is_exception_or_none(&rest)) => {
            error::type_error("split() of an exception group must return exceptions or None");
            Flow::Error
        }
        Ok((matched, rest)) => {
            if !matched.is(terrarium_objects::none()) {
                exc::set_handled(&matched);
            }
            cx.push_owned(rest);
            cx.push_owned(matched);
            cx.advance(0)
        }
    }
}

/// What an `except*` clause takes and leaves (Python/ceval.c, `_PyEval_ExceptionGroupMatch`).
fn match_group(group: &Object, wanted: &Object) -> PyResult<(Owned, Owned)> {
    if !valid_match(wanted) {
        return Err(error::type_error(
            "catching classes that do not inherit from BaseException is not allowed",
        ));
    }
    let group_type = &exc::BASE_EXCEPTION_GROUP;
    let is_group_class =
        // SAFETY: checked above to be classes.
        |c: &Object| unsafe { c.cast::<terrarium_objects::Type>() }.is_subtype(group_type);
    let names_group = if wanted.ty().has(flags::TUPLE_SUBCLASS) {
        // SAFETY: the condition says a tuple.
        unsafe { wanted.cast::<Tuple>() }
            .items()
            .iter()
            .any(|c| is_group_class(c))
    } else {
        is_group_class(wanted)
    };
    if names_group {
        return Err(error::type_error(
            "catching ExceptionGroup with except* is not allowed. Use except instead.",
        ));
    }
    // A naked exception is wrapped; the group gets the traceback of where it was caught.
    exc::group::match_clause(group, wanted, |wrapped| {
        let running = terrarium_objects::frame::current();
        // SAFETY: the frame that matches is running and complete.
        let object = unsafe { crate::frames::object_of(running)? };
        // SAFETY: as above.
        let offset = unsafe { (*running).lasti() } as i32 * 2;
        let entry = traceback::new(None, &object, offset, traceback::LATER);
        exc::set_traceback(wrapped, entry);
        Ok(())
    })
}

/// The special methods of LOAD_SPECIAL, with what to say when one is missing.
fn special(oparg: u32) -> (&'static Object, &'static str) {
    let n = names();
    match oparg {
        0 => (
            &n.__enter__,
            "'{}' object does not support the context manager protocol (missed __enter__ method)",
        ),
        1 => (
            &n.__exit__,
            "'{}' object does not support the context manager protocol (missed __exit__ method)",
        ),
        2 => (
            &n.__aenter__,
            "'{}' object does not support the asynchronous context manager protocol (missed __aenter__ method)",
        ),
        _ => (
            &n.__aexit__,
            "'{}' object does not support the asynchronous context manager protocol (missed __aexit__ method)",
        ),
    }
}

/// `(owner -- method, self or null)`
pub unsafe fn load_special(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let (name, text) = special(oparg);
    let owner = cx.peek(1).object();
    match ops::attribute::lookup_special_method(owner, name) {
        Err(Raised) => Flow::Error,
        Ok(Some((method, unbound))) => {
            let owner = cx.pop();
            cx.push_owned(method);
            if unbound {
                cx.push(owner);
            } else {
                cx.push(Word::NULL);
                cx.save();
                unsafe { owner.close() };
            }
            cx.advance(0)
        }
        Ok(None) => {
            error::type_error(special_error(owner, oparg, text));
            Flow::Error
        }
    }
}

/// Suggests the other protocol when the object has that one.
fn special_error(owner: &Object, oparg: u32, text: &str) -> String {
    let plain = text.replace("{}", owner.ty().name());
    let n = names();
    let (enter, exit): (&Object, &Object) = if oparg < 2 {
        (&n.__aenter__, &n.__aexit__)
    } else {
        (&n.__enter__, &n.__exit__)
    };
    let has = |name: &Object| ops::attribute::type_lookup(owner.ty(), name).is_some();
    if !(has(enter) && has(exit)) {
        return plain;
    }
    if oparg < 2 {
        format!(
            "{plain} but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?"
        )
    } else {
        format!("{plain} but it supports the context manager protocol. Did you mean to use 'with'?")
    }
}

/// `(exit, self or null, lasti, unused, exception -- ..., result)`: calls `__exit__` with the exception.
pub unsafe fn with_except_start(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let exception = cx.peek(1).object();
    let (function, receiver) = (cx.peek(5).object(), cx.peek(4));
    let traceback = exc::traceback_of(exception)
        .map(|traceback| terrarium_objects::root("traceback for __exit__", traceback));
    let traceback_word = traceback.as_deref().map_or_else(none_word, Word::borrowed);
    let class = Word::borrowed(exception.ty().as_object());
    let all = [
        receiver.borrow(),
        class,
        Word::borrowed(exception),
        traceback_word,
    ];
    let args = if receiver.is_null() {
        &all[1..]
    } else {
        &all[..]
    };
    let result = ops::call::call(function, args, None);
    drop(traceback);
    cx.finish(0, 0, result)
}
