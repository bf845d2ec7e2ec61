//! `OSError` and the classes its error numbers choose.

use std::cell::Cell;

use crate::args::{no_keyword_dict, tuple_item, tuple_len};
use crate::error::attribute_error_text;
use crate::none;
use crate::object::Object;
use crate::ops::{number, text};
use crate::refs::{Owned, PyResult};
use crate::typeobject::*;
use crate::types::str::Str;
use crate::types::{int, tuple, r#type};

use super::special::{field, with_fields};
use super::{BASE_SIZE, EXCEPTION, VALUE_ERROR, base, body, extra, slots};

const ERRNO: usize = 0;
const STRERROR: usize = 1;
const FILENAME: usize = 2;
const FILENAME2: usize = 3;

/// A class that takes all from its base.
const fn os_type(name: &'static str, base: *const Type) -> Type {
    with_fields(name, 5, slots::<4>(), base)
}

pub static OS_ERROR: Type = with_fields(
    "OSError",
    5,
    Slots {
        str: Some(to_str),
        init: Some(init),
        new: Some(new),
        ..slots::<4>()
    },
    &raw const EXCEPTION,
)
.with_members(&[
    field("errno", ERRNO),
    field("strerror", STRERROR),
    field("filename", FILENAME),
    field("filename2", FILENAME2),
])
.with_methods(&[MethodDef::new("__reduce__", Native::NoArgs(reduce), "")])
.with_getset(&[GetSetDef {
    name: "characters_written",
    get: Some(get_written),
    set: Some(set_written),
    doc: "",
}]);

macro_rules! subclasses {
    ($($constant:ident $name:literal $base:ident [$($errno:literal)*])*) => {
        $(
            #[doc = concat!("`", $name, "`.")]
            pub static $constant: Type = os_type($name, &raw const $base);
        )*

        /// The classes derived from OSError.
        pub static SUBCLASSES: &[&Type] = &[$(&$constant),*];

        /// The class for an error number of Linux (PEP 3151).
        fn class_for(errno: i64) -> Option<&'static Type> {
            match errno {
                $($($errno => Some(&$constant),)*)*
                _ => None,
            }
        }
    };
}

subclasses! {
    BLOCKING_IO_ERROR "BlockingIOError" OS_ERROR [11 114 115]
    CONNECTION_ERROR "ConnectionError" OS_ERROR []
    CHILD_PROCESS_ERROR "ChildProcessError" OS_ERROR [10]
    BROKEN_PIPE_ERROR "BrokenPipeError" CONNECTION_ERROR [32 108]
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" CONNECTION_ERROR [103]
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" CONNECTION_ERROR [111]
    CONNECTION_RESET_ERROR "ConnectionResetError" CONNECTION_ERROR [104]
    FILE_EXISTS_ERROR "FileExistsError" OS_ERROR [17]
    FILE_NOT_FOUND_ERROR "FileNotFoundError" OS_ERROR [2]
    IS_A_DIRECTORY_ERROR "IsADirectoryError" OS_ERROR [21]
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" OS_ERROR [20]
    INTERRUPTED_ERROR "InterruptedError" OS_ERROR [4]
    PERMISSION_ERROR "PermissionError" OS_ERROR [1 13]
    PROCESS_LOOKUP_ERROR "ProcessLookupError" OS_ERROR [3]
    TIMEOUT_ERROR "TimeoutError" OS_ERROR [110]
}

fn written(object: &Object) -> &Cell<isize> {
    // SAFETY: an OSError has this field.
    unsafe { &*object.as_ptr().byte_add(BASE_SIZE + 4 * 8).cast() }
}

/// A class that defines `__init__` but not `__new__` parses its arguments there.
fn parses_in_init(ty: &Type) -> bool {
    let own_init = !ty
        .slots
        .init
        .is_some_and(|f| std::ptr::fn_addr_eq(f, init as InitFn));
    own_init
        && ty
            .slots
            .new
            .is_some_and(|f| std::ptr::fn_addr_eq(f, new as NewFn))
}

#[inline(never)]
fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let mut ty = ty;
    let in_init = parses_in_init(ty);
    if !in_init {
        no_keyword_dict(ty.full_name(), kwargs)?;
        if (2..=5).contains(&tuple_len(args)) && std::ptr::eq(ty, &OS_ERROR) {
            let errno = tuple_item(args, 0);
            if int::is_int(errno)
                && let Some(class) = int::as_i64(errno).and_then(class_for)
            {
                ty = class;
            }
        }
    }
    let object = r#type::generic_alloc(ty, 0)?;
    written(&object).set(-1);
    if in_init {
        body(&object).args.set(Some(tuple::empty()));
    } else {
        fill(&object, args)?;
    }
    Ok(object)
}

#[inline(never)]
fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    if !parses_in_init(object.ty()) {
        return Ok(());
    }
    no_keyword_dict(object.ty().full_name(), kwargs)?;
    fill(object, args)
}

fn fill(object: &Object, args: &Object) -> PyResult<()> {
    let given = tuple_len(args);
    let mut args = Owned::new(args);
    if (2..=5).contains(&given) {
        let item = |i: usize| {
            (i < given)
                .then(|| tuple_item(&args, i))
                .filter(|o| !o.is(none()))
                .map(Owned::new)
        };
        let (filename, filename2) = (item(2), item(4));
        extra(object, ERRNO).set_ref(Some(tuple_item(&args, 0)));
        extra(object, STRERROR).set_ref(Some(tuple_item(&args, 1)));
        if let Some(filename) = filename {
            let is_count = object.is_exact(&BLOCKING_IO_ERROR)
                && (filename.ty().slots.index.is_some() || filename.ty().slots.int.is_some());
            if is_count {
                written(object).set(number::index_isize(&filename, Some(&VALUE_ERROR))?);
            } else {
                extra(object, FILENAME).set(Some(filename));
                extra(object, FILENAME2).set(filename2);
                args = tuple::from_refs(&[tuple_item(&args, 0), tuple_item(&args, 1)]);
            }
        }
    }
    body(object).args.set(Some(args));
    Ok(())
}

fn shown(object: &Object, index: usize, quoted: bool) -> PyResult<String> {
    let value = crate::root("field of an exception", extra(object, index).or_none());
    let shown = if quoted {
        text::repr(&value)?
    } else {
        text::str(&value)?
    };
    Ok(text::lossy(&shown))
}

fn to_str(object: &Object) -> PyResult {
    let has = |index| !extra(object, index).is_empty();
    if has(FILENAME) || (has(ERRNO) && has(STRERROR)) {
        let mut result = format!(
            "[Errno {}] {}",
            shown(object, ERRNO, false)?,
            shown(object, STRERROR, false)?
        );
        if has(FILENAME) {
            result += &format!(": {}", shown(object, FILENAME, true)?);
            if has(FILENAME2) {
                result += &format!(" -> {}", shown(object, FILENAME2, true)?);
            }
        }
        return Ok(Str::new(&result));
    }
    base::to_str(object)
}

fn reduce(object: &Object) -> PyResult {
    let mut args = base::args(object);
    if tuple_len(&args) == 2
        && let Some(filename) = extra(object, FILENAME).owned()
    {
        let mut all = base::items(&args);
        all.push(filename);
        if let Some(second) = extra(object, FILENAME2).owned() {
            all.push(crate::none_owned());
            all.push(second);
        }
        args = tuple::from_owned(all);
    }
    base::reduce_with(object, args)
}

fn get_written(object: &Object) -> PyResult {
    match written(object).get() {
        -1 => Err(attribute_error_text("characters_written")),
        count => Ok(int::from_i64(count as i64)),
    }
}

fn set_written(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let count = match value {
        Some(value) => number::index_isize(value, Some(&VALUE_ERROR))?,
        None if written(object).get() == -1 => {
            return Err(attribute_error_text("characters_written"));
        }
        None => -1,
    };
    written(object).set(count);
    Ok(())
}

/// Raises the OSError (of the right class) for an error number, with the system's text and up to two file names.
#[cold]
pub fn raise_errno(
    errno: i32,
    message: &str,
    filename: Option<&Object>,
    second: Option<&Object>,
) -> crate::Raised {
    let mut args = vec![int::from_i64(errno.into()), Str::new(message)];
    if let Some(filename) = filename {
        args.push(Owned::new(filename));
        if let Some(second) = second {
            args.push(crate::none_owned());
            args.push(Owned::new(second));
        }
    }
    let args = tuple::from_owned(args);
    match crate::ops::call::call_tuple_dict(OS_ERROR.as_object(), &args, None) {
        Ok(exception) => {
            super::set_context(&exception);
            crate::error::restore(exception)
        }
        Err(raised) => raised,
    }
}
