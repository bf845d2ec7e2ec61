//! `_typing._ConstEvaluator`: a function that gives a value known already.

use crate::alloc::object_memory;
use crate::error::type_error;
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, text};
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::*;
use crate::types::str::{self, Str};
use crate::types::tuple::Tuple;
use crate::types::union::type_repr;
use crate::visit::Visit;

#[repr(C)]
pub struct ConstEvaluator {
    pub object: Object,
    value: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for ConstEvaluator {
    fn type_object() -> &'static Type {
        &CONST_EVALUATOR
    }
}

pub static CONST_EVALUATOR: Type = Type::builtin(
    "_typing._ConstEvaluator",
    24,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(repr),
        call: Some(call),
        getattro: Some(attribute::generic_get),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION);

/// An evaluator of a value.
pub fn new(value: &Object) -> Owned {
    // SAFETY: the body is written at once.
    unsafe {
        let object = object_memory(&CONST_EVALUATOR, 24);
        assert!(!object.is_null(), "out of memory for an evaluator");
        let field = Field::new(Some(Owned::new(value)));
        (&raw mut (*object.cast::<ConstEvaluator>()).value).write(field);
        gc::track(&*object);
        Owned::from_raw(object)
    }
}

fn body(object: &Object) -> &ConstEvaluator {
    // SAFETY: slots of this type only.
    unsafe { object.cast() }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        clear(&*object);
        crate::alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    body(object).value.visit("value", visit);
}

fn clear(object: &Object) {
    body(object).value.clear();
}

fn repr(object: &Object) -> PyResult {
    let shown = text::repr(&body(object).value.or_none())?;
    crate::types::exceptions::base::joined("<constevaluator ", &shown, ">")
}

/// The format that asks for source text (`annotationlib.Format.STRING`).
const STRING: i32 = 4;

fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    crate::args::no_keywords("constevaluator.__call__", kwnames)?;
    let [format] = args else {
        return Err(type_error(format!(
            "constevaluator.__call__() takes exactly 1 argument ({} given)",
            args.len()
        )));
    };
    let format = crate::types::int::as_i32(format.object())?;
    let value = body(object).value.or_none();
    if format != STRING {
        return Ok(value);
    }
    let Some(items) = value.downcast::<Tuple>() else {
        return type_repr(&value);
    };
    let mut out = vec![b'('];
    for (index, item) in items.items().iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(&str::cast(&*type_repr(item)?).wtf8());
    }
    out.push(b')');
    Ok(Str::from_wtf8(&out))
}
