//! Subscripts and lengths.

use crate::error;
use crate::names::names;
use crate::object::Object;
use crate::ops::{attribute, call, number};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::flags;
use crate::types::dict::{self, DICT};
use crate::types::exceptions as exc;
use crate::types::none::none;
use crate::types::r#type::TYPE;

/// Whether `object` may stand for an index (`PyIndex_Check`).
#[inline]
pub fn is_index(object: &Object) -> bool {
    object.ty().has(flags::LONG_SUBCLASS) || object.ty().slots.index.is_some()
}

/// `object[key]` (`PyObject_GetItem`), `__class_getitem__` included.
#[inline]
pub fn get_item(object: &Object, key: &Object) -> PyResult {
    match object.ty().slots.mp_subscript {
        Some(function) => function(object, key),
        None => get_item_slow(object, key),
    }
}

fn get_item_slow(object: &Object, key: &Object) -> PyResult {
    let ty = object.ty();
    if ty.slots.sq_item.is_some() && !ty.has(flags::DICT_SUBCLASS) {
        if is_index(key) {
            let index = number::index_isize(key, Some(&exc::INDEX_ERROR))?;
            return super::sequence::get_index(object, index);
        }
        return Err(error::type_error(format!(
            "sequence index must be integer, not '{:.200}'",
            key.ty().full_name()
        )));
    }
    if ty.has(flags::TYPE_SUBCLASS) {
        return class_get_item(object, key);
    }
    Err(error::type_error(format!(
        "'{:.200}' object is not subscriptable",
        ty.full_name()
    )))
}

fn class_get_item(class: &Object, key: &Object) -> PyResult {
    if class.is(TYPE.as_object()) {
        return crate::types::generic_alias::new(class, key);
    }
    if let Some(method) = attribute::get_optional(class, &names().__class_getitem__)?
        && !method.is(none())
    {
        let method = root("__class_getitem__", method);
        return call::call(&method, &[Word::borrowed(key)], None);
    }
    // SAFETY: an instance of type.
    let ty = unsafe { class.cast::<crate::typeobject::Type>() };
    Err(error::type_error(format!(
        "type '{:.200}' is not subscriptable",
        ty.full_name()
    )))
}

/// `object[key]`, or `None` for KeyError (`PyMapping_GetOptionalItem`).
pub fn get_optional_item(object: &Object, key: &Object) -> PyResult<Option<Owned>> {
    if object.is_exact(&DICT) {
        return dict::get(object, key);
    }
    error::or_none(get_item(object, key), &exc::KEY_ERROR)
}

/// `object[key] = value`, or `del object[key]` with `None`.
#[inline]
pub fn set_item(object: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    match object.ty().slots.mp_ass_subscript {
        Some(function) => function(object, key, value),
        None => set_item_slow(object, key, value),
    }
}

fn set_item_slow(object: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = object.ty();
    if ty.slots.sq_ass_item.is_some() {
        if is_index(key) {
            let index = number::index_isize(key, Some(&exc::INDEX_ERROR))?;
            return super::sequence::set_index(object, index, value);
        }
        return Err(error::type_error(format!(
            "sequence index must be integer, not '{:.200}'",
            key.ty().full_name()
        )));
    }
    let (is_sequence, name) = (
        ty.is_heap() || ty.slots.sq_item.is_some() || ty.slots.sq_length.is_some(),
        ty.full_name(),
    );
    Err(error::type_error(match value {
        Some(_) => format!("'{name:.200}' object does not support item assignment"),
        // The sequence protocol has its own words.
        None if is_sequence && is_index(key) => {
            format!("'{name:.200}' object doesn't support item deletion")
        }
        None => format!("'{name:.200}' object does not support item deletion"),
    }))
}

/// `len(object)` (`PyObject_Size`).
#[inline]
pub fn len(object: &Object) -> PyResult<usize> {
    let slots = &object.ty().slots;
    if let Some(function) = slots.sq_length.or(slots.mp_length) {
        return function(object);
    }
    Err(error::type_error(format!(
        "object of type '{:.200}' has no len()",
        object.ty().full_name()
    )))
}

/// `mapping.keys()`, `values()` or `items()` as a list (`PyMapping_Keys` and its kin): `name` is the method.
pub fn method_as_list(mapping: &Object, name: &Object) -> PyResult {
    let result = root("mapping view", call::call_method(mapping, name, &[])?);
    if result.is_exact(&crate::types::list::LIST) {
        return Ok(result.take());
    }
    let iterator = match crate::ops::iter::iter(&result) {
        Ok(iterator) => root("iterator", iterator),
        Err(raised) => {
            if error::matches(&exc::TYPE_ERROR) {
                return Err(error::type_error(format!(
                    "{:.200}.{}() returned a non-iterable (type {:.200})",
                    mapping.ty().full_name(),
                    crate::ops::text::lossy(name),
                    result.ty().full_name()
                )));
            }
            return Err(raised);
        }
    };
    super::sequence::to_list(&iterator)
}
