//! Texts of objects.

use std::cell::RefCell;

use crate::error::type_error;
use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::state;
use crate::typeobject::flags;
use crate::types::str::{STR, Str};
use crate::visit::{Role, Visit};

/// `repr(object)`.
pub fn repr(object: &Object) -> PyResult {
    let Some(slot) = object.ty().slots.repr else {
        return Ok(Str::new(&format!(
            "<{} object at {:p}>",
            object.ty().full_name(),
            object
        )));
    };
    state::get().check_native_stack(" while getting the repr of an object")?;
    let result = slot(object)?;
    if !result.ty().has(flags::UNICODE_SUBCLASS) {
        return Err(type_error(format!(
            "__repr__ returned non-string (type {})",
            result.ty().full_name()
        )));
    }
    Ok(result)
}

/// `str(object)`.
pub fn str(object: &Object) -> PyResult {
    if object.is_exact(&STR) {
        return Ok(Owned::new(object));
    }
    let Some(slot) = object.ty().slots.str else {
        return repr(object);
    };
    state::get().check_native_stack(" while getting the str of an object")?;
    let result = slot(object)?;
    if !result.ty().has(flags::UNICODE_SUBCLASS) {
        return Err(type_error(format!(
            "__str__ returned non-string (type {})",
            result.ty().full_name()
        )));
    }
    Ok(result)
}

/// `ascii(object)`.
pub fn ascii(object: &Object) -> PyResult {
    let shown = repr(object)?;
    // SAFETY: `repr` returns a str.
    let text = unsafe { shown.cast::<Str>() };
    if text.as_ascii().is_some() {
        return Ok(shown);
    }
    let mut out = String::with_capacity(text.length.get() as usize + 8);
    for index in 0..text.length.get() as usize {
        let point = text.char_at(index);
        match point {
            0..=0x7F => out.push(point as u8 as char),
            0x80..=0xFF => out.push_str(&format!("\\x{point:02x}")),
            0x100..=0xFFFF => out.push_str(&format!("\\u{point:04x}")),
            _ => out.push_str(&format!("\\U{point:08x}")),
        }
    }
    Ok(Str::new(&out))
}

/// `format(object, spec)`; `spec` is a str or absent.
pub fn format(object: &Object, spec: Option<&Object>) -> PyResult {
    crate::format_spec::format_object(object, spec)
}

/// Objects being shown (CPython's `Py_Repr` list, which owns them).
struct Showing(RefCell<Vec<Owned>>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Showing {}

static SHOWING: Showing = Showing(RefCell::new(Vec::new()));

/// Names the objects being shown as roots; added to the walkers at start-up.
pub fn visit_showing(visit: &mut Visit<'_>) {
    for object in SHOWING.0.borrow().iter() {
        visit.owned(Role::Root("Py_Repr"), object);
    }
}

/// Marks `object` as being shown, for `[...]`; false if it is already (`Py_ReprEnter`); `repr_leave` ends it.
pub fn repr_enter(object: &Object) -> bool {
    let mut showing = SHOWING.0.borrow_mut();
    if showing.iter().any(|o| o.is(object)) {
        return false;
    }
    showing.push(Owned::new(object));
    true
}

/// See `repr_enter`.
pub fn repr_leave(object: &Object) {
    let found = {
        let mut showing = SHOWING.0.borrow_mut();
        showing
            .iter()
            .rposition(|o| o.is(object))
            .map(|i| showing.remove(i))
    };
    drop(found);
}

/// The text in Rust's hands, lone surrogates replaced; for messages. Anything but a str is shown by `str()`.
pub fn lossy(object: &Object) -> String {
    if let Some(text) = object.downcast::<Str>() {
        return text.lossy().into_owned();
    }
    match str(object) {
        Ok(text) => match text.downcast::<Str>() {
            Some(text) => text.lossy().into_owned(),
            None => String::new(),
        },
        Err(_) => {
            crate::error::clear();
            format!("<{} object>", object.ty().full_name())
        }
    }
}
