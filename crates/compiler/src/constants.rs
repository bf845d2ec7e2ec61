//! One module's constants: whatever is equal as a constant is one object (CPython's `_PyCode_ConstantKey` and `const_cache`), and
//! the table of interned strings. Identity is identity of the `Rc`.
//!
//! ```text
//! in    1, 1.0, True, "name", ("name", 1)
//! out   five constants: equal numbers of different types stay apart, and both "name" are one interned string
//! ```

mod key;

use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash, Hasher};
use std::rc::Rc;
use std::sync::LazyLock;

use indexmap::map::RawEntryApiV1;
use indexmap::map::raw_entry_v1::RawEntryMut;
use indexmap::set::MutableValues;
use indexmap::{IndexMap, IndexSet};
use rustc_hash::{FxBuildHasher, FxHashSet};
use terrarium_bytecode::{Constant, Str};

use crate::name::{Name, Names};

use key::Key;

pub use key::is_equal;

/// The number of a merged constant in its module.
pub type ConstantId = u32;

/// What CPython 3.14 has interned when it starts, one a line: a literal with such a text is never the interned string itself. Made by
/// asking CPython of each name and string in its library whether `sys.intern` gives another object.
static INTERNED_AT_START: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| include_str!("interned.txt").lines().collect());

/// Those of them that are mortal there: names that C code interned without a code object naming them.
static MORTAL_AT_START: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| include_str!("interned_mortal.txt").lines().collect());

/// Whether CPython has this text interned for ever when it starts.
pub fn is_immortal_at_start(text: &str) -> bool {
    INTERNED_AT_START.contains(text) && !MORTAL_AT_START.contains(text)
}

/// What a module's code objects share.
#[derive(Debug, Default)]
pub struct Constants {
    /// A constant's number is its place.
    cache: IndexSet<Key, FxBuildHasher>,
    /// Bytes constants, code, line and exception tables.
    bytes: FxHashSet<Rc<[u8]>>,
    interned: IndexMap<Interned, (), FxBuildHasher>,
    /// The interned strings of names, by the names' numbers.
    interned_names: Vec<Option<Rc<Str>>>,
    /// Identifiers of the source: parsing interned them.
    identifiers: Names,
    /// Texts of string literals in whose place a code object gets another, interned string that was there before.
    displaced: FxHashSet<Box<[u8]>>,
    /// String literals, by address, that became the interned string of their text.
    became: FxHashSet<*const Str>,
}

/// An interned string, found by its text.
#[derive(Debug, PartialEq, Eq)]
struct Interned(Rc<Str>);

impl Hash for Interned {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
    }
}

impl Borrow<[u8]> for Interned {
    fn borrow(&self) -> &[u8] {
        &self.0.text
    }
}

impl Constants {
    /// Of a module with these identifiers.
    pub fn new(identifiers: Names) -> Constants {
        // Growing would hash everything anew each time.
        let names = identifiers.len();
        let mut constants = Constants {
            identifiers,
            ..Constants::default()
        };
        constants.cache.reserve(names * 2);
        constants.interned.reserve(names * 2);
        constants.interned_names.resize(names, None);
        constants
    }

    /// The module's names.
    pub fn names(&mut self) -> &mut Names {
        &mut self.identifiers
    }

    /// Whether a string with this text is interned already.
    pub fn is_interned(&self, text: &str) -> bool {
        self.interned.contains_key(text.as_bytes())
            || self.identifiers.contains(text)
            || INTERNED_AT_START.contains(text)
    }

    /// The one interned string with this text.
    pub fn intern(&mut self, text: &str) -> Rc<Str> {
        self.intern_bytes(text.as_bytes())
    }

    /// The one interned string with the name's text.
    pub fn intern_name(&mut self, name: &Name) -> Rc<Str> {
        let number = name.number();
        if let Some(Some(found)) = self.interned_names.get(number) {
            return found.clone();
        }
        let string = self.intern_bytes(name.as_bytes());
        if self.interned_names.len() <= number {
            self.interned_names.resize(number + 1, None);
        }
        self.interned_names[number] = Some(string.clone());
        string
    }

    fn intern_bytes(&mut self, text: &[u8]) -> Rc<Str> {
        let hash = FxBuildHasher.hash_one(text);
        let places = self.interned.raw_entry_mut_v1();
        match places.from_key_hashed_nocheck(hash, text) {
            RawEntryMut::Occupied(found) => found.key().0.clone(),
            RawEntryMut::Vacant(place) => {
                let string = Rc::new(Str {
                    text: text.into(),
                    interned: true,
                });
                place.insert_hashed_nocheck(hash, Interned(string.clone()), ());
                string
            }
        }
    }

    /// The constant equal to `constant` that was seen first, elements of tuples and frozensets merged too.
    pub fn merge(&mut self, constant: Constant) -> Constant {
        self.merge_numbered(constant).1
    }

    /// As `merge`, with the number.
    pub fn merge_numbered(&mut self, constant: Constant) -> (ConstantId, Constant) {
        let (id, found) = match self.merged_before(constant) {
            Ok(found) => return found,
            Err(new) => new,
        };
        let merged = match found {
            Constant::Tuple(items) => Constant::Tuple(self.merge_items(&items)),
            Constant::FrozenSet(items) => Constant::FrozenSet(self.merge_items(&items)),
            other => self.first_of_its_key(other),
        };
        self.replace(id, &merged);
        (id, merged)
    }

    /// The constant equal to `constant` that was merged before, or else `constant` with its new number; `replace` puts there what it
    /// merges to.
    #[inline]
    fn merged_before(
        &mut self,
        constant: Constant,
    ) -> Result<(ConstantId, Constant), (ConstantId, Constant)> {
        let (id, is_new) = self.cache.insert_full(Key(constant));
        let found = (id as ConstantId, self.cache[id].0.clone());
        if is_new { Err(found) } else { Ok(found) }
    }

    /// Puts an equal constant in the place of the one of this number.
    fn replace(&mut self, id: ConstantId, merged: &Constant) {
        if let Some(Key(constant)) = self.cache.get_index_mut2(id as usize)
            && !is_same(constant, merged)
        {
            *constant = merged.clone();
        }
    }

    fn merge_items(&mut self, items: &[Constant]) -> Rc<[Constant]> {
        items.iter().map(|item| self.merge(item.clone())).collect()
    }

    /// As `merge`, but elements keep their identity (`_PyCompile_ConstCacheMergeOne`).
    pub fn merge_one(&mut self, constant: Constant) -> Constant {
        match self.merged_before(constant) {
            Ok((_, found)) => found,
            Err((id, new)) => {
                let merged = self.first_of_its_key(new);
                self.replace(id, &merged);
                merged
            }
        }
    }

    /// A line table or exception table; shared with equal bytes constants.
    pub fn merge_bytes(&mut self, bytes: &[u8]) -> Rc<[u8]> {
        if let Some(found) = self.bytes.get(bytes) {
            return found.clone();
        }
        let shared: Rc<[u8]> = bytes.into();
        self.bytes.insert(shared.clone());
        shared
    }

    /// A tuple of names (`co_names`, `co_localsplusnames`), each interned.
    pub fn merge_names(&mut self, names: &[Name]) -> Rc<[Constant]> {
        let names = names.iter();
        let items = names.map(|name| Constant::Str(self.intern_name(name)));
        let items = items.collect();
        self.merge_tuple(items)
    }

    /// `co_consts`. Frozensets in it that hold interned strings become new objects, as creating a code object does to them.
    pub fn merge_consts(&mut self, mut consts: Vec<Constant>) -> Rc<[Constant]> {
        for constant in &mut consts {
            self.renew(constant);
        }
        self.merge_tuple(consts.into())
    }

    /// The tuple equal to `items` that was merged first; the elements keep their identity.
    fn merge_tuple(&mut self, items: Rc<[Constant]>) -> Rc<[Constant]> {
        let (id, is_new) = self.cache.insert_full(Key(Constant::Tuple(items.clone())));
        match self.cache.get_index(id) {
            Some(Key(Constant::Tuple(found))) if !is_new => found.clone(),
            _ => items,
        }
    }

    /// The object for a constant that no equal one was merged before; bytes may have served as a table.
    fn first_of_its_key(&mut self, constant: Constant) -> Constant {
        match constant {
            Constant::Bytes(bytes) => match self.bytes.get(&bytes) {
                Some(found) => Constant::Bytes(found.clone()),
                None => {
                    self.bytes.insert(bytes.clone());
                    Constant::Bytes(bytes)
                }
            },
            other => self.intern_if_name(other),
        }
    }

    /// Strings that look like names are interned when a code object is made.
    fn intern_if_name(&mut self, constant: Constant) -> Constant {
        match constant {
            Constant::Str(string) if string.interned => {
                Constant::Str(self.intern_bytes(&string.text))
            }
            Constant::Str(string) if is_name_like(&string.text) => {
                let text = std::str::from_utf8(&string.text).unwrap_or_default();
                if self.is_interned(text) {
                    self.displaced.insert(string.text.clone());
                } else {
                    self.became.insert(Rc::as_ptr(&string));
                }
                Constant::Str(self.intern_bytes(&string.text))
            }
            other => other,
        }
    }

    /// Replaces each literal that became an interned constant by that constant; of equal literals only the first became it.
    pub fn resolve_literals(&self, literals: &mut [Constant]) {
        for literal in literals {
            if let Constant::Str(string) = literal
                && let Some((Interned(constant), ())) = self.interned.get_key_value(&*string.text)
                && self.became.contains(&Rc::as_ptr(string))
            {
                *literal = Constant::Str(constant.clone());
            }
        }
    }

    /// Makes the constant what a code object holds: frozensets anew if interning changes one of their strings.
    fn renew(&self, constant: &mut Constant) {
        let is_displaced = |item: &Constant| matches!(item, Constant::Str(string) if self.displaced.contains(&string.text));
        if let Constant::FrozenSet(items) = constant
            && items.iter().any(is_displaced)
        {
            *items = items.iter().cloned().collect();
        }
    }
}

/// A string constant. The empty string and single characters below U+0100 exist once and are interned.
pub fn string(text: impl Into<Box<[u8]>>) -> Constant {
    let text = text.into();
    let interned = text.len() <= 1 || matches!(*text, [0xc2 | 0xc3, _]);
    Constant::Str(Rc::new(Str { text, interned }))
}

/// Whether both are one object.
pub fn is_same(left: &Constant, right: &Constant) -> bool {
    use Constant::*;
    match (left, right) {
        (None, None)
        | (True, True)
        | (False, False)
        | (Ellipsis, Ellipsis)
        | (StopIteration, StopIteration) => true,
        (Int(a), Int(b)) => Rc::ptr_eq(a, b),
        (Float(a), Float(b)) => Rc::ptr_eq(a, b),
        (Complex(a), Complex(b)) => Rc::ptr_eq(a, b),
        (Bytes(a), Bytes(b)) => Rc::ptr_eq(a, b),
        (Str(a), Str(b)) => Rc::ptr_eq(a, b),
        (Tuple(a), Tuple(b)) | (FrozenSet(a), FrozenSet(b)) => Rc::ptr_eq(a, b),
        (Slice(a), Slice(b)) => Rc::ptr_eq(a, b),
        (Code(a), Code(b)) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

/// Only letters, digits and underscores of ASCII.
fn is_name_like(text: &[u8]) -> bool {
    text.iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}
