//! `_json` (Modules/_json.c): what `json` asks for speed.

mod encoder;
mod scanner;
mod text;

use terrarium_objects::{MethodDef, Native, Object, PyResult};
use terrarium_runtime::native_module::ModuleDef;

use crate::body::add_types;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_json",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 3] = [
    MethodDef::new(
        "encode_basestring_ascii",
        Native::O(text::encode_ascii),
        "encode_basestring_ascii($module, pystr, /)\n--\n\n",
    ),
    MethodDef::new(
        "encode_basestring",
        Native::O(text::encode),
        "encode_basestring($module, pystr, /)\n--\n\n",
    ),
    MethodDef::new(
        "scanstring",
        Native::Fast(text::scan),
        "scanstring($module, pystr, end, strict=True, /)\n--\n\n",
    ),
];

fn exec(made: &Object) -> PyResult<()> {
    add_types(made, &[&scanner::SCANNER, &encoder::ENCODER]);
    let space = terrarium_objects::types::module::namespace(made);
    for (name, public) in [("Scanner", "make_scanner"), ("Encoder", "make_encoder")] {
        if let Some(class) = terrarium_objects::types::dict::get_str(space, name) {
            terrarium_objects::types::dict::set_str(space, public, &class);
            terrarium_objects::types::dict::remove_str(space, name)?;
        }
    }
    Ok(())
}
