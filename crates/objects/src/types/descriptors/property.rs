//! `property` (Objects/descrobject.c).

use std::cell::Cell;
use std::mem::offset_of;

use crate::args::Signature;
use crate::error::{self, attribute_error_text, type_error};
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::call::call;
use crate::ops::{attribute, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::{root, words};
use crate::typeobject::*;
use crate::types::bool::bool_owned;
use crate::types::exceptions::ATTRIBUTE_ERROR;
use crate::types::staticmethod_classmethod::is_abstract;
use crate::types::r#type;
use crate::visit::Visit;
use crate::{names, none, none_owned};

#[repr(C)]
pub struct Property {
    pub object: Object,
    pub fget: Field,
    pub fset: Field,
    pub fdel: Field,
    doc: Field,
    name: Field,
    getter_doc: Cell<u8>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Property {
    fn type_object() -> &'static Type {
        &PROPERTY
    }
}

pub static PROPERTY: Type = Type::builtin(
    "property",
    64,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        getattro: Some(attribute::generic_get),
        descr_get: Some(get),
        descr_set: Some(set),
        init: Some(init),
        new: Some(new_slot),
        ..Slots::NONE
    },
)
.with_flags(flags::BASETYPE | flags::HAVE_GC)
.with_methods(&[
    MethodDef::new("getter", Native::O(getter), ""),
    MethodDef::new("setter", Native::O(setter), ""),
    MethodDef::new("deleter", Native::O(deleter), ""),
    MethodDef::new("__set_name__", Native::VarArgs(set_name), ""),
])
.with_members(&[
    MemberDef::new("fget", MemberKind::Object, offset_of!(Property, fget)),
    MemberDef::new("fset", MemberKind::Object, offset_of!(Property, fset)),
    MemberDef::new("fdel", MemberKind::Object, offset_of!(Property, fdel)),
    MemberDef::new("__doc__", MemberKind::Object, offset_of!(Property, doc)).writable(),
])
.with_getset(&[
    GetSetDef {
        name: "__name__",
        get: Some(get_name),
        set: Some(put_name),
        doc: "",
    },
    GetSetDef::read("__isabstractmethod__", get_abstract, ""),
])
.with_doc("property(fget=None, fset=None, fdel=None, doc=None)\n--\n\n");

fn body(object: &Object) -> &Property {
    // SAFETY: slots of this type and its subtypes.
    unsafe { object.cast() }
}

fn new_slot(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    r#type::generic_alloc(ty, 0)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        let this = body(&*object);
        this.fget.clear();
        this.fset.clear();
        this.fdel.clear();
        this.doc.clear();
        this.name.clear();
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = body(object);
    this.fget.visit("fget", visit);
    this.fset.visit("fset", visit);
    this.fdel.visit("fdel", visit);
    this.doc.visit("__doc__", visit);
    this.name.visit("__name__", visit);
}

fn clear(object: &Object) {
    body(object).doc.clear();
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    static SIGNATURE: Signature =
        Signature::new("property", &["fget", "fset", "fdel", "doc"], 0, 0, 4);
    let given = SIGNATURE.bind_tuple::<4>(args, kwargs)?;
    let [fget, fset, fdel, doc] = given.map(|a| a.filter(|o| !o.is(none())));
    let this = body(object);
    this.fget.set_ref(fget);
    this.fset.set_ref(fset);
    this.fdel.set_ref(fdel);
    this.doc.clear();
    this.name.clear();
    this.getter_doc.set(0);
    let mut shown = doc.map(Owned::new);
    if shown.is_none()
        && let Some(fget) = fget
    {
        shown = attribute::get_optional(fget, &names().__doc__)?.filter(|d| !d.is(none()));
        this.getter_doc.set(shown.is_some().into());
    }
    if object.is_exact(&PROPERTY) {
        this.doc.set(shown);
        return Ok(());
    }
    // A subclass keeps the text where its own `__doc__` does not hide it.
    let shown = shown.unwrap_or_else(none_owned);
    match attribute::set(object, &names().__doc__, Some(&shown)) {
        Err(_) if this.getter_doc.get() == 0 && error::matches(&ATTRIBUTE_ERROR) => {
            error::clear();
            Ok(())
        }
        other => other,
    }
}

/// The name by `__set_name__`, or that of the getter.
fn name_of(object: &Object) -> PyResult<Option<Owned>> {
    let this = body(object);
    if let Some(name) = this.name.owned() {
        return Ok(Some(name));
    }
    match this.fget.owned() {
        Some(fget) => attribute::get_optional(&fget, &names().__name__),
        None => Ok(None),
    }
}

#[cold]
fn has_no(object: &Object, instance: &Object, what: &str) -> PyResult<crate::Raised> {
    let name = name_of(object)?;
    let qualname = attribute::get(instance.ty().as_object(), &names().__qualname__)?;
    let qualname = text::lossy(&*text::repr(&qualname)?);
    Ok(attribute_error_text(match name {
        Some(name) => format!(
            "property {} of {qualname} object has no {what}",
            text::lossy(&*text::repr(&name)?)
        ),
        None => format!("property of {qualname} object has no {what}"),
    }))
}

fn get(object: &Object, instance: Option<&Object>, _: Option<&Object>) -> PyResult {
    let Some(instance) = instance.filter(|i| !i.is(none())) else {
        return Ok(Owned::new(object));
    };
    match body(object).fget.get() {
        Some(fget) => call(fget, &words([instance]), None),
        None => Err(has_no(object, instance, "getter")?),
    }
}

fn set(object: &Object, instance: &Object, value: Option<&Object>) -> PyResult<()> {
    let this = body(object);
    let (function, what) = match value {
        Some(_) => (&this.fset, "setter"),
        None => (&this.fdel, "deleter"),
    };
    let Some(function) = function.get() else {
        return Err(has_no(object, instance, what)?);
    };
    match value {
        Some(value) => call(function, &words([instance, value]), None),
        None => call(function, &words([instance]), None),
    }
    .map(drop)
}

/// A copy with one function replaced.
fn copy_with(object: &Object, index: usize, function: &Object) -> PyResult {
    let this = body(object);
    let mut parts = [
        this.fget.or_none(),
        this.fset.or_none(),
        this.fdel.or_none(),
    ];
    if !function.is(none()) {
        parts[index] = Owned::new(function);
    }
    let doc = if this.getter_doc.get() != 0 && !parts[0].is(none()) {
        none_owned()
    } else {
        this.doc.or_none()
    };
    let [fget, fset, fdel] = parts;
    let args = [&fget, &fset, &fdel, &doc].map(|o| Word::borrowed(o));
    let made = call(object.ty().as_object(), &args, None)?;
    let made = root("property being copied", made);
    if let Some(name) = name_of(object)?
        && made.ty().is_subtype(&PROPERTY)
    {
        body(&made).name.set(Some(name));
    }
    Ok(made.take())
}

fn getter(object: &Object, function: &Object) -> PyResult {
    copy_with(object, 0, function)
}

fn setter(object: &Object, function: &Object) -> PyResult {
    copy_with(object, 1, function)
}

fn deleter(object: &Object, function: &Object) -> PyResult {
    copy_with(object, 2, function)
}

fn set_name(object: &Object, args: &Object) -> PyResult {
    let given = crate::args::tuple_len(args);
    if given != 2 {
        return Err(type_error(format!(
            "__set_name__() takes 2 positional arguments but {given} were given"
        )));
    }
    body(object)
        .name
        .set_ref(Some(crate::args::tuple_item(args, 1)));
    Ok(none_owned())
}

fn get_name(object: &Object) -> PyResult {
    name_of(object)?
        .ok_or_else(|| attribute_error_text("'property' object has no attribute '__name__'"))
}

fn put_name(object: &Object, value: Option<&Object>) -> PyResult<()> {
    body(object).name.set_ref(value);
    Ok(())
}

fn get_abstract(object: &Object) -> PyResult {
    let this = body(object);
    for function in [&this.fget, &this.fset, &this.fdel] {
        let function = function.owned();
        if is_abstract(function.as_deref())? {
            return Ok(bool_owned(true));
        }
    }
    Ok(bool_owned(false))
}
