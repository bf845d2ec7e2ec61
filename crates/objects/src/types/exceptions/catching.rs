//! Chaining, catching and telling of exceptions: what the loop, generators and start-up ask for (Python/errors.c).

use super::raising::{handled as handled_borrowed, set_context};
use super::special::{IMPORT_ERROR, MODULE_NOT_FOUND_ERROR, NAME_ERROR, STOP_ITERATION};
use super::{base, body, extra, is_exception, is_exception_class};
use crate::error;
use crate::hooks::hooks;
use crate::object::Object;
use crate::ops;
use crate::refs::{Owned, PyResult, Raised};
use crate::state::{self, words};
use crate::typeobject::{Type, flags};
use crate::types::none::{none, none_owned};
use crate::types::str::Str;
use crate::types::traceback;
use crate::types::tuple::Tuple;
use crate::types::r#type::as_type;

/// The exception being handled; a new reference.
pub fn handled() -> Option<Owned> {
    handled_borrowed().map(Owned::new)
}

/// Makes `exception` the one being handled (`PyErr_SetHandledException`).
pub fn set_handled(exception: &Object) {
    // SAFETY: never null after start-up.
    let item = unsafe { &*state::get().exc_info.get() };
    let old = item.value.replace(Owned::new(exception).into_raw());
    if !old.is_null() {
        // SAFETY: the item owned it.
        unsafe { Object::decref(old) };
    }
}

/// Sets `__context__` outright.
pub fn set_context_to(exception: &Object, context: &Object) {
    body(exception).context.set_ref(Some(context));
}

/// Sets `__cause__` (and suppresses the context).
pub fn set_cause(exception: &Object, cause: Option<Owned>) {
    base::put_cause(exception, cause);
}

/// Makes `cause` cause and context of the exception on its way.
pub fn set_cause_of_current(cause: Option<Owned>) {
    if let (Some(exception), Some(cause)) = (error::current(), cause) {
        body(exception).context.set_ref(Some(&cause));
        set_cause(exception, Some(cause));
    }
}

/// The exception on its way gets the one being handled as context (`_PyErr_ChainStackItem`).
pub fn chain_handled_to_current() {
    if handled_borrowed().is_none() {
        return;
    }
    if let Some(exception) = error::current().filter(|e| body(e).context.is_empty()) {
        set_context(exception);
    }
}

/// Raises the class called without arguments.
pub fn raise_bare(ty: &Type) -> Raised {
    match ops::call::call(ty.as_object(), &[], None) {
        Ok(exception) => {
            set_context(&exception);
            error::restore(exception)
        }
        Err(raised) => raised,
    }
}

/// Whether an exception (instance or class) is what an `except` clause names: a class or a tuple of them.
pub fn given_matches(exception: &Object, wanted: &Object) -> bool {
    if wanted.ty().has(flags::TUPLE_SUBCLASS) {
        // SAFETY: checked.
        return unsafe { wanted.cast::<Tuple>() }
            .items()
            .iter()
            .any(|one| given_matches(exception, one));
    }
    let class = if is_exception(exception) {
        Some(exception.ty())
    } else {
        as_exception_class(exception)
    };
    match (class, as_exception_class(wanted)) {
        (Some(class), Some(wanted)) => class.is_subtype(wanted),
        _ => exception.is(wanted),
    }
}

/// `given_matches` for one known class.
pub fn class_matches(exception: &Object, wanted: &Type) -> bool {
    given_matches(exception, wanted.as_object())
}

/// The traceback; a new reference.
pub fn traceback_of(exception: &Object) -> Option<Owned> {
    body(exception).traceback.owned()
}

/// Replaces the traceback.
pub fn set_traceback(exception: &Object, entry: Owned) {
    body(exception).traceback.set(Some(entry));
}

/// The cause, the context, and whether the context is hidden.
pub fn chain_of(exception: &Object) -> (Option<Owned>, Option<Owned>, bool) {
    let this = body(exception);
    (
        this.cause.owned(),
        this.context.owned(),
        this.suppress_context.get() != 0,
    )
}

/// The first of the exception's arguments.
pub fn first_argument(exception: &Object) -> Option<Owned> {
    base::items(&base::args(exception)).first().cloned()
}

/// Sets a NameError's `name`.
pub fn set_name_of(exception: &Object, name: &Object) {
    if exception.ty().is_subtype(&NAME_ERROR) {
        extra(exception, 0).set_ref(Some(name));
    }
}

/// Raises StopIteration with a value, even if that is a tuple or an exception (`_PyGen_SetStopIterationValue`).
pub fn raise_stop_iteration(value: &Object) -> Raised {
    match ops::call::call(STOP_ITERATION.as_object(), &words([value]), None) {
        Ok(exception) => {
            set_context(&exception);
            error::restore(exception)
        }
        Err(raised) => raised,
    }
}

/// The value a StopIteration carries.
pub fn stop_iteration_value(exception: &Object) -> Owned {
    extra(exception, 0).or_none()
}

/// Takes the StopIteration on its way and returns its value; any other exception stays (`_PyGen_FetchStopIterationValue`).
pub fn take_stop_iteration_value() -> PyResult {
    match error::fetch() {
        None => Ok(none_owned()),
        Some(exception) if exception.ty().is_subtype(&STOP_ITERATION) => {
            Ok(stop_iteration_value(&exception))
        }
        Some(other) => Err(error::restore(other)),
    }
}

/// Sets what `generator.throw(type, value, traceback)` throws (Objects/genobject.c, `_gen_throw`).
pub fn set_thrown(ty: &Object, value: Option<&Object>, tb: Option<&Object>) -> PyResult<()> {
    let tb = tb.filter(|t| !t.is(none()));
    if tb.is_some_and(|t| !t.is_exact(&traceback::TRACEBACK)) {
        return Err(error::type_error(
            "throw() third argument must be a traceback object",
        ));
    }
    let exception = if is_exception_class(ty) {
        instantiate(ty, value)?
    } else if is_exception(ty) {
        if value.is_some_and(|v| !v.is(none())) {
            return Err(error::type_error(
                "instance exception may not have a separate value",
            ));
        }
        Owned::new(ty)
    } else {
        return Err(error::type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            ty.ty().name()
        )));
    };
    if let Some(tb) = tb {
        set_traceback(&exception, Owned::new(tb));
    }
    error::restore(exception);
    Ok(())
}

/// An instance of the class `ty` from a value: the value itself if it is one, else the class called (`PyErr_NormalizeException`).
pub fn instantiate(ty: &Object, value: Option<&Object>) -> PyResult {
    let made = match value.filter(|v| !v.is(none())) {
        None => ops::call::call(ty, &[], None)?,
        Some(value) if is_exception(value) && given_matches(value, ty) => {
            return Ok(Owned::new(value));
        }
        Some(value) if value.ty().has(flags::TUPLE_SUBCLASS) => {
            ops::call::call_tuple_dict(ty, value, None)?
        }
        Some(value) => ops::call::call(ty, &words([value]), None)?,
    };
    if !is_exception(&made) {
        let class = ops::text::repr(ty)?;
        return Err(error::type_error(format!(
            "calling {} should have returned an instance of BaseException, not {}",
            ops::text::lossy(&class),
            made.ty().name()
        )));
    }
    Ok(made)
}

/// Hands the exception on its way to `sys.unraisablehook`.
pub fn write_unraisable(object: Option<&Object>) {
    write_unraisable_with("Exception ignored in", object);
}

/// The same with another message.
pub fn write_unraisable_with(message: &str, object: Option<&Object>) {
    let Some(exception) = error::fetch() else {
        return;
    };
    if let Some(write) = hooks().unraisable.get() {
        write(exception, message, object);
    }
}

/// Issues a warning (`PyErr_WarnEx` with stack level 1).
pub fn warn(category: &Type, text: &str) -> PyResult<()> {
    crate::hooks::warn(category, text, 1)
}

/// Raises ImportError with its attributes.
pub fn raise_import_error(
    text: &str,
    name: Option<&Object>,
    path: Option<&Object>,
    name_from: Option<&Object>,
) -> Raised {
    raise_import_error_of(&IMPORT_ERROR, text, name, path, name_from)
}

/// The same for a subclass of ImportError.
pub fn raise_import_error_of(
    ty: &Type,
    text: &str,
    name: Option<&Object>,
    path: Option<&Object>,
    name_from: Option<&Object>,
) -> Raised {
    let message = Str::new(text);
    match ops::call::call(ty.as_object(), &words([&message]), None) {
        Err(raised) => raised,
        Ok(exception) => {
            for (index, value) in [(1, name), (2, path), (3, name_from)] {
                extra(&exception, index).set_ref(value);
            }
            set_context(&exception);
            error::restore(exception)
        }
    }
}

fn as_exception_class(object: &Object) -> Option<&Type> {
    as_type(object).filter(|ty| ty.has(flags::BASE_EXC_SUBCLASS))
}

/// Raises ModuleNotFoundError for a module.
pub fn raise_module_not_found(text: &str, name: &str) -> Raised {
    raise_import_error_of(
        &MODULE_NOT_FOUND_ERROR,
        text,
        Some(&Str::new(name)),
        None,
        None,
    )
}
