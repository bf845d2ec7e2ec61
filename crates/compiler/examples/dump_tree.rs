//! Prints the tree of each file named on the command line (`-O`, `-OO`: preprocessed; `-s`: seconds of parsing only), one a line.

use std::process::ExitCode;
use std::time::Instant;

use terrarium_compiler::arena::Arena;
use terrarium_compiler::dump::{Options, dump};
use terrarium_compiler::parse::{Mode, Parsed, parse_only, parse_source};
use terrarium_compiler::source::Source;

fn main() -> ExitCode {
    let mut optimize = None;
    let mut mode = Mode::Exec;
    let (mut timing, mut as_text) = (false, false);
    let mut seconds = 0.0;
    let mut bytes_read = 0;
    let mut failed = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "-0" => optimize = Some(0),
            "-O" => optimize = Some(1),
            "-OO" => optimize = Some(2),
            "-e" => mode = Mode::Eval,
            "-i" => mode = Mode::Single,
            "-s" => timing = true,
            "-t" => as_text = true,
            file => {
                let bytes = match std::fs::read(file) {
                    Ok(bytes) => bytes,
                    Err(error) => {
                        println!("{file}: {error}");
                        failed = true;
                        continue;
                    }
                };
                let start = Instant::now();
                let arena = Arena::new();
                let parsed = parse_file(&bytes, file, mode, optimize, as_text, &arena);
                if timing {
                    drop(parsed);
                    drop(arena);
                    seconds += start.elapsed().as_secs_f64();
                    bytes_read += bytes.len();
                    continue;
                }
                match parsed {
                    Ok(parsed) => {
                        let options = Options {
                            attributes: true,
                            indent: None,
                        };
                        println!("{}", dump(&parsed.module, options));
                        for warning in parsed.warnings {
                            eprintln!(
                                "{file}:{}: {}: {}",
                                warning.loc.line,
                                warning.category.name(),
                                warning.message
                            );
                        }
                    }
                    Err(error) => {
                        println!("{error:?}");
                        failed = true;
                    }
                }
            }
        }
    }
    if timing {
        let megabytes = bytes_read as f64 / 1e6;
        println!(
            "{megabytes:.1} MB in {seconds:.3} s: {:.1} MB/s",
            megabytes / seconds
        );
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn parse_file<'a>(
    bytes: &[u8],
    file: &str,
    mode: Mode,
    optimize: Option<u8>,
    as_text: bool,
    arena: &'a Arena,
) -> Result<Parsed<'a>, terrarium_compiler::error::Error> {
    let text = String::from_utf8_lossy(bytes);
    let source = match as_text {
        true => Source::from_text(&text, file)?,
        false => Source::from_bytes(bytes, file)?,
    };
    match optimize {
        Some(level) => parse_source(&source, mode, level, arena),
        None => parse_only(&source, mode, arena),
    }
}
