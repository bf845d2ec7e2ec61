//! `cell`: a variable that closures share.

use crate::alloc::object_memory;
use crate::args::check_positional;
use crate::error::value_error;
use crate::field::Field;
use crate::gc;
use crate::object::{Layout, Object};
use crate::ops::{attribute, compare};
use crate::refs::{Owned, PyResult};
use crate::typeobject::*;
use crate::types::bool::bool_owned;
use crate::types::none::not_implemented;
use crate::types::str::Str;
use crate::visit::Visit;

#[repr(C)]
pub struct Cell {
    pub object: Object,
    pub contents: Field,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Cell {
    fn type_object() -> &'static Type {
        &CELL
    }
}

pub static CELL: Type = Type::builtin(
    "cell",
    24,
    Slots {
        dealloc,
        visit,
        clear: Some(clear),
        repr: Some(repr),
        getattro: Some(attribute::generic_get),
        richcompare: Some(richcompare),
        new: Some(new_slot),
        ..Slots::NONE
    },
)
.with_flags(flags::HAVE_GC)
.with_getset(&[GetSetDef {
    name: "cell_contents",
    get: Some(get_contents),
    set: Some(set_contents),
    doc: "",
}]);

/// A cell that takes over a value, or an empty one (`PyCell_New`).
pub fn new(contents: Option<Owned>) -> Owned {
    // SAFETY: the body is written at once.
    unsafe {
        let object = object_memory(&CELL, 24);
        assert!(!object.is_null(), "out of memory for a cell");
        (&raw mut (*object.cast::<Cell>()).contents).write(Field::new(contents));
        gc::track(&*object);
        Owned::from_raw(object)
    }
}

/// The body of a cell.
#[inline(always)]
pub fn body(object: &Object) -> &Cell {
    debug_assert!(object.is_exact(&CELL));
    // SAFETY: callers pass cells.
    unsafe { object.cast() }
}

/// What the cell holds.
#[inline(always)]
pub fn get(cell: &Object) -> Option<Owned> {
    body(cell).contents.owned()
}

/// Puts a value in; the old one is given up last.
#[inline(always)]
pub fn set(cell: &Object, contents: Option<Owned>) {
    body(cell).contents.set(contents);
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: the count is zero.
    unsafe {
        gc::untrack(&*object);
        body(&*object).contents.clear();
        crate::alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    body(object).contents.visit("cell_contents", visit);
}

fn clear(object: &Object) {
    body(object).contents.clear();
}

fn new_slot(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    crate::args::no_keyword_dict("cell", kwargs)?;
    let given = crate::args::tuple_len(args);
    check_positional("cell", given, 0, 1)?;
    Ok(new(
        (given == 1).then(|| Owned::new(crate::args::tuple_item(args, 0)))
    ))
}

fn repr(object: &Object) -> PyResult {
    Ok(Str::new(&match body(object).contents.get() {
        None => format!("<cell at {object:p}: empty>"),
        Some(value) => format!(
            "<cell at {object:p}: {} object at {value:p}>",
            value.ty().full_name()
        ),
    }))
}

fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !a.is_exact(&CELL) || !b.is_exact(&CELL) {
        return Ok(not_implemented());
    }
    match (get(a), get(b)) {
        (Some(a), Some(b)) => {
            let a = crate::root("cell contents", a);
            let b = crate::root("cell contents", b);
            compare::compare(&a, &b, op)
        }
        // An empty cell comes before a full one.
        (a, b) => Ok(bool_owned(op.holds(a.is_some().cmp(&b.is_some())))),
    }
}

fn get_contents(object: &Object) -> PyResult {
    get(object).ok_or_else(|| value_error("cell is empty"))
}

fn set_contents(object: &Object, value: Option<&Object>) -> PyResult<()> {
    set(object, value.map(Owned::new));
    Ok(())
}
