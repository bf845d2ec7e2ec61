//! The number slots of `int` (Objects/longobject.c). Compact values take a path of a few instructions, values of up to four digits go
//! through 128-bit arithmetic, the rest through `digits`.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::Zero;

use crate::error::{memory_error, overflow_error, value_error, zero_division_error};
use crate::object::Object;
use crate::refs::{Owned, PyResult, Raised};
use crate::typeobject::CompareOp;
use crate::types::bool::bool_owned;
use crate::types::none::{none, not_implemented};

use super::{
    INT, Int, SHIFT, cast, digits, from_bigint, from_digits, from_i64, from_i128, is_int, to_bigint,
};

/// Both operands as ints, or `NotImplemented` from the enclosing slot.
macro_rules! both {
    ($a:ident, $b:ident) => {
        if is_int($a) && is_int($b) {
            (cast($a), cast($b))
        } else {
            return Ok(not_implemented());
        }
    };
}

pub fn add(a: &Object, b: &Object) -> PyResult {
    let (a, b) = both!(a, b);
    Ok(add_ints(a, b))
}

/// The sum.
#[inline(always)]
pub fn add_ints(a: &Int, b: &Int) -> Owned {
    if a.is_compact() && b.is_compact() {
        return from_i64(a.compact_value() + b.compact_value());
    }
    add_wide(a, b, b.is_negative())
}

/// The difference.
#[inline(always)]
pub fn subtract_ints(a: &Int, b: &Int) -> Owned {
    if a.is_compact() && b.is_compact() {
        return from_i64(a.compact_value() - b.compact_value());
    }
    add_wide(a, b, !b.is_negative())
}

/// The product.
#[inline(always)]
pub fn multiply_ints(a: &Int, b: &Int) -> Owned {
    if a.is_compact() && b.is_compact() {
        return from_i64(a.compact_value() * b.compact_value());
    }
    multiply_wide(a, b)
}

/// `a` plus the magnitude of `b` with the given sign.
#[inline(never)]
fn add_wide(a: &Int, b: &Int, b_negative: bool) -> Owned {
    if let (Some(x), Some(y)) = (a.two_digits(), b.two_digits()) {
        let y = if b.is_negative() == b_negative { y } else { -y };
        return from_i64(x + y);
    }
    let (x, y) = (a.magnitude(), b.magnitude());
    if a.is_negative() == b_negative {
        return from_digits(&digits::add(x, y), b_negative);
    }
    match digits::compare(x, y) {
        Ordering::Equal => from_i64(0),
        Ordering::Greater => from_digits(&digits::subtract(x, y), a.is_negative()),
        Ordering::Less => from_digits(&digits::subtract(y, x), b_negative),
    }
}

#[inline(never)]
fn multiply_wide(a: &Int, b: &Int) -> Owned {
    if let (Some(x), Some(y)) = (a.two_digits(), b.two_digits()) {
        return from_i128(i128::from(x) * i128::from(y));
    }
    let product = digits::multiply(a.magnitude(), b.magnitude());
    from_digits(&product, a.is_negative() != b.is_negative())
}

pub fn subtract(a: &Object, b: &Object) -> PyResult {
    let (a, b) = both!(a, b);
    Ok(subtract_ints(a, b))
}

pub fn multiply(a: &Object, b: &Object) -> PyResult {
    let (a, b) = both!(a, b);
    Ok(multiply_ints(a, b))
}

#[cold]
fn by_zero() -> Raised {
    zero_division_error("division by zero")
}

/// Floored quotient of machine values.
#[inline(always)]
fn floor_div_i64(a: i64, b: i64) -> i64 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) {
        quotient - 1
    } else {
        quotient
    }
}

/// Remainder with the sign of `b`.
#[inline(always)]
fn floor_mod_i64(a: i64, b: i64) -> i64 {
    let rest = a % b;
    if rest != 0 && (rest < 0) != (b < 0) {
        rest + b
    } else {
        rest
    }
}

/// Floored quotient and remainder of ints of any size; `b` is not zero.
fn divide_wide(a: &Int, b: &Int) -> (Owned, Owned) {
    if let (Some(x), Some(y)) = (a.to_i128(), b.to_i128()) {
        let (mut quotient, mut rest) = (x / y, x % y);
        if rest != 0 && (rest < 0) != (y < 0) {
            quotient -= 1;
            rest += y;
        }
        return (from_i128(quotient), from_i128(rest));
    }
    let (quotient, rest) = digits::divide(a.magnitude(), b.magnitude());
    let negative = a.is_negative() != b.is_negative();
    if negative && rest.iter().any(|d| *d != 0) {
        let quotient = digits::add(digits::trim(&quotient), &[1]);
        let rest = digits::subtract(b.magnitude(), digits::trim(&rest));
        return (
            from_digits(&quotient, true),
            from_digits(&rest, b.is_negative()),
        );
    }
    (
        from_digits(&quotient, negative),
        from_digits(&rest, a.is_negative()),
    )
}

pub fn floor_divide(a: &Object, b: &Object) -> PyResult {
    let (a, b) = both!(a, b);
    if b.is_zero() {
        return Err(by_zero());
    }
    if a.is_compact() && b.is_compact() {
        return Ok(from_i64(floor_div_i64(
            a.compact_value(),
            b.compact_value(),
        )));
    }
    Ok(divide_wide(a, b).0)
}

pub fn remainder(a: &Object, b: &Object) -> PyResult {
    let (a, b) = both!(a, b);
    if b.is_zero() {
        return Err(by_zero());
    }
    if a.is_compact() && b.is_compact() {
        return Ok(from_i64(floor_mod_i64(
            a.compact_value(),
            b.compact_value(),
        )));
    }
    Ok(divide_wide(a, b).1)
}

pub fn divmod(a: &Object, b: &Object) -> PyResult {
    let (a, b) = both!(a, b);
    if b.is_zero() {
        return Err(by_zero());
    }
    let (quotient, rest) = if a.is_compact() && b.is_compact() {
        let (x, y) = (a.compact_value(), b.compact_value());
        (from_i64(floor_div_i64(x, y)), from_i64(floor_mod_i64(x, y)))
    } else {
        divide_wide(a, b)
    };
    Ok(crate::types::tuple::from_owned(vec![quotient, rest]))
}

pub fn true_divide(a: &Object, b: &Object) -> PyResult {
    let (a, b) = both!(a, b);
    if b.is_zero() {
        return Err(by_zero());
    }
    let value = if a.is_compact() && b.is_compact() {
        a.compact_value() as f64 / b.compact_value() as f64
    } else {
        quotient_f64(a, b)?
    };
    Ok(crate::types::float::from_f64(value))
}

/// The double nearest to `a / b`, ties to even; `b` is not zero.
fn quotient_f64(a: &Int, b: &Int) -> PyResult<f64> {
    const MIN_EXPONENT: i64 = -1021;
    const MAX_EXPONENT: i64 = 1024;
    const MANTISSA: i64 = 53;
    let too_large = || overflow_error("integer division result too large for a float");
    let negative = a.is_negative() != b.is_negative();
    let signed = |value: f64| if negative { -value } else { value };
    let (x, y) = (a.magnitude(), b.magnitude());
    let (x_bits, y_bits) = (digits::bit_length(x) as i64, digits::bit_length(y) as i64);
    if x_bits <= MANTISSA && y_bits <= MANTISSA {
        let exact = |d: &[u32]| d.iter().rev().fold(0u64, |v, d| v << SHIFT | u64::from(*d)) as f64;
        return Ok(signed(exact(x) / exact(y)));
    }
    let difference = x_bits - y_bits;
    if difference > MAX_EXPONENT {
        return Err(too_large());
    }
    if x_bits == 0 || difference < MIN_EXPONENT - MANTISSA - 1 {
        return Ok(signed(0.0));
    }
    let shift = difference.max(MIN_EXPONENT) - MANTISSA - 2;
    let (numerator, mut inexact) = if shift <= 0 {
        (digits::shift_left(x, (-shift) as usize), false)
    } else {
        let lost = digits::any_low_bits(x, shift as usize);
        (digits::shift_right(x, shift as usize), lost)
    };
    let (quotient, rest) = digits::divide(digits::trim(&numerator), y);
    inexact |= rest.iter().any(|d| *d != 0);
    let quotient = digits::trim(&quotient);
    let bits = digits::bit_length(quotient) as i64;
    let extra = bits.max(MIN_EXPONENT - shift) - MANTISSA;
    let mask = 1u64 << (extra - 1);
    // At most 56 bits, two digits.
    let whole = quotient
        .iter()
        .rev()
        .fold(0u64, |v, d| v << SHIFT | u64::from(*d));
    let mut low = whole | u64::from(inexact);
    if low & mask != 0 && low & (3 * mask - 1) != 0 {
        low += mask;
    }
    let rounded = (low & !(2 * mask - 1)) as f64;
    if shift + bits >= MAX_EXPONENT
        && (shift + bits > MAX_EXPONENT || rounded == crate::types::float::ldexp(1.0, bits as i32))
    {
        return Err(too_large());
    }
    Ok(signed(crate::types::float::ldexp(rounded, shift as i32)))
}

/// The nearest double, ties to even; `None` if it would be infinite.
pub fn to_f64(int: &Int) -> Option<f64> {
    if int.is_compact() {
        return Some(int.compact_value() as f64);
    }
    if let Some(value) = int.to_i128() {
        return Some(value as f64);
    }
    let magnitude = int.magnitude();
    let bits = digits::bit_length(magnitude);
    if bits > 1024 {
        return None;
    }
    let shift = bits - 64;
    let top = digits::shift_right(magnitude, shift)
        .iter()
        .rev()
        .fold(0u64, |v, d| v << SHIFT | u64::from(*d));
    let sticky = u64::from(digits::any_low_bits(magnitude, shift));
    let value = crate::types::float::ldexp((top | sticky) as f64, shift as i32);
    if value.is_infinite() {
        return None;
    }
    Some(if int.is_negative() { -value } else { value })
}

pub fn power(a: &Object, b: &Object, c: &Object) -> PyResult {
    let (x, y) = both!(a, b);
    if c.is(none()) {
        if y.is_negative() {
            let (Some(base), Some(exponent)) = (to_f64(x), to_f64(y)) else {
                return Err(overflow_error("int too large to convert to float"));
            };
            return crate::types::float::power_values(base, exponent);
        }
        return plain_power(x, y);
    }
    if !is_int(c) {
        return Ok(not_implemented());
    }
    modular_power(a, b, c)
}

fn plain_power(base: &Int, exponent: &Int) -> PyResult {
    let exponent_value = exponent.to_i64();
    if base.is_compact() {
        let value = base.compact_value();
        match (value, exponent_value) {
            (_, Some(0)) | (1, _) => return Ok(from_i64(1)),
            (0, _) => return Ok(from_i64(0)),
            (-1, _) => {
                let odd = exponent.magnitude().first().is_some_and(|d| d & 1 == 1);
                return Ok(from_i64(if odd { -1 } else { 1 }));
            }
            (_, Some(1)) => return Ok(from_i64(value)),
            (_, Some(2)) => return Ok(from_i64(value * value)),
            (_, Some(n)) if n < 64 => {
                if let Some(small) = value.checked_pow(n as u32) {
                    return Ok(from_i64(small));
                }
            }
            _ => {}
        }
    }
    // A result of more bits than this does not fit into memory.
    const LARGEST: u64 = 1 << 38;
    let bits = digits::bit_length(base.magnitude()) as u64;
    let power = exponent_value
        .and_then(|n| u32::try_from(n).ok())
        .filter(|n| (bits - 1) * u64::from(*n) < LARGEST)
        .ok_or_else(memory_error)?;
    if base.magnitude().iter().map(|d| d.count_ones()).sum::<u32>() == 1 {
        let shifted = digits::shift_left(&[1], (bits as usize - 1) * power as usize);
        return Ok(from_digits(&shifted, base.is_negative() && power & 1 == 1));
    }
    let result = digits::to_biguint(base.magnitude()).pow(power);
    Ok(from_digits(
        &digits::from_biguint(&result),
        base.is_negative() && power & 1 == 1,
    ))
}

fn modular_power(a: &Object, b: &Object, c: &Object) -> PyResult {
    let modulus = to_bigint(c);
    if modulus.is_zero() {
        return Err(value_error("pow() 3rd argument cannot be 0"));
    }
    let (mut base, mut exponent) = (to_bigint(a), to_bigint(b));
    if cast(b).is_negative() {
        let positive = BigInt::from(modulus.magnitude().clone());
        base = base
            .modinv(&positive)
            .or_else(|| (positive == BigInt::from(1)).then(BigInt::zero))
            .ok_or_else(|| value_error("base is not invertible for the given modulus"))?;
        exponent = -exponent;
    }
    Ok(from_bigint(&base.modpow(&exponent, &modulus)))
}

pub fn negative(a: &Object) -> PyResult {
    let int = cast(a);
    if int.is_compact() {
        return Ok(from_i64(-int.compact_value()));
    }
    Ok(from_digits(int.magnitude(), !int.is_negative()))
}

pub fn positive(a: &Object) -> PyResult {
    Ok(super::exact(a))
}

pub fn absolute(a: &Object) -> PyResult {
    if cast(a).is_negative() {
        negative(a)
    } else {
        positive(a)
    }
}

pub fn is_true(a: &Object) -> PyResult<bool> {
    Ok(!cast(a).is_zero())
}

pub fn invert(a: &Object) -> PyResult {
    let int = cast(a);
    if int.is_compact() {
        return Ok(from_i64(!int.compact_value()));
    }
    // -(a + 1)
    let one = cast(super::small_ref(1));
    let next = add_ints(int, one);
    negative(&next)
}

/// The count of a shift: `None` when it does not fit a machine word.
fn shift_count(b: &Int) -> PyResult<Option<u64>> {
    if b.is_negative() {
        return Err(value_error("negative shift count"));
    }
    Ok(b.to_i64().map(|n| n as u64))
}

pub fn lshift(a: &Object, b: &Object) -> PyResult {
    let (a, b) = both!(a, b);
    let count = shift_count(b)?;
    if a.is_zero() {
        return Ok(from_i64(0));
    }
    let Some(count) = count else {
        return Err(overflow_error("too many digits in integer"));
    };
    if a.is_compact() && count <= 32 {
        return Ok(from_i64(a.compact_value() << count));
    }
    if count > 1 << 38 {
        return Err(memory_error());
    }
    let shifted = digits::shift_left(a.magnitude(), count as usize);
    Ok(from_digits(&shifted, a.is_negative()))
}

pub fn rshift(a: &Object, b: &Object) -> PyResult {
    let (a, b) = both!(a, b);
    let count = shift_count(b)?.unwrap_or(u64::MAX);
    if a.is_compact() {
        return Ok(from_i64(a.compact_value() >> count.min(63)));
    }
    let count = usize::try_from(count)
        .unwrap_or(usize::MAX)
        .min(a.digit_count() * SHIFT as usize);
    let mut shifted = digits::shift_right(a.magnitude(), count);
    if a.is_negative() && digits::any_low_bits(a.magnitude(), count) {
        shifted = digits::add(&shifted, &[1]);
    }
    Ok(from_digits(&shifted, a.is_negative()))
}

macro_rules! bitwise {
    ($($name:ident $op:tt)*) => { $(
        pub fn $name(a: &Object, b: &Object) -> PyResult {
            let (x, y) = both!(a, b);
            if x.is_compact() && y.is_compact() {
                return Ok(from_i64(x.compact_value() $op y.compact_value()));
            }
            if let (Some(x), Some(y)) = (x.to_i128(), y.to_i128()) {
                return Ok(from_i128(x $op y));
            }
            Ok(from_bigint(&(to_bigint(a) $op to_bigint(b))))
        }
    )* };
}

bitwise! { and & or | xor ^ }

/// Orders two ints.
#[inline]
pub fn compare(a: &Int, b: &Int) -> Ordering {
    if a.is_compact() && b.is_compact() {
        return a.compact_value().cmp(&b.compact_value());
    }
    match (a.is_negative(), b.is_negative()) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => digits::compare(a.magnitude(), b.magnitude()),
        (true, true) => digits::compare(b.magnitude(), a.magnitude()),
    }
}

/// The truth of `op` for an ordering.
#[inline(always)]
pub fn holds(order: Ordering, op: CompareOp) -> bool {
    match op {
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Eq => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
    }
}

pub fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    let (x, y) = both!(a, b);
    Ok(bool_owned(holds(compare(x, y), op)))
}

/// The value modulo the Mersenne prime 2**61 - 1, with its sign.
pub fn hash(a: &Object) -> PyResult<isize> {
    const BITS: u32 = 61;
    const PRIME: u64 = (1 << BITS) - 1;
    let int = cast(a);
    let value = if int.is_compact() {
        int.compact_value()
    } else {
        let mut x = 0u64;
        for digit in int.magnitude().iter().rev() {
            x = ((x << SHIFT) & PRIME | x >> (BITS - SHIFT)) + u64::from(*digit);
            if x >= PRIME {
                x -= PRIME;
            }
        }
        if int.is_negative() {
            -(x as i64)
        } else {
            x as i64
        }
    };
    Ok(if value == -1 { -2 } else { value as isize })
}

pub fn int(a: &Object) -> PyResult {
    Ok(super::exact(a))
}

pub fn float(a: &Object) -> PyResult {
    match to_f64(cast(a)) {
        Some(value) => Ok(crate::types::float::from_f64(value)),
        None => Err(overflow_error("int too large to convert to float")),
    }
}

/// Whether the object is exactly an int (not bool, not a subclass).
#[inline(always)]
pub fn is_exact(a: &Object) -> bool {
    a.is_exact(&INT)
}
