//! `Context`: a mapping of variables to values, and which one is current.

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{CompareOp, MethodDef, Native, flags};
use terrarium_objects::types::dict;
use terrarium_objects::types::none::not_implemented;
use terrarium_objects::{
    Object, Owned, PyResult, Raised, Slots, Type, Word, error, none_owned, ops, root, state,
};

use super::variable::VARIABLE;
use crate::body::{WeakList, body};

body! {
    /// `values` is a dict that is never changed in place: a new value makes a new dict, so that copies cost nothing.
    Context of CONTEXT { outer: Field, values: Field, weaklist: WeakList, entered: Cell<usize> }
}

pub static CONTEXT: Type = Type::builtin(
    "_contextvars.Context",
    size_of::<Context>(),
    Slots {
        new: Some(new),
        hash: Some(ops::compare::hash_not_implemented),
        richcompare: Some(compare),
        iter: Some(|o| ops::iter::iter(&values(o))),
        mp_length: Some(|o| Ok(dict::len(&values(o)))),
        mp_subscript: Some(subscript),
        sq_contains: Some(contains),
        ..Context::SLOTS
    },
)
.with_flags(flags::HAVE_GC)
.with_weaklistoffset(std::mem::offset_of!(Context, weaklist))
.with_methods(&[
    MethodDef::new(
        "get",
        Native::Fast(get),
        "get($self, key, default=None, /)\n--\n\n",
    ),
    MethodDef::new(
        "items",
        Native::NoArgs(|o| list_of(o, "items")),
        "items($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "keys",
        Native::NoArgs(|o| list_of(o, "keys")),
        "keys($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "values",
        Native::NoArgs(|o| list_of(o, "values")),
        "values($self, /)\n--\n\n",
    ),
    MethodDef::new("copy", Native::NoArgs(copy), "copy($self, /)\n--\n\n"),
    MethodDef::new("run", Native::FastKeywords(run), ""),
]);

const CURRENT: &str = "current context";

fn alloc(values: Owned) -> PyResult {
    let made = Context::alloc(&CONTEXT)?;
    Context::of(&made).values.set(Some(values));
    Ok(made)
}

/// The current context, made when first asked for.
pub fn current() -> PyResult {
    if let Some(found) = state::get().kept(CURRENT) {
        return Ok(Owned::new(found));
    }
    let made = alloc(dict::new())?;
    Context::of(&made).entered.set(1);
    state::get().keep(CURRENT, made.clone());
    Ok(made)
}

/// The dict of a context.
pub fn values(context: &Object) -> Owned {
    Context::of(context).values.or_none()
}

/// Puts a variable's value (`None` takes it away) into a context.
pub fn assign(context: &Object, variable: &Object, value: Option<&Object>) -> PyResult<()> {
    let fresh = dict::copy(&values(context));
    match value {
        Some(value) => dict::set(&fresh, variable, value)?,
        None => {
            dict::remove(&fresh, variable)?;
        }
    }
    Context::of(context).values.set(Some(fresh));
    Ok(())
}

fn new(_: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if args::tuple_len(args) != 0 || kwargs.is_some_and(|k| dict::len(k) != 0) {
        return Err(error::type_error("Context() does not accept any arguments"));
    }
    alloc(dict::new())
}

/// A context with the same values.
pub fn copy(context: &Object) -> PyResult {
    alloc(values(context))
}

fn compare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    if !b.is_exact(&CONTEXT) || !matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(not_implemented());
    }
    let (a, b) = (root("values", values(a)), root("values", values(b)));
    let result = ops::compare::compare(&a, &b, op);
    drop(b);
    result
}

#[cold]
fn wrong_key(key: &Object) -> Raised {
    match ops::text::repr(key) {
        Ok(shown) => error::type_error(format!(
            "a ContextVar key was expected, got {}",
            ops::text::lossy(&shown)
        )),
        Err(raised) => raised,
    }
}

fn find(context: &Object, key: &Object) -> PyResult<Option<Owned>> {
    if !key.is_exact(&VARIABLE) {
        return Err(wrong_key(key));
    }
    dict::get(&values(context), key)
}

fn subscript(context: &Object, key: &Object) -> PyResult {
    find(context, key)?.ok_or_else(|| error::key_error(key))
}

fn contains(context: &Object, key: &Object) -> PyResult<std::primitive::bool> {
    find(context, key).map(|found| found.is_some())
}

fn get(context: &Object, args: &[Word]) -> PyResult {
    args::check_positional("get", args.len(), 1, 2)?;
    let found = find(context, args[0].object())?;
    Ok(found.unwrap_or_else(|| {
        args.get(1)
            .map_or_else(none_owned, |d| Owned::new(d.object()))
    }))
}

fn list_of(context: &Object, name: &str) -> PyResult {
    let values = values(context);
    ops::mapping::method_as_list(
        &values,
        terrarium_objects::types::str::intern_immortal(name),
    )
}

fn run(context: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (positional, _) = args::split(args, kwnames);
    if positional.is_empty() {
        return Err(error::type_error(
            "run() missing 1 required positional argument",
        ));
    }
    let this = Context::of(context);
    if this.entered.get() != 0 {
        let shown = ops::text::lossy(&*ops::text::repr(context)?);
        return Err(error::runtime_error(format!(
            "cannot enter context: {shown} is already entered"
        )));
    }
    let outer = current()?;
    this.entered.set(1);
    this.outer.set(Some(outer));
    state::get().keep(CURRENT, Owned::new(context));
    let result = ops::call::call(args[0].object(), &args[1..], kwnames);
    this.entered.set(0);
    let held = result.map(|r| root("result of a context's run", r));
    if let Some(outer) = this.outer.replace(None) {
        state::get().keep(CURRENT, outer);
    }
    held.map(|r| r.take())
}
