//! `_csv` (Modules/_csv.c): rows of comma-separated values.

mod dialect;
mod rows;

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{dict, exceptions as exc, int, module, none, r#type};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Raised, Type, Word, error, none_owned, ops, state,
    typeobject_ready,
};
use terrarium_runtime::native_module::ModuleDef;

use dialect::DIALECT;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_csv",
    doc: "",
    methods: METHODS,
    exec,
};

const METHODS: &[MethodDef] = &[
    MethodDef::new(
        "reader",
        Native::VarArgsKeywords(|_, a, k| stream(a, k, "reader", rows::reader)),
        "",
    ),
    MethodDef::new(
        "writer",
        Native::VarArgsKeywords(|_, a, k| stream(a, k, "writer", rows::writer)),
        "",
    ),
    MethodDef::new("list_dialects", Native::NoArgs(list_dialects), ""),
    MethodDef::new(
        "register_dialect",
        Native::VarArgsKeywords(register_dialect),
        "",
    ),
    MethodDef::new("unregister_dialect", Native::FastKeywords(unregister), ""),
    MethodDef::new("get_dialect", Native::FastKeywords(get_dialect), ""),
    MethodDef::new("field_size_limit", Native::Fast(field_size_limit), ""),
];

fn exec(this: &Object) -> PyResult<()> {
    let space = module::namespace(this);
    for ty in [&DIALECT, &rows::READER, &rows::WRITER] {
        typeobject_ready::ready_static(ty);
    }
    dict::set_str(space, "Dialect", DIALECT.as_object());
    dict::set_str(space, "Reader", rows::READER.as_object());
    dict::set_str(space, "Writer", rows::WRITER.as_object());
    let dialects = dict::new();
    dict::set_str(space, "_dialects", &dialects);
    state::get().keep("csv dialects", dialects);
    for (name, value) in [
        ("QUOTE_MINIMAL", dialect::QUOTE_MINIMAL),
        ("QUOTE_ALL", dialect::QUOTE_ALL),
        ("QUOTE_NONNUMERIC", dialect::QUOTE_NONNUMERIC),
        ("QUOTE_NONE", dialect::QUOTE_NONE),
        ("QUOTE_STRINGS", dialect::QUOTE_STRINGS),
        ("QUOTE_NOTNULL", dialect::QUOTE_NOTNULL),
    ] {
        dict::set_str(space, name, &int::from_i64(value.into()));
    }
    let body = dict::new();
    dict::set_str(&body, "__module__", &Str::new("_csv"));
    let bases: [&Object; 1] = [exc::EXCEPTION.as_object()];
    // However often the module is made, its functions raise one class.
    let class = match state::get().kept("csv.Error") {
        Some(class) => Owned::new(class),
        None => r#type::methods::make_class("Error", &bases, &body)?,
    };
    dict::set_str(space, "Error", &class);
    state::get().keep("csv.Error", class);
    Ok(())
}

/// Raises `_csv.Error`.
pub fn raise(text: &std::primitive::str) -> Raised {
    match state::get().kept("csv.Error") {
        // SAFETY: kept as a class.
        Some(class) => error::raise(unsafe { class.cast::<Type>() }, text),
        None => error::value_error(text),
    }
}

fn dialects() -> Owned {
    match state::get().kept("csv dialects") {
        Some(found) => Owned::new(found),
        None => dict::new(),
    }
}

/// The dialect registered under a name.
pub fn from_registry(name: &Object) -> PyResult {
    dict::get(&dialects(), name)?.ok_or_else(|| raise("unknown dialect"))
}

fn make_dialect(base: Option<&Object>, kwargs: Option<&Object>) -> PyResult {
    let args = match base {
        Some(base) => terrarium_objects::types::tuple::from_refs(&[base]),
        None => terrarium_objects::types::tuple::empty(),
    };
    ops::call::call_tuple_dict(DIALECT.as_object(), &args, kwargs)
}

fn stream(
    args: &Object,
    kwargs: Option<&Object>,
    name: &std::primitive::str,
    make: fn(&Object, Owned) -> PyResult,
) -> PyResult {
    let given = args::tuple_len(args);
    args::check_positional(name, given, 1, 2)?;
    let base = (given == 2).then(|| args::tuple_item(args, 1));
    let dialect = make_dialect(base, kwargs)?;
    make(args::tuple_item(args, 0), dialect)
}

fn list_dialects(_: &Object) -> PyResult {
    ops::sequence::to_list(&dialects())
}

fn register_dialect(_: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let given = args::tuple_len(args);
    args::check_positional("register_dialect", given, 1, 2)?;
    let name = args::tuple_item(args, 0);
    if !str::is_str(name) {
        return Err(error::type_error("dialect name must be a string"));
    }
    let base = (given == 2).then(|| args::tuple_item(args, 1));
    let dialect = make_dialect(base, kwargs)?;
    dict::set(&dialects(), name, &dialect)?;
    Ok(none_owned())
}

static NAME: args::Signature = args::Signature::new("get_dialect", &["name"], 0, 1, 1);

fn unregister(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature =
        args::Signature::new("unregister_dialect", &["name"], 0, 1, 1);
    let [name] = SIGNATURE.bind::<1>(args, kwnames)?;
    if dict::remove(&dialects(), name.unwrap_or(none::none()))? {
        return Ok(none_owned());
    }
    Err(raise("unknown dialect"))
}

fn get_dialect(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [name] = NAME.bind::<1>(args, kwnames)?;
    from_registry(name.unwrap_or(none::none()))
}

thread_local! {
    static LIMIT: Cell<i64> = const { Cell::new(131_072) };
}

/// Longest field that is read.
pub fn field_limit() -> i64 {
    LIMIT.with(Cell::get)
}

fn field_size_limit(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("field_size_limit", args.len(), 0, 1)?;
    let old = field_limit();
    if let Some(limit) = args.first() {
        if !int::is_int(limit.object()) {
            return Err(error::type_error("limit must be an integer"));
        }
        let limit = int::as_long(limit.object())?;
        LIMIT.with(|l| l.set(limit));
    }
    Ok(int::from_i64(old))
}
