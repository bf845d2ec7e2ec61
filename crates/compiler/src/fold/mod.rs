//! Python's operations on constants, as the flow graph folds them: exact results, or none where CPython raises or holds back
//! (`eval_const_binop` and `eval_const_unaryop` in Python/flowgraph.c, with their limits on sizes).

mod complex;
mod equality;
mod float;
mod int;
mod sequence;

use std::rc::Rc;

use terrarium_bytecode::{Constant, Int};

pub use equality::distinct;

/// Arguments of BINARY_OP that are folded (`NB_*` in Include/opcode.h).
mod nb {
    pub const ADD: u32 = 0;
    pub const AND: u32 = 1;
    pub const FLOOR_DIVIDE: u32 = 2;
    pub const LSHIFT: u32 = 3;
    pub const MULTIPLY: u32 = 5;
    pub const REMAINDER: u32 = 6;
    pub const OR: u32 = 7;
    pub const POWER: u32 = 8;
    pub const RSHIFT: u32 = 9;
    pub const SUBTRACT: u32 = 10;
    pub const TRUE_DIVIDE: u32 = 11;
    pub const XOR: u32 = 12;
    pub const SUBSCR: u32 = 26;
}

/// `bool(value)`.
pub fn is_true(value: &Constant) -> bool {
    match value {
        Constant::None | Constant::False => false,
        Constant::Int(int) => !int::is_zero(int),
        Constant::Float(float) => **float != 0.0,
        Constant::Complex(parts) => parts.0 != 0.0 || parts.1 != 0.0,
        Constant::Bytes(bytes) => !bytes.is_empty(),
        Constant::Str(string) => !string.text.is_empty(),
        Constant::Tuple(items)
        | Constant::FrozenSet(items)
        | Constant::List(items)
        | Constant::Set(items) => !items.is_empty(),
        Constant::Dict(items) => !items.is_empty(),
        Constant::True
        | Constant::Ellipsis
        | Constant::StopIteration
        | Constant::Slice(_)
        | Constant::Code(_) => true,
    }
}

/// `not value`
pub fn not(value: &Constant) -> Constant {
    boolean(!is_true(value))
}

/// `-value`
pub fn negative(value: &Constant) -> Option<Constant> {
    match number(value)? {
        Number::Int(value) => Some(integer(int::negative(&value))),
        Number::Float(value) => Some(floating(-value)),
        Number::Complex(value) => Some(complex_number((-value.0, -value.1))),
    }
}

/// `+value`
pub fn positive(value: &Constant) -> Option<Constant> {
    Some(match number(value)? {
        Number::Int(value) => integer(value),
        Number::Float(_) | Number::Complex(_) => value.clone(),
    })
}

/// `~value`, not of bools, as that is deprecated.
pub fn invert(value: &Constant) -> Option<Constant> {
    match value {
        Constant::Int(value) => Some(integer(int::invert(value))),
        _ => None,
    }
}

/// The result of BINARY_OP with this argument.
pub fn binary(op: u32, left: &Constant, right: &Constant) -> Option<Constant> {
    match op {
        nb::SUBSCR => return sequence::item(left, right),
        nb::ADD => {
            if let Some(sum) = sequence::concatenate(left, right) {
                return Some(sum);
            }
        }
        nb::MULTIPLY if sequence::is_sequence(left) || sequence::is_sequence(right) => {
            return sequence::repeat(left, right);
        }
        nb::AND | nb::OR | nb::XOR => {
            if let (Some(left), Some(right)) = (as_bool(left), as_bool(right)) {
                return Some(boolean(match op {
                    nb::AND => left & right,
                    nb::OR => left | right,
                    _ => left ^ right,
                }));
            }
        }
        _ => {}
    }
    arithmetic(op, number(left)?, number(right)?)
}

fn arithmetic(op: u32, left: Number, right: Number) -> Option<Constant> {
    match (&left, &right) {
        (Number::Int(left), Number::Int(right)) => int_arithmetic(op, left, right),
        (Number::Complex(_), _) | (_, Number::Complex(_)) => {
            complex_arithmetic(op, &left, &right).map(complex_number)
        }
        _ => float_arithmetic(op, left.to_float()?, right.to_float()?),
    }
}

fn int_arithmetic(op: u32, left: &Int, right: &Int) -> Option<Constant> {
    Some(integer(match op {
        nb::ADD => int::add(left, right),
        nb::SUBTRACT => int::subtract(left, right),
        nb::MULTIPLY => int::multiply(left, right)?,
        nb::FLOOR_DIVIDE => int::floor_divide(left, right)?,
        nb::REMAINDER => int::modulo(left, right)?,
        nb::LSHIFT => int::left_shift(left, right)?,
        nb::RSHIFT => int::right_shift(left, right)?,
        nb::AND => int::bitwise(left, right, |a, b| a & b, |a, b| a & b),
        nb::OR => int::bitwise(left, right, |a, b| a | b, |a, b| a | b),
        nb::XOR => int::bitwise(left, right, |a, b| a ^ b, |a, b| a ^ b),
        nb::TRUE_DIVIDE => return int::true_divide(left, right).map(floating),
        nb::POWER if int::is_negative(right) => {
            return float_arithmetic(op, int::to_float(left)?, int::to_float(right)?);
        }
        nb::POWER => int::power(left, right)?,
        _ => return None,
    }))
}

fn float_arithmetic(op: u32, left: f64, right: f64) -> Option<Constant> {
    Some(floating(match op {
        nb::ADD => left + right,
        nb::SUBTRACT => left - right,
        nb::MULTIPLY => left * right,
        nb::TRUE_DIVIDE if right != 0.0 => left / right,
        nb::FLOOR_DIVIDE => float::floor_divide(left, right)?,
        nb::REMAINDER => float::modulo(left, right)?,
        nb::POWER if float::power_is_complex(left, right) => {
            return complex::power((left, 0.0), (right, 0.0)).map(complex_number);
        }
        nb::POWER => float::power(left, right)?,
        _ => return None,
    }))
}

/// Real operands take part as such, so that signs of zero and infinities stay as CPython 3.14 has them.
fn complex_arithmetic(op: u32, left: &Number, right: &Number) -> Option<(f64, f64)> {
    if op == nb::POWER {
        return complex::power(left.to_complex()?, right.to_complex()?);
    }
    match (left, right) {
        (Number::Complex(left), Number::Complex(right)) => complex::binary(op, *left, *right),
        (Number::Complex(left), right) => complex::binary_real_right(op, *left, right.to_float()?),
        (left, Number::Complex(right)) => complex::binary_real_left(op, left.to_float()?, *right),
        _ => None,
    }
}

enum Number {
    Int(Int),
    Float(f64),
    Complex((f64, f64)),
}

impl Number {
    /// None if an int is too large.
    fn to_float(&self) -> Option<f64> {
        match self {
            Number::Int(value) => int::to_float(value),
            Number::Float(value) => Some(*value),
            Number::Complex(_) => None,
        }
    }

    fn to_complex(&self) -> Option<(f64, f64)> {
        match self {
            Number::Complex(value) => Some(*value),
            real => real.to_float().map(|value| (value, 0.0)),
        }
    }
}

fn number(value: &Constant) -> Option<Number> {
    match value {
        Constant::Float(value) => Some(Number::Float(**value)),
        Constant::Complex(value) => Some(Number::Complex(**value)),
        _ => as_int(value).map(Number::Int),
    }
}

/// Ints, and bools as ints.
fn as_int(value: &Constant) -> Option<Int> {
    match value {
        Constant::Int(value) => Some((**value).clone()),
        _ => as_bool(value).map(|value| Int::Small(i64::from(value))),
    }
}

fn as_bool(value: &Constant) -> Option<bool> {
    match value {
        Constant::True => Some(true),
        Constant::False => Some(false),
        _ => None,
    }
}

fn boolean(value: bool) -> Constant {
    match value {
        true => Constant::True,
        false => Constant::False,
    }
}

fn integer(value: Int) -> Constant {
    Constant::Int(Rc::new(value))
}

fn floating(value: f64) -> Constant {
    Constant::Float(Rc::new(value))
}

fn complex_number(value: (f64, f64)) -> Constant {
    Constant::Complex(Rc::new(value))
}
