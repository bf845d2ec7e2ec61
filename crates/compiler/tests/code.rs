//! Compilation against CPython: each `tests/code/NAME.py` must give `NAME.txt`, which `make.py` there makes with CPython. Lines "# ----"
//! divide a file into cases; the first line of a case may be "# with: " and the mode, the optimisation level and compile flags.

use std::fmt::Write as _;
use std::path::Path;

use terrarium_compiler::compile::Settings;
use terrarium_compiler::parse::Mode;

#[path = "code/text.rs"]
mod text;

const DIVIDER: &str = "# ----\n";

fn settings(case: &str) -> Settings {
    let line = case.lines().next().unwrap_or_default();
    let mut words = line.strip_prefix("# with: ").unwrap_or_default().split(' ');
    Settings {
        mode: match words.next() {
            Some("eval") => Mode::Eval,
            Some("single") => Mode::Single,
            _ => Mode::Exec,
        },
        optimize: words
            .next()
            .map_or(0, |word| word.parse().expect("a level")),
        flags: words.next().map_or(0, |word| word.parse().expect("flags")),
    }
}

/// FNV-1a of 64 bits: enough to see that the marshalled code is the same.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

fn outcome(case: &str, filename: &str) -> String {
    let (mut out, marshalled) = text::outcome(case.as_bytes(), filename, settings(case));
    if let Some(bytes) = marshalled {
        let _ = writeln!(out, "marshal {} {:016x}", bytes.len(), digest(&bytes));
    }
    out
}

fn check(case: &str, filename: &str, expected: &str, failures: &mut String) {
    let found = outcome(case, filename);
    if found == expected {
        return;
    }
    let (mut ours, mut theirs) = (found.lines(), expected.lines());
    let differing = loop {
        match (ours.next(), theirs.next()) {
            (Some(ours), Some(theirs)) if ours == theirs => {}
            (ours, theirs) => break (ours.unwrap_or("(end)"), theirs.unwrap_or("(end)")),
        }
    };
    let _ = writeln!(
        failures,
        "{filename}: {case}\n  found   {}\n  CPython {}\n",
        differing.0, differing.1
    );
}

#[test]
fn code_is_cpythons() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code");
    let mut failures = String::new();
    let mut count = 0;
    for file in std::fs::read_dir(&folder).expect("the folder of cases") {
        let path = file.expect("an entry of the folder").path();
        let expected = path.with_extension("txt");
        if path.extension().is_none_or(|extension| extension != "py") || !expected.exists() {
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("cases");
        let expected = std::fs::read_to_string(&expected).expect("expected code");
        let filename = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let (cases, results): (Vec<_>, Vec<_>) = (
            source.split(DIVIDER).collect(),
            expected.split(DIVIDER).collect(),
        );
        assert_eq!(cases.len(), results.len(), "{filename}: run make.py");
        for (case, result) in cases.iter().zip(results) {
            check(case, &filename, result, &mut failures);
            count += 1;
        }
    }
    assert!(count > 0, "no cases");
    assert!(failures.is_empty(), "{failures}");
}
