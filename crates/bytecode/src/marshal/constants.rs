//! Marshal data as constants.

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::MAX_DEPTH;
use super::error::{Error, ErrorKind, Failure};
use super::reader::{Builder, CodeParts, Kind, Singleton, read};
use crate::code::{Code, flags, kinds};
use crate::constant::{Constant, Int, Str};

/// Reads one value from the start of `data`; returns it and how many bytes it took. What the data refers to twice is one object.
pub fn load(data: &[u8]) -> Result<(Constant, usize), Error> {
    match read(data, &mut Constants) {
        Ok((built, length)) => Ok((built.value, length)),
        Err(Failure::Data(error)) => Err(error),
        Err(Failure::Builder { offset, error }) => Err(Error {
            offset,
            kind: error,
        }),
    }
}

/// A value and how deep others nest in it. References can make a value deeper than the data's own nesting, and whoever walks over
/// constants, dropping them included, relies on the limit.
#[derive(Clone)]
struct Built {
    value: Constant,
    height: u32,
    /// The type in it, if any, that has no hash.
    unhashable: Option<&'static str>,
}

impl Built {
    /// Whether the value can be used where a hash is needed.
    fn hashed(&self, place: &'static str) -> Result<(), ErrorKind> {
        match self.unhashable {
            None => Ok(()),
            Some(part) => Err(ErrorKind::Unhashable {
                value: self.value.type_name(),
                place,
                part,
            }),
        }
    }
}

fn leaf(value: Constant) -> Built {
    Built {
        value,
        height: 1,
        unhashable: None,
    }
}

struct Constants;

impl Builder for Constants {
    type Value = Built;
    type Error = ErrorKind;

    fn singleton(&mut self, which: Singleton) -> Built {
        leaf(match which {
            Singleton::None => Constant::None,
            Singleton::True => Constant::True,
            Singleton::False => Constant::False,
            Singleton::Ellipsis => Constant::Ellipsis,
            Singleton::StopIteration => Constant::StopIteration,
        })
    }

    fn int(&mut self, value: i64) -> Result<Built, ErrorKind> {
        Ok(leaf(Constant::Int(Rc::new(Int::Small(value)))))
    }

    fn big_int(&mut self, value: BigInt) -> Result<Built, ErrorKind> {
        let int = value.to_i64().map_or(Int::Big(value), Int::Small);
        Ok(leaf(Constant::Int(Rc::new(int))))
    }

    fn float(&mut self, value: f64) -> Result<Built, ErrorKind> {
        Ok(leaf(Constant::Float(Rc::new(value))))
    }

    fn complex(&mut self, real: f64, imag: f64) -> Result<Built, ErrorKind> {
        Ok(leaf(Constant::Complex(Rc::new((real, imag)))))
    }

    fn bytes(&mut self, value: &[u8]) -> Result<Built, ErrorKind> {
        Ok(leaf(Constant::Bytes(value.into())))
    }

    fn string(&mut self, text: &[u8], interned: bool) -> Result<Built, ErrorKind> {
        Ok(leaf(Constant::Str(Str {
            interned,
            ..Str::new(text)
        })))
    }

    fn begin(&mut self, _kind: Kind, _length: usize) -> Result<Option<Built>, ErrorKind> {
        Ok(None)
    }

    fn finish(
        &mut self,
        kind: Kind,
        _begun: Option<Built>,
        items: Vec<Built>,
    ) -> Result<Built, ErrorKind> {
        let height = 1 + items.iter().map(|item| item.height).max().unwrap_or(0);
        if height > MAX_DEPTH {
            return Err(ErrorKind::TooDeep);
        }
        let hashed = match kind {
            Kind::Set | Kind::FrozenSet => items
                .iter()
                .try_for_each(|item| item.hashed("a set element")),
            Kind::Dict => items
                .iter()
                .step_by(2)
                .try_for_each(|key| key.hashed("a dict key")),
            Kind::Tuple | Kind::List | Kind::Slice => Ok(()),
        };
        hashed?;
        let unhashable = match kind {
            Kind::List => Some("list"),
            Kind::Set => Some("set"),
            Kind::Dict => Some("dict"),
            Kind::Tuple | Kind::FrozenSet | Kind::Slice => {
                items.iter().find_map(|item| item.unhashable)
            }
        };
        let items = items.into_iter().map(|item| item.value);
        let value = match kind {
            Kind::Tuple => Constant::Tuple(items.collect()),
            Kind::List => Constant::List(items.collect()),
            Kind::Set => Constant::Set(items.collect()),
            Kind::FrozenSet => Constant::FrozenSet(items.collect()),
            Kind::Dict => Constant::Dict(pairs(items)),
            Kind::Slice => Constant::Slice(three(items)),
        };
        Ok(Built {
            value,
            height,
            unhashable,
        })
    }

    fn code(&mut self, parts: CodeParts<Built>) -> Result<Built, ErrorKind> {
        // Only constants hold values that hold others.
        let height = 1 + parts.consts.height.max(2);
        if height > MAX_DEPTH {
            return Err(ErrorKind::TooDeep);
        }
        let unhashable = parts.consts.unhashable;
        Ok(Built {
            value: Constant::Code(Rc::new(make_code(parts)?)),
            height,
            unhashable,
        })
    }
}

fn pairs(mut items: impl Iterator<Item = Constant>) -> Rc<[(Constant, Constant)]> {
    std::iter::from_fn(|| Some((items.next()?, items.next()?))).collect()
}

fn three(mut items: impl Iterator<Item = Constant>) -> Rc<[Constant; 3]> {
    let mut next = || items.next().unwrap_or(Constant::None);
    Rc::new([next(), next(), next()])
}

/// The code object of the parts, if they fit together (Objects/codeobject.c, `_PyCode_Validate`).
fn make_code(parts: CodeParts<Built>) -> Result<Code, ErrorKind> {
    let code = Code {
        argcount: count(parts.argcount)?,
        posonlyargcount: count(parts.posonlyargcount)?,
        kwonlyargcount: count(parts.kwonlyargcount)?,
        stacksize: count(parts.stacksize)?,
        flags: count(parts.flags)?,
        code: bytes(parts.code)?,
        consts: tuple(parts.consts)?,
        names: names(parts.names)?,
        localsplusnames: names(parts.localsplusnames)?,
        localspluskinds: bytes(parts.localspluskinds)?,
        filename: string(parts.filename)?,
        name: string(parts.name)?,
        qualname: string(parts.qualname)?,
        firstlineno: parts.firstlineno,
        linetable: bytes(parts.linetable)?,
        exceptiontable: bytes(parts.exceptiontable)?,
    };
    check(&code)?;
    Ok(code)
}

fn check(code: &Code) -> Result<(), ErrorKind> {
    if code.code.is_empty() || !code.code.len().is_multiple_of(2) {
        return Err(ErrorKind::BadCodePart(
            "the bytecode is not a sequence of two-byte units",
        ));
    }
    if code.posonlyargcount > code.argcount {
        return Err(ErrorKind::BadCodePart(
            "more positional-only arguments than arguments",
        ));
    }
    if code.localsplusnames.len() != code.localspluskinds.len() {
        return Err(ErrorKind::BadCodePart(
            "not as many kinds as names of locals",
        ));
    }
    let has = |flag| u64::from(code.flags & flag != 0);
    let arguments = u64::from(code.argcount)
        + u64::from(code.kwonlyargcount)
        + has(flags::VARARGS)
        + has(flags::VARKEYWORDS);
    let is_local = |kind: &&u8| **kind & kinds::LOCAL != 0;
    let locals = code.localspluskinds.iter().filter(is_local).count();
    if arguments > locals as u64 {
        return Err(ErrorKind::BadCode("code: co_varnames is too small"));
    }
    Ok(())
}

fn count(number: i32) -> Result<u32, ErrorKind> {
    u32::try_from(number).map_err(|_| ErrorKind::BadCodePart("a count is negative"))
}

fn bytes(built: Built) -> Result<Rc<[u8]>, ErrorKind> {
    match built.value {
        Constant::Bytes(bytes) => Ok(bytes),
        _ => Err(ErrorKind::BadCodePart(
            "bytes are needed where something else stands",
        )),
    }
}

fn string(built: Built) -> Result<Str, ErrorKind> {
    match built.value {
        Constant::Str(string) => Ok(string),
        _ => Err(ErrorKind::BadCodePart(
            "a string is needed where something else stands",
        )),
    }
}

fn tuple(built: Built) -> Result<Rc<[Constant]>, ErrorKind> {
    match built.value {
        Constant::Tuple(items) => Ok(items),
        _ => Err(ErrorKind::BadCodePart(
            "a tuple is needed where something else stands",
        )),
    }
}

fn names(built: Built) -> Result<Rc<[Constant]>, ErrorKind> {
    let items = tuple(built)?;
    if items.iter().all(|item| matches!(item, Constant::Str(_))) {
        Ok(items)
    } else {
        Err(ErrorKind::NotAName)
    }
}
