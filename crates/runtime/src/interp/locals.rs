//! Fast locals, constants and stack shuffling.

use terrarium_bytecode::opcode as op;
use terrarium_objects::adaptive;
use terrarium_objects::state::breaker;
use terrarium_objects::types::int::small_ref;
use terrarium_objects::{Object, Word, state};

use super::cx::{Cx, Flow};
use crate::unwind;

#[inline(always)]
pub unsafe fn nop(cx: &mut Cx, _: u32) -> Flow {
    // An arm without code of its own would keep the compiler from giving each arm its own jump.
    // SAFETY: empty.
    unsafe { std::arch::asm!("", options(nomem, nostack, preserves_flags)) };
    cx.advance(0)
}

/// `( -- value)`: a second reference, counted if the local's is.
#[inline(always)]
pub unsafe fn load_fast(cx: &mut Cx, oparg: u32) -> Flow {
    let word = unsafe { (*cx.local(oparg)).dup() };
    cx.push(word);
    cx.advance(0)
}

/// `( -- value)`: a borrowed reference; the local outlives it.
#[inline(always)]
pub unsafe fn load_fast_borrow(cx: &mut Cx, oparg: u32) -> Flow {
    let word = unsafe { (*cx.local(oparg)).borrow() };
    cx.push(word);
    cx.advance(0)
}

/// `( -- value)`, or UnboundLocalError.
#[inline(always)]
pub unsafe fn load_fast_check(cx: &mut Cx, oparg: u32) -> Flow {
    let word = unsafe { *cx.local(oparg) };
    if word.is_null() {
        cx.save();
        unwind::unbound_local(cx.code(), oparg as usize);
        return Flow::Error;
    }
    cx.push(word.dup());
    cx.advance(0)
}

/// `( -- value)`: moves the reference (or null) out of the local.
#[inline(always)]
pub unsafe fn load_fast_and_clear(cx: &mut Cx, oparg: u32) -> Flow {
    let slot = cx.local(oparg);
    unsafe {
        cx.push(*slot);
        *slot = Word::NULL;
    }
    cx.advance(0)
}

#[inline(always)]
pub unsafe fn load_fast_load_fast(cx: &mut Cx, oparg: u32) -> Flow {
    unsafe {
        let (first, second) = ((*cx.local(oparg >> 4)).dup(), (*cx.local(oparg & 15)).dup());
        cx.push(first);
        cx.push(second);
    }
    cx.advance(0)
}

#[inline(always)]
pub unsafe fn load_fast_borrow_load_fast_borrow(cx: &mut Cx, oparg: u32) -> Flow {
    unsafe {
        let (first, second) = (
            (*cx.local(oparg >> 4)).borrow(),
            (*cx.local(oparg & 15)).borrow(),
        );
        cx.push(first);
        cx.push(second);
    }
    cx.advance(0)
}

/// Puts `word` into a local and gives up what was there.
#[inline(always)]
unsafe fn store(cx: &mut Cx, index: u32, word: Word) {
    let slot = cx.local(index);
    unsafe {
        let old = *slot;
        *slot = word;
        if old.is_counted() && !Object::decref_shared(old.as_ptr()) {
            cx.save();
            old.close();
        }
    }
}

/// `(value -- )`: moves the reference into the local.
#[inline(always)]
pub unsafe fn store_fast(cx: &mut Cx, oparg: u32) -> Flow {
    let word = cx.pop();
    unsafe { store(cx, oparg, word) };
    cx.advance(0)
}

#[inline(always)]
pub unsafe fn store_fast_load_fast(cx: &mut Cx, oparg: u32) -> Flow {
    unsafe {
        let slot = cx.local(oparg >> 4);
        let old = *slot;
        *slot = cx.pop();
        let loaded = (*cx.local(oparg & 15)).dup();
        cx.push(loaded);
        if old.is_counted() && !Object::decref_shared(old.as_ptr()) {
            cx.save();
            old.close();
        }
    }
    cx.advance(0)
}

#[inline(always)]
pub unsafe fn store_fast_store_fast(cx: &mut Cx, oparg: u32) -> Flow {
    let first = cx.pop();
    unsafe { store(cx, oparg >> 4, first) };
    let second = cx.pop();
    unsafe { store(cx, oparg & 15, second) };
    cx.advance(0)
}

/// Deletes the local, or UnboundLocalError.
#[inline(always)]
pub unsafe fn delete_fast(cx: &mut Cx, oparg: u32) -> Flow {
    cx.save();
    let slot = cx.local(oparg);
    unsafe {
        let old = *slot;
        if old.is_null() {
            unwind::unbound_local(cx.code(), oparg as usize);
            return Flow::Error;
        }
        *slot = Word::NULL;
        old.close();
    }
    cx.advance(0)
}

/// `(value -- )`
#[inline(always)]
pub unsafe fn pop_top(cx: &mut Cx, _: u32) -> Flow {
    let word = cx.pop();
    if word.is_counted() {
        cx.save();
        unsafe { word.close() };
    }
    cx.advance(0)
}

/// `( -- null)`
#[inline(always)]
pub unsafe fn push_null(cx: &mut Cx, _: u32) -> Flow {
    cx.push(Word::NULL);
    cx.advance(0)
}

/// `(bottom, .., -- bottom, .., bottom)`: a second reference to operand `oparg`.
#[inline(always)]
pub unsafe fn copy(cx: &mut Cx, oparg: u32) -> Flow {
    let word = cx.peek(oparg as usize).dup();
    cx.push(word);
    cx.advance(0)
}

/// Exchanges the top with operand `oparg`.
#[inline(always)]
pub unsafe fn swap(cx: &mut Cx, oparg: u32) -> Flow {
    let (top, other) = (cx.peek(1), cx.peek(oparg as usize));
    cx.set_peek(1, other);
    cx.set_peek(oparg as usize, top);
    cx.advance(0)
}

/// `( -- value)`; learns whether the constant is immortal.
#[inline(always)]
pub unsafe fn load_const(cx: &mut Cx, oparg: u32) -> Flow {
    let object = cx.code().const_at(oparg as usize);
    let form = if object.is_immortal() {
        op::LOAD_CONST_IMMORTAL
    } else {
        op::LOAD_CONST_MORTAL
    };
    // SAFETY: code units belong to the loop.
    unsafe { *(cx.pc as *mut u8) = form as u8 };
    cx.push(Word::new(object));
    cx.advance(0)
}

#[inline(always)]
pub unsafe fn load_const_mortal(cx: &mut Cx, oparg: u32) -> Flow {
    let object = cx.code().const_at(oparg as usize);
    cx.push(Word::new(object));
    cx.advance(0)
}

#[inline(always)]
pub unsafe fn load_const_immortal(cx: &mut Cx, oparg: u32) -> Flow {
    cx.push(Word::borrowed(cx.code().const_at(oparg as usize)));
    cx.advance(0)
}

/// `( -- value)`: one of the shared ints 0..=255.
#[inline(always)]
pub unsafe fn load_small_int(cx: &mut Cx, oparg: u32) -> Flow {
    cx.push(Word::borrowed(small_ref(i64::from(oparg))));
    cx.advance(0)
}

/// Checks for what is pending, then turns into RESUME_CHECK.
#[inline(always)]
pub unsafe fn resume(cx: &mut Cx, oparg: u32) -> Flow {
    let asked = state::get().breaker.get();
    if asked & breaker::OBSERVE != 0 && !cx.traced {
        return Flow::Switch;
    }
    if oparg & 3 < 2 && asked & !breaker::OBSERVE != 0 {
        cx.save();
        if unwind::handle_pending().is_err() {
            return Flow::Error;
        }
    }
    unsafe { *(cx.pc as *mut u8) = op::RESUME_CHECK as u8 };
    cx.advance(0)
}

#[inline(always)]
pub unsafe fn resume_check(cx: &mut Cx, _: u32) -> Flow {
    if state::get().breaker.get() != 0 {
        return Flow::Deopt;
    }
    cx.advance(0)
}

/// What follows a call or a backward jump: collection, signals.
#[inline(always)]
pub unsafe fn periodic(cx: &mut Cx) -> bool {
    if state::get().breaker.get() == 0 {
        return true;
    }
    cx.save();
    unwind::handle_pending().is_ok()
}

/// Restarts an instruction's counter after a failed attempt to specialise it.
pub fn back_off(cx: &Cx) {
    cx.set_cache(0, adaptive::backoff(cx.cache(0)));
}
