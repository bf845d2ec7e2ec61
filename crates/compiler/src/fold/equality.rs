//! Equality as Python has it, over types: `1 == 1.0 == True`.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHasher};
use terrarium_bytecode::{Constant, Int};

use super::{Number, int, number};

/// The elements of a set made of these, the first of equal ones kept.
pub fn distinct(items: Vec<Constant>) -> Vec<Constant> {
    let mut places: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    let mut kept: Vec<Constant> = Vec::with_capacity(items.len());
    for item in items {
        let mut hasher = FxHasher::default();
        hash(&item, &mut hasher);
        let places = places.entry(hasher.finish()).or_default();
        if !places.iter().any(|&place| equal(&kept[place], &item)) {
            places.push(kept.len());
            kept.push(item);
        }
    }
    kept
}

/// Equal values give equal hashes.
fn hash(value: &Constant, state: &mut FxHasher) {
    match value {
        Constant::Str(string) => string.text.hash(state),
        Constant::Bytes(bytes) => bytes.hash(state),
        Constant::Tuple(items) => items.iter().for_each(|item| hash(item, state)),
        Constant::Slice(parts) => parts.iter().for_each(|part| hash(part, state)),
        Constant::FrozenSet(items) => items.len().hash(state),
        _ => match number(value) {
            Some(Number::Int(Int::Small(small))) => hash_float(small as f64, state),
            Some(Number::Int(value @ Int::Big(_))) => {
                hash_float(int::to_float(&value).unwrap_or(f64::INFINITY), state);
            }
            Some(Number::Float(value)) => hash_float(value, state),
            Some(Number::Complex(value)) => hash_float(value.0, state),
            None => std::mem::discriminant(value).hash(state),
        },
    }
}

fn hash_float(value: f64, state: &mut FxHasher) {
    let value = if value == 0.0 { 0.0 } else { value };
    value.to_bits().hash(state);
}

/// `left is right or left == right`
fn equal(left: &Constant, right: &Constant) -> bool {
    match (left, right) {
        (Constant::None, Constant::None) | (Constant::Ellipsis, Constant::Ellipsis) => true,
        (Constant::Str(left), Constant::Str(right)) => left.text == right.text,
        (Constant::Bytes(left), Constant::Bytes(right)) => left == right,
        (Constant::Tuple(left), Constant::Tuple(right)) => all_equal(left, right),
        (Constant::Slice(left), Constant::Slice(right)) => all_equal(&left[..], &right[..]),
        (Constant::FrozenSet(left), Constant::FrozenSet(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|item| right.iter().any(|other| equal(item, other)))
        }
        (Constant::Code(left), Constant::Code(right)) => Rc::ptr_eq(left, right),
        (Constant::Float(left), Constant::Float(right)) if Rc::ptr_eq(left, right) => true,
        (Constant::Complex(left), Constant::Complex(right)) if Rc::ptr_eq(left, right) => true,
        _ => match (number(left), number(right)) {
            (Some(left), Some(right)) => equal_numbers(&left, &right),
            _ => false,
        },
    }
}

fn all_equal(left: &[Constant], right: &[Constant]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|(left, right)| equal(left, right))
}

fn equal_numbers(left: &Number, right: &Number) -> bool {
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => left == right,
        (Number::Float(left), Number::Float(right)) => left == right,
        (Number::Complex(left), Number::Complex(right)) => left == right,
        (Number::Int(int), Number::Float(float)) | (Number::Float(float), Number::Int(int)) => {
            int::equals_float(int, *float)
        }
        (Number::Complex(complex), Number::Int(int))
        | (Number::Int(int), Number::Complex(complex)) => {
            complex.1 == 0.0 && int::equals_float(int, complex.0)
        }
        (Number::Complex(complex), Number::Float(float))
        | (Number::Float(float), Number::Complex(complex)) => {
            complex.1 == 0.0 && complex.0 == *float
        }
    }
}
