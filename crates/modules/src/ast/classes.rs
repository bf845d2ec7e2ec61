//! Making the classes from their description, once.

use terrarium_objects::types::str::{Str, intern_immortal};
use terrarium_objects::types::r#type::methods::make_class;
use terrarium_objects::types::{dict, generic_alias, int, object, str, tuple};
use terrarium_objects::{Object, Owned, PyResult, Type, none, ops, state, typeobject_ready};

use super::asdl::{KINDS, Kind};
use super::base;

const CLASSES: &str = "classes of syntax trees";
const SINGLETONS: &str = "nodes without fields";
const LOCATION: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// All classes by name.
pub fn all() -> PyResult {
    if let Some(found) = state::get().kept(CLASSES) {
        return Ok(Owned::new(found));
    }
    typeobject_ready::ready_static(&base::AST);
    base::add_constants();
    let made = dict::new();
    for kind in KINDS {
        add_kind(&made, kind)?;
    }
    for kind in KINDS {
        if let Some(fields) = kind.fields {
            add_types(&made, kind.name, fields)?;
        }
        for (name, fields) in kind.classes {
            add_types(&made, name, fields)?;
        }
    }
    state::get().keep(SINGLETONS, dict::new());
    state::get().keep(CLASSES, made.clone());
    Ok(made)
}

/// One class.
pub fn named(name: &str) -> PyResult {
    let all = all()?;
    dict::get_str(&all, name).ok_or_else(|| {
        terrarium_objects::error::system_error(format!("no class of syntax trees named {name}"))
    })
}

/// The only node of a class without fields and places, as the parser makes it.
pub fn singleton(name: &str) -> PyResult {
    let class = named(name)?;
    let kept = Owned::new(state::get().kept(SINGLETONS).unwrap_or(none()));
    if let Some(found) = dict::get_str(&kept, name) {
        return Ok(found);
    }
    let made = base::blank(&class)?;
    dict::set_str(&kept, name, &made);
    Ok(made)
}

/// Type and name of each field in a description.
pub fn fields(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.split(", ").filter_map(|f| f.split_once(' '))
}

fn names(list: &[&str]) -> Owned {
    if list.is_empty() {
        return tuple::empty();
    }
    tuple::from_owned(
        list.iter()
            .map(|n| Owned::new(intern_immortal(n)))
            .collect(),
    )
}

fn described(name: &str, fields: &str) -> String {
    if fields.is_empty() {
        return name.to_owned();
    }
    format!("{name}({fields})")
}

fn add_kind(all: &Object, kind: &Kind) -> PyResult<()> {
    let places: &[&str] = if kind.located { &LOCATION } else { &[] };
    let doc = match kind.fields {
        Some(fields) => described(kind.name, fields),
        None => {
            let plain = kind.classes.iter().all(|(_, fields)| fields.is_empty());
            let each: Vec<String> = kind.classes.iter().map(|(n, f)| described(n, f)).collect();
            let between = if plain {
                String::from(" | ")
            } else {
                format!("\n{} | ", " ".repeat(kind.name.len()))
            };
            format!("{} = {}", kind.name, each.join(&between))
        }
    };
    let own = kind.fields.unwrap_or("");
    let class = make(kind.name, base::AST.as_object(), own, &doc, Some(places))?;
    for (name, fields) in kind.classes {
        let made = make(name, &class, fields, &described(name, fields), None)?;
        dict::set_str(all, name, &made);
    }
    dict::set_str(all, kind.name, &class);
    Ok(())
}

/// A class; optional fields and ends of places read as None.
fn make(
    name: &str,
    parent: &Object,
    described: &'static str,
    doc: &str,
    places: Option<&[&str]>,
) -> PyResult {
    let own: Vec<&str> = fields(described).map(|(_, name)| name).collect();
    let space = dict::new();
    dict::set_str(&space, "_fields", &names(&own));
    dict::set_str(&space, "__match_args__", &names(&own));
    dict::set_str(&space, "__module__", &Str::new("ast"));
    dict::set_str(&space, "__doc__", &Str::new(doc));
    if let Some(places) = places {
        dict::set_str(&space, "_attributes", &names(places));
        for place in places.iter().filter(|p| p.starts_with("end")) {
            dict::set_str(&space, place, none());
        }
    }
    for (kind, name) in fields(described) {
        if kind.ends_with('?') {
            dict::set_str(&space, name, none());
        }
    }
    make_class(name, &[parent], &space)
}

/// `_field_types`: what each field holds.
fn add_types(all: &Object, name: &str, described: &'static str) -> PyResult<()> {
    let types = dict::new();
    for (kind, field) in fields(described) {
        dict::set_str(&types, field, &*type_of(all, kind)?);
    }
    let Some(class) = dict::get_str(all, name) else {
        return Ok(());
    };
    ops::attribute::set(&class, &Str::new("_field_types"), Some(&types))?;
    ops::attribute::set(&class, &Str::new("__annotations__"), Some(&types))
}

fn type_of(all: &Object, kind: &str) -> PyResult {
    let plain = kind.trim_end_matches(['*', '?']);
    let of = |ty: &'static Type| Ok(Owned::new(ty.as_object()));
    let class: PyResult = match plain {
        "identifier" | "string" => of(&str::STR),
        "int" => of(&int::INT),
        "constant" => of(&object::OBJECT),
        name => dict::get_str(all, name).ok_or_else(|| {
            terrarium_objects::error::system_error(format!("no class of syntax trees named {name}"))
        }),
    };
    let class = class?;
    if kind.ends_with('*') {
        return generic_alias::new(terrarium_objects::types::list::LIST.as_object(), &class);
    }
    if kind.ends_with('?') {
        return ops::number::binary_op(7, &class, none());
    }
    Ok(class)
}
