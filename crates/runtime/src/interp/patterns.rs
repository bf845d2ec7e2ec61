//! Structural pattern matching.

use terrarium_objects::batch::Batch;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::tuple::{self, TUPLE, Tuple};
use terrarium_objects::types::{set, str::STR};
use terrarium_objects::{Object, Owned, PyResult, Raised, Type, error, names, ops, words};

use super::cx::{Cx, Flow, bool_word, none_word};

/// `(subject -- subject, bool)`
pub unsafe fn match_sequence(cx: &mut Cx, _: u32) -> Flow {
    let found = cx.peek(1).object().ty().has(flags::SEQUENCE);
    cx.push(bool_word(found));
    cx.advance(0)
}

/// `(subject -- subject, bool)`
pub unsafe fn match_mapping(cx: &mut Cx, _: u32) -> Flow {
    let found = cx.peek(1).object().ty().has(flags::MAPPING);
    cx.push(bool_word(found));
    cx.advance(0)
}

/// `(subject, keys -- subject, keys, values or None)`
pub unsafe fn match_keys(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    match keys(cx.peek(2).object(), cx.peek(1).object()) {
        Ok(Some(values)) => cx.finish(0, 0, Ok(values)),
        Ok(None) => {
            cx.push(none_word());
            cx.advance(0)
        }
        Err(Raised) => Flow::Error,
    }
}

/// The values of `keys` in the mapping, or `None` if one is missing (Python/ceval.c, `_PyEval_MatchKeys`).
fn keys(subject: &Object, keys: &Object) -> PyResult<Option<Owned>> {
    // SAFETY: the compiler builds a tuple.
    let keys = unsafe { keys.cast::<Tuple>() }.items();
    if keys.is_empty() {
        return Ok(Some(tuple::empty()));
    }
    let seen = terrarium_objects::root("keys seen", set::new());
    let sentinel = terrarium_objects::root(
        "sentinel",
        ops::call::call(
            terrarium_objects::types::object::OBJECT.as_object(),
            &[],
            None,
        )?,
    );
    let get = terrarium_objects::root("get", ops::attribute::get(subject, &names().get)?);
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        if set::contains(&seen, key)? {
            let text = ops::text::repr(key)?;
            return Err(error::value_error(format!(
                "mapping pattern checks duplicate key ({})",
                ops::text::lossy(&text)
            )));
        }
        set::add(&seen, key)?;
        let value = ops::call::call(&get, &words([key, &sentinel]), None)?;
        if value.is(&sentinel) {
            return Ok(None);
        }
        values.push(value);
    }
    Ok(Some(tuple::from_owned(values)))
}

/// `(subject, class, names -- attributes or None)`
pub unsafe fn match_class(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let result = class(
        cx.peek(3).object(),
        cx.peek(2).object(),
        oparg as usize,
        cx.peek(1).object(),
    );
    let found = match &result {
        Ok(Some(attributes)) => attributes.as_ptr(),
        _ => std::ptr::null_mut(),
    };
    cx.close_top_holding(3, found);
    match result {
        Ok(Some(attributes)) => cx.finish(0, 0, Ok(attributes)),
        Ok(None) => {
            cx.push(none_word());
            cx.advance(0)
        }
        Err(Raised) => Flow::Error,
    }
}

/// The attributes a class pattern asks for, or `None` (Python/ceval.c, `_PyEval_MatchClass`).
fn class(
    subject: &Object,
    class: &Object,
    positional: usize,
    keywords: &Object,
) -> PyResult<Option<Owned>> {
    if !class.ty().has(flags::TYPE_SUBCLASS) {
        return Err(error::type_error("called match pattern must be a class"));
    }
    if !ops::compare::is_instance(subject, class)? {
        return Ok(None);
    }
    // SAFETY: checked.
    let class_type = unsafe { class.cast::<Type>() };
    let seen = terrarium_objects::root("attributes seen", set::new());
    // SAFETY: the compiler builds a tuple.
    let keywords = unsafe { keywords.cast::<Tuple>() }.items();
    let mut attributes = Batch::new("attributes matched", positional + keywords.len());
    if positional > 0
        && !positional_attributes(
            subject,
            class,
            class_type,
            positional,
            &seen,
            &mut attributes,
        )?
    {
        return Ok(None);
    }
    for name in keywords {
        match attribute(subject, class_type, name, &seen)? {
            Some(value) => attributes.push(value),
            None => return Ok(None),
        }
    }
    Ok(Some(tuple::from_owned(attributes.take())))
}

fn positional_attributes(
    subject: &Object,
    class: &Object,
    class_type: &Type,
    wanted: usize,
    seen: &Object,
    into: &mut Batch,
) -> PyResult<bool> {
    let found = ops::attribute::get_optional(class, &names().__match_args__)?;
    let (match_args, match_self) = match found {
        Some(args) => {
            if !args.is_exact(&TUPLE) {
                return Err(error::type_error(format!(
                    "{}.__match_args__ must be a tuple (got {})",
                    class_type.name(),
                    args.ty().name()
                )));
            }
            (args, false)
        }
        None => (tuple::empty(), class_type.has(flags::MATCH_SELF)),
    };
    let match_args = terrarium_objects::root("__match_args__", match_args);
    // SAFETY: checked above to be a tuple.
    let names_of_args = unsafe { match_args.cast::<Tuple>() }.items();
    let allowed = if match_self { 1 } else { names_of_args.len() };
    if wanted > allowed {
        let plural = if allowed == 1 { "" } else { "s" };
        return Err(error::type_error(format!(
            "{}() accepts {allowed} positional sub-pattern{plural} ({wanted} given)",
            class_type.name()
        )));
    }
    if match_self {
        into.push(Owned::new(subject));
        return Ok(true);
    }
    for name in &names_of_args[..wanted] {
        if !name.is_exact(&STR) {
            return Err(error::type_error(format!(
                "__match_args__ elements must be strings (got {})",
                name.ty().name()
            )));
        }
        match attribute(subject, class_type, name, seen)? {
            Some(value) => into.push(value),
            None => return Ok(false),
        }
    }
    Ok(true)
}

fn attribute(
    subject: &Object,
    class: &Type,
    name: &Object,
    seen: &Object,
) -> PyResult<Option<Owned>> {
    if set::contains(seen, name)? {
        let text = ops::text::repr(name)?;
        return Err(error::type_error(format!(
            "{}() got multiple sub-patterns for attribute {}",
            class.name(),
            ops::text::lossy(&text)
        )));
    }
    set::add(seen, name)?;
    ops::attribute::get_optional(subject, name)
}
