//! The slots of `bytes` and its table of methods.

use std::cmp::Ordering;

use crate::error::{index_error, memory_error, type_error};
use crate::object::Object;
use crate::ops::{number, sequence};
use crate::refs::PyResult;
use crate::typeobject::{CompareOp, MethodDef, Native, Slots};
use crate::types::bool::bool_owned;
use crate::types::int;
use crate::types::none::not_implemented;
use crate::types::slicing;
use crate::types::str::{Chars, Str, search};

use super::methods::{ByteKind, Fixed, SHARED, shared};
use super::{
    Bytes, byte_value, bytes_like, cast, hex, is_bytes, iter, new, percent, repr_text, translate,
};

pub static METHODS: [MethodDef; SHARED + 2] = {
    const BOTH: [MethodDef; SHARED] = shared::<Fixed>();
    let mut all = [const {
        MethodDef::class(
            "fromhex",
            Native::O(hex::fromhex),
            "fromhex($type, string, /)\n--\n\n",
        )
    }; SHARED + 2];
    let mut i = 0;
    while i < SHARED {
        all[i] = MethodDef::new(BOTH[i].name, BOTH[i].call, BOTH[i].doc);
        i += 1;
    }
    all[SHARED] = MethodDef::r#static("maketrans", Native::Fast(translate::maketrans), "");
    all
};

pub const SLOTS: Slots = Slots {
    repr: Some(repr),
    str: Some(str),
    hash: Some(hash),
    richcompare: Some(richcompare),
    iter: Some(iter::iter),
    new: Some(new::new),
    remainder: Some(percent::remainder),
    sq_length: Some(len),
    sq_concat: Some(concat),
    sq_repeat: Some(repeat),
    sq_item: Some(item),
    sq_contains: Some(contains),
    mp_length: Some(len),
    mp_subscript: Some(subscript),
    getbuffer: Some(super::get_buffer),
    ..Slots::NONE
};

fn repr(this: &Object) -> PyResult {
    Ok(Str::from_ascii(repr_text(cast(this).bytes()).as_bytes()))
}

fn str(this: &Object) -> PyResult {
    crate::error::warn_bytes("str() on a bytes instance")?;
    repr(this)
}

fn hash(this: &Object) -> PyResult<isize> {
    let bytes = cast(this);
    let known = bytes.hash.get();
    if known != -1 {
        return Ok(known);
    }
    let hash = crate::types::str::hash_bytes(bytes.bytes());
    bytes.hash.set(hash);
    Ok(hash)
}

/// The truth of `op` for data in order.
pub fn holds(a: &[u8], b: &[u8], op: CompareOp) -> bool {
    match op {
        CompareOp::Eq => a == b,
        CompareOp::Ne => a != b,
        _ => {
            let order: Ordering = a.cmp(b);
            int::arith::holds(order, op)
        }
    }
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !is_bytes(a) || !is_bytes(b) {
        return Ok(not_implemented());
    }
    Ok(bool_owned(holds(cast(a).bytes(), cast(b).bytes(), op)))
}

fn len(this: &Object) -> PyResult<usize> {
    Ok(cast(this).len())
}

pub fn concat(a: &Object, b: &Object) -> PyResult {
    let (Some(left), Some(right)) = (a.ty().slots.getbuffer, b.ty().slots.getbuffer) else {
        return Err(type_error(format!(
            "can't concat {} to {}",
            b.ty().full_name(),
            a.ty().full_name()
        )));
    };
    let (left, right) = (left(a)?, right(b)?);
    if right.len == 0 && a.is_exact(&super::BYTES) {
        return Fixed::same(a);
    }
    if left.len == 0 && b.is_exact(&super::BYTES) {
        return Fixed::same(b);
    }
    let total = left.len.checked_add(right.len).ok_or_else(memory_error)?;
    let object = Bytes::allocate(total)?;
    // SAFETY: fresh, with room for both.
    unsafe {
        let place = cast(&object).data();
        std::ptr::copy_nonoverlapping(left.slice().as_ptr(), place, left.len);
        std::ptr::copy_nonoverlapping(right.slice().as_ptr(), place.add(left.len), right.len);
    }
    Ok(object)
}

fn repeat(this: &Object, count: isize) -> PyResult {
    let count = count.max(0) as usize;
    let data = cast(this).bytes();
    if count == 1 {
        return Fixed::same(this);
    }
    if count == 0 || data.is_empty() {
        return Ok(super::empty());
    }
    let total = data.len().checked_mul(count).ok_or_else(memory_error)?;
    let object = Bytes::allocate(total)?;
    let place = cast(&object).data();
    for i in 0..count {
        // SAFETY: fresh, with room for `count` copies.
        unsafe {
            std::ptr::copy_nonoverlapping(data.as_ptr(), place.add(i * data.len()), data.len());
        }
    }
    Ok(object)
}

fn item(this: &Object, index: isize) -> PyResult {
    let data = cast(this).bytes();
    match usize::try_from(index).ok().and_then(|i| data.get(i)) {
        Some(byte) => Ok(int::from_i64(i64::from(*byte))),
        None => Err(index_error("index out of range")),
    }
}

fn subscript(this: &Object, key: &Object) -> PyResult {
    let len = cast(this).len();
    if number::is_index(key) {
        return item(this, sequence::position(key, || len)?);
    }
    if !slicing::is_slice(key) {
        return Err(type_error(format!(
            "byte indices must be integers or slices, not {}",
            key.ty().full_name()
        )));
    }
    let part = slicing::resolve(key, len)?;
    let data = cast(this).bytes();
    if part.step == 1 {
        if part.count == len {
            return Fixed::same(this);
        }
        return Ok(Bytes::new(&data[part.start..part.start + part.count]));
    }
    let picked: Vec<u8> = part.places().map(|at| data[at]).collect();
    Ok(Bytes::new(&picked))
}

/// `part in data`, for an int or an object with a buffer.
pub fn contains_in(data: impl Fn() -> *const [u8], part: &Object) -> PyResult<bool> {
    if number::is_index(part) {
        let byte = byte_value(part, "byte must be in range(0, 256)")?;
        // SAFETY: the caller's data live while nothing runs Python.
        return Ok(memchr::memchr(byte, unsafe { &*data() }).is_some());
    }
    let needle = bytes_like(part)?;
    // SAFETY: as above.
    let hay = Chars::One(unsafe { &*data() });
    Ok(search::find(hay, Chars::One(needle.slice())).is_some())
}

fn contains(this: &Object, part: &Object) -> PyResult<bool> {
    contains_in(|| cast(this).bytes(), part)
}
