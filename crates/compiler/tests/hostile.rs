//! Deep, long and huge sources: what is said of those in `tests/hostile/cases.txt` against `expected.txt`, which `goldens.py` there makes
//! with CPython. `known.txt` names those known to differ: one that agrees may not stay there.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use terrarium_compiler::compile::{Settings, compile_text};
use terrarium_compiler::parse::Mode;

mod judgement;

use judgement::judge;

/// Far more than the slowest case takes: what grows with the square of its length takes longer.
const LIMIT: Duration = Duration::from_secs(120);

/// The source that a row of pieces stands for.
fn source(row: &str) -> String {
    let mut out = String::new();
    let mut rest = row;
    while let Some(start) = rest.find('\'') {
        rest = &rest[start + 1..];
        let mut piece = String::new();
        let mut characters = rest.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '\'' => {
                    rest = &rest[at + 1..];
                    break;
                }
                '\\' => piece.push(match characters.next() {
                    Some((_, 'n')) => '\n',
                    Some((_, 't')) => '\t',
                    Some((_, '0')) => '\0',
                    Some((_, other)) => other,
                    None => panic!("{row}"),
                }),
                other => piece.push(other),
            }
        }
        let times = rest.strip_prefix('*').map_or("1", |rest| {
            let digits = rest.find(|c: char| !c.is_ascii_digit());
            &rest[..digits.unwrap_or(rest.len())]
        });
        let times: usize = times.parse().expect("a number");
        if piece.contains("%d") {
            (0..times).for_each(|number| out += &piece.replace("%d", &number.to_string()));
        } else {
            out += &piece.repeat(times);
        }
    }
    out
}

/// How much of the stack CPython says it used depends on the machine.
fn without_size(said: String) -> String {
    match said.split_once("(used ") {
        Some((before, rest)) => {
            let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}(used N{rest}")
        }
        None => said,
    }
}

/// What is said of a row, without warnings.
fn check(name: &str, row: &str) -> String {
    let source = source(row);
    let settings = Settings {
        mode: Mode::Exec,
        flags: 0,
        optimize: 0,
    };
    let start = Instant::now();
    let compiled = compile_text(&source, "<s>", settings);
    assert!(start.elapsed() < LIMIT, "{name}: {:?}", start.elapsed());
    without_size(judge(compiled.map(|_| ()), &[]))
}

#[test]
fn hostile_sources() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hostile");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    let (cases, expected, known) = (read("cases.txt"), read("expected.txt"), read("known.txt"));
    let known: HashSet<&str> = known
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(": ").next())
        .collect();
    assert_eq!(cases.lines().count(), expected.lines().count());
    let mut wrong = Vec::new();
    for (case, expected) in cases.lines().zip(expected.lines()) {
        let (name, row) = case.split_once(": ").expect("a name");
        let found = format!("{name}: {}", check(name, row));
        if (found == expected) == known.contains(name) {
            wrong.push(format!("{found}\n    CPython {expected}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
