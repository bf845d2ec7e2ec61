//! The number slots of `float` (Objects/floatobject.c).

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::FromPrimitive;

use crate::error::{overflow_error, type_error, zero_division_error};
use crate::object::Object;
use crate::refs::{PyResult, Raised, Word};
use crate::typeobject::CompareOp;
use crate::types::bool::bool_owned;
use crate::types::int::{self, Int};
use crate::types::none::{none, not_implemented};
use crate::types::str::Str;
use crate::types::tuple;

use super::{FLOAT, bits, from_f64, is_float, value};

/// The value of a float or int operand; `None` for anything else.
#[inline(always)]
pub fn operand(object: &Object) -> PyResult<Option<f64>> {
    if object.is_exact(&FLOAT) {
        return Ok(Some(value(object)));
    }
    operand_slow(object)
}

fn operand_slow(object: &Object) -> PyResult<Option<f64>> {
    if int::is_int(object) {
        return match int::to_f64(int::cast(object)) {
            Some(value) => Ok(Some(value)),
            None => Err(overflow_error("int too large to convert to float")),
        };
    }
    Ok(is_float(object).then(|| value(object)))
}

macro_rules! operands {
    ($a:ident, $b:ident) => {{
        let Some(x) = operand($a)? else {
            return Ok(not_implemented());
        };
        let Some(y) = operand($b)? else {
            return Ok(not_implemented());
        };
        (x, y)
    }};
}

pub fn add(a: &Object, b: &Object) -> PyResult {
    let (x, y) = operands!(a, b);
    Ok(from_f64(x + y))
}

pub fn subtract(a: &Object, b: &Object) -> PyResult {
    let (x, y) = operands!(a, b);
    Ok(from_f64(x - y))
}

pub fn multiply(a: &Object, b: &Object) -> PyResult {
    let (x, y) = operands!(a, b);
    Ok(from_f64(x * y))
}

#[cold]
fn by_zero() -> Raised {
    zero_division_error("division by zero")
}

pub fn true_divide(a: &Object, b: &Object) -> PyResult {
    let (x, y) = operands!(a, b);
    if y == 0.0 {
        return Err(by_zero());
    }
    Ok(from_f64(x / y))
}

/// Remainder with the sign of `y`, which is not zero.
pub fn floor_mod(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest == 0.0 {
        0f64.copysign(y)
    } else if (y < 0.0) != (rest < 0.0) {
        rest + y
    } else {
        rest
    }
}

/// Floored quotient and remainder; `y` is not zero.
pub fn div_mod(x: f64, y: f64) -> (f64, f64) {
    let mut rest = x % y;
    let mut quotient = (x - rest) / y;
    if rest == 0.0 {
        rest = 0f64.copysign(y);
    } else if (y < 0.0) != (rest < 0.0) {
        rest += y;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0f64.copysign(x / y), rest);
    }
    let mut floor = quotient.floor();
    if quotient - floor > 0.5 {
        floor += 1.0;
    }
    (floor, rest)
}

pub fn remainder(a: &Object, b: &Object) -> PyResult {
    let (x, y) = operands!(a, b);
    if y == 0.0 {
        return Err(by_zero());
    }
    Ok(from_f64(floor_mod(x, y)))
}

pub fn floor_divide(a: &Object, b: &Object) -> PyResult {
    let (x, y) = operands!(a, b);
    if y == 0.0 {
        return Err(by_zero());
    }
    Ok(from_f64(div_mod(x, y).0))
}

pub fn divmod(a: &Object, b: &Object) -> PyResult {
    let (x, y) = operands!(a, b);
    if y == 0.0 {
        return Err(by_zero());
    }
    let (quotient, rest) = div_mod(x, y);
    Ok(tuple::from_owned(vec![from_f64(quotient), from_f64(rest)]))
}

pub fn power(a: &Object, b: &Object, c: &Object) -> PyResult {
    if !c.is(none()) {
        return Err(type_error(
            "pow() 3rd argument not allowed unless all arguments are integers",
        ));
    }
    let (x, y) = operands!(a, b);
    power_values(x, y)
}

fn is_odd(value: f64) -> bool {
    value.abs() % 2.0 == 1.0
}

/// `x ** y`: a float, or a complex for a negative base and a broken exponent.
pub fn power_values(x: f64, y: f64) -> PyResult {
    if y == 0.0 || x == 1.0 {
        return Ok(from_f64(1.0));
    }
    if x.is_nan() || y.is_nan() {
        return Ok(from_f64(if x.is_nan() { x } else { y }));
    }
    if y.is_infinite() {
        let size = x.abs();
        return Ok(from_f64(if size == 1.0 {
            1.0
        } else if (y > 0.0) == (size > 1.0) {
            y.abs()
        } else {
            0.0
        }));
    }
    let odd = is_odd(y);
    if x.is_infinite() {
        let size: f64 = if y > 0.0 { f64::INFINITY } else { 0.0 };
        return Ok(from_f64(if odd { size.copysign(x) } else { size }));
    }
    if x == 0.0 {
        if y < 0.0 {
            return Err(zero_division_error("zero to a negative power"));
        }
        return Ok(from_f64(if odd { x } else { 0.0 }));
    }
    if x < 0.0 && y != y.floor() {
        return crate::types::complex::power_values((x, 0.0), (y, 0.0));
    }
    let size = x.abs().powf(y);
    if size.is_infinite() {
        return Err(out_of_range());
    }
    Ok(from_f64(if x < 0.0 && odd { -size } else { size }))
}

/// OverflowError(34, 'Numerical result out of range'), as the C library's error number makes it.
#[cold]
pub fn out_of_range() -> Raised {
    let number = int::from_i64(34);
    let text = Str::new("Numerical result out of range");
    let args = [Word::borrowed(&number), Word::borrowed(&text)];
    let class = crate::types::exceptions::OVERFLOW_ERROR.as_object();
    match crate::ops::call::call(class, &args, None) {
        Ok(exception) => {
            crate::types::exceptions::set_context(&exception);
            crate::error::restore(exception)
        }
        Err(raised) => raised,
    }
}

pub fn negative(a: &Object) -> PyResult {
    Ok(from_f64(-value(a)))
}

pub fn positive(a: &Object) -> PyResult {
    if a.is_exact(&FLOAT) {
        return Ok(crate::Owned::new(a));
    }
    Ok(from_f64(value(a)))
}

pub fn absolute(a: &Object) -> PyResult {
    Ok(from_f64(value(a).abs()))
}

pub fn is_true(a: &Object) -> PyResult<bool> {
    Ok(value(a) != 0.0)
}

pub fn int(a: &Object) -> PyResult {
    int::from_f64(value(a).trunc())
}

/// Orders a double and an int exactly; `None` for NaN.
pub fn compare_int(x: f64, other: &Int) -> Option<Ordering> {
    if other.is_compact() || x.is_nan() {
        return x
            .partial_cmp(&(other.compact_value() as f64))
            .filter(|_| !x.is_nan());
    }
    if x.is_infinite() {
        return Some(if x > 0.0 {
            Ordering::Greater
        } else {
            Ordering::Less
        });
    }
    let whole = x.trunc();
    let order = match other.to_i128() {
        Some(y) if whole.abs() < 1.5e38 => (whole as i128).cmp(&y),
        _ => BigInt::from_f64(whole)?.cmp(&int::to_bigint(&other.object)),
    };
    Some(order.then_with(|| x.partial_cmp(&whole).unwrap_or(Ordering::Equal)))
}

pub fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    let x = value(a);
    let order = if is_float(b) {
        x.partial_cmp(&value(b))
    } else if int::is_int(b) {
        compare_int(x, int::cast(b))
    } else {
        return Ok(not_implemented());
    };
    Ok(bool_owned(match order {
        Some(order) => int::arith::holds(order, op),
        None => op == CompareOp::Ne,
    }))
}

pub fn hash(a: &Object) -> PyResult<isize> {
    Ok(hash_value(value(a), a))
}

/// Hash of a double: equal to that of an equal int; NaN hashes by the address of `owner`.
pub fn hash_value(x: f64, owner: &Object) -> isize {
    const PRIME: u64 = (1 << 61) - 1;
    if x.is_infinite() {
        return if x > 0.0 { 314_159 } else { -314_159 };
    }
    if x.is_nan() {
        return hash_pointer(owner.as_ptr() as usize);
    }
    if x.trunc() == x && x.abs() < 1e15 {
        return if x == -1.0 { -2 } else { x as isize };
    }
    let (fraction, mut exponent) = bits::frexp(x.abs());
    let mut fraction = fraction;
    let mut hash = 0u64;
    while fraction != 0.0 {
        hash = (hash << 28) & PRIME | hash >> (61 - 28);
        fraction *= 268_435_456.0; // 2**28
        exponent -= 28;
        let part = fraction as u64;
        fraction -= part as f64;
        hash += part;
        if hash >= PRIME {
            hash -= PRIME;
        }
    }
    let turn = exponent.rem_euclid(61) as u32;
    if turn != 0 {
        hash = (hash << turn) & PRIME | hash >> (61 - turn);
    }
    let signed = if x < 0.0 { -(hash as i64) } else { hash as i64 };
    if signed == -1 { -2 } else { signed as isize }
}

/// Hash of an address (`Py_HashPointer`): its low bits, which are always zero, go to the top.
pub fn hash_pointer(address: usize) -> isize {
    match address.rotate_right(4) as isize {
        -1 => -2,
        hash => hash,
    }
}
