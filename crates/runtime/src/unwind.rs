//! From an error to its handler: traceback entries, the exception table, leaving frames; and what is pending between instructions.

use terrarium_objects::frame::{self, Frame, owner};
use terrarium_objects::types::code::Code;
use terrarium_objects::types::code_check;
use terrarium_objects::types::{exceptions as exc, generator, int, traceback};
use terrarium_objects::{Object, PyResult, Raised, Word, error, ops, state};

use crate::interp::cx::{Cx, Flow};
use crate::{call, frames, observe};

/// Finds the handler of the exception now set, leaving frames without one. True: the registers stand at a handler. False: the exception
/// left the frame with which the loop was entered.
pub fn unwind(cx: &mut Cx, reraise: bool) -> bool {
    unwind_from(cx, reraise, 0)
}

/// The same for an exception thrown into a suspended frame: what covers the yield before the position catches it.
pub fn unwind_thrown(cx: &mut Cx) -> bool {
    unwind_from(cx, false, 1)
}

fn unwind_from(cx: &mut Cx, mut reraise: bool, mut back: isize) -> bool {
    loop {
        // SAFETY: the registers are those of a live frame.
        unsafe {
            (*cx.frame).sp = cx.sp;
            if !reraise {
                (*cx.frame).instr = cx.pc;
                add_traceback(cx.frame);
                if observe::is_on() {
                    observe::raised(cx.frame);
                }
            }
            let position = cx.pc.offset_from(cx.code().units()) - back;
            // Refused code has no handlers.
            let table = match cx.code().refusal.get() {
                0 => cx.code().exceptiontable_bytes(),
                _ => &[],
            };
            if let Some(handler) = find_handler(table, position) {
                enter_handler(cx, &handler);
                return true;
            }
            if !leave_frame(cx) {
                return false;
            }
        }
        reraise = false;
        back = 0;
    }
}

/// Adds this frame to the exception's traceback, unless it has not started.
///
/// # Safety
/// The frame is live.
pub unsafe fn add_traceback(this: *mut Frame) {
    unsafe {
        if (*this).is_incomplete() || (*this).function.is_null() {
            return;
        }
        let Some(exception) = error::fetch() else {
            return;
        };
        if let Ok(frame_object) = frames::object_of(this) {
            let next = exc::traceback_of(&exception);
            let at = (*this).lasti() as i32 * 2;
            let entry = traceback::new(next, &frame_object, at, traceback::LATER);
            exc::set_traceback(&exception, entry);
        }
        error::restore(exception);
    }
}

/// One row of the exception table.
struct Handler {
    target: usize,
    depth: usize,
    push_lasti: bool,
}

/// The row that covers code unit `position` (Objects/exception_handling_notes.txt).
fn find_handler(table: &[u8], position: isize) -> Option<Handler> {
    let mut at = 0;
    while at < table.len() {
        let start = varint(table, &mut at)? as isize;
        let size = varint(table, &mut at)? as isize;
        let target = varint(table, &mut at)?;
        let depth = varint(table, &mut at)?;
        if start > position {
            return None;
        }
        if position < start + size {
            return Some(Handler {
                target,
                depth: depth >> 1,
                push_lasti: depth & 1 != 0,
            });
        }
    }
    None
}

fn varint(table: &[u8], at: &mut usize) -> Option<usize> {
    let mut byte = *table.get(*at)?;
    *at += 1;
    let mut value = usize::from(byte & 63);
    while byte & 64 != 0 {
        byte = *table.get(*at)?;
        *at += 1;
        value = value << 6 | usize::from(byte & 63);
    }
    Some(value)
}

unsafe fn enter_handler(cx: &mut Cx, handler: &Handler) {
    unsafe {
        let level = (*cx.frame).stack_base().add(handler.depth);
        close_down_to(cx, level);
        if handler.push_lasti {
            cx.push_owned(int::from_i64((*cx.frame).lasti() as i64));
        }
        if let Some(exception) = error::fetch() {
            cx.push_owned(exception);
        }
        cx.pc = cx.code().units().add(handler.target);
        // `instr` stays at the instruction that raised, until the handler's first one runs.
        (*cx.frame).sp = cx.sp;
    }
}

unsafe fn close_down_to(cx: &mut Cx, level: *mut Word) {
    while cx.sp > level {
        let word = cx.pop();
        // SAFETY: the frame is live; the slot owned the word.
        unsafe {
            (*cx.frame).sp = cx.sp;
            word.close();
        }
    }
}

/// Leaves the running frame with the exception; false when it was the one with which the loop was entered.
unsafe fn leave_frame(cx: &mut Cx) -> bool {
    unsafe {
        let dying = cx.frame;
        close_down_to(cx, (*dying).stack_base());
        if observe::is_on() {
            observe::unwound(dying);
        }
        let (is_entry, previous) = ((*dying).is_entry, (*dying).previous);
        let state = state::get();
        state
            .recursion_remaining
            .set(state.recursion_remaining.get() + 1);
        frame::set_current(previous);
        if (*dying).owner == owner::THREAD {
            call::clear_and_pop(dying);
        } else {
            generator::finish(dying);
        }
        if is_entry {
            return false;
        }
        cx.load(previous);
        true
    }
}

/// The code unit that RERAISE's saved position names, if it names one.
pub fn saved_position(code: &Code, word: Word) -> Option<usize> {
    let saved = word.get().filter(|object| object.is_exact(&int::INT))?;
    let index = usize::try_from(int::as_i64(saved)?).ok()?;
    (index < code.len()).then_some(index)
}

/// Collection, signals, pending calls: what `breaker` asked for.
#[cold]
#[inline(never)]
pub fn handle_pending() -> PyResult<()> {
    use terrarium_objects::state::breaker;
    let state = state::get();
    let asked = state.breaker.get();
    state
        .breaker
        .set(asked & !(breaker::GC | breaker::PENDING | breaker::SIGNAL));
    if asked & breaker::SIGNAL != 0 {
        if crate::threads::ident() == crate::threads::ident_of_main() {
            crate::signals::run_handlers()?;
        } else {
            crate::threads::leave_signal();
        }
    }
    if asked & breaker::PENDING != 0 {
        crate::threads::yield_now();
    }
    if asked & breaker::GC != 0 {
        terrarium_objects::collect::run_scheduled();
    }
    Ok(())
}

/// An opcode that the loop does not know: code that a program made and that did not pass the checks consists of one.
#[cold]
#[inline(never)]
pub fn bad_instruction(cx: &mut Cx, opcode: u8) -> Flow {
    cx.save();
    match code_check::refusal(cx.code()) {
        Some(problem) => error::system_error(format!("damaged bytecode: {problem}")),
        None => error::system_error(format!("unknown opcode {opcode}")),
    };
    Flow::Error
}

/// UnboundLocalError for fast local `index`.
#[cold]
pub fn unbound_local(code: &Code, index: usize) {
    let name = ops::text::lossy(code.local_name(index));
    error::unbound_local_error(format!(
        "cannot access local variable '{name}' where it is not associated with a value"
    ));
}

/// NameError or UnboundLocalError for an empty cell.
#[cold]
pub fn unbound_cell(code: &Code, index: usize) {
    let name = ops::text::lossy(code.local_name(index));
    if code.local_kind(index) & terrarium_bytecode::code::kinds::FREE == 0 {
        return unbound_local(code, index);
    }
    let raised = error::name_error(format!(
        "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
    ));
    name_attribute(code.local_name(index), raised);
}

/// NameError for a global name.
#[cold]
pub fn name_error(name: &Object) {
    let raised = error::name_error(format!("name '{}' is not defined", ops::text::lossy(name)));
    name_attribute(name, raised);
}

/// Gives the NameError on its way its `name`, from which suggestions are made.
fn name_attribute(name: &Object, _: Raised) {
    let Some(exception) = error::fetch() else {
        return;
    };
    if exception.ty().is_subtype(&exc::NAME_ERROR) {
        exc::set_name_of(&exception, name);
    }
    error::restore(exception);
}

/// How error texts name a callable: `module.qualname()` (Objects/object.c, `_PyObject_FunctionStr`).
pub fn callable_text(callable: &Object) -> String {
    let get = |name: &Object| {
        ops::attribute::get_optional(callable, name).unwrap_or_else(|_| {
            error::clear();
            None
        })
    };
    let n = terrarium_objects::names();
    let Some(qualname) = get(&n.__qualname__) else {
        return match ops::text::str(callable) {
            Ok(text) => ops::text::lossy(&text),
            Err(Raised) => {
                error::clear();
                String::from("?")
            }
        };
    };
    let qualname = ops::text::lossy(&qualname);
    match get(&n.__module__) {
        Some(module) if !module.is(terrarium_objects::none()) => {
            let module = ops::text::lossy(&module);
            if module == "builtins" {
                format!("{qualname}()")
            } else {
                format!("{module}.{qualname}()")
            }
        }
        _ => format!("{qualname}()"),
    }
}

/// The errors of merging `**mapping` into a call's keywords.
#[cold]
pub fn explain_kwargs(callable: &Object, mapping: &Object) -> Raised {
    if error::matches(&exc::ATTRIBUTE_ERROR) {
        error::clear();
        let text = format!(
            "{} argument after ** must be a mapping, not {}",
            callable_text(callable),
            mapping.ty().name()
        );
        return error::type_error(text);
    }
    if !error::matches(&exc::KEY_ERROR) {
        return Raised;
    }
    let Some(exception) = error::fetch() else {
        return Raised;
    };
    match exc::first_argument(&exception) {
        Some(key)
            if key
                .downcast::<terrarium_objects::types::str::Str>()
                .is_some() =>
        {
            let text = format!(
                "{} got multiple values for keyword argument '{}'",
                callable_text(callable),
                ops::text::lossy(&key)
            );
            error::type_error(text)
        }
        Some(_) => error::type_error(format!(
            "{} keywords must be strings",
            callable_text(callable)
        )),
        None => error::restore(exception),
    }
}
