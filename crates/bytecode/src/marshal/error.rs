//! What can be wrong with marshal data.

use std::fmt;

/// An error and where in the data it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Offset from the start of the data, in bytes.
    pub offset: usize,
    pub kind: ErrorKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// The data ends where a value should start.
    MissingValue,
    /// The data ends within a value.
    TooShort,
    UnknownType(u8),
    /// A reference to a value that is not there (yet).
    InvalidReference(i64),
    /// A negative length; the word says of what.
    SizeOutOfRange(&'static str),
    DigitOutOfRange,
    UnnormalizedLong,
    /// A NULL where a value should be; the word says in what.
    NullIn(&'static str),
    /// Deeper than `MAX_DEPTH`.
    TooDeep,
    /// A string that is not UTF-8 (surrogates are allowed); the byte.
    NotUtf8(u8),
    /// A float written as text that does not read as one.
    NotAFloat(String),
    /// A code object whose parts do not fit together; the sentence says how.
    BadCode(&'static str),
    /// A container that contains itself, which no constant can.
    Recursive,
    /// On writing: a value that this version of the format cannot carry; its type.
    Unmarshallable(&'static str),
}

impl ErrorKind {
    /// The exception that CPython raises: its type and its message.
    pub fn python(&self) -> (&'static str, String) {
        match self {
            ErrorKind::MissingValue => ("EOFError", "EOF read where object expected".into()),
            ErrorKind::TooShort => ("EOFError", "marshal data too short".into()),
            ErrorKind::UnknownType(_) => {
                ("ValueError", "bad marshal data (unknown type code)".into())
            }
            ErrorKind::InvalidReference(_) => {
                ("ValueError", "bad marshal data (invalid reference)".into())
            }
            ErrorKind::SizeOutOfRange(of) => (
                "ValueError",
                format!("bad marshal data ({of} size out of range)"),
            ),
            ErrorKind::DigitOutOfRange => (
                "ValueError",
                "bad marshal data (digit out of range in long)".into(),
            ),
            ErrorKind::UnnormalizedLong => (
                "ValueError",
                "bad marshal data (unnormalized long data)".into(),
            ),
            ErrorKind::NullIn(place) => (
                "TypeError",
                format!("NULL object in marshal data for {place}"),
            ),
            ErrorKind::TooDeep => ("ValueError", "recursion limit exceeded".into()),
            ErrorKind::NotUtf8(byte) => (
                "UnicodeDecodeError",
                format!("'utf-8' codec can't decode byte 0x{byte:02x}"),
            ),
            ErrorKind::NotAFloat(text) => (
                "ValueError",
                format!("could not convert string to float: '{text}'"),
            ),
            ErrorKind::BadCode(how) => ("ValueError", (*how).into()),
            ErrorKind::Recursive => ("ValueError", "bad marshal data (invalid reference)".into()),
            ErrorKind::Unmarshallable(_) => ("ValueError", "unmarshallable object".into()),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::MissingValue => write!(out, "the data ends where a value should start"),
            ErrorKind::TooShort => write!(out, "the data ends within a value"),
            ErrorKind::UnknownType(byte) => write!(out, "0x{byte:02x} starts no type of value"),
            ErrorKind::InvalidReference(index) => {
                write!(out, "reference to value {index}, which is not there")
            }
            ErrorKind::SizeOutOfRange(of) => write!(out, "the {of} size is negative"),
            ErrorKind::DigitOutOfRange => write!(out, "an int has a digit above 32767"),
            ErrorKind::UnnormalizedLong => write!(out, "an int starts with a zero digit"),
            ErrorKind::NullIn(place) => write!(out, "NULL in {place}"),
            ErrorKind::TooDeep => write!(out, "values nest deeper than {}", super::MAX_DEPTH),
            ErrorKind::NotUtf8(byte) => write!(out, "byte 0x{byte:02x} of a string is not UTF-8"),
            ErrorKind::NotAFloat(text) => write!(out, "'{text}' is no float"),
            ErrorKind::BadCode(how) => write!(out, "bad code object: {how}"),
            ErrorKind::Recursive => write!(out, "a container contains itself"),
            ErrorKind::Unmarshallable(what) => write!(out, "marshal cannot carry a {what}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "offset {}: {}", self.offset, self.kind)
    }
}

impl std::error::Error for Error {}

/// Why reading stopped: the data is wrong, or the builder refused a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<E> {
    Data(Error),
    /// The offset is where the value starts.
    Builder {
        offset: usize,
        error: E,
    },
}

impl<E> From<Error> for Failure<E> {
    fn from(error: Error) -> Failure<E> {
        Failure::Data(error)
    }
}
