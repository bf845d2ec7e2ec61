//! Attributes, classes, identity.

use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::{bool, int, str::Str};
use terrarium_objects::{Object, Owned, PyResult, Word, args, error, names, none_owned, ops};
use terrarium_runtime::execution_frames;

pub fn callable(_: &Object, object: &Object) -> PyResult {
    Ok(bool::bool_owned(object.ty().slots.call.is_some()))
}

pub fn id(_: &Object, object: &Object) -> PyResult {
    Ok(int::from_usize(object.as_ptr() as usize))
}

pub fn isinstance(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("isinstance", args.len(), 2, 2)?;
    Ok(bool::bool_owned(ops::compare::is_instance(
        args[0].object(),
        args[1].object(),
    )?))
}

pub fn issubclass(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("issubclass", args.len(), 2, 2)?;
    Ok(bool::bool_owned(ops::compare::is_subclass(
        args[0].object(),
        args[1].object(),
    )?))
}

fn attribute_name(name: &Object) -> PyResult<&Object> {
    if name.downcast::<Str>().is_none() {
        return Err(error::type_error(format!(
            "attribute name must be string, not '{}'",
            name.ty().name()
        )));
    }
    Ok(name)
}

pub fn getattr(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("getattr", args.len(), 2, 3)?;
    let (object, name) = (args[0].object(), attribute_name(args[1].object())?);
    match args.get(2) {
        None => ops::attribute::get(object, name),
        Some(default) => Ok(ops::attribute::get_optional(object, name)?
            .unwrap_or_else(|| Owned::new(default.object()))),
    }
}

pub fn hasattr(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("hasattr", args.len(), 2, 2)?;
    let name = attribute_name(args[1].object())?;
    Ok(bool::bool_owned(
        ops::attribute::get_optional(args[0].object(), name)?.is_some(),
    ))
}

pub fn setattr(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("setattr", args.len(), 3, 3)?;
    ops::attribute::set(
        args[0].object(),
        attribute_name(args[1].object())?,
        Some(args[2].object()),
    )?;
    Ok(none_owned())
}

pub fn delattr(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("delattr", args.len(), 2, 2)?;
    ops::attribute::set(args[0].object(), attribute_name(args[1].object())?, None)?;
    Ok(none_owned())
}

fn optional<'a>(function: &str, args: &'a Object) -> PyResult<Option<&'a Object>> {
    // SAFETY: VarArgs hands a tuple over.
    let items = unsafe { args.cast::<Tuple>() }.items();
    if items.len() > 1 {
        return Err(error::type_error(format!(
            "{function} expected at most 1 argument, got {}",
            items.len()
        )));
    }
    Ok(items.first().map(|o| &**o))
}

/// `dir()`: names of the caller's scope, or what `__dir__` gives, sorted.
pub fn dir(_: &Object, args: &Object) -> PyResult {
    let found = match optional("dir", args)? {
        None => {
            let locals = execution_frames::locals_of_caller()?;
            ops::call::call_method(&locals, &names().keys, &[])?
        }
        Some(object) => {
            let Some(method) = ops::attribute::lookup_special(object, &names().__dir__)? else {
                return Err(error::type_error("object does not provide __dir__"));
            };
            let method = terrarium_objects::root("__dir__", method);
            ops::call::call(&method, &[], None)?
        }
    };
    let sorted = ops::sequence::to_list(&found)?;
    ops::call::call_method(&sorted, &names().sort, &[])?;
    Ok(sorted)
}

pub fn vars(_: &Object, args: &Object) -> PyResult {
    match optional("vars", args)? {
        None => execution_frames::locals_of_caller(),
        Some(object) => match ops::attribute::get_optional(object, &names().__dict__)? {
            Some(found) => Ok(found),
            None => Err(error::type_error(
                "vars() argument must have __dict__ attribute",
            )),
        },
    }
}
