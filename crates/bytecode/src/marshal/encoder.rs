//! The bytes of single marshal values, and the table of those that may be referred to again.

use std::collections::hash_map::Entry;

use num_bigint::{BigInt, Sign};
use rustc_hash::FxHashMap;

use super::code::{self, FLAG_REF};

/// What tells one object from another: an address, or what stands for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity(pub u64);

/// Writes values one after the other. The caller walks over them; before each but None, True, False, Ellipsis and StopIteration it asks `reference`.
#[derive(Debug)]
pub struct Encoder {
    out: Vec<u8>,
    /// How much of `out` was there before.
    start: usize,
    version: u8,
    references: FxHashMap<Identity, i32>,
    /// How many objects were flagged so far.
    flagged: i32,
}

impl Encoder {
    /// An encoder of the given version of the format, 0 to 5.
    pub fn new(version: u8) -> Encoder {
        Encoder::behind(Vec::new(), version)
    }

    /// An encoder that writes behind what `out` has already.
    pub fn behind(out: Vec<u8>, version: u8) -> Encoder {
        Encoder {
            start: out.len(),
            out,
            version,
            references: FxHashMap::default(),
            flagged: 0,
        }
    }

    /// Makes room for objects that may be met again.
    pub fn expect_references(&mut self, count: usize) {
        if self.version >= 3 {
            self.references.reserve(count);
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    pub fn version(&self) -> u8 {
        self.version
    }

    /// How many bytes were written so far.
    pub fn len(&self) -> usize {
        self.out.len() - self.start
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the flag to write the object with, or None if a reference to it was written instead. `shared` says whether the object may be met again:
    /// CPython asks whether its reference count is not 1 or it is an interned string (`w_ref`).
    pub fn reference(&mut self, object: Identity, shared: bool) -> Option<u8> {
        if self.version < 3 || !shared {
            return Some(0);
        }
        match self.references.entry(object) {
            Entry::Occupied(known) => {
                let index = *known.get();
                self.out.push(code::REF);
                self.long(index);
                None
            }
            Entry::Vacant(place) => {
                place.insert(self.flagged);
                Some(self.lone_flag(true))
            }
        }
    }

    /// The flag of an object that will not be met again; `shared` as for `reference`.
    pub fn lone_flag(&mut self, shared: bool) -> u8 {
        if self.version < 3 || !shared {
            return 0;
        }
        // CPython stops sharing at 2**31 - 1 objects; so many do not fit in memory.
        self.flagged += 1;
        FLAG_REF
    }

    pub fn null(&mut self) {
        self.out.push(code::NULL);
    }

    pub fn none(&mut self) {
        self.out.push(code::NONE);
    }

    pub fn bool(&mut self, value: bool) {
        self.out.push(if value { code::TRUE } else { code::FALSE });
    }

    pub fn ellipsis(&mut self) {
        self.out.push(code::ELLIPSIS);
    }

    pub fn stop_iteration(&mut self) {
        self.out.push(code::STOP_ITERATION);
    }

    pub fn int(&mut self, flag: u8, value: i64) {
        match i32::try_from(value) {
            Ok(small) => {
                self.out.push(code::INT | flag);
                self.long(small);
            }
            Err(_) => self.big_int(flag, &BigInt::from(value)),
        }
    }

    pub fn big_int(&mut self, flag: u8, value: &BigInt) {
        self.out.push(code::LONG | flag);
        let digits = unpack(&value.magnitude().to_u32_digits());
        let count = digits.len() as i32;
        self.long(if value.sign() == Sign::Minus {
            -count
        } else {
            count
        });
        for digit in digits {
            self.out.extend_from_slice(&digit.to_le_bytes());
        }
    }

    pub fn float(&mut self, flag: u8, value: f64) {
        if self.version > 1 {
            self.out.push(code::BINARY_FLOAT | flag);
            self.out.extend_from_slice(&value.to_le_bytes());
        } else {
            self.out.push(code::FLOAT | flag);
            self.float_text(value);
        }
    }

    pub fn complex(&mut self, flag: u8, real: f64, imag: f64) {
        if self.version > 1 {
            self.out.push(code::BINARY_COMPLEX | flag);
            self.out.extend_from_slice(&real.to_le_bytes());
            self.out.extend_from_slice(&imag.to_le_bytes());
        } else {
            self.out.push(code::COMPLEX | flag);
            self.float_text(real);
            self.float_text(imag);
        }
    }

    pub fn bytes(&mut self, flag: u8, value: &[u8]) {
        self.sized(code::STRING | flag, value.len());
        self.out.extend_from_slice(value);
    }

    /// `text` is UTF-8, surrogates as three bytes each.
    pub fn string(&mut self, flag: u8, text: &[u8], interned: bool) {
        let kind = match (
            self.version >= 4 && text.is_ascii(),
            text.len() < 256,
            interned,
        ) {
            (true, true, true) => code::SHORT_ASCII_INTERNED,
            (true, true, false) => code::SHORT_ASCII,
            (true, false, true) => code::ASCII_INTERNED,
            (true, false, false) => code::ASCII,
            (false, _, true) if self.version >= 3 => code::INTERNED,
            (false, ..) => code::UNICODE,
        };
        if matches!(kind, code::SHORT_ASCII | code::SHORT_ASCII_INTERNED) {
            self.out.extend_from_slice(&[kind | flag, text.len() as u8]);
        } else {
            self.sized(kind | flag, text.len());
        }
        self.out.extend_from_slice(text);
    }

    /// Starts a tuple, whose items follow.
    pub fn tuple(&mut self, flag: u8, length: usize) {
        match u8::try_from(length) {
            Ok(short) if self.version >= 4 => self
                .out
                .extend_from_slice(&[code::SMALL_TUPLE | flag, short]),
            _ => self.sized(code::TUPLE | flag, length),
        }
    }

    /// Starts a list, whose items follow.
    pub fn list(&mut self, flag: u8, length: usize) {
        self.sized(code::LIST | flag, length);
    }

    /// Starts a set, whose items follow in the order of their own encodings.
    pub fn set(&mut self, flag: u8, length: usize, frozen: bool) {
        self.sized(
            if frozen { code::FROZENSET } else { code::SET } | flag,
            length,
        );
    }

    /// Starts a dict; keys and values follow in turn, then `null`.
    pub fn dict(&mut self, flag: u8) {
        self.out.push(code::DICT | flag);
    }

    /// Starts a slice; start, stop and step follow.
    pub fn slice(&mut self, flag: u8) {
        self.out.push(code::SLICE | flag);
    }

    /// Starts a code object; five numbers, eight objects, a number and two objects follow.
    pub fn code(&mut self, flag: u8) {
        self.out.push(code::CODE | flag);
    }

    /// A bare number, as within code objects.
    pub fn long(&mut self, value: i32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    fn sized(&mut self, kind: u8, length: usize) {
        let [a, b, c, d] = (length as i32).to_le_bytes();
        self.out.extend_from_slice(&[kind, a, b, c, d]);
    }

    fn float_text(&mut self, value: f64) {
        let text = crate::repr::float_general(value, 17);
        self.out.push(text.len() as u8);
        self.out.extend_from_slice(text.as_bytes());
    }
}

/// Digits of 32 bits as digits of 15, the last not zero.
fn unpack(packed: &[u32]) -> Vec<u16> {
    let mut digits = Vec::with_capacity(packed.len() * 32 / 15 + 1);
    let (mut bits, mut held) = (0u64, 0);
    for &word in packed {
        bits |= u64::from(word) << held;
        held += 32;
        while held >= 15 {
            digits.push((bits & 0x7fff) as u16);
            bits >>= 15;
            held -= 15;
        }
    }
    digits.push(bits as u16);
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits
}
