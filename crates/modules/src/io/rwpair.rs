//! `_io.BufferedRWPair` (Modules/_io/bufferedio.c): a reader and a writer as one.

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::{bool, exceptions as exc, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Word, error, gc, ops, root};

use super::buffered::{self, READER, WRITER};
use super::common::{call, chain, get, name};
use super::iobase::{self, BUFFERED_IO_BASE, DEFAULT_BUFFER_SIZE};

/// CPython's `rwpair`.
#[repr(C)]
pub struct RwPair {
    object: Object,
    reader: Field,
    writer: Field,
    dict: Field,
    weaklist: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for RwPair {
    fn type_object() -> &'static Type {
        &RW_PAIR
    }
}

pub static RW_PAIR: Type = Type::builtin(
    "_io.BufferedRWPair",
    48,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        init: Some(init),
        new: Some(|ty, _, _| r#type::generic_alloc(ty, 0)),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_base(&raw const BUFFERED_IO_BASE)
.with_dictoffset(std::mem::offset_of!(RwPair, dict))
.with_weaklistoffset(std::mem::offset_of!(RwPair, weaklist))
.with_methods(METHODS)
.with_getset(&[GetSetDef::read(
    "closed",
    |o| get(&*side(o, false)?, "closed"),
    "",
)]);

const METHODS: &[MethodDef] = &[
    MethodDef::new(
        "read",
        Native::Fast(|o, a| forward(o, false, "read", a)),
        "",
    ),
    MethodDef::new(
        "peek",
        Native::Fast(|o, a| forward(o, false, "peek", a)),
        "",
    ),
    MethodDef::new(
        "read1",
        Native::Fast(|o, a| forward(o, false, "read1", a)),
        "",
    ),
    MethodDef::new(
        "readinto",
        Native::Fast(|o, a| forward(o, false, "readinto", a)),
        "",
    ),
    MethodDef::new(
        "readinto1",
        Native::Fast(|o, a| forward(o, false, "readinto1", a)),
        "",
    ),
    MethodDef::new(
        "write",
        Native::Fast(|o, a| forward(o, true, "write", a)),
        "",
    ),
    MethodDef::new(
        "flush",
        Native::NoArgs(|o| forward(o, true, "flush", &[])),
        "",
    ),
    MethodDef::new(
        "readable",
        Native::NoArgs(|o| forward(o, false, "readable", &[])),
        "",
    ),
    MethodDef::new(
        "writable",
        Native::NoArgs(|o| forward(o, true, "writable", &[])),
        "",
    ),
    MethodDef::new("close", Native::NoArgs(close), ""),
    MethodDef::new("isatty", Native::NoArgs(isatty), ""),
];

fn of(object: &Object) -> &RwPair {
    // SAFETY: called for instances of this type.
    unsafe { object.cast() }
}

fn side(object: &Object, writer: bool) -> PyResult<Owned> {
    let field = if writer {
        &of(object).writer
    } else {
        &of(object).reader
    };
    field
        .owned()
        .ok_or_else(|| error::value_error("I/O operation on uninitialized object"))
}

fn forward(object: &Object, writer: bool, method: &'static str, args: &[Word]) -> PyResult {
    let target = root("side of a pair", side(object, writer)?);
    ops::call::call_method(&target, name(method), args)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying instance.
    unsafe {
        let this = &*object;
        gc::untrack(this);
        iobase::forget_weak(this, &of(this).weaklist);
        clear(this);
        r#type::free(object);
    }
}

fn clear(object: &Object) {
    of(object).reader.clear();
    of(object).writer.clear();
    of(object).dict.clear();
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    of(object).dict.visit("__dict__", visit);
    of(object).reader.visit("reader", visit);
    of(object).writer.visit("writer", visit);
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    args::no_keyword_dict("BufferedRWPair", kwargs)?;
    let given = args::tuple_len(args);
    args::check_positional("BufferedRWPair", given, 2, 3)?;
    let size = if given == 3 {
        ops::number::index_isize(args::tuple_item(args, 2), Some(&exc::OVERFLOW_ERROR))?
    } else {
        DEFAULT_BUFFER_SIZE as isize
    };
    let (reader, writer) = (args::tuple_item(args, 0), args::tuple_item(args, 1));
    iobase::check_readable(reader)?;
    iobase::check_writable(writer)?;
    of(object)
        .reader
        .set(Some(buffered::open(&READER, reader, size)?));
    match buffered::open(&WRITER, writer, size) {
        Ok(made) => of(object).writer.set(Some(made)),
        Err(raised) => {
            let pending = error::fetch();
            of(object).reader.clear();
            if let Some(pending) = pending {
                error::restore(pending);
            }
            return Err(raised);
        }
    }
    Ok(())
}

fn close(object: &Object) -> PyResult {
    let first = forward(object, true, "close", &[]).map(drop);
    chain(first, || forward(object, false, "close", &[]).map(drop))?;
    Ok(terrarium_objects::none_owned())
}

fn isatty(object: &Object) -> PyResult {
    let writer = forward(object, true, "isatty", &[])?;
    if !writer.is(bool::from_bool(false)) {
        return Ok(writer);
    }
    let reader = root("side of a pair", side(object, false)?);
    call(&reader, "isatty", [])
}
