//! Asynchronous generators and the awaitables that drive them: `__anext__()`, `asend()`, `athrow()`, `aclose()` (Objects/genobject.c).

use std::cell::Cell;

use super::attributes::ASYNC_GENERATOR_GETSET;
use super::methods::{self, of};
use super::{FRAME_OFFSET, Generator, state, visit};
use crate::alloc::{self, Kind};
use crate::error;
use crate::field::Field;
use crate::frame::SPECIALS;
use crate::free_list::FreeList;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops;
use crate::refs::{Owned, PyResult, Raised, Word};
use crate::state::{get as thread, root, words};
use crate::typeobject::{MemberDef, MemberKind, MethodDef, Native, Slots, Type, flags};
use crate::types::exceptions as exc;
use crate::types::none::{none, none_owned};
use crate::types::tuple;
use crate::visit::Visit;

pub static ASYNC_GENERATOR: Type = Type::builtin(
    "async_generator",
    FRAME_OFFSET + SPECIALS * 8,
    Slots {
        dealloc: methods::generator_dealloc,
        visit,
        finalize: Some(finalize),
        repr: Some(super::attributes::repr),
        getattro: Some(ops::attribute::generic_get),
        am_aiter: Some(super::attributes::itself),
        am_anext: Some(async_next),
        am_send: Some(methods::send_result),
        ..Slots::NONE
    },
)
.with_itemsize(8)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_weaklistoffset(std::mem::offset_of!(Generator, weaklist))
.with_methods(&METHODS)
.with_members(&MEMBERS)
.with_getset(&ASYNC_GENERATOR_GETSET);

static METHODS: [MethodDef; 5] = [
    MethodDef::new("asend", Native::O(asend), "asend($self, object, /)\n--\n\n"),
    MethodDef::new("athrow", Native::Fast(athrow), ""),
    MethodDef::new("aclose", Native::NoArgs(aclose), "aclose($self, /)\n--\n\n"),
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(super::attributes::sizeof),
        "__sizeof__($self, /)\n--\n\n",
    ),
    MethodDef::class(
        "__class_getitem__",
        Native::O(crate::types::generic_alias::class_getitem),
        "__class_getitem__($type, object, /)\n--\n\n",
    ),
];

static MEMBERS: [MemberDef; 1] = [MemberDef {
    name: "ag_running",
    kind: MemberKind::Bool,
    offset: std::mem::offset_of!(Generator, running_async),
    readonly: true,
    doc: "",
}];

const FIRSTITER: &str = "async generator firstiter hook";
const FINALIZER: &str = "async generator finalizer hook";

/// `sys.set_asyncgen_hooks`: for each hook `None` leaves it, `Some(None)` removes it.
pub fn set_async_generator_hooks(
    firstiter: Option<Option<&Object>>,
    finalizer: Option<Option<&Object>>,
) {
    for (name, hook) in [(FINALIZER, finalizer), (FIRSTITER, firstiter)] {
        match hook {
            Some(Some(hook)) => thread().keep(name, Owned::new(hook)),
            Some(None) => thread().forget(name),
            None => {}
        }
    }
}

/// The hooks `(firstiter, finalizer)`.
pub fn async_generator_hooks() -> (Option<Owned>, Option<Owned>) {
    (
        thread().kept(FIRSTITER).map(Owned::new),
        thread().kept(FINALIZER).map(Owned::new),
    )
}

/// Before the first step: remembers the finalizer, calls the firstiter hook.
fn init_hooks(object: &Object) -> PyResult<()> {
    let generator = of(object);
    if generator.hooks_inited.replace(true) {
        return Ok(());
    }
    let (firstiter, finalizer) = async_generator_hooks();
    if let Some(finalizer) = finalizer {
        generator.origin_or_finalizer.set(finalizer.into_raw());
    }
    if let Some(firstiter) = firstiter {
        let firstiter = root("firstiter hook", firstiter);
        ops::call::call(&firstiter, &words([object]), None)?;
    }
    Ok(())
}

/// The finalizer hook takes over an unfinished generator; without one it is closed like any other.
fn finalize(object: &Object) {
    let generator = of(object);
    if generator.state.get() >= state::COMPLETED {
        return;
    }
    // SAFETY: null or owned by the generator.
    let Some(finalizer) = (unsafe { generator.origin_or_finalizer.get().as_ref() })
        .filter(|_| !generator.closed.get())
    else {
        return methods::finalize(object);
    };
    let saved = error::fetch();
    if ops::call::call(finalizer, &words([object]), None).is_err() {
        error::unraisable("Exception ignored in", Some(object));
    }
    if let Some(saved) = saved {
        error::restore(saved);
    }
}

/// A value on its way out of an asynchronous generator (CPython's `_PyAsyncGenWrappedValue`).
#[repr(C)]
pub struct WrappedValue {
    object: Object,
    value: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for WrappedValue {
    fn type_object() -> &'static Type {
        &WRAPPED_VALUE
    }
}

pub static WRAPPED_VALUE: Type = Type::builtin(
    "async_generator_wrapped_value",
    std::mem::size_of::<WrappedValue>(),
    Slots {
        dealloc: wrapped_dealloc,
        visit: wrapped_visit,
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION);

static WRAPPED_FREE: FreeList = FreeList::new(Kind::Gc, 80);
static SEND_FREE: FreeList = FreeList::new(Kind::Gc, 80);

/// Memory for an exact instance of `ty`, from its free list if there is one.
// SAFETY: the caller writes the body before the object is seen.
unsafe fn take(list: &'static FreeList, ty: &Type) -> *mut Object {
    // SAFETY: the caller writes the body.
    let place = unsafe { list.take(ty, ty.basicsize.get() as usize) };
    assert!(!place.is_null(), "out of memory");
    place
}

/// Marks a value as yielded by the generator's own code, not by what it awaits (CALL_INTRINSIC_1 ASYNC_GEN_WRAP).
pub fn wrap_async_value(value: &Object) -> Owned {
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let place = take(&WRAPPED_FREE, &WRAPPED_VALUE);
        let wrapped = place.cast::<WrappedValue>();
        (&raw mut (*wrapped).value).write(Field::new(Some(Owned::new(value))));
        gc::track(&*place);
        Owned::from_raw(place)
    }
}

unsafe fn wrapped_dealloc(object: *mut Object) {
    // SAFETY: a dying wrapped value.
    unsafe {
        gc::untrack(&*object);
        (*object).cast::<WrappedValue>().value.clear();
        WRAPPED_FREE.give(object);
    }
}

unsafe fn wrapped_visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: called for wrapped values.
    unsafe { object.cast::<WrappedValue>() }
        .value
        .visit("value", visit);
}

/// The step of an awaitable (`AwaitableState`).
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
enum Step {
    Init,
    Iter,
    Closed,
}

/// What `__anext__()` and `asend()` return (CPython's `PyAsyncGenASend`).
#[repr(C)]
pub struct AsyncSend {
    object: Object,
    generator: Field,
    /// What to send first; empty for `__anext__`.
    value: Field,
    step: Cell<Step>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for AsyncSend {
    fn type_object() -> &'static Type {
        &ASYNC_SEND
    }
}

pub static ASYNC_SEND: Type = Type::builtin(
    "async_generator_asend",
    std::mem::size_of::<AsyncSend>(),
    Slots {
        dealloc: send_dealloc,
        visit: send_visit,
        finalize: Some(send_finalize),
        getattro: Some(ops::attribute::generic_get),
        iter: Some(super::attributes::itself),
        iternext: Some(send_iternext),
        am_await: Some(super::attributes::itself),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_methods(&SEND_METHODS);

static SEND_METHODS: [MethodDef; 3] = [
    MethodDef::new("send", Native::O(|o, value| send_send(o, Some(value))), ""),
    MethodDef::new("throw", Native::Fast(send_throw), ""),
    MethodDef::new(
        "close",
        Native::NoArgs(|o| close_by(o, send_step(o), send_throw)),
        "",
    ),
];

/// What `athrow()` and `aclose()` return (CPython's `PyAsyncGenAThrow`).
#[repr(C)]
pub struct AsyncThrow {
    object: Object,
    generator: Field,
    /// The arguments of `athrow`; empty for `aclose`.
    args: Field,
    step: Cell<Step>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for AsyncThrow {
    fn type_object() -> &'static Type {
        &ASYNC_THROW
    }
}

pub static ASYNC_THROW: Type = Type::builtin(
    "async_generator_athrow",
    std::mem::size_of::<AsyncThrow>(),
    Slots {
        dealloc: throw_dealloc,
        visit: throw_visit,
        finalize: Some(throw_finalize),
        getattro: Some(ops::attribute::generic_get),
        iter: Some(super::attributes::itself),
        iternext: Some(|o| throw_send(o, Some(none())).map(Some)),
        am_await: Some(super::attributes::itself),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_methods(&THROW_METHODS);

static THROW_METHODS: [MethodDef; 3] = [
    MethodDef::new("send", Native::O(|o, value| throw_send(o, Some(value))), ""),
    MethodDef::new("throw", Native::Fast(throw_throw), ""),
    MethodDef::new(
        "close",
        Native::NoArgs(|o| close_by(o, throw_step(o), throw_throw)),
        "",
    ),
];

fn async_next(object: &Object) -> PyResult {
    init_hooks(object)?;
    Ok(new_send(object, None))
}

fn asend(object: &Object, value: &Object) -> PyResult {
    init_hooks(object)?;
    Ok(new_send(object, Some(value)))
}

fn aclose(object: &Object) -> PyResult {
    init_hooks(object)?;
    Ok(new_throw(object, None))
}

fn athrow(object: &Object, args: &[Word]) -> PyResult {
    crate::args::check_positional("athrow", args.len(), 1, 3)?;
    if args.len() > 1 {
        let text = "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.";
        error::warn("DeprecationWarning", text, 1)?;
    }
    init_hooks(object)?;
    Ok(new_throw(object, Some(tuple::from_words(args))))
}

fn new_send(generator: &Object, value: Option<&Object>) -> Owned {
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let place = take(&SEND_FREE, &ASYNC_SEND);
        let made = place.cast::<AsyncSend>();
        (&raw mut (*made).generator).write(Field::new(Some(Owned::new(generator))));
        (&raw mut (*made).value).write(Field::new(value.map(Owned::new)));
        (&raw mut (*made).step).write(Cell::new(Step::Init));
        gc::track(&*place);
        Owned::from_raw(place)
    }
}

fn new_throw(generator: &Object, args: Option<Owned>) -> Owned {
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let place = alloc::object_memory(&ASYNC_THROW, std::mem::size_of::<AsyncThrow>());
        assert!(!place.is_null(), "out of memory");
        let made = place.cast::<AsyncThrow>();
        (&raw mut (*made).generator).write(Field::new(Some(Owned::new(generator))));
        (&raw mut (*made).args).write(Field::new(args));
        (&raw mut (*made).step).write(Cell::new(Step::Init));
        gc::track(&*place);
        Owned::from_raw(place)
    }
}

fn sending(object: &Object) -> &AsyncSend {
    // SAFETY: called by slots and methods of the type.
    unsafe { object.cast::<AsyncSend>() }
}

fn throwing(object: &Object) -> &AsyncThrow {
    // SAFETY: called by slots and methods of the type.
    unsafe { object.cast::<AsyncThrow>() }
}

fn send_step(object: &Object) -> Step {
    sending(object).step.get()
}

fn throw_step(object: &Object) -> Step {
    throwing(object).step.get()
}

/// The generator an awaitable drives; the awaitable, which its caller holds, keeps it alive.
fn driven(field: &Field) -> &Object {
    field.get().unwrap_or(none())
}

/// A wrapped value ends the await with it; what the generator awaits goes through (`async_gen_unwrap_value`).
fn unwrap(generator: &Generator, result: PyResult) -> PyResult {
    match result {
        Ok(value) => match value.downcast_exact::<WrappedValue>() {
            Some(wrapped) => {
                let raised = exc::raise_stop_iteration(wrapped.value.get().unwrap_or(none()));
                drop(value);
                generator.running_async.set(false);
                Err(raised)
            }
            None => Ok(value),
        },
        Err(Raised) => {
            if error::matches(&exc::STOP_ASYNC_ITERATION) || error::matches(&exc::GENERATOR_EXIT) {
                generator.closed.set(true);
            }
            generator.running_async.set(false);
            Err(Raised)
        }
    }
}

const REUSED_SEND: &str = "cannot reuse already awaited __anext__()/asend()";
const REUSED_THROW: &str = "cannot reuse already awaited aclose()/athrow()";
const IGNORED_EXIT: &str = "async generator ignored GeneratorExit";

fn send_send(object: &Object, value: Option<&Object>) -> PyResult {
    let this = sending(object);
    if this.step.get() == Step::Closed {
        return Err(error::runtime_error(REUSED_SEND));
    }
    let target = driven(&this.generator);
    let generator = of(target);
    let mut sent = value;
    if this.step.get() == Step::Init {
        if generator.running_async.get() {
            this.step.set(Step::Closed);
            return Err(error::runtime_error(
                "anext(): asynchronous generator is already running",
            ));
        }
        if value.is_none_or(|v| v.is(none())) {
            sent = this.value.get();
        }
        this.step.set(Step::Iter);
    }
    generator.running_async.set(true);
    let result = unwrap(generator, methods::send_ex(target, sent, false, false));
    if result.is_err() {
        this.step.set(Step::Closed);
    }
    result
}

fn send_iternext(object: &Object) -> PyResult<Option<Owned>> {
    send_send(object, None).map(Some)
}

fn send_throw(object: &Object, args: &[Word]) -> PyResult {
    let this = sending(object);
    if this.step.get() == Step::Closed {
        return Err(error::runtime_error(REUSED_SEND));
    }
    let target = driven(&this.generator);
    let generator = of(target);
    if this.step.get() == Step::Init {
        if generator.running_async.get() {
            this.step.set(Step::Closed);
            return Err(error::runtime_error(
                "anext(): asynchronous generator is already running",
            ));
        }
        this.step.set(Step::Iter);
        generator.running_async.set(true);
    }
    let result = unwrap(generator, methods::throw_method(target, args));
    if result.is_err() {
        this.step.set(Step::Closed);
    }
    result
}

/// `close()` of an awaitable: throws GeneratorExit into it, which must come back.
fn close_by(object: &Object, step: Step, throw: fn(&Object, &[Word]) -> PyResult) -> PyResult {
    if step == Step::Closed {
        return Ok(none_owned());
    }
    match throw(object, &words([exc::GENERATOR_EXIT.as_object()])) {
        Ok(_) => Err(error::runtime_error("coroutine ignored GeneratorExit")),
        Err(Raised) => {
            let expected = [
                &exc::STOP_ITERATION,
                &exc::STOP_ASYNC_ITERATION,
                &exc::GENERATOR_EXIT,
            ];
            if expected.into_iter().any(error::matches) {
                error::clear();
                return Ok(none_owned());
            }
            Err(Raised)
        }
    }
}

/// The text of an `athrow()` or `aclose()` while the generator runs.
fn already_running(this: &AsyncThrow) -> Raised {
    this.step.set(Step::Closed);
    error::runtime_error(if this.args.is_empty() {
        "aclose(): asynchronous generator is already running"
    } else {
        "athrow(): asynchronous generator is already running"
    })
}

fn throw_send(object: &Object, value: Option<&Object>) -> PyResult {
    let this = throwing(object);
    if this.step.get() == Step::Closed {
        return Err(error::runtime_error(REUSED_THROW));
    }
    let target = driven(&this.generator);
    let generator = of(target);
    if generator.state.get() >= state::COMPLETED {
        this.step.set(Step::Closed);
        return Err(error::stop_iteration(None));
    }
    let closing = this.args.is_empty();
    let result = if this.step.get() == Step::Init {
        if generator.running_async.get() {
            return Err(already_running(this));
        }
        if generator.closed.get() {
            this.step.set(Step::Closed);
            return Err(exc::raise_bare(&exc::STOP_ASYNC_ITERATION));
        }
        if value.is_none_or(|v| !v.is(none())) {
            return Err(error::runtime_error(
                "can't send non-None value to a just-started coroutine",
            ));
        }
        this.step.set(Step::Iter);
        generator.running_async.set(true);
        if closing {
            generator.closed.set(true);
            methods::throw(target, exc::GENERATOR_EXIT.as_object(), None, None, false)
        } else {
            let args = this.args.or_none();
            let item = |i: usize| {
                (i < crate::args::tuple_len(&args)).then(|| crate::args::tuple_item(&args, i))
            };
            let ty = item(0).unwrap_or(none());
            unwrap(
                generator,
                methods::throw(target, ty, item(1), item(2), false),
            )
        }
    } else {
        let result = methods::send_ex(target, value, false, false);
        if !closing {
            return unwrap(generator, result);
        }
        result
    };
    match result {
        Ok(value) if closing && value.is_exact(&WRAPPED_VALUE) => {
            drop(value);
            generator.running_async.set(false);
            this.step.set(Step::Closed);
            Err(error::runtime_error(IGNORED_EXIT))
        }
        Ok(value) => Ok(value),
        Err(Raised) => {
            generator.running_async.set(false);
            this.step.set(Step::Closed);
            Err(if closing { closed_quietly() } else { Raised })
        }
    }
}

/// The end of an `aclose()`: the exceptions that say so become StopIteration.
fn closed_quietly() -> Raised {
    if error::matches(&exc::STOP_ASYNC_ITERATION) || error::matches(&exc::GENERATOR_EXIT) {
        error::clear();
        return error::stop_iteration(None);
    }
    Raised
}

fn throw_throw(object: &Object, args: &[Word]) -> PyResult {
    let this = throwing(object);
    if this.step.get() == Step::Closed {
        return Err(error::runtime_error(REUSED_THROW));
    }
    let target = driven(&this.generator);
    let generator = of(target);
    if this.step.get() == Step::Init {
        if generator.running_async.get() {
            return Err(already_running(this));
        }
        this.step.set(Step::Iter);
        generator.running_async.set(true);
    }
    let result = methods::throw_method(target, args);
    if !this.args.is_empty() {
        let result = unwrap(generator, result);
        if result.is_err() {
            this.step.set(Step::Closed);
        }
        return result;
    }
    match result {
        Ok(value) if value.is_exact(&WRAPPED_VALUE) => {
            generator.running_async.set(false);
            this.step.set(Step::Closed);
            drop(value);
            Err(error::runtime_error(IGNORED_EXIT))
        }
        Ok(value) => Ok(value),
        Err(Raised) => {
            this.step.set(Step::Closed);
            Err(closed_quietly())
        }
    }
}

fn send_finalize(object: &Object) {
    let this = sending(object);
    if this.step.get() == Step::Init {
        warn_method_never_awaited(&this.generator, "asend");
    }
}

fn throw_finalize(object: &Object) {
    let this = throwing(object);
    if this.step.get() == Step::Init {
        warn_method_never_awaited(
            &this.generator,
            if this.args.is_empty() {
                "aclose"
            } else {
                "athrow"
            },
        );
    }
}

fn warn_method_never_awaited(generator: &Field, method: &str) {
    let Some(generator) = generator.get() else {
        return;
    };
    let saved = error::fetch();
    // SAFETY: always set.
    let result = ops::text::repr(unsafe { &*of(generator).qualname.get() })
        .map(|qualname| {
            format!(
                "coroutine method '{method}' of {} was never awaited",
                ops::text::lossy(&qualname)
            )
        })
        .and_then(|text| exc::warn(&exc::RUNTIME_WARNING, &text));
    if result.is_err() {
        error::unraisable("Exception ignored in", Some(generator));
    }
    if let Some(saved) = saved {
        error::restore(saved);
    }
}

unsafe fn send_dealloc(object: *mut Object) {
    // SAFETY: a dying awaitable.
    unsafe {
        if crate::types::r#type::instance::finalize_dying(object) {
            return;
        }
        gc::untrack(&*object);
        sending(&*object).generator.clear();
        sending(&*object).value.clear();
        SEND_FREE.give(object);
    }
}

unsafe fn throw_dealloc(object: *mut Object) {
    // SAFETY: a dying awaitable.
    unsafe {
        if crate::types::r#type::instance::finalize_dying(object) {
            return;
        }
        gc::untrack(&*object);
        throwing(&*object).generator.clear();
        throwing(&*object).args.clear();
        alloc::free_object(object);
    }
}

unsafe fn send_visit(object: &Object, visit: &mut Visit<'_>) {
    sending(object).generator.visit("generator", visit);
    sending(object).value.visit("value to send", visit);
}

unsafe fn throw_visit(object: &Object, visit: &mut Visit<'_>) {
    throwing(object).generator.visit("generator", visit);
    throwing(object).args.visit("arguments of athrow", visit);
}
