//! `_io.BufferedReader`, `BufferedWriter`, `BufferedRandom` (Modules/_io/bufferedio.c): types, construction, and what they share. Reading
//! is in `buffered_read`, writing and seeking in `buffered_write`.

use std::cell::{Cell, RefCell};

use terrarium_objects::args::Signature;
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, exceptions as exc, int, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, error, gc, none_owned, ops, root};

use super::common::{call, chain, get, is_set, name, repr_with_name};
use super::fileio::{self, FileIo};
use super::iobase::{self, BUFFERED_IO_BASE, DEFAULT_BUFFER_SIZE};
use super::{buffered_read as reading, buffered_write as writing};

/// CPython's `buffered`.
#[repr(C)]
pub struct Buffered {
    object: Object,
    pub raw: Field,
    /// Made by `new`, given up at deallocation.
    state: Cell<*mut State>,
    padding: [usize; 13],
    dict: Field,
    weaklist: Field,
}

/// The buffer and where it stands. `None` in `read_end` and `write` means that it holds nothing read or written.
#[derive(Default)]
pub struct State {
    pub ok: Cell<bool>,
    pub detached: Cell<bool>,
    pub readable: Cell<bool>,
    pub writable: Cell<bool>,
    pub finalizing: Cell<bool>,
    /// The raw file is an exact FileIO and this object one of the exact types.
    pub fast: Cell<bool>,
    /// Absolute position in the raw file; -1 when unknown.
    pub abs_pos: Cell<i64>,
    pub memory: RefCell<Vec<u8>>,
    /// Where the logical stream is in the buffer.
    pub pos: Cell<usize>,
    /// Where the raw stream is in the buffer; `None` when the buffer holds nothing.
    pub raw_pos: Cell<usize>,
    /// End of the bytes read; `None` if none are valid.
    pub read_end: Cell<Option<usize>>,
    /// Start and end of the bytes to be written; `None` if none are.
    pub write: Cell<Option<(usize, usize)>>,
    /// A call on this object is going on (another would see its buffer half done).
    pub busy: Cell<bool>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Buffered {
    fn type_object() -> &'static Type {
        &READER
    }
}

const fn slots(init: fn(&Object, &Object, Option<&Object>) -> PyResult<()>, reads: bool) -> Slots {
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        finalize: Some(iobase::finalize),
        repr: Some(show),
        iternext: if reads { Some(reading::next) } else { None },
        init: Some(init),
        new: Some(new),
        ..Slots::NONE
    }
}

const fn buffered_type(name: &'static str, slots: Slots, methods: &'static [MethodDef]) -> Type {
    Type::builtin(name, size_of::<Buffered>(), slots)
        .with_flags(flags::HAVE_GC | flags::BASETYPE)
        .with_base(&raw const BUFFERED_IO_BASE)
        .with_dictoffset(std::mem::offset_of!(Buffered, dict))
        .with_weaklistoffset(std::mem::offset_of!(Buffered, weaklist))
        .with_methods(methods)
        .with_getset(GETSET)
}

pub static READER: Type = buffered_type(
    "_io.BufferedReader",
    slots(init_reader, true),
    READER_METHODS,
);
pub static WRITER: Type = buffered_type(
    "_io.BufferedWriter",
    slots(init_writer, false),
    WRITER_METHODS,
);
pub static RANDOM: Type = buffered_type(
    "_io.BufferedRandom",
    slots(init_random, true),
    RANDOM_METHODS,
);

macro_rules! methods {
    ($table:ident: $($name:literal $call:expr),* $(,)?) => {
        const $table: &[MethodDef] = &[$(MethodDef::new($name, $call, ""),)*];
    };
}

const DETACH: Native = Native::NoArgs(detach);
const SIMPLE_FLUSH: Native = Native::NoArgs(writing::simple_flush);
const FLUSH: Native = Native::NoArgs(writing::flush);
const CLOSE: Native = Native::NoArgs(close);
const SEEKABLE: Native = Native::NoArgs(|o| below(o, "seekable"));
const READABLE: Native = Native::NoArgs(|o| below(o, "readable"));
const WRITABLE: Native = Native::NoArgs(|o| below(o, "writable"));
const FILENO: Native = Native::NoArgs(|o| below(o, "fileno"));
const ISATTY: Native = Native::NoArgs(|o| below(o, "isatty"));
const WARN: Native = Native::O(dealloc_warn);
const READ: Native = Native::Fast(reading::read);
const PEEK: Native = Native::Fast(reading::peek);
const READ1: Native = Native::Fast(reading::read1);
const READINTO: Native = Native::O(|o, b| reading::readinto(o, b, false));
const READINTO1: Native = Native::O(|o, b| reading::readinto(o, b, true));
const READLINE: Native = Native::Fast(reading::readline);
const WRITE: Native = Native::O(writing::write);
const SEEK: Native = Native::Fast(writing::seek);
const TELL: Native = Native::NoArgs(writing::tell);
const TRUNCATE: Native = Native::Fast(writing::truncate);
const SIZEOF: Native = Native::NoArgs(|o| {
    let size = o.ty().basicsize.get() as usize + of(o).memory.borrow().len();
    Ok(int::from_usize(size))
});
const GETSTATE: Native = Native::NoArgs(iobase::no_pickle);

methods! { READER_METHODS:
    "detach" DETACH, "flush" SIMPLE_FLUSH, "close" CLOSE, "seekable" SEEKABLE, "readable" READABLE, "fileno" FILENO,
    "isatty" ISATTY, "_dealloc_warn" WARN, "read" READ, "peek" PEEK, "read1" READ1, "readinto" READINTO,
    "readinto1" READINTO1, "readline" READLINE, "seek" SEEK, "tell" TELL, "truncate" TRUNCATE, "__sizeof__" SIZEOF,
    "__getstate__" GETSTATE,
}

methods! { WRITER_METHODS:
    "close" CLOSE, "detach" DETACH, "seekable" SEEKABLE, "writable" WRITABLE, "fileno" FILENO, "isatty" ISATTY,
    "_dealloc_warn" WARN, "write" WRITE, "truncate" TRUNCATE, "flush" FLUSH, "seek" SEEK, "tell" TELL,
    "__sizeof__" SIZEOF, "__getstate__" GETSTATE,
}

methods! { RANDOM_METHODS:
    "close" CLOSE, "detach" DETACH, "seekable" SEEKABLE, "readable" READABLE, "writable" WRITABLE, "fileno" FILENO,
    "isatty" ISATTY, "_dealloc_warn" WARN, "flush" FLUSH, "seek" SEEK, "tell" TELL, "truncate" TRUNCATE, "read" READ,
    "read1" READ1, "readinto" READINTO, "readinto1" READINTO1, "readline" READLINE, "peek" PEEK, "write" WRITE,
    "__sizeof__" SIZEOF, "__getstate__" GETSTATE,
}

const GETSET: &[GetSetDef] = &[
    GetSetDef::read("raw", |o| Ok(body(o).raw.or_none()), ""),
    GetSetDef {
        name: "_finalizing",
        get: Some(|o| Ok(bool::bool_owned(of(o).finalizing.get()))),
        set: Some(|o, value| {
            let on = value.map_or(Ok(false), ops::compare::is_true)?;
            of(o).finalizing.set(on);
            Ok(())
        }),
        doc: "",
    },
    GetSetDef::read("closed", |o| get(&*initialized(o)?, "closed"), ""),
    GetSetDef::read("name", |o| get(&*initialized(o)?, "name"), ""),
    GetSetDef::read("mode", |o| get(&*initialized(o)?, "mode"), ""),
];

pub fn body(object: &Object) -> &Buffered {
    // SAFETY: called for instances of the types here.
    unsafe { object.cast() }
}

/// The state of a buffered file.
pub fn of(object: &Object) -> &State {
    // SAFETY: made by `new`, lives as long as the object.
    unsafe { &*body(object).state.get() }
}

fn new(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    let made = r#type::generic_alloc(ty, 0)?;
    body(&made)
        .state
        .set(Box::into_raw(Box::<State>::default()));
    Ok(made)
}

/// Holds off other calls while one is going on.
pub struct Busy<'a>(&'a State);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.set(false);
    }
}

/// Marks the object as being in a call: "reentrant call inside" for another one.
pub fn enter(object: &Object) -> PyResult<Busy<'_>> {
    let state = of(object);
    if state.busy.replace(true) {
        return Err(error::runtime_error(format!(
            "reentrant call inside {}",
            super::common::repr(object)
        )));
    }
    Ok(Busy(state))
}

/// The raw stream; ValueError if there is none.
pub fn initialized(object: &Object) -> PyResult<Owned> {
    let state = of(object);
    match body(object).raw.owned() {
        Some(raw) if state.ok.get() => Ok(raw),
        _ if state.detached.get() => Err(error::value_error("raw stream has been detached")),
        _ => Err(error::value_error("I/O operation on uninitialized object")),
    }
}

/// The exact FileIO below, if calls may go to it directly.
pub fn direct(object: &Object) -> Option<&FileIo> {
    if !of(object).fast.get() {
        return None;
    }
    body(object).raw.get().and_then(fileio::exact)
}

/// Whether the raw stream is closed.
pub fn is_closed(object: &Object) -> PyResult<bool> {
    if let Some(file) = direct(object) {
        return Ok(file.is_closed());
    }
    let raw = root("raw stream", initialized(object)?);
    is_set(&raw, "closed")
}

/// Fails with `text` if the raw stream is closed, or was detached.
pub fn check_open(object: &Object, text: &str) -> PyResult<()> {
    if is_closed(object)? && of(object).buffered_ahead() == 0 {
        return Err(error::value_error(text));
    }
    Ok(())
}

fn below(object: &Object, method: &'static str) -> PyResult {
    let raw = root("raw stream", initialized(object)?);
    call(&raw, method, [])
}

impl State {
    /// Bytes read ahead.
    pub fn buffered_ahead(&self) -> usize {
        match self.read_end.get() {
            Some(end) if self.readable.get() => end - self.pos.get(),
            _ => 0,
        }
    }

    /// How far the raw stream is ahead of the logical one.
    pub fn raw_offset(&self) -> i64 {
        if self.read_end.get().is_some() || self.write.get().is_some() {
            self.raw_pos.get() as i64 - self.pos.get() as i64
        } else {
            0
        }
    }

    pub fn size(&self) -> usize {
        self.memory.borrow().len()
    }

    /// Moves the logical position, which never lies behind the end of what is known.
    pub fn adjust(&self, pos: usize) {
        self.pos.set(pos);
        if let Some(end) = self.read_end.get()
            && end < pos
        {
            self.read_end.set(Some(pos));
        }
    }

    pub fn reset_read(&self) {
        self.read_end.set(None);
    }

    pub fn reset_write(&self) {
        self.write.set(None);
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying instance; its state is given up once.
    unsafe {
        if r#type::instance::finalize_dying(object) {
            return;
        }
        let this = &*object;
        gc::untrack(this);
        of(this).ok.set(false);
        iobase::forget_weak(this, &body(this).weaklist);
        body(this).raw.clear();
        body(this).dict.clear();
        drop(Box::from_raw(body(this).state.get()));
        r#type::free(object);
    }
}

fn clear(object: &Object) {
    of(object).ok.set(false);
    body(object).raw.clear();
    body(object).dict.clear();
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    body(object).raw.visit("raw", visit);
    body(object).dict.visit("__dict__", visit);
}

fn show(object: &Object) -> PyResult {
    Ok(Str::new(&(repr_with_name(object)? + ">")))
}

static INIT_READER: Signature = Signature::new("BufferedReader", &["raw", "buffer_size"], 0, 1, 2);
static INIT_WRITER: Signature = Signature::new("BufferedWriter", &["raw", "buffer_size"], 0, 1, 2);
static INIT_RANDOM: Signature = Signature::new("BufferedRandom", &["raw", "buffer_size"], 0, 1, 2);

fn init_reader(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    init(
        object,
        INIT_READER.bind_tuple::<2>(args, kwargs)?,
        true,
        false,
    )
}

fn init_writer(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    init(
        object,
        INIT_WRITER.bind_tuple::<2>(args, kwargs)?,
        false,
        true,
    )
}

fn init_random(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    init(
        object,
        INIT_RANDOM.bind_tuple::<2>(args, kwargs)?,
        true,
        true,
    )
}

fn init(
    object: &Object,
    [raw, size]: [Option<&Object>; 2],
    reads: bool,
    writes: bool,
) -> PyResult<()> {
    let size = match size {
        Some(size) => ops::number::index_isize(size, Some(&exc::OVERFLOW_ERROR))?,
        None => DEFAULT_BUFFER_SIZE as isize,
    };
    start(object, raw.expect("required"), size, reads, writes)
}

/// Puts a buffered file over `raw`.
fn start(object: &Object, raw: &Object, size: isize, reads: bool, writes: bool) -> PyResult<()> {
    let state = of(object);
    state.ok.set(false);
    state.detached.set(false);
    if fileio::exact(raw).is_none() {
        if reads && writes {
            iobase::check_seekable(raw)?;
        }
        if reads {
            iobase::check_readable(raw)?;
        }
        if writes {
            iobase::check_writable(raw)?;
        }
    } else {
        check_file(raw, reads, writes)?;
    }
    body(object).raw.set_ref(Some(raw));
    state.readable.set(reads);
    state.writable.set(writes);
    if size <= 0 {
        return Err(error::value_error("buffer size must be strictly positive"));
    }
    let mut memory = Vec::new();
    if memory.try_reserve_exact(size as usize).is_err() {
        return Err(error::memory_error());
    }
    memory.resize(size as usize, 0);
    *state.memory.borrow_mut() = memory;
    state.pos.set(0);
    state.raw_pos.set(0);
    state.reset_read();
    state.reset_write();
    state.abs_pos.set(-1);
    let exact = [&READER, &WRITER, &RANDOM]
        .into_iter()
        .any(|ty| object.is_exact(ty));
    state.fast.set(exact && fileio::exact(raw).is_some());
    state.ok.set(true);
    Ok(())
}

fn check_file(raw: &Object, reads: bool, writes: bool) -> PyResult<()> {
    let yes = |method: &'static str| -> PyResult<bool> {
        Ok(call(raw, method, [])?.is(bool::from_bool(true)))
    };
    if reads && writes && !yes("seekable")? {
        return Err(super::common::unsupported(
            "File or stream is not seekable.",
        ));
    }
    if reads && !yes("readable")? {
        return Err(super::common::unsupported(
            "File or stream is not readable.",
        ));
    }
    if writes && !yes("writable")? {
        return Err(super::common::unsupported(
            "File or stream is not writable.",
        ));
    }
    Ok(())
}

/// A new buffered file of one of the three exact types.
pub fn open(ty: &'static Type, raw: &Object, size: isize) -> PyResult {
    let made = root("file being opened", new(ty, raw, None)?);
    let (reads, writes) = (!std::ptr::eq(ty, &WRITER), !std::ptr::eq(ty, &READER));
    start(&made, raw, size, reads, writes)?;
    Ok(made.take())
}

fn detach(object: &Object) -> PyResult {
    initialized(object)?;
    call(object, "flush", [])?;
    let raw = body(object).raw.replace(None);
    let state = of(object);
    state.detached.set(true);
    state.ok.set(false);
    Ok(raw.unwrap_or_else(none_owned))
}

fn dealloc_warn(object: &Object, source: &Object) -> PyResult {
    if of(object).ok.get()
        && let Some(raw) = body(object).raw.owned()
    {
        let raw = root("raw stream", raw);
        if call(&raw, "_dealloc_warn", [source]).is_err() {
            error::clear();
        }
    }
    Ok(none_owned())
}

fn close(object: &Object) -> PyResult {
    let raw = root("raw stream", initialized(object)?);
    if is_closed(object)? {
        return Ok(none_owned());
    }
    if of(object).finalizing.get() {
        dealloc_warn(object, object)?;
    }
    let flushed = call(object, "flush", []).map(drop);
    let closed = chain(flushed, || call(&raw, "close", []).map(drop));
    if is_closed_quietly(object) {
        let state = of(object);
        state.reset_read();
        state.reset_write();
        state.memory.replace(Vec::new());
    }
    closed?;
    Ok(none_owned())
}

fn is_closed_quietly(object: &Object) -> bool {
    direct(object).is_some_and(FileIo::is_closed)
}

/// The name of an attribute set from outside by `open`.
pub fn attribute(text: &'static str) -> &'static Object {
    name(text)
}

/// Whether a text file may put its bytes into the buffer directly.
pub fn direct_writer(object: &Object) -> bool {
    (object.is_exact(&WRITER) || object.is_exact(&RANDOM))
        && of(object).ok.get()
        && direct(object).is_some()
}
