//! Operators and methods of `list`.

use super::slices::{self, fast_items};
use super::{LIST, List, clear, finish, iterator, sort, with_len};
use crate::alloc::{self, Kind};
use crate::args;
use crate::error;
use crate::gc;
use crate::object::Object;
use crate::ops::{attribute, compare, mapping, number, sequence, text};
use crate::refs::{Owned, PyResult, Word};
use crate::state::root;
use crate::typeobject::{CompareOp, MethodDef, Native, Slots, Type, flags};
use crate::types::dict::table::plain_equal;
use crate::types::exceptions as exc;
use crate::types::none::{none_owned, not_implemented};
use crate::types::slice::{self, SLICE};
use crate::types::str::Str;
use crate::types::writer::Writer;
use crate::types::{bool, generic_alias, int};

pub const DOC: &str = "list(iterable=(), /)\n--\n\n";

pub const SLOTS: Slots = Slots {
    repr: Some(repr),
    hash: Some(compare::hash_not_implemented),
    getattro: Some(attribute::generic_get),
    richcompare: Some(richcompare),
    iter: Some(iterator::forward),
    init: Some(init),
    new: Some(tp_new),
    sq_length: Some(length),
    sq_concat: Some(concat),
    sq_repeat: Some(repeat),
    sq_item: Some(item),
    sq_ass_item: Some(ass_item),
    sq_contains: Some(contains),
    sq_inplace_concat: Some(inplace_concat),
    sq_inplace_repeat: Some(inplace_repeat),
    mp_length: Some(length),
    mp_subscript: Some(subscript),
    mp_ass_subscript: Some(ass_subscript),
    ..Slots::NONE
};

pub const METHODS: &[MethodDef] = &[
    MethodDef::new(
        "__getitem__",
        Native::O(subscript),
        "__getitem__($self, index, /)\n--\n\n",
    ),
    MethodDef::new(
        "__reversed__",
        Native::NoArgs(iterator::backward),
        "__reversed__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(sizeof),
        "__sizeof__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "clear",
        Native::NoArgs(clear_method),
        "clear($self, /)\n--\n\n",
    ),
    MethodDef::new("copy", Native::NoArgs(copy), "copy($self, /)\n--\n\n"),
    MethodDef::new(
        "append",
        Native::O(append),
        "append($self, object, /)\n--\n\n",
    ),
    MethodDef::new(
        "insert",
        Native::Fast(insert),
        "insert($self, index, object, /)\n--\n\n",
    ),
    MethodDef::new(
        "extend",
        Native::O(extend),
        "extend($self, iterable, /)\n--\n\n",
    ),
    MethodDef::new("pop", Native::Fast(pop), "pop($self, index=-1, /)\n--\n\n"),
    MethodDef::new(
        "remove",
        Native::O(remove),
        "remove($self, value, /)\n--\n\n",
    ),
    MethodDef::new(
        "index",
        Native::Fast(index),
        "index($self, value, start=0, stop=sys.maxsize, /)\n--\n\n",
    ),
    MethodDef::new("count", Native::O(count), "count($self, value, /)\n--\n\n"),
    MethodDef::new(
        "reverse",
        Native::NoArgs(reverse),
        "reverse($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "sort",
        Native::FastKeywords(sort::sort_method),
        "sort($self, /, *, key=None, reverse=False)\n--\n\n",
    ),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
];

#[inline(always)]
fn of(object: &Object) -> &List {
    debug_assert!(object.ty().has(flags::LIST_SUBCLASS));
    // SAFETY: the slots and methods of lists.
    unsafe { object.cast() }
}

/// `list(iterable)`; like CPython's it takes fresh memory, not the free list.
pub fn vectorcall(callable: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    args::no_keywords("list", kwnames)?;
    args::check_positional("list", args.len(), 0, 1)?;
    // SAFETY: called with a type.
    let list = tp_new(unsafe { callable.cast::<Type>() }, callable, None)?;
    if let Some(iterable) = args.first() {
        let list = root("list being built", list);
        slices::extend(&list, iterable.object())?;
        return Ok(list.take());
    }
    Ok(list)
}

fn tp_new(ty: &Type, _args: &Object, _kwargs: Option<&Object>) -> PyResult {
    if !std::ptr::eq(ty, &LIST) {
        return crate::types::r#type::generic_alloc(ty, 0);
    }
    // SAFETY: all fields are written before tracking.
    unsafe {
        let memory = alloc::object_of_kind(Kind::Gc, &LIST, size_of::<List>());
        if memory.is_null() {
            return Err(error::memory_error());
        }
        let list = &*memory.cast::<List>();
        list.var.size.set(0);
        list.items.set(std::ptr::null_mut());
        list.allocated.set(0);
        gc::track(&*memory);
        Ok(Owned::from_raw(memory))
    }
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let ty = object.ty();
    let own_new = match (ty.slots.new, LIST.slots.new) {
        (Some(a), Some(b)) => std::ptr::fn_addr_eq(a, b),
        _ => false,
    };
    if std::ptr::eq(ty, &LIST) || own_new {
        args::no_keyword_dict("list", kwargs)?;
    }
    let given = args::tuple_len(args);
    args::check_positional("list", given, 0, 1)?;
    clear(of(object));
    if given == 1 {
        slices::extend(object, args::tuple_item(args, 0))?;
    }
    Ok(())
}

fn length(object: &Object) -> PyResult<usize> {
    Ok(of(object).len())
}

fn item(object: &Object, index: isize) -> PyResult {
    of(object)
        .item_owned(index as usize)
        .ok_or_else(|| error::index_error("list index out of range"))
}

fn ass_item(object: &Object, index: isize, value: Option<&Object>) -> PyResult<()> {
    let list = of(object);
    if index as usize >= list.len() {
        return Err(error::index_error("list assignment index out of range"));
    }
    match value {
        None => slices::assign(object, index, index + 1, None),
        Some(value) => {
            // SAFETY: in range.
            drop(unsafe { list.replace_unchecked(index as usize, Owned::new(value)) });
            Ok(())
        }
    }
}

#[cold]
fn bad_index(key: &Object) -> crate::refs::Raised {
    error::type_error(format!(
        "list indices must be integers or slices, not {:.200}",
        key.ty().full_name()
    ))
}

pub fn subscript(object: &Object, key: &Object) -> PyResult {
    let list = of(object);
    if mapping::is_index(key) {
        return item(object, sequence::position(key, || list.len())?);
    }
    if key.is_exact(&SLICE) {
        let (start, stop, step) = slice::unpack(key)?;
        let (start, stop, count) = slice::adjust(list.len(), start, stop, step);
        if count == 0 {
            return Ok(super::new());
        }
        if step == 1 {
            return slices::slice(list, start as usize, stop as usize);
        }
        return slices::extended(list, start, step, count);
    }
    Err(bad_index(key))
}

fn ass_subscript(object: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let list = of(object);
    if mapping::is_index(key) {
        return ass_item(object, sequence::position(key, || list.len())?, value);
    }
    if !key.is_exact(&SLICE) {
        return Err(bad_index(key));
    }
    let (start, stop, step) = slice::unpack(key)?;
    let (start, mut stop, count) = slice::adjust(list.len(), start, stop, step);
    if step == 1 {
        return slices::assign(object, start, stop, value);
    }
    if (step < 0 && start < stop) || (step > 0 && start > stop) {
        stop = start;
    }
    match value {
        None => slices::delete_extended(list, start, stop, step, count),
        Some(value) => slices::assign_extended(object, start, step, count, value),
    }
}

fn contains(object: &Object, wanted: &Object) -> PyResult<bool> {
    let list = of(object);
    let mut at = 0;
    while let Some(item) = list.item(at) {
        if item_equals(item, wanted)? {
            return Ok(true);
        }
        at += 1;
    }
    Ok(false)
}

fn concat(a: &Object, b: &Object) -> PyResult {
    if !b.ty().has(flags::LIST_SUBCLASS) {
        return Err(error::type_error(format!(
            "can only concatenate list (not \"{:.200}\") to list",
            b.ty().full_name()
        )));
    }
    // SAFETY: filled before anything can run Python.
    unsafe {
        let (left, right) = (of(a).as_slice(), of(b).as_slice());
        let fresh = with_len(left.len() + right.len())?;
        let to = (*fresh).items.get();
        for (i, item) in left.iter().chain(right).enumerate() {
            item.incref();
            to.add(i).write(item.as_ptr());
        }
        Ok(finish(fresh))
    }
}

fn repeat(object: &Object, times: isize) -> PyResult {
    let list = of(object);
    if times <= 0 || list.is_empty() {
        return Ok(super::new());
    }
    let len = list.len();
    let Some(total) = len.checked_mul(times as usize) else {
        return Err(error::memory_error());
    };
    // SAFETY: filled before anything can run Python.
    unsafe {
        let fresh = with_len(total)?;
        let to = (*fresh).items.get();
        for i in 0..len {
            add_references(list.item_unchecked(i), times as usize);
        }
        for turn in 0..times as usize {
            std::ptr::copy_nonoverlapping(list.items.get(), to.add(turn * len), len);
        }
        Ok(finish(fresh))
    }
}

/// Adds `count` references at once where nobody watches, else one by one.
pub(crate) fn add_references(object: &Object, count: usize) {
    object.incref_many(u32::try_from(count).unwrap_or(u32::MAX >> 3));
}

fn inplace_concat(object: &Object, other: &Object) -> PyResult {
    slices::extend(object, other)?;
    Ok(Owned::new(object))
}

fn inplace_repeat(object: &Object, times: isize) -> PyResult {
    let list = of(object);
    let len = list.len();
    if len == 0 || times == 1 {
        return Ok(Owned::new(object));
    }
    if times < 1 {
        clear(list);
        return Ok(Owned::new(object));
    }
    let Some(total) = len.checked_mul(times as usize) else {
        return Err(error::memory_error());
    };
    list.resize(total)?;
    // SAFETY: `resize` made room.
    unsafe {
        let items = list.items.get();
        for i in 0..len {
            add_references(&**items.add(i), times as usize - 1);
        }
        for turn in 1..times as usize {
            std::ptr::copy_nonoverlapping(items, items.add(turn * len), len);
        }
    }
    Ok(Owned::new(object))
}

fn sizeof(object: &Object) -> PyResult {
    let size = object.ty().basicsize.get() + of(object).allocated.get() * 8;
    Ok(int::from_i64(size as i64))
}

fn clear_method(object: &Object) -> PyResult {
    clear(of(object));
    Ok(none_owned())
}

fn copy(object: &Object) -> PyResult {
    let list = of(object);
    slices::slice(list, 0, list.len())
}

fn append(object: &Object, item: &Object) -> PyResult {
    of(object).push(Owned::new(item));
    Ok(none_owned())
}

fn insert(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("insert", args.len(), 2, 2)?;
    let index = number::index_isize(args[0].object(), Some(&exc::OVERFLOW_ERROR))?;
    insert_at(of(object), index, args[1].object())?;
    Ok(none_owned())
}

/// `list.insert(index, item)` for native code.
pub fn insert_at(list: &List, index: isize, item: &Object) -> PyResult<()> {
    let len = list.len();
    list.resize(len + 1)?;
    let at = if index < 0 {
        index + len as isize
    } else {
        index
    }
    .clamp(0, len as isize) as usize;
    item.incref();
    // SAFETY: there is room for one more.
    unsafe {
        let items = list.items.get();
        std::ptr::copy(items.add(at), items.add(at + 1), len - at);
        items.add(at).write(item.as_ptr());
    }
    Ok(())
}

fn extend(object: &Object, iterable: &Object) -> PyResult {
    slices::extend(object, iterable)?;
    Ok(none_owned())
}

fn pop(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("pop", args.len(), 0, 1)?;
    let index = match args.first() {
        Some(index) => number::index_isize(index.object(), Some(&exc::OVERFLOW_ERROR))?,
        None => -1,
    };
    pop_at(of(object), index)
}

/// `list.pop(index)`.
pub fn pop_at(list: &List, index: isize) -> PyResult {
    let len = list.len();
    if len == 0 {
        return Err(error::index_error("pop from empty list"));
    }
    let index = if index < 0 {
        index + len as isize
    } else {
        index
    } as usize;
    if index >= len {
        return Err(error::index_error("pop index out of range"));
    }
    // SAFETY: in range; the slot's reference is moved out.
    unsafe {
        let items = list.items.get();
        let item = Owned::from_raw(*items.add(index));
        if len == 1 {
            list.var.size.set(0);
            clear(list);
        } else {
            std::ptr::copy(items.add(index + 1), items.add(index), len - index - 1);
            list.resize(len - 1)?;
        }
        Ok(item)
    }
}

/// Whether the item equals the wanted one; the item is owned meanwhile (`list.remove`, `index`, `count`).
fn item_equals(item: &Object, wanted: &Object) -> PyResult<bool> {
    if item.is(wanted) {
        return Ok(true);
    }
    if let Some(equal) = plain_equal(item, wanted) {
        return Ok(equal);
    }
    let item = root("item being compared", Owned::new(item));
    compare::compare_bool(&item, wanted, CompareOp::Eq)
}

fn remove(object: &Object, wanted: &Object) -> PyResult {
    let list = of(object);
    let mut at = 0;
    while let Some(item) = list.item(at) {
        if item_equals(item, wanted)? {
            slices::assign(object, at as isize, at as isize + 1, None)?;
            return Ok(none_owned());
        }
        at += 1;
    }
    Err(error::value_error("list.remove(x): x not in list"))
}

/// Start and stop of `index` methods: clipped from below only.
pub(crate) fn index_bounds(args: &[Word], len: usize) -> PyResult<(usize, usize)> {
    let bound = |at: usize, default: isize| -> PyResult<usize> {
        let value = match args.get(at) {
            Some(word) => slice::index_not_none(word.object())?,
            None => default,
        };
        Ok(if value < 0 {
            (value + len as isize).max(0)
        } else {
            value
        } as usize)
    };
    Ok((bound(1, 0)?, bound(2, isize::MAX)?))
}

fn index(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("index", args.len(), 1, 3)?;
    let list = of(object);
    let (mut at, stop) = index_bounds(args, list.len())?;
    while at < stop
        && let Some(item) = list.item(at)
    {
        if item_equals(item, args[0].object())? {
            return Ok(int::from_usize(at));
        }
        at += 1;
    }
    Err(error::value_error("list.index(x): x not in list"))
}

fn count(object: &Object, wanted: &Object) -> PyResult {
    let list = of(object);
    let mut total = 0;
    let mut at = 0;
    while let Some(item) = list.item(at) {
        if item_equals(item, wanted)? {
            total += 1;
        }
        at += 1;
    }
    Ok(int::from_usize(total))
}

fn reverse(object: &Object) -> PyResult {
    let list = of(object);
    if list.len() > 1 {
        // SAFETY: the live slots; nothing runs.
        unsafe { std::slice::from_raw_parts_mut(list.items.get(), list.len()) }.reverse();
    }
    Ok(none_owned())
}

fn repr(object: &Object) -> PyResult {
    if of(object).is_empty() {
        return Ok(Str::new("[]"));
    }
    if !text::repr_enter(object) {
        return Ok(Str::new("[...]"));
    }
    let result = repr_inner(of(object));
    text::repr_leave(object);
    result
}

fn repr_inner(list: &List) -> PyResult {
    let mut out = Writer::new("[");
    let mut at = 0;
    while let Some(item) = list.item_owned(at) {
        let item = root("item", item);
        if at > 0 {
            out.push(", ");
        }
        out.push_repr(&item)?;
        at += 1;
    }
    out.push("]");
    Ok(out.finish())
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !a.ty().has(flags::LIST_SUBCLASS) || !b.ty().has(flags::LIST_SUBCLASS) {
        return Ok(not_implemented());
    }
    let (left, right) = (of(a), of(b));
    if left.len() != right.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(bool::bool_owned(op == CompareOp::Ne));
    }
    let mut at = 0;
    while let (Some(x), Some(y)) = (left.item(at), right.item(at)) {
        if !x.is(y) {
            if let Some(equal) = plain_equal(x, y) {
                if !equal {
                    break;
                }
                at += 1;
                continue;
            }
            let x = root("item being compared", Owned::new(x));
            let y = root("item being compared", Owned::new(y));
            if !compare::compare_bool(&x, &y, CompareOp::Eq)? {
                break;
            }
            drop(y);
            drop(x);
        }
        at += 1;
    }
    let (Some(x), Some(y)) = (left.item(at), right.item(at)) else {
        return Ok(bool::bool_owned(op.holds(left.len().cmp(&right.len()))));
    };
    match op {
        CompareOp::Eq => Ok(bool::bool_owned(false)),
        CompareOp::Ne => Ok(bool::bool_owned(true)),
        _ => {
            let x = root("item being compared", Owned::new(x));
            let y = root("item being compared", Owned::new(y));
            compare::compare(&x, &y, op)
        }
    }
}

/// The items of a list or tuple copied out, with references, for native callers.
pub fn to_vec(object: &Object) -> Vec<Owned> {
    // SAFETY: copied at once.
    unsafe { fast_items(object) }.to_vec()
}
