//! The command line of `terrarium compile`.

use std::ffi::OsString;
use std::path::PathBuf;

use terrarium_compiler::parse::Mode;

/// How a `.pyc` file is found out of date (PEP 552).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invalidation {
    Timestamp,
    CheckedHash,
    UncheckedHash,
}

/// Files to be written.
#[derive(Debug)]
pub struct Request {
    /// Sources and folders, at least one.
    pub paths: Vec<PathBuf>,
    /// The folder that takes the results; None for `__pycache__` beside the sources.
    pub output: Option<PathBuf>,
    /// Threads, at least one.
    pub workers: usize,
    pub force: bool,
    /// 1: only errors; 2: nothing.
    pub quiet: u8,
    pub recurse: bool,
    /// 0, 1 or 2.
    pub optimize: u8,
    pub invalidation: Invalidation,
}

/// A pass whose output can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Tokens,
    Ast,
    Scopes,
    Instructions,
    Graph,
    Code,
}

const STAGES: &[(&str, Stage)] = &[
    ("tokens", Stage::Tokens),
    ("ast", Stage::Ast),
    ("scopes", Stage::Scopes),
    ("instructions", Stage::Instructions),
    ("graph", Stage::Graph),
    ("code", Stage::Code),
];

const MODES: &[(&str, Mode)] = &[
    ("exec", Mode::Exec),
    ("eval", Mode::Eval),
    ("single", Mode::Single),
];

const INVALIDATIONS: &[(&str, Invalidation)] = &[
    ("timestamp", Invalidation::Timestamp),
    ("checked-hash", Invalidation::CheckedHash),
    ("unchecked-hash", Invalidation::UncheckedHash),
];

/// A pass to be shown.
#[derive(Debug)]
pub struct View {
    pub stage: Stage,
    /// `-` for standard input.
    pub file: PathBuf,
    pub mode: Mode,
    /// None: the tree as the parser leaves it.
    pub optimize: u8,
    pub attributes: bool,
    pub indent: usize,
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Asked {
    Help,
    Files(Request),
    Stage(View),
}

/// All options as they were given.
#[derive(Default)]
struct Given {
    paths: Vec<PathBuf>,
    output: Option<PathBuf>,
    workers: Option<usize>,
    force: bool,
    quiet: u8,
    flat: bool,
    optimize: u8,
    invalidation: Option<Invalidation>,
    stage: Option<Stage>,
    mode: Option<Mode>,
    attributes: bool,
    indent: Option<usize>,
    help: bool,
}

/// Long options and the letters they stand for; `invalidation` and `stage` have none of their own.
const LONG: &[(&str, char)] = &[
    ("help", 'h'),
    ("output", 'o'),
    ("workers", 'j'),
    ("jobs", 'j'),
    ("force", 'f'),
    ("quiet", 'q'),
    ("mode", 'm'),
    ("include-attributes", 'a'),
    ("indent", 'i'),
    ("invalidation", 'I'),
    ("invalidation-mode", 'I'),
    ("stage", 'S'),
];

/// Errors: one line.
pub fn parse(args: impl Iterator<Item = OsString>) -> Result<Asked, String> {
    let mut given = Given::default();
    let mut args = args;
    let mut only_paths = false;
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy().into_owned();
        if only_paths || text == "-" || !text.starts_with('-') {
            given.paths.push(PathBuf::from(arg));
        } else if text == "--" {
            only_paths = true;
        } else if let Some(long) = text.strip_prefix("--") {
            given.long(long, &mut args)?;
        } else {
            given.letters(&text[1..], &mut args)?;
        }
    }
    given.settle()
}

type Rest<'a> = &'a mut dyn Iterator<Item = OsString>;

impl Given {
    fn long(&mut self, text: &str, rest: Rest) -> Result<(), String> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(OsString::from(value))),
            None => (text, None),
        };
        let Some((_, letter)) = LONG.iter().find(|(long, _)| *long == name) else {
            return Err(format!("unknown option --{name}"));
        };
        let shown = format!("--{name}");
        if takes_value(*letter) {
            let value = value.or_else(|| rest.next());
            return self.with_value(*letter, &shown, value);
        }
        match value {
            Some(_) => Err(format!("{shown} takes no value")),
            None => self.flag(*letter),
        }
    }

    fn letters(&mut self, group: &str, rest: Rest) -> Result<(), String> {
        for (at, letter) in group.char_indices() {
            if takes_value(letter) && letter.is_ascii_lowercase() {
                let tail = &group[at + 1..];
                let value = match tail {
                    "" => rest.next(),
                    _ => Some(OsString::from(tail)),
                };
                return self.with_value(letter, &format!("-{letter}"), value);
            }
            self.flag(letter)?;
        }
        Ok(())
    }

    fn flag(&mut self, letter: char) -> Result<(), String> {
        match letter {
            'h' => self.help = true,
            'f' => self.force = true,
            'q' => self.quiet = (self.quiet + 1).min(2),
            'l' => self.flat = true,
            'O' => self.optimize = (self.optimize + 1).min(2),
            'a' => self.attributes = true,
            _ => return Err(format!("unknown option -{letter}")),
        }
        Ok(())
    }

    fn with_value(
        &mut self,
        letter: char,
        shown: &str,
        value: Option<OsString>,
    ) -> Result<(), String> {
        let value = value.ok_or_else(|| format!("{shown} wants a value"))?;
        let text = value.to_string_lossy();
        let number = || {
            text.parse::<usize>()
                .map_err(|_| format!("{shown} wants a number, not '{text}'"))
        };
        match letter {
            'o' if value.is_empty() => return Err(format!("{shown} wants a folder")),
            'o' => self.output = Some(value.into()),
            'j' => self.workers = Some(number()?),
            'i' => self.indent = Some(number()?.min(80)),
            'm' => self.mode = Some(one_of(MODES, shown, &text)?),
            'I' => self.invalidation = Some(one_of(INVALIDATIONS, shown, &text)?),
            _ => self.stage = Some(one_of(STAGES, shown, &text)?),
        }
        Ok(())
    }

    fn settle(self) -> Result<Asked, String> {
        if self.help {
            return Ok(Asked::Help);
        }
        if let Some(stage) = self.stage {
            return self.view(stage).map(Asked::Stage);
        }
        if self.mode.is_some() || self.attributes || self.indent.is_some() {
            return Err("-m, -a and -i go with --stage".into());
        }
        if self.paths.is_empty() {
            return Err("a file or folder to compile is wanted (try --help)".into());
        }
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Asked::Files(Request {
            paths: self.paths,
            output: self.output,
            workers: match self.workers {
                Some(0) => processors(),
                given => given.unwrap_or(1),
            },
            force: self.force,
            quiet: self.quiet,
            recurse: !self.flat,
            optimize: self.optimize,
            invalidation: self.invalidation.unwrap_or_else(default_invalidation),
        }))
    }

    fn view(self, stage: Stage) -> Result<View, String> {
        let others = self.output.is_some()
            || self.workers.is_some()
            || self.force
            || self.flat
            || self.invalidation.is_some();
        if others {
            return Err("-o, -j, -f, -l and --invalidation do not go with --stage".into());
        }
        if stage != Stage::Ast && (self.attributes || self.indent.is_some()) {
            return Err("-a and -i go with --stage ast".into());
        }
        let [file] = <[PathBuf; 1]>::try_from(self.paths)
            .map_err(|paths| format!("--stage wants one file, not {}", paths.len()))?;
        Ok(View {
            stage,
            file,
            mode: self.mode.unwrap_or(Mode::Exec),
            optimize: self.optimize,
            attributes: self.attributes,
            indent: self.indent.unwrap_or(3),
        })
    }
}

fn takes_value(letter: char) -> bool {
    matches!(letter, 'o' | 'j' | 'i' | 'm' | 'I' | 'S')
}

fn one_of<T: Copy>(all: &[(&str, T)], shown: &str, value: &str) -> Result<T, String> {
    if let Some((_, found)) = all.iter().find(|(name, _)| *name == value) {
        return Ok(*found);
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let (last, first) = names.split_last().expect("there are choices");
    let first = first.join(", ");
    Err(format!("{shown} takes {first} or {last}, not '{value}'"))
}

/// As py_compile chooses: builds that shall be reproducible set SOURCE_DATE_EPOCH.
fn default_invalidation() -> Invalidation {
    match std::env::var_os("SOURCE_DATE_EPOCH").is_some_and(|value| !value.is_empty()) {
        true => Invalidation::CheckedHash,
        false => Invalidation::Timestamp,
    }
}
