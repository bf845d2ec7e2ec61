//! What the object core must ask of those above it: the runtime and the modules fill these in when they start.

use std::cell::Cell;

use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::typeobject::Type;

/// Functions of higher layers; `None` until the layer has started.
pub struct Hooks {
    /// The globals of the innermost Python frame.
    pub globals: Cell<Option<fn() -> Option<Owned>>>,
    /// Tells the user of an exception that cannot be raised (`sys.unraisablehook`): the exception, a message, the object concerned.
    pub unraisable: Cell<Option<fn(Owned, &str, Option<&Object>)>>,
    /// Issues a warning of a class with a text, `stack_level` frames up (`warnings.warn`).
    pub warn: Cell<Option<fn(category: &Type, text: &str, stack_level: isize) -> PyResult<()>>>,
    /// Imports a module by its full name and returns it.
    pub import: Cell<Option<fn(name: &str) -> PyResult>>,
}

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Hooks {}

static HOOKS: Hooks = Hooks {
    globals: Cell::new(None),
    unraisable: Cell::new(None),
    warn: Cell::new(None),
    import: Cell::new(None),
};

/// The hooks.
pub fn hooks() -> &'static Hooks {
    &HOOKS
}

/// Issues a warning; nothing happens before the warnings machinery is there.
pub fn warn(category: &Type, text: &str, stack_level: isize) -> PyResult<()> {
    match HOOKS.warn.get() {
        Some(warn) => warn(category, text, stack_level),
        None => Ok(()),
    }
}

/// Imports a module by its full name (`PyImport_ImportModule`).
pub fn import(name: &str) -> PyResult {
    match HOOKS.import.get() {
        Some(import) => import(name),
        None => Err(crate::error::import_error_text(format!(
            "No module named '{name}'"
        ))),
    }
}
