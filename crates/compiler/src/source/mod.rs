//! From the bytes of a file, or a string given to `compile()`, to the text the parser reads: encoding, null bytes, newlines.
//! Follows the tokenizer's start (CPython's Parser/tokenizer; PEP 263).

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::error::{Class, Error, Place};
use crate::lines::LineIndex;
use crate::parse::Mode;
use crate::tree::Location;

mod charmap;
pub mod encoding;
mod unicode;

/// What is read besides the language itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    #[default]
    Plain,
    /// Comments that start with `type:` belong to statements and parameters (PEP 484; `PyCF_TYPE_COMMENTS`).
    TypeComments,
    /// The text is that of a function's type comment: `(int) -> str` (mode `func_type` of `ast.parse`).
    FunctionType,
}

/// A text ready to be parsed: UTF-8, lines end in `\n` alone, no byte order mark, no null bytes, under 4 GiB.
#[derive(Debug, Clone)]
pub struct Source<'s> {
    /// That of the file itself if nothing in it had to change.
    pub text: Cow<'s, str>,
    pub filename: String,
    pub dialect: Dialect,
    /// Made when first asked for: a source that is right seldom needs it.
    pub(crate) lines: OnceCell<LineIndex>,
}

impl<'s> Source<'s> {
    /// The bytes of a source file. Errors: SyntaxErrors on an unknown or wrong encoding and on null bytes.
    pub fn from_bytes(bytes: &'s [u8], filename: &str) -> Result<Source<'s>, Error> {
        let text = encoding::decode(bytes, filename).map_err(|error| {
            // Those of a source in UTF-8 count before what does not decode.
            let comes_first = memchr::memchr(0, bytes).is_some()
                && encoding::declared(bytes).is_none_or(|name| encoding::is_utf8(&name));
            match comes_first {
                true => null_bytes(),
                false => error,
            }
        })?;
        Source::new(text, filename)
    }

    /// The bytes that `compile()` gets for `mode`. Only a module gets the newline that its last line lacks, and CPython looks for a coding
    /// cookie in lines that end: in the one line of other modes it counts for nothing.
    pub fn from_bytes_for(
        mode: Mode,
        bytes: &'s [u8],
        filename: &str,
    ) -> Result<Source<'s>, Error> {
        if mode == Mode::Exec || memchr::memchr3(b'\n', b'\r', 0, bytes).is_some() {
            return Source::from_bytes(bytes, filename);
        }
        Source::new(Cow::Borrowed(encoding::undeclared(bytes)?), filename)
    }

    /// Text already: what `compile()`, `eval()` and `exec()` get as a `str`; a coding cookie in it counts for nothing.
    pub fn from_text(text: &'s str, filename: &str) -> Result<Source<'s>, Error> {
        Source::new(Cow::Borrowed(text), filename)
    }

    fn new(text: Cow<'s, str>, filename: &str) -> Result<Source<'s>, Error> {
        let has_returns = match memchr::memchr2(0, b'\r', text.as_bytes()) {
            None => false,
            Some(_) if memchr::memchr(0, text.as_bytes()).is_some() => return Err(null_bytes()),
            Some(_) => true,
        };
        if text.len() >= u32::MAX as usize - 1 {
            return Err(Error::plain(
                Class::OverflowError,
                "source code is too large",
            ));
        }
        Ok(Source {
            text: match has_returns {
                true => Cow::Owned(universal_newlines(&text)),
                false => text,
            },
            filename: filename.to_owned(),
            dialect: Dialect::Plain,
            lines: OnceCell::new(),
        })
    }

    /// The same source read otherwise.
    pub fn in_dialect(self, dialect: Dialect) -> Source<'s> {
        Source { dialect, ..self }
    }

    /// Where its lines start.
    pub fn lines(&self) -> &LineIndex {
        self.lines
            .get_or_init(|| LineIndex::new(self.text.as_bytes()))
    }

    /// The place of the bytes `start..end` as a SyntaxError gives it: offsets count characters from 1.
    pub fn place(&self, start: u32, end: u32) -> Place {
        let loc = self.lines().location(start, end);
        Place {
            line: loc.line,
            offset: self.characters(loc.line, loc.column) + 1,
            end_line: loc.end_line,
            end_offset: self.characters(loc.end_line, loc.end_column) + 1,
        }
    }

    /// How many characters the first `column` bytes of `line` (from 1) are.
    fn characters(&self, line: i32, column: i32) -> i32 {
        let start = self.lines().start(line as usize - 1) as usize;
        let bytes = &self.text.as_bytes()[start..start + column as usize];
        bytes.iter().filter(|&&b| b & 0xc0 != 0x80).count() as i32
    }

    /// The text of `line` (from 1), its newline included; a last line without one gets it.
    pub fn line_text(&self, line: i32) -> String {
        let Some(index) = usize::try_from(line - 1)
            .ok()
            .filter(|&i| i < self.lines().count())
        else {
            return String::new();
        };
        let start = self.lines().start(index) as usize;
        let rest = &self.text[start..];
        let end = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        format!("{}\n", &rest[..end])
    }

    /// An exception of the parser for the bytes `start..end`.
    pub fn error(&self, class: Class, message: impl Into<String>, start: u32, end: u32) -> Error {
        self.error_at(class, message, self.place(start, end))
    }

    /// The same for a place already known.
    pub fn error_at(&self, class: Class, message: impl Into<String>, place: Place) -> Error {
        let mut text = self.line_text(place.line);
        if place.end_line > place.line {
            text.pop();
        }
        Error {
            class,
            message: message.into(),
            filename: Some(self.filename.clone()),
            place: Some(place),
            text: Some(text),
            rejected: None,
            bare: false,
        }
    }

    /// The place of the bytes `start..end` as the tree gives it.
    pub fn location(&self, start: u32, end: u32) -> Location {
        self.lines().location(start, end)
    }
}

fn null_bytes() -> Error {
    Error::plain(
        Class::SyntaxError,
        "source code string cannot contain null bytes",
    )
}

/// `\r\n` and `\r` become `\n`.
fn universal_newlines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
