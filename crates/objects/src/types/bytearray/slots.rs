//! The slots of `bytearray`.

use crate::alloc;
use crate::args::Signature;
use crate::error::{index_error, memory_error, type_error, value_error};
use crate::object::Object;
use crate::ops::{compare, iter, number, sequence};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{CompareOp, Slots, Type};
use crate::types::bool::bool_owned;
use crate::types::bytes::methods::{ByteKind, data_of};
use crate::types::bytes::slots::{contains_in, holds};
use crate::types::bytes::{self, Bytes, byte_value, bytes_like};
use crate::types::int;
use crate::types::none::not_implemented;
use crate::types::slicing;
use crate::types::str::{self, Str};

use super::{BYTEARRAY, ByteArray, cast, is_bytearray};

/// Results are bytearrays, always new ones.
pub struct Growing;

impl ByteKind for Growing {
    const NAME: &'static str = "bytearray";

    fn make(data: &[u8]) -> PyResult {
        super::new(data)
    }

    fn same(this: &Object) -> PyResult {
        super::new(data_of(this))
    }
}

pub const SLOTS: Slots = Slots {
    dealloc,
    repr: Some(repr),
    str: Some(str_of),
    hash: Some(compare::hash_not_implemented),
    richcompare: Some(richcompare),
    iter: Some(bytes::iter::iter),
    init: Some(init),
    new: Some(new),
    remainder: Some(remainder),
    sq_length: Some(len),
    sq_concat: Some(concat),
    sq_repeat: Some(repeat),
    sq_item: Some(item),
    sq_ass_item: Some(assign_item),
    sq_contains: Some(contains),
    sq_inplace_concat: Some(inplace_concat),
    sq_inplace_repeat: Some(inplace_repeat),
    mp_length: Some(len),
    mp_subscript: Some(subscript),
    mp_ass_subscript: Some(assign_subscript),
    getbuffer: Some(super::get_buffer),
    ..Slots::NONE
};

const BYTE_RANGE: &str = "byte must be in range(0, 256)";

/// An item as a byte: "byte must be in range(0, 256)".
pub fn byte(object: &Object) -> PyResult<u8> {
    byte_value(object, BYTE_RANGE)
}

fn new(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    let object = crate::types::r#type::generic_alloc(ty, 0)?;
    // SAFETY: a fresh instance of bytearray or a subclass.
    unsafe { &*object.as_ptr().cast::<ByteArray>() }.clear_fields();
    Ok(object)
}

fn init(this: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    static SIGNATURE: Signature =
        Signature::new("bytearray", &["source", "encoding", "errors"], 0, 0, 3);
    let [source, encoding, errors] = SIGNATURE.bind_tuple::<3>(args, kwargs)?;
    let array = cast(this);
    if !array.is_empty() {
        array.resize(0)?;
    }
    if let Some(made) = bytes::new::encoded_source("bytearray", source, encoding, errors)? {
        return array.replace(0, 0, bytes::cast(&made).bytes());
    }
    let Some(source) = source else {
        return Ok(());
    };
    if let Some(count) = bytes::new::count_argument(source)? {
        array.resize(count)?;
        if count > 0 {
            // SAFETY: `count` bytes are there.
            unsafe { array.start.get().write_bytes(0, count) };
        }
        return Ok(());
    }
    if source.ty().slots.getbuffer.is_some() {
        let buffer = bytes_like(source)?;
        return array.replace(0, 0, buffer.slice());
    }
    let iterable = source.ty().slots.iter.is_some() || number::is_sequence(source);
    if !iterable {
        return Err(type_error(format!(
            "cannot convert '{}' object to bytearray",
            source.ty().full_name()
        )));
    }
    iter::for_each(source, |item| {
        let item = crate::root("item", item);
        push(array, byte(&item)?)
    })
}

/// Appends one byte.
pub fn push(array: &ByteArray, byte: u8) -> PyResult<()> {
    let len = array.len();
    array.resize(len + 1)?;
    array.write(len, &[byte]);
    Ok(())
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead bytearray.
    unsafe {
        let this = &*object.cast::<ByteArray>();
        alloc::raw_free(this.storage.get(), this.allocated.get() as usize);
        alloc::free_object(object);
    }
}

fn repr(this: &Object) -> PyResult {
    let data = cast(this).bytes();
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut out = format!("{}(b{quote}", this.ty().name());
    for byte in data {
        match *byte {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b @ (b'\\' | b'\'') => {
                out.push('\\');
                out.push(char::from(b));
            }
            b' '..=b'~' => out.push(char::from(*byte)),
            b => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out.push(quote);
    out.push(')');
    Ok(Str::new(&out))
}

fn str_of(this: &Object) -> PyResult {
    crate::error::warn_bytes("str() on a bytearray instance")?;
    repr(this)
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    let (Some(left), Some(right)) = (a.ty().slots.getbuffer, b.ty().slots.getbuffer) else {
        if str::is_str(b) && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            crate::error::warn_bytes("Comparison between bytearray and string")?;
        }
        return Ok(not_implemented());
    };
    let (left, right) = (left(a)?, right(b)?);
    Ok(bool_owned(holds(left.slice(), right.slice(), op)))
}

fn len(this: &Object) -> PyResult<usize> {
    Ok(cast(this).len())
}

fn contains(this: &Object, part: &Object) -> PyResult<bool> {
    contains_in(|| cast(this).bytes(), part)
}

fn remainder(format: &Object, arguments: &Object) -> PyResult {
    if !is_bytearray(format) {
        return Ok(not_implemented());
    }
    bytes::percent::percent::<Growing>(format, arguments)
}

fn cannot_concat(a: &Object, b: &Object) -> crate::Raised {
    type_error(format!(
        "can't concat {} to {}",
        b.ty().full_name(),
        a.ty().full_name()
    ))
}

fn concat(a: &Object, b: &Object) -> PyResult {
    let Some(right) = b.ty().slots.getbuffer else {
        return Err(cannot_concat(a, b));
    };
    let (left, right) = (bytes_like(a)?, right(b)?);
    let made = super::new(left.slice())?;
    let at = left.len;
    cast(&made).replace(at, at, right.slice())?;
    Ok(made)
}

fn inplace_concat(a: &Object, b: &Object) -> PyResult {
    let Some(right) = b.ty().slots.getbuffer else {
        return Err(cannot_concat(a, b));
    };
    let data = right(b)?.slice().to_vec();
    let array = cast(a);
    array.replace(array.len(), array.len(), &data)?;
    Ok(Owned::new(a))
}

fn total(array: &ByteArray, count: isize) -> PyResult<usize> {
    let count = count.max(0) as usize;
    array
        .len()
        .checked_mul(count)
        .filter(|n| *n < isize::MAX as usize / 2)
        .ok_or_else(memory_error)
}

fn repeat(this: &Object, count: isize) -> PyResult {
    let array = cast(this);
    let total = total(array, count)?;
    let made = super::new(&[])?;
    cast(&made).resize(total)?;
    let (target, data) = (cast(&made), array.bytes());
    if let Some(count) = total.checked_div(data.len()) {
        (0..count).for_each(|i| target.write(i * data.len(), data));
    }
    Ok(made)
}

fn inplace_repeat(this: &Object, count: isize) -> PyResult {
    let array = cast(this);
    let (old, total) = (array.len(), total(array, count)?);
    array.resize(total)?;
    let mut done = old;
    while old > 0 && done < total {
        array.shift(0, done, old);
        done += old;
    }
    Ok(Owned::new(this))
}

fn item(this: &Object, index: isize) -> PyResult {
    let array = cast(this);
    match usize::try_from(index)
        .ok()
        .and_then(|i| array.bytes().get(i))
    {
        Some(byte) => Ok(int::from_i64(i64::from(*byte))),
        None => Err(index_error("bytearray index out of range")),
    }
}

fn assign_item(this: &Object, index: isize, value: Option<&Object>) -> PyResult<()> {
    let value = match value {
        Some(value) => Some(byte(value)?),
        None => None,
    };
    let array = cast(this);
    let Some(index) = usize::try_from(index).ok().filter(|i| *i < array.len()) else {
        return Err(index_error("bytearray index out of range"));
    };
    match value {
        Some(byte) => {
            array.write(index, &[byte]);
            Ok(())
        }
        None => array.replace(index, index + 1, &[]),
    }
}

fn bad_index(key: &Object) -> crate::Raised {
    type_error(format!(
        "bytearray indices must be integers or slices, not {}",
        key.ty().full_name()
    ))
}

fn subscript(this: &Object, key: &Object) -> PyResult {
    if number::is_index(key) {
        let index = sequence::position(key, || cast(this).len())?;
        return item(this, index);
    }
    if !slicing::is_slice(key) {
        return Err(bad_index(key));
    }
    let array = cast(this);
    let part = slicing::resolve_with(key, || array.len())?;
    let data = array.bytes();
    if part.step == 1 {
        return super::new(&data[part.start..part.start + part.count]);
    }
    let picked: Vec<u8> = part.places().map(|at| data[at]).collect();
    super::new(&picked)
}

fn assign_subscript(this: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    if number::is_index(key) {
        let index = sequence::position(key, || cast(this).len())?;
        return assign_item(this, index, value);
    }
    if !slicing::is_slice(key) {
        return Err(bad_index(key));
    }
    let data = match value {
        None => Vec::new(),
        Some(value) => slice_value(value)?,
    };
    let array = cast(this);
    let part = slicing::resolve_with(key, || array.len())?;
    if part.step == 1 {
        return array.replace(part.start, part.start + part.count, &data);
    }
    if value.is_none() {
        let mut kept = array.bytes().to_vec();
        let mut gone: Vec<usize> = part.places().collect();
        gone.sort_unstable();
        let mut next = gone.into_iter().peekable();
        let mut at = 0;
        kept.retain(|_| {
            let drop = next.peek() == Some(&at);
            if drop {
                next.next();
            }
            at += 1;
            !drop
        });
        array.resize(kept.len())?;
        array.write(0, &kept);
        return Ok(());
    }
    if data.len() != part.count {
        return Err(value_error(format!(
            "attempt to assign bytes of size {} to extended slice of size {}",
            data.len(),
            part.count
        )));
    }
    for (at, byte) in part.places().zip(&data) {
        array.write(at, std::slice::from_ref(byte));
    }
    Ok(())
}

/// The bytes that an assignment to a slice takes from its value.
fn slice_value(value: &Object) -> PyResult<Vec<u8>> {
    if value.ty().slots.getbuffer.is_some() {
        return Ok(bytes_like(value)?.slice().to_vec());
    }
    if str::is_str(value) || number::is_index(value) {
        return Err(type_error(
            "can assign only bytes, buffers, or iterables of ints in range(0, 256)",
        ));
    }
    // As in CPython by a call of the type, which holds the value as its argument.
    let copy = crate::ops::call::call(BYTEARRAY.as_object(), &crate::words([value]), None)?;
    Ok(cast(&copy).bytes().to_vec())
}

/// A copy as bytes.
pub fn to_bytes(this: &Object) -> Owned {
    Bytes::new(cast(this).bytes())
}

/// The type, for reductions.
pub fn type_of(this: &Object) -> Owned {
    debug_assert!(this.ty().is_subtype(&BYTEARRAY));
    Owned::new(this.ty().as_object())
}
