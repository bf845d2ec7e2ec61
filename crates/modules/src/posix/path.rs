//! Paths as arguments: text, bytes, `os.PathLike`, perhaps a file descriptor; and what goes back as a path.

use std::ffi::CString;

use terrarium_objects::codecs;
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::exceptions::os_error;
use terrarium_objects::types::int;
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::{Object, Owned, PyResult, Raised, error, names, none, ops};

/// A path, or a descriptor where one is allowed.
pub struct Path {
    pub text: CString,
    pub fd: Option<i32>,
    /// Results are bytes, as the argument was.
    pub is_bytes: bool,
    /// The argument as it was given, for error messages.
    pub object: Owned,
}

/// What stands for the current directory where `dir_fd` is not given.
pub const HERE: i32 = libc::AT_FDCWD;

impl Path {
    pub fn pointer(&self) -> *const libc::c_char {
        self.text.as_ptr()
    }

    /// OSError with the last error's number and this path.
    pub fn error(&self) -> Raised {
        raise(last_errno(), Some(&self.object), None)
    }

    /// Fails with this path unless the call's result is at least 0.
    pub fn check(&self, result: i32) -> PyResult<i32> {
        if result < 0 {
            return Err(self.error());
        }
        Ok(result)
    }
}

pub fn last_errno() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// `strerror` of a number.
pub fn message(errno: i32) -> String {
    // SAFETY: the C library returns a text, valid until the next call.
    let text = unsafe { std::ffi::CStr::from_ptr(libc::strerror(errno)) };
    text.to_string_lossy().into_owned()
}

pub fn raise(errno: i32, first: Option<&Object>, second: Option<&Object>) -> Raised {
    os_error::raise_errno(errno, &message(errno), first, second)
}

/// Fails with the last error unless the call's result is at least 0.
pub fn check(result: i32) -> PyResult<i32> {
    if result < 0 {
        return Err(raise(last_errno(), None, None));
    }
    Ok(result)
}

/// Bytes of a path: undecodable ones stand in a str as lone surrogates (PEP 383).
pub fn encode(text: &Object) -> PyResult<Vec<u8>> {
    let encoded = codecs::encode(text, "utf-8", "surrogateescape")?;
    Ok(bytes::cast(&encoded).bytes().to_vec())
}

/// The str for bytes of a path.
pub fn decode(data: &[u8]) -> PyResult {
    codecs::decode(data, "utf-8", "surrogateescape")
}

/// A path to give back: bytes or str.
pub fn give(data: &[u8], as_bytes: bool) -> PyResult {
    if as_bytes {
        return Ok(Bytes::new(data));
    }
    decode(data)
}

/// `os.fspath`.
pub fn fspath(object: &Object) -> PyResult {
    if str::is_str(object) || bytes::is_bytes(object) {
        return Ok(Owned::new(object));
    }
    let Some(method) = ops::attribute::lookup_special(object, &names().__fspath__)? else {
        return Err(error::type_error(format!(
            "expected str, bytes or os.PathLike object, not {}",
            object.ty().full_name()
        )));
    };
    let method = terrarium_objects::root("__fspath__", method);
    let path = ops::call::call(&method, &[], None)?;
    if str::is_str(&path) || bytes::is_bytes(&path) {
        return Ok(path);
    }
    Err(error::type_error(format!(
        "expected {}.__fspath__() to return str or bytes, not {}",
        object.ty().full_name(),
        path.ty().full_name()
    )))
}

/// What a path argument may be besides text, bytes and PathLike.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Allow {
    Path,
    PathOrFd,
    /// None is the current directory.
    PathFdOrNone,
}

fn wanted(allow: Allow) -> &'static str {
    match allow {
        Allow::Path => "string, bytes or os.PathLike",
        Allow::PathOrFd => "string, bytes, os.PathLike or integer",
        Allow::PathFdOrNone => "string, bytes, os.PathLike, integer or None",
    }
}

/// An argument as a path (`path_converter`).
pub fn argument(
    function: &str,
    name: &str,
    given: Option<&Object>,
    allow: Allow,
) -> PyResult<Path> {
    let object = given.unwrap_or(none());
    let none_allowed = allow == Allow::PathFdOrNone;
    let plain = |text: &str, fd| Path {
        text: CString::new(text).unwrap_or_default(),
        fd,
        is_bytes: false,
        object: Owned::new(object),
    };
    if object.is(none()) && none_allowed {
        return Ok(plain(".", None));
    }
    let is_text = str::is_str(object) || bytes::is_bytes(object);
    if !is_text
        && matches!(allow, Allow::PathOrFd | Allow::PathFdOrNone)
        && ops::number::is_index(object)
    {
        let held = terrarium_objects::root("path argument", Owned::new(object));
        return Ok(plain("", Some(descriptor(&held)?)));
    }
    let text = if is_text {
        Owned::new(object)
    } else if ops::attribute::lookup_special(object, &names().__fspath__)?.is_some() {
        fspath(object)?
    } else {
        return Err(error::type_error(format!(
            "{function}: {name} should be {}, not {}",
            wanted(allow),
            object.ty().full_name()
        )));
    };
    let is_bytes = bytes::is_bytes(&text);
    let data = if is_bytes {
        bytes::cast(&text).bytes().to_vec()
    } else {
        encode(&text)?
    };
    let Ok(data) = CString::new(data) else {
        return Err(error::value_error(format!(
            "{function}: embedded null {} in {name}",
            if is_bytes { "byte" } else { "character" }
        )));
    };
    Ok(Path {
        text: data,
        fd: None,
        is_bytes,
        object: Owned::new(object),
    })
}

/// A file descriptor: an int in C's range.
pub fn descriptor(object: &Object) -> PyResult<i32> {
    let value = ops::number::index(object)?;
    match int::as_i64(&value).map(i32::try_from) {
        Some(Ok(fd)) => Ok(fd),
        _ => {
            let negative = int::cast(&value).is_negative();
            Err(error::overflow_error(if negative {
                "fd is less than minimum"
            } else {
                "fd is greater than maximum"
            }))
        }
    }
}

/// An argument that is a descriptor or an object with `fileno()` (`PyObject_AsFileDescriptor`).
pub fn file_descriptor(object: &Object) -> PyResult<i32> {
    if int::is_int(object) {
        let fd = int::as_i32(object)?;
        if fd < 0 {
            return Err(error::value_error(format!(
                "file descriptor cannot be a negative integer ({fd})"
            )));
        }
        return Ok(fd);
    }
    let Some(method) = ops::attribute::get_optional(object, &Str::new("fileno"))? else {
        return Err(error::type_error(
            "argument must be an int, or have a fileno() method.",
        ));
    };
    let number = ops::call::call(&terrarium_objects::root("fileno", method), &[], None)?;
    if !int::is_int(&number) {
        return Err(error::type_error("fileno() returned a non-integer"));
    }
    int::as_i32(&number)
}

/// `dir_fd`: None is the current directory.
pub fn dir_fd(given: Option<&Object>) -> PyResult<i32> {
    match given.filter(|d| !d.is(none())) {
        None => Ok(HERE),
        Some(object) if ops::number::is_index(object) => descriptor(object),
        Some(object) => Err(error::type_error(format!(
            "argument should be integer or None, not {}",
            object.ty().full_name()
        ))),
    }
}

/// An optional truth value.
pub fn flag(given: Option<&Object>, default: bool) -> PyResult<bool> {
    given.map_or(Ok(default), ops::compare::is_true)
}

/// An optional C int.
pub fn number(given: Option<&Object>, default: i32) -> PyResult<i32> {
    match given {
        Some(object) => int::as_i32(&*ops::number::index(object)?),
        None => Ok(default),
    }
}
