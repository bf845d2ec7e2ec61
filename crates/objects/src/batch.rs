//! References of a native function that stand in a row while Python may run: gathered one by one, given up from the front.

use std::ptr::null_mut;

use crate::object::Object;
use crate::refs::{Owned, Word};
use crate::state::Span;

/// Owned references that an audit finds. Ends after every root and batch that was made after it.
pub struct Batch {
    /// Never grows beyond its first capacity, so that the words stay in their place; null where one was given up.
    words: Vec<*mut Object>,
    span: Option<Span>,
}

impl Batch {
    /// Room for `room` references, none there yet.
    pub fn new(name: &'static str, room: usize) -> Batch {
        let mut words = vec![null_mut(); room];
        let span = Span::new(name, words.as_mut_ptr(), room);
        words.clear();
        Batch {
            words,
            span: Some(span),
        }
    }

    /// What a vector holds.
    pub fn of(name: &'static str, items: Vec<Owned>) -> Batch {
        let words: Vec<*mut Object> = items.into_iter().map(Owned::into_raw).collect();
        let span = Span::new(name, words.as_ptr(), words.len());
        Batch {
            words,
            span: Some(span),
        }
    }

    /// Adds one; there is room.
    pub fn push(&mut self, object: Owned) {
        assert!(self.words.len() < self.words.capacity(), "a full batch");
        self.words.push(object.into_raw());
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// All of them as arguments of a call.
    pub fn arguments(&self) -> Vec<Word> {
        self.words
            .iter()
            // SAFETY: owned by the batch; none was given up yet.
            .map(|word| Word::borrowed(unsafe { &**word }))
            .collect()
    }

    /// Hands all of them over.
    pub fn take(mut self) -> Vec<Owned> {
        let words = std::mem::take(&mut self.words);
        drop(self.span.take());
        words
            .into_iter()
            // SAFETY: the batch owned them, and none was given up yet.
            .map(|word| unsafe { Owned::from_raw(word) })
            .collect()
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        let start = self.words.as_mut_ptr();
        for at in 0..self.words.len() {
            // SAFETY: in bounds; owned until it is replaced by null, once.
            unsafe {
                let word = start.add(at).replace(null_mut());
                drop(Owned::from_raw(word));
            }
        }
    }
}
