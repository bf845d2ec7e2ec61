//! The types behind type parameters and annotations (PEP 695, 696): `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, `Generic`; and
//! the substitution of parameters that generic aliases and unions share (Objects/typevarobject.c).

use crate::error::type_error;
use crate::field::Field;
use crate::hooks;
use crate::object::Object;
use crate::ops::{attribute, call};
use crate::refs::{Owned, PyResult, Word};
use crate::state::{root, words};
use crate::typeobject::*;
use crate::types::none::NONE_TYPE;
use crate::types::str::{self, Str};
use crate::types::{dict, int, tuple};
use crate::{names, none};

pub mod evaluator;
pub mod generic;
pub mod param_spec;
pub mod parameters;
pub mod type_alias;
pub mod type_var;
pub mod type_var_tuple;

pub use generic::{GENERIC, NO_DEFAULT, NO_DEFAULT_TYPE};

/// The static types of this folder.
pub static TYPES: &[&Type] = &[
    &evaluator::CONST_EVALUATOR,
    &generic::GENERIC,
    &generic::NO_DEFAULT_TYPE,
    &param_spec::PARAM_SPEC,
    &param_spec::PARAM_SPEC_ARGS,
    &param_spec::PARAM_SPEC_KWARGS,
    &type_alias::TYPE_ALIAS,
    &type_var::TYPE_VAR,
    &type_var_tuple::TYPE_VAR_TUPLE,
];

/// Calls a function of the `typing` module.
pub(crate) fn call_typing(name: &std::primitive::str, args: &[Word]) -> PyResult {
    let module = hooks::import("typing")?;
    let function = root("function of typing", attribute::get_str(&module, name)?);
    call::call(&function, args, None)
}

/// Checks that something can stand where a type is expected; `None` becomes its type.
pub(crate) fn type_check(arg: &Object, message: &std::primitive::str) -> PyResult {
    if arg.is(none()) {
        return Ok(Owned::new(NONE_TYPE.as_object()));
    }
    let message = Str::new(message);
    call_typing("_type_check", &words([arg, &message]))
}

/// The module of the code that is running.
pub(crate) fn caller() -> PyResult<Option<Owned>> {
    match hooks::hooks().globals.get().and_then(|get| get()) {
        Some(globals) => dict::get(&globals, &names().__name__),
        None => Ok(None),
    }
}

/// `typing.Unpack[object]`.
pub(crate) fn unpacked(object: &Object) -> PyResult {
    let module = hooks::import("typing")?;
    let unpack = attribute::get_str(&module, "Unpack")?;
    crate::ops::mapping::get_item(&unpack, object)
}

/// A value, or what evaluating it with format 1 gives; the value is kept.
pub(crate) fn evaluated(value: &Field, evaluate: &Field) -> PyResult<Option<Owned>> {
    if let Some(found) = value.owned() {
        return Ok(Some(found));
    }
    let Some(function) = evaluate.owned() else {
        return Ok(None);
    };
    let function = root("evaluating function", function);
    let format = int::from_i64(1);
    let found = call::call(&function, &words([&format]), None)?;
    value.set_ref(Some(&found));
    Ok(Some(found))
}

/// What evaluates a value: its function, or one that always gives the value; `None` for neither.
pub(crate) fn evaluator_of(value: &Field, evaluate: &Field) -> PyResult {
    if let Some(function) = evaluate.owned() {
        return Ok(function);
    }
    match value.get() {
        Some(value) => Ok(evaluator::new(value)),
        None => Ok(crate::none_owned()),
    }
}

/// The same for defaults, which are `NoDefault` when there is none.
pub(crate) fn default_of(value: &Field, evaluate: &Field) -> PyResult {
    Ok(evaluated(value, evaluate)?.unwrap_or_else(|| Owned::new(&NO_DEFAULT)))
}

pub(crate) fn default_evaluator_of(value: &Field, evaluate: &Field) -> PyResult {
    if evaluate.is_empty() && value.get().is_none_or(|v| v.is(&NO_DEFAULT)) {
        return Ok(crate::none_owned());
    }
    evaluator_of(value, evaluate)
}

pub(crate) fn has_default(value: &Field, evaluate: &Field) -> bool {
    !evaluate.is_empty() || value.get().is_some_and(|v| !v.is(&NO_DEFAULT))
}

/// The positional and keyword arguments of a constructor of type parameters.
pub(crate) struct Given<'a> {
    pub name: &'a Object,
    pub rest: Vec<Owned>,
    pub keywords: Vec<Option<Owned>>,
}

/// Binds `name, *rest, keyword=...`; `function` is what messages name.
pub(crate) fn bind<'a>(
    function: &std::primitive::str,
    args: &'a Object,
    kwargs: Option<&'a Object>,
    keywords: &[&std::primitive::str],
    takes_rest: bool,
) -> PyResult<Given<'a>> {
    let given = crate::args::tuple_len(args);
    let mut found: Vec<Option<Owned>> = vec![None; keywords.len()];
    let mut name = (given > 0).then(|| crate::args::tuple_item(args, 0));
    if let Some(kwargs) = kwargs {
        let mut at = 0;
        while let Some((key, value)) = dict::next(kwargs, &mut at) {
            let text = crate::ops::text::lossy(key);
            if text == "name" && name.is_none() {
                name = Some(value);
            } else if let Some(index) = keywords.iter().position(|k| **k == *text) {
                found[index] = Some(Owned::new(value));
            } else {
                return Err(type_error(format!(
                    "{function}() got an unexpected keyword argument '{text}'"
                )));
            }
        }
    }
    let Some(name) = name else {
        return Err(type_error(format!(
            "{function}() missing required argument 'name' (pos 1)"
        )));
    };
    if !str::is_str(name) {
        return Err(type_error(format!(
            "{function}() argument 'name' must be str, not {}",
            name.ty().full_name()
        )));
    }
    if !takes_rest && given > 1 {
        return Err(type_error(format!(
            "{function}() takes exactly 1 positional argument ({given} given)"
        )));
    }
    let rest = (1..given)
        .map(|i| Owned::new(crate::args::tuple_item(args, i)))
        .collect();
    Ok(Given {
        name,
        rest,
        keywords: found,
    })
}

/// Variance flags from keyword arguments, checked.
pub(crate) fn variance(given: &[Option<Owned>]) -> PyResult<[bool; 3]> {
    let mut result = [false; 3];
    for (slot, value) in result.iter_mut().zip(given) {
        if let Some(value) = value {
            *slot = crate::ops::compare::is_true(value)?;
        }
    }
    let [covariant, contravariant, infer] = result;
    if covariant && contravariant {
        return Err(crate::error::value_error(
            "Bivariant types are not supported.",
        ));
    }
    if infer && (covariant || contravariant) {
        return Err(crate::error::value_error(
            "Variance cannot be specified with infer_variance.",
        ));
    }
    Ok(result)
}

/// A name with the mark of its variance.
pub(crate) fn variance_repr(name: &Field, flags: [bool; 3]) -> PyResult {
    let name = name.or_none();
    let mark = match flags {
        [_, _, true] => "",
        [true, _, _] => "+",
        [_, true, _] => "-",
        _ => "~",
    };
    crate::types::exceptions::base::joined(mark, &name, "")
}

/// Tells a new type parameter the module it was made in.
pub(crate) fn set_module(object: &Object, module: Option<Owned>) -> PyResult<()> {
    match module {
        Some(module) => attribute::set(object, &names().__module__, Some(&module)),
        None => Ok(()),
    }
}

/// A tuple of parameters in which each TypeVarTuple is unpacked.
pub(crate) fn unpack_tuples(params: &Object) -> PyResult {
    // SAFETY: callers pass tuples.
    let items = unsafe { params.cast::<tuple::Tuple>() }.items();
    let is_tuple = |o: &Object| o.is_exact(&type_var_tuple::TYPE_VAR_TUPLE);
    if !items.iter().any(|o| is_tuple(o)) {
        return Ok(Owned::new(params));
    }
    let mut fresh = Vec::with_capacity(items.len());
    for item in items {
        fresh.push(if is_tuple(item) {
            unpacked(item)?
        } else {
            item.clone()
        });
    }
    Ok(tuple::from_owned(fresh))
}

/// A subclass of a type parameter cannot be made.
pub(crate) fn no_subclass(name: &std::primitive::str) -> PyResult {
    Err(type_error(format!("Cannot subclass an instance of {name}")))
}

/// SET_TYPEPARAM_DEFAULT: gives a type parameter the function that evaluates its default.
pub fn set_default(parameter: &Object, evaluate: &Object) -> PyResult {
    let field = if parameter.is_exact(&type_var::TYPE_VAR) {
        &type_var::body(parameter).evaluate_default
    } else if parameter.is_exact(&param_spec::PARAM_SPEC) {
        &param_spec::body(parameter).evaluate_default
    } else if parameter.is_exact(&type_var_tuple::TYPE_VAR_TUPLE) {
        &type_var_tuple::body(parameter).evaluate_default
    } else {
        return Err(type_error(format!(
            "Expected a type param, got {}",
            crate::ops::text::lossy(&*crate::ops::text::repr(parameter)?)
        )));
    };
    field.set_ref(Some(evaluate));
    Ok(Owned::new(parameter))
}
