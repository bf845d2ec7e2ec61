//! One module's constants: whatever is equal as a constant is one object (CPython's `_PyCode_ConstantKey` and `const_cache`), and
//! the table of interned strings. Identity is identity of the `Rc`.
//!
//! ```text
//! in    1, 1.0, True, "name", ("name", 1)
//! out   five constants: equal numbers of different types stay apart, and both "name" are one interned string
//! ```

mod key;
mod table;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use terrarium_bytecode::{Code, Constant, Int, Str};

use crate::name::{Name, Names, WordKey};
use crate::parser::bytes::word_length;

pub use key::is_equal;
use table::{Gap, Table};

/// The number of a merged constant in its module.
pub type ConstantId = u32;

/// The number of `Constant::None`.
pub const NONE: ConstantId = 0;

/// Those that are numbered from the start, each with its place as number.
const SINGLETONS: [Constant; 5] = [
    Constant::None,
    Constant::True,
    Constant::False,
    Constant::Ellipsis,
    Constant::StopIteration,
];

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
#[derive(Debug)]
pub struct Constants<'a> {
    /// By number; constants, and the code, line and exception tables as bytes.
    merged: Vec<Constant>,
    /// Their hashes.
    hashes: Vec<u32>,
    /// Finds the numbers of all but the singletons.
    numbers: Table,
    /// By the names' numbers.
    of_names: Vec<OfName>,
    /// Most exception tables.
    no_bytes: Rc<[u8]>,
    /// Every interned string is one of these names. Parsing interned the source's identifiers.
    names: Names<'a>,
    /// Texts of string literals in whose place a code object gets another, interned string that was there before.
    displaced: FxHashSet<Rc<[u8]>>,
    /// String literals, by address, that became the interned string of their text.
    became: FxHashSet<*const [u8]>,
}

/// What is known of a name as a string.
#[derive(Debug, Clone, Default)]
struct OfName {
    /// The interned string's text, once it was asked for.
    text: Option<Rc<[u8]>>,
    /// The number, plus one, of the constant that is equal to it; zero as long as none was asked for.
    constant: ConstantId,
}

impl OfName {
    /// Of a name that is interned.
    fn interned(name: &Name) -> OfName {
        OfName {
            text: Some(name.as_bytes().into()),
            constant: 0,
        }
    }
}

/// What a module left of its lists and tables, empty but for the table's slots.
#[derive(Default)]
struct Memory {
    merged: Vec<Constant>,
    hashes: Vec<u32>,
    numbers: Table,
    of_names: Vec<OfName>,
}

/// The memory of a module with more constants is not kept.
const MOST_KEPT: usize = 1 << 15;

thread_local! {
    static SPARE: Cell<Memory> = Cell::default();
}

impl Drop for Constants<'_> {
    fn drop(&mut self) {
        if self.merged.len() > MOST_KEPT {
            return;
        }
        self.merged.clear();
        self.hashes.clear();
        self.of_names.clear();
        SPARE.set(Memory {
            merged: std::mem::take(&mut self.merged),
            hashes: std::mem::take(&mut self.hashes),
            numbers: std::mem::take(&mut self.numbers),
            of_names: std::mem::take(&mut self.of_names),
        });
    }
}

impl<'a> Constants<'a> {
    /// Of a module with these names.
    pub fn new(names: Names<'a>) -> Constants<'a> {
        let count = names.len();
        let mut memory = SPARE.take();
        memory.merged.extend(SINGLETONS);
        memory.hashes.extend(SINGLETONS.iter().map(key::hash));
        memory.merged.reserve(count * 3);
        memory.numbers.renew(count * 3);
        memory.of_names.extend(names.iter().map(OfName::interned));
        let mut constants = Constants {
            merged: memory.merged,
            hashes: memory.hashes,
            numbers: memory.numbers,
            of_names: memory.of_names,
            no_bytes: Rc::default(),
            names,
            displaced: FxHashSet::default(),
            became: FxHashSet::default(),
        };
        constants.no_bytes = constants.merge_some_bytes(&[]);
        constants
    }

    /// The module's names.
    pub fn names(&mut self) -> &mut Names<'a> {
        &mut self.names
    }

    /// Whether a string with this text is interned already.
    pub fn is_interned(&self, text: &str) -> bool {
        let name = self.names.known(text);
        let known = name.and_then(|name| self.of_names.get(name.number()));
        known.is_some_and(|known| known.text.is_some()) || INTERNED_AT_START.contains(text)
    }

    /// The one interned string with this text.
    pub fn intern(&mut self, text: &str) -> Str {
        let name = self.names.added(text);
        self.intern_name(&name)
    }

    /// The one interned string with the name's text.
    #[inline]
    pub fn intern_name(&mut self, name: &Name) -> Str {
        let known = self.of_names.get(name.number());
        let text = match known.and_then(|known| known.text.as_ref()) {
            Some(text) => text.clone(),
            None => self.intern_new(name, || name.as_bytes().into()),
        };
        self.interned_string(name, text)
    }

    fn interned_string(&self, name: &Name, text: Rc<[u8]>) -> Str {
        Str {
            text,
            interned: true,
            identifier: self.names.is_identifier(name),
        }
    }

    /// The text of the interned string; what `text` gives, if the name is not interned.
    #[inline(never)]
    fn intern_new(&mut self, name: &Name, text: impl FnOnce() -> Rc<[u8]>) -> Rc<[u8]> {
        let known = self.of_name(name);
        known.text.get_or_insert_with(text).clone()
    }

    fn of_name(&mut self, name: &Name) -> &mut OfName {
        let number = name.number();
        if self.of_names.len() <= number {
            self.of_names.resize(number + 1, OfName::default());
        }
        &mut self.of_names[number]
    }

    /// The constant equal to `constant` that was seen first, elements of tuples and frozensets merged too.
    pub fn merge(&mut self, constant: &Constant) -> Constant {
        let id = self.merge_numbered(constant);
        self.merged(id).clone()
    }

    /// As `merge`, but gives the number.
    #[inline]
    pub fn merge_numbered(&mut self, constant: &Constant) -> ConstantId {
        match constant {
            Constant::Str(string) => self.merge_string(string),
            Constant::Int(value) => self.merge_int(value),
            _ => self.merge_other(constant),
        }
    }

    /// The same of a string. Those that look like names are interned when a code object is made.
    #[inline(never)]
    fn merge_string(&mut self, string: &Str) -> ConstantId {
        let hash = key::hash_bytes(&string.text);
        let gap = match self.find_string(hash, &string.text) {
            Ok(id) => return id,
            Err(gap) => gap,
        };
        let merged = match string.interned || is_name_like(&string.text) {
            true => self.interned_constant(string),
            false => string.clone(),
        };
        self.add(gap, Constant::Str(merged), hash)
    }

    /// The same of an integer.
    #[inline(never)]
    fn merge_int(&mut self, value: &Rc<Int>) -> ConstantId {
        let hash = key::hash_int(value);
        let is_it =
            |id| matches!(&self.merged[id as usize], Constant::Int(known) if **known == **value);
        match self.numbers.find(hash, is_it) {
            Ok(id) => id,
            Err(gap) => self.add(gap, Constant::Int(value.clone()), hash),
        }
    }

    /// The same of anything else.
    #[inline(never)]
    fn merge_other(&mut self, constant: &Constant) -> ConstantId {
        let (id, is_new) = self.number(constant);
        if is_new {
            self.settle(id);
        }
        id
    }

    /// The number of the constant that is the name's text, merged.
    #[inline]
    pub fn merge_name(&mut self, name: &Name) -> ConstantId {
        if let Some(known) = self.of_names.get(name.number())
            && known.constant != 0
        {
            return known.constant - 1;
        }
        let hash = key::hash_key(name.key());
        let id = match self.find_string(hash, name.as_bytes()) {
            Ok(id) => id,
            Err(gap) => {
                let interned = self.intern_name(name);
                self.add(gap, Constant::Str(interned), hash)
            }
        };
        self.of_name(name).constant = id + 1;
        id
    }

    /// The merged constant of this number.
    #[inline]
    pub fn merged(&self, id: ConstantId) -> &Constant {
        &self.merged[id as usize]
    }

    /// The number of the constant equal to `constant`, which is numbered if there is none, and whether that was so.
    fn number(&mut self, constant: &Constant) -> (ConstantId, bool) {
        let singleton = match constant {
            Constant::None => NONE,
            Constant::True => 1,
            Constant::False => 2,
            Constant::Ellipsis => 3,
            Constant::StopIteration => 4,
            _ => return self.number_hashed(constant, key::hash(constant)),
        };
        (singleton, false)
    }

    /// The number of the string of this text and hash.
    #[inline]
    fn find_string(&self, hash: u32, text: &[u8]) -> Result<ConstantId, Gap> {
        let is_it =
            |id| matches!(&self.merged[id as usize], Constant::Str(known) if *known.text == *text);
        self.numbers.find(hash, is_it)
    }

    fn number_hashed(&mut self, constant: &Constant, hash: u32) -> (ConstantId, bool) {
        let is_it = |id| is_equal(&self.merged[id as usize], constant);
        match self.numbers.find(hash, is_it) {
            Ok(id) => (id, false),
            Err(gap) => (self.add(gap, constant.clone(), hash), true),
        }
    }

    /// Numbers a constant that was not found.
    fn add(&mut self, gap: Gap, constant: Constant, hash: u32) -> ConstantId {
        let id = self.merged.len() as ConstantId;
        self.merged.push(constant);
        self.hashes.push(hash);
        self.numbers.insert(gap, hash, id);
        id
    }

    /// Replaces the tuple or frozenset just numbered by what it merges to.
    fn settle(&mut self, id: ConstantId) {
        let merged = match self.merged(id) {
            Constant::Tuple(items) => {
                let items = items.clone();
                Constant::Tuple(self.merge_items(&items))
            }
            Constant::FrozenSet(items) => {
                let items = items.clone();
                Constant::FrozenSet(self.merge_items(&items))
            }
            _ => return,
        };
        self.merged[id as usize] = merged;
    }

    fn merge_items(&mut self, items: &[Constant]) -> Rc<[Constant]> {
        items.iter().map(|item| self.merge(item)).collect()
    }

    /// As `merge_numbered`, but elements keep their identity (`_PyCompile_ConstCacheMergeOne`).
    pub fn merge_one(&mut self, constant: Constant) -> ConstantId {
        match &constant {
            Constant::Str(string) => self.merge_string(string),
            _ => self.number(&constant).0,
        }
    }

    /// The number of a code object, merged with an equal one.
    pub fn merge_code(&mut self, code: Rc<Code>) -> ConstantId {
        let hash = key::hash_code(&code);
        let is_it = |id| matches!(&self.merged[id as usize], Constant::Code(known) if key::is_equal_code(known, &code));
        match self.numbers.find(hash, is_it) {
            Ok(id) => id,
            Err(gap) => self.add(gap, Constant::Code(code), hash),
        }
    }

    /// A line table or exception table; shared with equal bytes constants.
    pub fn merge_bytes(&mut self, bytes: &[u8]) -> Rc<[u8]> {
        if bytes.is_empty() {
            return self.no_bytes.clone();
        }
        self.merge_some_bytes(bytes)
    }

    fn merge_some_bytes(&mut self, bytes: &[u8]) -> Rc<[u8]> {
        let hash = key::hash_bytes(bytes);
        let is_it =
            |id| matches!(&self.merged[id as usize], Constant::Bytes(known) if **known == *bytes);
        match self.numbers.find(hash, is_it) {
            Ok(id) => match self.merged(id) {
                Constant::Bytes(known) => known.clone(),
                _ => Rc::default(),
            },
            Err(gap) => {
                let shared: Rc<[u8]> = bytes.into();
                self.add(gap, Constant::Bytes(shared.clone()), hash);
                shared
            }
        }
    }

    /// A tuple of names (`co_names`, `co_localsplusnames`), each interned; they keep their identity.
    pub fn merge_names(&mut self, names: &[Name]) -> Rc<[Constant]> {
        let (id, _) = self.number_names(names);
        self.items(id)
    }

    /// The elements of the tuple of this number.
    fn items(&self, id: ConstantId) -> Rc<[Constant]> {
        match self.merged(id) {
            Constant::Tuple(items) => items.clone(),
            _ => Rc::default(),
        }
    }

    /// The number of the constant that is a tuple of names, merged as any tuple.
    pub fn merge_tuple_of(&mut self, names: &[Name]) -> ConstantId {
        let (id, is_new) = self.number_names(names);
        if is_new {
            self.settle(id);
        }
        id
    }

    /// As `number` for a tuple of names.
    fn number_names(&mut self, names: &[Name]) -> (ConstantId, bool) {
        let hash = key::hash_tuple(names.iter().map(|name| key::hash_key(name.key())));
        let is_name = |(item, name): (&Constant, &Name)| match item {
            Constant::Str(string) => {
                let known = self.of_names.get(name.number());
                let interned = known.and_then(|known| known.text.as_ref());
                interned.is_some_and(|text| Rc::ptr_eq(&string.text, text))
                    || *string.text == *name.as_bytes()
            }
            _ => false,
        };
        let is_it =
            |items: &[Constant]| items.len() == names.len() && items.iter().zip(names).all(is_name);
        match self.find_tuple(hash, is_it) {
            Ok(id) => (id, false),
            Err(gap) => {
                let item = |name| Constant::Str(self.intern_name(name));
                let items = names.iter().map(item).collect();
                (self.add(gap, Constant::Tuple(items), hash), true)
            }
        }
    }

    /// `co_consts`. Frozensets in it that hold interned strings become new objects, as creating a code object does to them.
    pub fn merge_consts(&mut self, consts: &[ConstantId]) -> Rc<[Constant]> {
        let hash = key::hash_tuple(consts.iter().map(|&id| self.hashes[id as usize]));
        let is_it = |items: &[Constant]| {
            let consts = consts.iter().map(|&id| self.merged(id));
            items.len() == consts.len() && items.iter().zip(consts).all(|(a, b)| is_equal(a, b))
        };
        let gap = match self.find_tuple(hash, is_it) {
            Ok(id) => return self.items(id),
            Err(gap) => gap,
        };
        let item = |&id: &ConstantId| match self.merged(id) {
            Constant::Str(string) => Constant::Str(string.clone()),
            constant => self.renewed(constant),
        };
        let items: Rc<[Constant]> = consts.iter().map(item).collect();
        self.add(gap, Constant::Tuple(items.clone()), hash);
        items
    }

    /// The number of the tuple of this hash whose elements `is_it` says yes to.
    #[inline]
    fn find_tuple(
        &self,
        hash: u32,
        is_it: impl Fn(&[Constant]) -> bool,
    ) -> Result<ConstantId, Gap> {
        let is_it =
            |id| matches!(&self.merged[id as usize], Constant::Tuple(items) if is_it(items));
        self.numbers.find(hash, is_it)
    }

    /// What a string constant becomes that looks like a name or is interned, no equal one having been merged before.
    fn interned_constant(&mut self, string: &Str) -> Str {
        let text = std::str::from_utf8(&string.text).unwrap_or_default();
        if string.interned {
            return self.intern(text);
        }
        if self.is_interned(text) {
            self.displaced.insert(string.text.clone());
            return self.intern(text);
        }
        self.became.insert(Rc::as_ptr(&string.text));
        let name = self.names.added(text);
        let text = self.intern_new(&name, || string.text.clone());
        self.interned_string(&name, text)
    }

    /// Replaces each literal that became an interned constant by that constant; of equal literals only the first became it.
    pub fn resolve_literals(&self, literals: &mut [Constant]) {
        for literal in literals {
            if let Constant::Str(string) = literal
                && self.became.contains(&Rc::as_ptr(&string.text))
            {
                string.interned = true;
            }
        }
    }

    /// What a code object holds of the constant: frozensets anew if interning changes one of their strings.
    fn renewed(&self, constant: &Constant) -> Constant {
        let is_displaced = |item: &Constant| matches!(item, Constant::Str(string) if self.displaced.contains(&string.text));
        match constant {
            Constant::FrozenSet(items)
                if !self.displaced.is_empty() && items.iter().any(is_displaced) =>
            {
                Constant::FrozenSet(items.iter().cloned().collect())
            }
            _ => constant.clone(),
        }
    }
}

/// The value as an argument of LOAD_SMALL_INT.
pub fn small_int(value: &Constant) -> Option<u32> {
    match value {
        Constant::Int(int) => match **int {
            Int::Small(small) if (0..256).contains(&small) => Some(small as u32),
            _ => None,
        },
        _ => None,
    }
}

/// A string constant. The empty string and single characters below U+0100 exist once and are interned.
pub fn string(text: impl Into<Rc<[u8]>>) -> Constant {
    let text = text.into();
    let interned = text.len() <= 1 || matches!(*text, [0xc2 | 0xc3, _]);
    Constant::Str(Str {
        interned,
        ..Str::new(text)
    })
}

/// Only letters, digits and underscores of ASCII.
fn is_name_like(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk() else {
        return word_length(WordKey::few(text)) >= text.len();
    };
    let is_word = |eight: &[u8; 8]| word_length(u64::from_le_bytes(*eight)) == 8;
    is_word(last) && text.as_chunks().0.iter().all(is_word)
}
