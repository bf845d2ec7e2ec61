//! Specialised calls of native functions, methods and classes.

use terrarium_objects::typeobject::flags;
use terrarium_objects::types::builtin_function::{BUILTIN_FUNCTION, BuiltinFunction};
use terrarium_objects::types::descriptors::method::{METHOD_DESCRIPTOR, MethodDescr};
use terrarium_objects::types::list;
use terrarium_objects::types::str::STR;
use terrarium_objects::types::tuple::TUPLE;
use terrarium_objects::types::r#type::TYPE;
use terrarium_objects::types::{bool, int};
use terrarium_objects::{Native, Object, Raised, Type, Word, ops};

use super::calls::{arguments, finish_call};
use super::cx::{Cx, Flow};

const CACHES: usize = 3;

/// The arguments, self included.
// SAFETY: the stack holds the call's operands for `oparg` arguments.
#[inline(always)]
unsafe fn slice(cx: &Cx, oparg: u32) -> &'static [Word] {
    let (first, count) = arguments(cx, oparg, 0);
    // SAFETY: operands of this instruction; used within it.
    unsafe { std::slice::from_raw_parts(first, count) }
}

#[inline(always)]
fn callable(cx: &Cx, oparg: u32) -> &'static Object {
    cx.peek(oparg as usize + 2).object()
}

#[inline(always)]
fn builtin(cx: &Cx, oparg: u32) -> Option<&'static BuiltinFunction> {
    let object = callable(cx, oparg);
    // SAFETY: checked.
    object
        .is_exact(&BUILTIN_FUNCTION)
        .then(|| unsafe { object.cast::<BuiltinFunction>() })
}

#[inline(always)]
pub unsafe fn call_builtin_o(cx: &mut Cx, oparg: u32) -> Flow {
    unsafe {
        let args = slice(cx, oparg);
        let Some(function) = builtin(cx, oparg) else {
            return Flow::Deopt;
        };
        let Native::O(native) = function.def.call else {
            return Flow::Deopt;
        };
        let [arg] = args else { return Flow::Deopt };
        cx.save();
        let result = native(function.this(), arg.object());
        finish_call(cx, oparg as usize + 2, CACHES, result)
    }
}

#[inline(always)]
pub unsafe fn call_builtin_fast(cx: &mut Cx, oparg: u32) -> Flow {
    unsafe {
        let Some(function) = builtin(cx, oparg) else {
            return Flow::Deopt;
        };
        let Native::Fast(native) = function.def.call else {
            return Flow::Deopt;
        };
        cx.save();
        let result = native(function.this(), slice(cx, oparg));
        finish_call(cx, oparg as usize + 2, CACHES, result)
    }
}

#[inline(always)]
pub unsafe fn call_builtin_fast_with_keywords(cx: &mut Cx, oparg: u32) -> Flow {
    unsafe {
        let Some(function) = builtin(cx, oparg) else {
            return Flow::Deopt;
        };
        let Native::FastKeywords(native) = function.def.call else {
            return Flow::Deopt;
        };
        cx.save();
        let result = native(function.this(), slice(cx, oparg), None);
        finish_call(cx, oparg as usize + 2, CACHES, result)
    }
}

/// The method descriptor called and its self, which must be an instance of exactly the descriptor's type.
// SAFETY: the stack holds the call's operands for `oparg` arguments.
#[inline(always)]
unsafe fn descriptor(cx: &Cx, oparg: u32) -> Option<(&'static MethodDescr, &'static [Word])> {
    let object = callable(cx, oparg);
    if !object.is_exact(&METHOD_DESCRIPTOR) {
        return None;
    }
    unsafe {
        let method = object.cast::<MethodDescr>();
        let args = slice(cx, oparg);
        let receiver = args.first()?.object();
        std::ptr::eq(receiver.type_word(), method.descr.owner()).then_some((method, args))
    }
}

#[inline(always)]
pub unsafe fn call_method_descriptor_noargs(cx: &mut Cx, oparg: u32) -> Flow {
    unsafe {
        let Some((method, args)) = descriptor(cx, oparg) else {
            return Flow::Deopt;
        };
        let (Native::NoArgs(native), [receiver]) = (method.def.call, args) else {
            return Flow::Deopt;
        };
        cx.save();
        let result = native(receiver.object());
        finish_call(cx, oparg as usize + 2, CACHES, result)
    }
}

#[inline(always)]
pub unsafe fn call_method_descriptor_o(cx: &mut Cx, oparg: u32) -> Flow {
    unsafe {
        let Some((method, args)) = descriptor(cx, oparg) else {
            return Flow::Deopt;
        };
        let (Native::O(native), [receiver, arg]) = (method.def.call, args) else {
            return Flow::Deopt;
        };
        cx.save();
        let result = native(receiver.object(), arg.object());
        finish_call(cx, oparg as usize + 2, CACHES, result)
    }
}

#[inline(always)]
pub unsafe fn call_method_descriptor_fast(cx: &mut Cx, oparg: u32) -> Flow {
    unsafe {
        let Some((method, args)) = descriptor(cx, oparg) else {
            return Flow::Deopt;
        };
        let Native::Fast(native) = method.def.call else {
            return Flow::Deopt;
        };
        cx.save();
        let result = native(args[0].object(), &args[1..]);
        finish_call(cx, oparg as usize + 2, CACHES, result)
    }
}

#[inline(always)]
pub unsafe fn call_method_descriptor_fast_with_keywords(cx: &mut Cx, oparg: u32) -> Flow {
    unsafe {
        let Some((method, args)) = descriptor(cx, oparg) else {
            return Flow::Deopt;
        };
        let Native::FastKeywords(native) = method.def.call else {
            return Flow::Deopt;
        };
        cx.save();
        let result = native(args[0].object(), &args[1..], None);
        finish_call(cx, oparg as usize + 2, CACHES, result)
    }
}

/// A class with a vectorcall constructor.
#[inline(always)]
pub unsafe fn call_builtin_class(cx: &mut Cx, oparg: u32) -> Flow {
    let object = callable(cx, oparg);
    if !object.ty().has(flags::TYPE_SUBCLASS) {
        return Flow::Deopt;
    }
    unsafe {
        let Some(construct) = object.cast::<Type>().vectorcall.get() else {
            return Flow::Deopt;
        };
        cx.save();
        let result = construct(object, slice(cx, oparg), None);
        finish_call(cx, oparg as usize + 2, CACHES, result)
    }
}

/// One argument, no self, and exactly this callable.
#[inline(always)]
fn is_plain_call_of(cx: &Cx, ty: &Type) -> bool {
    cx.peek(2).is_null() && cx.peek(3).object().is(ty.as_object())
}

#[inline(always)]
pub unsafe fn call_type_1(cx: &mut Cx, _: u32) -> Flow {
    if !is_plain_call_of(cx, &TYPE) {
        return Flow::Deopt;
    }
    let word = Word::new(cx.peek(1).object().ty().as_object());
    cx.close_top_holding(3, word.object().as_ptr());
    cx.push(word);
    cx.advance(CACHES)
}

#[inline(always)]
pub unsafe fn call_str_1(cx: &mut Cx, _: u32) -> Flow {
    if !is_plain_call_of(cx, &STR) {
        return Flow::Deopt;
    }
    cx.save();
    let result = ops::text::str(cx.peek(1).object());
    unsafe { finish_call(cx, 3, CACHES, result) }
}

#[inline(always)]
pub unsafe fn call_tuple_1(cx: &mut Cx, _: u32) -> Flow {
    if !is_plain_call_of(cx, &TUPLE) {
        return Flow::Deopt;
    }
    cx.save();
    let result = ops::sequence::to_tuple(cx.peek(1).object());
    unsafe { finish_call(cx, 3, CACHES, result) }
}

/// Whether the callable is the built-in function kept under `name`.
#[inline(always)]
fn is_builtin(cx: &Cx, depth: usize, cache: &crate::callables::Callable) -> bool {
    std::ptr::eq(cx.peek(depth).as_ptr(), cache.get())
}

#[inline(always)]
pub unsafe fn call_len(cx: &mut Cx, _: u32) -> Flow {
    if !cx.peek(2).is_null() || !is_builtin(cx, 3, &crate::callables::LEN) {
        return Flow::Deopt;
    }
    cx.save();
    match ops::mapping::len(cx.peek(1).object()) {
        Ok(len) => cx.finish(3, CACHES, Ok(int::from_usize(len))),
        Err(Raised) => Flow::Error,
    }
}

#[inline(always)]
pub unsafe fn call_isinstance(cx: &mut Cx, oparg: u32) -> Flow {
    let args = unsafe { slice(cx, oparg) };
    let [object, class] = args else {
        return Flow::Deopt;
    };
    if !is_builtin(cx, oparg as usize + 2, &crate::callables::ISINSTANCE) {
        return Flow::Deopt;
    }
    cx.save();
    match ops::compare::is_instance(object.object(), class.object()) {
        Ok(found) => cx.finish(oparg as usize + 2, CACHES, Ok(bool::bool_owned(found))),
        Err(Raised) => Flow::Error,
    }
}

/// `list.append` whose result is popped right away: the POP_TOP is skipped.
#[inline(always)]
pub unsafe fn call_list_append(cx: &mut Cx, _: u32) -> Flow {
    if !is_builtin(cx, 3, &crate::callables::LIST_APPEND) || cx.peek(2).is_null() {
        return Flow::Deopt;
    }
    if !cx.peek(2).object().ty().has(flags::LIST_SUBCLASS) {
        return Flow::Deopt;
    }
    let item = cx.pop().into_owned();
    // SAFETY: checked to be a list.
    unsafe { cx.peek(1).object().cast::<list::List>() }.push(item);
    cx.close_top(2);
    cx.advance(CACHES + 1)
}
