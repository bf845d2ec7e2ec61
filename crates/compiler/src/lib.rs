//! Source to code object, one module a pass, named as CPython's documents name the pass. Never runs code.

pub mod instructions;
pub mod tree;
pub mod unit;
