//! `method`: a function bound to its first argument (Objects/classobject.c); and `instancemethod`.

use crate::alloc::Kind;
use crate::args::{check_positional, no_keyword_dict, tuple_item, tuple_len};
use crate::error::type_error;
use crate::field::Field;
use crate::free_list::FreeList;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::call::Words;
use crate::ops::compare::{self, hash_address};
use crate::ops::{attribute, text};
use crate::refs::{Owned, PyResult, Word};
use crate::type_cache::lookup;
use crate::typeobject::*;
use crate::types::bool::bool_owned;
use crate::types::none::not_implemented;
use crate::types::str::Str;
use crate::types::tuple;
use crate::visit::Visit;
use crate::{names, none};

/// CPython's `PyMethodObject`.
#[repr(C)]
pub struct Method {
    pub object: Object,
    pub function: Field,
    pub this: Field,
    weaklist: Field,
    reserved: usize,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Method {
    fn type_object() -> &'static Type {
        &METHOD
    }
}

const fn object_member(name: &'static str, offset: usize) -> MemberDef {
    MemberDef {
        name,
        kind: MemberKind::Object,
        offset,
        readonly: true,
        doc: "",
    }
}

pub static METHOD: Type = Type::builtin(
    "method",
    48,
    Slots {
        dealloc,
        visit,
        repr: Some(repr),
        hash: Some(hash),
        call: Some(call),
        getattro: Some(getattro),
        setattro: Some(attribute::generic_set),
        richcompare: Some(richcompare),
        descr_get: Some(get),
        new: Some(new_slot),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::HAVE_VECTORCALL)
.with_weaklistoffset(std::mem::offset_of!(Method, weaklist))
.with_methods(&[MethodDef::new("__reduce__", Native::NoArgs(reduce), "")])
.with_members(&[
    object_member("__func__", std::mem::offset_of!(Method, function)),
    object_member("__self__", std::mem::offset_of!(Method, this)),
])
.with_getset(&[GetSetDef::read("__doc__", get_doc, "")])
.with_doc("method(function, instance, /)\n--\n\n");

static FREE: FreeList = FreeList::new(Kind::Gc, 20);

/// A function bound to an object (`PyMethod_New`).
#[inline]
pub fn new(function: &Object, this: &Object) -> Owned {
    // SAFETY: the body is written at once.
    unsafe {
        let object = FREE.take(&METHOD, size_of::<Method>());
        assert!(!object.is_null(), "out of memory for a method");
        let method = object.cast::<Method>();
        (&raw mut (*method).function).write(Field::new(Some(Owned::new(function))));
        (&raw mut (*method).this).write(Field::new(Some(Owned::new(this))));
        (&raw mut (*method).weaklist).write(Field::EMPTY);
        (&raw mut (*method).reserved).write(0);
        gc::track(&*object);
        Owned::from_raw(object)
    }
}

#[inline(always)]
fn body(object: &Object) -> &Method {
    // SAFETY: slots of this type only.
    unsafe { object.cast() }
}

impl Method {
    /// The function, borrowed.
    #[inline(always)]
    pub fn function(&self) -> &Object {
        self.function.get().unwrap_or(none())
    }

    /// What it is bound to, borrowed.
    #[inline(always)]
    pub fn this(&self) -> &Object {
        self.this.get().unwrap_or(none())
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        let this = body(&*object);
        if !this.weaklist.is_empty() {
            crate::types::r#type::instance::clear_weakrefs(&*object);
        }
        this.function.clear();
        this.this.clear();
        FREE.give(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    body(object).function.visit("__func__", visit);
    body(object).this.visit("__self__", visit);
}

#[inline]
fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let this = body(object);
    let mut words = Words::new();
    words.push(Word::borrowed(this.this()));
    words.extend(args.iter().copied());
    crate::ops::call::call(this.function(), words.as_slice(), kwnames)
}

/// Attributes that the method lacks are the function's.
#[inline(never)]
fn getattro(object: &Object, name: &Object) -> PyResult {
    if let Some(found) = lookup(&METHOD, name) {
        return match found.ty().slots.descr_get {
            None => Ok(found),
            Some(get) => get(&found, Some(object), Some(METHOD.as_object())),
        };
    }
    attribute::get(body(object).function(), name)
}

fn get_doc(object: &Object) -> PyResult {
    attribute::get(body(object).function(), &names().__doc__)
}

/// A method is bound already.
fn get(object: &Object, _: Option<&Object>, _: Option<&Object>) -> PyResult {
    Ok(Owned::new(object))
}

fn new_slot(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    no_keyword_dict("method", kwargs)?;
    check_positional("method", tuple_len(args), 2, 2)?;
    let (function, instance) = (tuple_item(args, 0), tuple_item(args, 1));
    if function.ty().slots.call.is_none() {
        return Err(type_error("first argument must be callable"));
    }
    if instance.is(none()) {
        return Err(type_error("instance must not be None"));
    }
    Ok(new(function, instance))
}

fn repr(object: &Object) -> PyResult {
    let this = body(object);
    let names = names();
    let mut name = attribute::get_optional(this.function(), &names.__qualname__)?;
    if name.is_none() {
        name = attribute::get_optional(this.function(), &names.__name__)?;
    }
    let name = match name.filter(|n| n.ty().has(flags::UNICODE_SUBCLASS)) {
        Some(name) => text::lossy(&name),
        None => "?".into(),
    };
    let owner = text::repr(this.this())?;
    Ok(Str::new(&format!(
        "<bound method {name} of {}>",
        text::lossy(&owner)
    )))
}

fn hash(object: &Object) -> PyResult<isize> {
    let this = body(object);
    let own = hash_address(this.this.pointer() as usize);
    let hash = own ^ compare::hash(this.function())?;
    Ok(if hash == -1 { -2 } else { hash })
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !a.is_exact(&METHOD) || !b.is_exact(&METHOD)
    {
        return Ok(not_implemented());
    }
    let (x, y) = (body(a), body(b));
    let equal =
        compare::compare_bool(x.function(), y.function(), CompareOp::Eq)? && x.this().is(y.this());
    Ok(bool_owned(equal == (op == CompareOp::Eq)))
}

fn reduce(object: &Object) -> PyResult {
    let this = body(object);
    let getattr = crate::types::module::builtin("getattr")?;
    let name = attribute::get(this.function(), &names().__name__)?;
    let args = tuple::from_refs(&[this.this(), &name]);
    Ok(tuple::from_owned(vec![getattr, args]))
}
