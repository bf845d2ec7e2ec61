//! `sys.settrace` and `sys.setprofile`: which events a trace function is told of, and when (Python/legacy_tracing.c,
//! Python/instrumentation.c, Python/sysmodule.c).
//!
//! CPython marks line starts, returns, yields and jumps in the code itself; a marked instruction is never specialised. Here the observed
//! loop asks before each instruction, and line starts are kept from specialising in the same way, since counts depend on it.

use std::cell::{Cell, RefCell};
use std::ptr::null_mut;

use terrarium_bytecode::opcode as op;
use terrarium_objects::frame::{self, Frame};
use terrarium_objects::types::code::Code;
use terrarium_objects::types::code_attributes::base_unit;
use terrarium_objects::types::code_monitoring::{self, Monitoring};
use terrarium_objects::types::frame_jump::{self, Event};
use terrarium_objects::types::frame_object::{self, FrameObject};
use terrarium_objects::types::{
    builtin_function, descriptors, exceptions as exc, function, generator, str, tuple,
};
use terrarium_objects::{
    Object, Owned, PyResult, Raised, Visit, Word, adaptive, error, none, ops, root, words,
};

use crate::observe;

/// A native call that the profiler was told of and that has not ended yet.
struct NativeCall {
    frame: *mut Frame,
    callable: Owned,
}

struct Shared {
    /// Owned, or null.
    tracer: Cell<*mut Object>,
    profiler: Cell<*mut Object>,
    /// A trace function is running: no events.
    inside: Cell<u32>,
    native_calls: RefCell<Vec<NativeCall>>,
    /// The words that trace functions are told; interned.
    words: Cell<[*const Object; 8]>,
}

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared {
    tracer: Cell::new(null_mut()),
    profiler: Cell::new(null_mut()),
    inside: Cell::new(0),
    native_calls: RefCell::new(Vec::new()),
    words: Cell::new([std::ptr::null(); 8]),
};

/// What a trace function is told (`whatstrings`).
#[derive(Clone, Copy, PartialEq)]
enum What {
    Call,
    Exception,
    Line,
    Return,
    NativeCall,
    NativeException,
    NativeReturn,
    Opcode,
}

const WORDS: [&str; 8] = [
    "call",
    "exception",
    "line",
    "return",
    "c_call",
    "c_exception",
    "c_return",
    "opcode",
];

fn word(what: What) -> &'static Object {
    let mut known = SHARED.words.get();
    if known[0].is_null() {
        known = WORDS.map(|text| std::ptr::from_ref(str::intern_immortal(text)));
        SHARED.words.set(known);
    }
    // SAFETY: interned strings are immortal.
    unsafe { &*known[what as usize] }
}

/// Whether a trace or profile function is set.
#[inline]
pub fn is_on() -> bool {
    !SHARED.tracer.get().is_null() || !SHARED.profiler.get().is_null()
}

fn put(cell: &Cell<*mut Object>, value: Option<&Object>) {
    let new = value
        .filter(|v| !v.is(none()))
        .map_or(null_mut(), |v| Owned::new(v).into_raw());
    let old = cell.replace(new);
    observe::update();
    if !old.is_null() {
        // SAFETY: the cell owned it.
        unsafe { Object::decref(old) };
    }
}

fn owned(cell: &Cell<*mut Object>) -> Option<Owned> {
    // SAFETY: null or owned by the cell.
    unsafe { cell.get().as_ref() }.map(Owned::new)
}

/// `sys.settrace(function)`; `None` (absent or the object) ends tracing.
pub fn set(function: Option<&Object>) {
    put(&SHARED.tracer, function);
}

/// `sys.gettrace()`.
pub fn get() -> Option<Owned> {
    owned(&SHARED.tracer)
}

/// `sys.setprofile(function)`.
pub fn set_profile(function: Option<&Object>) {
    put(&SHARED.profiler, function);
    if SHARED.profiler.get().is_null() {
        let ended = std::mem::take(&mut *SHARED.native_calls.borrow_mut());
        drop(ended);
    }
}

/// `sys.getprofile()`.
pub fn get_profile() -> Option<Owned> {
    owned(&SHARED.profiler)
}

/// Names what tracing holds. A root walker.
pub fn visit_roots(visit: &mut Visit<'_>) {
    visit.field("the trace function", SHARED.tracer.get());
    visit.field("the profile function", SHARED.profiler.get());
    for call in SHARED.native_calls.borrow().iter() {
        visit.owned(
            terrarium_objects::Role::Root("a call being profiled"),
            &call.callable,
        );
    }
}

/// The frame `depth` calls out, complete ones counted; `None` when there are not so many (`sys._getframe`).
pub fn frame_at(depth: usize) -> Option<*mut Frame> {
    let mut at = frame::current();
    let mut left = depth;
    while !at.is_null() {
        // SAFETY: frames of the chain are live.
        unsafe {
            if !(*at).function.is_null() && !(*at).is_incomplete() {
                if left == 0 {
                    return Some(at);
                }
                left -= 1;
            }
            at = (*at).previous;
        }
    }
    None
}

/// Runs a callback with the frame's object, the event's word and its argument.
fn call_back(callback: &Object, frame: &Object, what: What, arg: &Object) -> PyResult {
    // A function is held by its own frame while it runs, as in CPython; anything else by us.
    let held = (!callback.is_exact(&function::FUNCTION))
        .then(|| root("trace function", Owned::new(callback)));
    let result = ops::call::call(callback, &words([frame, word(what), arg]), None);
    drop(held);
    result
}

fn of(frame: &Object) -> &FrameObject {
    // SAFETY: called with frame objects.
    unsafe { frame.cast::<FrameObject>() }
}

/// Tells the trace function (`trace_trampoline`): the global one of a call, the frame's own of anything else.
fn tell_tracer(frame: &Object, what: What, arg: &Object) -> PyResult<()> {
    let callback = if what == What::Call {
        SHARED.tracer.get()
    } else {
        of(frame).trace.get()
    };
    if SHARED.tracer.get().is_null() || callback.is_null() {
        return Ok(());
    }
    // SAFETY: owned by us or by the frame object.
    match call_back(unsafe { &*callback }, frame, what, arg) {
        Ok(result) => {
            if !result.is(none()) {
                set_local(frame, Some(result));
            }
            Ok(())
        }
        Err(Raised) => {
            add_traceback(frame);
            let kept = error::fetch().map(|e| root("error of a trace function", e));
            set(None);
            set_local(frame, None);
            if let Some(kept) = kept {
                error::restore(kept.take());
            }
            Err(Raised)
        }
    }
}

/// The frame's own trace function.
fn set_local(frame: &Object, function: Option<Owned>) {
    let old = of(frame)
        .trace
        .replace(function.map_or(null_mut(), Owned::into_raw));
    if !old.is_null() {
        // SAFETY: the field owned it.
        unsafe { Object::decref(old) };
    }
}

fn tell_profiler(frame: &Object, what: What, arg: &Object) -> PyResult<()> {
    // SAFETY: null or owned by us.
    let Some(callback) = (unsafe { SHARED.profiler.get().as_ref() }) else {
        return Ok(());
    };
    match call_back(callback, frame, what, arg) {
        Ok(_) => Ok(()),
        Err(Raised) => {
            add_traceback(frame);
            let kept = error::fetch().map(|e| root("error of a profile function", e));
            set_profile(None);
            if let Some(kept) = kept {
                error::restore(kept.take());
            }
            Err(Raised)
        }
    }
}

/// A failing trace function adds the traced frame to its traceback.
fn add_traceback(frame: &Object) {
    // SAFETY: a frame object's frame is live.
    unsafe { crate::unwind::add_traceback(of(frame).frame.get()) };
}

/// Which functions an event is for.
#[derive(Clone, Copy)]
struct For {
    tracer: bool,
    profiler: bool,
}

const BOTH: For = For {
    tracer: true,
    profiler: true,
};
const TRACER: For = For {
    tracer: true,
    profiler: false,
};
const PROFILER: For = For {
    tracer: false,
    profiler: true,
};

/// Fires an event, unless a trace function is running. `line` is what `f_lineno` shows meanwhile.
fn fire(
    frame: *mut Frame,
    who: For,
    event: Event,
    what: What,
    arg: &Object,
    line: Option<i32>,
) -> PyResult<()> {
    if SHARED.inside.get() > 0 {
        return Ok(());
    }
    // SAFETY: callers pass running frames.
    let object = root("frame being traced", unsafe {
        frame_object::object_of(frame)
    });
    if matches!(event, Event::Line | Event::Jump) && !of(&object).trace_lines.get() {
        return Ok(());
    }
    if event == Event::Instruction && !of(&object).trace_opcodes.get() {
        return Ok(());
    }
    let before = frame_jump::set_event(Some(event));
    SHARED.inside.set(1);
    if let Some(line) = line {
        of(&object).lineno.set(line);
    }
    let mut result = Ok(());
    if who.tracer {
        result = tell_tracer(&object, what, arg);
    }
    if who.profiler && result.is_ok() {
        result = tell_profiler(&object, what, arg);
    }
    if line.is_some() || event == Event::Instruction {
        of(&object).lineno.set(0);
    }
    SHARED.inside.set(0);
    frame_jump::set_event(before);
    result
}

/// Keeps an instruction from specialising while it is marked: its general form, and a counter that stays above zero and is that of fresh
/// code when tracing ends.
// SAFETY: `index` is an instruction of `code`.
unsafe fn pause(code: &Code, index: usize) {
    let (base, _) = base_unit(code, index);
    // SAFETY: the index is an instruction of the code, its caches follow.
    unsafe {
        let unit = code.units().add(index);
        *unit = *unit & 0xFF00 | u16::from(base);
        let plain = matches!(
            u16::from(base),
            op::POP_JUMP_IF_FALSE
                | op::POP_JUMP_IF_TRUE
                | op::POP_JUMP_IF_NONE
                | op::POP_JUMP_IF_NOT_NONE
                | op::JUMP_BACKWARD
        );
        if !plain && adaptive::caches(base) > 0 {
            *unit.add(1) = adaptive::counter(2, 1);
        }
    }
}

/// The instruction at `index` behind its EXTENDED_ARGs: opcode, argument, its own index.
fn instruction(code: &Code, mut index: usize) -> (u16, usize, usize) {
    let mut arg = 0;
    loop {
        let (opcode, low) = base_unit(code, index);
        arg = arg << 8 | usize::from(low);
        if u16::from(opcode) != op::EXTENDED_ARG || index + 1 >= code.len() {
            return (u16::from(opcode), arg, index);
        }
        index += 1;
    }
}

/// Before each instruction of the observed loop; `previous` is the one that the frame executed before. A trace function may have moved the
/// frame elsewhere when this returns.
pub fn before_instruction(frame: *mut Frame, previous: *const u16) -> PyResult<()> {
    // SAFETY: the frame is running.
    let code: &Code = unsafe { &*(*frame).executable.as_ptr().cast::<Code>() };
    let Ok(index) = usize::try_from(unsafe { (*frame).lasti() }) else {
        return Ok(());
    };
    if index < code.firsttraceable.get() as usize {
        return Ok(());
    }
    // SAFETY: both point into the code's units.
    let before = unsafe { previous.offset_from(code.units()) };
    end_native_call(frame)?;
    let monitoring = code_monitoring::of(code);
    let (opcode, _, at) = instruction(code, index);
    if monitoring.starts_line(index) || monitoring.opcodes {
        // SAFETY: an instruction of the code.
        unsafe { pause(code, at) };
    }
    if monitoring.starts_line(index) && !SHARED.tracer.get().is_null() {
        line(frame, code, monitoring, index, before)?;
    }
    if monitoring.opcodes && !SHARED.tracer.get().is_null() {
        fire(
            frame,
            TRACER,
            Event::Instruction,
            What::Opcode,
            none(),
            None,
        )?;
    }
    // SAFETY: the frame is running.
    let here = unsafe { (*frame).lasti() } as usize;
    if here != index {
        // Moved: the line there has had its event.
        let (opcode, arg, at) = instruction(code, here);
        return events(frame, code, opcode, arg, at);
    }
    let (_, arg, _) = instruction(code, index);
    events(frame, code, opcode, arg, at)
}

/// A line event, unless the instruction before belongs to the same line.
fn line(
    frame: *mut Frame,
    code: &Code,
    monitoring: &Monitoring,
    index: usize,
    before: isize,
) -> PyResult<()> {
    let line = monitoring.line(index);
    if let Ok(before) = usize::try_from(before)
        && before < code.len()
        && monitoring.line(before) == line
        && u16::from(base_unit(code, before).0) != op::RESUME
    {
        return Ok(());
    }
    fire(frame, TRACER, Event::Line, What::Line, none(), Some(line))
}

/// The events that belong to the instruction itself.
fn events(frame: *mut Frame, code: &Code, opcode: u16, arg: usize, at: usize) -> PyResult<()> {
    // SAFETY: operands that the instruction takes are on the stack.
    let peek = |depth: usize| unsafe { *(*frame).sp.sub(depth) };
    match opcode {
        op::RESUME => {
            let event = if arg & 3 == 0 {
                Event::Start
            } else {
                Event::Resume
            };
            fire(frame, BOTH, event, What::Call, none(), None)
        }
        op::RETURN_VALUE => fire(
            frame,
            BOTH,
            Event::Return,
            What::Return,
            peek(1).object(),
            None,
        ),
        op::YIELD_VALUE => fire(
            frame,
            BOTH,
            Event::Yield,
            What::Return,
            peek(1).object(),
            None,
        ),
        op::END_FOR if peek(2).object().is_exact(&generator::GENERATOR) => {
            stopped(frame, peek(1).object())
        }
        op::END_SEND => {
            let receiver = peek(2).object();
            if receiver.is_exact(&generator::GENERATOR) || receiver.is_exact(&generator::COROUTINE)
            {
                return stopped(frame, peek(1).object());
            }
            Ok(())
        }
        op::JUMP_BACKWARD => jumped(frame, code, at, (at + 2).saturating_sub(arg)),
        op::CALL => native_call(
            frame,
            peek(arg + 2),
            peek(arg + 1),
            (arg > 0).then(|| peek(arg)),
            at,
        ),
        op::CALL_KW => native_call(
            frame,
            peek(arg + 3),
            peek(arg + 2),
            (arg > 0).then(|| peek(arg + 1)),
            at,
        ),
        op::CALL_FUNCTION_EX => native_call(frame, peek(4), Word::NULL, first_item(peek(2)), at),
        _ => Ok(()),
    }
}

/// A jump back within one line begins the line anew.
fn jumped(frame: *mut Frame, code: &Code, from: usize, to: usize) -> PyResult<()> {
    let monitoring = code_monitoring::of(code);
    let line = monitoring.line(to);
    if to >= from || line != monitoring.line(from) || line < 0 {
        return Ok(());
    }
    fire(frame, TRACER, Event::Jump, What::Line, none(), Some(line))
}

/// A generator's return value as the StopIteration that PEP 380 has it raise.
fn stopped(frame: *mut Frame, value: &Object) -> PyResult<()> {
    if SHARED.inside.get() > 0 || SHARED.tracer.get().is_null() {
        return Ok(());
    }
    exc::raise_stop_iteration(value);
    exception_event(frame, Event::StopIteration)?;
    error::clear();
    Ok(())
}

/// `(type, exception, traceback)` for the exception on its way, which stays on its way unless the trace function fails.
fn exception_event(frame: *mut Frame, event: Event) -> PyResult<()> {
    let Some(exception) = error::fetch() else {
        return Ok(());
    };
    let exception = root("exception being traced", exception);
    let ty = Owned::new(exception.ty().as_object());
    let traceback = exc::body(&exception).traceback.or_none();
    let arg = root(
        "argument of a trace function",
        tuple::from_array([ty, Owned::new(&exception), traceback]),
    );
    let result = fire(frame, TRACER, event, What::Exception, &arg, None);
    drop(arg);
    let exception = exception.take();
    if result.is_ok() {
        error::restore(exception);
    }
    result
}

/// An exception was raised in the frame or came into it. The exception on its way may be another one afterwards.
pub fn raised(frame: *mut Frame) {
    let _ = native_failed(frame);
    if SHARED.inside.get() == 0 && !SHARED.tracer.get().is_null() {
        let _ = exception_event(frame, Event::Raise);
    }
}

/// Fires an event while an exception is on its way.
fn fire_aside(frame: *mut Frame, who: For, event: Event, what: What, arg: &Object) {
    let Some(exception) = error::fetch() else {
        return;
    };
    let exception = root("exception on its way", exception);
    let result = fire(frame, who, event, what, arg, None);
    let exception = exception.take();
    if result.is_ok() {
        error::restore(exception);
    }
}

/// The frame is about to be left by an exception.
pub fn unwound(frame: *mut Frame) {
    fire_aside(frame, BOTH, Event::Unwind, What::Return, none());
}

/// An exception is thrown into a suspended generator's frame.
pub fn thrown(frame: *mut Frame) {
    fire_aside(frame, BOTH, Event::Throw, What::Call, none());
}

fn first_item(args: Word) -> Option<Word> {
    let args = args.get().filter(|a| a.is_exact(&tuple::TUPLE))?;
    // SAFETY: checked.
    unsafe { args.cast::<tuple::Tuple>() }
        .items()
        .first()
        .map(|first| Word::borrowed(first))
}

/// The profiler learns of calls of built-in functions and methods.
fn native_call(
    frame: *mut Frame,
    callable: Word,
    this: Word,
    first: Option<Word>,
    at: usize,
) -> PyResult<()> {
    if SHARED.profiler.get().is_null() {
        return Ok(());
    }
    // SAFETY: the frame is running; the index is its call.
    unsafe { pause((*frame).code(), at) };
    let callable = callable.object();
    if SHARED.inside.get() > 0 {
        return Ok(());
    }
    let shown = if callable.is_exact(&builtin_function::BUILTIN_FUNCTION) {
        Owned::new(callable)
    } else if callable.is_exact(&descriptors::method::METHOD_DESCRIPTOR) {
        let Some(this) = this.get().or_else(|| first.and_then(Word::get)) else {
            return Ok(());
        };
        let Some(bind) = callable.ty().slots.descr_get else {
            return Ok(());
        };
        bind(callable, Some(this), Some(this.ty().as_object()))?
    } else {
        return Ok(());
    };
    let shown = root("callable being profiled", shown);
    fire(frame, PROFILER, Event::Call, What::NativeCall, &shown, None)?;
    SHARED.native_calls.borrow_mut().push(NativeCall {
        frame,
        callable: shown.take(),
    });
    Ok(())
}

/// The native call of this frame that has just ended, if the profiler was told of it.
fn take_native_call(frame: *mut Frame) -> Option<Owned> {
    let mut calls = SHARED.native_calls.borrow_mut();
    if calls.last().is_some_and(|c| std::ptr::eq(c.frame, frame)) {
        calls.pop().map(|c| c.callable)
    } else {
        None
    }
}

fn end_native_call(frame: *mut Frame) -> PyResult<()> {
    if SHARED.native_calls.borrow().is_empty() {
        return Ok(());
    }
    let Some(callable) = take_native_call(frame) else {
        return Ok(());
    };
    let callable = root("callable being profiled", callable);
    fire(
        frame,
        PROFILER,
        Event::Call,
        What::NativeReturn,
        &callable,
        None,
    )
}

fn native_failed(frame: *mut Frame) -> Option<()> {
    let callable = root("callable being profiled", take_native_call(frame)?);
    fire_aside(
        frame,
        PROFILER,
        Event::Call,
        What::NativeException,
        &callable,
    );
    Some(())
}
