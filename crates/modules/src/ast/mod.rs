//! `_ast` (Python/Python-ast.c): the classes of syntax trees, and trees as objects for `compile(..., PyCF_ONLY_AST)`.

mod asdl;
mod base;
mod classes;
pub mod convert;
pub mod read;
mod show;

use terrarium_objects::types::{dict, int, module};
use terrarium_objects::{Object, PyResult};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_ast",
    doc: "",
    methods: &[],
    exec,
};

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    crate::body::add_types(made, &[&base::AST]);
    for (name, number) in [
        ("PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000),
        ("PyCF_ONLY_AST", 0x400),
        ("PyCF_TYPE_COMMENTS", 0x1000),
        ("PyCF_OPTIMIZED_AST", 0x8400),
    ] {
        dict::set_str(space, name, &int::from_i64(number));
    }
    let all = classes::all()?;
    dict::update(space, &all)
}
