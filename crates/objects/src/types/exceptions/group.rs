//! `BaseExceptionGroup` and `ExceptionGroup` (PEP 654).

use std::cell::Cell;

use crate::object::Object;
use crate::typeobject::*;

use super::special::{field, with_fields};
use super::{base, slots};

pub static BASE_EXCEPTION_GROUP: Type = with_fields(
    "BaseExceptionGroup",
    3,
    Slots {
        init: Some(base::init),
        new: Some(base::new),
        ..slots::<3>()
    },
    &raw const super::BASE_EXCEPTION,
)
.with_members(&[field("message", 0), field("exceptions", 1)]);

struct HeapType(Cell<*const Type>);

// SAFETY: written once at start-up.
unsafe impl Sync for HeapType {}

static EXCEPTION_GROUP: HeapType = HeapType(Cell::new(std::ptr::null()));

/// `ExceptionGroup`, which has two bases and therefore is made at start-up.
pub fn exception_group() -> &'static Type {
    // SAFETY: set by `init`.
    unsafe { &*EXCEPTION_GROUP.0.get() }
}

/// Makes `ExceptionGroup`.
pub fn init() {
    let namespace = crate::types::dict::new();
    crate::types::dict::set_str(&namespace, "__module__", &crate::names().builtins);
    let bases: [&Object; 2] = [
        BASE_EXCEPTION_GROUP.as_object(),
        super::EXCEPTION.as_object(),
    ];
    match crate::types::r#type::methods::make_class("ExceptionGroup", &bases, &namespace) {
        Ok(class) => {
            class.make_immortal();
            EXCEPTION_GROUP.0.set(class.into_raw().cast());
        }
        Err(_) => panic!("ExceptionGroup cannot be made"),
    }
}
