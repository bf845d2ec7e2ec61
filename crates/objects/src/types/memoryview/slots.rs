//! The slots of `memoryview`.

use crate::args::Signature;
use crate::error::{index_error, not_implemented_error, type_error, value_error};
use crate::gc;
use crate::object::Object;
use crate::ops::{compare, number};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{CompareOp, Slots, Type};
use crate::types::bool::bool_owned;
use crate::types::bytes::Bytes;
use crate::types::exceptions::INDEX_ERROR;
use crate::types::none::not_implemented;
use crate::types::slicing;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::visit::Visit;

use super::{MemoryView, Shape, again, cast, get_buffer, is_view, item, iter};

pub const SLOTS: Slots = Slots {
    dealloc,
    visit,
    clear: Some(clear),
    repr: Some(repr),
    hash: Some(hash),
    richcompare: Some(richcompare),
    iter: Some(iter::iter),
    new: Some(new),
    sq_length: Some(len),
    sq_item: Some(sequence_item),
    mp_length: Some(len),
    mp_subscript: Some(subscript),
    mp_ass_subscript: Some(assign),
    getbuffer: Some(get_buffer),
    ..Slots::NONE
};

fn new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("memoryview", &["object"], 0, 1, 1);
    match SIGNATURE.bind_tuple::<1>(args, kwargs)? {
        [Some(object)] => super::new(object),
        [None] => Err(crate::error::system_error("a required argument is missing")),
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead view; nothing can have a buffer of it, for buffers own the view.
    unsafe {
        gc::untrack(&*object);
        let view = &*object.cast::<MemoryView>();
        crate::types::weakref::clear_weakrefs(&*object);
        let _ = view.release();
        crate::alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    if let Some(buffer) = cast(object).buffer() {
        visit.edge(crate::Role::Field("obj"), &buffer.owner);
    }
}

fn clear(object: &Object) {
    let view = cast(object);
    if view.exports.get() == 0 && view.release().is_err() {
        crate::error::clear();
    }
}

fn repr(this: &Object) -> PyResult {
    let what = if cast(this).is_released() {
        "released memory"
    } else {
        "memory"
    };
    Ok(Str::new(&format!(
        "<{what} at {:#x}>",
        this.as_ptr() as usize
    )))
}

fn len(this: &Object) -> PyResult<usize> {
    Ok(cast(this).shape()?.count)
}

fn hash(this: &Object) -> PyResult<isize> {
    let view = cast(this);
    let known = view.hash.get();
    if known != -1 {
        return Ok(known);
    }
    let shape = view.shape()?;
    if !shape.readonly {
        return Err(value_error("cannot hash writable memoryview object"));
    }
    if !matches!(item::letter(shape.format), b'B' | b'b' | b'c') {
        return Err(value_error(
            "memoryview: hashing is restricted to formats 'B', 'b' or 'c'",
        ));
    }
    compare::hash(&*view.owner()?)?;
    let hash = crate::types::str::hash_bytes(&shape.to_vec());
    view.hash.set(hash);
    Ok(hash)
}

/// What is compared: a view, or the buffer of another object.
fn other_shape(object: &Object) -> PyResult<Option<(Owned, Shape)>> {
    if is_view(object) {
        let view = cast(object);
        if view.is_released() {
            return Ok(None);
        }
        return Ok(Some((Owned::new(object), view.shape()?)));
    }
    if object.ty().slots.getbuffer.is_none() {
        return Ok(None);
    }
    match super::new(object) {
        Ok(made) => {
            let shape = cast(&made).shape()?;
            Ok(Some((made, shape)))
        }
        Err(_) => {
            crate::error::clear();
            Ok(None)
        }
    }
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(not_implemented()),
    };
    if !is_view(a) {
        return Ok(not_implemented());
    }
    if cast(a).is_released() {
        return Ok(bool_owned(a.is(b) == wanted));
    }
    let x = cast(a).shape()?;
    let Some((_held, y)) = other_shape(b)? else {
        return Ok(if b.ty().slots.getbuffer.is_some() {
            bool_owned(!wanted)
        } else {
            not_implemented()
        });
    };
    Ok(bool_owned(equal(&x, &y)? == wanted))
}

fn equal(x: &Shape, y: &Shape) -> PyResult<bool> {
    if x.count != y.count {
        return Ok(false);
    }
    let (a, b) = (item::letter(x.format), item::letter(y.format));
    if a == 0 || b == 0 {
        return Ok(false);
    }
    if a == b && !matches!(a, b'f' | b'd' | b'e' | b'?') {
        return Ok((0..x.count).all(|i| x.item(i) == y.item(i)));
    }
    for i in 0..x.count {
        let (p, q) = (
            item::unpack(x.format, x.item(i))?,
            item::unpack(y.format, y.item(i))?,
        );
        if !compare::is_true(&*compare::compare(&p, &q, CompareOp::Eq)?)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Place of an item; negative ones counted from the end.
fn place(shape: &Shape, index: isize) -> PyResult<usize> {
    let at = if index < 0 {
        index + shape.count as isize
    } else {
        index
    };
    usize::try_from(at)
        .ok()
        .filter(|i| *i < shape.count)
        .ok_or_else(|| index_error("index out of bounds on dimension 1"))
}

fn sequence_item(this: &Object, index: isize) -> PyResult {
    let shape = cast(this).shape()?;
    let at = place(&shape, index)?;
    item::unpack(shape.format, shape.item(at))
}

/// What a subscript means.
enum Key {
    Item(isize),
    Slice,
}

fn key_of(key: &Object) -> PyResult<Key> {
    if number::is_index(key) {
        return Ok(Key::Item(number::index_isize(key, Some(&INDEX_ERROR))?));
    }
    if slicing::is_slice(key) {
        return Ok(Key::Slice);
    }
    match key.downcast::<Tuple>().map(|t| t.items()) {
        Some([]) => Err(not_implemented_error("sub-views are not implemented")),
        Some([one]) if number::is_index(one) => {
            Ok(Key::Item(number::index_isize(one, Some(&INDEX_ERROR))?))
        }
        Some(several) if several.iter().all(|k| number::is_index(k)) => Err(type_error(format!(
            "cannot index 1-dimension view with {}-element tuple",
            several.len()
        ))),
        Some(several) if several.iter().all(|k| slicing::is_slice(k)) => Err(
            not_implemented_error("multi-dimensional slicing is not implemented"),
        ),
        _ => Err(type_error("memoryview: invalid slice key")),
    }
}

/// The part of a view that a slice selects.
fn sliced(this: &Object, key: &Object) -> PyResult<Shape> {
    let view = cast(this);
    let count = view.shape()?.count;
    let part = slicing::resolve(key, count)?;
    let shape = view.shape()?;
    Ok(Shape {
        start: shape
            .start
            .wrapping_offset(part.start as isize * shape.stride),
        count: part.count,
        stride: shape.stride.wrapping_mul(part.step),
        ..shape
    })
}

fn subscript(this: &Object, key: &Object) -> PyResult {
    cast(this).check()?;
    match key_of(key)? {
        Key::Item(index) => sequence_item(this, index),
        Key::Slice => {
            let shape = sliced(this, key)?;
            again(cast(this), shape)
        }
    }
}

fn assign(this: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let view = cast(this);
    view.check()?;
    if view.readonly.get() {
        return Err(type_error("cannot modify read-only memory"));
    }
    let Some(value) = value else {
        return Err(type_error("cannot delete memory"));
    };
    match key_of(key)? {
        Key::Item(index) => {
            let shape = view.shape()?;
            let at = place(&shape, index)?;
            let data = item::pack(shape.format, value)?;
            // Packing may have run Python that released the view.
            let shape = view.shape()?;
            write(&shape, at, &data);
            Ok(())
        }
        Key::Slice => {
            let target = sliced(this, key)?;
            let source = crate::types::bytes::bytes_like(value);
            let (held, from) = match other_shape(value)? {
                Some(found) => found,
                None => return source.map(drop),
            };
            drop(source);
            if item::letter(from.format) != item::letter(target.format)
                || from.count != target.count
            {
                return Err(value_error(
                    "memoryview assignment: lvalue and rvalue have different structures",
                ));
            }
            let data = from.to_vec();
            view.check()?;
            for (at, part) in data.chunks_exact(target.itemsize.max(1)).enumerate() {
                write(&target, at, part);
            }
            drop(held);
            Ok(())
        }
    }
}

fn write(shape: &Shape, at: usize, data: &[u8]) {
    debug_assert_eq!(data.len(), shape.itemsize);
    // SAFETY: the item is there, and writable, while the owner's buffer is out.
    unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), shape.at(at), data.len()) };
}

/// A copy of the items as bytes.
pub fn to_bytes(this: &Object) -> PyResult {
    Bytes::fresh(&cast(this).shape()?.to_vec())
}
