//! `typing.Union`, the type of `int | str` (Objects/unionobject.c).

use crate::alloc::object_memory;
use crate::error::{self, type_error};
use crate::field::Field;
use crate::gc;
use crate::hooks;
use crate::object::{Layout, Object};
use crate::ops::{attribute, compare, sequence, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::*;
use crate::types::bool::bool_owned;
use crate::types::none::{ELLIPSIS, NONE_TYPE, not_implemented};
use crate::types::str::{self, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::typing::parameters;
use crate::types::{list, set};
use crate::visit::Visit;
use crate::{names, none};

/// CPython's `unionobject`.
#[repr(C)]
pub struct Union {
    pub object: Object,
    pub args: Field,
    /// A frozenset.
    hashable: Field,
    /// A tuple, or empty.
    unhashable: Field,
    parameters: Field,
    weaklist: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Union {
    fn type_object() -> &'static Type {
        &UNION
    }
}

pub static UNION: Type = Type::builtin(
    "typing.Union",
    56,
    Slots {
        dealloc,
        visit,
        repr: Some(repr),
        hash: Some(hash),
        getattro: Some(getattro),
        richcompare: Some(richcompare),
        or: Some(type_or),
        mp_subscript: Some(subscript),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION)
.with_weaklistoffset(std::mem::offset_of!(Union, weaklist))
.with_methods(&[
    MethodDef::new("__mro_entries__", Native::O(mro_entries), ""),
    MethodDef::class("__class_getitem__", Native::O(class_getitem), ""),
])
.with_members(&[MemberDef {
    name: "__args__",
    kind: MemberKind::Object,
    offset: std::mem::offset_of!(Union, args),
    readonly: true,
    doc: "",
}])
.with_getset(&[
    GetSetDef::read("__name__", get_name, ""),
    GetSetDef::read("__qualname__", get_name, ""),
    GetSetDef::read("__origin__", get_origin, ""),
    GetSetDef::read("__parameters__", get_parameters, ""),
]);

fn body(object: &Object) -> &Union {
    // SAFETY: slots of this type only.
    unsafe { object.cast() }
}

/// The members of a union, a tuple.
pub fn args(object: &Object) -> Owned {
    body(object).args.or_none()
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        let this = body(&*object);
        if !this.weaklist.is_empty() {
            crate::types::r#type::instance::clear_weakrefs(&*object);
        }
        this.args.clear();
        this.hashable.clear();
        this.unhashable.clear();
        this.parameters.clear();
        crate::alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = body(object);
    this.args.visit("__args__", visit);
    this.hashable.visit("hashable members", visit);
    this.unhashable.visit("unhashable members", visit);
    this.parameters.visit("__parameters__", visit);
}

/// Members as they are collected: each once.
struct Builder {
    args: Vec<Owned>,
    hashable: Owned,
    unhashable: Owned,
    checked: bool,
}

impl Builder {
    fn new(checked: bool) -> PyResult<Builder> {
        Ok(Builder {
            args: Vec::new(),
            hashable: crate::ops::call::call(set::SET.as_object(), &[], None)?,
            unhashable: list::new(),
            checked,
        })
    }

    fn add(&mut self, arg: &Object) -> PyResult<()> {
        if arg.is(none()) {
            return self.add_unchecked(NONE_TYPE.as_object());
        }
        if arg.is_exact(&UNION) {
            return self.add_all(&args(arg));
        }
        if self.checked {
            let checked = type_check(arg, "Union[arg, ...]: each arg must be a type.")?;
            return self.add_unchecked(&checked);
        }
        self.add_unchecked(arg)
    }

    fn add_all(&mut self, members: &Object) -> PyResult<()> {
        // SAFETY: callers pass tuples.
        for member in unsafe { members.cast::<Tuple>() }.items() {
            self.add(member)?;
        }
        Ok(())
    }

    fn add_unchecked(&mut self, arg: &Object) -> PyResult<()> {
        match compare::hash(arg) {
            Err(_) => {
                error::clear();
                if sequence::contains(&self.unhashable, arg)? {
                    return Ok(());
                }
                list::append(&self.unhashable, arg);
            }
            Ok(_) => {
                if sequence::contains(&self.hashable, arg)? {
                    return Ok(());
                }
                let name = str::intern_immortal("add");
                crate::ops::call::call_method(&self.hashable, name, &[Word::borrowed(arg)])?;
            }
        }
        self.args.push(Owned::new(arg));
        Ok(())
    }

    fn finish(self) -> PyResult {
        match self.args.len() {
            0 => return Err(type_error("Cannot take a Union of no types.")),
            1 => return Ok(self.args[0].clone()),
            _ => {}
        }
        let hashable = [Word::borrowed(&self.hashable)];
        let hashable = crate::ops::call::call(set::FROZENSET.as_object(), &hashable, None)?;
        let unhashable = sequence::to_tuple(&self.unhashable)?;
        let has_unhashable = crate::args::tuple_len(&unhashable) != 0;
        // SAFETY: the body is written at once.
        unsafe {
            let object = object_memory(&UNION, 56);
            if object.is_null() {
                return Err(error::memory_error());
            }
            let made = object.cast::<Union>();
            (&raw mut (*made).args).write(Field::new(Some(tuple::from_owned(self.args))));
            (&raw mut (*made).hashable).write(Field::new(Some(hashable)));
            (&raw mut (*made).unhashable).write(Field::new(has_unhashable.then_some(unhashable)));
            (&raw mut (*made).parameters).write(Field::EMPTY);
            (&raw mut (*made).weaklist).write(Field::EMPTY);
            gc::track(&*object);
            Ok(Owned::from_raw(object))
        }
    }
}

fn type_check(arg: &Object, message: &std::primitive::str) -> PyResult {
    if arg.is(none()) {
        return Ok(Owned::new(NONE_TYPE.as_object()));
    }
    let typing = hooks::import("typing")?;
    let check = attribute::get_str(&typing, "_type_check")?;
    let message = Str::new(message);
    crate::ops::call::call(&check, &crate::words([arg, &message]), None)
}

fn is_unionable(object: &Object) -> bool {
    object.is(none())
        || object.ty().has(flags::TYPE_SUBCLASS)
        || object.is_exact(&UNION)
        || matches!(
            object.ty().full_name(),
            "types.GenericAlias" | "typing.TypeAliasType"
        )
}

/// `a | b` of types (`_Py_union_type_or`).
#[inline(never)]
pub fn type_or(a: &Object, b: &Object) -> PyResult {
    if !is_unionable(a) || !is_unionable(b) {
        return Ok(not_implemented());
    }
    let mut builder = Builder::new(false)?;
    builder.add(a)?;
    builder.add(b)?;
    builder.finish()
}

/// A union of the members of a tuple (`_Py_union_from_tuple`).
pub fn from_tuple(members: &Object) -> PyResult {
    let mut builder = Builder::new(true)?;
    builder.add_all(members)?;
    builder.finish()
}

fn class_getitem(_: &Object, key: &Object) -> PyResult {
    if key.ty().has(flags::TUPLE_SUBCLASS) {
        return from_tuple(key);
    }
    let mut builder = Builder::new(true)?;
    builder.add(key)?;
    builder.finish()
}

fn mro_entries(object: &Object, _: &Object) -> PyResult {
    Err(type_error(format!(
        "Cannot subclass {}",
        text::lossy(&*text::repr(object)?)
    )))
}

fn hash(object: &Object) -> PyResult<isize> {
    let this = body(object);
    if let Some(unhashable) = this.unhashable.get() {
        // SAFETY: a tuple.
        let items = unsafe { unhashable.cast::<Tuple>() }.items();
        for item in items {
            compare::hash(item)?;
        }
        return Err(type_error(format!(
            "union contains {} unhashable elements",
            items.len()
        )));
    }
    compare::hash(&this.hashable.or_none())
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !b.is_exact(&UNION) || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(not_implemented());
    }
    let (x, y) = (body(a), body(b));
    let mut equal =
        compare::compare_bool(&x.hashable.or_none(), &y.hashable.or_none(), CompareOp::Eq)?;
    if equal {
        equal = match (x.unhashable.get(), y.unhashable.get()) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => {
                contains_all(ours, theirs)? && contains_all(theirs, ours)?
            }
            _ => false,
        };
    }
    Ok(bool_owned(equal == (op == CompareOp::Eq)))
}

fn contains_all(all: &Object, members: &Object) -> PyResult<bool> {
    // SAFETY: tuples.
    for member in unsafe { members.cast::<Tuple>() }.items() {
        if !sequence::contains(all, member)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn repr(object: &Object) -> PyResult {
    let mut out = Vec::new();
    let members = root("union members", args(object));
    // SAFETY: a tuple.
    for (index, member) in unsafe { members.cast::<Tuple>() }
        .items()
        .iter()
        .enumerate()
    {
        if index > 0 {
            out.extend_from_slice(b" | ");
        }
        let shown = type_repr(member)?;
        out.extend_from_slice(&str::cast(&shown).wtf8());
    }
    Ok(Str::from_wtf8(&out))
}

/// How a type is written in an annotation: without `builtins`, `None` for its type (`_Py_typing_type_repr`).
pub fn type_repr(object: &Object) -> PyResult {
    if object.is(&ELLIPSIS) {
        return Ok(Str::new("..."));
    }
    if object.is(NONE_TYPE.as_object()) {
        return Ok(Str::new("None"));
    }
    let names = names();
    if attribute::get_optional(object, &names.__origin__)?.is_some()
        && attribute::get_optional(object, &names.__args__)?.is_some()
    {
        return text::repr(object);
    }
    let Some(qualname) = attribute::get_optional(object, &names.__qualname__)? else {
        return text::repr(object);
    };
    let module = attribute::get_optional(object, &names.__module__)?;
    let Some(module) = module.filter(|m| !m.is(none())) else {
        return text::repr(object);
    };
    if str::is_str(&module) && str::cast(&module).is_text("builtins") {
        return text::str(&qualname);
    }
    Ok(Str::new(&format!(
        "{}.{}",
        text::lossy(&module),
        text::lossy(&qualname)
    )))
}

/// The module is that of the type.
fn getattro(object: &Object, name: &Object) -> PyResult {
    if name.is(&names().__module__) {
        return attribute::get(UNION.as_object(), name);
    }
    attribute::generic_get(object, name)
}

fn get_name(_: &Object) -> PyResult {
    Ok(Str::new("Union"))
}

fn get_origin(_: &Object) -> PyResult {
    Ok(Owned::new(UNION.as_object()))
}

fn get_parameters(object: &Object) -> PyResult {
    let this = body(object);
    if this.parameters.is_empty() {
        let found = parameters::collect(&this.args.or_none())?;
        this.parameters.set(Some(found));
    }
    Ok(this.parameters.or_none())
}

fn subscript(object: &Object, key: &Object) -> PyResult {
    let parameters = root("union parameters", get_parameters(object)?);
    let members = args(object);
    let fresh = parameters::substitute(object, &members, &parameters, key)?;
    from_tuple(&fresh)
}
