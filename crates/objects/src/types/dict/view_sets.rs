//! Set operations of `dict_keys` and `dict_items`.

use super::views::{ITEMS, KEYS, view_dict};
use super::{DICT, copy, dict_of, next};
use crate::error;
use crate::object::Object;
use crate::ops::{compare, iter, mapping, sequence};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::CompareOp;
use crate::types::none::not_implemented;
use crate::types::{bool, set, tuple};

fn is_view(object: &Object) -> bool {
    object.is_exact(&KEYS) || object.is_exact(&ITEMS)
}

fn view_len(view: &Object) -> usize {
    dict_of(view_dict(view)).len()
}

/// A set of the view's elements (`dictviews_to_set`).
fn to_set(view: &Object) -> PyResult {
    if view.is_exact(&KEYS) && view_dict(view).is_exact(&DICT) {
        return set::from_iterable(view_dict(view));
    }
    set::from_iterable(view)
}

pub fn subtract(a: &Object, b: &Object) -> PyResult {
    let result = root("set", to_set(a)?);
    set::operations::difference_update_by(&result, b)?;
    Ok(result.take())
}

pub fn or(a: &Object, b: &Object) -> PyResult {
    let result = root("set", to_set(a)?);
    set::update(&result, b)?;
    Ok(result.take())
}

pub fn and(a: &Object, b: &Object) -> PyResult {
    // The view may stand on the right.
    let (mut view, mut other) = if is_view(a) { (a, b) } else { (b, a) };
    let len = view_len(view);
    if set::is_exact_set(other) && len <= mapping::len(other)? {
        return set::operations::intersection(other, view);
    }
    if is_view(other) && view_len(other) > len {
        (view, other) = (other, view);
    }
    let result = root("set", set::new());
    let Some(contains) = view.ty().slots.sq_contains else {
        return Err(error::system_error("a view without membership"));
    };
    iter::for_each(other, |item| {
        let item = root("item", item);
        if contains(view, &item)? {
            set::add(&result, &item)?;
        }
        Ok(())
    })?;
    Ok(result.take())
}

pub fn xor(a: &Object, b: &Object) -> PyResult {
    if a.is_exact(&ITEMS) && b.is_exact(&ITEMS) {
        return items_xor(view_dict(a), view_dict(b));
    }
    let result = root("set", to_set(a)?);
    set::operations::symmetric_difference_update_by(&result, b)?;
    Ok(result.take())
}

/// Pairs that are in one dict alone; a pair is hashed only if it is in the result (`dictitems_xor`).
fn items_xor(a: &Object, b: &Object) -> PyResult {
    let (small, large) = if dict_of(a).len() > dict_of(b).len() {
        (b, a)
    } else {
        (a, b)
    };
    let rest = root("dict", copy(small));
    let result = root("set", set::new());
    let mut at = 0;
    while let Some((key, value)) = next(large, &mut at) {
        let key = root("key", Owned::new(key));
        let value = root("value", Owned::new(value));
        let same = match super::get(&rest, &key)? {
            Some(other) => {
                let other = root("value", other);
                compare::compare_bool(&other, &value, CompareOp::Eq)?
            }
            None => false,
        };
        if same {
            super::remove(&rest, &key)?;
        } else {
            let pair = root("pair", tuple::from_refs(&[&key, &value]));
            set::add(&result, &pair)?;
        }
        drop(value);
        drop(key);
    }
    let items = root("items", super::views::new(&rest, &ITEMS));
    set::update(&result, &items)?;
    drop(items);
    let set = result.take();
    drop(rest);
    Ok(set)
}

/// Whether every element of `a` is in `b`.
fn all_contained(a: &Object, b: &Object) -> PyResult<bool> {
    let iterator = root("iterator", iter::iter(a)?);
    while let Some(item) = iter::next(&iterator)? {
        let item = root("item", item);
        if !sequence::contains(b, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !(set::is_set(b) || is_view(b)) {
        return Ok(not_implemented());
    }
    let len_a = mapping::len(a)?;
    let len_b = mapping::len(b)?;
    let result = match op {
        CompareOp::Eq => len_a == len_b && all_contained(a, b)?,
        CompareOp::Ne => !(len_a == len_b && all_contained(a, b)?),
        CompareOp::Lt => len_a < len_b && all_contained(a, b)?,
        CompareOp::Le => len_a <= len_b && all_contained(a, b)?,
        CompareOp::Gt => len_a > len_b && all_contained(b, a)?,
        CompareOp::Ge => len_a >= len_b && all_contained(b, a)?,
    };
    Ok(bool::bool_owned(result))
}

pub fn isdisjoint(view: &Object, other: &Object) -> PyResult {
    if view.is(other) {
        return Ok(bool::bool_owned(view_len(view) == 0));
    }
    let (mut container, mut walked) = (view, other);
    if (set::is_exact_set(other) || is_view(other)) && mapping::len(other)? > view_len(view) {
        (container, walked) = (other, view);
    }
    let iterator = root("iterator", iter::iter(walked)?);
    while let Some(item) = iter::next(&iterator)? {
        let item = root("item", item);
        if sequence::contains(container, &item)? {
            return Ok(bool::bool_owned(false));
        }
    }
    Ok(bool::bool_owned(true))
}
