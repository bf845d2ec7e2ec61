//! Arithmetic on magnitudes: slices of 30-bit digits, lowest first. Large products, divisions and radix changes go through num-bigint.

use std::cmp::Ordering;

use num_bigint::BigUint;

use super::{MASK, SHIFT};

/// Products of more digits than this (in the shorter factor) go through num-bigint.
const SCHOOLBOOK: usize = 48;

/// Repacks 30-bit digits into a big number.
pub fn to_biguint(digits: &[u32]) -> BigUint {
    let mut words = Vec::with_capacity(digits.len());
    let (mut bits, mut held) = (0u64, 0u32);
    for digit in digits {
        bits |= u64::from(*digit) << held;
        held += SHIFT;
        if held >= 32 {
            words.push(bits as u32);
            bits >>= 32;
            held -= 32;
        }
    }
    if bits != 0 {
        words.push(bits as u32);
    }
    BigUint::new(words)
}

/// Repacks a big number into 30-bit digits.
pub fn from_biguint(value: &BigUint) -> Vec<u32> {
    let mut digits = Vec::with_capacity(value.bits() as usize / SHIFT as usize + 1);
    let (mut bits, mut held) = (0u64, 0u32);
    for word in value.iter_u32_digits() {
        bits |= u64::from(word) << held;
        held += 32;
        while held >= SHIFT {
            digits.push(bits as u32 & MASK);
            bits >>= SHIFT;
            held -= SHIFT;
        }
    }
    if bits != 0 {
        digits.push(bits as u32);
    }
    digits
}

/// Drops leading zeros.
pub fn trim(digits: &[u32]) -> &[u32] {
    let count = digits.iter().rposition(|d| *d != 0).map_or(0, |i| i + 1);
    &digits[..count]
}

/// Orders two trimmed magnitudes.
pub fn compare(a: &[u32], b: &[u32]) -> Ordering {
    a.len()
        .cmp(&b.len())
        .then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

pub fn add(a: &[u32], b: &[u32]) -> Vec<u32> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let (low, high) = long.split_at(short.len());
    let mut sum = Vec::with_capacity(long.len() + 1);
    let mut carry = 0;
    sum.extend(low.iter().zip(short).map(|(x, y)| {
        carry += x + y;
        let digit = carry & MASK;
        carry >>= SHIFT;
        digit
    }));
    sum.extend(high.iter().map(|x| {
        carry += x;
        let digit = carry & MASK;
        carry >>= SHIFT;
        digit
    }));
    sum.push(carry);
    sum
}

/// `a - b` where `a >= b`.
pub fn subtract(a: &[u32], b: &[u32]) -> Vec<u32> {
    let (low, high) = a.split_at(b.len().min(a.len()));
    let mut difference = Vec::with_capacity(a.len());
    let mut borrow = 0i32;
    difference.extend(low.iter().zip(b).map(|(x, y)| {
        borrow += *x as i32 - *y as i32;
        let digit = borrow as u32 & MASK;
        borrow >>= SHIFT;
        digit
    }));
    difference.extend(high.iter().map(|x| {
        borrow += *x as i32;
        let digit = borrow as u32 & MASK;
        borrow >>= SHIFT;
        digit
    }));
    difference
}

pub fn multiply(a: &[u32], b: &[u32]) -> Vec<u32> {
    if a.len().min(b.len()) > SCHOOLBOOK {
        return from_biguint(&(to_biguint(a) * to_biguint(b)));
    }
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut product = vec![0u32; a.len() + b.len()];
    for (i, x) in short.iter().enumerate() {
        let places = &mut product[i..=i + long.len()];
        places[long.len()] = add_product(places, long, *x);
    }
    product
}

/// Adds `digits * factor` to as many places; gives the carry.
fn add_product(places: &mut [u32], digits: &[u32], factor: u32) -> u32 {
    let mut carry = 0u64;
    let factor = u64::from(factor);
    for (place, digit) in places.iter_mut().zip(digits) {
        carry += u64::from(*place) + factor * u64::from(*digit);
        *place = carry as u32 & MASK;
        carry >>= SHIFT;
    }
    carry as u32
}

/// Quotient and remainder by one digit (not zero).
pub fn divide_by_digit(a: &[u32], b: u32) -> (Vec<u32>, u32) {
    let mut quotient = vec![0u32; a.len()];
    let mut rest = 0u64;
    for (place, digit) in quotient.iter_mut().zip(a).rev() {
        rest = rest << SHIFT | u64::from(*digit);
        *place = (rest / u64::from(b)) as u32;
        rest %= u64::from(b);
    }
    (quotient, rest as u32)
}

/// Quotient and remainder; `b` is trimmed and not zero.
pub fn divide(a: &[u32], b: &[u32]) -> (Vec<u32>, Vec<u32>) {
    if compare(a, b) == Ordering::Less {
        return (Vec::new(), a.to_vec());
    }
    if let [digit] = b {
        let (quotient, rest) = divide_by_digit(a, *digit);
        return (quotient, vec![rest]);
    }
    if b.len().min(a.len() - b.len()) <= SCHOOLBOOK {
        return divide_schoolbook(a, b);
    }
    let (quotient, rest) = num_integer::Integer::div_rem(&to_biguint(a), &to_biguint(b));
    (from_biguint(&quotient), from_biguint(&rest))
}

/// Knuth's algorithm D (The Art of Computer Programming, 4.3.1): `b` has two digits or more, `a` is not less than `b`.
fn divide_schoolbook(a: &[u32], b: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let (top, shift) = (b.len(), b[b.len() - 1].leading_zeros() - 2);
    let divisor = shift_left(b, shift as usize);
    let mut rest = shift_left(a, shift as usize);
    let (high, next) = (u64::from(divisor[top - 1]), u64::from(divisor[top - 2]));
    let mut quotient = vec![0u32; a.len() - top + 1];
    for at in (0..quotient.len()).rev() {
        let window = &mut rest[at..=at + top];
        let two = u64::from(window[top]) << SHIFT | u64::from(window[top - 1]);
        let (mut guess, mut left) = (two / high, two % high);
        while guess > u64::from(MASK) || guess * next > (left << SHIFT | u64::from(window[top - 2]))
        {
            guess -= 1;
            left += high;
            if left > u64::from(MASK) {
                break;
            }
        }
        if subtract_product(window, &divisor[..top], guess as u32) {
            // One too many: put the divisor back once.
            guess -= 1;
            let carry = add_product(window, &divisor[..top], 1);
            window[top] = window[top].wrapping_add(carry) & MASK;
        }
        quotient[at] = guess as u32;
    }
    (quotient, shift_right(&rest[..top], shift as usize))
}

/// Subtracts `digits * factor` from one place more; says whether the result went below zero (it is then modulo the places' range).
fn subtract_product(places: &mut [u32], digits: &[u32], factor: u32) -> bool {
    let mut borrow = 0i64;
    let factor = i64::from(factor);
    let (last, low) = places.split_last_mut().expect("a place more than digits");
    for (place, digit) in low.iter_mut().zip(digits) {
        borrow += i64::from(*place) - factor * i64::from(*digit);
        *place = borrow as u32 & MASK;
        borrow >>= SHIFT;
    }
    borrow += i64::from(*last);
    *last = borrow as u32 & MASK;
    borrow < 0
}

/// Bits of a trimmed magnitude.
pub fn bit_length(digits: &[u32]) -> usize {
    match digits.last() {
        None => 0,
        Some(top) => (digits.len() - 1) * SHIFT as usize + (32 - top.leading_zeros()) as usize,
    }
}

pub fn shift_left(digits: &[u32], count: usize) -> Vec<u32> {
    let (words, bits) = (count / SHIFT as usize, (count % SHIFT as usize) as u32);
    let mut out = vec![0u32; words];
    out.reserve(digits.len() + 1);
    let mut carry = 0u64;
    for digit in digits {
        carry |= u64::from(*digit) << bits;
        out.push(carry as u32 & MASK);
        carry >>= SHIFT;
    }
    out.push(carry as u32);
    out
}

/// The magnitude without its lowest `count` bits.
pub fn shift_right(digits: &[u32], count: usize) -> Vec<u32> {
    let (words, bits) = (count / SHIFT as usize, (count % SHIFT as usize) as u32);
    if words >= digits.len() {
        return Vec::new();
    }
    let digits = &digits[words..];
    (0..digits.len())
        .map(|i| {
            let high = u64::from(digits.get(i + 1).copied().unwrap_or(0));
            ((high << SHIFT | u64::from(digits[i])) >> bits) as u32 & MASK
        })
        .collect()
}

/// Whether any of the lowest `count` bits is set.
pub fn any_low_bits(digits: &[u32], count: usize) -> bool {
    let (words, bits) = (count / SHIFT as usize, (count % SHIFT as usize) as u32);
    digits.iter().take(words).any(|d| *d != 0)
        || digits
            .get(words)
            .is_some_and(|d| d & ((1u32 << bits) - 1) != 0)
}
