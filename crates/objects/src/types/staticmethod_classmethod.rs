//! `staticmethod` and `classmethod` (Objects/funcobject.c).

use std::mem::offset_of;

use crate::args::{check_positional, no_keyword_dict, tuple_item, tuple_len};
use crate::error::{self, runtime_error};
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, call, compare, text};
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::*;
use crate::types::bool::bool_owned;
use crate::types::dict::managed;
use crate::types::str::Str;
use crate::types::{method, r#type};
use crate::visit::Visit;
use crate::{names, none};

/// The layout of both.
#[repr(C)]
pub struct Wrapped {
    pub object: Object,
    pub callable: Field,
    dict: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Wrapped {
    fn type_object() -> &'static Type {
        &STATICMETHOD
    }
}

const fn common(name: &'static str, slots: Slots) -> Type {
    Type::builtin(
        name,
        32,
        Slots {
            dealloc,
            visit,
            clear: Some(clear),
            getattro: Some(attribute::generic_get),
            init: Some(init),
            new: Some(new_slot),
            ..slots
        },
    )
    .with_flags(flags::BASETYPE | flags::HAVE_GC)
    .with_dictoffset(offset_of!(Wrapped, dict))
    .with_methods(METHODS)
    .with_members(MEMBERS)
    .with_getset(GETSET)
}

const METHODS: &[MethodDef] = &[MethodDef::class(
    "__class_getitem__",
    Native::O(crate::types::generic_alias::new),
    "",
)];

const fn callable_member(name: &'static str) -> MemberDef {
    MemberDef {
        name,
        kind: MemberKind::Object,
        offset: offset_of!(Wrapped, callable),
        readonly: true,
        doc: "",
    }
}

const MEMBERS: &[MemberDef] = &[callable_member("__func__"), callable_member("__wrapped__")];

const GETSET: &[GetSetDef] = &[
    entry("__isabstractmethod__", get_abstract, None),
    entry(
        "__dict__",
        managed::generic_get_dict,
        Some(r#type::new_slots::generic_set_dict),
    ),
    entry("__annotations__", get_annotations, Some(set_annotations)),
    entry("__annotate__", get_annotate, Some(set_annotate)),
];

const fn entry(
    name: &'static str,
    get: fn(&Object) -> PyResult,
    set: Option<fn(&Object, Option<&Object>) -> PyResult<()>>,
) -> GetSetDef {
    GetSetDef {
        name,
        get: Some(get),
        set,
        doc: "",
    }
}

pub static STATICMETHOD: Type = common(
    "staticmethod",
    Slots {
        repr: Some(static_repr),
        call: Some(static_call),
        descr_get: Some(static_get),
        ..Slots::NONE
    },
);

pub static CLASSMETHOD: Type = common(
    "classmethod",
    Slots {
        repr: Some(class_repr),
        descr_get: Some(class_get),
        ..Slots::NONE
    },
);

#[inline(always)]
fn body(object: &Object) -> &Wrapped {
    // SAFETY: slots and getsets of the two types, which share the layout.
    unsafe { &*object.as_ptr().cast::<Wrapped>() }
}

fn make(ty: &Type, callable: &Object) -> Owned {
    let Ok(object) = r#type::generic_alloc(ty, 0) else {
        panic!("out of memory for a method wrapper");
    };
    body(&object).callable.set_ref(Some(callable));
    object
}

/// `staticmethod(callable)` without its attributes (`PyStaticMethod_New`).
pub fn new_static(callable: &Object) -> Owned {
    make(&STATICMETHOD, callable)
}

/// `classmethod(callable)` without its attributes (`PyClassMethod_New`).
pub fn new_class(callable: &Object) -> Owned {
    make(&CLASSMETHOD, callable)
}

/// What it wraps, borrowed.
pub fn wrapped(object: &Object) -> Option<&Object> {
    body(object).callable.get()
}

/// Whether the object is a function written in Python.
pub fn is_python_function(object: &Object) -> bool {
    object.ty().has(flags::METHOD_DESCRIPTOR) && object.ty().full_name() == "function"
}

fn new_slot(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    let object = r#type::generic_alloc(ty, 0)?;
    body(&object).callable.set_ref(Some(none()));
    Ok(object)
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let is_static = object.ty().is_subtype(&STATICMETHOD);
    let name = if is_static {
        "staticmethod"
    } else {
        "classmethod"
    };
    no_keyword_dict(name, kwargs)?;
    check_positional(name, tuple_len(args), 1, 1)?;
    let callable = tuple_item(args, 0);
    body(object).callable.set_ref(Some(callable));
    let names = names();
    let copied: [&Object; 4] = [
        &names.__module__,
        &names.__name__,
        &names.__qualname__,
        &names.__doc__,
    ];
    for name in copied {
        if let Some(value) = attribute::get_optional(callable, name)? {
            attribute::set(object, name, Some(&value))?;
        }
    }
    Ok(())
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        clear(&*object);
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    body(object).callable.visit("__func__", visit);
    body(object).dict.visit("__dict__", visit);
}

fn clear(object: &Object) {
    body(object).callable.clear();
    body(object).dict.clear();
}

fn shown(object: &Object, what: &str) -> PyResult {
    let callable = body(object).callable.or_none();
    Ok(Str::new(&format!(
        "<{what}({})>",
        text::lossy(&*text::repr(&callable)?)
    )))
}

fn static_repr(object: &Object) -> PyResult {
    shown(object, "staticmethod")
}

fn class_repr(object: &Object) -> PyResult {
    shown(object, "classmethod")
}

fn static_get(object: &Object, _: Option<&Object>, _: Option<&Object>) -> PyResult {
    body(object)
        .callable
        .owned()
        .ok_or_else(|| runtime_error("uninitialized staticmethod object"))
}

fn static_call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (tuple, kwargs) = call::tuple_and_dict(args, kwnames)?;
    let tuple = crate::root("arguments", tuple);
    let kwargs = kwargs.map(|k| crate::root("keyword arguments", k));
    call_with_tuple(object, &tuple, kwargs.as_deref())
}

/// Calls what a staticmethod wraps with a tuple and a dict.
pub fn call_with_tuple(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    match body(object).callable.get() {
        Some(callable) => call::call_tuple_dict(callable, args, kwargs),
        None => Err(runtime_error("uninitialized staticmethod object")),
    }
}

fn class_get(object: &Object, instance: Option<&Object>, owner: Option<&Object>) -> PyResult {
    let Some(callable) = body(object).callable.get() else {
        return Err(runtime_error("uninitialized classmethod object"));
    };
    let class = match (owner, instance) {
        (Some(owner), _) => owner,
        (None, Some(instance)) => instance.ty().as_object(),
        (None, None) => none(),
    };
    Ok(method::new(callable, class))
}

/// Whether what it wraps is abstract (`_PyObject_IsAbstract`).
pub fn is_abstract(object: Option<&Object>) -> PyResult<bool> {
    let Some(object) = object else {
        return Ok(false);
    };
    match attribute::get_optional(object, &names().__isabstractmethod__)? {
        Some(value) => {
            let value = crate::root("__isabstractmethod__", value);
            compare::is_true(&value)
        }
        None => Ok(false),
    }
}

fn get_abstract(object: &Object) -> PyResult {
    is_abstract(body(object).callable.get()).map(bool_owned)
}

/// An attribute of what is wrapped, kept in the wrapper's own dict (`descriptor_get_wrapped_attribute`).
fn wrapped_attribute(object: &Object, name: &Object) -> PyResult {
    let own = managed::generic_get_dict(object)?;
    if let Some(found) = crate::types::dict::get(&own, name)? {
        return Ok(found);
    }
    let callable = body(object).callable.or_none();
    let found = attribute::get(&callable, name)?;
    crate::types::dict::set(&own, name, &found)?;
    Ok(found)
}

fn set_wrapped_attribute(object: &Object, name: &Object, value: Option<&Object>) -> PyResult<()> {
    let own = managed::generic_get_dict(object)?;
    match value {
        Some(value) => crate::types::dict::set(&own, name, value),
        None => {
            if crate::types::dict::remove(&own, name)? {
                Ok(())
            } else {
                Err(error::raise_with(
                    &crate::types::exceptions::ATTRIBUTE_ERROR,
                    name,
                ))
            }
        }
    }
}

fn get_annotations(object: &Object) -> PyResult {
    wrapped_attribute(object, &names().__annotations__)
}

fn set_annotations(object: &Object, value: Option<&Object>) -> PyResult<()> {
    set_wrapped_attribute(object, &names().__annotations__, value)
}

fn get_annotate(object: &Object) -> PyResult {
    wrapped_attribute(object, &names().__annotate__)
}

fn set_annotate(object: &Object, value: Option<&Object>) -> PyResult<()> {
    set_wrapped_attribute(object, &names().__annotate__, value)
}
