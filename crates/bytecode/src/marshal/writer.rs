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
    let mut holders = Holders::default();
    holders
        .count(value, 0)
        .map_err(|kind| Error { offset: 0, kind })?;
    let mut orders = FxHashMap::default();
    let writer = Writer {
        encoder: Encoder::new(options.version),
        holders: &holders,
        orders: &mut orders,
        depth: 0,
    };
    writer.write(value, options.held)
}

/// An object's identity: its address, or its value where CPython has one object for all equal ones.
fn identity(value: &Constant) -> Identity {
    fn address<T: ?Sized>(object: &Rc<T>) -> u64 {
        Rc::as_ptr(object).cast::<u8>() as usize as u64
    }
    // Addresses are even and small; the immortal get odd numbers.
    let immortal = |kind: u64, number: u64| (number << 8 | kind << 1) | 1;
    Identity(match value {
        Constant::Int(int) => match **int {
            Int::Small(small @ -5..=256) => immortal(1, (small + 5) as u64),
            _ => address(int),
        },
        Constant::Bytes(bytes) => match **bytes {
            [] => immortal(2, 0),
            [byte] => immortal(3, byte.into()),
            _ => address(bytes),
        },
        Constant::Str(string) => match latin_1(string) {
            Some(number) => immortal(4, number),
            None => address(string),
        },
        Constant::Tuple(items) if items.is_empty() => immortal(5, 0),
        Constant::Tuple(items)
        | Constant::FrozenSet(items)
        | Constant::List(items)
        | Constant::Set(items) => address(items),
        Constant::Float(float) => address(float),
        Constant::Complex(complex) => address(complex),
        Constant::Slice(parts) => address(parts),
        Constant::Code(code) => address(code),
        Constant::Dict(items) => address(items),
        Constant::None
        | Constant::True
        | Constant::False
        | Constant::Ellipsis
        | Constant::StopIteration => immortal(6, 0),
    })
}

/// The number of the immortal string, if it is one: the empty string and the characters of Latin-1. All of them are interned; a single character
/// that is not is an object of its own, such as `str.replace` can make.
fn latin_1(string: &Str) -> Option<u64> {
    if !string.interned {
        return None;
    }
    match *string.text {
        [] => Some(256),
        [byte] => Some(byte.into()),
        [first @ 0xc2..=0xc3, second] => Some(u64::from(first & 3) << 6 | u64::from(second & 0x3f)),
        _ => None,
    }
}

fn is_immortal(identity: Identity) -> bool {
    identity.0 & 1 == 1
}

/// How many places in the graph refer to each object.
#[derive(Default)]
struct Holders {
    counts: FxHashMap<Identity, u32>,
}

impl Holders {
    /// Counts a reference to `value` and, at the first, those that it holds itself.
    fn count(&mut self, value: &Constant, depth: u32) -> Result<(), ErrorKind> {
        if depth > MAX_DEPTH {
            return Err(ErrorKind::TooDeep);
        }
        let identity = identity(value);
        if is_immortal(identity) || !self.add(identity) {
            return Ok(());
        }
        let mut each = |items: &[Constant]| {
            items
                .iter()
                .try_for_each(|item| self.count(item, depth + 1))
        };
        match value {
            Constant::Tuple(items)
            | Constant::FrozenSet(items)
            | Constant::List(items)
            | Constant::Set(items) => each(items),
            Constant::Slice(parts) => each(&parts[..]),
            Constant::Dict(items) => items.iter().try_for_each(|(key, value)| {
                self.count(key, depth + 1)?;
                self.count(value, depth + 1)
            }),
            Constant::Code(code) => self.count_code(code, depth + 1),
            _ => Ok(()),
        }
    }

    /// Whether this is the first reference.
    fn add(&mut self, identity: Identity) -> bool {
        let count = self.counts.entry(identity).or_insert(0);
        *count += 1;
        *count == 1
    }

    fn count_code(&mut self, code: &Code, depth: u32) -> Result<(), ErrorKind> {
        parts(code)
            .iter()
            .try_for_each(|part| self.count(part, depth))
    }

    fn is_shared(&self, identity: Identity) -> bool {
        is_immortal(identity) || self.counts.get(&identity).is_some_and(|&count| count > 1)
    }
}

/// The objects of a code object but `co_code` and `co_localspluskinds`, in the order of the format.
fn parts(code: &Code) -> [Constant; 8] {
    [
        Constant::Tuple(code.consts.clone()),
        Constant::Tuple(code.names.clone()),
        Constant::Tuple(code.localsplusnames.clone()),
        Constant::Str(code.filename.clone()),
        Constant::Str(code.name.clone()),
        Constant::Str(code.qualname.clone()),
        Constant::Bytes(code.linetable.clone()),
        Constant::Bytes(code.exceptiontable.clone()),
    ]
}

struct Writer<'h> {
    encoder: Encoder,
    holders: &'h Holders,
    /// For each set met so far the order in which its elements are written.
    orders: &'h mut FxHashMap<Identity, Rc<[u32]>>,
    depth: u32,
}

impl Writer<'_> {
    fn write(mut self, value: &Constant, held: bool) -> Result<Vec<u8>, Error> {
        match self.value(value, held) {
            Ok(()) => Ok(self.encoder.finish()),
            Err(kind) => Err(Error {
                offset: self.encoder.len(),
                kind,
            }),
        }
    }

    /// `held` says that more refer to the object than the graph shows.
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
            _ => {
                let identity = identity(value);
                let shared = held || is_interned(value) || self.holders.is_shared(identity);
                if let Some(flag) = self.encoder.reference(identity, shared) {
                    self.depth += 1;
                    self.object(value, identity, flag)?;
                    self.depth -= 1;
                }
            }
        }
        Ok(())
    }

    fn object(&mut self, value: &Constant, identity: Identity, flag: u8) -> Result<(), ErrorKind> {
        match value {
            Constant::Int(int) => match &**int {
                Int::Small(small) => self.encoder.int(flag, *small),
                Int::Big(big) => self.encoder.big_int(flag, big),
            },
            Constant::Float(float) => self.encoder.float(flag, **float),
            Constant::Complex(complex) => self.encoder.complex(flag, complex.0, complex.1),
            Constant::Bytes(bytes) => self.encoder.bytes(flag, bytes),
            Constant::Str(string) => self.encoder.string(flag, &string.text, is_interned(value)),
            Constant::Tuple(items) => {
                self.encoder.tuple(flag, items.len());
                self.items(items)?;
            }
            Constant::List(items) => {
                self.encoder.list(flag, items.len());
                self.items(items)?;
            }
            Constant::FrozenSet(items) | Constant::Set(items) => {
                let order = self.order(items, identity)?;
                self.encoder
                    .set(flag, items.len(), matches!(value, Constant::FrozenSet(_)));
                for &index in order.iter() {
                    self.value(&items[index as usize], true)?;
                }
            }
            Constant::Dict(items) => {
                self.encoder.dict(flag);
                for (key, value) in items.iter() {
                    self.value(key, false)?;
                    self.value(value, false)?;
                }
                self.encoder.null();
            }
            Constant::Slice(_) if self.encoder.version() < 5 => {
                return Err(ErrorKind::Unmarshallable("slice"));
            }
            Constant::Slice(parts) => {
                self.encoder.slice(flag);
                self.items(&parts[..])?;
            }
            Constant::Code(code) => self.code(code, flag)?,
            Constant::None
            | Constant::True
            | Constant::False
            | Constant::Ellipsis
            | Constant::StopIteration => {}
        }
        Ok(())
    }

    fn items(&mut self, items: &[Constant]) -> Result<(), ErrorKind> {
        items.iter().try_for_each(|item| self.value(item, false))
    }

    /// A set's elements in the order of what each alone would be written as, so that hashes do not matter.
    fn order(
        &mut self,
        items: &Rc<[Constant]>,
        identity: Identity,
    ) -> Result<Rc<[u32]>, ErrorKind> {
        if let Some(order) = self.orders.get(&identity) {
            return Ok(order.clone());
        }
        let mut keyed = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let encoder = Encoder::new(self.encoder.version());
            let alone = Writer {
                encoder,
                holders: self.holders,
                orders: self.orders,
                depth: self.depth,
            };
            keyed.push((
                alone.write(item, true).map_err(|error| error.kind)?,
                index as u32,
            ));
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
        let own = Identity(Rc::as_ptr(&code.code).cast::<u8>() as usize as u64);
        if let Some(flag) = self.encoder.reference(own, true) {
            self.encoder.bytes(flag, &code.code);
        }
        let [
            consts,
            names,
            localsplusnames,
            filename,
            name,
            qualname,
            linetable,
            exceptiontable,
        ] = parts(code);
        self.value(&consts, false)?;
        self.value(&names, false)?;
        self.value(&localsplusnames, false)?;
        self.kinds(&code.localspluskinds);
        self.value(&filename, false)?;
        self.value(&name, false)?;
        self.value(&qualname, false)?;
        self.encoder.long(code.firstlineno);
        self.value(&linetable, false)?;
        self.value(&exceptiontable, false)
    }

    /// Made anew for each code object, but the empty bytes are always the same.
    fn kinds(&mut self, kinds: &Rc<[u8]>) {
        let value = Constant::Bytes(kinds.clone());
        let shared = kinds.is_empty();
        if let Some(flag) = self.encoder.reference(identity(&value), shared) {
            self.encoder.bytes(flag, kinds);
        }
    }
}

/// Whether the object is in the table of interned strings.
fn is_interned(value: &Constant) -> bool {
    matches!(value, Constant::Str(string) if string.interned)
}
