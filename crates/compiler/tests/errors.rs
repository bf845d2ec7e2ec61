//! What is said of the sources in `tests/errors/*.cases` against what CPython says (`xtask/scripts/errors.py` makes the `.txt` files).

use std::fs;
use std::path::Path;

use terrarium_bytecode::repr;
use terrarium_compiler::error::Error;
use terrarium_compiler::parse::{Mode, parse_only};
use terrarium_compiler::source::Source;

fn judgement(error: &Error) -> String {
    let mut out = format!(
        "{} {}",
        error.class.name(),
        repr::str(error.message.as_bytes())
    );
    if let Some(place) = error.place {
        out += &format!(
            " {}:{}-{}:{}",
            place.line, place.offset, place.end_line, place.end_offset
        );
        out += " ";
        out += &error
            .text
            .as_ref()
            .map_or("None".to_owned(), |text| repr::str(text.as_bytes()));
    }
    out
}

/// Compares case by case.
fn check(name: &str, mode: Mode) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/errors");
    let cases = fs::read_to_string(folder.join(format!("{name}.cases"))).unwrap();
    let expected = fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
    assert_eq!(cases.split("\n=====\n").count(), expected.lines().count());
    for (case, expected) in cases.split("\n=====\n").zip(expected.lines()) {
        let parsed = Source::from_text(case, "<s>").and_then(|source| parse_only(&source, mode));
        let found = parsed.map_or_else(|error| judgement(&error), |_| "valid".to_owned());
        assert_eq!(found, expected, "{name}: {case:?}");
    }
}

#[test]
fn modules() {
    check("exec", Mode::Exec);
}

#[test]
fn valid_modules() {
    check("valid", Mode::Exec);
}

#[test]
fn expressions() {
    check("eval", Mode::Eval);
}

#[test]
fn interactive_input() {
    check("single", Mode::Single);
}
