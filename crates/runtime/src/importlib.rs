//! The part of `import` that is written in Python: `importlib._bootstrap` and `_bootstrap_external` of the library, loaded under the names of
//! CPython's frozen modules when a program first asks for them. Until then, and as long as `sys.meta_path` holds the three finders that
//! they put there, `importing` finds modules itself, by the same rules.

use terrarium_objects::types::list::{self, List};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, exceptions as exc, module, traceback};
use terrarium_objects::{Object, Owned, PyResult, error, names, none, ops, root, state, words};

use crate::{config, importing, start};

const BOOTSTRAP: &str = "_frozen_importlib";
const EXTERNAL: &str = "_frozen_importlib_external";
/// Under this name the thread state keeps the finders of a fresh `sys.meta_path`.
const FINDERS: &str = "importlib's finders";

/// The library file that a frozen module's name stands for, and the file name its code shows.
fn source_of(full: &str) -> Option<(&'static str, &'static str)> {
    match full {
        BOOTSTRAP => Some(("_bootstrap.py", "<frozen importlib._bootstrap>")),
        EXTERNAL => Some((
            "_bootstrap_external.py",
            "<frozen importlib._bootstrap_external>",
        )),
        _ => None,
    }
}

/// Loads one of the two modules; `None` for any other name, or when the library is missing.
pub fn frozen(full: &str) -> PyResult<Option<Owned>> {
    let Some((file, shown)) = source_of(full) else {
        return Ok(None);
    };
    let folders = match config::get().library {
        Some(library) => vec![library],
        None => importing::strings(&config::path())?,
    };
    let Some(folder) = importing::package_folder("importlib", &folders) else {
        return Ok(None);
    };
    let made = root("module being imported", module::new(full));
    let code = importing::named_code(&folder.join(file), shown)?;
    let target = Owned::new(module::namespace(&made));
    importing::describe_native(&made, full);
    dict::set(start::modules(), &Str::new(full), &made)?;
    dict::set_str(&target, "__builtins__", start::builtins());
    crate::execution::run_code(&code, &target, &target)?;
    if full == BOOTSTRAP {
        install(&made)?;
    }
    Ok(Some(made.take()))
}

/// Puts the finders into `sys` and gives the modules that exist their specs.
fn install(bootstrap: &Object) -> PyResult<()> {
    // From here on `consult` leaves imports to `importing`: those of the machinery itself.
    state::get().keep("importlib", Owned::new(bootstrap));
    let sys = root("sys", importing::import("sys")?);
    let imp = root("_imp", importing::import("_imp")?);
    // A program may have put finders of its own there before.
    let before = config::sys_list("meta_path").and_then(|l| ops::sequence::to_tuple(&l).ok());
    let before = before.map(|b| root("finders of the program", b));
    let fresh = root("finders", list::new());
    ops::attribute::set(&sys, &Str::new("meta_path"), Some(&fresh))?;
    call(bootstrap, "_install", &[&sys, &imp])?;
    call(bootstrap, "_install_external_importers", &[])?;
    state::get().keep(FINDERS, ops::sequence::to_tuple(&fresh)?);
    if let Some(before) = &before {
        list::slices::assign(&fresh, 0, 0, Some(before))?;
    }
    adopt()
}

fn call(owner: &Object, name: &str, args: &[&Object]) -> PyResult {
    let function = root(
        "function of importlib",
        ops::attribute::get_str(owner, name)?,
    );
    let args: Vec<_> = args
        .iter()
        .map(|a| terrarium_objects::Word::borrowed(a))
        .collect();
    ops::call::call(&function, &args, None)
}

/// The machinery, if it was loaded: `_bootstrap`.
fn loaded() -> Option<Owned> {
    state::get().kept("importlib").map(Owned::new)
}

fn external() -> Option<Owned> {
    loaded()?;
    dict::get_str(start::modules(), EXTERNAL)
}

/// Specs and loaders of the modules that were imported before the machinery was there.
fn adopt() -> PyResult<()> {
    let all = root("modules", ops::sequence::to_list(start::modules())?);
    let mut at = 0;
    // SAFETY: just made.
    while let Some(name) = unsafe { all.cast::<List>() }.item_owned(at) {
        at += 1;
        let Some(found) = dict::get(start::modules(), &name)? else {
            continue;
        };
        if !found.is_exact(&module::MODULE) {
            continue;
        }
        let found = root("module", found);
        let space = Owned::new(module::namespace(&found));
        let text = ops::text::lossy(&name);
        if text == "__main__" {
            adopt_main(&space)?;
            continue;
        }
        let Some(file) = dict::get_str(&space, "__file__") else {
            continue;
        };
        if dict::get_str(&space, "__loader__").is_some_and(|l| l.is(none())) {
            let search = dict::get_str(&space, "__path__");
            let spec = file_spec(&text, &ops::text::lossy(&file), search.as_deref())?;
            let Some(spec) = spec else { continue };
            let spec = root("module spec", spec);
            let loader = ops::attribute::get_str(&spec, "loader")?;
            dict::set_str(&space, "__loader__", &loader);
            dict::set_str(&space, "__spec__", &spec);
        }
    }
    Ok(())
}

/// `__loader__` of the program itself.
fn adopt_main(space: &Object) -> PyResult<()> {
    let Some(external) = external() else {
        return Ok(());
    };
    let loader = match dict::get_str(space, "__file__") {
        Some(file) => call(
            &external,
            "SourceFileLoader",
            &[&Str::new("__main__"), &file],
        )?,
        None => match loaded() {
            Some(bootstrap) => ops::attribute::get_str(&bootstrap, "BuiltinImporter")?,
            None => return Ok(()),
        },
    };
    dict::set_str(space, "__loader__", &loader);
    Ok(())
}

/// A real spec of a file, once the machinery is loaded.
pub fn file_spec(full: &str, file: &str, search: Option<&Object>) -> PyResult<Option<Owned>> {
    let Some(external) = external() else {
        return Ok(None);
    };
    let class = if file.ends_with(".pyc") {
        "SourcelessFileLoader"
    } else {
        "SourceFileLoader"
    };
    let name = Str::new(full);
    let file = Str::new(file);
    let loader = root("loader", call(&external, class, &[&name, &file])?);
    let make = root(
        "spec_from_file_location",
        ops::attribute::get_str(&external, "spec_from_file_location")?,
    );
    let keywords = terrarium_objects::types::tuple::from_array([
        Str::new("loader"),
        Str::new("submodule_search_locations"),
    ]);
    let spec = ops::call::call(
        &make,
        &words([&name, &file, &loader, search.unwrap_or(none())]),
        Some(&keywords),
    )?;
    Ok(Some(spec))
}

/// A real spec of a native module, once the machinery is loaded.
pub fn native_spec(full: &str) -> PyResult<Option<(Owned, Owned)>> {
    let Some(bootstrap) = loaded() else {
        return Ok(None);
    };
    let loader = ops::attribute::get_str(&bootstrap, "BuiltinImporter")?;
    let keywords = terrarium_objects::types::tuple::from_array([Str::new("origin")]);
    let class = ops::attribute::get_str(&bootstrap, "ModuleSpec")?;
    let (name, origin) = (Str::new(full), Str::new("built-in"));
    let spec = ops::call::call(&class, &words([&name, &loader, &origin]), Some(&keywords))?;
    Ok(Some((spec, loader)))
}

/// Whether the program changed where modules are looked for, so that the machinery itself has to look.
fn is_changed() -> bool {
    let Some(finders) = config::sys_list("meta_path").filter(|l| l.downcast::<List>().is_some())
    else {
        return false;
    };
    // SAFETY: just checked.
    let now = unsafe { finders.cast::<List>() };
    match state::get().kept(FINDERS) {
        None => !now.is_empty() && loaded().is_none(),
        Some(kept) => {
            now.len() != terrarium_objects::args::tuple_len(kept)
                || (0..now.len()).any(|i| {
                    !now.item(i)
                        .is_some_and(|o| o.is(terrarium_objects::args::tuple_item(kept, i)))
                })
        }
    }
}

/// Whether an entry of `sys.path` is a file (an archive of modules).
fn has_archive() -> PyResult<bool> {
    Ok(importing::strings(&config::path())?
        .iter()
        .any(|entry| std::path::Path::new(entry).is_file()))
}

/// What the machinery finds, when `import` must ask it; `None` when `importing` is to look itself.
pub fn consult(full: &str) -> PyResult<Option<Owned>> {
    if source_of(full).is_some() || !is_changed() {
        return Ok(None);
    }
    find_and_load(full).map(Some)
}

/// A module in an archive; `None` without one.
pub fn archived(full: &str) -> PyResult<Option<Owned>> {
    let during = ["zipimport", "zlib", "importlib", "_frozen_importlib"];
    if during.contains(&full) || loaded().is_none() && state::get().kept(FINDERS).is_some() {
        return Ok(None);
    }
    if !has_archive()? {
        return Ok(None);
    }
    importing::import(BOOTSTRAP)?;
    let importer = root("zipimport", importing::import("zipimport")?);
    let importer = root(
        "zipimporter",
        ops::attribute::get_str(&importer, "zipimporter")?,
    );
    if let Some(hooks) = config::sys_list("path_hooks").filter(|l| l.downcast::<List>().is_some())
        && !ops::sequence::contains(&hooks, &importer)?
    {
        // SAFETY: just checked.
        list::methods::insert_at(unsafe { hooks.cast::<List>() }, 0, &importer)?;
    }
    find_and_load(full).map(Some)
}

/// `_find_and_load` of the machinery, loading that first; its own frames are cut from the traceback.
pub fn find_and_load(full: &str) -> PyResult {
    importing::import(BOOTSTRAP)?;
    let Some(bootstrap) = loaded() else {
        return Err(error::import_error_text("importlib is not ready"));
    };
    let import = dict::get_str(start::builtins(), "__import__")
        .ok_or_else(|| error::import_error_text("__import__ not found"))?;
    let bootstrap = root("importlib", bootstrap);
    let import = root("__import__", import);
    let name = root("name of a module", Str::new(full));
    let found = call(&bootstrap, "_find_and_load", &[&name, &import]);
    if found.is_err() {
        cut_frames();
    }
    found
}

/// Takes the machinery's frames out of the traceback (Python/import.c, `remove_importlib_frames`): all of them from an ImportError, from
/// others the runs that end where a module is executed.
fn cut_frames() {
    let Some(exception) = error::fetch() else {
        return;
    };
    let exception = root("exception of an import", exception);
    let always = exception.ty().is_subtype(&exc::IMPORT_ERROR);
    let mut kept: Vec<Owned> = Vec::new();
    let mut chunk: Vec<Owned> = Vec::new();
    let mut next = exc::traceback_of(&exception);
    while let Some(entry) = next {
        next = traceback::body(&entry).next.get().map(Owned::new);
        let (file, function) = place_of(&entry);
        if !file.starts_with("<frozen importlib._bootstrap") {
            kept.append(&mut chunk);
            kept.push(entry);
            continue;
        }
        let ends = always || function == "_call_with_frames_removed";
        chunk.push(entry);
        if ends {
            chunk.clear();
        }
    }
    kept.append(&mut chunk);
    for pair in kept.windows(2) {
        traceback::body(&pair[0]).next.set_ref(Some(&pair[1]));
    }
    if let Some(last) = kept.last() {
        traceback::body(last).next.clear();
    }
    let first = kept.first().cloned();
    drop(kept);
    let first = first.unwrap_or_else(terrarium_objects::none_owned);
    let set = ops::attribute::set(&exception, &names().__traceback__, Some(&first));
    drop(first);
    if set.is_err() {
        error::clear();
    }
    error::restore(exception.take());
}

/// File and function of a traceback entry.
fn place_of(entry: &Object) -> (String, String) {
    let found = || -> PyResult<(String, String)> {
        let frame = ops::attribute::get_str(entry, "tb_frame")?;
        let code = ops::attribute::get_str(&frame, "f_code")?;
        let text = |name| ops::attribute::get_str(&code, name).map(|t| ops::text::lossy(&t));
        Ok((text("co_filename")?, text("co_name")?))
    };
    found().unwrap_or_else(|_| {
        error::clear();
        Default::default()
    })
}
