//! One module's constants: whatever is equal as a constant is one object (CPython's `_PyCode_ConstantKey` and `const_cache`), and
//! the table of interned strings. Identity is identity of the `Rc`.
//!
//! ```text
//! in    1, 1.0, True, "name", ("name", 1)
//! out   five constants: equal numbers of different types stay apart, and both "name" are one interned string
//! ```

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use terrarium_bytecode::{Code, Constant, Int, Str};

use crate::name::{Name, Names};

/// A canonical encoding: two constants are merged exactly if their keys are equal. Types and signs of zero tell them apart.
pub type Key = Box<[u8]>;

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
    cache: FxHashMap<Key, (ConstantId, Constant)>,
    /// Bytes constants, code, line and exception tables.
    bytes: FxHashSet<Rc<[u8]>>,
    interned: FxHashSet<Interned>,
    /// The interned strings of names, found without a look at their text.
    interned_names: FxHashMap<Name, Rc<Str>>,
    /// Identifiers of the source: parsing interned them.
    identifiers: Names,
    /// Texts of string literals in whose place a code object gets another, interned string that was there before.
    displaced: FxHashSet<Box<[u8]>>,
    /// String literals, by address, that became the interned string of their text.
    became: FxHashSet<*const Str>,
    /// The key that is looked up.
    scratch: Vec<u8>,
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
        constants.interned_names.reserve(names);
        constants
    }

    /// The module's names.
    pub fn names(&mut self) -> &mut Names {
        &mut self.identifiers
    }

    /// Whether a string with this text is interned already.
    pub fn is_interned(&self, text: &str) -> bool {
        self.interned.contains(text.as_bytes())
            || self.identifiers.contains(text)
            || INTERNED_AT_START.contains(text)
    }

    /// The one interned string with this text.
    pub fn intern(&mut self, text: &str) -> Rc<Str> {
        self.intern_bytes(text.as_bytes())
    }

    /// The one interned string with the name's text.
    pub fn intern_name(&mut self, name: &Name) -> Rc<Str> {
        if let Some(found) = self.interned_names.get(name) {
            return found.clone();
        }
        let string = self.intern_bytes(name.as_bytes());
        self.interned_names.insert(name.clone(), string.clone());
        string
    }

    fn intern_bytes(&mut self, text: &[u8]) -> Rc<Str> {
        if let Some(found) = self.interned.get(text) {
            return found.0.clone();
        }
        let string = Rc::new(Str {
            text: text.into(),
            interned: true,
        });
        self.interned.insert(Interned(string.clone()));
        string
    }

    /// The constant equal to `constant` that was seen first, elements of tuples and frozensets merged too.
    pub fn merge(&mut self, constant: Constant) -> Constant {
        self.merge_numbered(constant).1
    }

    /// As `merge`, with the number.
    pub fn merge_numbered(&mut self, constant: Constant) -> (ConstantId, Constant) {
        if let Some(found) = self.find(&constant) {
            return found.clone();
        }
        let key: Key = self.scratch.as_slice().into();
        let merged = match constant {
            Constant::Tuple(items) => Constant::Tuple(self.merge_items(&items)),
            Constant::FrozenSet(items) => Constant::FrozenSet(self.merge_items(&items)),
            other => self.first_of_its_key(other),
        };
        (self.insert(key, merged.clone()), merged)
    }

    fn insert(&mut self, key: Key, constant: Constant) -> ConstantId {
        let id = self.cache.len() as ConstantId;
        self.cache.insert(key, (id, constant));
        id
    }

    fn merge_items(&mut self, items: &[Constant]) -> Rc<[Constant]> {
        items.iter().map(|item| self.merge(item.clone())).collect()
    }

    /// As `merge`, but elements keep their identity (`_PyCompile_ConstCacheMergeOne`).
    pub fn merge_one(&mut self, constant: Constant) -> Constant {
        if let Some((_, found)) = self.find(&constant) {
            return found.clone();
        }
        let key: Key = self.scratch.as_slice().into();
        let merged = self.first_of_its_key(constant);
        self.insert(key, merged.clone());
        merged
    }

    /// What was merged before under the constant's key, which stays in `scratch`.
    fn find(&mut self, constant: &Constant) -> Option<&(ConstantId, Constant)> {
        self.scratch.clear();
        encode(constant, &mut self.scratch);
        self.cache.get(self.scratch.as_slice())
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
        let names: Vec<Constant> = names
            .iter()
            .map(|name| Constant::Str(self.intern_name(name)))
            .collect();
        if let Some(found) = self.find_tuple(&names) {
            return found;
        }
        self.insert_tuple(names.into())
    }

    /// `co_consts`. Frozensets in it that hold interned strings become new objects, as creating a code object does to them.
    pub fn merge_consts(&mut self, consts: Vec<Constant>) -> Rc<[Constant]> {
        if let Some(found) = self.find_tuple(&consts) {
            return found;
        }
        self.insert_tuple(consts.iter().map(|value| self.renewed(value)).collect())
    }

    /// The tuple of these items that was merged before; its key stays in `scratch`.
    fn find_tuple(&mut self, items: &[Constant]) -> Option<Rc<[Constant]>> {
        self.scratch.clear();
        encode_items(TUPLE, items, &mut self.scratch);
        match self.cache.get(self.scratch.as_slice()) {
            Some((_, Constant::Tuple(found))) => Some(found.clone()),
            _ => None,
        }
    }

    fn insert_tuple(&mut self, items: Rc<[Constant]>) -> Rc<[Constant]> {
        let key = self.scratch.as_slice().into();
        self.insert(key, Constant::Tuple(items.clone()));
        items
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
                && let Some(Interned(constant)) = self.interned.get(&*string.text)
                && self.became.contains(&Rc::as_ptr(string))
            {
                *literal = Constant::Str(constant.clone());
            }
        }
    }

    /// The constant as a code object holds it: frozensets anew if interning changes one of their strings.
    fn renewed(&self, constant: &Constant) -> Constant {
        let is_displaced = |item: &Constant| matches!(item, Constant::Str(string) if self.displaced.contains(&string.text));
        match constant {
            Constant::FrozenSet(items) if items.iter().any(is_displaced) => {
                Constant::FrozenSet(items.iter().cloned().collect())
            }
            other => other.clone(),
        }
    }
}

/// A string constant. The empty string and single characters below U+0100 exist once and are interned.
pub fn string(text: Vec<u8>) -> Constant {
    let interned = text.len() <= 1 || matches!(*text, [0xc2 | 0xc3, _]);
    Constant::Str(Rc::new(Str {
        text: text.into(),
        interned,
    }))
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

/// The canonical encoding of `constant`.
pub fn key(constant: &Constant) -> Key {
    let mut bytes = Vec::with_capacity(24);
    encode(constant, &mut bytes);
    bytes.into()
}

/// Marks the encoding of a tuple.
const TUPLE: u8 = b'(';

fn encode(constant: &Constant, out: &mut Vec<u8>) {
    match constant {
        Constant::None => out.push(b'N'),
        Constant::True => out.push(b'T'),
        Constant::False => out.push(b'F'),
        Constant::Ellipsis => out.push(b'.'),
        Constant::StopIteration => out.push(b'S'),
        Constant::Int(value) => encode_int(value, out),
        Constant::Float(value) => {
            out.push(b'g');
            encode_float(**value, Rc::as_ptr(value) as usize, out);
        }
        Constant::Complex(value) => {
            out.push(b'y');
            encode_float(value.0, Rc::as_ptr(value) as usize, out);
            encode_float(value.1, Rc::as_ptr(value) as usize, out);
        }
        Constant::Bytes(bytes) => encode_bytes(b's', bytes, out),
        Constant::Str(string) => encode_bytes(b'u', &string.text, out),
        Constant::Tuple(items) => encode_items(TUPLE, items, out),
        Constant::List(items) => encode_items(b'[', items, out),
        Constant::FrozenSet(items) => encode_set(b'>', items, out),
        Constant::Set(items) => encode_set(b'<', items, out),
        Constant::Slice(parts) => encode_items(b':', &parts[..], out),
        Constant::Code(code) => encode_code(code, out),
        Constant::Dict(items) => {
            out.push(b'{');
            encode_length(items.len(), out);
            for (key, value) in items.iter() {
                encode(key, out);
                encode(value, out);
            }
        }
    }
}

fn encode_length(length: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(length as u64).to_le_bytes());
}

fn encode_bytes(kind: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(kind);
    encode_length(bytes.len(), out);
    out.extend_from_slice(bytes);
}

fn encode_int(value: &Int, out: &mut Vec<u8>) {
    match value {
        Int::Small(small) => {
            out.push(b'i');
            out.extend_from_slice(&small.to_le_bytes());
        }
        Int::Big(big) => encode_bytes(b'l', &big.to_signed_bytes_le(), out),
    }
}

/// A NaN equals only itself, so that its address stands for it.
fn encode_float(value: f64, address: usize, out: &mut Vec<u8>) {
    if value.is_nan() {
        out.push(b'!');
        encode_length(address, out);
    } else {
        out.push(b'=');
        out.extend_from_slice(&value.to_bits().to_le_bytes());
    }
}

fn encode_items(kind: u8, items: &[Constant], out: &mut Vec<u8>) {
    out.push(kind);
    encode_length(items.len(), out);
    for item in items {
        encode(item, out);
    }
}

fn encode_set(kind: u8, items: &[Constant], out: &mut Vec<u8>) {
    let mut keys: Vec<Key> = items.iter().map(key).collect();
    keys.sort();
    out.push(kind);
    encode_length(keys.len(), out);
    for key in keys {
        out.extend_from_slice(&key);
    }
}

/// What CPython's `code_richcompare` looks at; neither the qualified name nor the stack size. Parts that were merged stand for
/// themselves by address.
fn encode_code(code: &Code, out: &mut Vec<u8>) {
    out.push(b'c');
    for number in [
        code.argcount,
        code.posonlyargcount,
        code.kwonlyargcount,
        code.flags,
        code.firstlineno as u32,
    ] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    encode_bytes(b'u', &code.name.text, out);
    // Bytecode is never shared, nor are these names of annotation scopes.
    encode_bytes(b's', &code.code, out);
    encode_items(TUPLE, &code.localsplusnames, out);
    for part in [&code.consts, &code.names] {
        encode_length(Rc::as_ptr(part).cast::<u8>() as usize, out);
    }
    for part in [&code.linetable, &code.exceptiontable] {
        encode_length(Rc::as_ptr(part).cast::<u8>() as usize, out);
    }
}
