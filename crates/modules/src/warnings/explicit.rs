//! `warn_explicit`: which filter fits, what was shown before, who shows (Python/_warnings.c).

use std::cell::Cell;

use terrarium_objects::types::list::{self, List};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::{bool, dict, exceptions as exc, int, tuple};
use terrarium_objects::{
    CompareOp, Object, Owned, PyResult, Type, error, none, none_owned, ops, root, state, words,
};
use terrarium_runtime::start;

use super::issue;

/// Where a warning is shown, and what remembers it.
pub struct At<'a> {
    pub filename: &'a Object,
    pub line: i32,
    pub module: &'a Object,
    pub registry: Option<&'a Object>,
}

pub const FILTERS: &str = "warning filters";
pub const ONCE: &str = "warnings shown once";

thread_local! {
    /// Changes with the filters: registries made before count no more.
    static VERSION: Cell<i64> = const { Cell::new(0) };
}

/// The filters have changed.
pub fn mutated() {
    VERSION.with(|v| v.set(v.get() + 1));
}

/// Makes the filters every program starts with.
pub fn make_filters() {
    if state::get().kept(FILTERS).is_some() {
        return;
    }
    let row = |action: &str, category: &Type, module: Owned| {
        tuple::from_array([
            Str::new(action),
            none_owned(),
            Owned::new(category.as_object()),
            module,
            int::from_i64(0),
        ])
    };
    let rows = vec![
        row("default", &exc::DEPRECATION_WARNING, Str::new("__main__")),
        row("ignore", &exc::DEPRECATION_WARNING, none_owned()),
        row("ignore", &exc::PENDING_DEPRECATION_WARNING, none_owned()),
        row("ignore", &exc::IMPORT_WARNING, none_owned()),
        row("ignore", &exc::RESOURCE_WARNING, none_owned()),
    ];
    state::get().keep(FILTERS, list::from_owned(rows));
    state::get().keep(ONCE, dict::new());
}

/// An attribute of Python's `warnings`, if that module is there.
fn of_module(name: &str) -> PyResult<Option<Owned>> {
    match dict::get_str(start::modules(), "warnings") {
        Some(module) => ops::attribute::get_optional(&root("warnings", module), &Str::new(name)),
        None => Ok(None),
    }
}

/// An object of Python's `warnings`, or the one kept here.
fn current(name: &str, kept: &str) -> PyResult {
    Ok(of_module(name)?
        .or_else(|| state::get().kept(kept).map(Owned::new))
        .unwrap_or_else(none_owned))
}

/// Whether a filter's pattern fits: None always, a str if equal, else by its `match` method.
fn fits(pattern: &Object, text: &Object) -> PyResult<std::primitive::bool> {
    if pattern.is(none()) {
        return Ok(true);
    }
    if pattern.is_exact(&str::STR) {
        return ops::compare::compare_bool(pattern, text, CompareOp::Eq);
    }
    let found = ops::call::call_method(pattern, &Str::new("match"), &words([text]))?;
    ops::compare::is_true(&root("match", found))
}

/// What the first fitting filter says, and the filter.
fn action(category: &Object, text: &Object, at: &At<'_>) -> PyResult<(Owned, Owned)> {
    let module = ops::text::lossy(at.module);
    if of_module("filters")?.is_none()
        // SAFETY: a class, checked by the caller.
        && let Some(action) = issue::of_options(unsafe { category.cast::<Type>() }, &module, at.line)
    {
        return Ok((Str::new(action), none_owned()));
    }
    let filters = root("warning filters", current("filters", FILTERS)?);
    let Some(all) = filters.downcast::<List>() else {
        return Err(error::value_error("_warnings.filters must be a list"));
    };
    let mut i = 0;
    while let Some(item) = all.item_owned(i) {
        let item = root("warning filter", item);
        let Some([action, message, wanted, module, line]) =
            item.downcast::<Tuple>().map(Tuple::items)
        else {
            return Err(error::value_error(format!(
                "_warnings.filters item {i} isn't a 5-tuple"
            )));
        };
        let line = int::as_long(line)?;
        if ops::compare::is_subclass(category, wanted)?
            && (line == 0 || line == i64::from(at.line))
            && fits(message, text)?
            && fits(module, at.module)?
        {
            let action = action.clone();
            return Ok((action, item.take()));
        }
        i += 1;
    }
    drop(filters);
    let action = of_module("defaultaction")?.unwrap_or_else(|| Str::new("default"));
    Ok((action, none_owned()))
}

/// Whether the registry has the key; a registry from before the filters changed is emptied.
fn already(
    registry: &Object,
    key: &Object,
    enter: std::primitive::bool,
) -> PyResult<std::primitive::bool> {
    if registry.downcast::<dict::Dict>().is_none() {
        return Err(error::type_error("'registry' must be a dict or None"));
    }
    let version = VERSION.with(Cell::get);
    let known =
        dict::get_str(registry, "version").is_some_and(|v| int::as_i64(&v) == Some(version));
    if !known {
        dict::clear(registry);
        dict::set_str(registry, "version", &int::from_i64(version));
    } else if let Some(found) = dict::get(registry, key)?
        && ops::compare::is_true(&found)?
    {
        return Ok(true);
    }
    if enter {
        dict::set(registry, key, bool::from_bool(true))?;
    }
    Ok(false)
}

/// `already` for a text and category, wherever they were.
fn update(
    registry: &Object,
    text: &Object,
    category: &Object,
    zero: std::primitive::bool,
) -> PyResult<std::primitive::bool> {
    let mut parts = vec![Owned::new(text), Owned::new(category)];
    if zero {
        parts.push(int::from_i64(0));
    }
    let key = root("key of a warning", tuple::from_owned(parts));
    already(registry, &key, true)
}

/// Issues a warning: `message` is a text or an instance of a warning class.
pub fn warn(
    category: &Object,
    message: &Object,
    at: &At<'_>,
    line: Option<&Object>,
    source: Option<&Object>,
) -> PyResult<()> {
    make_filters();
    let is_warning = ops::compare::is_instance(message, exc::WARNING.as_object())?;
    let (text, instance, category) = if is_warning {
        let class = Owned::new(message.ty().as_object());
        (ops::text::str(message)?, Owned::new(message), class)
    } else {
        let made = ops::call::call(category, &words([message]), None)?;
        (Owned::new(message), made, Owned::new(category))
    };
    let text = root("text of a warning", text);
    let instance = root("warning", instance);
    let category = root("category of a warning", category);
    let key = tuple::from_array([
        Owned::new(&text),
        Owned::new(&category),
        int::from_i64(at.line.into()),
    ]);
    let key = root("key of a warning", key);
    if let Some(registry) = at.registry
        && already(registry, &key, false)?
    {
        return Ok(());
    }
    let (action, filter) = action(&category, &text, at)?;
    let action = root("action of a warning", action);
    let filter = root("warning filter", filter);
    let word = ops::text::lossy(&action);
    if word == "error" {
        return Err(error::restore(Owned::new(&instance)));
    }
    if word == "ignore" {
        return Ok(());
    }
    if !matches!(&*word, "always" | "all") {
        if let Some(registry) = at.registry {
            dict::set(registry, &key, bool::from_bool(true))?;
        }
        let shown = match &*word {
            "once" => {
                let all = root("warnings shown once", current("onceregistry", ONCE)?);
                update(&all, &text, &category, true)?
            }
            "module" => match at.registry {
                Some(registry) => update(registry, &text, &category, false)?,
                None => false,
            },
            "default" => false,
            _ => {
                let (action, filter) = (ops::text::repr(&action)?, ops::text::repr(&filter)?);
                return Err(error::runtime_error(format!(
                    "Unrecognized action ({}) in warnings.filters:\n {}",
                    ops::text::lossy(&action),
                    ops::text::lossy(&filter)
                )));
            }
        };
        if shown {
            return Ok(());
        }
    }
    show(&category, &text, &instance, at, line, source)
}

/// Python's `warnings` shows the warning if it is there.
fn show(
    category: &Object,
    text: &Object,
    instance: &Object,
    at: &At<'_>,
    line: Option<&Object>,
    source: Option<&Object>,
) -> PyResult<()> {
    let Some(shower) = of_module("_showwarnmsg")? else {
        issue::show(
            category,
            &ops::text::lossy(text),
            &ops::text::lossy(at.filename),
            at.line,
        );
        return Ok(());
    };
    let shower = root("_showwarnmsg", shower);
    if shower.ty().slots.call.is_none() {
        return Err(error::type_error(
            "warnings._showwarnmsg() must be set to a callable",
        ));
    }
    let Some(class) = of_module("WarningMessage")? else {
        return Err(error::runtime_error(
            "unable to get warnings.WarningMessage",
        ));
    };
    let class = root("WarningMessage", class);
    let number = root("line", int::from_i64(at.line.into()));
    let args = words([
        instance,
        category,
        at.filename,
        &number,
        none(),
        line.unwrap_or(none()),
        source.unwrap_or(none()),
    ]);
    let made = root("warning message", ops::call::call(&class, &args, None)?);
    ops::call::call(&shower, &words([&made]), None).map(drop)
}
