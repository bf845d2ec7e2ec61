//! A field of a built-in object: an owned reference that may be missing and may change.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::object::Object;
use crate::refs::Owned;
use crate::visit::{Role, Visit};

/// One word: an owned reference, or null. Zeroed memory is an empty field. Not dropped with its holder: deallocators call `clear`.
#[repr(transparent)]
pub struct Field(Cell<*mut Object>);

impl Field {
    pub const EMPTY: Field = Field(Cell::new(null_mut()));

    /// A field that takes over a reference.
    #[inline(always)]
    pub fn new(object: Option<Owned>) -> Field {
        Field(Cell::new(object.map_or(null_mut(), Owned::into_raw)))
    }

    /// What is there, borrowed: use it before anything can change the field.
    #[inline(always)]
    pub fn get(&self) -> Option<&Object> {
        // SAFETY: null or owned by the field.
        unsafe { self.0.get().as_ref() }
    }

    #[inline(always)]
    pub fn pointer(&self) -> *mut Object {
        self.0.get()
    }

    /// A new reference to what is there.
    #[inline(always)]
    pub fn owned(&self) -> Option<Owned> {
        self.get().map(Owned::new)
    }

    /// A new reference to what is there, or to `None`.
    #[inline(always)]
    pub fn or_none(&self) -> Owned {
        Owned::new(self.get().unwrap_or(crate::none()))
    }

    /// Puts another reference there and gives up the old one last (`Py_XSETREF`).
    #[inline(always)]
    pub fn set(&self, object: Option<Owned>) {
        drop(self.replace(object));
    }

    /// Puts a new reference to `object` there.
    #[inline(always)]
    pub fn set_ref(&self, object: Option<&Object>) {
        self.set(object.map(Owned::new));
    }

    /// Puts another reference there and returns the old one.
    #[inline(always)]
    pub fn replace(&self, object: Option<Owned>) -> Option<Owned> {
        let old = self.0.replace(object.map_or(null_mut(), Owned::into_raw));
        // SAFETY: the field owned it.
        (!old.is_null()).then(|| unsafe { Owned::from_raw(old) })
    }

    /// Empties the field and gives its reference up (`Py_CLEAR`).
    #[inline(always)]
    pub fn clear(&self) {
        drop(self.replace(None));
    }

    /// Empties the field and hands its reference over.
    #[inline(always)]
    pub fn take(&self) -> Option<Owned> {
        self.replace(None)
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0.get().is_null()
    }

    /// Names the reference for the visitor, as one that `tp_traverse` reports.
    #[inline]
    pub fn visit(&self, name: &'static str, visit: &mut Visit<'_>) {
        if let Some(object) = self.get() {
            visit.edge(Role::Field(name), object);
        }
    }

    /// Names the reference for the audit alone.
    #[inline]
    pub fn visit_hidden(&self, name: &'static str, visit: &mut Visit<'_>) {
        if let Some(object) = self.get() {
            visit.hidden(Role::Field(name), object);
        }
    }
}
