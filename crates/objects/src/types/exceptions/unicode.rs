//! `UnicodeEncodeError`, `UnicodeDecodeError`, `UnicodeTranslateError`.

use std::cell::Cell;

use crate::args::{tuple_item, tuple_len};
use crate::error::type_error;
use crate::field::Field;
use crate::gc;
use crate::object::Object;
use crate::ops::{number, text};
use crate::refs::{Owned, PyResult};
use crate::typeobject::*;
use crate::types::str::{self, Str};
use crate::types::r#type;
use crate::visit::Visit;

use super::{BASE_SIZE, BaseException, FLAGS, OVERFLOW_ERROR, UNICODE_ERROR, base};

/// `PyUnicodeErrorObject`.
#[repr(C)]
pub struct UnicodeError {
    pub base: BaseException,
    pub encoding: Field,
    pub subject: Field,
    pub start: Cell<isize>,
    pub end: Cell<isize>,
    pub reason: Field,
}

const MEMBERS: &[MemberDef] = &[
    MemberDef::new(
        "encoding",
        MemberKind::Object,
        std::mem::offset_of!(UnicodeError, encoding),
    )
    .writable(),
    MemberDef::new(
        "object",
        MemberKind::Object,
        std::mem::offset_of!(UnicodeError, subject),
    )
    .writable(),
    MemberDef::new(
        "start",
        MemberKind::Ssize,
        std::mem::offset_of!(UnicodeError, start),
    )
    .writable(),
    MemberDef::new(
        "end",
        MemberKind::Ssize,
        std::mem::offset_of!(UnicodeError, end),
    )
    .writable(),
    MemberDef::new(
        "reason",
        MemberKind::Object,
        std::mem::offset_of!(UnicodeError, reason),
    )
    .writable(),
];

const fn unicode_type(name: &'static str, init: InitFn, to_str: UnaryFn) -> Type {
    Type::builtin(
        name,
        BASE_SIZE + 40,
        Slots {
            dealloc,
            visit,
            clear: Some(clear),
            str: Some(to_str),
            init: Some(init),
            new: Some(base::new),
            ..Slots::NONE
        },
    )
    .with_flags(FLAGS)
    .with_base(&raw const UNICODE_ERROR)
    .with_dictoffset(16)
    .with_members(MEMBERS)
}

pub static UNICODE_ENCODE_ERROR: Type = unicode_type("UnicodeEncodeError", encode_init, encode_str);
pub static UNICODE_DECODE_ERROR: Type = unicode_type("UnicodeDecodeError", decode_init, decode_str);
pub static UNICODE_TRANSLATE_ERROR: Type =
    unicode_type("UnicodeTranslateError", translate_init, translate_str);

/// The body of one of the three.
pub fn fields(object: &Object) -> &UnicodeError {
    // SAFETY: callers pass instances of the three types, which share the layout.
    unsafe { &*object.as_ptr().cast::<UnicodeError>() }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        clear(&*object);
        r#type::free(object);
    }
}

fn clear(object: &Object) {
    let this = fields(object);
    this.encoding.clear();
    this.subject.clear();
    this.reason.clear();
    base::clear::<0>(object);
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = fields(object);
    this.encoding.visit("encoding", visit);
    this.subject.visit("object", visit);
    this.reason.visit("reason", visit);
    // SAFETY: an exception.
    unsafe { base::visit::<0>(object, visit) }
}

fn check_count(args: &Object, wanted: usize) -> PyResult<()> {
    let given = tuple_len(args);
    if given == wanted {
        return Ok(());
    }
    Err(type_error(format!(
        "function takes exactly {wanted} arguments ({given} given)"
    )))
}

fn text_at(args: &Object, index: usize) -> PyResult<&Object> {
    let item = tuple_item(args, index);
    if str::is_str(item) {
        return Ok(item);
    }
    Err(type_error(format!(
        "argument {} must be str, not {}",
        index + 1,
        item.ty().full_name()
    )))
}

fn fill(
    object: &Object,
    encoding: Option<&Object>,
    subject: &Object,
    range: [&Object; 2],
    reason: &Object,
) -> PyResult<()> {
    let this = fields(object);
    let [start, end] = range;
    let start = number::index_isize(start, Some(&OVERFLOW_ERROR))?;
    let end = number::index_isize(end, Some(&OVERFLOW_ERROR))?;
    this.start.set(start);
    this.end.set(end);
    this.encoding.set_ref(encoding);
    this.subject.set_ref(Some(subject));
    this.reason.set_ref(Some(reason));
    Ok(())
}

fn encode_init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    base::init(object, args, kwargs)?;
    check_count(args, 5)?;
    let (encoding, subject) = (text_at(args, 0)?, text_at(args, 1)?);
    let range = [tuple_item(args, 2), tuple_item(args, 3)];
    fill(object, Some(encoding), subject, range, text_at(args, 4)?)
}

fn decode_init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    base::init(object, args, kwargs)?;
    check_count(args, 5)?;
    let encoding = text_at(args, 0)?;
    let subject = tuple_item(args, 1);
    if subject.ty().slots.getbuffer.is_none() && !subject.ty().has(flags::BYTES_SUBCLASS) {
        return Err(type_error(format!(
            "a bytes-like object is required, not '{}'",
            subject.ty().full_name()
        )));
    }
    let range = [tuple_item(args, 2), tuple_item(args, 3)];
    fill(object, Some(encoding), subject, range, text_at(args, 4)?)
}

fn translate_init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    base::init(object, args, kwargs)?;
    check_count(args, 4)?;
    let subject = text_at(args, 0)?;
    let range = [tuple_item(args, 1), tuple_item(args, 2)];
    fill(object, None, subject, range, text_at(args, 3)?)
}

fn escaped(point: u32) -> String {
    match point {
        0..=0xFF => format!("\\x{point:02x}"),
        0x100..=0xFFFF => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    }
}

fn shown(field: &Field) -> PyResult<String> {
    Ok(text::lossy(&*text::str(&field.or_none())?))
}

/// The only code point of the range, if it is one.
fn single_point(this: &UnicodeError) -> Option<u32> {
    let subject = this.subject.get().filter(|s| str::is_str(s))?;
    let len = str::cast(subject).len() as isize;
    let (start, end) = (this.start.get(), this.end.get());
    (start >= 0 && start < len && end == start + 1)
        .then(|| str::cast(subject).char_at(start as usize))
}

fn encode_str(object: &Object) -> PyResult {
    let this = fields(object);
    if this.subject.is_empty() {
        return Ok(Str::new(""));
    }
    let (encoding, reason) = (shown(&this.encoding)?, shown(&this.reason)?);
    let (start, last) = (this.start.get(), this.end.get() - 1);
    Ok(Str::new(&match single_point(this) {
        Some(point) => format!(
            "'{encoding}' codec can't encode character '{}' in position {start}: {reason}",
            escaped(point)
        ),
        None => format!(
            "'{encoding}' codec can't encode characters in position {start}-{last}: {reason}"
        ),
    }))
}

fn decode_str(object: &Object) -> PyResult {
    let this = fields(object);
    let Some(subject) = this.subject.owned() else {
        return Ok(Str::new(""));
    };
    let (encoding, reason) = (shown(&this.encoding)?, shown(&this.reason)?);
    let (start, end) = (this.start.get(), this.end.get());
    let mut byte = None;
    if let Some(getbuffer) = subject.ty().slots.getbuffer
        && start >= 0
        && end == start + 1
    {
        let buffer = getbuffer(&subject)?;
        if (start as usize) < buffer.len {
            // SAFETY: the buffer has that many bytes.
            byte = Some(unsafe { *buffer.data.add(start as usize) });
        }
    }
    Ok(Str::new(&match byte {
        Some(byte) => format!(
            "'{encoding}' codec can't decode byte 0x{byte:02x} in position {start}: {reason}"
        ),
        None => format!(
            "'{encoding}' codec can't decode bytes in position {start}-{}: {reason}",
            end - 1
        ),
    }))
}

fn translate_str(object: &Object) -> PyResult {
    let this = fields(object);
    if this.subject.is_empty() {
        return Ok(Str::new(""));
    }
    let reason = shown(&this.reason)?;
    let (start, last) = (this.start.get(), this.end.get() - 1);
    Ok(Str::new(&match single_point(this) {
        Some(point) => format!(
            "can't translate character '{}' in position {start}: {reason}",
            escaped(point)
        ),
        None => format!("can't translate characters in position {start}-{last}: {reason}"),
    }))
}

/// Raises an encode or decode error: the encoding, what was converted, where, and why.
#[cold]
pub fn raise_unicode(
    ty: &Type,
    encoding: &str,
    subject: &Object,
    start: usize,
    end: usize,
    reason: &str,
) -> crate::Raised {
    let args = [
        Str::new(encoding),
        Owned::new(subject),
        crate::types::int::from_usize(start),
        crate::types::int::from_usize(end),
        Str::new(reason),
    ];
    let words: Vec<crate::Word> = args.iter().map(|a| crate::Word::borrowed(a)).collect();
    match crate::ops::call::call(ty.as_object(), &words, None) {
        Ok(exception) => {
            super::set_context(&exception);
            crate::error::restore(exception)
        }
        Err(raised) => raised,
    }
}
