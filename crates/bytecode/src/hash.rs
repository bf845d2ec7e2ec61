//! Hashes of constants, and the order in which a set of them is iterated over, as in CPython 3.14 (Python/pyhash.c, Objects/setobject.c).

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hasher as _;
use std::rc::Rc;

use num_bigint::{BigInt, BigUint, Sign};
use num_traits::ToPrimitive;
use siphasher::sip::SipHasher13;

use crate::constant::{Constant, Int};
use crate::repr::characters;

/// Numbers hash modulo this prime (`sys.hash_info.modulus`).
pub const MODULUS: u64 = (1 << 61) - 1;
const IMAG: u64 = 1000003;
const INF: i64 = 314159;
const NONE: i64 = 0xFCA86420;

/// How many steps the ordering of a set may take, in all and for each of its elements, before `set_order` gives up: values that share parts can be
/// exponentially larger than they look, and hashes can be made to collide.
const STEPS: usize = 1 << 16;
const STEPS_EACH: usize = 256;

/// Hashes values; the key belongs to strings and bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hasher {
    /// The two halves of the siphash key. Both are zero under PYTHONHASHSEED=0.
    key: (u64, u64),
    /// See `of_source`.
    renews: bool,
}

/// The orders of the sets met so far, so that one that stands in many places is put in order once.
#[derive(Debug, Default)]
pub struct SetOrders {
    hasher: Hasher,
    /// By address; the sets are held, lest another takes the address.
    known: RefCell<HashMap<usize, (Items, Order)>>,
}

type Items = Rc<[Constant]>;
type Order = Rc<[u32]>;

impl SetOrders {
    pub fn new(hasher: Hasher) -> SetOrders {
        SetOrders {
            hasher,
            known: RefCell::default(),
        }
    }

    /// `Hasher::set_order` of the set's elements.
    pub fn of(&self, items: &Items) -> Order {
        let address = Rc::as_ptr(items).cast::<Constant>() as usize;
        if let Some((_, order)) = self.known.borrow().get(&address) {
            return order.clone();
        }
        let order: Order = self.hasher.set_order(items).into();
        let entry = (items.clone(), order.clone());
        self.known.borrow_mut().insert(address, entry);
        order
    }
}

/// Counts down; at zero the work is given up.
struct Budget(usize);

impl Budget {
    fn step(&mut self) -> Option<()> {
        self.0 = self.0.checked_sub(1)?;
        Some(())
    }
}

impl Hasher {
    /// The hasher of `PYTHONHASHSEED=seed`.
    pub fn with_seed(seed: u32) -> Hasher {
        if seed == 0 {
            return Hasher::default();
        }
        // Python/bootstrap_hash.c, lcg_urandom
        let mut state = seed;
        let mut bytes = [0u8; 16];
        for byte in &mut bytes {
            state = state.wrapping_mul(214013).wrapping_add(2531011);
            *byte = (state >> 16) as u8;
        }
        let number = u128::from_le_bytes(bytes);
        Hasher {
            key: (number as u64, (number >> 64) as u64),
            renews: false,
        }
    }

    /// The same for the constants of a source just compiled, given in the order of the source: making the code object builds a set anew, from the order
    /// of the first, when it interns a string in it. (When that string was interned before, to be exact, which depends on all that ran before.)
    pub fn of_source(self) -> Hasher {
        Hasher {
            renews: true,
            ..self
        }
    }

    /// The hash of bytes, or of a string's code units.
    pub fn bytes(&self, bytes: &[u8]) -> i64 {
        if bytes.is_empty() {
            return 0;
        }
        let mut hasher = SipHasher13::new_with_keys(self.key.0, self.key.1);
        hasher.write(bytes);
        not_minus_one(hasher.finish() as i64)
    }

    /// The hash of a string given as UTF-8 with surrogates: that of its characters at the width of the widest.
    pub fn string(&self, text: &[u8]) -> i64 {
        if text.is_ascii() {
            return self.bytes(text);
        }
        let widest = characters(text).max().unwrap_or(0);
        let units: Vec<u8> = match widest {
            0..=0xff => characters(text).map(|number| number as u8).collect(),
            0x100..=0xffff => characters(text)
                .flat_map(|number| (number as u16).to_le_bytes())
                .collect(),
            _ => characters(text).flat_map(u32::to_le_bytes).collect(),
        };
        self.bytes(&units)
    }

    /// `hash(value)`; None for what has no hash, or one that depends on addresses, and for what the budget does not suffice for.
    fn constant(&self, value: &Constant, budget: &mut Budget) -> Option<i64> {
        budget.step()?;
        Some(match value {
            Constant::None => NONE,
            Constant::True => 1,
            Constant::False => 0,
            Constant::Int(value) => int(value),
            Constant::Float(value) => float(**value)?,
            Constant::Complex(value) => complex(value.0, value.1)?,
            Constant::Bytes(value) => self.bytes(value),
            Constant::Str(value) => self.string(&value.text),
            Constant::Tuple(items) => tuple(items.iter().map(|item| self.constant(item, budget)))?,
            Constant::Slice(items) => slice(items.iter().map(|item| self.constant(item, budget)))?,
            Constant::FrozenSet(items) => self.frozenset(items, budget)?,
            Constant::Ellipsis | Constant::StopIteration | Constant::Code(_) => return None,
            Constant::List(_) | Constant::Set(_) | Constant::Dict(_) => return None,
        })
    }

    /// Independent of the order of the elements; equal ones count once.
    fn frozenset(&self, items: &[Constant], budget: &mut Budget) -> Option<i64> {
        let mut hash = 0u64;
        let table = self.table(items, budget)?;
        for slot in table.slots.iter().flatten() {
            let item = slot.hash as u64;
            hash ^= ((item ^ 89869747) ^ (item << 16)).wrapping_mul(3644798167);
        }
        hash ^= (table.used as u64 + 1).wrapping_mul(1927868237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69069).wrapping_add(907133923);
        Some(if hash == u64::MAX {
            590923713
        } else {
            hash as i64
        })
    }

    /// The order in which CPython iterates over a set into which the elements were put in the given order, as indexes into `items`; of equal elements
    /// only the first. Where a hash depends on an address, or the values are made to take too long, the given order.
    pub fn set_order(&self, items: &[Constant]) -> Vec<u32> {
        let mut budget = Budget(STEPS + items.len().saturating_mul(STEPS_EACH));
        let order = self.order(items, &mut budget);
        let is_interned =
            |item: &Constant| matches!(item, Constant::Str(string) if string.interned);
        if !self.renews || !items.iter().any(is_interned) {
            return order;
        }
        let first: Vec<Constant> = order.iter().map(|&at| items[at as usize].clone()).collect();
        let second = self.order(&first, &mut budget);
        second.iter().map(|&at| order[at as usize]).collect()
    }

    fn order(&self, items: &[Constant], budget: &mut Budget) -> Vec<u32> {
        match self.table(items, budget) {
            Some(table) => table
                .slots
                .iter()
                .flatten()
                .map(|slot| slot.index)
                .collect(),
            None => (0..items.len() as u32).collect(),
        }
    }

    fn table(&self, items: &[Constant], budget: &mut Budget) -> Option<Table> {
        let mut table = Table::new();
        for (index, item) in items.iter().enumerate() {
            let hash = self.constant(item, budget)?;
            table.add(index as u32, hash, items, budget)?;
        }
        Some(table)
    }
}

fn not_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

fn int(value: &Int) -> i64 {
    let (magnitude, negative) = match value {
        Int::Small(small) => (small.unsigned_abs() % MODULUS, *small < 0),
        Int::Big(big) => {
            let rest = big.magnitude() % BigUint::from(MODULUS);
            (rest.to_u64().unwrap_or(0), big.sign() == Sign::Minus)
        }
    };
    let hash = magnitude as i64;
    not_minus_one(if negative { -hash } else { hash })
}

/// None for NaN, which hashes by its address.
fn float(value: f64) -> Option<i64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { INF } else { -INF });
    }
    if value == 0.0 {
        return Some(0);
    }
    let bits = value.to_bits();
    let (stored, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    let (mantissa, exponent) = if stored == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, stored - 1075)
    };
    // Times 2 to the exponent, modulo the prime: a rotation of 61 bits.
    let turn = exponent.rem_euclid(61) as u32;
    let rest = mantissa % MODULUS;
    let turned = if turn == 0 {
        rest
    } else {
        (rest << turn & MODULUS) | rest >> (61 - turn)
    };
    let hash = (turned % MODULUS) as i64;
    Some(not_minus_one(if value < 0.0 { -hash } else { hash }))
}

fn complex(real: f64, imag: f64) -> Option<i64> {
    let (real, imag) = (float(real)? as u64, float(imag)? as u64);
    Some(not_minus_one(
        real.wrapping_add(imag.wrapping_mul(IMAG)) as i64
    ))
}

const PRIME_1: u64 = 11400714785074694791;
const PRIME_2: u64 = 14029467366897019727;
const PRIME_5: u64 = 2870177450012600261;

/// The state after all elements, and how many there were (xxHash's rounds).
fn rounds(items: impl Iterator<Item = Option<i64>>) -> Option<(u64, u64)> {
    let (mut state, mut count) = (PRIME_5, 0);
    for item in items {
        state = state.wrapping_add((item? as u64).wrapping_mul(PRIME_2));
        state = state.rotate_left(31).wrapping_mul(PRIME_1);
        count += 1;
    }
    Some((state, count))
}

fn tuple(items: impl Iterator<Item = Option<i64>>) -> Option<i64> {
    let (state, count) = rounds(items)?;
    let hash = state.wrapping_add(count ^ (PRIME_5 ^ 3527539));
    Some(if hash == u64::MAX {
        1546275796
    } else {
        hash as i64
    })
}

/// As a tuple's, without the length at the end.
fn slice(items: impl Iterator<Item = Option<i64>>) -> Option<i64> {
    let (state, _) = rounds(items)?;
    Some(if state == u64::MAX {
        1546275796
    } else {
        state as i64
    })
}

#[derive(Clone, Copy)]
struct Slot {
    hash: i64,
    index: u32,
}

/// A set's table of open addresses: a run of neighbours is tried before the next jump.
struct Table {
    slots: Vec<Option<Slot>>,
    used: usize,
}

const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

impl Table {
    fn new() -> Table {
        Table {
            slots: vec![None; 8],
            used: 0,
        }
    }

    /// The first free slot for the hash, or None if `is_equal` holds of one on the way.
    fn find(
        &self,
        hash: i64,
        budget: &mut Budget,
        mut is_equal: impl FnMut(Slot, &mut Budget) -> Option<bool>,
    ) -> Option<Option<usize>> {
        let mask = self.slots.len() - 1;
        let mut perturb = hash as u64;
        let mut at = hash as usize & mask;
        loop {
            let probes = if at + LINEAR_PROBES <= mask {
                LINEAR_PROBES
            } else {
                0
            };
            for slot in at..=at + probes {
                budget.step()?;
                match self.slots[slot] {
                    None => return Some(Some(slot)),
                    Some(found) if is_equal(found, budget)? => return Some(None),
                    Some(_) => {}
                }
            }
            perturb >>= PERTURB_SHIFT;
            at = at
                .wrapping_mul(5)
                .wrapping_add(1)
                .wrapping_add(perturb as usize)
                & mask;
        }
    }

    fn add(
        &mut self,
        index: u32,
        hash: i64,
        items: &[Constant],
        budget: &mut Budget,
    ) -> Option<()> {
        let is_equal = |slot: Slot, budget: &mut Budget| {
            if slot.hash != hash {
                Some(false)
            } else {
                equal(&items[slot.index as usize], &items[index as usize], budget)
            }
        };
        let Some(free) = self.find(hash, budget, is_equal)? else {
            return Some(());
        };
        self.slots[free] = Some(Slot { hash, index });
        self.used += 1;
        if self.used * 5 >= (self.slots.len() - 1) * 3 {
            self.grow(budget)?;
        }
        Some(())
    }

    fn grow(&mut self, budget: &mut Budget) -> Option<()> {
        let wanted = if self.used > 50000 {
            self.used * 2
        } else {
            self.used * 4
        };
        let mut size = 8;
        while size <= wanted {
            size *= 2;
        }
        let old = std::mem::replace(&mut self.slots, vec![None; size]);
        for slot in old.into_iter().flatten() {
            if let Some(free) = self.find(slot.hash, budget, |_, _| Some(false))? {
                self.slots[free] = Some(slot);
            }
        }
        Some(())
    }
}

/// Whether two values of equal hash are equal.
fn equal(left: &Constant, right: &Constant, budget: &mut Budget) -> Option<bool> {
    budget.step()?;
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        return Some(left == right);
    }
    let mut each = |left: &[Constant], right: &[Constant]| {
        if left.len() != right.len() {
            return Some(false);
        }
        for (left, right) in left.iter().zip(right) {
            if !equal(left, right, budget)? {
                return Some(false);
            }
        }
        Some(true)
    };
    match (left, right) {
        (Constant::None, Constant::None) => Some(true),
        (Constant::Bytes(left), Constant::Bytes(right)) => Some(left == right),
        (Constant::Str(left), Constant::Str(right)) => Some(left.text == right.text),
        (Constant::Tuple(left), Constant::Tuple(right)) => each(left, right),
        (Constant::Slice(left), Constant::Slice(right)) => each(&left[..], &right[..]),
        // Equal hashes of unlike frozensets are as good as impossible.
        (Constant::FrozenSet(left), Constant::FrozenSet(right)) => Some(left.len() == right.len()),
        _ => Some(false),
    }
}

/// A number as a pair that is equal exactly for equal numbers of whatever type: the value where it is an int, and the parts of a complex.
fn number(value: &Constant) -> Option<(Option<BigInt>, u64, u64)> {
    let whole = |value: f64| {
        if value.fract() == 0.0 {
            num_traits::FromPrimitive::from_f64(value)
        } else {
            None
        }
    };
    let parts = |real: f64, imag: f64| match whole(real) {
        Some(whole) => (Some(whole), 0, (imag + 0.0).to_bits()),
        None => (None, real.to_bits(), (imag + 0.0).to_bits()),
    };
    Some(match value {
        Constant::True => (Some(BigInt::from(1)), 0, 0),
        Constant::False => (Some(BigInt::from(0)), 0, 0),
        Constant::Int(value) => match &**value {
            Int::Small(small) => (Some(BigInt::from(*small)), 0, 0),
            Int::Big(big) => (Some(big.clone()), 0, 0),
        },
        Constant::Float(value) => parts(**value, 0.0),
        Constant::Complex(value) => parts(value.0, value.1),
        _ => return None,
    })
}
