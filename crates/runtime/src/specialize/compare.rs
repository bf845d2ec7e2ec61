//! COMPARE_OP, CONTAINS_OP and TO_BOOL.

use terrarium_bytecode::opcode as op;
use terrarium_objects::types::bool::BOOL;
use terrarium_objects::types::dict::DICT;
use terrarium_objects::types::float::FLOAT;
use terrarium_objects::types::int::{INT, Int};
use terrarium_objects::types::list::LIST;
use terrarium_objects::types::set::{FROZENSET, SET};
use terrarium_objects::types::str::STR;
use terrarium_objects::{Object, none, type_cache};

use super::{set_cache32, settle};
use crate::interp::cx::Cx;

pub fn compare_op(cx: &Cx, oparg: u32) {
    let (left, right) = (cx.peek(2).object(), cx.peek(1).object());
    // SAFETY: only called with exact ints.
    let is_compact = |o: &Object| unsafe { o.cast::<Int>() }.is_compact();
    let form = if !left.is_exact(right.ty()) {
        None
    } else if left.is_exact(&FLOAT) {
        Some(op::COMPARE_OP_FLOAT)
    } else if left.is_exact(&INT) {
        (is_compact(left) && is_compact(right)).then_some(op::COMPARE_OP_INT)
    } else if left.is_exact(&STR) {
        // Equal and not equal only.
        matches!(oparg >> 5, 2 | 3).then_some(op::COMPARE_OP_STR)
    } else {
        None
    };
    settle(cx, form);
}

pub fn contains_op(cx: &Cx) {
    let container = cx.peek(1).object();
    let form = if container.is_exact(&DICT) {
        Some(op::CONTAINS_OP_DICT)
    } else {
        (container.is_exact(&SET) || container.is_exact(&FROZENSET)).then_some(op::CONTAINS_OP_SET)
    };
    settle(cx, form);
}

pub fn to_bool(cx: &Cx) {
    let value = cx.peek(1).object();
    let simple = [
        (&BOOL, op::TO_BOOL_BOOL),
        (&INT, op::TO_BOOL_INT),
        (&LIST, op::TO_BOOL_LIST),
        (&STR, op::TO_BOOL_STR),
    ];
    let form = simple
        .iter()
        .find(|(ty, _)| value.is_exact(ty))
        .map(|(_, form)| *form);
    let form = form
        .or_else(|| value.is(none()).then_some(op::TO_BOOL_NONE))
        .or_else(|| always_true(cx, value));
    settle(cx, form);
}

fn always_true(cx: &Cx, value: &Object) -> Option<u16> {
    let ty = value.ty();
    let slots = &ty.slots;
    if !ty.is_heap()
        || slots.bool.is_some()
        || slots.sq_length.is_some()
        || slots.mp_length.is_some()
    {
        return None;
    }
    if !type_cache::assign_version(ty) {
        return None;
    }
    set_cache32(cx, 1, ty.version_tag.get());
    Some(op::TO_BOOL_ALWAYS_TRUE)
}
