//! What native functions see of the Python frame that called them.

use terrarium_objects::frame::Frame;
use terrarium_objects::types::dict;
use terrarium_objects::{Object, Owned, PyResult, error};

use crate::frames;

fn caller() -> PyResult<*mut Frame> {
    let frame = frames::innermost();
    if frame.is_null() {
        Err(error::system_error("frame does not exist"))
    } else {
        Ok(frame)
    }
}

/// The globals of the innermost Python frame.
pub fn globals_of_caller() -> Option<&'static Object> {
    let frame = frames::innermost();
    // SAFETY: null or live; its globals are borrowed from its function.
    unsafe { frame.as_ref().and_then(|f| f.globals.as_ref()) }
}

/// `locals()`: a module's or class's namespace itself, a fresh snapshot in functions (PEP 667).
pub fn locals_of_caller() -> PyResult {
    let frame = caller()?;
    // SAFETY: live; the namespace is owned by the frame.
    unsafe {
        if let Some(namespace) = (*frame).locals.as_ref()
            && !(*frame)
                .code()
                .has(terrarium_bytecode::code::flags::OPTIMIZED)
        {
            return Ok(Owned::new(namespace));
        }
        let snapshot = dict::new();
        fill_snapshot(frame, &snapshot)?;
        Ok(snapshot)
    }
}

/// The flags that `compile` inherits from the calling code (`from __future__`).
pub fn inherited_flags() -> u32 {
    const FUTURES: u32 = 0x1FF_0000 & !0x1_0000;
    let frame = frames::innermost();
    // SAFETY: null or live.
    unsafe { frame.as_ref().map_or(0, |f| f.code().flags.get() & FUTURES) }
}

/// Fast locals and cells that are set, by name.
// SAFETY: `frame` is live; `snapshot` is a dict.
unsafe fn fill_snapshot(frame: *mut Frame, snapshot: &Object) -> PyResult<()> {
    use terrarium_bytecode::code::kinds;
    // SAFETY: the frame is live.
    unsafe {
        let code = (*frame).code();
        for i in 0..code.nlocalsplus.get() as usize {
            let kind = code.local_kind(i);
            if kind & kinds::HIDDEN != 0 {
                continue;
            }
            let Some(mut value) = (*(*frame).local_base().add(i)).get() else {
                continue;
            };
            if kind & (kinds::CELL | kinds::FREE) != 0
                && value.is_exact(&terrarium_objects::types::cell::CELL)
            {
                let Some(held) = value
                    .cast::<terrarium_objects::types::cell::Cell>()
                    .contents
                    .get()
                else {
                    continue;
                };
                value = held;
            }
            dict::set(snapshot, code.local_name(i), value)?;
        }
    }
    Ok(())
}
