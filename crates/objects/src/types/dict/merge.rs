//! Copying and merging.

use crate::object::Object;
use crate::refs::{Owned, PyResult};

pub fn copy(dict: &Object) -> Owned {
    let _ = dict;
    todo!()
}
/// `dict.update(other)`: mapping or dict (`PyDict_Update`).
pub fn update(dict: &Object, other: &Object) -> PyResult<()> {
    merge(dict, other, 1)
}
/// `PyDict_Merge` with how to treat keys already there: 0 keep, 1 replace, 2 KeyError.
pub fn merge(dict: &Object, other: &Object, replace: i32) -> PyResult<()> {
    let _ = (dict, other, replace);
    todo!()
}
