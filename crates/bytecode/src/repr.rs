//! `repr()` of constants, as CPython 3.14 writes it.

mod float;
mod printable;
mod text;

use std::rc::Rc;

use crate::code::Code;
use crate::constant::{Constant, Int};
use crate::hash::SetOrders;

pub use float::{complex, float, float_general};
pub use printable::is_printable;
pub use text::{bytes, characters, str, write_bytes, write_str};

/// The default of `sys.get_int_max_str_digits()`.
pub const MAX_INT_DIGITS: usize = 4300;

/// Why a value has no representation here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReprError {
    /// An int with more than `MAX_INT_DIGITS` digits, which CPython refuses as well.
    IntTooLong,
    /// The text would pass the limit: values that refer to shared ones can have texts exponentially longer than themselves.
    TooLong,
}

impl std::fmt::Display for ReprError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReprError::IntTooLong => write!(
                out,
                "Exceeds the limit ({MAX_INT_DIGITS} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
            ),
            ReprError::TooLong => write!(out, "the text of a constant is too long to show"),
        }
    }
}

impl std::error::Error for ReprError {}

/// Appends `repr(value)` to `out`, which may grow up to `limit` bytes. The order of set elements is as `orders` says; a code
/// object's address is that of our object.
pub fn repr(
    value: &Constant,
    orders: &SetOrders,
    limit: usize,
    out: &mut Vec<u8>,
) -> Result<(), ReprError> {
    if out.len() > limit {
        return Err(ReprError::TooLong);
    }
    let each =
        |open: &str, items: &mut dyn Iterator<Item = &Constant>, close: &str, out: &mut Vec<u8>| {
            out.extend_from_slice(open.as_bytes());
            for (index, item) in items.enumerate() {
                if index > 0 {
                    out.extend_from_slice(b", ");
                }
                repr(item, orders, limit, out)?;
            }
            out.extend_from_slice(close.as_bytes());
            Ok(())
        };
    match value {
        Constant::None => out.extend_from_slice(b"None"),
        Constant::True => out.extend_from_slice(b"True"),
        Constant::False => out.extend_from_slice(b"False"),
        Constant::Ellipsis => out.extend_from_slice(b"Ellipsis"),
        Constant::StopIteration => out.extend_from_slice(b"<class 'StopIteration'>"),
        Constant::Int(value) => int(value, out)?,
        Constant::Float(value) => out.extend_from_slice(float(**value).as_bytes()),
        Constant::Complex(value) => out.extend_from_slice(complex(value.0, value.1).as_bytes()),
        Constant::Bytes(value) => write_bytes(value, out),
        Constant::Str(value) => write_str(&value.text, out),
        Constant::Tuple(items) if items.len() == 1 => each("(", &mut items.iter(), ",)", out)?,
        Constant::Tuple(items) => each("(", &mut items.iter(), ")", out)?,
        Constant::List(items) => each("[", &mut items.iter(), "]", out)?,
        Constant::Slice(items) => each("slice(", &mut items.iter(), ")", out)?,
        Constant::FrozenSet(items) if items.is_empty() => out.extend_from_slice(b"frozenset()"),
        Constant::Set(items) if items.is_empty() => out.extend_from_slice(b"set()"),
        Constant::FrozenSet(items) => {
            let order = orders.of(items);
            each(
                "frozenset({",
                &mut order.iter().map(|&index| &items[index as usize]),
                "})",
                out,
            )?;
        }
        Constant::Set(items) => {
            let order = orders.of(items);
            each(
                "{",
                &mut order.iter().map(|&index| &items[index as usize]),
                "}",
                out,
            )?;
        }
        Constant::Dict(items) => dict(items, orders, limit, out)?,
        Constant::Code(value) => code(value, Rc::as_ptr(value) as usize, out),
    }
    Ok(())
}

fn dict(
    items: &[(Constant, Constant)],
    orders: &SetOrders,
    limit: usize,
    out: &mut Vec<u8>,
) -> Result<(), ReprError> {
    out.push(b'{');
    for (index, (key, value)) in items.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        repr(key, orders, limit, out)?;
        out.extend_from_slice(b": ");
        repr(value, orders, limit, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn int(value: &Int, out: &mut Vec<u8>) -> Result<(), ReprError> {
    match value {
        Int::Small(small) => decimal(*small, out),
        Int::Big(big) => {
            // Conversion takes quadratic time: judge by the bits first. log2(10) is 3.3219...
            if big.bits() as usize > MAX_INT_DIGITS * 10 / 3 {
                return Err(ReprError::IntTooLong);
            }
            let text = big.to_string();
            if text.trim_start_matches('-').len() > MAX_INT_DIGITS {
                return Err(ReprError::IntTooLong);
            }
            out.extend_from_slice(text.as_bytes());
        }
    }
    Ok(())
}

/// Appends a number in decimal digits.
pub(crate) fn decimal(value: i64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[start..]);
}

/// `<code object NAME at ADDRESS, file "FILENAME", line N>`.
pub fn code(code: &Code, address: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(b"<code object ");
    out.extend_from_slice(&code.name.text);
    out.extend_from_slice(format!(" at {address:#x}, file \"").as_bytes());
    out.extend_from_slice(&code.filename.text);
    out.extend_from_slice(b"\", line ");
    decimal(
        if code.firstlineno == 0 {
            -1
        } else {
            code.firstlineno.into()
        },
        out,
    );
    out.push(b'>');
}
