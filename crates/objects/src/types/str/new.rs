//! `str(object)`, `str(bytes, encoding, errors)`, and instances of subclasses.

use crate::alloc;
use crate::args::{Signature, check_positional, tuple_len};
use crate::error::type_error;
use crate::object::Object;
use crate::refs::{PyResult, Word};
use crate::typeobject::Type;

use super::{COMPACT_HEADER, STR, Str, cast, empty, encode, is_str, methods::not_str, state};

static SIGNATURE: Signature = Signature::new("str", &["object", "encoding", "errors"], 0, 0, 3);

fn make(object: Option<&Object>, encoding: Option<&Object>, errors: Option<&Object>) -> PyResult {
    for (name, given) in [(" 'encoding'", encoding), (" 'errors'", errors)] {
        if let Some(given) = given.filter(|g| !is_str(g)) {
            return Err(not_str("str", name, given));
        }
    }
    match object {
        None => Ok(empty()),
        Some(object) if encoding.is_none() && errors.is_none() => crate::ops::text::str(object),
        Some(object) => encode::decode_object(object, encoding.map(cast), errors.map(cast)),
    }
}

pub fn vectorcall(class: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    debug_assert!(class.is(STR.as_object()));
    if kwnames.is_none_or(|names| tuple_len(names) == 0) {
        check_positional("str", args.len(), 0, 3)?;
        let get = |i: usize| args.get(i).map(|w| w.object());
        return make(get(0), get(1), get(2));
    }
    let [object, encoding, errors] = SIGNATURE.bind::<3>(args, kwnames)?;
    make(object, encoding, errors)
}

pub fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let [object, encoding, errors] = SIGNATURE.bind_tuple::<3>(args, kwargs)?;
    let text = make(object, encoding, errors)?;
    if std::ptr::eq(ty, &STR) {
        return Ok(text);
    }
    instance(ty, cast(&text))
}

/// An instance of a subclass: its characters lie in a block of their own.
fn instance(ty: &Type, text: &Str) -> PyResult {
    let object = crate::types::r#type::generic_alloc(ty, 0)?;
    let (kind, len) = (text.kind(), text.len());
    // SAFETY: a fresh instance; the block has room for the characters and a zero.
    unsafe {
        let this = &*object.as_ptr().cast::<Str>();
        this.length.set(len as isize);
        this.hash.set(text.hash.get());
        let ascii = text.state.get() & state::ASCII;
        this.state.set((kind as u32) << state::KIND_SHIFT | ascii);
        let block = alloc::raw((len + 1) * kind);
        let place = object.as_ptr().cast::<u8>().add(COMPACT_HEADER);
        place.cast::<*mut u8>().write(block);
        if block.is_null() {
            this.length.set(-1);
            return Err(crate::error::memory_error());
        }
        std::ptr::copy_nonoverlapping(text.data(), block, len * kind);
        block.add(len * kind).write_bytes(0, kind);
    }
    Ok(object)
}

/// The error of `str(x, encoding)` for an `x` without bytes.
#[cold]
pub fn need_bytes(object: &Object) -> crate::Raised {
    type_error(format!(
        "decoding to str: need a bytes-like object, {} found",
        object.ty().full_name()
    ))
}
