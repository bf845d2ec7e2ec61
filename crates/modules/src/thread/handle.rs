//! `_thread._ThreadHandle`: with one thread, that of the main thread.

use std::cell::Cell;

use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, int};
use terrarium_objects::{Layout, Object, PyResult, Slots, Type, error, none_owned, ops};

/// `ident`: 0 for a thread that was never started.
#[repr(C)]
struct Handle {
    object: Object,
    ident: Cell<u64>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Handle {
    fn type_object() -> &'static Type {
        &HANDLE
    }
}

pub static HANDLE: Type = Type::builtin(
    "_thread._ThreadHandle",
    size_of::<Handle>(),
    Slots {
        new: Some(|ty, _, _| terrarium_objects::types::r#type::generic_alloc(ty, 0)),
        repr: Some(|o| {
            Ok(Str::new(&format!(
                "<_thread._ThreadHandle object: ident={}>",
                of(o).ident.get()
            )))
        }),
        getattro: Some(ops::attribute::generic_get),
        ..Slots::NONE
    },
)
.with_getset(&[GetSetDef::read(
    "ident",
    |o| Ok(int::from_u64(of(o).ident.get())),
    "",
)])
.with_methods(&[
    MethodDef::new("join", Native::Fast(|o, _| join(o)), ""),
    MethodDef::new("_set_done", Native::NoArgs(|_| Ok(none_owned())), ""),
    MethodDef::new(
        "is_done",
        Native::NoArgs(|_| Ok(bool::bool_owned(false))),
        "",
    ),
]);

fn of(object: &Object) -> &Handle {
    // SAFETY: slots and methods of this type.
    unsafe { object.cast() }
}

/// `_make_thread_handle`: a handle of a thread that runs already.
pub fn make(_: &Object, ident: &Object) -> PyResult {
    if !int::is_int(ident) {
        return Err(error::type_error("ident must be an integer"));
    }
    let made = terrarium_objects::types::r#type::generic_alloc(&HANDLE, 0)?;
    of(&made).ident.set(int::as_i64(ident).unwrap_or(0) as u64);
    Ok(made)
}

fn join(object: &Object) -> PyResult {
    Err(error::runtime_error(if of(object).ident.get() == 0 {
        "thread not started"
    } else {
        "Cannot join current thread"
    }))
}
