//! Signals: their handlers set a flag; what Python code is to see of them runs between instructions.

use terrarium_objects::types::exceptions as exc;
use terrarium_objects::{PyResult, state};

/// Asks for KeyboardInterrupt at the next check. Safe to call from a signal handler: it only stores a word.
pub fn interrupt() {
    let breaker = &state::get().breaker;
    breaker.set(breaker.get() | state::breaker::SIGNAL);
}

/// Raises what signals asked for.
pub fn run_handlers() -> PyResult<()> {
    Err(exc::raise_bare(&exc::KEYBOARD_INTERRUPT))
}
