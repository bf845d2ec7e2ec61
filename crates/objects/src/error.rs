//! Raising, fetching and matching exceptions. The exception on its way lives in the thread state; `Raised` says that one is there.

use crate::object::Object;
use crate::refs::{Owned, PyResult, Raised};
use crate::state;
use crate::typeobject::Type;
use crate::types::exceptions as exc;
use crate::types::str::Str;

/// Sets an instance of `ty` made from one text argument.
#[cold]
pub fn raise(ty: &Type, message: impl AsRef<str>) -> Raised {
    raise_with(ty, &Str::new(message.as_ref()))
}

/// Sets `ty(value)`: the value is the only argument (a tuple value is NOT spread).
#[cold]
pub fn raise_with(ty: &Type, value: &Object) -> Raised {
    match crate::ops::call::call(ty.as_object(), &[crate::refs::Word::borrowed(value)], None) {
        Ok(exception) => {
            exc::set_context(&exception);
            restore(exception)
        }
        Err(raised) => raised,
    }
}

/// Makes `exception` (an instance of BaseException) the one on its way; an earlier one is dropped.
pub fn restore(exception: Owned) -> Raised {
    let old = state::get().current_exception.replace(exception.into_raw());
    if !old.is_null() {
        // SAFETY: the state owned it.
        unsafe { Object::decref(old) };
    }
    Raised
}

/// Takes the exception on its way.
pub fn fetch() -> Option<Owned> {
    let taken = state::get().current_exception.replace(std::ptr::null_mut());
    // SAFETY: the state owned it.
    (!taken.is_null()).then(|| unsafe { Owned::from_raw(taken) })
}

/// The exception on its way, left there.
pub fn current() -> Option<&'static Object> {
    // SAFETY: null or owned by the state; callers use it before anything else can raise.
    unsafe { state::get().current_exception.get().as_ref() }
}

/// Whether the exception on its way is an instance of `ty`.
pub fn matches(ty: &Type) -> bool {
    current().is_some_and(|e| e.ty().is_subtype(ty))
}

/// Drops the exception on its way.
pub fn clear() {
    drop(fetch());
}

/// `Ok(None)` in place of an exception of type `ty`; any other stays.
pub fn or_none<T>(result: PyResult<T>, ty: &Type) -> PyResult<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(_) if matches(ty) => {
            clear();
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

macro_rules! raisers {
    ($($function:ident $ty:ident)*) => { $(
        #[doc = concat!("Raises ", stringify!($ty), " with a text.")]
        #[cold]
        pub fn $function(message: impl AsRef<str>) -> Raised {
            raise(&exc::$ty, message)
        }
    )* };
}

raisers! {
    type_error TYPE_ERROR value_error VALUE_ERROR attribute_error_text ATTRIBUTE_ERROR index_error INDEX_ERROR
    overflow_error OVERFLOW_ERROR zero_division_error ZERO_DIVISION_ERROR runtime_error RUNTIME_ERROR system_error SYSTEM_ERROR
    name_error NAME_ERROR unbound_local_error UNBOUND_LOCAL_ERROR not_implemented_error NOT_IMPLEMENTED_ERROR
    assertion_error ASSERTION_ERROR os_error_text OS_ERROR eof_error EOF_ERROR buffer_error BUFFER_ERROR lookup_error LOOKUP_ERROR
    import_error_text IMPORT_ERROR syntax_error_text SYNTAX_ERROR reference_error REFERENCE_ERROR
}

/// Raises KeyError with the key itself as argument.
#[cold]
pub fn key_error(key: &Object) -> Raised {
    raise_with(&exc::KEY_ERROR, key)
}

/// Raises StopIteration with a value (none for `None`).
#[cold]
pub fn stop_iteration(value: Option<&Object>) -> Raised {
    match value {
        Some(value) => raise_with(&exc::STOP_ITERATION, value),
        None => match crate::ops::call::call(exc::STOP_ITERATION.as_object(), &[], None) {
            Ok(exception) => restore(exception),
            Err(raised) => raised,
        },
    }
}

/// Raises MemoryError.
#[cold]
pub fn memory_error() -> Raised {
    match crate::ops::call::call(exc::MEMORY_ERROR.as_object(), &[], None) {
        Ok(exception) => restore(exception),
        Err(raised) => raised,
    }
}

/// Raises RecursionError: "maximum recursion depth exceeded" and what was being done.
#[cold]
pub fn recursion_error(doing: &str) -> Raised {
    // Room to build the exception itself.
    let state = state::get();
    let limit = state.stack_limit.replace(0);
    let raised = raise(
        &exc::RECURSION_ERROR,
        format!("maximum recursion depth exceeded{doing}"),
    );
    state.stack_limit.set(limit);
    raised
}

/// What `warn` does: category name, text, stack level (1: the code being run). Set by whoever brings the warnings machinery.
pub type WarnHook = fn(&'static str, &str, usize) -> PyResult<()>;

struct Hook(std::cell::Cell<Option<WarnHook>>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Hook {}

static WARN: Hook = Hook(std::cell::Cell::new(None));

/// Installs what `warn` does.
pub fn set_warn_hook(hook: WarnHook) {
    WARN.0.set(Some(hook));
}

/// Issues a warning of a built-in category (`DeprecationWarning` ...); an error if the filters turn it into one.
#[cold]
pub fn warn(category: &'static str, message: &str, stack_level: usize) -> PyResult<()> {
    match WARN.0.get() {
        Some(hook) => hook(category, message, stack_level),
        None => Ok(()),
    }
}

/// Tells of the exception on its way where it cannot be raised, and drops it (`PyErr_FormatUnraisable`): `message` without a colon, and
/// the object concerned, which the text shows.
#[cold]
pub fn unraisable(message: &str, object: Option<&Object>) {
    let Some(exception) = fetch() else { return };
    match crate::hooks::hooks().unraisable.get() {
        Some(hook) => hook(exception, message, object),
        None => drop(exception),
    }
}

/// BytesWarning, if the `-b` flag asked for it (`bytes_warnings`).
#[cold]
pub fn warn_bytes(message: &str) -> PyResult<()> {
    if BYTES_WARNINGS.0.get() {
        return warn("BytesWarning", message, 1);
    }
    Ok(())
}

struct Flag(std::cell::Cell<bool>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Flag {}

static BYTES_WARNINGS: Flag = Flag(std::cell::Cell::new(false));

/// Turns the warnings of `-b` on.
pub fn set_bytes_warnings(on: bool) {
    BYTES_WARNINGS.0.set(on);
}
