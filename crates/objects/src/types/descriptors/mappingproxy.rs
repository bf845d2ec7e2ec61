//! `mappingproxy`: a mapping that can only be read (Objects/descrobject.c).

use crate::args::{Signature, check_positional};
use crate::error::type_error;
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::call::call_method;
use crate::ops::{attribute, compare, iter, mapping, number, sequence, text};
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::*;
use crate::types::none::not_implemented;
use crate::visit::Visit;
use crate::{names, none};

#[repr(C)]
pub struct MappingProxy {
    pub object: Object,
    pub mapping: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for MappingProxy {
    fn type_object() -> &'static Type {
        &MAPPING_PROXY
    }
}

pub static MAPPING_PROXY: Type = Type::builtin(
    "mappingproxy",
    24,
    Slots {
        dealloc,
        visit,
        repr: Some(repr),
        str: Some(to_str),
        hash: Some(hash),
        getattro: Some(attribute::generic_get),
        richcompare: Some(richcompare),
        iter: Some(to_iter),
        or: Some(or),
        inplace_or: Some(inplace_or),
        mp_length: Some(len),
        mp_subscript: Some(subscript),
        sq_contains: Some(contains),
        new: Some(new_slot),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::MAPPING)
.with_methods(&[
    MethodDef::new(
        "get",
        Native::Fast(get),
        "get($self, key, default=None, /)\n--\n\n",
    ),
    MethodDef::new("keys", Native::NoArgs(keys), ""),
    MethodDef::new("values", Native::NoArgs(values), ""),
    MethodDef::new("items", Native::NoArgs(items), ""),
    MethodDef::new("copy", Native::NoArgs(copy), ""),
    MethodDef::class(
        "__class_getitem__",
        Native::O(crate::types::generic_alias::new),
        "",
    ),
    MethodDef::new("__reversed__", Native::NoArgs(reversed), ""),
])
.with_doc("mappingproxy(mapping)\n--\n\n");

/// A proxy of a mapping (`PyDictProxy_New`).
pub fn new(mapping: &Object) -> Owned {
    // SAFETY: the body is written at once.
    unsafe {
        let object = crate::alloc::object_memory(&MAPPING_PROXY, 24);
        assert!(!object.is_null(), "out of memory for a mappingproxy");
        let field = Field::new(Some(Owned::new(mapping)));
        (&raw mut (*object.cast::<MappingProxy>()).mapping).write(field);
        gc::track(&*object);
        Owned::from_raw(object)
    }
}

fn mapping_of(object: &Object) -> &Object {
    // SAFETY: slots of this type only; the field is set for life.
    unsafe { object.cast::<MappingProxy>() }
        .mapping
        .get()
        .unwrap_or(none())
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        (*object).cast::<MappingProxy>().mapping.clear();
        crate::alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: a slot of this type.
    unsafe { object.cast::<MappingProxy>() }
        .mapping
        .visit("mapping", visit);
}

fn new_slot(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("mappingproxy", &["mapping"], 0, 1, 1);
    let [mapping] = SIGNATURE.bind_tuple(args, kwargs)?;
    let mapping = mapping.unwrap_or(none());
    let plain = flags::LIST_SUBCLASS | flags::TUPLE_SUBCLASS;
    if mapping.ty().slots.mp_subscript.is_none() || mapping.ty().has(plain) {
        return Err(type_error(format!(
            "mappingproxy() argument must be a mapping, not {}",
            mapping.ty().full_name()
        )));
    }
    Ok(new(mapping))
}

fn repr(object: &Object) -> PyResult {
    let shown = text::repr(mapping_of(object))?;
    crate::types::exceptions::base::joined("mappingproxy(", &shown, ")")
}

fn to_str(object: &Object) -> PyResult {
    text::str(mapping_of(object))
}

fn hash(object: &Object) -> PyResult<isize> {
    compare::hash(mapping_of(object))
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !a.is_exact(&MAPPING_PROXY) {
        return Ok(not_implemented());
    }
    compare::compare(mapping_of(a), b, op)
}

fn to_iter(object: &Object) -> PyResult {
    iter::iter(mapping_of(object))
}

fn or(a: &Object, b: &Object) -> PyResult {
    let inner = |o: &Object| {
        if o.is_exact(&MAPPING_PROXY) {
            Owned::new(mapping_of(o))
        } else {
            Owned::new(o)
        }
    };
    number::binary_op(7, &inner(a), &inner(b))
}

fn inplace_or(a: &Object, _: &Object) -> PyResult {
    Err(type_error(format!(
        "'|=' is not supported by {}; use '|' instead",
        a.ty().full_name()
    )))
}

fn len(object: &Object) -> PyResult<usize> {
    mapping::len(mapping_of(object))
}

fn subscript(object: &Object, key: &Object) -> PyResult {
    mapping::get_item(mapping_of(object), key)
}

fn contains(object: &Object, key: &Object) -> PyResult<bool> {
    sequence::contains(mapping_of(object), key)
}

fn get(object: &Object, args: &[Word]) -> PyResult {
    check_positional("get", args.len(), 1, 2)?;
    let default = args.get(1).copied().unwrap_or(Word::borrowed(none()));
    call_method(mapping_of(object), &names().get, &[args[0], default])
}

fn keys(object: &Object) -> PyResult {
    call_method(mapping_of(object), &names().keys, &[])
}

fn values(object: &Object) -> PyResult {
    call_method(mapping_of(object), &names().values, &[])
}

fn items(object: &Object) -> PyResult {
    call_method(mapping_of(object), &names().items, &[])
}

fn copy(object: &Object) -> PyResult {
    call_method(mapping_of(object), &names().copy, &[])
}

fn reversed(object: &Object) -> PyResult {
    call_method(mapping_of(object), &names().__reversed__, &[])
}
