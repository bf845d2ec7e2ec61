//! Facts about references: who holds an object, whether every count is explained, and how counts changed instruction by instruction.
//! Never changes what a program does, and knows nothing of how facts are shown.

#![allow(unsafe_code)]

pub mod audit;
pub mod edges;
pub mod explain;
pub mod heap;
pub mod history;
pub mod holders;
pub mod instructions;
pub mod lookup;
pub mod naming;
pub mod stop;
pub mod subjects;
