//! UTF-16 and UTF-32.

use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::types::bytes::Bytes;
use crate::types::str::{Builder, cast};

use super::errors::{Codec, Replacement, encode_error, on_decode, on_encode};

/// The order of bytes; `Native` writes a mark first and obeys one when reading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Native,
    Little,
    Big,
}

impl Order {
    fn unit16(self, unit: u16, out: &mut Vec<u8>) {
        out.extend(match self {
            Order::Big => unit.to_be_bytes(),
            _ => unit.to_le_bytes(),
        });
    }

    fn unit32(self, unit: u32, out: &mut Vec<u8>) {
        out.extend(match self {
            Order::Big => unit.to_be_bytes(),
            _ => unit.to_le_bytes(),
        });
    }

    fn read16(self, bytes: [u8; 2]) -> u32 {
        u32::from(match self {
            Order::Big => u16::from_be_bytes(bytes),
            _ => u16::from_le_bytes(bytes),
        })
    }

    fn read32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Order::Big => u32::from_be_bytes(bytes),
            _ => u32::from_le_bytes(bytes),
        }
    }

    /// The order that errors of decoders name: little where no mark said otherwise.
    fn found(self) -> Order {
        if self == Order::Big {
            Order::Big
        } else {
            Order::Little
        }
    }

    /// CPython's number of it: -1 little, 0 native, 1 big.
    pub fn number(self) -> i32 {
        match self {
            Order::Little => -1,
            Order::Native => 0,
            Order::Big => 1,
        }
    }
}

fn is_surrogate(point: u32) -> bool {
    (0xD800..0xE000).contains(&point)
}

macro_rules! passers {
    ($($pass:ident $unpass:ident $order:ident $write:ident $read:ident $size:literal $cast:ty;)*) => { $(
        fn $pass(point: u32, out: &mut Vec<u8>) {
            Order::$order.$write(point as $cast, out);
        }

        fn $unpass(data: &[u8]) -> Option<(u32, usize)> {
            let point = Order::$order.$read(*data.first_chunk::<$size>()?);
            is_surrogate(point).then_some((point, $size))
        }
    )* };
}

passers! {
    pass16_le unpass16_le Little unit16 read16 2 u16;
    pass16_be unpass16_be Big unit16 read16 2 u16;
    pass32_le unpass32_le Little unit32 read32 4 u32;
    pass32_be unpass32_be Big unit32 read32 4 u32;
}

const fn codec16(order: Order) -> Codec {
    Codec {
        name: match order {
            Order::Native => "utf-16",
            Order::Little => "utf-16-le",
            Order::Big => "utf-16-be",
        },
        pass: Some(if matches!(order, Order::Big) {
            pass16_be
        } else {
            pass16_le
        }),
        unpass: Some(if matches!(order, Order::Big) {
            unpass16_be
        } else {
            unpass16_le
        }),
    }
}

const fn codec32(order: Order) -> Codec {
    Codec {
        name: match order {
            Order::Native => "utf-32",
            Order::Little => "utf-32-le",
            Order::Big => "utf-32-be",
        },
        pass: Some(if matches!(order, Order::Big) {
            pass32_be
        } else {
            pass32_le
        }),
        unpass: Some(if matches!(order, Order::Big) {
            unpass32_be
        } else {
            unpass32_le
        }),
    }
}

fn write16(order: Order, point: u32, out: &mut Vec<u8>) {
    if point < 0x1_0000 {
        return order.unit16(point as u16, out);
    }
    let rest = point - 0x1_0000;
    order.unit16(0xD800 | (rest >> 10) as u16, out);
    order.unit16(0xDC00 | (rest & 0x3FF) as u16, out);
}

/// Encodes with `write`; surrogates go to the error handler.
fn encode(
    text: &Object,
    errors: &str,
    codec: Codec,
    mut out: Vec<u8>,
    unit: usize,
    write: impl Fn(u32, &mut Vec<u8>),
) -> PyResult {
    let this = cast(text);
    let reason = "surrogates not allowed";
    let mut at = 0;
    while at < this.len() {
        let point = this.char_at(at);
        if !is_surrogate(point) {
            write(point, &mut out);
            at += 1;
            continue;
        }
        let start = at;
        let mut end = at + 1;
        while end < this.len() && is_surrogate(this.char_at(end)) {
            end += 1;
        }
        let (replacement, next) = on_encode(codec, errors, text, (start, end), reason)?;
        match replacement {
            Replacement::Bytes(bytes) if bytes.len().is_multiple_of(unit) => out.extend(bytes),
            Replacement::Text(points) if points.iter().all(|p| *p < 128) => {
                points.iter().for_each(|p| write(*p, &mut out));
            }
            _ => return Err(encode_error(codec.name, text, start, end, reason)),
        }
        at = next;
    }
    Ok(Bytes::new(&out))
}

pub fn utf16_encode(text: &Object, errors: &str, order: Order) -> PyResult {
    let mut out = Vec::with_capacity(cast(text).len() * 2 + 2);
    if order == Order::Native {
        order.unit16(0xFEFF, &mut out);
    }
    encode(text, errors, codec16(order), out, 2, |point, out| {
        write16(order, point, out)
    })
}

pub fn utf32_encode(text: &Object, errors: &str, order: Order) -> PyResult {
    let mut out = Vec::with_capacity(cast(text).len() * 4 + 4);
    if order == Order::Native {
        order.unit32(0xFEFF, &mut out);
    }
    encode(text, errors, codec32(order), out, 4, |point, out| {
        order.unit32(point, out)
    })
}

/// The text, how many bytes were used, and the order that was found.
pub fn utf16_decode(
    data: &[u8],
    errors: &str,
    order: Order,
    last: bool,
) -> PyResult<(Owned, usize, Order)> {
    let (mut order, mut at) = (order, 0);
    if order == Order::Native {
        (order, at) = match data {
            [0xFF, 0xFE, ..] => (Order::Little, 2),
            [0xFE, 0xFF, ..] => (Order::Big, 2),
            _ => (Order::Native, 0),
        };
    }
    let codec = codec16(order.found());
    let mut out = Builder::with_capacity(data.len() / 2);
    while at < data.len() {
        let rest = &data[at..];
        let (end, reason) = match rest.first_chunk::<2>().map(|b| order.read16(*b)) {
            None if !last => break,
            None => (data.len(), "truncated data"),
            Some(point) if !is_surrogate(point) => {
                out.push(point);
                at += 2;
                continue;
            }
            Some(0xDC00..0xE000) => (at + 2, "illegal encoding"),
            Some(high) => match rest.get(2..4).map(|b| order.read16([b[0], b[1]])) {
                None if !last => break,
                None => (data.len(), "unexpected end of data"),
                Some(low @ 0xDC00..0xE000) => {
                    out.push(0x1_0000 + ((high & 0x3FF) << 10 | low & 0x3FF));
                    at += 4;
                    continue;
                }
                Some(_) => (at + 2, "illegal UTF-16 surrogate"),
            },
        };
        at = on_decode(codec, errors, data, (at, end), reason, &mut out)?;
    }
    Ok((out.finish()?, at, order))
}

/// As `utf16_decode`.
pub fn utf32_decode(
    data: &[u8],
    errors: &str,
    order: Order,
    last: bool,
) -> PyResult<(Owned, usize, Order)> {
    let (mut order, mut at) = (order, 0);
    if order == Order::Native {
        (order, at) = match data {
            [0xFF, 0xFE, 0, 0, ..] => (Order::Little, 4),
            [0, 0, 0xFE, 0xFF, ..] => (Order::Big, 4),
            _ => (Order::Native, 0),
        };
    }
    let codec = codec32(order.found());
    let mut out = Builder::with_capacity(data.len() / 4);
    while at < data.len() {
        let (end, reason) = match data[at..].first_chunk::<4>().map(|b| order.read32(*b)) {
            None if !last => break,
            None => (data.len(), "truncated data"),
            Some(point) if is_surrogate(point) => (
                at + 4,
                "code point in surrogate code point range(0xd800, 0xe000)",
            ),
            Some(point) if point > 0x10_FFFF => (at + 4, "code point not in range(0x110000)"),
            Some(point) => {
                out.push(point);
                at += 4;
                continue;
            }
        };
        at = on_decode(codec, errors, data, (at, end), reason, &mut out)?;
    }
    Ok((out.finish()?, at, order))
}
