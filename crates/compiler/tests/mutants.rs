//! Programs damaged in one place: what is said of each against the digests that CPython's words have in `tests/mutants/digests.txt`
//! (`goldens.py` there makes them). `known.txt` names the mutants that are known to differ: one that agrees may not stay there.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use terrarium_compiler::compile::{Settings, compile_source};
use terrarium_compiler::parse::Mode;
use terrarium_compiler::source::Source;

mod judgement;

use judgement::judge;

fn fnv(data: &[u8]) -> u64 {
    data.iter().fold(0xcbf2_9ce4_8422_2325, |value, byte| {
        (value ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// A linear congruential generator.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit
    }
}

/// Words, runs of blanks, single characters.
fn pieces(source: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        ' ' => 1,
        _ if c.is_ascii_alphanumeric() || c == '_' => 2,
        _ => 0,
    };
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let alike = |c: char| kind(first) != 0 && kind(c) == kind(first);
        let length = rest[first.len_utf8()..].find(|c| !alike(c));
        let length = length.map_or(rest.len(), |length| length + first.len_utf8());
        let (piece, left) = rest.split_at(length);
        pieces.push(piece);
        rest = left;
    }
    pieces
}

fn mutant(pieces: &[&str], inserts: &[String], name: &str, number: usize) -> String {
    let mut pieces: Vec<&str> = pieces.to_vec();
    let mut numbers = Numbers(fnv(format!("{name} {number}").as_bytes()));
    let length = pieces.len();
    let (way, at) = (numbers.below(7), numbers.below(length));
    match way {
        0 => drop(pieces.remove(at)),
        1 => pieces.insert(at, pieces[at]),
        2 => pieces.swap(at, numbers.below(length)),
        3 => pieces[at] = pieces[numbers.below(length)],
        4 => pieces.insert(at, &inserts[numbers.below(inserts.len())]),
        5 => pieces[at] = &inserts[numbers.below(inserts.len())],
        _ => pieces.truncate(at),
    }
    pieces.concat()
}

/// The judgements of one source that differ, by name and number.
fn check(root: &Path, line: &str, inserts: &[String]) -> Vec<(String, String)> {
    let mut words = line.split(' ');
    let name = words.next().expect("a name");
    let source = fs::read_to_string(root.join(name)).expect(name);
    let of_source = format!("{:016x}", fnv(source.as_bytes()));
    assert_eq!(
        words.next(),
        Some(&*of_source),
        "{name} has changed: `cargo xtask goldens`"
    );
    let pieces = pieces(&source);
    let settings = Settings {
        mode: Mode::Exec,
        flags: 0,
        optimize: 0,
    };
    let mut differing = Vec::new();
    for (number, expected) in words.enumerate() {
        let mutant = mutant(&pieces, inserts, name, number);
        let mut warnings = Vec::new();
        let compiled = Source::from_text(&mutant, "<s>")
            .and_then(|source| compile_source(&source, settings, &mut warnings));
        let found = judge(compiled.map(|_| ()), &warnings);
        if format!("{:08x}", fnv(found.as_bytes()) as u32) != expected {
            differing.push((format!("{name} {number}"), found));
        }
    }
    differing
}

#[test]
fn damaged_programs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder: PathBuf = root.join("tests/mutants");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    let escapes = [
        ("\\n", "\n"),
        ("\\t", "\t"),
        ("\\x0c", "\x0c"),
        ("\\\\", "\\"),
    ];
    let unescaped = |line: &str| {
        let replace = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
        escapes.iter().fold(line.to_owned(), replace)
    };
    let inserts: Vec<String> = read("inserts.txt").lines().map(unescaped).collect();
    let (digests, known) = (read("digests.txt"), read("known.txt"));
    let known: HashSet<String> = known
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    let lines: Vec<&str> = digests.lines().collect();
    let differing: Vec<(String, String)> = thread::scope(|scope| {
        let (inserts, root) = (&inserts, &root);
        let handles: Vec<_> = lines
            .chunks(lines.len().div_ceil(2))
            .map(|lines| {
                let check = move |line: &&str| check(root, line, inserts);
                scope.spawn(move || lines.iter().flat_map(check).collect::<Vec<_>>())
            })
            .collect();
        let join = |handle: thread::ScopedJoinHandle<'_, Vec<_>>| handle.join().expect("no panic");
        handles.into_iter().flat_map(join).collect()
    });
    let unknown: Vec<_> = differing
        .iter()
        .filter(|(name, _)| !known.contains(name))
        .collect();
    assert!(unknown.is_empty(), "{} differ: {unknown:#?}", unknown.len());
    assert_eq!(
        differing.len(),
        known.len(),
        "known.txt lists mutants that agree"
    );
}
