//! What the loop asks for and no part provides yet: one clear error each.

use terrarium_objects::{Object, PyResult, Raised, error};

fn not_there(what: &str) -> Raised {
    error::not_implemented_error(format!("{what} are not there yet"))
}

pub fn template(_: &Object, _: &Object) -> PyResult {
    Err(not_there("template strings"))
}

pub fn interpolation(_: &Object, _: &Object, _: u32, _: Option<&Object>) -> PyResult {
    Err(not_there("template strings"))
}

pub fn type_parameter(_: &Object) -> PyResult {
    Err(not_there("type parameters and type aliases"))
}

pub fn reraise_star(_: &Object, _: &Object) -> PyResult {
    Err(not_there("exception groups"))
}

pub fn wrap_in_group(_: &Object) -> PyResult {
    Err(not_there("exception groups"))
}
