//! Keys of `lru_cache`: what makes two calls the same.

use terrarium_objects::types::str::STR;
use terrarium_objects::types::{dict, int, object, tuple};
use terrarium_objects::{Object, Owned, PyResult, args, ops, state};

const MARK: &str = "functools keyword mark";

/// Makes the object that stands between positional and keyword arguments.
pub fn make_mark() -> PyResult<()> {
    if state::get().kept(MARK).is_none() {
        let made = ops::call::call(object::OBJECT.as_object(), &[], None)?;
        state::get().keep(MARK, made);
    }
    Ok(())
}

/// The mark.
pub fn mark() -> Owned {
    Owned::new(state::get().kept(MARK).unwrap_or(terrarium_objects::none()))
}

/// The key of a call: the only argument if it is a str or int, the arguments, or all that distinguishes the call in one tuple.
pub fn make(arguments: &Object, keywords: Option<&Object>, typed: bool) -> PyResult {
    let count = args::tuple_len(arguments);
    let keywords = keywords.filter(|k| dict::len(k) != 0);
    if !typed && keywords.is_none() {
        if count == 1 {
            let only = args::tuple_item(arguments, 0);
            if only.is_exact(&STR) || only.is_exact(&int::INT) {
                return Ok(Owned::new(only));
            }
        }
        return Ok(Owned::new(arguments));
    }
    let positional = || (0..count).map(|i| args::tuple_item(arguments, i));
    let mut parts: Vec<Owned> = positional().map(Owned::new).collect();
    let mut values = Vec::new();
    if let Some(keywords) = keywords {
        parts.push(mark());
        let mut at = 0;
        while let Some((key, value)) = dict::next(keywords, &mut at) {
            parts.push(Owned::new(key));
            parts.push(Owned::new(value));
            values.push(value);
        }
    }
    if typed {
        let of = |o: &Object| Owned::new(o.ty().as_object());
        parts.extend(positional().map(of));
        parts.extend(values.into_iter().map(of));
    }
    Ok(if parts.is_empty() {
        tuple::empty()
    } else {
        tuple::from_owned(parts)
    })
}
