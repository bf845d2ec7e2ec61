//! `_thread._local`: attributes of which each thread has its own. The object's dict is that of the thread that used it last; those of
//! other threads lie in `others` meanwhile.

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{GetSetDef, flags};
use terrarium_objects::types::dict::{self, managed};
use terrarium_objects::types::object::OBJECT;
use terrarium_objects::types::{int, tuple};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, error, none, none_owned, ops, root};
use terrarium_runtime::threads;

use crate::body::{WeakList, body};

body! {
    /// `owner`: the thread whose attributes lie in `attributes`; `others`: their dicts by thread; `given`: what `__init__` gets.
    Local of LOCAL { attributes: Field, owner: Cell<u64>, weaklist: WeakList, others: Field, given: Field }
}

pub static LOCAL: Type = Type::builtin(
    "_thread._local",
    size_of::<Local>(),
    Slots {
        new: Some(new),
        getattro: Some(|object, name| {
            enter(object)?;
            ops::attribute::generic_get(object, name)
        }),
        setattro: Some(|object, name, value| {
            enter(object)?;
            ops::attribute::generic_set(object, name, value)
        }),
        ..Local::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_dictoffset(std::mem::offset_of!(Local, attributes))
.with_weaklistoffset(std::mem::offset_of!(Local, weaklist))
.with_getset(&[GetSetDef {
    name: "__dict__",
    get: Some(|object| {
        enter(object)?;
        managed::generic_get_dict(object)
    }),
    set: Some(|object, _| {
        Err(error::attribute_error_text(format!(
            "'{}' object attribute '__dict__' is read-only",
            object.ty().full_name()
        )))
    }),
    doc: "",
}]);

/// Arguments are for a subclass's `__init__`.
fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let plain = match (ty.slots.init, OBJECT.slots.init) {
        (Some(own), Some(base)) => std::ptr::fn_addr_eq(own, base),
        _ => true,
    };
    if plain && (args::tuple_len(args) != 0 || kwargs.is_some_and(|k| dict::len(k) != 0)) {
        return Err(error::type_error(
            "Initialization arguments are not supported",
        ));
    }
    let made = Local::alloc(ty)?;
    let this = Local::of(&made);
    this.owner.set(threads::ident());
    let kwargs = kwargs.map_or_else(none_owned, Owned::new);
    this.given
        .set(Some(tuple::from_array([Owned::new(args), kwargs])));
    Ok(made)
}

/// Puts the running thread's attributes in their place; a thread that comes for the first time runs `__init__`.
fn enter(object: &Object) -> PyResult<()> {
    let this = Local::of(object);
    let ident = threads::ident();
    let before = this.owner.replace(ident);
    if before == ident {
        return Ok(());
    }
    let others = match this.others.get() {
        Some(others) => Owned::new(others),
        None => {
            let made = dict::new();
            this.others.set(Some(made.clone()));
            made
        }
    };
    let old = this.attributes.replace(None).unwrap_or_else(dict::new);
    dict::set(&others, &int::from_u64(before), &old)?;
    drop(old);
    let key = int::from_u64(ident);
    let own = dict::get(&others, &key)?;
    let first = own.is_none();
    this.attributes.set(Some(own.unwrap_or_else(dict::new)));
    if !first {
        dict::remove(&others, &key)?;
        return Ok(());
    }
    let Some(given) = this.given.get().map(Owned::new) else {
        return Ok(());
    };
    let init = object.ty().slots.init;
    match init {
        Some(init) => {
            let given = root("arguments of thread-local data", given);
            let kwargs = Some(args::tuple_item(&given, 1)).filter(|k| !k.is(none()));
            init(object, args::tuple_item(&given, 0), kwargs)
        }
        None => Ok(()),
    }
}
