//! Expected results, made by a real CPython 3.14 and by nothing else.

use std::path::Path;
use std::process::{Command, ExitCode};

/// The scripts that write goldens, from the root of the workspace.
const SCRIPTS: &[&str] = &[
    "tests/dis/goldens.py",
    "tests/hostile/goldens.py",
    "tests/library/goldens.py",
    "tests/marshal/goldens.py",
    "tests/mutants/goldens.py",
    "tests/programs/goldens.py",
    "tests/refcounts/goldens.py",
    "tests/stages/goldens.py",
    "xtask/scripts/tree.py",
    "xtask/scripts/errors.py",
];

/// Runs every script with `python`.
pub fn run(python: &str) -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let version = Command::new(python)
        .args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
        .output();
    match version {
        Ok(out) if out.stdout.starts_with(b"3.14") => {}
        _ => {
            eprintln!("xtask goldens: '{python}' is not a CPython 3.14");
            return ExitCode::from(2);
        }
    }
    for script in SCRIPTS {
        println!("{script}");
        let done = Command::new(python)
            .arg(root.join(script))
            .current_dir(root)
            .env("PYTHONHASHSEED", "0")
            .status();
        if !done.is_ok_and(|status| status.success()) {
            eprintln!("xtask goldens: {script} failed");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
