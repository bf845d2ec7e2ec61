//! CALL_INTRINSIC_1 and CALL_INTRINSIC_2 (Python/intrinsics.c), by their numbers.

use terrarium_objects::types::tuple;
use terrarium_objects::types::{
    dict, exceptions as exc, function::Function, generator, list, str::Str, typing,
};
use terrarium_objects::{
    Object, Owned, PyResult, error, names, none_owned, ops, root, state, words,
};

use crate::interp::cx::Cx;

/// `oparg` of CALL_INTRINSIC_1.
pub fn unary(cx: &Cx, oparg: u32, value: &Object) -> PyResult {
    match oparg {
        1 => print_expression(value),
        2 => import_star(cx, value),
        3 => stop_iteration_error(cx, value),
        4 => Ok(generator::wrap_async_value(value)),
        5 => ops::number::positive(value),
        6 => list_to_tuple(value),
        7..=9 if value.downcast::<Str>().is_none() => Err(bad_operand("a type parameter's name")),
        7 => typing::type_var::make(value, None, None),
        8 => typing::param_spec::make(value),
        9 => typing::type_var_tuple::make(value),
        10 if !value.is_exact(&tuple::TUPLE) => Err(bad_operand("a tuple of type parameters")),
        10 => typing::generic::subscript(value),
        11 if !is_alias(value) => Err(bad_operand("the parts of a type alias")),
        11 => typing::type_alias::make(value),
        _ => Err(error::system_error(format!("unknown intrinsic {oparg}"))),
    }
}

/// `oparg` of CALL_INTRINSIC_2.
pub fn binary(oparg: u32, left: &Object, right: &Object) -> PyResult {
    match oparg {
        1 => prepare_reraise(left, right),
        2 | 3 if left.downcast::<Str>().is_none() => Err(bad_operand("a type parameter's name")),
        2 => typing::type_var::make(left, Some(right), None),
        3 => typing::type_var::make(left, None, Some(right)),
        4 => {
            let (Some(function), true) =
                (left.downcast::<Function>(), right.is_exact(&tuple::TUPLE))
            else {
                return Err(bad_operand("type parameters of a function"));
            };
            let old = function.typeparams.replace(Owned::new(right).into_raw());
            if !old.is_null() {
                // SAFETY: the cell owned it.
                unsafe { Object::decref(old) };
            }
            Ok(Owned::new(left))
        }
        5 => typing::set_default(left, right),
        _ => Err(error::system_error(format!("unknown intrinsic {oparg}"))),
    }
}

/// What only code can do that no compiler made.
#[cold]
fn bad_operand(wanted: &str) -> terrarium_objects::Raised {
    error::system_error(format!("an intrinsic was not given {wanted}"))
}

/// Name, type parameters (a tuple or None) and the function that computes the value.
fn is_alias(value: &Object) -> bool {
    let Some(parts) = value.downcast_exact::<tuple::Tuple>() else {
        return false;
    };
    let [name, parameters, _] = parts.items() else {
        return false;
    };
    let fits = parameters.is(terrarium_objects::none()) || parameters.is_exact(&tuple::TUPLE);
    fits && name.downcast::<Str>().is_some()
}

/// What `except*` clauses leave over; the checks of files saw that `results` is a list, not what is in it.
fn prepare_reraise(original: &Object, results: &Object) -> PyResult {
    use crate::interp::exceptions::is_exception_or_none;
    let fits = results.downcast::<list::List>().is_some_and(|list| {
        (0..list.len()).all(|i| list.item(i).is_some_and(is_exception_or_none))
    });
    if !fits || !is_exception_or_none(original) {
        return Err(bad_operand("exceptions"));
    }
    exc::group::prepare_reraise(original, results)
}

/// The value of an interactive statement goes to `sys.displayhook`.
fn print_expression(value: &Object) -> PyResult {
    let sys = state::get().kept("sys module dict").map(Owned::new);
    let hook = match &sys {
        Some(sys) => dict::get(sys, &names().displayhook)?,
        None => None,
    };
    match hook {
        Some(hook) => {
            let hook = root("displayhook", hook);
            ops::call::call(&hook, &words([value]), None)
        }
        None => Err(error::runtime_error("lost sys.displayhook")),
    }
}

fn list_to_tuple(value: &Object) -> PyResult {
    let Some(items) = value.downcast::<list::List>() else {
        return Err(bad_operand("a list for a tuple"));
    };
    let refs: Vec<&Object> = (0..items.len()).filter_map(|i| items.item(i)).collect();
    Ok(tuple::from_refs(&refs))
}

/// `from module import *`: `__all__`, or every name without a leading underscore.
fn import_star(cx: &Cx, module: &Object) -> PyResult {
    let Some(namespace) = cx.namespace() else {
        return Err(error::system_error("no locals found during 'import *'"));
    };
    let all = ops::attribute::get_optional(module, &names().__all__)?;
    let skip_underscore = all.is_none();
    let exported = match all {
        Some(all) => all,
        None => match ops::attribute::get_optional(module, &names().__dict__)? {
            Some(dict) => ops::call::call_method(&dict, &names().keys, &[])?,
            None => {
                return Err(error::import_error_text(
                    "from-import-* object has no __dict__ and no __all__",
                ));
            }
        },
    };
    let exported = root("names to import", ops::sequence::to_list(&exported)?);
    // SAFETY: just made.
    let items = unsafe { exported.cast::<list::List>() };
    for i in 0..items.len() {
        let Some(name) = items.item(i).map(Owned::new) else {
            break;
        };
        let Some(text) = name.downcast::<Str>() else {
            return Err(not_a_name(module, &name, skip_underscore));
        };
        if skip_underscore && text.lossy().starts_with('_') {
            continue;
        }
        let value = ops::attribute::get(module, &name)?;
        ops::mapping::set_item(namespace, &name, Some(&value))?;
    }
    Ok(none_owned())
}

fn not_a_name(module: &Object, name: &Object, in_dict: bool) -> terrarium_objects::Raised {
    let owner = match ops::attribute::get(module, &names().__name__) {
        Ok(owner) => ops::text::lossy(&owner),
        Err(raised) => return raised,
    };
    let (what, place) = if in_dict {
        ("Key", "__dict__")
    } else {
        ("Item", "__all__")
    };
    error::type_error(format!(
        "{what} in {owner}.{place} must be str, not {}",
        name.ty().name()
    ))
}

/// StopIteration that leaves a generator becomes RuntimeError (PEP 479).
fn stop_iteration_error(cx: &Cx, exception: &Object) -> PyResult {
    use terrarium_bytecode::code::flags as co;
    let code = cx.code();
    let (is_async, is_coroutine) = (code.has(co::ASYNC_GENERATOR), code.has(co::COROUTINE));
    let stops = exception.ty().is_subtype(&exc::STOP_ITERATION);
    let text = if stops && is_async {
        "async generator raised StopIteration"
    } else if stops && is_coroutine {
        "coroutine raised StopIteration"
    } else if stops {
        "generator raised StopIteration"
    } else if is_async && exception.ty().is_subtype(&exc::STOP_ASYNC_ITERATION) {
        "async generator raised StopAsyncIteration"
    } else {
        return Ok(Owned::new(exception));
    };
    let error = ops::call::call(
        exc::RUNTIME_ERROR.as_object(),
        &words([&Str::new(text)]),
        None,
    )?;
    exc::set_cause(&error, Some(Owned::new(exception)));
    exc::set_context_to(&error, exception);
    Ok(error)
}
