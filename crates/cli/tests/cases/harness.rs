//! What the suites share: running the binary, making output the same in any clone, and the list of cases known to fail.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A program that runs longer than this has hung.
const PATIENCE: Duration = Duration::from_secs(120);

/// The folder `tests/NAME` of the repository.
pub fn folder(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    root.canonicalize().expect("tests/ exists").join(name)
}

/// Runs the binary in a folder, with no input and the environment in which the goldens were made (tests/programs/goldens.py), but
/// that caches are written.
pub fn terrarium<S: AsRef<std::ffi::OsStr>>(folder: &Path, args: &[S]) -> Output {
    let out = tempfile(folder, "out");
    let err = tempfile(folder, "err");
    let file = |path: &Path| std::fs::File::create(path).expect("a temporary file");
    let mut child = Command::new(env!("CARGO_BIN_EXE_terrarium"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONIOENCODING", "utf-8")
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::null())
        .stdout(file(&out))
        .stderr(file(&err))
        .spawn()
        .expect("the binary starts");
    let start = Instant::now();
    let status = loop {
        match child.try_wait().expect("the binary can be waited for") {
            Some(status) => break status,
            None if start.elapsed() > PATIENCE => child.kill().expect("the hung program ends"),
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let take = |path: &Path| {
        let data = std::fs::read(path).expect("the output was written");
        let _ = std::fs::remove_file(path);
        data
    };
    Output {
        status,
        stdout: take(&out),
        stderr: take(&err),
    }
}

/// A path that no other test uses, outside the repository.
fn tempfile(folder: &Path, kind: &str) -> PathBuf {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let of = folder.file_name().unwrap_or_default().to_string_lossy();
    std::env::temp_dir().join(format!("terrarium-{}-{of}-{n}.{kind}", std::process::id()))
}

/// A fresh folder outside the repository, for one test.
pub fn fresh_folder(name: &str) -> PathBuf {
    let path = tempfile(Path::new(name), "d");
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a temporary folder");
    path.canonicalize().expect("a temporary folder")
}

/// The output with the folder's path written `DIR` and addresses written `0x~`.
pub fn plain(output: &[u8], folder: &Path) -> String {
    let text = String::from_utf8_lossy(output).replace(&*folder.to_string_lossy(), "DIR");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("0x") {
        let digits = rest[at + 2..]
            .bytes()
            .take_while(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            .count();
        out.push_str(&rest[..at]);
        if (8..=16).contains(&digits) {
            out.push_str("0x~");
        } else {
            out.push_str(&rest[at..at + 2 + digits]);
        }
        rest = &rest[at + 2 + digits..];
    }
    out + rest
}

/// The standard error of a run with `--audit`, without the audit's line, and whether that line calls the heap clean.
pub fn without_audit(text: &str) -> (String, bool) {
    let (audit, rest): (Vec<_>, Vec<_>) = text
        .split_inclusive('\n')
        .partition(|line| line.starts_with("audit: "));
    let clean = audit.len() == 1 && audit[0].starts_with("audit: clean");
    (rest.concat(), clean)
}

/// Adds a complaint with the first line that differs.
pub fn compare(what: &str, wanted: &str, given: &str, complaints: &mut Vec<String>) {
    if wanted == given {
        return;
    }
    let at = wanted
        .lines()
        .zip(given.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
    let (wanted, given) = (line(wanted), line(given));
    complaints.push(format!(
        "{what}, line {}:\n      wanted {wanted}\n      given  {given}",
        at + 1
    ));
}

/// How a complaint begins that no entry of `failing.txt` excuses.
const CRASHED: &str = "crashed";

/// Complains of a binary that did not end by itself or by an interrupt.
pub fn crash(done: &Output, complaints: &mut Vec<String>) {
    use std::os::unix::process::ExitStatusExt;
    const SIGINT: i32 = 2;
    let panicked = done.stderr.windows(8).any(|words| words == b"panicked");
    if panicked || done.status.signal().is_some_and(|signal| signal != SIGINT) {
        complaints.push(format!("{CRASHED}: {}", done.status));
    }
}

/// Runs `check` on every case of a folder with the extension. A case listed in the folder's `failing.txt` (`NAME: reason`) must still fail,
/// but not crash.
pub fn run_all(folder: &Path, extension: &str, check: fn(&Path) -> Vec<String>) {
    let listed = std::fs::read_to_string(folder.join("failing.txt")).unwrap_or_default();
    let mut failing: BTreeMap<&str, &str> = listed
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .collect();
    let mut cases: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .filter(|path| !path.ends_with("goldens.py") && !path.ends_with("rows.py"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "no cases in {}", folder.display());
    let mut report = String::new();
    for case in &cases {
        let name = case.file_stem().unwrap_or_default().to_string_lossy();
        let complaints = check(case);
        match (failing.remove(&*name), complaints.is_empty()) {
            (None, false) => report += &format!("{name}:\n    {}\n", complaints.join("\n    ")),
            (Some(reason), true) => {
                report +=
                    &format!("{name}: passes now; take it out of failing.txt (was: {reason})\n");
            }
            // A known failure excuses no crash.
            (Some(_), false) if complaints.iter().any(|c| c.starts_with(CRASHED)) => {
                report += &format!("{name}:\n    {}\n", complaints.join("\n    "));
            }
            _ => {}
        }
    }
    for name in failing.keys() {
        report += &format!("{name}: in failing.txt, but there is no such case\n");
    }
    assert!(report.is_empty(), "\n{report}");
}
