//! Comparison, hash, truth.

use crate::object::Object;
use crate::refs::PyResult;
use crate::typeobject::CompareOp;

impl CompareOp {
    /// Whether the comparison holds for things ordered so (`Py_RETURN_RICHCOMPARE`).
    #[inline]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => order.is_lt(),
            CompareOp::Le => order.is_le(),
            CompareOp::Eq => order.is_eq(),
            CompareOp::Ne => order.is_ne(),
            CompareOp::Gt => order.is_gt(),
            CompareOp::Ge => order.is_ge(),
        }
    }
}

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
/// The `hash` slot of unhashable types (`PyObject_HashNotImplemented`).
#[inline(never)]
pub fn hash_not_implemented(object: &Object) -> PyResult<isize> {
    Err(crate::error::type_error(format!(
        "unhashable type: '{}'",
        object.ty().full_name()
    )))
}
