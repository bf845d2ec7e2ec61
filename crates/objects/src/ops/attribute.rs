//! Attributes: lookup along the method resolution order, the generic get and set, special methods.

use crate::error::{self, raise, type_error};
use crate::object::Object;
use crate::ops::instance::{self, Stored};
use crate::refs::{Owned, PyResult, Raised};
use crate::state::root;
use crate::typeobject::{AssignFn, BinaryFn, Type, flags};
use crate::types::exceptions::{self as exc, ATTRIBUTE_ERROR};
use crate::types::str::Str;

pub use crate::type_cache::lookup as type_lookup;

/// Whether a slot is this function.
#[inline(always)]
fn is_binary(slot: Option<BinaryFn>, function: BinaryFn) -> bool {
    slot.is_some_and(|slot| std::ptr::fn_addr_eq(slot, function))
}

#[inline(always)]
fn is_assign(slot: Option<AssignFn>, function: AssignFn) -> bool {
    slot.is_some_and(|slot| std::ptr::fn_addr_eq(slot, function))
}

/// Whether attributes of the type's instances are looked up by `generic_get`.
#[inline(always)]
pub fn has_generic_get(ty: &Type) -> bool {
    is_binary(ty.slots.getattro, generic_get)
}

/// Whether attributes of the type's instances are stored by `generic_set`.
#[inline(always)]
pub fn has_generic_set(ty: &Type) -> bool {
    is_assign(ty.slots.setattro, generic_set)
}

#[inline(always)]
fn is_str(name: &Object) -> bool {
    name.ty().has(flags::UNICODE_SUBCLASS)
}

#[cold]
fn name_not_str(name: &Object) -> Raised {
    type_error(format!(
        "attribute name must be string, not '{}'",
        name.ty().full_name()
    ))
}

/// `getattr(object, name)` (`PyObject_GetAttr`).
#[inline]
pub fn get(object: &Object, name: &Object) -> PyResult {
    if !is_str(name) {
        return Err(name_not_str(name));
    }
    let result = match object.ty().slots.getattro {
        Some(slot) => slot(object, name),
        None => Err(no_attribute(object, name)),
    };
    if result.is_err() {
        exc::add_attribute_context(object, name);
    }
    result
}

/// The attribute, or `None` where it would raise AttributeError (`PyObject_GetOptionalAttr`).
pub fn get_optional(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    if !is_str(name) {
        return Err(name_not_str(name));
    }
    let ty = object.ty();
    if has_generic_get(ty) {
        return generic_find(object, name);
    }
    if is_binary(ty.slots.getattro, crate::types::r#type::getattro) {
        return crate::types::r#type::find_attribute(object, name);
    }
    if is_binary(ty.slots.getattro, crate::types::module::getattro) {
        return crate::types::module::find_attribute(object, name);
    }
    let result = match ty.slots.getattro {
        Some(slot) => slot(object, name),
        None => return Ok(None),
    };
    error::or_none(result, &ATTRIBUTE_ERROR)
}

/// By text; interns it.
pub fn get_str(object: &Object, name: &str) -> PyResult {
    let name = crate::types::str::intern_mortal(Str::new(name));
    get(object, &name)
}

/// `setattr`, or `delattr` with `None` (`PyObject_SetAttr`).
pub fn set(object: &Object, name: &Object, value: Option<&Object>) -> PyResult<()> {
    if !is_str(name) {
        return Err(name_not_str(name));
    }
    let interned;
    let name = if name.is_exact(&crate::types::str::STR) {
        interned = crate::types::str::intern_mortal(Owned::new(name));
        &interned
    } else {
        name
    };
    match object.ty().slots.setattro {
        Some(slot) => slot(object, name, value),
        None => Err(no_attributes_at_all(object, name, value)),
    }
}

#[cold]
fn no_attributes_at_all(object: &Object, name: &Object, value: Option<&Object>) -> Raised {
    let verb = if value.is_none() { "del" } else { "assign to" };
    let extent = if object.ty().slots.getattro.is_none() {
        "has no attributes"
    } else {
        "has only read-only attributes"
    };
    type_error(format!(
        "'{}' object {extent} ({verb} .{})",
        object.ty().full_name(),
        crate::ops::text::lossy(name)
    ))
}

/// Raises "'T' object has no attribute 'name'" with its `name` and `obj`.
#[cold]
pub fn no_attribute(object: &Object, name: &Object) -> Raised {
    attribute_error(object, name, no_attribute_text(object, name))
}

/// The text of that error.
pub fn no_attribute_text(object: &Object, name: &Object) -> String {
    format!(
        "'{}' object has no attribute '{}'",
        object.ty().full_name(),
        crate::ops::text::lossy(name)
    )
}

/// Raises AttributeError with a text and with its `name` and `obj` set.
#[cold]
pub fn attribute_error(object: &Object, name: &Object, text: String) -> Raised {
    let raised = raise(&ATTRIBUTE_ERROR, text);
    exc::add_attribute_context(object, name);
    raised
}

/// Whether the object is a data descriptor.
#[inline(always)]
pub fn is_data_descriptor(descriptor: &Object) -> bool {
    descriptor.ty().slots.descr_set.is_some()
}

/// `PyObject_GenericGetAttr`: the `getattro` slot of most types.
#[inline(never)]
pub fn generic_get(object: &Object, name: &Object) -> PyResult {
    match generic_lookup(object, name)? {
        Some(found) => Ok(found),
        None => Err(no_attribute(object, name)),
    }
}

/// `generic_get` with `None` in place of AttributeError.
pub fn generic_find(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    match generic_lookup(object, name) {
        Err(_) if error::matches(&ATTRIBUTE_ERROR) => {
            error::clear();
            Ok(None)
        }
        other => other,
    }
}

/// The lookup proper; AttributeError comes only from descriptors (`_PyObject_GenericGetAttrWithDict`).
fn generic_lookup(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    if !is_str(name) {
        return Err(name_not_str(name));
    }
    let ty = object.ty();
    let mut descriptor = type_lookup(ty, name);
    let mut getter = None;
    if let Some(found) = &descriptor {
        getter = found.ty().slots.descr_get;
        if let Some(get) = getter
            && is_data_descriptor(found)
            && let Some(found) = descriptor.take()
        {
            let held = root("descriptor", found);
            return get(&held, Some(object), Some(ty.as_object())).map(Some);
        }
    }
    if let Some(found) = instance::get(object, name)? {
        return Ok(Some(found));
    }
    match (descriptor, getter) {
        (Some(descriptor), Some(get)) => {
            let held = root("descriptor", descriptor);
            get(&held, Some(object), Some(ty.as_object())).map(Some)
        }
        (descriptor, _) => Ok(descriptor),
    }
}

/// `PyObject_GenericSetAttr`.
#[inline(never)]
pub fn generic_set(object: &Object, name: &Object, value: Option<&Object>) -> PyResult<()> {
    if !is_str(name) {
        return Err(name_not_str(name));
    }
    let ty = object.ty();
    let descriptor = type_lookup(ty, name);
    let has_descriptor = descriptor.is_some();
    if let Some(descriptor) = descriptor
        && let Some(set) = descriptor.ty().slots.descr_set
    {
        let held = root("descriptor", descriptor);
        return set(&held, object, value);
    }
    match instance::set(object, name, value)? {
        Stored::Done => Ok(()),
        Stored::Missing if ty.is_subtype(&crate::types::r#type::TYPE) => {
            let text = format!(
                "type object '{}' has no attribute '{}'",
                crate::types::r#type::as_type(object).map_or("?", Type::full_name),
                crate::ops::text::lossy(name)
            );
            Err(attribute_error(object, name, text))
        }
        Stored::Missing => Err(no_attribute(object, name)),
        Stored::NoDict => Err(cannot_set(object, name, has_descriptor)),
    }
}

#[cold]
fn cannot_set(object: &Object, name: &Object, has_descriptor: bool) -> Raised {
    let (ty, shown) = (object.ty(), crate::ops::text::lossy(name));
    let class = ty.full_name();
    let text = if has_descriptor {
        format!("'{class}' object attribute '{shown}' is read-only")
    } else if has_generic_set(ty) {
        format!(
            "'{class}' object has no attribute '{shown}' and no __dict__ for setting new attributes"
        )
    } else {
        format!("'{class}' object has no attribute '{shown}'")
    };
    attribute_error(object, name, text)
}

/// A special method found on the type and bound to the object (`_PyObject_LookupSpecial`).
pub fn lookup_special(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    let ty = object.ty();
    let Some(found) = type_lookup(ty, name) else {
        return Ok(None);
    };
    match found.ty().slots.descr_get {
        None => Ok(Some(found)),
        Some(get) => {
            let held = root("descriptor", found);
            get(&held, Some(object), Some(ty.as_object())).map(Some)
        }
    }
}

/// A special method for calling: unbound with `true` (pass the object first), as it is or bound with `false`
/// (`_PyObject_LookupSpecialMethod`).
pub fn lookup_special_method(object: &Object, name: &Object) -> PyResult<Option<(Owned, bool)>> {
    let ty = object.ty();
    let Some(found) = type_lookup(ty, name) else {
        return Ok(None);
    };
    if found.ty().has(flags::METHOD_DESCRIPTOR) {
        return Ok(Some((found, true)));
    }
    match found.ty().slots.descr_get {
        None => Ok(Some((found, false))),
        Some(get) => {
            let held = root("descriptor", found);
            get(&held, Some(object), Some(ty.as_object())).map(|m| Some((m, false)))
        }
    }
}

/// A method for calling: the function unbound with `true` (pass the object first), or the bound attribute with `false` (`_PyObject_GetMethod`).
pub fn get_method(object: &Object, name: &Object) -> PyResult<(Owned, bool)> {
    let ty = object.ty();
    if !has_generic_get(ty) || !is_str(name) {
        return get(object, name).map(|found| (found, false));
    }
    let mut descriptor = type_lookup(ty, name);
    let mut getter = None;
    let mut is_method = false;
    if let Some(found) = &descriptor {
        if found.ty().has(flags::METHOD_DESCRIPTOR) {
            is_method = true;
        } else {
            getter = found.ty().slots.descr_get;
            if let Some(get) = getter
                && is_data_descriptor(found)
                && let Some(found) = descriptor.take()
            {
                let held = root("descriptor", found);
                return get(&held, Some(object), Some(ty.as_object())).map(|v| (v, false));
            }
        }
    }
    if let Some(found) = instance::get(object, name)? {
        return Ok((found, false));
    }
    match (descriptor, getter) {
        (Some(method), _) if is_method => Ok((method, true)),
        (Some(descriptor), Some(get)) => {
            let held = root("descriptor", descriptor);
            get(&held, Some(object), Some(ty.as_object())).map(|v| (v, false))
        }
        (Some(found), None) => Ok((found, false)),
        (None, _) => Err(no_attribute(object, name)),
    }
}
