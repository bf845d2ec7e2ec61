//! Warnings from native code: filters, the registry of what was shown, the text (Python/_warnings.c). Once Python's `warnings` is imported it decides.

use terrarium_objects::frame::Frame;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool as booleans, dict, exceptions as exc, int, tuple};
use terrarium_objects::{Object, Owned, PyResult, Type, error, names, ops, root, words};
use terrarium_runtime::{config, frames, start};

/// Hooks the object core and the compiler up.
pub fn install() {
    terrarium_objects::hooks::hooks().warn.set(Some(warn));
    error::set_warn_hook(warn_named);
    terrarium_runtime::warnings::set_explicit(warn_explicit);
}

/// Where a warning belongs.
struct Place {
    filename: String,
    line: i32,
    module: String,
    /// The globals whose registry remembers it.
    globals: Option<Owned>,
}

fn warn_named(category: &'static str, text: &str, stack_level: usize) -> PyResult<()> {
    match dict::get_str(start::builtins(), category) {
        // SAFETY: the built-in categories are static types.
        Some(class) => warn(unsafe { class.cast::<Type>() }, text, stack_level as isize),
        None => Ok(()),
    }
}

fn warn(category: &Type, text: &str, stack_level: isize) -> PyResult<()> {
    let place = place_of(stack_level);
    issue(category, text, &place)
}

fn warn_explicit(category: &Type, text: &str, filename: &str, line: i32) -> PyResult<()> {
    let place = Place {
        filename: filename.to_owned(),
        line,
        module: filename.strip_suffix(".py").unwrap_or(filename).to_owned(),
        globals: None,
    };
    issue(category, text, &place)
}

fn place_of(stack_level: isize) -> Place {
    let mut at: *mut Frame = frames::innermost();
    // SAFETY: frames of the chain are live.
    unsafe {
        for _ in 1..stack_level.max(1) {
            if at.is_null() {
                break;
            }
            at = (*at).previous;
            while !at.is_null() && ((*at).is_incomplete() || (*at).function.is_null()) {
                at = (*at).previous;
            }
        }
        if at.is_null() {
            return Place {
                filename: "sys".into(),
                line: 1,
                module: "sys".into(),
                globals: None,
            };
        }
        let globals = Owned::new(&*(*at).globals);
        let module = dict::get_str(&globals, "__name__")
            .map_or_else(|| "<string>".to_owned(), |name| ops::text::lossy(&name));
        Place {
            filename: ops::text::lossy(&*(*at).code().filename.get()),
            line: frames::line_of(at),
            module,
            globals: Some(globals),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Ignore,
    Error,
    Always,
    /// Once for each text and line of a module.
    Default,
}

fn issue(category: &Type, text: &str, place: &Place) -> PyResult<()> {
    if let Some(machinery) = dict::get_str(start::modules(), "warnings")
        && let Some(function) =
            ops::attribute::get_optional(&machinery, &Str::new("warn_explicit"))?
    {
        return through_module(&root("warning function", function), category, text, place);
    }
    let action = action(category, place);
    if action == Action::Ignore {
        return Ok(());
    }
    let message = Str::new(text);
    if action == Action::Error {
        let raised = ops::call::call(category.as_object(), &words([&message]), None)?;
        return Err(error::restore(raised));
    }
    if action == Action::Default
        && let Some(globals) = &place.globals
        && already_shown(globals, &message, category, place.line)?
    {
        return Ok(());
    }
    show(category, text, place);
    Ok(())
}

fn through_module(function: &Object, category: &Type, text: &str, place: &Place) -> PyResult<()> {
    let (text, filename) = (Str::new(text), Str::new(&place.filename));
    let (line, module) = (
        int::from_i64(i64::from(place.line)),
        Str::new(&place.module),
    );
    let registry = match &place.globals {
        Some(globals) => registry_of(globals)?,
        None => terrarium_objects::none_owned(),
    };
    let args = words([
        &*text,
        category.as_object(),
        &*filename,
        &*line,
        &*module,
        &*registry,
    ]);
    ops::call::call(function, &args, None).map(drop)
}

fn registry_of(globals: &Object) -> PyResult {
    match dict::get_str(globals, "__warningregistry__") {
        Some(found) => Ok(found),
        None => {
            let made = dict::new();
            dict::set_str(globals, "__warningregistry__", &made);
            Ok(made)
        }
    }
}

/// Whether the registry has it; enters it if not.
fn already_shown(globals: &Object, text: &Object, category: &Type, line: i32) -> PyResult<bool> {
    let registry = registry_of(globals)?;
    if registry.downcast::<dict::Dict>().is_none() {
        return Ok(false);
    }
    if dict::get_str(&registry, "version").is_none() {
        dict::set_str(&registry, "version", &int::from_i64(0));
    }
    let key = tuple::from_owned(vec![
        Owned::new(text),
        Owned::new(category.as_object()),
        int::from_i64(i64::from(line)),
    ]);
    if dict::get(&registry, &key)?.is_some() {
        return Ok(true);
    }
    dict::set(&registry, &key, booleans::from_bool(true))?;
    Ok(false)
}

/// What `-W` and the default filters say; the last `-W` option comes first.
fn action(category: &Type, place: &Place) -> Action {
    for option in config::get().warn_options.iter().rev() {
        if let Some(action) = of_option(option, category, place) {
            return action;
        }
    }
    if category.is_subtype(&exc::DEPRECATION_WARNING) && place.module == "__main__" {
        return Action::Default;
    }
    let ignored = [
        &exc::DEPRECATION_WARNING,
        &exc::PENDING_DEPRECATION_WARNING,
        &exc::IMPORT_WARNING,
        &exc::RESOURCE_WARNING,
    ];
    if ignored.iter().any(|class| category.is_subtype(class)) {
        return Action::Ignore;
    }
    Action::Default
}

/// `action:message:category:module:line`, as far as it fits the warning.
fn of_option(option: &str, category: &Type, place: &Place) -> Option<Action> {
    let mut parts = option.split(':').map(str::trim);
    let action = match parts.next()? {
        "" => Action::Default,
        a if "default".starts_with(a) || "module".starts_with(a) || "once".starts_with(a) => {
            Action::Default
        }
        a if "ignore".starts_with(a) => Action::Ignore,
        a if "error".starts_with(a) => Action::Error,
        a if "always".starts_with(a) || "all" == a => Action::Always,
        _ => return None,
    };
    if parts.next().is_some_and(|text| !text.is_empty()) {
        return None;
    }
    if let Some(name) = parts.next().filter(|name| !name.is_empty()) {
        let class = dict::get_str(start::builtins(), name)?;
        // SAFETY: a class, as its flag says.
        let fits = class
            .ty()
            .has(terrarium_objects::typeobject::flags::TYPE_SUBCLASS)
            && category.is_subtype(unsafe { class.cast::<Type>() });
        if !fits {
            return None;
        }
    }
    if parts
        .next()
        .is_some_and(|m| !m.is_empty() && m != place.module)
    {
        return None;
    }
    let line = parts.next().and_then(|line| line.parse::<i32>().ok());
    (line.is_none_or(|line| line == 0 || line == place.line)).then_some(action)
}

fn show(category: &Type, text: &str, place: &Place) {
    let name = ops::attribute::get(category.as_object(), &names().__name__)
        .map_or_else(|_| "Warning".to_owned(), |name| ops::text::lossy(&name));
    let mut shown = format!("{}:{}: {name}: {text}\n", place.filename, place.line);
    if let Some(line) = crate::traceback_text::source_line(&place.filename, place.line) {
        shown += &format!("  {line}\n");
    }
    if text.ends_with(" was never awaited") {
        shown += &format!("{name}: Enable tracemalloc to get the object allocation traceback\n");
    }
    crate::sys::write_stderr(&shown);
}
