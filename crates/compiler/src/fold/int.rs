//! Integers of any size.

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};
use terrarium_bytecode::Int;

/// No folded product, power or shifted value is longer (CPython's MAX_INT_SIZE).
const MAX_BITS: u64 = 128;

/// Integers up to this size are floats exactly.
const EXACT_FLOAT: u64 = 1 << f64::MANTISSA_DIGITS;

fn from_i128(value: i128) -> Int {
    match i64::try_from(value) {
        Ok(small) => Int::Small(small),
        Err(_) => Int::Big(BigInt::from(value)),
    }
}

fn from_big(value: BigInt) -> Int {
    match value.to_i64() {
        Some(small) => Int::Small(small),
        None => Int::Big(value),
    }
}

fn to_big(value: &Int) -> BigInt {
    match value {
        Int::Small(small) => BigInt::from(*small),
        Int::Big(big) => big.clone(),
    }
}

/// `operation` on machine integers if both are small, which cannot overflow for sums and products.
fn apply(
    left: &Int,
    right: &Int,
    small: impl Fn(i128, i128) -> i128,
    big: impl Fn(BigInt, BigInt) -> BigInt,
) -> Int {
    match (left, right) {
        (Int::Small(left), Int::Small(right)) => from_i128(small((*left).into(), (*right).into())),
        _ => from_big(big(to_big(left), to_big(right))),
    }
}

pub fn is_zero(value: &Int) -> bool {
    matches!(value, Int::Small(0))
}

pub fn is_negative(value: &Int) -> bool {
    match value {
        Int::Small(small) => *small < 0,
        Int::Big(big) => big.is_negative(),
    }
}

/// Length of the absolute value in bits.
fn bits(value: &Int) -> u64 {
    match value {
        Int::Small(small) => u64::from(64 - small.unsigned_abs().leading_zeros()),
        Int::Big(big) => big.bits(),
    }
}

/// The value if it is not negative and fits.
fn to_u64(value: &Int) -> Option<u64> {
    match value {
        Int::Small(small) => u64::try_from(*small).ok(),
        Int::Big(big) => big.to_u64(),
    }
}

pub fn negative(value: &Int) -> Int {
    apply(&Int::Small(0), value, |a, b| a - b, |a, b| a - b)
}

pub fn invert(value: &Int) -> Int {
    apply(&Int::Small(-1), value, |a, b| a - b, |a, b| a - b)
}

pub fn add(left: &Int, right: &Int) -> Int {
    apply(left, right, |a, b| a + b, |a, b| a + b)
}

pub fn subtract(left: &Int, right: &Int) -> Int {
    apply(left, right, |a, b| a - b, |a, b| a - b)
}

pub fn multiply(left: &Int, right: &Int) -> Option<Int> {
    if !is_zero(left) && !is_zero(right) && bits(left) + bits(right) > MAX_BITS {
        return None;
    }
    Some(apply(left, right, |a, b| a * b, |a, b| a * b))
}

pub fn floor_divide(left: &Int, right: &Int) -> Option<Int> {
    let divide = |a: i128, b: i128| Integer::div_floor(&a, &b);
    (!is_zero(right)).then(|| apply(left, right, divide, |a, b| Integer::div_floor(&a, &b)))
}

pub fn modulo(left: &Int, right: &Int) -> Option<Int> {
    let modulo = |a: i128, b: i128| Integer::mod_floor(&a, &b);
    (!is_zero(right)).then(|| apply(left, right, modulo, |a, b| Integer::mod_floor(&a, &b)))
}

pub fn bitwise(
    left: &Int,
    right: &Int,
    small: impl Fn(i128, i128) -> i128,
    big: impl Fn(BigInt, BigInt) -> BigInt,
) -> Int {
    apply(left, right, small, big)
}

/// `left << right`
pub fn left_shift(left: &Int, right: &Int) -> Option<Int> {
    if is_negative(right) {
        return None;
    }
    if is_zero(left) || is_zero(right) {
        return Some(left.clone());
    }
    let places = to_u64(right).filter(|&places| places <= MAX_BITS)?;
    (bits(left) <= MAX_BITS - places).then(|| from_big(to_big(left) << places))
}

/// `left >> right`
pub fn right_shift(left: &Int, right: &Int) -> Option<Int> {
    if is_negative(right) {
        return None;
    }
    match to_u64(right).filter(|&places| places < bits(left)) {
        Some(places) => Some(from_big(to_big(left) >> places)),
        None => Some(Int::Small(if is_negative(left) { -1 } else { 0 })),
    }
}

/// `left ** right` for `right` of zero or more.
pub fn power(left: &Int, right: &Int) -> Option<Int> {
    if is_zero(right) {
        return Some(Int::Small(1));
    }
    if is_zero(left) {
        return Some(Int::Small(0));
    }
    let exponent = to_u64(right)?;
    if bits(left) > MAX_BITS / exponent {
        return None;
    }
    Some(from_big(to_big(left).pow(exponent as u32)))
}

/// The nearest float, ties to even; none if the value is too large.
pub fn to_float(value: &Int) -> Option<f64> {
    match value {
        Int::Small(small) => Some(*small as f64),
        Int::Big(big) => signed(
            big.is_negative(),
            quotient(big.magnitude(), &BigUint::from(1u8))?,
        ),
    }
}

/// `left / right`, correctly rounded; none for division by zero and results that are too large.
pub fn true_divide(left: &Int, right: &Int) -> Option<f64> {
    if is_zero(right) {
        return None;
    }
    if let (Int::Small(left), Int::Small(right)) = (left, right)
        && left.unsigned_abs() <= EXACT_FLOAT
        && right.unsigned_abs() <= EXACT_FLOAT
    {
        return Some(*left as f64 / *right as f64);
    }
    let negative = is_negative(left) != is_negative(right);
    signed(
        negative,
        quotient(to_big(left).magnitude(), to_big(right).magnitude())?,
    )
}

fn signed(negative: bool, magnitude: f64) -> Option<f64> {
    Some(if negative { -magnitude } else { magnitude })
}

/// `left / right` of magnitudes, to the nearest float, ties to even.
fn quotient(left: &BigUint, right: &BigUint) -> Option<f64> {
    if left.is_zero() {
        return Some(0.0);
    }
    let length = left.bits() as i64 - right.bits() as i64;
    if length > i64::from(f64::MAX_EXP) {
        return None;
    }
    if length < i64::from(f64::MIN_EXP) - 60 {
        return Some(0.0);
    }
    // A quotient of 55 or 56 bits, and whether anything is left below it.
    let shift = 55 - length;
    let (digits, rest) = if shift >= 0 {
        (left << shift as u64).div_rem(right)
    } else {
        left.div_rem(&(right << (-shift) as u64))
    };
    let digits = digits.to_u64()?;
    let exponent = 63 - i64::from(digits.leading_zeros()) - shift;
    // Fewer digits are kept of a subnormal result.
    let kept = i64::from(f64::MANTISSA_DIGITS).min(exponent + 1075);
    let dropped = 64 - i64::from(digits.leading_zeros()) - kept;
    if dropped > 63 {
        return Some(0.0);
    }
    let below = digits & ((1 << dropped) - 1);
    let half = 1 << (dropped - 1);
    let mut rounded = digits >> dropped;
    if below > half || below == half && (!rest.is_zero() || rounded & 1 == 1) {
        rounded += 1;
    }
    let result = rounded as f64 * power_of_two(dropped - shift);
    result.is_finite().then_some(result)
}

/// 2 to a power from -1074 to 1023.
fn power_of_two(exponent: i64) -> f64 {
    if exponent >= -1022 {
        f64::from_bits(((exponent + 1023) as u64) << 52)
    } else {
        f64::from_bits(1 << (exponent + 1074))
    }
}

pub fn equals_float(int: &Int, float: f64) -> bool {
    float.is_finite()
        && float.fract() == 0.0
        && BigInt::from_f64(float).is_some_and(|float| from_big(float) == *int)
}

/// The value as an index: none if it does not fit.
pub fn to_index(value: &Int) -> Option<i64> {
    match value {
        Int::Small(small) => Some(*small),
        Int::Big(_) => None,
    }
}

/// The value as a bound of a slice: the nearest that fits.
pub fn to_bound(value: &Int) -> i64 {
    match value {
        Int::Small(small) => *small,
        Int::Big(big) if big.sign() == Sign::Minus => i64::MIN,
        Int::Big(_) => i64::MAX,
    }
}
