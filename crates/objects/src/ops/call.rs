//! Calls.

use crate::object::Object;
use crate::refs::{Owned, PyResult, Word};

/// Calls with vectorcall arguments: positional, then the values of the keywords that `kwnames` (a tuple) names.
pub fn call(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    todo!()
}
/// `f(*args, **kwargs)` with a tuple and an optional dict (`PyObject_Call`).
pub fn call_tuple_dict(callable: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    todo!()
}
/// `object.name(*args)` (`PyObject_VectorcallMethod`).
pub fn call_method(object: &Object, name: &Object, args: &[Word]) -> PyResult {
    todo!()
}
