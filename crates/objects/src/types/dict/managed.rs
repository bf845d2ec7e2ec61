//! Attributes of instances: inline values behind the body, the managed dict in the words before it, and how one becomes the other
//! (the end of Objects/dictobject.c). The names in brackets are CPython's.
//!
//! Facts of a type, by its flags:
//! - `INLINE_VALUES` (implies `MANAGED_DICT`): instances have `DictValues` at byte `basicsize`, for the names in `ht_cached_keys`.
//!   They hold while `valid`. The managed dict may be null; if it is there its `values` may be these very values (`embedded`).
//! - `MANAGED_DICT` alone: the word holds a dict or null.

use std::ptr::null_mut;

use super::keys::{DictKeys, EMPTY, str_hash};
use super::values::DictValues;
use super::{Dict, dict_of, hash_key, lookup, table, with_keys};
use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::{Type, flags};
use crate::types::str::STR;
use crate::types::tuple::Tuple;
use crate::visit::{Role, Visit};

/// The word that holds the managed dict (owned, or null).
///
/// # Safety
/// The type has `MANAGED_DICT`.
#[inline(always)]
pub unsafe fn dict_slot(object: &Object) -> *mut *mut Object {
    // SAFETY: by contract the words are there.
    unsafe { object.as_ptr().cast::<*mut Object>().sub(3) }
}

/// The managed dict, or null, borrowed.
///
/// # Safety
/// As `dict_slot`.
#[inline(always)]
pub unsafe fn managed_dict(object: &Object) -> *mut Object {
    // SAFETY: by contract.
    unsafe { *dict_slot(object) }
}

/// The inline values.
///
/// # Safety
/// The type has `INLINE_VALUES`.
#[inline(always)]
pub unsafe fn inline_values(object: &Object) -> &DictValues {
    // SAFETY: by contract they stand at `basicsize`.
    unsafe {
        &*object
            .as_ptr()
            .cast::<u8>()
            .add(object.ty().basicsize.get() as usize)
            .cast()
    }
}

/// The shared keys of a type with `INLINE_VALUES` (or of any heap type that has them).
///
/// # Safety
/// `ht_cached_keys` is set.
#[inline(always)]
pub unsafe fn cached_keys(ty: &Type) -> &DictKeys {
    // SAFETY: by contract.
    unsafe { &*ty.ht_cached_keys.get().cast::<DictKeys>() }
}

/// Makes the shared keys of a new heap type, with the names of its `__static_attributes__` (`_PyDict_NewKeysForClass`).
pub fn new_keys_for_class(namespace: Option<&Object>) -> *mut u8 {
    let keys = DictKeys::alloc_shared();
    let names =
        namespace.and_then(|n| super::get_name(n, &crate::names::names().__static_attributes__));
    if let Some(names) = names.and_then(|n| n.downcast::<Tuple>()) {
        for name in names.items().iter().filter(|n| n.is_exact(&STR)) {
            // SAFETY: just made.
            unsafe { (*keys).insert_split(name, str_hash(name)) };
        }
    }
    keys.cast()
}

/// Gives up a type's reference to its shared keys (`_PyDictKeys_DecRef`).
///
/// # Safety
/// The type does not use them again.
pub unsafe fn release_class_keys(keys: *mut u8) {
    if !keys.is_null() {
        // SAFETY: by contract.
        unsafe { DictKeys::decref(keys.cast()) }
    }
}

/// Names the keys that a type's shared keys own (for the type's `visit`).
pub fn visit_class_keys(ty: &Type, visit: &mut Visit<'_>) {
    // SAFETY: null or the type's keys.
    let Some(keys) = (unsafe { ty.ht_cached_keys.get().cast::<DictKeys>().as_ref() }) else {
        return;
    };
    for i in 0..keys.len() {
        // SAFETY: present keys are live.
        if let Some(key) = unsafe { keys.key(i).as_ref() } {
            visit.hidden(Role::Key(i), key);
        }
    }
}

/// Bytes that inline values take in an instance made now (`_PyInlineValuesSize`).
///
/// # Safety
/// The type has `INLINE_VALUES`.
#[inline]
pub unsafe fn inline_values_size(ty: &Type) -> usize {
    // SAFETY: by contract.
    DictValues::bytes(unsafe { cached_keys(ty) }.shared_size())
}

/// Makes the inline values of a fresh instance (`_PyObject_InitInlineValues`). Call it with the memory sized by `inline_values_size`
/// just before, as it makes the shared keys' room one smaller.
///
/// # Safety
/// The type has `INLINE_VALUES` and the memory is large enough.
#[inline(always)]
pub unsafe fn init_inline_values(object: &Object) {
    // SAFETY: by contract.
    unsafe {
        let keys = cached_keys(object.ty());
        let usable = keys.usable.get();
        if usable > 1 {
            keys.usable.set(usable - 1);
        }
        let size = keys.shared_size();
        let values = inline_values(object) as *const DictValues as *mut DictValues;
        DictValues::init(values, size, true);
        *dict_slot(object) = null_mut();
    }
}

/// A dict over an instance's valid inline values (`make_dict_from_instance_attributes`).
///
/// # Safety
/// The values are the instance's and valid; the dict is stored in its managed word at once, or its values are moved out.
unsafe fn dict_over(keys: &DictKeys, values: &DictValues) -> Owned {
    keys.incref();
    let used = (0..keys.shared_size().min(values.capacity.get() as usize))
        .filter(|&i| !values.get(i).is_null())
        .count();
    with_keys(
        keys as *const DictKeys as *mut DictKeys,
        values as *const DictValues as *mut DictValues,
        used,
    )
}

/// The instance's dict, made if it was not there (`_PyObject_MaterializeManagedDict`); borrowed from the instance.
///
/// # Safety
/// The type has `MANAGED_DICT`.
pub unsafe fn materialize(object: &Object) -> &Object {
    // SAFETY: by contract.
    unsafe {
        let slot = dict_slot(object);
        if (*slot).is_null() {
            let ty = object.ty();
            let dict = if ty.has(flags::INLINE_VALUES) && inline_values(object).valid.get() {
                dict_over(cached_keys(ty), inline_values(object))
            } else if !ty.ht_cached_keys.get().is_null() {
                // `new_dict_with_shared_keys`
                let keys = cached_keys(ty);
                let values = DictValues::alloc(keys.shared_size());
                keys.incref();
                with_keys(keys as *const DictKeys as *mut DictKeys, values, 0)
            } else {
                super::new()
            };
            // Making the dict ran nothing, so the word is still null.
            *slot = dict.into_raw();
        }
        &**slot
    }
}

/// The attribute from inline values: `Err(())` if they are not valid (look in the dict), else the value if present
/// (`_PyObject_TryGetInstanceAttribute`).
///
/// # Safety
/// The type has `INLINE_VALUES`.
#[inline]
pub unsafe fn try_get_inline(object: &Object, name: &Object) -> Result<Option<Owned>, ()> {
    // SAFETY: by contract.
    unsafe {
        let values = inline_values(object);
        if !values.valid.get() {
            return Err(());
        }
        if !name.is_exact(&STR) {
            return Err(());
        }
        let ix = cached_keys(object.ty()).lookup_str(name, str_hash(name));
        if ix == EMPTY {
            return Ok(None);
        }
        Ok(values.get(ix as usize).as_ref().map(Owned::new))
    }
}

/// An instance attribute by name, through inline values or the managed dict; no descriptors. For types with `MANAGED_DICT`.
///
/// # Safety
/// The type has `MANAGED_DICT`.
#[inline]
pub unsafe fn get(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    // SAFETY: by contract.
    unsafe {
        if object.ty().has(flags::INLINE_VALUES)
            && let Ok(found) = try_get_inline(object, name)
        {
            return Ok(found);
        }
        match managed_dict(object).as_ref() {
            None => Ok(None),
            // The dict is owned during the lookup, as CPython does.
            Some(dict) => {
                let keys = dict_of(dict).keys();
                if keys.is_unicode() && name.is_exact(&STR) {
                    let ix = keys.lookup_str(name, str_hash(name));
                    if ix == EMPTY {
                        return Ok(None);
                    }
                    return Ok(dict_of(dict).value_at(ix as usize).as_ref().map(Owned::new));
                }
                let dict = root("instance dict", Owned::new(dict));
                super::get(&dict, name)
            }
        }
    }
}

/// Sets (or with `None` deletes) an attribute of an instance with inline values (`_PyObject_StoreInstanceAttribute`). A missing name on
/// deletion raises AttributeError from inline values, KeyError from a dict (the caller turns it into AttributeError).
///
/// # Safety
/// The type has `INLINE_VALUES`.
pub unsafe fn store(object: &Object, name: &Object, value: Option<&Object>) -> PyResult<()> {
    // SAFETY: by contract.
    unsafe {
        let values = inline_values(object);
        if values.valid.get() {
            return store_inline(object, values, name, value);
        }
        let dict = root("instance dict", Owned::new(materialize(object)));
        set_or_delete(&dict, name, value)
    }
}

/// `dict[name] = value`, or `del dict[name]` with KeyError if absent.
pub fn set_or_delete(dict: &Object, name: &Object, value: Option<&Object>) -> PyResult<()> {
    match value {
        Some(value) => super::set(dict, name, value),
        None if super::remove(dict, name)? => Ok(()),
        None => Err(crate::error::key_error(name)),
    }
}

// SAFETY: `values` are the inline values of `object` and valid.
unsafe fn store_inline(
    object: &Object,
    values: &DictValues,
    name: &Object,
    value: Option<&Object>,
) -> PyResult<()> {
    // SAFETY: valid inline values of `object`.
    unsafe {
        let keys = cached_keys(object.ty());
        let dict = managed_dict(object);
        let ix = if name.is_exact(&STR) {
            keys.insert_split(name, str_hash(name))
        } else {
            EMPTY
        };
        if ix == EMPTY || ix as usize >= values.capacity.get() as usize {
            if !dict.is_null() {
                let dict = root("instance dict", Owned::new(&*dict));
                return set_or_delete(&dict, name, value);
            }
            // The dict is not published before it is complete.
            let dict = dict_over(keys, values);
            let result = set_or_delete(&dict, name, value);
            if result.is_ok() {
                *dict_slot(object) = dict.into_raw();
            } else {
                discard_unpublished(dict);
            }
            return result;
        }
        let ix = ix as usize;
        let old = values.get(ix);
        match value {
            // Of attributes kept in the object itself CPython tells neither `name` nor `obj`.
            None if old.is_null() => {
                let text = crate::ops::attribute::no_attribute_text(object, name);
                return Err(crate::error::attribute_error_text(text));
            }
            None => {
                values.replace(ix, null_mut());
                values.removed(ix);
                if let Some(dict) = dict.as_ref() {
                    let used = &dict_of(dict).used;
                    used.set(used.get() - 1);
                }
                Object::decref(old);
            }
            Some(value) => {
                value.incref();
                values.replace(ix, value.as_ptr());
                if old.is_null() {
                    values.added(ix);
                    if let Some(dict) = dict.as_ref() {
                        let used = &dict_of(dict).used;
                        used.set(used.get() + 1);
                    }
                } else {
                    Object::decref(old);
                }
            }
        }
        Ok(())
    }
}

/// Drops a dict made over inline values that could not take the new attribute: the values stay the instance's.
fn discard_unpublished(dict: Owned) {
    // The deallocator leaves embedded values alone.
    drop(dict);
}

/// `(dict slot, INLINE?)` aside: the `__dict__` of an instance whose type has `MANAGED_DICT` or a positive `dictoffset`, or null when it
/// is not made yet or cannot be (`_PyObject_GetDictPtr` without making). Borrowed.
pub fn existing_dict(object: &Object) -> *mut Object {
    let ty = object.ty();
    // SAFETY: the flags and offsets say that the word is there.
    unsafe {
        if ty.has(flags::MANAGED_DICT) {
            return managed_dict(object);
        }
        match dict_pointer(object) {
            Some(slot) => *slot,
            None => null_mut(),
        }
    }
}

/// Where a type with a `dictoffset` that is not managed keeps its `__dict__` (`_PyObject_ComputedDictPointer`).
pub fn dict_pointer(object: &Object) -> Option<*mut *mut Object> {
    let ty = object.ty();
    let offset = ty.dictoffset.get();
    if offset == 0 {
        return None;
    }
    // SAFETY: the offset lies inside the instance; a negative one counts from the end of a variable-size one.
    unsafe {
        if offset == -1 {
            debug_assert!(ty.has(flags::MANAGED_DICT));
            return Some(dict_slot(object));
        }
        let offset = if offset < 0 {
            let items = (*object.as_ptr().cast::<crate::object::VarObject>())
                .size
                .get()
                .unsigned_abs();
            let size = ty.basicsize.get() as usize + items * ty.itemsize.get() as usize;
            (size.next_multiple_of(8) as isize + offset) as usize
        } else {
            offset as usize
        };
        Some(object.as_ptr().cast::<u8>().add(offset).cast())
    }
}

/// `object.__dict__` as a new reference, made if need be (`PyObject_GenericGetDict`); AttributeError if there can be none.
pub fn generic_get_dict(object: &Object) -> PyResult {
    let ty = object.ty();
    if ty.has(flags::MANAGED_DICT) {
        // SAFETY: the flag.
        return Ok(Owned::new(unsafe { materialize(object) }));
    }
    let Some(slot) = dict_pointer(object) else {
        return Err(crate::error::attribute_error_text(
            "This object has no __dict__",
        ));
    };
    // SAFETY: the slot of a live instance.
    unsafe {
        if (*slot).is_null() {
            *slot = new_for_slot(ty).into_raw();
        }
        Ok(Owned::new(&**slot))
    }
}

/// An empty dict for an unmanaged `__dict__` word: with the class's shared keys if it has some.
fn new_for_slot(ty: &Type) -> Owned {
    let keys = ty.ht_cached_keys.get().cast::<DictKeys>();
    if keys.is_null() {
        return super::new();
    }
    // SAFETY: the type's keys.
    unsafe {
        let values = DictValues::alloc((*keys).shared_size());
        (*keys).incref();
        with_keys(keys, values, 0)
    }
}

/// `_PyObjectDict_SetItem`: sets or deletes in an unmanaged `__dict__` word, making the dict on the first store.
///
/// # Safety
/// `slot` is the instance's dict word.
pub unsafe fn set_in_slot(
    object: &Object,
    slot: *mut *mut Object,
    name: &Object,
    value: Option<&Object>,
) -> PyResult<()> {
    // SAFETY: by contract.
    unsafe {
        if (*slot).is_null() {
            *slot = new_for_slot(object.ty()).into_raw();
        }
        let dict = root("instance dict", Owned::new(&**slot));
        set_or_delete(&dict, name, value)
    }
}

/// Replaces the managed dict (`_PyObject_SetManagedDict`): `__dict__ = d`, or with `None` takes it away (`del __dict__`, and clearing).
///
/// # Safety
/// The type has `MANAGED_DICT`.
pub unsafe fn set_managed_dict(object: &Object, new: Option<&Object>) {
    // SAFETY: by contract.
    unsafe {
        let slot = dict_slot(object);
        let fresh = new.map_or(null_mut(), |d| {
            d.incref();
            d.as_ptr()
        });
        let old = *slot;
        if object.ty().has(flags::INLINE_VALUES) {
            let values = inline_values(object);
            if old.is_null() {
                *slot = fresh;
                clear_inline(values);
                return;
            }
            if std::ptr::eq(dict_of(&*old).values.get(), values) {
                dict_of(&*old).values.set(values.detach());
            }
        }
        *slot = fresh;
        if !old.is_null() {
            Object::decref(old);
        }
    }
}

/// Makes valid inline values invalid and gives them up in order.
fn clear_inline(values: &DictValues) {
    if !values.valid.get() {
        return;
    }
    values.valid.set(false);
    for i in 0..values.capacity.get() as usize {
        let old = values.replace(i, null_mut());
        if !old.is_null() {
            // SAFETY: the values owned it.
            unsafe { Object::decref(old) };
        }
    }
}

/// Gives up the attributes of a dying or cleared instance (`PyObject_ClearManagedDict`).
///
/// # Safety
/// The type has `MANAGED_DICT`.
pub unsafe fn clear_managed(object: &Object) {
    // SAFETY: by contract.
    unsafe { set_managed_dict(object, None) }
}

/// Names what an instance owns through its managed words (`PyObject_VisitManagedDict`).
///
/// # Safety
/// The type has `MANAGED_DICT`.
pub unsafe fn visit_managed(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: by contract.
    unsafe {
        if object.ty().has(flags::INLINE_VALUES) {
            // Values that are no longer valid are null, but for those just being given up.
            let values = inline_values(object);
            for i in 0..values.capacity.get() as usize {
                if let Some(value) = values.get(i).as_ref() {
                    visit.edge(Role::Attribute(i), value);
                }
            }
        }
        visit.field("__dict__", managed_dict(object));
    }
}

/// Whether an instance has no attributes of its own (`_PyObject_IsInstanceDictEmpty`).
pub fn is_instance_dict_empty(object: &Object) -> bool {
    let ty = object.ty();
    // SAFETY: the flags say which words are there.
    unsafe {
        if ty.has(flags::INLINE_VALUES) {
            let values = inline_values(object);
            if values.valid.get() {
                return values.size.get() == 0;
            }
        }
        match existing_dict(object).as_ref() {
            None => true,
            Some(dict) => dict_of(dict).is_empty(),
        }
    }
}

/// Entry number of `name` among a type's shared keys, for the specialiser; adds nothing (`_PyDictKeys_StringLookupSplit`).
///
/// # Safety
/// The type has cached keys; `name` is an exact str.
#[inline]
pub unsafe fn shared_index(ty: &Type, name: &Object) -> isize {
    // SAFETY: by contract.
    unsafe { cached_keys(ty) }.lookup_str(name, str_hash(name))
}

/// Stores inline value `ix` that the specialiser found (STORE_ATTR_INSTANCE_VALUE, no dict present): takes `value` over and returns
/// the old one for the caller to drop last.
///
/// # Safety
/// Valid inline values; `ix` is below their capacity.
#[inline(always)]
pub unsafe fn store_inline_at(object: &Object, ix: usize, value: Owned) -> Option<Owned> {
    // SAFETY: by contract.
    unsafe {
        let values = inline_values(object);
        let old = values.replace(ix, value.into_raw());
        if old.is_null() {
            values.added(ix);
            None
        } else {
            Some(Owned::from_raw(old))
        }
    }
}

/// `dict[key]` in a dict that may be split, by a key of any type: used where CPython owns the dict itself meanwhile.
pub fn get_owning(dict: &Object, key: &Object) -> PyResult<Option<Owned>> {
    let dict = root("instance dict", Owned::new(dict));
    let hash = hash_key(key)?;
    let body: &Dict = dict_of(&dict);
    let ix = lookup(body, key, hash)?;
    if ix < 0 {
        return Ok(None);
    }
    // SAFETY: null or live.
    Ok(unsafe { body.value_at(ix as usize).as_ref() }.map(Owned::new))
}

/// Sets through `table` with references taken (`PyDict_SetItem`), for callers that hold a `Dict`.
pub fn set_in(dict: &Dict, key: &Object, value: &Object) -> PyResult<()> {
    table::set_take(dict, Owned::new(key), Owned::new(value))
}
