//! Equality of constants as merging knows it (CPython's `_PyCode_ConstantKey`), with a hash to it: types, signs of zero and the bits of
//! floats tell constants apart, and a NaN equals only itself.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashSet, FxHasher};
use terrarium_bytecode::{Code, Constant};

/// A merged constant.
#[derive(Debug)]
pub struct Key(pub Constant);

/// A member of a set.
struct Member<'c>(&'c Constant);

impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        is_equal(&self.0, &other.0)
    }
}

impl Eq for Key {}

impl Hash for Member<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0, state);
    }
}

impl PartialEq for Member<'_> {
    fn eq(&self, other: &Member) -> bool {
        is_equal(self.0, other.0)
    }
}

impl Eq for Member<'_> {}

fn hash<H: Hasher>(constant: &Constant, state: &mut H) {
    match constant {
        Constant::None => state.write_u8(b'N'),
        Constant::True => state.write_u8(b'T'),
        Constant::False => state.write_u8(b'F'),
        Constant::Ellipsis => state.write_u8(b'.'),
        Constant::StopIteration => state.write_u8(b'S'),
        Constant::Int(value) => value.hash(state),
        Constant::Float(value) => state.write_u64(value.to_bits()),
        Constant::Complex(value) => {
            state.write_u64(value.0.to_bits());
            state.write_u64(value.1.to_bits());
        }
        Constant::Bytes(bytes) => state.write(bytes),
        Constant::Str(string) => state.write(&string.text),
        Constant::Tuple(items) => hash_items(b'(', items, state),
        Constant::List(items) => hash_items(b'[', items, state),
        Constant::FrozenSet(items) | Constant::Set(items) => {
            // The same in every order.
            let hashes = items.iter().map(|item| {
                let mut hasher = FxHasher::default();
                hash(item, &mut hasher);
                hasher.finish()
            });
            state.write_u64(hashes.fold(0, u64::wrapping_add));
        }
        Constant::Slice(parts) => hash_items(b':', &parts[..], state),
        Constant::Code(code) => {
            state.write_u32(code.firstlineno as u32);
            state.write(&code.name.text);
            state.write_usize(address(&code.linetable));
        }
        Constant::Dict(items) => {
            state.write_u8(b'{');
            for (key, value) in items.iter() {
                hash(key, state);
                hash(value, state);
            }
        }
    }
}

fn hash_items<H: Hasher>(kind: u8, items: &[Constant], state: &mut H) {
    state.write_u8(kind);
    state.write_usize(items.len());
    for item in items {
        hash(item, state);
    }
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
        (Str(a), Str(b)) => Rc::ptr_eq(a, b) || a.text == b.text,
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

fn are_equal(left: &[Constant], right: &[Constant]) -> bool {
    let mut pairs = left.iter().zip(right);
    left.len() == right.len() && pairs.all(|(left, right)| is_equal(left, right))
}

fn are_equal_sets(left: &[Constant], right: &[Constant]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let left: FxHashSet<Member> = left.iter().map(Member).collect();
    right.iter().all(|item| left.contains(&Member(item)))
}

/// What CPython's `code_richcompare` looks at; neither the qualified name nor the stack size. Parts that were merged are equal if they
/// are one.
fn is_equal_code(left: &Code, right: &Code) -> bool {
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
