//! `import`: native modules, then files along `sys.path` or a package's `__path__`.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use terrarium_bytecode as bc;
use terrarium_compiler::parse::Mode;
use terrarium_objects::types::code::{Builder, Origin};
use terrarium_objects::types::object::OBJECT;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::r#type::methods::make_class;
use terrarium_objects::types::{bool as booleans, dict, exceptions as exc, list, module, none};
use terrarium_objects::{
    Object, Owned, PyResult, Raised, error, names, none_owned, ops, root, state,
};

use crate::compiling::{self, Request};
use crate::config;
use crate::execution;
use crate::importlib;
use crate::native_module;
use crate::pycache;
use crate::start;

/// `__import__(name, globals, fromlist, level)` (Python/import.c, `PyImport_ImportModuleLevelObject`).
pub fn import_level(
    name: &Object,
    globals: Option<&Object>,
    fromlist: Option<&Object>,
    level: i32,
) -> PyResult {
    let Some(text) = name.downcast::<Str>() else {
        return Err(error::type_error("module name must be a string"));
    };
    let text = text.lossy().into_owned();
    if level < 0 {
        return Err(error::value_error("level must be >= 0"));
    }
    if text.is_empty() && level == 0 {
        return Err(error::value_error("Empty module name"));
    }
    let full = if level > 0 {
        resolve(&text, globals, level)?
    } else {
        text.clone()
    };
    let found = root("module imported", import(&full)?);
    let wants_names = match fromlist {
        Some(list) => ops::compare::is_true(list)?,
        None => false,
    };
    if wants_names {
        return handle_fromlist(&found, fromlist.unwrap_or(none::none()), false)
            .map(|()| Owned::new(&found));
    }
    if level == 0 || !text.is_empty() {
        let Some((front, _)) = text.split_once('.') else {
            return Ok(found.take());
        };
        if level == 0 {
            return import(front);
        }
        let cut = text.len() - front.len();
        let shown = &full[..full.len() - cut];
        return modules_get(shown)?.ok_or_else(|| {
            error::key_error(&Str::new(&format!(
                "'{shown}' not in sys.modules as expected"
            )))
        });
    }
    Ok(found.take())
}

/// A module by its full name, importing its parents first.
pub fn import(full: &str) -> PyResult {
    if let Some(found) = modules_get(full)? {
        if found.is(none::none()) {
            let text = format!("import of {full} halted; None in sys.modules");
            return Err(not_found(&text, full));
        }
        return Ok(found);
    }
    find_and_load(full)
}

fn modules_get(name: &str) -> PyResult<Option<Owned>> {
    ops::mapping::get_optional_item(start::modules(), &Str::new(name))
}

fn not_found(text: &str, name: &str) -> Raised {
    exc::raise_module_not_found(text, name)
}

/// The package that a relative import starts from (Python/import.c, `resolve_name`).
fn resolve(name: &str, globals: Option<&Object>, level: i32) -> PyResult<String> {
    let globals = globals.filter(|g| {
        g.ty()
            .has(terrarium_objects::typeobject::flags::DICT_SUBCLASS)
    });
    let Some(globals) = globals else {
        return Err(error::key_error(&Str::new("'__name__' not in globals")));
    };
    let get = |key: &str| dict::get_str(globals, key).filter(|v| !v.is(none::none()));
    let package = match get("__package__") {
        Some(package) if package.downcast::<Str>().is_some() => ops::text::lossy(&package),
        Some(_) => return Err(error::type_error("package must be a string")),
        None => {
            let Some(own) = get("__name__") else {
                return Err(error::key_error(&Str::new("'__name__' not in globals")));
            };
            let own = ops::text::lossy(&own);
            if get("__path__").is_some() {
                own
            } else {
                own.rsplit_once('.')
                    .map_or_else(String::new, |(front, _)| front.to_owned())
            }
        }
    };
    if package.is_empty() {
        return Err(error::import_error_text(
            "attempted relative import with no known parent package",
        ));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        match base.rsplit_once('.') {
            Some((front, _)) => base = front,
            None => {
                return Err(error::import_error_text(
                    "attempted relative import beyond top-level package",
                ));
            }
        }
    }
    Ok(if name.is_empty() {
        base.to_owned()
    } else {
        format!("{base}.{name}")
    })
}

/// `from package import names`: submodules among them are imported.
fn handle_fromlist(found: &Object, fromlist: &Object, from_all: bool) -> PyResult<()> {
    if ops::attribute::get_optional(found, &names().__path__)?.is_none() {
        return Ok(());
    }
    let package = ops::text::lossy(&*ops::attribute::get(found, &names().__name__)?);
    let wanted = root("names to import", ops::sequence::to_list(fromlist)?);
    // SAFETY: just made.
    let items = unsafe { wanted.cast::<list::List>() };
    for i in 0..items.len() {
        let Some(name) = items.item(i).map(Owned::new) else {
            break;
        };
        let Some(text) = name.downcast::<Str>() else {
            let place = if from_all {
                format!("{package}.__all__")
            } else {
                String::from("``from list''")
            };
            return Err(error::type_error(format!(
                "Item in {place} must be str, not {}",
                name.ty().name()
            )));
        };
        let text = text.lossy().into_owned();
        if text == "*" {
            if !from_all && let Some(all) = ops::attribute::get_optional(found, &names().__all__)? {
                handle_fromlist(found, &all, true)?;
            }
            continue;
        }
        if ops::attribute::get_optional(found, &name)?.is_some() {
            continue;
        }
        let full = format!("{package}.{text}");
        if let Err(raised) = import(&full) {
            // Only that very module's absence is no error: the attribute's is reported later.
            let absent = error::matches(&exc::MODULE_NOT_FOUND_ERROR)
                && missing_name().as_deref() == Some(full.as_str());
            if !absent {
                return Err(raised);
            }
            error::clear();
        }
    }
    Ok(())
}

/// The `name` of the ImportError on its way.
fn missing_name() -> Option<String> {
    let exception = error::current()?;
    exception
        .ty()
        .is_subtype(&exc::IMPORT_ERROR)
        .then(|| exc::extra(exception, 1).get().map(ops::text::lossy))?
}

fn find_and_load(full: &str) -> PyResult {
    let parent = full.rsplit_once('.').map(|(front, _)| front);
    let mut search = None;
    let mut parent_module = None;
    if let Some(parent) = parent {
        let loaded = root("parent package", import(parent)?);
        // Importing the parent may have imported the child.
        if let Some(found) = modules_get(full)? {
            return Ok(found);
        }
        let Some(path) = ops::attribute::get_optional(&loaded, &names().__path__)? else {
            return Err(not_found(
                &format!("No module named '{full}'; '{parent}' is not a package"),
                full,
            ));
        };
        search = Some(strings(&path)?);
        parent_module = Some(loaded.take());
    }
    if let Some(found) = importlib::frozen(full)? {
        return Ok(found);
    }
    if let Some(found) = importlib::consult(full)? {
        return Ok(found);
    }
    let found = match (native_module::find(full), search) {
        (Some(_), None) => start::make_native(full)?,
        (_, search) => {
            let folders = match search {
                Some(folders) => folders,
                None => folders_of(full)?,
            };
            match locate(full, &folders) {
                // The machinery makes a path that follows its parent's.
                Some(Spec::Namespace(_)) => return importlib::find_and_load(full),
                Some(spec) => load(full, &spec)?,
                None => match native_module::stand_in(full) {
                    Some(_) => {
                        start::make_native(full).inspect(|made| describe_native(made, full))?
                    }
                    None => match importlib::archived(full)? {
                        Some(found) => return Ok(found),
                        None => return Err(not_found(&format!("No module named '{full}'"), full)),
                    },
                },
            }
        }
    };
    if let (Some(parent), Some((_, child))) = (parent_module, full.rsplit_once('.')) {
        ops::attribute::set(&parent, &Str::new(child), Some(&found))?;
    }
    Ok(found)
}

/// Modules that CPython has frozen or imports before a program's folders count (`_imp._frozen_module_names`): a file of the program does not
/// stand in their place.
const OF_THE_LIBRARY: [&str; 16] = [
    "_collections_abc",
    "_sitebuiltins",
    "__hello__",
    "__phello__",
    "abc",
    "codecs",
    "encodings",
    "genericpath",
    "io",
    "ntpath",
    "os",
    "posixpath",
    "runpy",
    "site",
    "stat",
    "zipimport",
];

/// Where a module that is in no package is looked for.
fn folders_of(full: &str) -> PyResult<Vec<String>> {
    match config::get().library {
        Some(library) if OF_THE_LIBRARY.contains(&full) => Ok(vec![library]),
        _ => strings(&config::path()),
    }
}

/// The strings of a list (other entries are passed over, as path entries are).
pub fn strings(object: &Object) -> PyResult<Vec<String>> {
    let list = ops::sequence::to_list(object)?;
    // SAFETY: just made.
    let items = unsafe { list.cast::<list::List>() };
    Ok((0..items.len())
        .filter_map(|i| items.item(i))
        .filter_map(|o| o.downcast::<Str>().map(|s| s.lossy().into_owned()))
        .collect())
}

/// What was found for a name.
enum Spec {
    Source {
        file: PathBuf,
        package: bool,
    },
    Bytecode {
        file: PathBuf,
        package: bool,
    },
    /// A folder without `__init__` (PEP 420): the folders of that name.
    Namespace(Vec<PathBuf>),
}

/// Looks along the folders: package, source, bytecode, and folders that make up a namespace package.
fn locate(full: &str, folders: &[String]) -> Option<Spec> {
    let tail = full.rsplit('.').next().unwrap_or(full);
    let mut namespace = Vec::new();
    for folder in folders {
        let folder = if folder.is_empty() {
            std::env::current_dir().ok()?
        } else {
            PathBuf::from(folder)
        };
        let base = folder.join(tail);
        let is_folder = base.is_dir();
        if is_folder {
            let init = base.join("__init__.py");
            if init.is_file() {
                return Some(Spec::Source {
                    file: init,
                    package: true,
                });
            }
            let init = base.join("__init__.pyc");
            if init.is_file() {
                return Some(Spec::Bytecode {
                    file: init,
                    package: true,
                });
            }
        }
        let source = folder.join(format!("{tail}.py"));
        if source.is_file() {
            return Some(Spec::Source {
                file: source,
                package: false,
            });
        }
        let bytecode = folder.join(format!("{tail}.pyc"));
        if bytecode.is_file() {
            return Some(Spec::Bytecode {
                file: bytecode,
                package: false,
            });
        }
        if is_folder {
            namespace.push(base);
        }
    }
    (!namespace.is_empty()).then_some(Spec::Namespace(namespace))
}

/// `__spec__`, `__loader__` and `__package__` of a native module.
pub fn describe_native(made: &Object, full: &str) {
    let target = module::namespace(made);
    if let Ok(Some((spec, loader))) = importlib::native_spec(full) {
        dict::set_str(target, "__spec__", &spec);
        dict::set_str(target, "__loader__", &loader);
        dict::set_str(target, "__package__", &Str::new(""));
        return;
    }
    let spec = make_spec(full, Some("built-in"), None, None);
    dict::set_str(target, "__spec__", &spec);
    dict::set_str(target, "__loader__", none::none());
    dict::set_str(target, "__package__", &Str::new(""));
}

fn make_spec(
    full: &str,
    origin: Option<&str>,
    cached: Option<&str>,
    search: Option<&Object>,
) -> Owned {
    let attributes = dict::new();
    let text = |value: Option<&str>| value.map_or_else(none_owned, Str::new);
    dict::set_str(&attributes, "name", &Str::new(full));
    dict::set_str(&attributes, "loader", none::none());
    dict::set_str(&attributes, "origin", &text(origin));
    dict::set_str(&attributes, "cached", &text(cached));
    dict::set_str(
        &attributes,
        "submodule_search_locations",
        search.unwrap_or(none::none()),
    );
    let parent = if search.is_some() {
        full
    } else {
        full.rsplit_once('.').map_or("", |(front, _)| front)
    };
    dict::set_str(&attributes, "parent", &Str::new(parent));
    let has_location =
        booleans::from_bool(cached.is_some() || origin != Some("built-in") && origin.is_some());
    dict::set_str(&attributes, "has_location", has_location);
    dict::set_str(&attributes, "_set_fileattr", has_location);
    dict::set_str(&attributes, "_cached", &text(cached));
    dict::set_str(&attributes, "loader_state", none::none());
    dict::set_str(&attributes, "_uninitialized_submodules", &list::new());
    spec_of(&attributes).unwrap_or_else(|_| {
        error::clear();
        none_owned()
    })
}

/// A `ModuleSpec` with these attributes.
fn spec_of(attributes: &Object) -> PyResult {
    const CLASS: &str = "ModuleSpec";
    let class = match state::get().kept(CLASS) {
        Some(class) => Owned::new(class),
        None => {
            let space = dict::new();
            dict::set_str(&space, "__module__", &Str::new("_frozen_importlib"));
            let made = make_class(CLASS, &[OBJECT.as_object()], &space)?;
            state::get().keep(CLASS, made.clone());
            made
        }
    };
    let made = root("module spec", ops::call::call(&class, &[], None)?);
    let mut at = 0;
    while let Some((name, value)) = dict::next(attributes, &mut at) {
        ops::attribute::set(&made, name, Some(value))?;
    }
    Ok(made.take())
}

fn load(full: &str, spec: &Spec) -> PyResult {
    let made = root("module being imported", module::new(full));
    let target = Owned::new(module::namespace(&made));
    let path_text = |p: &Path| p.to_string_lossy().into_owned();
    let (file, package) = match spec {
        Spec::Source { file, package } | Spec::Bytecode { file, package } => (Some(file), *package),
        Spec::Namespace(_) => (None, true),
    };
    let search = match spec {
        Spec::Namespace(folders) => Some(list::from_owned(
            folders.iter().map(|f| Str::new(&path_text(f))).collect(),
        )),
        _ if package => file
            .and_then(|f| f.parent())
            .map(|f| list::from_owned(vec![Str::new(&path_text(f))])),
        _ => None,
    };
    let cached = match spec {
        Spec::Source { file, .. } => pycache::path_for(file, config::get().optimize),
        _ => None,
    };
    let origin = file.map(|f| path_text(f));
    let cached_text = cached.as_deref().map(path_text);
    let real = match &origin {
        Some(origin) => importlib::file_spec(full, origin, search.as_deref())?,
        None => None,
    };
    let loader = match &real {
        Some(spec) => ops::attribute::get_str(spec, "loader")?,
        None => none_owned(),
    };
    let spec_object = real.unwrap_or_else(|| {
        make_spec(
            full,
            origin.as_deref(),
            cached_text.as_deref(),
            search.as_deref(),
        )
    });
    let parent = if package {
        full
    } else {
        full.rsplit_once('.').map_or("", |(front, _)| front)
    };
    dict::set_str(&target, "__package__", &Str::new(parent));
    dict::set_str(&target, "__loader__", &loader);
    dict::set_str(&target, "__spec__", &spec_object);
    if let Some(origin) = &origin {
        dict::set_str(&target, "__file__", &Str::new(origin));
    }
    if let Some(cached) = &cached_text {
        dict::set_str(&target, "__cached__", &Str::new(cached));
    }
    if let Some(search) = &search {
        dict::set_str(&target, "__path__", search);
    }
    let key = Str::new(full);
    dict::set(start::modules(), &key, &made)?;
    set_initializing(&spec_object, true);
    let done = execute(spec, &target, cached.as_deref());
    set_initializing(&spec_object, false);
    if let Err(raised) = done {
        let exception = error::fetch();
        let _ = dict::remove(start::modules(), &key);
        if let Some(exception) = exception {
            error::restore(exception);
        }
        return Err(raised);
    }
    // A module may replace itself in sys.modules.
    let own = made.take();
    Ok(modules_get(full)?.unwrap_or(own))
}

fn execute(spec: &Spec, target: &Object, cached: Option<&Path>) -> PyResult<()> {
    let code = match spec {
        Spec::Namespace(_) => return Ok(()),
        Spec::Source { file, .. } => source_code(file, cached)?,
        Spec::Bytecode { file, .. } => bytecode(file)?,
    };
    dict::set_str(target, "__builtins__", start::builtins());
    execution::run_code(&code, target, target).map(drop)
}

/// The folder of a package found along these folders.
pub fn package_folder(name: &str, folders: &[String]) -> Option<PathBuf> {
    match locate(name, folders)? {
        Spec::Source {
            file,
            package: true,
        } => file.parent().map(Path::to_path_buf),
        _ => None,
    }
}

/// The code of a library file under another file name.
pub fn named_code(file: &Path, shown: &str) -> PyResult {
    let cached = pycache::path_for(file, config::get().optimize);
    let meta = fs::metadata(file).map_err(|e| raise_os(&e, shown))?;
    let found = cached
        .as_deref()
        .and_then(|c| pycache::read(c, file, &meta));
    let code = match found {
        Some(code) => code,
        None => {
            let source = fs::read(file).map_err(|e| raise_os(&e, shown))?;
            let request = Request {
                filename: &file.to_string_lossy(),
                name: None,
                mode: Mode::Exec,
                flags: 0,
                optimize: config::get().optimize,
                is_script: false,
            };
            let data = compiling::data_of_bytes(&source, request)?;
            if let Some(cached) = cached.filter(|_| config::get().write_bytecode) {
                pycache::write(&cached, &data, &meta);
            }
            data
        }
    };
    Ok(Builder::of_checked(Origin::Marshal).build(&with_filename(&code, shown)))
}

/// The code of a source file: from its cache, or compiled (and cached).
fn source_code(file: &Path, cached: Option<&Path>) -> PyResult {
    let shown = file.to_string_lossy();
    let os = |e: &std::io::Error| raise_os(e, &shown);
    let meta = fs::metadata(file).map_err(|e| os(&e))?;
    if let Some(code) = cached.and_then(|c| pycache::read(c, file, &meta)) {
        let code = with_filename(&code, &shown);
        return Ok(Builder::of_checked(Origin::Marshal).build(&code));
    }
    let source = fs::read(file).map_err(|e| os(&e))?;
    let request = Request {
        filename: &shown,
        name: None,
        mode: Mode::Exec,
        flags: 0,
        optimize: config::get().optimize,
        is_script: false,
    };
    let data = compiling::data_of_bytes(&source, request)?;
    if let Some(cached) = cached.filter(|_| config::get().write_bytecode) {
        pycache::write(cached, &data, &meta);
    }
    Ok(compiling::object_of(&data))
}

/// A cached file that was made elsewhere names its own source: the code is to name this one (`_fix_co_filename`).
fn with_filename(code: &Rc<bc::Code>, filename: &str) -> Rc<bc::Code> {
    if &*code.filename.text == filename.as_bytes() {
        return code.clone();
    }
    let old = code.filename.clone();
    let new = bc::Str::new(filename.as_bytes());
    renamed(code, &old, &new)
}

fn renamed(code: &Rc<bc::Code>, old: &bc::Str, new: &bc::Str) -> Rc<bc::Code> {
    if code.filename.text != old.text {
        return code.clone();
    }
    let mut made = (**code).clone();
    made.filename = new.clone();
    made.consts = code
        .consts
        .iter()
        .map(|c| match c {
            bc::Constant::Code(inner) => bc::Constant::Code(renamed(inner, old, new)),
            other => other.clone(),
        })
        .collect();
    Rc::new(made)
}

fn bytecode(file: &Path) -> PyResult {
    let shown = file.to_string_lossy();
    let bytes = fs::read(file).map_err(|e| raise_os(&e, &shown))?;
    match pycache::runnable(&bytes) {
        Ok(code) => Ok(Builder::of_checked(Origin::Marshal).build(&code)),
        Err(problem) => Err(exc::raise_import_error(
            &format!("{shown}: {problem}"),
            None,
            Some(&Str::new(&shown)),
            None,
        )),
    }
}

fn set_initializing(spec: &Object, on: bool) {
    let value = booleans::from_bool(on);
    if ops::attribute::set(spec, &Str::new("_initializing"), Some(value)).is_err() {
        error::clear();
    }
}

/// OSError of a failed system call on a file.
pub fn raise_os(problem: &std::io::Error, filename: &str) -> Raised {
    let number = problem.raw_os_error().unwrap_or(0);
    let text = problem.to_string();
    let message = text.split(" (os error").next().unwrap_or("");
    exc::os_error::raise_errno(number, message, Some(&Str::new(filename)), None)
}

/// What `-m` runs.
pub struct MainCode {
    pub code: Owned,
    pub file: String,
    pub cached: Option<String>,
    pub package: String,
    pub spec: Owned,
}

/// The code of a module (of a package's `__main__`) for `-m`, without running it; `None` if there is none.
pub fn code_for_main(name: &str) -> PyResult<Option<MainCode>> {
    let folders = match name.rsplit_once('.') {
        None => strings(&config::path())?,
        Some((parent, _)) => {
            let loaded = root("parent package", import(parent)?);
            match ops::attribute::get_optional(&loaded, &names().__path__)? {
                Some(path) => strings(&path)?,
                None => return Ok(None),
            }
        }
    };
    let Some(spec) = locate(name, &folders) else {
        return Ok(None);
    };
    match spec {
        Spec::Source { package: true, .. }
        | Spec::Bytecode { package: true, .. }
        | Spec::Namespace(_) => code_for_main(&format!("{name}.__main__")),
        Spec::Source { file, .. } => {
            let cached = pycache::path_for(&file, config::get().optimize);
            let code = source_code(&file, cached.as_deref())?;
            Ok(Some(main_code(
                name,
                code,
                &file,
                cached.map(|c| c.to_string_lossy().into_owned()),
            )))
        }
        Spec::Bytecode { file, .. } => {
            let code = bytecode(&file)?;
            Ok(Some(main_code(name, code, &file, None)))
        }
    }
}

fn main_code(name: &str, code: Owned, file: &Path, cached: Option<String>) -> MainCode {
    let file = file.to_string_lossy().into_owned();
    let package = name
        .rsplit_once('.')
        .map_or_else(String::new, |(front, _)| front.to_owned());
    let spec = make_spec(name, Some(&file), cached.as_deref(), None);
    MainCode {
        code,
        file,
        cached,
        package,
        spec,
    }
}
