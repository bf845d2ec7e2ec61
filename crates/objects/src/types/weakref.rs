//! weakref, for now

use std::cell::Cell;

use crate::object::Object;

/// Clears the weak references to a dying object.
pub fn clear_on_dealloc(object: &Object, list: &Cell<*mut Object>) {
    let _ = (object, list);
}
