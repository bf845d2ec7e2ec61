//! Type variables of parameterised types: which ones there are, and putting arguments in their place (`_Py_make_parameters` and
//! `_Py_subs_parameters` of Objects/genericaliasobject.c; unions use them as well).

use crate::error;
use crate::names::names;
use crate::object::Object;
use crate::ops::{attribute, call, compare, mapping, sequence, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::flags;
use crate::types::list::{self, List};
use crate::types::none::{ELLIPSIS, none};
use crate::types::tuple::{self, Tuple};

fn is_type(object: &Object) -> bool {
    object.ty().has(flags::TYPE_SUBCLASS)
}

fn is_tuple(object: &Object) -> bool {
    object.ty().has(flags::TUPLE_SUBCLASS)
}

fn is_list(object: &Object) -> bool {
    object.ty().has(flags::LIST_SUBCLASS)
}

fn items(object: &Object) -> &[Owned] {
    debug_assert!(is_tuple(object));
    // SAFETY: callers pass tuples.
    unsafe { object.cast::<Tuple>() }.items()
}

fn add_unique(found: &mut Vec<Owned>, item: &Object) {
    if !found.iter().any(|f| f.is(item)) {
        found.push(Owned::new(item));
    }
}

/// A tuple of the type variables that occur in `args`, each once, in order.
pub fn make_parameters(args: &Object) -> PyResult {
    let mut found = Vec::new();
    collect(args, &mut found)?;
    Ok(tuple::from_owned(found))
}

fn collect(args: &Object, found: &mut Vec<Owned>) -> PyResult<()> {
    for arg in items(args) {
        // A bare class may have a descriptor called `__parameters__`.
        if is_type(arg) {
            continue;
        }
        if is_tuple(arg) || is_list(arg) {
            let inner = root("arguments", sequence::to_tuple(arg)?);
            collect(&inner, found)?;
            continue;
        }
        if attribute::get_optional(arg, &names().__typing_subst__)?.is_some() {
            add_unique(found, arg);
        } else if let Some(inner) = attribute::get_optional(arg, &names().__parameters__)?
            && is_tuple(&inner)
        {
            for parameter in items(&inner) {
                add_unique(found, parameter);
            }
        }
    }
    Ok(())
}

/// The arguments with starred tuples spread (`_unpack_args`), as a tuple.
fn unpack(key: &Object) -> PyResult {
    let single = [Owned::new(key)];
    let given = if is_tuple(key) { items(key) } else { &single };
    let mut spread = Vec::with_capacity(given.len());
    for item in given {
        if !is_type(item) {
            let inner = attribute::get_optional(item, &names().__typing_unpacked_tuple_args__)?;
            if let Some(inner) = inner.filter(|i| is_tuple(i)) {
                let endless = items(&inner).last().is_some_and(|l| l.is(&ELLIPSIS));
                if !endless {
                    spread.extend(items(&inner).iter().cloned());
                    continue;
                }
            }
        }
        spread.push(item.clone());
    }
    Ok(tuple::from_owned(spread))
}

/// Lets each parameter prepare the arguments (defaults, variadic ones).
fn prepare(object: &Object, parameters: &Object, key: &Object) -> PyResult {
    let given = root("arguments", unpack(key)?);
    for parameter in items(parameters) {
        let method = attribute::get_optional(parameter, &names().__typing_prepare_subst__)?;
        let Some(method) = method.filter(|m| !m.is(none())) else {
            continue;
        };
        let method = root("__typing_prepare_subst__", method);
        let all = if is_tuple(&given) {
            Owned::new(&given)
        } else {
            tuple::from_refs(&[&given])
        };
        let all = root("arguments", all);
        let args = [Word::borrowed(object), Word::borrowed(&all)];
        let next = call::call(&method, &args, None)?;
        drop(all);
        drop(method);
        given.set(next);
    }
    Ok(given.take())
}

/// `args` with the type variables in `parameters` replaced by the items of `key`: a tuple.
pub fn substitute(object: &Object, args: &Object, parameters: &Object, key: &Object) -> PyResult {
    let count = items(parameters).len();
    if count == 0 {
        return Err(error::type_error(format!(
            "{} is not a generic class",
            text::lossy(&*text::repr(object)?)
        )));
    }
    let given = root("arguments", prepare(object, parameters, key)?);
    let single = [Owned::new(&given)];
    let values = if is_tuple(&given) {
        items(&given)
    } else {
        &single
    };
    if values.len() != count {
        return Err(error::type_error(format!(
            "Too {} arguments for {}; actual {}, expected {count}",
            if values.len() > count { "many" } else { "few" },
            text::lossy(&*text::repr(object)?),
            values.len()
        )));
    }
    replace_all(object, args, parameters, &given, values)
}

fn replace_all(
    object: &Object,
    args: &Object,
    parameters: &Object,
    given: &Object,
    values: &[Owned],
) -> PyResult {
    let result = root("arguments", list::new());
    // SAFETY: a list of our own.
    let out = unsafe { result.cast::<List>() };
    for arg in items(args) {
        if is_type(arg) {
            out.push(arg.clone());
        } else if is_tuple(arg) || is_list(arg) {
            let inner = root("arguments", sequence::to_tuple(arg)?);
            let made = substitute(object, &inner, parameters, given)?;
            out.push(if is_tuple(arg) {
                made
            } else {
                sequence::to_list(&made)?
            });
        } else {
            replace_one(arg, parameters, values, out)?;
        }
    }
    sequence::to_tuple(&result)
}

fn replace_one(arg: &Object, parameters: &Object, values: &[Owned], out: &List) -> PyResult<()> {
    let names = names();
    let unpack = match attribute::get_optional(arg, &names.__typing_is_unpacked_typevartuple__)? {
        Some(flag) => compare::is_true(&flag)?,
        None => false,
    };
    let made = match attribute::get_optional(arg, &names.__typing_subst__)? {
        Some(method) => {
            let method = root("__typing_subst__", method);
            match position(parameters, arg) {
                Some(at) => call::call(&method, &[Word::borrowed(&values[at])], None)?,
                None => Owned::new(arg),
            }
        }
        None => replace_inside(arg, parameters, values)?,
    };
    if !unpack {
        out.push(made);
        return Ok(());
    }
    if !is_tuple(&made) {
        return Err(error::type_error(format!(
            "expected __typing_subst__ of {} objects to return a tuple, not {}",
            arg.ty().full_name(),
            made.ty().full_name()
        )));
    }
    for item in items(&made) {
        out.push(item.clone());
    }
    Ok(())
}

fn position(parameters: &Object, wanted: &Object) -> Option<usize> {
    items(parameters).iter().position(|p| p.is(wanted))
}

/// An argument that is itself parameterised, with the values of its own type variables (`subs_tvars`).
fn replace_inside(arg: &Object, parameters: &Object, values: &[Owned]) -> PyResult {
    let inner = attribute::get_optional(arg, &names().__parameters__)?;
    let Some(inner) = inner.filter(|i| is_tuple(i) && !items(i).is_empty()) else {
        return Ok(Owned::new(arg));
    };
    let inner = root("__parameters__", inner);
    let mut chosen = Vec::new();
    for parameter in items(&inner) {
        match position(parameters, parameter) {
            Some(at)
                if items(parameters)[at].ty().slots.iter.is_some() && is_tuple(&values[at]) =>
            {
                chosen.extend(items(&values[at]).iter().cloned());
            }
            Some(at) => chosen.push(values[at].clone()),
            None => chosen.push(parameter.clone()),
        }
    }
    let key = root("arguments", tuple::from_owned(chosen));
    mapping::get_item(arg, &key)
}
