//! The trees of `tests/tree/*.py` and their warnings against what CPython shows (`xtask/scripts/tree.py` makes the `.txt` files).

use std::fmt::Write;
use std::fs;
use std::path::Path;

use terrarium_compiler::arena::Arena;
use terrarium_compiler::dump::{Options, dump};
use terrarium_compiler::parse::{Mode, Parsed, parse_only, parse_source};
use terrarium_compiler::source::Source;

fn section(title: &str, parsed: &Parsed) -> String {
    let options = Options {
        attributes: true,
        indent: None,
    };
    let mut out = format!("# {title}\n{}\n", dump(&parsed.module, options));
    for warning in &parsed.warnings {
        let _ = writeln!(
            out,
            "{}: {}: {}",
            warning.loc.line,
            warning.category.name(),
            warning.message
        );
    }
    out
}

/// Compares line by line, and shows the surroundings of the first difference.
fn check(path: &Path) {
    let name = path.display().to_string();
    let bytes = fs::read(path).unwrap();
    let source = Source::from_bytes(&bytes, &name).unwrap_or_else(|e| panic!("{name}: {e}"));
    let arena = Arena::new();
    let parsed = parse_only(&source, Mode::Exec, &arena).unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut found = section("parsed", &parsed);
    for level in [1, 2] {
        let parsed = parse_source(&source, Mode::Exec, level, &arena)
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        found += &section(&format!("optimize={level}"), &parsed);
    }
    let expected = fs::read_to_string(path.with_extension("txt")).unwrap();
    for (found, expected) in found.lines().zip(expected.lines()) {
        let at = found
            .bytes()
            .zip(expected.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        let near = |text: &str| {
            String::from_utf8_lossy(
                &text.as_bytes()[at.saturating_sub(150)..text.len().min(at + 100)],
            )
            .into_owned()
        };
        assert!(
            found == expected,
            "{name}:\nfound    {}\nexpected {}",
            near(found),
            near(expected)
        );
    }
    assert_eq!(
        found.lines().count(),
        expected.lines().count(),
        "{name}: number of lines"
    );
}

#[test]
fn trees_are_cpythons() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tree");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "py"));
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().for_each(|path| check(path));
}
