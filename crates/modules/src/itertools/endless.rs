//! `count`, `cycle`, `repeat`.

use std::cell::Cell;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{MethodDef, Native, flags};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{int, list, self_iter};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, error, none, ops};

use super::{advance, no_keywords};
use crate::body::body;

body! {
    /// Machine integers while `long` is empty.
    Count of COUNT { number: Cell<i64>, long: Field, step: Field }
}

pub static COUNT: Type = Type::builtin(
    "itertools.count",
    size_of::<Count>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(count_next),
        repr: Some(count_repr),
        new: Some(count_new),
        ..Count::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_doc("count(start=0, step=1)\n--\n\n");

fn count_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("count", &["start", "step"], 0, 0, 2);
    let [start, step] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
    for given in [start, step].into_iter().flatten() {
        if !ops::number::is_number(given) {
            return Err(error::type_error("a number is required"));
        }
    }
    let zero = int::from_i64(0);
    let start = start.unwrap_or(&zero);
    let one = int::from_i64(1);
    let step = step.unwrap_or(&one);
    let made = Count::alloc(ty)?;
    let this = Count::of(&made);
    let plain_step = int::is_int(step) && int::as_i64(step) == Some(1);
    match int::as_i64(start).filter(|n| plain_step && int::is_int(start) && *n < i64::MAX) {
        Some(number) if start.is_exact(&int::INT) => this.number.set(number),
        _ => this.long.set_ref(Some(start)),
    }
    this.step.set_ref(Some(step));
    Ok(made)
}

fn count_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Count::of(object);
    let number = this.number.get();
    if this.long.is_empty() {
        if number < i64::MAX {
            this.number.set(number + 1);
            return Ok(Some(int::from_i64(number)));
        }
        this.long.set(Some(int::from_i64(number)));
    }
    let (Some(current), Some(step)) = (this.long.get(), this.step.get()) else {
        return Ok(None);
    };
    let stepped = ops::number::add(current, step)?;
    Ok(this.long.replace(Some(stepped)))
}

fn count_repr(object: &Object) -> PyResult {
    let this = Count::of(object);
    let number = match this.long.owned() {
        Some(long) => long,
        None => int::from_i64(this.number.get()),
    };
    let shown = ops::text::lossy(&*ops::text::repr(&number)?);
    let step = this.step.or_none();
    let name = object.ty().name();
    if int::is_int(&step) && int::as_i64(&step) == Some(1) {
        return Ok(Str::new(&format!("{name}({shown})")));
    }
    let step = ops::text::lossy(&*ops::text::repr(&step)?);
    Ok(Str::new(&format!("{name}({shown}, {step})")))
}

body! {
    /// `saved` fills while `iterator` runs, then is gone through again and again.
    Cycle of CYCLE { iterator: Field, saved: Field, index: Cell<isize> }
}

pub static CYCLE: Type = Type::builtin(
    "itertools.cycle",
    size_of::<Cycle>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(cycle_next),
        new: Some(cycle_new),
        ..Cycle::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_doc("cycle(iterable, /)\n--\n\n");

fn cycle_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    no_keywords(ty, &CYCLE, kwargs)?;
    args::check_positional("cycle", args::tuple_len(args), 1, 1)?;
    let iterator = ops::iter::iter(args::tuple_item(args, 0))?;
    let made = Cycle::alloc(ty)?;
    Cycle::of(&made).iterator.set(Some(iterator));
    Cycle::of(&made).saved.set(Some(list::new()));
    Ok(made)
}

fn cycle_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Cycle::of(object);
    if !this.iterator.is_empty() {
        if let Some(item) = advance(&this.iterator)? {
            list::append(this.saved.get().unwrap_or(none()), &item);
            return Ok(Some(item));
        }
        this.iterator.clear();
    }
    let saved = this.saved.get().unwrap_or(none());
    // SAFETY: the list made above, never replaced.
    let items = unsafe { saved.cast::<list::List>() };
    if items.is_empty() {
        return Ok(None);
    }
    let index = this.index.get();
    this.index.set((index + 1) % items.len() as isize);
    Ok(items.item_owned(index as usize))
}

body! {
    /// `left` is -1 for no end.
    Repeat of REPEAT { element: Field, left: Cell<isize> }
}

pub static REPEAT: Type = Type::builtin(
    "itertools.repeat",
    size_of::<Repeat>(),
    Slots {
        iter: Some(self_iter),
        iternext: Some(repeat_next),
        repr: Some(repeat_repr),
        new: Some(repeat_new),
        ..Repeat::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_methods(&[MethodDef::new(
    "__length_hint__",
    Native::NoArgs(repeat_hint),
    "",
)]);

fn repeat_new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("repeat", &["object", "times"], 0, 1, 2);
    let [element, times] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
    let left = match times {
        Some(times) => ops::number::index_isize(
            times,
            Some(&terrarium_objects::types::exceptions::OVERFLOW_ERROR),
        )?
        .max(0),
        None => -1,
    };
    let made = Repeat::alloc(ty)?;
    Repeat::of(&made).element.set_ref(element);
    Repeat::of(&made).left.set(left);
    Ok(made)
}

fn repeat_next(object: &Object) -> PyResult<Option<Owned>> {
    let this = Repeat::of(object);
    let left = this.left.get();
    if left == 0 {
        return Ok(None);
    }
    if left > 0 {
        this.left.set(left - 1);
    }
    Ok(this.element.owned())
}

fn repeat_repr(object: &Object) -> PyResult {
    let this = Repeat::of(object);
    let shown = ops::text::lossy(&*ops::text::repr(this.element.get().unwrap_or(none()))?);
    let name = object.ty().name();
    Ok(Str::new(&if this.left.get() == -1 {
        format!("{name}({shown})")
    } else {
        format!("{name}({shown}, {})", this.left.get())
    }))
}

fn repeat_hint(object: &Object) -> PyResult {
    match Repeat::of(object).left.get() {
        -1 => Err(error::type_error("len() of unsized object")),
        left => Ok(int::from_i64(left as i64)),
    }
}
