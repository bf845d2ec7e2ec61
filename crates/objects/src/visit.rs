//! What an object refers to, said once per type and read by three parties: the collector, `gc.get_referents`, and the audit.
//!
//! A type's `visit` slot names every reference its instances *own*, with multiplicity. References that CPython's `tp_traverse` reports go
//! through `edge`; those that CPython owns but does not report go through `hidden`.

use crate::object::Object;
use crate::refs::{Owned, Word};

/// The part of its holder in which a reference sits. A fact: `report` turns it into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The type word of an instance of a heap type.
    Type,
    /// Item `i` of a sequence or set.
    Item(usize),
    /// The key of entry `i` of a dict.
    Key(usize),
    /// The value of entry `i` of a dict.
    Value(usize),
    /// The inline attribute value `i` of an instance (names by its type's cached keys).
    Attribute(usize),
    /// A `__slots__` member at this offset.
    Member(usize),
    /// A named field of a built-in object (`func`, `self`, `__dict__` ...).
    Field(&'static str),
    /// Fast local `i` of a frame (variable, cell or free variable).
    Local(usize),
    /// Operand `i` of a frame's evaluation stack, from the bottom.
    Stack(usize),
    /// Constant `i` of a code object.
    Const(usize),
    /// Name `i` of a code object (of `co_names` or `co_localsplusnames`).
    Name(usize),
    /// A named root of the interpreter (interned table, caches, thread state).
    Root(&'static str),
}

/// A walk over one object's references.
pub struct Visit<'a> {
    report: &'a mut dyn FnMut(&Object, Role),
    all: bool,
}

impl<'a> Visit<'a> {
    /// A walk over what CPython's `tp_traverse` reports (`all` false) or over everything owned (`all` true).
    pub fn new(all: bool, report: &'a mut dyn FnMut(&Object, Role)) -> Visit<'a> {
        Visit { report, all }
    }

    /// Whether hidden references are wanted.
    #[inline]
    pub fn wants_all(&self) -> bool {
        self.all
    }

    /// A reference that `tp_traverse` reports.
    #[inline]
    pub fn edge(&mut self, role: Role, target: &Object) {
        (self.report)(target, role);
    }

    /// A reference that is owned but not reported by `tp_traverse`.
    #[inline]
    pub fn hidden(&mut self, role: Role, target: &Object) {
        if self.all {
            (self.report)(target, role);
        }
    }

    /// `edge` for an optional field.
    #[inline]
    pub fn field(&mut self, name: &'static str, target: *mut Object) {
        // SAFETY: fields hold null or a live object.
        if let Some(target) = unsafe { target.as_ref() } {
            self.edge(Role::Field(name), target);
        }
    }

    /// `hidden` for an optional field.
    #[inline]
    pub fn hidden_field(&mut self, name: &'static str, target: *mut Object) {
        // SAFETY: fields hold null or a live object.
        if let Some(target) = unsafe { target.as_ref() } {
            self.hidden(Role::Field(name), target);
        }
    }

    /// A frame slot: reported only if it owns a count.
    #[inline]
    pub fn word(&mut self, role: Role, word: Word) {
        if !word.is_null() && word.is_counted() {
            self.edge(role, word.object());
        }
    }

    /// `edge` for an owned reference kept in a Rust structure.
    #[inline]
    pub fn owned(&mut self, role: Role, target: &Owned) {
        self.edge(role, target);
    }
}
