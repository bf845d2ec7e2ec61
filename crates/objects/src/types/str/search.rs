//! Finding texts in texts. A needle is first brought to the width of the haystack; then bytes are searched, at aligned places.

use std::borrow::Cow;

use memchr::memmem;

use super::Chars;
use crate::with_chars;

/// A haystack and a needle of the same width, as bytes.
pub struct Search<'a> {
    hay: &'a [u8],
    needle: Cow<'a, [u8]>,
    kind: usize,
}

/// Memory of characters.
fn raw<T>(units: &[T]) -> &[u8] {
    // SAFETY: u8, u16 and u32 are plain data.
    unsafe { std::slice::from_raw_parts(units.as_ptr().cast(), std::mem::size_of_val(units)) }
}

fn raw_chars<'a>(chars: Chars<'a>) -> (&'a [u8], usize) {
    match chars {
        Chars::One(s) => (raw(s), 1),
        Chars::Two(s) => (raw(s), 2),
        Chars::Four(s) => (raw(s), 4),
    }
}

impl<'a> Search<'a> {
    /// `None` if the needle is wider than the haystack's characters, so that it cannot be there.
    pub fn new(hay: Chars<'a>, needle: Chars<'a>) -> Option<Search<'a>> {
        let (hay, kind) = raw_chars(hay);
        let (bytes, needle_kind) = raw_chars(needle);
        let needle = match (kind, needle_kind) {
            (a, b) if a == b => Cow::Borrowed(bytes),
            (a, b) if a < b => return None,
            (2, _) => Cow::Owned(with_chars!(needle, s => s
                .iter()
                .flat_map(|c| (super::Unit::point(*c) as u16).to_ne_bytes())
                .collect())),
            _ => Cow::Owned(with_chars!(needle, s => s
                .iter()
                .flat_map(|c| super::Unit::point(*c).to_ne_bytes())
                .collect())),
        };
        Some(Search { hay, needle, kind })
    }

    /// First place at or after `start`.
    pub fn find(&self, start: usize) -> Option<usize> {
        let mut from = start * self.kind;
        if self.needle.is_empty() {
            return (from <= self.hay.len()).then_some(start);
        }
        if self.kind == 1
            && let [byte] = *self.needle
        {
            return memchr::memchr(byte, self.hay.get(from..)?).map(|i| i + from);
        }
        loop {
            let at = memmem::find(self.hay.get(from..)?, &self.needle)? + from;
            if at.is_multiple_of(self.kind) {
                return Some(at / self.kind);
            }
            from = at + 1;
        }
    }

    /// Last place.
    pub fn rfind(&self) -> Option<usize> {
        let mut end = self.hay.len();
        if self.needle.is_empty() {
            return Some(end / self.kind);
        }
        loop {
            let at = memmem::rfind(&self.hay[..end], &self.needle)?;
            if at.is_multiple_of(self.kind) {
                return Some(at / self.kind);
            }
            end = at + self.needle.len() - 1;
        }
    }

    /// Number of characters of the needle.
    pub fn needle_len(&self) -> usize {
        self.needle.len() / self.kind
    }

    /// Places that do not overlap, from the left; the needle is not empty.
    pub fn places(&self) -> impl Iterator<Item = usize> + '_ {
        let finder = memmem::Finder::new(&*self.needle);
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let at = finder.find(self.hay.get(from..)?)? + from;
                if at.is_multiple_of(self.kind) {
                    from = at + self.needle.len();
                    return Some(at / self.kind);
                }
                from = at + 1;
            }
        })
    }
}

/// First place of `needle` in `hay`.
pub fn find(hay: Chars<'_>, needle: Chars<'_>) -> Option<usize> {
    if needle.len() > hay.len() {
        return None;
    }
    Search::new(hay, needle)?.find(0)
}

/// Last place of `needle` in `hay`.
pub fn rfind(hay: Chars<'_>, needle: Chars<'_>) -> Option<usize> {
    if needle.len() > hay.len() {
        return None;
    }
    Search::new(hay, needle)?.rfind()
}

/// How often `needle` is there without overlap, at most `most`; an empty one stands between all characters.
pub fn count(hay: Chars<'_>, needle: Chars<'_>, most: usize) -> usize {
    if needle.is_empty() {
        return most.min(hay.len() + 1);
    }
    match Search::new(hay, needle) {
        Some(search) => search.places().take(most).count(),
        None => 0,
    }
}

/// Whether two texts of any width are equal.
pub fn equal(a: Chars<'_>, b: Chars<'_>) -> bool {
    a.len() == b.len()
        && match (a, b) {
            (Chars::One(a), Chars::One(b)) => a == b,
            (Chars::Two(a), Chars::Two(b)) => a == b,
            (Chars::Four(a), Chars::Four(b)) => a == b,
            _ => a.points().eq(b.points()),
        }
}
