//! The built-in types, a file or folder each.

pub mod bool;
pub mod bytearray;
pub mod bytes;
pub mod complex;
pub mod dict;
pub mod exceptions;
pub mod float;
pub mod generic_alias;
pub mod int;
pub mod list;
pub mod none;
pub mod object;
pub mod sequence_iterator;
pub mod set;
pub mod slice;
pub mod slicing;
pub mod str;
pub mod tuple;
pub mod r#type;
pub mod weakref;
pub mod writer;

use crate::object::Object;
use crate::refs::{Owned, PyResult};

/// The `iter` slot of iterators: themselves (`PyObject_SelfIter`).
pub fn self_iter(object: &Object) -> PyResult {
    Ok(Owned::new(object))
}

/// An object of the `builtins` module, for `__reduce__` methods (`_PyEval_GetBuiltin`).
pub fn builtin(name: &str) -> PyResult {
    let state = crate::state::get();
    match state.kept("builtins") {
        Some(space) if space.is_exact(&dict::DICT) => {
            dict::get_str(space, name).ok_or_else(|| crate::error::attribute_error_text(name))
        }
        Some(module) => crate::ops::attribute::get_str(module, name),
        None => Err(crate::error::attribute_error_text(name)),
    }
}
