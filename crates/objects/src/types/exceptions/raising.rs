//! What raising adds to an exception: the context, the name and object of an AttributeError, notes.

use crate::error;
use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::state;
use crate::types::str::Str;

use super::special::ATTRIBUTE_ERROR;
use super::{base, body, extra};

/// The exception being handled, if one is (`_PyErr_GetTopmostException`).
pub fn handled() -> Option<&'static Object> {
    let mut item = state::get().exc_info.get();
    // SAFETY: the items are a chain of live structs; values are null or owned by them.
    while let Some(entry) = unsafe { item.as_ref() } {
        if let Some(value) = unsafe { entry.value.get().as_ref() }
            && !value.is(crate::none())
        {
            return Some(value);
        }
        item = entry.previous.get();
    }
    None
}

/// Sets `__context__` of a new exception to the one being handled, as raising does (`_PyErr_SetObject`). A chain that already has the
/// exception in it is cut there, so that no cycle comes to be.
pub fn set_context(exception: &Object) {
    let Some(context) = handled() else { return };
    if context.is(exception) {
        return;
    }
    let mut at = Owned::new(context);
    let mut slow = at.clone();
    let mut step = false;
    while let Some(next) = body(&at).context.owned() {
        if next.is(exception) {
            body(&at).context.clear();
            break;
        }
        at = next;
        if at.is(&slow) {
            break;
        }
        if step && let Some(next) = body(&slow).context.owned() {
            slow = next;
        }
        step = !step;
    }
    body(exception).context.set_ref(Some(context));
}

/// Gives the AttributeError on its way the name and the object, unless it has them (`_PyObject_SetAttributeErrorContext`).
#[cold]
pub fn add_attribute_context(object: &Object, name: &Object) {
    if !error::matches(&ATTRIBUTE_ERROR) {
        return;
    }
    let Some(exception) = error::current() else {
        return;
    };
    let (obj, own_name) = (extra(exception, 0), extra(exception, 1));
    if obj.is_empty() && own_name.is_empty() {
        own_name.set_ref(Some(name));
        obj.set_ref(Some(object));
    }
}

/// Adds a note to the exception on its way; a failure to make the note is dropped (`_PyErr_FormatNote`).
pub fn add_note_to_current(text: impl FnOnce() -> PyResult<String>) {
    let Some(exception) = error::fetch() else {
        return;
    };
    let exception = state::root("exception being noted", exception);
    let result = text().and_then(|text| base::add_note(&exception, &Str::new(&text)));
    if result.is_err() {
        error::clear();
    }
    error::restore(exception.take());
}

/// `raise` of an exception class or instance: an instance, made if need be (`do_raise`, without the cause).
pub fn instance_of(raised: &Object) -> PyResult {
    if super::is_exception_class(raised) {
        let made = crate::ops::call::call(raised, &[], None)?;
        if !super::is_exception(&made) {
            return Err(error::type_error(format!(
                "calling {} should have returned an instance of BaseException, not {}",
                crate::ops::text::lossy(&*crate::ops::text::repr(raised)?),
                crate::ops::text::lossy(&*crate::ops::text::repr(made.ty().as_object())?)
            )));
        }
        return Ok(made);
    }
    if super::is_exception(raised) {
        return Ok(Owned::new(raised));
    }
    Err(error::type_error(
        "exceptions must derive from BaseException",
    ))
}
