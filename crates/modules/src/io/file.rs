//! File objects: `_io.TextIOWrapper` for text, `_io.BufferedReader`, `BufferedWriter` and `BufferedRandom` for bytes.

use std::rc::Rc;

use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::ops::attribute;
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, int, list, none, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Raised, Word, args, error, gc, names, none_owned, ops};

use super::raw::RawFile;

/// The body of every file object.
#[repr(C)]
pub struct File {
    object: Object,
    dict: Field,
    weaklist: Field,
    pub name: Field,
    pub mode: Field,
    pub encoding: Field,
    pub errors: Field,
    /// The bytes file below a text file.
    pub buffer: Field,
    /// An `Rc` turned into a pointer.
    raw: std::cell::Cell<*const RawFile>,
    /// Bits of `text`.
    bits: std::cell::Cell<u8>,
}

/// How a text file treats what is written and read.
pub mod text {
    pub const LINE_BUFFERING: u8 = 1;
    pub const WRITE_THROUGH: u8 = 2;
    /// Reading: `\r\n` and `\r` become `\n`.
    pub const TRANSLATE: u8 = 4;
}

// SAFETY: starts with `Object`.
unsafe impl Layout for File {
    fn type_object() -> &'static Type {
        &TEXT
    }
}

const DICT: usize = std::mem::offset_of!(File, dict);
const WEAK: usize = std::mem::offset_of!(File, weaklist);

const SLOTS: Slots = Slots {
    dealloc,
    visit,
    clear: Some(clear),
    getattro: Some(attribute::generic_get),
    setattro: Some(attribute::generic_set),
    iter: Some(iter),
    iternext: Some(next),
    repr: Some(repr),
    ..Slots::NONE
};

const fn file_type(
    name: &'static str,
    methods: &'static [MethodDef],
    getset: &'static [GetSetDef],
) -> Type {
    Type::builtin(name, std::mem::size_of::<File>(), SLOTS)
        .with_flags(flags::HAVE_GC | flags::BASETYPE | flags::DISALLOW_INSTANTIATION)
        .with_dictoffset(DICT)
        .with_weaklistoffset(WEAK)
        .with_methods(methods)
        .with_getset(getset)
}

pub static TEXT: Type = file_type("_io.TextIOWrapper", &METHODS, &TEXT_GETSET);
pub static READER: Type = file_type("_io.BufferedReader", &METHODS, &GETSET);
pub static WRITER: Type = file_type("_io.BufferedWriter", &METHODS, &GETSET);
pub static RANDOM: Type = file_type("_io.BufferedRandom", &METHODS, &GETSET);

static METHODS: [MethodDef; 18] = [
    MethodDef::new("read", Native::Fast(read), ""),
    MethodDef::new("read1", Native::Fast(read), ""),
    MethodDef::new("readline", Native::Fast(readline), ""),
    MethodDef::new("readlines", Native::Fast(readlines), ""),
    MethodDef::new("write", Native::O(write), ""),
    MethodDef::new("writelines", Native::O(writelines), ""),
    MethodDef::new("flush", Native::NoArgs(flush), ""),
    MethodDef::new("close", Native::NoArgs(close), ""),
    MethodDef::new("fileno", Native::NoArgs(fileno), ""),
    MethodDef::new("isatty", Native::NoArgs(isatty), ""),
    MethodDef::new("readable", Native::NoArgs(readable), ""),
    MethodDef::new("writable", Native::NoArgs(writable), ""),
    MethodDef::new("seekable", Native::NoArgs(seekable), ""),
    MethodDef::new("seek", Native::Fast(seek), ""),
    MethodDef::new("tell", Native::NoArgs(tell), ""),
    MethodDef::new("truncate", Native::Fast(truncate), ""),
    MethodDef::new("__enter__", Native::NoArgs(enter), ""),
    MethodDef::new("__exit__", Native::Fast(exit), ""),
];

const NAME: GetSetDef = GetSetDef::read("name", |o| Ok(of(o).name.or_none()), "");
const CLOSED: GetSetDef = GetSetDef::read(
    "closed",
    |o| Ok(bool::bool_owned(of(o).raw().is_closed())),
    "",
);
const MODE: GetSetDef = GetSetDef {
    name: "mode",
    get: Some(|o| Ok(of(o).mode.or_none())),
    set: Some(set_mode),
    doc: "",
};

static GETSET: [GetSetDef; 3] = [NAME, CLOSED, MODE];
static TEXT_GETSET: [GetSetDef; 8] = [
    NAME,
    CLOSED,
    MODE,
    GetSetDef::read("encoding", |o| Ok(of(o).encoding.or_none()), ""),
    GetSetDef::read("errors", |o| Ok(of(o).errors.or_none()), ""),
    GetSetDef::read("newlines", |_| Ok(none_owned()), ""),
    GetSetDef::read(
        "line_buffering",
        |o| Ok(bool::bool_owned(of(o).has(text::LINE_BUFFERING))),
        "",
    ),
    GetSetDef::read("buffer", |o| Ok(of(o).buffer.or_none()), ""),
];

fn of(object: &Object) -> &File {
    // SAFETY: called for file objects.
    unsafe { object.cast::<File>() }
}

/// What a new file object is made of.
pub struct Parts {
    pub raw: Rc<RawFile>,
    pub name: Owned,
    pub mode: Owned,
    pub encoding: Option<Owned>,
    pub errors: Option<Owned>,
    pub buffer: Option<Owned>,
    pub bits: u8,
}

/// A file object of one of the types here.
pub fn new(ty: &Type, parts: Parts) -> PyResult {
    let made = r#type::generic_alloc(ty, 0)?;
    let this = of(&made);
    this.name.set(Some(parts.name));
    this.mode.set(Some(parts.mode));
    this.encoding.set(parts.encoding);
    this.errors.set(parts.errors);
    this.buffer.set(parts.buffer);
    this.raw.set(Rc::into_raw(parts.raw));
    this.bits.set(parts.bits);
    Ok(made)
}

impl File {
    pub fn raw(&self) -> &RawFile {
        // SAFETY: set at creation, released at deallocation.
        unsafe { &*self.raw.get() }
    }

    fn has(&self, bit: u8) -> bool {
        self.bits.get() & bit != 0
    }

    fn is_text(&self) -> bool {
        !self.encoding.is_empty()
    }

    fn open(&self) -> PyResult<&RawFile> {
        let raw = self.raw();
        if raw.is_closed() {
            Err(error::value_error("I/O operation on closed file."))
        } else {
            Ok(raw)
        }
    }

    fn fields(&self) -> [(&'static str, &Field); 6] {
        [
            ("__dict__", &self.dict),
            ("name", &self.name),
            ("mode", &self.mode),
            ("encoding", &self.encoding),
            ("errors", &self.errors),
            ("buffer", &self.buffer),
        ]
    }
}

fn clear(object: &Object) {
    for (_, field) in of(object).fields() {
        field.clear();
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying file; the raw file is given up once.
    unsafe {
        gc::untrack(&*object);
        if !of(&*object).weaklist.is_empty() {
            terrarium_objects::types::weakref::clear_weakrefs(&*object);
        }
        clear(&*object);
        drop(Rc::from_raw(of(&*object).raw.get()));
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    for (name, field) in of(object).fields() {
        field.visit(name, visit);
    }
}

/// OSError of a failed system call.
pub fn os_error(problem: &std::io::Error) -> Raised {
    let number = problem.raw_os_error().unwrap_or(0);
    let text = problem.to_string();
    terrarium_objects::types::exceptions::os_error::raise_errno(
        number,
        text.split(" (os error").next().unwrap_or(""),
        None,
        None,
    )
}

fn set_mode(object: &Object, value: Option<&Object>) -> PyResult<()> {
    of(object).mode.set_ref(value);
    Ok(())
}

/// Bytes as the file gives them out: text decoded, or bytes.
fn give(this: &File, data: Vec<u8>) -> PyResult {
    if !this.is_text() {
        return Ok(Bytes::new(&data));
    }
    let data = if this.has(text::TRANSLATE) && data.contains(&b'\r') {
        universal(&data)
    } else {
        data
    };
    if let Ok(text) = std::str::from_utf8(&data)
        && is_utf8(this)
    {
        return Ok(Str::new(text));
    }
    let args = [this.encoding.or_none(), this.errors.or_none()];
    ops::call::call_method(
        &Bytes::new(&data),
        &names().decode,
        &[Word::borrowed(&args[0]), Word::borrowed(&args[1])],
    )
}

fn universal(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut rest = data.iter().peekable();
    while let Some(byte) = rest.next() {
        if *byte == b'\r' {
            rest.next_if(|b| **b == b'\n');
            out.push(b'\n');
        } else {
            out.push(*byte);
        }
    }
    out
}

fn is_utf8(this: &File) -> bool {
    this.encoding.get().is_some_and(|e| {
        matches!(
            ops::text::lossy(e).to_ascii_lowercase().as_str(),
            "utf-8" | "utf8"
        )
    })
}

fn check_readable(this: &File) -> PyResult<&RawFile> {
    let raw = this.open()?;
    if raw.readable {
        Ok(raw)
    } else {
        Err(unsupported("not readable"))
    }
}

/// `io.UnsupportedOperation`.
fn unsupported(what: &str) -> Raised {
    match terrarium_objects::state::get().kept("io.UnsupportedOperation") {
        // SAFETY: kept as a class.
        Some(class) => error::raise(unsafe { class.cast::<Type>() }, what),
        None => error::value_error(what),
    }
}

fn size(args: &[Word]) -> PyResult<Option<usize>> {
    match args.first().map(|w| w.object()) {
        Some(count) if !count.is(none::none()) => {
            let count = ops::number::index_isize(count, None)?;
            Ok(usize::try_from(count).ok())
        }
        _ => Ok(None),
    }
}

fn read(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("read", args.len(), 0, 1)?;
    let this = of(object);
    let raw = check_readable(this)?;
    let count = size(args)?;
    if !this.is_text() || count.is_none() {
        let data = raw.read(count).map_err(|e| os_error(&e))?;
        return give(this, data);
    }
    // A number of characters: whole characters are read one by one.
    let mut data = Vec::new();
    for _ in 0..count.unwrap_or(0) {
        let one = raw.read(Some(1)).map_err(|e| os_error(&e))?;
        let Some(first) = one.first() else { break };
        let more = match first {
            0xC0..=0xDF => 1,
            0xE0..=0xEF => 2,
            0xF0..=0xF7 => 3,
            _ => 0,
        };
        data.extend(one);
        data.extend(raw.read(Some(more)).map_err(|e| os_error(&e))?);
    }
    give(this, data)
}

fn line(this: &File, limit: Option<usize>) -> PyResult {
    let data = check_readable(this)?
        .read_line(limit)
        .map_err(|e| os_error(&e))?;
    give(this, data)
}

fn readline(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("readline", args.len(), 0, 1)?;
    line(of(object), size(args)?)
}

fn readlines(object: &Object, _: &[Word]) -> PyResult {
    let lines = list::new();
    while let Some(line) = next(object)? {
        list::append(&lines, &line);
    }
    Ok(lines)
}

fn iter(object: &Object) -> PyResult {
    of(object).open()?;
    Ok(Owned::new(object))
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let line = line(of(object), None)?;
    Ok((ops::mapping::len(&line)? > 0).then_some(line))
}

fn write(object: &Object, data: &Object) -> PyResult {
    let this = of(object);
    let raw = this.open()?;
    if !raw.writable {
        return Err(unsupported("not writable"));
    }
    if !this.is_text() {
        let buffer = bytes::bytes_like(data)?;
        let data = bytes::buffer_slice(&buffer);
        raw.write(data).map_err(|e| os_error(&e))?;
        return Ok(int::from_usize(data.len()));
    }
    let Some(text) = data.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "write() argument must be str, not {}",
            data.ty().name()
        )));
    };
    let encoded = encode(this, data, text)?;
    raw.write(&encoded).map_err(|e| os_error(&e))?;
    let flushes =
        this.has(text::WRITE_THROUGH) || this.has(text::LINE_BUFFERING) && encoded.contains(&b'\n');
    if flushes {
        raw.flush().map_err(|e| os_error(&e))?;
    }
    Ok(int::from_i64(text.length.get() as i64))
}

fn encode(this: &File, object: &Object, text: &Str) -> PyResult<Vec<u8>> {
    if is_utf8(this) {
        let data = text.wtf8();
        if std::str::from_utf8(&data).is_ok() {
            return Ok(data.into_owned());
        }
    }
    let args = [this.encoding.or_none(), this.errors.or_none()];
    let encoded = ops::call::call_method(
        object,
        &names().encode,
        &[Word::borrowed(&args[0]), Word::borrowed(&args[1])],
    )?;
    Ok(bytes::cast(&encoded).bytes().to_vec())
}

fn writelines(object: &Object, lines: &Object) -> PyResult {
    ops::iter::for_each(lines, |line| write(object, &line).map(drop))?;
    Ok(none_owned())
}

fn flush(object: &Object) -> PyResult {
    of(object).open()?.flush().map_err(|e| os_error(&e))?;
    Ok(none_owned())
}

fn close(object: &Object) -> PyResult {
    of(object).raw().close().map_err(|e| os_error(&e))?;
    Ok(none_owned())
}

fn fileno(object: &Object) -> PyResult {
    Ok(int::from_i64(i64::from(of(object).open()?.fd())))
}

fn isatty(object: &Object) -> PyResult {
    Ok(bool::bool_owned(of(object).open()?.is_terminal()))
}

fn readable(object: &Object) -> PyResult {
    Ok(bool::bool_owned(of(object).open()?.readable))
}

fn writable(object: &Object) -> PyResult {
    Ok(bool::bool_owned(of(object).open()?.writable))
}

fn seekable(object: &Object) -> PyResult {
    Ok(bool::bool_owned(of(object).open()?.tell().is_ok()))
}

fn seek(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("seek", args.len(), 1, 2)?;
    let offset = ops::number::index_isize(args[0].object(), None)? as i64;
    let whence = match args.get(1) {
        Some(whence) => int::as_i32(whence.object())?,
        None => 0,
    };
    let at = of(object)
        .open()?
        .seek(offset, whence)
        .map_err(|e| os_error(&e))?;
    Ok(int::from_i64(at as i64))
}

fn tell(object: &Object) -> PyResult {
    let at = of(object).open()?.tell().map_err(|e| os_error(&e))?;
    Ok(int::from_i64(at as i64))
}

fn truncate(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("truncate", args.len(), 0, 1)?;
    let raw = of(object).open()?;
    let size = match size(args)? {
        Some(size) => size as u64,
        None => raw.tell().map_err(|e| os_error(&e))?,
    };
    raw.truncate(size).map_err(|e| os_error(&e))?;
    Ok(int::from_i64(size as i64))
}

fn enter(object: &Object) -> PyResult {
    of(object).open()?;
    Ok(Owned::new(object))
}

fn exit(object: &Object, _: &[Word]) -> PyResult {
    ops::call::call_method(object, &names().close, &[])
}

fn repr(object: &Object) -> PyResult {
    let this = of(object);
    let shown = |field: &Field| ops::text::repr(&field.or_none()).map(|t| ops::text::lossy(&t));
    let name = shown(&this.name)?;
    let kind = object.ty().full_name();
    Ok(Str::new(&if this.is_text() {
        format!(
            "<{kind} name={name} mode={} encoding={}>",
            shown(&this.mode)?,
            shown(&this.encoding)?
        )
    } else {
        format!("<{kind} name={name}>")
    }))
}
