//! Operators and methods of `tuple`.

use crate::object::Object;
use crate::refs::{PyResult, Word};
use crate::typeobject::{MethodDef, Slots};

pub const DOC: &str = "";
pub const SLOTS: Slots = Slots::NONE;
pub const METHODS: &[MethodDef] = &[];

/// `tuple(iterable)`.
pub fn vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let _ = (callable, args, kwnames);
    todo!()
}
