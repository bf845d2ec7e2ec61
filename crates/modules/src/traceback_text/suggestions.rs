//! "Did you mean": names close to the one that was not found (Lib/traceback.py, `_compute_suggestion_error`).

use terrarium_objects::types::frame_object::FrameObject;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, exceptions as exc, list, traceback};
use terrarium_objects::{Object, Owned, error, ops, suggest};

/// What to add behind the message.
pub fn for_exception(exception: &Object) -> Option<String> {
    let hint = if exception.ty().is_subtype(&exc::NAME_ERROR) {
        name_hint(exception)
    } else if exception.ty().is_subtype(&exc::ATTRIBUTE_ERROR) {
        attribute_hint(exception)
    } else if exception.ty().is_subtype(&exc::IMPORT_ERROR) {
        import_hint(exception)
    } else {
        None
    };
    error::clear();
    hint
}

fn texts(object: &Object) -> Vec<String> {
    let Ok(found) = ops::sequence::to_list(object) else {
        error::clear();
        return Vec::new();
    };
    list::methods::to_vec(&found)
        .iter()
        .filter_map(|o| o.downcast::<Str>().map(|s| s.lossy().into_owned()))
        .collect()
}

fn attribute(exception: &Object, name: &str) -> Option<Owned> {
    ops::attribute::get_str(exception, name)
        .ok()
        .filter(|o| !o.is(terrarium_objects::none()))
}

fn attribute_hint(exception: &Object) -> Option<String> {
    let name = ops::text::lossy(&*attribute(exception, "name")?);
    let object = attribute(exception, "obj")?;
    let listed = ops::attribute::get_str(&object, "__dir__")
        .and_then(|method| ops::call::call(&method, &[], None))
        .ok()?;
    let mut candidates = texts(&listed);
    candidates.sort();
    let hidden = !name.starts_with('_');
    let near = suggest::closest(
        &name,
        candidates
            .iter()
            .map(String::as_str)
            .filter(|c| !(hidden && c.starts_with('_'))),
    )?;
    Some(format!(". Did you mean: '{near}'?"))
}

fn import_hint(exception: &Object) -> Option<String> {
    let wanted = ops::text::lossy(&*attribute(exception, "name_from")?);
    let name = attribute(exception, "name")?;
    let module = dict::get(terrarium_runtime::start::modules(), &name).ok()??;
    let listed = ops::attribute::get_str(&module, "__dict__").ok()?;
    let mut candidates = texts(&listed);
    candidates.sort();
    let hidden = !wanted.starts_with('_');
    let shown = candidates
        .iter()
        .map(String::as_str)
        .filter(|c| !(hidden && c.starts_with('_')));
    let near = suggest::closest(&wanted, shown)?;
    Some(format!(". Did you mean: '{near}'?"))
}

fn name_hint(exception: &Object) -> Option<String> {
    let name = ops::text::lossy(&*attribute(exception, "name")?);
    let mut entry = exc::traceback_of(exception)?;
    while let Some(next) = traceback::body(&entry).next.owned() {
        entry = next;
    }
    let frame = traceback::body(&entry).frame.owned()?;
    // SAFETY: a traceback holds frame objects.
    let inner = unsafe { &*frame.cast::<FrameObject>().frame.get() };
    let code = inner.code();
    let mut candidates: Vec<String> = (0..code.nlocalsplus.get() as usize)
        .map(|i| ops::text::lossy(code.local_name(i)))
        .collect();
    for space in [inner.locals, inner.globals, inner.builtins] {
        // SAFETY: null or alive with the frame's function.
        if let Some(space) = unsafe { space.as_ref() } {
            candidates.extend(texts(space));
        }
    }
    if let Some(near) = suggest::closest(&name, candidates.iter().map(String::as_str)) {
        return Some(format!(". Did you mean: '{near}'?"));
    }
    const MODULES: &[&str] = &[
        "abc",
        "argparse",
        "array",
        "ast",
        "asyncio",
        "bisect",
        "collections",
        "contextlib",
        "copy",
        "csv",
        "ctypes",
        "dataclasses",
        "datetime",
        "decimal",
        "dis",
        "enum",
        "fractions",
        "functools",
        "gc",
        "glob",
        "heapq",
        "inspect",
        "io",
        "itertools",
        "json",
        "logging",
        "math",
        "operator",
        "os",
        "pathlib",
        "pickle",
        "pprint",
        "random",
        "re",
        "shutil",
        "socket",
        "string",
        "struct",
        "subprocess",
        "sys",
        "tempfile",
        "textwrap",
        "threading",
        "time",
        "traceback",
        "types",
        "typing",
        "unittest",
        "uuid",
        "warnings",
        "weakref",
        "zipfile",
    ];
    MODULES
        .contains(&name.as_str())
        .then(|| format!(". Did you forget to import '{name}'?"))
}
