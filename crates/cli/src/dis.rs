//! `terrarium dis`: the text of `python -m dis` for a `.pyc` file or a source file.

use std::ffi::OsString;
use std::fmt;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use terrarium_bytecode::dis::{Options, Plain, disassemble_recursive};
use terrarium_bytecode::hash::Hasher;
use terrarium_bytecode::{Code, pyc};
use terrarium_compiler::compile::Settings;
use terrarium_compiler::parse::Mode;

use crate::sources;

const USAGE: &str = "\
usage: terrarium dis [-h] [-C] [-O] [-P] [-S] [infile]

positional arguments:
  infile                a source or .pyc file; - or nothing for standard input

options:
  -h, --help            show this help message and exit
  -C, --show-caches     show inline caches
  -O, --show-offsets    show instruction offsets
  -P, --show-positions  show instruction positions
  -S, --specialized     show specialized bytecode
";

/// What the command line asks for.
struct Request {
    options: Options,
    adaptive: bool,
    /// None for standard input.
    file: Option<PathBuf>,
}

/// Runs the command with the arguments after its name. Exit codes: 0 fine, 2 wrong usage or a file that cannot be shown.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let request = match parse(args) {
        Ok(Some(request)) => request,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprint!(
                "{}\nterrarium dis: error: {message}\n",
                USAGE.lines().next().unwrap_or_default()
            );
            return ExitCode::from(2);
        }
    };
    match show(&request) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("terrarium dis: {message}");
            ExitCode::from(2)
        }
    }
}

fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Option<Request>, String> {
    let mut request = Request {
        options: Options::default(),
        adaptive: false,
        file: None,
    };
    let (mut files, mut only_files) = (Vec::new(), false);
    for arg in args {
        let text = arg.to_string_lossy().into_owned();
        match text.strip_prefix('-') {
            Some(flags) if !only_files && !flags.is_empty() => match flags.strip_prefix('-') {
                Some("") => only_files = true,
                Some(long) => match long_option(long)? {
                    'h' => return Ok(None),
                    flag => set(flag, &mut request)?,
                },
                None if flags.contains('h') => return Ok(None),
                None => flags.chars().try_for_each(|flag| set(flag, &mut request))?,
            },
            _ => files.push(PathBuf::from(arg)),
        }
    }
    if let [_, extra, ..] = &files[..] {
        return Err(format!("unrecognized arguments: {}", extra.display()));
    }
    request.file = files.pop().filter(|file| file != Path::new("-"));
    Ok(Some(request))
}

/// The letter of a long option, which may be cut short as long as it is clear.
fn long_option(name: &str) -> Result<char, String> {
    let all = [
        ("help", 'h'),
        ("show-caches", 'C'),
        ("show-offsets", 'O'),
        ("show-positions", 'P'),
        ("specialized", 'S'),
    ];
    let found: Vec<_> = all
        .iter()
        .filter(|(long, _)| long.starts_with(name))
        .collect();
    match found[..] {
        [(_, flag)] => Ok(*flag),
        [] => Err(format!("unrecognized arguments: --{name}")),
        _ => {
            let matches: Vec<String> = found.iter().map(|(long, _)| format!("--{long}")).collect();
            Err(format!(
                "ambiguous option: --{name} could match {}",
                matches.join(", ")
            ))
        }
    }
}

fn set(flag: char, request: &mut Request) -> Result<(), String> {
    match flag {
        'C' => request.options.show_caches = true,
        'O' => request.options.show_offsets = true,
        'P' => request.options.show_positions = true,
        'S' => request.adaptive = true,
        _ => return Err(format!("unrecognized arguments: -{flag}")),
    }
    Ok(())
}

fn show(request: &Request) -> Result<(), String> {
    let name = request
        .file
        .as_deref()
        .map_or("<stdin>".into(), |file| file.display().to_string());
    let at = |error: &dyn fmt::Display| format!("{name}: {error}");
    let bytes = match &request.file {
        Some(file) => std::fs::read(file).map_err(|error| at(&error))?,
        None => {
            let mut bytes = Vec::new();
            std::io::stdin()
                .read_to_end(&mut bytes)
                .map_err(|error| at(&error))?;
            bytes
        }
    };
    let (code, hasher) = code_of(&bytes, &name, request.file.as_deref())?;
    let mut text = Vec::with_capacity(bytes.len() * 8);
    let limit = request.options.limit.max(bytes.len().saturating_mul(128));
    let options = Options {
        limit,
        ..request.options
    };
    let outcome = disassemble_recursive(
        &Plain::new(code, request.adaptive, hasher),
        &options,
        &mut text,
    );
    match std::io::stdout().lock().write_all(&text) {
        // Whoever reads the text may stop early.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            return Err(format!("standard output: {error}"));
        }
        _ => {}
    }
    outcome.map_err(|error| at(&error))
}

/// The text of code compiled from a source of `length` bytes, without options.
pub fn text(code: Rc<Code>, name: &str, length: usize) -> Result<Vec<u8>, String> {
    let mut options = Options::default();
    options.limit = options.limit.max(length.saturating_mul(128));
    let mut text = Vec::with_capacity(length * 8);
    let plain = Plain::new(code, false, hasher().of_source());
    match disassemble_recursive(&plain, &options, &mut text) {
        Ok(()) => Ok(text),
        Err(error) => Err(format!("{name}: {error}")),
    }
}

/// The code object of a `.pyc` file, or of a source compiled, and what orders its sets.
fn code_of(bytes: &[u8], name: &str, file: Option<&Path>) -> Result<(Rc<Code>, Hasher), String> {
    let named_pyc = file
        .and_then(Path::extension)
        .is_some_and(|extension| extension == "pyc");
    if !named_pyc && !pyc::is_pyc(bytes) {
        return Ok((compiled(bytes, name)?, hasher().of_source()));
    }
    let module = pyc::read(bytes).map_err(|error| format!("{name}: {error}"))?;
    if module.trailing > 0 {
        let trailing = module.trailing;
        eprintln!(
            "terrarium dis: {name}: warning: {trailing} bytes after the code object are ignored"
        );
    }
    Ok((module.code, hasher()))
}

/// At no optimisation, as `python -m dis` does.
fn compiled(bytes: &[u8], name: &str) -> Result<Rc<Code>, String> {
    let settings = Settings {
        mode: Mode::Exec,
        flags: 0,
        optimize: 0,
    };
    let (code, warnings) = sources::compiled(bytes, name, settings)?;
    eprint!("{warnings}");
    Ok(code)
}

/// Strings hash as PYTHONHASHSEED says; without it, or at random, as at 0, so that the order of sets is always the same.
fn hasher() -> Hasher {
    let seed = std::env::var("PYTHONHASHSEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    Hasher::with_seed(seed.unwrap_or(0))
}
