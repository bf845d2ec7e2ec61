//! UTF-8.

use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::types::bytes::Bytes;
use crate::types::str::{Builder, Str, cast, push_wtf8};

use super::errors::{Codec, Replacement, encode_error, on_decode, on_encode};

const UTF8: Codec = Codec {
    name: "utf-8",
    pass: Some(pass),
    unpass: Some(unpass),
};

fn pass(point: u32, out: &mut Vec<u8>) {
    push_wtf8(out, point);
}

fn unpass(data: &[u8]) -> Option<(u32, usize)> {
    match data {
        [0xED, a @ 0xA0..=0xBF, b @ 0x80..=0xBF, ..] => {
            let point = 0xD000 | u32::from(a & 63) << 6 | u32::from(b & 63);
            Some((point, 3))
        }
        _ => None,
    }
}

fn is_surrogate(point: u32) -> bool {
    (0xD800..0xE000).contains(&point)
}

pub fn utf8_encode(text: &Object, errors: &str) -> PyResult {
    let this = cast(text);
    if let Some(ascii) = this.as_ascii() {
        return Ok(Bytes::new(ascii.as_bytes()));
    }
    let mut out = Vec::with_capacity(this.len() * 2);
    let mut at = 0;
    while at < this.len() {
        let point = this.char_at(at);
        if !is_surrogate(point) {
            push_wtf8(&mut out, point);
            at += 1;
            continue;
        }
        let start = at;
        let mut end = at + 1;
        while end < this.len() && is_surrogate(this.char_at(end)) {
            end += 1;
        }
        let reason = "surrogates not allowed";
        // `surrogateescape` maps a run as far as it can.
        let (replacement, next) = on_encode(UTF8, errors, text, (start, end), reason)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(bytes),
            Replacement::Text(points) => {
                for point in points {
                    if point >= 128 {
                        return Err(encode_error("utf-8", text, start, end, reason));
                    }
                    out.push(point as u8);
                }
            }
        }
        at = next;
    }
    Ok(Bytes::new(&out))
}

/// One sequence at the start of `data`.
enum Sequence {
    Point(u32, usize),
    /// More bytes are needed.
    Incomplete,
    /// Bytes that are wrong, and why.
    Wrong(usize, &'static str),
}

const BAD_START: &str = "invalid start byte";
const BAD_NEXT: &str = "invalid continuation byte";

fn sequence(data: &[u8]) -> Sequence {
    let first = data[0];
    let (len, low, high) = match first {
        0..0x80 => return Sequence::Point(u32::from(first), 1),
        0xC2..0xE0 => (2, 0x80, 0xBF),
        0xE0 => (3, 0xA0, 0xBF),
        0xED => (3, 0x80, 0x9F),
        0xE1..0xF0 => (3, 0x80, 0xBF),
        0xF0 => (4, 0x90, 0xBF),
        0xF4 => (4, 0x80, 0x8F),
        0xF1..0xF4 => (4, 0x80, 0xBF),
        _ => return Sequence::Wrong(1, BAD_START),
    };
    let mut point = u32::from(first) & (0x7F >> len);
    for at in 1..len {
        let Some(byte) = data.get(at) else {
            return Sequence::Incomplete;
        };
        let (low, high) = if at == 1 { (low, high) } else { (0x80, 0xBF) };
        if *byte < low || *byte > high {
            return Sequence::Wrong(at, BAD_NEXT);
        }
        point = point << 6 | u32::from(byte & 63);
    }
    Sequence::Point(point, len)
}

/// The text of UTF-8 and how many bytes were used; fewer than all only if more may follow (`last` false).
pub fn utf8_decode(data: &[u8], errors: &str, last: bool) -> PyResult<(Owned, usize)> {
    if data.is_ascii() {
        return Ok((Str::from_ascii(data), data.len()));
    }
    if let Ok(text) = std::str::from_utf8(data) {
        return Ok((Str::new(text), data.len()));
    }
    let mut out = Builder::with_capacity(data.len());
    let mut at = 0;
    while at < data.len() {
        match sequence(&data[at..]) {
            Sequence::Point(point, len) => {
                out.push(point);
                at += len;
            }
            Sequence::Incomplete if !last => break,
            Sequence::Incomplete => {
                let reason = "unexpected end of data";
                at = on_decode(UTF8, errors, data, (at, data.len()), reason, &mut out)?;
            }
            // The start of an encoded surrogate may go on.
            Sequence::Wrong(_, _)
                if !last
                    && data[at] == 0xED
                    && data.len() - at <= 2
                    && data[at + 1] >= 0xA0
                    && data[at + 1] < 0xC0 =>
            {
                break;
            }
            Sequence::Wrong(len, reason) => {
                at = on_decode(UTF8, errors, data, (at, at + len), reason, &mut out)?;
            }
        }
    }
    Ok((out.finish()?, at))
}
