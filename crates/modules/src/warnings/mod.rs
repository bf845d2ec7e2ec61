//! `_warnings` (Python/_warnings.c), and the way warnings of native code take.

mod explicit;
mod issue;

use terrarium_objects::args::Signature;
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::r#type::as_type;
use terrarium_objects::types::{dict, exceptions as exc, int, module};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, error, none, none_owned, ops, root, state,
};
use terrarium_runtime::native_module::ModuleDef;

pub use issue::install;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_warnings",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 5] = [
    MethodDef::new(
        "warn",
        Native::FastKeywords(warn),
        "warn($module, /, message, category=None, stacklevel=1, source=None, *,\n     skip_file_prefixes=<unrepresentable>)\n--\n\n",
    ),
    MethodDef::new(
        "warn_explicit",
        Native::FastKeywords(warn_explicit),
        "warn_explicit($module, /, message, category, filename, lineno,\n              module=<unrepresentable>, registry=None,\n              module_globals=None, source=None)\n--\n\n",
    ),
    MethodDef::new(
        "_filters_mutated_lock_held",
        Native::NoArgs(|_| {
            explicit::mutated();
            Ok(none_owned())
        }),
        "_filters_mutated_lock_held($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_acquire_lock",
        Native::NoArgs(|_| Ok(none_owned())),
        "_acquire_lock($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_release_lock",
        Native::NoArgs(|_| Ok(none_owned())),
        "_release_lock($module, /)\n--\n\n",
    ),
];

fn exec(made: &Object) -> PyResult<()> {
    explicit::make_filters();
    let space = module::namespace(made);
    for (name, kept) in [
        ("filters", explicit::FILTERS),
        ("_onceregistry", explicit::ONCE),
    ] {
        let object = state::get().kept(kept).map_or_else(none_owned, Owned::new);
        dict::set_str(space, name, &object);
    }
    dict::set_str(space, "_defaultaction", &Str::new("default"));
    let context = crate::contextvars::new_variable("warnings_context")?;
    dict::set_str(space, "_warnings_context", &context);
    Ok(())
}

/// The class of a warning: that of an instance, the given one, or UserWarning.
fn category_of(message: &Object, category: Option<&Object>) -> PyResult {
    if ops::compare::is_instance(message, exc::WARNING.as_object())? {
        return Ok(Owned::new(message.ty().as_object()));
    }
    let Some(category) = category.filter(|c| !c.is(none())) else {
        return Ok(Owned::new(exc::USER_WARNING.as_object()));
    };
    if as_type(category).is_some_and(|c| c.is_subtype(&exc::WARNING)) {
        return Ok(Owned::new(category));
    }
    Err(error::type_error(format!(
        "category must be a Warning subclass, not '{}'",
        category.ty().full_name()
    )))
}

fn warn(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "warn",
        &[
            "message",
            "category",
            "stacklevel",
            "source",
            "skip_file_prefixes",
        ],
        0,
        1,
        4,
    );
    let [message, category, level, source, prefixes] = SIGNATURE.bind::<5>(args, kwnames)?;
    let message = message.unwrap_or(none());
    let mut level = level.map_or(Ok(1), |l| ops::number::index_isize(l, None))?;
    let prefixes: Vec<String> = match prefixes {
        None => Vec::new(),
        Some(given) => match given.downcast::<Tuple>() {
            Some(all) if all.items().iter().all(|p| str::is_str(p)) => {
                all.items().iter().map(|p| ops::text::lossy(p)).collect()
            }
            Some(all) => {
                let bad = all.items().iter().find(|p| !str::is_str(p));
                return Err(error::type_error(format!(
                    "Found non-str '{}' in skip_file_prefixes.",
                    bad.map_or(String::new(), |b| ops::text::lossy(b))
                )));
            }
            None => {
                return Err(error::type_error(format!(
                    "warn() argument 'skip_file_prefixes' must be tuple, not {}",
                    given.ty().full_name()
                )));
            }
        },
    };
    if !prefixes.is_empty() {
        level = level.max(2);
    }
    let category = root("category of a warning", category_of(message, category)?);
    let mut place = issue::place_of(level);
    while is_skipped(&place, &prefixes) {
        level += 1;
        place = issue::place_of(level);
    }
    let registry = match &place.globals {
        Some(globals) => Some(root("warning registry", issue::registry_of(globals)?)),
        None => None,
    };
    let at = explicit::At {
        filename: &place.filename,
        line: place.line,
        module: &Str::new(&place.module),
        registry: registry.as_deref(),
    };
    explicit::warn(&category, message, &at, None, source)?;
    Ok(none_owned())
}

/// Whether the place is in a file that `skip_file_prefixes` names.
fn is_skipped(place: &issue::Place, prefixes: &[String]) -> bool {
    let name = ops::text::lossy(&place.filename);
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

fn warn_explicit(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "warn_explicit",
        &[
            "message",
            "category",
            "filename",
            "lineno",
            "module",
            "registry",
            "module_globals",
            "source",
        ],
        0,
        4,
        8,
    );
    let [
        message,
        category,
        filename,
        line,
        module,
        registry,
        _,
        source,
    ] = SIGNATURE.bind::<8>(args, kwnames)?;
    let message = message.unwrap_or(none());
    let filename = filename.unwrap_or(none());
    if !str::is_str(filename) {
        return Err(error::type_error(format!(
            "warn_explicit() argument 'filename' must be str, not {}",
            filename.ty().full_name()
        )));
    }
    let category = root("category of a warning", category_of(message, category)?);
    let line = int::as_i32(&*ops::number::index(line.unwrap_or(none()))?)?;
    let text = ops::text::lossy(filename);
    let own = match (text.is_empty(), text.strip_suffix(".py")) {
        (true, _) => Str::new("<unknown>"),
        (_, Some(stem)) => Str::new(stem),
        _ => Owned::new(filename),
    };
    let own = root("module of a warning", own);
    let at = explicit::At {
        filename,
        line,
        module: module.filter(|m| !m.is(none())).unwrap_or(&own),
        registry: registry.filter(|r| !r.is(none())),
    };
    explicit::warn(&category, message, &at, None, source)?;
    Ok(none_owned())
}
