//! Operators and methods of `dict`.

use super::keys::{DUMMY, EMPTY, empty_keys};
use super::merge::{copy_method, from_keys, update_from};
use super::table::{self, hash_key};
use super::views::{self, ITEMS, KEYS, VALUES};
use super::{
    DICT, Dict, dict_of, get_known_hash, init_body, iterators, lookup, new, pop_known, set,
};
use crate::args;
use crate::error;
use crate::names::names;
use crate::object::Object;
use crate::ops::{attribute, call, compare, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::{CompareOp, MethodDef, Native, Slots, Type, flags};
use crate::types::none::{none, none_owned, not_implemented};
use crate::types::str::{STR, Str};
use crate::types::writer::Writer;
use crate::types::{bool, generic_alias, int, tuple};

pub const DOC: &str = "";

pub const SLOTS: Slots = Slots {
    repr: Some(repr),
    hash: Some(compare::hash_not_implemented),
    getattro: Some(attribute::generic_get),
    richcompare: Some(richcompare),
    iter: Some(iter),
    init: Some(init),
    new: Some(tp_new),
    or: Some(or),
    inplace_or: Some(inplace_or),
    sq_contains: Some(super::contains),
    mp_length: Some(length),
    mp_subscript: Some(subscript),
    mp_ass_subscript: Some(ass_subscript),
    ..Slots::NONE
};

pub const METHODS: &[MethodDef] = &[
    MethodDef::new(
        "__contains__",
        Native::O(contains),
        "__contains__($self, key, /)\n--\n\n",
    ),
    MethodDef::new(
        "__getitem__",
        Native::O(subscript),
        "__getitem__($self, key, /)\n--\n\n",
    ),
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(sizeof),
        "__sizeof__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "get",
        Native::Fast(get),
        "get($self, key, default=None, /)\n--\n\n",
    ),
    MethodDef::new(
        "setdefault",
        Native::Fast(setdefault),
        "setdefault($self, key, default=None, /)\n--\n\n",
    ),
    MethodDef::new("pop", Native::Fast(pop), ""),
    MethodDef::new(
        "popitem",
        Native::NoArgs(popitem),
        "popitem($self, /)\n--\n\n",
    ),
    MethodDef::new("keys", Native::NoArgs(keys), "keys($self, /)\n--\n\n"),
    MethodDef::new("items", Native::NoArgs(items), "items($self, /)\n--\n\n"),
    MethodDef::new("values", Native::NoArgs(values), "values($self, /)\n--\n\n"),
    MethodDef::new("update", Native::VarArgsKeywords(update), ""),
    MethodDef::class(
        "fromkeys",
        Native::Fast(fromkeys),
        "fromkeys($type, iterable, value=None, /)\n--\n\n",
    ),
    MethodDef::new("clear", Native::NoArgs(clear), "clear($self, /)\n--\n\n"),
    MethodDef::new(
        "copy",
        Native::NoArgs(copy_method),
        "copy($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__reversed__",
        Native::NoArgs(reversed),
        "__reversed__($self, /)\n--\n\n",
    ),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
];

/// `dict(...)`: keywords become entries.
pub fn vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (positional, values) = args::split(args, kwnames);
    args::check_positional("dict", positional.len(), 0, 1)?;
    let dict = if callable.is(DICT.as_object()) {
        new()
    } else {
        // SAFETY: called with a type.
        tp_new(unsafe { callable.cast::<Type>() }, tuple::empty_ref(), None)?
    };
    let dict = root("dict being built", dict);
    if let Some(source) = positional.first() {
        update_from(&dict, source.object())?;
    }
    if let Some(names) = kwnames {
        for (i, value) in values.iter().enumerate() {
            set(&dict, args::tuple_item(names, i), value.object())?;
        }
    }
    Ok(dict.take())
}

fn tp_new(ty: &Type, _args: &Object, _kwargs: Option<&Object>) -> PyResult {
    if std::ptr::eq(ty, &DICT) {
        return Ok(new());
    }
    let object = crate::types::r#type::generic_alloc(ty, 0)?;
    // SAFETY: fresh memory of a dict subtype.
    unsafe { init_body(object.as_ptr()) };
    Ok(object)
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    update_common(object, args, kwargs, "dict")
}

fn update_common(
    object: &Object,
    args: &Object,
    kwargs: Option<&Object>,
    name: &str,
) -> PyResult<()> {
    let given = args::tuple_len(args);
    args::check_positional(name, given, 0, 1)?;
    if given == 1 {
        update_from(object, args::tuple_item(args, 0))?;
    }
    if let Some(kwargs) = kwargs {
        let mut at = 0;
        while let Some((key, _)) = super::next(kwargs, &mut at) {
            if !key.ty().has(flags::UNICODE_SUBCLASS) {
                return Err(error::type_error("keywords must be strings"));
            }
        }
        super::update(object, kwargs)?;
    }
    Ok(())
}

fn update(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    update_common(object, args, kwargs, "update")?;
    Ok(none_owned())
}

fn length(object: &Object) -> PyResult<usize> {
    Ok(dict_of(object).len())
}

fn contains(object: &Object, key: &Object) -> PyResult {
    Ok(bool::bool_owned(super::contains(object, key)?))
}

/// `dict[key]`; `__missing__` of subclasses; KeyError.
fn subscript(object: &Object, key: &Object) -> PyResult {
    let hash = hash_key(key)?;
    if let Some(value) = get_known_hash(object, key, hash)? {
        return Ok(value);
    }
    if !object.is_exact(&DICT)
        && let Some(missing) = attribute::lookup_special(object, &names().__missing__)?
    {
        let missing = root("__missing__", missing);
        return call::call(&missing, &[Word::borrowed(key)], None);
    }
    Err(error::key_error(key))
}

fn ass_subscript(object: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    match value {
        Some(value) => set(object, key, value),
        None if super::remove(object, key)? => Ok(()),
        None => Err(error::key_error(key)),
    }
}

fn get(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("get", args.len(), 1, 2)?;
    let key = args[0].object();
    if let Some(value) = get_known_hash(object, key, hash_key(key)?)? {
        return Ok(value);
    }
    Ok(Owned::new(args.get(1).map_or(none(), |d| d.object())))
}

fn setdefault(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("setdefault", args.len(), 1, 2)?;
    let default = args.get(1).map_or(none(), |d| d.object());
    set_default(object, args[0].object(), default)
}

/// `dict.setdefault(key, default)` (`PyDict_SetDefaultRef`): hashes once.
pub fn set_default(object: &Object, key: &Object, default: &Object) -> PyResult {
    let dict = dict_of(object);
    let hash = hash_key(key)?;
    if !std::ptr::eq(dict.keys.get(), empty_keys()) {
        if dict.is_split() && key.is_exact(&STR) {
            let ix = dict.keys().insert_split(key, hash);
            if ix != EMPTY {
                // SAFETY: null or live.
                if let Some(value) = unsafe { dict.value_at(ix as usize).as_ref() } {
                    return Ok(Owned::new(value));
                }
            }
        } else {
            let ix = lookup(dict, key, hash)?;
            if ix >= 0 {
                // SAFETY: null or live.
                if let Some(value) = unsafe { dict.value_at(ix as usize).as_ref() } {
                    return Ok(Owned::new(value));
                }
            } else {
                debug_assert!(ix != DUMMY);
                let result = Owned::new(default);
                table::insert_absent(dict, Owned::new(key), hash, Owned::new(default))?;
                return Ok(result);
            }
        }
    }
    let result = Owned::new(default);
    table::set_known(dict, Owned::new(key), hash, Owned::new(default))?;
    Ok(result)
}

fn pop(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("pop", args.len(), 1, 2)?;
    let key = args[0].object();
    let dict = dict_of(object);
    if !dict.is_empty()
        && let Some(value) = pop_known(dict, key, hash_key(key)?)?
    {
        return Ok(value);
    }
    match args.get(1) {
        Some(default) => Ok(Owned::new(default.object())),
        None => Err(error::key_error(key)),
    }
}

fn popitem(object: &Object) -> PyResult {
    let dict = dict_of(object);
    if dict.is_empty() {
        return Err(error::key_error(&Str::new(
            "popitem(): dictionary is empty",
        )));
    }
    let (key, value) = table::pop_last(dict)?;
    Ok(tuple::from_array([key, value]))
}

fn keys(object: &Object) -> PyResult {
    Ok(views::new(object, &KEYS))
}

fn items(object: &Object) -> PyResult {
    Ok(views::new(object, &ITEMS))
}

fn values(object: &Object) -> PyResult {
    Ok(views::new(object, &VALUES))
}

fn fromkeys(class: &Object, args: &[Word]) -> PyResult {
    args::check_positional("fromkeys", args.len(), 1, 2)?;
    from_keys(
        class,
        args[0].object(),
        args.get(1).map_or(none(), |v| v.object()),
    )
}

fn clear(object: &Object) -> PyResult {
    super::clear(object);
    Ok(none_owned())
}

fn iter(object: &Object) -> PyResult {
    Ok(iterators::new(object, &iterators::KEY_ITER))
}

fn reversed(object: &Object) -> PyResult {
    Ok(iterators::new(object, &iterators::REVERSE_KEY_ITER))
}

fn sizeof(object: &Object) -> PyResult {
    Ok(int::from_usize(size_in_bytes(object)))
}

/// Bytes without the collector's words (`_PyDict_SizeOf`).
pub fn size_in_bytes(object: &Object) -> usize {
    let dict = dict_of(object);
    let mut size = object.ty().basicsize.get() as usize;
    if dict.is_split() {
        size += dict.keys().shared_size() * 8;
    }
    if dict.keys().refcnt.get() == 1 {
        size += dict.keys().size_of_keys();
    }
    size
}

fn repr(object: &Object) -> PyResult {
    if !text::repr_enter(object) {
        return Ok(Str::new("{...}"));
    }
    let result = repr_inner(object);
    text::repr_leave(object);
    result
}

fn repr_inner(object: &Object) -> PyResult {
    let dict = dict_of(object);
    if dict.is_empty() {
        return Ok(Str::new("{}"));
    }
    let mut out = Writer::new("{");
    let mut first = true;
    let mut at = 0;
    while let Some((key, value)) = super::next(object, &mut at) {
        let key = root("key", Owned::new(key));
        let value = root("value", Owned::new(value));
        if !first {
            out.push(", ");
        }
        first = false;
        out.push_repr(&key)?;
        out.push(": ");
        out.push_repr(&value)?;
        drop(value);
        drop(key);
    }
    out.push("}");
    Ok(out.finish())
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    let dicts = a.ty().has(flags::DICT_SUBCLASS) && b.ty().has(flags::DICT_SUBCLASS);
    match op {
        CompareOp::Eq if dicts => Ok(bool::bool_owned(equal(dict_of(a), dict_of(b))?)),
        CompareOp::Ne if dicts => Ok(bool::bool_owned(!equal(dict_of(a), dict_of(b))?)),
        _ => Ok(not_implemented()),
    }
}

/// `dict_equal`.
fn equal(a: &Dict, b: &Dict) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    let mut at = 0;
    while at < a.keys().len() {
        // SAFETY: null or live.
        if let Some(value) = unsafe { a.value_at(at).as_ref() } {
            let hash = a.keys().hash_of(at);
            let value = root("value", Owned::new(value));
            // SAFETY: a present entry.
            let key = root("key", Owned::new(unsafe { &*a.keys().key(at) }));
            let ix = lookup(b, &key, hash)?;
            if ix < 0 {
                return Ok(false);
            }
            // SAFETY: null or live.
            let Some(other) = (unsafe { b.value_at(ix as usize).as_ref() }) else {
                return Ok(false);
            };
            let other = root("value", Owned::new(other));
            if !compare::compare_bool(&value, &other, CompareOp::Eq)? {
                return Ok(false);
            }
            drop(other);
            drop(key);
            drop(value);
        }
        at += 1;
    }
    Ok(true)
}

fn or(a: &Object, b: &Object) -> PyResult {
    if !a.ty().has(flags::DICT_SUBCLASS) || !b.ty().has(flags::DICT_SUBCLASS) {
        return Ok(not_implemented());
    }
    let result = root("dict", copy_method(a)?);
    update_from(&result, b)?;
    Ok(result.take())
}

fn inplace_or(a: &Object, b: &Object) -> PyResult {
    update_from(a, b)?;
    Ok(Owned::new(a))
}
