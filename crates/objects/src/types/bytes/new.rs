//! `bytes(...)`.

use crate::args::Signature;
use crate::error::{memory_error, type_error, value_error};
use crate::object::Object;
use crate::ops::number;
use crate::refs::PyResult;
use crate::typeobject::Type;
use crate::types::exceptions::{OVERFLOW_ERROR, TYPE_ERROR};
use crate::types::str::{self, methods::not_str};

use super::{BYTES, Bytes, cast, empty, from_object};

static SIGNATURE: Signature = Signature::new("bytes", &["source", "encoding", "errors"], 0, 0, 3);

/// `source` is a str to be encoded: its bytes. `None` if it is none; errors where an encoding has nothing to encode.
pub fn encoded_source(
    function: &str,
    source: Option<&Object>,
    encoding: Option<&Object>,
    errors: Option<&Object>,
) -> PyResult<Option<crate::Owned>> {
    for (name, given) in [(" 'encoding'", encoding), (" 'errors'", errors)] {
        if let Some(given) = given.filter(|g| !str::is_str(g)) {
            return Err(not_str(function, name, given));
        }
    }
    let text = source.filter(|s| str::is_str(s));
    match (text, encoding, errors) {
        (Some(text), Some(encoding), _) => {
            let errors = errors.map_or("strict".into(), |e| str::cast(e).lossy());
            let encoding = str::cast(encoding).lossy();
            crate::codecs::encode(text, &encoding, &errors).map(Some)
        }
        (Some(_), None, _) => Err(type_error("string argument without an encoding")),
        (None, Some(_), _) => Err(type_error("encoding without a string argument")),
        (None, None, Some(_)) => Err(type_error("errors without a string argument")),
        (None, None, None) => Ok(None),
    }
}

/// The count that an int argument asks for; `None` if it is to be taken otherwise.
pub fn count_argument(source: &Object) -> PyResult<Option<usize>> {
    if !number::is_index(source) {
        return Ok(None);
    }
    match number::index_isize(source, Some(&OVERFLOW_ERROR)) {
        Ok(count) => usize::try_from(count)
            .map(Some)
            .map_err(|_| value_error("negative count")),
        Err(raised) if !crate::error::matches(&TYPE_ERROR) => Err(raised),
        Err(_) => {
            crate::error::clear();
            Ok(None)
        }
    }
}

fn make(source: Option<&Object>, encoding: Option<&Object>, errors: Option<&Object>) -> PyResult {
    if let Some(made) = encoded_source("bytes", source, encoding, errors)? {
        return Ok(made);
    }
    let Some(source) = source else {
        return Ok(empty());
    };
    let special = crate::ops::attribute::type_lookup(source.ty(), &crate::names().__bytes__);
    let has_special = special.is_some();
    drop(special);
    if !has_special && let Some(count) = count_argument(source)? {
        if count == 0 {
            return Ok(empty());
        }
        let object = Bytes::allocate(count)?;
        // SAFETY: fresh, with room for `count` bytes.
        unsafe { cast(&object).data().write_bytes(0, count) };
        return Ok(object);
    }
    from_object(source)
}

pub fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let [source, encoding, errors] = SIGNATURE.bind_tuple::<3>(args, kwargs)?;
    let made = make(source, encoding, errors)?;
    if std::ptr::eq(ty, &BYTES) {
        return Ok(made);
    }
    let data = cast(&made).bytes();
    let object = crate::types::r#type::generic_alloc(ty, data.len())?;
    // SAFETY: a fresh instance with room for the data and a zero (basicsize counts one more byte).
    unsafe {
        let this = &*object.as_ptr().cast::<Bytes>();
        this.var.size.set(data.len() as isize);
        this.hash.set(-1);
        std::ptr::copy_nonoverlapping(data.as_ptr(), this.data(), data.len());
        this.data().add(data.len()).write(0);
    }
    Ok(object)
}

/// MemoryError for data that cannot be allocated.
pub fn reserve(data: &mut Vec<u8>, count: usize) -> PyResult<()> {
    data.try_reserve_exact(count).map_err(|_| memory_error())
}
