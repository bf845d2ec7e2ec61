//! The strings that exist once and for ever: `''` and the single Latin-1 characters.

use std::cell::Cell;

use crate::object::Object;
use crate::refs::Owned;

use super::{STR, Str, state};

#[repr(C)]
struct AsciiChar {
    head: Str,
    data: [u8; 8],
}

#[repr(C)]
struct Latin1Char {
    head: Str,
    utf8: [usize; 2],
    data: [u8; 8],
}

// SAFETY: touched only under the interpreter's lock.
unsafe impl Sync for AsciiChar {}
// SAFETY: as above.
unsafe impl Sync for Latin1Char {}

const fn head(len: isize, ascii: u32) -> Str {
    Str {
        object: Object::immortal(&raw const STR),
        length: Cell::new(len),
        hash: Cell::new(-1),
        state: Cell::new(state::STATIC | 1 << state::KIND_SHIFT | state::COMPACT | ascii),
    }
}

const fn ascii_char(len: isize, byte: u8) -> AsciiChar {
    AsciiChar {
        head: head(len, state::ASCII),
        data: [byte, 0, 0, 0, 0, 0, 0, 0],
    }
}

const fn ascii_chars() -> [AsciiChar; 128] {
    let mut chars = [const { ascii_char(1, 0) }; 128];
    let mut i = 0;
    while i < 128 {
        chars[i] = ascii_char(1, i as u8);
        i += 1;
    }
    chars
}

const fn latin1_char(byte: u8) -> Latin1Char {
    Latin1Char {
        head: head(1, 0),
        utf8: [0; 2],
        data: [byte, 0, 0, 0, 0, 0, 0, 0],
    }
}

const fn latin1_chars() -> [Latin1Char; 128] {
    let mut chars = [const { latin1_char(0) }; 128];
    let mut i = 0;
    while i < 128 {
        chars[i] = latin1_char(i as u8 + 128);
        i += 1;
    }
    chars
}

static EMPTY: AsciiChar = ascii_char(0, 0);
static ASCII: [AsciiChar; 128] = ascii_chars();
static LATIN1: [Latin1Char; 128] = latin1_chars();

/// `''`.
#[inline(always)]
pub fn empty() -> Owned {
    // SAFETY: static and immortal: no count is needed.
    unsafe { Owned::from_raw(EMPTY.head.object.as_ptr()) }
}

/// `''`, borrowed.
#[inline(always)]
pub fn empty_ref() -> &'static Object {
    &EMPTY.head.object
}

/// The str of one Latin-1 character.
#[inline(always)]
pub fn latin1(byte: u8) -> Owned {
    // SAFETY: static and immortal: no count is needed.
    unsafe { Owned::from_raw(latin1_ref(byte).as_ptr()) }
}

/// The same, borrowed.
#[inline(always)]
pub fn latin1_ref(byte: u8) -> &'static Object {
    if byte < 128 {
        &ASCII[byte as usize].head.object
    } else {
        &LATIN1[byte as usize - 128].head.object
    }
}

/// Names them all, for the interned table.
pub(super) fn each(with: &mut dyn FnMut(&'static Str)) {
    with(&EMPTY.head);
    ASCII.iter().for_each(|text| with(&text.head));
    LATIN1.iter().for_each(|text| with(&text.head));
}
