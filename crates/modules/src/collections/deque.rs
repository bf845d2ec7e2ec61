//! `deque`: the type, its operators and iterators. Methods are in `deque_methods`.

use std::cell::Cell;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::batch::Batch;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{CompareOp, MethodDef, Native, flags};
use terrarium_objects::types::none::not_implemented;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, exceptions as exc, int, self_iter, tuple};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, error, none, ops, root};

use super::deque_methods as methods;
use crate::body::{Items, WeakList, body};

body! {
    /// `limit` is -1 for none; `state` counts changes, so that iterators notice them; `first` is where the first item would stand in
    /// CPython's blocks, which `__sizeof__` counts.
    Deque of DEQUE { items: Items, limit: Cell<isize>, state: Cell<usize>, first: Cell<isize>, weaklist: WeakList }
}

pub static DEQUE: Type = Type::builtin(
    "collections.deque",
    size_of::<Deque>(),
    Slots {
        new: Some(|ty, _, _| alloc(ty)),
        init: Some(init),
        repr: Some(repr),
        richcompare: Some(compare),
        hash: Some(ops::compare::hash_not_implemented),
        iter: Some(|o| iterator(&ITERATOR, o)),
        sq_length: Some(|o| Ok(Deque::of(o).items.len())),
        sq_concat: Some(concat),
        sq_repeat: Some(repeat),
        sq_item: Some(item),
        sq_ass_item: Some(set_item),
        sq_contains: Some(contains),
        sq_inplace_concat: Some(inplace_concat),
        sq_inplace_repeat: Some(inplace_repeat),
        ..Deque::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE | flags::SEQUENCE)
.with_weaklistoffset(std::mem::offset_of!(Deque, weaklist))
.with_methods(&methods::METHODS)
.with_getset(&methods::GETSET)
.with_doc("deque([iterable[, maxlen]])\n--\n\n");

/// Where an empty deque starts in its block.
pub const MIDDLE: isize = 32;

fn alloc(ty: &Type) -> PyResult {
    let made = Deque::alloc(ty)?;
    Deque::of(&made).limit.set(-1);
    Deque::of(&made).first.set(MIDDLE);
    Ok(made)
}

impl Deque {
    pub fn changed(&self) {
        self.state.set(self.state.get() + 1);
    }

    /// Items have moved by `by` places in the blocks, or were taken from the front; an empty deque starts in the middle again.
    pub fn moved(&self, by: isize) {
        let first = if self.items.len() == 0 {
            MIDDLE
        } else {
            self.first.get().wrapping_add(by)
        };
        self.first.set(first);
    }

    /// Appends; what falls out on the left is given up last.
    pub fn push(&self, item: Owned) {
        self.changed();
        let limit = self.limit.get();
        let old = self.items.with(|items| {
            items.push_back(item);
            if limit >= 0 && items.len() > limit as usize {
                items.pop_front()
            } else {
                None
            }
        });
        if old.is_some() {
            self.moved(1);
        }
        drop(old);
    }

    pub fn push_left(&self, item: Owned) {
        self.changed();
        let limit = self.limit.get();
        let old = self.items.with(|items| {
            items.push_front(item);
            if limit >= 0 && items.len() > limit as usize {
                items.pop_back()
            } else {
                None
            }
        });
        self.moved(-1);
        drop(old);
    }

    /// The items, each with a reference of its own.
    pub fn snapshot(&self) -> Vec<Owned> {
        self.items.with(|items| items.iter().cloned().collect())
    }
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    static SIGNATURE: Signature = Signature::new("deque", &["iterable", "maxlen"], 0, 0, 2);
    let [iterable, limit] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
    let limit = match limit.filter(|l| !l.is(none())) {
        Some(limit) if int::is_int(limit) => {
            let limit = int::as_isize(limit)?;
            if limit < 0 {
                return Err(error::value_error("maxlen must be non-negative"));
            }
            limit
        }
        Some(_) => return Err(error::type_error("an integer is required")),
        None => -1,
    };
    let this = Deque::of(object);
    this.limit.set(limit);
    methods::clear_items(this);
    match iterable {
        Some(iterable) => methods::extend_with(object, iterable),
        None => Ok(()),
    }
}

fn repr(object: &Object) -> PyResult {
    if !ops::text::repr_enter(object) {
        return Ok(Str::new("[...]"));
    }
    let shown = ops::sequence::to_list(object).and_then(|l| ops::text::repr(&root("items", l)));
    ops::text::repr_leave(object);
    let shown = ops::text::lossy(&*shown?);
    let name = object.ty().name();
    Ok(Str::new(&match Deque::of(object).limit.get() {
        -1 => format!("{name}({shown})"),
        limit => format!("{name}({shown}, maxlen={limit})"),
    }))
}

fn compare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<Deque>(), b.downcast::<Deque>()) else {
        return Ok(not_implemented());
    };
    if x.items.len() != y.items.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(bool::bool_owned(op == CompareOp::Ne));
    }
    let left = root("iterator", ops::iter::iter(a)?);
    let right = root("iterator", ops::iter::iter(b)?);
    loop {
        let mut items = Batch::new("items", 2);
        let mut have = [false; 2];
        for (iterator, have) in [&left, &right].into_iter().zip(&mut have) {
            if let Some(item) = ops::iter::next(iterator)? {
                items.push(item);
                *have = true;
            }
        }
        let words = items.arguments();
        let [p, q] = words.as_slice() else {
            // One of them is at its end: the longer one is greater.
            return Ok(bool::bool_owned(op.holds(have[0].cmp(&have[1]))));
        };
        let (p, q) = (p.object(), q.object());
        if !ops::compare::compare_bool(p, q, CompareOp::Eq)? {
            return Ok(bool::bool_owned(ops::compare::compare_bool(p, q, op)?));
        }
    }
}

fn concat(a: &Object, b: &Object) -> PyResult {
    if b.downcast::<Deque>().is_none() {
        return Err(error::type_error(format!(
            "can only concatenate deque (not \"{:.200}\") to deque",
            b.ty().full_name()
        )));
    }
    let made = methods::copy(a)?;
    methods::extend_with(&made, b)?;
    Ok(made)
}

fn inplace_concat(a: &Object, b: &Object) -> PyResult {
    methods::extend_with(a, b)?;
    Ok(Owned::new(a))
}

fn inplace_repeat(object: &Object, count: isize) -> PyResult {
    let this = Deque::of(object);
    let items = this.snapshot();
    if count <= 0 {
        methods::clear_items(this);
        return Ok(Owned::new(object));
    }
    if items
        .len()
        .checked_mul(count as usize)
        .is_none_or(|n| n > isize::MAX as usize / 8)
    {
        return Err(error::memory_error());
    }
    for _ in 1..count {
        items.iter().for_each(|item| this.push(item.clone()));
    }
    Ok(Owned::new(object))
}

fn repeat(object: &Object, count: isize) -> PyResult {
    inplace_repeat(&*methods::copy(object)?, count)
}

fn item(object: &Object, index: isize) -> PyResult {
    let found = usize::try_from(index)
        .ok()
        .and_then(|i| Deque::of(object).items.get(i));
    found.ok_or_else(|| error::index_error("deque index out of range"))
}

fn set_item(object: &Object, index: isize, value: Option<&Object>) -> PyResult<()> {
    let this = Deque::of(object);
    let Some(index) = usize::try_from(index)
        .ok()
        .filter(|i| *i < this.items.len())
    else {
        return Err(error::index_error("deque index out of range"));
    };
    let old = match value {
        Some(value) => {
            let value = Owned::new(value);
            this.items.with(|items| {
                items
                    .get_mut(index)
                    .map(|slot| std::mem::replace(slot, value))
            })
        }
        None => {
            this.changed();
            this.items.with(|items| items.remove(index))
        }
    };
    drop(old);
    Ok(())
}

fn contains(object: &Object, wanted: &Object) -> PyResult<std::primitive::bool> {
    let this = Deque::of(object);
    let (state, mut i) = (this.state.get(), 0);
    while let Some(item) = this.items.get(i) {
        let item = root("item", item);
        if ops::compare::compare_bool(&item, wanted, CompareOp::Eq)? {
            return Ok(true);
        }
        if this.state.get() != state {
            return Err(error::runtime_error("deque mutated during iteration"));
        }
        i += 1;
    }
    Ok(false)
}

body! { DequeIterator of ITERATOR { deque: Field, index: Cell<usize>, left: Cell<usize>, state: Cell<usize> } }

static ITERATOR_METHODS: [MethodDef; 2] = [
    MethodDef::new("__length_hint__", Native::NoArgs(hint), ""),
    MethodDef::new("__reduce__", Native::NoArgs(reduce_iterator), ""),
];

const fn iterator_type(name: &'static str, next: fn(&Object) -> PyResult<Option<Owned>>) -> Type {
    Type::builtin(
        name,
        size_of::<DequeIterator>(),
        Slots {
            iter: Some(self_iter),
            iternext: Some(next),
            new: Some(iterator_new),
            ..DequeIterator::SLOTS
        },
    )
    .with_flags(flags::HAVE_GC)
    .with_methods(&ITERATOR_METHODS)
}

pub static ITERATOR: Type = iterator_type("collections._deque_iterator", |o| next(o, false));
pub static REVERSE_ITERATOR: Type =
    iterator_type("collections._deque_reverse_iterator", |o| next(o, true));

/// `(deque, index=0)`: as if that many items were given already.
fn iterator_new(ty: &Type, args: &Object, _: Option<&Object>) -> PyResult {
    let given = args::tuple_len(args);
    args::check_parsed(ty.name(), given, 1, 2)?;
    let deque = args::tuple_item(args, 0);
    if deque.downcast::<Deque>().is_none() {
        return Err(error::type_error(format!(
            "argument 1 must be collections.deque, not {}",
            deque.ty().full_name()
        )));
    }
    let index = match given {
        2 => ops::number::index_isize(args::tuple_item(args, 1), None)?,
        _ => 0,
    };
    let made = iterator(ty, deque)?;
    let step = ty.slots.iternext;
    for _ in 0..index {
        if let Some(step) = step
            && step(&made)?.is_none()
        {
            break;
        }
    }
    Ok(made)
}

/// `(type, (deque, items given))`.
fn reduce_iterator(object: &Object) -> PyResult {
    let this = DequeIterator::of(object);
    let deque = this.deque.or_none();
    let index = Deque::of(&deque).items.len() - this.left.get();
    Ok(tuple::from_array([
        Owned::new(object.ty().as_object()),
        tuple::from_array([deque, int::from_usize(index)]),
    ]))
}

/// An iterator of one of the two types.
pub fn iterator(ty: &Type, deque: &Object) -> PyResult {
    let made = DequeIterator::alloc(ty)?;
    let this = DequeIterator::of(&made);
    this.deque.set_ref(Some(deque));
    this.left.set(Deque::of(deque).items.len());
    this.state.set(Deque::of(deque).state.get());
    Ok(made)
}

fn next(object: &Object, backwards: std::primitive::bool) -> PyResult<Option<Owned>> {
    let this = DequeIterator::of(object);
    let deque = this.deque.or_none();
    let source = Deque::of(&deque);
    if this.state.get() != source.state.get() {
        this.left.set(0);
        return Err(error::raise(
            &exc::RUNTIME_ERROR,
            "deque mutated during iteration",
        ));
    }
    let left = this.left.get();
    if left == 0 {
        return Ok(None);
    }
    this.left.set(left - 1);
    let index = if backwards {
        left - 1
    } else {
        this.index.replace(this.index.get() + 1)
    };
    Ok(source.items.get(index))
}

fn hint(object: &Object) -> PyResult {
    Ok(int::from_usize(DequeIterator::of(object).left.get()))
}

/// `(type, (), state, iterator)`, with the limit where there is one.
pub fn reduce(object: &Object) -> PyResult {
    let state = ops::call::call_method(object, &terrarium_objects::names().__getstate__, &[])?;
    let items = ops::iter::iter(object)?;
    let args = match Deque::of(object).limit.get() {
        -1 => tuple::empty(),
        limit => tuple::from_array([tuple::empty(), int::from_i64(limit as i64)]),
    };
    Ok(tuple::from_array([
        Owned::new(object.ty().as_object()),
        args,
        state,
        items,
    ]))
}
