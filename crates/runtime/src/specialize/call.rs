//! CALL and CALL_KW.

use terrarium_bytecode::opcode as op;
use terrarium_objects::typeobject::flags;
use terrarium_objects::types::builtin_function::{BUILTIN_FUNCTION, BuiltinFunction};
use terrarium_objects::types::descriptors::method::{METHOD_DESCRIPTOR, MethodDescr};
use terrarium_objects::types::method::{METHOD, Method};
use terrarium_objects::types::object::OBJECT;
use terrarium_objects::types::str::STR;
use terrarium_objects::types::tuple::TUPLE;
use terrarium_objects::types::r#type::TYPE;
use terrarium_objects::{Native, Object, Type, names};

use super::{FunctionKind, as_function, function_kind, lookup_and_version, set_cache32, settle};
use crate::callables;
use crate::interp::cx::Cx;

/// # Safety
/// The registers stand at a CALL.
pub unsafe fn call(cx: &Cx, oparg: u32) {
    let callable = cx.peek(oparg as usize + 2).object();
    let count = oparg as usize + !cx.peek(oparg as usize + 1).is_null() as usize;
    let form = if callable.is_exact(&BUILTIN_FUNCTION) {
        builtin(callable, oparg, count)
    } else if as_function(callable).is_some() {
        python(cx, callable, count, false)
    } else if callable.ty().has(flags::TYPE_SUBCLASS) {
        class(cx, callable, oparg, count)
    } else if callable.is_exact(&METHOD_DESCRIPTOR) {
        descriptor(cx, callable, oparg, count)
    } else if callable.is_exact(&METHOD) {
        // SAFETY: checked.
        python(
            cx,
            unsafe { callable.cast::<Method>() }.function(),
            count,
            true,
        )
    } else {
        Some(op::CALL_NON_PY_GENERAL)
    };
    settle(cx, form);
}

fn python(cx: &Cx, callable: &Object, count: usize, bound: bool) -> Option<u16> {
    let function = as_function(callable)?;
    let kind = function_kind(function);
    if kind == FunctionKind::NotOptimized {
        return None;
    }
    let version = Some(function.version_for_specialisation()).filter(|v| *v != 0)?;
    set_cache32(cx, 1, version);
    let exact = kind == FunctionKind::Simple
        && function.code().argcount.get() as usize == count + bound as usize;
    Some(match (exact, bound) {
        (true, true) => op::CALL_BOUND_METHOD_EXACT_ARGS,
        (true, false) => op::CALL_PY_EXACT_ARGS,
        (false, true) => op::CALL_BOUND_METHOD_GENERAL,
        (false, false) => op::CALL_PY_GENERAL,
    })
}

fn builtin(callable: &Object, oparg: u32, count: usize) -> Option<u16> {
    let is = |known: &callables::Callable| std::ptr::eq(known.get(), callable);
    // SAFETY: checked by the caller.
    match unsafe { callable.cast::<BuiltinFunction>() }.def.call {
        Native::O(_) if count != 1 => None,
        Native::O(_) if is(&callables::LEN) && oparg == 1 => Some(op::CALL_LEN),
        Native::O(_) => Some(op::CALL_BUILTIN_O),
        Native::Fast(_) if count == 2 && is(&callables::ISINSTANCE) => Some(op::CALL_ISINSTANCE),
        Native::Fast(_) => Some(op::CALL_BUILTIN_FAST),
        Native::FastKeywords(_) => Some(op::CALL_BUILTIN_FAST_WITH_KEYWORDS),
        _ => Some(op::CALL_NON_PY_GENERAL),
    }
}

fn descriptor(cx: &Cx, callable: &Object, oparg: u32, count: usize) -> Option<u16> {
    // SAFETY: checked by the caller.
    match unsafe { callable.cast::<MethodDescr>() }.def.call {
        Native::NoArgs(_) => (count == 1).then_some(op::CALL_METHOD_DESCRIPTOR_NOARGS),
        Native::O(_) if count != 2 => None,
        Native::O(_) => {
            // SAFETY: code does not end with CALL.
            let next = unsafe { *cx.pc.add(4) } as u8;
            let appends = std::ptr::eq(callables::LIST_APPEND.get(), callable)
                && oparg == 1
                && u16::from(next) == op::POP_TOP;
            Some(if appends {
                op::CALL_LIST_APPEND
            } else {
                op::CALL_METHOD_DESCRIPTOR_O
            })
        }
        Native::Fast(_) => Some(op::CALL_METHOD_DESCRIPTOR_FAST),
        Native::FastKeywords(_) => Some(op::CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS),
        _ => Some(op::CALL_NON_PY_GENERAL),
    }
}

fn class(cx: &Cx, callable: &Object, oparg: u32, count: usize) -> Option<u16> {
    // SAFETY: checked by the caller.
    let ty = unsafe { callable.cast::<Type>() };
    if ty.has(flags::IMMUTABLETYPE) {
        if count == 1 && oparg == 1 {
            let one = [
                (&STR, op::CALL_STR_1),
                (&TYPE, op::CALL_TYPE_1),
                (&TUPLE, op::CALL_TUPLE_1),
            ];
            if let Some((_, form)) = one.iter().find(|(known, _)| std::ptr::eq(*known, ty)) {
                return Some(*form);
            }
        }
        return Some(if ty.vectorcall.get().is_some() {
            op::CALL_BUILTIN_CLASS
        } else {
            op::CALL_NON_PY_GENERAL
        });
    }
    if callable.is_exact(&TYPE)
        && let Some((init, version)) = simple_init(ty)
    {
        ty.cache_init.set(init.as_ptr());
        set_cache32(cx, 1, version);
        return Some(op::CALL_ALLOC_AND_ENTER_INIT);
    }
    Some(op::CALL_NON_PY_GENERAL)
}

/// The plain Python `__init__` of a class whose instances are made in the usual way, and the class's version.
fn simple_init(ty: &Type) -> Option<(&Object, u32)> {
    if !ty
        .slots
        .new
        .is_some_and(|n| OBJECT.slots.new.is_some_and(|o| std::ptr::fn_addr_eq(n, o)))
        || !ty.has(flags::INLINE_VALUES)
        || !ty.is_heap()
    {
        return None;
    }
    let (init, version) = lookup_and_version(ty, &names().__init__);
    let init = init.filter(|_| version != 0)?;
    (function_kind(as_function(init)?) == FunctionKind::Simple).then_some((init, version))
}

/// # Safety
/// The registers stand at a CALL_KW.
pub unsafe fn call_kw(cx: &Cx, oparg: u32) {
    let callable = cx.peek(oparg as usize + 3).object();
    let version_of = |function: &Object| {
        let function = as_function(function)?;
        if function_kind(function) == FunctionKind::NotOptimized {
            return None;
        }
        let version = Some(function.version_for_specialisation()).filter(|v| *v != 0)?;
        set_cache32(cx, 1, version);
        Some(())
    };
    let form = if as_function(callable).is_some() {
        version_of(callable).map(|()| op::CALL_KW_PY)
    } else if callable.is_exact(&METHOD) {
        // SAFETY: checked.
        version_of(unsafe { callable.cast::<Method>() }.function())
            .map(|()| op::CALL_KW_BOUND_METHOD)
    } else {
        Some(op::CALL_KW_NON_PY)
    };
    settle(cx, form);
}
