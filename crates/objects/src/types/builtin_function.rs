//! `builtin_function_or_method`: a native function bound to its module or instance (Objects/methodobject.c).

use crate::error::{self, type_error};
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::compare::hash_address;
use crate::ops::{attribute, text};
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::*;
use crate::types::bool::bool_owned;
use crate::types::descriptors::{self, method::call_native};
use crate::types::module::MODULE;
use crate::types::none::not_implemented;
use crate::types::str::Str;
use crate::visit::Visit;
use crate::{names, none};

/// CPython's `PyCFunctionObject`.
#[repr(C)]
pub struct BuiltinFunction {
    pub object: Object,
    pub def: &'static MethodDef,
    /// The instance, class or module; empty for static methods.
    pub this: Field,
    /// The name of the module.
    pub module: Field,
    weaklist: Field,
    reserved: usize,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for BuiltinFunction {
    fn type_object() -> &'static Type {
        &BUILTIN_FUNCTION
    }
}

pub static BUILTIN_FUNCTION: Type = Type::builtin(
    "builtin_function_or_method",
    56,
    Slots {
        dealloc,
        visit,
        repr: Some(repr),
        hash: Some(hash),
        call: Some(call),
        getattro: Some(attribute::generic_get),
        richcompare: Some(compare),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::HAVE_VECTORCALL | flags::DISALLOW_INSTANTIATION)
.with_weaklistoffset(std::mem::offset_of!(BuiltinFunction, weaklist))
.with_methods(&[MethodDef::new("__reduce__", Native::NoArgs(reduce), "")])
.with_members(&[MemberDef {
    name: "__module__",
    kind: MemberKind::Object,
    offset: std::mem::offset_of!(BuiltinFunction, module),
    readonly: false,
    doc: "",
}])
.with_getset(&[
    GetSetDef::read("__doc__", get_doc, ""),
    GetSetDef::read("__name__", get_name, ""),
    GetSetDef::read("__qualname__", get_qualname, ""),
    GetSetDef::read("__self__", get_self, ""),
    GetSetDef::read("__text_signature__", get_signature, ""),
]);

/// A native function with its self and the name of its module (`PyCFunction_NewEx`).
pub fn new(def: &'static MethodDef, this: Option<&Object>, module: Option<&Object>) -> Owned {
    // SAFETY: the body is written at once.
    unsafe {
        let object = crate::alloc::object_memory(&BUILTIN_FUNCTION, 56);
        assert!(!object.is_null(), "out of memory for a builtin function");
        let function = object.cast::<BuiltinFunction>();
        (&raw mut (*function).def).write(def);
        (&raw mut (*function).this).write(Field::new(this.map(Owned::new)));
        (&raw mut (*function).module).write(Field::new(module.map(Owned::new)));
        (&raw mut (*function).weaklist).write(Field::EMPTY);
        (&raw mut (*function).reserved).write(0);
        gc::track(&*object);
        Owned::from_raw(object)
    }
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        let this = (*object).cast::<BuiltinFunction>();
        if !this.weaklist.is_empty() {
            crate::types::r#type::instance::clear_weakrefs(&*object);
        }
        this.this.clear();
        this.module.clear();
        crate::alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = body(object);
    this.this.visit("__self__", visit);
    this.module.visit("__module__", visit);
}

#[inline(always)]
fn body(object: &Object) -> &BuiltinFunction {
    // SAFETY: slots of this type only.
    unsafe { object.cast() }
}

impl BuiltinFunction {
    /// What the native function takes as self: `None` for static methods.
    #[inline(always)]
    pub fn this(&self) -> &Object {
        self.this.get().unwrap_or(none())
    }
}

#[inline]
fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let this = body(object);
    call_native(object, &this.def.call, this.this(), args, kwnames)
}

fn get_doc(object: &Object) -> PyResult {
    let def = body(object).def;
    Ok(descriptors::doc_object(def.name, def.doc))
}

fn get_signature(object: &Object) -> PyResult {
    let def = body(object).def;
    Ok(descriptors::signature_object(def.name, def.doc))
}

fn get_name(object: &Object) -> PyResult {
    Ok(Str::new(body(object).def.name))
}

/// The name alone for functions of modules and static methods, else with that of the class in front.
fn get_qualname(object: &Object) -> PyResult {
    let this = body(object);
    let Some(owner) = this.this.get().filter(|o| !o.is_exact(&MODULE)) else {
        return get_name(object);
    };
    let class = if owner.ty().has(flags::TYPE_SUBCLASS) {
        owner
    } else {
        owner.ty().as_object()
    };
    let qualname = attribute::get(class, &names().__qualname__)?;
    if !qualname.ty().has(flags::UNICODE_SUBCLASS) {
        return Err(type_error(
            "<method>.__class__.__qualname__ is not a unicode object",
        ));
    }
    let full = format!("{}.{}", text::lossy(&qualname), this.def.name);
    Ok(Str::new(&full))
}

fn get_self(object: &Object) -> PyResult {
    Ok(body(object).this.or_none())
}

fn repr(object: &Object) -> PyResult {
    let this = body(object);
    let name = this.def.name;
    Ok(Str::new(&match this.this.get() {
        Some(owner) if !owner.is_exact(&MODULE) => format!(
            "<built-in method {name} of {} object at {owner:p}>",
            owner.ty().full_name()
        ),
        _ => format!("<built-in function {name}>"),
    }))
}

fn hash(object: &Object) -> PyResult<isize> {
    let this = body(object);
    let hash = hash_address(this.this.pointer() as usize)
        ^ hash_address(std::ptr::from_ref(this.def) as usize);
    Ok(if hash == -1 { -2 } else { hash })
}

fn compare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne)
        || !a.is_exact(&BUILTIN_FUNCTION)
        || !b.is_exact(&BUILTIN_FUNCTION)
    {
        return Ok(not_implemented());
    }
    let (a, b) = (body(a), body(b));
    let equal = std::ptr::eq(a.this.pointer(), b.this.pointer()) && std::ptr::eq(a.def, b.def);
    Ok(bool_owned(equal == (op == CompareOp::Eq)))
}

fn reduce(object: &Object) -> PyResult {
    let this = body(object);
    match this.this.get() {
        Some(owner) if !owner.is_exact(&MODULE) => {
            let getattr = crate::types::module::builtin("getattr")?;
            let args =
                crate::types::tuple::from_owned(vec![Owned::new(owner), Str::new(this.def.name)]);
            Ok(crate::types::tuple::from_owned(vec![getattr, args]))
        }
        _ => get_name(object),
    }
}

/// The `__new__` of a static type: checks the class it is asked to make, then runs the type's `new` slot (`tp_new_wrapper`).
pub static NEW_DEF: MethodDef = MethodDef::new(
    "__new__",
    Native::VarArgsKeywords(call_new),
    "__new__($type, *args, **kwargs)\n--\n\n",
);

fn call_new(this: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    // SAFETY: `type_ready` binds it to types.
    let ty = unsafe { this.cast::<Type>() };
    let name = ty.full_name();
    // SAFETY: an argument tuple.
    let items = unsafe { args.cast::<crate::types::tuple::Tuple>() }.items();
    let Some(first) = items.first() else {
        return Err(type_error(format!(
            "{name}.__new__(): not enough arguments"
        )));
    };
    let Some(subtype) = crate::types::r#type::as_type(first) else {
        return Err(type_error(format!(
            "{name}.__new__(X): X is not a type object ({})",
            first.ty().full_name()
        )));
    };
    if !subtype.is_subtype(ty) {
        let sub = subtype.full_name();
        return Err(type_error(format!(
            "{name}.__new__({sub}): {sub} is not a subtype of {name}"
        )));
    }
    let new_of = |ty: &Type| ty.slots.new.map_or(0, |f| f as usize);
    let mut native = subtype;
    while new_of(native) == crate::slot_functions::slot_new as *const () as usize
        && let Some(base) = native.base()
    {
        native = base;
    }
    if new_of(native) != new_of(ty) {
        let (sub, native) = (subtype.full_name(), native.full_name());
        return Err(type_error(format!(
            "{name}.__new__({sub}) is not safe, use {native}.__new__()"
        )));
    }
    let rest = crate::state::root("arguments", crate::types::tuple::from_slice(&items[1..]));
    match ty.slots.new {
        Some(new) => new(subtype, &rest, kwargs),
        None => Err(error::type_error(format!(
            "cannot create '{name}' instances"
        ))),
    }
}
