//! `bytearray`: storage that grows as CPython's does. Slots are in `slots`, methods in `methods`.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc;
use crate::error::{buffer_error, memory_error};
use crate::object::{Layout, Object, VarObject};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Buffer, Type, flags};

pub mod methods;
pub mod slots;

/// CPython's `PyByteArrayObject`: the storage, where the data begin in it, and how many buffers are out.
#[repr(C)]
pub struct ByteArray {
    pub var: VarObject,
    /// Bytes of storage.
    pub allocated: Cell<isize>,
    pub storage: Cell<*mut u8>,
    pub start: Cell<*mut u8>,
    pub exports: Cell<isize>,
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for ByteArray {
    fn type_object() -> &'static Type {
        &BYTEARRAY
    }
}

pub static BYTEARRAY: Type = Type::builtin("bytearray", 56, slots::SLOTS)
    .with_flags(flags::BASETYPE | flags::MATCH_SELF)
    .with_methods(&methods::METHODS);

/// Whether the object is a bytearray or an instance of a subclass.
pub fn is_bytearray(object: &Object) -> bool {
    object.is_exact(&BYTEARRAY) || object.ty().is_subtype(&BYTEARRAY)
}

/// The object as `ByteArray`; it must be one.
#[inline]
pub fn cast(object: &Object) -> &ByteArray {
    debug_assert!(is_bytearray(object));
    // SAFETY: by contract; checked in debug builds.
    unsafe { object.cast::<ByteArray>() }
}

/// An exact bytearray of these bytes.
pub fn new(data: &[u8]) -> PyResult {
    // SAFETY: the body is written at once.
    let object = unsafe {
        let memory = alloc::object_of_kind(alloc::Kind::Plain, &BYTEARRAY, 56);
        if memory.is_null() {
            return Err(memory_error());
        }
        (*memory.cast::<ByteArray>()).clear_fields();
        Owned::from_raw(memory)
    };
    let this = cast(&object);
    if !data.is_empty() {
        this.resize(data.len())?;
        this.write(0, data);
    }
    Ok(object)
}

impl ByteArray {
    /// An empty bytearray without storage.
    pub fn clear_fields(&self) {
        self.var.size.set(0);
        self.allocated.set(0);
        self.storage.set(null_mut());
        self.start.set(null_mut());
        self.exports.set(0);
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.var.size.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The data; they must not be used after anything that can run Python or resize.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        if self.is_empty() {
            return &[];
        }
        // SAFETY: `len` bytes from `start` on are the data.
        unsafe { std::slice::from_raw_parts(self.start.get(), self.len()) }
    }

    /// Overwrites data from place `at` on; they must fit.
    pub fn write(&self, at: usize, data: &[u8]) {
        debug_assert!(at + data.len() <= self.len());
        // SAFETY: in range by contract; source and target may be the same storage.
        unsafe { std::ptr::copy(data.as_ptr(), self.start.get().add(at), data.len()) };
    }

    /// Moves `count` bytes inside the data.
    pub fn shift(&self, from: usize, to: usize, count: usize) {
        debug_assert!(from.max(to) + count <= self.len());
        // SAFETY: in range by contract.
        unsafe {
            let start = self.start.get();
            std::ptr::copy(start.add(from), start.add(to), count);
        }
    }

    /// BufferError while a buffer is out.
    pub fn check_resizable(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(buffer_error(
                "Existing exports of data: object cannot be re-sized",
            ));
        }
        Ok(())
    }

    /// Changes the length; new bytes are not initialised, except the zero behind the last (`PyByteArray_Resize`).
    pub fn resize(&self, len: usize) -> PyResult<()> {
        let old = self.len();
        if len == old {
            return Ok(());
        }
        self.check_resizable()?;
        if len > isize::MAX as usize / 2 {
            return Err(memory_error());
        }
        let allocated = self.allocated.get() as usize;
        let offset = self.start.get() as usize - self.storage.get() as usize;
        let wanted = if len + offset < allocated {
            if len >= allocated / 2 {
                self.var.size.set(len as isize);
                // SAFETY: there is room for `len` bytes and one more.
                unsafe { self.start.get().add(len).write(0) };
                return Ok(());
            }
            len + 1
        } else if len as f64 <= allocated as f64 * 1.125 {
            len + (len >> 3) + if len < 9 { 3 } else { 6 }
        } else {
            len + 1
        };
        let fresh = alloc::raw(wanted);
        if fresh.is_null() {
            return Err(memory_error());
        }
        // SAFETY: both blocks hold at least the smaller length.
        unsafe {
            let kept = old.min(len);
            if kept > 0 {
                std::ptr::copy_nonoverlapping(self.start.get(), fresh, kept);
            }
            alloc::raw_free(self.storage.get(), allocated);
            fresh.add(len).write(0);
        }
        self.storage.set(fresh);
        self.start.set(fresh);
        self.allocated.set(wanted as isize);
        self.var.size.set(len as isize);
        Ok(())
    }

    /// Replaces bytes `low..high` by `data`, which lie elsewhere.
    pub fn replace(&self, low: usize, high: usize, data: &[u8]) -> PyResult<()> {
        let (old, gone) = (self.len(), high - low);
        if data.len() < gone {
            self.check_resizable()?;
            let less = gone - data.len();
            if low == 0 {
                // The front is given up without moving the rest.
                // SAFETY: `less` bytes are there.
                self.start.set(unsafe { self.start.get().add(less) });
                self.var.size.set((old - less) as isize);
                self.settle()?;
            } else {
                self.shift(high, low + data.len(), old - high);
                self.resize(old - less)?;
            }
        } else if data.len() > gone {
            let more = data.len() - gone;
            let total = old.checked_add(more).ok_or_else(memory_error)?;
            self.resize(total)?;
            self.shift(high, high + more, old - high);
        }
        self.write(low, data);
        Ok(())
    }

    /// Gives storage back when most of it is unused after the front was given up.
    fn settle(&self) -> PyResult<()> {
        let len = self.len();
        if len >= self.allocated.get() as usize / 2 {
            return Ok(());
        }
        self.var.size.set(len as isize + 1);
        self.resize(len)
    }
}

/// The memory of a bytearray; it cannot be resized until the buffer is dropped.
pub fn get_buffer(object: &Object) -> PyResult<Buffer> {
    let this = cast(object);
    this.exports.set(this.exports.get() + 1);
    let mut buffer = Buffer::bytes(object, this.start.get(), this.len(), false);
    buffer.release = Some(release);
    Ok(buffer)
}

fn release(object: &Object) {
    let this = cast(object);
    this.exports.set(this.exports.get() - 1);
}
