//! The code object as data, field by field as CPython 3.14 marshals it (Python/marshal.c, `TYPE_CODE`).

use std::rc::Rc;

use crate::constant::{Constant, Str};

/// `co_flags` bits (Include/cpython/code.h).
pub mod flags {
    pub const OPTIMIZED: u32 = 0x1;
    pub const NEWLOCALS: u32 = 0x2;
    pub const VARARGS: u32 = 0x4;
    pub const VARKEYWORDS: u32 = 0x8;
    pub const NESTED: u32 = 0x10;
    pub const GENERATOR: u32 = 0x20;
    pub const COROUTINE: u32 = 0x80;
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    pub const ASYNC_GENERATOR: u32 = 0x200;
    pub const FUTURE_DIVISION: u32 = 0x20000;
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x40000;
    pub const FUTURE_WITH_STATEMENT: u32 = 0x80000;
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x100000;
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x200000;
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x400000;
    pub const FUTURE_GENERATOR_STOP: u32 = 0x800000;
    pub const FUTURE_ANNOTATIONS: u32 = 0x1000000;
    pub const HAS_DOCSTRING: u32 = 0x4000000;
    pub const METHOD: u32 = 0x8000000;
}

/// Kinds of a fast local, a byte each in `co_localspluskinds` (Include/internal/pycore_code.h).
pub mod kinds {
    pub const ARG_POS: u8 = 0x02;
    pub const ARG_KW: u8 = 0x04;
    pub const ARG_VAR: u8 = 0x08;
    pub const HIDDEN: u8 = 0x10;
    pub const LOCAL: u8 = 0x20;
    pub const CELL: u8 = 0x40;
    pub const FREE: u8 = 0x80;
}

/// A code object. Identity of a shared part is the identity of its `Rc`: marshal writes a part that
/// stands in two places once and refers to it.
#[derive(Debug, Clone)]
pub struct Code {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    pub flags: u32,
    /// `co_code`: code units of two bytes, inline caches included and zero.
    pub code: Rc<[u8]>,
    pub consts: Rc<[Constant]>,
    /// Each a `Constant::Str`.
    pub names: Rc<[Constant]>,
    /// Each a `Constant::Str`.
    pub localsplusnames: Rc<[Constant]>,
    pub localspluskinds: Rc<[u8]>,
    pub filename: Str,
    pub name: Str,
    pub qualname: Str,
    pub firstlineno: i32,
    pub linetable: Rc<[u8]>,
    pub exceptiontable: Rc<[u8]>,
}
