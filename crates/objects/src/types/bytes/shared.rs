//! The bytes objects that exist once and for ever: `b''` and the single bytes.

use std::cell::Cell;

use crate::object::{Object, VarObject};
use crate::refs::Owned;

use super::{BYTES, Bytes};

#[repr(C)]
struct Shared {
    head: Bytes,
    data: [u8; 8],
}

// SAFETY: touched only under the interpreter's lock.
unsafe impl Sync for Shared {}

const fn shared(len: isize, byte: u8) -> Shared {
    Shared {
        head: Bytes {
            var: VarObject {
                object: Object::immortal(&raw const BYTES),
                size: Cell::new(len),
            },
            hash: Cell::new(-1),
            first: [],
        },
        data: [byte, 0, 0, 0, 0, 0, 0, 0],
    }
}

const fn singles() -> [Shared; 256] {
    let mut all = [const { shared(1, 0) }; 256];
    let mut i = 0;
    while i < 256 {
        all[i] = shared(1, i as u8);
        i += 1;
    }
    all
}

static EMPTY: Shared = shared(0, 0);
static SINGLE: [Shared; 256] = singles();

/// `b''`.
#[inline(always)]
pub fn empty() -> Owned {
    // SAFETY: static and immortal: no count is needed.
    unsafe { Owned::from_raw(EMPTY.head.var.object.as_ptr()) }
}

/// The bytes object of one byte.
#[inline(always)]
pub fn single(byte: u8) -> Owned {
    // SAFETY: static and immortal: no count is needed.
    unsafe { Owned::from_raw(SINGLE[byte as usize].head.var.object.as_ptr()) }
}
