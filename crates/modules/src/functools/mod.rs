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
    doc: "Tools that operate on functions.",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 2] = [
    MethodDef::new(
        "reduce",
        Native::FastKeywords(reduce::reduce),
        "reduce($module, function, iterable, /, initial=<unrepresentable>)\n--\n\nApply a function of two arguments cumulatively to the items of an iterable, from left to right.\n\nThis effectively reduces the iterable to a single value.  If initial is\npresent, it is placed before the items of the iterable in the\ncalculation, and serves as a default when the iterable is empty.\n\nFor example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])\ncalculates ((((1 + 2) + 3) + 4) + 5).",
    ),
    MethodDef::new(
        "cmp_to_key",
        Native::FastKeywords(cmp_to_key::cmp_to_key),
        "cmp_to_key($module, /, mycmp)\n--\n\nConvert a cmp= function into a key= function.\n\n  mycmp\n    Function that compares two objects.",
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
