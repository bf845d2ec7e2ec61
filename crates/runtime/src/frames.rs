//! Frames as the runtime uses them: their objects, their lines, and the small frame below a specialised `__init__` call.

use std::cell::Cell;

use terrarium_objects::frame::{self, Frame};
use terrarium_objects::types::code_attributes::line_at;
use terrarium_objects::types::{code, frame_object};
use terrarium_objects::{Object, Owned, PyResult, Word};

/// The frame's object; a new reference.
///
/// # Safety
/// The frame is live and complete.
pub unsafe fn object_of(frame: *mut Frame) -> PyResult {
    // SAFETY: by contract.
    Ok(unsafe { frame_object::object_of(frame) })
}

/// The line of the instruction the frame is at; -1 if it has none.
pub fn line_of(frame: *mut Frame) -> i32 {
    // SAFETY: callers pass live frames.
    unsafe {
        let code = (*frame).code();
        let at = (*frame).lasti();
        line_at(code, at).unwrap_or(-1)
    }
}

thread_local! {
    static INIT_CLEANUP: Cell<*mut Object> = const { Cell::new(std::ptr::null_mut()) };
}

/// The code of the frame below an `__init__`: checks its result, returns the instance (CPython's `_Py_InitCleanup`).
fn init_cleanup() -> &'static code::Code {
    INIT_CLEANUP.with(|cell| {
        if cell.get().is_null() {
            let made = make_init_cleanup();
            made.make_immortal();
            cell.set(made.into_raw());
        }
        // SAFETY: immortal.
        unsafe { (*cell.get()).cast::<code::Code>() }
    })
}

fn make_init_cleanup() -> Owned {
    use std::rc::Rc;
    use terrarium_bytecode::{Code, Str, opcode as op};
    let text = |t: &str| Str::new(t.as_bytes());
    let units = [
        op::EXIT_INIT_CHECK as u8,
        0,
        op::RETURN_VALUE as u8,
        0,
        op::RESUME as u8,
        0,
    ];
    let data = Code {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 2,
        flags: 0,
        code: Rc::from(&units[..]),
        consts: Rc::from([]),
        names: Rc::from([]),
        localsplusnames: Rc::from([]),
        localspluskinds: Rc::from(&[][..]),
        filename: text("<init cleanup>"),
        name: text("__init__"),
        qualname: text("__init__"),
        firstlineno: 1,
        linetable: Rc::from(&[][..]),
        exceptiontable: Rc::from(&[][..]),
    };
    code::Builder::new(code::Origin::Source).build(&data)
}

/// Pushes the cleanup frame; the instance goes on its stack.
///
/// # Safety
/// `previous` is the running frame.
pub unsafe fn push_init_cleanup(previous: *mut Frame) -> *mut Frame {
    let code = init_cleanup();
    // SAFETY: room for the specials and two operands; everything is written here.
    unsafe {
        let shim = frame::push(code.framesize.get() as usize);
        (*shim).executable = Word::borrowed(code.object());
        (*shim).previous = previous;
        (*shim).function = Word::NULL;
        (*shim).globals = std::ptr::null_mut();
        (*shim).builtins = std::ptr::null_mut();
        (*shim).locals = std::ptr::null_mut();
        (*shim).frame_obj = std::ptr::null_mut();
        (*shim).instr = code.units();
        (*shim).sp = (*shim).local_base();
        (*shim).return_offset = 0;
        (*shim).owner = frame::owner::THREAD;
        (*shim).is_entry = false;
        (*shim).is_traced = false;
        shim
    }
}

/// The innermost complete frame, or null.
pub fn innermost() -> *mut Frame {
    let mut at = frame::current();
    // SAFETY: frames of the chain are live.
    unsafe {
        while !at.is_null() && (*at).is_incomplete() {
            at = (*at).previous;
        }
    }
    at
}
