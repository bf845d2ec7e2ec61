//! Compares the two parsers: what `parser` takes, ruff's must take too, and make the same tree, warnings and names of it.
//! `compare_parsers LIST [ROUNDS [SEED]]` reads a list of files; in each round every file is damaged once more: words and marks are
//! exchanged, doubled and left out.

use terrarium_compiler::arena::Arena;
use terrarium_compiler::parse::{Mode, Parsed, parse_with_ruff};
use terrarium_compiler::parser;
use terrarium_compiler::source::Source;

/// Numbers without pattern (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }
}

/// Words, runs of blanks, and single marks.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let class = |c: char| match c {
        _ if c.is_alphanumeric() || c == '_' => 1,
        ' ' | '\t' => 2,
        _ => 0,
    };
    let mut last = 0;
    for (at, c) in text.char_indices() {
        let here = class(c);
        if at > start && (here == 0 || here != last) {
            pieces.push(&text[start..at]);
            start = at;
        }
        last = here;
    }
    pieces.push(&text[start..]);
    pieces
}

const ADDED: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ";",
    ".",
    "=",
    ":=",
    "*",
    "**",
    "/",
    "->",
    "@",
    "not ",
    " in ",
    " is ",
    " if ",
    " else ",
    " for ",
    "async ",
    "await ",
    "lambda ",
    "yield ",
    "\n",
    "    ",
    "\t",
    "'",
    "\"",
    "f'",
    "b''",
    "{x}",
    "!r",
    "0",
    "0_",
    "1j",
    "\\\n",
    "#",
    "match ",
    "case ",
    "type ",
    "as ",
    "import ",
    "from ",
    "None",
    "\\",
    "{{",
    "}}",
    "=1",
    "*a",
    "**k",
    " or ",
    "-",
    "...",
    "ä",
    "ｘ",
    "ª",
    "²",
    "é = 1",
    "t'",
    "t'{ä=}'",
    "rt\"\"\"",
    "'\\d'",
    "b'\\q'",
    "'\\777'",
    "'\\N{DIGIT ONE}'",
    "f'{x!r:{y}}'",
    "_",
    "match ä:",
    "\u{feff}",
    "\u{a0}",
    "\x0c",
    "finally:\n",
];

/// Some lines of the text, the first of them without indentation.
fn window(text: &str, random: &mut Random) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let from = random.below(lines.len());
    let length = 1 + random.below(25);
    let lines = &lines[from..(from + length).min(lines.len())];
    let indentation = lines
        .first()
        .map_or(0, |line| line.len() - line.trim_start().len());
    let dedented = lines.iter().map(|line| {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        &line[blanks.min(indentation)..]
    });
    dedented.collect()
}

fn damage(text: &str, random: &mut Random) -> String {
    let text = window(text, random);
    let mut pieces = pieces(&text);
    for _ in 0..1 + random.below(2) {
        let (at, other) = (random.below(pieces.len()), random.below(pieces.len()));
        match random.below(5) {
            0 => pieces.swap(at, other),
            1 => {
                pieces.remove(at);
            }
            2 => pieces.insert(at, pieces[other]),
            3 => pieces[at] = pieces[other],
            _ => pieces.insert(at, ADDED[random.below(ADDED.len())]),
        }
        if pieces.is_empty() {
            pieces.push("");
        }
    }
    pieces.concat()
}

fn shown(parsed: &Parsed) -> String {
    let mut names: Vec<&str> = parsed.names.iter().map(|name| &**name).collect();
    names.sort_unstable();
    format!("{:?}\n{names:?}\n{:?}", parsed.module, parsed.warnings)
}

/// Over many lines, which takes long.
fn shown_at_length(parsed: &Parsed) -> String {
    format!("{:#?}\n{}", parsed.module, shown(parsed))
}

/// Whether `parser` takes the text; prints how the parsers differ.
fn check(path: &str, text: &str, wrong: &mut u32) -> bool {
    let Ok(source) = Source::from_text(text, path) else {
        return false;
    };
    let arena = Arena::new();
    let Some(ours) = parser::parse(&source, &arena) else {
        return false;
    };
    match parse_with_ruff(&source, Mode::Exec, &arena) {
        Err(failed) => {
            let error = failed.error;
            *wrong += 1;
            println!("{path}: taken, but {error:?}");
            let line = error.place.map_or(1, |place| place.line) as usize;
            for line in text.lines().skip(line.saturating_sub(3)).take(4) {
                println!("    {line}");
            }
        }
        Ok(theirs) => {
            if shown(&ours) != shown(&theirs) {
                *wrong += 1;
                println!("{path}: other trees");
                let (one, other) = (shown_at_length(&ours), shown_at_length(&theirs));
                let lines: Vec<(&str, &str)> = one.lines().zip(other.lines()).collect();
                let first = lines.iter().position(|(a, b)| a != b).unwrap_or(0);
                for (a, b) in &lines[first.saturating_sub(25)..(first + 6).min(lines.len())] {
                    println!("{a:60} | {b}");
                }
            } else if ours.depth < theirs.depth.min(60) / 4 {
                *wrong += 1;
                println!("{path}: depth {} of {}", ours.depth, theirs.depth);
            }
        }
    }
    true
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [list, rest @ ..] = &arguments[..] else {
        return Err("usage: compare_parsers LIST [ROUNDS [SEED]]".into());
    };
    let rounds: u32 = rest.first().map_or(Ok(0), |rounds| rounds.parse())?;
    let mut random = Random(
        rest.get(1)
            .map_or(Ok(88172645463325252), |seed| seed.parse())?,
    );
    let (mut wrong, mut taken, mut all) = (0, 0, 0);
    let mut texts = Vec::new();
    for path in std::fs::read_to_string(list)?.lines() {
        let bytes = std::fs::read(path)?;
        let Ok(source) = Source::from_bytes(&bytes, path) else {
            continue;
        };
        all += 1;
        if rounds == 0 {
            match check(path, &source.text, &mut wrong) {
                true => taken += 1,
                false => println!("{path}: left to ruff"),
            }
        }
        texts.push((path.to_owned(), source.text.into_owned()));
    }
    for _ in 0..rounds {
        for (path, text) in &texts {
            all += 1;
            let damaged = damage(text, &mut random);
            taken += u32::from(check(path, &damaged, &mut wrong));
        }
    }
    println!("{all} sources, {taken} taken, {wrong} wrong");
    Ok(())
}
