//! `int`: sign and magnitude in 30-bit digits, as CPython's `PyLongObject` (Include/cpython/longintrepr.h).

use std::cell::Cell;

use num_bigint::{BigInt, BigUint, Sign};

use crate::alloc::{self, Kind};
use crate::free_list::FreeList;
use crate::object::{Layout, Object};
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::{Slots, Type, flags};

pub mod arith;
pub mod digits;
pub mod methods;
pub mod parse;
pub mod text;

pub use arith::to_f64;
pub use methods::from_f64;

/// Bits of a digit.
pub const SHIFT: u32 = 30;
/// Lowest `SHIFT` bits.
pub const MASK: u32 = (1 << SHIFT) - 1;
/// Bytes before the digits.
pub const HEADER: usize = 24;

const POSITIVE: usize = 0;
const ZERO: usize = 1;
const NEGATIVE: usize = 2;

/// `tag`: bits 0-1 the sign (0 positive, 1 zero, 2 negative), bits 3 up the number of digits. Digits follow, 30 bits each, lowest first.
/// An int of at most one digit is *compact*.
#[repr(C)]
pub struct Int {
    pub object: Object,
    pub tag: Cell<usize>,
    pub digits: [Cell<u32>; 1],
}

// SAFETY: immutable after creation.
unsafe impl Sync for Int {}

// SAFETY: starts with `Object`.
unsafe impl Layout for Int {
    fn type_object() -> &'static Type {
        &INT
    }
}

pub static INT: Type = Type::builtin(
    "int",
    HEADER,
    Slots {
        dealloc,
        repr: Some(text::repr),
        hash: Some(arith::hash),
        richcompare: Some(arith::richcompare),
        new: Some(methods::new),
        add: Some(arith::add),
        subtract: Some(arith::subtract),
        multiply: Some(arith::multiply),
        remainder: Some(arith::remainder),
        divmod: Some(arith::divmod),
        power: Some(arith::power),
        negative: Some(arith::negative),
        positive: Some(arith::positive),
        absolute: Some(arith::absolute),
        bool: Some(arith::is_true),
        invert: Some(arith::invert),
        lshift: Some(arith::lshift),
        rshift: Some(arith::rshift),
        and: Some(arith::and),
        xor: Some(arith::xor),
        or: Some(arith::or),
        int: Some(arith::int),
        float: Some(arith::float),
        floor_divide: Some(arith::floor_divide),
        true_divide: Some(arith::true_divide),
        index: Some(arith::int),
        ..Slots::NONE
    },
)
.with_flags(flags::BASETYPE | flags::LONG_SUBCLASS | flags::MATCH_SELF)
.with_itemsize(4)
.with_vectorcall(methods::vectorcall)
.with_methods(&methods::METHODS)
.with_getset(&methods::GETSET);

/// Ints of one digit that died (CPython's cap).
static FREE: FreeList = FreeList::new(Kind::Plain, 100);

const SMALL_MIN: i64 = -5;
const SMALL_COUNT: usize = 262;

const fn small_ints() -> [Int; SMALL_COUNT] {
    let mut ints = [const { Int::constant(&raw const INT, 0) }; SMALL_COUNT];
    let mut i = 0;
    while i < SMALL_COUNT {
        ints[i] = Int::constant(&raw const INT, i as i32 + SMALL_MIN as i32);
        i += 1;
    }
    ints
}

/// -5 ..= 256, shared by all who use them.
static SMALL: [Int; SMALL_COUNT] = small_ints();

impl Int {
    /// A static one-digit int.
    pub const fn constant(ty: *const Type, value: i32) -> Int {
        let sign = if value == 0 {
            ZERO
        } else if value < 0 {
            NEGATIVE
        } else {
            POSITIVE
        };
        let digits = if value == 0 { 0 } else { 1 };
        Int {
            object: Object::immortal(ty),
            tag: Cell::new(digits << 3 | sign),
            digits: [Cell::new(value.unsigned_abs())],
        }
    }

    #[inline(always)]
    pub fn is_compact(&self) -> bool {
        self.tag.get() < (2 << 3)
    }

    /// The value of a compact int.
    #[inline(always)]
    pub fn compact_value(&self) -> i64 {
        let sign = 1 - (self.tag.get() & 3) as i64;
        sign * i64::from(self.digits[0].get())
    }

    /// Number of digits; 0 for zero.
    #[inline(always)]
    pub fn digit_count(&self) -> usize {
        self.tag.get() >> 3
    }

    #[inline(always)]
    pub fn is_negative(&self) -> bool {
        self.tag.get() & 3 == NEGATIVE
    }

    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        self.tag.get() & 3 == ZERO
    }

    /// The magnitude, lowest digit first, without leading zeros.
    #[inline(always)]
    pub fn magnitude(&self) -> &[u32] {
        // SAFETY: `digit_count` digits follow the struct's fixed part; they never change.
        unsafe { std::slice::from_raw_parts(self.digits.as_ptr().cast(), self.digit_count()) }
    }

    /// The value if it has at most two digits (60 bits).
    #[inline(always)]
    pub fn two_digits(&self) -> Option<i64> {
        let value = match *self.magnitude() {
            [] => 0,
            [low] => i64::from(low),
            [low, high] => i64::from(high) << SHIFT | i64::from(low),
            _ => return None,
        };
        Some(if self.is_negative() { -value } else { value })
    }

    /// The value if it fits.
    #[inline]
    pub fn to_i64(&self) -> Option<i64> {
        if self.is_compact() {
            return Some(self.compact_value());
        }
        self.to_i128().and_then(|v| i64::try_from(v).ok())
    }

    /// The value if it has at most four digits (120 bits).
    #[inline]
    pub fn to_i128(&self) -> Option<i128> {
        let digits = self.magnitude();
        if digits.len() > 4 {
            return None;
        }
        let value = digits
            .iter()
            .rev()
            .fold(0i128, |v, d| v << SHIFT | i128::from(*d));
        Some(if self.is_negative() { -value } else { value })
    }
}

/// A shared small int.
#[inline(always)]
fn small(value: i64) -> Owned {
    let int = &SMALL[(value - SMALL_MIN) as usize];
    // SAFETY: static and immortal: no count is needed, and whoever asks next is spared the look.
    unsafe {
        std::hint::assert_unchecked(int.object.is_immortal());
        Owned::from_raw(int.object.as_ptr())
    }
}

/// The shared object of a small value, borrowed; `value` must be in -5..=256.
#[inline(always)]
pub fn small_ref(value: i64) -> &'static Object {
    &SMALL[(value - SMALL_MIN) as usize].object
}

/// Memory for an exact int of `count` digits (at least one is there); the tag and digits are not written.
fn allocate(count: usize) -> *mut Int {
    let bytes = HEADER + 4 * count.max(1);
    // SAFETY: the callers write tag and digits at once.
    let memory = unsafe { alloc::object_of_kind(Kind::Plain, &INT, bytes) };
    if memory.is_null() {
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<Int>());
    }
    memory.cast()
}

#[inline(always)]
fn one_digit(magnitude: u32, negative: bool) -> Owned {
    // SAFETY: fresh memory of one digit.
    unsafe {
        let memory = FREE.take(&INT, HEADER + 4).cast::<Int>();
        if memory.is_null() {
            std::alloc::handle_alloc_error(std::alloc::Layout::new::<Int>());
        }
        (*memory)
            .tag
            .set(1 << 3 | if negative { NEGATIVE } else { POSITIVE });
        (*memory).digits[0].set(magnitude);
        Owned::from_raw(memory.cast())
    }
}

/// An int object; small values (-5..=256) are shared and immortal.
#[inline(always)]
pub fn from_i64(value: i64) -> Owned {
    if (value.wrapping_sub(SMALL_MIN) as u64) < SMALL_COUNT as u64 {
        return small(value);
    }
    let magnitude = value.unsigned_abs();
    if magnitude <= u64::from(MASK) {
        return one_digit(magnitude as u32, value < 0);
    }
    from_wide(magnitude, value < 0)
}

#[inline(never)]
fn from_wide(magnitude: u64, negative: bool) -> Owned {
    let parts = [
        magnitude as u32 & MASK,
        (magnitude >> SHIFT) as u32 & MASK,
        (magnitude >> (2 * SHIFT)) as u32,
    ];
    from_digits(&parts, negative)
}

pub fn from_usize(value: usize) -> Owned {
    from_u64(value as u64)
}

pub fn from_u64(value: u64) -> Owned {
    if value <= u64::from(MASK) {
        from_i64(value as i64)
    } else {
        from_wide(value, false)
    }
}

pub fn from_i128(value: i128) -> Owned {
    if let Ok(value) = i64::try_from(value) {
        return from_i64(value);
    }
    let mut rest = value.unsigned_abs();
    let mut parts = [0u32; 5];
    for part in &mut parts {
        *part = rest as u32 & MASK;
        rest >>= SHIFT;
    }
    from_digits(&parts, value < 0)
}

/// From 30-bit digits, lowest first; leading zeros are dropped, small values shared.
pub fn from_digits(digits: &[u32], negative: bool) -> Owned {
    let count = digits.iter().rposition(|d| *d != 0).map_or(0, |i| i + 1);
    if count <= 1 {
        let value = i64::from(digits.first().copied().unwrap_or(0));
        return from_i64(if negative { -value } else { value });
    }
    let memory = allocate(count);
    // SAFETY: fresh memory of `count` digits.
    unsafe {
        (*memory)
            .tag
            .set(count << 3 | if negative { NEGATIVE } else { POSITIVE });
        let place = memory.cast::<u8>().add(HEADER).cast::<u32>();
        std::ptr::copy_nonoverlapping(digits.as_ptr(), place, count);
        Owned::from_raw(memory.cast())
    }
}

pub fn from_bigint(value: &BigInt) -> Owned {
    from_digits(
        &digits::from_biguint(value.magnitude()),
        value.sign() == Sign::Minus,
    )
}

pub fn from_biguint(value: &BigUint) -> Owned {
    from_digits(&digits::from_biguint(value), false)
}

/// The object as `Int`; it must be an int or an instance of a subclass.
#[inline(always)]
pub fn cast(object: &Object) -> &Int {
    debug_assert!(is_int(object));
    // SAFETY: by contract; checked in debug builds.
    unsafe { object.cast::<Int>() }
}

/// Whether the object is an int or an instance of a subclass.
#[inline(always)]
pub fn is_int(object: &Object) -> bool {
    object.ty().has(flags::LONG_SUBCLASS)
}

/// The value if it fits; the object must be an int (or subclass).
#[inline]
pub fn as_i64(object: &Object) -> Option<i64> {
    cast(object).to_i64()
}

pub fn to_bigint(object: &Object) -> BigInt {
    let int = cast(object);
    let sign = if int.is_negative() {
        Sign::Minus
    } else {
        Sign::Plus
    };
    BigInt::from_biguint(sign, digits::to_biguint(int.magnitude()))
}

/// TypeError unless an int (or `__index__`); OverflowError when too large for a C int / ssize_t, CPython's texts.
pub fn as_isize(object: &Object) -> PyResult<isize> {
    machine(object, "Python int too large to convert to C ssize_t")
}

/// A C `long`.
pub fn as_long(object: &Object) -> PyResult<i64> {
    machine(object, "Python int too large to convert to C long").map(|v| v as i64)
}

fn machine(object: &Object, overflow: &str) -> PyResult<isize> {
    let value = if is_int(object) {
        as_i64(object)
    } else {
        let index = crate::ops::number::index(object)?;
        as_i64(&index)
    };
    match value {
        Some(value) => Ok(value as isize),
        None => Err(crate::error::overflow_error(overflow)),
    }
}

pub fn as_i32(object: &Object) -> PyResult<i32> {
    let wide = machine(object, "Python int too large to convert to C int")?;
    i32::try_from(wide)
        .map_err(|_| crate::error::overflow_error("Python int too large to convert to C int"))
}

/// An exact int is given back itself, an instance of a subclass copied (`_PyLong_Copy`).
pub fn exact(object: &Object) -> Owned {
    if object.is_exact(&INT) {
        Owned::new(object)
    } else {
        let int = cast(object);
        from_digits(int.magnitude(), int.is_negative())
    }
}

/// The value of an exact int of at most one digit.
#[inline(always)]
pub fn exact_compact(object: &Object) -> Option<i64> {
    if !object.is_exact(&INT) {
        return None;
    }
    let int = cast(object);
    int.is_compact().then(|| int.compact_value())
}

/// Gives up a slot's reference to an exact int.
///
/// # Safety
/// As `Word::close`; the word is an exact int.
#[inline(always)]
pub unsafe fn close(word: Word) {
    // SAFETY: by contract.
    unsafe {
        if word.is_counted() {
            Object::decref_known(word.as_ptr(), free_exact);
        }
    }
}

// SAFETY: `object` is a dead exact int.
#[inline(always)]
unsafe fn free_exact(object: *mut Object) {
    // SAFETY: by contract; the list takes those of one digit.
    unsafe {
        if (*object.cast::<Int>()).is_compact() {
            FREE.give(object);
        } else {
            alloc::free_object(object);
        }
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead int; an exact one of one digit goes to the free list.
    unsafe {
        if (*object).is_exact(&INT) {
            free_exact(object);
        } else {
            alloc::free_object(object);
        }
    }
}
