//! The operations any object answers to (CPython's abstract protocols), by family.

pub mod attribute;
pub mod call;
pub mod compare;
pub mod instance;
pub mod iter;
pub mod mapping;
pub mod number;
pub mod sequence;
pub mod text;
