//! Identifiers, numbered: all names of a module come from one table, where equal ones are one allocation with one number. Passes keep what
//! they know of names in lists indexed by the number, and never look at the text to find a name.

use std::cell::Cell;
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

    /// What its text is found by.
    #[inline]
    pub fn key(&self) -> WordKey {
        self.0.key
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
    table: Table,
    /// Less than the length of the part of the table that is in use, a power of two.
    mask: usize,
    /// How many of `names` are the source's.
    identifiers: usize,
}

/// Open addressing, by key. One module's memory serves the next one on its thread.
#[derive(Debug, Default)]
struct Table {
    slots: Vec<Slot>,
    /// Slots with other stamps are free.
    stamp: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: WordKey,
    number: u32,
    stamp: u32,
}

/// A slot for a name that there is not yet, until another is added.
#[derive(Debug, Clone, Copy)]
pub struct FreePlace(usize);

/// A table for fewer names is not made.
const SHORTEST: usize = 512;
/// A longer table is not kept.
const LONGEST_KEPT: usize = 1 << 16;

thread_local! {
    static SPARE: Cell<Table> = Cell::default();
}

impl Table {
    /// Frees all slots and makes sure that there are so many.
    fn renew(&mut self, length: usize) {
        if self.stamp == u32::MAX {
            *self = Table::default();
        }
        self.stamp += 1;
        if self.slots.len() < length {
            self.slots.resize(length, Slot::default());
        }
    }
}

impl Drop for Names<'_> {
    fn drop(&mut self) {
        if self.table.slots.len() <= LONGEST_KEPT {
            // On a thread that ends there is nothing to keep it for.
            let _ = SPARE.try_with(|spare| spare.set(std::mem::take(&mut self.table)));
        }
    }
}

impl<'a> Names<'a> {
    /// No names; their texts will be in the arena.
    pub fn new(arena: &'a Arena) -> Names<'a> {
        let mut table = SPARE.take();
        table.renew(SHORTEST);
        Names {
            arena,
            names: Vec::with_capacity(SHORTEST / 2),
            table,
            mask: SHORTEST - 1,
            identifiers: 0,
        }
    }

    /// Where the names stand.
    pub fn arena(&self) -> &'a Arena {
        self.arena
    }

    /// The identifier `text` of the source, which is NFKC-normalised already.
    pub fn get(&mut self, text: &str) -> Name<'a> {
        self.get_keyed(text, WordKey::of(text.as_bytes()))
    }

    /// The same for a text whose key is known.
    pub fn get_keyed(&mut self, text: &str, key: WordKey) -> Name<'a> {
        let name = self.keyed(text, key);
        self.identifiers = self.names.len();
        name
    }

    /// The identifier `text` of the source, for which `find` found this place.
    pub fn get_new(&mut self, text: &str, key: WordKey, place: FreePlace) -> Name<'a> {
        let name = self.add(text, key, place);
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
        self.added_keyed(text, WordKey::of(text.as_bytes()))
    }

    /// The same for a text whose key is known.
    pub fn added_keyed(&mut self, text: &str, key: WordKey) -> Name<'a> {
        self.keyed(text, key)
    }

    fn keyed(&mut self, text: &str, key: WordKey) -> Name<'a> {
        match self.find(key, || text.as_bytes()) {
            Ok(name) => name,
            Err(place) => self.add(text, key, place),
        }
    }

    /// The name of this key and text, or where it would stand. The text is asked for only if the key leaves doubt.
    #[inline]
    pub fn find<'t>(
        &self,
        key: WordKey,
        text: impl Fn() -> &'t [u8],
    ) -> Result<Name<'a>, FreePlace> {
        let mut place = key.place() & self.mask;
        loop {
            let slot = self.table.slots[place];
            if slot.stamp != self.table.stamp {
                return Err(FreePlace(place));
            }
            if slot.key == key {
                let name = self.names[slot.number as usize];
                if key.is_whole() || name.0.text.as_bytes() == text() {
                    return Ok(name);
                }
            }
            place = (place + 1) & self.mask;
        }
    }

    #[inline(never)]
    fn add(&mut self, text: &str, key: WordKey, place: FreePlace) -> Name<'a> {
        let number = self.names.len() as u32;
        let name = Name(self.arena.node(Identifier {
            number,
            key,
            is_private: text.starts_with("__") && !text.ends_with("__") && !text.contains('.'),
            text: self.arena.text(text),
        }));
        self.names.push(name);
        if self.names.len() * 2 > self.mask {
            self.grow();
        } else {
            self.table.slots[place.0] = self.slot(name);
        }
        name
    }

    fn slot(&self, name: Name) -> Slot {
        Slot {
            key: name.0.key,
            number: name.0.number,
            stamp: self.table.stamp,
        }
    }

    /// Makes the table at least four times as long as there are names.
    fn grow(&mut self) {
        let length = (self.names.len() * 4).next_power_of_two();
        self.table.renew(length);
        self.mask = length - 1;
        for &name in &self.names {
            let mut place = name.0.key.place() & self.mask;
            while self.table.slots[place].stamp == self.table.stamp {
                place = (place + 1) & self.mask;
            }
            self.table.slots[place] = self.slot(name);
        }
    }

    /// Whether the source has an identifier of this text.
    pub fn contains(&self, text: &str) -> bool {
        self.known(text)
            .is_some_and(|name| self.is_identifier(&name))
    }

    /// The name `text`, if there is one.
    pub fn known(&self, text: &str) -> Option<Name<'a>> {
        self.find(WordKey::of(text.as_bytes()), || text.as_bytes())
            .ok()
    }

    /// Whether the source has this name.
    pub fn is_identifier(&self, name: &Name) -> bool {
        name.number() < self.identifiers
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

    #[inline]
    pub const fn of(text: &[u8]) -> WordKey {
        let (Some((first, mut rest)), Some(last)) = (text.split_first_chunk(), text.last_chunk())
        else {
            return WordKey::first(WordKey::few(text), text.len());
        };
        let mut key = WordKey::first(u64::from_le_bytes(*first), 8);
        while let Some((eight, behind)) = rest.split_first_chunk() {
            key = key.with(u64::from_le_bytes(*eight));
            rest = behind;
        }
        match rest.len() {
            0 => key,
            length => key.with(u64::from_le_bytes(*last) >> (64 - 8 * length)),
        }
    }

    /// Less than eight bytes, the first in the lowest: two parts that overlap, which takes no loop.
    #[inline]
    pub(crate) const fn few(bytes: &[u8]) -> u64 {
        if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
            let last = u32::from_le_bytes(*last) as u64;
            return u32::from_le_bytes(*first) as u64 | last << (8 * (bytes.len() - 4));
        }
        match *bytes {
            [] => 0,
            [a] => a as u64,
            [a, b] => u16::from_le_bytes([a, b]) as u64,
            [a, b, c, ..] => u32::from_le_bytes([a, b, c, 0]) as u64,
        }
    }

    /// Of a text's first bytes: whole if they are letters of ASCII.
    #[inline]
    const fn first(bytes: u64, length: usize) -> WordKey {
        const ONES: u64 = u64::from_ne_bytes([1; 8]);
        let unused = 64 - 8 * length as u32;
        let Some(used) = u64::MAX.checked_shr(unused) else {
            return WordKey(0);
        };
        let zeros = bytes.wrapping_sub(ONES) & !bytes & used;
        match (zeros | bytes) & (ONES << 7) {
            0 => WordKey(bytes),
            _ => WordKey(0).with(bytes),
        }
    }

    /// Of the word of eight letters or more that goes on with these bytes.
    #[inline]
    pub const fn with(self, bytes: u64) -> WordKey {
        let mixed = (self.0.rotate_left(29) ^ bytes).wrapping_mul(WordKey::FACTOR);
        WordKey((mixed ^ mixed >> 32) | WordKey::HASHED)
    }

    /// Where to look first in a table.
    #[inline]
    const fn place(self) -> usize {
        // The upper bits of a product depend on all letters only if the lower half of the factor does.
        ((self.0 ^ self.0 >> 32).wrapping_mul(WordKey::FACTOR) >> 32) as usize
    }
}
