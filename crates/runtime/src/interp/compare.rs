//! COMPARE_OP, CONTAINS_OP, IS_OP, TO_BOOL and the conditional jumps.

use terrarium_objects::types::dict::{self, DICT};
use terrarium_objects::types::float::{self, FLOAT, Float};
use terrarium_objects::types::int::{self, INT, Int};
use terrarium_objects::types::list::{LIST, List};
use terrarium_objects::types::set;
use terrarium_objects::types::str::{STR, Str};
use terrarium_objects::{CompareOp, Raised, Word, ops};

use super::cx::{Cx, Flow, bool_word, is_none_word, is_true_word};
use crate::specialize;

const OPERATORS: [CompareOp; 6] = [
    CompareOp::Lt,
    CompareOp::Le,
    CompareOp::Eq,
    CompareOp::Ne,
    CompareOp::Gt,
    CompareOp::Ge,
];

/// `(left, right -- result)`; bit 4 of the argument asks for a bool.
pub unsafe fn compare_op(cx: &mut Cx, oparg: u32) -> Flow {
    if cx.specialise_now() {
        specialize::compare::compare_op(cx, oparg);
        return Flow::Again;
    }
    cx.save();
    let operator = OPERATORS[(oparg >> 5) as usize % 6];
    let result = ops::compare::compare(cx.peek(2).object(), cx.peek(1).object(), operator);
    if oparg & 16 == 0 {
        return cx.finish(2, 1, result);
    }
    cx.close_top_holding(2, super::cx::pointer_of(&result));
    let truth = match result {
        Ok(value) => {
            let truth = ops::compare::is_true(&value);
            drop(value);
            truth
        }
        Err(Raised) => Err(Raised),
    };
    cx.finish_bool(0, 1, truth)
}

/// The bit of COMPARE_OP's mask: 1 unordered, 2 less, 4 greater, 8 equal.
#[inline(always)]
fn comparison_bit<T: PartialOrd>(a: T, b: T) -> u32 {
    if a == b {
        8
    } else if a < b {
        2
    } else if a > b {
        4
    } else {
        1
    }
}

#[inline(always)]
unsafe fn close_and_push(cx: &mut Cx, truth: bool, close: unsafe fn(Word)) -> Flow {
    let (right, left) = (cx.pop(), cx.pop());
    unsafe {
        close(left);
        close(right);
    }
    cx.push(bool_word(truth));
    cx.advance(1)
}

#[inline(always)]
pub unsafe fn compare_op_int(cx: &mut Cx, oparg: u32) -> Flow {
    let (left, right) = (cx.peek(2).object(), cx.peek(1).object());
    if !left.is_exact(&INT) || !right.is_exact(&INT) {
        return Flow::Deopt;
    }
    unsafe {
        let (a, b) = (left.cast::<Int>(), right.cast::<Int>());
        if !a.is_compact() || !b.is_compact() {
            return Flow::Deopt;
        }
        let bit = comparison_bit(a.compact_value(), b.compact_value());
        close_and_push(cx, bit & oparg != 0, int::close)
    }
}

#[inline(always)]
pub unsafe fn compare_op_float(cx: &mut Cx, oparg: u32) -> Flow {
    let (left, right) = (cx.peek(2).object(), cx.peek(1).object());
    if !left.is_exact(&FLOAT) || !right.is_exact(&FLOAT) {
        return Flow::Deopt;
    }
    unsafe {
        let bit = comparison_bit(
            left.cast::<Float>().value.get(),
            right.cast::<Float>().value.get(),
        );
        close_and_push(cx, bit & oparg != 0, float::close)
    }
}

#[inline(always)]
pub unsafe fn compare_op_str(cx: &mut Cx, oparg: u32) -> Flow {
    let (left, right) = (cx.peek(2).object(), cx.peek(1).object());
    if !left.is_exact(&STR) || !right.is_exact(&STR) {
        return Flow::Deopt;
    }
    unsafe {
        let equal = left.is(right) || left.cast::<Str>().equals(right.cast::<Str>());
        // Mask bits: 8 for equal, 1, 2 and 4 for unequal.
        close_and_push(cx, (7 + equal as u32) & oparg != 0, |w| w.close())
    }
}

/// `(left, right -- bool)`
#[inline(always)]
pub unsafe fn is_op(cx: &mut Cx, oparg: u32) -> Flow {
    let same = cx.peek(1).as_ptr() == cx.peek(2).as_ptr();
    cx.close_top(2);
    cx.push(bool_word(same != (oparg == 1)));
    cx.advance(0)
}

/// `(item, container -- bool)`
pub unsafe fn contains_op(cx: &mut Cx, oparg: u32) -> Flow {
    if cx.specialise_now() {
        specialize::compare::contains_op(cx);
        return Flow::Again;
    }
    cx.save();
    let result = ops::sequence::contains(cx.peek(1).object(), cx.peek(2).object());
    cx.finish_bool(2, 1, result.map(|found| found != (oparg == 1)))
}

#[inline(always)]
pub unsafe fn contains_op_dict(cx: &mut Cx, oparg: u32) -> Flow {
    let container = cx.peek(1).object();
    if !container.is_exact(&DICT) {
        return Flow::Deopt;
    }
    cx.save();
    let result = dict::contains(container, cx.peek(2).object());
    cx.finish_bool(2, 1, result.map(|found| found != (oparg == 1)))
}

#[inline(always)]
pub unsafe fn contains_op_set(cx: &mut Cx, oparg: u32) -> Flow {
    let container = cx.peek(1).object();
    if !container.is_exact(&set::SET) && !container.is_exact(&set::FROZENSET) {
        return Flow::Deopt;
    }
    cx.save();
    let result = set::contains(container, cx.peek(2).object());
    cx.finish_bool(2, 1, result.map(|found| found != (oparg == 1)))
}

/// `(value -- bool)`
pub unsafe fn to_bool(cx: &mut Cx, _: u32) -> Flow {
    if cx.specialise_now() {
        specialize::compare::to_bool(cx);
        return Flow::Again;
    }
    cx.save();
    let result = ops::compare::is_true(cx.peek(1).object());
    cx.finish_bool(1, 3, result)
}

#[inline(always)]
pub unsafe fn to_bool_bool(cx: &mut Cx, _: u32) -> Flow {
    if !cx
        .peek(1)
        .object()
        .is_exact(&terrarium_objects::types::bool::BOOL)
    {
        return Flow::Deopt;
    }
    cx.advance(3)
}

#[inline(always)]
unsafe fn replace_top(cx: &mut Cx, truth: bool) -> Flow {
    cx.close_top(1);
    cx.push(bool_word(truth));
    cx.advance(3)
}

#[inline(always)]
pub unsafe fn to_bool_int(cx: &mut Cx, _: u32) -> Flow {
    let object = cx.peek(1).object();
    if !object.is_exact(&INT) {
        return Flow::Deopt;
    }
    unsafe {
        let truth = object.cast::<Int>().tag.get() & 3 != 1;
        replace_top(cx, truth)
    }
}

#[inline(always)]
pub unsafe fn to_bool_list(cx: &mut Cx, _: u32) -> Flow {
    let object = cx.peek(1).object();
    if !object.is_exact(&LIST) {
        return Flow::Deopt;
    }
    unsafe {
        let truth = !object.cast::<List>().is_empty();
        replace_top(cx, truth)
    }
}

#[inline(always)]
pub unsafe fn to_bool_str(cx: &mut Cx, _: u32) -> Flow {
    let object = cx.peek(1).object();
    if !object.is_exact(&STR) {
        return Flow::Deopt;
    }
    unsafe {
        let truth = object.cast::<Str>().length.get() != 0;
        replace_top(cx, truth)
    }
}

#[inline(always)]
pub unsafe fn to_bool_none(cx: &mut Cx, _: u32) -> Flow {
    if !is_none_word(cx.peek(1)) {
        return Flow::Deopt;
    }
    unsafe { replace_top(cx, false) }
}

/// An instance whose type defines neither `__bool__` nor `__len__`.
#[inline(always)]
pub unsafe fn to_bool_always_true(cx: &mut Cx, _: u32) -> Flow {
    if cx.peek(1).object().ty().version_tag.get() != cx.cache32(1) {
        return Flow::Deopt;
    }
    unsafe { replace_top(cx, true) }
}

/// Jumps by `oparg` when `taken`, else past this instruction (and a NOT_TAKEN behind it).
#[inline(always)]
unsafe fn branch(cx: &mut Cx, oparg: u32, taken: bool) -> Flow {
    // The branch history, as CPython keeps it.
    cx.set_cache(0, cx.cache(0) << 1 | taken as u16);
    unsafe {
        let next = cx.pc.add(2);
        let skip = (*next as u8 == terrarium_bytecode::opcode::NOT_TAKEN as u8) as usize;
        cx.pc = next.add(if taken { oparg as usize } else { skip });
    }
    Flow::Next
}

#[inline(always)]
pub unsafe fn pop_jump_if_false(cx: &mut Cx, oparg: u32) -> Flow {
    let taken = !is_true_word(cx.pop());
    unsafe { branch(cx, oparg, taken) }
}

#[inline(always)]
pub unsafe fn pop_jump_if_true(cx: &mut Cx, oparg: u32) -> Flow {
    let taken = is_true_word(cx.pop());
    unsafe { branch(cx, oparg, taken) }
}

#[inline(always)]
unsafe fn pop_is_none(cx: &mut Cx) -> bool {
    let word: Word = cx.pop();
    let none = is_none_word(word);
    if !none && word.is_counted() {
        cx.save();
        unsafe { word.close() };
    }
    none
}

#[inline(always)]
pub unsafe fn pop_jump_if_none(cx: &mut Cx, oparg: u32) -> Flow {
    let taken = unsafe { pop_is_none(cx) };
    unsafe { branch(cx, oparg, taken) }
}

#[inline(always)]
pub unsafe fn pop_jump_if_not_none(cx: &mut Cx, oparg: u32) -> Flow {
    let taken = !unsafe { pop_is_none(cx) };
    unsafe { branch(cx, oparg, taken) }
}
