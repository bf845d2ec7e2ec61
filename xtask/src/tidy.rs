//! The invariants of ARCHITECTURE.md that text can show.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::contracts;

/// What each crate may depend on, by the last part of its name.
const MAY_USE: &[(&str, &[&str])] = &[
    ("bytecode", &[]),
    ("compiler", &["bytecode"]),
    ("objects", &["bytecode"]),
    ("runtime", &["bytecode", "compiler", "objects"]),
    (
        "modules",
        &[
            "bytecode", "compiler", "objects", "runtime", "ledger", "report",
        ],
    ),
    ("ledger", &["bytecode", "objects", "runtime"]),
    ("report", &["objects", "ledger"]),
    (
        "cli",
        &[
            "bytecode", "compiler", "objects", "runtime", "modules", "ledger", "report",
        ],
    ),
];

/// Crates in which `unsafe` is allowed.
const UNSAFE: &[&str] = &["objects", "runtime", "modules", "ledger"];

/// Folders of cases, and the golden that each case has.
const GOLDENS: &[(&str, &str)] = &[
    ("tests/programs", "out"),
    ("tests/refcounts", "out"),
    ("tests/refcounts", "rows"),
    ("tests/dis", "txt"),
    ("tests/tree", "txt"),
];

const LONGEST: usize = 800;

/// Lines of the longest function: one that has an arm for each kind of a tree's nodes. Others have about 80 at most.
const LONGEST_FUNCTION: usize = 120;

/// Prints what is wrong, a line each; fails if anything is.
pub fn run() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_path_buf();
    let mut problems = Vec::new();
    for file in rust_files(&root.join("crates"))
        .into_iter()
        .chain(rust_files(&root.join("xtask")))
    {
        source(&root, &file, &mut problems);
    }
    goldens(&root, &mut problems);
    for (name, allowed) in MAY_USE {
        dependencies(&root, name, allowed, &mut problems);
    }
    for problem in &problems {
        println!("{problem}");
    }
    println!("tidy: {} problems", problems.len());
    if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !path.ends_with("target") {
                found.extend(rust_files(&path));
            }
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Functions that are too long: line, name, number of lines. The text is formatted, so a function ends at a brace as far in as it began.
fn long_functions(text: &str) -> Vec<(usize, &str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let begin = code.split("fn ").next().unwrap_or("");
        let is_head = code.contains("fn ")
            && begin.split_whitespace().all(|word| {
                matches!(word, "const" | "unsafe" | "extern" | "\"C\"") || word.starts_with("pub")
            });
        if !is_head || code.ends_with(';') {
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - code.len()]);
        let length = lines[at..]
            .iter()
            .position(|l| *l == end)
            .map_or(0, |n| n + 1);
        if length > LONGEST_FUNCTION {
            let name = code[begin.len() + 3..].split(['(', '<']).next();
            found.push((at + 1, name.unwrap_or(""), length));
        }
    }
    found
}

fn source(root: &Path, file: &Path, problems: &mut Vec<String>) {
    let text = fs::read_to_string(file).unwrap_or_default();
    let shown = file
        .strip_prefix(root)
        .unwrap_or(file)
        .display()
        .to_string();
    let generated = text
        .lines()
        .next()
        .is_some_and(|l| l.contains("generated") || l.contains("Generated"));
    let lines = text.lines().count();
    if lines > LONGEST && !generated {
        problems.push(format!("{shown}: {lines} lines, more than {LONGEST}"));
    }
    for (number, name, length) in long_functions(&text) {
        problems.push(format!(
            "{shown}:{number}: {name} has {length} lines, more than {LONGEST_FUNCTION}"
        ));
    }
    if !text.trim_start().starts_with("//!") {
        problems.push(format!("{shown}: no module text (//!) at the top"));
    }
    let may_be_unsafe = UNSAFE
        .iter()
        .any(|c| shown.starts_with(&format!("crates/{c}/")));
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        for word in ["todo!(", "unimplemented!(", "dbg!("] {
            if code.contains(word) && !shown.starts_with("xtask/") {
                problems.push(format!("{shown}:{}: {word}", number + 1));
            }
        }
        let is_unsafe =
            code.contains("unsafe {") || code.contains("unsafe fn") || code.contains("unsafe impl");
        if is_unsafe && !may_be_unsafe && !shown.starts_with("xtask/") {
            problems.push(format!(
                "{shown}:{}: unsafe outside the crates that may have it",
                number + 1
            ));
        }
    }
    if may_be_unsafe {
        for line in contracts::missing(&text) {
            problems.push(format!("{shown}:{line}: unsafe without its contract"));
        }
    }
}

/// Every case has what CPython gave for it.
fn goldens(root: &Path, problems: &mut Vec<String>) {
    for (folder, golden) in GOLDENS {
        for entry in fs::read_dir(root.join(folder))
            .into_iter()
            .flatten()
            .flatten()
        {
            let case = entry.path();
            let is_tool = ["goldens.py", "rows.py"].iter().any(|n| case.ends_with(n));
            let is_case = case.extension().is_some_and(|e| e == "py") && !is_tool;
            if is_case && !case.with_extension(golden).exists() {
                let name = entry.file_name();
                problems.push(format!("{folder}/{}: no golden .{golden}", name.display()));
            }
        }
    }
}

fn dependencies(root: &Path, name: &str, allowed: &[&str], problems: &mut Vec<String>) {
    let manifest = root.join("crates").join(name).join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap_or_default();
    let mut in_dependencies = false;
    for line in text.lines() {
        if line.starts_with('[') {
            in_dependencies = line.trim() == "[dependencies]";
        }
        let Some(other) = line.strip_prefix("terrarium-").filter(|_| in_dependencies) else {
            continue;
        };
        let other: String = other
            .chars()
            .take_while(|c| c.is_ascii_lowercase())
            .collect();
        if !allowed.contains(&other.as_str()) {
            problems.push(format!(
                "crates/{name}/Cargo.toml: may not depend on terrarium-{other}"
            ));
        }
    }
}
