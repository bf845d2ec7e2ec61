//! `terrarium explain FILE`: a run of a program, line by line, with what each instruction did to counts.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use terrarium_ledger::history;
use terrarium_report::Format;
use terrarium_report::paint::Paint;
use terrarium_runtime::config::Config;
use terrarium_runtime::program::{self, Ended, Program};

use crate::{colour, run};

const USAGE: &str = "usage: terrarium explain FILE [ARG]... [-o FILE [--force]] [--format text|json] [--color auto|always|never]";

struct Request {
    file: String,
    args: Vec<String>,
    output: Option<PathBuf>,
    force: bool,
    format: Format,
    choice: colour::Choice,
}

fn wrong(text: &str) -> ExitCode {
    eprintln!("terrarium explain: {text}");
    ExitCode::from(2)
}

/// Runs the program to its end, then writes the account. The exit status is the program's.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let args: Vec<String> = args.map(|a| a.to_string_lossy().into_owned()).collect();
    let request = match parse(&args) {
        Ok(request) => request,
        Err(text) => return wrong(&text),
    };
    if let Some(output) = request
        .output
        .as_ref()
        .filter(|o| o.exists() && !request.force)
    {
        return wrong(&format!(
            "'{}' exists; --force overwrites it",
            output.display()
        ));
    }
    let bytes = match std::fs::read(&request.file) {
        Ok(bytes) => bytes,
        Err(problem) => {
            return wrong(&format!(
                "can't open file '{}': {}",
                request.file,
                plain(&problem)
            ));
        }
    };
    let source = String::from_utf8_lossy(&bytes).into_owned();
    let config = Config {
        argv: std::iter::once(request.file.clone())
            .chain(request.args.clone())
            .collect(),
        ..Config::default()
    };
    if let Err(status) = run::start_up(config) {
        return ExitCode::from(status);
    }
    // The name that the program's code bears.
    let named = program::absolute(request.file.as_ref());
    history::start(named);
    let ended = program::run(&Program::File(PathBuf::from(&request.file)));
    let account = history::stop(&request.file);
    let status = match ended {
        Ended::Refused(refusal) => return wrong(&refusal.text),
        Ended::Raised => run::status_of_exception(),
        Ended::Returned => 0,
    };
    run::flush();
    let paint = Paint {
        colour: request.output.is_none() && request.choice.for_stdout(),
    };
    let text = match request.format {
        Format::Text => terrarium_report::explain::text(&account, &source, paint),
        Format::Json => format!(
            "{:#}\n",
            terrarium_report::explain::to_json(&account, &source)
        ),
    };
    let written = match &request.output {
        Some(output) => std::fs::write(output, text),
        None => std::io::stdout().write_all(text.as_bytes()),
    };
    if let Err(problem) = written
        && problem.kind() != std::io::ErrorKind::BrokenPipe
    {
        return wrong(&format!("cannot write the account: {}", plain(&problem)));
    }
    ExitCode::from(run::finish(status, false))
}

fn plain(problem: &std::io::Error) -> String {
    let text = problem.to_string();
    text.split(" (os error").next().unwrap_or("").to_owned()
}

fn parse(args: &[String]) -> Result<Request, String> {
    let mut request = Request {
        file: String::new(),
        args: Vec::new(),
        output: None,
        force: false,
        format: Format::Text,
        choice: colour::Choice::Auto,
    };
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "-o" | "--output" => {
                request.output = Some(rest.next().ok_or("-o takes a file name")?.into())
            }
            "--force" => request.force = true,
            "--format" => request.format = colour::format(rest.next().map(String::as_str))?,
            "--color" => request.choice = colour::choice(rest.next().map(String::as_str))?,
            "-h" | "--help" => return Err(USAGE.into()),
            option if option.starts_with('-') && request.file.is_empty() => {
                return Err(format!("unknown option {option}\n{USAGE}"));
            }
            _ if request.file.is_empty() => request.file.clone_from(arg),
            _ => request.args.push(arg.clone()),
        }
    }
    if request.file.is_empty() {
        Err(USAGE.into())
    } else {
        Ok(request)
    }
}
