//! Comments that start with `type:`, which are tokens where they are asked for (PEP 484).

use super::Tokenizer;
use crate::parse::Mode;
use crate::source::Dialect;

/// What stands in front of a token.
pub(super) enum Skipped {
    Blanks,
    /// A type comment; the tokenizer stands at its end, and its token starts behind `type:`.
    TypeComment,
    /// `# type: ignore`, which the parser never sees.
    Ignore,
}

impl Tokenizer<'_> {
    /// Reads a comment up to its line's end. Comments that are no tokens belong to the newline behind them.
    pub(super) fn comment(&mut self) -> Skipped {
        let hash = self.at;
        let rest = &self.bytes[hash..];
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.at += length;
        let comment = &rest[..length];
        let type_start = match self.source.dialect {
            Dialect::TypeComments => type_start(comment),
            _ => None,
        };
        let Some(start) = type_start else {
            self.comment = Some(hash);
            return Skipped::Blanks;
        };
        if is_ignore(&comment[start..]) {
            let tag = hash + start + "ignore".len();
            self.ignores.push((tag as u32, self.at as u32));
            return Skipped::Ignore;
        }
        self.start = hash + start;
        Skipped::TypeComment
    }

    /// Reads the newline behind an `ignore` comment that is a line of its own. CPython counts it to what follows the words.
    pub(super) fn end_ignore_line(&mut self) {
        let is_there = self.at < self.bytes.len();
        if is_there {
            self.at += 1;
            self.at_line_start = true;
            self.buffer = self.at;
        }
        if let Some(ignore) = self.ignores.last_mut() {
            ignore.1 += u32::from(is_there || self.mode == Mode::Exec);
        }
    }
}

/// Where the type starts in a type comment: any number of blanks may stand before and behind `type:`.
fn type_start(comment: &[u8]) -> Option<usize> {
    let rest = comment.strip_prefix(b"#")?;
    let rest = without_blanks(rest).strip_prefix(b"type:")?;
    Some(comment.len() - without_blanks(rest).len())
}

fn without_blanks(text: &[u8]) -> &[u8] {
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    &text[text.iter().take_while(is_blank).count()..]
}

/// Whether the word `ignore` stands there.
fn is_ignore(text: &[u8]) -> bool {
    let follows = |rest: &[u8]| {
        rest.first()
            .is_some_and(|byte| !byte.is_ascii() || byte.is_ascii_alphanumeric())
    };
    text.strip_prefix(b"ignore")
        .is_some_and(|rest| !follows(rest))
}
