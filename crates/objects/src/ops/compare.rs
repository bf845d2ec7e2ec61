//! Comparison, hash, truth.

use crate::object::Object;
use crate::refs::PyResult;
use crate::typeobject::CompareOp;

/// `a op b` (`PyObject_RichCompare`).
pub fn compare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    todo!()
}
/// The truth of `a op b`; identical objects are equal (`PyObject_RichCompareBool`).
pub fn compare_bool(a: &Object, b: &Object, op: CompareOp) -> PyResult<bool> {
    todo!()
}
/// `hash(object)`; never -1.
pub fn hash(object: &Object) -> PyResult<isize> {
    todo!()
}
/// `bool(object)` (`PyObject_IsTrue`).
pub fn is_true(object: &Object) -> PyResult<bool> {
    todo!()
}
/// `isinstance` and `issubclass` with their hooks.
pub fn is_instance(object: &Object, class: &Object) -> PyResult<bool> {
    todo!()
}
pub fn is_subclass(derived: &Object, class: &Object) -> PyResult<bool> {
    todo!()
}
