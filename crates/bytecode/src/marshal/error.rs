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
    /// The data ends where a length of one byte should be.
    MissingLength,
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
    /// A string that is not UTF-8 (surrogates are allowed).
    NotUtf8(BadUtf8),
    /// A float written as text that does not read as one.
    NotAFloat(String),
    /// A code object whose parts do not fit together; the sentence says how.
    BadCode(&'static str),
    /// A part of a code object that has the wrong type or an impossible value; the sentence says which.
    BadCodePart(&'static str),
    /// A name of a code object that is no string.
    NotAName,
    /// A value of type `value` as a set element or a dict key that has no hash because of a `part` in it.
    Unhashable {
        value: &'static str,
        place: &'static str,
        part: &'static str,
    },
    /// A container that contains itself, which no constant can.
    Recursive,
    /// On writing: a value that this version of the format cannot carry; its type.
    Unmarshallable(&'static str),
}

/// Where in a string the bytes stop being UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadUtf8 {
    /// The first bad byte.
    pub byte: u8,
    /// From the start of the string; the end is excluded.
    pub start: usize,
    pub end: usize,
    /// In the words of CPython's decoder.
    pub reason: &'static str,
}

impl BadUtf8 {
    /// The text of CPython's UnicodeDecodeError.
    fn python(&self) -> String {
        let BadUtf8 {
            byte,
            start,
            end,
            reason,
        } = self;
        if end - start == 1 {
            format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {start}: {reason}")
        } else {
            format!(
                "'utf-8' codec can't decode bytes in position {start}-{}: {reason}",
                end - 1
            )
        }
    }
}

impl ErrorKind {
    /// The exception that CPython raises: its type and its message.
    pub fn python(&self) -> (&'static str, String) {
        match self {
            ErrorKind::MissingValue => ("EOFError", "EOF read where object expected".into()),
            ErrorKind::MissingLength => ("EOFError", "EOF read where not expected".into()),
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
            ErrorKind::NotUtf8(bad) => ("UnicodeDecodeError", bad.python()),
            ErrorKind::NotAFloat(text) => (
                "ValueError",
                format!("could not convert string to float: '{text}'"),
            ),
            ErrorKind::BadCode(how) => ("ValueError", (*how).into()),
            ErrorKind::BadCodePart(_) => (
                "SystemError",
                "../Objects/codeobject.c:465: bad argument to internal function".into(),
            ),
            ErrorKind::NotAName => ("SystemError", "non-string found in code slot".into()),
            ErrorKind::Unhashable { value, place, part } => (
                "TypeError",
                format!("cannot use '{value}' as {place} (unhashable type: '{part}')"),
            ),
            ErrorKind::Recursive => ("ValueError", "bad marshal data (invalid reference)".into()),
            ErrorKind::Unmarshallable(_) => ("ValueError", "unmarshallable object".into()),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ErrorKind::MissingValue => write!(out, "the data ends where a value should start"),
            ErrorKind::MissingLength | ErrorKind::TooShort => {
                write!(out, "the data ends within a value")
            }
            ErrorKind::UnknownType(byte) => write!(out, "0x{byte:02x} starts no type of value"),
            ErrorKind::InvalidReference(index) => {
                write!(out, "reference to value {index}, which is not there")
            }
            ErrorKind::SizeOutOfRange(of) => write!(out, "the {of} size is negative"),
            ErrorKind::DigitOutOfRange => write!(out, "an int has a digit above 32767"),
            ErrorKind::UnnormalizedLong => write!(out, "an int starts with a zero digit"),
            ErrorKind::NullIn(place) => write!(out, "NULL in {place}"),
            ErrorKind::TooDeep => write!(out, "values nest deeper than {}", super::MAX_DEPTH),
            ErrorKind::NotUtf8(bad) => {
                write!(
                    out,
                    "byte 0x{:02x} of a string is not UTF-8: {}",
                    bad.byte, bad.reason
                )
            }
            ErrorKind::NotAFloat(text) => write!(out, "'{text}' is no float"),
            ErrorKind::NotAName => write!(out, "bad code object: a name is no string"),
            ErrorKind::BadCode(how) | ErrorKind::BadCodePart(how) => {
                write!(out, "bad code object: {how}")
            }
            ErrorKind::Unhashable { value, place, part } => {
                write!(out, "a {value} stands as {place}, but a {part} has no hash")
            }
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
