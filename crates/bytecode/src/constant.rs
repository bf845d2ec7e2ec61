//! Constants of code objects, and whatever else marshal can carry. Equal `Rc`s are one object; two `Rc`s are two.

use std::rc::Rc;

use num_bigint::BigInt;

use crate::code::Code;

/// A Python string. Clones of it are one object, which the `Rc` of its text stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Str {
    /// UTF-8 in which lone surrogates stand as three bytes each (CPython's `surrogatepass`).
    pub text: Rc<[u8]>,
    /// Whether CPython's interned table holds it; marshal writes interned strings with types of their own.
    pub interned: bool,
    /// Whether it is an identifier of the source, which CPython's parser interns for ever. Marshal does not tell.
    pub identifier: bool,
}

impl Str {
    /// A new string that is not interned.
    pub fn new(text: impl Into<Rc<[u8]>>) -> Str {
        Str {
            text: text.into(),
            interned: false,
            identifier: false,
        }
    }
}

/// An integer of any size; `Big` holds only what does not fit in an `i64`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Int {
    Small(i64),
    Big(BigInt),
}

/// A marshallable value. `List`, `Set` and `Dict` never occur as constants of code.
#[derive(Debug, Clone)]
pub enum Constant {
    None,
    True,
    False,
    Ellipsis,
    StopIteration,
    Int(Rc<Int>),
    Float(Rc<f64>),
    /// Real and imaginary part.
    Complex(Rc<(f64, f64)>),
    Bytes(Rc<[u8]>),
    Str(Str),
    Tuple(Rc<[Constant]>),
    FrozenSet(Rc<[Constant]>),
    /// start, stop, step
    Slice(Rc<[Constant; 3]>),
    Code(Rc<Code>),
    List(Rc<[Constant]>),
    Set(Rc<[Constant]>),
    Dict(Rc<[(Constant, Constant)]>),
}

impl Constant {
    /// The name of the Python type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Constant::None => "NoneType",
            Constant::True | Constant::False => "bool",
            Constant::Ellipsis => "ellipsis",
            Constant::StopIteration => "type",
            Constant::Int(_) => "int",
            Constant::Float(_) => "float",
            Constant::Complex(_) => "complex",
            Constant::Bytes(_) => "bytes",
            Constant::Str(_) => "str",
            Constant::Tuple(_) => "tuple",
            Constant::FrozenSet(_) => "frozenset",
            Constant::Slice(_) => "slice",
            Constant::Code(_) => "code",
            Constant::List(_) => "list",
            Constant::Set(_) => "set",
            Constant::Dict(_) => "dict",
        }
    }
}
