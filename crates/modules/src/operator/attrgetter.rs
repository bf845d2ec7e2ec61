//! `attrgetter`.

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{MethodDef, Native};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, Word, error, ops, root};

use super::{GETTER_FLAGS, Gathered, reduced, repr_once};
use crate::body::body;

body! {
    /// `names`: a tuple of names, a dotted one as the tuple of its parts.
    AttrGetter of ATTRGETTER { count: Cell<usize>, names: Field }
}

pub static ATTRGETTER: Type = Type::builtin(
    "operator.attrgetter",
    size_of::<AttrGetter>(),
    Slots {
        new: Some(new),
        call: Some(call),
        repr: Some(repr),
        ..AttrGetter::SLOTS
    },
)
.with_flags(GETTER_FLAGS)
.with_methods(&[MethodDef::new("__reduce__", Native::NoArgs(reduce), "")])
.with_doc("attrgetter(attr, /, *attrs)\n--\n\n");

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    args::no_keyword_dict("attrgetter", kwargs)?;
    let count = args::tuple_len(args);
    if count <= 1 {
        args::check_positional("attrgetter", count, 1, 1)?;
    }
    let mut names = Vec::with_capacity(count);
    for i in 0..count {
        let Some(name) = args::tuple_item(args, i).downcast::<Str>() else {
            return Err(error::type_error("attribute name must be a string"));
        };
        let name = name.wtf8();
        let mut parts: Vec<Owned> = name
            .split(|b| *b == b'.')
            .map(|part| str::intern_mortal(Str::from_wtf8(part)))
            .collect();
        names.push(match parts.len() {
            1 => parts.remove(0),
            _ => tuple::from_owned(parts),
        });
    }
    let made = AttrGetter::alloc(ty)?;
    let this = AttrGetter::of(&made);
    this.names.set(Some(tuple::from_owned(names)));
    this.count.set(count);
    Ok(made)
}

/// One attribute; of a dotted name, one after the other.
fn dotted(object: &Object, name: &Object) -> PyResult {
    let Some(parts) = name.downcast_exact::<Tuple>() else {
        return ops::attribute::get(object, name);
    };
    let at = root("object of attrgetter", Owned::new(object));
    for part in parts.items() {
        let next = ops::attribute::get(&at, part)?;
        at.set(next);
    }
    Ok(at.take())
}

fn call(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    args::no_keywords("attrgetter", kwnames)?;
    args::check_positional("attrgetter", args.len(), 1, 1)?;
    let this = AttrGetter::of(object);
    let target = args[0].object();
    let names = this.names.get().unwrap_or(tuple::empty_ref());
    if this.count.get() == 1 {
        return dotted(target, args::tuple_item(names, 0));
    }
    let found = Gathered::new("attributes of attrgetter");
    for i in 0..this.count.get() {
        let value = dotted(target, args::tuple_item(names, i))?;
        found.push(&value);
    }
    found.finish()
}

/// The names as they were given.
fn joined(this: &AttrGetter) -> Vec<Owned> {
    let names = this.names.get().unwrap_or(tuple::empty_ref());
    let name = |i: usize| {
        let name = args::tuple_item(names, i);
        match name.downcast_exact::<Tuple>() {
            None => Owned::new(name),
            Some(parts) => {
                let all: Vec<_> = parts
                    .items()
                    .iter()
                    .map(|part| str::cast(part).wtf8())
                    .collect();
                Str::from_wtf8(&all.join(&b'.'))
            }
        }
    };
    (0..this.count.get()).map(name).collect()
}

fn repr(object: &Object) -> PyResult {
    repr_once(object, |own| {
        let names = joined(AttrGetter::of(object));
        let mut shown = Vec::new();
        for name in &names {
            shown.push(ops::text::lossy(&*ops::text::repr(name)?));
        }
        Ok(Str::new(&format!("{own}({})", shown.join(", "))))
    })
}

fn reduce(object: &Object) -> PyResult {
    reduced(object, tuple::from_owned(joined(AttrGetter::of(object))))
}
