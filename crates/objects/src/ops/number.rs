//! Arithmetic: the binary slot dance, unary operators, `__index__`.

use crate::object::Object;
use crate::refs::PyResult;

/// The operators of BINARY_OP in the order of its argument (Include/opcode.h, `NB_`): 0 add .. 12 xor, 13 inplace add .. 25 inplace xor, 26 subscript.
pub fn binary_op(oparg: u32, a: &Object, b: &Object) -> PyResult {
    todo!()
}
pub fn negative(object: &Object) -> PyResult {
    todo!()
}
pub fn positive(object: &Object) -> PyResult {
    todo!()
}
pub fn invert(object: &Object) -> PyResult {
    todo!()
}
pub fn absolute(object: &Object) -> PyResult {
    todo!()
}
pub fn divmod(a: &Object, b: &Object) -> PyResult {
    todo!()
}
/// `pow(a, b, c)`; pass `None` (the object) for two arguments.
pub fn power(a: &Object, b: &Object, c: &Object) -> PyResult {
    todo!()
}
/// `operator.index(object)`: an int (`PyNumber_Index`).
pub fn index(object: &Object) -> PyResult {
    todo!()
}
/// `__index__` as a machine integer; OverflowError or IndexError texts as CPython's when it does not fit (`PyNumber_AsSsize_t` with `exception`; clamps with `None`).
pub fn index_isize(object: &Object, overflow: Option<&crate::typeobject::Type>) -> PyResult<isize> {
    todo!()
}
/// `int(object)` (`PyNumber_Long`).
pub fn to_int(object: &Object) -> PyResult {
    todo!()
}
/// `float(object)` (`PyNumber_Float`).
pub fn to_float(object: &Object) -> PyResult {
    todo!()
}
/// A float's value, or that of `__float__`/`__index__` (`PyFloat_AsDouble`).
pub fn as_f64(object: &Object) -> PyResult<f64> {
    todo!()
}
