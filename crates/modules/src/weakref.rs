//! `_weakref` (Modules/_weakref.c).

use terrarium_objects::args;
use terrarium_objects::types::weakref::{self, proxy};
use terrarium_objects::types::{dict, int, list, module};
use terrarium_objects::{MethodDef, Native, Object, PyResult, Word, error, none_owned};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_weakref",
    doc: "",
    methods: METHODS,
    exec,
};

const METHODS: &[MethodDef] = &[
    MethodDef::new(
        "getweakrefcount",
        Native::O(count),
        "getweakrefcount($module, object, /)\n--\n\n",
    ),
    MethodDef::new(
        "_remove_dead_weakref",
        Native::Fast(remove_dead),
        "_remove_dead_weakref($module, dct, key, /)\n--\n\n",
    ),
    MethodDef::new(
        "getweakrefs",
        Native::O(references),
        "getweakrefs($module, object, /)\n--\n\n",
    ),
    MethodDef::new(
        "proxy",
        Native::Fast(new_proxy),
        "proxy($module, object, callback=None, /)\n--\n\n",
    ),
];

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    for (name, ty) in [
        ("ref", &weakref::REF),
        ("ReferenceType", &weakref::REF),
        ("ProxyType", &proxy::PROXY),
        ("CallableProxyType", &proxy::CALLABLE_PROXY),
    ] {
        dict::set_str(space, name, ty.as_object());
    }
    Ok(())
}

fn count(_: &Object, object: &Object) -> PyResult {
    Ok(int::from_usize(weakref::count(object)))
}

fn references(_: &Object, object: &Object) -> PyResult {
    let result = list::new();
    for reference in weakref::references(object) {
        list::append(&result, reference.as_object());
    }
    Ok(result)
}

fn new_proxy(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("proxy", args.len(), 1, 2)?;
    proxy::new(args[0].object(), args.get(1).map(|c| c.object()))
}

/// Takes a dead reference out of a dict; a live one stays, a missing key is no error.
fn remove_dead(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("_remove_dead_weakref", args.len(), 2, 2)?;
    let (space, key) = (args[0].object(), args[1].object());
    if space.downcast::<dict::Dict>().is_none() {
        return Err(error::type_error(format!(
            "_remove_dead_weakref() argument 1 must be dict, not {:.50}",
            space.ty().full_name()
        )));
    }
    let Some(reference) = dict::get(space, key)? else {
        return Ok(none_owned());
    };
    if !weakref::is_weakref(&reference) {
        return Err(error::type_error("not a weakref"));
    }
    if weakref::is_dead(&reference) {
        drop(reference);
        dict::remove(space, key)?;
    }
    Ok(none_owned())
}
