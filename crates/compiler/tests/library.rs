//! The standard library against CPython: each file that the rustpython-pylib crate carries must give, at each level of optimisation, code
//! whose marshalled form has the digest in `tests/library/digests.txt`, which `goldens.py` there makes with CPython. No CPython is needed.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use terrarium_bytecode::{Constant, marshal, pyc};
use terrarium_compiler::compile::{Settings, compile};
use terrarium_compiler::parse::Mode;

fn digest(source: &[u8], name: &str, optimize: u8) -> String {
    let settings = Settings {
        mode: Mode::Exec,
        flags: 0,
        optimize,
    };
    match compile(source, name, settings) {
        Ok((code, _)) => {
            let data = marshal::dump(&Constant::Code(code)).expect("code can be marshalled");
            let digest = pyc::source_hash(&data);
            digest.iter().map(|byte| format!("{byte:02x}")).collect()
        }
        Err(error) => error.class.name().to_owned(),
    }
}

/// What is wrong with the file of a line of digests.
fn check(library: &Path, line: &str) -> Vec<String> {
    let mut words: Vec<&str> = line.rsplitn(4, ' ').collect();
    let name = words.pop().expect("a path");
    let source = match std::fs::read(library.join(name)) {
        Ok(source) => source,
        Err(problem) => return vec![format!("{name}: {problem}")],
    };
    words
        .iter()
        .rev()
        .zip([0, 1, 2])
        .map(|(expected, level)| (level, digest(&source, name, level), *expected))
        .filter(|(_, found, expected)| found != expected)
        .map(|(level, found, expected)| {
            format!("{name} at level {level}: found {found}, CPython {expected}")
        })
        .collect()
}

#[test]
fn the_librarys_code_is_cpythons() {
    let library = Path::new(rustpython_pylib::LIB_PATH);
    let digests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/library/digests.txt");
    let digests = std::fs::read_to_string(digests).expect("digests");
    let lines: Vec<&str> = digests.lines().collect();
    assert!(lines.len() > 700, "only {} files", lines.len());
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(line) = lines.get(next.fetch_add(1, Ordering::Relaxed)) {
            let wrong = check(library, line);
            failures.lock().expect("no thread panics").extend(wrong);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().expect("no thread panics");
    assert!(
        failures.is_empty(),
        "{} differ:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
