//! Commands: the exit status and the lines that a command line must give. A case in `tests/cli/` has one fact a line:
//!
//! ```text
//! make NAME text "x = 1\n"      a file of this text (\n, \\, \xHH)
//! make NAME cut PATH N          the first N bytes of tests/PATH
//! make NAME patch PATH N HEX    tests/PATH with bytes replaced from offset N
//! make NAME folder
//! run ARG...                    the command line, after `terrarium`
//! status N
//! stdout TEXT, stderr TEXT      a line of the output holds TEXT
//! one-line                      standard error is one line
//! file PATH HEX                 there is a file whose first bytes these are
//! no-file PATH
//! ```

use std::path::Path;

use crate::harness::{folder, fresh_folder, plain, run_all, terrarium};

#[test]
fn commands() {
    run_all(&folder("cli"), "case", check);
}

/// Makes the case's files in a fresh folder, runs the command there and looks for what it needs. No command may panic.
fn check(case: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(case).expect("a case is text");
    let place = fresh_folder("cli");
    let mut args: Vec<&str> = Vec::new();
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("make", made)) => make(&place, made),
            Some(("run", words)) => args = words.split(' ').collect(),
            _ => {}
        }
    }
    let done = terrarium(&place, &args);
    let (stdout, stderr) = (plain(&done.stdout, &place), plain(&done.stderr, &place));
    let mut complaints = Vec::new();
    for line in text.lines() {
        let fact = line.split_once(' ').unwrap_or((line, ""));
        let held = match fact {
            ("make" | "run", _) => true,
            ("status", n) => done.status.code() == n.parse().ok(),
            ("stdout", needed) => stdout.lines().any(|l| l.contains(needed)),
            ("stderr", needed) => stderr.lines().any(|l| l.contains(needed)),
            ("one-line", _) => stderr.lines().count() == 1,
            ("file", start) => starts_with(&place, start),
            ("no-file", path) => !place.join(path).exists(),
            _ => false,
        };
        if !held {
            complaints.push(format!("{line}: does not hold"));
        }
    }
    if stderr.contains("panicked") || !complaints.is_empty() {
        complaints.push(format!("{}; stderr: {stderr}", done.status));
    }
    let _ = std::fs::remove_dir_all(&place);
    complaints
}

fn starts_with(place: &Path, start: &str) -> bool {
    let (path, digits) = start.split_once(' ').unwrap_or((start, ""));
    std::fs::read(place.join(path)).is_ok_and(|data| data.starts_with(&hex(digits)))
}

fn make(place: &Path, what: &str) {
    let (name, how) = what.split_once(' ').expect("make NAME HOW");
    let path = place.join(name);
    let words: Vec<&str> = how.split(' ').collect();
    let source = |path: &str| std::fs::read(folder(path)).expect("the file to cut");
    let data = match words[..] {
        ["folder"] => return std::fs::create_dir(path).expect("a folder"),
        ["cut", from, n] => source(from)[..n.parse().expect("a length")].to_vec(),
        ["patch", from, at, digits] => {
            let mut data = source(from);
            let at: usize = at.parse().expect("an offset");
            let bytes = hex(digits);
            data[at..at + bytes.len()].copy_from_slice(&bytes);
            data
        }
        ["text", ..] => unescape(how["text ".len()..].trim_matches('"')),
        _ => panic!("make {what}: unknown"),
    };
    std::fs::write(path, data).expect("a file of the case");
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len() / 2)
        .map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).expect("hex digits"))
        .collect()
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        let taken = match rest.as_bytes()[at + 1] {
            b'n' => {
                out.push(b'\n');
                2
            }
            b'x' => {
                out.extend(hex(&rest[at + 2..at + 4]));
                4
            }
            other => {
                out.push(other);
                2
            }
        };
        rest = &rest[at + taken..];
    }
    out.extend_from_slice(rest.as_bytes());
    out
}
