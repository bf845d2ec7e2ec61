//! Docstrings without their indentation, as `inspect.cleandoc` leaves them, but with all their lines (`_PyCompile_CleanDoc`).

use std::borrow::Cow;

use crate::error::{Class, Error};

use super::Result;
use crate::parser::bytes::leading_spaces;

/// What a lone surrogate starts with in UTF-8; few other characters do.
const SURROGATE_START: u8 = 0xed;

/// Whether the docstring is as it should be: one line without anything that `cleandoc` looks for.
pub fn is_clean(doc: &[u8]) -> bool {
    !doc.starts_with(b" ") && memchr::memchr3(b'\n', b'\t', SURROGATE_START, doc).is_none()
}

/// `doc` is UTF-8 with lone surrogates as three bytes each, which are an error as in CPython.
pub fn cleandoc(doc: &[u8]) -> Result<Vec<u8>> {
    let doc = expand_tabs(doc);
    check_surrogates(&doc)?;
    let (first, rest) = split_line(&doc);
    let lines: Vec<&[u8]> = Lines(rest).collect();
    let margin = margin(&lines);
    if !doc.starts_with(b" ") && margin == 0 {
        return Ok(doc.into_owned());
    }
    let mut out = Vec::with_capacity(doc.len());
    out.extend_from_slice(&first[leading_spaces(first)..]);
    for line in lines {
        out.extend_from_slice(&line[leading_spaces(line).min(margin)..]);
    }
    Ok(out)
}

/// The first line with its newline, and what follows.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b'\n', text).map_or(text.len(), |newline| newline + 1);
    text.split_at(end)
}

/// The lines of a text, each with its newline.
struct Lines<'t>(&'t [u8]);

impl<'t> Iterator for Lines<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<&'t [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let (line, rest) = split_line(self.0);
        self.0 = rest;
        Some(line)
    }
}

/// `str.expandtabs()`.
fn expand_tabs(doc: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\t', doc).is_none() {
        return Cow::Borrowed(doc);
    }
    let mut out = Vec::with_capacity(doc.len());
    let mut column = 0;
    for &byte in doc {
        match byte {
            b'\t' => {
                let width = 8 - column % 8;
                out.extend(std::iter::repeat_n(b' ', width));
                column += width;
            }
            b'\n' | b'\r' => {
                out.push(byte);
                column = 0;
            }
            _ => {
                out.push(byte);
                column += usize::from(is_char_start(byte));
            }
        }
    }
    Cow::Owned(out)
}

fn is_char_start(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// The least indentation of a line that is not blank; 0 if there is none.
fn margin(lines: &[&[u8]]) -> usize {
    lines
        .iter()
        .filter_map(|line| {
            let spaces = leading_spaces(line);
            line.get(spaces)
                .filter(|&&byte| byte != b'\n')
                .map(|_| spaces)
        })
        .min()
        .unwrap_or(0)
}

/// Surrogates cannot be encoded: the first run of them is named.
fn check_surrogates(doc: &[u8]) -> Result {
    let mut starts = memchr::memchr_iter(SURROGATE_START, doc);
    let Some(start) = starts.find(|&start| is_surrogate(&doc[start..])) else {
        return Ok(());
    };
    let mut end = start;
    while is_surrogate(&doc[end..]) {
        end += 3;
    }
    let position = doc[..start]
        .iter()
        .filter(|&&byte| is_char_start(byte))
        .count();
    let count = (end - start) / 3;
    let message = if count == 1 {
        let code =
            0xd000 | u32::from(doc[start + 1] & 0x3f) << 6 | u32::from(doc[start + 2] & 0x3f);
        format!(
            "'utf-8' codec can't encode character '\\u{code:x}' in position {position}: surrogates not allowed"
        )
    } else {
        format!(
            "'utf-8' codec can't encode characters in position {position}-{}: surrogates not allowed",
            position + count - 1
        )
    };
    Err(Error::plain(Class::UnicodeEncodeError, message).into())
}

fn is_surrogate(text: &[u8]) -> bool {
    matches!(text, [SURROGATE_START, 0xa0..=0xbf, _, ..])
}
