//! Generators, coroutines and asynchronous generators: an object that carries its frame. Running the frame is the runtime's work, reached
//! through `set_evaluator`.

mod asynchronous;
mod attributes;
mod awaiting;
mod methods;

use std::cell::Cell;
use std::ptr::null_mut;

pub use asynchronous::{
    ASYNC_GENERATOR, ASYNC_SEND, ASYNC_THROW, WRAPPED_VALUE, async_generator_hooks,
    set_async_generator_hooks, wrap_async_value,
};
pub use attributes::{code_of, frame_is_running};
pub(crate) use awaiting::first_complete;
pub use awaiting::{
    ANEXT_AWAITABLE, COROUTINE_WRAPPER, async_iterator, async_next_item, awaitable_iterator,
    origin_tracking_depth, send_into, set_origin_tracking_depth,
};
pub use methods::{COROUTINE, GENERATOR, close, finalize, send_result};

use terrarium_bytecode::code::flags as co;

use crate::alloc;
use crate::frame::{Frame, SPECIALS, owner};
use crate::gc;
use crate::object::{Layout, Object};
use crate::refs::{Owned, PyResult, Word};
use crate::state::{ExcItem, get as state_of_thread};
use crate::typeobject::Type;
use crate::types::function::Function;
use crate::visit::Visit;

/// What a generator is doing (Include/internal/pycore_frame.h, `FRAME_` states).
pub mod state {
    pub const CREATED: i8 = -3;
    pub const SUSPENDED: i8 = -2;
    pub const SUSPENDED_YIELD_FROM: i8 = -1;
    pub const EXECUTING: i8 = 0;
    pub const COMPLETED: i8 = 1;
    pub const CLEARED: i8 = 4;
    /// `CLEARED`, while what the frame held is given up.
    pub const CLEARING: i8 = 5;
}

/// CPython's `PyGenObject` (Include/internal/pycore_genobject.h); the frame's words follow.
#[repr(C)]
pub struct Generator {
    pub object: Object,
    pub weaklist: Cell<*mut Object>,
    /// Owned str.
    pub name: Cell<*mut Object>,
    pub qualname: Cell<*mut Object>,
    pub exc_state: ExcItem,
    /// Coroutines: where it was made (owned tuple or null). Asynchronous generators: the finaliser hook.
    pub origin_or_finalizer: Cell<*mut Object>,
    pub hooks_inited: Cell<bool>,
    pub closed: Cell<bool>,
    pub running_async: Cell<bool>,
    pub state: Cell<i8>,
    frame: [Word; 0],
}

// SAFETY: starts with `Object`; coroutines and asynchronous generators have the same body.
unsafe impl Layout for Generator {
    fn type_object() -> &'static Type {
        &GENERATOR
    }
}

/// Bytes before the frame.
pub const FRAME_OFFSET: usize = std::mem::offset_of!(Generator, frame);

impl Generator {
    /// The frame inside; valid until the state is `CLEARED`.
    #[inline(always)]
    pub fn frame(&self) -> *mut Frame {
        self.frame.as_ptr() as *mut Frame
    }

    pub fn object(&self) -> &Object {
        &self.object
    }

    /// The iterator a suspended `yield from` or `await` delegates to.
    pub fn yields_from(&self) -> Option<&Object> {
        if self.state.get() != state::SUSPENDED_YIELD_FROM {
            return None;
        }
        // SAFETY: while delegating the top of the stack is the sub-iterator.
        unsafe { (*(*self.frame()).sp.sub(1)).get() }
    }
}

/// The generator whose frame this is.
///
/// # Safety
/// `frame.owner` is `GENERATOR`.
#[inline(always)]
pub unsafe fn of_frame<'a>(frame: *mut Frame) -> &'a Generator {
    // SAFETY: the frame sits at a fixed place inside its generator.
    unsafe { &*frame.cast::<u8>().sub(FRAME_OFFSET).cast::<Generator>() }
}

/// Runs a frame until it yields, returns or raises; `true` raises the exception now set inside it.
pub type Evaluator = unsafe fn(*mut Frame, bool) -> PyResult;

struct Hook(Cell<Option<Evaluator>>);

// SAFETY: written once at start-up.
unsafe impl Sync for Hook {}

static EVALUATOR: Hook = Hook(Cell::new(None));

/// Tells generators how frames are run.
pub fn set_evaluator(evaluator: Evaluator) {
    EVALUATOR.0.set(Some(evaluator));
}

/// Runs a generator's frame.
///
/// # Safety
/// The frame is ready: suspended or fresh, `previous` set.
unsafe fn evaluate(frame: *mut Frame, throwing: bool) -> PyResult {
    let evaluator = EVALUATOR
        .0
        .get()
        .expect("the runtime sets the evaluator at start-up");
    // SAFETY: by contract.
    unsafe { evaluator(frame, throwing) }
}

/// A generator, coroutine or asynchronous generator for a call of `function`, by its code's flags; its frame is not set up yet.
pub fn make(function: &Function) -> Owned {
    let code = function.code();
    let ty = if code.has(co::COROUTINE) {
        &COROUTINE
    } else if code.has(co::ASYNC_GENERATOR) {
        &ASYNC_GENERATOR
    } else {
        &GENERATOR
    };
    let slots = code.frame_slots();
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let place = alloc::object_memory(ty, FRAME_OFFSET + (SPECIALS + slots) * 8);
        assert!(!place.is_null(), "out of memory");
        let generator = (*place).cast::<Generator>();
        generator.weaklist.set(null_mut());
        generator
            .name
            .set(Owned::new(&*function.name.get()).into_raw());
        generator
            .qualname
            .set(Owned::new(&*function.qualname.get()).into_raw());
        (&raw const generator.exc_state)
            .cast_mut()
            .write(ExcItem::new());
        generator.origin_or_finalizer.set(null_mut());
        generator.hooks_inited.set(false);
        generator.closed.set(false);
        generator.running_async.set(false);
        generator.state.set(state::CLEARED);
        gc::track(&*place);
        if std::ptr::eq(ty, &COROUTINE) {
            awaiting::record_origin(generator);
        }
        Owned::from_raw(place)
    }
}

/// Moves a started frame into the generator; every slot owns its reference afterwards (`_PyFrame_Copy`).
///
/// # Safety
/// `made` came from `make` for this frame's function; the frame's stack is empty; the source is not used afterwards.
pub unsafe fn adopt_frame(made: &Object, source: *mut Frame) {
    // SAFETY: by contract.
    unsafe {
        let generator = made.cast::<Generator>();
        let target = generator.frame();
        std::ptr::copy_nonoverlapping(source.cast::<Word>(), target.cast::<Word>(), SPECIALS);
        // The caller's operands, of which these may be borrowed, do not live as long.
        (*target).executable = (*source).executable.make_owned();
        (*target).function = (*source).function.make_owned();
        let count = (*source).code().nlocalsplus.get() as usize;
        for i in 0..count {
            (*target)
                .local_base()
                .add(i)
                .write((*(*source).local_base().add(i)).make_owned());
        }
        (*target).sp = (*target).local_base().add(count);
        (*target).previous = null_mut();
        (*target).owner = owner::GENERATOR;
        (*target).is_entry = false;
        if !(*target).frame_obj.is_null() {
            (*(*target).frame_obj)
                .cast::<crate::types::frame_object::FrameObject>()
                .frame
                .set(target);
        }
        generator.state.set(state::CREATED);
    }
}

/// The frame has returned or raised: gives up what it owns (Python/ceval.c, `clear_gen_frame`).
///
/// # Safety
/// `frame` is a generator's, just left; the running frame is its caller again.
pub unsafe fn finish(frame: *mut Frame) {
    // SAFETY: by contract.
    unsafe {
        let generator = of_frame(frame);
        generator.state.set(state::CLEARED);
        state_of_thread()
            .exc_info
            .set(generator.exc_state.previous.replace(std::ptr::null()));
        (*frame).previous = null_mut();
        clear_body(generator);
    }
}

/// Clears the frame and the handled exception; the state is `CLEARED` already.
// SAFETY: the generator's frame is live and not running.
unsafe fn clear_body(generator: &Generator) {
    // SAFETY: the frame was live until now.
    unsafe {
        let frame = generator.frame();
        let detached = (*frame).frame_obj.is_null() || crate::types::frame_object::detach(frame);
        if detached {
            generator.state.set(state::CLEARING);
            Frame::clear_locals(frame);
            let function = std::mem::replace(&mut (*frame).function, Word::NULL);
            function.close();
            generator.state.set(state::CLEARED);
        }
        let handled = generator.exc_state.value.replace(null_mut());
        if !handled.is_null() {
            Object::decref(handled);
        }
    }
}

/// Every reference of a generator; shared by the three types.
///
/// # Safety
/// A `visit` slot of one of them.
unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: the three types share the body.
    let generator = unsafe { object.cast::<Generator>() };
    visit.field("name", generator.name.get());
    visit.field("qualname", generator.qualname.get());
    visit.field("origin or finalizer", generator.origin_or_finalizer.get());
    // SAFETY: the frame is live unless cleared.
    unsafe {
        if generator.state.get() != state::CLEARED {
            (*generator.frame()).visit(visit);
        } else {
            visit.word(
                crate::visit::Role::Field("code"),
                (*generator.frame()).executable,
            );
        }
    }
    visit.field("exception being handled", generator.exc_state.value.get());
}
