//! `str`: compact strings of 1, 2 or 4 bytes a character (PEP 393).

use std::borrow::Cow;
use std::cell::Cell;

use crate::alloc::{self, Kind};
use crate::object::{Layout, Object, flags as header_flags};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Type, flags};

mod builder;
pub mod case;
pub mod classify;
pub mod encode;
pub mod format;
mod hash;
mod intern;
pub mod iter;
pub mod markup;
pub mod methods;
pub mod new;
pub mod pad;
pub mod percent;
pub mod search;
mod shared;
pub mod slots;
pub mod split;
pub mod strip;
pub mod translate;
pub mod unicode;
mod unicode_tables;

pub use builder::Builder;
pub use hash::{hash_bytes, set_hash_seed};
pub use intern::counts as interned_counts;
pub use intern::{
    Search, intern_immortal, intern_mortal, intern_object_immortal, intern_text,
    intern_text_immortal, set_immortal_at_start,
};
pub use shared::{empty, empty_ref, latin1, latin1_ref};

/// Bits of `Str::state`.
pub mod state {
    pub const INTERNED: u32 = 3;
    pub const MORTAL: u32 = 1;
    pub const IMMORTAL: u32 = 2;
    pub const STATIC: u32 = 3;
    pub const KIND_SHIFT: u32 = 2;
    pub const COMPACT: u32 = 1 << 5;
    pub const ASCII: u32 = 1 << 6;
}

/// Bytes before the characters of an ASCII string, and of any other compact one.
pub const ASCII_HEADER: usize = 40;
pub const COMPACT_HEADER: usize = 56;

/// The header of all strings (CPython's `PyASCIIObject`); ASCII characters follow at byte 40. Other strings have two more words
/// (`utf8_length`, `utf8`, a cache) and their characters at byte 56. A zero character ends the data. Instances of subclasses are not
/// compact: the pointer to their characters, which `alloc::raw` gave, is at byte 56.
#[repr(C)]
pub struct Str {
    pub object: Object,
    pub length: Cell<isize>,
    /// -1: not computed yet.
    pub hash: Cell<isize>,
    /// bits 0-1 interned (0 no, 1 mortal, 2 immortal, 3 static), 2-4 kind (1, 2, 4), 5 compact, 6 ascii
    pub state: Cell<u32>,
}

// SAFETY: touched only under the interpreter's lock.
unsafe impl Sync for Str {}

// SAFETY: starts with `Object`.
unsafe impl Layout for Str {
    fn type_object() -> &'static Type {
        &STR
    }
}

pub static STR: Type = Type::builtin("str", 64, methods::SLOTS)
    .with_flags(flags::BASETYPE | flags::UNICODE_SUBCLASS | flags::MATCH_SELF)
    .with_vectorcall(new::vectorcall)
    .with_methods(&methods::METHODS);

/// The characters of a string.
#[derive(Clone, Copy)]
pub enum Chars<'a> {
    One(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

/// Evaluates an expression for whichever width the characters have.
#[macro_export]
macro_rules! with_chars {
    ($chars:expr, $s:ident => $body:expr) => {
        match $chars {
            $crate::types::str::Chars::One($s) => $body,
            $crate::types::str::Chars::Two($s) => $body,
            $crate::types::str::Chars::Four($s) => $body,
        }
    };
}

/// A character of some width.
pub trait Unit: Copy + Eq + Ord + 'static {
    const KIND: usize;
    fn point(self) -> u32;
    /// The character of a code point that fits.
    fn from_point(point: u32) -> Self;
}

macro_rules! units {
    ($($ty:ty = $kind:literal),*) => { $(
        impl Unit for $ty {
            const KIND: usize = $kind;
            #[inline(always)]
            fn point(self) -> u32 {
                self as u32
            }
            #[inline(always)]
            fn from_point(point: u32) -> $ty {
                point as $ty
            }
        }
    )* };
}

units! { u8 = 1, u16 = 2, u32 = 4 }

impl<'a> Chars<'a> {
    #[inline]
    pub fn len(self) -> usize {
        with_chars!(self, s => s.len())
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn get(self, index: usize) -> Option<u32> {
        with_chars!(self, s => s.get(index).map(|c| c.point()))
    }

    /// Code points in order.
    pub fn points(self) -> Points<'a> {
        Points {
            chars: self,
            at: 0,
            end: self.len(),
        }
    }

    /// A part; `start <= end <= len`.
    pub fn slice(self, start: usize, end: usize) -> Chars<'a> {
        match self {
            Chars::One(s) => Chars::One(&s[start..end]),
            Chars::Two(s) => Chars::Two(&s[start..end]),
            Chars::Four(s) => Chars::Four(&s[start..end]),
        }
    }
}

/// Iterator over code points.
#[derive(Clone)]
pub struct Points<'a> {
    chars: Chars<'a>,
    at: usize,
    end: usize,
}

impl Iterator for Points<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.at >= self.end {
            return None;
        }
        self.at += 1;
        self.chars.get(self.at - 1)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.end - self.at, Some(self.end - self.at))
    }
}

impl DoubleEndedIterator for Points<'_> {
    fn next_back(&mut self) -> Option<u32> {
        if self.at >= self.end {
            return None;
        }
        self.end -= 1;
        self.chars.get(self.end)
    }
}

impl ExactSizeIterator for Points<'_> {}

impl Str {
    /// A str of this text: the shared one for `''` and single Latin-1 characters.
    pub fn new(text: &str) -> Owned {
        if text.is_ascii() {
            return Str::from_ascii(text.as_bytes());
        }
        let (mut count, mut max) = (0, 0);
        for c in text.chars() {
            count += 1;
            max = max.max(u32::from(c));
        }
        must(build(count, max, text.chars().map(u32::from)))
    }

    /// From bytes that are all below 128.
    #[inline]
    pub fn from_ascii(text: &[u8]) -> Owned {
        match text {
            [] => empty(),
            [one] => latin1(*one),
            _ => must(ascii_filled(text)),
        }
    }

    /// The same as an object of its own, even for a single character.
    pub fn fresh_ascii(text: &[u8]) -> Owned {
        must(ascii_filled(text))
    }

    /// From Latin-1.
    pub fn from_latin1(text: &[u8]) -> Owned {
        if text.is_ascii() {
            return Str::from_ascii(text);
        }
        must(build(text.len(), 255, text.iter().map(|b| u32::from(*b))))
    }

    /// From UTF-8 that may hold surrogates as three bytes each.
    pub fn from_wtf8(text: &[u8]) -> Owned {
        if text.is_ascii() {
            return Str::from_ascii(text);
        }
        let points: Vec<u32> = wtf8_points(text).collect();
        Str::from_code_points(&points)
    }

    /// From code points (surrogates allowed).
    pub fn from_code_points(points: &[u32]) -> Owned {
        let max = points.iter().copied().max().unwrap_or(0);
        must(build(points.len(), max, points.iter().copied()))
    }

    /// The str of one code point.
    pub fn from_point(point: u32) -> Owned {
        if point < 256 {
            return latin1(point as u8);
        }
        must(build(1, point, std::iter::once(point)))
    }

    /// The object of some characters, as narrow as they allow.
    pub fn from_chars(chars: Chars<'_>) -> PyResult {
        match chars {
            Chars::One(s) => from_units(s),
            Chars::Two(s) => from_units(s),
            Chars::Four(s) => from_units(s),
        }
    }

    /// The text as UTF-8 with surrogates as three bytes each; borrowed if ASCII.
    pub fn wtf8(&self) -> Cow<'_, [u8]> {
        if let Some(text) = self.as_ascii() {
            return Cow::Borrowed(text.as_bytes());
        }
        let mut out = Vec::with_capacity(self.len() * 2);
        for point in self.chars().points() {
            push_wtf8(&mut out, point);
        }
        Cow::Owned(out)
    }

    /// The text as UTF-8, surrogates replaced by U+FFFD; borrowed if ASCII.
    pub fn lossy(&self) -> Cow<'_, str> {
        match self.as_ascii() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(
                self.chars()
                    .points()
                    .map(|p| char::from_u32(p).unwrap_or('\u{FFFD}'))
                    .collect(),
            ),
        }
    }

    /// The text as UTF-8, or `None` if it holds a surrogate; borrowed if ASCII.
    pub fn to_utf8(&self) -> Option<Cow<'_, str>> {
        match self.as_ascii() {
            Some(text) => Some(Cow::Borrowed(text)),
            None => self
                .chars()
                .points()
                .map(char::from_u32)
                .collect::<Option<String>>()
                .map(Cow::Owned),
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.state.get() & state::ASCII != 0
    }

    #[inline(always)]
    pub fn is_compact(&self) -> bool {
        self.state.get() & state::COMPACT != 0
    }

    /// Bytes a character: 1, 2 or 4.
    #[inline(always)]
    pub fn kind(&self) -> usize {
        (self.state.get() >> state::KIND_SHIFT & 7) as usize
    }

    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.state.get() & state::INTERNED != 0
    }

    /// The first character.
    #[inline(always)]
    pub fn data(&self) -> *mut u8 {
        let bits = self.state.get();
        let this = self as *const Str as *mut u8;
        // SAFETY: the layout described at the struct.
        unsafe {
            if bits & (state::ASCII | state::COMPACT) == state::ASCII | state::COMPACT {
                this.add(ASCII_HEADER)
            } else if bits & state::COMPACT != 0 {
                this.add(COMPACT_HEADER)
            } else {
                *this.add(COMPACT_HEADER).cast::<*mut u8>()
            }
        }
    }

    #[inline(always)]
    pub fn chars(&self) -> Chars<'_> {
        let (data, len) = (self.data(), self.len());
        // SAFETY: `len` characters of the kind are there; strings do not change once shared.
        unsafe {
            match self.kind() {
                1 => Chars::One(std::slice::from_raw_parts(data, len)),
                2 => Chars::Two(std::slice::from_raw_parts(data.cast(), len)),
                _ => Chars::Four(std::slice::from_raw_parts(data.cast(), len)),
            }
        }
    }

    /// The characters as memory.
    #[inline(always)]
    pub fn raw_bytes(&self) -> &[u8] {
        // SAFETY: as `chars`.
        unsafe { std::slice::from_raw_parts(self.data(), self.len() * self.kind()) }
    }

    /// The text if it is ASCII.
    #[inline]
    pub fn as_ascii(&self) -> Option<&str> {
        // SAFETY: ASCII is UTF-8.
        self.is_ascii()
            .then(|| unsafe { std::str::from_utf8_unchecked(self.raw_bytes()) })
    }

    /// Code point at `index` (in range).
    #[inline(always)]
    pub fn char_at(&self, index: usize) -> u32 {
        debug_assert!(index < self.len());
        let data = self.data();
        // SAFETY: in range by contract.
        unsafe {
            match self.kind() {
                1 => u32::from(*data.add(index)),
                2 => u32::from(*data.cast::<u16>().add(index)),
                _ => *data.cast::<u32>().add(index),
            }
        }
    }

    #[inline]
    pub fn equals(&self, other: &Str) -> bool {
        std::ptr::eq(self, other)
            || (self.len() == other.len()
                && self.kind() == other.kind()
                && self.raw_bytes() == other.raw_bytes())
    }

    /// Whether the text is exactly this.
    pub fn is_text(&self, text: &str) -> bool {
        match self.as_ascii() {
            Some(own) => own == text,
            None => text.chars().map(u32::from).eq(self.chars().points()),
        }
    }

    /// The hash, computed once (SipHash-1-3 keyed by PYTHONHASHSEED as CPython's).
    #[inline(always)]
    pub fn hash(&self) -> isize {
        let known = self.hash.get();
        if known != -1 {
            return known;
        }
        self.hash_cold()
    }

    #[inline(never)]
    fn hash_cold(&self) -> isize {
        let hash = hash_bytes(self.raw_bytes());
        self.hash.set(hash);
        hash
    }

    /// Largest code point that the string's width admits: 127, 255, 0xFFFF or 0x10FFFF.
    #[inline]
    pub fn max_point(&self) -> u32 {
        match (self.is_ascii(), self.kind()) {
            (true, _) => 127,
            (_, 1) => 255,
            (_, 2) => 0xFFFF,
            _ => 0x10_FFFF,
        }
    }
}

/// The object as `Str`; it must be a str or an instance of a subclass.
#[inline(always)]
pub fn cast(object: &Object) -> &Str {
    debug_assert!(is_str(object));
    // SAFETY: by contract; checked in debug builds.
    unsafe { object.cast::<Str>() }
}

/// Whether the object is a str or an instance of a subclass.
#[inline(always)]
pub fn is_str(object: &Object) -> bool {
    object.ty().has(flags::UNICODE_SUBCLASS)
}

/// The object itself if it is an exact str, else a copy of a subclass instance as one.
pub fn exact(object: &Object) -> PyResult {
    if object.is_exact(&STR) {
        Ok(Owned::new(object))
    } else {
        copy_exact(cast(object))
    }
}

/// An exact str of the same text, never shared except for the static ones.
pub fn copy_exact(text: &Str) -> PyResult {
    Str::from_chars(text.chars())
}

/// Unwraps where memory is sure to be there because the text was.
#[inline]
fn must(result: PyResult) -> Owned {
    match result {
        Ok(owned) => owned,
        Err(_) => std::alloc::handle_alloc_error(std::alloc::Layout::new::<Str>()),
    }
}

/// Memory for an exact str of `len` characters up to `max`; everything but the characters is written (the final zero too).
/// MemoryError when there is none.
#[inline]
pub fn allocate(len: usize, max: u32) -> PyResult<Owned> {
    let (header, kind, ascii) = shape(max);
    let bytes = (len + 1)
        .checked_mul(kind)
        .and_then(|n| n.checked_add(header))
        .filter(|n| *n < isize::MAX as usize)
        .ok_or_else(crate::error::memory_error)?;
    // SAFETY: the body is written here, the characters by the caller before the object is seen.
    unsafe {
        let memory = alloc::object_of_kind(Kind::Plain, &STR, bytes);
        if memory.is_null() {
            return Err(crate::error::memory_error());
        }
        let this = &*memory.cast::<Str>();
        this.length.set(len as isize);
        this.hash.set(-1);
        this.state
            .set((kind as u32) << state::KIND_SHIFT | state::COMPACT | ascii);
        let body = memory.cast::<u8>();
        if ascii == 0 {
            body.add(ASCII_HEADER).cast::<[usize; 2]>().write([0; 2]);
        }
        end(body.add(header + len * kind), kind);
        Ok(Owned::from_raw(memory))
    }
}

/// Writes the zero character behind the data.
///
/// # Safety
/// `place` has room for one character of the kind.
#[inline(always)]
pub unsafe fn end(place: *mut u8, kind: usize) {
    // SAFETY: by contract.
    unsafe {
        match kind {
            1 => place.write(0),
            2 => place.cast::<u16>().write_unaligned(0),
            _ => place.cast::<u32>().write_unaligned(0),
        }
    }
}

/// Header bytes, bytes a character, and the ascii bit for a largest code point.
#[inline]
fn shape(max: u32) -> (usize, usize, u32) {
    match max {
        0..128 => (ASCII_HEADER, 1, state::ASCII),
        128..256 => (COMPACT_HEADER, 1, 0),
        256..0x1_0000 => (COMPACT_HEADER, 2, 0),
        _ => (COMPACT_HEADER, 4, 0),
    }
}

/// The same text in an object of its own, where CPython writes into a new str without looking for a shared character.
pub fn unshared(made: PyResult) -> PyResult {
    let made = made?;
    let text = cast(&made);
    if text.len() != 1 || !made.is_immortal() {
        return Ok(made);
    }
    let object = allocate(1, text.max_point())?;
    // SAFETY: fresh, with room for one character as wide.
    unsafe { copy_into(text, cast(&object), 0) };
    Ok(object)
}

/// A fresh str of ASCII text, even where a shared one exists (`PyUnicode_New` and a copy).
pub fn ascii_filled(text: &[u8]) -> PyResult {
    bytes_filled(text, 127)
}

/// A str of one-byte characters, with `max` 127 or 255.
#[inline]
fn bytes_filled(text: &[u8], max: u32) -> PyResult {
    let object = allocate(text.len(), max)?;
    // SAFETY: fresh, with room for the text.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), cast(&object).data(), text.len()) };
    Ok(object)
}

/// A str of `count` code points whose largest is at most `max` (the exact largest, for the right width).
pub fn build(count: usize, max: u32, points: impl Iterator<Item = u32>) -> PyResult {
    if count == 0 {
        return Ok(empty());
    }
    let mut points = points;
    if count == 1 && max < 256 {
        return Ok(latin1(points.next().unwrap_or(0) as u8));
    }
    let object = allocate(count, max)?;
    let data = cast(&object).data();
    // SAFETY: fresh, with room for `count` characters.
    unsafe {
        match cast(&object).kind() {
            1 => fill::<u8>(data, count, points),
            2 => fill::<u16>(data, count, points),
            _ => fill::<u32>(data, count, points),
        }
    }
    Ok(object)
}

// SAFETY: `data` has room for `count` units.
unsafe fn fill<U: Unit>(data: *mut u8, count: usize, points: impl Iterator<Item = u32>) {
    let data = data.cast::<U>();
    // SAFETY: by contract there is room for `count`.
    for (i, point) in points.take(count).enumerate() {
        unsafe { data.add(i).write(U::from_point(point)) };
    }
}

/// A str of these characters, as narrow as they allow.
pub fn from_units<U: Unit>(units: &[U]) -> PyResult {
    match units {
        [] => return Ok(empty()),
        [one] => return Ok(Str::from_point(one.point())),
        _ => {}
    }
    if U::KIND == 1 {
        // SAFETY: units of one byte are bytes.
        let bytes = unsafe { std::slice::from_raw_parts(units.as_ptr().cast(), units.len()) };
        return bytes_filled(bytes, if bytes.is_ascii() { 127 } else { 255 });
    }
    let max = max_point(units);
    let object = allocate(units.len(), max)?;
    // SAFETY: fresh, with room for them all.
    unsafe { copy_units(units, cast(&object), 0) };
    Ok(object)
}

/// The bound that decides the width: some value in the class of the largest character.
pub fn max_point<U: Unit>(units: &[U]) -> u32 {
    let mut bits = 0;
    for unit in units {
        bits |= unit.point();
    }
    bits.min(0x10_FFFF)
}

/// Writes characters into a fresh string from position `at` on.
///
/// # Safety
/// `target` is not shared yet, has room, and is wide enough.
pub unsafe fn copy_units<U: Unit>(units: &[U], target: &Str, at: usize) {
    let data = target.data();
    // SAFETY: by contract.
    unsafe {
        if target.kind() == U::KIND {
            let place = data.cast::<U>().add(at);
            return std::ptr::copy_nonoverlapping(units.as_ptr(), place, units.len());
        }
        match target.kind() {
            1 => widen(units, data.add(at)),
            2 => widen(units, data.cast::<u16>().add(at)),
            _ => widen(units, data.cast::<u32>().add(at)),
        }
    }
}

// SAFETY: `place` has room for as many units as `units`.
unsafe fn widen<U: Unit, V: Unit>(units: &[U], place: *mut V) {
    for (i, unit) in units.iter().enumerate() {
        // SAFETY: by contract of `copy_units`.
        unsafe { place.add(i).write(V::from_point(unit.point())) };
    }
}

/// `copy_units` for a whole string.
///
/// # Safety
/// As `copy_units`.
#[inline]
pub unsafe fn copy_into(source: &Str, target: &Str, at: usize) {
    // SAFETY: by contract.
    with_chars!(source.chars(), s => unsafe { copy_units(s, target, at) })
}

/// `a + b`.
pub fn concat(a: &Str, b: &Str) -> Owned {
    must(try_concat(a, b))
}

/// `a + b`; MemoryError when it does not fit.
pub fn try_concat(a: &Str, b: &Str) -> PyResult {
    if b.is_empty() && a.object.is_exact(&STR) {
        return Ok(Owned::new(&a.object));
    }
    if a.is_empty() && b.object.is_exact(&STR) {
        return Ok(Owned::new(&b.object));
    }
    let object = allocate(a.len() + b.len(), a.max_point().max(b.max_point()))?;
    // SAFETY: fresh, wide enough for both, with room for both.
    unsafe {
        copy_into(a, cast(&object), 0);
        copy_into(b, cast(&object), a.len());
    }
    Ok(object)
}

/// Appends a code point as UTF-8, surrogates too.
pub fn push_wtf8(out: &mut Vec<u8>, point: u32) {
    match char::from_u32(point) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend_from_slice(&[
            0xE0 | (point >> 12) as u8 & 15,
            0x80 | (point >> 6) as u8 & 63,
            0x80 | point as u8 & 63,
        ]),
    }
}

/// Code points of well-formed UTF-8 in which surrogates may stand.
pub fn wtf8_points(text: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (first, more) = rest.split_first()?;
        let (count, bits) = match first {
            0..0x80 => (0, u32::from(*first)),
            0x80..0xE0 => (1, u32::from(first & 31)),
            0xE0..0xF0 => (2, u32::from(first & 15)),
            _ => (3, u32::from(first & 7)),
        };
        let count = count.min(more.len());
        let (tail, next) = more.split_at(count);
        rest = next;
        Some(
            tail.iter()
                .fold(bits, |p, b| p << 6 | u32::from(b & 63))
                .min(0x10_FFFF),
        )
    })
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead str: nobody refers to it, but the interned table may list it.
    unsafe {
        let this = &*object.cast::<Str>();
        match this.state.get() & state::INTERNED {
            0 => {}
            state::MORTAL => intern::forget(this),
            _ => {
                // An immortal string cannot die.
                (*object).make_immortal();
                return;
            }
        }
        if !this.is_compact() {
            alloc::raw_free(this.data(), (this.len() + 1) * this.kind());
        }
        debug_assert!(!(*object).has_flag(header_flags::STATIC));
        alloc::free_object(object)
    }
}

/// Writes `count` times the same character into a fresh string.
///
/// # Safety
/// As `copy_units`.
pub unsafe fn fill_points(target: &Str, at: usize, count: usize, point: u32) {
    let data = target.data();
    // SAFETY: by contract.
    unsafe {
        match target.kind() {
            1 => data.add(at).write_bytes(point as u8, count),
            2 => {
                std::slice::from_raw_parts_mut(data.cast::<u16>().add(at), count).fill(point as u16)
            }
            _ => std::slice::from_raw_parts_mut(data.cast::<u32>().add(at), count).fill(point),
        }
    }
}
