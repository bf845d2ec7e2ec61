//! Programs: standard output, standard error and exit status are CPython's, and the audit is clean.

use std::path::Path;

use crate::harness::{compare, crash, folder, plain, run_all, terrarium, without_audit};

#[test]
fn programs() {
    run_all(&folder("programs"), "py", check);
}

/// Compares one program with its `.out`, `.err` (none: empty) and `.status` (none: 0).
fn check(program: &Path) -> Vec<String> {
    let folder = program.parent().expect("a program in a folder");
    let name = program.file_name().expect("a program's name");
    // As for the goldens: what a program imports from here is not cached.
    let done = terrarium(folder, &["--audit".as_ref(), "-B".as_ref(), name]);
    let golden = |extension: &str| std::fs::read_to_string(program.with_extension(extension)).ok();
    let mut complaints = Vec::new();
    crash(&done, &mut complaints);
    match golden("out") {
        Some(wanted) => compare(
            "stdout",
            &wanted,
            &plain(&done.stdout, folder),
            &mut complaints,
        ),
        None => complaints.push("no golden .out".to_owned()),
    }
    let (stderr, clean) = without_audit(&plain(&done.stderr, folder));
    compare(
        "stderr",
        &golden("err").unwrap_or_default(),
        &stderr,
        &mut complaints,
    );
    let status = golden("status").map_or(Some(0), |text| text.trim().parse().ok());
    if done.status.code() != status {
        complaints.push(format!("status: wanted {status:?}, given {}", done.status));
    }
    if !clean {
        complaints.push("the audit is not clean".to_owned());
    }
    complaints
}
