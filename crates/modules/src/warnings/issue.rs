//! Where a warning from native code belongs, what `-W` options say of it, and its text.

use terrarium_objects::frame::Frame;
use terrarium_objects::types::dict;
use terrarium_objects::types::str::Str;
use terrarium_objects::{Object, Owned, PyResult, Type, error, names, ops, root};
use terrarium_runtime::{config, frames, start};

use super::explicit;

/// Hooks the object core and the compiler up.
pub fn install() {
    terrarium_objects::hooks::hooks().warn.set(Some(warn));
    error::set_warn_hook(warn_named);
    terrarium_runtime::warnings::set_explicit(warn_explicit);
}

/// Where a warning belongs.
pub struct Place {
    /// A str.
    pub filename: Owned,
    pub line: i32,
    pub module: String,
    /// The globals whose registry remembers it.
    pub globals: Option<Owned>,
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

fn warn_explicit(category: &Type, text: &str, filename: &Object, line: i32) -> PyResult<()> {
    let shown = ops::text::lossy(filename);
    let place = Place {
        filename: Owned::new(filename),
        line,
        module: shown.strip_suffix(".py").unwrap_or(&shown).to_owned(),
        globals: None,
    };
    issue(category, text, &place)
}

/// The frame `stack_level` levels up; `sys` where there is none.
pub fn place_of(stack_level: isize) -> Place {
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
                filename: Str::new("sys"),
                line: 1,
                module: "sys".into(),
                globals: None,
            };
        }
        let globals = Owned::new(&*(*at).globals);
        let module = dict::get_str(&globals, "__name__")
            .map_or_else(|| "<string>".to_owned(), |name| ops::text::lossy(&name));
        Place {
            filename: Owned::new(&*(*at).code().filename.get()),
            line: frames::line_of(at),
            module,
            globals: Some(globals),
        }
    }
}

fn issue(category: &Type, text: &str, place: &Place) -> PyResult<()> {
    let registry = match &place.globals {
        Some(globals) => Some(root("warning registry", registry_of(globals)?)),
        None => None,
    };
    let message = root("text of a warning", Str::new(text));
    let place = explicit::At {
        filename: &place.filename,
        line: place.line,
        module: &Str::new(&place.module),
        registry: registry.as_deref(),
    };
    let done = explicit::warn(category.as_object(), &message, &place, None, None);
    drop(message);
    done
}

/// The dict in which a module's globals remember what was shown.
pub fn registry_of(globals: &Object) -> PyResult {
    match dict::get_str(globals, "__warningregistry__") {
        Some(found) => Ok(found),
        None => {
            let made = dict::new();
            dict::set_str(globals, "__warningregistry__", &made);
            Ok(made)
        }
    }
}

/// What `-W` options say, the last one first. Python's `warnings` turns them into filters when it is imported.
pub fn of_options(category: &Type, module: &str, line: i32) -> Option<&'static str> {
    let options = config::get().warn_options;
    options
        .iter()
        .rev()
        .find_map(|option| of_option(option, category, module, line))
}

/// `action:message:category:module:line`, as far as it fits the warning.
fn of_option(option: &str, category: &Type, module: &str, line: i32) -> Option<&'static str> {
    let mut parts = option.split(':').map(str::trim);
    let action = match parts.next()? {
        "" => "default",
        "all" => "always",
        given => ["default", "always", "ignore", "module", "once", "error"]
            .into_iter()
            .find(|action| action.starts_with(given))?,
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
    if parts.next().is_some_and(|m| !m.is_empty() && m != module) {
        return None;
    }
    let wanted = parts.next().and_then(|line| line.parse::<i32>().ok());
    (wanted.is_none_or(|wanted| wanted == 0 || wanted == line)).then_some(action)
}

/// Writes a warning as `warnings.showwarning` would.
pub fn show(category: &Object, text: &str, filename: &str, line: i32) {
    let name = ops::attribute::get(category, &names().__name__)
        .map_or_else(|_| "Warning".to_owned(), |name| ops::text::lossy(&name));
    let mut shown = format!("{filename}:{line}: {name}: {text}\n");
    if let Some(line) = crate::traceback_text::source_line(filename, line) {
        shown += &format!("  {line}\n");
    }
    if text.ends_with(" was never awaited") {
        shown += &format!("{name}: Enable tracemalloc to get the object allocation traceback\n");
    }
    crate::sys::write_stderr(&shown);
}
