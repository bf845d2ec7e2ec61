//! The computed attributes of classes (Objects/typeobject.c, `type_getsets`).

use crate::error::{self, attribute_error_text, raise_with, type_error};
use crate::object::Object;
use crate::ops::{attribute, text};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::type_cache;
use crate::typeobject::*;
use crate::types::descriptors::{doc_object, signature_object};
use crate::types::exceptions::ATTRIBUTE_ERROR;
use crate::types::str::{self, Str};
use crate::types::tuple;
use crate::types::r#type::{field, new};
use crate::types::{dict, int};
use crate::{names, none, none_owned};
use std::mem::offset_of;

pub const MEMBERS: &[MemberDef] = &[
    MemberDef::new(
        "__basicsize__",
        MemberKind::Ssize,
        offset_of!(Type, basicsize),
    ),
    MemberDef::new(
        "__itemsize__",
        MemberKind::Ssize,
        offset_of!(Type, itemsize),
    ),
    MemberDef::new("__flags__", MemberKind::Ssize, offset_of!(Type, flags)),
    MemberDef::new(
        "__weakrefoffset__",
        MemberKind::Ssize,
        offset_of!(Type, weaklistoffset),
    ),
    MemberDef::new("__base__", MemberKind::Object, offset_of!(Type, base)),
    MemberDef::new(
        "__dictoffset__",
        MemberKind::Ssize,
        offset_of!(Type, dictoffset),
    ),
];

const fn entry(
    name: &'static str,
    get: fn(&Object) -> PyResult,
    set: Option<fn(&Object, Option<&Object>) -> PyResult<()>>,
) -> GetSetDef {
    GetSetDef {
        name,
        get: Some(get),
        set,
        doc: "",
    }
}

pub const GETSET: &[GetSetDef] = &[
    entry("__name__", get_name, Some(set_name)),
    entry("__qualname__", get_qualname, Some(set_qualname)),
    entry("__bases__", get_bases, Some(super::methods::set_bases)),
    entry("__mro__", get_mro, None),
    entry("__module__", get_module, Some(set_module)),
    entry("__abstractmethods__", get_abstract, Some(set_abstract)),
    entry("__dict__", get_dict, None),
    entry("__doc__", get_doc, Some(set_doc)),
    entry("__text_signature__", get_signature, None),
    entry("__annotations__", get_annotations, Some(set_annotations)),
    entry("__annotate__", get_annotate, Some(set_annotate)),
    entry("__type_params__", get_type_params, Some(set_type_params)),
];

fn class(object: &Object) -> &Type {
    // SAFETY: getsets of `type` check their instance.
    unsafe { &*object.as_ptr().cast::<Type>() }
}

fn namespace(ty: &Type) -> &Object {
    // SAFETY: a ready type has a dict.
    unsafe { &*ty.dict.get() }
}

/// Fails where an attribute of a class may not be set or deleted (`check_set_special_type_attr`).
fn check_set<'a>(ty: &Type, value: Option<&'a Object>, name: &str) -> PyResult<&'a Object> {
    if ty.has(flags::IMMUTABLETYPE) {
        return Err(type_error(format!(
            "cannot set '{name}' attribute of immutable type '{}'",
            ty.full_name()
        )));
    }
    value.ok_or_else(|| {
        type_error(format!(
            "cannot delete '{name}' attribute of type '{}'",
            ty.full_name()
        ))
    })
}

fn get_name(object: &Object) -> PyResult {
    Ok(new::name_object(class(object)))
}

fn set_name(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = class(object);
    let value = check_set(ty, value, "__name__")?;
    if !str::is_str(value) {
        return Err(type_error(format!(
            "can only assign string to {}.__name__, not '{}'",
            ty.full_name(),
            value.ty().full_name()
        )));
    }
    new::set_name_text(ty, value)?;
    type_cache::modified(ty);
    replace(&ty.ht_name, Some(Owned::new(value)));
    Ok(())
}

fn replace(cell: &std::cell::Cell<*mut Object>, value: Option<Owned>) {
    let old = cell.replace(value.map_or(std::ptr::null_mut(), Owned::into_raw));
    if !old.is_null() {
        // SAFETY: the type owned it.
        unsafe { Object::decref(old) };
    }
}

fn get_qualname(object: &Object) -> PyResult {
    let ty = class(object);
    match field(&ty.ht_qualname) {
        Some(qualname) if ty.is_heap() => Ok(Owned::new(qualname)),
        _ => get_name(object),
    }
}

fn set_qualname(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = class(object);
    let value = check_set(ty, value, "__qualname__")?;
    if !str::is_str(value) {
        return Err(type_error(format!(
            "can only assign string to {}.__qualname__, not '{}'",
            ty.full_name(),
            value.ty().full_name()
        )));
    }
    replace(&ty.ht_qualname, Some(Owned::new(value)));
    Ok(())
}

fn get_bases(object: &Object) -> PyResult {
    Ok(Owned::new(field(&class(object).bases).unwrap_or(none())))
}

fn get_mro(object: &Object) -> PyResult {
    Ok(Owned::new(field(&class(object).mro).unwrap_or(none())))
}

/// `__module__` of a class (`type_module`).
pub fn get_module(object: &Object) -> PyResult {
    let ty = class(object);
    if ty.is_heap() {
        return match dict::get(namespace(ty), &names().__module__)? {
            Some(module) => Ok(module),
            None => Err(raise_with(&ATTRIBUTE_ERROR, &names().__module__)),
        };
    }
    Ok(match ty.full_name().rsplit_once('.') {
        Some((module, _)) => str::intern_mortal(Str::new(module)),
        None => Owned::new(&names().builtins),
    })
}

fn set_module(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = class(object);
    let value = check_set(ty, value, "__module__")?;
    type_cache::modified(ty);
    dict::remove(namespace(ty), &names().__firstlineno__)?;
    dict::set(namespace(ty), &names().__module__, value)
}

fn get_abstract(object: &Object) -> PyResult {
    let ty = class(object);
    let name = crate::types::str::intern_immortal("__abstractmethods__");
    // `type` itself has a descriptor of this name.
    if !std::ptr::eq(ty, &super::TYPE)
        && let Some(found) = dict::get(namespace(ty), name)?
    {
        return Ok(found);
    }
    Err(raise_with(&ATTRIBUTE_ERROR, name))
}

fn set_abstract(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = class(object);
    let name = crate::types::str::intern_immortal("__abstractmethods__");
    let is_abstract = match value {
        Some(value) => {
            let truth = crate::ops::compare::is_true(value)?;
            dict::set(namespace(ty), name, value)?;
            truth
        }
        None => {
            if !dict::remove(namespace(ty), name)? {
                return Err(raise_with(&ATTRIBUTE_ERROR, name));
            }
            false
        }
    };
    type_cache::modified(ty);
    let bits = ty.flags.get();
    ty.flags.set(if is_abstract {
        bits | flags::IS_ABSTRACT
    } else {
        bits & !flags::IS_ABSTRACT
    });
    Ok(())
}

fn get_dict(object: &Object) -> PyResult {
    Ok(crate::types::descriptors::mappingproxy::new(namespace(
        class(object),
    )))
}

fn get_doc(object: &Object) -> PyResult {
    let ty = class(object);
    if !ty.is_heap()
        && let Some(doc) = ty.doc.get()
    {
        return Ok(doc_object(ty.full_name(), doc));
    }
    let Some(found) = dict::get(namespace(ty), &names().__doc__)? else {
        return Ok(none_owned());
    };
    match found.ty().slots.descr_get {
        None => Ok(found),
        Some(get) => {
            let found = root("descriptor", found);
            get(&found, None, Some(object))
        }
    }
}

fn set_doc(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = class(object);
    let value = check_set(ty, value, "__doc__")?;
    type_cache::modified(ty);
    dict::set(namespace(ty), &names().__doc__, value)
}

fn get_signature(object: &Object) -> PyResult {
    let ty = class(object);
    Ok(signature_object(ty.full_name(), ty.doc.get().unwrap_or("")))
}

/// A value of the class's own dict that is bound as class attributes are.
fn own_value(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    let Some(found) = dict::get(namespace(class(object)), name)? else {
        return Ok(None);
    };
    match found.ty().slots.descr_get {
        None => Ok(Some(found)),
        Some(get) => {
            let found = root("descriptor", found);
            get(&found, None, Some(object)).map(Some)
        }
    }
}

fn no_class_attribute(ty: &Type, name: &str) -> crate::Raised {
    attribute_error_text(format!(
        "type object '{}' has no attribute '{name}'",
        ty.full_name()
    ))
}

fn get_annotate(object: &Object) -> PyResult {
    let ty = class(object);
    if !ty.is_heap() {
        return Err(no_class_attribute(ty, "__annotate__"));
    }
    let names = names();
    if let Some(found) = own_value(object, &names.__annotate_func__)? {
        return Ok(found);
    }
    if let Some(found) = own_value(object, &names.__annotate__)? {
        return Ok(found);
    }
    dict::set(namespace(ty), &names.__annotate_func__, none())?;
    Ok(none_owned())
}

fn set_annotate(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = class(object);
    let Some(value) = value else {
        return Err(type_error("cannot delete __annotate__ attribute"));
    };
    if ty.has(flags::IMMUTABLETYPE) {
        return Err(type_error(format!(
            "cannot set '__annotate__' attribute of immutable type '{}'",
            ty.full_name()
        )));
    }
    if !value.is(none()) && value.ty().slots.call.is_none() {
        return Err(type_error("__annotate__ must be callable or None"));
    }
    let names = names();
    type_cache::modified(ty);
    dict::set(namespace(ty), &names.__annotate_func__, value)?;
    if !value.is(none()) {
        dict::remove(namespace(ty), &names.__annotations_cache__)?;
        dict::remove(namespace(ty), &names.__annotations__)?;
    }
    Ok(())
}

fn get_annotations(object: &Object) -> PyResult {
    let ty = class(object);
    if !ty.is_heap() {
        return Err(no_class_attribute(ty, "__annotations__"));
    }
    let names = names();
    if let Some(found) = own_value(object, &names.__annotations__)? {
        return Ok(found);
    }
    if let Some(found) = own_value(object, &names.__annotations_cache__)? {
        return Ok(found);
    }
    let annotate = attribute::get(object, &names.__annotate__)?;
    let annotate = root("__annotate__", annotate);
    let result = if annotate.is(none()) {
        dict::new()
    } else if annotate.ty().slots.call.is_some() {
        let format = int::from_i64(1);
        let result = crate::ops::call::call(&annotate, &crate::words([&format]), None)?;
        if !result.ty().has(flags::DICT_SUBCLASS) {
            return Err(type_error(format!(
                "__annotate__ returned non-dict of type '{}'",
                result.ty().full_name()
            )));
        }
        result
    } else {
        dict::new()
    };
    dict::set(namespace(ty), &names.__annotations_cache__, &result)?;
    type_cache::modified(ty);
    Ok(result)
}

fn set_annotations(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = class(object);
    if ty.has(flags::IMMUTABLETYPE) {
        return Err(type_error(format!(
            "cannot set '__annotations__' attribute of immutable type '{}'",
            ty.full_name()
        )));
    }
    let names = names();
    type_cache::modified(ty);
    let place: &Object = if dict::contains(namespace(ty), &names.__annotations__)? {
        &names.__annotations__
    } else {
        &names.__annotations_cache__
    };
    match value {
        Some(value) => dict::set(namespace(ty), place, value)?,
        None => {
            if !dict::remove(namespace(ty), place)? {
                return Err(raise_with(&ATTRIBUTE_ERROR, &names.__annotations__));
            }
        }
    }
    dict::remove(namespace(ty), &names.__annotate_func__)?;
    dict::remove(namespace(ty), &names.__annotate__)?;
    Ok(())
}

fn get_type_params(object: &Object) -> PyResult {
    let ty = class(object);
    if std::ptr::eq(ty, &super::TYPE) {
        return Ok(tuple::empty());
    }
    Ok(dict::get(namespace(ty), &names().__type_params__)?.unwrap_or_else(tuple::empty))
}

fn set_type_params(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = class(object);
    let value = check_set(ty, value, "__type_params__")?;
    type_cache::modified(ty);
    dict::set(namespace(ty), &names().__type_params__, value)
}

/// `repr` of a class.
pub fn repr(object: &Object) -> PyResult {
    let ty = class(object);
    if ty.full_name().is_empty() && ty.ht_name.get().is_null() {
        return Ok(Str::new(&format!("<class at {object:p}>")));
    }
    let module = match get_module(object) {
        Ok(module) => Some(module),
        Err(_) => {
            error::clear();
            None
        }
    };
    let qualname = get_qualname(object)?;
    let qualname = text::lossy(&qualname);
    Ok(Str::new(&match module {
        Some(module) if str::is_str(&module) && !str::cast(&module).is_text("builtins") => {
            format!("<class '{}.{qualname}'>", text::lossy(&module))
        }
        _ if ty.is_heap() || ty.full_name().contains('.') => format!("<class '{qualname}'>"),
        _ => format!("<class '{}'>", ty.full_name()),
    }))
}
