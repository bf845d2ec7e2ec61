//! `itemgetter`.

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{MethodDef, Native};
use terrarium_objects::types::int;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, Word, ops};

use super::{GETTER_FLAGS, Gathered, reduced, repr_once};
use crate::body::body;

body! {
    /// `item` is the only key, or the tuple of several; `index` is a small key that may look into tuples at once, else -1.
    ItemGetter of ITEMGETTER { count: Cell<usize>, item: Field, index: Cell<isize> }
}

pub static ITEMGETTER: Type = Type::builtin(
    "operator.itemgetter",
    size_of::<ItemGetter>(),
    Slots {
        new: Some(new),
        call: Some(call),
        repr: Some(repr),
        ..ItemGetter::SLOTS
    },
)
.with_flags(GETTER_FLAGS)
.with_methods(&[MethodDef::new("__reduce__", Native::NoArgs(reduce), "")])
.with_doc("itemgetter(item, /, *items)\n--\n\n");

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    args::no_keyword_dict("itemgetter", kwargs)?;
    let count = args::tuple_len(args);
    let item = if count <= 1 {
        args::check_positional("itemgetter", count, 1, 1)?;
        args::tuple_item(args, 0)
    } else {
        args
    };
    let made = ItemGetter::alloc(ty)?;
    let this = ItemGetter::of(&made);
    this.item.set_ref(Some(item));
    this.count.set(count);
    let index = (count == 1 && item.is_exact(&int::INT))
        .then(|| int::as_i64(item))
        .flatten()
        .filter(|i| *i >= 0);
    this.index.set(index.map_or(-1, |i| i as isize));
    Ok(made)
}

fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    args::no_keywords("itemgetter", kwnames)?;
    args::check_positional("itemgetter", args.len(), 1, 1)?;
    let this = ItemGetter::of(object);
    let target = args[0].object();
    let key = this.item.get().unwrap_or(terrarium_objects::none());
    if this.count.get() != 1 {
        let found = Gathered::new("items of itemgetter");
        for i in 0..this.count.get() {
            let item = ops::mapping::get_item(target, args::tuple_item(key, i))?;
            found.push(&item);
        }
        return found.finish();
    }
    if this.index.get() >= 0
        && let Some(items) = target.downcast_exact::<Tuple>()
        && let Some(item) = items.items().get(this.index.get() as usize)
    {
        return Ok(item.clone());
    }
    ops::mapping::get_item(target, key)
}

fn repr(object: &Object) -> PyResult {
    repr_once(object, |name| {
        let this = ItemGetter::of(object);
        let shown = ops::text::lossy(&*ops::text::repr(&this.item.or_none())?);
        Ok(Str::new(&if this.count.get() == 1 {
            format!("{name}({shown})")
        } else {
            format!("{name}{shown}")
        }))
    })
}

fn reduce(object: &Object) -> PyResult {
    let this = ItemGetter::of(object);
    let item: Owned = this.item.or_none();
    reduced(
        object,
        if this.count.get() == 1 {
            tuple::from_array([item])
        } else {
            item
        },
    )
}
