//! Scopes against CPython's `_symtable`: each `tests/scopes/NAME.py` must give `NAME.txt`, which `make.py` there makes with CPython.

use std::fmt::Write;
use std::path::Path;

use terrarium_compiler::arena::Arena;
use terrarium_compiler::error::{Error, Place};
use terrarium_compiler::future;
use terrarium_compiler::parse::{Mode, parse_only};
use terrarium_compiler::scopes::{Scopes, dump};
use terrarium_compiler::source::Source;

const DIVIDER: &str = "# ----\n";

fn dump_of(source: &str, filename: &str) -> Result<String, Error> {
    let arena = Arena::new();
    let source = Source::from_bytes(source.as_bytes(), filename)?;
    let mut parsed = parse_only(&source, Mode::Exec, &arena)?;
    let features = future::features(&parsed.module, 0, filename)?;
    let scopes = Scopes::build(&parsed.module, &mut parsed.names, &features, filename)?;
    Ok(dump(&scopes))
}

/// An error in the words of `make.py`.
fn error_line(error: &Error) -> String {
    let class = error.class.name();
    match error.place {
        Some(place) => {
            let Place {
                line,
                offset,
                end_line,
                end_offset,
            } = place;
            format!(
                "{class} {line}:{offset}-{end_line}:{end_offset} {}\n",
                error.message
            )
        }
        None => format!("{class} {}\n", error.message),
    }
}

fn check(source: &str, filename: &str, expected: &str, failures: &mut String) {
    let found = dump_of(source, filename).unwrap_or_else(|error| error_line(&error));
    if found != expected {
        let differs = found
            .lines()
            .zip(expected.lines())
            .position(|(found, expected)| found != expected);
        let at = differs.unwrap_or(found.lines().count().min(expected.lines().count()));
        let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
        let _ = writeln!(
            failures,
            "{filename}: {source:.60?}\n  line {at}: {}\n  CPython: {}",
            line(&found),
            line(expected)
        );
    }
}

#[test]
fn scopes_are_cpythons() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scopes");
    let mut failures = String::new();
    let mut cases = 0;
    for file in std::fs::read_dir(&folder).expect("the folder of cases") {
        let path = file.expect("an entry of the folder").path();
        let expected_path = path.with_extension("txt");
        if path.extension().is_none_or(|extension| extension != "py") || !expected_path.exists() {
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("a case");
        let expected = std::fs::read_to_string(&expected_path).expect("its expected scopes");
        let filename = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        assert_eq!(
            source.split(DIVIDER).count(),
            expected.split(DIVIDER).count(),
            "{filename}"
        );
        for (source, expected) in source.split(DIVIDER).zip(expected.split(DIVIDER)) {
            check(source, &filename, expected, &mut failures);
            cases += 1;
        }
    }
    assert!(cases > 100, "only {cases} cases found");
    assert!(failures.is_empty(), "\n{failures}");
}
