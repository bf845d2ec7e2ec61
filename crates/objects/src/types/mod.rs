//! The built-in types, a file or folder each.

pub mod bool;
pub mod bytearray;
pub mod bytes;
pub mod complex;
pub mod dict;
pub mod exceptions;
pub mod float;
pub mod int;
pub mod list;
pub mod none;
pub mod object;
pub mod str;
pub mod tuple;
pub mod r#type;
