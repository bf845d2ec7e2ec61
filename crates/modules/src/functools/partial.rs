//! `partial`.

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{GetSetDef, MemberDef, MemberKind, MethodDef, Native, flags};
use terrarium_objects::types::dict::{self, managed};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::types::{generic_alias, method, r#type};
use terrarium_objects::{
    Object, Owned, PyResult, Slots, Type, Word, error, none, none_owned, ops, root,
};

use super::partial_state::{self as state, is_placeholder};
use crate::body::{WeakList, body};

body! {
    /// `holes`: how many placeholders are among the arguments.
    Partial of PARTIAL { function: Field, args: Field, keywords: Field, dict: Field, weaklist: WeakList, vectorcall: Cell<usize>, holes: Cell<usize> }
}

pub static PARTIAL: Type = Type::builtin(
    "functools.partial",
    80,
    Slots {
        new: Some(new),
        call: Some(call),
        repr: Some(repr),
        descr_get: Some(get),
        setattro: Some(ops::attribute::generic_set),
        ..Partial::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE | flags::HAVE_VECTORCALL)
.with_dictoffset(std::mem::offset_of!(Partial, dict))
.with_weaklistoffset(std::mem::offset_of!(Partial, weaklist))
.with_members(&[
    MemberDef::new(
        "func",
        MemberKind::Object,
        std::mem::offset_of!(Partial, function),
    ),
    MemberDef::new(
        "args",
        MemberKind::Object,
        std::mem::offset_of!(Partial, args),
    ),
    MemberDef::new(
        "keywords",
        MemberKind::Object,
        std::mem::offset_of!(Partial, keywords),
    ),
])
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new("__setstate__", Native::O(set_state), ""),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
])
.with_getset(&[GetSetDef {
    name: "__dict__",
    get: Some(managed::generic_get_dict),
    set: Some(r#type::new_slots::generic_set_dict),
    doc: "",
}]);

const _: () = assert!(size_of::<Partial>() <= 80);

fn items(tuple: &Object) -> &[Owned] {
    // SAFETY: the arguments of a partial, and argument tuples, are tuples.
    unsafe { tuple.cast::<Tuple>() }.items()
}

fn count_holes(arguments: &Object) -> usize {
    items(arguments)
        .iter()
        .filter(|i| is_placeholder(i))
        .count()
}

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let Some((function, given)) = items(args).split_first() else {
        return Err(error::type_error(
            "type 'partial' takes at least one argument",
        ));
    };
    if function.ty().slots.call.is_none() {
        return Err(error::type_error("the first argument must be callable"));
    }
    state::check_trailing(given)?;
    state::check_keywords(kwargs)?;
    let mut function: &Object = function;
    let mut old: &[Owned] = &[];
    let mut old_keywords = None;
    if let Some(inner) = function.downcast::<Partial>()
        && inner.dict.is_empty()
    {
        old = items(inner.args.get().unwrap_or(tuple::empty_ref()));
        old_keywords = inner.keywords.get();
        function = inner.function.get().unwrap_or(none());
    }
    let arguments = state::merged(old, given);
    let keywords = match old_keywords.filter(|k| dict::len(k) != 0) {
        None => kwargs.map_or_else(dict::new, dict::copy),
        Some(old) => {
            let all = dict::copy(old);
            if let Some(kwargs) = kwargs {
                dict::update(&all, kwargs)?;
            }
            all
        }
    };
    let made = Partial::alloc(ty)?;
    let this = Partial::of(&made);
    this.function.set_ref(Some(function));
    this.holes.set(count_holes(&arguments));
    this.args.set(Some(arguments));
    this.keywords.set(Some(keywords));
    Ok(made)
}

fn get(object: &Object, instance: Option<&Object>, _: Option<&Object>) -> PyResult {
    Ok(match instance {
        Some(instance) if !instance.is(none()) => method::new(object, instance),
        _ => Owned::new(object),
    })
}

fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let this = Partial::of(object);
    if this.keywords.get().is_some_and(|k| dict::len(k) != 0) {
        return call_with_keywords(this, args, kwnames);
    }
    let function = this.function.get().unwrap_or(none());
    let kept = items(this.args.get().unwrap_or(tuple::empty_ref()));
    if kept.is_empty() {
        return ops::call::call(function, args, kwnames);
    }
    let positional = args.len() - kwnames.map_or(0, args::tuple_len);
    if positional < this.holes.get() {
        return Err(state::too_few(this.holes.get(), positional));
    }
    let words = state::call_words(kept, args);
    ops::call::call(function, words.as_slice(), kwnames)
}

/// With keywords of its own, the call goes through a tuple and a dict (`partial_vectorcall_fallback`).
fn call_with_keywords(this: &Partial, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (given, keywords) = ops::call::tuple_and_dict(args, kwnames)?;
    let given = root("arguments", given);
    let keywords = keywords.map(|k| root("keyword arguments", k));
    let result = merge_and_call(this, &given, keywords.as_deref());
    // Guards end in the opposite order of their making.
    drop(keywords);
    drop(given);
    result
}

fn merge_and_call(this: &Partial, given: &Object, keywords: Option<&Object>) -> PyResult {
    let holes = this.holes.get();
    let positional = args::tuple_len(given);
    if positional < holes {
        return Err(state::too_few(holes, positional));
    }
    let all = dict::copy(this.keywords.get().unwrap_or(none()));
    if let Some(keywords) = keywords {
        dict::update(&all, keywords)?;
    }
    let all = root("merged keywords", all);
    let kept = this.args.get().unwrap_or(tuple::empty_ref());
    let arguments = if positional == 0 {
        Owned::new(kept)
    } else if items(kept).is_empty() {
        Owned::new(given)
    } else {
        state::merged(items(kept), items(given))
    };
    let arguments = root("merged arguments", arguments);
    let function = this.function.get().unwrap_or(none());
    let result = ops::call::call_tuple_dict(function, &arguments, Some(&all));
    drop(arguments);
    drop(all);
    result
}

/// `module.Name(function, arguments, keywords)`; a partial inside itself is shown as `...`.
fn repr(object: &Object) -> PyResult {
    if !ops::text::repr_enter(object) {
        return Ok(Str::new("..."));
    }
    let shown = shown(object);
    ops::text::repr_leave(object);
    Ok(Str::new(&shown?))
}

fn shown(object: &Object) -> PyResult<String> {
    let this = Partial::of(object);
    let names = terrarium_objects::names();
    let text = |o: &Object| ops::text::repr(o).map(|t| ops::text::lossy(&t));
    let class = object.ty().as_object();
    let module = ops::text::lossy(&*ops::attribute::get(class, &names.__module__)?);
    let name = ops::text::lossy(&*ops::attribute::get(class, &names.__qualname__)?);
    let arguments = root("arguments", this.args.or_none());
    let mut out = format!("{module}.{name}(");
    out += &text(&root("function", this.function.or_none()))?;
    for item in items(&arguments) {
        out += ", ";
        out += &text(item)?;
    }
    let keywords = root("keywords", this.keywords.or_none());
    let mut at = 0;
    while let Some((key, value)) = dict::next(&keywords, &mut at) {
        let key = root("keyword", Owned::new(key));
        let value = root("value of a keyword", Owned::new(value));
        let name = ops::text::str(&key)?;
        out += &format!(", {}=", ops::text::lossy(&name));
        out += &text(&value)?;
        drop(value);
        drop(key);
    }
    drop(keywords);
    drop(arguments);
    out.push(')');
    Ok(out)
}

fn reduce(object: &Object) -> PyResult {
    let this = Partial::of(object);
    let function = || this.function.or_none();
    Ok(tuple::from_array([
        Owned::new(object.ty().as_object()),
        tuple::from_array([function()]),
        tuple::from_array([
            function(),
            this.args.or_none(),
            this.keywords.or_none(),
            this.dict.or_none(),
        ]),
    ]))
}

fn set_state(object: &Object, given: &Object) -> PyResult {
    let invalid = || error::type_error("invalid partial state");
    let parts = given.downcast::<Tuple>().ok_or_else(invalid)?.items();
    let [function, arguments, keywords, attributes] = parts else {
        return Err(invalid());
    };
    let is_dict = |o: &Object| o.downcast::<dict::Dict>().is_some();
    if function.ty().slots.call.is_none()
        || arguments.downcast::<Tuple>().is_none()
        || !keywords.is(none()) && !is_dict(keywords)
    {
        return Err(invalid());
    }
    state::check_trailing(items(arguments))?;
    let arguments = if arguments.is_exact(&tuple::TUPLE) {
        arguments.clone()
    } else {
        ops::sequence::to_tuple(arguments)?
    };
    let keywords = if keywords.is(none()) {
        dict::new()
    } else if keywords.is_exact(&dict::DICT) {
        keywords.clone()
    } else {
        dict::copy(keywords)
    };
    let attributes = (!attributes.is(none())).then(|| attributes.clone());
    let function = function.clone();
    let this = Partial::of(object);
    this.holes.set(count_holes(&arguments));
    this.function.set(Some(function));
    this.args.set(Some(arguments));
    this.keywords.set(Some(keywords));
    this.dict.set(attributes);
    Ok(none_owned())
}
