//! What compiling a source can report: one error, or any number of warnings. Values only; showing them is the caller's part.

use std::fmt;

use crate::tree::Location;

/// The exception class CPython raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    SyntaxError,
    IndentationError,
    TabError,
    /// `IncompleteInputError` of `PyCF_ALLOW_INCOMPLETE_INPUT`; a SyntaxError otherwise.
    IncompleteInput,
    ValueError,
    UnicodeDecodeError,
    UnicodeEncodeError,
    OverflowError,
    RecursionError,
    MemoryError,
    SystemError,
}

impl Class {
    /// The name of the built-in exception.
    pub fn name(self) -> &'static str {
        match self {
            Class::SyntaxError => "SyntaxError",
            Class::IndentationError => "IndentationError",
            Class::TabError => "TabError",
            Class::IncompleteInput => "_IncompleteInputError",
            Class::ValueError => "ValueError",
            Class::UnicodeDecodeError => "UnicodeDecodeError",
            Class::UnicodeEncodeError => "UnicodeEncodeError",
            Class::OverflowError => "OverflowError",
            Class::RecursionError => "RecursionError",
            Class::MemoryError => "MemoryError",
            Class::SystemError => "SystemError",
        }
    }

    /// Whether instances carry a file name, a place and a line of text.
    pub fn is_syntax_error(self) -> bool {
        matches!(
            self,
            Class::SyntaxError | Class::IndentationError | Class::TabError | Class::IncompleteInput
        )
    }
}

/// The place of a SyntaxError as its attributes give it: `lineno`, `offset`, `end_lineno`, `end_offset`. Lines and offsets count from 1;
/// 0 and -1 occur where CPython gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: i32,
    pub offset: i32,
    pub end_line: i32,
    pub end_offset: i32,
}

impl Place {
    /// What exceptions of codecs say; CPython gives them no end.
    pub const UNKNOWN: Place = Place {
        line: 0,
        offset: -1,
        end_line: 0,
        end_offset: -1,
    };

    /// `end_lineno` and `end_offset`, if the exception has them.
    pub fn end(&self) -> Option<(i32, i32)> {
        (*self != Place::UNKNOWN).then_some((self.end_line, self.end_offset))
    }
}

/// What CPython keeps with a SyntaxError for whoever looks for a misspelt keyword.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejected {
    /// Line (from 1) and column, in bytes, of the last compound statement that was read, functions aside; 0 and 0 if there is none.
    pub statement: (i32, i32),
    /// All that was to be parsed.
    pub source: String,
}

/// An exception that CPython would raise instead of making a code object.
#[derive(Debug, Clone, PartialEq)]
pub struct Error {
    pub class: Class,
    pub message: String,
    /// `None` where CPython leaves `filename` None, or the class has none.
    pub filename: Option<String>,
    pub place: Option<Place>,
    /// The source line the place is in, as CPython's `text`. Errors of later passes leave it to the caller, who may read the file.
    pub text: Option<String>,
    /// What the parser had when it gave up; None if others raised the exception.
    pub rejected: Option<Box<Rejected>>,
    /// Whether the message is the exception's only argument and CPython sets the other attributes afterwards.
    pub bare: bool,
}

impl Error {
    /// An exception without a place.
    pub fn plain(class: Class, message: impl Into<String>) -> Error {
        Error {
            class,
            message: message.into(),
            filename: None,
            place: None,
            text: None,
            rejected: None,
            bare: false,
        }
    }

    /// A SyntaxError of a pass after parsing: CPython's `_PyCompile_Error` and `_PyErr_RaiseSyntaxError` count offsets in bytes and take the
    /// text from the file, if there is one.
    pub fn syntax(message: impl Into<String>, filename: &str, loc: Location) -> Error {
        Error {
            class: Class::SyntaxError,
            message: message.into(),
            filename: Some(filename.to_owned()),
            place: Some(Place {
                line: loc.line,
                offset: loc.column + 1,
                end_line: loc.end_line,
                end_offset: loc.end_column + 1,
            }),
            text: None,
            rejected: None,
            bare: false,
        }
    }
}

impl Error {
    /// `syntax`, as the symbol table and Python/future.c raise it.
    pub fn bare(message: impl Into<String>, filename: &str, loc: Location) -> Error {
        Error {
            bare: true,
            ..Error::syntax(message, filename, loc)
        }
    }
}

impl fmt::Display for Error {
    /// One line: file, line and offset where known, class and message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(file), Some(place)) = (&self.filename, &self.place) {
            write!(f, "{file}:{}:{}: ", place.line, place.offset)?;
        }
        write!(f, "{}: {}", self.class.name(), self.message)
    }
}

impl std::error::Error for Error {}

/// The warning classes a compilation issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    SyntaxWarning,
    DeprecationWarning,
}

impl Category {
    pub fn name(self) -> &'static str {
        match self {
            Category::SyntaxWarning => "SyntaxWarning",
            Category::DeprecationWarning => "DeprecationWarning",
        }
    }
}

/// What found a warning: on it depends which error comes of it where a filter raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finder {
    /// The tokenizer, at a number with a keyword right behind it.
    Number,
    /// The tokenizer, at `\{` or `\}` in an f-string.
    Brace,
    /// The parser or any pass behind it.
    Pass,
}

/// A warning, in the order CPython issues them.
#[derive(Debug, Clone, PartialEq)]
pub struct Warning {
    pub finder: Finder,
    pub category: Category,
    pub message: String,
    /// Only `line` is shown; the rest serves the error a filter may make of it.
    pub loc: Location,
    /// The SyntaxError that a filter makes of it; None for one of `message` at `loc`.
    pub as_error: Option<Box<Error>>,
}

impl Warning {
    /// The SyntaxError that takes the place of the warning when a filter says so.
    pub fn into_error(self, filename: &str) -> Error {
        match self.as_error {
            Some(error) => *error,
            None => Error::syntax(self.message, filename, self.loc),
        }
    }
}
