//! What the parts of `_io` share: names, calls, errors, buffers of arguments.

use terrarium_objects::typeobject::Buffer;
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{exceptions as exc, none};
use terrarium_objects::{Object, Owned, PyResult, Raised, Type, error, names, ops, state, words};

/// A fixed name as an interned string.
pub fn name(text: &'static std::primitive::str) -> &'static Object {
    str::intern_immortal(text)
}

/// `object.method(*args)`.
pub fn call<const N: usize>(
    object: &Object,
    method: &'static std::primitive::str,
    args: [&Object; N],
) -> PyResult {
    ops::call::call_method(object, name(method), &words(args))
}

/// An attribute.
pub fn get(object: &Object, attribute: &'static std::primitive::str) -> PyResult {
    ops::attribute::get(object, name(attribute))
}

/// An attribute that may be missing.
pub fn get_optional(
    object: &Object,
    attribute: &'static std::primitive::str,
) -> PyResult<Option<Owned>> {
    ops::attribute::get_optional(object, name(attribute))
}

/// The truth of an attribute.
pub fn is_set(object: &Object, attribute: &'static std::primitive::str) -> PyResult<bool> {
    let value = get(object, attribute)?;
    ops::compare::is_true(&value)
}

/// Raises `io.UnsupportedOperation`.
pub fn unsupported(what: &std::primitive::str) -> Raised {
    match state::get().kept("io.UnsupportedOperation") {
        // SAFETY: kept as a class.
        Some(class) => error::raise(unsafe { class.cast::<Type>() }, what),
        None => error::value_error(what),
    }
}

/// The system's text for an error number.
pub fn errno_text(number: i32) -> String {
    let text = std::io::Error::from_raw_os_error(number).to_string();
    text.split(" (os error").next().unwrap_or("").to_owned()
}

/// OSError for an error number.
pub fn os_error(number: i32, filename: Option<&Object>) -> Raised {
    exc::os_error::raise_errno(number, &errno_text(number), filename, None)
}

/// OSError for the last failed system call.
pub fn last_error(filename: Option<&Object>) -> Raised {
    os_error(errno(), filename)
}

/// `errno`.
pub fn errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// The argument, unless it is missing or `None`.
pub fn given(argument: Option<&Object>) -> Option<&Object> {
    argument.filter(|a| !a.is(none::none()))
}

/// A size argument: -1 where it is missing or `None`; TypeError for what is no integer.
pub fn size(argument: Option<&Object>) -> PyResult<isize> {
    match given(argument) {
        None => Ok(-1),
        Some(object) if ops::number::is_index(object) => {
            ops::number::index_isize(object, Some(&exc::OVERFLOW_ERROR))
        }
        Some(object) => Err(error::type_error(format!(
            "argument should be integer or None, not '{}'",
            object.ty().full_name()
        ))),
    }
}

/// A 64-bit offset.
pub fn offset(object: &Object) -> PyResult<i64> {
    let index = ops::number::index(object)?;
    match terrarium_objects::types::int::as_i64(&index) {
        Some(value) => Ok(value),
        None => Err(error::overflow_error(
            "Python int too large to convert to C long",
        )),
    }
}

/// The writable memory of an argument.
pub fn writable_buffer(function: &std::primitive::str, object: &Object) -> PyResult<Buffer> {
    if let Some(get) = object.ty().slots.getbuffer {
        let buffer = get(object)?;
        if !buffer.readonly {
            return Ok(buffer);
        }
    }
    Err(error::type_error(format!(
        "{function} argument must be read-write bytes-like object, not {}",
        ops_type_name(object)
    )))
}

/// How argument errors name the type of an object.
pub fn ops_type_name(object: &Object) -> String {
    if object.is(none::none()) {
        String::from("None")
    } else {
        object.ty().full_name().to_owned()
    }
}

/// Copies into a buffer that is writable and large enough.
pub fn fill(buffer: &Buffer, data: &[u8]) {
    let count = data.len().min(buffer.len);
    // SAFETY: the buffer's owner keeps `len` writable bytes in place until the release.
    unsafe { std::ptr::copy(data.as_ptr(), buffer.data, count) };
}

/// `repr` of an object as text for messages.
pub fn repr(object: &Object) -> String {
    match ops::text::repr(object) {
        Ok(shown) => ops::text::lossy(&shown),
        Err(_) => {
            error::clear();
            format!("<{} object>", object.ty().full_name())
        }
    }
}

/// `<TYPE name=...` of a stream: the start of its `repr`. "reentrant call" errors are the caller's.
pub fn repr_with_name(object: &Object) -> PyResult<String> {
    let class = object.ty().full_name().to_owned();
    let shown = match get_optional(object, "name") {
        Ok(found) => found,
        Err(raised) if !error::matches(&exc::VALUE_ERROR) => return Err(raised),
        Err(_) => {
            error::clear();
            None
        }
    };
    Ok(match shown {
        None => format!("<{class}"),
        Some(value) => {
            if !ops::text::repr_enter(object) {
                return Err(error::runtime_error(format!(
                    "reentrant call inside {class}.__repr__"
                )));
            }
            let text = ops::text::repr(&value);
            ops::text::repr_leave(object);
            format!("<{class} name={}", wtf8_lossy(&*text?))
        }
    })
}

fn wtf8_lossy(text: &Object) -> String {
    text.downcast::<Str>()
        .map_or_else(String::new, |t| t.lossy().into_owned())
}

/// Calls the base's `close` after something else, chaining what both raised: the second is raised, the first its context.
pub fn chain(first: PyResult<()>, second: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    let Err(_) = first else { return second() };
    let pending = error::fetch();
    let result = second();
    match (result, pending) {
        (Ok(()), Some(pending)) => Err(error::restore(pending)),
        (Err(_), Some(pending)) => {
            let current = error::fetch();
            if let Some(current) = current {
                exc::set_context_to(&current, &pending);
                return Err(error::restore(current));
            }
            Err(error::restore(pending))
        }
        (other, None) => other,
    }
}

/// Whether the exception on its way says that a signal came (its call is to be repeated).
pub fn interrupted() -> bool {
    let again = error::current().is_some_and(|e| {
        e.ty().is_subtype(&exc::OS_ERROR) && get_errno(e) == Some(i64::from(libc::EINTR))
    });
    if again {
        error::clear();
    }
    again
}

fn get_errno(exception: &Object) -> Option<i64> {
    let pending = error::fetch();
    let found = ops::attribute::get_optional(exception, &names().errno);
    error::clear();
    if let Some(pending) = pending {
        error::restore(pending);
    }
    found
        .ok()
        .flatten()
        .and_then(|n| terrarium_objects::types::int::as_i64(&n))
}
