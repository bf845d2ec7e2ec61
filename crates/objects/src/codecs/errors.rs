//! What encoders and decoders do with what they cannot map: the handlers of PEP 293, natively where they are built in.

use crate::error::{index_error, type_error};
use crate::object::Object;
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::state::root;
use crate::types::bytes::{self, Bytes};
use crate::types::str::{self as text, Builder, Chars, Str, cast, is_str, slots};
use crate::types::tuple::Tuple;
use crate::types::{exceptions as exc, int};

/// Stands for what could not be encoded.
pub enum Replacement {
    Bytes(Vec<u8>),
    /// To be encoded in turn.
    Text(Vec<u32>),
}

/// A codec's name and the wide codecs' unit, for `surrogatepass`.
#[derive(Clone, Copy)]
pub struct Codec {
    pub name: &'static str,
    /// Encodes one surrogate; absent where `surrogatepass` is strict.
    pub pass: Option<fn(u32, &mut Vec<u8>)>,
    /// Decodes one surrogate at the start of data: code point and bytes used.
    pub unpass: Option<fn(&[u8]) -> Option<(u32, usize)>>,
}

/// UnicodeEncodeError(encoding, text, start, end, reason), raised.
#[cold]
pub fn encode_error(codec: &str, text: &Object, start: usize, end: usize, reason: &str) -> Raised {
    match make_error(&exc::UNICODE_ENCODE_ERROR, codec, text, start, end, reason) {
        Ok(exception) => raise_made(exception),
        Err(raised) => raised,
    }
}

/// UnicodeDecodeError(encoding, data, start, end, reason), raised.
#[cold]
pub fn decode_error(codec: &str, data: &[u8], start: usize, end: usize, reason: &str) -> Raised {
    let data = Bytes::new(data);
    match make_error(&exc::UNICODE_DECODE_ERROR, codec, &data, start, end, reason) {
        Ok(exception) => raise_made(exception),
        Err(raised) => raised,
    }
}

fn raise_made(exception: Owned) -> Raised {
    exc::set_context(&exception);
    crate::error::restore(exception)
}

fn make_error(
    ty: &crate::Type,
    codec: &str,
    object: &Object,
    start: usize,
    end: usize,
    reason: &str,
) -> PyResult {
    let codec = Str::new(codec);
    let (start, end) = (int::from_usize(start), int::from_usize(end));
    let reason = Str::new(reason);
    let args = [&codec, object, &start, &end, &reason].map(Word::borrowed);
    crate::ops::call::call(ty.as_object(), &args, None)
}

/// Decides over characters `start..end` of `object`: what to put in their place and where to go on.
pub fn on_encode(
    codec: Codec,
    errors: &str,
    object: &Object,
    (start, end): (usize, usize),
    reason: &str,
) -> PyResult<(Replacement, usize)> {
    let part = cast(object).chars().slice(start, end);
    let strict = || Err(encode_error(codec.name, object, start, end, reason));
    let replacement = match errors {
        "strict" => return strict(),
        "ignore" => Replacement::Bytes(Vec::new()),
        "replace" => Replacement::Text(vec![u32::from(b'?'); end - start]),
        "backslashreplace" => Replacement::Text(backslashes(part)),
        "xmlcharrefreplace" => Replacement::Text(
            part.points()
                .flat_map(|p| format!("&#{p};").into_bytes())
                .map(u32::from)
                .collect(),
        ),
        "namereplace" => Replacement::Text(names(part)),
        "surrogateescape" => {
            let mut out = Vec::new();
            for point in part.points() {
                if !(0xDC80..0xDD00).contains(&point) {
                    return strict();
                }
                out.push(point as u8);
            }
            Replacement::Bytes(out)
        }
        "surrogatepass" => {
            let Some(pass) = codec.pass else {
                return strict();
            };
            let mut out = Vec::new();
            for point in part.points() {
                if !(0xD800..0xE000).contains(&point) {
                    return strict();
                }
                pass(point, &mut out);
            }
            Replacement::Bytes(out)
        }
        _ => return custom_encode(codec, errors, object, (start, end), reason),
    };
    Ok((replacement, end))
}

fn ascii_points(out: Builder) -> Vec<u32> {
    match out.finish() {
        Ok(object) => cast(&object).chars().points().collect(),
        Err(_) => Vec::new(),
    }
}

fn backslashes(part: Chars<'_>) -> Vec<u32> {
    let mut out = Builder::new();
    part.points().for_each(|p| slots::push_escape(&mut out, p));
    ascii_points(out)
}

fn names(part: Chars<'_>) -> Vec<u32> {
    let mut out = Builder::new();
    for point in part.points() {
        match char::from_u32(point).and_then(unicode_names2::name) {
            Some(name) => out.push_str(&format!("\\N{{{name}}}")),
            None => slots::push_escape(&mut out, point),
        }
    }
    ascii_points(out)
}

/// Calls a registered handler; gives its replacement object and the place to go on, within `0..=len`.
fn call_handler(
    errors: &str,
    exception: Owned,
    wants: &str,
    len: usize,
) -> PyResult<(Owned, usize)> {
    let handler = super::handler(errors)?;
    let handler = root("codec error handler", handler);
    let exception = root("exception for the error handler", exception);
    let result = crate::ops::call::call(&handler, &[Word::borrowed(&exception)], None)?;
    let wrong = || {
        type_error(format!(
            "{wants} must return (str{}, int) tuple",
            if wants.starts_with('e') { "/bytes" } else { "" }
        ))
    };
    let Some(pair) = result.downcast::<Tuple>().filter(|t| t.len() == 2) else {
        return Err(wrong());
    };
    let (value, place) = (&pair.items()[0], &pair.items()[1]);
    if !int::is_int(place) || !(is_str(value) || (wants.starts_with('e') && bytes::is_bytes(value)))
    {
        return Err(wrong());
    }
    let place = int::as_isize(place)?;
    let at = if place < 0 {
        place + len as isize
    } else {
        place
    };
    if at < 0 || at > len as isize {
        return Err(index_error(format!(
            "position {place} from error handler out of bounds"
        )));
    }
    Ok((value.clone(), at as usize))
}

fn custom_encode(
    codec: Codec,
    errors: &str,
    object: &Object,
    (start, end): (usize, usize),
    reason: &str,
) -> PyResult<(Replacement, usize)> {
    let exception = make_error(
        &exc::UNICODE_ENCODE_ERROR,
        codec.name,
        object,
        start,
        end,
        reason,
    )?;
    let len = cast(object).len();
    let (value, at) = call_handler(errors, exception, "encoding error handler", len)?;
    let replacement = if bytes::is_bytes(&value) {
        Replacement::Bytes(bytes::cast(&value).bytes().to_vec())
    } else {
        Replacement::Text(cast(&value).chars().points().collect())
    };
    Ok((replacement, at))
}

/// Decides over bytes `start..end`: appends what stands for them and says where to go on.
pub fn on_decode(
    codec: Codec,
    errors: &str,
    data: &[u8],
    (start, end): (usize, usize),
    reason: &str,
    out: &mut Builder,
) -> PyResult<usize> {
    let strict = || Err(decode_error(codec.name, data, start, end, reason));
    match errors {
        "strict" => return strict(),
        "ignore" => {}
        "replace" => out.push(0xFFFD),
        "backslashreplace" => {
            for byte in &data[start..end] {
                out.push_str(&format!("\\x{byte:02x}"));
            }
        }
        "surrogateescape" => {
            let count = data[start..end].iter().take_while(|b| **b >= 0x80).count();
            if count == 0 {
                return strict();
            }
            for byte in &data[start..start + count] {
                out.push(0xDC00 + u32::from(*byte));
            }
            return Ok(start + count);
        }
        "surrogatepass" => {
            return match codec.unpass.and_then(|unpass| unpass(&data[start..])) {
                Some((point, used)) => {
                    out.push(point);
                    Ok(start + used)
                }
                None => strict(),
            };
        }
        _ => {
            let object = Bytes::new(data);
            let exception = make_error(
                &exc::UNICODE_DECODE_ERROR,
                codec.name,
                &object,
                start,
                end,
                reason,
            )?;
            drop(object);
            let (value, at) =
                call_handler(errors, exception, "decoding error handler", data.len())?;
            out.push_object(text::cast(&value));
            return Ok(at);
        }
    }
    Ok(end)
}
