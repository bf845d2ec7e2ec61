//! The text of CPython 3.14's `dis` module, byte for byte (Lib/dis.py).
//!
//! `rows` turns a code object into rows of data; `text` lays rows out. A `Subject` is whatever can be disassembled: a `Code` as data, bare bytecode,
//! or a live code object whose constants have live `repr`s.

mod info;
mod operand;
mod plain;
mod rows;
mod text;

use std::fmt;

use crate::opcode;

pub use info::{code_info, pretty_flags};
pub use plain::{Plain, Raw};
pub use rows::{Labels, Row, rows};
pub use text::{disassemble, disassemble_recursive};

/// What can be disassembled. Each `write_` method appends to `out`; false says that nothing is known of the index, which shows as nothing.
pub trait Subject: Sized {
    /// Why a part cannot be shown.
    type Error;

    /// `co_code`: the instructions by which labels and arguments are found.
    fn code(&self) -> &[u8];

    /// The instructions to show, as long as `code`: the same, or `_co_code_adaptive`.
    fn shown(&self) -> &[u8] {
        self.code()
    }

    /// `co_linetable` and `co_firstlineno`, if there are lines at all.
    fn lines(&self) -> Option<(&[u8], i32)>;

    /// `co_exceptiontable`.
    fn exceptiontable(&self) -> &[u8];

    /// The length of `co_consts`.
    fn consts(&self) -> usize;

    /// Appends `repr(co_consts[index])`.
    fn write_const(
        &self,
        index: usize,
        limit: usize,
        out: &mut Vec<u8>,
    ) -> Result<Lookup, Self::Error>;

    /// Appends `co_names[index]`.
    fn write_name(&self, index: usize, out: &mut Vec<u8>) -> Lookup;

    /// Appends the name of a fast local.
    fn write_local(&self, index: usize, out: &mut Vec<u8>) -> Lookup;

    /// The code object among the constants at that index, if it is one.
    fn nested(&self, index: usize) -> Option<Self>;
}

/// What became of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    Found,
    /// The subject has no such list (bare bytecode).
    Unknown,
    /// The list is shorter.
    OutOfRange,
}

/// What to show.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Inline caches, a line for each code unit (`-C`).
    pub show_caches: bool,
    /// The offset of each instruction (`-O`).
    pub show_offsets: bool,
    /// Full positions instead of line numbers (`-P`).
    pub show_positions: bool,
    /// The instruction to mark with `-->`: an offset in bytes.
    pub lasti: Option<usize>,
    /// What to add to line numbers.
    pub line_offset: i64,
    /// How deep to go into nested code objects; None for all of them.
    pub depth: Option<u32>,
    /// The most bytes to write. A damaged file can ask for more than fits anywhere.
    pub limit: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            show_caches: false,
            show_offsets: false,
            show_positions: false,
            lasti: None,
            line_offset: 0,
            depth: None,
            limit: 1 << 28,
        }
    }
}

/// Why disassembly stopped. What comes before the instruction has been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error<E> {
    /// Of the instruction in its code object, in bytes.
    pub offset: usize,
    pub kind: ErrorKind<E>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind<E> {
    /// The argument does not index the list that the word names.
    Index {
        opcode: u16,
        arg: i64,
        list: &'static str,
    },
    /// The bytecode ends within a code unit.
    HalfUnit,
    /// The text would pass the limit.
    TooLong(usize),
    /// The subject could not show a part.
    Subject(E),
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.offset;
        match &self.kind {
            ErrorKind::Index { opcode, arg, list } => {
                let name = opcode::name(*opcode).unwrap_or("an unknown opcode");
                write!(
                    out,
                    "corrupt bytecode at offset {offset}: {name} {arg} is beyond {list}"
                )
            }
            ErrorKind::HalfUnit => write!(
                out,
                "corrupt bytecode at offset {offset}: it ends within an instruction"
            ),
            ErrorKind::TooLong(limit) => write!(
                out,
                "bytecode offset {offset}: the text would be longer than {limit} bytes"
            ),
            ErrorKind::Subject(error) => write!(out, "bytecode offset {offset}: {error}"),
        }
    }
}

impl<E: fmt::Display + fmt::Debug> std::error::Error for Error<E> {}
