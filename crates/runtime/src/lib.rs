//! The runtime: frames being run, the loop, operations by family, specialisation, calls, exceptions, import, builtins.

#![allow(unsafe_code)]

pub mod call;
pub mod interp;
pub mod specialize;
pub mod unwind;
