//! The native modules, a file or folder each, named as the module.

#![allow(unsafe_code)]

pub mod builtins;
pub mod gc;
pub mod weakref;

use terrarium_runtime::native_module;

/// Enters all native modules in the registry; once, before the built-ins are made.
pub fn register() {
    native_module::register(&[&builtins::MODULE, &gc::MODULE, &weakref::MODULE]);
}
