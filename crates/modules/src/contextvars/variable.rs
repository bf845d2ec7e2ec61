//! `ContextVar`.

use std::cell::Cell;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{MemberDef, MemberKind, MethodDef, Native, flags};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{dict, exceptions as exc, generic_alias};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, Word, error, none, none_owned, ops};

use super::{context, token};
use crate::body::body;

body! { Variable of VARIABLE { name: Field, default: Field, hash: Cell<isize>, cache: Cell<[usize; 3]> } }

pub static VARIABLE: Type = Type::builtin(
    "_contextvars.ContextVar",
    size_of::<Variable>(),
    Slots {
        new: Some(new),
        repr: Some(repr),
        hash: Some(|o| Ok(Variable::of(o).hash.get())),
        ..Variable::SLOTS
    },
)
.with_flags(flags::HAVE_GC)
.with_members(&[MemberDef {
    name: "name",
    kind: MemberKind::Object,
    offset: std::mem::offset_of!(Variable, name),
    readonly: true,
    doc: "",
}])
.with_methods(&[
    MethodDef::new(
        "get",
        Native::Fast(get),
        "get($self, default=<unrepresentable>, /)\n--\n\n",
    ),
    MethodDef::new("set", Native::O(set), "set($self, value, /)\n--\n\n"),
    MethodDef::new("reset", Native::O(reset), "reset($self, token, /)\n--\n\n"),
    MethodDef::class("__class_getitem__", Native::O(generic_alias::new), ""),
]);

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("ContextVar", &["", "default"], 1, 1, 1);
    let [name, default] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
    let name = name.unwrap_or(none());
    if !str::is_str(name) {
        return Err(error::type_error("context variable name must be a str"));
    }
    let made = Variable::alloc(ty)?;
    let this = Variable::of(&made);
    this.name.set_ref(Some(name));
    this.default.set_ref(default);
    let hash = ops::compare::hash_pointer(&made)? ^ ops::compare::hash(name)?;
    this.hash.set(if hash == -1 { -2 } else { hash });
    Ok(made)
}

fn repr(object: &Object) -> PyResult {
    let this = Variable::of(object);
    let text = |o: &Object| ops::text::repr(o).map(|t| ops::text::lossy(&t));
    let mut shown = format!("<ContextVar name={}", text(&this.name.or_none())?);
    if let Some(default) = this.default.owned() {
        shown += &format!(" default={}", text(&default)?);
    }
    Ok(Str::new(&format!("{shown} at {object:p}>")))
}

fn get(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("get", args.len(), 0, 1)?;
    let values = context::values(&*context::current()?);
    if let Some(found) = dict::get(&values, object)? {
        return Ok(found);
    }
    if let Some(default) = args.first() {
        return Ok(Owned::new(default.object()));
    }
    match Variable::of(object).default.owned() {
        Some(default) => Ok(default),
        None => Err(error::raise_with(&exc::LOOKUP_ERROR, object)),
    }
}

fn set(object: &Object, value: &Object) -> PyResult {
    let current = context::current()?;
    let old = dict::get(&context::values(&current), object)?;
    let made = token::new(&current, object, old)?;
    context::assign(&current, object, Some(value))?;
    Ok(made)
}

fn reset(object: &Object, given: &Object) -> PyResult {
    if !given.is_exact(&token::TOKEN) {
        let shown = ops::text::lossy(&*ops::text::repr(given)?);
        return Err(error::type_error(format!(
            "expected an instance of Token, got {shown}"
        )));
    }
    token::reset(object, given)?;
    Ok(none_owned())
}
