//! Texts of objects.

use crate::object::Object;
use crate::refs::PyResult;

/// `repr(object)`.
pub fn repr(object: &Object) -> PyResult {
    todo!()
}
/// `str(object)`.
pub fn str(object: &Object) -> PyResult {
    todo!()
}
/// `ascii(object)`.
pub fn ascii(object: &Object) -> PyResult {
    todo!()
}
/// `format(object, spec)`; `spec` is a str or absent.
pub fn format(object: &Object, spec: Option<&Object>) -> PyResult {
    crate::format_spec::format_object(object, spec)
}
/// Marks `object` as being shown, for `[...]`; false if it is already (`Py_ReprEnter`); `repr_leave` ends it.
pub fn repr_enter(object: &Object) -> bool {
    todo!()
}
pub fn repr_leave(object: &Object) {
    todo!()
}
/// The text in Rust's hands, lone surrogates replaced; for messages.
pub fn lossy(object: &Object) -> String {
    todo!()
}
