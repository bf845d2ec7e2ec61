//! `member_descriptor`: an attribute that is a field of the instance (Python/structmember.c).

use std::cell::Cell;

use crate::error::{attribute_error_text, type_error};
use crate::field::Field;
use crate::object::{Layout, Object};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{GetSetDef, MemberDef, MemberKind, MethodDef, Native, Slots, Type, flags};
use crate::types::int;

use super::Descr;

#[repr(C)]
pub struct MemberDescr {
    pub descr: Descr,
    /// Static, or owned by the heap type, which the descriptor keeps alive.
    pub def: *const MemberDef,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for MemberDescr {
    fn type_object() -> &'static Type {
        &MEMBER_DESCRIPTOR
    }
}

pub static MEMBER_DESCRIPTOR: Type = Type::builtin(
    "member_descriptor",
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
.with_methods(&[MethodDef::new(
    "__reduce__",
    Native::NoArgs(super::reduce),
    "",
)])
.with_members(super::MEMBERS)
.with_getset(&[GetSetDef::read("__doc__", doc, ""), super::QUALNAME]);

/// A descriptor of `owner` for `def`, which lives as long as the type.
pub fn new(owner: &Type, def: *const MemberDef) -> Owned {
    // SAFETY: the rest is written here.
    unsafe {
        let descr = super::new_descr::<MemberDescr>(&MEMBER_DESCRIPTOR, owner, (*def).name);
        (&raw mut (*descr).def).write(def);
        Owned::from_raw(descr.cast())
    }
}

impl MemberDescr {
    #[inline(always)]
    pub fn def(&self) -> &MemberDef {
        // SAFETY: lives as long as the owner.
        unsafe { &*self.def }
    }
}

fn body(object: &Object) -> &MemberDescr {
    // SAFETY: slots of this type only.
    unsafe { object.cast() }
}

fn repr(object: &Object) -> PyResult {
    super::repr_as(object, "member")
}

fn doc(object: &Object) -> PyResult {
    let def = body(object).def();
    Ok(super::doc_object(def.name, def.doc))
}

/// The field at a member's offset.
///
/// # Safety
/// `object` is an instance of the type the member belongs to; `T` is what sits there.
unsafe fn place<'a, T>(object: &'a Object, def: &MemberDef) -> &'a T {
    // SAFETY: by contract.
    unsafe { &*object.as_ptr().byte_add(def.offset).cast::<T>() }
}

fn get(object: &Object, instance: Option<&Object>, _owner: Option<&Object>) -> PyResult {
    let Some(instance) = instance else {
        return Ok(Owned::new(object));
    };
    let this = body(object);
    this.descr.check(instance)?;
    // SAFETY: just checked.
    unsafe { get_one(instance, this.def()) }
}

/// Reads a member (`PyMember_GetOne`).
///
/// # Safety
/// `object` has the member.
pub unsafe fn get_one(object: &Object, def: &MemberDef) -> PyResult {
    // SAFETY: by contract and the member's kind.
    unsafe {
        Ok(match def.kind {
            MemberKind::Object => place::<Field>(object, def).or_none(),
            MemberKind::ObjectEx => {
                return place::<Field>(object, def).owned().ok_or_else(|| {
                    attribute_error_text(format!(
                        "'{}' object has no attribute '{}'",
                        object.ty().full_name(),
                        def.name
                    ))
                });
            }
            MemberKind::Int => int::from_i64(i64::from(place::<Cell<i32>>(object, def).get())),
            MemberKind::UInt => int::from_i64(i64::from(place::<Cell<u32>>(object, def).get())),
            MemberKind::Ssize => int::from_i64(place::<Cell<isize>>(object, def).get() as i64),
            MemberKind::Bool => {
                crate::types::bool::bool_owned(place::<Cell<u8>>(object, def).get() != 0)
            }
        })
    }
}

fn set(object: &Object, instance: &Object, value: Option<&Object>) -> PyResult<()> {
    let this = body(object);
    this.descr.check(instance)?;
    let def = this.def();
    if def.readonly {
        return Err(attribute_error_text("readonly attribute"));
    }
    // SAFETY: just checked.
    unsafe { set_one(instance, def, value) }
}

/// Writes or deletes a member (`PyMember_SetOne`), readonly or not.
///
/// # Safety
/// `object` has the member.
pub unsafe fn set_one(object: &Object, def: &MemberDef, value: Option<&Object>) -> PyResult<()> {
    // SAFETY: by contract and the member's kind.
    unsafe {
        if let MemberKind::Object | MemberKind::ObjectEx = def.kind {
            let field = place::<Field>(object, def);
            if value.is_none() && def.kind == MemberKind::ObjectEx && field.is_empty() {
                return Err(attribute_error_text(def.name));
            }
            field.set_ref(value);
            return Ok(());
        }
        let Some(value) = value else {
            return Err(type_error("can't delete numeric/char attribute"));
        };
        match def.kind {
            MemberKind::Int => place::<Cell<i32>>(object, def).set(int::as_i32(value)?),
            MemberKind::UInt => place::<Cell<u32>>(object, def).set(int::as_isize(value)? as u32),
            MemberKind::Ssize => place::<Cell<isize>>(object, def).set(int::as_isize(value)?),
            MemberKind::Bool => {
                if !value.is_exact(&crate::types::bool::BOOL) {
                    return Err(type_error("attribute value type must be bool"));
                }
                place::<Cell<u8>>(object, def).set(crate::types::bool::is_true(value).into());
            }
            MemberKind::Object | MemberKind::ObjectEx => {}
        }
        Ok(())
    }
}
