//! The methods of classes, and the assignment of `__bases__` (Objects/typeobject.c, `type_methods`, `type_set_bases`).

use crate::error::type_error;
use crate::object::Object;
use crate::ops::{attribute, compare};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::*;
use crate::types::bool::bool_owned;
use crate::types::tuple::{self, Tuple};
use crate::types::r#type::{HEAP_TYPE_SIZE, TYPE, as_type, each_subclass, mro, new};
use crate::types::{dict, int, list};
use crate::{names, slotdefs, type_cache};

pub const METHODS: &[MethodDef] = &[
    MethodDef::new("mro", Native::NoArgs(mro_method), "mro($self, /)\n--\n\n"),
    MethodDef::new(
        "__subclasses__",
        Native::NoArgs(subclasses),
        "__subclasses__($self, /)\n--\n\n",
    ),
    MethodDef::class("__prepare__", Native::FastKeywords(prepare), ""),
    MethodDef::new(
        "__instancecheck__",
        Native::O(instance_check),
        "__instancecheck__($self, instance, /)\n--\n\n",
    ),
    MethodDef::new(
        "__subclasscheck__",
        Native::O(subclass_check),
        "__subclasscheck__($self, subclass, /)\n--\n\n",
    ),
    MethodDef::new("__dir__", Native::NoArgs(dir), "__dir__($self, /)\n--\n\n"),
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(size_of),
        "__sizeof__($self, /)\n--\n\n",
    ),
];

fn class(object: &Object) -> &Type {
    // SAFETY: methods of `type` check their instance.
    unsafe { &*object.as_ptr().cast::<Type>() }
}

fn mro_method(object: &Object) -> PyResult {
    let result = mro::linearise(class(object))?;
    // SAFETY: just made a tuple.
    Ok(list::from_slice(unsafe { result.cast::<Tuple>() }.items()))
}

fn subclasses(object: &Object) -> PyResult {
    let result = list::new();
    each_subclass(class(object), &mut |c| list::append(&result, c.as_object()));
    Ok(result)
}

fn prepare(_: &Object, _: &[Word], _: Option<&Object>) -> PyResult {
    Ok(dict::new())
}

fn instance_check(object: &Object, instance: &Object) -> PyResult {
    compare::plain_is_instance(instance, object).map(bool_owned)
}

fn subclass_check(object: &Object, subclass: &Object) -> PyResult {
    compare::plain_is_subclass(subclass, object).map(bool_owned)
}

fn dir(object: &Object) -> PyResult {
    let all = dict::new();
    merge_class_dict(&all, object)?;
    let result = list::new();
    let mut at = 0;
    while let Some((key, _)) = dict::next(&all, &mut at) {
        list::append(&result, key);
    }
    Ok(result)
}

/// Adds the names of a class and its bases (`merge_class_dict`).
pub fn merge_class_dict(all: &Object, class: &Object) -> PyResult<()> {
    if let Some(namespace) = attribute::get_optional(class, &names().__dict__)? {
        let namespace = root("class namespace", namespace);
        dict::update(all, &namespace)?;
    }
    let Some(bases) = attribute::get_optional(class, &names().__bases__)? else {
        return Ok(());
    };
    let bases = root("bases", bases);
    let Some(bases) = bases.downcast::<Tuple>() else {
        return Ok(());
    };
    for base in bases.items() {
        merge_class_dict(all, base)?;
    }
    Ok(())
}

/// CPython's size of a static type; ours has the same fields as a heap type.
const STATIC_TYPE_SIZE: usize = 416;

fn size_of(object: &Object) -> PyResult {
    let ty = class(object);
    let mut size = STATIC_TYPE_SIZE;
    if ty.is_heap() {
        size = HEAP_TYPE_SIZE;
        if !ty.ht_cached_keys.get().is_null() {
            // SAFETY: the type's shared keys.
            size += unsafe { dict::managed::cached_keys(ty) }.size_of_keys();
        }
    }
    Ok(int::from_usize(size))
}

/// Whether instances of one type can become instances of the other: equal sizes, slots and special words (`compatible_for_assignment`).
pub fn compatible_for_assignment(old: &Type, new: &Type, attribute: &str) -> PyResult<()> {
    let (fresh, was) = (new.full_name(), old.full_name());
    if new.has(flags::HAVE_GC) != old.has(flags::HAVE_GC) {
        return Err(type_error(format!(
            "{attribute} assignment: '{fresh}' deallocator differs from '{was}'"
        )));
    }
    let (newbase, oldbase) = (settled_base(new), settled_base(old));
    let related = std::ptr::eq(newbase, oldbase)
        || (std::ptr::eq(newbase.base.get(), oldbase.base.get())
            && same_slots_added(newbase, oldbase));
    const SPECIAL: u64 = flags::INLINE_VALUES | flags::PREHEADER;
    if related && old.flags.get() & SPECIAL == new.flags.get() & SPECIAL {
        return Ok(());
    }
    Err(type_error(format!(
        "{attribute} assignment: '{fresh}' object layout differs from '{was}'"
    )))
}

/// Up from the type as long as the base has the same shape (`compatible_with_tp_base`).
fn settled_base(ty: &Type) -> &Type {
    let mut at = ty;
    while let Some(base) = at.base() {
        let same = at.basicsize.get() == base.basicsize.get()
            && at.itemsize.get() == base.itemsize.get()
            && at.dictoffset.get() == base.dictoffset.get()
            && at.weaklistoffset.get() == base.weaklistoffset.get()
            && at.has(flags::HAVE_GC) == base.has(flags::HAVE_GC)
            && (at.is_heap()
                || !at.has(flags::HAVE_GC)
                || at.slots.clear.map(|f| f as usize) == base.slots.clear.map(|f| f as usize));
        if !same {
            break;
        }
        at = base;
    }
    at
}

/// Whether two classes added the same slots to the same base (`same_slots_added`).
fn same_slots_added(a: &Type, b: &Type) -> bool {
    let Some(base) = a.base() else { return false };
    if !a.is_heap() || !b.is_heap() {
        return false;
    }
    let mut size = base.basicsize.get();
    if !a.ht_slots.get().is_null() && !b.ht_slots.get().is_null() {
        let (ours, theirs) = (a.members.get(), b.members.get());
        if ours.len() != theirs.len() || ours.iter().zip(theirs).any(|(x, y)| x.name != y.name) {
            return false;
        }
        size += 8 * ours.len() as isize;
    }
    size == a.basicsize.get() && size == b.basicsize.get()
}

/// `cls.__bases__ = (...)` (`type_set_bases`).
pub fn set_bases(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let ty = class(object);
    if ty.has(flags::IMMUTABLETYPE) {
        return Err(type_error(format!(
            "cannot set '__bases__' attribute of immutable type '{}'",
            ty.full_name()
        )));
    }
    let Some(value) = value else {
        return Err(type_error(format!(
            "cannot delete '__bases__' attribute of type '{}'",
            ty.full_name()
        )));
    };
    let Some(bases) = value.downcast::<Tuple>() else {
        return Err(type_error(format!(
            "can only assign tuple to {}.__bases__, not {}",
            ty.full_name(),
            value.ty().full_name()
        )));
    };
    if bases.is_empty() {
        return Err(type_error(format!(
            "can only assign non-empty tuple to {}.__bases__, not ()",
            ty.full_name()
        )));
    }
    for base in bases.items() {
        let Some(base) = as_type(base) else {
            return Err(type_error(format!(
                "{}.__bases__ must be tuple of classes, not '{}'",
                ty.full_name(),
                base.ty().full_name()
            )));
        };
        if base.is_subtype(ty) || (!ty.mro.get().is_null() && is_above(base, ty)) {
            return Err(type_error("a __bases__ item causes an inheritance cycle"));
        }
    }
    let base = new::best_base(value)?;
    if let Some(old) = ty.base() {
        compatible_for_assignment(old, base, "__bases__")?;
    }
    let old_bases = ty.bases.replace(Owned::new(value).into_raw());
    let old_base = ty
        .base
        .replace(Owned::new(base.as_object()).into_raw().cast());
    // SAFETY: the type owned them.
    let (old_bases, old_base) = unsafe {
        (
            Owned::from_raw(old_bases),
            Owned::from_raw(old_base.cast_mut().cast()),
        )
    };
    match renew_mro(ty) {
        Ok(()) => {
            super::remove_from_bases(ty, &old_bases);
            super::add_to_bases(ty);
            slotdefs::update_all_slots(ty);
            Ok(())
        }
        Err(raised) => {
            let bases = ty.bases.replace(old_bases.into_raw());
            let base = ty.base.replace(old_base.into_raw().cast());
            // SAFETY: the type owned them.
            unsafe {
                Object::decref(bases);
                Object::decref(base.cast_mut().cast());
            }
            Err(raised)
        }
    }
}

fn is_above(ty: &Type, other: &Type) -> bool {
    let mut at = Some(ty);
    while let Some(class) = at {
        if std::ptr::eq(class, other) {
            return true;
        }
        at = class.base();
    }
    false
}

/// Computes the MROs of a type and its subclasses anew; on failure all are as before (`mro_hierarchy`).
fn renew_mro(ty: &Type) -> PyResult<()> {
    let mut saved: Vec<(Owned, Owned)> = Vec::new();
    match renew_below(ty, &mut saved) {
        Ok(()) => Ok(()),
        Err(raised) => {
            for (class, mro) in saved {
                if let Some(class) = as_type(&class) {
                    let wrong = class.mro.replace(mro.into_raw());
                    // SAFETY: the type owned it.
                    unsafe { Object::decref(wrong) };
                    type_cache::modified(class);
                }
            }
            Err(raised)
        }
    }
}

fn renew_below(ty: &Type, saved: &mut Vec<(Owned, Owned)>) -> PyResult<()> {
    // SAFETY: owned, or null while the type is being made (a metaclass's `mro` sees it so).
    let old = unsafe { ty.mro.get().as_ref() }.map(Owned::new);
    if !mro::set_mro(ty)? {
        return Ok(());
    }
    if let Some(old) = old {
        saved.push((Owned::new(ty.as_object()), old));
    }
    let mut result = Ok(());
    each_subclass(ty, &mut |subclass| {
        if result.is_ok() {
            result = renew_below(subclass, saved);
        }
    });
    result
}

/// `type(name, bases, dict)` for native code: a class of the plain metaclass.
pub fn make_class(name: &str, bases: &[&Object], namespace: &Object) -> PyResult {
    let args = tuple::from_owned(vec![
        crate::types::str::Str::new(name),
        tuple::from_refs(bases),
        Owned::new(namespace),
    ]);
    let args = root("arguments", args);
    new::type_new(&TYPE, &args, None)
}
