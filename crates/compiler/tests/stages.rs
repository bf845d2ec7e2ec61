//! Passes as text: `tests/stages/NAME.py` must give NAME.tokens, NAME.ast, NAME.scopes, NAME.instructions and NAME.graph, which `goldens.py`
//! there makes with CPython. CPython knows nothing of what follows a `#` in the last two, and shows the graph of the module's unit alone.

use std::fs;
use std::path::Path;

use terrarium_compiler::compile::Settings;
use terrarium_compiler::parse::Mode;
use terrarium_compiler::{dump, stages};

const SETTINGS: Settings = Settings {
    mode: Mode::Exec,
    flags: 0,
    optimize: 0,
};

/// The text of a stage, and what of it CPython can know.
fn shown(stage: &str, source: &[u8], name: &str) -> String {
    let options = dump::Options {
        attributes: false,
        indent: Some(3),
    };
    let text = match stage {
        "tokens" => stages::tokens(source, name),
        "ast" => stages::tree(source, name, SETTINGS, false, options),
        "scopes" => stages::scopes(source, name, SETTINGS),
        "instructions" => stages::instructions(source, name, SETTINGS),
        _ => stages::graph(source, name, SETTINGS),
    };
    text.unwrap_or_else(|error| panic!("{name}: {error}")).0
}

/// Units without comments.
fn units(text: &str) -> Vec<(bool, Vec<&str>)> {
    let mut units: Vec<(bool, Vec<&str>)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (fact, comment) = line.split_once("  # ").unwrap_or((line, ""));
        match fact {
            "unit" => units.push((comment.contains("__annotate__"), Vec::new())),
            _ => units.last_mut().expect("a unit").1.push(fact),
        }
    }
    units
}

/// CPython keeps the units of some `__annotate__` apart.
fn check_units(found: &str, expected: &str, stage: &str) {
    let found = units(found);
    let mut found = found.iter();
    for (number, (_, expected)) in units(expected).iter().enumerate() {
        let unit = found.find(|(annotate, unit)| !annotate || unit == expected);
        let unit = &unit
            .unwrap_or_else(|| panic!("{stage}: no unit {number}"))
            .1;
        assert_eq!(unit, expected, "{stage}: unit {number}");
    }
    let left = found.find(|(annotate, _)| !annotate);
    assert!(
        left.is_none() || stage.ends_with("graph"),
        "{stage}: {left:?}"
    );
}

#[test]
fn stages_are_cpythons() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/stages");
    for name in ["tokens.py", "units.py"] {
        let path = folder.join(name);
        let source = fs::read(&path).expect("a case");
        for stage in ["tokens", "ast", "scopes", "instructions", "graph"] {
            let expected = fs::read_to_string(path.with_extension(stage)).expect("a golden");
            let found = shown(stage, &source, name);
            if matches!(stage, "instructions" | "graph") {
                check_units(&found, &expected, &format!("{name} {stage}"));
            } else {
                let differing = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
                assert_eq!(differing, None, "{name} {stage}");
                assert_eq!(found.lines().count(), expected.lines().count());
            }
        }
    }
}
