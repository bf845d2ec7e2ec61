//! `_collections` (Modules/_collectionsmodule.c): `deque`, `defaultdict`, helpers of `namedtuple` and `Counter`.

mod defaultdict;
mod deque;
mod deque_methods;

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{MethodDef, Native, flags};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, int, tuple};
use terrarium_objects::{
    Object, Owned, PyResult, Slots, Type, Word, error, none, none_owned, ops, root, words,
};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::{add_types, body};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_collections",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 1] = [MethodDef::new(
    "_count_elements",
    Native::Fast(count_elements),
    "_count_elements($module, mapping, iterable, /)\n--\n\n",
)];

fn exec(made: &Object) -> PyResult<()> {
    add_types(
        made,
        &[
            &deque::DEQUE,
            &defaultdict::DEFAULTDICT,
            &deque::ITERATOR,
            &deque::REVERSE_ITERATOR,
            &TUPLE_GETTER,
        ],
    );
    Ok(())
}

/// Adds one to the count of each element: straight in the dict unless a subclass has its own `get` or `__setitem__`.
fn count_elements(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("_count_elements", args.len(), 2, 2)?;
    let (mapping, iterable) = (args[0].object(), args[1].object());
    let lookup = |ty: &Type, name: &str| terrarium_objects::type_cache::lookup(ty, &Str::new(name));
    let plain = mapping.downcast::<dict::Dict>().is_some()
        && ["get", "__setitem__"].iter().all(|name| {
            matches!((lookup(mapping.ty(), name), lookup(&dict::DICT, name)), (Some(a), Some(b)) if a.is(&b))
        });
    let iterator = root("iterator", ops::iter::iter(iterable)?);
    let (zero, one) = (int::from_i64(0), int::from_i64(1));
    if plain {
        // SAFETY: a dict, as just seen.
        let counts = unsafe { mapping.cast::<dict::Dict>() };
        while let Some(key) = ops::iter::next(&iterator)? {
            let key = root("element", key);
            let hash = ops::compare::hash(&key)?;
            let count = match dict::get_known_hash(mapping, &key, hash)? {
                Some(old) => ops::iter::fold_step(0, old, one.clone())?,
                None => one.clone(),
            };
            dict::table::set_known(counts, Owned::new(&key), hash, count)?;
        }
        return Ok(none_owned());
    }
    let get = root("get", ops::attribute::get(mapping, &Str::new("get"))?);
    while let Some(key) = ops::iter::next(&iterator)? {
        let key = root("element", key);
        let old = ops::call::call(&get, &words([&key, &zero]), None)?;
        let count = root("count", ops::iter::fold_step(0, old, one.clone())?);
        ops::mapping::set_item(mapping, &key, Some(&count))?;
    }
    Ok(none_owned())
}

body! { TupleGetter of TUPLE_GETTER { index: Cell<isize>, doc: Field } }

/// The fields of named tuples.
pub static TUPLE_GETTER: Type = Type::builtin(
    "collections._tuplegetter",
    size_of::<TupleGetter>(),
    Slots {
        new: Some(getter_new),
        descr_get: Some(getter_get),
        descr_set: Some(getter_set),
        repr: Some(getter_repr),
        ..TupleGetter::SLOTS
    },
)
.with_flags(flags::HAVE_GC)
.with_methods(&[MethodDef::new(
    "__reduce__",
    Native::NoArgs(getter_reduce),
    "",
)])
.with_members(&[terrarium_objects::MemberDef {
    name: "__doc__",
    kind: terrarium_objects::MemberKind::Object,
    offset: std::mem::offset_of!(TupleGetter, doc),
    readonly: false,
    doc: "",
}]);

fn getter_new(ty: &Type, args: &Object, _: Option<&Object>) -> PyResult {
    args::check_positional("_tuplegetter", args::tuple_len(args), 2, 2)?;
    let index = int::as_isize(&*ops::number::index(args::tuple_item(args, 0))?)?;
    let made = TupleGetter::alloc(ty)?;
    TupleGetter::of(&made).index.set(index);
    TupleGetter::of(&made)
        .doc
        .set_ref(Some(args::tuple_item(args, 1)));
    Ok(made)
}

fn getter_get(object: &Object, instance: Option<&Object>, _: Option<&Object>) -> PyResult {
    let index = TupleGetter::of(object).index.get();
    let Some(instance) = instance else {
        return Ok(Owned::new(object));
    };
    let Some(items) = instance.downcast::<tuple::Tuple>() else {
        if instance.is(none()) {
            return Ok(Owned::new(object));
        }
        return Err(error::type_error(format!(
            "descriptor for index '{index}' for tuple subclasses doesn't apply to '{}' object",
            instance.ty().full_name()
        )));
    };
    match items.items().get(index as usize) {
        Some(item) => Ok(item.clone()),
        None => Err(error::index_error("tuple index out of range")),
    }
}

fn getter_set(_: &Object, _: &Object, value: Option<&Object>) -> PyResult<()> {
    Err(error::attribute_error_text(match value {
        Some(_) => "can't set attribute",
        None => "can't delete attribute",
    }))
}

fn getter_reduce(object: &Object) -> PyResult {
    let this = TupleGetter::of(object);
    let parts = tuple::from_array([int::from_i64(this.index.get() as i64), this.doc.or_none()]);
    Ok(tuple::from_array([
        Owned::new(object.ty().as_object()),
        parts,
    ]))
}

fn getter_repr(object: &Object) -> PyResult {
    let this = TupleGetter::of(object);
    let doc = ops::text::lossy(&*ops::text::repr(&this.doc.or_none())?);
    Ok(Str::new(&format!(
        "{}({}, {doc})",
        object.ty().name(),
        this.index.get()
    )))
}
