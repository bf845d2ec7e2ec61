//! Trees as objects.

use terrarium_compiler::dump::{self, Node, Value};
use terrarium_compiler::lower::on_deep_stack;
use terrarium_compiler::parse::Parsed;
use terrarium_compiler::type_comments::TypeComments;
use terrarium_objects::types::code::{Builder, Origin};
use terrarium_objects::types::str::{Str, intern_immortal, intern_mortal};
use terrarium_objects::types::{int, list};
use terrarium_objects::{Object, Owned, PyResult, Type, none_owned, ops};

use super::{asdl, base, classes};

/// The tree of a parsed source as a node.
pub fn object_of(parsed: Parsed<'_>, comments: TypeComments) -> PyResult {
    classes::all()?;
    // No Python code runs in between.
    on_deep_stack(parsed.depth, move || {
        let mut tree = dump::nodes(&parsed.module);
        comments.annotate(&mut tree);
        let mut builder = Builder::new(Origin::Source);
        node(tree, &mut builder)
    })
}

/// The same for a tree that is a node already.
pub fn object_of_node(tree: Node) -> PyResult {
    classes::all()?;
    node(tree, &mut Builder::new(Origin::Source))
}

/// How a class describes its fields.
fn description(name: &str) -> &'static str {
    for kind in asdl::KINDS {
        if kind.name == name {
            return kind.fields.unwrap_or("");
        }
        if let Some((_, fields)) = kind.classes.iter().find(|(n, _)| *n == name) {
            return fields;
        }
    }
    ""
}

fn node(tree: Node, builder: &mut Builder) -> PyResult {
    let described = description(tree.name);
    if described.is_empty() && tree.fields.is_empty() {
        return classes::singleton(tree.name);
    }
    let made = base::blank(&*classes::named(tree.name)?)?;
    let mut given: Vec<(&str, Option<Value>)> = tree
        .fields
        .into_iter()
        .map(|(name, value)| (name, Some(value)))
        .collect();
    for (kind, name) in classes::fields(described) {
        let value = given
            .iter_mut()
            .find(|(n, _)| *n == name)
            .and_then(|(_, v)| v.take());
        let value = match value {
            Some(value) => object(value, builder)?,
            None if kind.ends_with('*') => list::new(),
            None => none_owned(),
        };
        set(&made, name, &value)?;
    }
    // What is left are lines and columns.
    for (name, value) in given {
        if let Some(value) = value {
            let value = object(value, builder)?;
            set(&made, name, &value)?;
        }
    }
    Ok(made)
}

fn set(made: &Object, name: &str, value: &Object) -> PyResult<()> {
    ops::attribute::generic_set(made, intern_immortal(name), Some(value))
}

fn object(value: Value, builder: &mut Builder) -> PyResult {
    Ok(match value {
        Value::None => none_owned(),
        Value::Number(number) => int::from_i64(number.into()),
        Value::Text(text) => intern_mortal(Str::new(&text)),
        Value::Constant(constant) => builder.constant(&constant),
        Value::List(items) => {
            let made: PyResult<Vec<Owned>> =
                items.into_iter().map(|i| object(i, builder)).collect();
            list::from_owned(made?)
        }
        Value::Node(tree) => node(tree, builder)?,
    })
}

/// Whether an object is a node.
pub fn is_node(object: &Object) -> bool {
    let ty: &Type = object.ty();
    ty.is_subtype(&base::AST)
}
