//! `_imp` (Python/import.c): what `importlib` asks of the interpreter. There are no frozen modules and no extension modules in C.

use terrarium_bytecode::pyc;
use terrarium_objects::args;
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bool, dict, int, list, module};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Raised, Word, error, none_owned, ops,
};
use terrarium_runtime::native_module::{self, ModuleDef};
use terrarium_runtime::start;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_imp",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 19] = [
    MethodDef::new(
        "extension_suffixes",
        Native::NoArgs(|_| Ok(list::new())),
        "extension_suffixes($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "lock_held",
        Native::NoArgs(|_| Ok(bool::bool_owned(false))),
        "lock_held($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "acquire_lock",
        Native::NoArgs(|_| Ok(none_owned())),
        "acquire_lock($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "release_lock",
        Native::NoArgs(|_| Ok(none_owned())),
        "release_lock($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "find_frozen",
        Native::FastKeywords(|_, _, _| Ok(none_owned())),
        "find_frozen($module, name, /, *, withdata=False)\n--\n\n",
    ),
    MethodDef::new(
        "get_frozen_object",
        Native::Fast(|_, args| Err(no_frozen(args))),
        "get_frozen_object($module, name, data=None, /)\n--\n\n",
    ),
    MethodDef::new(
        "is_frozen_package",
        Native::O(|_, name| Err(no_frozen(&[Word::borrowed(name)]))),
        "is_frozen_package($module, name, /)\n--\n\n",
    ),
    MethodDef::new(
        "init_frozen",
        Native::O(|_, _| Ok(none_owned())),
        "init_frozen($module, name, /)\n--\n\n",
    ),
    MethodDef::new(
        "is_frozen",
        Native::O(|_, _| Ok(bool::bool_owned(false))),
        "is_frozen($module, name, /)\n--\n\n",
    ),
    MethodDef::new(
        "_frozen_module_names",
        Native::NoArgs(|_| Ok(list::new())),
        "_frozen_module_names($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_override_frozen_modules_for_tests",
        Native::O(|_, _| Ok(none_owned())),
        "_override_frozen_modules_for_tests($module, override, /)\n--\n\n",
    ),
    MethodDef::new(
        "_override_multi_interp_extensions_check",
        Native::O(|_, _| Ok(int::from_i64(0))),
        "_override_multi_interp_extensions_check($module, override, /)\n--\n\n",
    ),
    MethodDef::new(
        "create_builtin",
        Native::O(create_builtin),
        "create_builtin($module, spec, /)\n--\n\n",
    ),
    MethodDef::new(
        "is_builtin",
        Native::O(is_builtin),
        "is_builtin($module, name, /)\n--\n\n",
    ),
    MethodDef::new(
        "create_dynamic",
        Native::Fast(|_, _| Err(no_extensions())),
        "create_dynamic($module, spec, file=<unrepresentable>, /)\n--\n\n",
    ),
    MethodDef::new(
        "exec_dynamic",
        Native::O(|_, _| Err(no_extensions())),
        "exec_dynamic($module, mod, /)\n--\n\n",
    ),
    MethodDef::new(
        "exec_builtin",
        Native::O(|_, _| Ok(int::from_i64(0))),
        "exec_builtin($module, mod, /)\n--\n\n",
    ),
    MethodDef::new(
        "_fix_co_filename",
        Native::Fast(fix_filename),
        "_fix_co_filename($module, code, path, /)\n--\n\n",
    ),
    MethodDef::new(
        "source_hash",
        Native::FastKeywords(source_hash),
        "source_hash($module, /, key, source)\n--\n\n",
    ),
];

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    dict::set_str(space, "check_hash_based_pycs", &Str::new("default"));
    dict::set_str(
        space,
        "pyc_magic_number_token",
        &int::from_i64(0x0A0D_0000 | i64::from(pyc::MAGIC)),
    );
    Ok(())
}

fn no_frozen(args: &[Word]) -> Raised {
    let name = args
        .first()
        .map_or_else(String::new, |n| ops::text::lossy(n.object()));
    error::import_error_text(format!("No such frozen object named {name}"))
}

fn no_extensions() -> Raised {
    error::import_error_text("extension modules written in C cannot be loaded")
}

/// The native module that a spec names: the one that is there, or a new one.
fn create_builtin(_: &Object, spec: &Object) -> PyResult {
    let name = ops::attribute::get(spec, &Str::new("name"))?;
    if !str::is_str(&name) {
        return Err(error::type_error(format!(
            "name must be string, not {}",
            name.ty().full_name()
        )));
    }
    if let Some(found) = dict::get(start::modules(), &name)? {
        return Ok(found);
    }
    let name = ops::text::lossy(&name);
    if native_module::find(&name).is_none() {
        return Ok(none_owned());
    }
    start::make_native(&name)
}

fn is_builtin(_: &Object, name: &Object) -> PyResult {
    let name = ops::text::lossy(name);
    Ok(int::from_i64(match &*name {
        "sys" | "builtins" => -1,
        name => i64::from(native_module::find(name).is_some()),
    }))
}

/// Code read from a cache has its path already: the import gives it.
fn fix_filename(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("_fix_co_filename", args.len(), 2, 2)?;
    Ok(none_owned())
}

fn source_hash(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature =
        args::Signature::new("source_hash", &["key", "source"], 0, 2, 2);
    let [key, source] = SIGNATURE.bind::<2>(args, kwnames)?;
    let key = int::as_long(key.unwrap_or(terrarium_objects::none()))? as u64;
    let source: Owned = bytes::from_object(source.unwrap_or(terrarium_objects::none()))?;
    let hash = pyc::keyed_hash(key, bytes::cast(&source).bytes());
    Ok(Bytes::new(&hash.to_le_bytes()))
}
