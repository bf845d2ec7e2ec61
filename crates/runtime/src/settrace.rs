//! `sys.settrace`: not there yet in this build; see `observe`.

use terrarium_objects::PyResult;
use terrarium_objects::frame::Frame;

/// Whether a trace function is set.
pub fn is_on() -> bool {
    false
}

/// Events of the instruction about to run.
pub fn before_instruction(_: *mut Frame) -> PyResult<()> {
    Ok(())
}

/// An exception was raised in the frame.
pub fn raised(_: *mut Frame) {}

/// The frame is being left by an exception.
pub fn unwound(_: *mut Frame) {}
