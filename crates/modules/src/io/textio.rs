//! `_io.TextIOWrapper` (Modules/_io/textio.c): the type, construction, writing. Reading and positions are in `textio_read`.

use std::cell::{Cell, RefCell};

use terrarium_objects::args::Signature;
use terrarium_objects::codecs;
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bool, int, none, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Word, error, gc, none_owned, ops, root};

use super::buffered;
use super::buffered_write;
use super::common::{
    call, chain, get, get_optional, given, is_set, ops_type_name, repr, repr_with_name, unsupported,
};
use super::iobase::{self, TEXT_IO_BASE};
use super::newlines::{Newlines, parse_newline};
use super::textio_read as reading;

/// CPython's `textio`.
#[repr(C)]
pub struct TextIo {
    object: Object,
    pub buffer: Field,
    pub encoding: Field,
    pub errors: Field,
    pub encoder: Field,
    pub decoder: Field,
    /// Text decoded and not read yet, from `State::used` on.
    pub decoded: Field,
    state: Cell<*mut State>,
    padding: [usize; 13],
    weaklist: Field,
    dict: Field,
    more: usize,
}

/// Codecs that need no Python.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Codec {
    Utf8,
    Ascii,
    Latin1,
    /// `encoder` and `decoder` do it.
    #[default]
    Python,
}

#[derive(Default)]
pub struct State {
    pub ok: Cell<bool>,
    pub detached: Cell<bool>,
    pub finalizing: Cell<bool>,
    pub codec: Cell<Codec>,
    pub errors: RefCell<String>,
    pub reads: Cell<bool>,
    pub writes: Cell<bool>,
    pub chunk_size: Cell<usize>,
    pub line_buffering: Cell<bool>,
    pub write_through: Cell<bool>,
    pub universal: Cell<bool>,
    pub read_newline: Cell<Option<&'static std::primitive::str>>,
    /// What `\n` is written as, where that is something else.
    pub write_newline: Cell<Option<&'static std::primitive::str>>,
    pub seekable: Cell<bool>,
    pub telling: Cell<bool>,
    pub has_read1: Cell<bool>,
    pub newlines: Newlines,
    /// Bytes that a native decoder holds back.
    pub held: RefCell<Vec<u8>>,
    /// Encoded text to be written.
    pub pending: RefCell<Vec<u8>>,
    /// Characters of `decoded` that were read.
    pub used: Cell<usize>,
    /// The decoder's flags before the last chunk, and the bytes it then got.
    pub snapshot: RefCell<Option<(u64, Vec<u8>)>>,
    /// Bytes a character in the last chunk.
    pub ratio: Cell<f64>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for TextIo {
    fn type_object() -> &'static Type {
        &TEXT_IO
    }
}

pub static TEXT_IO: Type = Type::builtin(
    "_io.TextIOWrapper",
    size_of::<TextIo>(),
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        finalize: Some(iobase::finalize),
        repr: Some(show),
        iternext: Some(reading::next),
        init: Some(init),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_base(&raw const TEXT_IO_BASE)
.with_dictoffset(std::mem::offset_of!(TextIo, dict))
.with_weaklistoffset(std::mem::offset_of!(TextIo, weaklist))
.with_methods(METHODS)
.with_getset(GETSET);

const METHODS: &[MethodDef] = &[
    MethodDef::new("detach", Native::NoArgs(detach), ""),
    MethodDef::new("reconfigure", Native::FastKeywords(reconfigure), ""),
    MethodDef::new("write", Native::O(write), ""),
    MethodDef::new("read", Native::Fast(reading::read), ""),
    MethodDef::new("readline", Native::Fast(reading::readline), ""),
    MethodDef::new("flush", Native::NoArgs(flush), ""),
    MethodDef::new("close", Native::NoArgs(close), ""),
    MethodDef::new("fileno", Native::NoArgs(|o| below(o, "fileno")), ""),
    MethodDef::new("seekable", Native::NoArgs(|o| below(o, "seekable")), ""),
    MethodDef::new("readable", Native::NoArgs(|o| below(o, "readable")), ""),
    MethodDef::new("writable", Native::NoArgs(|o| below(o, "writable")), ""),
    MethodDef::new("isatty", Native::NoArgs(|o| below(o, "isatty")), ""),
    MethodDef::new("seek", Native::Fast(super::textio_seek::seek), ""),
    MethodDef::new("tell", Native::NoArgs(super::textio_seek::tell), ""),
    MethodDef::new("truncate", Native::Fast(truncate), ""),
    MethodDef::new("__getstate__", Native::NoArgs(iobase::no_pickle), ""),
];

const fn flag(
    name: &'static std::primitive::str,
    get: fn(&Object) -> PyResult,
    set: Option<fn(&Object, Option<&Object>) -> PyResult<()>>,
) -> GetSetDef {
    GetSetDef {
        name,
        get: Some(get),
        set,
        doc: "",
    }
}

const GETSET: &[GetSetDef] = &[
    flag("encoding", |o| Ok(body(o).encoding.or_none()), None),
    flag(
        "line_buffering",
        |o| Ok(bool::bool_owned(of(o).line_buffering.get())),
        None,
    ),
    flag(
        "write_through",
        |o| Ok(bool::bool_owned(of(o).write_through.get())),
        None,
    ),
    flag("buffer", |o| Ok(body(o).buffer.or_none()), None),
    flag(
        "_finalizing",
        |o| Ok(bool::bool_owned(of(o).finalizing.get())),
        Some(|o, value| {
            let on = value.map_or(Ok(false), ops::compare::is_true)?;
            of(o).finalizing.set(on);
            Ok(())
        }),
    ),
    flag("name", |o| get(&*buffer_of(o)?, "name"), None),
    flag("closed", |o| get(&*buffer_of(o)?, "closed"), None),
    flag("newlines", reading::newlines, None),
    flag(
        "errors",
        |o| {
            buffer_of(o)?;
            Ok(body(o).errors.or_none())
        },
        None,
    ),
    flag(
        "_CHUNK_SIZE",
        |o| {
            buffer_of(o)?;
            Ok(int::from_usize(of(o).chunk_size.get()))
        },
        Some(set_chunk_size),
    ),
    // `mode` is an ordinary attribute that `open` sets.
];

fn set_chunk_size(object: &Object, value: Option<&Object>) -> PyResult<()> {
    buffer_of(object)?;
    let Some(value) = value else {
        return Err(error::attribute_error_text("cannot delete attribute"));
    };
    let count = ops::number::index_isize(
        value,
        Some(&terrarium_objects::types::exceptions::VALUE_ERROR),
    )?;
    if count <= 0 {
        return Err(error::value_error(
            "a strictly positive integer is required",
        ));
    }
    of(object).chunk_size.set(count as usize);
    Ok(())
}

pub fn body(object: &Object) -> &TextIo {
    // SAFETY: called for instances of this type.
    unsafe { object.cast() }
}

pub fn of(object: &Object) -> &State {
    // SAFETY: made by `new`, lives as long as the object.
    unsafe { &*body(object).state.get() }
}

/// The stream below; ValueError if there is none.
pub fn buffer_of(object: &Object) -> PyResult<Owned> {
    let state = of(object);
    match body(object).buffer.owned() {
        Some(buffer) if state.ok.get() => Ok(buffer),
        _ if state.detached.get() => Err(error::value_error("underlying buffer has been detached")),
        _ => Err(error::value_error("I/O operation on uninitialized object")),
    }
}

/// Fails if the stream below is closed.
pub fn check_open(object: &Object) -> PyResult<()> {
    let buffer = buffer_of(object)?;
    let closed = if is_exact_buffered(&buffer) {
        buffered::is_closed(&buffer)?
    } else {
        let buffer = root("stream below", buffer);
        is_set(&buffer, "closed")?
    };
    if closed {
        return Err(error::value_error("I/O operation on closed file."));
    }
    Ok(())
}

fn is_exact_buffered(object: &Object) -> bool {
    [&buffered::READER, &buffered::WRITER, &buffered::RANDOM]
        .into_iter()
        .any(|ty| object.is_exact(ty))
}

fn below(object: &Object, method: &'static std::primitive::str) -> PyResult {
    let buffer = root("stream below", buffer_of(object)?);
    call(&buffer, method, [])
}

fn new(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    let made = r#type::generic_alloc(ty, 0)?;
    body(&made)
        .state
        .set(Box::into_raw(Box::<State>::default()));
    Ok(made)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying instance; its state is given up once.
    unsafe {
        if r#type::instance::finalize_dying(object) {
            return;
        }
        let this = &*object;
        of(this).ok.set(false);
        gc::untrack(this);
        iobase::forget_weak(this, &body(this).weaklist);
        clear(this);
        drop(Box::from_raw(body(this).state.get()));
        r#type::free(object);
    }
}

fn fields(object: &Object) -> [(&'static std::primitive::str, &Field); 7] {
    let this = body(object);
    [
        ("buffer", &this.buffer),
        ("encoding", &this.encoding),
        ("encoder", &this.encoder),
        ("decoder", &this.decoder),
        ("decoded_chars", &this.decoded),
        ("errors", &this.errors),
        ("__dict__", &this.dict),
    ]
}

fn clear(object: &Object) {
    of(object).ok.set(false);
    for (_, field) in fields(object) {
        field.clear();
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    for (name, field) in fields(object) {
        field.visit(name, visit);
    }
}

static INIT: Signature = Signature::new(
    "TextIOWrapper",
    &[
        "buffer",
        "encoding",
        "errors",
        "newline",
        "line_buffering",
        "write_through",
    ],
    0,
    1,
    6,
);

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let [
        buffer,
        encoding,
        errors,
        newline,
        line_buffering,
        write_through,
    ] = INIT.bind_tuple::<6>(args, kwargs)?;
    let on = |o: Option<&Object>| o.map_or(Ok(false), ops::compare::is_true);
    start(
        object,
        buffer.expect("required"),
        Options {
            encoding,
            errors,
            newline,
            line_buffering: on(line_buffering)?,
            write_through: on(write_through)?,
        },
    )
}

/// How a text file is to be made.
#[derive(Default)]
pub struct Options<'a> {
    pub encoding: Option<&'a Object>,
    pub errors: Option<&'a Object>,
    pub newline: Option<&'a Object>,
    pub line_buffering: bool,
    pub write_through: bool,
}

/// A new text file over `buffer`.
pub fn open(buffer: &Object, options: Options<'_>) -> PyResult {
    let made = root("file being opened", new(&TEXT_IO, buffer, None)?);
    start(&made, buffer, options)?;
    Ok(made.take())
}

fn text_option<'a>(
    value: Option<&'a Object>,
    name: &std::primitive::str,
) -> PyResult<Option<&'a Str>> {
    match given(value) {
        None => Ok(None),
        Some(value) => match value.downcast::<Str>() {
            Some(text) if text.chars().points().any(|p| p == 0) => {
                Err(error::value_error("embedded null character"))
            }
            Some(text) => Ok(Some(text)),
            None => Err(error::type_error(format!(
                "TextIOWrapper() argument '{name}' must be str or None, not {}",
                ops_type_name(value)
            ))),
        },
    }
}

/// The encoding that the locale asks for.
pub fn locale_encoding() -> &'static std::primitive::str {
    if super::utf8_mode() { "utf-8" } else { "UTF-8" }
}

fn start(object: &Object, buffer: &Object, options: Options<'_>) -> PyResult<()> {
    let state = of(object);
    state.ok.set(false);
    state.detached.set(false);
    let encoding = text_option(options.encoding, "encoding")?;
    let errors = text_option(options.errors, "errors")?;
    let newline = parse_newline(options.newline, "TextIOWrapper() argument 'newline'")?;
    let encoding = match encoding.map(Str::lossy) {
        None => locale_encoding().to_owned(),
        Some(name) if name == "locale" => locale_encoding().to_owned(),
        Some(name) => name.into_owned(),
    };
    let body = body(object);
    body.encoding.set(Some(match given(options.encoding) {
        Some(same) if str::cast(same).is_text(&encoding) => Owned::new(same),
        _ => Str::new(&encoding),
    }));
    body.errors.set(Some(match given(options.errors) {
        Some(errors) => Owned::new(errors),
        None => Str::new("strict"),
    }));
    *state.errors.borrow_mut() = errors.map_or_else(|| "strict".to_owned(), |e| e.lossy().into());
    set_newline(state, &newline);
    state.line_buffering.set(options.line_buffering);
    state.write_through.set(options.write_through);
    state.chunk_size.set(8192);
    state.used.set(0);
    state.pending.replace(Vec::new());
    state.snapshot.replace(None);
    state.ratio.set(0.0);
    body.decoded.clear();
    body.buffer.set_ref(Some(buffer));
    set_codec(object, &encoding)?;
    let seekable = root("answer", call(buffer, "seekable", [])?);
    let seekable = ops::compare::is_true(&seekable)?;
    state.seekable.set(seekable);
    state.telling.set(seekable);
    state
        .has_read1
        .set(is_exact_buffered(buffer) || get_optional(buffer, "read1")?.is_some());
    state.ok.set(true);
    fix_encoder(object)
}

/// Sets how line ends are read and written.
fn set_newline(state: &State, mode: &super::newlines::NewlineMode) {
    state.universal.set(mode.universal);
    state.read_newline.set(mode.read);
    state
        .write_newline
        .set(mode.read.filter(|n| n.starts_with('\r')));
    state.newlines.translate.set(mode.translate);
    state.newlines.reset();
}

/// The native codec of an encoding's name.
fn native_codec(encoding: &std::primitive::str) -> Codec {
    let folded = encoding.to_ascii_lowercase().replace(['-', ' '], "_");
    match folded.as_str() {
        "utf_8" | "utf8" => Codec::Utf8,
        "ascii" | "us_ascii" => Codec::Ascii,
        "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" => Codec::Latin1,
        _ => Codec::Python,
    }
}

/// Finds encoder and decoder.
fn set_codec(object: &Object, encoding: &std::primitive::str) -> PyResult<()> {
    let state = of(object);
    let body = body(object);
    let buffer = root(
        "stream below",
        body.buffer.owned().unwrap_or_else(none_owned),
    );
    let codec = native_codec(encoding);
    state.codec.set(codec);
    state.held.borrow_mut().clear();
    body.encoder.clear();
    body.decoder.clear();
    let info = match codec {
        Codec::Python => Some(root("codec", text_codec(encoding)?)),
        _ => None,
    };
    let yes = |method| -> PyResult<bool> {
        let answer = call(&buffer, method, [])?;
        ops::compare::is_true(&answer)
    };
    state.reads.set(yes("readable")?);
    state.writes.set(yes("writable")?);
    if let Some(info) = &info {
        let errors = root("errors", body.errors.or_none());
        if state.reads.get() {
            let made = call(info, "incrementaldecoder", [&errors])?;
            body.decoder.set(Some(made));
        }
        if state.writes.get() {
            let made = call(info, "incrementalencoder", [&errors])?;
            body.encoder.set(Some(made));
        }
    }
    Ok(())
}

/// The codec of a text encoding; LookupError for others.
fn text_codec(encoding: &std::primitive::str) -> PyResult {
    let info = root("codec", crate::codecs::lookup_name(encoding)?);
    if let Some(is_text) = get_optional(&info, "_is_text_encoding")?
        && !ops::compare::is_true(&is_text)?
    {
        return Err(error::lookup_error(format!(
            "'{encoding}' is not a text encoding; use codecs.open() to handle arbitrary codecs"
        )));
    }
    Ok(info.take())
}

/// An encoder that writes a mark at the start must not do so in the middle of a file.
fn fix_encoder(object: &Object) -> PyResult<()> {
    let state = of(object);
    let Some(encoder) = body(object)
        .encoder
        .owned()
        .filter(|_| state.seekable.get())
    else {
        return Ok(());
    };
    let encoder = root("encoder", encoder);
    let buffer = root("stream below", buffer_of(object)?);
    let at = root("position", call(&buffer, "tell", [])?);
    if ops::compare::is_true(&at)? {
        call(&encoder, "setstate", [&int::from_i64(0)])?;
    }
    Ok(())
}

/// Tells the encoder where it is.
pub fn encoder_moved(object: &Object, to_start: bool) -> PyResult<()> {
    let Some(encoder) = body(object).encoder.owned() else {
        return Ok(());
    };
    let encoder = root("encoder", encoder);
    if to_start {
        call(&encoder, "reset", [])?;
    } else {
        call(&encoder, "setstate", [&int::from_i64(0)])?;
    }
    Ok(())
}

fn show(object: &Object) -> PyResult {
    let mut text = repr_with_name(object)?;
    let mode = match get_optional(object, "mode") {
        Ok(mode) => mode,
        Err(raised) => {
            if !error::matches(&terrarium_objects::types::exceptions::VALUE_ERROR) {
                return Err(raised);
            }
            error::clear();
            None
        }
    };
    if let Some(mode) = mode {
        text += &format!(" mode={}", repr(&mode));
    }
    text += &format!(" encoding={}>", repr(&body(object).encoding.or_none()));
    Ok(Str::new(&text))
}

/// Text as bytes.
fn encode(object: &Object, text: &Object) -> PyResult {
    let state = of(object);
    let errors = state.errors.borrow().clone();
    match state.codec.get() {
        Codec::Utf8 => codecs::utf8_encode(text, &errors),
        Codec::Ascii => codecs::ascii_encode(text, &errors),
        Codec::Latin1 => codecs::latin1_encode(text, &errors),
        Codec::Python => match body(object).encoder.owned() {
            Some(encoder) => {
                let encoder = root("encoder", encoder);
                let made = call(&encoder, "encode", [text])?;
                if !bytes::is_bytes(&made) {
                    return Err(error::type_error(format!(
                        "encoder should return a bytes object, not '{}'",
                        made.ty().full_name()
                    )));
                }
                Ok(made)
            }
            None => Err(unsupported("not writable")),
        },
    }
}

fn with_newlines(text: &Object, newline: &std::primitive::str) -> Owned {
    let mut points = Vec::new();
    for point in str::cast(text).chars().points() {
        if point == 10 {
            points.extend(newline.chars().map(u32::from));
        } else {
            points.push(point);
        }
    }
    Str::from_code_points(&points)
}

pub fn write(object: &Object, text: &Object) -> PyResult {
    if !str::is_str(text) {
        return Err(error::type_error(format!(
            "write() argument must be str, not {}",
            ops_type_name(text)
        )));
    }
    check_open(object)?;
    let state = of(object);
    if !state.writes.get() {
        return Err(unsupported("not writable"));
    }
    let count = str::cast(text).len();
    let has = |wanted: u32| match str::cast(text).chars() {
        str::Chars::One(bytes) => bytes.contains(&(wanted as u8)),
        other => other.points().any(|p| p == wanted),
    };
    let translated = state.write_newline.get().filter(|_| has(10));
    let flush = state.line_buffering.get() && (has(10) || has(13));
    let replaced = translated.map(|newline| with_newlines(text, newline));
    let text = replaced.as_deref().unwrap_or(text);
    // ASCII text is its own bytes.
    let ascii = (state.codec.get() != Codec::Python)
        .then(|| str::cast(text).as_ascii())
        .flatten();
    match ascii {
        Some(ascii) => state
            .pending
            .borrow_mut()
            .extend_from_slice(ascii.as_bytes()),
        None => {
            let encoded = encode(object, text)?;
            state
                .pending
                .borrow_mut()
                .extend_from_slice(bytes::cast(&encoded).bytes());
        }
    }
    let full = state.pending.borrow().len() >= state.chunk_size.get();
    if full || flush || state.write_through.get() {
        write_pending(object)?;
    }
    if flush {
        below(object, "flush")?;
    }
    reading::forget_decoded(object);
    state.snapshot.replace(None);
    if state.reads.get() {
        reading::reset_decoder(object)?;
    }
    Ok(int::from_usize(count))
}

/// Hands the encoded text to the stream below.
pub fn write_pending(object: &Object) -> PyResult<()> {
    let state = of(object);
    if state.pending.borrow().is_empty() {
        return Ok(());
    }
    let data = state.pending.take();
    let buffer = root("stream below", buffer_of(object)?);
    if buffered::direct_writer(&buffer) {
        let busy = buffered::enter(&buffer)?;
        if buffered::is_closed(&buffer)? {
            return Err(error::value_error("write to closed file"));
        }
        buffered_write::write_data(&buffer, &data, &busy)?;
        return Ok(());
    }
    let data = root("bytes being written", Bytes::new(&data));
    loop {
        match call(&buffer, "write", [&data]) {
            Err(_) if super::common::interrupted() => {}
            other => return other.map(drop),
        }
    }
}

fn flush(object: &Object) -> PyResult {
    check_open(object)?;
    let state = of(object);
    state.telling.set(state.seekable.get());
    write_pending(object)?;
    below(object, "flush")
}

fn detach(object: &Object) -> PyResult {
    buffer_of(object)?;
    call(object, "flush", [])?;
    let buffer = body(object).buffer.replace(None);
    let state = of(object);
    state.detached.set(true);
    state.ok.set(false);
    Ok(buffer.unwrap_or_else(none_owned))
}

fn close(object: &Object) -> PyResult {
    let buffer = root("stream below", buffer_of(object)?);
    if is_set(&buffer, "closed")? {
        return Ok(none_owned());
    }
    if of(object).finalizing.get() && call(&buffer, "_dealloc_warn", [object]).is_err() {
        error::clear();
    }
    let flushed = call(object, "flush", []).map(drop);
    chain(flushed, || call(&buffer, "close", []).map(drop))?;
    Ok(none_owned())
}

fn truncate(object: &Object, args: &[Word]) -> PyResult {
    terrarium_objects::args::check_positional("truncate", args.len(), 0, 1)?;
    call(object, "flush", [])?;
    let buffer = root("stream below", buffer_of(object)?);
    let size = args.first().map_or(none::none(), |w| w.object());
    call(&buffer, "truncate", [size])
}

static RECONFIGURE: Signature = Signature::new(
    "reconfigure",
    &[
        "encoding",
        "errors",
        "newline",
        "line_buffering",
        "write_through",
    ],
    0,
    0,
    0,
);

fn reconfigure(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [encoding, errors, newline, line_buffering, write_through] =
        RECONFIGURE.bind::<5>(args, kwnames)?;
    buffer_of(object)?;
    let state = of(object);
    let started = !body(object).decoded.is_empty() || state.snapshot.borrow().is_some();
    let changes = given(encoding).is_some() || given(errors).is_some() || newline.is_some();
    if started && state.reads.get() && changes {
        return Err(unsupported(
            "It is not possible to set the encoding or newline of stream after the first read",
        ));
    }
    let switch = |value: Option<&Object>, old: bool| match given(value) {
        Some(value) => ops::compare::is_true(value),
        None => Ok(old),
    };
    let mode = newline
        .map(|n| parse_newline(Some(n), "reconfigure() argument 'newline'"))
        .transpose()?;
    let line_buffering = switch(line_buffering, state.line_buffering.get())?;
    let write_through = switch(write_through, state.write_through.get())?;
    call(object, "flush", [])?;
    if let Some(mode) = mode {
        set_newline(state, &mode);
    }
    change_encoding(object, given(encoding), given(errors))?;
    state.line_buffering.set(line_buffering);
    state.write_through.set(write_through);
    Ok(none_owned())
}

fn change_encoding(
    object: &Object,
    encoding: Option<&Object>,
    errors: Option<&Object>,
) -> PyResult<()> {
    if encoding.is_none() && errors.is_none() {
        return Ok(());
    }
    let (state, body) = (of(object), body(object));
    let encoding_text = text_option(encoding, "encoding")?.map(|e| e.lossy().into_owned());
    let errors_text = text_option(errors, "errors")?.map(|e| e.lossy().into_owned());
    let encoding_text = match encoding_text {
        Some(name) if name == "locale" => Some(locale_encoding().to_owned()),
        other => other,
    };
    match (&errors_text, &encoding_text) {
        (Some(text), _) => {
            body.errors.set_ref(errors);
            *state.errors.borrow_mut() = text.clone();
        }
        (None, Some(_)) => {
            body.errors.set(Some(Str::new("strict")));
            *state.errors.borrow_mut() = String::from("strict");
        }
        (None, None) => {}
    }
    let name = match encoding_text {
        Some(name) => name,
        None => ops::text::lossy(&body.encoding.or_none()),
    };
    if native_codec(&name) == Codec::Python {
        text_codec(&name)?;
    }
    body.encoding.set(Some(Str::new(&name)));
    set_codec(object, &name)?;
    fix_encoder(object)
}
