//! The runtime: frames being run, the loop, operations by family, specialisation, calls, exceptions, import, builtins.

#![allow(unsafe_code)]

pub mod call;
pub mod callables;
pub mod frames;
pub mod imports;
pub mod interp;
pub mod intrinsics;
pub mod native_module;
pub mod observe;
pub mod settrace;
pub mod signals;
pub mod specialize;
pub mod start;
pub mod unwind;
