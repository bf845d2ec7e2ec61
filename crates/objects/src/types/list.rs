//! `list`.

use std::cell::Cell;

use crate::object::{Layout, Object, VarObject};
use crate::refs::Owned;
use crate::typeobject::{Slots, Type, flags};

#[repr(C)]
pub struct List {
    pub var: VarObject,
    /// `allocated` slots, the first `var.size` of them owned.
    pub items: Cell<*mut *mut Object>,
    pub allocated: Cell<isize>,
}

// SAFETY: starts with `VarObject`.
unsafe impl Layout for List {
    fn type_object() -> &'static Type {
        &LIST
    }
}

pub static LIST: Type = Type::builtin("list", 40, Slots { ..Slots::NONE }).with_flags(
    flags::BASETYPE | flags::HAVE_GC | flags::LIST_SUBCLASS | flags::MATCH_SELF | flags::SEQUENCE,
);

impl List {
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.var.size.get() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Item `index`, borrowed; the list must not change while it is used.
    #[inline(always)]
    pub fn item(&self, index: usize) -> Option<&Object> {
        // SAFETY: the first `len` slots are live.
        (index < self.len()).then(|| unsafe { &**self.items.get().add(index) })
    }

    pub fn push(&self, item: Owned) {
        todo!()
    }
}

pub fn new() -> Owned {
    todo!()
}
pub fn from_owned(items: Vec<Owned>) -> Owned {
    todo!()
}
/// A list that takes over the words (BUILD_LIST).
pub fn from_words_steal(items: &[crate::refs::Word]) -> Owned {
    todo!()
}
/// `list.append` for native code.
pub fn append(list: &Object, item: &Object) {
    todo!()
}
