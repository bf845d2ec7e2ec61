//! `terrarium`: what the commands tell, from inside a program.

use terrarium_ledger::{audit, holders};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, int, list, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, PyResult, Word, error, names, none, none_owned, ops,
};
use terrarium_report::paint::Paint;
use terrarium_runtime::native_module::{self, ModuleDef};

pub static MODULE: ModuleDef = ModuleDef {
    name: "terrarium",
    doc: "Who holds each reference, and whether every count is explained.",
    methods: &METHODS,
    exec: native_module::nothing,
};

static METHODS: [MethodDef; 3] = [
    MethodDef::new(
        "why",
        Native::O(why),
        "why($module, obj, /)\n--\n\nPrints the object's count and its holders, which add up to it.",
    ),
    MethodDef::new(
        "holders",
        Native::O(all_holders),
        "holders($module, obj, /)\n--\n\nA list of (name, place, count); count 0 is a borrowed reference.",
    ),
    MethodDef::new(
        "audit",
        Native::NoArgs(run_audit),
        "audit($module, /)\n--\n\nA list of dicts, one for each object whose count its holders do not explain.",
    ),
];

fn why(_: &Object, object: &Object) -> PyResult {
    let found = holders::of(object, 0);
    let text = terrarium_report::holders::text("object", None, &found, Paint { colour: false });
    let Some(stdout) = crate::sys::get("stdout").filter(|f| !f.is(none())) else {
        return Err(error::runtime_error("lost sys.stdout"));
    };
    let text = Str::new(&text);
    ops::call::call_method(&stdout, &names().write, &[Word::borrowed(&text)])?;
    Ok(none_owned())
}

fn all_holders(_: &Object, object: &Object) -> PyResult {
    let found = holders::of(object, 0);
    let rows = found.holders.iter().map(|h| {
        tuple::from_owned(vec![
            Str::new(&h.name),
            Str::new(&h.place),
            int::from_usize(h.count),
        ])
    });
    Ok(list::from_owned(rows.collect()))
}

fn run_audit(_: &Object) -> PyResult {
    let found = audit::run(&[]);
    let rows = found.differences.iter().map(|d| {
        let row = dict::new();
        dict::set_str(&row, "type", &Str::new(&d.type_name));
        dict::set_str(&row, "what", &Str::new(&d.what));
        dict::set_str(&row, "address", &int::from_usize(d.address));
        dict::set_str(&row, "count", &int::from_usize(d.count));
        dict::set_str(&row, "holders", &int::from_usize(d.held));
        row
    });
    Ok(list::from_owned(rows.collect()))
}
