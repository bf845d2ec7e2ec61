//! `itertools` (Modules/itertoolsmodule.c).

mod chains;
mod chosen;
mod endless;
mod filters;
mod groups;
mod product;
mod slicing;

use terrarium_objects::batch::Batch;
use terrarium_objects::field::Field;
use terrarium_objects::state::holding;
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::{Object, Owned, PyResult, args, ops};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::add_types;

pub static MODULE: ModuleDef = ModuleDef {
    name: "itertools",
    doc: "",
    methods: &groups::FUNCTIONS,
    exec,
};

fn exec(made: &Object) -> PyResult<()> {
    add_types(
        made,
        &[
            &chains::ACCUMULATE,
            &slicing::BATCHED,
            &chosen::COMBINATIONS,
            &chosen::REPLACED,
            &endless::CYCLE,
            &filters::DROPWHILE,
            &filters::TAKEWHILE,
            &slicing::ISLICE,
            &filters::STARMAP,
            &chains::CHAIN,
            &filters::COMPRESS,
            &filters::FILTERFALSE,
            &endless::COUNT,
            &chains::ZIP_LONGEST,
            &slicing::PAIRWISE,
            &chosen::PERMUTATIONS,
            &product::PRODUCT,
            &endless::REPEAT,
            &groups::GROUPBY,
            &groups::GROUPER,
            &groups::TEE,
            &groups::TEE_DATA,
        ],
    );
    Ok(())
}

/// An iterator kept in a field, advanced.
#[inline]
fn advance(field: &Field) -> PyResult<Option<Owned>> {
    match field.get() {
        Some(iterator) => ops::iter::next(iterator),
        None => Ok(None),
    }
}

/// The next result tuple of an iterator that keeps its last one: the same tuple with other items while nobody else holds it.
fn next_result(kept: &Field, items: Vec<Owned>) -> Owned {
    if items.is_empty() {
        return tuple::empty();
    }
    refilled(kept, items).unwrap_or_else(|items| {
        let made = tuple::from_owned(items);
        kept.set_ref(Some(&made));
        made
    })
}

/// The same for an iterator that keeps its first result tuple for good: another tuple while that one is held elsewhere.
fn first_result(kept: &Field, items: Vec<Owned>) -> Owned {
    if items.is_empty() {
        return tuple::empty();
    }
    refilled(kept, items).unwrap_or_else(tuple::from_owned)
}

/// The kept tuple with other items, or the items back if somebody else holds it.
fn refilled(kept: &Field, items: Vec<Owned>) -> Result<Owned, Vec<Owned>> {
    let Some(made) = kept.get().and_then(tuple::reuse) else {
        return Err(items);
    };
    // SAFETY: a tuple of this length that nobody else uses.
    let slots = unsafe { made.cast::<Tuple>() }.slots();
    let old: Vec<Owned> = items
        .into_iter()
        .enumerate()
        // SAFETY: in bounds; the old item's reference is handed on.
        .map(|(i, item)| unsafe { Owned::from_raw(slots.add(i).replace(item.into_raw())) })
        .collect();
    tuple::recycle(&made);
    let old = Batch::of("former items of a result", old);
    holding(&made, || drop(old));
    Ok(made)
}

/// Keywords are refused where the type itself, not a subclass, is called.
fn no_keywords(
    ty: &terrarium_objects::Type,
    own: &terrarium_objects::Type,
    kwargs: Option<&Object>,
) -> PyResult<()> {
    if std::ptr::eq(ty, own) {
        args::no_keyword_dict(own.name(), kwargs)?;
    }
    Ok(())
}
