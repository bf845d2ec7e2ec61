//! `memoryview`: one-dimensional views, with steps, of memory that another object offers. Slots are in `slots`, methods in `methods`,
//! items in `item`.

use std::cell::{Cell, UnsafeCell};
use std::ptr::null_mut;

use crate::error::{buffer_error, memory_error, value_error};
use crate::gc;
use crate::object::{Layout, Object, VarObject};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Buffer, Type, flags};

pub mod item;
pub mod iter;
pub mod methods;
pub mod slots;

/// What the view was made from, and the part of it that is shown.
#[repr(C)]
pub struct MemoryView {
    pub var: VarObject,
    /// `None` once released.
    buffer: UnsafeCell<Option<Buffer>>,
    /// The first item shown.
    pub start: Cell<*mut u8>,
    /// Items shown.
    pub count: Cell<usize>,
    /// Bytes from one item to the next.
    pub stride: Cell<isize>,
    pub itemsize: Cell<usize>,
    pub format: Cell<&'static str>,
    /// -1: not computed yet.
    pub hash: Cell<isize>,
    /// Buffers that the view itself has given out.
    pub exports: Cell<isize>,
    pub weaklist: Cell<*mut Object>,
    pub readonly: Cell<bool>,
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for MemoryView {
    fn type_object() -> &'static Type {
        &MEMORYVIEW
    }
}

/// Bytes of a view: CPython's fixed part and three words for one dimension.
const SIZE: usize = 144 + 24;
const _: () = assert!(std::mem::size_of::<MemoryView>() <= SIZE);

pub static MEMORYVIEW: Type = Type::builtin("memoryview", 144, slots::SLOTS)
    .with_flags(flags::HAVE_GC | flags::SEQUENCE)
    .with_itemsize(8)
    .with_weaklistoffset(std::mem::offset_of!(MemoryView, weaklist))
    .with_methods(&methods::METHODS)
    .with_getset(&methods::GETSET);

/// Whether the object is a memoryview.
pub fn is_view(object: &Object) -> bool {
    object.is_exact(&MEMORYVIEW)
}

/// The object as `MemoryView`; it must be one.
pub fn cast(object: &Object) -> &MemoryView {
    debug_assert!(is_view(object));
    // SAFETY: by contract; checked in debug builds.
    unsafe { object.cast::<MemoryView>() }
}

/// The part of a buffer that a view shows.
#[derive(Clone, Copy)]
pub struct Shape {
    pub start: *mut u8,
    pub count: usize,
    pub stride: isize,
    pub itemsize: usize,
    pub format: &'static str,
    pub readonly: bool,
}

/// A view of the buffer that `source` offers.
pub fn new(source: &Object) -> PyResult {
    if is_view(source) {
        let view = cast(source);
        return again(view, view.shape()?);
    }
    let Some(get) = source.ty().slots.getbuffer else {
        return Err(crate::error::type_error(format!(
            "memoryview: a bytes-like object is required, not '{}'",
            source.ty().full_name()
        )));
    };
    let buffer = get(source)?;
    let shape = Shape {
        start: buffer.data,
        count: buffer.len / buffer.itemsize.max(1),
        stride: buffer.itemsize as isize,
        itemsize: buffer.itemsize,
        format: buffer.format,
        readonly: buffer.readonly,
    };
    make(buffer, shape)
}

/// Another view of what `view` was made from.
pub fn again(view: &MemoryView, shape: Shape) -> PyResult {
    let owner = view.owner()?;
    match owner.ty().slots.getbuffer {
        Some(get) => make(get(&owner)?, shape),
        None => Err(buffer_error("the object no longer offers its memory")),
    }
}

fn make(buffer: Buffer, shape: Shape) -> PyResult {
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let memory = crate::alloc::object_memory(&MEMORYVIEW, SIZE);
        if memory.is_null() {
            return Err(memory_error());
        }
        let place = memory.cast::<MemoryView>();
        (*place).var.size.set(3);
        (&raw mut (*place).buffer).write(UnsafeCell::new(Some(buffer)));
        (*place).start.set(shape.start);
        (*place).count.set(shape.count);
        (*place).stride.set(shape.stride);
        (*place).itemsize.set(shape.itemsize);
        (&raw mut (*place).format).write(Cell::new(shape.format));
        (*place).hash.set(-1);
        (*place).exports.set(0);
        (*place).weaklist.set(null_mut());
        (&raw mut (*place).readonly).write(Cell::new(shape.readonly));
        gc::track(&*memory);
        Ok(Owned::from_raw(memory))
    }
}

impl MemoryView {
    fn buffer(&self) -> Option<&Buffer> {
        // SAFETY: replaced only by `release`, and no borrow is kept across it.
        unsafe { (*self.buffer.get()).as_ref() }
    }

    /// ValueError once released.
    pub fn check(&self) -> PyResult<()> {
        match self.buffer() {
            Some(_) => Ok(()),
            None => Err(value_error(
                "operation forbidden on released memoryview object",
            )),
        }
    }

    pub fn is_released(&self) -> bool {
        self.buffer().is_none()
    }

    /// The object whose memory it is.
    pub fn owner(&self) -> PyResult<Owned> {
        self.check()?;
        match self.buffer() {
            Some(buffer) => Ok(buffer.owner.clone()),
            None => Ok(crate::none_owned()),
        }
    }

    /// The part shown; ValueError once released.
    pub fn shape(&self) -> PyResult<Shape> {
        self.check()?;
        Ok(Shape {
            start: self.start.get(),
            count: self.count.get(),
            stride: self.stride.get(),
            itemsize: self.itemsize.get(),
            format: self.format.get(),
            readonly: self.readonly.get(),
        })
    }

    /// Gives the buffer back; BufferError while views of this view are out.
    pub fn release(&self) -> PyResult<()> {
        let exports = self.exports.get();
        if exports > 0 {
            return Err(buffer_error(format!(
                "memoryview has {exports} exported buffer{}",
                if exports == 1 { "" } else { "s" }
            )));
        }
        // SAFETY: no borrow of the buffer is alive.
        let buffer = unsafe { (*self.buffer.get()).take() };
        drop(buffer);
        Ok(())
    }
}

impl Shape {
    pub fn is_contiguous(&self) -> bool {
        self.count <= 1 || self.stride == self.itemsize as isize
    }

    pub fn bytes(&self) -> usize {
        self.count * self.itemsize
    }

    /// Memory of item `index`, which must be there.
    pub fn at(&self, index: usize) -> *mut u8 {
        debug_assert!(index < self.count);
        self.start.wrapping_offset(index as isize * self.stride)
    }

    /// The bytes of item `index`.
    pub fn item(&self, index: usize) -> &[u8] {
        // SAFETY: the owner keeps the memory in place while its buffer is out.
        unsafe { std::slice::from_raw_parts(self.at(index), self.itemsize) }
    }

    /// A copy of all items in order.
    pub fn to_vec(&self) -> Vec<u8> {
        if self.count == 0 {
            return Vec::new();
        }
        if self.is_contiguous() {
            // SAFETY: as `item`; the items lie one after the other.
            return unsafe { std::slice::from_raw_parts(self.start, self.bytes()) }.to_vec();
        }
        (0..self.count)
            .flat_map(|i| self.item(i).to_vec())
            .collect()
    }
}

/// The memory of a view that has no gaps.
pub fn get_buffer(object: &Object) -> PyResult<Buffer> {
    let view = cast(object);
    let shape = view.shape()?;
    if !shape.is_contiguous() {
        return Err(buffer_error(
            "memoryview: underlying buffer is not C-contiguous",
        ));
    }
    view.exports.set(view.exports.get() + 1);
    let mut buffer = Buffer::bytes(object, shape.start, shape.bytes(), shape.readonly);
    buffer.format = shape.format;
    buffer.itemsize = shape.itemsize;
    buffer.release = Some(|object| {
        let view = cast(object);
        view.exports.set(view.exports.get() - 1);
    });
    Ok(buffer)
}
