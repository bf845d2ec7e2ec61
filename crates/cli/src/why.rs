//! `terrarium why FILE:LINE NAME`: who holds an object where a line is about to run.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use terrarium_ledger::{holders, lookup, stop};
use terrarium_objects::frame::Frame;
use terrarium_report::Format;
use terrarium_report::paint::Paint;
use terrarium_runtime::config::Config;
use terrarium_runtime::program::{self, Ended, Program};

use crate::{colour, run};

const USAGE: &str =
    "usage: terrarium why FILE:LINE NAME [ARG]... [--format text|json] [--color auto|always|never]";

struct Question {
    file: String,
    line: i32,
    name: String,
    format: Format,
    paint: Paint,
}

thread_local! {
    static QUESTION: RefCell<Option<Question>> = const { RefCell::new(None) };
}

fn wrong(text: &str) -> ExitCode {
    eprintln!("terrarium why: {text}");
    ExitCode::from(2)
}

/// Runs the program up to the line; prints the answer; exit status 2 when there is none.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    let args: Vec<String> = args.map(|a| a.to_string_lossy().into_owned()).collect();
    let (question, rest) = match parse(&args) {
        Ok(parsed) => parsed,
        Err(text) => return wrong(&text),
    };
    let Ok(path) = std::fs::canonicalize(&question.file) else {
        return wrong(&format!(
            "can't open file '{}': no such file",
            question.file
        ));
    };
    if path.is_dir() {
        return wrong(&format!("'{}' is a directory; give a file", question.file));
    }
    let (file, line) = (question.file.clone(), question.line);
    let count = std::fs::read_to_string(&path).map_or(0, |text| text.lines().count());
    if line < 1 || count > 0 && line as usize > count {
        return wrong(&format!(
            "{file} has {count} lines; there is no line {line}"
        ));
    }
    QUESTION.with(|q| *q.borrow_mut() = Some(question));
    let config = Config {
        argv: std::iter::once(file.clone()).chain(rest).collect(),
        ..Config::default()
    };
    if let Err(status) = run::start_up(config) {
        return ExitCode::from(status);
    }
    stop::at(path, line, answer);
    let ended = program::run(&Program::File(PathBuf::from(&file)));
    stop::end();
    match ended {
        Ended::Refused(refusal) => return wrong(&refusal.text),
        Ended::Raised => {
            run::status_of_exception();
        }
        Ended::Returned => {}
    }
    wrong(&format!(
        "line {line} of {file} never ran; give a line that holds a statement the program reaches"
    ))
}

fn parse(args: &[String]) -> Result<(Question, Vec<String>), String> {
    let mut format = Format::Text;
    let mut choice = colour::Choice::Auto;
    let mut plain = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--format" => format = colour::format(rest.next().map(String::as_str))?,
            "--color" => choice = colour::choice(rest.next().map(String::as_str))?,
            "-h" | "--help" => return Err(USAGE.into()),
            option if option.starts_with("--") && plain.len() < 2 => {
                return Err(format!("unknown option {option}\n{USAGE}"));
            }
            _ => plain.push(arg.clone()),
        }
    }
    let [place, name, program_args @ ..] = plain.as_slice() else {
        return Err(USAGE.into());
    };
    let Some((file, line)) = place.rsplit_once(':') else {
        return Err(format!("'{place}' names no line: write FILE:LINE"));
    };
    let Ok(line) = line.parse() else {
        return Err(format!("'{line}' is no line number: write FILE:LINE"));
    };
    let paint = Paint {
        colour: choice.for_stdout(),
    };
    Ok((
        Question {
            file: file.to_owned(),
            line,
            name: name.clone(),
            format,
            paint,
        },
        program_args.to_vec(),
    ))
}

/// The line is about to run: answers, and ends the process.
fn answer(frame: &Frame) {
    let question = QUESTION.with(|q| q.borrow_mut().take());
    let Some(question) = question else { return };
    run::flush();
    let place = format!("{} at {}:{}", question.name, question.file, question.line);
    let object = match lookup::variable(frame, &question.name) {
        Ok(object) => object,
        Err(known) => {
            let near = terrarium_objects::suggest::closest(
                &question.name,
                known.iter().map(String::as_str),
            );
            let hint = near.map_or_else(
                || format!("names there: {}", known.join(", ")),
                |n| format!("did you mean '{n}'?"),
            );
            eprintln!(
                "terrarium why: there is no '{}' when line {} is about to run; {hint}",
                question.name, question.line
            );
            std::process::exit(2);
        }
    };
    let made = stop::birthplace(object).map(|(file, line)| format!("{file}:{line}"));
    let found = holders::of(object, 0);
    match question.format {
        Format::Text => print!(
            "{}{}",
            question.paint.legend(),
            terrarium_report::holders::text(&place, made.as_deref(), &found, question.paint)
        ),
        Format::Json => println!(
            "{:#}",
            terrarium_report::holders::to_json(&place, made.as_deref(), &found)
        ),
    }
    std::process::exit(0);
}
