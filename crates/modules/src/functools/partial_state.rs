//! `Placeholder`, and how the arguments of a `partial` are put together.

use terrarium_objects::typeobject::{MethodDef, Native};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, tuple};
use terrarium_objects::{Layout, Object, Owned, PyResult, Raised, Slots, Type, Word, args, error};

/// The singleton's body: nothing.
#[repr(C)]
struct Placeholder {
    object: Object,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Placeholder {
    fn type_object() -> &'static Type {
        &PLACEHOLDER_TYPE
    }
}

pub static PLACEHOLDER_TYPE: Type = Type::builtin(
    "functools._PlaceholderType",
    size_of::<Placeholder>(),
    Slots {
        new: Some(new),
        repr: Some(|_| Ok(Str::new("Placeholder"))),
        getattro: Some(terrarium_objects::ops::attribute::generic_get),
        ..Slots::NONE
    },
)
.with_methods(&[MethodDef::new(
    "__reduce__",
    Native::NoArgs(|_| Ok(Str::new("Placeholder"))),
    "",
)]);

static PLACEHOLDER: Placeholder = Placeholder {
    object: Object::immortal(&raw const PLACEHOLDER_TYPE),
};

/// The singleton.
pub fn placeholder() -> &'static Object {
    &PLACEHOLDER.object
}

fn new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if args::tuple_len(args) != 0 || kwargs.is_some_and(|k| dict::len(k) != 0) {
        return Err(error::type_error("PlaceholderType takes no arguments"));
    }
    Ok(Owned::new(placeholder()))
}

pub fn is_placeholder(object: &Object) -> bool {
    object.is(placeholder())
}

/// Refuses a placeholder in the last place.
pub fn check_trailing(items: &[Owned]) -> PyResult<()> {
    match items.last() {
        Some(last) if is_placeholder(last) => {
            Err(error::type_error("trailing Placeholders are not allowed"))
        }
        _ => Ok(()),
    }
}

/// Refuses placeholders as values of keywords.
pub fn check_keywords(keywords: Option<&Object>) -> PyResult<()> {
    let mut at = 0;
    while let Some((_, value)) = keywords.and_then(|k| dict::next(k, &mut at)) {
        if is_placeholder(value) {
            return Err(error::type_error(
                "Placeholder cannot be passed as a keyword argument",
            ));
        }
    }
    Ok(())
}

/// The arguments of a partial of a partial: the new ones fill the old placeholders first.
pub fn merged(old: &[Owned], given: &[Owned]) -> Owned {
    let mut rest = given.iter();
    let mut all: Vec<Owned> = old
        .iter()
        .map(|item| match is_placeholder(item) {
            true => rest.next().unwrap_or(item).clone(),
            false => item.clone(),
        })
        .collect();
    all.extend(rest.cloned());
    if all.is_empty() {
        tuple::empty()
    } else {
        tuple::from_owned(all)
    }
}

/// Too few arguments for the placeholders of a call.
#[cold]
pub fn too_few(wanted: usize, given: usize) -> Raised {
    error::type_error(format!(
        "missing positional arguments in 'partial' call; expected at least {wanted}, got {given}"
    ))
}

/// The words of a call: the kept arguments, their placeholders filled by the given ones, then the given ones that are left.
pub fn call_words(kept: &[Owned], given: &[Word]) -> terrarium_objects::ops::call::Words {
    let mut words = terrarium_objects::ops::call::Words::new();
    let mut rest = given.iter().copied();
    for item in kept {
        words.push(match is_placeholder(item) {
            true => rest.next().unwrap_or(Word::borrowed(item)),
            false => Word::borrowed(item),
        });
    }
    words.extend(rest.map(Word::borrow));
    words
}
