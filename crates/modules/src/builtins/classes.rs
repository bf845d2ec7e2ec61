//! `__build_class__`: what a `class` statement calls (Python/bltinmodule.c, `builtin___build_class__`).

use terrarium_objects::typeobject::flags;
use terrarium_objects::types::cell::{CELL, Cell};
use terrarium_objects::types::dict;
use terrarium_objects::types::function::FUNCTION;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::tuple::{self, Tuple};
use terrarium_objects::types::r#type::{self as type_, TYPE};
use terrarium_objects::{
    Object, Owned, PyResult, Type, Word, args, error, names, ops, root, state, words,
};
use terrarium_runtime::call;

pub fn build_class(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (positional, _) = args::split(args, kwnames);
    if positional.len() < 2 {
        return Err(error::type_error("__build_class__: not enough arguments"));
    }
    let (body, name) = (positional[0].object(), positional[1].object());
    if !body.is_exact(&FUNCTION) {
        return Err(error::type_error(
            "__build_class__: func must be a function",
        ));
    }
    if name.downcast::<Str>().is_none() {
        return Err(error::type_error("__build_class__: name is not a string"));
    }
    let given = root("bases as written", tuple::from_words(&positional[2..]));
    let replaced = update_bases(&given)?.map(|bases| root("bases", bases));
    let bases: &Object = replaced.as_deref().unwrap_or(&given);
    let keywords = args::keyword_dict(&args[positional.len()..], kwnames)?
        .map(|k| root("keywords of the class", k));
    let meta = root("metaclass", metaclass(bases, keywords.as_deref())?);
    let namespace = root(
        "namespace of the class",
        prepare(&meta, name, bases, keywords.as_deref())?,
    );
    let cell = root("class cell", call::run_in_namespace(body, &namespace)?);
    if replaced.is_some() {
        ops::mapping::set_item(&namespace, &names().__orig_bases__, Some(&given))?;
    }
    let arguments = words([name, bases, &namespace]);
    let class = root(
        "class",
        ops::call::call_dict(&meta, &arguments, keywords.as_deref())?,
    );
    if class.ty().has(flags::TYPE_SUBCLASS) && cell.is_exact(&CELL) {
        check_cell(&cell, &class, name)?;
    }
    let class = Ok(class.take());
    state::holding(&class, || {
        drop((cell, namespace, meta, keywords, replaced, given));
    });
    class
}

/// Bases that are no classes are replaced by what their `__mro_entries__` gives (PEP 560); `None` if all are classes.
fn update_bases(given: &Object) -> PyResult<Option<Owned>> {
    // SAFETY: a tuple was just made.
    let items = unsafe { given.cast::<Tuple>() }.items();
    let mut replaced: Option<Vec<Owned>> = None;
    for (i, base) in items.iter().enumerate() {
        if base.ty().has(flags::TYPE_SUBCLASS) {
            if let Some(list) = &mut replaced {
                list.push(base.clone());
            }
            continue;
        }
        let Some(method) = ops::attribute::get_optional(base, &names().__mro_entries__)? else {
            if let Some(list) = &mut replaced {
                list.push(base.clone());
            }
            continue;
        };
        let entries = ops::call::call(&root("__mro_entries__", method), &words([given]), None)?;
        let Some(entries) = entries.downcast::<Tuple>() else {
            return Err(error::type_error("__mro_entries__ must return a tuple"));
        };
        replaced
            .get_or_insert_with(|| items[..i].to_vec())
            .extend(entries.items().iter().cloned());
    }
    Ok(replaced.map(tuple::from_owned))
}

/// The metaclass: the keyword's, or the first base's type, or `type`; for real metaclasses the most derived one.
fn metaclass(bases: &Object, keywords: Option<&Object>) -> PyResult {
    let mut named = None;
    if let Some(keywords) = keywords {
        named = dict::get(keywords, &names().metaclass)?;
        if named.is_some() {
            dict::remove(keywords, &names().metaclass)?;
        }
    }
    // SAFETY: a tuple.
    let first = unsafe { bases.cast::<Tuple>() }.items().first();
    let meta = named.unwrap_or_else(|| {
        first.map_or_else(
            || Owned::new(TYPE.as_object()),
            |b| Owned::new(b.ty().as_object()),
        )
    });
    if !meta.ty().has(flags::TYPE_SUBCLASS) {
        return Ok(meta);
    }
    // SAFETY: checked.
    let winner: &Type = type_::new::calculate_metaclass(unsafe { meta.cast::<Type>() }, bases)?;
    Ok(Owned::new(winner.as_object()))
}

/// What the metaclass's `__prepare__` gives, or a dict.
fn prepare(meta: &Object, name: &Object, bases: &Object, keywords: Option<&Object>) -> PyResult {
    let Some(method) = ops::attribute::get_optional(meta, &names().__prepare__)? else {
        return Ok(dict::new());
    };
    let method = root("__prepare__", method);
    let namespace = ops::call::call_dict(&method, &words([name, bases]), keywords)?;
    if namespace.ty().slots.mp_subscript.is_none() {
        let shown = match meta.downcast::<Type>() {
            Some(ty) => ty.name().to_owned(),
            None => String::from("<metaclass>"),
        };
        return Err(error::type_error(format!(
            "{shown}.__prepare__() must return a mapping, not {}",
            namespace.ty().name()
        )));
    }
    Ok(namespace)
}

/// The body's `__class__` cell must hold the new class.
fn check_cell(cell: &Object, class: &Object, name: &Object) -> PyResult<()> {
    // SAFETY: checked by the caller.
    let contents = unsafe { cell.cast::<Cell>() }.contents.get();
    match contents {
        Some(contents) if contents.is(class) => Ok(()),
        None => Err(error::runtime_error(format!(
            "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
            shown(name),
            shown(class)
        ))),
        Some(other) => Err(error::type_error(format!(
            "__class__ set to {} defining {} as {}",
            shown(other),
            shown(name),
            shown(class)
        ))),
    }
}

fn shown(object: &Object) -> String {
    ops::text::repr(object).map_or_else(|_| String::from("?"), |text| ops::text::lossy(&text))
}
