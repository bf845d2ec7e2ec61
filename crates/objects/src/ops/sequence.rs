//! Sequences.

use crate::object::Object;
use crate::refs::{Owned, PyResult};

/// `item in object` (`PySequence_Contains`).
pub fn contains(object: &Object, item: &Object) -> PyResult<bool> {
    todo!()
}
/// `list(object)` as a new list (`PySequence_List`).
pub fn to_list(object: &Object) -> PyResult {
    todo!()
}
/// `tuple(object)`; an exact tuple is returned itself (`PySequence_Tuple`).
pub fn to_tuple(object: &Object) -> PyResult {
    todo!()
}
/// The object itself if it is an exact list or tuple, else a list of its items (`PySequence_Fast`); TypeError with `message` if not iterable.
pub fn fast(object: &Object, message: &str) -> PyResult {
    todo!()
}
