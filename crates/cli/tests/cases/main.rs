//! The built `terrarium` against what CPython 3.14 gives: every case is a file in a folder of `tests/`; nothing is expected here that a golden does not say.

mod bytecode_cache;
mod commands;
mod harness;
mod programs;
mod refcounts;
