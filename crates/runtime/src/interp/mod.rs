//! The interpreter loop and its instructions, a file a family.
//!
//! Each instruction is one small function over `Cx`, the loop's registers; the table in `run` names all of them. State lives in frame
//! memory at instruction boundaries, so that `run` can be left and entered in mid-frame.

pub mod attributes;
pub mod binary;
pub mod calls;
pub mod calls_native;
pub mod compare;
pub mod containers;
pub mod control;
pub mod cx;
pub mod exceptions;
pub mod generators;
pub mod iteration;
pub mod locals;
pub mod names;
pub mod patterns;
pub mod run;
pub mod strings;
pub mod variables;

pub use cx::{Cx, Flow};
pub use run::eval;
