//! The native modules, a file or folder each, named as the module.

#![allow(unsafe_code)]

pub mod builtins;
pub mod gc;
pub mod io;
pub mod math;
mod struct_sequence;
pub mod sys;
pub mod time;
pub mod traceback_text;
pub mod weakref;

use terrarium_runtime::native_module::{self, ModuleDef};

/// Enters all native modules in the registry; once, before the built-ins are made.
pub fn register() {
    let all: [&'static ModuleDef; 7] =
        [&builtins::MODULE, &gc::MODULE, &io::MODULE, &math::MODULE, &sys::MODULE, &time::MODULE, &weakref::MODULE];
    native_module::register(&all);
}
