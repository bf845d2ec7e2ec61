//! The native modules, a file or folder each, named as the module.

#![allow(unsafe_code)]

pub mod abc;
pub mod array;
pub mod ast;
pub mod atexit;
pub mod binascii;
pub mod bisect;
mod body;
pub mod builtins;
pub mod codecs;
pub mod collections;
pub mod contextvars;
pub mod csv;
pub mod dis;
pub mod errno;
pub mod functools;
pub mod gc;
pub mod hashes;
pub mod heapq;
pub mod imp;
pub mod io;
pub mod itertools;
pub mod json;
pub mod locale;
pub mod marshal;
pub mod math;
pub mod opcode;
pub mod operator;
pub mod posix;
pub mod posixsubprocess;
pub mod random;
pub mod resource;
pub mod select;
pub mod signal;
pub mod sitebuiltins;
pub mod socket;
pub mod sre;
pub mod string_module;
pub mod struct_module;
mod struct_sequence;
pub mod suggestions;
pub mod symtable;
pub mod sys;
mod sys_info;
mod sys_monitoring;
mod sys_more;
pub mod sysconfigdata;
pub mod terrarium;
pub mod thread;
pub mod time;
pub mod tokenize;
pub mod traceback_text;
pub mod typing;
pub mod unicodedata;
pub mod warnings;
pub mod weakref;
pub mod zlib;

use terrarium_objects::{Owned, PyResult};
use terrarium_runtime::native_module::{self, ModuleDef};
use terrarium_runtime::start;

/// Enters all native modules in the registry; once, before the built-ins are made.
pub fn register() {
    let all: &[&'static ModuleDef] = &[
        &abc::MODULE,
        &array::MODULE,
        &ast::MODULE,
        &atexit::MODULE,
        &binascii::MODULE,
        &bisect::MODULE,
        &builtins::MODULE,
        &codecs::MODULE,
        &collections::MODULE,
        &contextvars::MODULE,
        &csv::MODULE,
        &errno::MODULE,
        &functools::MODULE,
        &gc::MODULE,
        &hashes::BLAKE2_MODULE,
        &hashes::MD5_MODULE,
        &hashes::SHA1_MODULE,
        &hashes::SHA2_MODULE,
        &hashes::SHA3_MODULE,
        &heapq::MODULE,
        &imp::MODULE,
        &io::MODULE,
        &itertools::MODULE,
        &json::MODULE,
        &locale::MODULE,
        &marshal::MODULE,
        &math::MODULE,
        &opcode::MODULE,
        &operator::MODULE,
        &posix::MODULE,
        &posixsubprocess::MODULE,
        &random::MODULE,
        &resource::MODULE,
        &select::MODULE,
        &signal::MODULE,
        &socket::MODULE,
        &sre::MODULE,
        &string_module::MODULE,
        &struct_module::MODULE,
        &suggestions::MODULE,
        &symtable::MODULE,
        &sys::MODULE,
        &sysconfigdata::MODULE,
        &terrarium::MODULE,
        &thread::MODULE,
        &time::MODULE,
        &tokenize::MODULE,
        &typing::MODULE,
        &unicodedata::MODULE,
        &warnings::MODULE,
        &weakref::MODULE,
        &zlib::MODULE,
    ];
    native_module::register(all);
    native_module::register_stand_ins(&[&dis::MODULE]);
}

/// Makes the modules that exist from the start, and hooks the object core up with them.
pub fn start() -> PyResult<()> {
    let hooks = terrarium_objects::hooks::hooks();
    hooks.unraisable.set(Some(sys::unraisable));
    warnings::install();
    codecs::install();
    hooks.import.set(Some(terrarium_runtime::importing::import));
    hooks.globals.set(Some(|| {
        terrarium_runtime::execution_frames::globals_of_caller().map(Owned::new)
    }));
    start::make_native("_io")?;
    start::make_native("sys")?;
    Ok(())
}

/// The folder of the pure-Python standard library, if it is there.
pub fn library() -> Option<String> {
    let path = rustpython_pylib::LIB_PATH;
    std::path::Path::new(path).is_dir().then(|| path.to_owned())
}
