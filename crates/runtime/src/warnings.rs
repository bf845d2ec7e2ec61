//! Warnings from native code and the compiler, to whoever shows them (`_warnings` sets the hook).

use std::cell::Cell;

use terrarium_objects::{Object, PyResult, Type};

/// Category, text, file, line.
pub type Explicit = fn(&Type, &str, &Object, i32) -> PyResult<()>;

thread_local! {
    static EXPLICIT: Cell<Option<Explicit>> = const { Cell::new(None) };
}

/// Sets what `explicit` does.
pub fn set_explicit(function: Explicit) {
    EXPLICIT.with(|e| e.set(Some(function)));
}

/// `warnings.warn_explicit`: a filter may turn it into an exception.
pub fn explicit(category: &Type, text: &str, filename: &Object, line: i32) -> PyResult<()> {
    match EXPLICIT.with(Cell::get) {
        Some(function) => function(category, text, filename, line),
        None => Ok(()),
    }
}
