//! `dict_keys`, `dict_items`, `dict_values`. Their set operations are in `view_sets`.

use std::cell::Cell;

use super::iterators::{
    self, ITEM_ITER, KEY_ITER, REVERSE_ITEM_ITER, REVERSE_KEY_ITER, REVERSE_VALUE_ITER, VALUE_ITER,
};
use super::{dict_of, view_sets};
use crate::alloc::{self, Kind};
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, compare, sequence, text};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::{CompareOp, GetSetDef, MethodDef, Native, Slots, Type, flags};
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::writer::Writer;
use crate::visit::Visit;

/// A view on a dict.
#[repr(C)]
pub struct DictView {
    object: Object,
    /// Owned.
    dict: Cell<*mut Object>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for DictView {
    fn type_object() -> &'static Type {
        &KEYS
    }
}

const COMMON: Slots = Slots {
    dealloc,
    visit,
    repr: Some(repr),
    getattro: Some(attribute::generic_get),
    sq_length: Some(length),
    ..Slots::NONE
};

/// Keys and items behave as sets.
const SET_LIKE: Slots = Slots {
    richcompare: Some(view_sets::richcompare),
    subtract: Some(view_sets::subtract),
    and: Some(view_sets::and),
    xor: Some(view_sets::xor),
    or: Some(view_sets::or),
    ..COMMON
};

const GETSET: &[GetSetDef] = &[GetSetDef::read(
    "mapping",
    mapping,
    "dictionary that this view refers to",
)];
const ISDISJOINT: MethodDef = MethodDef::new(
    "isdisjoint",
    Native::O(view_sets::isdisjoint),
    "Return True if the view and the given iterable have a null intersection.",
);

pub static KEYS: Type = Type::builtin(
    "dict_keys",
    24,
    Slots {
        iter: Some(|v| Ok(iterators::new(view_dict(v), &KEY_ITER))),
        sq_contains: Some(|v, key| super::contains(view_dict(v), key)),
        ..SET_LIKE
    },
)
.with_flags(flags::HAVE_GC)
.with_getset(GETSET)
.with_methods(&[
    ISDISJOINT,
    MethodDef::new(
        "__reversed__",
        Native::NoArgs(|v| Ok(iterators::new(view_dict(v), &REVERSE_KEY_ITER))),
        "",
    ),
]);

pub static ITEMS: Type = Type::builtin(
    "dict_items",
    24,
    Slots {
        iter: Some(|v| Ok(iterators::new(view_dict(v), &ITEM_ITER))),
        sq_contains: Some(items_contains),
        ..SET_LIKE
    },
)
.with_flags(flags::HAVE_GC)
.with_getset(GETSET)
.with_methods(&[
    ISDISJOINT,
    MethodDef::new(
        "__reversed__",
        Native::NoArgs(|v| Ok(iterators::new(view_dict(v), &REVERSE_ITEM_ITER))),
        "Return a reverse iterator over the dict items.",
    ),
]);

pub static VALUES: Type = Type::builtin(
    "dict_values",
    24,
    Slots {
        iter: Some(|v| Ok(iterators::new(view_dict(v), &VALUE_ITER))),
        ..COMMON
    },
)
.with_flags(flags::HAVE_GC)
.with_getset(GETSET)
.with_methods(&[MethodDef::new(
    "__reversed__",
    Native::NoArgs(|v| Ok(iterators::new(view_dict(v), &REVERSE_VALUE_ITER))),
    "Return a reverse iterator over the dict values.",
)]);

/// The dict of a view.
#[inline(always)]
pub(crate) fn view_dict(object: &Object) -> &Object {
    // SAFETY: the slots of view types; the view owns its dict.
    unsafe { &*object.cast::<DictView>().dict.get() }
}

/// A view of one of the three types.
pub fn new(dict: &Object, ty: &'static Type) -> Owned {
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc::object_of_kind(Kind::Gc, ty, size_of::<DictView>());
        assert!(!memory.is_null(), "out of memory for a view");
        dict.incref();
        (*memory.cast::<DictView>()).dict = Cell::new(dict.as_ptr());
        gc::track(&*memory);
        Owned::from_raw(memory)
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead view.
    unsafe {
        gc::untrack(&*object);
        crate::types::clear_field(&(*object.cast::<DictView>()).dict);
        alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: a view.
    visit.field("dict", unsafe { object.cast::<DictView>() }.dict.get());
}

fn length(object: &Object) -> PyResult<usize> {
    Ok(dict_of(view_dict(object)).len())
}

fn mapping(object: &Object) -> PyResult {
    Ok(crate::types::descriptors::mappingproxy::new(view_dict(
        object,
    )))
}

fn repr(object: &Object) -> PyResult {
    if !text::repr_enter(object) {
        return Ok(Str::new("..."));
    }
    let result = repr_inner(object);
    text::repr_leave(object);
    result
}

fn repr_inner(object: &Object) -> PyResult {
    let items = root("items", sequence::to_list(object)?);
    let mut out = Writer::new(object.ty().full_name());
    out.push("(");
    out.push_repr(&items)?;
    out.push(")");
    Ok(out.finish())
}

fn items_contains(object: &Object, pair: &Object) -> PyResult<bool> {
    let Some(pair) = pair.downcast::<Tuple>().filter(|p| p.len() == 2) else {
        return Ok(false);
    };
    let Some(found) = super::get(view_dict(object), &pair.items()[0])? else {
        return Ok(false);
    };
    let found = root("value", found);
    compare::compare_bool(&found, &pair.items()[1], CompareOp::Eq)
}
