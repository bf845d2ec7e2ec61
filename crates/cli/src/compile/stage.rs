//! `terrarium compile --stage`: what a pass makes of a file, as text.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use terrarium_compiler::compile::Settings;
use terrarium_compiler::dump;
use terrarium_compiler::stages;

use super::request::{Stage, View};
use super::target::plain;
use crate::{dis, sources};

/// Prints the text. Exit status: 1 when the file is not Python.
pub fn run(view: &View) -> ExitCode {
    let from_stdin = view.file == Path::new("-");
    let name = match from_stdin {
        true => "<stdin>".to_owned(),
        false => view.file.display().to_string(),
    };
    let mut bytes = Vec::new();
    let read = match from_stdin {
        true => std::io::stdin().read_to_end(&mut bytes).map(|_| ()),
        false => std::fs::read(&view.file).map(|read| bytes = read),
    };
    if let Err(problem) = read {
        return super::wrong(&format!("{name}: {}", plain(&problem)));
    }
    match text(view, &bytes, &name) {
        Ok((text, warnings)) => {
            eprint!("{warnings}");
            match std::io::stdout().lock().write_all(&text) {
                // Whoever reads the text may stop early.
                Err(problem) if problem.kind() != std::io::ErrorKind::BrokenPipe => {
                    super::wrong(&format!("standard output: {}", plain(&problem)))
                }
                _ => ExitCode::SUCCESS,
            }
        }
        Err(line) => {
            eprintln!("terrarium compile: {line}");
            ExitCode::FAILURE
        }
    }
}

/// The text and the warnings on the way to it; the error is one line.
fn text(view: &View, bytes: &[u8], name: &str) -> Result<(Vec<u8>, String), String> {
    let settings = Settings {
        mode: view.mode,
        flags: 0,
        optimize: view.optimize,
    };
    let shown = match view.stage {
        Stage::Code => {
            let (code, warnings) = sources::compiled(bytes, name, settings)?;
            return Ok((dis::text(code, name, bytes.len())?, warnings));
        }
        Stage::Tokens => stages::tokens(bytes, name),
        Stage::Ast => {
            let options = dump::Options {
                attributes: view.attributes,
                indent: Some(view.indent),
            };
            stages::tree(bytes, name, settings, view.optimize > 0, options)
        }
        Stage::Scopes => stages::scopes(bytes, name, settings),
        Stage::Instructions => stages::instructions(bytes, name, settings),
        Stage::Graph => stages::graph(bytes, name, settings),
    };
    let (text, warnings) = shown.map_err(|error| sources::error_line(&error, name))?;
    let warnings = sources::warning_lines(&warnings, bytes, name);
    Ok((text.into_bytes(), warnings))
}
