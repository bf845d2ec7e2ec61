//! Reference counts: at each call, line and return a program's variables have CPython's counts.

use std::path::Path;

use crate::harness::{compare, crash, folder, plain, run_all, terrarium, without_audit};

#[test]
fn refcounts() {
    run_all(&folder("refcounts"), "py", check);
}

/// Compares the rows that `rows.py` gives for one program, and its own output; then audits both runs.
fn check(program: &Path) -> Vec<String> {
    let folder = program.parent().expect("a program in a folder");
    let name = program.file_name().expect("a program's name");
    let golden = |extension| std::fs::read_to_string(program.with_extension(extension));
    let mut complaints = Vec::new();
    let traced = terrarium(folder, &["--audit".as_ref(), "rows.py".as_ref(), name]);
    let (rows, clean) = without_audit(&plain(&traced.stderr, folder));
    match golden("rows") {
        Ok(wanted) => compare("rows", &wanted, &rows, &mut complaints),
        Err(_) => complaints.push("no golden .rows".to_owned()),
    }
    let alone = terrarium(folder, &["--audit".as_ref(), name]);
    crash(&traced, &mut complaints);
    crash(&alone, &mut complaints);
    for done in [&traced, &alone] {
        let wanted = golden("out").unwrap_or_default();
        compare(
            "stdout",
            &wanted,
            &plain(&done.stdout, folder),
            &mut complaints,
        );
    }
    let (_, alone_clean) = without_audit(&String::from_utf8_lossy(&alone.stderr));
    if !(clean && alone_clean) {
        complaints.push("the audit is not clean".to_owned());
    }
    complaints
}
