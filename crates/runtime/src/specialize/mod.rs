//! The specialiser: what an adaptive instruction turns into after its counter ran down. Decides as CPython's Python/specialize.c does,
//! failures and their back-off included, because counts that programs see depend on it.

pub mod attributes;
pub mod binary;
pub mod call;
pub mod compare;
pub mod iteration;
pub mod names;

use terrarium_bytecode::code::flags as co;
use terrarium_bytecode::opcode as opcodes;
use terrarium_objects::adaptive;
use terrarium_objects::types::function::{FUNCTION, Function};
use terrarium_objects::{Object, Type};

use crate::interp::cx::Cx;

/// Rewrites the instruction at the registers to `opcode`; the counter starts its cool-down.
fn succeed(cx: &Cx, opcode: u16) {
    // SAFETY: code units belong to the loop.
    unsafe { *(cx.pc as *mut u8) = opcode as u8 };
    cx.set_cache(0, adaptive::COOLDOWN);
}

/// Leaves (or makes) the instruction general; the next attempt comes later.
fn fail(cx: &Cx) {
    // SAFETY: code units belong to the loop.
    unsafe {
        let place = cx.pc as *mut u8;
        *place = opcodes::family(u16::from(*place)) as u8;
    }
    cx.set_cache(0, adaptive::backoff(cx.cache(0)));
}

/// `succeed` with a form, or `fail` without one.
fn settle(cx: &Cx, form: Option<u16>) {
    match form {
        Some(opcode) => succeed(cx, opcode),
        None => fail(cx),
    }
}

fn set_cache32(cx: &Cx, index: usize, value: u32) {
    cx.set_cache(index, value as u16);
    cx.set_cache(index + 1, (value >> 16) as u16);
}

fn set_cache_pointer(cx: &Cx, index: usize, object: &Object) {
    let bits = object.as_ptr() as u64;
    set_cache32(cx, index, bits as u32);
    set_cache32(cx, index + 2, (bits >> 32) as u32);
}

/// How plainly a function takes its arguments.
#[derive(PartialEq, Eq)]
enum FunctionKind {
    /// Positional parameters only.
    Simple,
    Complex,
    /// The code of a module or class body.
    NotOptimized,
}

fn function_kind(function: &Function) -> FunctionKind {
    let code = function.code();
    let flags = code.flags.get();
    if flags & (co::VARKEYWORDS | co::VARARGS) != 0 || code.kwonlyargcount.get() != 0 {
        FunctionKind::Complex
    } else if flags & co::OPTIMIZED == 0 {
        FunctionKind::NotOptimized
    } else {
        FunctionKind::Simple
    }
}

fn as_function(object: &Object) -> Option<&Function> {
    // SAFETY: checked.
    object
        .is_exact(&FUNCTION)
        .then(|| unsafe { object.cast::<Function>() })
}

/// The version of a function that takes exactly `argcount` plain arguments.
fn simple_function_version(object: &Object, argcount: u32) -> Option<u32> {
    let function = as_function(object)?;
    if function_kind(function) != FunctionKind::Simple || function.code().argcount.get() != argcount
    {
        return None;
    }
    Some(function.version_for_specialisation()).filter(|v| *v != 0)
}

/// What the type's MRO has under a name, borrowed from the type, and the type's version (0: none left).
fn lookup_and_version<'a>(ty: &'a Type, name: &Object) -> (Option<&'a Object>, u32) {
    let (found, version) = terrarium_objects::type_cache::lookup_and_version(ty, name);
    // SAFETY: the type's namespace keeps it alive; nothing runs in between.
    (found.map(|o| unsafe { &*o.as_ptr() }), version)
}
