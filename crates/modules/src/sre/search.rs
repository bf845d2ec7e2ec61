//! Searching: where a match may start, by what the compiler says of its beginning.

use terrarium_objects::types::str::Unit;

use super::charset::in_set;
use super::codes::{at, info, op};
use super::engine::Engine;
use super::state::State;

impl<U: Unit> Engine<'_, U> {
    /// Looks for the first match from `state.start` on.
    pub fn search(&self, state: &mut State) -> bool {
        let mut ptr = state.start;
        let mut end = state.end;
        if ptr > end {
            return false;
        }
        let mut code = 0;
        let mut charset = None;
        if self.code[0] == op::INFO {
            let flags = self.code[2];
            let least = self.code[3] as usize;
            if least > 0 && end - ptr < least {
                return false;
            }
            if least > 1 {
                end -= least - 1;
                end = end.max(ptr);
            }
            code = 1 + self.code[1] as usize;
            if flags & info::PREFIX != 0 {
                return self.search_prefix(state, code, flags & info::LITERAL != 0);
            }
            if flags & info::CHARSET != 0 {
                charset = Some(5);
            }
        }
        if let Some(set) = charset {
            let set = &self.code[set..];
            loop {
                while ptr < end && !in_set(set, self.char(ptr)) {
                    ptr += 1;
                }
                if ptr >= end {
                    return false;
                }
                state.start = ptr;
                state.ptr = ptr;
                if self.run(state, code, false) {
                    return true;
                }
                ptr += 1;
                state.reset();
            }
        }
        state.ptr = ptr;
        if self.run(state, code, true) {
            return true;
        }
        state.must_advance = false;
        state.reset();
        let anchored = self.code[code] == op::AT
            && matches!(self.code[code + 1], at::BEGINNING | at::BEGINNING_STRING);
        if anchored {
            state.start = end;
            state.ptr = end;
            return false;
        }
        while ptr < end {
            ptr += 1;
            state.start = ptr;
            state.ptr = ptr;
            if self.run(state, code, false) {
                return true;
            }
            state.reset();
        }
        false
    }

    /// Looks for the literal that every match starts with.
    fn search_prefix(&self, state: &mut State, code: usize, whole: bool) -> bool {
        let length = self.code[5] as usize;
        let skip = self.code[6] as usize;
        let prefix = &self.code[7..7 + length];
        let mut at = state.start;
        while let Some(found) = self.find_prefix(prefix, at, state.end) {
            state.start = found;
            state.ptr = found + skip;
            if whole {
                state.ptr = found + length;
                return true;
            }
            if self.run(state, code + 2 * skip, false) {
                return true;
            }
            at = found + 1;
            state.reset();
        }
        false
    }

    fn find_prefix(&self, prefix: &[u32], from: usize, end: usize) -> Option<usize> {
        let last = (end + 1).checked_sub(prefix.len())?;
        let first = prefix[0];
        let mut at = from;
        while at < last {
            at += find_unit(&self.text[at..last], first)?;
            let rest = &self.text[at..at + prefix.len()];
            if rest.iter().zip(prefix).all(|(c, p)| c.point() == *p) {
                return Some(at);
            }
            at += 1;
        }
        None
    }
}

/// The first place of a character.
fn find_unit<U: Unit>(text: &[U], wanted: u32) -> Option<usize> {
    if U::KIND == 1 {
        let byte = u8::try_from(wanted).ok()?;
        // SAFETY: units of kind 1 are bytes; a live slice.
        let found = unsafe { libc::memchr(text.as_ptr().cast(), i32::from(byte), text.len()) };
        return (!found.is_null()).then(|| found as usize - text.as_ptr() as usize);
    }
    text.iter().position(|c| c.point() == wanted)
}
