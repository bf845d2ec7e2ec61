//! IMPORT_NAME and IMPORT_FROM: `__import__` of the built-ins, and attributes of modules.

use terrarium_objects::types::module::{self, Shadowing};
use terrarium_objects::types::{bool, dict, exceptions as exc, str::Str};
use terrarium_objects::{
    Object, Owned, PyResult, Raised, Word, error, names, none, ops, root, state,
};

use crate::callables;
use crate::interp::cx::Cx;

/// `import name`: calls the built-ins' `__import__`, straight if nobody replaced it.
pub fn import_name(cx: &Cx, name: &Object, fromlist: &Object, level: &Object) -> PyResult {
    let import = ops::mapping::get_optional_item(cx.builtins(), &names().__import__)?;
    let Some(import) = import else {
        return Err(error::import_error_text("__import__ not found"));
    };
    let namespace = cx.namespace().unwrap_or(none());
    let args = [name, cx.globals(), namespace, fromlist, level].map(Word::borrowed);
    let import = root("__import__", import);
    ops::call::call(&import, &args, None)
}

/// `from module import name`: the attribute, or the submodule in `sys.modules`.
pub fn import_from(module: &Object, name: &Object) -> PyResult {
    if let Some(found) = ops::attribute::get_optional(module, name)? {
        return Ok(found);
    }
    let module_name = ops::attribute::get_optional(module, &names().__name__)?;
    if let Some(text) = module_name
        .as_ref()
        .filter(|n| n.downcast::<Str>().is_some())
    {
        let full = Str::new(&format!(
            "{}.{}",
            ops::text::lossy(text),
            ops::text::lossy(name)
        ));
        if let Some(modules) = state::get().kept("sys.modules")
            && let Some(found) = ops::mapping::get_optional_item(modules, &full)?
        {
            return Ok(found);
        }
    }
    Err(cannot_import(module, name, module_name))
}

/// The ImportError of a missing name (Python/ceval.c, `_PyEval_ImportFrom`).
fn cannot_import(module: &Object, name: &Object, module_name: Option<Owned>) -> Raised {
    let shown = ops::text::lossy(name);
    let owner = module_name.as_ref().map_or_else(
        || String::from("<unknown module name>"),
        |n| ops::text::lossy(n),
    );
    let spec = ops::attribute::get_optional(module, &names().__spec__).unwrap_or_else(|_| {
        error::clear();
        None
    });
    let origin = origin_of(module);
    let initializing = spec.as_deref().is_some_and(is_initializing);
    let place = origin
        .as_ref()
        .map_or_else(|| String::from("unknown location"), |o| ops::text::lossy(o));
    let hides = match &spec {
        Some(spec) => hides(&owner, spec),
        None => Shadowing::No,
    };
    let text = match (
        module::advice_to_rename(&hides, initializing, &owner, &place),
        initializing,
    ) {
        (Some(advice), _) => format!("cannot import name '{shown}' from '{owner}' ({advice})"),
        (_, true) => format!(
            "cannot import name '{shown}' from partially initialized module '{owner}' (most likely due to a circular import) ({place})"
        ),
        _ => format!("cannot import name '{shown}' from '{owner}' ({place})"),
    };
    exc::raise_import_error(&text, module_name.as_deref(), origin.as_deref(), Some(name))
}

fn origin_of(module: &Object) -> Option<Owned> {
    let found = ops::attribute::get_optional(module, &names().__file__)
        .ok()
        .flatten();
    error::clear();
    found.filter(|f| f.downcast::<Str>().is_some())
}

/// Whether the module named `owner` stands in a script's folder where another was meant.
fn hides(owner: &str, spec: &Object) -> Shadowing {
    let origin = module::origin_of(spec).ok().flatten();
    error::clear();
    origin.map_or(Shadowing::No, |origin| module::shadowing(owner, &origin))
}

fn is_initializing(spec: &Object) -> bool {
    let found = ops::attribute::get_str(spec, "_initializing").ok();
    error::clear();
    found.is_some_and(|f| bool::is_true(&f))
}

/// For the start-up code: remembers the built-ins that the specialiser knows.
pub fn remember_callables(builtins: &Object, append: &Object) {
    for (name, cell) in [
        ("len", &callables::LEN),
        ("isinstance", &callables::ISINSTANCE),
    ] {
        if let Some(function) = dict::get_str(builtins, name) {
            cell.set(&function);
        }
    }
    callables::LIST_APPEND.set(append);
}
