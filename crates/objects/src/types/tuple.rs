//! `tuple`.

use std::cell::Cell;

use crate::object::{Layout, Object, VarObject};
use crate::refs::Owned;
use crate::typeobject::{Slots, Type, flags};

/// Items follow the struct, owned, never null once the tuple can be seen.
#[repr(C)]
pub struct Tuple {
    pub var: VarObject,
    /// -1: not computed yet.
    pub hash: Cell<isize>,
    first: [Owned; 0],
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for Tuple {
    fn type_object() -> &'static Type {
        &TUPLE
    }
}

pub static TUPLE: Type = Type::builtin("tuple", 32, Slots { ..Slots::NONE })
    .with_flags(
        flags::BASETYPE
            | flags::HAVE_GC
            | flags::TUPLE_SUBCLASS
            | flags::MATCH_SELF
            | flags::SEQUENCE,
    )
    .with_itemsize(8);

impl Tuple {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.var.size.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn items(&self) -> &[Owned] {
        // SAFETY: `size` owned items follow.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr(), self.len()) }
    }
}

/// The immortal `()`.
pub fn empty() -> Owned {
    todo!()
}
/// A tracked tuple of these items.
pub fn from_owned(items: Vec<Owned>) -> Owned {
    todo!()
}
/// A tuple with new references.
pub fn from_refs(items: &[&Object]) -> Owned {
    todo!()
}
/// A tuple of what words refer to, with new references.
pub fn from_words(items: &[crate::refs::Word]) -> Owned {
    todo!()
}
/// A tuple that takes over the words (BUILD_TUPLE): counted ones are moved, borrowed ones get a reference.
pub fn from_words_steal(items: &[crate::refs::Word]) -> Owned {
    todo!()
}
