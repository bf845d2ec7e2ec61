//! The built-in types, a file or folder each.

pub mod bool;
pub mod builtin_function;
pub mod bytearray;
pub mod bytes;
pub mod cell;
pub mod code;
pub mod code_attributes;
pub mod code_check;
pub mod code_iterators;
pub mod code_monitoring;
pub mod code_new;
pub mod complex;
pub mod descriptors;
pub mod dict;
pub mod enumerate;
pub mod exceptions;
pub mod float;
pub mod frame_attributes;
pub mod frame_jump;
pub mod frame_locals;
pub mod frame_object;
pub mod function;
pub mod function_attributes;
pub mod generator;
pub mod generic_alias;
pub mod generic_substitution;
pub mod int;
pub mod list;
pub mod memoryview;
pub mod method;
pub mod module;
pub mod namespace;
pub mod none;
pub mod object;
pub mod range;
pub mod range_iterator;
pub mod sequence_iterator;
pub mod set;
pub mod slice;
pub mod slicing;
pub mod staticmethod_classmethod;
pub mod str;
pub mod super_object;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod r#type;
pub mod typing;
pub mod union;
pub mod weakref;
pub mod writer;
pub mod zip_map_filter;

use crate::object::Object;
use crate::refs::{Owned, PyResult};

/// The `iter` slot of iterators: themselves (`PyObject_SelfIter`).
pub fn self_iter(object: &Object) -> PyResult {
    Ok(Owned::new(object))
}

/// An object of the `builtins` module, for `__reduce__` methods (`_PyEval_GetBuiltin`).
pub fn builtin(name: &str) -> PyResult {
    let state = crate::state::get();
    match state.kept("builtins") {
        Some(space) if space.is_exact(&dict::DICT) => {
            dict::get_str(space, name).ok_or_else(|| crate::error::attribute_error_text(name))
        }
        Some(module) => crate::ops::attribute::get_str(module, name),
        None => Err(crate::error::attribute_error_text(name)),
    }
}

/// Memory for an instance of a collectable built-in type or a subtype of it, with a zeroed body; `finish_instance` tracks it when its
/// fields are written.
///
/// # Safety
/// `B` is the body of the built-in type that `ty` is or derives from.
pub(crate) unsafe fn alloc_instance<B>(ty: &crate::typeobject::Type) -> PyResult<*mut B> {
    if ty.is_heap() {
        return Ok(r#type::generic_alloc(ty, 0)?.into_raw().cast());
    }
    let bytes = size_of::<B>();
    // SAFETY: by contract; the body is zeroed here.
    unsafe {
        let memory = crate::alloc::object_of_kind(crate::alloc::Kind::Gc, ty, bytes);
        if memory.is_null() {
            return Err(crate::error::memory_error());
        }
        let head = size_of::<Object>();
        memory.cast::<u8>().add(head).write_bytes(0, bytes - head);
        Ok(memory.cast())
    }
}

/// Tracks an instance from `alloc_instance` and hands it over.
///
/// # Safety
/// As `alloc_instance`; the fields are written.
pub(crate) unsafe fn finish_instance<B>(memory: *mut B) -> Owned {
    // SAFETY: by contract.
    unsafe {
        let object = Owned::from_raw(memory.cast());
        if !crate::gc::is_tracked(&object) {
            crate::gc::track(&object);
        }
        object
    }
}

/// Frees a dead instance of a built-in type or a subtype.
///
/// # Safety
/// As `alloc::free_object`.
pub(crate) unsafe fn free_instance(object: *mut Object) {
    // SAFETY: by contract.
    unsafe {
        if (*object).ty().is_heap() {
            r#type::free(object);
        } else {
            crate::alloc::free_object(object);
        }
    }
}

/// Gives up what a field owns and leaves it null.
pub(crate) fn clear_field(field: &std::cell::Cell<*mut Object>) {
    let old = field.replace(std::ptr::null_mut());
    if !old.is_null() {
        // SAFETY: the field owned it.
        unsafe { Object::decref(old) };
    }
}
