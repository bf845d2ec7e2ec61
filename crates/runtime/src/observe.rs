//! Observers of a running program: the ledger's record of each instruction, and `sys.settrace`. The loop that calls them is compiled
//! apart (`run::<true>`), so that nothing is paid while nobody observes.

use std::cell::Cell;

use terrarium_objects::frame::Frame;
use terrarium_objects::state::{self, breaker};

use crate::interp::cx::{Cx, Flow};
use crate::settrace;

/// What an observer is told. Observers never run Python and never touch objects' counts.
#[derive(Clone, Copy)]
pub struct Observer {
    /// Before each instruction: registers are in the frame.
    pub instruction: fn(*mut Frame),
    /// A frame is about to be left by an exception.
    pub unwound: fn(*mut Frame),
    /// A frame that native code called has ended; the native code goes on.
    pub left: fn(),
}

struct Shared {
    observer: Cell<Option<Observer>>,
    on: Cell<bool>,
}

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared {
    observer: Cell::new(None),
    on: Cell::new(false),
};

/// Whether the observed loop is to be used.
#[inline(always)]
pub fn is_on() -> bool {
    SHARED.on.get()
}

/// Sets or removes the observer.
pub fn set_observer(observer: Option<Observer>) {
    SHARED.observer.set(observer);
    update();
}

/// Recomputes whether anybody observes; after `sys.settrace` too.
pub fn update() {
    let on = SHARED.observer.get().is_some() || settrace::is_on();
    SHARED.on.set(on);
    let state = state::get();
    let bits = state.breaker.get() & !breaker::OBSERVE;
    state
        .breaker
        .set(if on { bits | breaker::OBSERVE } else { bits });
}

/// Tells observers of the instruction at the registers. Anything but `Next` leaves the loop or raises.
#[inline(never)]
pub fn before_instruction(cx: &mut Cx) -> Flow {
    if !is_on() {
        return Flow::Switch;
    }
    // SAFETY: the frame is live.
    let previous = unsafe { (*cx.frame).instr };
    cx.save();
    if let Some(observer) = SHARED.observer.get() {
        (observer.instruction)(cx.frame);
    }
    if settrace::is_on() {
        let told = settrace::before_instruction(cx.frame, previous);
        // A trace function may have moved the frame to another line.
        cx.load(cx.frame);
        if told.is_err() {
            return Flow::Error;
        }
    }
    Flow::Next
}

/// An exception was raised in, or came into, the frame.
pub fn raised(frame: *mut Frame) {
    if settrace::is_on() {
        settrace::raised(frame);
    }
}

/// An exception is thrown into a suspended generator's frame.
pub fn thrown(frame: *mut Frame) {
    if settrace::is_on() {
        settrace::thrown(frame);
    }
}

/// The frame is about to be left by an exception.
pub fn unwound(frame: *mut Frame) {
    if let Some(observer) = SHARED.observer.get() {
        (observer.unwound)(frame);
    }
    if settrace::is_on() {
        settrace::unwound(frame);
    }
}

/// The frame with which the loop was entered has ended.
pub fn left() {
    if let Some(observer) = SHARED.observer.get() {
        (observer.left)();
    }
}
