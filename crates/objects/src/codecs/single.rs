//! ASCII and Latin-1.

use crate::object::Object;
use crate::refs::PyResult;
use crate::types::bytes::Bytes;
use crate::types::str::{Builder, Str, cast};

use super::errors::{Codec, Replacement, encode_error, on_decode, on_encode};

const ASCII: Codec = Codec {
    name: "ascii",
    pass: None,
    unpass: None,
};
const LATIN1: Codec = Codec {
    name: "latin-1",
    pass: None,
    unpass: None,
};

pub fn ascii_encode(text: &Object, errors: &str) -> PyResult {
    if let Some(ascii) = cast(text).as_ascii() {
        return Ok(Bytes::new(ascii.as_bytes()));
    }
    encode(text, errors, ASCII, 128, "ordinal not in range(128)")
}

pub fn latin1_encode(text: &Object, errors: &str) -> PyResult {
    let this = cast(text);
    if this.kind() == 1 {
        return Ok(Bytes::new(this.raw_bytes()));
    }
    encode(text, errors, LATIN1, 256, "ordinal not in range(256)")
}

fn encode(text: &Object, errors: &str, codec: Codec, limit: u32, reason: &str) -> PyResult {
    let this = cast(text);
    let mut out = Vec::with_capacity(this.len());
    let mut at = 0;
    while at < this.len() {
        let point = this.char_at(at);
        if point < limit {
            out.push(point as u8);
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < this.len() && this.char_at(end) >= limit {
            end += 1;
        }
        let start = at;
        let (replacement, next) = on_encode(codec, errors, text, (start, end), reason)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(bytes),
            Replacement::Text(points) => {
                for point in points {
                    if point >= limit {
                        return Err(encode_error(codec.name, text, start, end, reason));
                    }
                    out.push(point as u8);
                }
            }
        }
        at = next;
    }
    Ok(Bytes::new(&out))
}

pub fn latin1_decode(data: &[u8]) -> PyResult {
    Ok(Str::from_latin1(data))
}

pub fn ascii_decode(data: &[u8], errors: &str) -> PyResult {
    if data.is_ascii() {
        return Ok(Str::from_ascii(data));
    }
    let mut out = Builder::with_capacity(data.len());
    let mut at = 0;
    while let Some(byte) = data.get(at) {
        if *byte < 128 {
            out.push(u32::from(*byte));
            at += 1;
        } else {
            let reason = "ordinal not in range(128)";
            at = on_decode(ASCII, errors, data, (at, at + 1), reason, &mut out)?;
        }
    }
    out.finish()
}
