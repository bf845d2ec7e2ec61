//! Source to code object, one module a pass, named as CPython's documents name the pass. Never runs code.

pub mod assemble;
pub mod codegen;
pub mod compile;
pub mod constants;
mod dismantle;
pub mod dump;
pub mod error;
pub mod flowgraph;
mod fold;
pub mod future;
pub mod instructions;
pub mod lines;
pub mod literal_values;
pub mod literals;
pub mod lower;
pub mod parse;
pub mod parser;
pub mod preprocess;
pub mod recursion;
mod reject;
pub mod scopes;
pub mod source;
pub mod stages;
pub mod tree;
pub mod unit;
pub mod unparse;
