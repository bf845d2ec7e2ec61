//! The slots of arrays: comparison, indexing, slices, joining.

use terrarium_objects::typeobject::{CompareOp, Slots};
use terrarium_objects::types::slicing::{self, Part};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bool as booleans, none};
use terrarium_objects::{Object, Owned, PyResult, error, ops, root};

use super::{ARRAY, is_array, iterator, of, with_bytes};

pub const SLOTS: Slots = Slots {
    dealloc: super::dealloc,
    repr: Some(repr),
    richcompare: Some(compare),
    hash: Some(ops::compare::hash_not_implemented),
    iter: Some(iterator::new),
    new: Some(super::new),
    sq_length: Some(|o| Ok(of(o).len())),
    sq_concat: Some(concat),
    sq_repeat: Some(repeat),
    sq_item: Some(item),
    sq_ass_item: Some(assign_item),
    sq_contains: Some(contains),
    sq_inplace_concat: Some(inplace_concat),
    sq_inplace_repeat: Some(inplace_repeat),
    mp_length: Some(|o| Ok(of(o).len())),
    mp_subscript: Some(subscript),
    mp_ass_subscript: Some(assign_subscript),
    getbuffer: Some(super::get_buffer),
    ..Slots::NONE
};

fn repr(object: &Object) -> PyResult {
    let this = of(object);
    let (class, code) = (object.ty().name(), this.kind().code as char);
    if this.len() == 0 {
        return Ok(Str::new(&format!("{class}('{code}')")));
    }
    let value = if this.kind().is_text() {
        super::methods::to_text(object)?
    } else {
        super::methods::to_list(object)?
    };
    let shown = ops::text::repr(&value)?;
    let mut text = str::Builder::new();
    text.push_str(&format!("{class}('{code}', "));
    text.push_object(str::cast(&shown));
    text.push_str(")");
    text.finish()
}

fn compare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !is_array(a) || !is_array(b) {
        return Ok(none::not_implemented());
    }
    let (left, right) = (of(a), of(b));
    if left.len() != right.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(booleans::bool_owned(op == CompareOp::Ne));
    }
    let mut at = 0;
    while at < left.len() && at < right.len() {
        let (x, y) = (root("item", left.item(at)), root("item", right.item(at)));
        if !ops::compare::compare_bool(&x, &y, CompareOp::Eq)? {
            return match op {
                CompareOp::Eq => Ok(booleans::bool_owned(false)),
                CompareOp::Ne => Ok(booleans::bool_owned(true)),
                op => ops::compare::compare(&x, &y, op),
            };
        }
        at += 1;
    }
    Ok(booleans::bool_owned(op.holds(left.len().cmp(&right.len()))))
}

fn out_of_range() -> terrarium_objects::Raised {
    error::index_error("array index out of range")
}

fn item(object: &Object, index: isize) -> PyResult {
    let this = of(object);
    match usize::try_from(index).ok().filter(|i| *i < this.len()) {
        Some(index) => Ok(this.item(index)),
        None => Err(out_of_range()),
    }
}

fn assign_item(object: &Object, index: isize, value: Option<&Object>) -> PyResult<()> {
    let this = of(object);
    let Some(at) = usize::try_from(index).ok().filter(|i| *i < this.len()) else {
        return Err(error::index_error("array assignment index out of range"));
    };
    match value {
        None => this.splice(at, at + 1, &[]),
        Some(value) => {
            let data = this.kind().put(value)?;
            if at < this.len() {
                this.set_bytes(at, &data);
            }
            Ok(())
        }
    }
}

fn contains(object: &Object, value: &Object) -> PyResult<bool> {
    let this = of(object);
    let mut at = 0;
    while at < this.len() {
        let item = root("item", this.item(at));
        if ops::compare::compare_bool(&item, value, CompareOp::Eq)? {
            return Ok(true);
        }
        at += 1;
    }
    Ok(false)
}

fn concat(a: &Object, b: &Object) -> PyResult {
    if !is_array(b) {
        return Err(error::type_error(format!(
            "can only append array (not \"{}\") to array",
            b.ty().full_name()
        )));
    }
    let (left, right) = (of(a), of(b));
    if left.kind().code != right.kind().code {
        return Err(error::type_error(
            "bad argument type for built-in operation",
        ));
    }
    let mut data = left.bytes().to_vec();
    data.extend_from_slice(right.bytes());
    with_bytes(&ARRAY, left.kind(), data)
}

fn repeated(object: &Object, count: isize) -> PyResult<Vec<u8>> {
    let data = of(object).bytes();
    let count = usize::try_from(count).unwrap_or(0);
    let total = data
        .len()
        .checked_mul(count)
        .ok_or_else(error::memory_error)?;
    let mut out = Vec::new();
    if out.try_reserve_exact(total).is_err() {
        return Err(error::memory_error());
    }
    for _ in 0..count {
        out.extend_from_slice(data);
    }
    Ok(out)
}

fn repeat(object: &Object, count: isize) -> PyResult {
    with_bytes(&ARRAY, of(object).kind(), repeated(object, count)?)
}

fn inplace_repeat(object: &Object, count: isize) -> PyResult {
    let this = of(object);
    if this.len() > 0 && count != 1 {
        let data = repeated(object, count)?;
        this.splice(0, this.len(), &data)?;
    }
    Ok(Owned::new(object))
}

fn inplace_concat(a: &Object, b: &Object) -> PyResult {
    if !is_array(b) {
        return Err(error::type_error(format!(
            "can only extend with array (not \"{}\")",
            b.ty().full_name()
        )));
    }
    super::methods::extend_items(a, b)?;
    Ok(Owned::new(a))
}

fn subscript(object: &Object, key: &Object) -> PyResult {
    let this = of(object);
    if ops::number::is_index(key) {
        return item(object, ops::sequence::position(key, || this.len())?);
    }
    if !slicing::is_slice(key) {
        return Err(error::type_error("array indices must be integers"));
    }
    let part = slicing::resolve_with(key, || this.len())?;
    let size = this.kind().size;
    let mut data = Vec::with_capacity(part.count * size);
    for at in part.places() {
        data.extend_from_slice(&this.bytes()[at * size..(at + 1) * size]);
    }
    with_bytes(&ARRAY, this.kind(), data)
}

fn assign_subscript(object: &Object, key: &Object, value: Option<&Object>) -> PyResult<()> {
    let this = of(object);
    if ops::number::is_index(key) {
        return assign_item(object, ops::sequence::position(key, || this.len())?, value);
    }
    if !slicing::is_slice(key) {
        return Err(error::type_error("array indices must be integers"));
    }
    let part = slicing::resolve_with(key, || this.len())?;
    let data = match value {
        None => Vec::new(),
        Some(value) => {
            if !is_array(value) {
                return Err(error::type_error(format!(
                    "can only assign array (not \"{}\") to array slice",
                    value.ty().full_name()
                )));
            }
            if of(value).kind().code != this.kind().code {
                return Err(error::type_error(
                    "bad argument type for built-in operation",
                ));
            }
            of(value).bytes().to_vec()
        }
    };
    if part.step == 1 {
        return this.splice(part.start, part.start + part.count, &data);
    }
    if value.is_none() {
        return delete_places(object, part);
    }
    let size = this.kind().size;
    let count = data.len() / size;
    if count != part.count {
        return Err(error::value_error(format!(
            "attempt to assign array of size {count} to extended slice of size {}",
            part.count
        )));
    }
    for (at, item) in part.places().zip(data.chunks(size)) {
        this.set_bytes(at, item);
    }
    Ok(())
}

fn delete_places(object: &Object, part: Part) -> PyResult<()> {
    let this = of(object);
    let size = this.kind().size;
    let gone: Vec<usize> = part.places().collect();
    if gone.is_empty() {
        return Ok(());
    }
    this.check_resizable()?;
    let kept: Vec<u8> = this
        .bytes()
        .chunks(size)
        .enumerate()
        .filter(|(i, _)| !gone.contains(i))
        .flat_map(|(_, item)| item.to_vec())
        .collect();
    this.splice(0, this.len(), &kept)
}
