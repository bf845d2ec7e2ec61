//! `bool`.

use crate::args::check_positional;
use crate::object::Object;
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::{Slots, Type, flags};
use crate::types::int::{self, Int};

pub static BOOL: Type = Type::builtin(
    "bool",
    int::HEADER,
    Slots {
        dealloc,
        repr: Some(repr),
        new: Some(new),
        invert: Some(invert),
        and: Some(and),
        xor: Some(xor),
        or: Some(or),
        ..Slots::NONE
    },
)
.with_flags(flags::LONG_SUBCLASS)
.with_itemsize(4)
.with_base(&raw const int::INT)
.with_vectorcall(vectorcall);

pub static FALSE: Int = Int::constant(&raw const BOOL, 0);
pub static TRUE: Int = Int::constant(&raw const BOOL, 1);

/// `True` or `False`, borrowed.
#[inline(always)]
pub fn from_bool(value: bool) -> &'static Object {
    if value { &TRUE.object } else { &FALSE.object }
}

/// `True` or `False`, to be returned; immortal.
#[inline(always)]
pub fn bool_owned(value: bool) -> Owned {
    // SAFETY: static and immortal: no count is needed.
    unsafe { Owned::from_raw(from_bool(value).as_ptr()) }
}

#[inline(always)]
pub fn is_true(object: &Object) -> bool {
    object.is(&TRUE.object)
}

#[inline(always)]
pub fn is_bool(object: &Object) -> bool {
    object.is_exact(&BOOL)
}

fn repr(this: &Object) -> PyResult {
    Ok(Owned::new(if is_true(this) {
        &crate::names().True
    } else {
        &crate::names().False
    }))
}

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let _ = ty;
    crate::args::no_keyword_dict("bool", kwargs)?;
    let given = crate::args::tuple_len(args);
    check_positional("bool", given, 0, 1)?;
    if given == 0 {
        return Ok(bool_owned(false));
    }
    crate::ops::compare::is_true(crate::args::tuple_item(args, 0)).map(bool_owned)
}

fn vectorcall(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    crate::args::no_keywords("bool", kwnames)?;
    check_positional("bool", args.len(), 0, 1)?;
    match args {
        [] => Ok(bool_owned(false)),
        [value, ..] => crate::ops::compare::is_true(value.object()).map(bool_owned),
    }
}

fn invert(this: &Object) -> PyResult {
    crate::error::warn(
        "DeprecationWarning",
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the \
         underlying int object and is usually not what you expect from negating a bool. Use the 'not' operator for boolean negation \
         or ~int(x) if you really want the bitwise inversion of the underlying int.",
        1,
    )?;
    int::arith::invert(this)
}

macro_rules! logical {
    ($($name:ident $op:tt)*) => { $(
        fn $name(a: &Object, b: &Object) -> PyResult {
            if !is_bool(a) || !is_bool(b) {
                return int::arith::$name(a, b);
            }
            Ok(bool_owned(is_true(a) $op is_true(b)))
        }
    )* };
}

logical! { and & xor ^ or | }

/// The constants never die; a stray decrement makes them immortal again.
unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a static object.
    unsafe { (*object).make_immortal() }
}
