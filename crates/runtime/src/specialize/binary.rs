//! BINARY_OP and STORE_SUBSCR.

use terrarium_bytecode::opcode as op;
use terrarium_objects::types::dict::DICT;
use terrarium_objects::types::float::{self, FLOAT, Float};
use terrarium_objects::types::int::{self, INT, Int};
use terrarium_objects::types::list::{LIST, List};
use terrarium_objects::types::slice::SLICE;
use terrarium_objects::types::str::STR;
use terrarium_objects::types::tuple::TUPLE;
use terrarium_objects::{Object, Owned, names};

use super::{fail, lookup_and_version, settle, simple_function_version, succeed};
use crate::interp::cx::Cx;

/// Arguments of BINARY_OP (Include/opcode.h, `NB_`).
mod nb {
    pub const ADD: u32 = 0;
    pub const AND: u32 = 1;
    pub const MULTIPLY: u32 = 5;
    pub const OR: u32 = 7;
    pub const SUBTRACT: u32 = 10;
    pub const TRUE_DIVIDE: u32 = 11;
    pub const XOR: u32 = 12;
    pub const INPLACE: u32 = 13;
    pub const SUBSCR: u32 = 26;
}

const CACHES: usize = 5;

pub fn binary_op(cx: &Cx, oparg: u32) {
    let (left, right) = (cx.peek(2).object(), cx.peek(1).object());
    if oparg == nb::SUBSCR {
        if let Some(form) = subscript(left, right) {
            return succeed(cx, form);
        }
    } else if left.is_exact(right.ty())
        && let Some(form) = same_type(cx, oparg % nb::INPLACE, left)
    {
        return succeed(cx, form);
    }
    let operator = if oparg < nb::SUBSCR {
        oparg % nb::INPLACE
    } else {
        oparg
    };
    let inplace_matters = oparg >= nb::INPLACE && !matches!(operator, nb::AND | nb::OR | nb::XOR);
    let found = EXTENDED
        .iter()
        .position(|e| e.operator == operator && !inplace_matters && (e.guard)(left, right));
    match found {
        Some(index) => {
            cx.set_cache(1, index as u16);
            succeed(cx, op::BINARY_OP_EXTEND);
        }
        None => fail(cx),
    }
}

fn same_type(cx: &Cx, operator: u32, left: &Object) -> Option<u16> {
    let (is_int, is_float) = (left.is_exact(&INT), left.is_exact(&FLOAT));
    match operator {
        nb::ADD if left.is_exact(&STR) => Some(if stored_back(cx, left) {
            op::BINARY_OP_INPLACE_ADD_UNICODE
        } else {
            op::BINARY_OP_ADD_UNICODE
        }),
        nb::ADD if is_int => Some(op::BINARY_OP_ADD_INT),
        nb::ADD if is_float => Some(op::BINARY_OP_ADD_FLOAT),
        nb::MULTIPLY if is_int => Some(op::BINARY_OP_MULTIPLY_INT),
        nb::MULTIPLY if is_float => Some(op::BINARY_OP_MULTIPLY_FLOAT),
        nb::SUBTRACT if is_int => Some(op::BINARY_OP_SUBTRACT_INT),
        nb::SUBTRACT if is_float => Some(op::BINARY_OP_SUBTRACT_FLOAT),
        _ => None,
    }
}

/// Whether the next instruction stores the result into the local that `left` came from.
fn stored_back(cx: &Cx, left: &Object) -> bool {
    // SAFETY: code does not end with BINARY_OP.
    let next = unsafe { *cx.pc.add(1 + CACHES) };
    // SAFETY: STORE_FAST addresses a local.
    next as u8 == op::STORE_FAST as u8
        && unsafe { (*cx.local(u32::from(next >> 8))).as_ptr() } == left.as_ptr()
}

fn is_small_index(object: &Object) -> bool {
    // SAFETY: checked.
    object.is_exact(&INT)
        && unsafe { object.cast::<Int>() }.is_compact()
        && unsafe { object.cast::<Int>() }.compact_value() >= 0
}

fn subscript(container: &Object, key: &Object) -> Option<u16> {
    if is_small_index(key) {
        if container.is_exact(&LIST) {
            return Some(op::BINARY_OP_SUBSCR_LIST_INT);
        }
        if container.is_exact(&TUPLE) {
            return Some(op::BINARY_OP_SUBSCR_TUPLE_INT);
        }
        if container.is_exact(&STR) {
            return Some(op::BINARY_OP_SUBSCR_STR_INT);
        }
    }
    if container.is_exact(&DICT) {
        return Some(op::BINARY_OP_SUBSCR_DICT);
    }
    if container.is_exact(&LIST) && key.is_exact(&SLICE) {
        return Some(op::BINARY_OP_SUBSCR_LIST_SLICE);
    }
    let ty = container.ty();
    let (getitem, type_version) = lookup_and_version(ty, &names().__getitem__);
    let getitem = getitem?;
    let version = simple_function_version(getitem, 2)?;
    if !ty.is_heap() || type_version == 0 {
        return None;
    }
    ty.cache_getitem.set(getitem.as_ptr());
    ty.cache_getitem_version.set(version);
    Some(op::BINARY_OP_SUBSCR_GETITEM)
}

/// An operation on other pairs of exact types (`binaryop_extend_descrs`).
pub struct Extended {
    pub operator: u32,
    pub guard: fn(&Object, &Object) -> bool,
    pub action: fn(&Object, &Object) -> Owned,
}

fn compact(object: &Object) -> Option<i64> {
    if !object.is_exact(&INT) {
        return None;
    }
    // SAFETY: checked.
    let value = unsafe { object.cast::<Int>() };
    value.is_compact().then(|| value.compact_value())
}

fn float(object: &Object) -> Option<f64> {
    // SAFETY: checked.
    object
        .is_exact(&FLOAT)
        .then(|| unsafe { object.cast::<Float>() }.value.get())
}

fn number(object: &Object) -> f64 {
    float(object).unwrap_or_else(|| compact(object).unwrap_or(0) as f64)
}

fn ints(a: &Object, b: &Object) -> bool {
    compact(a).is_some() && compact(b).is_some()
}

fn float_int(a: &Object, b: &Object) -> bool {
    float(a).is_some_and(|v| !v.is_nan()) && compact(b).is_some()
}

fn int_float(a: &Object, b: &Object) -> bool {
    compact(a).is_some() && float(b).is_some_and(|v| !v.is_nan())
}

fn float_int_divisor(a: &Object, b: &Object) -> bool {
    float_int(a, b) && compact(b) != Some(0)
}

fn int_float_divisor(a: &Object, b: &Object) -> bool {
    int_float(a, b) && float(b) != Some(0.0)
}

macro_rules! extended {
    ($($operator:ident $guard:ident $compute:expr;)*) => {
        &[$(Extended { operator: nb::$operator, guard: $guard, action: $compute },)*]
    };
}

/// In CPython's order.
pub static EXTENDED: &[Extended] = extended! {
    OR ints |a, b| int::from_i64(compact(a).unwrap_or(0) | compact(b).unwrap_or(0));
    AND ints |a, b| int::from_i64(compact(a).unwrap_or(0) & compact(b).unwrap_or(0));
    XOR ints |a, b| int::from_i64(compact(a).unwrap_or(0) ^ compact(b).unwrap_or(0));
    ADD float_int |a, b| float::from_f64(number(a) + number(b));
    SUBTRACT float_int |a, b| float::from_f64(number(a) - number(b));
    TRUE_DIVIDE float_int_divisor |a, b| float::from_f64(number(a) / number(b));
    MULTIPLY float_int |a, b| float::from_f64(number(a) * number(b));
    ADD int_float |a, b| float::from_f64(number(a) + number(b));
    SUBTRACT int_float |a, b| float::from_f64(number(a) - number(b));
    TRUE_DIVIDE int_float_divisor |a, b| float::from_f64(number(a) / number(b));
    MULTIPLY int_float |a, b| float::from_f64(number(a) * number(b));
};

pub fn store_subscr(cx: &Cx) {
    let (container, key) = (cx.peek(2).object(), cx.peek(1).object());
    let form = if container.is_exact(&LIST) {
        // SAFETY: checked.
        let len = unsafe { container.cast::<List>() }.len() as i64;
        (is_small_index(key) && compact(key).is_some_and(|i| i < len))
            .then_some(op::STORE_SUBSCR_LIST_INT)
    } else {
        container.is_exact(&DICT).then_some(op::STORE_SUBSCR_DICT)
    };
    settle(cx, form);
}
