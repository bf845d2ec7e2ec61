//! Comparison, hash, truth, membership in classes.

use crate::error::type_error;
use crate::object::Object;
use crate::ops::{attribute, call};
use crate::refs::{Owned, PyResult, Raised};
use crate::state::{self, root, words};
use crate::typeobject::{CompareOp, Type, flags};
use crate::types::bool::{BOOL, FALSE, TRUE, bool_owned, from_bool};
use crate::types::none::{NONE, NOT_IMPLEMENTED};
use crate::types::tuple::Tuple;
use crate::types::r#type::{TYPE, as_type};

impl CompareOp {
    /// The operator with its operands exchanged.
    pub fn swapped(self) -> CompareOp {
        match self {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Eq => CompareOp::Eq,
            CompareOp::Ne => CompareOp::Ne,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
        }
    }

    /// How it is written.
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// Whether an ordering satisfies it (`Py_RETURN_RICHCOMPARE`).
    #[inline(always)]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            CompareOp::Lt => ordering.is_lt(),
            CompareOp::Le => ordering.is_le(),
            CompareOp::Eq => ordering.is_eq(),
            CompareOp::Ne => ordering.is_ne(),
            CompareOp::Gt => ordering.is_gt(),
            CompareOp::Ge => ordering.is_ge(),
        }
    }
}

/// `a op b` (`PyObject_RichCompare`).
pub fn compare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    state::get().check_native_stack(" in comparison")?;
    let (left, right) = (a.ty(), b.ty());
    let mut reversed = false;
    if !std::ptr::eq(left, right)
        && right.is_subtype(left)
        && let Some(slot) = right.slots.richcompare
    {
        reversed = true;
        let result = slot(b, a, op.swapped())?;
        if !result.is(&NOT_IMPLEMENTED) {
            return Ok(result);
        }
    }
    if let Some(slot) = left.slots.richcompare {
        let result = slot(a, b, op)?;
        if !result.is(&NOT_IMPLEMENTED) {
            return Ok(result);
        }
    }
    if !reversed && let Some(slot) = b.ty().slots.richcompare {
        let result = slot(b, a, op.swapped())?;
        if !result.is(&NOT_IMPLEMENTED) {
            return Ok(result);
        }
    }
    match op {
        CompareOp::Eq => Ok(bool_owned(a.is(b))),
        CompareOp::Ne => Ok(bool_owned(!a.is(b))),
        _ => Err(type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            a.ty().full_name(),
            b.ty().full_name()
        ))),
    }
}

/// The truth of `a op b`; identical objects are equal (`PyObject_RichCompareBool`).
#[inline]
pub fn compare_bool(a: &Object, b: &Object, op: CompareOp) -> PyResult<bool> {
    if a.is(b) {
        if op == CompareOp::Eq {
            return Ok(true);
        }
        if op == CompareOp::Ne {
            return Ok(false);
        }
    }
    let result = compare(a, b, op)?;
    if result.is_exact(&BOOL) {
        return Ok(result.is(&TRUE.object));
    }
    let result = root("result of a comparison", result);
    is_true(&result)
}

/// `hash(object)`; never -1.
#[inline]
pub fn hash(object: &Object) -> PyResult<isize> {
    match object.ty().slots.hash {
        Some(slot) => slot(object),
        None => Err(unhashable(object)),
    }
}

/// The `hash` slot of unhashable types (`PyObject_HashNotImplemented`).
#[inline(never)]
pub fn hash_not_implemented(object: &Object) -> PyResult<isize> {
    Err(unhashable(object))
}

#[cold]
fn unhashable(object: &Object) -> Raised {
    type_error(format!("unhashable type: '{}'", object.ty().full_name()))
}

/// The hash of an address (`PyObject_GenericHash`).
#[inline(never)]
pub fn hash_pointer(object: &Object) -> PyResult<isize> {
    Ok(hash_address(object.as_ptr() as usize))
}

/// `Py_HashPointer`: the address with its low four bits turned to the top.
#[inline(always)]
pub fn hash_address(address: usize) -> isize {
    let hash = address.rotate_right(4) as isize;
    if hash == -1 { -2 } else { hash }
}

/// `bool(object)` (`PyObject_IsTrue`).
#[inline]
pub fn is_true(object: &Object) -> PyResult<bool> {
    if object.is(&TRUE.object) {
        return Ok(true);
    }
    if object.is(&FALSE.object) || object.is(&NONE) {
        return Ok(false);
    }
    let slots = &object.ty().slots;
    if let Some(slot) = slots.bool {
        return slot(object);
    }
    if let Some(slot) = slots.mp_length.or(slots.sq_length) {
        return Ok(slot(object)? > 0);
    }
    Ok(true)
}

/// `not object`, borrowed.
pub fn not(object: &Object) -> PyResult<&'static Object> {
    Ok(from_bool(!is_true(object)?))
}

/// `isinstance(object, class)` (`PyObject_IsInstance`).
pub fn is_instance(object: &Object, class: &Object) -> PyResult<bool> {
    if std::ptr::eq(object.type_word().cast(), class) {
        return Ok(true);
    }
    if class.is_exact(&TYPE) {
        return plain_is_instance(object, class);
    }
    if class.is_exact(&crate::types::union::UNION) {
        let args = root("union arguments", crate::types::union::args(class));
        return any_of(&args, " in __instancecheck__", |c| is_instance(object, c));
    }
    if class.ty().has(flags::TUPLE_SUBCLASS) {
        return any_of(class, " in __instancecheck__", |c| is_instance(object, c));
    }
    if let Some(hook) = attribute::lookup_special(class, &crate::names().__instancecheck__)? {
        let hook = root("__instancecheck__", hook);
        state::get().check_native_stack(" in __instancecheck__")?;
        let result = call::call(&hook, &words([object]), None)?;
        let result = root("result of __instancecheck__", result);
        return is_true(&result);
    }
    plain_is_instance(object, class)
}

fn any_of(
    classes: &Object,
    doing: &str,
    mut test: impl FnMut(&Object) -> PyResult<bool>,
) -> PyResult<bool> {
    state::get().check_native_stack(doing)?;
    // SAFETY: callers pass tuples; a tuple that is held does not change.
    for class in unsafe { classes.cast::<Tuple>() }.items() {
        if test(class)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `isinstance` without the hook (`_PyObject_RealIsInstance`).
pub fn plain_is_instance(object: &Object, class: &Object) -> PyResult<bool> {
    let names = crate::names();
    if let Some(ty) = as_type(class) {
        if object.ty().is_subtype(ty) {
            return Ok(true);
        }
        let Some(own) = attribute::get_optional(object, &names.__class__)? else {
            return Ok(false);
        };
        return Ok(match as_type(&own) {
            Some(own) if !std::ptr::eq(own, object.ty()) => own.is_subtype(ty),
            _ => false,
        });
    }
    check_class(
        class,
        "isinstance() arg 2 must be a type, a tuple of types, or a union",
    )?;
    match attribute::get_optional(object, &names.__class__)? {
        Some(own) => abstract_is_subclass(&own, class),
        None => Ok(false),
    }
}

/// The `__bases__` of something class-like, if it is a tuple.
fn abstract_bases(class: &Object) -> PyResult<Option<Owned>> {
    let bases = attribute::get_optional(class, &crate::names().__bases__)?;
    Ok(bases.filter(|b| b.ty().has(flags::TUPLE_SUBCLASS)))
}

fn check_class(class: &Object, message: &str) -> PyResult<()> {
    match abstract_bases(class)? {
        Some(_) => Ok(()),
        None => Err(type_error(message)),
    }
}

fn abstract_is_subclass(derived: &Object, class: &Object) -> PyResult<bool> {
    let mut at = Owned::new(derived);
    let bases = loop {
        if at.is(class) {
            return Ok(true);
        }
        let Some(bases) = abstract_bases(&at)? else {
            return Ok(false);
        };
        // SAFETY: checked to be a tuple.
        let items = unsafe { bases.cast::<Tuple>() }.items();
        match items {
            [] => return Ok(false),
            [only] => at = only.clone(),
            _ => break bases,
        }
    };
    state::get().check_native_stack(" in __issubclass__")?;
    let bases = root("__bases__", bases);
    // SAFETY: checked to be a tuple.
    for base in unsafe { bases.cast::<Tuple>() }.items() {
        if abstract_is_subclass(base, class)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `issubclass` without the hook (`_PyObject_RealIsSubclass`).
pub fn plain_is_subclass(derived: &Object, class: &Object) -> PyResult<bool> {
    if let (Some(class), Some(derived)) = (as_type(class), as_type(derived)) {
        return Ok(derived.is_subtype(class));
    }
    check_class(derived, "issubclass() arg 1 must be a class")?;
    if !class.is_exact(&crate::types::union::UNION) {
        check_class(
            class,
            "issubclass() arg 2 must be a class, a tuple of classes, or a union",
        )?;
    }
    abstract_is_subclass(derived, class)
}

/// `issubclass(derived, class)` (`PyObject_IsSubclass`).
pub fn is_subclass(derived: &Object, class: &Object) -> PyResult<bool> {
    if class.is_exact(&TYPE) {
        return if derived.is(class) {
            Ok(true)
        } else {
            plain_is_subclass(derived, class)
        };
    }
    if class.is_exact(&crate::types::union::UNION) {
        let args = root("union arguments", crate::types::union::args(class));
        return any_of(&args, " in __subclasscheck__", |c| is_subclass(derived, c));
    }
    if class.ty().has(flags::TUPLE_SUBCLASS) {
        return any_of(class, " in __subclasscheck__", |c| is_subclass(derived, c));
    }
    if let Some(hook) = attribute::lookup_special(class, &crate::names().__subclasscheck__)? {
        let hook = root("__subclasscheck__", hook);
        state::get().check_native_stack(" in __subclasscheck__")?;
        let result = call::call(&hook, &words([derived]), None)?;
        let result = root("result of __subclasscheck__", result);
        return is_true(&result);
    }
    plain_is_subclass(derived, class)
}

/// Whether an exception instance or class matches what an `except` clause names: a class or a tuple of them
/// (`PyErr_GivenExceptionMatches`); no hooks run.
pub fn exception_matches(given: &Object, wanted: &Object) -> bool {
    if wanted.ty().has(flags::TUPLE_SUBCLASS) {
        // SAFETY: just checked.
        return unsafe { wanted.cast::<Tuple>() }
            .items()
            .iter()
            .any(|w| exception_matches(given, w));
    }
    let given_class: &Type = if given.ty().has(flags::BASE_EXC_SUBCLASS) {
        given.ty()
    } else {
        match as_type(given) {
            Some(ty) => ty,
            None => return given.is(wanted),
        }
    };
    match as_type(wanted) {
        Some(wanted)
            if wanted.has(flags::BASE_EXC_SUBCLASS)
                && given_class.has(flags::BASE_EXC_SUBCLASS) =>
        {
            given_class.is_subtype(wanted)
        }
        _ => std::ptr::eq(given_class.as_object(), wanted) || given.is(wanted),
    }
}
