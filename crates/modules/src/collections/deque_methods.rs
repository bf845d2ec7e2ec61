//! Methods of `deque`.

use terrarium_objects::args;
use terrarium_objects::typeobject::{CompareOp, GetSetDef, MethodDef, Native};
use terrarium_objects::types::{exceptions as exc, generic_alias, int, list, slice};
use terrarium_objects::{Object, Owned, PyResult, Word, error, none_owned, ops, root};

use super::deque::{DEQUE, Deque, MIDDLE, REVERSE_ITERATOR, iterator, reduce};

pub static METHODS: [MethodDef; 20] = [
    MethodDef::new(
        "append",
        Native::O(append),
        "append($self, item, /)\n--\n\n",
    ),
    MethodDef::new(
        "appendleft",
        Native::O(append_left),
        "appendleft($self, item, /)\n--\n\n",
    ),
    MethodDef::new("clear", Native::NoArgs(clear), "clear($self, /)\n--\n\n"),
    MethodDef::new(
        "__copy__",
        Native::NoArgs(copy),
        "__copy__($self, /)\n--\n\n",
    ),
    MethodDef::new("copy", Native::NoArgs(copy), "copy($self, /)\n--\n\n"),
    MethodDef::new("count", Native::O(count), "count($self, value, /)\n--\n\n"),
    MethodDef::new(
        "extend",
        Native::O(extend),
        "extend($self, iterable, /)\n--\n\n",
    ),
    MethodDef::new(
        "extendleft",
        Native::O(extend_left),
        "extendleft($self, iterable, /)\n--\n\n",
    ),
    MethodDef::new(
        "index",
        Native::Fast(index),
        "index($self, value, [start, [stop]])\n--\n\n",
    ),
    MethodDef::new(
        "insert",
        Native::Fast(insert),
        "insert($self, index, value, /)\n--\n\n",
    ),
    MethodDef::new("pop", Native::NoArgs(pop), "pop($self, /)\n--\n\n"),
    MethodDef::new(
        "popleft",
        Native::NoArgs(pop_left),
        "popleft($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__reduce__",
        Native::NoArgs(reduce),
        "__reduce__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "remove",
        Native::O(remove),
        "remove($self, value, /)\n--\n\n",
    ),
    MethodDef::new(
        "__reversed__",
        Native::NoArgs(|o| iterator(&REVERSE_ITERATOR, o)),
        "__reversed__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "reverse",
        Native::NoArgs(reverse),
        "reverse($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "rotate",
        Native::Fast(rotate),
        "rotate($self, n=1, /)\n--\n\n",
    ),
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(size),
        "__sizeof__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__length_hint__",
        Native::NoArgs(|o| Ok(int::from_usize(Deque::of(o).items.len()))),
        "",
    ),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
];

pub static GETSET: [GetSetDef; 1] = [GetSetDef::read(
    "maxlen",
    |o| {
        Ok(match Deque::of(o).limit.get() {
            -1 => none_owned(),
            limit => int::from_i64(limit as i64),
        })
    },
    "",
)];

fn append(object: &Object, item: &Object) -> PyResult {
    Deque::of(object).push(Owned::new(item));
    Ok(none_owned())
}

fn append_left(object: &Object, item: &Object) -> PyResult {
    Deque::of(object).push_left(Owned::new(item));
    Ok(none_owned())
}

/// Takes all items out, then gives them up.
pub fn clear_items(this: &Deque) {
    this.changed();
    this.items.give_up();
    this.first.set(MIDDLE);
}

fn clear(object: &Object) -> PyResult {
    clear_items(Deque::of(object));
    Ok(none_owned())
}

pub fn copy(object: &Object) -> PyResult {
    let this = Deque::of(object);
    let limit = this.limit.get();
    if object.is_exact(&DEQUE) {
        let made = ops::call::call(DEQUE.as_object(), &[], None)?;
        Deque::of(&made).limit.set(limit);
        let items = this.snapshot();
        if items.len() > 1 {
            Deque::of(&made).first.set(1);
        }
        Deque::of(&made).items.with(|all| all.extend(items));
        return Ok(made);
    }
    let limit = int::from_i64(limit as i64);
    let args = [Word::borrowed(object), Word::borrowed(&limit)];
    let given = if this.limit.get() < 0 {
        &args[..1]
    } else {
        &args[..]
    };
    ops::call::call(object.ty().as_object(), given, None)
}

fn count(object: &Object, wanted: &Object) -> PyResult {
    let this = Deque::of(object);
    let (state, mut i, mut found) = (this.state.get(), 0, 0);
    while let Some(item) = this.items.get(i) {
        let item = root("item", item);
        found += usize::from(ops::compare::compare_bool(&item, wanted, CompareOp::Eq)?);
        if this.state.get() != state {
            return Err(error::raise(
                &exc::RUNTIME_ERROR,
                "deque mutated during iteration",
            ));
        }
        i += 1;
    }
    Ok(int::from_usize(found))
}

/// Appends each item of an iterable; of the deque itself, those that are there now.
pub fn extend_with(object: &Object, iterable: &Object) -> PyResult<()> {
    let this = Deque::of(object);
    if iterable.is(object) {
        let items = root("items", list::from_owned(this.snapshot()));
        return extend_with(object, &items);
    }
    if this.items.len() == 0 {
        this.first.set(1);
    }
    let done = ops::iter::for_each(iterable, |item| {
        this.push(item);
        Ok(())
    });
    if this.items.len() == 0 {
        this.first.set(MIDDLE);
    }
    done
}

fn extend(object: &Object, iterable: &Object) -> PyResult {
    extend_with(object, iterable)?;
    Ok(none_owned())
}

fn extend_left(object: &Object, iterable: &Object) -> PyResult {
    let this = Deque::of(object);
    if iterable.is(object) {
        let items = root("items", list::from_owned(this.snapshot()));
        return extend_left(object, &items);
    }
    if this.items.len() == 0 {
        this.first.set(64);
    }
    ops::iter::for_each(iterable, |item| {
        this.push_left(item);
        Ok(())
    })?;
    Ok(none_owned())
}

fn index(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("index", args.len(), 1, 3)?;
    let this = Deque::of(object);
    let len = this.items.len() as isize;
    let bound = |i: usize, default: isize| -> PyResult<isize> {
        let at = args
            .get(i)
            .map_or(Ok(default), |w| slice::index_not_none(w.object()))?;
        Ok(if at < 0 { (at + len).max(0) } else { at })
    };
    let start = bound(1, 0)?;
    let stop = bound(2, len)?.min(len);
    let state = this.state.get();
    for i in start.min(stop)..stop {
        let Some(item) = this.items.get(i as usize) else {
            break;
        };
        let item = root("item", item);
        if ops::compare::compare_bool(&item, args[0].object(), CompareOp::Eq)? {
            return Ok(int::from_i64(i as i64));
        }
        if this.state.get() != state {
            return Err(error::raise(
                &exc::RUNTIME_ERROR,
                "deque mutated during iteration",
            ));
        }
    }
    Err(error::value_error("deque.index(x): x not in deque"))
}

fn insert(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("insert", args.len(), 2, 2)?;
    let at = ops::number::index_isize(args[0].object(), None)?;
    let this = Deque::of(object);
    let len = this.items.len() as isize;
    if this.limit.get() == len {
        return Err(error::index_error("deque already at its maximum size"));
    }
    let at = if at < 0 {
        (at + len).max(0)
    } else {
        at.min(len)
    };
    this.changed();
    let item = Owned::new(args[1].object());
    this.items.with(|items| items.insert(at as usize, item));
    Ok(none_owned())
}

fn taken(this: &Deque, item: Option<Owned>) -> PyResult {
    let item = item.ok_or_else(|| error::index_error("pop from an empty deque"))?;
    this.changed();
    Ok(item)
}

fn pop(object: &Object) -> PyResult {
    let this = Deque::of(object);
    let last = this.items.with(|items| items.pop_back());
    this.moved(0);
    taken(this, last)
}

fn pop_left(object: &Object) -> PyResult {
    let this = Deque::of(object);
    let first = this.items.with(|items| items.pop_front());
    this.moved(1);
    taken(this, first)
}

fn remove(object: &Object, wanted: &Object) -> PyResult {
    let this = Deque::of(object);
    let state = this.state.get();
    let mut i = 0;
    while let Some(item) = this.items.get(i) {
        let item = root("item", item);
        let found = ops::compare::compare_bool(&item, wanted, CompareOp::Eq)?;
        if this.state.get() != state {
            return Err(error::index_error("deque mutated during remove()."));
        }
        if found {
            this.changed();
            let old = this.items.with(|items| items.remove(i));
            drop(item);
            drop(old);
            return Ok(none_owned());
        }
        i += 1;
    }
    Err(error::value_error("deque.remove(x): x not in deque"))
}

fn reverse(object: &Object) -> PyResult {
    Deque::of(object)
        .items
        .with(|items| items.make_contiguous().reverse());
    Ok(none_owned())
}

fn rotate(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("rotate", args.len(), 0, 1)?;
    let steps = args
        .first()
        .map_or(Ok(1), |w| ops::number::index_isize(w.object(), None))?;
    let this = Deque::of(object);
    let len = this.items.len() as isize;
    if len > 1 {
        let right = steps.rem_euclid(len);
        this.items.with(|items| items.rotate_right(right as usize));
        // The shorter way round.
        this.moved(if right > len / 2 { len - right } else { -right });
        this.changed();
    }
    Ok(none_owned())
}

/// What CPython's blocks of 64 items take.
fn size(object: &Object) -> PyResult {
    let this = Deque::of(object);
    let first = this.first.get();
    let last = first + (this.items.len() as isize - 1).max(0);
    let blocks = (last >> 6) - (first >> 6) + 1;
    Ok(int::from_usize(216 + blocks as usize * 528))
}
