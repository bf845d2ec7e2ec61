//! Calling a class: `new`, then `init`.

use crate::args;
use crate::error::type_error;
use crate::object::Object;
use crate::ops::call::tuple_and_dict;
use crate::refs::{Owned, PyResult, Word};
use crate::state::{self, root};
use crate::typeobject::Type;
use crate::types::r#type::{TYPE, as_type};

/// The `call` slot of `type`: the class's own constructor if it has one, else the general way.
#[inline]
pub fn call(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    // SAFETY: the slot of `type`.
    let ty = unsafe { &*callable.as_ptr().cast::<Type>() };
    match ty.vectorcall.get() {
        Some(construct) => construct(callable, args, kwnames),
        None => call_general(ty, args, kwnames),
    }
}

/// The general way: arguments become a tuple and a dict (`type_call` through `_PyObject_MakeTpCall`).
pub fn call_general(ty: &Type, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (tuple, kwargs) = tuple_and_dict(args, kwnames)?;
    let tuple = root("arguments", tuple);
    let kwargs = kwargs.map(|k| root("keyword arguments", k));
    let made = call_with_tuple(ty.as_object(), &tuple, kwargs.as_deref());
    state::holding(&made, || drop((kwargs, tuple)));
    made
}

/// The same with a tuple and a dict.
pub fn call_with_tuple(class: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    state::get().check_native_stack(" while calling a Python object")?;
    // SAFETY: callers pass classes.
    create(unsafe { class.cast::<Type>() }, args, kwargs)
}

/// Makes and initialises an instance (`type_call`).
pub fn create(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if std::ptr::eq(ty, &TYPE) {
        let given = args::tuple_len(args);
        let no_keywords = kwargs.is_none_or(|k| crate::types::dict::len(k) == 0);
        if given == 1 && no_keywords {
            return Ok(Owned::new(args::tuple_item(args, 0).ty().as_object()));
        }
        if given != 3 {
            return Err(type_error("type() takes 1 or 3 arguments"));
        }
    }
    let Some(new) = ty.slots.new else {
        return Err(type_error(format!(
            "cannot create '{}' instances",
            ty.full_name()
        )));
    };
    let object = new(ty, args, kwargs)?;
    if !object.ty().is_subtype(ty) {
        return Ok(object);
    }
    let Some(init) = object.ty().slots.init else {
        return Ok(object);
    };
    let object = root("object being initialised", object);
    init(&object, args, kwargs)?;
    Ok(object.take())
}

/// `type(x)`, or the general way (`type_vectorcall`).
pub fn vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (positional, _) = args::split(args, kwnames);
    if let [only] = positional
        && std::ptr::eq(callable, TYPE.as_object())
    {
        args::no_keywords("type", kwnames)?;
        return Ok(Owned::new(only.object().ty().as_object()));
    }
    match as_type(callable) {
        Some(ty) => call_general(ty, args, kwnames),
        None => Err(type_error("a type is needed")),
    }
}

/// `type.__init__`.
pub fn init(_: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let given = args::tuple_len(args);
    if kwargs.is_some_and(|k| crate::types::dict::len(k) != 0) && given == 1 {
        return Err(type_error("type.__init__() takes no keyword arguments"));
    }
    if given != 1 && given != 3 {
        return Err(type_error("type.__init__() takes 1 or 3 arguments"));
    }
    Ok(())
}
