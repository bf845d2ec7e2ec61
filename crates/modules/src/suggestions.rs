//! `_suggestions` (Modules/_suggestions.c): the name most like a wrong one.

use terrarium_objects::types::list::{self, List};
use terrarium_objects::types::str::Str;
use terrarium_objects::{
    MethodDef, Native, Object, PyResult, Word, args, error, none_owned, suggest,
};
use terrarium_runtime::native_module::{self, ModuleDef};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_suggestions",
    doc: "",
    methods: &METHODS,
    exec: native_module::nothing,
};

static METHODS: [MethodDef; 1] = [MethodDef::new(
    "_generate_suggestions",
    Native::Fast(generate),
    "_generate_suggestions($module, candidates, item, /)\n--\n\n",
)];

fn generate(_: &Object, given: &[Word]) -> PyResult {
    args::check_positional("_generate_suggestions", given.len(), 2, 2)?;
    let (candidates, item) = (given[0].object(), given[1].object());
    if candidates.downcast::<List>().is_none() {
        return Err(error::type_error("candidates must be a list"));
    }
    let mut names = Vec::new();
    for candidate in list::methods::to_vec(candidates) {
        let Some(name) = candidate.downcast::<Str>() else {
            return Err(error::type_error(
                "all elements in 'candidates' must be strings",
            ));
        };
        names.push(name.lossy().into_owned());
    }
    let Some(item) = item.downcast::<Str>() else {
        return Ok(none_owned());
    };
    let near = suggest::closest(&item.lossy(), names.iter().map(String::as_str));
    Ok(near.map_or_else(none_owned, Str::new))
}
