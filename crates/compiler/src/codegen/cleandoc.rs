//! Docstrings without their indentation, as `inspect.cleandoc` leaves them, but with all their lines (`_PyCompile_CleanDoc`).

use crate::error::{Class, Error};

use super::Result;

/// `doc` is UTF-8 with lone surrogates as three bytes each, which are an error as in CPython.
pub fn cleandoc(doc: &[u8]) -> Result<Vec<u8>> {
    let doc = expand_tabs(doc);
    check_surrogates(&doc)?;
    let margin = margin(&doc);
    if !doc.starts_with(b" ") && margin == 0 {
        return Ok(doc);
    }
    let mut lines = doc.split_inclusive(|&byte| byte == b'\n');
    let mut out = Vec::with_capacity(doc.len());
    let start = leading_spaces(&doc);
    if let Some(first) = lines.next() {
        out.extend_from_slice(&first[start..]);
    }
    for line in lines {
        out.extend_from_slice(&line[leading_spaces(line).min(margin)..]);
    }
    Ok(out)
}

/// `str.expandtabs()`.
fn expand_tabs(doc: &[u8]) -> Vec<u8> {
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
    out
}

fn is_char_start(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

fn leading_spaces(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| byte == b' ').count()
}

/// The least indentation of a line after the first that is not blank; 0 if there is none.
fn margin(doc: &[u8]) -> usize {
    doc.split_inclusive(|&byte| byte == b'\n')
        .skip(1)
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
    let Some(start) = surrogate(doc, 0) else {
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
    Err(Error::plain(Class::UnicodeEncodeError, message))
}

fn surrogate(doc: &[u8], from: usize) -> Option<usize> {
    (from..doc.len()).find(|&index| is_surrogate(&doc[index..]))
}

fn is_surrogate(text: &[u8]) -> bool {
    matches!(text, [0xed, 0xa0..=0xbf, _, ..])
}
