//! Every static type of the crate is made ready at start-up.

use std::collections::BTreeSet;
use std::path::Path;

fn declared(folder: &Path, out: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            declared(&path, out);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (at, _) in text.match_indices("Type::builtin(") {
            let rest = text[at + 14..].trim_start();
            if let Some(rest) = rest.strip_prefix('"') {
                out.insert(rest[..rest.find('"').unwrap()].to_string());
            }
        }
    }
}

#[test]
fn every_static_type_is_ready() {
    terrarium_objects::init();
    let mut names = BTreeSet::new();
    declared(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut names,
    );
    names.remove("");
    let mut ready = BTreeSet::new();
    terrarium_objects::typeobject_ready::each_static_type(&mut |ty| {
        ready.insert(ty.full_name().to_string());
    });
    let forgotten: Vec<_> = names.difference(&ready).collect();
    assert!(forgotten.is_empty(), "not in init.rs: {forgotten:?}");
}
