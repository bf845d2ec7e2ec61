//! `repr()` of strings and bytes.

use super::is_printable;

/// The code points of a string kept as UTF-8 in which surrogates stand as three bytes each. Bytes that are neither come as they are.
pub fn characters(text: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (number, length) = first(rest)?;
        rest = &rest[length..];
        Some(number)
    })
}

/// The first code point and how many bytes it takes; a byte that starts none stands for itself.
fn first(text: &[u8]) -> Option<(u32, usize)> {
    let lead = u32::from(*text.first()?);
    let (length, bits) = match lead {
        0xc2..=0xdf => (2, lead & 0x1f),
        0xe0..=0xef => (3, lead & 0x0f),
        0xf0..=0xf4 => (4, lead & 0x07),
        _ => return Some((lead, 1)),
    };
    match text.get(1..length) {
        Some(rest) if rest.iter().all(|byte| byte & 0xc0 == 0x80) => {
            let number = rest
                .iter()
                .fold(bits, |number, &byte| number << 6 | u32::from(byte & 0x3f));
            Some((number, length))
        }
        _ => Some((lead, 1)),
    }
}

/// Single quotes, unless only they occur in the text.
fn quote(text: &[u8]) -> u8 {
    if text.contains(&b'\'') && !text.contains(&b'"') {
        b'"'
    } else {
        b'\''
    }
}

/// `repr` of a string.
pub fn str(text: &[u8]) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    write_str(text, &mut out);
    // Only whole characters and ASCII are written.
    String::from_utf8(out).unwrap_or_default()
}

/// `repr` of bytes.
pub fn bytes(value: &[u8]) -> String {
    let mut out = Vec::with_capacity(value.len() + 3);
    write_bytes(value, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// Appends `repr` of a string.
pub fn write_str(text: &[u8], out: &mut Vec<u8>) {
    let quote = quote(text);
    out.push(quote);
    let mut rest = text;
    while let Some((number, length)) = first(rest) {
        let plain = rest
            .iter()
            .position(|&byte| !(b' '..=b'~').contains(&byte) || byte == b'\\' || byte == quote)
            .unwrap_or(rest.len());
        if plain > 0 {
            out.extend_from_slice(&rest[..plain]);
            rest = &rest[plain..];
            continue;
        }
        match number {
            0..=0x7f => ascii(number as u8, quote, out),
            _ if length > 1 && is_printable(number) => out.extend_from_slice(&rest[..length]),
            0x80..=0xff => out.extend_from_slice(format!("\\x{number:02x}").as_bytes()),
            0x100..=0xffff => out.extend_from_slice(format!("\\u{number:04x}").as_bytes()),
            _ => out.extend_from_slice(format!("\\U{number:08x}").as_bytes()),
        }
        rest = &rest[length..];
    }
    out.push(quote);
}

/// Appends `repr` of bytes.
pub fn write_bytes(value: &[u8], out: &mut Vec<u8>) {
    let quote = quote(value);
    out.push(b'b');
    out.push(quote);
    for &byte in value {
        ascii(byte, quote, out);
    }
    out.push(quote);
}

/// One character; what is not printable ASCII is escaped.
fn ascii(byte: u8, quote: u8, out: &mut Vec<u8>) {
    match byte {
        b'\t' => out.extend_from_slice(b"\\t"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\\' => out.extend_from_slice(b"\\\\"),
        _ if byte == quote => out.extend_from_slice(&[b'\\', quote]),
        b' '..=b'~' => out.push(byte),
        _ => out.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
    }
}
