//! `types.GenericAlias`: `list[int]`.

use crate::object::Object;
use crate::refs::PyResult;

/// `origin[key]`.
pub fn new(origin: &Object, key: &Object) -> PyResult {
    let _ = (origin, key);
    todo!()
}
