//! Annotations kept as text: each line of `tests/unparse/NAME.txt` must give that line of `NAME.expected`, made by `make.py` with CPython.

use std::fmt::Write;
use std::path::Path;

use terrarium_compiler::arena::Arena;
use terrarium_compiler::error::Error;
use terrarium_compiler::parse::{Mode, parse_only};
use terrarium_compiler::source::Source;
use terrarium_compiler::tree::{Module, StmtKind};
use terrarium_compiler::unparse::unparse;

/// The text of the annotation in `def f(x: ...): pass`.
fn annotation_of(source: &str) -> Result<String, Error> {
    let arena = Arena::new();
    let parsed = parse_only(&Source::from_text(source, "case")?, Mode::Exec, &arena)?;
    let Module::Module { body } = &parsed.module else {
        panic!("no module")
    };
    let StmtKind::FunctionDef(function) = &body[0].kind else {
        panic!("no function: {source}")
    };
    let arg = function
        .args
        .args
        .first()
        .or(function.args.vararg)
        .expect("a parameter");
    unparse(arg.annotation.expect("an annotation"))
}

fn check(expression: &str, expected: &str, failures: &mut String) {
    let found = annotation_of(&format!("def f(x: ({expression})): pass\n"))
        .or_else(|_| annotation_of(&format!("def f(*x: {expression}): pass\n")))
        .unwrap_or_else(|error| error.to_string());
    if found != expected {
        let _ = writeln!(
            failures,
            "{expression}\n  found:   {found}\n  CPython: {expected}"
        );
    }
}

#[test]
fn annotations_are_cpythons() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/unparse");
    let mut failures = String::new();
    let mut cases = 0;
    for file in std::fs::read_dir(&folder).expect("the folder of cases") {
        let path = file.expect("an entry of the folder").path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let expressions = std::fs::read_to_string(&path).expect("the cases");
        let expected =
            std::fs::read_to_string(path.with_extension("expected")).expect("their expected texts");
        assert_eq!(
            expressions.lines().count(),
            expected.lines().count(),
            "{}",
            path.display()
        );
        for (expression, expected) in expressions.lines().zip(expected.lines()) {
            check(expression, expected, &mut failures);
            cases += 1;
        }
    }
    assert!(cases > 200, "only {cases} cases found");
    assert!(failures.is_empty(), "\n{failures}");
}
