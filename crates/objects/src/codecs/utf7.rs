//! UTF-7 (RFC 2152).

use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::types::bytes::Bytes;
use crate::types::str::{Builder, cast};

use super::errors::{Codec, on_decode};

const UTF7: Codec = Codec {
    name: "utf7",
    pass: None,
    unpass: None,
};
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_value(byte: u8) -> Option<u32> {
    BASE64.iter().position(|b| *b == byte).map(|i| i as u32)
}

/// Characters that stand for themselves: letters, digits, the sets D and O, and white space.
fn is_direct(point: u32) -> bool {
    match u8::try_from(point) {
        Ok(b) => b.is_ascii_alphanumeric() || b"'(),-./:?!\"#$%&*;<=>@[]^_`{|} \t\n\r".contains(&b),
        Err(_) => false,
    }
}

pub fn utf7_encode(text: &Object) -> PyResult {
    let mut out = Vec::with_capacity(cast(text).len());
    let (mut bits, mut held, mut shifted) = (0u64, 0u32, false);
    for point in cast(text).chars().points() {
        if is_direct(point) {
            if shifted {
                if held > 0 {
                    out.push(BASE64[(bits << (6 - held) & 63) as usize]);
                    (bits, held) = (0, 0);
                }
                shifted = false;
                if base64_value(point as u8).is_some() || point == u32::from(b'-') {
                    out.push(b'-');
                }
            }
            out.push(point as u8);
            continue;
        }
        if !shifted && point == u32::from(b'+') {
            out.extend(b"+-");
            continue;
        }
        if !shifted {
            out.push(b'+');
            shifted = true;
        }
        let units: &[u32] = if point < 0x1_0000 {
            &[point]
        } else {
            &[
                0xD800 | (point - 0x1_0000) >> 10,
                0xDC00 | (point - 0x1_0000) & 0x3FF,
            ]
        };
        for unit in units {
            bits = bits << 16 | u64::from(*unit);
            held += 16;
            while held >= 6 {
                out.push(BASE64[(bits >> (held - 6) & 63) as usize]);
                held -= 6;
            }
            bits &= (1 << held) - 1;
        }
    }
    if held > 0 {
        out.push(BASE64[(bits << (6 - held) & 63) as usize]);
    }
    if shifted {
        out.push(b'-');
    }
    Ok(Bytes::new(&out))
}

/// Where a decoder is inside a shifted sequence.
#[derive(Default)]
struct Shift {
    bits: u64,
    held: u32,
    /// A high surrogate that waits for its low one.
    high: u32,
}

impl Shift {
    fn add(&mut self, value: u32, out: &mut Builder) {
        self.bits = self.bits << 6 | u64::from(value);
        self.held += 6;
        if self.held < 16 {
            return;
        }
        let unit = (self.bits >> (self.held - 16)) as u32 & 0xFFFF;
        self.held -= 16;
        self.bits &= (1 << self.held) - 1;
        if self.high != 0 {
            if (0xDC00..0xE000).contains(&unit) {
                out.push(0x1_0000 + ((self.high & 0x3FF) << 10 | unit & 0x3FF));
                self.high = 0;
                return;
            }
            out.push(self.high);
            self.high = 0;
        }
        if (0xD800..0xDC00).contains(&unit) {
            self.high = unit;
        } else {
            out.push(unit);
        }
    }

    /// Why the bits left over at the end of a sequence are wrong.
    fn trouble(&self) -> Option<&'static str> {
        if self.held >= 6 {
            Some("partial character in shift sequence")
        } else if self.bits & ((1 << self.held) - 1) != 0 {
            Some("non-zero padding bits in shift sequence")
        } else {
            None
        }
    }
}

/// The text, and how many bytes were used: all before an unfinished sequence if more may follow.
pub fn utf7_decode(data: &[u8], errors: &str, last: bool) -> PyResult<(Owned, usize)> {
    let mut out = Builder::with_capacity(data.len());
    let mut at = 0;
    while let Some(byte) = data.get(at).copied() {
        if byte != b'+' {
            if byte < 128 {
                out.push(u32::from(byte));
                at += 1;
            } else {
                let span = (at, at + 1);
                at = on_decode(
                    UTF7,
                    errors,
                    data,
                    span,
                    "unexpected special character",
                    &mut out,
                )?;
            }
            continue;
        }
        let start = at;
        at += 1;
        if data.get(at) == Some(&b'-') {
            out.push(u32::from(b'+'));
            at += 1;
            continue;
        }
        if let Some(next) = data.get(at)
            && base64_value(*next).is_none()
        {
            at = on_decode(
                UTF7,
                errors,
                data,
                (start, at + 1),
                "ill-formed sequence",
                &mut out,
            )?;
            continue;
        }
        let mut shift = Shift::default();
        let mut part = Builder::new();
        while let Some(value) = data.get(at).and_then(|b| base64_value(*b)) {
            shift.add(value, &mut part);
            at += 1;
        }
        if at == data.len() {
            if !last {
                return Ok((out.finish()?, start));
            }
            let whole = shift.high == 0 && shift.held < 6 && shift.bits == 0;
            push_all(&mut out, part)?;
            if !whole {
                let reason = "unterminated shift sequence";
                at = on_decode(UTF7, errors, data, (start, at), reason, &mut out)?;
            }
            continue;
        }
        push_all(&mut out, part)?;
        if let Some(reason) = shift.trouble() {
            let end = at + 1;
            at = on_decode(UTF7, errors, data, (start, end), reason, &mut out)?;
            continue;
        }
        if shift.high != 0 {
            out.push(shift.high);
        }
        if data[at] == b'-' {
            at += 1;
        }
    }
    Ok((out.finish()?, at))
}

fn push_all(out: &mut Builder, part: Builder) -> PyResult<()> {
    let text = part.finish()?;
    out.push_object(cast(&text));
    Ok(())
}
