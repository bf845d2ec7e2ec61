//! Source to code object, one module a pass, named as CPython's documents name the pass. Never runs code.

pub mod constants;
pub mod error;
pub mod future;
pub mod instructions;
pub mod recursion;
pub mod scopes;
pub mod tree;
pub mod unit;
pub mod unparse;
