//! Writes constants exactly as CPython writes the objects that they stand for, the bits that depend on reference counts included.
//!
//! CPython flags an object when its count is not 1. What a count would be follows from the structure: immortal objects, interned strings, the
//! elements of a set (the list that sorts them holds them too), a code object's `co_code` (the code object keeps it), and whatever several places refer to.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::encoder::{Encoder, Identity};
use super::error::{Error, ErrorKind};
use super::{MAX_DEPTH, VERSION};
use crate::code::Code;
use crate::constant::{Constant, Int, Str};

/// How to write.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Of the format, 0 to 5.
    pub version: u8,
    /// Whether somebody else holds the value itself, as is so when it is a variable's.
    pub held: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            version: VERSION,
            held: true,
        }
    }
}

/// `marshal.dumps(value)` of a value that a variable holds.
pub fn dump(value: &Constant) -> Result<Vec<u8>, Error> {
    dump_with(value, Options::default())
}

pub fn dump_with(value: &Constant, options: Options) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    dump_behind(&mut out, value, options)?;
    Ok(out)
}

/// `dump_with`, written behind what `out` has already. Offsets of errors count from there.
pub fn dump_behind(out: &mut Vec<u8>, value: &Constant, options: Options) -> Result<(), Error> {
    let mut holders = Holders::default();
    holders
        .count(value, 0)
        .map_err(|kind| Error { offset: 0, kind })?;
    let mut encoder = Encoder::behind(std::mem::take(out), options.version);
    // Most strings stand in several places.
    encoder.expect_references(holders.counts.len() + holders.strings / 2);
    let mut orders = FxHashMap::default();
    let mut writer = Writer {
        encoder,
        holders: &holders,
        orders: &mut orders,
        depth: 0,
    };
    let written = writer.value(value, options.held);
    let offset = writer.encoder.len();
    *out = writer.encoder.finish();
    written.map_err(|kind| Error { offset, kind })
}

fn address<T: ?Sized>(part: &Rc<T>) -> Identity {
    // Addresses are even.
    Identity(Rc::as_ptr(part).cast::<u8>() as usize as u64)
}

/// The identity of a value that exists once for all equal ones; addresses are small, and these are odd.
const fn immortal(kind: u64, number: u64) -> Identity {
    Identity((number << 8 | kind << 1) | 1)
}

const EMPTY_TUPLE: Identity = immortal(5, 0);

fn immortal_int(int: &Int) -> Option<Identity> {
    match *int {
        Int::Small(small @ -5..=256) => Some(immortal(1, (small + 5) as u64)),
        _ => None,
    }
}

fn immortal_bytes(bytes: &[u8]) -> Option<Identity> {
    match *bytes {
        [] => Some(immortal(2, 0)),
        [byte] => Some(immortal(3, byte.into())),
        _ => None,
    }
}

/// The empty string and the characters of Latin-1. All of them are interned; a single character that is not is an object of its own, such
/// as `str.replace` can make.
fn immortal_str(string: &Str) -> Option<Identity> {
    if !string.interned {
        return None;
    }
    let number = match *string.text {
        [] => 256,
        [byte] => u64::from(byte),
        [first @ 0xc2..=0xc3, second] => u64::from(first & 3) << 6 | u64::from(second & 0x3f),
        _ => return None,
    };
    Some(immortal(4, number))
}

/// How many places in the graph refer to each object. An `Rc` that is the only one stands in one place and is not listed, nor are
/// strings that are interned: they are flagged wherever they stand.
#[derive(Default)]
struct Holders {
    counts: FxHashMap<Identity, u32>,
    /// Places of interned strings.
    strings: usize,
}

impl Holders {
    /// Counts a reference to `value` and, at the first, those that it holds itself.
    fn count(&mut self, value: &Constant, depth: u32) -> Result<(), ErrorKind> {
        if depth > MAX_DEPTH {
            return Err(ErrorKind::TooDeep);
        }
        match value {
            Constant::Int(int) if Rc::strong_count(int) > 1 && immortal_int(int).is_none() => {
                self.add(int);
            }
            Constant::Float(float) => {
                self.add(float);
            }
            Constant::Complex(complex) => {
                self.add(complex);
            }
            Constant::Bytes(bytes) => self.count_bytes(bytes),
            Constant::Str(string) => self.count_str(string),
            Constant::Tuple(items) => return self.count_tuple(items, depth),
            Constant::FrozenSet(items) | Constant::List(items) | Constant::Set(items) => {
                if self.add(items) {
                    return self.each(items, depth);
                }
            }
            Constant::Slice(parts) => {
                if self.add(parts) {
                    return self.each(&parts[..], depth);
                }
            }
            Constant::Dict(items) => {
                if self.add(items) {
                    return items.iter().try_for_each(|(key, value)| {
                        self.count(key, depth + 1)?;
                        self.count(value, depth + 1)
                    });
                }
            }
            Constant::Code(code) => {
                if self.add(code) {
                    return self.count_code(code, depth + 1);
                }
            }
            Constant::Int(_)
            | Constant::None
            | Constant::True
            | Constant::False
            | Constant::Ellipsis
            | Constant::StopIteration => {}
        }
        Ok(())
    }

    fn each(&mut self, items: &[Constant], depth: u32) -> Result<(), ErrorKind> {
        items
            .iter()
            .try_for_each(|item| self.count(item, depth + 1))
    }

    fn count_tuple(&mut self, items: &Rc<[Constant]>, depth: u32) -> Result<(), ErrorKind> {
        if depth > MAX_DEPTH {
            return Err(ErrorKind::TooDeep);
        }
        if items.is_empty() || !self.add(items) {
            return Ok(());
        }
        self.each(items, depth)
    }

    fn count_bytes(&mut self, bytes: &Rc<[u8]>) {
        if Rc::strong_count(bytes) > 1 && immortal_bytes(bytes).is_none() {
            self.add(bytes);
        }
    }

    fn count_str(&mut self, string: &Str) {
        if string.interned {
            self.strings += 1;
        } else {
            self.add(&string.text);
        }
    }

    /// Whether this is the first reference.
    #[inline]
    fn add<T: ?Sized>(&mut self, part: &Rc<T>) -> bool {
        if Rc::strong_count(part) == 1 {
            return true;
        }
        let count = self.counts.entry(address(part)).or_insert(0);
        *count += 1;
        *count == 1
    }

    fn count_code(&mut self, code: &Code, depth: u32) -> Result<(), ErrorKind> {
        for items in [&code.consts, &code.names, &code.localsplusnames] {
            self.count_tuple(items, depth)?;
        }
        for string in [&code.filename, &code.name, &code.qualname] {
            self.count_str(string);
        }
        for table in [&code.linetable, &code.exceptiontable] {
            self.count_bytes(table);
        }
        Ok(())
    }

    fn is_shared(&self, identity: Identity) -> bool {
        self.counts.get(&identity).is_some_and(|&count| count > 1)
    }
}

struct Writer<'h> {
    encoder: Encoder,
    holders: &'h Holders,
    /// For each set met so far the order in which its elements are written.
    orders: &'h mut FxHashMap<Identity, Rc<[u32]>>,
    depth: u32,
}

impl Writer<'_> {
    /// The flag to write a part with; None if a reference to it was written. `held` says that more refer to it than the graph shows.
    #[inline]
    fn flag<T: ?Sized>(&mut self, part: &Rc<T>, held: bool) -> Option<u8> {
        if Rc::strong_count(part) == 1 {
            // It is met here and nowhere else.
            return Some(self.encoder.lone_flag(held));
        }
        let identity = address(part);
        let shared = held || self.holders.is_shared(identity);
        self.encoder.reference(identity, shared)
    }

    fn value(&mut self, value: &Constant, held: bool) -> Result<(), ErrorKind> {
        if self.depth >= MAX_DEPTH {
            return Err(ErrorKind::TooDeep);
        }
        match value {
            Constant::None => self.encoder.none(),
            Constant::True => self.encoder.bool(true),
            Constant::False => self.encoder.bool(false),
            Constant::Ellipsis => self.encoder.ellipsis(),
            Constant::StopIteration => self.encoder.stop_iteration(),
            Constant::Int(int) => self.int(int, held),
            Constant::Float(float) => {
                if let Some(flag) = self.flag(float, held) {
                    self.encoder.float(flag, **float);
                }
            }
            Constant::Complex(complex) => {
                if let Some(flag) = self.flag(complex, held) {
                    self.encoder.complex(flag, complex.0, complex.1);
                }
            }
            Constant::Bytes(bytes) => self.bytes(bytes, held),
            Constant::Str(string) => self.str(string, held),
            Constant::Tuple(items) => return self.tuple(items, held),
            _ => {
                self.depth += 1;
                self.container(value, held)?;
                self.depth -= 1;
            }
        }
        Ok(())
    }

    fn int(&mut self, int: &Rc<Int>, held: bool) {
        let flag = match immortal_int(int) {
            Some(identity) => self.encoder.reference(identity, true),
            None => self.flag(int, held),
        };
        let Some(flag) = flag else { return };
        match &**int {
            Int::Small(small) => self.encoder.int(flag, *small),
            Int::Big(big) => self.encoder.big_int(flag, big),
        }
    }

    fn bytes(&mut self, bytes: &Rc<[u8]>, held: bool) {
        let flag = match immortal_bytes(bytes) {
            Some(identity) => self.encoder.reference(identity, true),
            None => self.flag(bytes, held),
        };
        if let Some(flag) = flag {
            self.encoder.bytes(flag, bytes);
        }
    }

    fn str(&mut self, string: &Str, held: bool) {
        let flag = match immortal_str(string) {
            Some(identity) => self.encoder.reference(identity, true),
            None if string.interned && Rc::strong_count(&string.text) > 1 => {
                self.encoder.reference(address(&string.text), true)
            }
            None => self.flag(&string.text, held || string.interned),
        };
        if let Some(flag) = flag {
            self.encoder.string(flag, &string.text, string.interned);
        }
    }

    fn tuple(&mut self, items: &Rc<[Constant]>, held: bool) -> Result<(), ErrorKind> {
        if self.depth >= MAX_DEPTH {
            return Err(ErrorKind::TooDeep);
        }
        let flag = if items.is_empty() {
            self.encoder.reference(EMPTY_TUPLE, true)
        } else {
            self.flag(items, held)
        };
        let Some(flag) = flag else { return Ok(()) };
        self.encoder.tuple(flag, items.len());
        self.depth += 1;
        self.items(items)?;
        self.depth -= 1;
        Ok(())
    }

    /// What holds others, but tuples.
    fn container(&mut self, value: &Constant, held: bool) -> Result<(), ErrorKind> {
        match value {
            Constant::List(items) => {
                if let Some(flag) = self.flag(items, held) {
                    self.encoder.list(flag, items.len());
                    self.items(items)?;
                }
            }
            Constant::FrozenSet(items) | Constant::Set(items) => {
                if let Some(flag) = self.flag(items, held) {
                    let order = self.order(items)?;
                    self.encoder
                        .set(flag, items.len(), matches!(value, Constant::FrozenSet(_)));
                    for &index in order.iter() {
                        self.value(&items[index as usize], true)?;
                    }
                }
            }
            Constant::Dict(items) => {
                if let Some(flag) = self.flag(items, held) {
                    self.encoder.dict(flag);
                    for (key, value) in items.iter() {
                        self.value(key, false)?;
                        self.value(value, false)?;
                    }
                    self.encoder.null();
                }
            }
            Constant::Slice(_) if self.encoder.version() < 5 => {
                return Err(ErrorKind::Unmarshallable("slice"));
            }
            Constant::Slice(parts) => {
                if let Some(flag) = self.flag(parts, held) {
                    self.encoder.slice(flag);
                    self.items(&parts[..])?;
                }
            }
            Constant::Code(code) => {
                if let Some(flag) = self.flag(code, held) {
                    self.code(code, flag)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn items(&mut self, items: &[Constant]) -> Result<(), ErrorKind> {
        items.iter().try_for_each(|item| self.value(item, false))
    }

    /// A set's elements in the order of what each alone would be written as, so that hashes do not matter.
    fn order(&mut self, items: &Rc<[Constant]>) -> Result<Rc<[u32]>, ErrorKind> {
        let identity = address(items);
        if let Some(order) = self.orders.get(&identity) {
            return Ok(order.clone());
        }
        let mut keyed = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let mut alone = Writer {
                encoder: Encoder::new(self.encoder.version()),
                holders: self.holders,
                orders: self.orders,
                depth: self.depth,
            };
            alone.value(item, true)?;
            keyed.push((alone.encoder.finish(), index as u32));
        }
        keyed.sort();
        let order: Rc<[u32]> = keyed.into_iter().map(|(_, index)| index).collect();
        self.orders.insert(identity, order.clone());
        Ok(order)
    }

    fn code(&mut self, code: &Code, flag: u8) -> Result<(), ErrorKind> {
        self.encoder.code(flag);
        for number in [
            code.argcount,
            code.posonlyargcount,
            code.kwonlyargcount,
            code.stacksize,
            code.flags,
        ] {
            self.encoder.long(number as i32);
        }
        // The object that stands for `co_code` belongs to this code object alone, which keeps it.
        if let Some(flag) = self.flag(&code.code, true) {
            self.encoder.bytes(flag, &code.code);
        }
        self.tuple(&code.consts, false)?;
        self.tuple(&code.names, false)?;
        self.tuple(&code.localsplusnames, false)?;
        self.kinds(&code.localspluskinds);
        self.str(&code.filename, false);
        self.str(&code.name, false);
        self.str(&code.qualname, false);
        self.encoder.long(code.firstlineno);
        self.bytes(&code.linetable, false);
        self.bytes(&code.exceptiontable, false);
        Ok(())
    }

    /// Made anew for each code object, but the empty bytes are always the same.
    fn kinds(&mut self, kinds: &Rc<[u8]>) {
        if kinds.is_empty() {
            self.bytes(kinds, true);
        } else {
            self.encoder.bytes(0, kinds);
        }
    }
}
