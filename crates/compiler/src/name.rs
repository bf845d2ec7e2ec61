//! Identifiers, numbered: all names of a module come from one table, where equal ones are one allocation with one number. Passes keep what
//! they know of names in lists indexed by the number, and never look at the text to find a name.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use crate::arena::Arena;

/// An identifier of a module, NFKC-normalised. Names of different modules must not meet.
#[derive(Clone, Copy)]
pub struct Name<'a>(&'a Identifier<'a>);

#[derive(Clone, Copy)]
struct Identifier<'a> {
    number: u32,
    hash: u32,
    is_private: bool,
    text: &'a str,
}

impl Name<'_> {
    /// Its index in the module's table.
    #[inline]
    pub fn number(&self) -> usize {
        self.0.number as usize
    }

    /// Whether a class changes it: it starts with two underscores, does not end in two and holds no dot (Python reference, 6.2.2).
    #[inline]
    pub fn is_private(&self) -> bool {
        self.0.is_private
    }
}

impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.0.number);
    }
}

impl PartialEq for Name<'_> {
    #[inline]
    fn eq(&self, other: &Name) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Name<'_> {}

impl PartialOrd for Name<'_> {
    fn partial_cmp(&self, other: &Name) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name<'_> {
    fn cmp(&self, other: &Name) -> std::cmp::Ordering {
        self.0.text.cmp(other.0.text)
    }
}

impl Deref for Name<'_> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.0.text
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.text, f)
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0.text, f)
    }
}

/// A module's names. The source's identifiers come first; what passes add for themselves follows.
#[derive(Debug)]
pub struct Names<'a> {
    arena: &'a Arena,
    names: Vec<Name<'a>>,
    /// Open addressing: hash and number plus one; zero where there is none. The length is a power of two.
    table: Vec<(u32, u32)>,
    /// How many of `names` are the source's.
    identifiers: usize,
}

impl<'a> Names<'a> {
    /// No names; their texts will be in the arena.
    pub fn new(arena: &'a Arena) -> Names<'a> {
        Names {
            arena,
            names: Vec::new(),
            table: Vec::new(),
            identifiers: 0,
        }
    }

    /// The identifier `text` of the source, which is NFKC-normalised already.
    pub fn get(&mut self, text: &str) -> Name<'a> {
        self.get_hashed(text, hash_of(text))
    }

    /// The same for a text whose hash (`WordHash::finish`) is known.
    #[inline]
    pub fn get_hashed(&mut self, text: &str, hash: u32) -> Name<'a> {
        let name = self.hashed(text, hash);
        self.identifiers = self.names.len();
        name
    }

    /// The same for a module's name, whose parts are identifiers of their own.
    pub fn get_dotted(&mut self, text: &str) -> Name<'a> {
        if text.contains('.') {
            for part in text.split('.') {
                self.get(part);
            }
        }
        self.get(text)
    }

    /// The name `text`, which a pass brings in. To be asked for only when all identifiers of the source are known.
    pub fn added(&mut self, text: &str) -> Name<'a> {
        self.hashed(text, hash_of(text))
    }

    #[inline]
    fn hashed(&mut self, text: &str, hash: u32) -> Name<'a> {
        match self.find(text, hash) {
            Ok(number) => self.names[number],
            Err(place) => self.add(text, hash, place),
        }
    }

    /// The number of `text`, or the free place in the table.
    #[inline]
    fn find(&self, text: &str, hash: u32) -> Result<usize, usize> {
        let Some(mask) = self.table.len().checked_sub(1) else {
            return Err(0);
        };
        let mut place = hash as usize & mask;
        loop {
            let (known, number) = self.table[place];
            if number == 0 {
                return Err(place);
            }
            if known == hash && self.names[number as usize - 1].0.text == text {
                return Ok(number as usize - 1);
            }
            place = (place + 1) & mask;
        }
    }

    fn add(&mut self, text: &str, hash: u32, place: usize) -> Name<'a> {
        let number = self.names.len() as u32;
        let name = Name(self.arena.node(Identifier {
            number,
            hash,
            is_private: text.starts_with("__") && !text.ends_with("__") && !text.contains('.'),
            text: self.arena.text(text),
        }));
        self.names.push(name);
        if self.names.len() * 2 > self.table.len() {
            self.grow();
        } else {
            self.table[place] = (hash, number + 1);
        }
        name
    }

    /// Makes the table at least four times as long as there are names.
    fn grow(&mut self) {
        const SHORTEST: usize = 256;
        let length = (self.names.len() * 4).next_power_of_two().max(SHORTEST);
        self.table.clear();
        self.table.resize(length, (0, 0));
        for name in &self.names {
            let mut place = name.0.hash as usize & (length - 1);
            while self.table[place].1 != 0 {
                place = (place + 1) & (length - 1);
            }
            self.table[place] = (name.0.hash, name.0.number + 1);
        }
    }

    /// Whether the source has an identifier of this text.
    pub fn contains(&self, text: &str) -> bool {
        self.find(text, hash_of(text))
            .is_ok_and(|number| number < self.identifiers)
    }

    /// How many identifiers the source has.
    pub fn len(&self) -> usize {
        self.identifiers
    }

    pub fn is_empty(&self) -> bool {
        self.identifiers == 0
    }

    /// The source's identifiers, in the order in which they were met.
    pub fn iter(&self) -> impl Iterator<Item = &Name<'a>> {
        self.names[..self.identifiers].iter()
    }
}

fn hash_of(text: &str) -> u32 {
    WordHash::of(text.as_bytes()).finish()
}

/// The hash of a word, taken a byte at a time while the word is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WordHash(u64);

impl WordHash {
    /// Of no letters yet.
    pub const START: WordHash = WordHash(0);

    #[inline]
    pub const fn add(self, byte: u8) -> WordHash {
        WordHash(self.0.rotate_left(7) ^ byte as u64)
    }

    pub const fn of(text: &[u8]) -> WordHash {
        let mut hash = WordHash::START;
        let mut at = 0;
        while at < text.len() {
            hash = hash.add(text[at]);
            at += 1;
        }
        hash
    }

    /// Different for any two ASCII words of up to nine letters.
    #[inline]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// All of it mixed into half the bits.
    #[inline]
    pub const fn finish(self) -> u32 {
        (self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
    }
}
