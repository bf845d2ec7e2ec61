//! The marshal format, version 5: how CPython 3.14 writes code objects and other values into `.pyc` files (Python/marshal.c).
//!
//! `load` and `dump` work on `Constant`; `read` and `Encoder` are the same for values of any kind, such as live objects.

mod constants;
mod encoder;
mod error;
mod reader;
mod writer;

pub use constants::load;
pub use encoder::{Encoder, Identity};
pub use error::{BadUtf8, Error, ErrorKind, Failure};
pub use reader::{Builder, CodeParts, Kind, Singleton, read};
pub use writer::{Options, dump, dump_behind, dump_with};

/// The version that CPython 3.14 writes (`marshal.version`).
pub const VERSION: u8 = 5;
/// How deep values may nest, on reading and on writing (`MAX_MARSHAL_STACK_DEPTH`).
pub const MAX_DEPTH: u32 = 2000;

/// The byte that starts each value; `FLAG_REF` may be added to it.
mod code {
    /// The value gets the next index, by which REF names it.
    pub const FLAG_REF: u8 = 0x80;

    pub const NULL: u8 = b'0';
    pub const NONE: u8 = b'N';
    pub const FALSE: u8 = b'F';
    pub const TRUE: u8 = b'T';
    pub const STOP_ITERATION: u8 = b'S';
    pub const ELLIPSIS: u8 = b'.';
    pub const INT: u8 = b'i';
    /// Read, never written.
    pub const INT64: u8 = b'I';
    pub const LONG: u8 = b'l';
    /// A float as text, up to version 1.
    pub const FLOAT: u8 = b'f';
    pub const BINARY_FLOAT: u8 = b'g';
    pub const COMPLEX: u8 = b'x';
    pub const BINARY_COMPLEX: u8 = b'y';
    /// bytes
    pub const STRING: u8 = b's';
    pub const INTERNED: u8 = b't';
    pub const UNICODE: u8 = b'u';
    pub const ASCII: u8 = b'a';
    pub const ASCII_INTERNED: u8 = b'A';
    pub const SHORT_ASCII: u8 = b'z';
    pub const SHORT_ASCII_INTERNED: u8 = b'Z';
    pub const TUPLE: u8 = b'(';
    pub const SMALL_TUPLE: u8 = b')';
    pub const LIST: u8 = b'[';
    pub const DICT: u8 = b'{';
    pub const SET: u8 = b'<';
    pub const FROZENSET: u8 = b'>';
    pub const SLICE: u8 = b':';
    pub const CODE: u8 = b'c';
    pub const REF: u8 = b'r';
}
