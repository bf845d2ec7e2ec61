//! `_contextvars` (Python/context.c): variables whose values belong to a context.

mod context;
mod token;
mod variable;

use terrarium_objects::{MethodDef, Native, Object, PyResult};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::add_types;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_contextvars",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 1] = [MethodDef::new(
    "copy_context",
    Native::NoArgs(|_| context::copy(&*context::current()?)),
    "copy_context($module, /)\n--\n\n",
)];

fn exec(made: &Object) -> PyResult<()> {
    terrarium_objects::typeobject_ready::ready_static(&token::MISSING_TYPE);
    add_types(
        made,
        &[&context::CONTEXT, &variable::VARIABLE, &token::TOKEN],
    );
    token::add_missing()
}

/// A variable without a default, for another native module.
pub fn new_variable(name: &str) -> PyResult {
    terrarium_objects::hooks::import("_contextvars")?;
    let name = terrarium_objects::types::str::Str::new(name);
    terrarium_objects::ops::call::call(
        variable::VARIABLE.as_object(),
        &terrarium_objects::words([&name]),
        None,
    )
}
