//! BINARY_OP and its specialised forms, slices, subscript assignment, unary operators.

use terrarium_objects::types::dict::{self, DICT};
use terrarium_objects::types::float::{self, FLOAT, Float};
use terrarium_objects::types::function::Function;
use terrarium_objects::types::int::{self, INT, Int};
use terrarium_objects::types::list::{LIST, List};
use terrarium_objects::types::none::none_owned;
use terrarium_objects::types::slice::{self, SLICE};
use terrarium_objects::types::str::{self, STR, Str};
use terrarium_objects::types::tuple::{TUPLE, Tuple};
use terrarium_objects::{Object, Word, error, ops};

use super::calls;
use super::cx::{Cx, Flow, bool_word};
use crate::specialize;

const CACHES: usize = 5;

/// `(left, right -- result)`
pub unsafe fn binary_op(cx: &mut Cx, oparg: u32) -> Flow {
    if cx.specialise_now() {
        specialize::binary::binary_op(cx, oparg);
        return Flow::Again;
    }
    cx.save();
    // As in CPython the operands of a failed operation stay until the stack is unwound.
    let (left, right) = (cx.peek(2), cx.peek(1));
    let Ok(value) = ops::number::binary_op(oparg, left.object(), right.object()) else {
        return Flow::Error;
    };
    // The left operand goes first: the result takes its place.
    cx.set_peek(2, Word::owned(value));
    // SAFETY: both came from the stack, where nothing of them is left.
    unsafe {
        left.close();
        cx.set_peek(1, Word::NULL);
        right.close();
    }
    cx.drop_words(1);
    cx.advance(CACHES)
}

#[inline(always)]
fn both_exact(cx: &Cx, ty: &terrarium_objects::Type) -> bool {
    cx.peek(1).object().is_exact(ty) && cx.peek(2).object().is_exact(ty)
}

#[inline(always)]
fn int_of(word: Word) -> &'static Int {
    // SAFETY: callers checked the type.
    unsafe { word.object().cast::<Int>() }
}

#[inline(always)]
fn float_of(word: Word) -> f64 {
    // SAFETY: callers checked the type.
    unsafe { word.object().cast::<Float>() }.value.get()
}

macro_rules! int_operations {
    ($($name:ident $compute:path;)*) => { $(
        #[inline(always)]
        pub unsafe fn $name(cx: &mut Cx, _: u32) -> Flow {
            if !both_exact(cx, &INT) {
                return Flow::Deopt;
            }
            let (left, right) = (cx.peek(2), cx.peek(1));
            let result = $compute(int_of(left), int_of(right));
            cx.drop_words(2);
            // SAFETY: both are exact ints; they are off the stack.
            unsafe {
                int::close(right);
                int::close(left);
            }
            cx.push_owned(result);
            cx.advance(CACHES)
        }
    )* };
}

int_operations! {
    binary_op_add_int int::arith::add_ints;
    binary_op_subtract_int int::arith::subtract_ints;
    binary_op_multiply_int int::arith::multiply_ints;
}

macro_rules! float_operations {
    ($($name:ident $operator:tt;)*) => { $(
        #[inline(always)]
        pub unsafe fn $name(cx: &mut Cx, _: u32) -> Flow {
            if !both_exact(cx, &FLOAT) {
                return Flow::Deopt;
            }
            let (left, right) = (cx.peek(2), cx.peek(1));
            let value = float_of(left) $operator float_of(right);
            cx.drop_words(2);
            // SAFETY: both are exact floats; they are off the stack next.
            let result = unsafe { consume_floats(left, right, value) };
            cx.push(result);
            cx.advance(CACHES)
        }
    )* };
}

float_operations! {
    binary_op_add_float +;
    binary_op_subtract_float -;
    binary_op_multiply_float *;
}

/// A float of `value`, in the place of an operand that nobody else holds (`_PyFloat_FromDouble_ConsumeInputs`).
// SAFETY: both words are exact floats; they are taken over.
#[inline(always)]
unsafe fn consume_floats(left: Word, right: Word, value: f64) -> Word {
    unsafe {
        if left.is_counted() && left.object().is_unique() {
            left.object().cast::<Float>().value.set(value);
            float::close(right);
            return left;
        }
        if right.is_counted() && right.object().is_unique() {
            right.object().cast::<Float>().value.set(value);
            float::close(left);
            return right;
        }
        let result = Word::owned_mortal(float::from_f64(value));
        left.close();
        right.close();
        result
    }
}

#[inline(always)]
pub unsafe fn binary_op_add_unicode(cx: &mut Cx, _: u32) -> Flow {
    if !both_exact(cx, &STR) {
        return Flow::Deopt;
    }
    let (left, right) = (cx.peek(2).object(), cx.peek(1).object());
    let result = unsafe { str::concat(left.cast::<Str>(), right.cast::<Str>()) };
    cx.finish(2, CACHES, Ok(result))
}

/// `left += right` where the following STORE_FAST puts the result back into `left`'s local: grows in place if nobody else holds it.
pub unsafe fn binary_op_inplace_add_unicode(cx: &mut Cx, _: u32) -> Flow {
    if !both_exact(cx, &STR) {
        return Flow::Deopt;
    }
    let (left, right) = (cx.peek(2), cx.peek(1));
    // SAFETY: the specialiser saw a STORE_FAST behind this instruction.
    let store = unsafe { *cx.pc.add(1 + CACHES) };
    let slot = cx.local(u32::from(store >> 8));
    unsafe {
        if (*slot).as_ptr() != left.as_ptr() {
            return Flow::Deopt;
        }
        cx.save();
        cx.drop_words(2);
        left.close();
        let held = (*slot).into_owned();
        *slot = Word::NULL;
        let grown = str::slots::append(held, right.object());
        right.close();
        match grown {
            Ok(grown) => *slot = Word::owned(grown),
            Err(_) => return Flow::Error,
        }
    }
    cx.advance(CACHES + 1)
}

/// Mixed and bitwise operations on compact ints and floats that the specialiser recognised (`specialize::binary::EXTENDED`).
#[inline(always)]
pub unsafe fn binary_op_extend(cx: &mut Cx, _: u32) -> Flow {
    let index = cx.cache(1) as usize;
    let entry = &specialize::binary::EXTENDED[index];
    let (left, right) = (cx.peek(2).object(), cx.peek(1).object());
    if !(entry.guard)(left, right) {
        return Flow::Deopt;
    }
    let result = (entry.action)(left, right);
    cx.finish(2, CACHES, Ok(result))
}

/// The index of a compact, non-negative int.
#[inline(always)]
fn small_index(word: Word) -> Option<usize> {
    let object = word.object();
    if !object.is_exact(&INT) {
        return None;
    }
    let value = int_of(word);
    if value.tag.get() < 16 && value.tag.get() & 3 != 2 {
        Some(value.digits[0].get() as usize)
    } else {
        None
    }
}

#[inline(always)]
pub unsafe fn binary_op_subscr_list_int(cx: &mut Cx, _: u32) -> Flow {
    let (container, index) = (cx.peek(2).object(), small_index(cx.peek(1)));
    if !container.is_exact(&LIST) {
        return Flow::Deopt;
    }
    let Some(item) = index.and_then(|i| unsafe { container.cast::<List>() }.item(i)) else {
        return Flow::Deopt;
    };
    let item = Word::new(item);
    cx.close_top_holding(2, item.object().as_ptr());
    cx.push(item);
    cx.advance(CACHES)
}

#[inline(always)]
pub unsafe fn binary_op_subscr_tuple_int(cx: &mut Cx, _: u32) -> Flow {
    let (container, index) = (cx.peek(2).object(), small_index(cx.peek(1)));
    if !container.is_exact(&TUPLE) {
        return Flow::Deopt;
    }
    let Some(item) = index.and_then(|i| unsafe { container.cast::<Tuple>() }.items().get(i)) else {
        return Flow::Deopt;
    };
    let item = Word::new(item);
    cx.close_top_holding(2, item.object().as_ptr());
    cx.push(item);
    cx.advance(CACHES)
}

#[inline(always)]
pub unsafe fn binary_op_subscr_str_int(cx: &mut Cx, _: u32) -> Flow {
    let (container, index) = (cx.peek(2).object(), small_index(cx.peek(1)));
    if !container.is_exact(&STR) {
        return Flow::Deopt;
    }
    let text = unsafe { container.cast::<Str>() };
    let Some(index) = index.filter(|i| *i < text.length.get() as usize) else {
        return Flow::Deopt;
    };
    let point = text.char_at(index);
    if point >= 128 {
        return Flow::Deopt;
    }
    let item = Word::borrowed(str::latin1_ref(point as u8));
    cx.close_top(2);
    cx.push(item);
    cx.advance(CACHES)
}

#[inline(always)]
pub unsafe fn binary_op_subscr_dict(cx: &mut Cx, _: u32) -> Flow {
    let (container, key) = (cx.peek(2).object(), cx.peek(1).object());
    if !container.is_exact(&DICT) {
        return Flow::Deopt;
    }
    cx.save();
    let result = match dict::get(container, key) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(error::key_error(key)),
        Err(raised) => Err(raised),
    };
    cx.finish(2, CACHES, result)
}

#[inline(always)]
pub unsafe fn binary_op_subscr_list_slice(cx: &mut Cx, _: u32) -> Flow {
    let (container, key) = (cx.peek(2).object(), cx.peek(1).object());
    if !container.is_exact(&LIST) || !key.is_exact(&SLICE) {
        return Flow::Deopt;
    }
    cx.save();
    let result = ops::mapping::get_item(container, key);
    cx.finish(2, CACHES, result)
}

/// A Python `__getitem__`, entered without leaving the loop.
#[inline(always)]
pub unsafe fn binary_op_subscr_getitem(cx: &mut Cx, _: u32) -> Flow {
    let ty = cx.peek(2).object().ty();
    let getitem = ty.cache_getitem.get();
    if !ty.is_heap() || getitem.is_null() {
        return Flow::Deopt;
    }
    unsafe {
        let function = (*getitem).cast::<Function>();
        if function.version.get() != ty.cache_getitem_version.get()
            || !calls::has_uncounted_room(&*getitem, false)
        {
            return Flow::Deopt;
        }
        let index = cx.pop();
        let container = cx.pop();
        calls::enter(cx, Word::new(&*getitem), &[container, index], 1 + CACHES);
    }
    Flow::Next
}

/// `(container, start, stop -- result)`
pub unsafe fn binary_slice(cx: &mut Cx, _: u32) -> Flow {
    bounds_to_slice(cx);
    let result = ops::mapping::get_item(cx.peek(2).object(), cx.peek(1).object());
    cx.finish(2, 0, result)
}

/// `(start, stop -- slice)`, taking the references over.
#[inline(always)]
fn bounds_to_slice(cx: &mut Cx) {
    let (stop, start) = (cx.pop(), cx.pop());
    let key = slice::from_owned(start.into_owned(), stop.into_owned(), none_owned());
    cx.push(Word::owned_mortal(key));
    cx.save();
}

/// `(value, container, start, stop -- )`
pub unsafe fn store_slice(cx: &mut Cx, _: u32) -> Flow {
    bounds_to_slice(cx);
    let (container, value) = (cx.peek(2).object(), cx.peek(3).object());
    let result = ops::mapping::set_item(container, cx.peek(1).object(), Some(value));
    cx.finish_unit(3, 0, result)
}

/// `(value, container, key -- )`
pub unsafe fn store_subscr(cx: &mut Cx, _: u32) -> Flow {
    if cx.specialise_now() {
        specialize::binary::store_subscr(cx);
        return Flow::Again;
    }
    cx.save();
    let result = ops::mapping::set_item(
        cx.peek(2).object(),
        cx.peek(1).object(),
        Some(cx.peek(3).object()),
    );
    cx.finish_unit(3, 1, result)
}

#[inline(always)]
pub unsafe fn store_subscr_list_int(cx: &mut Cx, _: u32) -> Flow {
    let (container, index) = (cx.peek(2).object(), small_index(cx.peek(1)));
    if !container.is_exact(&LIST) {
        return Flow::Deopt;
    }
    let items = unsafe { container.cast::<List>() };
    let Some(index) = index.filter(|i| *i < items.len()) else {
        return Flow::Deopt;
    };
    unsafe {
        let value = cx.peek(3).into_owned();
        let slot = items.items.get().add(index);
        let old = std::mem::replace(&mut *slot, value.into_raw());
        let (key, container) = (cx.pop(), cx.pop());
        cx.drop_words(1);
        key.close();
        cx.save();
        container.close();
        Object::decref(old);
    }
    cx.advance(1)
}

#[inline(always)]
pub unsafe fn store_subscr_dict(cx: &mut Cx, _: u32) -> Flow {
    if !cx.peek(2).object().is_exact(&DICT) {
        return Flow::Deopt;
    }
    let (key, container, value) = (cx.pop(), cx.pop(), cx.pop());
    // The container alone stays.
    cx.push(container);
    cx.save();
    let result = dict::set_owned(container.object(), key.into_owned(), value.into_owned());
    cx.finish_unit(1, 1, result)
}

/// `(container, key -- )`
pub unsafe fn delete_subscr(cx: &mut Cx, _: u32) -> Flow {
    cx.save();
    let result = ops::mapping::set_item(cx.peek(2).object(), cx.peek(1).object(), None);
    cx.finish_unit(2, 0, result)
}

macro_rules! unary_operations {
    ($($name:ident $compute:path;)*) => { $(
        /// `(value -- result)`
        pub unsafe fn $name(cx: &mut Cx, _: u32) -> Flow {
            cx.save();
            let result = $compute(cx.peek(1).object());
            cx.finish(1, 0, result)
        }
    )* };
}

unary_operations! {
    unary_negative ops::number::negative;
    unary_invert ops::number::invert;
}

/// `(bool -- bool)`
#[inline(always)]
pub unsafe fn unary_not(cx: &mut Cx, _: u32) -> Flow {
    let value = super::cx::is_true_word(cx.pop());
    cx.push(bool_word(!value));
    cx.advance(0)
}

/// `(list, .., value -- list, ..)`: appends to operand `oparg` (comprehensions).
#[inline(always)]
pub unsafe fn list_append(cx: &mut Cx, oparg: u32) -> Flow {
    let value = cx.pop().into_owned();
    // SAFETY: the compiler builds a list there.
    unsafe { cx.peek(oparg as usize).object().cast::<List>().push(value) };
    cx.advance(0)
}
