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
    let mut sum = Vec::with_capacity(long.len() + 1);
    let mut carry = 0;
    for (i, digit) in long.iter().enumerate() {
        carry += digit + short.get(i).copied().unwrap_or(0);
        sum.push(carry & MASK);
        carry >>= SHIFT;
    }
    sum.push(carry);
    sum
}

/// `a - b` where `a >= b`.
pub fn subtract(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut difference = Vec::with_capacity(a.len());
    let mut borrow = 0i64;
    for (i, digit) in a.iter().enumerate() {
        borrow += i64::from(*digit) - i64::from(b.get(i).copied().unwrap_or(0));
        difference.push(borrow as u32 & MASK);
        borrow >>= SHIFT;
    }
    difference
}

pub fn multiply(a: &[u32], b: &[u32]) -> Vec<u32> {
    if a.len().min(b.len()) > SCHOOLBOOK {
        return from_biguint(&(to_biguint(a) * to_biguint(b)));
    }
    let mut product = vec![0u32; a.len() + b.len()];
    for (i, x) in a.iter().enumerate() {
        let mut carry = 0u64;
        let x = u64::from(*x);
        for (place, y) in product[i..].iter_mut().zip(b) {
            carry += u64::from(*place) + x * u64::from(*y);
            *place = carry as u32 & MASK;
            carry >>= SHIFT;
        }
        product[i + b.len()] = carry as u32;
    }
    product
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
    let (quotient, rest) = num_integer::Integer::div_rem(&to_biguint(a), &to_biguint(b));
    (from_biguint(&quotient), from_biguint(&rest))
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
