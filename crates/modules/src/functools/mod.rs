//! `_functools` (Modules/_functoolsmodule.c): `partial`, `reduce`, `cmp_to_key`, the wrapper of `lru_cache`.

mod cmp_to_key;
mod lru_cache;
mod lru_key;
mod lru_list;
mod partial;
mod partial_state;
mod reduce;

use terrarium_objects::types::{dict, module};
use terrarium_objects::{MethodDef, Native, Object, PyResult};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::add_types;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_functools",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 2] = [
    MethodDef::new(
        "reduce",
        Native::FastKeywords(reduce::reduce),
        "reduce($module, function, iterable, /, initial=<unrepresentable>)\n--\n\n",
    ),
    MethodDef::new(
        "cmp_to_key",
        Native::FastKeywords(cmp_to_key::cmp_to_key),
        "cmp_to_key($module, /, mycmp)\n--\n\n",
    ),
];

fn exec(made: &Object) -> PyResult<()> {
    terrarium_objects::typeobject_ready::ready_static(&cmp_to_key::KEY_WRAPPER);
    terrarium_objects::typeobject_ready::ready_static(&lru_list::LINK);
    add_types(
        made,
        &[
            &partial::PARTIAL,
            &partial_state::PLACEHOLDER_TYPE,
            &lru_cache::LRU_CACHE,
        ],
    );
    dict::set_str(
        module::namespace(made),
        "Placeholder",
        partial_state::placeholder(),
    );
    lru_key::make_mark()
}
