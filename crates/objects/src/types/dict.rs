//! `dict`: compact, ordered, with shared ("split") keys for the attributes of instances.

use std::cell::Cell;

use crate::object::{Layout, Object};
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Slots, Type, flags};

/// CPython's `PyDictObject` (Include/cpython/dictobject.h).
#[repr(C)]
pub struct Dict {
    pub object: Object,
    pub used: Cell<isize>,
    /// Watcher bits (low 8 bits), mutation counts above.
    pub watchers: Cell<u64>,
    /// A `DictKeys`.
    pub keys: Cell<*mut u8>,
    /// A `DictValues` when the keys are shared, else null.
    pub values: Cell<*mut u8>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Dict {
    fn type_object() -> &'static Type {
        &DICT
    }
}

pub static DICT: Type = Type::builtin("dict", 48, Slots { ..Slots::NONE }).with_flags(
    flags::BASETYPE | flags::HAVE_GC | flags::DICT_SUBCLASS | flags::MATCH_SELF | flags::MAPPING,
);

pub fn new() -> Owned {
    todo!()
}
/// `dict[key]` of an exact or derived dict, without `__missing__`; a new reference.
pub fn get(dict: &Object, key: &Object) -> PyResult<Option<Owned>> {
    todo!()
}
/// By text.
pub fn get_str(dict: &Object, key: &str) -> Option<Owned> {
    todo!()
}
pub fn set(dict: &Object, key: &Object, value: &Object) -> PyResult<()> {
    todo!()
}
/// By text; the key is interned.
pub fn set_str(dict: &Object, key: &str, value: &Object) {
    todo!()
}
/// Removes; false if it was not there.
pub fn remove(dict: &Object, key: &Object) -> PyResult<bool> {
    todo!()
}
pub fn len(dict: &Object) -> usize {
    todo!()
}
/// Walks in order: pass 0 first, then the returned position; borrowed key and value (`PyDict_Next`).
pub fn next<'a>(dict: &'a Object, position: &mut usize) -> Option<(&'a Object, &'a Object)> {
    todo!()
}
pub fn contains(dict: &Object, key: &Object) -> PyResult<bool> {
    todo!()
}
pub fn copy(dict: &Object) -> Owned {
    todo!()
}
/// `dict.update(other)`: mapping or dict (`PyDict_Update`).
pub fn update(dict: &Object, other: &Object) -> PyResult<()> {
    todo!()
}
