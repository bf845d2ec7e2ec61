//! RETURN_GENERATOR, YIELD_VALUE, SEND and the asynchronous protocol.

use terrarium_objects::frame::{self, Frame};
use terrarium_objects::types::function::Function;
use terrarium_objects::types::generator::{self, Generator, state as gstate};
use terrarium_objects::types::{exceptions as exc, none};
use terrarium_objects::{Object, Owned, PyResult, Raised, Word, error, names, ops, state, words};

use super::cx::{Cx, Flow, is_none_word};
use crate::specialize;

/// Makes the frame a generator's and returns that to the caller.
pub unsafe fn return_generator(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    unsafe {
        let dying = cx.frame;
        let function = (*dying).function.object().cast::<Function>();
        let made = generator::make(function);
        (*dying).instr = (*dying).instr.add(1);
        generator::adopt_frame(&made, dying);
        let state = state::get();
        state
            .recursion_remaining
            .set(state.recursion_remaining.get() + 1);
        let (previous, is_entry) = ((*dying).previous, (*dying).is_entry);
        frame::set_current(previous);
        frame::pop(dying);
        if is_entry {
            cx.result = made.into_raw();
            return Flow::Exit;
        }
        cx.load(previous);
        cx.pc = cx.pc.add((*previous).return_offset as usize);
        cx.push(Word::owned_mortal(made));
    }
    Flow::Next
}

/// Enters a suspended generator with `sent`; its return value lands `skip` code units behind this instruction.
#[inline(always)]
pub unsafe fn resume(cx: &mut Cx, generator: &Generator, sent: Word, skip: usize) {
    unsafe {
        let inner: *mut Frame = generator.frame();
        (*inner).sp.write(sent.make_owned());
        (*inner).sp = (*inner).sp.add(1);
        generator.state.set(gstate::EXECUTING);
        let state = state::get();
        generator.exc_state.previous.set(state.exc_info.get());
        state.exc_info.set(&raw const generator.exc_state);
        (*cx.frame).return_offset = skip as u16;
        cx.save();
        (*inner).previous = cx.frame;
        (*inner).is_entry = false;
        state
            .recursion_remaining
            .set(state.recursion_remaining.get() - 1);
        frame::set_current(inner);
        cx.load(inner);
    }
}

/// `(value -- )` here, `( -- value)` in the caller.
#[inline(always)]
pub unsafe fn yield_value(cx: &mut Cx, oparg: u32) -> Flow {
    let value = cx.pop().make_owned();
    unsafe {
        let inner = cx.frame;
        let generator = generator::of_frame(inner);
        cx.save();
        (*inner).instr = cx.pc.add(1);
        generator.state.set(if oparg & 1 != 0 {
            gstate::SUSPENDED_YIELD_FROM
        } else {
            gstate::SUSPENDED
        });
        let state = state::get();
        state
            .exc_info
            .set(generator.exc_state.previous.replace(std::ptr::null()));
        state
            .recursion_remaining
            .set(state.recursion_remaining.get() + 1);
        let previous = (*inner).previous;
        (*inner).previous = std::ptr::null_mut();
        frame::set_current(previous);
        if (*inner).is_entry {
            cx.result = value.into_owned().into_raw();
            return Flow::Exit;
        }
        cx.load(previous);
        // FOR_ITER and SEND have one cache entry each.
        cx.pc = cx.pc.add(2);
    }
    cx.push(value);
    Flow::Next
}

/// `(receiver, value -- receiver, result)`; jumps when the receiver has returned.
pub unsafe fn send(cx: &mut Cx, oparg: u32) -> Flow {
    if cx.specialise_now() {
        specialize::iteration::send(cx);
        return Flow::Again;
    }
    cx.save();
    let (receiver, value) = (cx.peek(2).object(), cx.peek(1));
    if let Some(generator) = resumable(receiver) {
        cx.drop_words(1);
        unsafe { resume(cx, generator, value, 2 + oparg as usize) };
        return Flow::Next;
    }
    let result = match receiver.ty().slots.iternext {
        Some(next) if is_none_word(value) => match next(receiver) {
            Ok(Some(item)) => Ok(Some(item)),
            Ok(None) => Ok(None),
            Err(raised) => Err(raised),
        },
        _ => ops::call::call_method(receiver, &names().send, &words([value.object()])).map(Some),
    };
    match result {
        Ok(Some(item)) => {
            cx.close_top(1);
            cx.push_owned(item);
            cx.advance(1)
        }
        Ok(None) => unsafe { returned(cx, oparg, none::none_owned()) },
        Err(Raised) if error::matches(&exc::STOP_ITERATION) => {
            crate::observe::raised(cx.frame);
            match exc::take_stop_iteration_value() {
                Ok(value) => unsafe { returned(cx, oparg, value) },
                Err(Raised) => Flow::Error,
            }
        }
        Err(Raised) => {
            cx.close_top(1);
            Flow::Error
        }
    }
}

unsafe fn returned(cx: &mut Cx, oparg: u32, value: Owned) -> Flow {
    cx.close_top(1);
    cx.push_owned(value);
    cx.advance(1 + oparg as usize)
}

/// A generator or coroutine that is not running and not done.
fn resumable(object: &Object) -> Option<&Generator> {
    if !object.is_exact(&generator::GENERATOR) && !object.is_exact(&generator::COROUTINE) {
        return None;
    }
    // SAFETY: checked.
    let generator = unsafe { object.cast::<Generator>() };
    (generator.state.get() < gstate::EXECUTING).then_some(generator)
}

#[inline(always)]
pub unsafe fn send_gen(cx: &mut Cx, oparg: u32) -> Flow {
    let receiver = cx.peek(2).object();
    let Some(generator) = resumable(receiver) else {
        return Flow::Deopt;
    };
    let value = cx.pop();
    unsafe { resume(cx, generator, value, 2 + oparg as usize) };
    Flow::Next
}

/// `(receiver, value -- value)`
pub unsafe fn end_send(cx: &mut Cx, _: u32) -> Flow {
    let value = cx.pop();
    let receiver = cx.pop();
    cx.push(value);
    cx.save();
    unsafe { receiver.close() };
    cx.advance(0)
}

/// `(awaitable -- iterator)`
pub unsafe fn get_awaitable(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let object = cx.peek(1).object();
    let result = generator::awaitable_iterator(object).and_then(|iterator| {
        if iterator.is_exact(&generator::COROUTINE) {
            // SAFETY: checked.
            let awaited = unsafe { iterator.cast::<Generator>() }.yields_from();
            if awaited.is_some() {
                return Err(error::runtime_error("coroutine is being awaited already"));
            }
        }
        Ok(iterator)
    });
    let result = result.map_err(|raised| explain_await(object, oparg, raised));
    cx.finish(1, 0, result)
}

/// `async with` names the method whose result cannot be awaited.
fn explain_await(object: &Object, oparg: u32, raised: Raised) -> Raised {
    let method = match oparg {
        1 => "__aenter__",
        2 => "__aexit__",
        _ => return raised,
    };
    if object.ty().slots.am_await.is_some() || !error::matches(&exc::TYPE_ERROR) {
        return raised;
    }
    error::clear();
    error::type_error(format!(
        "'async with' received an object from {method} that does not implement __await__: {}",
        object.ty().name()
    ))
}

/// `(iterable -- async iterator)`
pub unsafe fn get_aiter(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let result = async_iterator(cx.peek(1).object());
    cx.finish(1, 0, result)
}

fn async_iterator(object: &Object) -> PyResult {
    let Some(getter) = object.ty().slots.am_aiter else {
        let text = format!(
            "'async for' requires an object with __aiter__ method, got {}",
            object.ty().name()
        );
        return Err(error::type_error(text));
    };
    let iterator = getter(object)?;
    if iterator.ty().slots.am_anext.is_none() {
        let text = format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            iterator.ty().name()
        );
        return Err(error::type_error(text));
    }
    Ok(iterator)
}

/// `(async iterator -- async iterator, awaitable)`
pub unsafe fn get_anext(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let result = next_awaitable(cx.peek(1).object());
    cx.finish(0, 0, result)
}

fn next_awaitable(iterator: &Object) -> PyResult {
    let ty = iterator.ty();
    let Some(anext) = ty.slots.am_anext else {
        let text = format!(
            "'async for' requires an iterator with __anext__ method, got {}",
            ty.name()
        );
        return Err(error::type_error(text));
    };
    let awaitable = anext(iterator)?;
    if iterator.is_exact(&generator::ASYNC_GENERATOR) {
        return Ok(awaitable);
    }
    generator::awaitable_iterator(&awaitable).map_err(|_| {
        let cause = error::fetch();
        let text = format!(
            "'async for' received an invalid object from __anext__: {}",
            awaitable.ty().name()
        );
        let raised = error::type_error(text);
        exc::set_cause_of_current(cause);
        raised
    })
}

/// `(awaitable, exception -- )`: swallows StopAsyncIteration.
pub unsafe fn end_async_for(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let exception = cx.peek(1);
    if exception
        .object()
        .ty()
        .is_subtype(&exc::STOP_ASYNC_ITERATION)
    {
        cx.close_top(2);
        return cx.advance(0);
    }
    error::restore(Owned::new(exception.object()));
    Flow::Reraise
}

/// `(sub-iterator, last sent, exception -- None, value)`: the end of a `throw` into a delegating generator.
pub unsafe fn cleanup_throw(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let exception = cx.peek(1).object();
    if !exception.ty().is_subtype(&exc::STOP_ITERATION) {
        error::restore(Owned::new(exception));
        return Flow::Reraise;
    }
    let value = exc::stop_iteration_value(exception);
    cx.close_top(3);
    cx.push(super::cx::none_word());
    cx.push_owned(value);
    cx.advance(0)
}
