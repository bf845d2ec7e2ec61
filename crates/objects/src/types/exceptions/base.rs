//! `BaseException`: construction, texts, methods, and the parts that all exceptions share.

use std::mem::offset_of;

use crate::args::{self, no_keyword_dict, no_keywords, tuple_item, tuple_len};
use crate::error::type_error;
use crate::gc;
use crate::object::Object;
use crate::ops::{attribute, sequence, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::*;
use crate::types::dict::{self, managed};
use crate::types::str::Str;
use crate::types::r#type::{self, as_type};
use crate::types::{list, traceback, tuple};
use crate::visit::{Role, Visit};
use crate::{names, none, none_owned};

use super::{BASE_SIZE, BaseException, body, extra, is_exception};

pub static BASE_EXCEPTION: Type = Type::builtin(
    "BaseException",
    BASE_SIZE,
    Slots {
        repr: Some(repr),
        str: Some(to_str),
        getattro: Some(attribute::generic_get),
        setattro: Some(attribute::generic_set),
        init: Some(init),
        new: Some(new),
        ..super::slots::<0>()
    },
)
.with_flags(super::FLAGS)
.with_dictoffset(offset_of!(BaseException, dict))
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("__setstate__", Native::O(setstate), ""),
    MethodDef::new(
        "with_traceback",
        Native::O(with_traceback),
        "with_traceback($self, object, /)\n--\n\n",
    ),
    MethodDef::new(
        "add_note",
        Native::O(add_note_method),
        "add_note($self, object, /)\n--\n\n",
    ),
])
.with_members(&[MemberDef {
    name: "__suppress_context__",
    kind: MemberKind::Bool,
    offset: offset_of!(BaseException, suppress_context),
    readonly: false,
    doc: "",
}])
.with_getset(&[
    entry("__dict__", get_dict, set_dict),
    entry("args", get_args, set_args),
    entry("__traceback__", get_traceback, set_traceback),
    entry("__context__", get_context, set_context_attr),
    entry("__cause__", get_cause, set_cause),
])
.with_vectorcall(vectorcall);

const fn entry(
    name: &'static str,
    get: fn(&Object) -> PyResult,
    set: fn(&Object, Option<&Object>) -> PyResult<()>,
) -> GetSetDef {
    GetSetDef {
        name,
        get: Some(get),
        set: Some(set),
        doc: "",
    }
}

/// The `new` slot of all exceptions: keeps the arguments.
#[inline(never)]
pub fn new(ty: &Type, args: &Object, _kwargs: Option<&Object>) -> PyResult {
    let exception = r#type::generic_alloc(ty, 0)?;
    body(&exception).args.set_ref(Some(args));
    Ok(exception)
}

/// The `init` slot of exceptions without fields of their own.
#[inline(never)]
pub fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    no_keyword_dict(object.ty().full_name(), kwargs)?;
    body(object).args.set_ref(Some(args));
    Ok(())
}

/// Construction without a tuple and dict in between.
pub fn vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let Some(ty) = as_type(callable) else {
        return Err(type_error("a type is needed"));
    };
    no_keywords(ty.full_name(), kwnames)?;
    let exception = r#type::generic_alloc(ty, 0)?;
    let args = if args.is_empty() {
        tuple::empty()
    } else {
        tuple::from_words(args)
    };
    body(&exception).args.set(Some(args));
    Ok(exception)
}

/// The `dealloc` slot of exceptions with `N` more fields.
///
/// # Safety
/// As every `dealloc` slot.
pub unsafe fn dealloc<const N: usize>(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        clear::<N>(&*object);
        r#type::free(object);
    }
}

/// The `clear` slot of exceptions with `N` more fields.
pub fn clear<const N: usize>(object: &Object) {
    for index in 0..N {
        extra(object, index).clear();
    }
    let this = body(object);
    this.dict.clear();
    this.args.clear();
    this.notes.clear();
    this.traceback.clear();
    this.cause.clear();
    this.context.clear();
}

/// The `visit` slot of exceptions with `N` more fields.
///
/// # Safety
/// As every `visit` slot.
pub unsafe fn visit<const N: usize>(object: &Object, visit: &mut Visit<'_>) {
    for index in 0..N {
        if let Some(value) = extra(object, index).get() {
            visit.edge(Role::Member(BASE_SIZE + index * 8), value);
        }
    }
    let this = body(object);
    this.dict.visit("__dict__", visit);
    this.args.visit("args", visit);
    this.notes.visit("__notes__", visit);
    this.traceback.visit("__traceback__", visit);
    this.cause.visit("__cause__", visit);
    this.context.visit("__context__", visit);
}

/// The arguments, a tuple.
pub fn args(object: &Object) -> Owned {
    body(object).args.owned().unwrap_or_else(tuple::empty)
}

/// `str` of an exception.
#[inline(never)]
pub fn to_str(object: &Object) -> PyResult {
    let args = args(object);
    match tuple_len(&args) {
        0 => Ok(Str::new("")),
        1 => text::str(tuple_item(&args, 0)),
        _ => text::str(&args),
    }
}

fn repr(object: &Object) -> PyResult {
    let args = args(object);
    let name = object.ty().name();
    if tuple_len(&args) == 1 {
        let shown = text::repr(tuple_item(&args, 0))?;
        return joined(&format!("{name}("), &shown, ")");
    }
    let shown = text::repr(&args)?;
    joined(name, &shown, "")
}

/// A text with a str in its middle, surrogates kept.
pub fn joined(before: &str, middle: &Object, after: &str) -> PyResult {
    let mut bytes = before.as_bytes().to_vec();
    bytes.extend_from_slice(&crate::types::str::cast(middle).wtf8());
    bytes.extend_from_slice(after.as_bytes());
    Ok(Str::from_wtf8(&bytes))
}

fn reduce(object: &Object) -> PyResult {
    reduce_with(object, args(object))
}

/// `(type, args)` or `(type, args, dict)`.
pub fn reduce_with(object: &Object, args: Owned) -> PyResult {
    let mut parts = vec![Owned::new(object.ty().as_object()), args];
    parts.extend(body(object).dict.owned());
    Ok(tuple::from_owned(parts))
}

fn setstate(object: &Object, state: &Object) -> PyResult {
    if state.is(none()) {
        return Ok(none_owned());
    }
    if !state.ty().has(flags::DICT_SUBCLASS) {
        return Err(type_error("state is not a dictionary"));
    }
    let mut at = 0;
    while let Some((key, value)) = dict::next(state, &mut at) {
        let key = root("key", Owned::new(key));
        let value = root("value", Owned::new(value));
        attribute::set(object, &key, Some(&value))?;
    }
    Ok(none_owned())
}

fn with_traceback(object: &Object, tb: &Object) -> PyResult {
    set_traceback(object, Some(tb))?;
    Ok(Owned::new(object))
}

fn add_note_method(object: &Object, note: &Object) -> PyResult {
    add_note(object, note)?;
    Ok(none_owned())
}

/// Appends to `__notes__`.
pub fn add_note(object: &Object, note: &Object) -> PyResult<()> {
    if !note.ty().has(flags::UNICODE_SUBCLASS) {
        return Err(type_error(format!(
            "add_note() argument must be str, not {}",
            note.ty().full_name()
        )));
    }
    let name = &names().__notes__;
    let notes = match attribute::get_optional(object, name)? {
        Some(notes) => notes,
        None => {
            let notes = list::new();
            attribute::set(object, name, Some(&notes))?;
            notes
        }
    };
    if !notes.ty().has(flags::LIST_SUBCLASS) {
        return Err(type_error("Cannot add note: __notes__ is not a list"));
    }
    list::append(&notes, note);
    Ok(())
}

fn get_dict(object: &Object) -> PyResult {
    managed::generic_get_dict(object)
}

fn set_dict(object: &Object, value: Option<&Object>) -> PyResult<()> {
    r#type::new_slots::generic_set_dict(object, value)
}

fn get_args(object: &Object) -> PyResult {
    Ok(body(object).args.or_none())
}

fn set_args(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(type_error("args may not be deleted"));
    };
    let args = sequence::to_tuple(value)?;
    body(object).args.set(Some(args));
    Ok(())
}

fn get_traceback(object: &Object) -> PyResult {
    Ok(body(object).traceback.or_none())
}

/// `exception.__traceback__ = value`.
pub fn set_traceback(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(type_error("__traceback__ may not be deleted"));
    };
    let field = &body(object).traceback;
    if value.is(none()) {
        field.clear();
    } else if value.is_exact(&traceback::TRACEBACK) {
        field.set_ref(Some(value));
    } else {
        return Err(type_error("__traceback__ must be a traceback or None"));
    }
    Ok(())
}

fn get_context(object: &Object) -> PyResult {
    Ok(body(object).context.or_none())
}

fn set_context_attr(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(type_error("__context__ may not be deleted"));
    };
    let value = exception_or_none(
        value,
        "exception context must be None or derive from BaseException",
    )?;
    body(object).context.set_ref(value);
    Ok(())
}

fn get_cause(object: &Object) -> PyResult {
    Ok(body(object).cause.or_none())
}

fn set_cause(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(type_error("__cause__ may not be deleted"));
    };
    let value = exception_or_none(
        value,
        "exception cause must be None or derive from BaseException",
    )?;
    put_cause(object, value.map(Owned::new));
    Ok(())
}

/// Sets the cause and marks the context as not to be shown (`PyException_SetCause`).
pub fn put_cause(object: &Object, cause: Option<Owned>) {
    let this = body(object);
    this.suppress_context.set(1);
    this.cause.set(cause);
}

fn exception_or_none<'a>(value: &'a Object, message: &str) -> PyResult<Option<&'a Object>> {
    if value.is(none()) {
        return Ok(None);
    }
    if !is_exception(value) {
        return Err(type_error(message));
    }
    Ok(Some(value))
}

/// A family's `init` begins with this: the common part without keyword arguments.
pub fn init_args(object: &Object, args: &Object) {
    body(object).args.set_ref(Some(args));
}

/// Positional arguments of an exception as a slice.
pub fn items(args: &Object) -> Vec<Owned> {
    (0..args::tuple_len(args))
        .map(|i| Owned::new(tuple_item(args, i)))
        .collect()
}
