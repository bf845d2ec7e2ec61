//! Jumps and returns.

use terrarium_bytecode::opcode as op;
use terrarium_objects::frame::{self, Frame, owner};
use terrarium_objects::{state, types::generator};

use super::cx::{Cx, Flow};
use super::locals::periodic;
use crate::call;

#[inline(always)]
pub unsafe fn jump_forward(cx: &mut Cx, oparg: u32) -> Flow {
    cx.advance(oparg as usize)
}

/// Learns that nothing compiles to machine code, then is JUMP_BACKWARD_NO_JIT.
#[inline(always)]
pub unsafe fn jump_backward(cx: &mut Cx, _: u32) -> Flow {
    // SAFETY: code units belong to the loop.
    unsafe { *(cx.pc as *mut u8) = op::JUMP_BACKWARD_NO_JIT as u8 };
    Flow::Again
}

#[inline(always)]
pub unsafe fn jump_backward_no_jit(cx: &mut Cx, oparg: u32) -> Flow {
    if !unsafe { periodic(cx) } {
        return Flow::Error;
    }
    // SAFETY: the target is inside the code.
    cx.pc = unsafe { cx.pc.add(2).sub(oparg as usize) };
    Flow::Next
}

#[inline(always)]
pub unsafe fn jump_backward_no_interrupt(cx: &mut Cx, oparg: u32) -> Flow {
    // SAFETY: the target is inside the code.
    cx.pc = unsafe { cx.pc.add(1).sub(oparg as usize) };
    Flow::Next
}

/// `(value -- )` here, `( -- value)` in the caller: the frame ends.
#[inline(always)]
pub unsafe fn return_value(cx: &mut Cx, _: u32) -> Flow {
    // A borrowed word must own a count before the local that lends it goes.
    let value = cx.pop().make_owned();
    cx.save();
    let dying = cx.frame;
    unsafe {
        let state = state::get();
        state
            .recursion_remaining
            .set(state.recursion_remaining.get() + 1);
        let is_entry = (*dying).is_entry;
        let previous = (*dying).previous;
        frame::set_current(previous);
        if is_entry {
            let result = value.into_owned().into_raw();
            let span = state::Span::new("value being returned", &raw const result, 1);
            give_up(dying);
            drop(span);
            cx.result = result;
            return Flow::Exit;
        }
        // The caller's stack holds the value while finalizers of locals run.
        (*previous).sp.write(value);
        (*previous).sp = (*previous).sp.add(1);
        give_up(dying);
        cx.load(previous);
        cx.pc = cx.pc.add((*previous).return_offset as usize);
    }
    Flow::Next
}

/// Clears a frame that has returned.
// SAFETY: `dying` is live, has left the chain of running frames, and is used no more.
#[inline(always)]
unsafe fn give_up(dying: *mut Frame) {
    // SAFETY: the frame has left the chain of running frames.
    unsafe {
        if (*dying).owner == owner::THREAD {
            call::clear_and_pop(dying);
        } else {
            generator::finish(dying);
        }
    }
}
