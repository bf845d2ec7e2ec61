//! Equality of constants as merging knows it (CPython's `_PyCode_ConstantKey`), with a hash to it: types, signs of zero and the bits of
//! floats tell constants apart, and a NaN equals only itself.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashSet, FxHasher};
use terrarium_bytecode::{Code, Constant, Int};

use crate::name::WordKey;

/// An odd number whose bits look random.
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// A hash that words are added to.
#[derive(Clone, Copy)]
struct Mixer(u64);

impl Mixer {
    #[inline]
    fn add(self, word: u64) -> Mixer {
        Mixer((self.0.rotate_left(5) ^ word).wrapping_mul(MIX))
    }

    /// All of it mixed into half the bits: the product's low bits know little of the last word's high ones.
    #[inline]
    fn finish(self) -> u32 {
        ((self.0 ^ self.0 >> 32).wrapping_mul(MIX) >> 32) as u32
    }
}

/// The hash of a text or of bytes.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> u32 {
    hash_key(WordKey::of(bytes))
}

/// The same from the text's key.
#[inline]
pub fn hash_key(key: WordKey) -> u32 {
    Mixer(key.bits()).finish()
}

/// The hash of a tuple from those of its elements.
#[inline]
pub fn hash_tuple(hashes: impl Iterator<Item = u32>) -> u32 {
    hash_items(b'(', hashes)
}

#[inline]
fn hash_items(kind: u8, hashes: impl Iterator<Item = u32>) -> u32 {
    hashes
        .fold(Mixer(u64::from(kind)), |mixer, hash| {
            mixer.add(u64::from(hash))
        })
        .finish()
}

/// The hash of a constant.
pub fn hash(constant: &Constant) -> u32 {
    match constant {
        Constant::Str(string) => hash_bytes(&string.text),
        Constant::Int(value) => hash_int(value),
        Constant::Code(code) => hash_code(code),
        Constant::Tuple(items) => hash_tuple(items.iter().map(hash)),
        Constant::Bytes(bytes) => hash_bytes(bytes),
        Constant::None => u32::from(b'N'),
        Constant::True => u32::from(b'T'),
        Constant::False => u32::from(b'F'),
        Constant::Ellipsis => u32::from(b'.'),
        Constant::StopIteration => u32::from(b'S'),
        Constant::Float(value) => Mixer(value.to_bits()).finish(),
        Constant::Complex(value) => Mixer(value.0.to_bits()).add(value.1.to_bits()).finish(),
        Constant::Slice(parts) => hash_items(b':', parts.iter().map(hash)),
        Constant::FrozenSet(items) | Constant::Set(items) => {
            // The same in every order.
            items.iter().map(hash).fold(0, u32::wrapping_add)
        }
        Constant::List(items) => hash_items(b'[', items.iter().map(hash)),
        Constant::Dict(items) => {
            let both = |(key, value): &(Constant, Constant)| hash(key) ^ hash(value);
            hash_items(b'{', items.iter().map(both))
        }
    }
}

/// The hash of an integer.
#[inline]
pub fn hash_int(value: &Int) -> u32 {
    match value {
        Int::Small(small) => Mixer(*small as u64).finish(),
        Int::Big(big) => {
            let mut hasher = FxHasher::default();
            big.hash(&mut hasher);
            hasher.finish() as u32
        }
    }
}

/// The hash of a code object whose line table is merged.
#[inline]
pub fn hash_code(code: &Code) -> u32 {
    let mixer = Mixer(code.firstlineno as u64);
    mixer.add(address(&code.linetable) as u64).finish()
}

fn address<T: ?Sized>(shared: &Rc<T>) -> usize {
    Rc::as_ptr(shared).cast::<u8>() as usize
}

/// Whether merging makes one of both.
pub fn is_equal(left: &Constant, right: &Constant) -> bool {
    use Constant::*;
    match (left, right) {
        (None, None)
        | (True, True)
        | (False, False)
        | (Ellipsis, Ellipsis)
        | (StopIteration, StopIteration) => true,
        (Int(a), Int(b)) => a == b,
        (Float(a), Float(b)) => is_equal_float(**a, **b, Rc::ptr_eq(a, b)),
        (Complex(a), Complex(b)) => {
            let is_same = Rc::ptr_eq(a, b);
            is_equal_float(a.0, b.0, is_same) && is_equal_float(a.1, b.1, is_same)
        }
        (Bytes(a), Bytes(b)) => a == b,
        (Str(a), Str(b)) => Rc::ptr_eq(&a.text, &b.text) || a.text == b.text,
        (Tuple(a), Tuple(b)) | (List(a), List(b)) => are_equal(a, b),
        (FrozenSet(a), FrozenSet(b)) | (Set(a), Set(b)) => are_equal_sets(a, b),
        (Slice(a), Slice(b)) => are_equal(&a[..], &b[..]),
        (Code(a), Code(b)) => is_equal_code(a, b),
        (Dict(a), Dict(b)) => {
            let mut pairs = a.iter().zip(b.iter());
            a.len() == b.len() && pairs.all(|(a, b)| is_equal(&a.0, &b.0) && is_equal(&a.1, &b.1))
        }
        _ => false,
    }
}

fn is_equal_float(left: f64, right: f64, is_same: bool) -> bool {
    match left.is_nan() || right.is_nan() {
        true => is_same,
        false => left.to_bits() == right.to_bits(),
    }
}

/// Whether both have equal elements in the same order.
pub fn are_equal(left: &[Constant], right: &[Constant]) -> bool {
    let mut pairs = left.iter().zip(right);
    left.len() == right.len() && pairs.all(|(left, right)| is_equal(left, right))
}

/// A member of a set.
struct Member<'c>(&'c Constant);

impl Hash for Member<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(hash(self.0));
    }
}

impl PartialEq for Member<'_> {
    fn eq(&self, other: &Member) -> bool {
        is_equal(self.0, other.0)
    }
}

impl Eq for Member<'_> {}

#[cold]
fn are_equal_sets(left: &[Constant], right: &[Constant]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let left: FxHashSet<Member> = left.iter().map(Member).collect();
    right.iter().all(|item| left.contains(&Member(item)))
}

/// What CPython's `code_richcompare` looks at; neither the qualified name nor the stack size. Parts that were merged are equal if they
/// are one.
pub fn is_equal_code(left: &Code, right: &Code) -> bool {
    let numbers = |code: &Code| {
        [
            code.argcount,
            code.posonlyargcount,
            code.kwonlyargcount,
            code.flags,
            code.firstlineno as u32,
        ]
    };
    numbers(left) == numbers(right)
        && left.name.text == right.name.text
        && Rc::ptr_eq(&left.linetable, &right.linetable)
        && Rc::ptr_eq(&left.exceptiontable, &right.exceptiontable)
        && Rc::ptr_eq(&left.consts, &right.consts)
        && Rc::ptr_eq(&left.names, &right.names)
        // Bytecode is never shared, nor are these names of annotation scopes.
        && left.code == right.code
        && are_equal(&left.localsplusnames, &right.localsplusnames)
}
