//! `list.sort`.

use crate::object::Object;
use crate::refs::{PyResult, Word};

pub fn sort_method(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let _ = (object, args, kwnames);
    todo!()
}
