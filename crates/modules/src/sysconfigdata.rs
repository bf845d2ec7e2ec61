//! `_sysconfigdata__linux_`: how this interpreter was built, as far as `sysconfig` asks. There is no C compiler and no makefile behind it.

use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, int, module};
use terrarium_objects::{Object, PyResult};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_sysconfigdata__linux_",
    doc: "",
    methods: &[],
    exec,
};

const TEXTS: [(&str, &str); 12] = [
    ("prefix", "/usr"),
    ("exec_prefix", "/usr"),
    ("BINDIR", "/usr/bin"),
    ("LIBDIR", "/usr/lib"),
    ("EXT_SUFFIX", ".cpython-314-x86_64-linux-gnu.so"),
    ("SOABI", "cpython-314-x86_64-linux-gnu"),
    ("VERSION", "3.14"),
    ("LDVERSION", "3.14"),
    ("EXE", ""),
    ("PLATLIBDIR", "lib"),
    ("CONFIG_ARGS", ""),
    (
        "TZPATH",
        "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
    ),
];

const NUMBERS: [(&str, i64); 5] = [
    ("Py_DEBUG", 0),
    ("Py_GIL_DISABLED", 0),
    ("Py_ENABLE_SHARED", 0),
    ("WITH_DOC_STRINGS", 0),
    ("SIZEOF_VOID_P", 8),
];

fn exec(made: &Object) -> PyResult<()> {
    let all = dict::new();
    for (name, value) in TEXTS {
        dict::set_str(&all, name, &Str::new(value));
    }
    for (name, value) in NUMBERS {
        dict::set_str(&all, name, &int::from_i64(value));
    }
    dict::set_str(module::namespace(made), "build_time_vars", &all);
    Ok(())
}
