//! CALL, CALL_KW and CALL_FUNCTION_EX where the callee is Python code, and making functions.

use terrarium_bytecode::code::flags as co;
use terrarium_objects::frame::{self, Frame};
use terrarium_objects::types::dict;
use terrarium_objects::types::function::{self, FUNCTION, Function};
use terrarium_objects::types::method::{METHOD, Method};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::tuple::{TUPLE, Tuple};
use terrarium_objects::types::r#type as type_;
use terrarium_objects::{Object, Owned, Raised, Type, Word, error, ops, state};

use super::cx::{Cx, Flow, is_none_word, pointer_of};
use super::locals::periodic;
use crate::{call, specialize, unwind};

const CACHES: usize = 3;

/// Makes `new` the running frame; `skip` code units lead from this instruction to where the caller goes on.
#[inline(always)]
pub unsafe fn push_frame(cx: &mut Cx, new: *mut Frame, skip: usize) {
    unsafe {
        (*cx.frame).return_offset = skip as u16;
        cx.save();
    }
    let state = state::get();
    state
        .recursion_remaining
        .set(state.recursion_remaining.get() - 1);
    frame::set_current(new);
    cx.load(new);
}

/// Enters a function with exactly fitting arguments, which the frame takes over.
#[inline(always)]
pub unsafe fn enter(cx: &mut Cx, function: Word, args: &[Word], skip: usize) {
    unsafe {
        let code = function.object().cast::<Function>().code();
        let new = frame::push(code.framesize.get() as usize);
        Frame::initialize(
            new,
            function,
            code,
            std::ptr::null_mut(),
            args.len(),
            cx.frame,
        );
        for (i, word) in args.iter().enumerate() {
            (*new).local_base().add(i).write(*word);
        }
        push_frame(cx, new, skip);
    }
}

/// Room for one more Python frame (the error itself comes from the general path).
#[inline(always)]
pub fn has_room() -> bool {
    state::get().recursion_remaining.get() > 1
}

/// The same for instructions that do not count the depth while CPython's data stack has room in its piece: properties, `__getitem__`
/// and `__init__`.
#[inline(always)]
pub fn has_uncounted_room(function: &Object, is_init: bool) -> bool {
    state::get().recursion_remaining.get() > 2 || uncounted_room(function, is_init)
}

#[cold]
#[inline(never)]
fn uncounted_room(function: &Object, is_init: bool) -> bool {
    // SAFETY: the specialiser saw a function.
    let code = unsafe { function.cast::<Function>() }.code();
    frame::Filled::now().has_room(code, is_init)
}

/// Whether the limit is not reached yet if depth is counted as CPython does; asked when our own count says that it is.
#[cold]
#[inline(never)]
pub fn has_room_after_all() -> bool {
    state::get().recursion_remaining.get() + frame::Filled::now().without >= 0
}

/// Replaces a bound method and the null below its arguments by function and self.
#[inline(always)]
unsafe fn expand_method(cx: &mut Cx, below: usize) {
    let callable = cx.peek(below + 2);
    if callable.object().is_exact(&METHOD) && cx.peek(below + 1).is_null() {
        unsafe {
            let method = callable.object().cast::<Method>();
            cx.set_peek(below + 1, Word::new(method.this()));
            cx.set_peek(below + 2, Word::new(method.function()));
            cx.save();
            callable.close();
        }
    }
}

/// Start and number of the arguments, self included if there is one.
#[inline(always)]
pub fn arguments(cx: &Cx, oparg: u32, above: usize) -> (*const Word, usize) {
    let count = oparg as usize;
    let has_self = !cx.peek(count + above + 1).is_null();
    // SAFETY: the stack holds callable, self or null, and the arguments.
    let first = unsafe { cx.sp.sub(count + above + has_self as usize) };
    (first, count + has_self as usize)
}

// SAFETY: `function` is a function.
unsafe fn namespace_for(function: &Object) -> *mut Object {
    unsafe {
        let data = function.cast::<Function>();
        if data.code().has(co::OPTIMIZED) {
            std::ptr::null_mut()
        } else {
            Owned::new(&*data.globals.get()).into_raw()
        }
    }
}

/// Pushes a frame for the Python function below the arguments; all operands are consumed.
#[inline(always)]
unsafe fn call_python(cx: &mut Cx, oparg: u32, kwnames: Option<Word>, skip: usize) -> Flow {
    unsafe {
        let above = kwnames.is_some() as usize;
        let callable = cx.peek(oparg as usize + above + 2);
        let (args, count) = arguments(cx, oparg, above);
        let names = kwnames.map(|k| k.object());
        let named = names.map_or(0, |n| n.cast::<Tuple>().len());
        let locals = namespace_for(callable.object());
        // The frame takes the operands over before anything can look.
        cx.drop_words(oparg as usize + above + 2);
        cx.save();
        let pushed = call::push_and_init(callable, locals, args, count - named, names, cx.frame);
        if let Some(names) = kwnames {
            names.close();
        }
        match pushed {
            Ok(new) => {
                push_frame(cx, new, skip);
                check_recursion(cx)
            }
            Err(Raised) => Flow::Error,
        }
    }
}

/// After a frame was pushed on the general path: too deep raises in the new frame, as CPython does.
#[inline(always)]
pub unsafe fn check_recursion(cx: &mut Cx) -> Flow {
    if state::get().recursion_remaining.get() < 0 {
        return unsafe { too_deep(cx) };
    }
    Flow::Next
}

#[cold]
#[inline(never)]
unsafe fn too_deep(cx: &mut Cx) -> Flow {
    if has_room_after_all() {
        return Flow::Next;
    }
    // The frame has not started: it is taken away again and the caller raises.
    let dying = cx.frame;
    unsafe {
        let state = state::get();
        let previous = (*dying).previous;
        frame::set_current(previous);
        state
            .recursion_remaining
            .set(state.recursion_remaining.get() + 1);
        call::clear_and_pop(dying);
        cx.load(previous);
        let depth = state.recursion_remaining.replace(50);
        error::recursion_error("");
        state.recursion_remaining.set(depth);
    }
    Flow::Error
}

/// The end of a call of anything but Python code: closes operands, pushes the result, looks for what is pending.
#[inline(always)]
pub unsafe fn finish_call(
    cx: &mut Cx,
    operands: usize,
    caches: usize,
    result: terrarium_objects::PyResult,
) -> Flow {
    cx.close_top_holding(operands, pointer_of(&result));
    match result {
        Ok(value) => {
            cx.push_owned(value);
            if state::get().breaker.get() != 0 {
                return unsafe { pending_after_call(cx, caches) };
            }
            cx.advance(caches)
        }
        Err(Raised) => Flow::Error,
    }
}

/// Something is pending; or the call turned observing on, and the other loop goes on behind it.
#[cold]
#[inline(never)]
unsafe fn pending_after_call(cx: &mut Cx, caches: usize) -> Flow {
    if !unsafe { periodic(cx) } {
        return Flow::Error;
    }
    let next = cx.advance(caches);
    if state::get().breaker.get() & state::breaker::OBSERVE != 0 && !cx.traced {
        return Flow::Switch;
    }
    next
}

/// `(callable, self or null, args.. -- result)`
pub unsafe fn call(cx: &mut Cx, oparg: u32) -> Flow {
    if cx.specialise_now() {
        unsafe { specialize::call::call(cx, oparg) };
        return Flow::Again;
    }
    unsafe {
        expand_method(cx, oparg as usize);
        if cx.peek(oparg as usize + 2).object().is_exact(&FUNCTION) {
            return call_python(cx, oparg, None, 1 + CACHES);
        }
        call_other(cx, oparg)
    }
}

#[inline(always)]
unsafe fn call_other(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let (args, count) = arguments(cx, oparg, 0);
    let callable = cx.peek(oparg as usize + 2).object();
    unsafe {
        let result = ops::call::call(callable, std::slice::from_raw_parts(args, count), None);
        finish_call(cx, oparg as usize + 2, CACHES, result)
    }
}

#[inline(always)]
fn function_at(cx: &Cx, depth: usize) -> Option<&'static Function> {
    let callable = cx.peek(depth).object();
    // SAFETY: checked.
    callable
        .is_exact(&FUNCTION)
        .then(|| unsafe { callable.cast::<Function>() })
}

#[inline(always)]
pub unsafe fn call_py_exact_args(cx: &mut Cx, oparg: u32) -> Flow {
    let count = oparg as usize;
    let Some(function) = function_at(cx, count + 2) else {
        return Flow::Deopt;
    };
    if function.version.get() != cx.cache32(1) {
        return Flow::Deopt;
    }
    let code = function.code();
    let has_self = !cx.peek(count + 1).is_null();
    if code.argcount.get() as usize != count + has_self as usize || !has_room() {
        return Flow::Deopt;
    }
    unsafe { enter_exact(cx, count, has_self) };
    Flow::Next
}

#[inline(always)]
unsafe fn enter_exact(cx: &mut Cx, count: usize, has_self: bool) {
    unsafe {
        let callable = cx.peek(count + 2);
        let code = callable.object().cast::<Function>().code();
        let new = frame::push(code.framesize.get() as usize);
        let total = count + has_self as usize;
        Frame::initialize(new, callable, code, std::ptr::null_mut(), total, cx.frame);
        let args = cx.sp.sub(total);
        let base = (*new).local_base();
        for i in 0..total {
            base.add(i).write(*args.add(i));
        }
        cx.drop_words(count + 2);
        push_frame(cx, new, 1 + CACHES);
    }
}

#[inline(always)]
pub unsafe fn call_py_general(cx: &mut Cx, oparg: u32) -> Flow {
    let Some(function) = function_at(cx, oparg as usize + 2) else {
        return Flow::Deopt;
    };
    if function.version.get() != cx.cache32(1) || !has_room() {
        return Flow::Deopt;
    }
    unsafe { call_python(cx, oparg, None, 1 + CACHES) }
}

/// The Python function inside a bound method, if the cached version is its own.
#[inline(always)]
fn method_function(cx: &Cx, depth: usize) -> Option<&'static Function> {
    let callable = cx.peek(depth).object();
    if !callable.is_exact(&METHOD) || !cx.peek(depth - 1).is_null() {
        return None;
    }
    // SAFETY: checked.
    let inner = unsafe { callable.cast::<Method>() }.function();
    if !inner.is_exact(&FUNCTION) {
        return None;
    }
    // SAFETY: checked; kept alive by the method on the stack.
    let function = unsafe { &*inner.as_ptr().cast::<Function>() };
    (function.version.get() == cx.cache32(1)).then_some(function)
}

#[inline(always)]
pub unsafe fn call_bound_method_exact_args(cx: &mut Cx, oparg: u32) -> Flow {
    let count = oparg as usize;
    let Some(function) = method_function(cx, count + 2) else {
        return Flow::Deopt;
    };
    if function.code().argcount.get() as usize != count + 1 || !has_room() {
        return Flow::Deopt;
    }
    unsafe {
        expand_method(cx, count);
        enter_exact(cx, count, true);
    }
    Flow::Next
}

#[inline(always)]
pub unsafe fn call_bound_method_general(cx: &mut Cx, oparg: u32) -> Flow {
    if method_function(cx, oparg as usize + 2).is_none() || !has_room() {
        return Flow::Deopt;
    }
    unsafe {
        expand_method(cx, oparg as usize);
        call_python(cx, oparg, None, 1 + CACHES)
    }
}

#[inline(always)]
pub unsafe fn call_non_py_general(cx: &mut Cx, oparg: u32) -> Flow {
    let callable = cx.peek(oparg as usize + 2).object();
    if callable.is_exact(&FUNCTION) || callable.is_exact(&METHOD) {
        return Flow::Deopt;
    }
    unsafe { call_other(cx, oparg) }
}

/// A class whose `__new__` is object's and whose `__init__` is Python: allocates, then enters `__init__` above a small frame that checks
/// its result and returns the instance.
#[inline(always)]
pub unsafe fn call_alloc_and_enter_init(cx: &mut Cx, oparg: u32) -> Flow {
    let count = oparg as usize;
    let callable = cx.peek(count + 2);
    if !cx.peek(count + 1).is_null()
        || !callable
            .object()
            .ty()
            .has(terrarium_objects::typeobject::flags::TYPE_SUBCLASS)
    {
        return Flow::Deopt;
    }
    // SAFETY: instances of `type` start with `Type`.
    let ty = unsafe { callable.object().cast::<Type>() };
    if ty.version_tag.get() != cx.cache32(1) {
        return Flow::Deopt;
    }
    let init = ty.cache_init.get();
    unsafe {
        if !has_uncounted_room(&*init, true) {
            return Flow::Deopt;
        }
        cx.save();
        let Ok(instance) = type_::generic_alloc(ty, 0) else {
            return Flow::Error;
        };
        let function = Word::new(&*init);
        cx.set_peek(count + 1, Word::owned_mortal(instance));
        cx.set_peek(count + 2, function);
        callable.close();
        enter_init(cx, count)
    }
}

unsafe fn enter_init(cx: &mut Cx, count: usize) -> Flow {
    unsafe {
        let shim = crate::frames::push_init_cleanup(cx.frame);
        let instance = cx.peek(count + 1);
        (*shim).sp.write(instance.dup());
        (*shim).sp = (*shim).sp.add(1);
        let function = cx.peek(count + 2);
        let args = cx.sp.sub(count + 1);
        cx.drop_words(count + 2);
        cx.save();
        match call::push_and_init(function, std::ptr::null_mut(), args, count + 1, None, shim) {
            Ok(new) => {
                let state = state::get();
                state
                    .recursion_remaining
                    .set(state.recursion_remaining.get() - 1);
                push_frame(cx, new, 1 + CACHES);
                Flow::Next
            }
            Err(Raised) => {
                call::clear_and_pop(shim);
                Flow::Error
            }
        }
    }
}

/// `(result of __init__ -- )`: it must be None.
pub unsafe fn exit_init_check(cx: &mut Cx, _: u32) -> Flow {
    let result = cx.peek(1);
    if !is_none_word(result) {
        cx.save();
        error::type_error(format!(
            "__init__() should return None, not '{}'",
            result.object().ty().name()
        ));
        return Flow::Error;
    }
    cx.drop_words(1);
    cx.advance(0)
}

/// `(callable, self or null, args.., kwnames -- result)`
pub unsafe fn call_kw(cx: &mut Cx, oparg: u32) -> Flow {
    if cx.specialise_now() {
        unsafe { specialize::call::call_kw(cx, oparg) };
        return Flow::Again;
    }
    unsafe {
        expand_method(cx, oparg as usize + 1);
        if cx.peek(oparg as usize + 3).object().is_exact(&FUNCTION) {
            let names = cx.peek(1);
            return call_python(cx, oparg, Some(names), 1 + CACHES);
        }
        call_kw_other(cx, oparg)
    }
}

#[inline(always)]
unsafe fn call_kw_other(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let (args, count) = arguments(cx, oparg, 1);
    let callable = cx.peek(oparg as usize + 3).object();
    unsafe {
        let result = ops::call::call(
            callable,
            std::slice::from_raw_parts(args, count),
            Some(cx.peek(1).object()),
        );
        finish_call(cx, oparg as usize + 3, CACHES, result)
    }
}

#[inline(always)]
pub unsafe fn call_kw_py(cx: &mut Cx, oparg: u32) -> Flow {
    let Some(function) = function_at(cx, oparg as usize + 3) else {
        return Flow::Deopt;
    };
    if function.version.get() != cx.cache32(1) || !has_room() {
        return Flow::Deopt;
    }
    let names = cx.peek(1);
    unsafe { call_python(cx, oparg, Some(names), 1 + CACHES) }
}

#[inline(always)]
pub unsafe fn call_kw_bound_method(cx: &mut Cx, oparg: u32) -> Flow {
    if method_function(cx, oparg as usize + 3).is_none() || !has_room() {
        return Flow::Deopt;
    }
    unsafe {
        expand_method(cx, oparg as usize + 1);
        let names = cx.peek(1);
        call_python(cx, oparg, Some(names), 1 + CACHES)
    }
}

#[inline(always)]
pub unsafe fn call_kw_non_py(cx: &mut Cx, oparg: u32) -> Flow {
    let callable = cx.peek(oparg as usize + 3).object();
    if callable.is_exact(&FUNCTION) || callable.is_exact(&METHOD) {
        return Flow::Deopt;
    }
    unsafe { call_kw_other(cx, oparg) }
}

/// `(callable, null, args iterable, kwargs or null -- result)`
pub unsafe fn call_function_ex(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let callable = cx.peek(4).object();
    let given = cx.peek(2);
    if !given.object().is_exact(&TUPLE) {
        match spread_to_tuple(callable, given.object()) {
            Ok(args) => {
                cx.set_peek(2, Word::owned(args));
                unsafe { given.close() };
            }
            Err(Raised) => {
                cx.close_top(4);
                return Flow::Error;
            }
        }
    }
    unsafe {
        if callable.is_exact(&FUNCTION) {
            return call_python_ex(cx);
        }
        let result = ops::call::call_tuple_dict(callable, cx.peek(2).object(), cx.peek(1).get());
        finish_call(cx, 4, 0, result)
    }
}

/// `*args` as a tuple; TypeError naming the callable when it cannot be iterated.
fn spread_to_tuple(callable: &Object, given: &Object) -> terrarium_objects::PyResult {
    if given.ty().slots.iter.is_none() && given.ty().slots.sq_item.is_none() {
        let text = format!(
            "{} argument after * must be an iterable, not {}",
            unwind::callable_text(callable),
            given.ty().name()
        );
        return Err(error::type_error(text));
    }
    ops::sequence::to_tuple(given)
}

unsafe fn call_python_ex(cx: &mut Cx) -> Flow {
    unsafe {
        let callable = cx.peek(4);
        let locals = namespace_for(callable.object());
        let (args, kwargs) = (cx.peek(2), cx.peek(1));
        let mut words: Vec<Word> = args
            .object()
            .cast::<Tuple>()
            .items()
            .iter()
            .map(|o| Word::new(o))
            .collect();
        let count = words.len();
        let mut names = None;
        let mut bad_key = false;
        if let Some(kwargs) = kwargs.get() {
            let mut keys = Vec::new();
            let mut position = 0;
            while let Some((key, value)) = dict::next(kwargs, &mut position) {
                bad_key |= key.downcast::<Str>().is_none();
                keys.push(Owned::new(key));
                words.push(Word::new(value));
            }
            if !keys.is_empty() {
                names = Some(terrarium_objects::types::tuple::from_owned(keys));
            }
        }
        if bad_key {
            for word in words {
                word.close();
            }
            if !locals.is_null() {
                Object::decref(locals);
            }
            cx.close_top(4);
            error::type_error("keywords must be strings");
            return Flow::Error;
        }
        cx.drop_words(2);
        cx.save();
        kwargs.close();
        args.close();
        cx.drop_words(2);
        cx.save();
        match call::push_and_init(
            callable,
            locals,
            words.as_ptr(),
            count,
            names.as_deref(),
            cx.frame,
        ) {
            Ok(new) => {
                push_frame(cx, new, 1);
                check_recursion(cx)
            }
            Err(Raised) => Flow::Error,
        }
    }
}

/// `(code -- function)`
pub unsafe fn make_function(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let code = cx.peek(1).object();
    // SAFETY: borrowed from the running function.
    let builtins = Owned::new(cx.builtins());
    let made = function::new(code, cx.globals(), builtins);
    unsafe {
        let version = code
            .cast::<terrarium_objects::types::code::Code>()
            .version
            .get();
        made.cast::<Function>().set_version(version);
    }
    cx.finish(1, 0, Ok(made))
}

/// `(attribute, function -- function)`
pub unsafe fn set_function_attribute(cx: &mut Cx, oparg: u32) -> Flow {
    let function = cx.pop();
    let value = cx.pop().into_owned();
    let old = unsafe {
        let data = function.object().cast::<Function>();
        // The checks of files saw that a closure is a tuple of cells; of the others nothing is known.
        let (cell, fits) = match oparg {
            0x08 => (&data.closure, true),
            0x10 => (&data.annotate, true),
            0x04 => (
                &data.annotations,
                value.is_exact(&TUPLE) || value.is_exact(&dict::DICT),
            ),
            0x02 => (&data.kwdefaults, value.is_exact(&dict::DICT)),
            _ => (&data.defaults, value.is_exact(&TUPLE)),
        };
        if !fits {
            return bad_attribute(cx, function, value);
        }
        cell.replace(value.into_raw())
    };
    cx.push(function);
    if !old.is_null() {
        cx.save();
        // SAFETY: the cell owned it.
        unsafe { Object::decref(old) };
    }
    cx.advance(0)
}

#[cold]
#[inline(never)]
unsafe fn bad_attribute(cx: &mut Cx, function: Word, value: Owned) -> Flow {
    cx.save();
    error::system_error(format!(
        "a function's defaults or annotations may not be of type {}",
        value.ty().name()
    ));
    // SAFETY: the word was the stack's.
    unsafe { function.close() };
    Flow::Error
}
