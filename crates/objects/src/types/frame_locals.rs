//! `FrameLocalsProxy`: what `frame.f_locals` is in functions, a mapping that reads and writes the frame's fast locals (PEP 667;
//! Objects/frameobject.c).

use terrarium_bytecode::code::{flags as co, kinds};

use super::frame_object::{self, FRAME, FrameObject};
use crate::alloc;
use crate::error;
use crate::field::Field;
use crate::frame::Frame;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops;
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::{CompareOp, MethodDef, Native, Slots, Type, flags};
use crate::types::bool::bool_owned;
use crate::types::none::{none, none_owned, not_implemented};
use crate::types::str::Str;
use crate::types::{cell, dict, exceptions as exc, list, tuple};
use crate::visit::Visit;

/// CPython's `PyFrameLocalsProxyObject`.
#[repr(C)]
struct Proxy {
    object: Object,
    frame: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Proxy {
    fn type_object() -> &'static Type {
        &FRAME_LOCALS_PROXY
    }
}

pub static FRAME_LOCALS_PROXY: Type = Type::builtin(
    "FrameLocalsProxy",
    std::mem::size_of::<Proxy>(),
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(repr),
        hash: Some(ops::compare::hash_not_implemented),
        richcompare: Some(richcompare),
        getattro: Some(ops::attribute::generic_get),
        setattro: Some(ops::attribute::generic_set),
        iter: Some(iter),
        new: Some(new_from_arguments),
        or: Some(or),
        inplace_or: Some(inplace_or),
        sq_contains: Some(contains),
        mp_length: Some(|o| Ok(keys(o).len())),
        mp_subscript: Some(get_item),
        mp_ass_subscript: Some(set_item),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC | flags::MAPPING)
.with_methods(&METHODS);

static METHODS: [MethodDef; 11] = [
    MethodDef::new(
        "__contains__",
        Native::O(|o, key| contains(o, key).map(bool_owned)),
        "",
    ),
    MethodDef::new("__getitem__", Native::O(get_item), ""),
    MethodDef::new("update", Native::O(update), ""),
    MethodDef::new("__reversed__", Native::NoArgs(reversed), ""),
    MethodDef::new("copy", Native::NoArgs(snapshot), ""),
    MethodDef::new(
        "keys",
        Native::NoArgs(|o| Ok(list::from_owned(keys(o)))),
        "",
    ),
    MethodDef::new("values", Native::NoArgs(values), ""),
    MethodDef::new("items", Native::NoArgs(items), ""),
    MethodDef::new("get", Native::Fast(get), ""),
    MethodDef::new("pop", Native::Fast(pop), ""),
    MethodDef::new("setdefault", Native::Fast(setdefault), ""),
];

/// The value of a fast local, looked up in its cell if it has one.
fn value_at(frame: &Frame, index: usize) -> Option<Owned> {
    let kind = frame.code().local_kind(index);
    // SAFETY: the index is one of the frame's locals; those from `sp` on are gone.
    let value = unsafe {
        let slot = frame.local_base().add(index);
        if slot.cast_const() >= frame.sp.cast_const() {
            return None;
        }
        *slot
    }
    .get()?;
    if kind & (kinds::FREE | kinds::CELL) != 0 && value.is_exact(&cell::CELL) {
        return cell::get(value);
    }
    Some(Owned::new(value))
}

fn names_count(frame: &Frame) -> usize {
    frame.code().nlocalsplus.get() as usize
}

/// Whether a hidden local (of an inlined comprehension) has a value.
fn has_hidden(frame: &Frame) -> bool {
    (0..names_count(frame))
        .any(|i| frame.code().local_kind(i) & kinds::HIDDEN != 0 && value_at(frame, i).is_some())
}

/// What `f_locals` is: the namespace of a module or class body, else a proxy.
///
/// # Safety
/// The frame is live and complete.
pub unsafe fn locals_of(frame: *mut Frame) -> PyResult {
    // SAFETY: by contract.
    unsafe {
        let this = &mut *frame;
        if !this.code().has(co::OPTIMIZED) && !has_hidden(this) {
            if this.locals.is_null() {
                this.locals = dict::new().into_raw();
            }
            return Ok(Owned::new(&*this.locals));
        }
        Ok(new(&frame_object::object_of(frame)))
    }
}

/// What `locals()` returns: the namespace of a module or class body, else a fresh dict.
///
/// # Safety
/// As `locals_of`.
pub unsafe fn locals_dict(frame: *mut Frame) -> PyResult {
    // SAFETY: by contract.
    let found = unsafe { locals_of(frame) }?;
    if found.is_exact(&FRAME_LOCALS_PROXY) {
        snapshot(&found)
    } else {
        Ok(found)
    }
}

/// A proxy of a frame object.
pub fn new(frame: &Object) -> Owned {
    // SAFETY: the body is written before the object is seen.
    unsafe {
        let place = alloc::object_memory(&FRAME_LOCALS_PROXY, std::mem::size_of::<Proxy>());
        assert!(!place.is_null(), "out of memory");
        (&raw mut (*place.cast::<Proxy>()).frame).write(Field::new(Some(Owned::new(frame))));
        gc::track(&*place);
        Owned::from_raw(place)
    }
}

fn new_from_arguments(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let count = crate::args::tuple_len(args);
    if count != 1 {
        return Err(error::type_error(format!(
            "FrameLocalsProxy expected 1 argument, got {count}"
        )));
    }
    let frame = crate::args::tuple_item(args, 0);
    if !frame.is_exact(&FRAME) {
        return Err(error::type_error(format!(
            "expect frame, not {}",
            frame.ty().full_name()
        )));
    }
    if kwargs.is_some_and(|k| dict::len(k) != 0) {
        return Err(error::type_error(
            "FrameLocalsProxy takes no keyword arguments",
        ));
    }
    Ok(new(frame))
}

/// The frame object of a proxy.
fn frame_object(object: &Object) -> &FrameObject {
    // SAFETY: the proxy owns a frame object until it is cleared, which happens when nobody can reach it.
    unsafe {
        let frame = object.cast::<Proxy>().frame.get().unwrap_or_else(|| none());
        frame.cast::<FrameObject>()
    }
}

fn frame(object: &Object) -> &mut Frame {
    // SAFETY: a frame object always has a live frame.
    unsafe { &mut *frame_object(object).frame.get() }
}

fn extra(object: &Object) -> Option<Owned> {
    // SAFETY: null or owned by the frame object.
    unsafe { frame_object(object).extra_locals.get().as_ref() }.map(Owned::new)
}

/// What a key stands for.
enum Found {
    /// A fast local that has a value (reading), or that may be written.
    Local(usize),
    Other,
}

fn find(object: &Object, key: &Object, reading: bool) -> PyResult<Found> {
    let hash = ops::compare::hash(key)?;
    let fits = |i: usize| {
        if reading {
            value_at(frame(object), i).is_some()
        } else {
            frame(object).code().local_kind(i) & kinds::HIDDEN == 0
        }
    };
    let count = names_count(frame(object));
    let mut named = false;
    for i in 0..count {
        if frame(object).code().local_name(i).is(key) {
            if fits(i) {
                return Ok(Found::Local(i));
            }
            named = true;
        }
    }
    if named {
        return Ok(Found::Other);
    }
    for i in 0..count {
        let name = frame(object).code().local_name(i);
        if ops::compare::hash(name)? == hash
            && ops::compare::compare_bool(name, key, CompareOp::Eq)?
            && fits(i)
        {
            return Ok(Found::Local(i));
        }
    }
    Ok(Found::Other)
}

/// The value of a name, `None` if it has none.
fn look_up(object: &Object, key: &Object) -> PyResult<Option<Owned>> {
    if let Found::Local(i) = find(object, key, true)? {
        return Ok(value_at(frame(object), i));
    }
    match extra(object) {
        Some(extra) => dict::get(&extra, key),
        None => Ok(None),
    }
}

fn get_item(object: &Object, key: &Object) -> PyResult {
    match look_up(object, key)? {
        Some(value) => Ok(value),
        None => {
            let shown = ops::text::lossy(&*ops::text::repr(key)?);
            Err(error::raise(
                &exc::KEY_ERROR,
                format!("local variable '{shown}' is not defined"),
            ))
        }
    }
}

const NO_REMOVAL: &str = "cannot remove local variables from FrameLocalsProxy";

fn set_item(object: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let Found::Local(index) = find(object, key, false)? else {
        return set_extra(object, key, value);
    };
    let Some(value) = value else {
        return Err(error::value_error(NO_REMOVAL));
    };
    let kind = frame(object).code().local_kind(index);
    // SAFETY: the index is one of the frame's locals; the slot owns what it says.
    unsafe {
        let slot = frame(object).local_base().add(index);
        restore_slots(frame(object));
        let old = *slot;
        if let Some(old) = old.get()
            && kind & (kinds::FREE | kinds::CELL) != 0
            && old.is_exact(&cell::CELL)
        {
            cell::set(old, Some(Owned::new(value)));
            return Ok(());
        }
        if !std::ptr::eq(old.as_ptr(), value) {
            if let Some(old) = old.get()
                && !old.is_immortal()
            {
                keep_overwritten(frame_object(object), old);
            }
            *slot = Word::new(value);
            old.close();
        }
    }
    Ok(())
}

/// A frame that was cleared has no slots any more: they come back empty when a local is stored.
fn restore_slots(frame: &mut Frame) {
    // SAFETY: the slots up to the stack's bottom belong to the frame.
    unsafe {
        let end = frame.stack_base();
        while frame.sp < end {
            frame.sp.write(Word::NULL);
            frame.sp = frame.sp.add(1);
        }
    }
}

/// The loop may still borrow the old value: the frame object keeps it.
fn keep_overwritten(this: &FrameObject, old: &Object) {
    // SAFETY: null or an owned tuple.
    let mut kept = match unsafe { this.overwritten.get().as_ref() } {
        Some(kept) => unsafe { kept.cast::<tuple::Tuple>() }.items().to_vec(),
        None => Vec::new(),
    };
    kept.push(Owned::new(old));
    let before = this.overwritten.replace(tuple::from_owned(kept).into_raw());
    if !before.is_null() {
        // SAFETY: the field owned it.
        unsafe { Object::decref(before) };
    }
}

fn set_extra(object: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let this = frame_object(object);
    if this.extra_locals.get().is_null() {
        if value.is_none() {
            return Err(error::key_error(key));
        }
        this.extra_locals.set(dict::new().into_raw());
    }
    let Some(extra) = extra(object) else {
        return Ok(());
    };
    match value {
        Some(value) => dict::set(&extra, key, value),
        None if dict::remove(&extra, key)? => Ok(()),
        None => Err(error::key_error(key)),
    }
}

fn contains(object: &Object, key: &Object) -> PyResult<bool> {
    if let Found::Local(_) = find(object, key, true)? {
        return Ok(true);
    }
    extra(object).map_or(Ok(false), |extra| dict::contains(&extra, key))
}

/// Names with their values, fast locals first.
fn entries(object: &Object) -> Vec<(Owned, Owned)> {
    let this = frame(object);
    let mut found = Vec::new();
    for i in 0..names_count(this) {
        if let Some(value) = value_at(this, i) {
            found.push((Owned::new(this.code().local_name(i)), value));
        }
    }
    if let Some(extra) = extra(object) {
        let mut position = 0;
        while let Some((key, value)) = dict::next(&extra, &mut position) {
            found.push((Owned::new(key), Owned::new(value)));
        }
    }
    found
}

fn keys(object: &Object) -> Vec<Owned> {
    entries(object).into_iter().map(|(key, _)| key).collect()
}

fn values(object: &Object) -> PyResult {
    Ok(list::from_owned(
        entries(object)
            .into_iter()
            .map(|(_, value)| value)
            .collect(),
    ))
}

fn items(object: &Object) -> PyResult {
    Ok(list::from_owned(
        entries(object)
            .into_iter()
            .map(|(key, value)| tuple::from_array([key, value]))
            .collect(),
    ))
}

fn iter(object: &Object) -> PyResult {
    ops::iter::iter(&list::from_owned(keys(object)))
}

fn reversed(object: &Object) -> PyResult {
    let mut names = keys(object);
    names.reverse();
    Ok(list::from_owned(names))
}

/// A dict of what the proxy shows now.
fn snapshot(object: &Object) -> PyResult {
    let made = root("copy of the locals", dict::new());
    for key in keys(object) {
        if let Some(value) = look_up(object, &key)? {
            dict::set(&made, &key, &value)?;
        }
    }
    Ok(made.take())
}

fn is_mergeable(object: &Object) -> bool {
    object.ty().has(flags::DICT_SUBCLASS) || object.is_exact(&FRAME_LOCALS_PROXY)
}

/// Stores every item of a dict or proxy.
fn merge(object: &Object, other: &Object) -> PyResult<()> {
    let names = ops::call::call_method(other, &crate::names().keys, &[])?;
    ops::iter::for_each(&names, |key| {
        let value = ops::mapping::get_item(other, &key)?;
        set_item(object, &key, Some(&value))
    })
}

fn update(object: &Object, other: &Object) -> PyResult {
    if !is_mergeable(other) {
        return Err(error::type_error(
            "update() argument must be dict or another FrameLocalsProxy",
        ));
    }
    merge(object, other)?;
    Ok(none_owned())
}

/// A dict of either operand.
fn plain(object: &Object) -> PyResult {
    if object.is_exact(&FRAME_LOCALS_PROXY) {
        snapshot(object)
    } else {
        Ok(Owned::new(object))
    }
}

fn or(left: &Object, right: &Object) -> PyResult {
    if !is_mergeable(left) || !is_mergeable(right) {
        return Ok(not_implemented());
    }
    let made = root("union of locals", dict::new());
    for side in [left, right] {
        let side = plain(side)?;
        let mut position = 0;
        while let Some((key, value)) = dict::next(&side, &mut position) {
            let (key, value) = (Owned::new(key), Owned::new(value));
            dict::set(&made, &key, &value)?;
        }
    }
    Ok(made.take())
}

fn inplace_or(object: &Object, other: &Object) -> PyResult {
    if !is_mergeable(other) {
        return Ok(not_implemented());
    }
    merge(object, other)?;
    Ok(Owned::new(object))
}

fn one_or_two(name: &str, args: &[Word]) -> PyResult<()> {
    if matches!(args.len(), 1 | 2) {
        Ok(())
    } else {
        Err(error::type_error(format!(
            "{name} expected 1 or 2 arguments"
        )))
    }
}

fn default_of(args: &[Word]) -> Owned {
    args.get(1)
        .map_or_else(none_owned, |d| Owned::new(d.object()))
}

fn get(object: &Object, args: &[Word]) -> PyResult {
    one_or_two("get", args)?;
    Ok(look_up(object, args[0].object())?.unwrap_or_else(|| default_of(args)))
}

fn setdefault(object: &Object, args: &[Word]) -> PyResult {
    one_or_two("setdefault", args)?;
    if let Some(found) = look_up(object, args[0].object())? {
        return Ok(found);
    }
    let default = default_of(args);
    set_item(object, args[0].object(), Some(&default))?;
    Ok(default)
}

fn pop(object: &Object, args: &[Word]) -> PyResult {
    crate::args::check_positional("pop", args.len(), 1, 2)?;
    let key = args[0].object();
    if let Found::Local(_) = find(object, key, false)? {
        return Err(error::value_error(NO_REMOVAL));
    }
    if let Some(extra) = extra(object)
        && let Some(found) = dict::get(&extra, key)?
    {
        dict::remove(&extra, key)?;
        return Ok(found);
    }
    if args.len() == 2 {
        Ok(default_of(args))
    } else {
        Err(error::key_error(key))
    }
}

fn richcompare(object: &Object, other: &Object, how: CompareOp) -> PyResult {
    if other.is_exact(&FRAME_LOCALS_PROXY) {
        let same = std::ptr::eq(frame_object(object), frame_object(other));
        return Ok(match how {
            CompareOp::Eq => bool_owned(same),
            CompareOp::Ne => bool_owned(!same),
            _ => not_implemented(),
        });
    }
    if other.ty().has(flags::DICT_SUBCLASS) {
        let copy = root("copy of the locals", snapshot(object)?);
        return ops::compare::compare(&copy, other, how);
    }
    Ok(not_implemented())
}

fn repr(object: &Object) -> PyResult {
    if !ops::text::repr_enter(object) {
        return Ok(Str::new("{...}"));
    }
    let result =
        snapshot(object).and_then(|copy| ops::text::repr(&root("copy of the locals", copy)));
    ops::text::repr_leave(object);
    result
}

fn clear(object: &Object) {
    // SAFETY: called for proxies.
    unsafe { object.cast::<Proxy>() }.frame.clear();
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying proxy.
    unsafe {
        gc::untrack(&*object);
        clear(&*object);
        alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: called for proxies.
    unsafe { object.cast::<Proxy>() }
        .frame
        .visit("frame", visit);
}
