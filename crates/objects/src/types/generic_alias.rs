//! `types.GenericAlias`: `list[int]` (Objects/genericaliasobject.c). Substitution of type variables is in `generic_substitution`.

use std::cell::Cell;

use crate::args;
use crate::error;
use crate::field::Field;
use crate::gc;
use crate::names::names;
use crate::object::{Layout, Object};
use crate::ops::{attribute, call, compare, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::{
    CompareOp, GetSetDef, MemberDef, MemberKind, MethodDef, Native, Slots, Type, flags,
};
use crate::types::exceptions as exc;
use crate::types::generic_substitution as substitution;
use crate::types::list::{self, List};
use crate::types::none::{ELLIPSIS, none, not_implemented};
use crate::types::str::Str;
use crate::types::tuple::{self, Tuple};
use crate::types::weakref;
use crate::types::writer::Writer;
use crate::types::{alloc_instance, bool, finish_instance, free_instance};
use crate::visit::Visit;

/// CPython's `gaobject`.
#[repr(C)]
pub struct GenericAlias {
    object: Object,
    origin: Field,
    /// A tuple.
    args: Field,
    /// A tuple, made on first use.
    parameters: Field,
    weaklist: Cell<*mut Object>,
    /// `*tuple[...]`.
    starred: Cell<bool>,
    _vectorcall: Cell<usize>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for GenericAlias {
    fn type_object() -> &'static Type {
        &GENERIC_ALIAS
    }
}

static MEMBERS: [MemberDef; 3] = [
    MemberDef::new(
        "__origin__",
        MemberKind::Object,
        std::mem::offset_of!(GenericAlias, origin),
    ),
    MemberDef::new(
        "__args__",
        MemberKind::Object,
        std::mem::offset_of!(GenericAlias, args),
    ),
    MemberDef::new(
        "__unpacked__",
        MemberKind::Bool,
        std::mem::offset_of!(GenericAlias, starred),
    ),
];

pub static GENERIC_ALIAS: Type = Type::builtin(
    "types.GenericAlias",
    size_of::<GenericAlias>(),
    Slots {
        dealloc,
        visit,
        repr: Some(repr),
        hash: Some(hash),
        call: Some(call_alias),
        getattro: Some(getattro),
        richcompare: Some(richcompare),
        iter: Some(iter_alias),
        new: Some(tp_new),
        or: Some(crate::types::union::type_or),
        mp_subscript: Some(subscript),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE | flags::HAVE_VECTORCALL)
.with_weaklistoffset(std::mem::offset_of!(GenericAlias, weaklist))
.with_members(&MEMBERS)
.with_getset(&[
    GetSetDef::read(
        "__parameters__",
        parameters,
        "Type variables in the GenericAlias.",
    ),
    GetSetDef::read("__typing_unpacked_tuple_args__", unpacked_tuple_args, ""),
])
.with_methods(&[
    MethodDef::new("__mro_entries__", Native::O(mro_entries), ""),
    MethodDef::new("__instancecheck__", Native::O(instance_check), ""),
    MethodDef::new("__subclasscheck__", Native::O(subclass_check), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("__dir__", Native::NoArgs(dir), ""),
])
.with_doc("GenericAlias(origin, args, /)\n--\n\n");

/// What `*tuple[int, ...]` iterates over: the starred alias, once.
#[repr(C)]
pub struct AliasIter {
    object: Object,
    alias: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for AliasIter {
    fn type_object() -> &'static Type {
        &ALIAS_ITER
    }
}

pub static ALIAS_ITER: Type = Type::builtin(
    "generic_alias_iterator",
    size_of::<AliasIter>(),
    Slots {
        dealloc: iter_dealloc,
        visit: iter_visit,
        iter: Some(crate::types::self_iter),
        iternext: Some(iter_next),
        getattro: Some(attribute::generic_get),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC);

fn of(object: &Object) -> &GenericAlias {
    // SAFETY: the slots and methods of this type.
    unsafe { object.cast() }
}

/// The origin of an alias, borrowed.
pub fn origin(object: &Object) -> &Object {
    of(object).origin.get().unwrap_or(none())
}

/// The tuple of an alias's arguments, borrowed.
pub fn arguments(object: &Object) -> &Object {
    of(object).args.get().unwrap_or(tuple::empty_ref())
}

/// `origin[key]` (`Py_GenericAlias`): a key that is not a tuple is the only argument.
pub fn new(origin: &Object, key: &Object) -> PyResult {
    make(&GENERIC_ALIAS, origin, key, false)
}

fn make(ty: &Type, origin: &Object, key: &Object, starred: bool) -> PyResult {
    let args = if key.ty().has(flags::TUPLE_SUBCLASS) {
        Owned::new(key)
    } else {
        tuple::from_refs(&[key])
    };
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc_instance::<GenericAlias>(ty)?;
        (*memory).origin.set_ref(Some(origin));
        (*memory).args.set(Some(args));
        (*memory).starred.set(starred);
        Ok(finish_instance(memory))
    }
}

fn tp_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    args::no_keyword_dict("GenericAlias", kwargs)?;
    args::check_positional("GenericAlias", args::tuple_len(args), 2, 2)?;
    make(
        ty,
        args::tuple_item(args, 0),
        args::tuple_item(args, 1),
        false,
    )
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead alias.
    unsafe {
        gc::untrack(&*object);
        let this = &*object.cast::<GenericAlias>();
        if !this.weaklist.get().is_null() {
            weakref::clear_weakrefs(&*object);
        }
        this.origin.set(None);
        this.args.set(None);
        this.parameters.set(None);
        free_instance(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = of(object);
    visit.field("__origin__", this.origin.pointer());
    visit.field("__args__", this.args.pointer());
    visit.field("__parameters__", this.parameters.pointer());
}

/// The type variables among the arguments (`_Py_make_parameters`), kept after the first call.
pub fn parameters(object: &Object) -> PyResult {
    let this = of(object);
    if this.parameters.get().is_none() {
        let made = substitution::make_parameters(arguments(object))?;
        this.parameters.set(Some(made));
    }
    Ok(this.parameters.or_none())
}

fn unpacked_tuple_args(object: &Object) -> PyResult {
    let this = of(object);
    if this.starred.get() && origin(object).is(tuple::TUPLE.as_object()) {
        return Ok(this.args.or_none());
    }
    Ok(Owned::new(none()))
}

fn repr(object: &Object) -> PyResult {
    let mut out = Writer::new(if of(object).starred.get() { "*" } else { "" });
    let args = root("arguments", Owned::new(arguments(object)));
    push_type_repr(&mut out, origin(object))?;
    out.push("[");
    // SAFETY: a tuple.
    let items = unsafe { args.cast::<Tuple>() }.items();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(", ");
        }
        if item.is_exact(&list::LIST) {
            push_list(&mut out, item)?;
        } else {
            push_type_repr(&mut out, item)?;
        }
    }
    if items.is_empty() {
        out.push("()");
    }
    out.push("]");
    Ok(out.finish())
}

/// A list among the arguments: its items as types.
fn push_list(out: &mut Writer, items: &Object) -> PyResult<()> {
    // SAFETY: checked by the caller.
    let body = unsafe { items.cast::<List>() };
    out.push("[");
    let mut at = 0;
    while let Some(item) = body.item_owned(at) {
        let item = root("argument", item);
        if at > 0 {
            out.push(", ");
        }
        push_type_repr(out, &item)?;
        at += 1;
    }
    out.push("]");
    Ok(())
}

/// How a type is written inside an alias (`_Py_typing_type_repr`).
pub fn push_type_repr(out: &mut Writer, object: &Object) -> PyResult<()> {
    let names = names();
    if object.is(&ELLIPSIS) {
        out.push("...");
        return Ok(());
    }
    if attribute::get_optional(object, &names.__origin__)?.is_some()
        && attribute::get_optional(object, &names.__args__)?.is_some()
    {
        return out.push_repr(object);
    }
    let Some(qualname) = attribute::get_optional(object, &names.__qualname__)? else {
        return out.push_repr(object);
    };
    let qualname = root("__qualname__", qualname);
    match attribute::get_optional(object, &names.__module__)? {
        Some(module) if !module.is(none()) => {
            let module_text = text::lossy(&module);
            if module_text != "builtins" {
                out.push_object(&*text::str(&module)?);
                out.push(".");
            }
            out.push_object(&*text::str(&qualname)?);
            Ok(())
        }
        _ => out.push_repr(object),
    }
}

fn hash(object: &Object) -> PyResult<isize> {
    let hash = compare::hash(origin(object))? ^ compare::hash(arguments(object))?;
    Ok(if hash == -1 { -2 } else { hash })
}

/// Makes an instance of the origin and tells it its class.
fn call_alias(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let made = root("instance", call::call(origin(object), args, kwnames)?);
    if attribute::set(&made, &names().__orig_class__, Some(object)).is_err() {
        if !error::matches(&exc::ATTRIBUTE_ERROR) && !error::matches(&exc::TYPE_ERROR) {
            return Err(crate::refs::Raised);
        }
        error::clear();
    }
    Ok(made.take())
}

/// Attributes of the alias itself; all others are the origin's.
const OWN: [&str; 9] = [
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];
const BLOCKED: [&str; 3] = ["__bases__", "__copy__", "__deepcopy__"];

fn getattro(object: &Object, name: &Object) -> PyResult {
    let own = name
        .downcast::<Str>()
        .is_none_or(|n| OWN.iter().chain(&BLOCKED).any(|own| n.is_text(own)));
    if own {
        attribute::generic_get(object, name)
    } else {
        attribute::get(origin(object), name)
    }
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !a.ty().is_subtype(&GENERIC_ALIAS)
        || !b.ty().is_subtype(&GENERIC_ALIAS)
        || !matches!(op, CompareOp::Eq | CompareOp::Ne)
    {
        return Ok(not_implemented());
    }
    let equal = of(a).starred.get() == of(b).starred.get()
        && compare::compare_bool(origin(a), origin(b), CompareOp::Eq)?
        && compare::compare_bool(arguments(a), arguments(b), CompareOp::Eq)?;
    Ok(bool::bool_owned(equal == (op == CompareOp::Eq)))
}

fn subscript(object: &Object, key: &Object) -> PyResult {
    let parameters = root("__parameters__", parameters(object)?);
    let args = substitution::substitute(object, arguments(object), &parameters, key)?;
    let args = root("arguments", args);
    make(
        &GENERIC_ALIAS,
        origin(object),
        &args,
        of(object).starred.get(),
    )
}

fn mro_entries(object: &Object, _bases: &Object) -> PyResult {
    Ok(tuple::from_refs(&[origin(object)]))
}

fn instance_check(_object: &Object, _instance: &Object) -> PyResult {
    Err(error::type_error(
        "isinstance() argument 2 cannot be a parameterized generic",
    ))
}

fn subclass_check(_object: &Object, _class: &Object) -> PyResult {
    Err(error::type_error(
        "issubclass() argument 2 cannot be a parameterized generic",
    ))
}

/// A starred alias is what `next(iter(alias))` gives.
fn reduce(object: &Object) -> PyResult {
    if of(object).starred.get() {
        let plain = root(
            "alias",
            make(&GENERIC_ALIAS, origin(object), arguments(object), false)?,
        );
        let iterator = iter_alias(&plain)?;
        return Ok(tuple::from_array([
            crate::types::builtin("next")?,
            tuple::from_array([iterator]),
        ]));
    }
    Ok(tuple::from_array([
        Owned::new(object.ty().as_object()),
        tuple::from_refs(&[origin(object), arguments(object)]),
    ]))
}

fn dir(object: &Object) -> PyResult {
    let all = root(
        "names",
        call::call_method(origin(object), &names().__dir__, &[]).or_else(|_| {
            error::clear();
            let dir = crate::types::builtin("dir")?;
            call::call(&dir, &[Word::borrowed(origin(object))], None)
        })?,
    );
    let result = root("names", crate::ops::sequence::to_list(&all)?);
    for own in OWN {
        let name = Str::new(own);
        if !crate::ops::sequence::contains(&result, &name)? {
            list::append(&result, &name);
        }
    }
    Ok(result.take())
}

fn iter_alias(object: &Object) -> PyResult {
    // SAFETY: all fields are written.
    unsafe {
        let memory = alloc_instance::<AliasIter>(&ALIAS_ITER)?;
        (*memory).alias.set_ref(Some(object));
        Ok(finish_instance(memory))
    }
}

unsafe fn iter_dealloc(object: *mut Object) {
    // SAFETY: a dead iterator.
    unsafe {
        gc::untrack(&*object);
        (*object.cast::<AliasIter>()).alias.set(None);
        free_instance(object);
    }
}

unsafe fn iter_visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: an iterator of this type.
    visit.field(
        "alias",
        unsafe { object.cast::<AliasIter>() }.alias.pointer(),
    );
}

fn iter_next(object: &Object) -> PyResult<Option<Owned>> {
    // SAFETY: an iterator of this type.
    let iter = unsafe { object.cast::<AliasIter>() };
    let Some(alias) = iter.alias.replace(None) else {
        return Ok(None);
    };
    let alias = root("alias", alias);
    make(&GENERIC_ALIAS, origin(&alias), arguments(&alias), true).map(Some)
}

/// `__class_getitem__` of generic built-in classes.
pub fn class_getitem(class: &Object, key: &Object) -> PyResult {
    new(class, key)
}
