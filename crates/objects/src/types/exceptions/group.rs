//! `BaseExceptionGroup` and `ExceptionGroup` (PEP 654), and what `except*` asks of them.

use std::cell::Cell;

use crate::args::{check_parsed, tuple_item, tuple_len};
use crate::error::{type_error, value_error};
use crate::object::Object;
use crate::ops::{attribute, call, compare, sequence, text};
use crate::refs::{Owned, PyResult};
use crate::state::{self, root, words};
use crate::typeobject::*;
use crate::types::str::{self, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::{dict, generic_alias, list};
use crate::{names, none, none_owned};

use super::special::with_fields;
use super::{BASE_SIZE, base, body, extra, is_exception, is_exception_class, slots};

const MESSAGE: usize = 0;
const EXCEPTIONS: usize = 1;
/// The text of the sequence given, where it was neither list nor tuple.
const SHOWN: usize = 2;

const fn readonly(name: &'static str, index: usize) -> MemberDef {
    MemberDef {
        name,
        kind: MemberKind::Object,
        offset: BASE_SIZE + index * 8,
        readonly: true,
        doc: "",
    }
}

pub static BASE_EXCEPTION_GROUP: Type = with_fields(
    "BaseExceptionGroup",
    3,
    Slots {
        repr: Some(repr),
        str: Some(to_str),
        init: Some(init_group),
        new: Some(new),
        ..slots::<3>()
    },
    &raw const super::BASE_EXCEPTION,
)
.with_members(&[
    readonly("message", MESSAGE),
    readonly("exceptions", EXCEPTIONS),
])
.with_methods(&[
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
    MethodDef::new("derive", Native::O(derive), ""),
    MethodDef::new("split", Native::O(split), ""),
    MethodDef::new("subgroup", Native::O(subgroup), ""),
]);

struct HeapType(Cell<*const Type>);

// SAFETY: written once at start-up.
unsafe impl Sync for HeapType {}

static EXCEPTION_GROUP: HeapType = HeapType(Cell::new(std::ptr::null()));

/// `ExceptionGroup`, which has two bases and therefore is made at start-up.
pub fn exception_group() -> &'static Type {
    // SAFETY: set by `init`.
    unsafe { &*EXCEPTION_GROUP.0.get() }
}

/// Makes `ExceptionGroup`.
pub fn init() {
    let space = dict::new();
    dict::set_str(&space, "__module__", &names().builtins);
    let bases: [&Object; 2] = [
        BASE_EXCEPTION_GROUP.as_object(),
        super::EXCEPTION.as_object(),
    ];
    match crate::types::r#type::methods::make_class("ExceptionGroup", &bases, &space) {
        Ok(class) => {
            class.make_immortal();
            EXCEPTION_GROUP.0.set(class.into_raw().cast());
        }
        Err(_) => panic!("ExceptionGroup cannot be made"),
    }
}

/// Whether the object is an exception group.
pub fn is_group(object: &Object) -> bool {
    object.ty().is_subtype(&BASE_EXCEPTION_GROUP)
}

/// The exceptions of a group, a tuple.
fn members(group: &Object) -> Owned {
    extra(group, EXCEPTIONS)
        .owned()
        .unwrap_or_else(tuple::empty)
}

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    check_parsed("BaseExceptionGroup.__new__", tuple_len(args), 2, 2)?;
    let (message, given) = (tuple_item(args, 0), tuple_item(args, 1));
    if !str::is_str(message) {
        return Err(type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
            message.ty().full_name()
        )));
    }
    if given.ty().slots.sq_item.is_none() || given.ty().has(flags::DICT_SUBCLASS) {
        return Err(type_error(
            "second argument (exceptions) must be a sequence",
        ));
    }
    let plain = flags::LIST_SUBCLASS | flags::TUPLE_SUBCLASS;
    let shown = if given.ty().has(plain) {
        None
    } else {
        Some(text::repr(given)?)
    };
    let exceptions = sequence::to_tuple(given)?;
    let has_base = check_members(&exceptions)?;
    let ty = class_for(ty, has_base)?;
    let group = base::new(ty, args, kwargs)?;
    extra(&group, MESSAGE).set_ref(Some(message));
    extra(&group, EXCEPTIONS).set(Some(exceptions));
    extra(&group, SHOWN).set(shown);
    Ok(group)
}

fn init_group(group: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    base::init(group, args, kwargs)
}

/// Fails unless all are exceptions; whether one is not an `Exception`.
fn check_members(exceptions: &Object) -> PyResult<bool> {
    // SAFETY: a tuple.
    let items = unsafe { exceptions.cast::<Tuple>() }.items();
    if items.is_empty() {
        return Err(value_error(
            "second argument (exceptions) must be a non-empty sequence",
        ));
    }
    let mut has_base = false;
    for (index, item) in items.iter().enumerate() {
        if !is_exception(item) {
            return Err(value_error(format!(
                "Item {index} of second argument (exceptions) is not an exception"
            )));
        }
        has_base |= !compare::is_instance(item, super::EXCEPTION.as_object())?;
    }
    Ok(has_base)
}

fn class_for(ty: &Type, has_base: bool) -> PyResult<&Type> {
    if std::ptr::eq(ty, exception_group()) {
        if has_base {
            return Err(type_error(
                "Cannot nest BaseExceptions in an ExceptionGroup",
            ));
        }
    } else if std::ptr::eq(ty, &BASE_EXCEPTION_GROUP) {
        if !has_base {
            return Ok(exception_group());
        }
    } else if has_base && compare::is_subclass(ty.as_object(), super::EXCEPTION.as_object())? {
        return Err(type_error(format!(
            "Cannot nest BaseExceptions in '{}'",
            ty.full_name()
        )));
    }
    Ok(ty)
}

fn to_str(group: &Object) -> PyResult {
    let message = text::str(&extra(group, MESSAGE).or_none())?;
    let count = tuple_len(&members(group));
    let plural = if count > 1 { "s" } else { "" };
    base::joined("", &message, &format!(" ({count} sub-exception{plural})"))
}

fn repr(group: &Object) -> PyResult {
    let shown = match extra(group, SHOWN).owned() {
        Some(shown) => shown,
        None => {
            let exceptions = members(group);
            let args = base::args(group);
            let as_list =
                tuple_len(&args) > 1 && tuple_item(&args, 1).ty().has(flags::LIST_SUBCLASS);
            if as_list {
                text::repr(&*sequence::to_list(&exceptions)?)?
            } else {
                text::repr(&exceptions)?
            }
        }
    };
    let message = text::repr(&extra(group, MESSAGE).or_none())?;
    let start = base::joined(&format!("{}(", group.ty().name()), &message, ", ")?;
    let mut bytes = str::cast(&start).wtf8().into_owned();
    bytes.extend_from_slice(&str::cast(&shown).wtf8());
    bytes.push(b')');
    Ok(Str::from_wtf8(&bytes))
}

fn derive(group: &Object, exceptions: &Object) -> PyResult {
    let message = extra(group, MESSAGE).or_none();
    call::call(
        BASE_EXCEPTION_GROUP.as_object(),
        &words([&message, exceptions]),
        None,
    )
}

/// A group like `group` with some of its exceptions, or `None` for none (`exceptiongroup_subset`).
fn subset(group: &Object, exceptions: &Object) -> PyResult {
    if list_len(exceptions) == 0 {
        return Ok(none_owned());
    }
    let made = call::call_method(group, str::intern_immortal("derive"), &words([exceptions]))?;
    if !is_group(&made) {
        return Err(type_error(
            "derive must return an instance of BaseExceptionGroup",
        ));
    }
    let made = root("derived group", made);
    let (from, to) = (body(group), body(&made));
    if let Some(tb) = from.traceback.owned() {
        to.traceback.set(Some(tb));
    }
    to.context.set(from.context.owned());
    base::put_cause(&made, from.cause.owned());
    if let Some(notes) = attribute::get_optional(group, &names().__notes__)?
        && notes.ty().slots.sq_item.is_some()
    {
        let copy = sequence::to_list(&notes)?;
        attribute::set(&made, &names().__notes__, Some(&copy))?;
    }
    Ok(made.take())
}

fn list_len(object: &Object) -> usize {
    // SAFETY: callers pass lists.
    unsafe { object.cast::<list::List>() }.len()
}

/// What exceptions of a group are chosen by.
enum Matcher<'a> {
    Class(&'a Object),
    Predicate(&'a Object),
    /// Addresses of exceptions.
    Leaves(&'a [*const Object]),
}

impl<'a> Matcher<'a> {
    fn from_value(value: &'a Object) -> PyResult<Matcher<'a>> {
        if value.ty().slots.call.is_some() && !value.ty().has(flags::TYPE_SUBCLASS) {
            return Ok(Matcher::Predicate(value));
        }
        let all_classes = || {
            value.ty().has(flags::TUPLE_SUBCLASS)
                // SAFETY: just checked.
                && unsafe { value.cast::<Tuple>() }
                    .items()
                    .iter()
                    .all(|c| is_exception_class(c))
        };
        if is_exception_class(value) || all_classes() {
            return Ok(Matcher::Class(value));
        }
        Err(type_error(
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        ))
    }

    fn matches(&self, exception: &Object) -> PyResult<bool> {
        match self {
            Matcher::Class(class) => Ok(compare::exception_matches(exception, class)),
            Matcher::Predicate(function) => {
                let result = call::call(function, &words([exception]), None)?;
                let result = root("result of a predicate", result);
                compare::is_true(&result)
            }
            Matcher::Leaves(all) => {
                Ok(!is_group(exception) && all.iter().any(|e| std::ptr::eq(*e, exception)))
            }
        }
    }
}

/// Splits by a matcher: what matches, and the rest if wanted (`exceptiongroup_split_recursive`).
fn split_by(
    exception: &Object,
    matcher: &Matcher<'_>,
    want_rest: bool,
) -> PyResult<(Option<Owned>, Option<Owned>)> {
    if matcher.matches(exception)? {
        return Ok((Some(Owned::new(exception)), None));
    }
    if !is_group(exception) {
        return Ok((None, want_rest.then(|| Owned::new(exception))));
    }
    state::get().check_native_stack(" in exceptiongroup_split_recursive")?;
    let matching = root("matching exceptions", list::new());
    let rest = root("other exceptions", list::new());
    let all = root("exceptions of a group", members(exception));
    // SAFETY: a tuple.
    for item in unsafe { all.cast::<Tuple>() }.items() {
        let (found, other) = split_by(item, matcher, want_rest)?;
        if let Some(found) = found {
            list::append(&matching, &found);
        }
        if let Some(other) = other {
            list::append(&rest, &other);
        }
    }
    let some = |o: Owned| (!o.is(none())).then_some(o);
    let found = some(subset(exception, &matching)?);
    let found = found.map(|f| root("matching group", f));
    let other = if want_rest {
        some(subset(exception, &rest)?)
    } else {
        None
    };
    Ok((found.map(|f| f.take()), other))
}

fn split(group: &Object, value: &Object) -> PyResult {
    let (found, rest) = split_by(group, &Matcher::from_value(value)?, true)?;
    Ok(tuple::from_owned(vec![
        found.unwrap_or_else(none_owned),
        rest.unwrap_or_else(none_owned),
    ]))
}

fn subgroup(group: &Object, value: &Object) -> PyResult {
    let (found, _) = split_by(group, &Matcher::from_value(value)?, false)?;
    Ok(found.unwrap_or_else(none_owned))
}

/// `BaseExceptionGroup(message, exceptions)`; `exceptions` is a list or tuple.
pub fn make(message: &std::primitive::str, exceptions: &Object) -> PyResult {
    let message = Str::new(message);
    call::call(
        BASE_EXCEPTION_GROUP.as_object(),
        &words([&message, exceptions]),
        None,
    )
}

/// What an `except*` clause takes of an exception and what it leaves, `None` for nothing (`_PyEval_ExceptionGroupMatch`). A naked
/// exception comes wrapped, and `wrapped` is told so that it can add a traceback.
pub fn match_clause(
    exception: &Object,
    class: &Object,
    wrapped: impl FnOnce(&Object) -> PyResult<()>,
) -> PyResult<(Owned, Owned)> {
    if exception.is(none()) {
        return Ok((none_owned(), none_owned()));
    }
    if compare::exception_matches(exception, class) {
        if is_group(exception) {
            return Ok((Owned::new(exception), none_owned()));
        }
        let only = tuple::from_refs(&[exception]);
        let group = root("wrapping group", make("", &only)?);
        wrapped(&group)?;
        return Ok((group.take(), none_owned()));
    }
    if !is_group(exception) {
        return Ok((none_owned(), Owned::new(exception)));
    }
    let pair = call::call_method(exception, str::intern_immortal("split"), &words([class]))?;
    let name = exception.ty().full_name();
    let Some(pair) = pair.downcast_exact::<Tuple>() else {
        return Err(type_error(format!(
            "{name}.split must return a tuple, not {}",
            pair.ty().full_name()
        )));
    };
    match pair.items() {
        [found, rest, ..] => Ok((found.clone(), rest.clone())),
        items => Err(type_error(format!(
            "{name}.split must return a 2-tuple, got tuple of size {}",
            items.len()
        ))),
    }
}

fn same_metadata(a: &Object, b: &Object) -> bool {
    let (a, b) = (body(a), body(b));
    let pairs = [
        (&a.notes, &b.notes),
        (&a.traceback, &b.traceback),
        (&a.cause, &b.cause),
        (&a.context, &b.context),
    ];
    pairs
        .iter()
        .all(|(x, y)| std::ptr::eq(x.pointer(), y.pointer()))
}

fn collect_leaves(exception: &Object, out: &mut Vec<*const Object>) -> PyResult<()> {
    if !is_group(exception) {
        out.push(exception);
        return Ok(());
    }
    state::get().check_native_stack(" in collect_exception_group_leaf_ids")?;
    let all = members(exception);
    // SAFETY: a tuple.
    for item in unsafe { all.cast::<Tuple>() }.items() {
        collect_leaves(item, out)?;
    }
    Ok(())
}

/// What is raised after all `except*` clauses: the exceptions they raised and those they left, or `None` (`_PyExc_PrepReraiseStar`).
/// `results` is a list.
pub fn prepare_reraise(original: &Object, results: &Object) -> PyResult {
    // SAFETY: the compiler makes a list.
    let results = unsafe { results.cast::<list::List>() };
    let all: Vec<Owned> = (0..results.len())
        .filter_map(|i| results.item_owned(i))
        .collect();
    if all.is_empty() {
        return Ok(none_owned());
    }
    if !is_group(original) {
        return Ok(all[0].clone());
    }
    let raised = root("exceptions raised by except*", list::new());
    let mut leaves = Vec::new();
    let mut any_again = false;
    for exception in all.iter().filter(|e| !e.is(none())) {
        if same_metadata(exception, original) {
            any_again = true;
            collect_leaves(exception, &mut leaves)?;
        } else {
            list::append(&raised, exception);
        }
    }
    let again = if any_again {
        split_by(original, &Matcher::Leaves(&leaves), false)?.0
    } else {
        None
    };
    let count = list_len(&raised);
    match again {
        again if count == 0 => return Ok(again.unwrap_or_else(none_owned)),
        Some(again) => list::append(&raised, &again),
        None if count == 1 => {
            return sequence::fast_item(&raised, 0)
                .map(Owned::new)
                .ok_or(crate::Raised);
        }
        None => {}
    }
    make("", &raised)
}
