//! `bytes`.

use std::cell::Cell;

use crate::alloc::{self, Kind};
use crate::error::{memory_error, type_error};
use crate::object::{Layout, Object, VarObject};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Buffer, Type, flags};

pub mod affix;
pub mod hex;
pub mod iter;
pub mod methods;
pub mod new;
pub mod pad;
pub mod percent;
mod shared;
pub mod slots;
pub mod split;
pub mod translate;

pub use shared::{empty, single};

/// Bytes before the data.
pub const HEADER: usize = 32;

/// Data follow at byte 32, with a zero at the end.
#[repr(C)]
pub struct Bytes {
    pub var: VarObject,
    /// -1: not computed yet.
    pub hash: Cell<isize>,
    first: [u8; 0],
}

// SAFETY: touched only under the interpreter's lock.
unsafe impl Sync for Bytes {}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for Bytes {
    fn type_object() -> &'static Type {
        &BYTES
    }
}

pub static BYTES: Type = Type::builtin("bytes", HEADER + 1, slots::SLOTS)
    .with_flags(flags::BASETYPE | flags::BYTES_SUBCLASS | flags::MATCH_SELF)
    .with_itemsize(1)
    .with_methods(&slots::METHODS);

impl Bytes {
    /// A bytes object; the shared one for none and single bytes.
    pub fn new(data: &[u8]) -> Owned {
        match data {
            [] => empty(),
            [one] => single(*one),
            _ => match Bytes::filled(data) {
                Ok(object) => object,
                Err(_) => std::alloc::handle_alloc_error(std::alloc::Layout::new::<Bytes>()),
            },
        }
    }

    /// An object of its own even for a single byte (`PyBytes_FromStringAndSize` without data); only the empty one is shared.
    pub fn fresh(data: &[u8]) -> PyResult {
        match data {
            [] => Ok(empty()),
            _ => Bytes::filled(data),
        }
    }

    fn filled(data: &[u8]) -> PyResult {
        let object = Bytes::allocate(data.len())?;
        // SAFETY: fresh, with room for the data.
        unsafe {
            std::ptr::copy_nonoverlapping(data.as_ptr(), cast(&object).data(), data.len());
        }
        Ok(object)
    }

    /// A fresh object of `len` bytes that are not written yet, except the final zero. MemoryError when there is no room.
    pub fn allocate(len: usize) -> PyResult {
        let bytes = len
            .checked_add(HEADER + 1)
            .filter(|n| *n < isize::MAX as usize)
            .ok_or_else(memory_error)?;
        // SAFETY: the body is written here, the data by the caller.
        unsafe {
            let memory = alloc::object_of_kind(Kind::Plain, &BYTES, bytes);
            if memory.is_null() {
                return Err(memory_error());
            }
            let this = &*memory.cast::<Bytes>();
            this.var.size.set(len as isize);
            this.hash.set(-1);
            this.data().add(len).write(0);
            Ok(Owned::from_raw(memory))
        }
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.var.size.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn data(&self) -> *mut u8 {
        self.first.as_ptr().cast_mut()
    }

    #[inline(always)]
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `len` bytes follow.
        unsafe { std::slice::from_raw_parts(self.data(), self.len()) }
    }
}

/// The object as `Bytes`; it must be a bytes object or an instance of a subclass.
#[inline(always)]
pub fn cast(object: &Object) -> &Bytes {
    debug_assert!(is_bytes(object));
    // SAFETY: by contract; checked in debug builds.
    unsafe { object.cast::<Bytes>() }
}

/// Whether the object is bytes or an instance of a subclass.
#[inline(always)]
pub fn is_bytes(object: &Object) -> bool {
    object.ty().has(flags::BYTES_SUBCLASS)
}

pub(super) fn get_buffer(this: &Object) -> PyResult<Buffer> {
    let bytes = cast(this);
    Ok(Buffer::bytes(this, bytes.data(), bytes.len(), true))
}

/// The memory of a buffer; it must not be resized meanwhile.
pub fn buffer_slice(buffer: &Buffer) -> &[u8] {
    buffer.slice()
}

/// The memory of an object with the buffer protocol: "a bytes-like object is required, not 'str'".
pub fn bytes_like(object: &Object) -> PyResult<Buffer> {
    match object.ty().slots.getbuffer {
        Some(get) => get(object),
        None => Err(type_error(format!(
            "a bytes-like object is required, not '{}'",
            object.ty().full_name()
        ))),
    }
}

/// `PyObject_Bytes`: bytes of an object with `__bytes__`, a buffer, or an iterable of ints.
pub fn from_object(object: &Object) -> PyResult {
    if object.is_exact(&BYTES) {
        return Ok(Owned::new(object));
    }
    if let Some(method) = crate::ops::attribute::lookup_special(object, &crate::names().__bytes__)?
    {
        let method = crate::state::root("__bytes__", method);
        let result = crate::ops::call::call(&method, &[], None)?;
        drop(method);
        if !is_bytes(&result) {
            return Err(type_error(format!(
                "__bytes__ returned non-bytes (type {})",
                result.ty().full_name()
            )));
        }
        return Ok(result);
    }
    from_data(object)
}

/// Bytes of a buffer or an iterable of ints (`PyBytes_FromObject`).
pub fn from_data(object: &Object) -> PyResult {
    if object.is_exact(&BYTES) {
        return Ok(Owned::new(object));
    }
    if crate::types::memoryview::is_view(object) {
        return crate::types::memoryview::slots::to_bytes(object);
    }
    if let Some(buffer) = object.ty().slots.getbuffer {
        let buffer = buffer(object)?;
        return Bytes::fresh(buffer.slice());
    }
    let iterable = object.ty().slots.iter.is_some() || crate::ops::number::is_sequence(object);
    if crate::types::str::is_str(object) || !iterable {
        return Err(type_error(format!(
            "cannot convert '{}' object to bytes",
            object.ty().full_name()
        )));
    }
    let mut data = Vec::new();
    let mut add = |item: Owned| {
        let item = crate::state::root("item", item);
        data.push(byte_value(&item, "bytes must be in range(0, 256)")?);
        Ok(())
    };
    if object.is_exact(&crate::types::list::LIST) || object.is_exact(&crate::types::tuple::TUPLE) {
        crate::ops::iter::for_each(object, add)?;
    } else {
        let iterator = crate::state::root("iterator", crate::ops::iter::iter(object)?);
        crate::ops::iter::length_hint(object, 64)?;
        crate::ops::iter::drain(&iterator, &mut add)?;
    }
    Ok(Bytes::new(&data))
}

/// An object as one byte; ValueError with `message` outside 0..256.
pub fn byte_value(object: &Object, message: &str) -> PyResult<u8> {
    let value = crate::ops::number::index_isize(object, None)?;
    u8::try_from(value).map_err(|_| crate::error::value_error(message))
}

/// `repr` of bytes, without an object.
pub fn repr_text(data: &[u8]) -> String {
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') {
        b'"'
    } else {
        b'\''
    };
    let mut out = String::with_capacity(data.len() + 3);
    out.push('b');
    out.push(char::from(quote));
    for byte in data {
        match *byte {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\\' => out.push_str("\\\\"),
            b if b == quote => {
                out.push('\\');
                out.push(char::from(b));
            }
            b' '..=b'~' => out.push(char::from(*byte)),
            b => out.push_str(&format!("\\x{b:02x}")),
        }
    }
    out.push(char::from(quote));
    out
}
