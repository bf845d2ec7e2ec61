//! `_thread._ThreadHandle`: a thread that may be waited for.

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, int};
use terrarium_objects::{
    Layout, Object, PyResult, Slots, Type, Word, error, none, none_owned, ops,
};
use terrarium_runtime::threads;

/// How far a handle's thread has come.
pub mod progress {
    pub const NOT_STARTED: u8 = 0;
    pub const RUNNING: u8 = 1;
    pub const DONE: u8 = 2;
}

/// `ident`: 0 for a thread that was never started.
#[repr(C)]
pub struct Handle {
    object: Object,
    pub ident: Cell<u64>,
    pub progress: Cell<u8>,
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
    MethodDef::new("join", Native::Fast(join), ""),
    MethodDef::new(
        "_set_done",
        Native::NoArgs(|o| {
            set_done(o);
            Ok(none_owned())
        }),
        "",
    ),
    MethodDef::new(
        "is_done",
        Native::NoArgs(|o| Ok(bool::bool_owned(of(o).progress.get() == progress::DONE))),
        "",
    ),
]);

pub fn of(object: &Object) -> &Handle {
    // SAFETY: slots and methods of this type, and handles that `start` made.
    unsafe { object.cast() }
}

/// A handle of no thread yet.
pub fn empty() -> PyResult {
    terrarium_objects::types::r#type::generic_alloc(&HANDLE, 0)
}

/// `_make_thread_handle`: a handle of a thread that runs already.
pub fn make(_: &Object, ident: &Object) -> PyResult {
    if !int::is_int(ident) {
        return Err(error::type_error("ident must be an integer"));
    }
    let made = empty()?;
    of(&made).ident.set(int::as_i64(ident).unwrap_or(0) as u64);
    of(&made).progress.set(progress::RUNNING);
    Ok(made)
}

/// The thread has ended: those who wait for it go on.
pub fn set_done(object: &Object) {
    of(object).progress.set(progress::DONE);
    threads::lock_released(super::address(object));
}

/// Waits for the end, `timeout` seconds at most.
pub fn wait_for_end(object: &Object, timeout: Option<f64>) -> PyResult<()> {
    let done = || of(object).progress.get() == progress::DONE;
    super::wait(object, true, timeout, done)?;
    // Others may wait for the same thread.
    if done() {
        threads::lock_released(super::address(object));
    }
    Ok(())
}

fn join(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("join", args.len(), 0, 1)?;
    let timeout = match args.first().map(|t| t.object()).filter(|t| !t.is(none())) {
        Some(seconds) => Some(ops::number::as_f64(seconds)?).filter(|s| *s >= 0.0),
        None => None,
    };
    match of(object).progress.get() {
        progress::NOT_STARTED => return Err(error::runtime_error("thread not started")),
        progress::RUNNING if of(object).ident.get() == threads::ident() => {
            return Err(error::runtime_error("Cannot join current thread"));
        }
        _ => {}
    }
    wait_for_end(object, timeout)?;
    Ok(none_owned())
}
