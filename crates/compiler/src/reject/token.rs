//! Tokens as CPython's parser sees them, and how its tokenizer can fail.

use crate::error::{Class, Error, Place, Warning};
use crate::source::Source;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Name,
    Number,
    String,
    FStringStart,
    FStringMiddle,
    FStringEnd,
    TStringStart,
    TStringMiddle,
    TStringEnd,
    /// Operators and delimiters, told apart by their text; unknown characters too.
    Op,
    /// What follows `# type:`, where such comments are asked for.
    TypeComment,
    Newline,
    Indent,
    Dedent,
    EndMarker,
}

#[derive(Debug, Clone, Copy)]
pub struct Token {
    pub kind: Kind,
    /// Byte offsets in the source.
    pub start: u32,
    pub end: u32,
    /// How many parentheses are open behind it.
    pub level: u32,
    /// Indents, dedents and the end have no columns: CPython falls back on how far it has read, which is to `end`.
    pub placeless: bool,
}

impl Token {
    pub fn text<'s>(&self, source: &'s Source) -> &'s str {
        source
            .text
            .get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }

    /// The line (from 1) a token starts on; the end marker belongs to the last line that has text.
    pub fn line(&self, source: &Source) -> i32 {
        anchored_line(source, self.start, self.placeless) as i32 + 1
    }

    /// The place of an exception raised for the token just read (CPython's `RAISE_SYNTAX_ERROR`).
    pub fn last_place(&self, source: &Source) -> Place {
        if self.kind == Kind::Newline && !self.placeless {
            let mut place = source.place(self.start, self.end - 1);
            place.end_offset += 1;
            return place;
        }
        if !self.placeless {
            return source.place(self.start, self.end);
        }
        let line = anchored_line(source, self.start, true);
        let start = source.lines().start(line) as usize;
        let mut column = source.text[start..self.start as usize].chars().count();
        column += (self.end - self.start) as usize;
        Place {
            line: line as i32 + 1,
            offset: column as i32,
            end_line: line as i32 + 1,
            end_offset: -1,
        }
    }

    /// The place of an exception raised at the token's own columns (`RAISE_SYNTAX_ERROR_KNOWN_LOCATION`).
    pub fn known_place(&self, source: &Source) -> Place {
        let mut place = self.last_place(source);
        if self.placeless {
            place.offset = 0;
            place.end_offset = 0;
        }
        place
    }
}

/// The line (from 0) of `offset`; the end of the text counts to the line before its last newline.
fn anchored_line(source: &Source, offset: u32, placeless: bool) -> usize {
    let line = source.lines().line(offset);
    let at_end =
        placeless && offset as usize == source.text.len() && offset == source.lines().start(line);
    if at_end { line.saturating_sub(1) } else { line }
}

/// Why the tokenizer stopped.
#[derive(Debug, Clone)]
pub enum Stop {
    /// At the end of the text, with everything closed.
    End,
    /// At the end of the text, in parentheses.
    Open,
    /// With an exception of its own, which goes before what the parser finds.
    Hard(Error),
    /// With an exception that counts only if the parser comes to ask for this token.
    Soft(Error),
}

/// All tokens up to the end or the first failure.
#[derive(Debug)]
pub struct Tokens {
    pub tokens: Vec<Token>,
    pub stop: Stop,
    /// The innermost parenthesis open at the stop, and its offset.
    pub open: Option<(u8, u32)>,
    /// Whether an f- or t-string is open at the stop: then the parser's exceptions go before the tokenizer's.
    pub in_string: bool,
    /// `# type: ignore` comments: the offsets of what follows these words and of the line's end.
    pub ignores: Vec<(u32, u32)>,
    /// Warnings, each with the number of tokens before it.
    pub warnings: Vec<(usize, Warning)>,
}

/// `'(' was never closed`
pub fn never_closed(source: &Source, bracket: u8, offset: u32, read: u32) -> Error {
    let mut place = source.place(offset, offset);
    place.end_offset = 0;
    let message = format!("'{}' was never closed", bracket as char);
    at_reading(source, Class::SyntaxError, message, place, read)
}

/// An exception with its line's text as CPython has it when it has read up to `read`: lines behind it come without their newline.
pub fn at_reading(
    source: &Source,
    class: Class,
    message: impl Into<String>,
    mut place: Place,
    read: u32,
) -> Error {
    let reading = source.lines().line(read.min(source.text.len() as u32)) as i32 + 1;
    let at_end = reading == place.line + 1
        && source.text.len() as u32 <= read
        && source.text.ends_with('\n');
    let mut text = source.line_text(place.line);
    if place.line < reading && !at_end {
        text.pop();
    }
    if place.end_line > place.line && place.end_offset > 0 {
        place.end_offset = end_in_first_line(source, place, &text);
    }
    let mut error = source.error_at(class, message, place);
    error.text = Some(text);
    error
}

/// CPython turns the end's byte offset into characters by the text of the first line, and no further than that goes.
fn end_in_first_line(source: &Source, place: Place, text: &str) -> i32 {
    let characters = place.end_offset as usize - 1;
    let bytes: usize = source
        .line_text(place.end_line)
        .chars()
        .take(characters)
        .map(char::len_utf8)
        .sum();
    super::tokenizer::characters(text, bytes + 1) as i32
}
