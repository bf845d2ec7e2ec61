//! The attributes an instance has of its own, wherever they live: inline values, a managed dict before the header, or a dict in the word
//! at the type's `dictoffset`.

use crate::error;
use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::typeobject::flags;
use crate::types::dict::{self, managed};
use crate::types::exceptions::KEY_ERROR;

/// Looks in the instance's own attributes, without the type (a new reference).
#[inline]
pub fn get(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    if object.ty().has(flags::MANAGED_DICT) {
        // SAFETY: the flag.
        return unsafe { managed::get(object, name) };
    }
    let Some(place) = managed::dict_pointer(object) else {
        return Ok(None);
    };
    // SAFETY: null or owned by the instance; it is held during the lookup.
    match unsafe { (*place).as_ref() } {
        None => Ok(None),
        Some(found) => {
            let held = Owned::new(found);
            dict::get(&held, name)
        }
    }
}

/// What storing an attribute came to.
pub enum Stored {
    Done,
    /// Nothing to delete under that name.
    Missing,
    /// The instance has no dict.
    NoDict,
}

/// Stores (or with `None` deletes) one of the instance's own attributes.
#[inline]
pub fn set(object: &Object, name: &Object, value: Option<&Object>) -> PyResult<Stored> {
    let ty = object.ty();
    let result = if ty.has(flags::INLINE_VALUES) {
        // SAFETY: the flag.
        unsafe { managed::store(object, name, value) }
    } else if ty.has(flags::MANAGED_DICT) {
        // SAFETY: the flag.
        unsafe { managed::set_in_slot(object, managed::dict_slot(object), name, value) }
    } else {
        match managed::dict_pointer(object) {
            None => return Ok(Stored::NoDict),
            // SAFETY: the instance's dict word.
            Some(place) => unsafe { managed::set_in_slot(object, place, name, value) },
        }
    };
    match result {
        Ok(()) => Ok(Stored::Done),
        Err(_) if value.is_none() && error::matches(&KEY_ERROR) => {
            error::clear();
            Ok(Stored::Missing)
        }
        Err(raised) => Err(raised),
    }
}
