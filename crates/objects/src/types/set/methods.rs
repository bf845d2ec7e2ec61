//! Operators and methods of `set` and `frozenset`.

use super::operations::{self as ops, done};
use super::table::{self, Found, hash_element};
use super::{FROZENSET, SET, Set, SetEntry, new_from, new_of, of};
use crate::args;
use crate::error;
use crate::names::names;
use crate::object::Object;
use crate::ops::{attribute, call, sequence, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::{CompareOp, MethodDef, Native, Slots, Type};
use crate::types::exceptions as exc;
use crate::types::none::{none_owned, not_implemented};
use crate::types::str::Str;
use crate::types::writer::Writer;
use crate::types::{bool, generic_alias, int, list, tuple};

pub const COMMON: Slots = Slots {
    repr: Some(repr),
    getattro: Some(attribute::generic_get),
    richcompare: Some(richcompare),
    iter: Some(|object| Ok(super::iterator::new(object))),
    subtract: Some(ops::sub),
    and: Some(ops::and),
    xor: Some(ops::xor),
    or: Some(ops::or),
    sq_length: Some(|object| Ok(of(object).len())),
    sq_contains: Some(contains),
    ..Slots::NONE
};

const CONTAINS: MethodDef = MethodDef::new(
    "__contains__",
    Native::O(contains_method),
    "__contains__($self, object, /)\n--\n\n",
);
const DIFFERENCE: MethodDef = MethodDef::new(
    "difference",
    Native::Fast(|s, a| ops::difference_all(s, &objects(a))),
    "difference($self, /, *others)\n--\n\n",
);
const INTERSECTION: MethodDef = MethodDef::new(
    "intersection",
    Native::Fast(|s, a| ops::intersection_all(s, &objects(a))),
    "intersection($self, /, *others)\n--\n\n",
);
const ISDISJOINT: MethodDef = MethodDef::new(
    "isdisjoint",
    Native::O(|s, o| Ok(bool::bool_owned(ops::is_disjoint(s, o)?))),
    "isdisjoint($self, other, /)\n--\n\n",
);
const ISSUBSET: MethodDef = MethodDef::new(
    "issubset",
    Native::O(|s, o| Ok(bool::bool_owned(ops::is_subset(s, o)?))),
    "issubset($self, other, /)\n--\n\n",
);
const ISSUPERSET: MethodDef = MethodDef::new(
    "issuperset",
    Native::O(|s, o| Ok(bool::bool_owned(ops::is_superset(s, o)?))),
    "issuperset($self, other, /)\n--\n\n",
);
const REDUCE: MethodDef = MethodDef::new(
    "__reduce__",
    Native::NoArgs(reduce),
    "__reduce__($self, /)\n--\n\n",
);
const SIZEOF: MethodDef = MethodDef::new(
    "__sizeof__",
    Native::NoArgs(sizeof),
    "__sizeof__($self, /)\n--\n\n",
);
const SYMMETRIC: MethodDef = MethodDef::new(
    "symmetric_difference",
    Native::O(ops::symmetric_difference),
    "symmetric_difference($self, other, /)\n--\n\n",
);
const UNION: MethodDef = MethodDef::new(
    "union",
    Native::Fast(|s, a| ops::union(s, &objects(a))),
    "union($self, /, *others)\n--\n\n",
);
const CLASS_GETITEM: MethodDef =
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), "");

pub const FROZENSET_METHODS: &[MethodDef] = &[
    CONTAINS,
    MethodDef::new(
        "copy",
        Native::NoArgs(frozenset_copy),
        "copy($self, /)\n--\n\n",
    ),
    DIFFERENCE,
    INTERSECTION,
    ISDISJOINT,
    ISSUBSET,
    ISSUPERSET,
    REDUCE,
    SIZEOF,
    SYMMETRIC,
    UNION,
    CLASS_GETITEM,
];

pub const SET_METHODS: &[MethodDef] = &[
    MethodDef::new("add", Native::O(add), "add($self, object, /)\n--\n\n"),
    MethodDef::new("clear", Native::NoArgs(clear), "clear($self, /)\n--\n\n"),
    CONTAINS,
    MethodDef::new(
        "copy",
        Native::NoArgs(ops::copy_base),
        "copy($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "discard",
        Native::O(discard),
        "discard($self, object, /)\n--\n\n",
    ),
    DIFFERENCE,
    MethodDef::new(
        "difference_update",
        Native::Fast(difference_update),
        "difference_update($self, /, *others)\n--\n\n",
    ),
    INTERSECTION,
    MethodDef::new(
        "intersection_update",
        Native::Fast(|s, a| done(ops::intersection_update(s, &objects(a)))),
        "intersection_update($self, /, *others)\n--\n\n",
    ),
    ISDISJOINT,
    ISSUBSET,
    ISSUPERSET,
    MethodDef::new("pop", Native::NoArgs(pop), "pop($self, /)\n--\n\n"),
    REDUCE,
    MethodDef::new(
        "remove",
        Native::O(remove),
        "remove($self, object, /)\n--\n\n",
    ),
    SIZEOF,
    SYMMETRIC,
    MethodDef::new(
        "symmetric_difference_update",
        Native::O(|s, o| done(ops::symmetric_difference_update_by(s, o))),
        "symmetric_difference_update($self, other, /)\n--\n\n",
    ),
    UNION,
    MethodDef::new(
        "update",
        Native::Fast(update),
        "update($self, /, *others)\n--\n\n",
    ),
    CLASS_GETITEM,
];

fn objects(args: &[Word]) -> Vec<&Object> {
    args.iter().map(|a| a.object()).collect()
}

pub fn set_vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    args::no_keywords("set", kwnames)?;
    args::check_positional("set", args.len(), 0, 1)?;
    // SAFETY: called with a type.
    let ty = unsafe { callable.cast::<Type>() };
    new_from(ty, args.first().map(|a| a.object()))
}

pub fn frozenset_vectorcall(
    callable: &Object,
    args: &[Word],
    kwnames: Option<&Object>,
) -> PyResult {
    args::no_keywords("frozenset", kwnames)?;
    args::check_positional("frozenset", args.len(), 0, 1)?;
    // SAFETY: called with a type.
    let ty = unsafe { callable.cast::<Type>() };
    new_frozen(ty, args.first().map(|a| a.object()))
}

/// `make_new_frozenset`.
fn new_frozen(ty: &Type, iterable: Option<&Object>) -> PyResult {
    match iterable {
        Some(same) if std::ptr::eq(ty, &FROZENSET) && same.is_exact(&FROZENSET) => {
            Ok(Owned::new(same))
        }
        _ => new_from(ty, iterable),
    }
}

pub fn set_new(ty: &Type, _args: &Object, _kwargs: Option<&Object>) -> PyResult {
    new_of(ty)
}

pub fn frozenset_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if std::ptr::eq(ty, &FROZENSET) || ty.slots.init.is_none() || same_init(ty) {
        args::no_keyword_dict("frozenset", kwargs)?;
    }
    let given = args::tuple_len(args);
    args::check_positional(ty.full_name(), given, 0, 1)?;
    new_frozen(ty, (given == 1).then(|| args::tuple_item(args, 0)))
}

/// Whether a subtype of frozenset leaves `__init__` as it is.
fn same_init(ty: &Type) -> bool {
    match (ty.slots.init, FROZENSET.slots.init) {
        (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

pub fn set_init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    args::no_keyword_dict("set", kwargs)?;
    let given = args::tuple_len(args);
    args::check_positional(object.ty().full_name(), given, 0, 1)?;
    let set = of(object);
    table::clear(set);
    set.hash.set(-1);
    if given == 1 {
        ops::update(set, args::tuple_item(args, 0))?;
    }
    Ok(())
}

const fn shuffle(hash: u64) -> u64 {
    ((hash ^ 89869747) ^ (hash << 16)).wrapping_mul(3644798167)
}

/// Independent of order: the xor of the elements' spread hashes (Objects/setobject.c).
pub fn frozenset_hash(object: &Object) -> PyResult<isize> {
    let set = of(object);
    if set.hash.get() != -1 {
        return Ok(set.hash.get());
    }
    let hash = unordered_hash(set);
    set.hash.set(hash);
    Ok(hash)
}

/// The hash a frozenset of these elements has.
fn unordered_hash(set: &Set) -> isize {
    let mut hash = 0u64;
    let mut position = 0;
    while let Some((_, element)) = set.next_entry(&mut position) {
        hash ^= shuffle(element as u64);
    }
    hash ^= (set.len() as u64 + 1).wrapping_mul(1927868237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69069).wrapping_add(907133923);
    if hash == u64::MAX {
        590923713
    } else {
        hash as isize
    }
}

/// The hash of a key to look up: an unhashable set counts as its frozenset.
fn lookup_hash(key: &Object) -> PyResult<isize> {
    match hash_element(key) {
        Ok(hash) => Ok(hash),
        Err(_)
            if (key.is_exact(&SET) || key.ty().is_subtype(&SET))
                && error::matches(&exc::TYPE_ERROR) =>
        {
            error::clear();
            Ok(unordered_hash(of(key)))
        }
        Err(raised) => Err(raised),
    }
}

pub fn contains(object: &Object, key: &Object) -> PyResult<bool> {
    let hash = lookup_hash(key)?;
    Ok(matches!(table::find(of(object), key, hash)?, Found::At(_)))
}

fn contains_method(object: &Object, key: &Object) -> PyResult {
    Ok(bool::bool_owned(contains(object, key)?))
}

fn add(object: &Object, key: &Object) -> PyResult {
    table::add_key(of(object), key)?;
    Ok(none_owned())
}

fn clear(object: &Object) -> PyResult {
    table::clear(of(object));
    Ok(none_owned())
}

fn discard(object: &Object, key: &Object) -> PyResult {
    let hash = lookup_hash(key)?;
    table::discard_known(of(object), key, hash)?;
    Ok(none_owned())
}

fn remove(object: &Object, key: &Object) -> PyResult {
    let hash = lookup_hash(key)?;
    if table::discard_known(of(object), key, hash)? {
        return Ok(none_owned());
    }
    Err(error::key_error(key))
}

fn pop(object: &Object) -> PyResult {
    let set = of(object);
    if set.is_empty() {
        return Err(error::key_error(&Str::new("pop from an empty set")));
    }
    let mask = set.mask.get() as usize;
    let mut i = set.finger.get() as usize & mask;
    // SAFETY: in bounds; there is an element.
    while !table::is_active(unsafe { (*set.slot(i)).key }) {
        i = if i == mask { 0 } else { i + 1 };
    }
    let key = table::take_slot(set, i);
    set.finger.set(i as isize + 1);
    Ok(key)
}

fn update(object: &Object, args: &[Word]) -> PyResult {
    for other in args {
        ops::update(of(object), other.object())?;
    }
    Ok(none_owned())
}

fn difference_update(object: &Object, args: &[Word]) -> PyResult {
    for other in args {
        ops::difference_update_by(object, other.object())?;
    }
    Ok(none_owned())
}

fn frozenset_copy(object: &Object) -> PyResult {
    if object.is_exact(&FROZENSET) {
        return Ok(Owned::new(object));
    }
    ops::copy_base(object)
}

fn sizeof(object: &Object) -> PyResult {
    let set = of(object);
    let mut size = object.ty().basicsize.get() as usize;
    if !set.is_small() {
        size += (set.mask.get() as usize + 1) * size_of::<SetEntry>();
    }
    Ok(int::from_usize(size))
}

/// `(type, ([elements],), state)`.
fn reduce(object: &Object) -> PyResult {
    let state = root(
        "state",
        call::call_method(object, &names().__getstate__, &[])?,
    );
    let items = sequence::to_list(object)?;
    let args = tuple::from_array([items]);
    Ok(tuple::from_array([
        Owned::new(object.ty().as_object()),
        args,
        state.take(),
    ]))
}

fn repr(object: &Object) -> PyResult {
    let name = object.ty().full_name().to_owned();
    if !text::repr_enter(object) {
        return Ok(Str::new(&format!("{name}(...)")));
    }
    let result = repr_inner(object, &name);
    text::repr_leave(object);
    result
}

fn repr_inner(object: &Object, name: &str) -> PyResult {
    if of(object).is_empty() {
        return Ok(Str::new(&format!("{name}()")));
    }
    let items = root("elements", sequence::to_list(object)?);
    let braces = object.is_exact(&SET);
    let mut out = Writer::new(if braces { "" } else { name });
    out.push(if braces { "{" } else { "({" });
    // SAFETY: a list of our own.
    let items_list = unsafe { items.cast::<list::List>() };
    let mut at = 0;
    while let Some(item) = items_list.item_owned(at) {
        let item = root("element", item);
        if at > 0 {
            out.push(", ");
        }
        out.push_repr(&item)?;
        at += 1;
    }
    out.push(if braces { "}" } else { "})" });
    Ok(out.finish())
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !super::is_set(b) {
        return Ok(not_implemented());
    }
    let (left, right) = (of(a), of(b));
    let result = match op {
        CompareOp::Eq => equal(a, b)?,
        CompareOp::Ne => !equal(a, b)?,
        CompareOp::Le => ops::is_subset(a, b)?,
        CompareOp::Ge => ops::is_superset(a, b)?,
        CompareOp::Lt => left.len() < right.len() && ops::is_subset(a, b)?,
        CompareOp::Gt => left.len() > right.len() && ops::is_superset(a, b)?,
    };
    Ok(bool::bool_owned(result))
}

fn equal(a: &Object, b: &Object) -> PyResult<bool> {
    let (left, right) = (of(a), of(b));
    if left.len() != right.len() {
        return Ok(false);
    }
    if left.hash.get() != -1 && right.hash.get() != -1 && left.hash.get() != right.hash.get() {
        return Ok(false);
    }
    ops::is_subset(a, b)
}
