//! What native code reads from the running frame: the class and first argument that `super()` means, the line of a traceback entry.

use terrarium_bytecode::code::kinds::CELL;
use terrarium_objects::types::r#type::as_type;
use terrarium_objects::types::{cell, super_object};
use terrarium_objects::{Object, Owned, PyResult, error};

use crate::frames;

/// Tells the object core of the functions below; once, at start-up.
pub fn install() {
    super_object::set_implied(class_and_first_argument);
}

/// `super()` without arguments: the `__class__` cell and the first argument of the innermost frame (`super_init_without_args`,
/// Objects/typeobject.c).
fn class_and_first_argument() -> PyResult<(Owned, Owned)> {
    let frame = frames::innermost();
    if frame.is_null() {
        return Err(error::runtime_error("super(): no current frame"));
    }
    // SAFETY: the innermost frame is live, its locals are words.
    let (code, locals) = unsafe { ((*frame).code(), (*frame).local_base()) };
    if code.argcount.get() == 0 {
        return Err(error::runtime_error("super(): no arguments"));
    }
    // SAFETY: a code object with an argument has a first local.
    let first = unsafe { *locals }.get();
    // The argument may live in a cell of its own.
    let first = match first {
        Some(held) if code.local_kind(0) & CELL != 0 && held.is_exact(&cell::CELL) => {
            cell::get(held)
        }
        held => held.map(Owned::new),
    };
    let Some(first) = first else {
        return Err(error::runtime_error("super(): arg[0] deleted"));
    };
    let all = code.nlocalsplus.get() as usize;
    for index in all - code.nfreevars.get() as usize..all {
        if !is_class_name(code.local_name(index)) {
            continue;
        }
        // SAFETY: inside the frame's locals.
        let Some(found) = unsafe { *locals.add(index) }
            .get()
            .filter(|c| c.is_exact(&cell::CELL))
        else {
            return Err(error::runtime_error("super(): bad __class__ cell"));
        };
        let Some(class) = cell::get(found) else {
            return Err(error::runtime_error("super(): empty __class__ cell"));
        };
        if as_type(&class).is_none() {
            return Err(error::runtime_error(format!(
                "super(): __class__ is not a type ({})",
                class.ty().full_name()
            )));
        }
        return Ok((class, first));
    }
    Err(error::runtime_error("super(): __class__ cell not found"))
}

fn is_class_name(name: &Object) -> bool {
    name.is(&terrarium_objects::names().__class__)
        || terrarium_objects::types::str::cast(name).is_text("__class__")
}
