//! `_io.BytesIO` (Modules/_io/bytesio.c): a file in memory. Its memory is a bytes object, shared with what it was made from until written.

use std::cell::Cell;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{Buffer, GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::dict::{self, managed};
use terrarium_objects::types::{
    bool, exceptions as exc, int, list, memoryview, none, self_iter, tuple, r#type,
};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Word, error, gc, none_owned, ops, root};

use super::common::{fill, given, size, writable_buffer};
use super::iobase::{self, BUFFERED_IO_BASE};

/// CPython's `bytesio`.
#[repr(C)]
pub struct BytesIo {
    object: Object,
    /// A bytes object, possibly longer than the contents; missing when closed.
    memory: Field,
    pos: Cell<usize>,
    len: Cell<usize>,
    dict: Field,
    weaklist: Field,
    exports: Cell<usize>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for BytesIo {
    fn type_object() -> &'static Type {
        &BYTES_IO
    }
}

pub static BYTES_IO: Type = Type::builtin(
    "_io.BytesIO",
    size_of::<BytesIo>(),
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        iter: Some(self_iter_open),
        iternext: Some(next),
        init: Some(init),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_base(&raw const BUFFERED_IO_BASE)
.with_dictoffset(std::mem::offset_of!(BytesIo, dict))
.with_weaklistoffset(std::mem::offset_of!(BytesIo, weaklist))
.with_methods(METHODS)
.with_getset(&[GetSetDef::read(
    "closed",
    |o| Ok(bool::bool_owned(of(o).memory.is_empty())),
    "",
)]);

const YES: Native = Native::NoArgs(|o| open_of(o).map(|_| bool::bool_owned(true)));

const METHODS: &[MethodDef] = &[
    MethodDef::new("readable", YES, ""),
    MethodDef::new("seekable", YES, ""),
    MethodDef::new("writable", YES, ""),
    MethodDef::new("close", Native::NoArgs(close), ""),
    MethodDef::new(
        "flush",
        Native::NoArgs(|o| open_of(o).map(|_| none_owned())),
        "",
    ),
    MethodDef::new(
        "isatty",
        Native::NoArgs(|o| open_of(o).map(|_| bool::bool_owned(false))),
        "",
    ),
    MethodDef::new(
        "tell",
        Native::NoArgs(|o| open_of(o).map(|b| int::from_usize(b.pos.get()))),
        "",
    ),
    MethodDef::new("write", Native::O(write), ""),
    MethodDef::new("writelines", Native::O(writelines), ""),
    MethodDef::new("read1", Native::Fast(|o, a| read_named(o, a, "read1")), ""),
    MethodDef::new("readinto", Native::O(readinto), ""),
    MethodDef::new("readline", Native::Fast(readline), ""),
    MethodDef::new("readlines", Native::Fast(readlines), ""),
    MethodDef::new("read", Native::Fast(|o, a| read_named(o, a, "read")), ""),
    MethodDef::new("getbuffer", Native::NoArgs(getbuffer), ""),
    MethodDef::new("getvalue", Native::NoArgs(getvalue), ""),
    MethodDef::new("seek", Native::Fast(seek), ""),
    MethodDef::new("truncate", Native::Fast(truncate), ""),
    MethodDef::new("__getstate__", Native::NoArgs(getstate), ""),
    MethodDef::new("__setstate__", Native::O(setstate), ""),
    MethodDef::new("__sizeof__", Native::NoArgs(sizeof), ""),
];

fn of(object: &Object) -> &BytesIo {
    // SAFETY: called for instances of this type.
    unsafe { object.cast() }
}

fn open_of(object: &Object) -> PyResult<&BytesIo> {
    let this = of(object);
    if this.memory.is_empty() {
        return Err(error::value_error("I/O operation on closed file."));
    }
    Ok(this)
}

fn new(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    let made = r#type::generic_alloc(ty, 0)?;
    of(&made).memory.set(Some(Bytes::new(&[])));
    Ok(made)
}

static INIT: Signature = Signature::new("BytesIO", &["initial_bytes"], 0, 0, 1);

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let [initial] = INIT.bind_tuple::<1>(args, kwargs)?;
    let this = of(object);
    this.len.set(0);
    this.pos.set(0);
    this.check_exports()?;
    if let Some(initial) = given(initial) {
        if initial.is_exact(&bytes::BYTES) {
            this.memory.set_ref(Some(initial));
            this.len.set(bytes::cast(initial).len());
        } else {
            if this.memory.is_empty() {
                this.memory.set(Some(Bytes::new(&[])));
            }
            write(object, initial)?;
            this.pos.set(0);
        }
    } else if this.memory.is_empty() {
        this.memory.set(Some(Bytes::new(&[])));
    }
    Ok(())
}

impl BytesIo {
    fn data(&self) -> &[u8] {
        self.memory
            .get()
            .map_or(&[], |m| &bytes::cast(m).bytes()[..self.len.get()])
    }

    fn check_exports(&self) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(error::buffer_error(
                "Existing exports of data: object cannot be re-sized",
            ));
        }
        Ok(())
    }

    fn is_shared(&self) -> bool {
        self.memory
            .get()
            .is_some_and(|m| m.refcount() > 1 || bytes::cast(m).len() < 2)
    }

    /// Memory of its own with room for `room` bytes, the contents copied.
    fn reallocate(&self, room: usize) -> PyResult<()> {
        let made = Bytes::allocate(room.max(2))?;
        let keep = self.len.get().min(room);
        // SAFETY: both have `keep` bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(self.data().as_ptr(), bytes::cast(&made).data(), keep);
        }
        self.memory.set(Some(made));
        Ok(())
    }

    fn make_room(&self, size: usize) -> PyResult<()> {
        self.check_exports()?;
        let have = self.memory.get().map_or(0, |m| bytes::cast(m).len());
        let room = if size < have / 2 {
            size + 1
        } else if size < have {
            if !self.is_shared() {
                return Ok(());
            }
            have
        } else if size as f64 <= have as f64 * 1.125 {
            size + (size >> 3) + if size < 9 { 3 } else { 6 }
        } else {
            size.checked_add(1).ok_or_else(error::memory_error)?
        };
        self.reallocate(room)
    }

    fn write_bytes(&self, data: &[u8]) -> PyResult<()> {
        if data.is_empty() {
            return Ok(());
        }
        self.check_exports()?;
        let at = self.pos.get();
        let end = at + data.len();
        let have = self.memory.get().map_or(0, |m| bytes::cast(m).len());
        if end > have {
            self.make_room(end)?;
        } else if self.is_shared() {
            self.reallocate(end.max(self.len.get()))?;
        }
        let Some(memory) = self.memory.get() else {
            return Ok(());
        };
        let place = bytes::cast(memory).data();
        let len = self.len.get();
        // SAFETY: there is room up to `end`; the memory is this object's own.
        unsafe {
            if at > len {
                place.add(len).write_bytes(0, at - len);
            }
            std::ptr::copy(data.as_ptr(), place.add(at), data.len());
        }
        self.pos.set(end);
        self.len.set(len.max(end));
        Ok(())
    }

    /// The next `count` bytes as a new object (the memory itself when they are all of it).
    fn read_bytes(&self, count: usize) -> Owned {
        let (at, len) = (self.pos.get(), self.len.get());
        if count > 1 && at == 0 && count == len && self.exports.get() == 0 {
            let whole = self.memory.get().filter(|m| bytes::cast(m).len() == len);
            if let Some(whole) = whole {
                self.pos.set(count);
                return Owned::new(whole);
            }
        }
        self.pos.set(at + count);
        Bytes::new(&self.data()[at.min(len)..(at + count).min(len)])
    }

    fn left(&self) -> usize {
        self.len.get().saturating_sub(self.pos.get())
    }

    /// Bytes to the end of the line, at most `limit`.
    fn line_length(&self, limit: isize) -> usize {
        let left = self.left();
        if left == 0 {
            return 0;
        }
        let most = usize::try_from(limit).map_or(left, |l| l.min(left));
        let at = self.pos.get();
        self.data()[at..at + most]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(most, |i| i + 1)
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying instance.
    unsafe {
        let this = &*object;
        gc::untrack(this);
        iobase::forget_weak(this, &of(this).weaklist);
        clear(this);
        of(this).memory.clear();
        r#type::free(object);
    }
}

fn clear(object: &Object) {
    of(object).dict.clear();
    if of(object).exports.get() == 0 {
        of(object).memory.clear();
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    of(object).dict.visit("__dict__", visit);
    of(object).memory.visit("buf", visit);
}

fn self_iter_open(object: &Object) -> PyResult {
    open_of(object)?;
    self_iter(object)
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let this = open_of(object)?;
    let count = this.line_length(-1);
    Ok((count > 0).then(|| this.read_bytes(count)))
}

fn close(object: &Object) -> PyResult {
    of(object).check_exports()?;
    of(object).memory.clear();
    Ok(none_owned())
}

fn write(object: &Object, data: &Object) -> PyResult {
    let this = open_of(object)?;
    this.check_exports()?;
    let buffer = bytes::bytes_like(data)?;
    this.write_bytes(buffer.slice())?;
    Ok(int::from_usize(buffer.len))
}

fn writelines(object: &Object, lines: &Object) -> PyResult {
    open_of(object)?;
    let source = root("iterator over lines", ops::iter::iter(lines)?);
    while let Some(line) = ops::iter::next(&source)? {
        let line = root("line being written", line);
        write(object, &line)?;
    }
    Ok(none_owned())
}

fn read_named(object: &Object, args: &[Word], name: &str) -> PyResult {
    args::check_positional(name, args.len(), 0, 1)?;
    let count = size(args.first().map(|w| w.object()))?;
    let this = open_of(object)?;
    let left = this.left();
    let count = usize::try_from(count).map_or(left, |c| c.min(left));
    Ok(this.read_bytes(count))
}

fn readinto(object: &Object, target: &Object) -> PyResult {
    let buffer = writable_buffer("readinto()", target)?;
    let this = open_of(object)?;
    let count = buffer.len.min(this.left());
    let at = this.pos.get();
    if count > 0 {
        fill(&buffer, &this.data()[at..at + count]);
    }
    this.pos.set(at + count);
    Ok(int::from_usize(count))
}

fn readline(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("readline", args.len(), 0, 1)?;
    let limit = size(args.first().map(|w| w.object()))?;
    let this = open_of(object)?;
    Ok(this.read_bytes(this.line_length(limit)))
}

fn readlines(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("readlines", args.len(), 0, 1)?;
    let this = open_of(object)?;
    let most = match given(args.first().map(|w| w.object())) {
        None => -1,
        Some(most) if int::is_int(most) => int::as_isize(most)?,
        Some(most) => {
            return Err(error::type_error(format!(
                "integer argument expected, got '{}'",
                most.ty().full_name()
            )));
        }
    };
    let lines = list::new();
    let mut total = 0;
    loop {
        let count = this.line_length(-1);
        if count == 0 {
            break;
        }
        list::append(&lines, &this.read_bytes(count));
        total += count;
        if most > 0 && total >= most as usize {
            break;
        }
    }
    Ok(lines)
}

fn getvalue(object: &Object) -> PyResult {
    let this = open_of(object)?;
    let have = this.memory.get().map_or(0, |m| bytes::cast(m).len());
    if this.len.get() <= 1 || this.exports.get() > 0 {
        return Ok(Bytes::new(this.data()));
    }
    if this.len.get() != have {
        let made = Bytes::new(this.data());
        this.memory.set(Some(made));
    }
    Ok(this.memory.or_none())
}

fn seek(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("seek", args.len(), 1, 2)?;
    let target = ops::number::index_isize(args[0].object(), Some(&exc::OVERFLOW_ERROR))?;
    let whence = match args.get(1) {
        Some(whence) => int::as_i32(whence.object())?,
        None => 0,
    };
    let this = open_of(object)?;
    let base = match whence {
        0 if target < 0 => {
            return Err(error::value_error(format!("negative seek value {target}")));
        }
        0 => 0,
        1 => this.pos.get(),
        2 => this.len.get(),
        _ => {
            return Err(error::value_error(format!(
                "invalid whence ({whence}, should be 0, 1 or 2)"
            )));
        }
    };
    let Some(at) = (base as isize).checked_add(target) else {
        return Err(error::overflow_error("new position too large"));
    };
    this.pos.set(at.max(0) as usize);
    Ok(int::from_usize(this.pos.get()))
}

fn truncate(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("truncate", args.len(), 0, 1)?;
    let this = open_of(object)?;
    this.check_exports()?;
    let wanted = match given(args.first().map(|w| w.object())) {
        None => this.pos.get() as isize,
        Some(wanted) => ops::number::index_isize(wanted, Some(&exc::OVERFLOW_ERROR))?,
    };
    let Ok(count) = usize::try_from(wanted) else {
        return Err(error::value_error(format!("negative size value {wanted}")));
    };
    if count < this.len.get() {
        this.len.set(count);
        this.make_room(count)?;
    }
    Ok(int::from_usize(count))
}

fn getstate(object: &Object) -> PyResult {
    let value = getvalue(object)?;
    let this = of(object);
    let dict = match this.dict.get() {
        Some(dict) => dict::copy(dict),
        None => none_owned(),
    };
    Ok(tuple::from_array([
        value,
        int::from_usize(this.pos.get()),
        dict,
    ]))
}

fn setstate(object: &Object, state: &Object) -> PyResult {
    let items = state.downcast::<tuple::Tuple>().map(|t| t.items().to_vec());
    let Some([value, pos, attributes, ..]) = items.as_deref() else {
        return Err(error::type_error(format!(
            "{}.__setstate__ argument should be 3-tuple, got {}",
            object.ty().full_name(),
            state.ty().full_name()
        )));
    };
    let this = of(object);
    this.check_exports()?;
    this.pos.set(0);
    this.len.set(0);
    if this.memory.is_empty() {
        this.memory.set(Some(Bytes::new(&[])));
    }
    write(object, value)?;
    if !int::is_int(pos) {
        return Err(error::type_error(format!(
            "second item of state must be an integer, not {}",
            pos.ty().full_name()
        )));
    }
    let Ok(at) = usize::try_from(int::as_isize(pos)?) else {
        return Err(error::value_error("position value cannot be negative"));
    };
    this.pos.set(at);
    super::common_setstate(object, attributes)
}

fn sizeof(object: &Object) -> PyResult {
    let this = of(object);
    let mut size = object.ty().basicsize.get() as usize;
    if let Some(memory) = this.memory.get()
        && memory.refcount() <= 1
    {
        size += bytes::HEADER + 1 + bytes::cast(memory).len();
    }
    let _ = (none::none(), managed::existing_dict);
    Ok(int::from_usize(size))
}

/// CPython's `bytesiobuf`: what `getbuffer` exports.
#[repr(C)]
pub struct BytesIoBuffer {
    object: Object,
    source: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for BytesIoBuffer {
    fn type_object() -> &'static Type {
        &BYTES_IO_BUFFER
    }
}

pub static BYTES_IO_BUFFER: Type = Type::builtin(
    "_io._BytesIOBuffer",
    size_of::<BytesIoBuffer>(),
    Slots {
        dealloc: buffer_dealloc,
        visit: buffer_visit,
        getbuffer: Some(get_buffer),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION);

fn source_of(object: &Object) -> &Field {
    // SAFETY: called for instances of this type.
    &unsafe { object.cast::<BytesIoBuffer>() }.source
}

unsafe fn buffer_dealloc(object: *mut Object) {
    // SAFETY: a dying instance.
    unsafe {
        gc::untrack(&*object);
        source_of(&*object).clear();
        r#type::free(object);
    }
}

unsafe fn buffer_visit(object: &Object, visit: &mut Visit<'_>) {
    source_of(object).visit("source", visit);
}

fn get_buffer(object: &Object) -> PyResult<Buffer> {
    let Some(source) = source_of(object).get() else {
        return Err(error::buffer_error("the file is gone"));
    };
    let this = open_of(source)?;
    if this.exports.get() == 0 && this.is_shared() {
        this.reallocate(this.len.get())?;
    }
    this.exports.set(this.exports.get() + 1);
    let data = this
        .memory
        .get()
        .map_or(std::ptr::null_mut(), |m| bytes::cast(m).data());
    let mut buffer = Buffer::bytes(object, data, this.len.get(), false);
    buffer.release = Some(|object| {
        if let Some(source) = source_of(object).get() {
            of(source).exports.set(of(source).exports.get() - 1);
        }
    });
    Ok(buffer)
}

fn getbuffer(object: &Object) -> PyResult {
    open_of(object)?;
    let made = r#type::generic_alloc(&BYTES_IO_BUFFER, 0)?;
    source_of(&made).set_ref(Some(object));
    memoryview::new(&made)
}
