//! The runtime: frames being run, the loop, operations by family, specialisation, calls, exceptions, import, builtins.

#![allow(unsafe_code)]

pub mod call;
pub mod callables;
pub mod compiling;
pub mod config;
pub mod execution;
pub mod execution_frames;
pub mod frames;
pub mod implied;
pub mod importing;
pub mod importlib;
pub mod imports;
pub mod interp;
pub mod intrinsics;
pub mod native_module;
pub mod observe;
pub mod program;
pub mod pycache;
pub mod settrace;
pub mod shutdown;
pub mod signals;
pub mod sources;
pub mod specialize;
pub mod start;
pub mod threads;
pub mod unwind;
pub mod warnings;
