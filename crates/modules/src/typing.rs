//! `_typing` (Modules/_typingmodule.c): names for what the object core has.

use terrarium_objects::types::typing::{generic, param_spec, type_alias, type_var, type_var_tuple};
use terrarium_objects::types::{dict, module, union};
use terrarium_objects::{MethodDef, Native, Object, Owned, PyResult};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_typing",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 1] = [MethodDef::new(
    "_idfunc",
    Native::O(|_, object| Ok(Owned::new(object))),
    "_idfunc($module, x, /)\n--\n\n",
)];

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    for (name, ty) in [
        ("TypeVar", &type_var::TYPE_VAR),
        ("TypeVarTuple", &type_var_tuple::TYPE_VAR_TUPLE),
        ("ParamSpec", &param_spec::PARAM_SPEC),
        ("ParamSpecArgs", &param_spec::PARAM_SPEC_ARGS),
        ("ParamSpecKwargs", &param_spec::PARAM_SPEC_KWARGS),
        ("Generic", &generic::GENERIC),
        ("TypeAliasType", &type_alias::TYPE_ALIAS),
        ("Union", &union::UNION),
    ] {
        dict::set_str(space, name, ty.as_object());
    }
    dict::set_str(space, "NoDefault", &generic::NO_DEFAULT);
    Ok(())
}
