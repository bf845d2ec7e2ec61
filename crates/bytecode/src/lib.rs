//! What a code object is: opcode tables as data, constants, marshal, `.pyc` files, line and exception tables, `dis` text.
//!
//! Depends on no other Terrarium crate and never runs code.

pub mod code;
pub mod constant;
pub mod dis;
pub mod exceptiontable;
pub mod hash;
pub mod linetable;
pub mod marshal;
pub mod opcode;
pub mod pyc;
pub mod quicken;
pub mod repr;
pub mod verify;

pub use code::Code;
pub use constant::{Constant, Int, Str};
