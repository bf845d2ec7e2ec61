//! Universal newlines: the translation itself, and `_io.IncrementalNewlineDecoder` (Modules/_io/textio.c).

use std::cell::Cell;

use terrarium_objects::args::Signature;
use terrarium_objects::field::Field;
use terrarium_objects::object::{Layout, Object};
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, Slots, Type, flags};
use terrarium_objects::types::bytes::Bytes;
use terrarium_objects::types::str::{self, Chars, Str};
use terrarium_objects::types::{int, none, tuple, r#type};
use terrarium_objects::visit::Visit;
use terrarium_objects::{Owned, PyResult, Word, error, gc, none_owned, ops, root};

use super::common::{call, given};

/// Kinds of line ends seen.
pub const SEEN_CR: u8 = 1;
pub const SEEN_LF: u8 = 2;
pub const SEEN_CRLF: u8 = 4;

/// What a translation remembers between pieces of text.
#[derive(Default)]
pub struct Newlines {
    pub translate: Cell<bool>,
    pub pending_cr: Cell<bool>,
    pub seen: Cell<u8>,
}

impl Newlines {
    /// Takes a piece of text in: a `\r` at its end waits for what follows, kinds of line ends are noted, and translated if asked for.
    pub fn feed(&self, text: Owned, last: bool) -> PyResult {
        let plain = !self.pending_cr.get() && !str::cast(&text).chars().points().any(|p| p == 13);
        if plain {
            if self.seen.get() & SEEN_LF == 0 && str::cast(&text).chars().points().any(|p| p == 10)
            {
                self.seen.set(self.seen.get() | SEEN_LF);
            }
            return Ok(text);
        }
        let mut points: Vec<u32> = Vec::with_capacity(str::cast(&text).len() + 1);
        if self.pending_cr.get() && (last || !str::cast(&text).is_empty()) {
            points.push(13);
            self.pending_cr.set(false);
        }
        points.extend(str::cast(&text).chars().points());
        if !last && points.last() == Some(&13) {
            points.pop();
            self.pending_cr.set(true);
        }
        let mut seen = self.seen.get();
        let mut out = Vec::with_capacity(points.len());
        let mut rest = points.iter().peekable();
        while let Some(&point) = rest.next() {
            match point {
                10 => {
                    seen |= SEEN_LF;
                    out.push(10);
                }
                13 if rest.next_if(|p| **p == 10).is_some() => {
                    seen |= SEEN_CRLF;
                    out.extend_from_slice(if self.translate.get() {
                        &[10]
                    } else {
                        &[13, 10]
                    });
                }
                13 => {
                    seen |= SEEN_CR;
                    out.push(if self.translate.get() { 10 } else { 13 });
                }
                other => out.push(other),
            }
        }
        self.seen.set(seen);
        Ok(Str::from_code_points(&out))
    }

    pub fn reset(&self) {
        self.seen.set(0);
        self.pending_cr.set(false);
    }

    /// The attribute `newlines`.
    pub fn seen_object(&self) -> Owned {
        let kinds: Vec<Owned> = [(SEEN_CR, "\r"), (SEEN_LF, "\n"), (SEEN_CRLF, "\r\n")]
            .iter()
            .filter(|(bit, _)| self.seen.get() & bit != 0)
            .map(|(_, text)| Str::new(text))
            .collect();
        match kinds.len() {
            0 => none_owned(),
            1 => kinds.into_iter().next().unwrap_or_else(none_owned),
            _ => tuple::from_owned(kinds),
        }
    }
}

/// The line end that a search looks for.
#[derive(Clone, Copy)]
pub enum LineEnd<'a> {
    /// `\n`, `\r` and `\r\n` alike.
    Universal,
    Exactly(&'a std::primitive::str),
}

/// The index behind the first line end from `from` on.
pub fn find_line_end(text: Chars<'_>, from: usize, end: LineEnd<'_>) -> Option<usize> {
    match (end, text) {
        (LineEnd::Exactly("\n"), Chars::One(bytes)) => {
            let rest = &bytes[from..];
            // SAFETY: a live slice.
            let found = unsafe { libc::memchr(rest.as_ptr().cast(), 10, rest.len()) };
            (!found.is_null()).then(|| found as usize - bytes.as_ptr() as usize + 1)
        }
        (LineEnd::Universal, _) => {
            let at = (from..text.len()).find(|i| matches!(text.get(*i), Some(10 | 13)))?;
            let double = text.get(at) == Some(13) && text.get(at + 1) == Some(10);
            Some(at + 1 + usize::from(double))
        }
        (LineEnd::Exactly(wanted), _) => {
            let wanted: Vec<u32> = wanted.chars().map(u32::from).collect();
            (from..(text.len() + 1).saturating_sub(wanted.len()))
                .find(|i| (0..wanted.len()).all(|k| text.get(i + k) == Some(wanted[k])))
                .map(|i| i + wanted.len())
        }
    }
}

/// CPython's `nldecoder_object`.
#[repr(C)]
pub struct NewlineDecoder {
    object: Object,
    decoder: Field,
    errors: Field,
    state: Newlines,
    ready: Cell<bool>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for NewlineDecoder {
    fn type_object() -> &'static Type {
        &NEWLINE_DECODER
    }
}

pub static NEWLINE_DECODER: Type = Type::builtin(
    "_io.IncrementalNewlineDecoder",
    size_of::<NewlineDecoder>(),
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
.with_methods(&[
    MethodDef::new("decode", Native::FastKeywords(decode), ""),
    MethodDef::new("getstate", Native::NoArgs(getstate), ""),
    MethodDef::new("setstate", Native::O(setstate), ""),
    MethodDef::new("reset", Native::NoArgs(reset), ""),
])
.with_getset(&[GetSetDef::read(
    "newlines",
    |o| Ok(ready(o)?.state.seen_object()),
    "",
)]);

fn of(object: &Object) -> &NewlineDecoder {
    // SAFETY: called for instances of this type.
    unsafe { object.cast() }
}

fn ready(object: &Object) -> PyResult<&NewlineDecoder> {
    let this = of(object);
    if this.ready.get() {
        return Ok(this);
    }
    Err(error::value_error(
        "IncrementalNewlineDecoder.__init__() not called",
    ))
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying instance.
    unsafe {
        gc::untrack(&*object);
        clear(&*object);
        r#type::free(object);
    }
}

fn clear(object: &Object) {
    of(object).decoder.clear();
    of(object).errors.clear();
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    of(object).decoder.visit("decoder", visit);
    of(object).errors.visit("errors", visit);
}

static INIT: Signature = Signature::new(
    "IncrementalNewlineDecoder",
    &["decoder", "translate", "errors"],
    0,
    2,
    3,
);

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let [decoder, translate, errors] = INIT.bind_tuple::<3>(args, kwargs)?;
    let translate = ops::compare::is_true(translate.expect("required"))?;
    let this = of(object);
    this.errors
        .set(Some(errors.map_or_else(|| Str::new("strict"), Owned::new)));
    this.decoder.set_ref(decoder);
    this.state.translate.set(translate);
    this.state.reset();
    this.ready.set(true);
    Ok(())
}

/// The text that the decoder below makes, which may be none.
fn decode(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("decode", &["input", "final"], 0, 1, 2);
    let [input, last] = SIGNATURE.bind::<2>(args, kwnames)?;
    let last = last.map_or(Ok(false), ops::compare::is_true)?;
    feed(object, input.expect("required"), last)
}

/// `decoder.decode(input, last)`.
pub fn feed(object: &Object, input: &Object, last: bool) -> PyResult {
    let this = ready(object)?;
    let text = match given(this.decoder.get()) {
        None => Owned::new(input),
        Some(decoder) => {
            let decoder = root("decoder", Owned::new(decoder));
            let flag = terrarium_objects::types::bool::from_bool(last);
            call(&decoder, "decode", [input, flag])?
        }
    };
    if !str::is_str(&text) {
        return Err(error::type_error(format!(
            "decoder should return a string result, not '{}'",
            text.ty().full_name()
        )));
    }
    this.state.feed(text, last)
}

fn getstate(object: &Object) -> PyResult {
    let this = ready(object)?;
    let (buffer, flag) = match given(this.decoder.get()) {
        None => (Bytes::new(&[]), 0),
        Some(decoder) => {
            let decoder = root("decoder", Owned::new(decoder));
            split_state(&*call(&decoder, "getstate", [])?)?
        }
    };
    let flag = flag << 1 | u64::from(this.state.pending_cr.get());
    Ok(tuple::from_array([buffer, int::from_u64(flag)]))
}

/// A decoder's state: the bytes it holds back and its flags.
pub fn split_state(state: &Object) -> PyResult<(Owned, u64)> {
    let items = state
        .downcast::<tuple::Tuple>()
        .map(|t| t.items().to_vec())
        .filter(|items| items.len() == 2);
    let Some(items) = items else {
        return Err(error::type_error("illegal decoder state"));
    };
    let Some(flag) = int::is_int(&items[1])
        .then(|| int::as_i64(&items[1]))
        .flatten()
    else {
        return Err(error::type_error("illegal decoder state"));
    };
    Ok((items[0].clone(), flag as u64))
}

fn setstate(object: &Object, state: &Object) -> PyResult {
    let this = ready(object)?;
    if state.downcast::<tuple::Tuple>().is_none() {
        return Err(error::type_error("state argument must be a tuple"));
    }
    let (buffer, flag) = split_state(state)?;
    this.state.pending_cr.set(flag & 1 != 0);
    if let Some(decoder) = given(this.decoder.get()) {
        let decoder = root("decoder", Owned::new(decoder));
        let below = root(
            "decoder state",
            tuple::from_array([buffer, int::from_u64(flag >> 1)]),
        );
        return call(&decoder, "setstate", [&below]);
    }
    Ok(none_owned())
}

fn reset(object: &Object) -> PyResult {
    let this = ready(object)?;
    this.state.reset();
    match given(this.decoder.get()) {
        Some(decoder) => {
            let decoder = root("decoder", Owned::new(decoder));
            call(&decoder, "reset", [])
        }
        None => Ok(none_owned()),
    }
}

/// How a `newline` argument is to be treated.
pub struct NewlineMode {
    /// `None` was given: everything reads as `\n`.
    pub translate: bool,
    /// All line ends end a line.
    pub universal: bool,
    pub read: Option<&'static std::primitive::str>,
}

/// The meaning of a `newline` argument; errors of type and value.
pub fn parse_newline(
    newline: Option<&Object>,
    typed: &std::primitive::str,
) -> PyResult<NewlineMode> {
    let Some(newline) = given(newline) else {
        return Ok(NewlineMode {
            translate: true,
            universal: true,
            read: None,
        });
    };
    let Some(text) = newline.downcast::<Str>() else {
        return Err(error::type_error(format!(
            "{typed} must be str or None, not {}",
            newline.ty().full_name()
        )));
    };
    let read = match text.lossy().as_ref() {
        "" => None,
        "\n" => Some("\n"),
        "\r" => Some("\r"),
        "\r\n" => Some("\r\n"),
        _ => {
            return Err(error::value_error(format!(
                "illegal newline value: {}",
                super::common::repr(newline)
            )));
        }
    };
    let _ = none::none();
    Ok(NewlineMode {
        translate: false,
        universal: read.is_none(),
        read,
    })
}
