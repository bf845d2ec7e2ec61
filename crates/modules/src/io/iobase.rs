//! `_io._IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase` (Modules/_io/iobase.c, bufferedio.c, textio.c).

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::{
    bool, bytearray, dict::managed, exceptions as exc, int, list, none, r#type, weakref,
};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Word, error, gc, names, none_owned, ops, root};

use super::common::{
    call, fill, get_optional, interrupted, name, size, unsupported, writable_buffer,
};

/// Bytes read at once where nothing else is said.
pub const DEFAULT_BUFFER_SIZE: usize = 131_072;

/// CPython's `iobase`.
#[repr(C)]
pub struct IoBase {
    object: Object,
    dict: Field,
    weaklist: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for IoBase {
    fn type_object() -> &'static Type {
        &IO_BASE
    }
}

const SLOTS: Slots = Slots {
    dealloc,
    visit,
    clear: Some(clear),
    finalize: Some(finalize),
    new: Some(terrarium_objects::types::object::new),
    iter: Some(iter),
    iternext: Some(next),
    ..Slots::NONE
};

const fn base_type(name: &'static str, methods: &'static [MethodDef]) -> Type {
    Type::builtin(name, size_of::<IoBase>(), SLOTS)
        .with_flags(flags::HAVE_GC | flags::BASETYPE)
        .with_dictoffset(std::mem::offset_of!(IoBase, dict))
        .with_weaklistoffset(std::mem::offset_of!(IoBase, weaklist))
        .with_methods(methods)
}

pub static IO_BASE: Type = base_type("_io._IOBase", METHODS).with_getset(&[
    GetSetDef {
        name: "__dict__",
        get: Some(managed::generic_get_dict),
        set: None,
        doc: "",
    },
    GetSetDef::read("closed", |o| Ok(bool::bool_owned(marked_closed(o)?)), ""),
]);
pub static RAW_IO_BASE: Type =
    base_type("_io._RawIOBase", RAW_METHODS).with_base(&raw const IO_BASE);
pub static BUFFERED_IO_BASE: Type =
    base_type("_io._BufferedIOBase", BUFFERED_METHODS).with_base(&raw const IO_BASE);
pub static TEXT_IO_BASE: Type = base_type("_io._TextIOBase", TEXT_METHODS)
    .with_base(&raw const IO_BASE)
    .with_getset(&[
        GetSetDef::read("encoding", |_| Ok(none_owned()), ""),
        GetSetDef::read("newlines", |_| Ok(none_owned()), ""),
        GetSetDef::read("errors", |_| Ok(none_owned()), ""),
    ]);

const METHODS: &[MethodDef] = &[
    MethodDef::new("seek", Native::Fast(|_, _| Err(unsupported("seek"))), ""),
    MethodDef::new(
        "tell",
        Native::NoArgs(|o| call(o, "seek", [&int::from_i64(0), &int::from_i64(1)])),
        "",
    ),
    MethodDef::new(
        "truncate",
        Native::Fast(|_, _| Err(unsupported("truncate"))),
        "",
    ),
    MethodDef::new("flush", Native::NoArgs(flush), ""),
    MethodDef::new("close", Native::NoArgs(close), ""),
    MethodDef::new("seekable", Native::NoArgs(no), ""),
    MethodDef::new("readable", Native::NoArgs(no), ""),
    MethodDef::new("writable", Native::NoArgs(no), ""),
    MethodDef::new(
        "_checkClosed",
        Native::NoArgs(|o| check_closed(o).map(none_of)),
        "",
    ),
    MethodDef::new("_checkSeekable", Native::NoArgs(check_seekable), ""),
    MethodDef::new("_checkReadable", Native::NoArgs(check_readable), ""),
    MethodDef::new("_checkWritable", Native::NoArgs(check_writable), ""),
    MethodDef::new("fileno", Native::NoArgs(|_| Err(unsupported("fileno"))), ""),
    MethodDef::new(
        "isatty",
        Native::NoArgs(|o| check_closed(o).and_then(|()| no(o))),
        "",
    ),
    MethodDef::new("__enter__", Native::NoArgs(enter), ""),
    MethodDef::new("__exit__", Native::Fast(|o, _| call(o, "close", [])), ""),
    MethodDef::new("readline", Native::Fast(readline), ""),
    MethodDef::new("readlines", Native::Fast(readlines), ""),
    MethodDef::new("writelines", Native::O(writelines), ""),
];

const RAW_METHODS: &[MethodDef] = &[
    MethodDef::new("read", Native::Fast(raw_read), ""),
    MethodDef::new("readall", Native::NoArgs(raw_readall), ""),
    MethodDef::new(
        "readinto",
        Native::O(|_, _| Err(error::raise(&exc::NOT_IMPLEMENTED_ERROR, ""))),
        "",
    ),
    MethodDef::new(
        "write",
        Native::O(|_, _| Err(error::raise(&exc::NOT_IMPLEMENTED_ERROR, ""))),
        "",
    ),
];

const BUFFERED_METHODS: &[MethodDef] = &[
    MethodDef::new("detach", Native::NoArgs(|_| Err(unsupported("detach"))), ""),
    MethodDef::new("read", Native::Fast(|_, _| Err(unsupported("read"))), ""),
    MethodDef::new("read1", Native::Fast(|_, _| Err(unsupported("read1"))), ""),
    MethodDef::new(
        "readinto",
        Native::O(|o, b| read_into_with(o, b, "readinto()", "read")),
        "",
    ),
    MethodDef::new(
        "readinto1",
        Native::O(|o, b| read_into_with(o, b, "readinto1()", "read1")),
        "",
    ),
    MethodDef::new("write", Native::O(|_, _| Err(unsupported("write"))), ""),
];

const TEXT_METHODS: &[MethodDef] = &[
    MethodDef::new("detach", Native::NoArgs(|_| Err(unsupported("detach"))), ""),
    MethodDef::new("read", Native::Fast(|_, _| Err(unsupported("read"))), ""),
    MethodDef::new(
        "readline",
        Native::Fast(|_, _| Err(unsupported("readline"))),
        "",
    ),
    MethodDef::new("write", Native::O(|_, _| Err(unsupported("write"))), ""),
];

/// Makes the four bases ready.
pub fn ready() {
    use terrarium_objects::typeobject_ready::ready_static;
    for ty in [&IO_BASE, &RAW_IO_BASE, &BUFFERED_IO_BASE, &TEXT_IO_BASE] {
        ready_static(ty);
    }
}

fn none_of(_: ()) -> Owned {
    none_owned()
}

fn no(_: &Object) -> PyResult {
    Ok(bool::bool_owned(false))
}

fn of(object: &Object) -> &IoBase {
    // SAFETY: instances of the types here, or of subclasses, whose bodies start the same.
    unsafe { object.cast() }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying instance.
    unsafe {
        if r#type::instance::finalize_dying(object) {
            return;
        }
        gc::untrack(&*object);
        if !of(&*object).weaklist.is_empty() {
            weakref::clear_weakrefs(&*object);
        }
        of(&*object).dict.clear();
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    of(object).dict.visit("__dict__", visit);
}

fn clear(object: &Object) {
    of(object).dict.clear();
}

/// Closes a file that is given up without having been closed (`iobase_finalize`).
pub fn finalize(object: &Object) {
    let pending = error::fetch();
    let closed = match get_optional(object, "closed") {
        Ok(Some(value)) => ops::compare::is_true(&value).ok(),
        _ => None,
    };
    if closed.is_none() {
        error::clear();
    }
    if closed == Some(false) {
        // So that `close` knows why it is called.
        let value = terrarium_objects::types::bool::from_bool(true);
        if ops::attribute::set(object, name("_finalizing"), Some(value)).is_err() {
            error::clear();
        }
        if call(object, "close", []).is_err() {
            error::unraisable("Exception ignored while finalizing file", Some(object));
        }
    }
    if let Some(pending) = pending {
        error::restore(pending);
    }
}

fn marked_closed(object: &Object) -> PyResult<bool> {
    Ok(get_optional(object, "__IOBase_closed")?.is_some())
}

fn closed_error() -> terrarium_objects::Raised {
    error::value_error("I/O operation on closed file.")
}

/// Fails if the stream's `closed` is true.
pub fn check_closed(object: &Object) -> PyResult<()> {
    if let Some(closed) = get_optional(object, "closed")?
        && ops::compare::is_true(&closed)?
    {
        return Err(closed_error());
    }
    Ok(())
}

fn check(object: &Object, method: &'static str, text: &str) -> PyResult {
    let answer = call(object, method, [])?;
    if answer.is(bool::from_bool(true)) {
        return Ok(answer);
    }
    Err(unsupported(text))
}

pub fn check_seekable(object: &Object) -> PyResult {
    check(object, "seekable", "File or stream is not seekable.")
}

pub fn check_readable(object: &Object) -> PyResult {
    check(object, "readable", "File or stream is not readable.")
}

pub fn check_writable(object: &Object) -> PyResult {
    check(object, "writable", "File or stream is not writable.")
}

fn flush(object: &Object) -> PyResult {
    if marked_closed(object)? {
        return Err(closed_error());
    }
    Ok(none_owned())
}

/// `_IOBase.close`: flushes, once.
pub fn close(object: &Object) -> PyResult {
    if marked_closed(object)? {
        return Ok(none_owned());
    }
    let flushed = call(object, "flush", []).map(drop);
    super::common::chain(flushed, || {
        let value = bool::from_bool(true);
        ops::attribute::set(object, name("__IOBase_closed"), Some(value))
    })?;
    Ok(none_owned())
}

fn enter(object: &Object) -> PyResult {
    check_closed(object)?;
    Ok(Owned::new(object))
}

fn iter(object: &Object) -> PyResult {
    check_closed(object)?;
    Ok(Owned::new(object))
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    let line = call(object, "readline", [])?;
    Ok((ops::mapping::len(&line)? > 0).then_some(line))
}

/// A call repeated while signals interrupt it.
fn retry(mut attempt: impl FnMut() -> PyResult) -> PyResult {
    loop {
        match attempt() {
            Err(_) if interrupted() => {}
            other => return other,
        }
    }
}

fn need_bytes<'a>(object: &'a Object, what: &str) -> PyResult<&'a [u8]> {
    if bytes::is_bytes(object) {
        return Ok(bytes::cast(object).bytes());
    }
    Err(error::os_error_text(format!(
        "{what}() should have returned a bytes object, not '{}'",
        object.ty().full_name()
    )))
}

fn readline(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("readline", args.len(), 0, 1)?;
    let limit = size(args.first().map(|w| w.object()))?;
    let peek = get_optional(object, "peek")?.map(|p| root("peek", p));
    let mut line = Vec::new();
    while limit < 0 || (line.len() as isize) < limit {
        let mut wanted = 1;
        if let Some(peek) = &peek {
            let one = int::from_i64(1);
            let ahead = retry(|| ops::call::call(peek, &[Word::borrowed(&one)], None))?;
            let data = need_bytes(&ahead, "peek")?;
            if !data.is_empty() {
                let most = if limit < 0 {
                    data.len()
                } else {
                    data.len().min(limit as usize - line.len())
                };
                wanted = data[..most]
                    .iter()
                    .position(|b| *b == b'\n')
                    .map_or(most, |i| i + 1);
            }
        }
        let count = root("number of bytes", int::from_usize(wanted));
        let piece = retry(|| call(object, "read", [&count]))?;
        let data = need_bytes(&piece, "read")?;
        line.extend_from_slice(data);
        if data.is_empty() || data.ends_with(b"\n") {
            break;
        }
    }
    Ok(Bytes::new(&line))
}

fn readlines(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("readlines", args.len(), 0, 1)?;
    let hint = size(args.first().map(|w| w.object()))?;
    let lines = root("list of lines", list::new());
    let source = root("iterator over lines", ops::iter::iter(object)?);
    let mut length = 0;
    while let Some(line) = ops::iter::next(&source)? {
        list::append(&lines, &line);
        if hint > 0 {
            length += ops::mapping::len(&line)?;
            if length > hint as usize {
                break;
            }
        }
    }
    drop(source);
    Ok(lines.take())
}

/// `writelines` of every stream.
pub fn writelines(object: &Object, lines: &Object) -> PyResult {
    check_closed(object)?;
    let source = root("iterator over lines", ops::iter::iter(lines)?);
    while let Some(line) = ops::iter::next(&source)? {
        let line = root("line being written", line);
        retry(|| call(object, "write", [&line]))?;
    }
    Ok(none_owned())
}

fn raw_read(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("read", args.len(), 0, 1)?;
    let count = match args.first() {
        Some(count) => ops::number::index_isize(count.object(), Some(&exc::OVERFLOW_ERROR))?,
        None => -1,
    };
    if count < 0 {
        return call(object, "readall", []);
    }
    let memory = root("memory being read into", bytearray::new(&[])?);
    bytearray::cast(&memory).resize(count as usize)?;
    bytearray::cast(&memory).write(0, &vec![0; count as usize]);
    let got = call(object, "readinto", [&memory])?;
    if got.is(none::none()) {
        return Ok(got);
    }
    let filled = ops::number::index_isize(&got, Some(&exc::VALUE_ERROR))?;
    let data = bytearray::cast(&memory).bytes();
    match usize::try_from(filled).ok().and_then(|n| data.get(..n)) {
        Some(data) => Ok(Bytes::new(data)),
        None => Err(error::value_error(format!(
            "readinto returned {filled} outside buffer size {}",
            data.len()
        ))),
    }
}

fn raw_readall(object: &Object) -> PyResult {
    let mut all = Vec::new();
    let mut any = false;
    loop {
        let count = root("number of bytes", int::from_usize(DEFAULT_BUFFER_SIZE));
        let piece = retry(|| call(object, "read", [&count]))?;
        if piece.is(none::none()) {
            if !any {
                return Ok(piece);
            }
            break;
        }
        if !bytes::is_bytes(&piece) {
            return Err(error::type_error("read() should return bytes"));
        }
        let data = bytes::cast(&piece).bytes();
        if data.is_empty() {
            break;
        }
        any = true;
        all.extend_from_slice(data);
    }
    Ok(Bytes::new(&all))
}

fn read_into_with(
    object: &Object,
    target: &Object,
    function: &str,
    method: &'static str,
) -> PyResult {
    let buffer = writable_buffer(function, target)?;
    let data = call(object, method, [&int::from_usize(buffer.len)])?;
    if !bytes::is_bytes(&data) {
        return Err(error::type_error("read() should return bytes"));
    }
    let data = bytes::cast(&data).bytes();
    if data.len() > buffer.len {
        return Err(error::value_error(format!(
            "read() returned too much data: {} bytes requested, {} returned",
            buffer.len,
            data.len()
        )));
    }
    fill(&buffer, data);
    Ok(int::from_usize(data.len()))
}

/// Clears weak references of a dying stream.
pub fn forget_weak(object: &Object, weaklist: &Field) {
    if !weaklist.is_empty() {
        weakref::clear_weakrefs(object);
    }
}

/// TypeError: streams cannot be pickled.
pub fn no_pickle(object: &Object) -> PyResult {
    let _ = names();
    Err(error::type_error(format!(
        "cannot pickle '{}' instances",
        object.ty().full_name()
    )))
}
