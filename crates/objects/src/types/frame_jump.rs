//! `frame.f_lineno = n`: moves a traced frame to another line (Objects/frameobject.c, `frame_setlineno`).
//!
//! `mark_stacks` finds the kinds of values on the stack before each instruction; a jump must go from a stack to a compatible one.

use std::cell::Cell;

use terrarium_bytecode::{exceptiontable, linetable, opcode as op};

use super::code::Code;
use super::code_attributes::{base_unit, instruction_length};
use super::frame_object::FrameObject;
use super::generator::{self, state as gstate};
use crate::error;
use crate::frame::{Frame, owner};
use crate::object::Object;
use crate::refs::{PyResult, Word};
use crate::types::int;
use crate::types::none::none;

/// What a trace function is being told of (CPython's `what_event`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Start,
    Resume,
    Throw,
    Return,
    Yield,
    Line,
    Jump,
    Raise,
    StopIteration,
    Unwind,
    Instruction,
    Call,
}

struct Current(Cell<Option<Event>>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Current {}

static CURRENT: Current = Current(Cell::new(None));

/// Tells which event a trace function runs for; returns the one before.
pub fn set_event(event: Option<Event>) -> Option<Event> {
    CURRENT.0.replace(event)
}

fn check_event() -> PyResult<()> {
    Err(error::value_error(match CURRENT.0.get() {
        None => "f_lineno can only be set in a trace function",
        Some(Event::Line | Event::Yield | Event::Resume | Event::Jump) => return Ok(()),
        Some(Event::Start) => "can't jump from the 'call' trace event of a new frame",
        Some(Event::Call) => "can't jump during a call",
        Some(_) => "can only jump from a 'line' trace event",
    }))
}

/// A stack of kinds, three bits each, the top lowest.
type Stack = i64;

/// Kinds of stack entries.
mod kind {
    pub const ITERATOR: i64 = 1;
    pub const EXCEPT: i64 = 2;
    pub const OBJECT: i64 = 3;
    pub const NULL: i64 = 4;
    pub const LASTI: i64 = 5;
}

const BITS: u32 = 3;
const MASK: i64 = 7;
const MAX_ENTRIES: u32 = 63 / BITS;
const WILL_OVERFLOW: i64 = 1 << ((MAX_ENTRIES - 1) * BITS);
const EMPTY: Stack = 0;
const OVERFLOWED: Stack = -1;
const UNINITIALIZED: Stack = -2;

fn push(stack: Stack, kind: i64) -> Stack {
    if stack as u64 >= WILL_OVERFLOW as u64 {
        OVERFLOWED
    } else {
        stack << BITS | kind
    }
}

fn pop(stack: Stack) -> Stack {
    stack >> BITS
}

fn top(stack: Stack) -> i64 {
    stack & MASK
}

fn peek(stack: Stack, depth: u32) -> i64 {
    stack >> (BITS * depth.saturating_sub(1)).min(63) & MASK
}

fn swap(stack: Stack, depth: u32) -> Stack {
    let shift = (BITS * depth.saturating_sub(1)).min(60);
    let (other, first) = (peek(stack, depth), top(stack));
    let low = stack & !(MASK << shift) | first << shift;
    low & !MASK | other
}

fn cut(mut stack: Stack, level: u32) -> Stack {
    if level == 0 {
        return EMPTY;
    }
    let most = MASK << ((level - 1) * BITS).min(60);
    while stack > most {
        stack = pop(stack);
    }
    stack
}

fn fits_kind(from: i64, to: i64) -> bool {
    match to {
        0 => false,
        kind::OBJECT => from != kind::NULL,
        kind::NULL => true,
        _ => from == to,
    }
}

fn fits(mut from: Stack, mut to: Stack) -> bool {
    if from < 0 || to < 0 {
        return false;
    }
    while from > to {
        from = pop(from);
    }
    while from != 0 {
        if !fits_kind(top(from), top(to)) {
            return false;
        }
        (from, to) = (pop(from), pop(to));
    }
    to == 0
}

fn why_not(to: Stack) -> &'static str {
    match to {
        OVERFLOWED => return "stack is too deep to analyze",
        UNINITIALIZED => return "can't jump into an 'except' block, or code may be unreachable",
        _ => {}
    }
    match top(to) {
        kind::EXCEPT => "can't jump into an 'except' block as there's no exception",
        kind::LASTI => "can't jump into a re-raising block as there's no location",
        kind::ITERATOR => "can't jump into the body of a for loop",
        _ => "incompatible stacks",
    }
}

/// One instruction's effect: the stack behind it if it goes on, and where else it may go with which stack.
fn step(
    opcode: u16,
    arg: usize,
    at: usize,
    next: usize,
    stack: Stack,
) -> (Option<Stack>, Option<(usize, Stack)>) {
    match opcode {
        op::POP_JUMP_IF_FALSE
        | op::POP_JUMP_IF_TRUE
        | op::POP_JUMP_IF_NONE
        | op::POP_JUMP_IF_NOT_NONE => (Some(pop(stack)), Some((next + arg, pop(stack)))),
        op::SEND => (Some(stack), Some((next + arg, stack))),
        op::JUMP_BACKWARD | op::JUMP_BACKWARD_NO_INTERRUPT => {
            (None, Some((next.wrapping_sub(arg), stack)))
        }
        op::JUMP_FORWARD => (None, Some((next + arg, stack))),
        op::GET_ITER => (Some(push(pop(stack), kind::ITERATOR)), None),
        op::FOR_ITER => {
            let stack = push(stack, kind::OBJECT);
            (Some(stack), Some((at + arg + 2, stack)))
        }
        op::END_ASYNC_FOR => (Some(pop(pop(stack))), None),
        op::PUSH_EXC_INFO => (Some(push(stack, kind::EXCEPT)), None),
        op::POP_EXCEPT => (Some(pop(stack)), None),
        op::RETURN_VALUE | op::RAISE_VARARGS | op::RERAISE => (None, None),
        op::PUSH_NULL => (Some(push(stack, kind::NULL)), None),
        op::LOAD_GLOBAL => {
            let stack = push(stack, kind::OBJECT);
            (
                Some(if arg & 1 != 0 {
                    push(stack, kind::NULL)
                } else {
                    stack
                }),
                None,
            )
        }
        op::LOAD_ATTR if arg & 1 != 0 => {
            (Some(push(push(pop(stack), kind::OBJECT), kind::NULL)), None)
        }
        op::LOAD_ATTR => (Some(stack), None),
        op::SWAP => (Some(swap(stack, arg as u32)), None),
        op::COPY => (Some(push(stack, peek(stack, arg as u32))), None),
        _ => {
            let mut stack = stack;
            let delta = op::stack_effect(opcode, arg as i32, false).unwrap_or(0);
            for _ in delta..0 {
                stack = pop(stack);
            }
            for _ in 0..delta {
                stack = push(stack, kind::OBJECT);
            }
            (Some(stack), None)
        }
    }
}

/// The stack before each code unit.
fn mark_stacks(code: &Code) -> Vec<Stack> {
    let len = code.len();
    let mut stacks = vec![UNINITIALIZED; len + 1];
    stacks[0] = EMPTY;
    let mut again = true;
    while again {
        again = false;
        let mut i = 0;
        while i < len {
            let stack = stacks[i];
            let (mut arg, mut opcode) = (0usize, op::EXTENDED_ARG);
            let mut at = i;
            while opcode == op::EXTENDED_ARG && i < len {
                at = i;
                stacks[i] = stack;
                let (raw, low) = base_unit(code, i);
                (opcode, arg) = (u16::from(raw), arg << 8 | usize::from(low));
                i += instruction_length(code, i);
            }
            if stack == UNINITIALIZED {
                continue;
            }
            let (next, jump) = step(opcode, arg, at, i, stack);
            if let Some((target, stack)) = jump.filter(|j| j.0 < len) {
                again |= stacks[target] == UNINITIALIZED && target < at;
                stacks[target] = stack;
            }
            if let Some(stack) = next {
                stacks[i.min(len)] = stack;
            }
        }
        for entry in exceptiontable::entries(code.exceptiontable_bytes()) {
            let (start, handler) = (entry.start as usize / 2, entry.target as usize / 2);
            if start < len
                && handler < len
                && stacks[start] != UNINITIALIZED
                && stacks[handler] == UNINITIALIZED
            {
                again = true;
                let mut stack = cut(stacks[start], entry.depth);
                if entry.lasti {
                    stack = push(stack, kind::LASTI);
                }
                stacks[handler] = push(stack, kind::EXCEPT);
            }
        }
    }
    stacks
}

/// The line that begins at each code unit, or -1.
fn mark_lines(code: &Code) -> Vec<i32> {
    let mut starts = vec![-1; code.len()];
    let mut last = -1;
    for entry in linetable::entries(code.linetable_bytes(), code.firstlineno.get()) {
        let at = entry.start as usize / 2;
        if let Some(line) = entry.position.line.filter(|l| *l != last)
            && at < starts.len()
        {
            starts[at] = line;
            last = line;
        }
    }
    starts
}

/// The code unit to go on at, and the stack there.
fn find_target(
    from: Stack,
    stacks: &[Stack],
    lines: &[i32],
    line: i32,
) -> PyResult<(usize, Stack)> {
    let mut best: Option<(usize, Stack)> = None;
    let mut message = "cannot find bytecode for specified line";
    let mut explained = false;
    for (i, _) in lines.iter().enumerate().filter(|(_, l)| **l == line) {
        let to = stacks[i];
        if fits(from, to) {
            if best.is_none_or(|b| to > b.1) {
                best = Some((i, to));
            }
        } else if best.is_none() && !explained {
            message = match from {
                OVERFLOWED => "stack to deep to analyze",
                UNINITIALIZED => "can't jump from unreachable code",
                _ => {
                    explained = true;
                    why_not(to)
                }
            };
        }
    }
    best.ok_or_else(|| error::value_error(message))
}

/// Sets `f_lineno`.
pub(super) fn set_line(object: &Object, value: Option<&Object>) -> PyResult<()> {
    // SAFETY: called for frame objects, whose frame is live.
    let (this, frame) = unsafe {
        let this = object.cast::<FrameObject>();
        (this, &mut *this.frame.get())
    };
    let Some(value) = value else {
        return Err(error::attribute_error_text(
            "attribute 'f_lineno' of 'frame' objects cannot be deleted",
        ));
    };
    if !value.is_exact(&int::INT) {
        return Err(error::value_error("lineno must be an integer"));
    }
    check_event()?;
    let Some(wanted) = int::as_i64(value).and_then(|v| i32::try_from(v).ok()) else {
        return Err(error::value_error("lineno out of range"));
    };
    let code = frame.code();
    if wanted < code.firstlineno.get() {
        return Err(error::value_error(format!(
            "line {wanted} comes before the current code block"
        )));
    }
    let lines = mark_lines(code);
    let Some(line) = lines.iter().copied().filter(|l| *l >= wanted).min() else {
        return Err(error::value_error(format!(
            "line {wanted} comes after the current code block"
        )));
    };
    let stacks = mark_stacks(code);
    let from = usize::try_from(frame.lasti()).map_or(UNINITIALIZED, |at| stacks[at]);
    let (target, stack) = find_target(from, &stacks, &lines, line)?;
    bind_missing(frame)?;
    // SAFETY: the frame stands between instructions.
    unsafe {
        let suspended = frame.owner == owner::GENERATOR
            && generator::of_frame(frame).state.get() < gstate::EXECUTING;
        cut_stack(frame, if suspended { pop(from) } else { from }, stack);
        this.lineno.set(0);
        frame.instr = frame.code().units().add(target);
    }
    Ok(())
}

/// The compiler may rely on locals that the jump left unset.
fn bind_missing(frame: &mut Frame) -> PyResult<()> {
    let count = frame.code().nlocalsplus.get() as usize;
    let base = frame.local_base();
    // SAFETY: indices of the frame's locals.
    let missing: Vec<usize> = (0..count)
        .filter(|i| unsafe { (*base.add(*i)).is_null() })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let plural = if missing.len() == 1 { "" } else { "s" };
    error::warn(
        "RuntimeWarning",
        &format!("assigning None to {} unbound local{plural}", missing.len()),
        0,
    )?;
    for i in missing {
        // SAFETY: the slot is empty.
        unsafe { *base.add(i) = Word::borrowed(none()) };
    }
    Ok(())
}

/// Takes values off until the stack fits the target; a handled exception that goes ends its handling.
// SAFETY: `from` describes the values that are on the stack of `frame`.
unsafe fn cut_stack(frame: &mut Frame, mut from: Stack, to: Stack) {
    while from > to {
        // SAFETY: the marks say that the stack is that deep.
        unsafe {
            frame.sp = frame.sp.sub(1);
            let word = *frame.sp;
            if top(from) == kind::EXCEPT {
                let value = if word.object().is(none()) {
                    std::ptr::null_mut()
                } else {
                    word.into_owned().into_raw()
                };
                let old = (*crate::state::get().exc_info.get()).value.replace(value);
                if !old.is_null() {
                    Object::decref(old);
                }
            } else {
                word.close();
            }
        }
        from = pop(from);
    }
}
