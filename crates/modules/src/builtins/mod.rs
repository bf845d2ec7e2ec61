//! `builtins` (Python/bltinmodule.c).

mod attributes;
mod classes;
pub(crate) mod execution;
mod iteration;
mod numbers;
mod output;

use terrarium_objects::types::{self, bool, dict, exceptions, module, none};
use terrarium_objects::{MethodDef, Native, Object, PyResult, Type};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "builtins",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 45] = [
    MethodDef::new(
        "__build_class__",
        Native::FastKeywords(classes::build_class),
        "",
    ),
    MethodDef::new(
        "__import__",
        Native::FastKeywords(execution::import),
        "__import__($module, /, name, globals=None, locals=None, fromlist=(),\n           level=0)\n--\n\n",
    ),
    MethodDef::new(
        "abs",
        Native::O(numbers::abs),
        "abs($module, number, /)\n--\n\n",
    ),
    MethodDef::new(
        "all",
        Native::O(iteration::all),
        "all($module, iterable, /)\n--\n\n",
    ),
    MethodDef::new(
        "any",
        Native::O(iteration::any),
        "any($module, iterable, /)\n--\n\n",
    ),
    MethodDef::new(
        "ascii",
        Native::O(output::ascii),
        "ascii($module, obj, /)\n--\n\n",
    ),
    MethodDef::new(
        "bin",
        Native::O(numbers::bin),
        "bin($module, number, /)\n--\n\n",
    ),
    MethodDef::new(
        "breakpoint",
        Native::FastKeywords(execution::breakpoint),
        "breakpoint($module, /, *args, **kws)\n--\n\n",
    ),
    MethodDef::new(
        "callable",
        Native::O(attributes::callable),
        "callable($module, obj, /)\n--\n\n",
    ),
    MethodDef::new("chr", Native::O(numbers::chr), "chr($module, i, /)\n--\n\n"),
    MethodDef::new(
        "compile",
        Native::FastKeywords(execution::compile),
        "compile($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, _feature_version=-1)\n--\n\n",
    ),
    MethodDef::new(
        "delattr",
        Native::Fast(attributes::delattr),
        "delattr($module, obj, name, /)\n--\n\n",
    ),
    MethodDef::new("dir", Native::VarArgs(attributes::dir), ""),
    MethodDef::new(
        "divmod",
        Native::Fast(numbers::divmod),
        "divmod($module, x, y, /)\n--\n\n",
    ),
    MethodDef::new(
        "eval",
        Native::FastKeywords(execution::eval),
        "eval($module, source, /, globals=None, locals=None)\n--\n\n",
    ),
    MethodDef::new(
        "exec",
        Native::FastKeywords(execution::exec),
        "exec($module, source, /, globals=None, locals=None, *, closure=None)\n--\n\n",
    ),
    MethodDef::new(
        "format",
        Native::Fast(output::format),
        "format($module, value, format_spec='', /)\n--\n\n",
    ),
    MethodDef::new("getattr", Native::Fast(attributes::getattr), ""),
    MethodDef::new(
        "globals",
        Native::NoArgs(execution::globals),
        "globals($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "hasattr",
        Native::Fast(attributes::hasattr),
        "hasattr($module, obj, name, /)\n--\n\n",
    ),
    MethodDef::new(
        "hash",
        Native::O(numbers::hash),
        "hash($module, obj, /)\n--\n\n",
    ),
    MethodDef::new(
        "hex",
        Native::O(numbers::hex),
        "hex($module, number, /)\n--\n\n",
    ),
    MethodDef::new(
        "id",
        Native::O(attributes::id),
        "id($module, obj, /)\n--\n\n",
    ),
    MethodDef::new(
        "input",
        Native::Fast(output::input),
        "input($module, prompt='', /)\n--\n\n",
    ),
    MethodDef::new(
        "isinstance",
        Native::Fast(attributes::isinstance),
        "isinstance($module, obj, class_or_tuple, /)\n--\n\n",
    ),
    MethodDef::new(
        "issubclass",
        Native::Fast(attributes::issubclass),
        "issubclass($module, cls, class_or_tuple, /)\n--\n\n",
    ),
    MethodDef::new("iter", Native::Fast(iteration::iter), ""),
    MethodDef::new(
        "aiter",
        Native::O(iteration::aiter),
        "aiter($module, async_iterable, /)\n--\n\n",
    ),
    MethodDef::new("anext", Native::Fast(iteration::anext), ""),
    MethodDef::new(
        "len",
        Native::O(iteration::len),
        "len($module, obj, /)\n--\n\n",
    ),
    MethodDef::new(
        "locals",
        Native::NoArgs(execution::locals),
        "locals($module, /)\n--\n\n",
    ),
    MethodDef::new("max", Native::FastKeywords(iteration::max), ""),
    MethodDef::new("min", Native::FastKeywords(iteration::min), ""),
    MethodDef::new("next", Native::Fast(iteration::next), ""),
    MethodDef::new(
        "oct",
        Native::O(numbers::oct),
        "oct($module, number, /)\n--\n\n",
    ),
    MethodDef::new(
        "ord",
        Native::O(numbers::ord),
        "ord($module, character, /)\n--\n\n",
    ),
    MethodDef::new(
        "pow",
        Native::FastKeywords(numbers::pow),
        "pow($module, /, base, exp, mod=None)\n--\n\n",
    ),
    MethodDef::new(
        "print",
        Native::FastKeywords(output::print),
        "print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)\n--\n\n",
    ),
    MethodDef::new(
        "repr",
        Native::O(output::repr),
        "repr($module, obj, /)\n--\n\n",
    ),
    MethodDef::new(
        "round",
        Native::FastKeywords(numbers::round),
        "round($module, /, number, ndigits=None)\n--\n\n",
    ),
    MethodDef::new(
        "setattr",
        Native::Fast(attributes::setattr),
        "setattr($module, obj, name, value, /)\n--\n\n",
    ),
    MethodDef::new(
        "sorted",
        Native::FastKeywords(iteration::sorted),
        "sorted($module, iterable, /, *, key=None, reverse=False)\n--\n\n",
    ),
    MethodDef::new(
        "sum",
        Native::FastKeywords(iteration::sum),
        "sum($module, iterable, /, start=0)\n--\n\n",
    ),
    MethodDef::new("vars", Native::VarArgs(attributes::vars), ""),
    MethodDef::new("open", Native::FastKeywords(execution::open), ""),
];

/// The types that are built-in names.
fn named_types() -> Vec<&'static Type> {
    vec![
        &types::bool::BOOL,
        &types::memoryview::MEMORYVIEW,
        &types::bytearray::BYTEARRAY,
        &types::bytes::BYTES,
        &types::staticmethod_classmethod::CLASSMETHOD,
        &types::complex::COMPLEX,
        &types::dict::DICT,
        &types::enumerate::ENUMERATE,
        &types::zip_map_filter::FILTER,
        &types::float::FLOAT,
        &types::set::FROZENSET,
        &types::descriptors::property::PROPERTY,
        &types::int::INT,
        &types::list::LIST,
        &types::zip_map_filter::MAP,
        &types::object::OBJECT,
        &types::range::RANGE,
        &types::enumerate::REVERSED,
        &types::set::SET,
        &types::slice::SLICE,
        &types::staticmethod_classmethod::STATICMETHOD,
        &types::str::STR,
        &types::super_object::SUPER,
        &types::tuple::TUPLE,
        &types::r#type::TYPE,
        &types::zip_map_filter::ZIP,
    ]
}

fn exception_types() -> Vec<&'static Type> {
    let mut found = Vec::new();
    exceptions::each_type(&mut |ty| found.push(ty));
    found.push(exceptions::exception_group());
    found
}

fn exec(this: &Object) -> PyResult<()> {
    let namespace = module::namespace(this);
    for (name, value) in [
        ("None", none::none()),
        ("Ellipsis", &none::ELLIPSIS),
        ("NotImplemented", &none::NOT_IMPLEMENTED),
        ("False", &bool::FALSE.object),
        ("True", &bool::TRUE.object),
    ] {
        dict::set_str(namespace, name, value);
    }
    for ty in named_types().into_iter().chain(exception_types()) {
        dict::set_str(namespace, ty.name(), ty.as_object());
    }
    dict::set_str(
        namespace,
        "EnvironmentError",
        exceptions::OS_ERROR.as_object(),
    );
    dict::set_str(namespace, "IOError", exceptions::OS_ERROR.as_object());
    let debug = terrarium_runtime::config::get().optimize == 0;
    dict::set_str(namespace, "__debug__", bool::from_bool(debug));
    if !terrarium_runtime::config::get().no_site {
        crate::sitebuiltins::add(namespace)?;
    }
    Ok(())
}
