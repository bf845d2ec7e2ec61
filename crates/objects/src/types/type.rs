//! `type`.

use crate::typeobject::{Slots, Type, flags};

pub static TYPE: Type = Type::builtin("type", std::mem::size_of::<Type>(), Slots { ..Slots::NONE })
    .with_flags(
        flags::BASETYPE
            | flags::HAVE_GC
            | flags::TYPE_SUBCLASS
            | flags::HAVE_VECTORCALL
            | flags::ITEMS_AT_END,
    );

use crate::object::Object;
use crate::refs::PyResult;

/// `tp_alloc` of a type: memory for an instance with `nitems` items, zeroed body, tracked if collectable (`PyType_GenericAlloc`).
pub fn generic_alloc(ty: &Type, nitems: usize) -> PyResult {
    let _ = (ty, nitems);
    todo!()
}

/// `tp_free`: frees the memory of an instance.
///
/// # Safety
/// As `alloc::free_object`.
pub unsafe fn free(object: *mut Object) {
    // SAFETY: by contract.
    unsafe { crate::alloc::free_object(object) }
}
