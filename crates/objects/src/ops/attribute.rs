//! Attributes: lookup along the method resolution order, the generic get and set, special methods.

use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::typeobject::Type;

/// `getattr(object, name)` (`PyObject_GetAttr`).
pub fn get(object: &Object, name: &Object) -> PyResult {
    todo!()
}
/// The attribute, or `None` where it would raise AttributeError (`PyObject_GetOptionalAttr`).
pub fn get_optional(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    todo!()
}
/// By text; interns it.
pub fn get_str(object: &Object, name: &str) -> PyResult {
    todo!()
}
/// `setattr`, or `delattr` with `None`.
pub fn set(object: &Object, name: &Object, value: Option<&Object>) -> PyResult<()> {
    todo!()
}
/// `PyObject_GenericGetAttr`: the `getattro` slot of most types.
pub fn generic_get(object: &Object, name: &Object) -> PyResult {
    todo!()
}
/// `PyObject_GenericSetAttr`.
pub fn generic_set(object: &Object, name: &Object, value: Option<&Object>) -> PyResult<()> {
    todo!()
}
/// `_PyType_LookupRef`: through the type's MRO by the method cache; no exception.
pub fn type_lookup(ty: &Type, name: &Object) -> Option<Owned> {
    todo!()
}
/// A special method found on the type and bound to the object (`_PyObject_LookupSpecial`).
pub fn lookup_special(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    todo!()
}
/// A method for calling: the function unbound with `true` (pass the object first), or the bound attribute with `false` (`_PyObject_GetMethod`).
pub fn get_method(object: &Object, name: &Object) -> PyResult<(Owned, bool)> {
    todo!()
}
