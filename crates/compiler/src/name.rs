//! Identifiers, and the table in which equal ones of a module share one allocation.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

use indexmap::{Equivalent, IndexSet};
use rustc_hash::{FxBuildHasher, FxHasher};

/// An identifier, NFKC-normalised. It carries its hash, since every pass looks names up; equal names are mostly one allocation (made by
/// `Names`), so that comparing them seldom reads the text.
#[derive(Clone)]
pub struct Name {
    text: Rc<str>,
    hash: u32,
}

/// A text that may be in a table of names.
struct Wanted<'t> {
    text: &'t str,
    hash: u32,
}

fn hash_of(text: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish() as u32
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.hash);
    }
}

impl Hash for Wanted<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.hash);
    }
}

impl Equivalent<Name> for Wanted<'_> {
    fn equivalent(&self, name: &Name) -> bool {
        self.hash == name.hash && *self.text == *name.text
    }
}

impl PartialEq for Name {
    #[inline]
    fn eq(&self, other: &Name) -> bool {
        Rc::ptr_eq(&self.text, &other.text) || self.hash == other.hash && self.text == other.text
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Name) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Name) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl Deref for Name {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        &self.text
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name {
            text: text.into(),
            hash: hash_of(text),
        }
    }
}

impl From<String> for Name {
    fn from(text: String) -> Name {
        Name::from(text.as_str())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text, f)
    }
}

/// A table of names.
#[derive(Debug, Default)]
pub struct Names {
    table: IndexSet<Name, FxBuildHasher>,
}

impl Names {
    /// The shared copy of `text`, which is NFKC-normalised already.
    pub fn get(&mut self, text: &str) -> Name {
        let hash = hash_of(text);
        if let Some(name) = self.table.get(&Wanted { text, hash }) {
            return name.clone();
        }
        let name = Name {
            text: text.into(),
            hash,
        };
        self.table.insert(name.clone());
        name
    }

    /// Whether the table has a name of this text.
    pub fn contains(&self, text: &str) -> bool {
        let hash = hash_of(text);
        self.table.contains(&Wanted { text, hash })
    }

    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// All of them, in the order in which they were met.
    pub fn iter(&self) -> impl Iterator<Item = &Name> {
        self.table.iter()
    }
}
