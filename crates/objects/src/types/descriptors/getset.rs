//! `getset_descriptor`: an attribute computed by native functions.

use crate::object::{Layout, Object};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{GetSetDef, Slots, Type, flags};

use super::Descr;

#[repr(C)]
pub struct GetSetDescr {
    pub descr: Descr,
    pub def: &'static GetSetDef,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for GetSetDescr {
    fn type_object() -> &'static Type {
        &GETSET_DESCRIPTOR
    }
}

pub static GETSET_DESCRIPTOR: Type = Type::builtin(
    "getset_descriptor",
    48,
    Slots {
        dealloc: super::dealloc,
        visit: super::visit,
        repr: Some(repr),
        getattro: Some(crate::ops::attribute::generic_get),
        descr_get: Some(get),
        descr_set: Some(set),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_members(super::MEMBERS)
.with_getset(&[GetSetDef::read("__doc__", doc, ""), super::QUALNAME]);

/// A descriptor of `owner` for `def`.
pub fn new(owner: &Type, def: &'static GetSetDef) -> Owned {
    // SAFETY: the rest is written here.
    unsafe {
        let descr = super::new_descr::<GetSetDescr>(&GETSET_DESCRIPTOR, owner, def.name);
        (&raw mut (*descr).def).write(def);
        Owned::from_raw(descr.cast())
    }
}

fn body(object: &Object) -> &GetSetDescr {
    // SAFETY: slots of this type only.
    unsafe { object.cast() }
}

fn repr(object: &Object) -> PyResult {
    super::repr_as(object, "attribute")
}

fn doc(object: &Object) -> PyResult {
    let doc = body(object).def.doc;
    Ok(super::doc_object(body(object).def.name, doc))
}

fn get(object: &Object, instance: Option<&Object>, _owner: Option<&Object>) -> PyResult {
    let Some(instance) = instance else {
        return Ok(Owned::new(object));
    };
    let this = body(object);
    this.descr.check(instance)?;
    match this.def.get {
        Some(get) => get(instance),
        None => Err(super::not_allowed(&this.descr, "readable")),
    }
}

fn set(object: &Object, instance: &Object, value: Option<&Object>) -> PyResult<()> {
    let this = body(object);
    this.descr.check(instance)?;
    match this.def.set {
        Some(set) => set(instance, value),
        None => Err(super::not_allowed(&this.descr, "writable")),
    }
}
