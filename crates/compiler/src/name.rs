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
    key: WordKey,
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
    /// Open addressing: key and number plus one; zero where there is none. The length is a power of two.
    table: Vec<(WordKey, u32)>,
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
        self.get_keyed(text, WordKey::of(text.as_bytes()))
    }

    /// The same for a text whose key is known.
    #[inline]
    pub fn get_keyed(&mut self, text: &str, key: WordKey) -> Name<'a> {
        let name = self.keyed(text, key);
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
        self.keyed(text, WordKey::of(text.as_bytes()))
    }

    #[inline]
    fn keyed(&mut self, text: &str, key: WordKey) -> Name<'a> {
        match self.find(text, key) {
            Ok(number) => self.names[number],
            Err(place) => self.add(text, key, place),
        }
    }

    /// The number of `text`, or the free place in the table.
    #[inline]
    fn find(&self, text: &str, key: WordKey) -> Result<usize, usize> {
        let Some(mask) = self.table.len().checked_sub(1) else {
            return Err(0);
        };
        let mut place = key.place() & mask;
        loop {
            let (known, number) = self.table[place];
            if number == 0 {
                return Err(place);
            }
            let number = number as usize - 1;
            if known == key && (key.is_whole() || self.names[number].0.text == text) {
                return Ok(number);
            }
            place = (place + 1) & mask;
        }
    }

    #[inline(never)]
    fn add(&mut self, text: &str, key: WordKey, place: usize) -> Name<'a> {
        let number = self.names.len() as u32;
        let name = Name(self.arena.node(Identifier {
            number,
            key,
            is_private: text.starts_with("__") && !text.ends_with("__") && !text.contains('.'),
            text: self.arena.text(text),
        }));
        self.names.push(name);
        if self.names.len() * 2 > self.table.len() {
            self.grow();
        } else {
            self.table[place] = (key, number + 1);
        }
        name
    }

    /// Makes the table at least four times as long as there are names.
    fn grow(&mut self) {
        const SHORTEST: usize = 512;
        let length = (self.names.len() * 4).next_power_of_two().max(SHORTEST);
        self.table.clear();
        self.table.resize(length, (WordKey(0), 0));
        for name in &self.names {
            let mut place = name.0.key.place() & (length - 1);
            while self.table[place].1 != 0 {
                place = (place + 1) & (length - 1);
            }
            self.table[place] = (name.0.key, name.0.number + 1);
        }
    }

    /// Whether the source has an identifier of this text.
    pub fn contains(&self, text: &str) -> bool {
        self.find(text, WordKey::of(text.as_bytes()))
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

/// What a word is found by: the word itself if it is short, or else a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordKey(u64);

impl WordKey {
    /// Set in hashes.
    const HASHED: u64 = 1 << 63;
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

    /// Of a word of at most eight bytes, all ASCII and none zero, the first in the lowest byte, and zeros behind it.
    #[inline]
    pub const fn whole(bytes: u64) -> WordKey {
        WordKey(bytes)
    }

    /// Whether words with this key are the same.
    #[inline]
    pub const fn is_whole(self) -> bool {
        self.0 & WordKey::HASHED == 0
    }

    /// The word itself, or the hash.
    #[inline]
    pub const fn bits(self) -> u64 {
        self.0
    }

    pub const fn of(text: &[u8]) -> WordKey {
        let mut bytes = 0;
        let mut is_plain = text.len() <= 8;
        let mut at = 0;
        while at < text.len() && is_plain {
            is_plain = 0 < text[at] && text[at] < 0x80;
            bytes |= (text[at] as u64) << (8 * at);
            at += 1;
        }
        if is_plain {
            return WordKey(bytes);
        }
        let mut hash = WordKey::hash_start(text.len());
        let mut rest = text;
        while let Some((bytes, behind)) = rest.split_first_chunk() {
            hash = WordKey::hash_more(hash, u64::from_le_bytes(*bytes));
            rest = behind;
        }
        let mut bytes = 0;
        let mut at = 0;
        while at < rest.len() {
            bytes |= (rest[at] as u64) << (8 * at);
            at += 1;
        }
        WordKey(WordKey::hash_more(hash, bytes) | WordKey::HASHED)
    }

    /// Of a word longer than eight bytes.
    #[inline]
    pub fn long(text: &[u8]) -> WordKey {
        let mut hash = WordKey::hash_start(text.len());
        let mut rest = text;
        while let Some((bytes, behind)) = rest.split_first_chunk() {
            hash = WordKey::hash_more(hash, u64::from_le_bytes(*bytes));
            rest = behind;
        }
        // The last eight bytes hold the rest.
        let last = text.last_chunk().copied().unwrap_or_default();
        let unused = 64 - 8 * rest.len() as u32;
        let bytes = u64::from_le_bytes(last).checked_shr(unused).unwrap_or(0);
        WordKey(WordKey::hash_more(hash, bytes) | WordKey::HASHED)
    }

    const fn hash_start(length: usize) -> u64 {
        length as u64
    }

    const fn hash_more(hash: u64, bytes: u64) -> u64 {
        let mixed = (hash.rotate_left(29) ^ bytes).wrapping_mul(WordKey::FACTOR);
        mixed ^ mixed >> 32
    }

    /// Where to look first in a table.
    #[inline]
    const fn place(self) -> usize {
        (self.0.wrapping_mul(WordKey::FACTOR) >> 32) as usize
    }
}
