//! The codecs that the interpreter itself needs: UTF-8, UTF-16, UTF-32, ASCII and Latin-1. Others come from the registry by a hook.

use std::cell::Cell;

use crate::error::lookup_error;
use crate::object::Object;
use crate::refs::{Owned, PyResult};

mod charmap;
pub mod errors;
mod escape;
mod single;
mod utf7;
mod utf8;
mod wide;

pub use charmap::{charmap_build, charmap_decode, charmap_encode};
pub use escape::{
    escape_decode, escape_encode, raw_unicode_escape_decode, raw_unicode_escape_encode,
    unicode_escape_decode, unicode_escape_encode,
};
pub use single::{ascii_decode, ascii_encode, latin1_decode, latin1_encode};
pub use utf7::{utf7_decode, utf7_encode};
pub use utf8::{utf8_decode, utf8_encode};
pub use wide::{Order, utf16_decode, utf16_encode, utf32_decode, utf32_encode};

/// What the registry does for encodings that are not native: object (str or bytes), encoding, errors; and error handlers by name.
#[derive(Clone, Copy)]
pub struct Registry {
    pub encode: fn(&Object, &str, &str) -> PyResult,
    pub decode: fn(&Object, &str, &str) -> PyResult,
    /// The registered handler, or LookupError.
    pub error_handler: fn(&str) -> PyResult,
}

struct Hook(Cell<Option<Registry>>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Hook {}

static REGISTRY: Hook = Hook(Cell::new(None));

/// Installs the registry.
pub fn set_registry(registry: Registry) {
    REGISTRY.0.set(Some(registry));
}

/// Encodings done here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Native {
    Utf8,
    Ascii,
    Latin1,
    Utf16(Order),
    Utf32(Order),
    Utf7,
    UnicodeEscape,
    RawUnicodeEscape,
}

/// The native encoding that a name means (spelling as `_Py_normalize_encoding` folds it).
fn native(name: &str) -> Option<Native> {
    let folded: String = name
        .chars()
        .map(|c| match c {
            '-' | ' ' => '_',
            c => c.to_ascii_lowercase(),
        })
        .collect();
    Some(match folded.as_str() {
        "utf_8" | "utf8" => Native::Utf8,
        "ascii" | "us_ascii" => Native::Ascii,
        "latin1" | "latin_1" | "iso_8859_1" | "iso8859_1" => Native::Latin1,
        "utf_16" | "utf16" => Native::Utf16(Order::Native),
        "utf_16_le" | "utf_16le" => Native::Utf16(Order::Little),
        "utf_16_be" | "utf_16be" => Native::Utf16(Order::Big),
        "utf_32" | "utf32" => Native::Utf32(Order::Native),
        "utf_32_le" | "utf_32le" => Native::Utf32(Order::Little),
        "utf_32_be" | "utf_32be" => Native::Utf32(Order::Big),
        "utf_7" | "utf7" => Native::Utf7,
        "unicode_escape" | "unicodeescape" => Native::UnicodeEscape,
        "raw_unicode_escape" | "rawunicodeescape" => Native::RawUnicodeEscape,
        _ => return None,
    })
}

#[cold]
fn unknown(encoding: &str) -> crate::Raised {
    lookup_error(format!("unknown encoding: {encoding}"))
}

/// `text.encode(encoding, errors)`: bytes.
pub fn encode(text: &Object, encoding: &str, errors: &str) -> PyResult {
    match native(encoding) {
        Some(Native::Utf8) => utf8_encode(text, errors),
        Some(Native::Ascii) => ascii_encode(text, errors),
        Some(Native::Latin1) => latin1_encode(text, errors),
        Some(Native::Utf16(order)) => utf16_encode(text, errors, order),
        Some(Native::Utf32(order)) => utf32_encode(text, errors, order),
        Some(Native::Utf7) => utf7_encode(text),
        Some(Native::UnicodeEscape) => unicode_escape_encode(text),
        Some(Native::RawUnicodeEscape) => raw_unicode_escape_encode(text),
        None => match REGISTRY.0.get() {
            Some(registry) => (registry.encode)(text, encoding, errors),
            None => Err(unknown(encoding)),
        },
    }
}

/// `str(data, encoding, errors)`.
pub fn decode(data: &[u8], encoding: &str, errors: &str) -> PyResult {
    let whole = |(text, _): (Owned, usize)| text;
    match native(encoding) {
        Some(Native::Utf8) => utf8_decode(data, errors, true).map(whole),
        Some(Native::Ascii) => ascii_decode(data, errors),
        Some(Native::Latin1) => latin1_decode(data),
        Some(Native::Utf16(order)) => utf16_decode(data, errors, order, true).map(|(t, _, _)| t),
        Some(Native::Utf32(order)) => utf32_decode(data, errors, order, true).map(|(t, _, _)| t),
        Some(Native::Utf7) => utf7_decode(data, errors, true).map(whole),
        Some(Native::UnicodeEscape) => unicode_escape_decode(data, errors, true).map(whole),
        Some(Native::RawUnicodeEscape) => raw_unicode_escape_decode(data, errors, true).map(whole),
        None => match REGISTRY.0.get() {
            Some(registry) => {
                let data = crate::types::bytes::Bytes::new(data);
                (registry.decode)(&data, encoding, errors)
            }
            None => Err(unknown(encoding)),
        },
    }
}

/// The error handler registered under a name that is none of the native ones.
fn handler(name: &str) -> PyResult {
    match REGISTRY.0.get() {
        Some(registry) => (registry.error_handler)(name),
        None => Err(lookup_error(format!("unknown error handler name '{name}'"))),
    }
}
