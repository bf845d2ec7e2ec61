//! Arithmetic: the binary slot dance, unary operators, `__index__` (Objects/abstract.c).

use crate::error::{overflow_error, raise, type_error};
use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{BinaryFn, IndexFn, Slots, TernaryFn, Type, UnaryFn, flags};
use crate::types::none::{NOT_IMPLEMENTED, none, not_implemented};
use crate::types::{float, int};

type Pick = fn(&Slots) -> Option<BinaryFn>;

/// Spelling, slot and in-place slot of an operator.
struct Operator {
    sign: &'static str,
    inplace_sign: &'static str,
    slot: Pick,
    inplace: Pick,
}

macro_rules! operators {
    ($($sign:literal $slot:ident $inplace:ident)*) => {
        [$(Operator {
            sign: $sign,
            inplace_sign: concat!($sign, "="),
            slot: |s| s.$slot,
            inplace: |s| s.$inplace,
        }),*]
    };
}

const ADD: usize = 0;
const MULTIPLY: usize = 5;
const POWER: usize = 8;
const OPERATORS: usize = 13;
const SUBSCRIPT: u32 = 26;

/// By the argument of BINARY_OP; the entry of power is never used for dispatch.
static TABLE: [Operator; OPERATORS] = operators! {
    "+" add inplace_add
    "&" and inplace_and
    "//" floor_divide inplace_floor_divide
    "<<" lshift inplace_lshift
    "@" matrix_multiply inplace_matrix_multiply
    "*" multiply inplace_multiply
    "%" remainder inplace_remainder
    "|" or inplace_or
    "**" add inplace_add
    ">>" rshift inplace_rshift
    "-" subtract inplace_subtract
    "/" true_divide inplace_true_divide
    "^" xor inplace_xor
};

/// The operators of BINARY_OP in the order of its argument (Include/opcode.h, `NB_`): 0 add .. 12 xor, 13 inplace add .. 25 inplace xor, 26 subscript.
pub fn binary_op(oparg: u32, a: &Object, b: &Object) -> PyResult {
    let index = oparg as usize;
    if index < OPERATORS {
        return match index {
            ADD => add(a, b),
            MULTIPLY => multiply(a, b),
            POWER => power(a, b, none()),
            _ => plain(a, b, index),
        };
    }
    if oparg == SUBSCRIPT {
        return crate::ops::mapping::get_item(a, b);
    }
    match index - OPERATORS {
        ADD => inplace_add(a, b),
        MULTIPLY => inplace_multiply(a, b),
        POWER => inplace_power(a, b),
        index => inplace(a, b, index),
    }
}

#[inline(always)]
fn is_not_implemented(object: &Object) -> bool {
    object.is(&NOT_IMPLEMENTED)
}

/// The slots of both operands in the order that abstract.c's `binary_op1` tries them; `NotImplemented` when none knows the operands.
#[inline(always)]
fn dance(a: &Object, b: &Object, pick: Pick) -> PyResult {
    let (ta, tb) = (a.ty(), b.ty());
    let first = pick(&ta.slots);
    let mut second = None;
    if !std::ptr::eq(ta, tb) {
        second = pick(&tb.slots).filter(|s| first.is_none_or(|f| *s as usize != f as usize));
    }
    if let Some(slot) = first {
        if let Some(other) = second
            && tb.is_subtype(ta)
        {
            let result = other(a, b)?;
            if !is_not_implemented(&result) {
                return Ok(result);
            }
            second = None;
        }
        let result = slot(a, b)?;
        if !is_not_implemented(&result) {
            return Ok(result);
        }
    }
    match second {
        Some(slot) => slot(a, b),
        None => Ok(not_implemented()),
    }
}

#[inline(always)]
fn inplace_dance(a: &Object, b: &Object, operator: &Operator) -> PyResult {
    if let Some(slot) = (operator.inplace)(&a.ty().slots) {
        let result = slot(a, b)?;
        if !is_not_implemented(&result) {
            return Ok(result);
        }
    }
    dance(a, b, operator.slot)
}

fn plain(a: &Object, b: &Object, index: usize) -> PyResult {
    let operator = &TABLE[index];
    let result = dance(a, b, operator.slot)?;
    if !is_not_implemented(&result) {
        return Ok(result);
    }
    Err(type_error(unsupported(a, b, operator.sign)))
}

fn inplace(a: &Object, b: &Object, index: usize) -> PyResult {
    let operator = &TABLE[index];
    let result = inplace_dance(a, b, operator)?;
    if is_not_implemented(&result) {
        return Err(type_error(unsupported(a, b, operator.inplace_sign)));
    }
    Ok(result)
}

fn unsupported(a: &Object, b: &Object, sign: &str) -> String {
    format!(
        "unsupported operand type(s) for {sign}: '{}' and '{}'",
        a.ty().full_name(),
        b.ty().full_name()
    )
}

/// `a + b`.
pub fn add(a: &Object, b: &Object) -> PyResult {
    let result = dance(a, b, |s| s.add)?;
    if !is_not_implemented(&result) {
        return Ok(result);
    }
    match a.ty().slots.sq_concat {
        Some(concat) => concat(a, b),
        None => Err(type_error(unsupported(a, b, "+"))),
    }
}

fn inplace_add(a: &Object, b: &Object) -> PyResult {
    let result = inplace_dance(a, b, &TABLE[ADD])?;
    if !is_not_implemented(&result) {
        return Ok(result);
    }
    let slots = &a.ty().slots;
    match slots.sq_inplace_concat.or(slots.sq_concat) {
        Some(concat) => concat(a, b),
        None => Err(type_error(unsupported(a, b, "+="))),
    }
}

/// `a - b`.
pub fn subtract(a: &Object, b: &Object) -> PyResult {
    plain(a, b, 10)
}

/// `a * b`.
pub fn multiply(a: &Object, b: &Object) -> PyResult {
    let result = dance(a, b, |s| s.multiply)?;
    if !is_not_implemented(&result) {
        return Ok(result);
    }
    if let Some(repeat) = a.ty().slots.sq_repeat {
        return sequence_repeat(repeat, a, b);
    }
    if let Some(repeat) = b.ty().slots.sq_repeat {
        return sequence_repeat(repeat, b, a);
    }
    Err(type_error(unsupported(a, b, "*")))
}

fn inplace_multiply(a: &Object, b: &Object) -> PyResult {
    let result = inplace_dance(a, b, &TABLE[MULTIPLY])?;
    if !is_not_implemented(&result) {
        return Ok(result);
    }
    let slots = &a.ty().slots;
    if let Some(repeat) = slots.sq_inplace_repeat.or(slots.sq_repeat) {
        return sequence_repeat(repeat, a, b);
    }
    // A class always has a sequence part, which keeps CPython from looking at the right operand.
    if let Some(repeat) = b.ty().slots.sq_repeat.filter(|_| !a.ty().is_heap()) {
        return sequence_repeat(repeat, b, a);
    }
    Err(type_error(unsupported(a, b, "*=")))
}

fn sequence_repeat(repeat: IndexFn, sequence: &Object, count: &Object) -> PyResult {
    if !is_index(count) {
        return Err(type_error(format!(
            "can't multiply sequence by non-int of type '{}'",
            count.ty().full_name()
        )));
    }
    let count = index_isize(count, Some(&crate::types::exceptions::OVERFLOW_ERROR))?;
    repeat(sequence, count)
}

/// `divmod(a, b)`.
pub fn divmod(a: &Object, b: &Object) -> PyResult {
    let result = dance(a, b, |s| s.divmod)?;
    if is_not_implemented(&result) {
        return Err(type_error(unsupported(a, b, "divmod()")));
    }
    Ok(result)
}

fn same(a: Option<TernaryFn>, b: Option<TernaryFn>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a as usize == b as usize)
}

/// `pow(a, b, c)`; pass `None` (the object) for two arguments.
pub fn power(a: &Object, b: &Object, c: &Object) -> PyResult {
    ternary(a, b, c, "** or pow()")
}

fn ternary(a: &Object, b: &Object, c: &Object, sign: &str) -> PyResult {
    let (ta, tb) = (a.ty(), b.ty());
    let first = ta.slots.power;
    let mut second = None;
    if !std::ptr::eq(ta, tb) {
        second = tb.slots.power.filter(|s| !same(Some(*s), first));
    }
    let mut order = [first, second, None];
    if first.is_some() && second.is_some() && tb.is_subtype(ta) {
        order = [second, first, None];
    }
    order[2] = c
        .ty()
        .slots
        .power
        .filter(|s| !same(Some(*s), first) && !same(Some(*s), second));
    for slot in order.into_iter().flatten() {
        let result = slot(a, b, c)?;
        if !is_not_implemented(&result) {
            return Ok(result);
        }
    }
    if c.is(none()) {
        return Err(type_error(unsupported(a, b, sign)));
    }
    Err(type_error(format!(
        "unsupported operand type(s) for {sign}: '{}', '{}', '{}'",
        ta.full_name(),
        tb.full_name(),
        c.ty().full_name()
    )))
}

fn inplace_power(a: &Object, b: &Object) -> PyResult {
    if let Some(slot) = a.ty().slots.inplace_power {
        let result = slot(a, b, none())?;
        if !is_not_implemented(&result) {
            return Ok(result);
        }
    }
    ternary(a, b, none(), "**=")
}

fn bad_operand(sign: &str, object: &Object) -> crate::Raised {
    type_error(format!(
        "bad operand type for {sign}: '{}'",
        object.ty().full_name()
    ))
}

pub fn negative(object: &Object) -> PyResult {
    match object.ty().slots.negative {
        Some(slot) => slot(object),
        None => Err(bad_operand("unary -", object)),
    }
}

pub fn positive(object: &Object) -> PyResult {
    match object.ty().slots.positive {
        Some(slot) => slot(object),
        None => Err(bad_operand("unary +", object)),
    }
}

pub fn invert(object: &Object) -> PyResult {
    match object.ty().slots.invert {
        Some(slot) => slot(object),
        None => Err(bad_operand("unary ~", object)),
    }
}

pub fn absolute(object: &Object) -> PyResult {
    match object.ty().slots.absolute {
        Some(slot) => slot(object),
        None => Err(bad_operand("abs()", object)),
    }
}

/// Whether the object has `__index__` (`PyIndex_Check`).
#[inline]
pub fn is_index(object: &Object) -> bool {
    object.ty().slots.index.is_some()
}

/// `operator.index(object)`, instances of subclasses of int as they are (`_PyNumber_Index`).
pub fn index_any(object: &Object) -> PyResult {
    if int::is_int(object) {
        return Ok(Owned::new(object));
    }
    let Some(slot) = object.ty().slots.index else {
        return Err(type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            object.ty().full_name()
        )));
    };
    let result = slot(object)?;
    if int::is_int(&result) {
        return if result.is_exact(&int::INT) {
            Ok(result)
        } else {
            crate::error::warn(
                "DeprecationWarning",
                &format!(
                    "__index__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int \
                     is deprecated, and may not be supported in a future version of Python.",
                    result.ty().full_name()
                ),
                1,
            )?;
            Ok(result)
        };
    }
    Err(type_error(format!(
        "__index__ returned non-int (type {})",
        result.ty().full_name()
    )))
}

/// `operator.index(object)`: an exact int (`PyNumber_Index`).
pub fn index(object: &Object) -> PyResult {
    let result = index_any(object)?;
    Ok(if result.is_exact(&int::INT) {
        result
    } else {
        int::exact(&result)
    })
}

/// `__index__` as a machine integer; OverflowError or IndexError texts as CPython's when it does not fit (`PyNumber_AsSsize_t` with `exception`; clamps with `None`).
pub fn index_isize(object: &Object, overflow: Option<&Type>) -> PyResult<isize> {
    let held;
    let value = if int::is_int(object) {
        object
    } else {
        held = index_any(object)?;
        &held
    };
    if let Some(value) = int::as_i64(value) {
        return Ok(value as isize);
    }
    match overflow {
        None if int::cast(value).is_negative() => Ok(isize::MIN),
        None => Ok(isize::MAX),
        Some(ty) => Err(raise(
            ty,
            format!(
                "cannot fit '{}' into an index-sized integer",
                object.ty().full_name()
            ),
        )),
    }
}

/// `int(object)` (`PyNumber_Long`).
pub fn to_int(object: &Object) -> PyResult {
    if object.is_exact(&int::INT) {
        return Ok(Owned::new(object));
    }
    let slots = &object.ty().slots;
    if let Some(slot) = slots.int {
        let result = slot(object)?;
        if result.is_exact(&int::INT) {
            return Ok(result);
        }
        if !int::is_int(&result) {
            return Err(type_error(format!(
                "__int__ returned non-int (type {})",
                result.ty().full_name()
            )));
        }
        crate::error::warn(
            "DeprecationWarning",
            &format!(
                "__int__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int \
                 is deprecated, and may not be supported in a future version of Python.",
                result.ty().full_name()
            ),
            1,
        )?;
        return Ok(int::exact(&result));
    }
    if slots.index.is_some() {
        return index(object);
    }
    if crate::types::str::is_str(object) {
        return int::parse::from_str_object(object, 10);
    }
    if let Some(buffer) = slots.getbuffer {
        let buffer = buffer(object)?;
        return int::parse::from_bytes(crate::types::bytes::buffer_slice(&buffer), 10);
    }
    Err(type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        object.ty().full_name()
    )))
}

/// `float(object)` (`PyNumber_Float`).
pub fn to_float(object: &Object) -> PyResult {
    if object.is_exact(&float::FLOAT) {
        return Ok(Owned::new(object));
    }
    let slots = &object.ty().slots;
    if let Some(slot) = slots.float {
        return value_of_float_slot(object, slot).map(float::from_f64);
    }
    if slots.index.is_some() {
        return as_f64(object).map(float::from_f64);
    }
    float::parse::from_object(object)
}

/// A float's value, or that of `__float__`/`__index__` (`PyFloat_AsDouble`).
pub fn as_f64(object: &Object) -> PyResult<f64> {
    if float::is_float(object) {
        return Ok(float::value(object));
    }
    let slots = &object.ty().slots;
    if let Some(slot) = slots.float {
        return value_of_float_slot(object, slot);
    }
    if slots.index.is_some() {
        let value = index(object)?;
        return int::to_f64(int::cast(&value))
            .ok_or_else(|| overflow_error("int too large to convert to float"));
    }
    Err(type_error(format!(
        "must be real number, not {}",
        object.ty().full_name()
    )))
}

/// What `__float__` gives, which must be a float.
fn value_of_float_slot(object: &Object, slot: UnaryFn) -> PyResult<f64> {
    let result = slot(object)?;
    if result.is_exact(&float::FLOAT) {
        return Ok(float::value(&result));
    }
    let name = object.ty().full_name();
    let other = result.ty().full_name();
    if !float::is_float(&result) {
        return Err(type_error(format!(
            "{name}.__float__ returned non-float (type {other})"
        )));
    }
    crate::error::warn(
        "DeprecationWarning",
        &format!(
            "{name}.__float__ returned non-float (type {other}).  The ability to return an instance of a strict subclass of \
             float is deprecated, and may not be supported in a future version of Python."
        ),
        1,
    )?;
    Ok(float::value(&result))
}

/// Whether the object is a number to `PyNumber_Check`.
pub fn is_number(object: &Object) -> bool {
    let slots = &object.ty().slots;
    slots.int.is_some()
        || slots.float.is_some()
        || slots.index.is_some()
        || object.ty().is_subtype(&crate::types::complex::COMPLEX)
}

/// Whether the object supports the sequence protocol (`PySequence_Check`).
pub fn is_sequence(object: &Object) -> bool {
    !object.ty().has(flags::DICT_SUBCLASS) && object.ty().slots.sq_item.is_some()
}
