//! `str`: compact strings of 1, 2 or 4 bytes a character (PEP 393).

use std::borrow::Cow;
use std::cell::Cell;

use crate::object::{Layout, Object};
use crate::refs::Owned;
use crate::typeobject::{Slots, Type, flags};

/// The header of all strings (CPython's `PyASCIIObject`); ASCII characters follow at byte 40. Other strings have two more words
/// (`utf8_length`, `utf8`, a cache) and their characters at byte 56. A zero character ends the data.
#[repr(C)]
pub struct Str {
    pub object: Object,
    pub length: Cell<isize>,
    /// -1: not computed yet.
    pub hash: Cell<isize>,
    /// bits 0-1 interned (0 no, 1 mortal, 2 immortal, 3 static), 2-4 kind (1, 2, 4), 5 compact, 6 ascii
    pub state: Cell<u32>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Str {
    fn type_object() -> &'static Type {
        &STR
    }
}

pub static STR: Type = Type::builtin("str", 64, Slots { ..Slots::NONE })
    .with_flags(flags::BASETYPE | flags::UNICODE_SUBCLASS | flags::MATCH_SELF);

impl Str {
    /// A str of this text: the shared one for `''` and single Latin-1 characters.
    pub fn new(text: &str) -> Owned {
        todo!()
    }
    /// From UTF-8 that may hold surrogates as three bytes each.
    pub fn from_wtf8(text: &[u8]) -> Owned {
        todo!()
    }
    /// From code points (surrogates allowed).
    pub fn from_code_points(points: &[u32]) -> Owned {
        todo!()
    }
    /// The text as UTF-8 with surrogates as three bytes each; borrowed if ASCII.
    pub fn wtf8(&self) -> Cow<'_, [u8]> {
        todo!()
    }
    /// The text as UTF-8, surrogates replaced by U+FFFD; borrowed if ASCII.
    pub fn lossy(&self) -> Cow<'_, str> {
        todo!()
    }
    /// The text if it is ASCII.
    pub fn as_ascii(&self) -> Option<&str> {
        todo!()
    }
    /// Code point at `index` (in range).
    pub fn char_at(&self, index: usize) -> u32 {
        todo!()
    }
    pub fn equals(&self, other: &Str) -> bool {
        todo!()
    }
    /// Whether the text is exactly this.
    pub fn is_text(&self, text: &str) -> bool {
        todo!()
    }
    /// The hash, computed once (SipHash-1-3 keyed by PYTHONHASHSEED as CPython's).
    pub fn hash(&self) -> isize {
        todo!()
    }
}

/// The interned str of this text, immortal (names of code objects, the interpreter's own names).
pub fn intern_immortal(text: &str) -> &'static Object {
    todo!()
}
/// Interns `object` (an exact str) mortally, as `sys.intern`: returns the canonical one.
pub fn intern_mortal(object: Owned) -> Owned {
    todo!()
}
/// Interns `object` and makes the canonical one immortal.
pub fn intern_object_immortal(object: Owned) -> Owned {
    todo!()
}
/// `a + b`.
pub fn concat(a: &Str, b: &Str) -> Owned {
    todo!()
}
