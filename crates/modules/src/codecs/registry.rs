//! The codec registry (Python/codecs.c): search functions, the cache of what they found, error handlers by name.

use terrarium_objects::codecs::{Registry, set_registry};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{
    builtin_function, bytes, dict, exceptions as exc, list, none, tuple,
};
use terrarium_objects::{Object, Owned, PyResult, Word, error, hooks, ops, root, state, words};

use super::handlers;

const PATH: &str = "codec search functions";
const CACHE: &str = "codec cache";
const HANDLERS: &str = "codec error handlers";

/// Lets the object core ask here for what it cannot do itself.
pub fn install() {
    set_registry(Registry {
        encode: encode_text,
        decode: decode_text,
        error_handler,
    });
}

fn kept(name: &'static str, make: fn() -> Owned) -> Owned {
    if let Some(found) = state::get().kept(name) {
        return Owned::new(found);
    }
    let made = make();
    state::get().keep(name, made.clone());
    made
}

fn path() -> Owned {
    kept(PATH, list::new)
}

fn cache() -> Owned {
    kept(CACHE, dict::new)
}

fn error_handlers() -> Owned {
    kept(HANDLERS, || {
        let made = dict::new();
        for def in &handlers::HANDLERS {
            let function = builtin_function::new(def, None, None);
            let name = def.name.strip_suffix("_errors").unwrap_or(def.name);
            dict::set_str(&made, name, &function);
        }
        made
    })
}

fn check_callable(object: &Object) -> PyResult<()> {
    if object.ty().slots.call.is_none() {
        return Err(error::type_error("argument must be callable"));
    }
    Ok(())
}

pub fn register(search: &Object) -> PyResult<()> {
    check_callable(search)?;
    list::append(&path(), search);
    Ok(())
}

pub fn unregister(search: &Object) -> PyResult<()> {
    let functions = path();
    // SAFETY: made here as a list.
    let items = unsafe { functions.cast::<list::List>() };
    let at = (0..items.len()).find(|i| items.item(*i).is_some_and(|f| f.is(search)));
    if let Some(at) = at {
        dict::clear(&cache());
        ops::sequence::set_index(&functions, at as isize, None)?;
    }
    Ok(())
}

/// Lower case, with one `_` for each run of what is neither a letter, a digit nor a point.
fn normalize(encoding: &str) -> String {
    let mut out = String::new();
    let mut gap = false;
    for c in encoding.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// The codec of a name: what the first search function that knows it gave.
pub fn lookup(encoding: &str) -> PyResult {
    let key = root("codec name", Str::new(&normalize(encoding)));
    let found = dict::get(&cache(), &key)?;
    if let Some(found) = found {
        return Ok(found);
    }
    start_encodings()?;
    let functions = root("codec search functions", path());
    // SAFETY: made here as a list.
    let items = unsafe { functions.cast::<list::List>() };
    let mut at = 0;
    while let Some(search) = items.item(at).map(Owned::new) {
        at += 1;
        let search = root("codec search function", search);
        let found = ops::call::call(&search, &words([&key]), None)?;
        if found.is(none::none()) {
            continue;
        }
        if found
            .downcast::<tuple::Tuple>()
            .is_none_or(|t| t.len() != 4)
        {
            return Err(error::type_error(
                "codec search functions must return 4-tuples",
            ));
        }
        dict::set(&cache(), &key, &found)?;
        return Ok(found);
    }
    Err(error::lookup_error(format!("unknown encoding: {encoding}")))
}

/// The package `encodings` brings the standard search function; it is imported when the first codec is asked for.
fn start_encodings() -> PyResult<()> {
    const STARTED: &str = "codecs started";
    if state::get().kept(STARTED).is_some() {
        return Ok(());
    }
    state::get().keep(STARTED, Owned::new(none::none()));
    let imported = hooks::import("encodings");
    if imported.is_err() {
        state::get().forget(STARTED);
    }
    imported.map(drop)
}

fn part(codec: &Object, index: usize) -> Owned {
    codec
        .downcast::<tuple::Tuple>()
        .map_or_else(terrarium_objects::none_owned, |t| t.items()[index].clone())
}

/// Calls a codec's function with object and errors; the first item of what it gives.
fn apply(
    codec: &Object,
    index: usize,
    object: &Object,
    encoding: &str,
    errors: Option<&str>,
) -> PyResult {
    let (verb, role) = if index == 0 {
        ("encoding", "encoder")
    } else {
        ("decoding", "decoder")
    };
    let function = root("codec function", part(codec, index));
    let errors = errors.map(|e| root("errors", Str::new(e)));
    let mut args = vec![Word::borrowed(object)];
    args.extend(errors.as_ref().map(|e| Word::borrowed(e)));
    let result = ops::call::call(&function, &args, None);
    let result = match result {
        Ok(result) => result,
        Err(raised) => {
            exc::add_note_to_current(|| Ok(format!("{verb} with '{encoding}' codec failed")));
            return Err(raised);
        }
    };
    match result.downcast::<tuple::Tuple>().filter(|t| t.len() == 2) {
        Some(pair) => Ok(pair.items()[0].clone()),
        None => Err(error::type_error(format!(
            "{role} must return a tuple (object, integer)"
        ))),
    }
}

/// `codecs.encode`.
pub fn encode(object: &Object, encoding: &str, errors: Option<&str>) -> PyResult {
    let codec = root("codec", lookup(encoding)?);
    apply(&codec, 0, object, encoding, errors)
}

/// `codecs.decode`.
pub fn decode(object: &Object, encoding: &str, errors: Option<&str>) -> PyResult {
    let codec = root("codec", lookup(encoding)?);
    apply(&codec, 1, object, encoding, errors)
}

fn text_codec(encoding: &str, instead: &str) -> PyResult {
    let codec = root("codec", lookup(encoding)?);
    if !codec.is_exact(&tuple::TUPLE)
        && let Some(is_text) =
            ops::attribute::get_optional(&codec, &terrarium_objects::names()._is_text_encoding)?
        && !ops::compare::is_true(&is_text)?
    {
        return Err(error::lookup_error(format!(
            "'{encoding}' is not a text encoding; use {instead} to handle arbitrary codecs"
        )));
    }
    Ok(codec.take())
}

fn encode_text(text: &Object, encoding: &str, errors: &str) -> PyResult {
    let codec = root("codec", text_codec(encoding, "codecs.encode()")?);
    let made = apply(&codec, 0, text, encoding, Some(errors))?;
    if bytes::is_bytes(&made) {
        return Ok(made);
    }
    if terrarium_objects::types::bytearray::is_bytearray(&made) {
        let data = terrarium_objects::types::bytearray::cast(&made);
        return Ok(bytes::Bytes::new(data.bytes()));
    }
    Err(error::type_error(format!(
        "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        made.ty().full_name()
    )))
}

fn decode_text(data: &Object, encoding: &str, errors: &str) -> PyResult {
    let codec = root("codec", text_codec(encoding, "codecs.decode()")?);
    let made = apply(&codec, 1, data, encoding, Some(errors))?;
    if terrarium_objects::types::str::is_str(&made) {
        return Ok(made);
    }
    Err(error::type_error(format!(
        "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
        made.ty().full_name()
    )))
}

pub fn register_error(name: &Object, handler: &Object) -> PyResult<()> {
    if handler.ty().slots.call.is_none() {
        return Err(error::type_error("handler must be callable"));
    }
    dict::set(&error_handlers(), name, handler)
}

/// Whether a handler of that name was there; the built-in ones stay.
pub fn unregister_error(name: &Object) -> PyResult<bool> {
    let text = ops::text::lossy(name);
    let native = handlers::HANDLERS
        .iter()
        .any(|def| def.name.strip_suffix("_errors").unwrap_or(def.name) == text);
    if native {
        return Err(error::value_error(format!(
            "cannot un-register built-in error handler '{text}'"
        )));
    }
    dict::remove(&error_handlers(), name)
}

pub fn error_handler(name: &str) -> PyResult {
    let handlers = error_handlers();
    dict::get_str(&handlers, name)
        .ok_or_else(|| error::lookup_error(format!("unknown error handler name '{name}'")))
}
