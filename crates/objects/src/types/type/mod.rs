//! `type`: the object behind every class.

use std::cell::Cell;
use std::mem::offset_of;

use crate::alloc;
use crate::error::{self, type_error};
use crate::gc;
use crate::object::{Object, VarObject};
use crate::ops::{attribute, text};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::type_cache::{self, lookup};
use crate::typeobject::*;
use crate::types::builtin_function::{BUILTIN_FUNCTION, BuiltinFunction, NEW_DEF};
use crate::types::dict::{self, managed};
use crate::types::exceptions::ATTRIBUTE_ERROR;

pub mod call;
pub mod getset;
pub mod instance;
pub mod methods;
pub mod mro;
pub mod new;
pub mod new_slots;

/// `type.__basicsize__`: CPython's size of a heap type; ours is a little smaller.
pub const HEAP_TYPE_SIZE: usize = 936;
const _: () = assert!(std::mem::size_of::<Type>() <= HEAP_TYPE_SIZE);
const _: () = assert!(offset_of!(Type, dict) == 264 && offset_of!(Type, weaklist) == 368);

pub static TYPE: Type = Type::builtin(
    "type",
    HEAP_TYPE_SIZE,
    Slots {
        dealloc: instance::type_dealloc,
        visit: instance::type_visit,
        clear: Some(instance::type_clear),
        repr: Some(getset::repr),
        call: Some(call::call),
        getattro: Some(getattro),
        setattro: Some(setattro),
        init: Some(call::init),
        new: Some(new::type_new),
        or: Some(crate::types::union::type_or),
        ..Slots::NONE
    },
)
.with_flags(
    flags::BASETYPE
        | flags::HAVE_GC
        | flags::TYPE_SUBCLASS
        | flags::HAVE_VECTORCALL
        | flags::ITEMS_AT_END,
)
.with_itemsize(40)
.with_dictoffset(offset_of!(Type, dict))
.with_weaklistoffset(offset_of!(Type, weaklist))
.with_methods(methods::METHODS)
.with_members(getset::MEMBERS)
.with_getset(getset::GETSET)
.with_vectorcall(call::vectorcall);

/// The object as a type, if it is one.
#[inline(always)]
pub fn as_type(object: &Object) -> Option<&Type> {
    if object.ty().has(flags::TYPE_SUBCLASS) {
        // SAFETY: the flag says so.
        Some(unsafe { &*object.as_ptr().cast::<Type>() })
    } else {
        None
    }
}

/// The subclasses of a type that are alive, in the order of their making.
struct Subclasses(Vec<*const Type>);

/// Calls `each` with every direct subclass that is alive; the list may change meanwhile.
pub fn each_subclass(ty: &Type, each: &mut dyn FnMut(&Type)) {
    let list = ty.subclasses.get().cast::<Subclasses>();
    // SAFETY: null or the type's own list; a subclass takes itself out before it dies.
    let Some(list) = (unsafe { list.as_ref() }) else {
        return;
    };
    for class in list.0.clone() {
        // SAFETY: as above; held during the call.
        let held = Owned::new(unsafe { (*class).as_object() });
        if let Some(class) = as_type(&held) {
            each(class);
        }
    }
}

/// Enters a type into the lists of its bases (`add_subclass`).
pub fn add_to_bases(ty: &Type) {
    // SAFETY: set before; a tuple of types.
    let bases = unsafe { (*ty.bases.get()).cast::<crate::types::tuple::Tuple>() };
    for base in bases.items() {
        if let Some(base) = as_type(base) {
            add_subclass(base, ty);
        }
    }
}

fn add_subclass(base: &Type, ty: &Type) {
    let mut list = base.subclasses.get().cast::<Subclasses>();
    if list.is_null() {
        list = Box::into_raw(Box::new(Subclasses(Vec::new())));
        base.subclasses.set(list.cast());
    }
    // SAFETY: the type's own list.
    let list = unsafe { &mut (*list).0 };
    let this: *const Type = ty;
    if !list.contains(&this) {
        list.push(this);
    }
}

/// Takes a type out of the lists of these bases (`remove_subclass`).
pub fn remove_from_bases(ty: &Type, bases: &Object) {
    // SAFETY: a tuple of types.
    for base in unsafe { bases.cast::<crate::types::tuple::Tuple>() }.items() {
        let Some(base) = as_type(base) else { continue };
        let list = base.subclasses.get().cast::<Subclasses>();
        // SAFETY: null or the base's own list.
        if let Some(list) = unsafe { list.as_mut() } {
            list.0.retain(|c| !std::ptr::eq(*c, ty));
        }
    }
}

/// Frees the list of subclasses; the type is dying, so it has none left.
fn drop_subclasses(ty: &Type) {
    let list = ty.subclasses.replace(std::ptr::null_mut());
    if !list.is_null() {
        // SAFETY: made by `add_subclass`.
        drop(unsafe { Box::from_raw(list.cast::<Subclasses>()) });
    }
}

/// Whether an object is the `__new__` of a static type.
pub fn is_new_wrapper(object: &Object) -> bool {
    object.is_exact(&BUILTIN_FUNCTION)
        // SAFETY: just checked.
        && std::ptr::eq(unsafe { object.cast::<BuiltinFunction>() }.def, &NEW_DEF)
}

/// Bytes of an instance with `items` items, rounded up to words (`_PyObject_VAR_SIZE`).
#[inline(always)]
pub fn instance_size(ty: &Type, items: usize) -> usize {
    (ty.basicsize.get() as usize + items * ty.itemsize.get() as usize + 7) & !7
}

/// `tp_alloc` of a type: memory for an instance with `nitems` items, zeroed body, tracked if collectable (`PyType_GenericAlloc`).
#[inline]
pub fn generic_alloc(ty: &Type, nitems: usize) -> PyResult {
    let object = alloc_untracked(ty, nitems)?;
    if ty.has(flags::HAVE_GC) {
        gc::track(&object);
    }
    Ok(object)
}

/// The same, not tracked yet (`_PyType_AllocNoTrack`).
#[inline]
pub fn alloc_untracked(ty: &Type, nitems: usize) -> PyResult {
    // One item more, for a sentinel.
    let mut size = instance_size(ty, nitems + 1);
    let inline = ty.has(flags::INLINE_VALUES);
    // SAFETY: the flag says that the type has shared keys; the body is zeroed before anyone sees it.
    unsafe {
        if inline {
            size += managed::inline_values_size(ty);
        }
        let object = alloc::object_memory(ty, size);
        if object.is_null() {
            return Err(error::memory_error());
        }
        let header = std::mem::size_of::<Object>();
        std::ptr::write_bytes(object.cast::<u8>().add(header), 0, size - header);
        if ty.is_heap() {
            ty.as_object().incref();
        }
        if ty.itemsize.get() != 0 {
            (*object.cast::<VarObject>()).size.set(nitems as isize);
        }
        if inline {
            managed::init_inline_values(&*object);
        }
        Ok(Owned::from_raw(object))
    }
}

/// `tp_free`: frees the memory of an instance.
///
/// # Safety
/// As `alloc::free_object`.
pub unsafe fn free(object: *mut Object) {
    // SAFETY: by contract.
    unsafe { alloc::free_object(object) }
}

/// `getattr` of a class (`_Py_type_getattro`).
#[inline(never)]
pub fn getattro(object: &Object, name: &Object) -> PyResult {
    match lookup_attribute(object, name)? {
        Some(found) => Ok(found),
        None => Err(no_attribute(object, name)),
    }
}

#[cold]
fn no_attribute(object: &Object, name: &Object) -> crate::Raised {
    error::attribute_error_text(format!(
        "type object '{}' has no attribute '{}'",
        as_type(object).map_or("?", Type::full_name),
        text::lossy(name)
    ))
}

/// `getattro` with `None` in place of AttributeError.
pub fn find_attribute(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    match lookup_attribute(object, name) {
        Err(_) if error::matches(&ATTRIBUTE_ERROR) => {
            error::clear();
            Ok(None)
        }
        other => other,
    }
}

fn lookup_attribute(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    let Some(ty) = as_type(object) else {
        return Ok(None);
    };
    if !name.ty().has(flags::UNICODE_SUBCLASS) {
        return Err(type_error(format!(
            "attribute name must be string, not '{}'",
            name.ty().full_name()
        )));
    }
    let meta = object.ty();
    let mut in_meta = lookup(meta, name);
    let mut meta_get = None;
    if let Some(found) = &in_meta {
        meta_get = found.ty().slots.descr_get;
        if let Some(get) = meta_get
            && attribute::is_data_descriptor(found)
            && let Some(found) = in_meta.take()
        {
            let held = root("descriptor", found);
            return get(&held, Some(object), Some(meta.as_object())).map(Some);
        }
    }
    if let Some(found) = lookup(ty, name) {
        drop(in_meta);
        return match found.ty().slots.descr_get {
            None => Ok(Some(found)),
            Some(get) => {
                let held = root("descriptor", found);
                get(&held, None, Some(object)).map(Some)
            }
        };
    }
    match (in_meta, meta_get) {
        (Some(found), Some(get)) => {
            let held = root("descriptor", found);
            get(&held, Some(object), Some(meta.as_object())).map(Some)
        }
        (found, _) => Ok(found),
    }
}

/// `setattr` and `delattr` of a class (`type_setattro`).
#[inline(never)]
pub fn setattro(object: &Object, name: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(ty) = as_type(object) else {
        return Err(type_error("a type is needed"));
    };
    if ty.has(flags::IMMUTABLETYPE) {
        return Err(type_error(format!(
            "cannot set {} attribute of immutable type '{}'",
            text::lossy(&*text::repr(name)?),
            ty.full_name()
        )));
    }
    if !name.ty().has(flags::UNICODE_SUBCLASS) {
        return Err(type_error(format!(
            "attribute name must be string, not '{}'",
            name.ty().full_name()
        )));
    }
    let name = if name.is_exact(&crate::types::str::STR) {
        crate::types::str::intern_mortal(Owned::new(name))
    } else {
        Owned::new(name)
    };
    let meta = object.ty();
    if let Some(found) = lookup(meta, &name)
        && let Some(set) = found.ty().slots.descr_set
    {
        let held = root("descriptor", found);
        return set(&held, object, value);
    }
    // SAFETY: a ready type has a dict.
    let namespace = unsafe { &*ty.dict.get() };
    let old = dict::get(namespace, &name)?.map(|o| root("old class attribute", o));
    type_cache::modified(ty);
    match value {
        Some(value) => dict::set(namespace, &name, value)?,
        None => {
            if !dict::remove(namespace, &name)? {
                return Err(attribute::attribute_error(
                    object,
                    &name,
                    format!(
                        "type object '{}' has no attribute '{}'",
                        ty.full_name(),
                        text::lossy(&name)
                    ),
                ));
            }
        }
    }
    if crate::slotdefs::is_slot_name(&name) {
        crate::slotdefs::update_slot(ty, &name);
    }
    drop(old);
    Ok(())
}

/// The word of a type field as a `Cell`, for code that reads several fields alike.
pub fn field(cell: &Cell<*mut Object>) -> Option<&Object> {
    // SAFETY: fields of types are null or owned.
    unsafe { cell.get().as_ref() }
}
