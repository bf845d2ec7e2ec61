//! The dict of an instance, wherever it lives: inline values, a managed dict before the header, or a word at the type's `dictoffset`.

use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Type, flags};
use crate::types::dict;

/// Where the instance keeps its dict word, if it is not managed (`_PyObject_ComputedDictPointer`).
pub fn dict_place(object: &Object) -> Option<&std::cell::Cell<*mut Object>> {
    let ty = object.ty();
    let mut offset = ty.dictoffset.get();
    if offset == 0 || ty.has(flags::MANAGED_DICT) {
        return None;
    }
    if offset < 0 {
        // SAFETY: a type with a negative offset has a size field.
        let size = unsafe { (*object.as_ptr().cast::<crate::VarObject>()).size.get() };
        offset += var_size(ty, size.unsigned_abs()) as isize;
    }
    // SAFETY: `dictoffset` says that a word for the dict is there.
    Some(unsafe { &*object.as_ptr().byte_offset(offset).cast() })
}

/// Bytes of an instance with `items` items, rounded up to words (`_PyObject_VAR_SIZE`).
pub fn var_size(ty: &Type, items: usize) -> usize {
    (ty.basicsize.get() as usize + items * ty.itemsize.get() as usize + 7) & !7
}

/// Looks in the instance's own attributes, without the type (a new reference).
pub fn get(object: &Object, name: &Object) -> PyResult<Option<Owned>> {
    match dict_place(object) {
        Some(place) => match unsafe { place.get().as_ref() } {
            Some(found) => {
                let held = Owned::new(found);
                dict::get(&held, name)
            }
            None => Ok(None),
        },
        None => Ok(None),
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
pub fn set(object: &Object, name: &Object, value: Option<&Object>) -> PyResult<Stored> {
    let Some(place) = dict_place(object) else {
        return Ok(Stored::NoDict);
    };
    if place.get().is_null() {
        if value.is_none() {
            return Ok(Stored::Missing);
        }
        place.set(dict::new().into_raw());
    }
    // SAFETY: made sure of above.
    let held = Owned::new(unsafe { &*place.get() });
    match value {
        Some(value) => dict::set(&held, name, value).map(|()| Stored::Done),
        None => Ok(if dict::remove(&held, name)? {
            Stored::Done
        } else {
            Stored::Missing
        }),
    }
}
