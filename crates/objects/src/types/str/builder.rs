//! Texts put together piece by piece, as narrow as the pieces allow.

use crate::refs::PyResult;
use crate::with_chars;

use super::{Chars, Str, Unit, from_units};

/// A growing text.
pub enum Builder {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Default for Builder {
    fn default() -> Self {
        Builder::new()
    }
}

impl Builder {
    pub fn new() -> Builder {
        Builder::One(Vec::new())
    }

    pub fn with_capacity(count: usize) -> Builder {
        Builder::One(Vec::with_capacity(count))
    }

    pub fn len(&self) -> usize {
        match self {
            Builder::One(s) => s.len(),
            Builder::Two(s) => s.len(),
            Builder::Four(s) => s.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for characters up to `max`.
    fn widen(&mut self, max: u32) {
        let wanted = match max {
            0..256 => 1,
            256..0x1_0000 => 2,
            _ => 4,
        };
        match self {
            Builder::One(s) if wanted == 2 => {
                *self = Builder::Two(s.iter().map(|c| u16::from(*c)).collect());
            }
            Builder::One(s) if wanted == 4 => {
                *self = Builder::Four(s.iter().map(|c| u32::from(*c)).collect());
            }
            Builder::Two(s) if wanted == 4 => {
                *self = Builder::Four(s.iter().map(|c| u32::from(*c)).collect());
            }
            _ => {}
        }
    }

    #[inline]
    pub fn push(&mut self, point: u32) {
        if let Builder::One(s) = self
            && point < 256
        {
            return s.push(point as u8);
        }
        self.push_wide(point);
    }

    fn push_wide(&mut self, point: u32) {
        self.widen(point);
        match self {
            Builder::One(s) => s.push(point as u8),
            Builder::Two(s) => s.push(point as u16),
            Builder::Four(s) => s.push(point),
        }
    }

    pub fn push_repeated(&mut self, point: u32, count: usize) {
        if count == 0 {
            return;
        }
        self.widen(point);
        match self {
            Builder::One(s) => s.resize(s.len() + count, point as u8),
            Builder::Two(s) => s.resize(s.len() + count, point as u16),
            Builder::Four(s) => s.resize(s.len() + count, point),
        }
    }

    /// Appends text of Rust's.
    pub fn push_str(&mut self, text: &str) {
        match self {
            Builder::One(s) if text.is_ascii() => s.extend_from_slice(text.as_bytes()),
            _ => text.chars().for_each(|c| self.push(u32::from(c))),
        }
    }

    pub fn push_object(&mut self, text: &Str) {
        self.push_chars(text.chars());
    }

    pub fn push_chars(&mut self, chars: Chars<'_>) {
        match chars {
            Chars::One(_) => {}
            Chars::Two(s) => self.widen(super::max_point(s)),
            Chars::Four(s) => self.widen(super::max_point(s)),
        }
        match (self, chars) {
            (Builder::One(out), Chars::One(s)) => out.extend_from_slice(s),
            (Builder::Two(out), Chars::Two(s)) => out.extend_from_slice(s),
            (Builder::Four(out), Chars::Four(s)) => out.extend_from_slice(s),
            (Builder::One(out), _) => with_chars!(chars, s => extend(out, s)),
            (Builder::Two(out), _) => with_chars!(chars, s => extend(out, s)),
            (Builder::Four(out), _) => with_chars!(chars, s => extend(out, s)),
        }
    }

    /// The str object.
    pub fn finish(self) -> PyResult {
        match self {
            Builder::One(s) => from_units(&s),
            Builder::Two(s) => from_units(&s),
            Builder::Four(s) => from_units(&s),
        }
    }
}

fn extend<T: Unit, U: Unit>(out: &mut Vec<T>, units: &[U]) {
    out.extend(units.iter().map(|u| T::from_point(u.point())));
}
