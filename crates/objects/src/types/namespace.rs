//! `types.SimpleNamespace` (Objects/namespaceobject.c).

use std::mem::offset_of;

use crate::args::{check_positional, tuple_item, tuple_len};
use crate::error::type_error;
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, call, compare, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::*;
use crate::types::none::not_implemented;
use crate::types::str::{self, Str};
use crate::types::{dict, tuple, r#type};
use crate::visit::Visit;

#[repr(C)]
pub struct Namespace {
    pub object: Object,
    pub dict: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Namespace {
    fn type_object() -> &'static Type {
        &NAMESPACE
    }
}

pub static NAMESPACE: Type = Type::builtin(
    "types.SimpleNamespace",
    24,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(repr),
        getattro: Some(attribute::generic_get),
        setattro: Some(attribute::generic_set),
        richcompare: Some(richcompare),
        init: Some(init),
        new: Some(new_slot),
        ..Slots::NONE
    },
)
.with_flags(flags::BASETYPE | flags::HAVE_GC)
.with_dictoffset(offset_of!(Namespace, dict))
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("__replace__", Native::VarArgsKeywords(replace), ""),
])
.with_members(&[MemberDef {
    name: "__dict__",
    kind: MemberKind::Object,
    offset: offset_of!(Namespace, dict),
    readonly: false,
    doc: "",
}])
.with_doc("SimpleNamespace(mapping_or_iterable=(), /, **kwargs)\n--\n\n");

/// A namespace with the entries of a dict (`_PyNamespace_New`).
pub fn new(entries: &Object) -> PyResult {
    let made = new_slot(&NAMESPACE, tuple::empty_ref(), None)?;
    dict::update(space(&made), entries)?;
    Ok(made)
}

fn space(object: &Object) -> &Object {
    // SAFETY: slots of this type and its subtypes.
    unsafe { object.cast::<Namespace>() }
        .dict
        .get()
        .unwrap_or(crate::none())
}

fn new_slot(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    let object = r#type::generic_alloc(ty, 0)?;
    // SAFETY: just made.
    unsafe { object.cast::<Namespace>() }
        .dict
        .set(Some(dict::new()));
    Ok(object)
}

fn check_keys(entries: &Object) -> PyResult<()> {
    let mut at = 0;
    while let Some((key, _)) = dict::next(entries, &mut at) {
        if !str::is_str(key) {
            return Err(type_error("keywords must be strings"));
        }
    }
    Ok(())
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let given = tuple_len(args);
    check_positional(object.ty().name(), given, 0, 1)?;
    if given == 1 {
        let arg = tuple_item(args, 0);
        let entries = if arg.is_exact(&dict::DICT) {
            Owned::new(arg)
        } else {
            call::call(dict::DICT.as_object(), &[Word::borrowed(arg)], None)?
        };
        let entries = root("entries of a namespace", entries);
        check_keys(&entries)?;
        dict::update(space(object), &entries)?;
    }
    if let Some(kwargs) = kwargs {
        check_keys(kwargs)?;
        dict::update(space(object), kwargs)?;
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
    // SAFETY: a slot of this type.
    unsafe { object.cast::<Namespace>() }
        .dict
        .visit("__dict__", visit);
}

fn clear(object: &Object) {
    // SAFETY: a slot of this type.
    unsafe { object.cast::<Namespace>() }.dict.clear();
}

fn repr(object: &Object) -> PyResult {
    let name = if object.is_exact(&NAMESPACE) {
        "namespace"
    } else {
        object.ty().name()
    };
    if !text::repr_enter(object) {
        return Ok(Str::new(&format!("{name}(...)")));
    }
    let result = show(object, name);
    text::repr_leave(object);
    result
}

fn show(object: &Object, name: &std::primitive::str) -> PyResult {
    let entries = root("entries of a namespace", Owned::new(space(object)));
    let mut out = format!("{name}(").into_bytes();
    let mut first = true;
    let keys = crate::ops::sequence::to_list(&entries)?;
    let keys = root("keys of a namespace", keys);
    let mut index = 0;
    while let Some(key) = crate::ops::sequence::fast_item(&keys, index) {
        index += 1;
        if !str::is_str(key) || str::cast(key).is_empty() {
            continue;
        }
        let Some(value) = dict::get(&entries, key)? else {
            continue;
        };
        let value = root("value of a namespace", value);
        let shown = text::repr(&value)?;
        if !std::mem::replace(&mut first, false) {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(&str::cast(key).wtf8());
        out.push(b'=');
        out.extend_from_slice(&str::cast(&shown).wtf8());
    }
    out.push(b')');
    Ok(Str::from_wtf8(&out))
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !a.ty().is_subtype(&NAMESPACE) || !b.ty().is_subtype(&NAMESPACE) {
        return Ok(not_implemented());
    }
    compare::compare(space(a), space(b), op)
}

fn reduce(object: &Object) -> PyResult {
    Ok(tuple::from_owned(vec![
        Owned::new(object.ty().as_object()),
        tuple::empty(),
        Owned::new(space(object)),
    ]))
}

fn replace(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if tuple_len(args) != 0 {
        return Err(type_error(format!(
            "__replace__() takes 0 positional arguments but {} were given",
            tuple_len(args)
        )));
    }
    let made = call::call(object.ty().as_object(), &[], None)?;
    let made = root("namespace being made", made);
    let target = attribute::get(&made, &crate::names().__dict__)?;
    let target = root("__dict__", target);
    dict::update(&target, space(object))?;
    if let Some(kwargs) = kwargs {
        dict::update(&target, kwargs)?;
    }
    drop(target);
    Ok(made.take())
}
