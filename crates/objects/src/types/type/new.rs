//! `type(name, bases, dict)`: a class is made (Objects/typeobject.c, `type_new` and its parts). The slots and `__dict__` are in
//! `new_slots`.

use std::cell::Cell;

use crate::args::{check_parsed, tuple_item, tuple_len};
use crate::error::{self, type_error, value_error};
use crate::gc;
use crate::hooks;
use crate::object::Object;
use crate::ops::call::{call, call_tuple_dict};
use crate::ops::{attribute, text};
use crate::refs::{Owned, PyResult};
use crate::state::{root, words};
use crate::typeobject::*;
use crate::types::exceptions as exc;
use crate::types::object::OBJECT;
use crate::types::str::{self, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::r#type::{HEAP_TYPE_SIZE, as_type, instance};
use crate::types::{cell, dict};
use crate::{names, slotdefs, typeobject_ready};

use super::new_slots::{self, Plan};

/// The base whose instances' layout is the type's own (`solid_base`).
pub fn solid_base(ty: &Type) -> &Type {
    let base: &Type = match ty.base() {
        Some(base) => solid_base(base),
        None => &OBJECT,
    };
    let same =
        ty.basicsize.get() == base.basicsize.get() && ty.itemsize.get() == base.itemsize.get();
    if same { base } else { ty }
}

/// The base that decides the layout (`best_base`).
pub fn best_base(bases: &Object) -> PyResult<&Type> {
    let mut best: Option<(&Type, &Type)> = None;
    // SAFETY: callers pass tuples.
    for base in unsafe { bases.cast::<Tuple>() }.items() {
        let Some(base) = as_type(base) else {
            return Err(type_error("bases must be types"));
        };
        if !base.has(flags::BASETYPE) {
            return Err(type_error(format!(
                "type '{}' is not an acceptable base type",
                base.full_name()
            )));
        }
        let candidate = solid_base(base);
        match best {
            Some((_, winner)) if winner.is_subtype(candidate) => {}
            Some((_, winner)) if !candidate.is_subtype(winner) => {
                return Err(type_error("multiple bases have instance lay-out conflict"));
            }
            _ => best = Some((base, candidate)),
        }
    }
    best.map(|(base, _)| base)
        .ok_or_else(|| type_error("a class needs a base"))
}

/// The metaclass that is a subclass of those of all bases (`_PyType_CalculateMetaclass`).
pub fn calculate_metaclass<'a>(metatype: &'a Type, bases: &'a Object) -> PyResult<&'a Type> {
    let mut winner = metatype;
    // SAFETY: callers pass tuples.
    for base in unsafe { bases.cast::<Tuple>() }.items() {
        let meta = base.ty();
        if winner.is_subtype(meta) {
            continue;
        }
        if !meta.is_subtype(winner) {
            return Err(type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        winner = meta;
    }
    Ok(winner)
}

/// The `new` slot of `type`.
#[inline(never)]
pub fn type_new(metatype: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    check_parsed("type.__new__", tuple_len(args), 3, 3)?;
    let wanted = [
        ("str", flags::UNICODE_SUBCLASS),
        ("tuple", flags::TUPLE_SUBCLASS),
        ("dict", flags::DICT_SUBCLASS),
    ];
    for (index, (name, flag)) in wanted.iter().enumerate() {
        let given = tuple_item(args, index).ty();
        if !given.has(*flag) {
            return Err(type_error(format!(
                "type.__new__() argument {} must be {name}, not {}",
                index + 1,
                given.full_name()
            )));
        }
    }
    let bases = tuple_item(args, 1);
    let mut meta = metatype;
    let bases = if tuple_len(bases) == 0 {
        tuple::from_refs(&[OBJECT.as_object()])
    } else {
        check_bases(bases)?;
        meta = calculate_metaclass(metatype, bases)?;
        if !std::ptr::eq(meta, metatype)
            && let Some(new) = meta.slots.new
            && !std::ptr::fn_addr_eq(new, type_new as NewFn)
        {
            return new(meta, args, kwargs);
        }
        Owned::new(bases)
    };
    let bases = root("bases", bases);
    let base = best_base(&bases)?;
    make(
        meta,
        tuple_item(args, 0),
        base,
        &bases,
        tuple_item(args, 2),
        kwargs,
    )
}

fn check_bases(bases: &Object) -> PyResult<()> {
    // SAFETY: checked to be a tuple.
    for base in unsafe { bases.cast::<Tuple>() }.items() {
        if as_type(base).is_none()
            && attribute::get_optional(base, &names().__mro_entries__)?.is_some()
        {
            return Err(type_error(
                "type() doesn't support MRO entry resolution; use types.new_class()",
            ));
        }
    }
    Ok(())
}

fn make(
    meta: &Type,
    name: &Object,
    base: &Type,
    bases: &Object,
    given: &Object,
    kwargs: Option<&Object>,
) -> PyResult {
    let namespace = root("class namespace", dict::copy(given));
    let plan = Plan::new(name, base, bases, &namespace)?;
    let class = allocate(meta, name, base, bases, plan.names.len())?;
    let class = root("class being made", class);
    // SAFETY: just made.
    let ty = unsafe { &*class.as_ptr().cast::<Type>() };
    ty.dict.set(Owned::new(&namespace).into_raw());
    set_attributes(ty, name, &namespace)?;
    new_slots::apply(ty, plan, base);
    set_cells(ty, &namespace)?;
    typeobject_ready::ready(ty)?;
    slotdefs::fill_slots(ty);
    warn_non_string_keys(ty, &namespace)?;
    call_set_names(ty, &namespace)?;
    call_init_subclass(ty, kwargs)?;
    Ok(class.take())
}

/// An empty heap type of a metaclass (`type_new_alloc`).
fn allocate(meta: &Type, name: &Object, base: &Type, bases: &Object, nslots: usize) -> PyResult {
    let object = super::alloc_untracked(meta, nslots)?;
    let place = object.as_ptr().cast::<Type>();
    debug_assert!(meta.basicsize.get() as usize >= HEAP_TYPE_SIZE);
    let slots = Slots {
        dealloc: instance::subtype_dealloc,
        visit: instance::subtype_visit,
        clear: Some(instance::subtype_clear),
        ..Slots::NONE
    };
    // SAFETY: the header stays as it was made; everything behind it is written.
    unsafe {
        let mut fresh = Type::builtin("", 0, slots);
        fresh.flags = Cell::new(flags::HEAPTYPE | flags::BASETYPE | flags::HAVE_GC);
        let header = std::mem::size_of::<crate::VarObject>();
        std::ptr::copy_nonoverlapping(
            (&raw const fresh).cast::<u8>().add(header),
            place.cast::<u8>().add(header),
            std::mem::size_of::<Type>() - header,
        );
        std::mem::forget(fresh);
        let ty = &*place;
        ty.bases.set(Owned::new(bases).into_raw());
        ty.base.set(Owned::new(base.as_object()).into_raw().cast());
        ty.ht_name.set(Owned::new(name).into_raw());
    }
    gc::track(&object);
    Ok(object)
}

/// The type's name for messages: a text of its own that lives as long as the type.
pub fn set_name_text(ty: &Type, name: &Object) -> PyResult<()> {
    let text = match str::cast(name).to_utf8() {
        Some(text) => text.into_owned(),
        None => return Err(error::value_error("surrogates not allowed")),
    };
    if text.contains('\0') {
        return Err(value_error("type name must not contain null characters"));
    }
    let old: *const std::primitive::str = ty.full_name();
    let fresh: *const std::primitive::str = Box::leak(text.into_boxed_str());
    // SAFETY: freed when replaced and at the end of the type.
    unsafe {
        ty.set_name(fresh);
        free_name_text(old);
    }
    Ok(())
}

/// Frees a name text that `set_name_text` made.
///
/// # Safety
/// The text is that of a heap type which does not use it again; an empty one was never made.
pub unsafe fn free_name_text(text: *const std::primitive::str) {
    // SAFETY: by contract.
    unsafe {
        if !(&*text).is_empty() {
            drop(Box::from_raw(text.cast_mut()));
        }
    }
}

fn set_attributes(ty: &Type, name: &Object, namespace: &Object) -> PyResult<()> {
    let names = names();
    set_name_text(ty, name)?;
    if !dict::contains(namespace, &names.__module__)?
        && let Some(globals) = hooks::hooks().globals.get().and_then(|get| get())
        && let Some(module) = dict::get(&globals, &names.__name__)?
    {
        dict::set(namespace, &names.__module__, &module)?;
    }
    let qualname = match dict::get(namespace, &names.__qualname__)? {
        Some(qualname) => {
            if !str::is_str(&qualname) {
                return Err(type_error(format!(
                    "type __qualname__ must be a str, not {}",
                    qualname.ty().full_name()
                )));
            }
            dict::remove(namespace, &names.__qualname__)?;
            qualname
        }
        None => Owned::new(name),
    };
    ty.ht_qualname.set(qualname.into_raw());
    if let Some(doc) = dict::get(namespace, &names.__doc__)?
        && str::is_str(&doc)
        && str::cast(&doc).to_utf8().is_none()
    {
        return Err(value_error("surrogates not allowed"));
    }
    convert(namespace, &names.__new__, true)?;
    convert(namespace, &names.__init_subclass__, false)?;
    convert(namespace, &names.__class_getitem__, false)
}

/// Plain functions of these names are static or class methods without saying so.
fn convert(namespace: &Object, name: &Object, to_static: bool) -> PyResult<()> {
    use crate::types::staticmethod_classmethod as wrap;
    if let Some(function) = dict::get(namespace, name)?
        && wrap::is_python_function(&function)
    {
        let wrapped = if to_static {
            wrap::new_static(&function)
        } else {
            wrap::new_class(&function)
        };
        dict::set(namespace, name, &wrapped)?;
    }
    Ok(())
}

/// Gives the class to the cells that `super()` and annotation scopes read.
fn set_cells(ty: &Type, namespace: &Object) -> PyResult<()> {
    let names = names();
    let all: [(&Object, &Object); 2] = [
        (&names.__classcell__, ty.as_object()),
        (&names.__classdictcell__, namespace),
    ];
    for (name, value) in all {
        let Some(found) = dict::get(namespace, name)? else {
            continue;
        };
        if !found.is_exact(&cell::CELL) {
            return Err(type_error(format!(
                "{} must be a nonlocal cell, not <{}>",
                text::lossy(name),
                text::lossy(&*text::repr(found.ty().as_object())?)
            )));
        }
        cell::set(&found, Some(Owned::new(value)));
        dict::remove(namespace, name)?;
    }
    Ok(())
}

fn warn_non_string_keys(ty: &Type, namespace: &Object) -> PyResult<()> {
    let mut at = 0;
    while let Some((key, _)) = dict::next(namespace, &mut at) {
        if !str::is_str(key) {
            return error::warn(
                "RuntimeWarning",
                &format!("non-string key in the __dict__ of class {}", ty.full_name()),
                1,
            );
        }
    }
    Ok(())
}

/// Tells every value of the namespace its name (`type_new_set_names`).
fn call_set_names(ty: &Type, namespace: &Object) -> PyResult<()> {
    let all = root("names to set", dict::copy(namespace));
    let mut at = 0;
    while let Some((key, value)) = dict::next(&all, &mut at) {
        let Some(method) = attribute::lookup_special(value, &names().__set_name__)? else {
            continue;
        };
        let method = root("__set_name__", method);
        let args = words([ty.as_object(), key]);
        if call(&method, &args, None).is_err() {
            exc::add_note_to_current(|| {
                Ok(format!(
                    "Error calling __set_name__ on '{}' instance {} in '{}'",
                    value.ty().full_name(),
                    text::lossy(&*text::repr(key)?),
                    ty.full_name()
                ))
            });
            return Err(crate::Raised);
        }
    }
    Ok(())
}

/// `super(cls, cls).__init_subclass__(**kwargs)`.
fn call_init_subclass(ty: &Type, kwargs: Option<&Object>) -> PyResult<()> {
    let class = ty.as_object();
    let parent = crate::types::super_object::new(ty, class)?;
    let parent = root("super object", parent);
    let method = attribute::get(&parent, &names().__init_subclass__)?;
    drop(parent);
    let method = root("__init_subclass__", method);
    call_tuple_dict(&method, tuple::empty_ref(), kwargs).map(drop)
}

/// The text of a class's name, as a new str.
pub fn name_object(ty: &Type) -> Owned {
    match super::field(&ty.ht_name) {
        Some(name) => Owned::new(name),
        None => Str::new(ty.name()),
    }
}
