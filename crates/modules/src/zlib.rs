//! `zlib` (Modules/zlibmodule.c) over zlib-rs, which has zlib's own interface.

use std::cell::Cell;
use std::mem::MaybeUninit;

use libz_rs_sys as z;
use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{
    bool as booleans, dict, exceptions as exc, int, module, none, r#type,
};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Raised, Word, error, gc, ops, state, typeobject_ready};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "zlib",
    doc: "",
    methods: METHODS,
    exec,
};

const METHODS: &[MethodDef] = &[
    MethodDef::new("adler32", Native::Fast(adler32), ""),
    MethodDef::new("compress", Native::FastKeywords(compress), ""),
    MethodDef::new("compressobj", Native::FastKeywords(compressobj), ""),
    MethodDef::new("crc32", Native::Fast(crate::binascii::crc32), ""),
    MethodDef::new("decompress", Native::FastKeywords(decompress), ""),
    MethodDef::new("decompressobj", Native::FastKeywords(decompressobj), ""),
];

const NUMBERS: [(&str, i64); 19] = [
    ("MAX_WBITS", 15),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", 16384),
    ("Z_NO_COMPRESSION", 0),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", 4),
    ("Z_BLOCK", 5),
];

fn exec(this: &Object) -> PyResult<()> {
    let space = module::namespace(this);
    for ty in [&COMPRESS, &DECOMPRESS, &DECOMPRESSOR] {
        typeobject_ready::ready_static(ty);
    }
    dict::set_str(space, "_ZlibDecompressor", DECOMPRESSOR.as_object());
    for (name, value) in NUMBERS {
        dict::set_str(space, name, &int::from_i64(value));
    }
    dict::set_str(space, "Z_TREES", &int::from_i64(6));
    dict::set_str(space, "ZLIB_VERSION", &Str::new("1.3.1"));
    dict::set_str(space, "ZLIB_RUNTIME_VERSION", &Str::new("1.3.1"));
    let body = dict::new();
    dict::set_str(&body, "__module__", &Str::new("zlib"));
    let bases: [&Object; 1] = [exc::EXCEPTION.as_object()];
    // However often the module is made, its functions raise one class.
    let class = match state::get().kept("zlib.error") {
        Some(class) => Owned::new(class),
        None => r#type::methods::make_class("error", &bases, &body)?,
    };
    dict::set_str(space, "error", &class);
    state::get().keep("zlib.error", class);
    Ok(())
}

fn raise(text: &str) -> Raised {
    match state::get().kept("zlib.error") {
        // SAFETY: kept as a class.
        Some(class) => error::raise(unsafe { class.cast::<Type>() }, text),
        None => error::value_error(text),
    }
}

/// zlib's error as Python shows it.
fn failed(code: i32, stream: &z::z_stream, doing: &str) -> Raised {
    let own = if stream.msg.is_null() || code == z::Z_NEED_DICT {
        match code {
            z::Z_BUF_ERROR => Some("incomplete or truncated stream"),
            z::Z_STREAM_ERROR => Some("inconsistent stream state"),
            z::Z_DATA_ERROR => Some("invalid input data"),
            _ => None,
        }
        .map(str::to_owned)
    } else {
        // SAFETY: zlib's messages are static C strings.
        let text = unsafe { std::ffi::CStr::from_ptr(stream.msg) };
        Some(text.to_string_lossy().into_owned())
    };
    raise(&match own {
        Some(text) => format!("Error {code} {doing}: {text}"),
        None => format!("Error {code} {doing}"),
    })
}

fn fresh() -> z::z_stream {
    // SAFETY: zlib asks for zeroed pointers and numbers before the init calls; null allocators mean its own.
    unsafe { MaybeUninit::<z::z_stream>::zeroed().assume_init() }
}

const VERSION: *const std::ffi::c_char = c"1.3.1".as_ptr();
const SIZE: i32 = size_of::<z::z_stream>() as i32;

fn start_deflate(
    stream: &mut z::z_stream,
    level: i32,
    wbits: i32,
    memory: i32,
    strategy: i32,
) -> i32 {
    // SAFETY: a fresh stream.
    unsafe {
        z::deflateInit2_(
            stream,
            level,
            z::Z_DEFLATED,
            wbits,
            memory,
            strategy,
            VERSION,
            SIZE,
        )
    }
}

fn start_inflate(stream: &mut z::z_stream, wbits: i32) -> i32 {
    // SAFETY: a fresh stream.
    unsafe { z::inflateInit2_(stream, wbits, VERSION, SIZE) }
}

/// Runs `step` over the input until it has no more to give; the output, and the last code.
fn pump(
    stream: &mut z::z_stream,
    data: &[u8],
    most: usize,
    out: &mut Vec<u8>,
    step: impl Fn(&mut z::z_stream) -> i32,
) -> i32 {
    stream.next_in = data.as_ptr().cast_mut();
    stream.avail_in = data.len().min(u32::MAX as usize) as u32;
    loop {
        let room = 16384.min(most.saturating_sub(out.len()));
        if room == 0 {
            return z::Z_OK;
        }
        let at = out.len();
        out.resize(at + room, 0);
        stream.next_out = out[at..].as_mut_ptr();
        stream.avail_out = room as u32;
        let code = step(stream);
        out.truncate(at + room - stream.avail_out as usize);
        if code != z::Z_OK || stream.avail_out > 0 {
            return code;
        }
    }
}

fn number(value: Option<&Object>, default: i32) -> PyResult<i32> {
    value.map_or(Ok(default), int::as_i32)
}

fn adler32(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("adler32", args.len(), 1, 2)?;
    let buffer = bytes::bytes_like(args[0].object())?;
    let start = crate::binascii::start_value(args, 1)?;
    if buffer.len == 0 {
        return Ok(int::from_u64(start.into()));
    }
    // SAFETY: a live slice.
    let sum = unsafe { z::adler32_z(start.into(), buffer.slice().as_ptr(), buffer.len) };
    Ok(int::from_u64(sum & 0xFFFF_FFFF))
}

fn compress(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("compress", &["", "level", "wbits"], 1, 1, 3);
    let [data, level, wbits] = SIGNATURE.bind::<3>(args, kwnames)?;
    let (level, wbits) = (number(level, -1)?, number(wbits, 15)?);
    let buffer = bytes::bytes_like(data.expect("required"))?;
    let mut stream = fresh();
    match start_deflate(&mut stream, level, wbits, 8, 0) {
        z::Z_OK => {}
        z::Z_STREAM_ERROR => return Err(raise("Bad compression level")),
        code => return Err(failed(code, &stream, "while compressing data")),
    }
    let mut out = Vec::new();
    let code = pump(&mut stream, buffer.slice(), usize::MAX, &mut out, |s| {
        // SAFETY: an initialised stream with valid buffers.
        unsafe { z::deflate(s, z::Z_FINISH) }
    });
    let result = if code == z::Z_STREAM_END {
        Ok(Bytes::new(&out))
    } else {
        Err(failed(code, &stream, "while compressing data"))
    };
    // SAFETY: initialised above.
    unsafe { z::deflateEnd(&mut stream) };
    result
}

fn decompress(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("decompress", &["", "wbits", "bufsize"], 1, 1, 3);
    let [data, wbits, size] = SIGNATURE.bind::<3>(args, kwnames)?;
    let wbits = number(wbits, 15)?;
    let size = size.map_or(Ok(16384), |s| {
        ops::number::index_isize(s, Some(&exc::OVERFLOW_ERROR))
    })?;
    if size < 0 {
        return Err(error::value_error("bufsize must be non-negative"));
    }
    let buffer = bytes::bytes_like(data.expect("required"))?;
    let mut stream = fresh();
    let code = start_inflate(&mut stream, wbits);
    if code != z::Z_OK {
        return Err(failed(code, &stream, "while preparing to decompress data"));
    }
    let mut out = Vec::new();
    let code = pump(&mut stream, buffer.slice(), usize::MAX, &mut out, |s| {
        // SAFETY: an initialised stream with valid buffers.
        unsafe { z::inflate(s, z::Z_SYNC_FLUSH) }
    });
    let result = match code {
        z::Z_STREAM_END => Ok(Bytes::new(&out)),
        z::Z_OK => Err(failed(z::Z_BUF_ERROR, &stream, "while decompressing data")),
        code => Err(failed(code, &stream, "while decompressing data")),
    };
    // SAFETY: initialised above.
    unsafe { z::inflateEnd(&mut stream) };
    result
}

/// A stream object: of `compressobj`, `decompressobj`, and `_ZlibDecompressor`.
#[repr(C)]
pub struct Stream {
    object: Object,
    stream: Cell<*mut z::z_stream>,
    unused_data: Field,
    unconsumed_tail: Field,
    zdict: Field,
    eof: Cell<bool>,
    needs_input: Cell<bool>,
    wants_dict: Cell<bool>,
    padding: [usize; 14],
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Stream {
    fn type_object() -> &'static Type {
        &COMPRESS
    }
}

// SAFETY: `stream` was initialised for deflation.
unsafe fn end_deflate(stream: *mut z::z_stream) {
    // SAFETY: initialised when the object was made.
    unsafe { z::deflateEnd(stream) };
}

// SAFETY: `stream` was initialised for inflation.
unsafe fn end_inflate(stream: *mut z::z_stream) {
    // SAFETY: as above.
    unsafe { z::inflateEnd(stream) };
}

unsafe fn compress_dealloc(object: *mut Object) {
    // SAFETY: a dying stream.
    unsafe { dealloc(object, end_deflate) }
}

unsafe fn decompress_dealloc(object: *mut Object) {
    // SAFETY: a dying stream.
    unsafe { dealloc(object, end_inflate) }
}

// SAFETY: a dying stream, which `end` is for.
unsafe fn dealloc(object: *mut Object, end: unsafe fn(*mut z::z_stream)) {
    // SAFETY: the stream is ended and freed once.
    unsafe {
        let this = &*object;
        if this.ty().has(flags::HAVE_GC) {
            gc::untrack(this);
        }
        let stream = of(this).stream.replace(std::ptr::null_mut());
        if !stream.is_null() {
            end(stream);
            drop(Box::from_raw(stream));
        }
        of(this).unused_data.clear();
        of(this).unconsumed_tail.clear();
        of(this).zdict.clear();
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = of(object);
    this.unused_data.visit_hidden("unused_data", visit);
    this.unconsumed_tail.visit_hidden("unconsumed_tail", visit);
    this.zdict.visit_hidden("zdict", visit);
}

const fn stream_type(
    name: &'static str,
    dealloc: unsafe fn(*mut Object),
    methods: &'static [MethodDef],
) -> Type {
    Type::builtin(
        name,
        size_of::<Stream>(),
        Slots {
            dealloc,
            visit,
            ..Slots::NONE
        },
    )
    .with_methods(methods)
}

pub static COMPRESS: Type = stream_type("zlib.Compress", compress_dealloc, COMPRESS_METHODS)
    .with_flags(flags::DISALLOW_INSTANTIATION);
pub static DECOMPRESS: Type =
    stream_type("zlib.Decompress", decompress_dealloc, DECOMPRESS_METHODS)
        .with_flags(flags::DISALLOW_INSTANTIATION)
        .with_getset(&[
            GetSetDef::read("unused_data", |o| Ok(of(o).unused_data.or_none()), ""),
            GetSetDef::read(
                "unconsumed_tail",
                |o| Ok(of(o).unconsumed_tail.or_none()),
                "",
            ),
            GetSetDef::read("eof", |o| Ok(booleans::bool_owned(of(o).eof.get())), ""),
        ]);
pub static DECOMPRESSOR: Type = Type::builtin(
    "zlib._ZlibDecompressor",
    size_of::<Stream>(),
    Slots {
        dealloc: decompress_dealloc,
        visit,
        new: Some(new_decompressor),
        ..Slots::NONE
    },
)
.with_methods(&[MethodDef::new(
    "decompress",
    Native::FastKeywords(decompressor_decompress),
    "",
)])
.with_getset(&[
    GetSetDef::read("eof", |o| Ok(booleans::bool_owned(of(o).eof.get())), ""),
    GetSetDef::read("unused_data", |o| Ok(of(o).unused_data.or_none()), ""),
    GetSetDef::read(
        "needs_input",
        |o| Ok(booleans::bool_owned(of(o).needs_input.get())),
        "",
    ),
]);

const COMPRESS_METHODS: &[MethodDef] = &[
    MethodDef::new("compress", Native::O(compress_some), ""),
    MethodDef::new("flush", Native::Fast(compress_flush), ""),
    MethodDef::new("copy", Native::NoArgs(compress_copy), ""),
    MethodDef::new("__copy__", Native::NoArgs(compress_copy), ""),
    MethodDef::new("__deepcopy__", Native::O(|o, _| compress_copy(o)), ""),
];

const DECOMPRESS_METHODS: &[MethodDef] = &[
    MethodDef::new("decompress", Native::FastKeywords(decompress_some), ""),
    MethodDef::new("flush", Native::Fast(decompress_flush), ""),
    MethodDef::new("copy", Native::NoArgs(decompress_copy), ""),
    MethodDef::new("__copy__", Native::NoArgs(decompress_copy), ""),
    MethodDef::new("__deepcopy__", Native::O(|o, _| decompress_copy(o)), ""),
];

fn of(object: &Object) -> &Stream {
    // SAFETY: called for the stream types.
    unsafe { object.cast() }
}

/// A stream object around a started stream.
fn make(ty: &Type, stream: Box<z::z_stream>) -> PyResult {
    let made = r#type::generic_alloc(ty, 0)?;
    let this = of(&made);
    this.unused_data.set(Some(Bytes::new(&[])));
    this.unconsumed_tail.set(Some(Bytes::new(&[])));
    this.stream.set(Box::into_raw(stream));
    this.needs_input.set(true);
    Ok(made)
}

fn stream_of(object: &Object) -> PyResult<&mut z::z_stream> {
    // SAFETY: null or live; calls on one object do not nest, as nothing here runs Python while it is borrowed.
    unsafe { of(object).stream.get().as_mut() }.ok_or_else(|| raise("inconsistent stream state"))
}

fn compressobj(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "compressobj",
        &["level", "method", "wbits", "memLevel", "strategy", "zdict"],
        0,
        0,
        6,
    );
    let [level, method, wbits, memory, strategy, zdict] = SIGNATURE.bind::<6>(args, kwnames)?;
    let (level, method, wbits) = (number(level, -1)?, number(method, 8)?, number(wbits, 15)?);
    let (memory, strategy) = (number(memory, 8)?, number(strategy, 0)?);
    let zdict = zdict.map(bytes::bytes_like).transpose()?;
    // The stream's state points back at it: it must not move once it is started.
    let mut stream = Box::new(fresh());
    let code = if method == z::Z_DEFLATED {
        start_deflate(&mut stream, level, wbits, memory, strategy)
    } else {
        z::Z_STREAM_ERROR
    };
    match code {
        z::Z_OK => {}
        z::Z_STREAM_ERROR => return Err(error::value_error("Invalid initialization option")),
        code => return Err(failed(code, &stream, "while creating compression object")),
    }
    if let Some(zdict) = zdict {
        let data = zdict.slice();
        // SAFETY: an initialised stream and a live slice.
        let code =
            unsafe { z::deflateSetDictionary(&mut *stream, data.as_ptr(), data.len() as u32) };
        if code != z::Z_OK {
            // SAFETY: initialised above.
            unsafe { z::deflateEnd(&mut *stream) };
            return Err(error::value_error("Invalid dictionary"));
        }
    }
    make(&COMPRESS, stream)
}

fn compress_some(object: &Object, data: &Object) -> PyResult {
    let buffer = bytes::bytes_like(data)?;
    let stream = stream_of(object)?;
    let mut out = Vec::new();
    let code = pump(stream, buffer.slice(), usize::MAX, &mut out, |s| {
        // SAFETY: an initialised stream with valid buffers.
        unsafe { z::deflate(s, z::Z_NO_FLUSH) }
    });
    if code == z::Z_STREAM_ERROR {
        return Err(failed(code, stream, "while compressing data"));
    }
    Ok(Bytes::new(&out))
}

fn compress_flush(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("flush", args.len(), 0, 1)?;
    let mode = number(args.first().map(|w| w.object()), z::Z_FINISH)?;
    if mode == z::Z_NO_FLUSH {
        return Ok(Bytes::new(&[]));
    }
    let stream = stream_of(object)?;
    let mut out = Vec::new();
    let code = pump(stream, &[], usize::MAX, &mut out, |s| {
        // SAFETY: an initialised stream with valid buffers.
        unsafe { z::deflate(s, mode) }
    });
    match code {
        z::Z_STREAM_END if mode == z::Z_FINISH => {
            let stream = of(object).stream.replace(std::ptr::null_mut());
            // SAFETY: initialised when the object was made; freed once.
            unsafe {
                z::deflateEnd(stream);
                drop(Box::from_raw(stream));
            }
        }
        z::Z_OK | z::Z_BUF_ERROR | z::Z_STREAM_END => {}
        code => return Err(failed(code, stream, "while flushing")),
    }
    Ok(Bytes::new(&out))
}

fn copied(object: &Object, ty: &Type, made: Box<z::z_stream>) -> PyResult {
    let copy = make(ty, made)?;
    let (from, to) = (of(object), of(&copy));
    to.unused_data.set(from.unused_data.owned());
    to.unconsumed_tail.set(from.unconsumed_tail.owned());
    to.zdict.set(from.zdict.owned());
    to.eof.set(from.eof.get());
    Ok(copy)
}

fn compress_copy(object: &Object) -> PyResult {
    let Ok(stream) = stream_of(object) else {
        error::clear();
        return Err(error::value_error("Inconsistent stream state"));
    };
    let mut made = Box::new(fresh());
    // SAFETY: an initialised source; the copy lives in its box.
    match unsafe { z::deflateCopy(&mut *made, stream) } {
        z::Z_OK => copied(object, &COMPRESS, made),
        z::Z_STREAM_ERROR => Err(error::value_error("Inconsistent stream state")),
        code => Err(failed(code, stream, "while copying compression object")),
    }
}

fn decompress_copy(object: &Object) -> PyResult {
    let stream = stream_of(object)?;
    let mut made = Box::new(fresh());
    // SAFETY: an initialised source; the copy lives in its box.
    match unsafe { z::inflateCopy(&mut *made, stream) } {
        z::Z_OK => copied(object, &DECOMPRESS, made),
        z::Z_STREAM_ERROR => Err(error::value_error("Inconsistent stream state")),
        code => Err(failed(code, stream, "while copying decompression object")),
    }
}

/// A started decompression with its dictionary.
fn new_inflate(wbits: i32, zdict: Option<&Object>) -> PyResult<(Box<z::z_stream>, Option<Owned>)> {
    let zdict = zdict.filter(|d| !d.is(none::none()));
    if let Some(zdict) = zdict
        && zdict.ty().slots.getbuffer.is_none()
    {
        return Err(error::type_error(
            "zdict argument must support the buffer protocol",
        ));
    }
    let mut stream = Box::new(fresh());
    match start_inflate(&mut stream, wbits) {
        z::Z_OK => {}
        z::Z_STREAM_ERROR => return Err(error::value_error("Invalid initialization option")),
        code => {
            return Err(failed(code, &stream, "while creating decompression object"));
        }
    }
    // Raw streams do not ask for their dictionary.
    if wbits < 0
        && let Some(zdict) = zdict
    {
        set_dictionary(&mut stream, zdict)?;
    }
    Ok((stream, zdict.map(Owned::new)))
}

fn set_dictionary(stream: &mut z::z_stream, zdict: &Object) -> PyResult<()> {
    let buffer = bytes::bytes_like(zdict)?;
    let data = buffer.slice();
    // SAFETY: an initialised stream and a live slice.
    let code = unsafe { z::inflateSetDictionary(stream, data.as_ptr(), data.len() as u32) };
    if code != z::Z_OK {
        return Err(failed(code, stream, "while setting zdict"));
    }
    Ok(())
}

fn decompressobj(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("decompressobj", &["wbits", "zdict"], 0, 0, 2);
    let [wbits, zdict] = SIGNATURE.bind::<2>(args, kwnames)?;
    let (stream, zdict) = new_inflate(number(wbits, 15)?, zdict)?;
    let made = make(&DECOMPRESS, stream)?;
    of(&made).zdict.set(zdict);
    Ok(made)
}

fn new_decompressor(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("_ZlibDecompressor", &["wbits", "zdict"], 0, 0, 2);
    let [wbits, zdict] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
    let (stream, zdict) = new_inflate(number(wbits, 15)?, zdict)?;
    let made = make(ty, stream)?;
    of(&made).zdict.set(zdict);
    Ok(made)
}

/// Feeds a decompression; the code it ended with, and what was not used.
fn inflate_some(
    object: &Object,
    data: &[u8],
    most: usize,
    flush: i32,
    out: &mut Vec<u8>,
) -> PyResult<(i32, usize)> {
    let stream = stream_of(object)?;
    let mut data = data;
    loop {
        let code = pump(stream, data, most, out, |s| {
            // SAFETY: an initialised stream with valid buffers.
            unsafe { z::inflate(s, flush) }
        });
        let left = stream.avail_in as usize;
        if code == z::Z_NEED_DICT
            && let Some(zdict) = of(object).zdict.owned()
        {
            set_dictionary(stream, &zdict)?;
            data = &data[data.len() - left..];
            continue;
        }
        return Ok((code, left));
    }
}

fn save_rest(object: &Object, data: &[u8], left: usize, code: i32) {
    let this = of(object);
    let rest = &data[data.len() - left..];
    if code == z::Z_STREAM_END {
        this.eof.set(true);
        if left > 0 {
            let mut unused = bytes::cast(&this.unused_data.or_none()).bytes().to_vec();
            unused.extend_from_slice(rest);
            this.unused_data.set(Some(Bytes::new(&unused)));
        }
        this.unconsumed_tail.set(Some(Bytes::new(&[])));
        return;
    }
    this.unconsumed_tail.set(Some(Bytes::new(rest)));
}

fn decompress_some(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("decompress", &["", "max_length"], 1, 1, 2);
    let [data, most] = SIGNATURE.bind::<2>(args, kwnames)?;
    let most = most.map_or(Ok(0), |m| {
        ops::number::index_isize(m, Some(&exc::OVERFLOW_ERROR))
    })?;
    let buffer = bytes::bytes_like(data.expect("required"))?;
    let most = match usize::try_from(most) {
        Ok(0) => usize::MAX,
        Ok(most) => most,
        Err(_) => return Err(error::value_error("max_length must be non-negative")),
    };
    let mut out = Vec::new();
    if of(object).eof.get() {
        save_rest(object, buffer.slice(), buffer.len, z::Z_STREAM_END);
        return Ok(Bytes::new(&out));
    }
    let (code, left) = inflate_some(object, buffer.slice(), most, z::Z_SYNC_FLUSH, &mut out)?;
    if !matches!(code, z::Z_OK | z::Z_BUF_ERROR | z::Z_STREAM_END) {
        return Err(failed(code, stream_of(object)?, "while decompressing data"));
    }
    save_rest(object, buffer.slice(), left, code);
    Ok(Bytes::new(&out))
}

fn decompress_flush(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("flush", args.len(), 0, 1)?;
    if let Some(length) = args.first()
        && ops::number::index_isize(length.object(), Some(&exc::OVERFLOW_ERROR))? <= 0
    {
        return Err(error::value_error("length must be greater than zero"));
    }
    let mut out = Vec::new();
    if of(object).eof.get() {
        return Ok(Bytes::new(&out));
    }
    let tail = of(object).unconsumed_tail.or_none();
    let data = bytes::cast(&tail).bytes().to_vec();
    let (code, left) = inflate_some(object, &data, usize::MAX, z::Z_FINISH, &mut out)?;
    if !matches!(code, z::Z_OK | z::Z_BUF_ERROR | z::Z_STREAM_END) {
        return Err(failed(code, stream_of(object)?, "while decompressing data"));
    }
    save_rest(object, &data, left, code);
    Ok(Bytes::new(&out))
}

/// `_ZlibDecompressor.decompress`: keeps what it could not give out yet.
fn decompressor_decompress(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("decompress", &["data", "max_length"], 0, 1, 2);
    let [data, most] = SIGNATURE.bind::<2>(args, kwnames)?;
    let most = most.map_or(Ok(-1), |m| {
        ops::number::index_isize(m, Some(&exc::OVERFLOW_ERROR))
    })?;
    let buffer = bytes::bytes_like(data.expect("required"))?;
    let this = of(object);
    if this.eof.get() {
        return Err(error::eof_error("End of stream already reached"));
    }
    let mut input = bytes::cast(&this.unconsumed_tail.or_none())
        .bytes()
        .to_vec();
    input.extend_from_slice(buffer.slice());
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut out = Vec::new();
    let (code, left) = inflate_some(object, &input, most, z::Z_SYNC_FLUSH, &mut out)?;
    if !matches!(code, z::Z_OK | z::Z_BUF_ERROR | z::Z_STREAM_END) {
        return Err(failed(code, stream_of(object)?, "while decompressing data"));
    }
    save_rest(object, &input, left, code);
    this.needs_input
        .set(!this.eof.get() && (out.len() < most || most == usize::MAX) && left == 0);
    Ok(Bytes::new(&out))
}
