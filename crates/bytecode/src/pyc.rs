//! `.pyc` files: a header of 16 bytes (PEP 552), then the module's code object in marshal format.

mod magic;

use std::fmt;
use std::hash::Hasher as _;
use std::rc::Rc;

use siphasher::sip::SipHasher13;

use crate::code::Code;
use crate::constant::Constant;
use crate::marshal;

pub use magic::{MAGIC, made_by};

/// Bytes before the code object.
pub const HEADER_LENGTH: usize = 16;

/// What the header says of the source, by which it is found out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Modification time in seconds since 1970 and size in bytes, both modulo 2**32.
    Timestamp { mtime: u32, size: u32 },
    /// `source_hash` of the source; unless `checked`, the file counts as up to date whatever the source is.
    Hash { checked: bool, hash: [u8; 8] },
}

/// A module read from a `.pyc` file.
#[derive(Debug, Clone)]
pub struct Module {
    pub source: Source,
    pub code: Rc<Code>,
    /// How many bytes follow the code object; CPython writes none and ignores any.
    pub trailing: usize,
}

/// Why a file is no `.pyc` file that can be used here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    Empty,
    /// The file ends within the header; its length.
    ShortHeader(usize),
    /// Another version made it; which, if known, and the magic number.
    OtherVersion {
        version: Option<&'static str>,
        magic: u16,
    },
    /// The file does not start as any `.pyc` file does.
    NotPyc([u8; 4]),
    /// Flags that have no meaning.
    UnknownFlags(u32),
    /// The offset counts from the start of the file.
    Marshal(marshal::Error),
    /// The value after the header is no code object; its type.
    NotCode(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Empty => write!(out, "the file is empty; compile its source again"),
            Error::ShortHeader(length) => {
                write!(
                    out,
                    "truncated: {length} bytes where the header alone takes {HEADER_LENGTH}; compile its source again"
                )
            }
            Error::OtherVersion {
                version: Some(version),
                magic,
            } => {
                write!(
                    out,
                    "made by {version} (magic number {magic}), not by Python 3.14 ({MAGIC}); compile its source with Python 3.14"
                )
            }
            Error::OtherVersion {
                version: None,
                magic,
            } => {
                write!(
                    out,
                    "made by an unknown version of Python (magic number {magic}), not by Python 3.14 ({MAGIC}); compile its source with Python 3.14"
                )
            }
            Error::NotPyc(start) => write!(out, "not a .pyc file: it starts with {start:02x?}"),
            Error::UnknownFlags(flags) => write!(
                out,
                "corrupt header: unknown flags {flags:#x} at offset 4; compile its source again"
            ),
            Error::Marshal(error) => {
                let state = match error.kind {
                    marshal::ErrorKind::MissingValue
                    | marshal::ErrorKind::MissingLength
                    | marshal::ErrorKind::TooShort => "truncated",
                    _ => "corrupt",
                };
                write!(out, "{state} at {error}; compile its source again")
            }
            Error::NotCode(kind) => write!(
                out,
                "corrupt: the header is followed by a value of type {kind}, not a code object; compile its source again"
            ),
        }
    }
}

impl std::error::Error for Error {}

/// `_imp.source_hash`, which a hash-based `.pyc` keeps of its source.
pub fn source_hash(source: &[u8]) -> [u8; 8] {
    // The key is the magic number as the header has it.
    let key = u32::from_le_bytes(magic::magic_bytes());
    keyed_hash(key.into(), source).to_le_bytes()
}

/// `_Py_KeyedHash`: SipHash-1-3 of some bytes (Python/pyhash.c).
pub fn keyed_hash(key: u64, source: &[u8]) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(key, 0);
    hasher.write(source);
    hasher.finish()
}

/// Whether the file starts as a `.pyc` file of this or another version does.
pub fn is_pyc(file: &[u8]) -> bool {
    match file {
        [low, high, b'\r', b'\n', ..] => {
            *file == magic::magic_bytes() || made_by(u16::from_le_bytes([*low, *high])).is_some()
        }
        _ => false,
    }
}

/// Reads the header only.
pub fn read_header(file: &[u8]) -> Result<Source, Error> {
    let word = |index: usize| {
        file.get(index * 4..index * 4 + 4)
            .map(|bytes| [bytes[0], bytes[1], bytes[2], bytes[3]])
    };
    let Some(start) = word(0) else {
        return Err(if file.is_empty() {
            Error::Empty
        } else {
            Error::ShortHeader(file.len())
        });
    };
    if start != magic::magic_bytes() {
        return Err(foreign(start));
    }
    let (Some(flags), Some(first), Some(second)) = (word(1), word(2), word(3)) else {
        return Err(Error::ShortHeader(file.len()));
    };
    match u32::from_le_bytes(flags) {
        0 => Ok(Source::Timestamp {
            mtime: u32::from_le_bytes(first),
            size: u32::from_le_bytes(second),
        }),
        flags @ (1 | 3) => {
            let mut hash = [0; 8];
            hash[..4].copy_from_slice(&first);
            hash[4..].copy_from_slice(&second);
            Ok(Source::Hash {
                checked: flags == 3,
                hash,
            })
        }
        flags => Err(Error::UnknownFlags(flags)),
    }
}

fn foreign(start: [u8; 4]) -> Error {
    let magic = u16::from_le_bytes([start[0], start[1]]);
    if start[2..] != *b"\r\n" {
        return Error::NotPyc(start);
    }
    Error::OtherVersion {
        version: made_by(magic),
        magic,
    }
}

/// Reads a whole file.
pub fn read(file: &[u8]) -> Result<Module, Error> {
    let source = read_header(file)?;
    let (value, length) = marshal::load(&file[HEADER_LENGTH..]).map_err(|error| {
        Error::Marshal(marshal::Error {
            offset: error.offset + HEADER_LENGTH,
            kind: error.kind,
        })
    })?;
    match value {
        Constant::Code(code) => Ok(Module {
            source,
            code,
            trailing: file.len() - HEADER_LENGTH - length,
        }),
        other => Err(Error::NotCode(other.type_name())),
    }
}

/// The bytes of a `.pyc` file, as `py_compile` writes them.
pub fn write(code: &Rc<Code>, source: Source) -> Result<Vec<u8>, marshal::Error> {
    let mut file = Vec::new();
    write_into(&mut file, code, source)?;
    Ok(file)
}

/// `write` to memory that was there before; what it holds is lost.
pub fn write_into(
    file: &mut Vec<u8>,
    code: &Rc<Code>,
    source: Source,
) -> Result<(), marshal::Error> {
    file.clear();
    file.extend_from_slice(&header(source));
    let value = Constant::Code(code.clone());
    marshal::dump_behind(file, &value, marshal::Options::default())
}

/// The header's bytes.
pub fn header(source: Source) -> [u8; HEADER_LENGTH] {
    let (flags, rest): (u32, [u8; 8]) = match source {
        Source::Timestamp { mtime, size } => {
            (0, (u64::from(size) << 32 | u64::from(mtime)).to_le_bytes())
        }
        Source::Hash { checked, hash } => (if checked { 3 } else { 1 }, hash),
    };
    let mut header = [0; HEADER_LENGTH];
    header[..4].copy_from_slice(&magic::magic_bytes());
    header[4..8].copy_from_slice(&flags.to_le_bytes());
    header[8..].copy_from_slice(&rest);
    header
}
