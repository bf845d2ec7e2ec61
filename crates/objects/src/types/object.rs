//! `object`: what every class inherits.

use crate::args::tuple_len;
use crate::error::{type_error, value_error};
use crate::object::Object;
use crate::ops::attribute;
use crate::ops::{call, compare, iter, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::{self, root};
use crate::typeobject::*;
use crate::types::bool::bool_owned;
use crate::types::dict::{self, managed};
use crate::types::module::MODULE;
use crate::types::none::not_implemented;
use crate::types::str::{self, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::r#type::{self, as_type};
use crate::types::{int, list};
use crate::{hooks, names, none, none_owned};

pub static OBJECT: Type = Type::builtin(
    "object",
    16,
    Slots {
        repr: Some(repr),
        str: Some(to_str),
        hash: Some(compare::hash_pointer),
        getattro: Some(attribute::generic_get),
        setattro: Some(attribute::generic_set),
        richcompare: Some(richcompare),
        init: Some(init),
        new: Some(new),
        ..Slots::NONE
    },
)
.with_flags(flags::BASETYPE)
.with_methods(&[
    MethodDef::new(
        "__reduce_ex__",
        Native::O(reduce_ex),
        "__reduce_ex__($self, protocol, /)\n--\n\n",
    ),
    MethodDef::new(
        "__reduce__",
        Native::NoArgs(reduce),
        "__reduce__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__getstate__",
        Native::NoArgs(getstate),
        "__getstate__($self, /)\n--\n\n",
    ),
    MethodDef::class("__subclasshook__", Native::VarArgs(subclasshook), ""),
    MethodDef::class("__init_subclass__", Native::NoArgs(init_subclass), ""),
    MethodDef::new(
        "__format__",
        Native::O(format),
        "__format__($self, format_spec, /)\n--\n\n",
    ),
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(size_of),
        "__sizeof__($self, /)\n--\n\n",
    ),
    MethodDef::new("__dir__", Native::NoArgs(dir), "__dir__($self, /)\n--\n\n"),
])
.with_getset(&[GetSetDef {
    name: "__class__",
    get: Some(get_class),
    set: Some(set_class),
    doc: "",
}])
.with_doc("object()\n--\n\n");

fn has_arguments(args: &Object, kwargs: Option<&Object>) -> bool {
    tuple_len(args) != 0 || kwargs.is_some_and(|k| dict::len(k) != 0)
}

/// The `init` slot of `object`.
#[inline(never)]
pub fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    if !has_arguments(args, kwargs) {
        return Ok(());
    }
    let ty = object.ty();
    if !ty
        .slots
        .init
        .is_some_and(|f| std::ptr::fn_addr_eq(f, init as InitFn))
    {
        return Err(type_error(
            "object.__init__() takes exactly one argument (the instance to initialize)",
        ));
    }
    if ty
        .slots
        .new
        .is_some_and(|f| std::ptr::fn_addr_eq(f, new as NewFn))
    {
        return Err(type_error(format!(
            "{}.__init__() takes exactly one argument (the instance to initialize)",
            ty.full_name()
        )));
    }
    Ok(())
}

/// The `new` slot of `object`.
#[inline(never)]
pub fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if has_arguments(args, kwargs) {
        if !ty
            .slots
            .new
            .is_some_and(|f| std::ptr::fn_addr_eq(f, new as NewFn))
        {
            return Err(type_error(
                "object.__new__() takes exactly one argument (the type to instantiate)",
            ));
        }
        if ty
            .slots
            .init
            .is_some_and(|f| std::ptr::fn_addr_eq(f, init as InitFn))
        {
            return Err(type_error(format!(
                "{}() takes no arguments",
                ty.full_name()
            )));
        }
    }
    if ty.has(flags::IS_ABSTRACT) {
        return Err(cannot_be_abstract(ty)?);
    }
    r#type::generic_alloc(ty, 0)
}

#[cold]
fn cannot_be_abstract(ty: &Type) -> PyResult<crate::Raised> {
    let name = str::intern_immortal("__abstractmethods__");
    let methods = attribute::get(ty.as_object(), name)?;
    let mut shown: Vec<String> = Vec::new();
    iter::for_each(&methods, |m| {
        shown.push(text::lossy(&m));
        Ok(())
    })?;
    shown.sort();
    Ok(type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{} '{}'",
        ty.full_name(),
        if shown.len() > 1 { "s" } else { "" },
        shown.join("', '")
    )))
}

/// The `repr` slot of `object`.
#[inline(never)]
pub fn repr(object: &Object) -> PyResult {
    let ty = object.ty();
    if ty.is_heap() {
        // SAFETY: a ready type has a dict.
        let module = dict::get(unsafe { &*ty.dict.get() }, &names().__module__)?;
        if let Some(module) = module
            && str::is_str(&module)
            && !str::cast(&module).is_text("builtins")
            && let Some(qualname) = r#type::field(&ty.ht_qualname)
        {
            return Ok(Str::new(&format!(
                "<{}.{} object at {object:p}>",
                text::lossy(&module),
                text::lossy(qualname)
            )));
        }
    }
    Ok(Str::new(&format!(
        "<{} object at {object:p}>",
        ty.full_name()
    )))
}

#[inline(never)]
fn to_str(object: &Object) -> PyResult {
    // A class whose `__repr__` is this very function comes back here.
    state::get().check_native_stack(" while calling a Python object")?;
    match object.ty().slots.repr {
        Some(slot) => slot(object),
        None => repr(object),
    }
}

/// The `richcompare` slot of `object`: identity, and `!=` as the opposite of the type's `==`.
#[inline(never)]
pub fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    match op {
        CompareOp::Eq if a.is(b) => Ok(bool_owned(true)),
        CompareOp::Ne => {
            let Some(slot) = a.ty().slots.richcompare else {
                return Ok(not_implemented());
            };
            let result = slot(a, b, CompareOp::Eq)?;
            if result.is(&crate::types::none::NOT_IMPLEMENTED) {
                return Ok(result);
            }
            let result = root("result of __eq__", result);
            compare::is_true(&result).map(|equal| bool_owned(!equal))
        }
        _ => Ok(not_implemented()),
    }
}

fn get_class(object: &Object) -> PyResult {
    Ok(Owned::new(object.ty().as_object()))
}

/// `object.__class__ = value` (`object_set_class`).
fn set_class(object: &Object, value: Option<&Object>) -> PyResult<()> {
    let Some(value) = value else {
        return Err(type_error("can't delete __class__ attribute"));
    };
    let Some(new) = as_type(value) else {
        return Err(type_error(format!(
            "__class__ must be set to a class, not '{}' object",
            value.ty().full_name()
        )));
    };
    let old = object.ty();
    let modules = new.is_subtype(&MODULE) && old.is_subtype(&MODULE);
    if !modules && (new.has(flags::IMMUTABLETYPE) || old.has(flags::IMMUTABLETYPE)) {
        return Err(type_error(
            "__class__ assignment only supported for mutable types or ModuleType subclasses",
        ));
    }
    r#type::methods::compatible_for_assignment(old, new, "__class__")?;
    if old.has(flags::INLINE_VALUES) {
        // SAFETY: the flag implies a managed dict; the values move into the dict, as the new class has other shared keys.
        unsafe {
            let dict = Owned::new(managed::materialize(object));
            managed::set_managed_dict(object, Some(&dict));
        }
    }
    if new.is_heap() {
        new.as_object().incref();
    }
    object.set_type_word(new);
    if old.is_heap() {
        // SAFETY: the instance owned it.
        unsafe { Object::decref(old.as_object().as_ptr()) };
    }
    Ok(())
}

fn subclasshook(_: &Object, _: &Object) -> PyResult {
    Ok(not_implemented())
}

fn init_subclass(_: &Object) -> PyResult {
    Ok(none_owned())
}

fn format(object: &Object, spec: &Object) -> PyResult {
    if !str::is_str(spec) {
        return Err(type_error(format!(
            "__format__() argument must be str, not {}",
            spec.ty().full_name()
        )));
    }
    if !str::cast(spec).is_empty() {
        return Err(type_error(format!(
            "unsupported format string passed to {}.__format__",
            object.ty().full_name()
        )));
    }
    text::str(object)
}

fn size_of(object: &Object) -> PyResult {
    let ty = object.ty();
    let mut size = ty.basicsize.get() as usize;
    if ty.itemsize.get() > 0 {
        // SAFETY: a type with items has a size field.
        let len = unsafe { &(*object.as_ptr().cast::<crate::VarObject>()).size }.get();
        size += len.unsigned_abs() * ty.itemsize.get() as usize;
    }
    Ok(int::from_usize(size))
}

fn dir(object: &Object) -> PyResult {
    let names = names();
    let all = match attribute::get_optional(object, &names.__dict__)? {
        Some(found) if found.ty().has(flags::DICT_SUBCLASS) => {
            let found = root("__dict__", found);
            dict::copy(&found)
        }
        _ => dict::new(),
    };
    let all = root("names of an object", all);
    if let Some(class) = attribute::get_optional(object, &names.__class__)? {
        let class = root("__class__", class);
        r#type::methods::merge_class_dict(&all, &class)?;
    }
    let result = list::new();
    let mut at = 0;
    while let Some((key, _)) = dict::next(&all, &mut at) {
        list::append(&result, key);
    }
    Ok(result)
}

fn copyreg(name: &str) -> PyResult {
    let module = hooks::import("copyreg")?;
    attribute::get_str(&module, name)
}

fn reduce(object: &Object) -> PyResult {
    common_reduce(object, 0)
}

fn common_reduce(object: &Object, protocol: i32) -> PyResult {
    if protocol >= 2 {
        return reduce_newobj(object);
    }
    let function = copyreg("_reduce_ex")?;
    let protocol = int::from_i64(protocol.into());
    call::call(&function, &crate::words([object, &protocol]), None)
}

fn reduce_ex(object: &Object, protocol: &Object) -> PyResult {
    let protocol = int::as_i32(protocol)?;
    let name = &names().__reduce__;
    if let Some(method) = attribute::get_optional(object, name)? {
        let method = root("__reduce__", method);
        let of_class = attribute::get(object.ty().as_object(), name)?;
        // SAFETY: `object` is ready.
        let plain = dict::get(unsafe { &*OBJECT.dict.get() }, name)?;
        if plain.is_none_or(|plain| !plain.is(&of_class)) {
            return call::call(&method, &[], None);
        }
    }
    common_reduce(object, protocol)
}

/// What `__getnewargs_ex__` or `__getnewargs__` gives: a tuple and a dict.
fn new_arguments(object: &Object) -> PyResult<(Option<Owned>, Option<Owned>)> {
    let names = names();
    if let Some(method) = attribute::lookup_special(object, &names.__getnewargs_ex__)? {
        let method = root("__getnewargs_ex__", method);
        let result = call::call(&method, &[], None)?;
        let Some(pair) = result.downcast::<Tuple>() else {
            return Err(type_error(format!(
                "__getnewargs_ex__ should return a tuple, not '{}'",
                result.ty().full_name()
            )));
        };
        let [args, kwargs] = pair.items() else {
            return Err(value_error(format!(
                "__getnewargs_ex__ should return a tuple of length 2, not {}",
                pair.len()
            )));
        };
        for (item, which, flag, name) in [
            (args, "first", flags::TUPLE_SUBCLASS, "tuple"),
            (kwargs, "second", flags::DICT_SUBCLASS, "dict"),
        ] {
            if !item.ty().has(flag) {
                return Err(type_error(format!(
                    "{which} item of the tuple returned by __getnewargs_ex__ must be a {name}, not '{}'",
                    item.ty().full_name()
                )));
            }
        }
        return Ok((Some(args.clone()), Some(kwargs.clone())));
    }
    if let Some(method) = attribute::lookup_special(object, &names.__getnewargs__)? {
        let method = root("__getnewargs__", method);
        let result = call::call(&method, &[], None)?;
        if !result.ty().has(flags::TUPLE_SUBCLASS) {
            return Err(type_error(format!(
                "__getnewargs__ should return a tuple, not '{}'",
                result.ty().full_name()
            )));
        }
        return Ok((Some(result), None));
    }
    Ok((None, None))
}

fn reduce_newobj(object: &Object) -> PyResult {
    let ty = object.ty();
    if ty.slots.new.is_none() {
        return Err(cannot_pickle(ty));
    }
    let (args, kwargs) = new_arguments(object)?;
    let class = Owned::new(ty.as_object());
    let has_args = args.is_some();
    let (function, newargs) = match (args, kwargs.filter(|k| dict::len(k) != 0)) {
        (Some(args), Some(kwargs)) => (
            copyreg("__newobj_ex__")?,
            tuple::from_owned(vec![class, args, kwargs]),
        ),
        (args, _) => {
            let mut all = vec![class];
            if let Some(args) = args {
                // SAFETY: checked to be a tuple.
                all.extend(unsafe { args.cast::<Tuple>() }.items().iter().cloned());
            }
            (copyreg("__newobj__")?, tuple::from_owned(all))
        }
    };
    let function = root("reduce function", function);
    let newargs = root("reduce arguments", newargs);
    let (is_list, is_dict) = (ty.has(flags::LIST_SUBCLASS), ty.has(flags::DICT_SUBCLASS));
    let state = state_of(object, !(has_args || is_list || is_dict))?;
    let state = root("state", state);
    let list_items = if is_list {
        iter::iter(object)?
    } else {
        none_owned()
    };
    let dict_items = if is_dict {
        let items = call::call_method(object, &names().items, &[])?;
        iter::iter(&items)?
    } else {
        none_owned()
    };
    let state = state.take();
    let newargs = newargs.take();
    Ok(tuple::from_owned(vec![
        function.take(),
        newargs,
        state,
        list_items,
        dict_items,
    ]))
}

fn cannot_pickle(ty: &Type) -> crate::Raised {
    type_error(format!("cannot pickle '{}' object", ty.full_name()))
}

/// The state that a copy needs: `__getstate__()`, where the default one checks that nothing is left out if `required`.
fn state_of(object: &Object, required: bool) -> PyResult {
    use crate::types::builtin_function::{BUILTIN_FUNCTION, BuiltinFunction};
    let method = attribute::get(object, &names().__getstate__)?;
    if method.is_exact(&BUILTIN_FUNCTION) {
        // SAFETY: just checked.
        let function = unsafe { method.cast::<BuiltinFunction>() };
        let is_default = matches!(function.def.call, Native::NoArgs(f) if std::ptr::fn_addr_eq(f, getstate as UnaryFn));
        if is_default && function.this().is(object) {
            return default_state(object, required);
        }
    }
    let method = root("__getstate__", method);
    call::call(&method, &[], None)
}

fn getstate(object: &Object) -> PyResult {
    default_state(object, false)
}

/// The list of a class's slot names that copying knows, or `None` (`_PyType_GetSlotNames`).
fn slot_names(ty: &Type) -> PyResult {
    // SAFETY: a ready type has a dict.
    let namespace = unsafe { &*ty.dict.get() };
    let name = str::intern_immortal("__slotnames__");
    let is_fit = |o: &Object| o.is(none()) || o.ty().has(flags::LIST_SUBCLASS);
    if let Some(found) = dict::get(namespace, name)? {
        if !is_fit(&found) {
            return Err(type_error(format!(
                "{}.__slotnames__ should be a list or None, not {}",
                ty.full_name(),
                found.ty().full_name()
            )));
        }
        return Ok(found);
    }
    let function = copyreg("_slotnames")?;
    let found = call::call(&function, &[Word::borrowed(ty.as_object())], None)?;
    if !is_fit(&found) {
        return Err(type_error(
            "copyreg._slotnames didn't return a list or None",
        ));
    }
    Ok(found)
}

fn default_state(object: &Object, required: bool) -> PyResult {
    let ty = object.ty();
    if required && ty.itemsize.get() != 0 {
        return Err(type_error(format!(
            "cannot pickle {} objects",
            ty.full_name()
        )));
    }
    let state = if managed::is_instance_dict_empty(object) {
        none_owned()
    } else {
        managed::generic_get_dict(object)?
    };
    let state = root("state", state);
    let names = slot_names(ty)?;
    let names: Vec<Owned> = match names.downcast::<list::List>() {
        Some(names) => (0..names.len())
            .filter_map(|i| names.item_owned(i))
            .collect(),
        None => Vec::new(),
    };
    if required {
        let mut size = 16 + 8 * names.len() as isize;
        if ty.dictoffset.get() != 0 && !ty.has(flags::MANAGED_DICT) {
            size += 8;
        }
        if ty.weaklistoffset.get() > 0 {
            size += 8;
        }
        if ty.basicsize.get() > size {
            return Err(cannot_pickle(ty));
        }
    }
    if names.is_empty() {
        return Ok(state.take());
    }
    let slots = root("slot values", dict::new());
    for name in &names {
        if let Some(value) = attribute::get_optional(object, name)? {
            dict::set(&slots, name, &value)?;
        }
    }
    let slots = slots.take();
    let state = state.take();
    if dict::len(&slots) == 0 {
        return Ok(state);
    }
    Ok(tuple::from_owned(vec![state, slots]))
}
