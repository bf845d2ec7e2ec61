//! What is said of the sources in `tests/errors/*.cases` against what CPython says (`xtask/scripts/errors.py` makes the `.txt` files).
//! `known.txt` there names, by file and number from 1, the sources known to differ: one that agrees may not stay there.

use std::fs;
use std::path::Path;

use terrarium_bytecode::repr;
use terrarium_compiler::arena::Arena;
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
    let known = fs::read_to_string(folder.join("known.txt")).unwrap();
    for (index, (case, expected)) in cases.split("\n=====\n").zip(expected.lines()).enumerate() {
        let number = format!("{name} {} ", index + 1);
        let is_known = known.lines().any(|line| line.starts_with(&number));
        let parsed = Source::from_text(case, "<s>")
            .and_then(|source| parse_only(&source, mode, &Arena::new()).map(drop));
        let found = parsed.map_or_else(|error| judgement(&error), |_| "valid".to_owned());
        if is_known {
            assert_ne!(found, expected, "{number}is in known.txt: {case:?}");
        } else {
            assert_eq!(found, expected, "{number}{case:?}");
        }
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
fn sequences_of_tokens() {
    check("sequences", Mode::Exec);
}

#[test]
fn expressions() {
    check("eval", Mode::Eval);
}

#[test]
fn interactive_input() {
    check("single", Mode::Single);
}
