//! Signals: their handlers set a flag; what Python code is to see of them runs between instructions.

use std::cell::Cell;

use terrarium_objects::types::exceptions as exc;
use terrarium_objects::{PyResult, state};

/// Asks for KeyboardInterrupt at the next check. Safe to call from a signal handler: it only stores a word.
pub fn interrupt() {
    let breaker = &state::get().breaker;
    breaker.set(breaker.get() | state::breaker::SIGNAL);
}

/// Ends the process as an interrupt from the keyboard ends one that does not handle it, so that a shell sees the signal.
pub fn die_of_interrupt() {
    // SAFETY: plain calls of the C library; the default action ends the process.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::raise(libc::SIGINT);
    }
}

thread_local! {
    static RUNNER: Cell<Option<fn() -> PyResult<()>>> = const { Cell::new(None) };
}

/// Says who calls the handlers written in Python.
pub fn set_runner(runner: fn() -> PyResult<()>) {
    RUNNER.with(|r| r.set(Some(runner)));
}

/// Raises what signals asked for.
pub fn run_handlers() -> PyResult<()> {
    match RUNNER.with(Cell::get) {
        Some(runner) => runner(),
        None => Err(exc::raise_bare(&exc::KEYBOARD_INTERRUPT)),
    }
}
