//! `_thread._local`: attributes of the thread; with one thread, of the object.

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{GetSetDef, flags};
use terrarium_objects::types::dict::{self, managed};
use terrarium_objects::types::object::OBJECT;
use terrarium_objects::{Object, PyResult, Slots, Type, error, ops};

use crate::body::{WeakList, body};

body! { Local of LOCAL { attributes: Field, reserved: Cell<usize>, weaklist: WeakList, more: Cell<[usize; 2]> } }

pub static LOCAL: Type = Type::builtin(
    "_thread._local",
    size_of::<Local>(),
    Slots {
        new: Some(new),
        setattro: Some(ops::attribute::generic_set),
        ..Local::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_dictoffset(std::mem::offset_of!(Local, attributes))
.with_weaklistoffset(std::mem::offset_of!(Local, weaklist))
.with_getset(&[GetSetDef {
    name: "__dict__",
    get: Some(managed::generic_get_dict),
    set: Some(|object, _| {
        Err(error::attribute_error_text(format!(
            "'{}' object attribute '__dict__' is read-only",
            object.ty().full_name()
        )))
    }),
    doc: "",
}])
.with_doc("Thread-local data");

/// Arguments are for a subclass's `__init__`.
fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let plain = match (ty.slots.init, OBJECT.slots.init) {
        (Some(own), Some(base)) => std::ptr::fn_addr_eq(own, base),
        _ => true,
    };
    if plain && (args::tuple_len(args) != 0 || kwargs.is_some_and(|k| dict::len(k) != 0)) {
        return Err(error::type_error(
            "Initialization arguments are not supported",
        ));
    }
    Local::alloc(ty)
}
