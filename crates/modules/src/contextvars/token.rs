//! `Token`: what `ContextVar.set` gives, to undo it.

use std::cell::Cell;

use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, flags};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, generic_alias};
use terrarium_objects::{Layout, Object, Owned, PyResult, Slots, Type, error, none_owned, ops};

use super::context;
use crate::body::body;

body! { Token of TOKEN { context: Field, variable: Field, old: Field, used: Cell<usize> } }

pub static TOKEN: Type = Type::builtin(
    "_contextvars.Token",
    size_of::<Token>(),
    Slots {
        new: Some(|_, _, _| {
            Err(error::runtime_error(
                "Tokens can only be created by ContextVars",
            ))
        }),
        repr: Some(repr),
        hash: Some(ops::compare::hash_not_implemented),
        ..Token::SLOTS
    },
)
.with_flags(flags::HAVE_GC)
.with_getset(&[
    GetSetDef::read("var", |o| Ok(Token::of(o).variable.or_none()), ""),
    GetSetDef::read("old_value", old_value, ""),
])
.with_methods(&[
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
    MethodDef::new(
        "__enter__",
        Native::NoArgs(|o| Ok(Owned::new(o))),
        "__enter__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__exit__",
        Native::Fast(|o, _| exit(o)),
        "__exit__($self, type, value, traceback, /)\n--\n\n",
    ),
]);

/// The body of `Token.MISSING`: nothing.
#[repr(C)]
struct Missing {
    object: Object,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for Missing {
    fn type_object() -> &'static Type {
        &MISSING_TYPE
    }
}

pub static MISSING_TYPE: Type = Type::builtin(
    "Token.MISSING",
    size_of::<Missing>(),
    Slots {
        repr: Some(|_| Ok(Str::new("<Token.MISSING>"))),
        getattro: Some(ops::attribute::generic_get),
        ..Slots::NONE
    },
)
.with_flags(flags::DISALLOW_INSTANTIATION);

static MISSING: Missing = Missing {
    object: Object::immortal(&raw const MISSING_TYPE),
};

/// Enters `MISSING` in the class.
pub fn add_missing() -> PyResult<()> {
    // SAFETY: made ready before.
    let space = unsafe { &*TOKEN.dict.get() };
    dict::set_str(space, "MISSING", &MISSING.object);
    Ok(())
}

/// A token for a variable that is about to get another value.
pub fn new(context: &Object, variable: &Object, old: Option<Owned>) -> PyResult {
    let made = Token::alloc(&TOKEN)?;
    let this = Token::of(&made);
    this.context.set_ref(Some(context));
    this.variable.set_ref(Some(variable));
    this.old.set(old);
    Ok(made)
}

fn old_value(object: &Object) -> PyResult {
    Ok(Token::of(object)
        .old
        .owned()
        .unwrap_or_else(|| Owned::new(&MISSING.object)))
}

fn repr(object: &Object) -> PyResult {
    let this = Token::of(object);
    let used = if this.used.get() != 0 { " used" } else { "" };
    let variable = ops::text::lossy(&*ops::text::repr(&this.variable.or_none())?);
    Ok(Str::new(&format!(
        "<Token{used} var={variable} at {object:p}>"
    )))
}

/// Gives the variable back the value it had before the token was made.
pub fn reset(variable: &Object, token: &Object) -> PyResult<()> {
    let this = Token::of(token);
    let shown = || ops::text::repr(token).map(|t| ops::text::lossy(&t));
    if this.used.get() != 0 {
        return Err(error::runtime_error(format!(
            "{} has already been used once",
            shown()?
        )));
    }
    if !this.variable.get().is_some_and(|v| v.is(variable)) {
        return Err(error::value_error(format!(
            "{} was created by a different ContextVar",
            shown()?
        )));
    }
    let current = context::current()?;
    if !this.context.get().is_some_and(|c| c.is(&current)) {
        return Err(error::value_error(format!(
            "{} was created in a different Context",
            shown()?
        )));
    }
    this.used.set(1);
    let old = this.old.owned();
    context::assign(&current, variable, old.as_deref())
}

fn exit(token: &Object) -> PyResult {
    let variable = Token::of(token).variable.or_none();
    reset(&variable, token)?;
    Ok(none_owned())
}
