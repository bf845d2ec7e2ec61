//! `defaultdict`: a dict that makes missing values.

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{MemberDef, MemberKind, MethodDef, Native, flags};
use terrarium_objects::types::dict::{self, DICT, Dict};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{generic_alias, tuple};
use terrarium_objects::{
    Layout, Object, Owned, PyResult, Slots, Type, Visit, Word, error, none, none_owned, ops, root,
};

#[repr(C)]
struct DefaultDict {
    dict: Dict,
    factory: Field,
}

// SAFETY: starts with a dict, thus with `Object`.
unsafe impl Layout for DefaultDict {
    fn type_object() -> &'static Type {
        &DEFAULTDICT
    }
}

pub static DEFAULTDICT: Type = Type::builtin(
    "collections.defaultdict",
    size_of::<DefaultDict>(),
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(repr),
        init: Some(init),
        or: Some(or),
        getattro: Some(ops::attribute::generic_get),
        ..Slots::NONE
    },
)
.with_base(&raw const DICT)
.with_flags(
    flags::HAVE_GC | flags::BASETYPE | flags::DICT_SUBCLASS | flags::MATCH_SELF | flags::MAPPING,
)
.with_members(&[MemberDef {
    name: "default_factory",
    kind: MemberKind::Object,
    offset: std::mem::offset_of!(DefaultDict, factory),
    readonly: false,
    doc: "",
}])
.with_methods(&[
    MethodDef::new("__missing__", Native::O(missing), ""),
    MethodDef::new("copy", Native::NoArgs(copy), ""),
    MethodDef::new("__copy__", Native::NoArgs(copy), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
]);

fn factory(object: &Object) -> &Field {
    // SAFETY: slots and methods of this type.
    &unsafe { object.cast::<DefaultDict>() }.factory
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dead instance; the dict's deallocator frees it.
    unsafe {
        terrarium_objects::gc::untrack(&*object);
        factory(&*object).clear();
        let dealloc = DICT.slots.dealloc;
        dealloc(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    factory(object).visit("default_factory", visit);
    let base = DICT.slots.visit;
    // SAFETY: a dict.
    unsafe { base(object, visit) }
}

fn clear(object: &Object) {
    factory(object).clear();
    dict::clear(object);
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let count = args::tuple_len(args);
    let given = (count > 0).then(|| args::tuple_item(args, 0));
    if let Some(given) = given
        && !given.is(none())
        && given.ty().slots.call.is_none()
    {
        return Err(error::type_error("first argument must be callable or None"));
    }
    let rest: Vec<&Object> = (1..count).map(|i| args::tuple_item(args, i)).collect();
    let rest = if rest.is_empty() {
        tuple::empty()
    } else {
        tuple::from_refs(&rest)
    };
    factory(object).set(Some(given.map_or_else(none_owned, Owned::new)));
    match DICT.slots.init {
        Some(init) => init(object, &root("arguments", rest), kwargs),
        None => Ok(()),
    }
}

fn missing(object: &Object, key: &Object) -> PyResult {
    // Borrowed while it runs, as in CPython.
    let Some(function) = factory(object).get().filter(|f| !f.is(none())) else {
        return Err(error::key_error(key));
    };
    let value = root("default value", ops::call::call(function, &[], None)?);
    // What the factory itself has put there stays.
    dict::methods::set_default(object, key, &value)
}

fn copy(object: &Object) -> PyResult {
    let function = factory(object).or_none();
    ops::call::call(
        object.ty().as_object(),
        &[Word::borrowed(&function), Word::borrowed(object)],
        None,
    )
}

fn reduce(object: &Object) -> PyResult {
    let args = match factory(object).owned().filter(|f| !f.is(none())) {
        Some(function) => tuple::from_array([function]),
        None => tuple::empty(),
    };
    let items = ops::call::call_method(object, &Str::new("items"), &[])?;
    let items = ops::iter::iter(&items)?;
    Ok(tuple::from_array([
        Owned::new(object.ty().as_object()),
        args,
        none_owned(),
        none_owned(),
        items,
    ]))
}

fn or(a: &Object, b: &Object) -> PyResult {
    let (this, other) = if a.downcast::<DefaultDict>().is_some() {
        (a, b)
    } else {
        (b, a)
    };
    if other.downcast::<Dict>().is_none() {
        return Ok(terrarium_objects::types::none::not_implemented());
    }
    let function = factory(this).or_none();
    let made = ops::call::call(
        this.ty().as_object(),
        &[Word::borrowed(&function), Word::borrowed(a)],
        None,
    )?;
    dict::update(&made, b)?;
    Ok(made)
}

fn repr(object: &Object) -> PyResult {
    let base = match DICT.slots.repr {
        Some(repr) => ops::text::lossy(&*repr(object)?),
        None => String::new(),
    };
    let function = factory(object).or_none();
    let shown = if ops::text::repr_enter(&function) {
        let shown = ops::text::repr(&function);
        ops::text::repr_leave(&function);
        ops::text::lossy(&*shown?)
    } else {
        String::from("...")
    };
    Ok(Str::new(&format!(
        "{}({shown}, {base})",
        object.ty().name()
    )))
}
