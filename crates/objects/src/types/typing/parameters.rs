//! Type parameters of a tuple of type arguments, and their replacement (`_Py_make_parameters`, `_Py_subs_parameters`,
//! Objects/genericaliasobject.c).

use crate::error::type_error;
use crate::object::Object;
use crate::ops::{attribute, call, compare, text};
use crate::refs::{Owned, PyResult};
use crate::state::{root, words};
use crate::typeobject::flags;
use crate::types::tuple::{self, Tuple};
use crate::types::{list, str};
use crate::{names, none};

fn items(object: &Object) -> &[Owned] {
    // SAFETY: callers pass tuples.
    unsafe { object.cast::<Tuple>() }.items()
}

fn add_once(found: &mut Vec<Owned>, parameter: &Object) {
    if !found.iter().any(|p| p.is(parameter)) {
        found.push(Owned::new(parameter));
    }
}

/// The type parameters in a tuple (or list) of type arguments, each once, in order.
pub fn collect(args: &Object) -> PyResult {
    let held;
    let args = if args.ty().has(flags::LIST_SUBCLASS) {
        held = crate::ops::sequence::to_tuple(args)?;
        &*held
    } else {
        args
    };
    let mut found: Vec<Owned> = Vec::new();
    for arg in items(args) {
        // Parameters in a class body are not those of the alias.
        if arg.ty().has(flags::TYPE_SUBCLASS) {
            continue;
        }
        if attribute::get_optional(arg, &names().__typing_subst__)?.is_some() {
            add_once(&mut found, arg);
            continue;
        }
        let inner = match attribute::get_optional(arg, &names().__parameters__)? {
            Some(inner) => Some(inner),
            None if arg.ty().has(flags::TUPLE_SUBCLASS | flags::LIST_SUBCLASS) => {
                Some(collect(arg)?)
            }
            None => None,
        };
        if let Some(inner) = inner.filter(|i| i.ty().has(flags::TUPLE_SUBCLASS)) {
            for parameter in items(&inner) {
                add_once(&mut found, parameter);
            }
        }
    }
    Ok(tuple::from_owned(found))
}

fn unpacked_args(arg: &Object) -> PyResult<Option<Owned>> {
    if arg.ty().has(flags::TYPE_SUBCLASS) {
        return Ok(None);
    }
    let found = attribute::get_optional(arg, &names().__typing_unpacked_tuple_args__)?;
    Ok(found.filter(|f| !f.is(none()) && f.ty().has(flags::TUPLE_SUBCLASS)))
}

/// The arguments in a key with unpacked tuples spread (`_unpack_args`).
fn unpack(key: &Object) -> PyResult<Vec<Owned>> {
    let given: Vec<Owned> = if key.ty().has(flags::TUPLE_SUBCLASS) {
        items(key).to_vec()
    } else {
        vec![Owned::new(key)]
    };
    let mut result = Vec::with_capacity(given.len());
    for item in given {
        if let Some(inner) = unpacked_args(&item)? {
            let is_open = items(&inner)
                .last()
                .is_some_and(|last| last.is(&crate::types::none::ELLIPSIS));
            if !is_open {
                result.extend(items(&inner).iter().cloned());
                continue;
            }
        }
        result.push(item);
    }
    Ok(result)
}

/// `object[key]` where `args` are its arguments and `parameters` the parameters in them: the new arguments, a tuple.
pub fn substitute(object: &Object, args: &Object, parameters: &Object, key: &Object) -> PyResult {
    let count = items(parameters).len();
    if count == 0 {
        return Err(type_error(format!(
            "{} is not a generic class",
            text::lossy(&*text::repr(object)?)
        )));
    }
    let mut key = root("type arguments", tuple::from_owned(unpack(key)?));
    for parameter in items(parameters) {
        let name = str::intern_immortal("__typing_prepare_subst__");
        let Some(prepare) = attribute::get_optional(parameter, name)? else {
            continue;
        };
        if prepare.is(none()) {
            continue;
        }
        let prepare = root("__typing_prepare_subst__", prepare);
        let prepared = if key.ty().has(flags::TUPLE_SUBCLASS) {
            call::call(&prepare, &words([object, &key]), None)?
        } else {
            let only = tuple::from_refs(&[&key]);
            call::call(&prepare, &words([object, &only]), None)?
        };
        drop(prepare);
        drop(key);
        key = root("type arguments", prepared);
    }
    let given: Vec<Owned> = if key.ty().has(flags::TUPLE_SUBCLASS) {
        items(&key).to_vec()
    } else {
        vec![Owned::new(&key)]
    };
    if given.len() != count {
        return Err(type_error(format!(
            "Too {} arguments for {}; actual {}, expected {count}",
            if given.len() > count { "many" } else { "few" },
            text::lossy(&*text::repr(object)?),
            given.len()
        )));
    }
    let result = replace_all(args, items(parameters), &given)?;
    Ok(tuple::from_owned(result))
}

fn replace_all(args: &Object, parameters: &[Owned], given: &[Owned]) -> PyResult<Vec<Owned>> {
    let mut result = Vec::with_capacity(items(args).len());
    for arg in items(args) {
        if arg.ty().has(flags::TYPE_SUBCLASS) {
            result.push(arg.clone());
            continue;
        }
        if arg.ty().has(flags::TUPLE_SUBCLASS) {
            result.push(tuple::from_owned(replace_all(arg, parameters, given)?));
            continue;
        }
        if arg.ty().has(flags::LIST_SUBCLASS) {
            let inner = crate::ops::sequence::to_tuple(arg)?;
            result.push(list::from_owned(replace_all(&inner, parameters, given)?));
            continue;
        }
        let unpacked = is_unpacked(arg)?;
        let fresh = match attribute::get_optional(arg, &names().__typing_subst__)? {
            Some(subst) => {
                let Some(at) = parameters.iter().position(|p| p.is(arg)) else {
                    result.push(arg.clone());
                    continue;
                };
                let subst = root("__typing_subst__", subst);
                call::call(&subst, &words([&given[at]]), None)?
            }
            None => replace_inside(arg, parameters, given)?,
        };
        if unpacked && fresh.ty().has(flags::TUPLE_SUBCLASS) {
            result.extend(items(&fresh).iter().cloned());
        } else {
            result.push(fresh);
        }
    }
    Ok(result)
}

fn is_unpacked(arg: &Object) -> PyResult<bool> {
    match attribute::get_optional(
        arg,
        str::intern_immortal("__typing_is_unpacked_typevartuple__"),
    )? {
        Some(value) => compare::is_true(&value),
        None => Ok(false),
    }
}

/// An argument that is generic itself gets the values of its own parameters (`subs_tvars`).
fn replace_inside(arg: &Object, parameters: &[Owned], given: &[Owned]) -> PyResult {
    let inner = attribute::get_optional(arg, &names().__parameters__)?;
    let Some(inner) = inner.filter(|i| i.ty().has(flags::TUPLE_SUBCLASS) && !items(i).is_empty())
    else {
        return Ok(Owned::new(arg));
    };
    let mut values = Vec::new();
    for parameter in items(&inner) {
        match parameters.iter().position(|p| p.is(parameter)) {
            Some(at) => {
                let value = &given[at];
                let is_many = parameter.ty().slots.iter.is_some();
                if is_many && value.ty().has(flags::TUPLE_SUBCLASS) {
                    values.extend(items(value).iter().cloned());
                } else {
                    values.push(value.clone());
                }
            }
            None => values.push(parameter.clone()),
        }
    }
    let values = root("type arguments", tuple::from_owned(values));
    crate::ops::mapping::get_item(arg, &values)
}
