//! `str.encode`, and decoding for `str(bytes, ...)` and `bytes.decode`.

use crate::args::Signature;
use crate::codecs;
use crate::error::type_error;
use crate::object::Object;
use crate::refs::{PyResult, Word};
use crate::types::bytes;

use super::{Str, cast, methods::text_argument, new::need_bytes};

/// `(encoding='utf-8', errors='strict')`.
pub fn codec_arguments<'a>(
    signature: &Signature,
    args: &'a [Word],
    kwnames: Option<&'a Object>,
) -> PyResult<(Option<&'a Str>, Option<&'a Str>)> {
    let [encoding, errors] = signature.bind::<2>(args, kwnames)?;
    let text = |place: &str, object: Option<&'a Object>| match object {
        None => Ok(None),
        Some(object) => text_argument(signature.name, place, object).map(Some),
    };
    Ok((text(" 'encoding'", encoding)?, text(" 'errors'", errors)?))
}

pub fn encode(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("encode", &["encoding", "errors"], 0, 0, 2);
    let (encoding, errors) = codec_arguments(&SIGNATURE, args, kwnames)?;
    let encoding = encoding.map_or("utf-8".into(), Str::lossy);
    let errors = errors.map_or("strict".into(), Str::lossy);
    codecs::encode(this, &encoding, &errors)
}

/// `str(object, encoding, errors)` of an object with a buffer.
pub fn decode_object(object: &Object, encoding: Option<&Str>, errors: Option<&Str>) -> PyResult {
    if super::is_str(object) {
        return Err(type_error("decoding str is not supported"));
    }
    let Some(buffer) = object.ty().slots.getbuffer else {
        return Err(need_bytes(object));
    };
    let encoding = encoding.map_or("utf-8".into(), Str::lossy);
    let errors = errors.map_or("strict".into(), Str::lossy);
    let buffer = buffer(object)?;
    crate::state::holding(&buffer.owner, || {
        codecs::decode(bytes::buffer_slice(&buffer), &encoding, &errors)
    })
}

/// The text of a str object in UTF-8; UnicodeEncodeError for surrogates.
pub fn utf8_bytes(object: &Object) -> PyResult<Vec<u8>> {
    match cast(object).to_utf8() {
        Some(text) => Ok(text.into_owned().into_bytes()),
        None => {
            let encoded = codecs::encode(object, "utf-8", "strict")?;
            Ok(bytes::cast(&encoded).bytes().to_vec())
        }
    }
}
