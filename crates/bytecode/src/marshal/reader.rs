//! Reads marshal data of any version into whatever a `Builder` makes of it.
//!
//! Nothing is allocated on the word of a length: a length only says how often to go on reading.

use num_bigint::{BigInt, BigUint, Sign};

use super::error::{BadUtf8, Error, ErrorKind, Failure};
use super::{MAX_DEPTH, code};

/// The values that are only themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Singleton {
    None,
    True,
    False,
    Ellipsis,
    StopIteration,
}

/// The kinds of value that hold others. A dict's items are keys and values in turn, a slice's are start, stop, step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
    Slice,
}

impl Kind {
    /// The word that CPython's messages use.
    fn word(self) -> &'static str {
        match self {
            Kind::Tuple => "tuple",
            Kind::List => "list",
            Kind::Dict => "dict",
            Kind::Set | Kind::FrozenSet => "set",
            Kind::Slice => "slice",
        }
    }
}

/// A code object's parts in the order of the format.
#[derive(Debug)]
pub struct CodeParts<V> {
    pub argcount: i32,
    pub posonlyargcount: i32,
    pub kwonlyargcount: i32,
    pub stacksize: i32,
    pub flags: i32,
    pub code: V,
    pub consts: V,
    pub names: V,
    pub localsplusnames: V,
    pub localspluskinds: V,
    pub filename: V,
    pub name: V,
    pub qualname: V,
    pub firstlineno: i32,
    pub linetable: V,
    pub exceptiontable: V,
}

/// Makes values of what the reader finds.
pub trait Builder {
    type Value: Clone;
    type Error;

    fn singleton(&mut self, which: Singleton) -> Self::Value;
    fn int(&mut self, value: i64) -> Result<Self::Value, Self::Error>;
    /// An int that was written digit by digit; it may be small all the same.
    fn big_int(&mut self, value: BigInt) -> Result<Self::Value, Self::Error>;
    fn float(&mut self, value: f64) -> Result<Self::Value, Self::Error>;
    fn complex(&mut self, real: f64, imag: f64) -> Result<Self::Value, Self::Error>;
    fn bytes(&mut self, value: &[u8]) -> Result<Self::Value, Self::Error>;
    /// `text` is UTF-8 in which surrogates may stand as three bytes each.
    fn string(&mut self, text: &[u8], interned: bool) -> Result<Self::Value, Self::Error>;
    /// Called before the items are read. A value returned here can be referred to by its own items, and comes back to `finish`.
    fn begin(&mut self, kind: Kind, length: usize) -> Result<Option<Self::Value>, Self::Error>;
    fn finish(
        &mut self,
        kind: Kind,
        begun: Option<Self::Value>,
        items: Vec<Self::Value>,
    ) -> Result<Self::Value, Self::Error>;
    fn code(&mut self, parts: CodeParts<Self::Value>) -> Result<Self::Value, Self::Error>;
}

/// Reads one value from the start of `data`; returns it and how many bytes it took.
pub fn read<B: Builder>(
    data: &[u8],
    builder: &mut B,
) -> Result<(B::Value, usize), Failure<B::Error>> {
    let mut reader = Reader {
        data,
        at: 0,
        depth: 0,
        references: Vec::new(),
        builder,
    };
    let value = reader.value("object")?;
    Ok((value, reader.at))
}

struct Reader<'d, 'b, B: Builder> {
    data: &'d [u8],
    at: usize,
    depth: u32,
    /// The flagged values in order; None while one is being read.
    references: Vec<Option<B::Value>>,
    builder: &'b mut B,
}

type Read<T, B> = Result<T, Failure<<B as Builder>::Error>>;

fn fail<T, E>(offset: usize, kind: ErrorKind) -> Result<T, Failure<E>> {
    Err(Failure::Data(Error { offset, kind }))
}

/// A builder's error about the value that starts at `offset`.
fn refused<E>(offset: usize) -> impl Fn(E) -> Failure<E> {
    move |error| Failure::Builder { offset, error }
}

impl<'d, B: Builder> Reader<'d, '_, B> {
    /// A value that must be there; `place` is where, for the message.
    fn value(&mut self, place: &'static str) -> Read<B::Value, B> {
        let start = self.at;
        match self.value_or_null()? {
            Some(value) => Ok(value),
            None => fail(start, ErrorKind::NullIn(place)),
        }
    }

    fn value_or_null(&mut self) -> Read<Option<B::Value>, B> {
        let start = self.at;
        let Some(&byte) = self.data.get(start) else {
            return fail(start, ErrorKind::MissingValue);
        };
        self.at += 1;
        if self.depth >= MAX_DEPTH {
            return fail(start, ErrorKind::TooDeep);
        }
        self.depth += 1;
        let flagged = byte & code::FLAG_REF != 0;
        let value = self.value_of(start, byte & !code::FLAG_REF, flagged)?;
        self.depth -= 1;
        Ok(value)
    }

    fn value_of(&mut self, start: usize, kind: u8, flagged: bool) -> Read<Option<B::Value>, B> {
        let value = match kind {
            code::NULL => return Ok(None),
            code::NONE => self.builder.singleton(Singleton::None),
            code::FALSE => self.builder.singleton(Singleton::False),
            code::TRUE => self.builder.singleton(Singleton::True),
            code::STOP_ITERATION => self.builder.singleton(Singleton::StopIteration),
            code::ELLIPSIS => self.builder.singleton(Singleton::Ellipsis),
            code::REF => self.reference(start)?,
            code::TUPLE | code::SMALL_TUPLE => {
                self.items(start, Kind::Tuple, kind == code::SMALL_TUPLE, flagged)?
            }
            code::LIST => self.items(start, Kind::List, false, flagged)?,
            code::SET => self.items(start, Kind::Set, false, flagged)?,
            code::FROZENSET => self.items(start, Kind::FrozenSet, false, flagged)?,
            code::DICT => self.dict(start, flagged)?,
            code::SLICE => self.slice(start, flagged)?,
            code::CODE => self.code(start, flagged)?,
            _ => {
                let value = self.leaf(start, kind)?;
                if flagged {
                    self.references.push(Some(value.clone()));
                }
                value
            }
        };
        Ok(Some(value))
    }

    /// A value that holds no others.
    fn leaf(&mut self, start: usize, kind: u8) -> Read<B::Value, B> {
        let made = match kind {
            code::INT => {
                let value = self.long()?;
                self.builder.int(value.into())
            }
            code::INT64 => {
                let value = i64::from_le_bytes(self.array()?);
                self.builder.int(value)
            }
            code::LONG => {
                let value = self.digits(start)?;
                self.builder.big_int(value)
            }
            code::BINARY_FLOAT => {
                let value = self.double()?;
                self.builder.float(value)
            }
            code::BINARY_COMPLEX => {
                let (real, imag) = (self.double()?, self.double()?);
                self.builder.complex(real, imag)
            }
            code::FLOAT => {
                let value = self.double_text()?;
                self.builder.float(value)
            }
            code::COMPLEX => {
                let (real, imag) = (self.double_text()?, self.double_text()?);
                self.builder.complex(real, imag)
            }
            code::STRING => {
                let length = self.length(start, "bytes object")?;
                let bytes = self.take(length)?;
                self.builder.bytes(bytes)
            }
            code::ASCII | code::ASCII_INTERNED => {
                let length = self.length(start, "string")?;
                return self.latin_1(start, length, kind == code::ASCII_INTERNED);
            }
            code::SHORT_ASCII | code::SHORT_ASCII_INTERNED => {
                let length = self.byte()?.into();
                return self.latin_1(start, length, kind == code::SHORT_ASCII_INTERNED);
            }
            code::UNICODE | code::INTERNED => {
                let length = self.length(start, "string")?;
                let text = self.take(length)?;
                if let Err(bad) = check_utf8(text) {
                    return fail(self.at - length + bad.start, ErrorKind::NotUtf8(bad));
                }
                self.builder.string(text, kind == code::INTERNED)
            }
            other => return fail(start, ErrorKind::UnknownType(other)),
        };
        made.map_err(refused(start))
    }

    fn reference(&mut self, start: usize) -> Read<B::Value, B> {
        let index = self.long()?;
        match usize::try_from(index)
            .ok()
            .and_then(|index| self.references.get(index))
        {
            Some(Some(value)) => Ok(value.clone()),
            Some(None) => fail(start, ErrorKind::Recursive),
            None => fail(start, ErrorKind::InvalidReference(index.into())),
        }
    }

    /// A tuple, list, set or frozenset.
    fn items(&mut self, start: usize, kind: Kind, short: bool, flagged: bool) -> Read<B::Value, B> {
        let length = if short {
            self.byte()?.into()
        } else {
            self.length(start, kind.word())?
        };
        let begun = self.builder.begin(kind, length).map_err(refused(start))?;
        let index = self.reserve(flagged, &begun);
        // Each item takes a byte at least.
        let mut items = Vec::with_capacity(length.min(self.data.len() - self.at));
        for _ in 0..length {
            items.push(self.value(kind.word())?);
        }
        self.finish(start, kind, begun, items, index)
    }

    /// Keys and values until a NULL, which may stand in place of either.
    fn dict(&mut self, start: usize, flagged: bool) -> Read<B::Value, B> {
        let begun = self.builder.begin(Kind::Dict, 0).map_err(refused(start))?;
        let index = self.reserve(flagged, &begun);
        let mut items = Vec::new();
        while let Some(key) = self.value_or_null()? {
            let Some(value) = self.value_or_null()? else {
                break;
            };
            items.push(key);
            items.push(value);
        }
        self.finish(start, Kind::Dict, begun, items, index)
    }

    fn slice(&mut self, start: usize, flagged: bool) -> Read<B::Value, B> {
        let index = self.reserve(flagged, &None);
        let items = vec![
            self.value("slice")?,
            self.value("slice")?,
            self.value("slice")?,
        ];
        self.finish(start, Kind::Slice, None, items, index)
    }

    /// Gives a container its index before its items get theirs.
    fn reserve(&mut self, flagged: bool, begun: &Option<B::Value>) -> Option<usize> {
        if !flagged {
            return None;
        }
        self.references.push(begun.clone());
        Some(self.references.len() - 1)
    }

    fn finish(
        &mut self,
        start: usize,
        kind: Kind,
        begun: Option<B::Value>,
        items: Vec<B::Value>,
        index: Option<usize>,
    ) -> Read<B::Value, B> {
        let value = self
            .builder
            .finish(kind, begun, items)
            .map_err(refused(start))?;
        if let Some(index) = index {
            self.references[index] = Some(value.clone());
        }
        Ok(value)
    }

    fn code(&mut self, start: usize, flagged: bool) -> Read<B::Value, B> {
        let index = self.reserve(flagged, &None);
        let parts = CodeParts {
            argcount: self.long()?,
            posonlyargcount: self.long()?,
            kwonlyargcount: self.long()?,
            stacksize: self.long()?,
            flags: self.long()?,
            code: self.value("code object")?,
            consts: self.value("code object")?,
            names: self.value("code object")?,
            localsplusnames: self.value("code object")?,
            localspluskinds: self.value("code object")?,
            filename: self.value("code object")?,
            name: self.value("code object")?,
            qualname: self.value("code object")?,
            firstlineno: self.long()?,
            linetable: self.value("code object")?,
            exceptiontable: self.value("code object")?,
        };
        let value = self.builder.code(parts).map_err(refused(start))?;
        if let Some(index) = index {
            self.references[index] = Some(value.clone());
        }
        Ok(value)
    }

    fn take(&mut self, length: usize) -> Result<&'d [u8], Error> {
        match self.data.get(self.at..).and_then(|rest| rest.get(..length)) {
            Some(bytes) => {
                self.at += length;
                Ok(bytes)
            }
            None => Err(Error {
                offset: self.at,
                kind: ErrorKind::TooShort,
            }),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8, Error> {
        let byte = self.data.get(self.at).copied();
        self.at += 1;
        byte.ok_or(Error {
            offset: self.at - 1,
            kind: ErrorKind::MissingLength,
        })
    }

    fn long(&mut self) -> Result<i32, Error> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn double(&mut self) -> Result<f64, Error> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn length(&mut self, start: usize, of: &'static str) -> Result<usize, Error> {
        let length = self.long()?;
        usize::try_from(length).map_err(|_| Error {
            offset: start,
            kind: ErrorKind::SizeOutOfRange(of),
        })
    }

    /// An int as digits of 15 bits, the number of which has the int's sign.
    fn digits(&mut self, start: usize) -> Result<BigInt, Error> {
        let error = |kind| Error {
            offset: start,
            kind,
        };
        let count = self.long()?;
        if count == i32::MIN {
            return Err(error(ErrorKind::SizeOutOfRange("long")));
        }
        let mut digits = Vec::new();
        for _ in 0..count.unsigned_abs() {
            let digit = u16::from_le_bytes(self.array()?);
            if digit > 0x7fff {
                return Err(error(ErrorKind::DigitOutOfRange));
            }
            digits.push(digit);
        }
        if digits.last() == Some(&0) {
            return Err(error(ErrorKind::UnnormalizedLong));
        }
        let sign = if count < 0 { Sign::Minus } else { Sign::Plus };
        Ok(BigInt::from_biguint(
            sign,
            BigUint::from_slice(&repack(&digits)),
        ))
    }

    fn double_text(&mut self) -> Result<f64, Error> {
        let start = self.at;
        let length = self.byte()?.into();
        let text = self.take(length)?;
        // As for a C string, the first NUL ends it.
        let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
        std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Error {
                offset: start,
                kind: ErrorKind::NotAFloat(String::from_utf8_lossy(text).into_owned()),
            })
    }

    /// The types called ASCII hold Latin-1, if it comes to that.
    fn latin_1(&mut self, start: usize, length: usize, interned: bool) -> Read<B::Value, B> {
        let text = self.take(length)?;
        if text.is_ascii() {
            return self.builder.string(text, interned).map_err(refused(start));
        }
        let text: String = text.iter().map(|&byte| char::from(byte)).collect();
        self.builder
            .string(text.as_bytes(), interned)
            .map_err(refused(start))
    }
}

/// Digits of 15 bits as digits of 32.
fn repack(digits: &[u16]) -> Vec<u32> {
    let mut packed = Vec::with_capacity(digits.len() / 2 + 1);
    let (mut bits, mut held) = (0u64, 0);
    for &digit in digits {
        bits |= u64::from(digit) << held;
        held += 15;
        if held >= 32 {
            packed.push(bits as u32);
            bits >>= 32;
            held -= 32;
        }
    }
    packed.push(bits as u32);
    packed
}

/// Whether `text` is UTF-8 with surrogates allowed.
fn check_utf8(text: &[u8]) -> Result<(), BadUtf8> {
    let mut at = 0;
    while let Err(error) = std::str::from_utf8(&text[at..]) {
        at += error.valid_up_to();
        match text[at..] {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, ..] => at += 3,
            _ => {
                let (length, reason) = match (error.error_len(), text[at]) {
                    (None, _) => (text.len() - at, "unexpected end of data"),
                    (Some(length), 0xc2..=0xf4) => (length, "invalid continuation byte"),
                    (Some(length), _) => (length, "invalid start byte"),
                };
                return Err(BadUtf8 {
                    byte: text[at],
                    start: at,
                    end: at + length,
                    reason,
                });
            }
        }
    }
    Ok(())
}
