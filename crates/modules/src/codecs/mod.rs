//! `_codecs` (Modules/_codecsmodule.c): the registry, and the native codecs as functions.

mod handlers;
mod registry;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::codecs::{self, Order};
use terrarium_objects::state::holding;
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bool, bytes, exceptions as exc, int, none, tuple};
use terrarium_objects::{MethodDef, Native, Object, Owned, PyResult, Word, error, none_owned, ops};
use terrarium_runtime::native_module::{self, ModuleDef};

pub use registry::{install, lookup as lookup_name};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_codecs",
    doc: "",
    methods: METHODS,
    exec: native_module::nothing,
};

/// Encoders take a str and errors, and give bytes and the number of characters.
macro_rules! encoder {
    ($name:literal, $function:expr) => {
        MethodDef::new(
            concat!($name, "_encode"),
            Native::Fast(|_, args| encode_with(concat!($name, "_encode"), args, $function)),
            "",
        )
    };
}

/// Decoders take bytes, errors and perhaps `final`, and give a str and the number of bytes used.
macro_rules! decoder {
    ($name:literal, $most:literal, $function:expr) => {
        MethodDef::new(
            concat!($name, "_decode"),
            Native::Fast(|_, args| decode_with(concat!($name, "_decode"), $most, args, $function)),
            "",
        )
    };
}

const METHODS: &[MethodDef] = &[
    MethodDef::new(
        "register",
        Native::O(|_, f| registry::register(f).map(|()| none_owned())),
        "",
    ),
    MethodDef::new(
        "unregister",
        Native::O(|_, f| registry::unregister(f).map(|()| none_owned())),
        "",
    ),
    MethodDef::new("lookup", Native::O(lookup), ""),
    MethodDef::new("encode", Native::FastKeywords(encode), ""),
    MethodDef::new("decode", Native::FastKeywords(decode), ""),
    MethodDef::new("escape_encode", Native::Fast(escape_encode), ""),
    MethodDef::new("escape_decode", Native::Fast(escape_decode), ""),
    encoder!("utf_8", codecs::utf8_encode),
    decoder!("utf_8", 3, codecs::utf8_decode),
    encoder!("utf_7", |t, _| codecs::utf7_encode(t)),
    decoder!("utf_7", 3, codecs::utf7_decode),
    MethodDef::new("utf_16_encode", Native::Fast(utf_16_encode), ""),
    encoder!("utf_16_le", |t, e| codecs::utf16_encode(
        t,
        e,
        Order::Little
    )),
    encoder!("utf_16_be", |t, e| codecs::utf16_encode(t, e, Order::Big)),
    decoder!("utf_16", 3, |d, e, l| wide16(d, e, l, Order::Native)),
    decoder!("utf_16_le", 3, |d, e, l| wide16(d, e, l, Order::Little)),
    decoder!("utf_16_be", 3, |d, e, l| wide16(d, e, l, Order::Big)),
    MethodDef::new("utf_16_ex_decode", Native::Fast(utf_16_ex_decode), ""),
    MethodDef::new("utf_32_encode", Native::Fast(utf_32_encode), ""),
    encoder!("utf_32_le", |t, e| codecs::utf32_encode(
        t,
        e,
        Order::Little
    )),
    encoder!("utf_32_be", |t, e| codecs::utf32_encode(t, e, Order::Big)),
    decoder!("utf_32", 3, |d, e, l| wide32(d, e, l, Order::Native)),
    decoder!("utf_32_le", 3, |d, e, l| wide32(d, e, l, Order::Little)),
    decoder!("utf_32_be", 3, |d, e, l| wide32(d, e, l, Order::Big)),
    MethodDef::new("utf_32_ex_decode", Native::Fast(utf_32_ex_decode), ""),
    encoder!("unicode_escape", |t, _| codecs::unicode_escape_encode(t)),
    MethodDef::new(
        "unicode_escape_decode",
        Native::Fast(|_, a| escapes("unicode_escape_decode", a, codecs::unicode_escape_decode)),
        "",
    ),
    encoder!("raw_unicode_escape", |t, _| {
        codecs::raw_unicode_escape_encode(t)
    }),
    MethodDef::new(
        "raw_unicode_escape_decode",
        Native::Fast(|_, a| {
            escapes(
                "raw_unicode_escape_decode",
                a,
                codecs::raw_unicode_escape_decode,
            )
        }),
        "",
    ),
    encoder!("latin_1", codecs::latin1_encode),
    decoder!("latin_1", 2, |d, _, _| Ok((
        codecs::latin1_decode(d)?,
        d.len()
    ))),
    encoder!("ascii", codecs::ascii_encode),
    decoder!("ascii", 2, |d, e, _| Ok((
        codecs::ascii_decode(d, e)?,
        d.len()
    ))),
    MethodDef::new("charmap_encode", Native::Fast(charmap_encode), ""),
    MethodDef::new("charmap_decode", Native::Fast(charmap_decode), ""),
    MethodDef::new("charmap_build", Native::O(|_, t| charmap_build(t)), ""),
    MethodDef::new("readbuffer_encode", Native::Fast(readbuffer_encode), ""),
    MethodDef::new("register_error", Native::Fast(register_error), ""),
    MethodDef::new(
        "_unregister_error",
        Native::O(|_, name| {
            text(name, "_unregister_error", "argument")?;
            Ok(bool::bool_owned(registry::unregister_error(name)?))
        }),
        "",
    ),
    MethodDef::new(
        "lookup_error",
        Native::O(|_, name| registry::error_handler(&text(name, "lookup_error", "argument")?)),
        "",
    ),
];

fn text(object: &Object, function: &str, place: &str) -> PyResult<String> {
    match object.downcast::<Str>() {
        Some(text) if text.chars().points().any(|p| p == 0) => {
            Err(error::value_error("embedded null character"))
        }
        Some(text) => Ok(text.lossy().into_owned()),
        None => Err(error::type_error(format!(
            "{function}() {place} must be str, not {}",
            crate::io::common::ops_type_name(object)
        ))),
    }
}

/// The errors argument: "strict" where it is missing or `None`.
fn errors(args: &[Word], index: usize, function: &str) -> PyResult<String> {
    match args.get(index).map(|w| w.object()) {
        None => Ok(String::from("strict")),
        Some(given) if given.is(none::none()) => Ok(String::from("strict")),
        Some(given) => match given.downcast::<Str>() {
            Some(text) => Ok(text.lossy().into_owned()),
            None => Err(error::type_error(format!(
                "{function}() argument {} must be str or None, not {}",
                index + 1,
                given.ty().full_name()
            ))),
        },
    }
}

fn pair(value: Owned, count: usize) -> PyResult {
    Ok(tuple::from_array([value, int::from_usize(count)]))
}

fn need_text<'a>(args: &'a [Word], function: &str) -> PyResult<&'a Object> {
    let object = args[0].object();
    if str::is_str(object) {
        return Ok(object);
    }
    Err(error::type_error(format!(
        "{function}() argument 1 must be str, not {}",
        crate::io::common::ops_type_name(object)
    )))
}

fn encode_with(name: &str, args: &[Word], function: fn(&Object, &str) -> PyResult) -> PyResult {
    args::check_positional(name, args.len(), 1, 2)?;
    let text = need_text(args, name)?;
    let errors = errors(args, 1, name)?;
    pair(function(text, &errors)?, str::cast(text).len())
}

fn decode_with(
    name: &str,
    most: usize,
    args: &[Word],
    function: fn(&[u8], &str, bool) -> PyResult<(Owned, usize)>,
) -> PyResult {
    args::check_positional(name, args.len(), 1, most)?;
    let buffer = bytes::bytes_like(args[0].object())?;
    let errors = errors(args, 1, name)?;
    let last = match args.get(2) {
        Some(flag) => ops::compare::is_true(flag.object())?,
        None => false,
    };
    let (text, used) = holding(&buffer.owner, || function(buffer.slice(), &errors, last))?;
    pair(text, used)
}

/// The escape codecs take str as well, and are final unless told otherwise.
fn escapes(
    name: &str,
    args: &[Word],
    function: fn(&[u8], &str, bool) -> PyResult<(Owned, usize)>,
) -> PyResult {
    args::check_positional(name, args.len(), 1, 3)?;
    let errors = errors(args, 1, name)?;
    let last = match args.get(2) {
        Some(flag) => ops::compare::is_true(flag.object())?,
        None => true,
    };
    let object = args[0].object();
    let (text, used) = if str::is_str(object) {
        function(&str::encode::utf8_bytes(object)?, &errors, last)?
    } else {
        let buffer = bytes::bytes_like(object)?;
        holding(&buffer.owner, || function(buffer.slice(), &errors, last))?
    };
    pair(text, used)
}

fn wide16(data: &[u8], errors: &str, last: bool, order: Order) -> PyResult<(Owned, usize)> {
    codecs::utf16_decode(data, errors, order, last).map(|(t, used, _)| (t, used))
}

fn wide32(data: &[u8], errors: &str, last: bool, order: Order) -> PyResult<(Owned, usize)> {
    codecs::utf32_decode(data, errors, order, last).map(|(t, used, _)| (t, used))
}

fn order_argument(args: &[Word]) -> PyResult<Order> {
    let number = match args.get(2) {
        Some(order) => int::as_i32(order.object())?,
        None => 0,
    };
    Ok(match number {
        0 => Order::Native,
        n if n < 0 => Order::Little,
        _ => Order::Big,
    })
}

fn utf_16_encode(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("utf_16_encode", args.len(), 1, 3)?;
    let text = need_text(args, "utf_16_encode")?;
    let errors = errors(args, 1, "utf_16_encode")?;
    let made = codecs::utf16_encode(text, &errors, order_argument(args)?)?;
    pair(made, str::cast(text).len())
}

fn utf_32_encode(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("utf_32_encode", args.len(), 1, 3)?;
    let text = need_text(args, "utf_32_encode")?;
    let errors = errors(args, 1, "utf_32_encode")?;
    let made = codecs::utf32_encode(text, &errors, order_argument(args)?)?;
    pair(made, str::cast(text).len())
}

type WideDecoder = fn(&[u8], &str, Order, bool) -> PyResult<(Owned, usize, Order)>;

fn ex_decode(name: &str, args: &[Word], function: WideDecoder) -> PyResult {
    args::check_positional(name, args.len(), 1, 4)?;
    let buffer = bytes::bytes_like(args[0].object())?;
    let errors = errors(args, 1, name)?;
    let last = match args.get(3) {
        Some(flag) => ops::compare::is_true(flag.object())?,
        None => false,
    };
    let order = order_argument(args)?;
    let (text, used, order) = holding(&buffer.owner, || {
        function(buffer.slice(), &errors, order, last)
    })?;
    Ok(tuple::from_array([
        text,
        int::from_usize(used),
        int::from_i64(order.number().into()),
    ]))
}

fn utf_16_ex_decode(_: &Object, args: &[Word]) -> PyResult {
    ex_decode("utf_16_ex_decode", args, codecs::utf16_decode)
}

fn utf_32_ex_decode(_: &Object, args: &[Word]) -> PyResult {
    ex_decode("utf_32_ex_decode", args, codecs::utf32_decode)
}

fn lookup(_: &Object, name: &Object) -> PyResult {
    registry::lookup(&text(name, "lookup", "argument")?)
}

fn codec_arguments<'a>(
    signature: &Signature,
    args: &'a [Word],
    kwnames: Option<&'a Object>,
) -> PyResult<(&'a Object, String, Option<String>)> {
    let [object, encoding, errors] = signature.bind::<3>(args, kwnames)?;
    let encoding = match encoding {
        Some(encoding) => text(encoding, signature.name, "argument 'encoding'")?,
        None => String::from("utf-8"),
    };
    let errors = errors
        .map(|e| text(e, signature.name, "argument 'errors'"))
        .transpose()?;
    Ok((object.expect("required"), encoding, errors))
}

fn encode(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("encode", &["obj", "encoding", "errors"], 0, 1, 3);
    let (object, encoding, errors) = codec_arguments(&SIGNATURE, args, kwnames)?;
    registry::encode(object, &encoding, errors.as_deref())
}

fn decode(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("decode", &["obj", "encoding", "errors"], 0, 1, 3);
    let (object, encoding, errors) = codec_arguments(&SIGNATURE, args, kwnames)?;
    registry::decode(object, &encoding, errors.as_deref())
}

fn escape_encode(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("escape_encode", args.len(), 1, 2)?;
    let data = args[0].object();
    if !bytes::is_bytes(data) {
        return Err(error::type_error(format!(
            "escape_encode() argument 1 must be bytes, not {}",
            data.ty().full_name()
        )));
    }
    let data = bytes::cast(data).bytes();
    pair(codecs::escape_encode(data), data.len())
}

fn escape_decode(_: &Object, args: &[Word]) -> PyResult {
    escapes(
        "escape_decode",
        &args[..args.len().min(2)],
        |data, errors, _| codecs::escape_decode(data, errors),
    )
}

fn table(args: &[Word]) -> Option<&Object> {
    args.get(2)
        .map(|w| w.object())
        .filter(|t| !t.is(none::none()))
}

fn charmap_encode(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("charmap_encode", args.len(), 1, 3)?;
    let text = need_text(args, "charmap_encode")?;
    let errors = errors(args, 1, "charmap_encode")?;
    let made = codecs::charmap_encode(text, &errors, table(args))?;
    pair(made, str::cast(text).len())
}

fn charmap_decode(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("charmap_decode", args.len(), 1, 3)?;
    let buffer = bytes::bytes_like(args[0].object())?;
    let errors = errors(args, 1, "charmap_decode")?;
    let made = holding(&buffer.owner, || {
        codecs::charmap_decode(buffer.slice(), &errors, table(args))
    })?;
    pair(made, buffer.len)
}

fn charmap_build(table: &Object) -> PyResult {
    if !str::is_str(table) {
        return Err(error::type_error(format!(
            "charmap_build() argument must be str, not {}",
            table.ty().full_name()
        )));
    }
    codecs::charmap_build(table)
}

fn readbuffer_encode(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("readbuffer_encode", args.len(), 1, 2)?;
    let object = args[0].object();
    if str::is_str(object) {
        let data = str::encode::utf8_bytes(object)?;
        return pair(bytes::Bytes::new(&data), data.len());
    }
    let buffer = bytes::bytes_like(object)?;
    pair(bytes::Bytes::new(buffer.slice()), buffer.len)
}

fn register_error(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("register_error", args.len(), 2, 2)?;
    text(args[0].object(), "register_error", "argument 1")?;
    registry::register_error(args[0].object(), args[1].object())?;
    let _ = exc::is_exception;
    Ok(none_owned())
}
