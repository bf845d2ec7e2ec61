//! Subscripts and lengths.

use crate::object::Object;
use crate::refs::{Owned, PyResult};

/// `object[key]` (`PyObject_GetItem`), `__class_getitem__` included.
pub fn get_item(object: &Object, key: &Object) -> PyResult {
    todo!()
}
/// `object[key]`, or `None` for KeyError (`PyMapping_GetOptionalItem`).
pub fn get_optional_item(object: &Object, key: &Object) -> PyResult<Option<Owned>> {
    todo!()
}
/// `object[key] = value`, or `del object[key]` with `None`.
pub fn set_item(object: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    todo!()
}
/// `len(object)` (`PyObject_Size`).
pub fn len(object: &Object) -> PyResult<usize> {
    todo!()
}
