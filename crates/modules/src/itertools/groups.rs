//! `groupby` and `tee`.

use std::cell::Cell;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{CompareOp, MethodDef, Native, flags};
use terrarium_objects::types::{exceptions as exc, self_iter, tuple};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, Word, error, none, ops, words};

use super::advance;
use crate::body::{Items, WeakList, body};

body! {
    /// `grouper` is not owned: the group being read.
    GroupBy of GROUPBY { iterator: Field, key_function: Field, target: Field, key: Field, value: Field, grouper: Cell<usize> }
}

pub static GROUPBY: Type = Type::builtin(
    "itertools.groupby",
    size_of::<GroupBy>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(groupby_next),
        new: Some(groupby_new),
        ..GroupBy::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_doc("groupby(iterable, key=None)\n--\n\n");

fn groupby_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("groupby", &["iterable", "key"], 0, 1, 2);
    let [iterable, key] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
    let iterator = ops::iter::iter(iterable.unwrap_or(none()))?;
    let made = GroupBy::alloc(ty)?;
    GroupBy::of(&made).iterator.set(Some(iterator));
    GroupBy::of(&made)
        .key_function
        .set_ref(key.filter(|k| !k.is(none())));
    Ok(made)
}

/// Reads one more value and its key; false at the end.
fn step(this: &GroupBy) -> PyResult<bool> {
    let Some(value) = advance(&this.iterator)? else {
        return Ok(false);
    };
    let value = terrarium_objects::root("value of groupby", value);
    let key = match this.key_function.get() {
        None => Owned::new(&value),
        Some(function) => ops::call::call(function, &words([&value]), None)?,
    };
    let value = value.take();
    let old = this.value.replace(Some(value));
    let old = old.map(|value| terrarium_objects::root("former value of groupby", value));
    this.key.set(Some(key));
    drop(old);
    Ok(true)
}

fn same(a: &Field, b: &Field) -> PyResult<bool> {
    let (Some(a), Some(b)) = (a.owned(), b.owned()) else {
        return Ok(false);
    };
    let a = terrarium_objects::root("key of groupby", a);
    let b = terrarium_objects::root("key of groupby", b);
    ops::compare::compare_bool(&a, &b, CompareOp::Eq)
}

fn groupby_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = GroupBy::of(object);
    this.grouper.set(0);
    loop {
        if !this.key.is_empty() && (this.target.is_empty() || !same(&this.target, &this.key)?) {
            break;
        }
        if !step(this)? {
            return Ok(None);
        }
    }
    this.target.set(this.key.owned());
    let group = Grouper::alloc(&GROUPER)?;
    Grouper::of(&group).parent.set_ref(Some(object));
    Grouper::of(&group).target.set(this.target.owned());
    this.grouper.set(group.as_ptr() as usize);
    Ok(Some(tuple::from_array([this.key.or_none(), group])))
}

body! { Grouper of GROUPER { parent: Field, target: Field } }

pub static GROUPER: Type = Type::builtin(
    "itertools._grouper",
    size_of::<Grouper>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(grouper_next),
        new: Some(grouper_new),
        ..Grouper::SLOTS
    },
)
.with_flags(flags::HAVE_GC);

fn grouper_new(_: &Type, args: &Object, _: Option<&Object>) -> PyResult {
    args::check_positional("_grouper", args::tuple_len(args), 2, 2)?;
    let parent = args::tuple_item(args, 0);
    if parent.downcast::<GroupBy>().is_none() {
        return Err(error::type_error("incorrect usage of internal _grouper"));
    }
    let made = Grouper::alloc(&GROUPER)?;
    Grouper::of(&made).parent.set_ref(Some(parent));
    Grouper::of(&made)
        .target
        .set_ref(Some(args::tuple_item(args, 1)));
    GroupBy::of(parent).grouper.set(made.as_ptr() as usize);
    Ok(made)
}

fn grouper_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Grouper::of(object);
    let Some(parent) = this.parent.get() else {
        return Ok(None);
    };
    let group = GroupBy::of(parent);
    if group.grouper.get() != object.as_ptr() as usize {
        return Ok(None);
    }
    if group.value.is_empty() && !step(group)? {
        return Ok(None);
    }
    if !same(&this.target, &group.key)? {
        return Ok(None);
    }
    group.key.clear();
    Ok(group.value.replace(None))
}

/// Values that a block of `tee` keeps (`LINKCELLS`).
const BLOCK: usize = 57;

body! { TeeData of TEE_DATA { iterator: Field, next: Field, values: Items, running: Cell<bool> } }

pub static TEE_DATA: Type = Type::builtin(
    "itertools._tee_dataobject",
    size_of::<TeeData>(),
    Slots { ..TeeData::SLOTS },
)
.with_flags(flags::HAVE_GC | flags::DISALLOW_INSTANTIATION);

body! { Tee of TEE { data: Field, index: Cell<usize>, weaklist: WeakList } }

pub static TEE: Type = Type::builtin(
    "itertools._tee",
    size_of::<Tee>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(tee_next),
        new: Some(tee_new),
        ..Tee::SLOTS
    },
)
.with_flags(flags::HAVE_GC)
.with_weaklistoffset(std::mem::offset_of!(Tee, weaklist))
.with_methods(&[MethodDef::new("__copy__", Native::NoArgs(tee_copy), "")]);

fn tee_block(iterator: &Object) -> PyResult {
    let made = TeeData::alloc(&TEE_DATA)?;
    TeeData::of(&made).iterator.set_ref(Some(iterator));
    Ok(made)
}

fn tee_from(iterable: &Object) -> PyResult {
    let iterator = ops::iter::iter(iterable)?;
    if iterator.is_exact(&TEE) {
        return tee_copy(&iterator);
    }
    let block = tee_block(&iterator)?;
    let made = Tee::alloc(&TEE)?;
    Tee::of(&made).data.set(Some(block));
    Ok(made)
}

fn tee_new(_: &Type, args: &Object, _: Option<&Object>) -> PyResult {
    args::check_positional("_tee", args::tuple_len(args), 1, 1)?;
    tee_from(args::tuple_item(args, 0))
}

fn tee_copy(object: &Object) -> PyResult {
    let this = Tee::of(object);
    let made = Tee::alloc(&TEE)?;
    Tee::of(&made).data.set(this.data.owned());
    Tee::of(&made).index.set(this.index.get());
    Ok(made)
}

/// Item `index` of a block, read from the source if it is the next.
fn tee_item(block: &TeeData, index: usize) -> PyResult<Option<Owned>> {
    if let Some(item) = block.values.get(index) {
        return Ok(Some(item));
    }
    if block.running.get() {
        return Err(error::raise(
            &exc::RUNTIME_ERROR,
            "cannot re-enter the tee iterator",
        ));
    }
    block.running.set(true);
    let item = advance(&block.iterator);
    block.running.set(false);
    if let Ok(Some(item)) = &item {
        block.values.with(|values| values.push_back(item.clone()));
    }
    item
}

fn tee_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Tee::of(object);
    if this.index.get() >= BLOCK {
        let data = TeeData::of(this.data.get().unwrap_or(none()));
        if data.next.is_empty() {
            let iterator = data.iterator.or_none();
            data.next.set(Some(tee_block(&iterator)?));
        }
        let next = data.next.owned();
        this.index.set(0);
        this.data.set(next);
    }
    // Stays: its index is left only after this value, and reading a block within its own reading is refused.
    let Some(block) = this.data.get() else {
        return Ok(None);
    };
    let Some(item) = tee_item(TeeData::of(block), this.index.get())? else {
        return Ok(None);
    };
    this.index.set(this.index.get() + 1);
    Ok(Some(item))
}

pub static FUNCTIONS: [MethodDef; 1] = [MethodDef::new(
    "tee",
    Native::Fast(tee),
    "tee($module, iterable, n=2, /)\n--\n\n",
)];

fn tee(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("tee", args.len(), 1, 2)?;
    let count = match args.get(1) {
        Some(count) => ops::number::index_isize(count.object(), Some(&exc::OVERFLOW_ERROR))?,
        None => 2,
    };
    let Ok(count) = usize::try_from(count) else {
        return Err(error::value_error("n must be >= 0"));
    };
    if count == 0 {
        return Ok(tuple::empty());
    }
    let iterator = terrarium_objects::root("iterator", ops::iter::iter(args[0].object())?);
    let first = tee_from(&iterator)?;
    drop(iterator);
    let mut all = vec![first];
    for _ in 1..count {
        let copy = tee_copy(&all[0])?;
        all.push(copy);
    }
    Ok(tuple::from_owned(all))
}
