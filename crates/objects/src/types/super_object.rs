//! `super` (Objects/typeobject.c, the part on super).

use std::cell::Cell;

use crate::args::{check_positional, no_keywords};
use crate::error::{self, runtime_error, type_error};
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::attribute;
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::*;
use crate::types::dict;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::r#type::{self, as_type};
use crate::visit::Visit;
use crate::{names, none};

/// CPython's `superobject`.
#[repr(C)]
pub struct Super {
    pub object: Object,
    this_class: Field,
    this: Field,
    self_class: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Super {
    fn type_object() -> &'static Type {
        &SUPER
    }
}

pub static SUPER: Type = Type::builtin(
    "super",
    40,
    Slots {
        dealloc,
        visit,
        repr: Some(repr),
        getattro: Some(getattro),
        descr_get: Some(get),
        init: Some(init),
        new: Some(new_slot),
        ..Slots::NONE
    },
)
.with_flags(flags::BASETYPE | flags::HAVE_GC)
.with_members(&[
    MemberDef::new(
        "__thisclass__",
        MemberKind::Object,
        std::mem::offset_of!(Super, this_class),
    ),
    MemberDef::new(
        "__self__",
        MemberKind::Object,
        std::mem::offset_of!(Super, this),
    ),
    MemberDef::new(
        "__self_class__",
        MemberKind::Object,
        std::mem::offset_of!(Super, self_class),
    ),
])
.with_vectorcall(vectorcall);

#[inline(always)]
fn body(object: &Object) -> &Super {
    // SAFETY: slots of this type and its subtypes.
    unsafe { object.cast() }
}

fn new_slot(ty: &Type, _: &Object, _: Option<&Object>) -> PyResult {
    r#type::generic_alloc(ty, 0)
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        let this = body(&*object);
        this.this.clear();
        this.this_class.clear();
        this.self_class.clear();
        r#type::free(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    let this = body(object);
    this.this.visit("__self__", visit);
    this.this_class.visit("__thisclass__", visit);
    this.self_class.visit("__self_class__", visit);
}

fn repr(object: &Object) -> PyResult {
    let this = body(object);
    let class = this.this_class.get().and_then(as_type);
    let class = class.map_or("NULL", Type::full_name);
    Ok(Str::new(&match this.self_class.get().and_then(as_type) {
        Some(own) => format!("<super: <class '{class}'>, <{} object>>", own.full_name()),
        None => format!("<super: <class '{class}'>, NULL>"),
    }))
}

/// The class whose MRO is searched: that of the instance, or the class itself (`supercheck`).
pub fn check(class: &Type, object: &Object) -> PyResult<Owned> {
    if let Some(ty) = as_type(object)
        && ty.is_subtype(class)
    {
        return Ok(Owned::new(object));
    }
    if object.ty().is_subtype(class) {
        return Ok(Owned::new(object.ty().as_object()));
    }
    if let Some(own) = attribute::get_optional(object, &names().__class__)?
        && let Some(ty) = as_type(&own)
        && !std::ptr::eq(ty, object.ty())
        && ty.is_subtype(class)
    {
        return Ok(own);
    }
    let (what, name) = match as_type(object) {
        Some(ty) => ("type", ty.full_name()),
        None => ("instance of", object.ty().full_name()),
    };
    Err(type_error(format!(
        "super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({}).",
        class.full_name()
    )))
}

/// `super(class, object)`.
pub fn new(class: &Type, object: &Object) -> PyResult {
    let made = r#type::generic_alloc(&SUPER, 0)?;
    fill(&made, class, Some(object))?;
    Ok(made)
}

fn fill(made: &Object, class: &Type, object: Option<&Object>) -> PyResult<()> {
    let object = object.filter(|o| !o.is(none()));
    let own = match object {
        Some(object) => Some(check(class, object)?),
        None => None,
    };
    let this = body(made);
    this.this_class.set_ref(Some(class.as_object()));
    this.this.set_ref(object);
    this.self_class.set(own);
    Ok(())
}

/// Looks a name up behind `class` in the MRO of `own`; binds what it finds to `object` (`do_super_lookup`). For a method that is to be
/// called with `object` as first argument, `method` is set and the function comes unbound.
pub fn lookup(
    class: &Type,
    own: &Type,
    object: &Object,
    name: &Object,
    method: Option<&Cell<bool>>,
) -> PyResult<Option<Owned>> {
    // SAFETY: a ready type has an MRO, held while it is searched.
    let Some(mro) = (unsafe { own.mro.get().as_ref() }) else {
        return Ok(None);
    };
    let mro = Owned::new(mro);
    // SAFETY: an MRO is a tuple of types.
    let classes = unsafe { mro.cast::<Tuple>() }.items();
    let Some(at) = classes
        .iter()
        .position(|c| std::ptr::eq(c.as_ptr().cast(), class))
    else {
        return Ok(None);
    };
    for class in &classes[at + 1..] {
        // SAFETY: as above; a ready type has a dict.
        let space = unsafe { &*class.cast::<Type>().dict.get() };
        let Some(found) = dict::get(space, name)? else {
            continue;
        };
        if let Some(method) = method
            && found.ty().has(flags::METHOD_DESCRIPTOR)
        {
            method.set(true);
            return Ok(Some(found));
        }
        return match found.ty().slots.descr_get {
            None => Ok(Some(found)),
            Some(get) => {
                let found = root("descriptor", found);
                let is_class = std::ptr::eq(object, own.as_object());
                let instance = (!is_class).then_some(object);
                get(&found, instance, Some(own.as_object())).map(Some)
            }
        };
    }
    Ok(None)
}

#[inline(never)]
fn getattro(object: &Object, name: &Object) -> PyResult {
    let this = body(object);
    // Borrowed, as in CPython: the super object, which the caller holds, holds them.
    let parts = (
        this.this_class.get(),
        this.self_class.get(),
        this.this.get(),
    );
    if let (Some(class), Some(own), Some(instance)) = parts
        // `super().__class__` is the super object's own.
        && !name.is(&names().__class__)
        && let (Some(class), Some(own)) = (as_type(class), as_type(own))
        && let Some(found) = lookup(class, own, instance, name, None)?
    {
        return Ok(found);
    }
    attribute::generic_get(object, name)
}

/// `super(class, object).name` without making the super object (LOAD_SUPER_ATTR, `_PySuper_Lookup`).
pub fn lookup_attribute(
    class: &Type,
    object: &Object,
    name: &Object,
    method: Option<&Cell<bool>>,
) -> PyResult {
    let own = check(class, object)?;
    let own = root("class of self", own);
    if let Some(ty) = as_type(&own)
        && let Some(found) = lookup(class, ty, object, name, method)?
    {
        return Ok(found);
    }
    let made = new(class, object)?;
    attribute::generic_get(&made, name)
}

fn get(object: &Object, instance: Option<&Object>, _: Option<&Object>) -> PyResult {
    let this = body(object);
    let Some(instance) = instance.filter(|i| !i.is(none())) else {
        return Ok(Owned::new(object));
    };
    if !this.this.is_empty() {
        return Ok(Owned::new(object));
    }
    let Some(class) = this.this_class.get() else {
        return Ok(Owned::new(object));
    };
    if !object.is_exact(&SUPER) {
        return crate::ops::call::call(
            object.ty().as_object(),
            &crate::words([class, instance]),
            None,
        );
    }
    match as_type(class) {
        Some(class) => new(class, instance),
        None => Ok(Owned::new(object)),
    }
}

/// What `super()` without arguments reads from the running frame; the runtime provides it.
pub type Implied = fn() -> PyResult<(Owned, Owned)>;

struct ImpliedHook(Cell<Option<Implied>>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for ImpliedHook {}

static IMPLIED: ImpliedHook = ImpliedHook(Cell::new(None));

/// Says how the class and the first argument of the running function are found.
pub fn set_implied(hook: Implied) {
    IMPLIED.0.set(Some(hook));
}

fn initialise(made: &Object, class: Option<&Object>, object: Option<&Object>) -> PyResult<()> {
    if let Some(class) = class {
        let Some(ty) = as_type(class) else {
            return Err(type_error(format!(
                "super() argument 1 must be a type, not {}",
                class.ty().full_name()
            )));
        };
        return fill(made, ty, object);
    }
    let Some(implied) = IMPLIED.0.get() else {
        return Err(runtime_error("super(): no current frame"));
    };
    let (class, object) = implied()?;
    let class = root("class of super", class);
    let object = root("object of super", object);
    match as_type(&class) {
        Some(class) => fill(made, class, Some(&object)),
        None => Err(runtime_error(format!(
            "super(): __class__ is not a type ({})",
            class.ty().full_name()
        ))),
    }
}

fn vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    no_keywords("super", kwnames)?;
    check_positional("super", args.len(), 0, 2)?;
    let Some(ty) = as_type(callable) else {
        return Err(error::type_error("a type is needed"));
    };
    let made = r#type::generic_alloc(ty, 0)?;
    let arg = |i: usize| args.get(i).map(|a| a.object());
    initialise(&made, arg(0), arg(1))?;
    Ok(made)
}

fn init(made: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    crate::args::no_keyword_dict("super", kwargs)?;
    let given = crate::args::tuple_len(args);
    check_positional("super", given, 0, 2)?;
    let arg = |i: usize| (i < given).then(|| crate::args::tuple_item(args, i));
    initialise(made, arg(0), arg(1))
}
