//! `ast.AST`, the base of all nodes: construction, copying, replacing.

use terrarium_objects::args;
use terrarium_objects::field::Field;
use terrarium_objects::typeobject::{GetSetDef, MethodDef, Native, flags};
use terrarium_objects::types::dict::{self, managed};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{generic_alias, list, tuple, r#type, union};
use terrarium_objects::{Object, Owned, PyResult, Raised, Slots, Type, error, none, ops, root};

use super::{classes, show};
use crate::body::body;

body! { Node of AST { attributes: Field } }

pub static AST: Type = Type::builtin(
    "ast.AST",
    size_of::<Node>(),
    Slots {
        new: Some(|ty, _, _| Node::alloc(ty)),
        init: Some(init),
        repr: Some(show::repr),
        setattro: Some(ops::attribute::generic_set),
        ..Node::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE)
.with_dictoffset(std::mem::offset_of!(Node, attributes))
.with_methods(&[
    MethodDef::new("__reduce__", Native::NoArgs(reduce), ""),
    MethodDef::new(
        "__replace__",
        Native::VarArgsKeywords(replace),
        "__replace__($self, /, **fields)\n--\n\n",
    ),
])
.with_getset(&[GetSetDef {
    name: "__dict__",
    get: Some(managed::generic_get_dict),
    set: Some(r#type::new_slots::generic_set_dict),
    doc: "",
}]);

/// The tuples that every class inherits.
pub fn add_constants() {
    // SAFETY: made ready before.
    let space = unsafe { &*AST.dict.get() };
    for name in ["_fields", "__match_args__", "_attributes"] {
        dict::set_str(space, name, tuple::empty_ref());
    }
}

/// A node without fields.
pub fn blank(class: &Object) -> PyResult {
    // SAFETY: callers pass classes of `classes::all`.
    Node::alloc(unsafe { class.cast::<Type>() })
}

/// A tuple or list of names that a class has under `name`; nothing where it has none.
pub fn names_of(object: &Object, name: &str) -> PyResult<Vec<Owned>> {
    let class = object.ty().as_object();
    match ops::attribute::get_optional(class, &Str::new(name))? {
        None => Ok(Vec::new()),
        Some(found) => {
            let found = root("names of fields", found);
            let all = ops::sequence::to_list(&found)?;
            Ok(list::methods::to_vec(&all))
        }
    }
}

fn shown(object: &Object) -> PyResult<String> {
    Ok(ops::text::lossy(&*ops::text::repr(object)?))
}

fn is_name(names: &[Owned], key: &Object) -> PyResult<Option<usize>> {
    for (at, name) in names.iter().enumerate() {
        if ops::compare::compare_bool(name, key, terrarium_objects::CompareOp::Eq)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn deprecated(text: &str) -> PyResult<()> {
    error::warn("DeprecationWarning", text, 1)
}

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    let fields = names_of(object, "_fields")?;
    let name = object.ty().name();
    let given = args::tuple_len(args);
    if fields.len() < given {
        return Err(error::type_error(format!(
            "{name} constructor takes at most {} positional argument{}",
            fields.len(),
            if fields.len() == 1 { "" } else { "s" }
        )));
    }
    let mut set = vec![false; fields.len()];
    for i in 0..given {
        ops::attribute::set(object, &fields[i], Some(args::tuple_item(args, i)))?;
        set[i] = true;
    }
    let mut at = 0;
    while let Some((key, value)) = kwargs.and_then(|k| dict::next(k, &mut at)) {
        let (key, value) = (Owned::new(key), Owned::new(value));
        match is_name(&fields, &key)? {
            Some(place) if set[place] => {
                return Err(error::type_error(format!(
                    "{name} got multiple values for argument {}",
                    shown(&key)?
                )));
            }
            Some(place) => set[place] = true,
            None => {
                if is_name(&names_of(object, "_attributes")?, &key)?.is_none() {
                    deprecated(&format!(
                        "{name}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15.",
                        shown(&key)?
                    ))?;
                }
            }
        }
        ops::attribute::set(object, &key, Some(&value))?;
    }
    fill_missing(object, &fields, &set)
}

/// Fields that were not given: lists are empty, contexts are Load, optional ones read as None from the class.
fn fill_missing(object: &Object, fields: &[Owned], set: &[bool]) -> PyResult<()> {
    let class = object.ty().as_object();
    let Some(types) = ops::attribute::get_optional(class, &Str::new("_field_types"))? else {
        return Ok(());
    };
    let name = object.ty().name();
    let context = classes::named("expr_context")?;
    for (field, _) in fields.iter().zip(set).filter(|(_, set)| !**set) {
        let kind = ops::mapping::get_optional_item(&types, field)?;
        let text = ops::text::lossy(field);
        let Some(kind) = kind else {
            deprecated(&format!(
                "Field {} is missing from {name}._field_types. This will become an error in Python 3.15.",
                shown(field)?
            ))?;
            continue;
        };
        if kind.is_exact(&union::UNION) {
            continue;
        }
        if kind.is_exact(&generic_alias::GENERIC_ALIAS) {
            ops::attribute::set(object, field, Some(&list::new()))?;
        } else if kind.is(&context) {
            ops::attribute::set(object, field, Some(&*classes::singleton("Load")?))?;
        } else {
            deprecated(&format!(
                "{name}.__init__ missing 1 required positional argument: '{text}'. This will become an error in Python 3.15."
            ))?;
        }
    }
    Ok(())
}

/// The attributes, if there are any.
fn attributes(object: &Object) -> Option<Owned> {
    // SAFETY: nodes of this type and its subclasses.
    unsafe { object.cast::<Node>() }.attributes.owned()
}

/// `(class, leading fields, the other attributes)`.
fn reduce(object: &Object) -> PyResult {
    let class = Owned::new(object.ty().as_object());
    let Some(space) = attributes(object) else {
        return Ok(tuple::from_array([class, tuple::empty()]));
    };
    let rest = dict::copy(&space);
    let mut leading = Vec::new();
    for field in names_of(object, "_fields")? {
        let Some(value) = dict::get(&rest, &field)? else {
            break;
        };
        dict::remove(&rest, &field)?;
        leading.push(value);
    }
    let leading = if leading.is_empty() {
        tuple::empty()
    } else {
        tuple::from_owned(leading)
    };
    Ok(tuple::from_array([class, leading, rest]))
}

fn unexpected(object: &Object, key: &Object) -> Raised {
    match shown(key) {
        Ok(key) => error::type_error(format!(
            "{}.__replace__ got an unexpected keyword argument {key}.",
            object.ty().name()
        )),
        Err(raised) => raised,
    }
}

fn replace(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if args::tuple_len(args) > 0 {
        return Err(error::type_error(
            "__replace__() takes no positional arguments",
        ));
    }
    let mut known = names_of(object, "_fields")?;
    known.extend(names_of(object, "_attributes")?);
    let space = attributes(object).unwrap_or_else(dict::new);
    let all = dict::copy(&space);
    let mut at = 0;
    while let Some((key, _)) = kwargs.and_then(|k| dict::next(k, &mut at)) {
        if is_name(&known, key)?.is_none() {
            return Err(unexpected(object, key));
        }
    }
    if let Some(kwargs) = kwargs {
        dict::update(&all, kwargs)?;
    }
    let optional = |name: &Object| {
        ops::attribute::get_optional(object.ty().as_object(), name)
            .map(|v| v.is_some_and(|v| v.is(none())))
    };
    let mut missing = Vec::new();
    for field in names_of(object, "_fields")? {
        if dict::get(&all, &field)?.is_none() && !optional(&field)? {
            missing.push(shown(&field)?);
        }
    }
    if !missing.is_empty() {
        return Err(error::type_error(format!(
            "{}.__replace__ missing {} keyword argument{}: {}.",
            object.ty().name(),
            missing.len(),
            if missing.len() == 1 { "" } else { "s" },
            missing.join(", ")
        )));
    }
    let all = root("fields of a copy", all);
    ops::call::call_tuple_dict(object.ty().as_object(), tuple::empty_ref(), Some(&all))
}
