//! `terrarium compile`: `.pyc` files of sources and folders, as `python -m compileall` writes them; or one pass's output as text.

mod files;
mod request;
mod stage;
mod target;
mod workers;

use std::ffi::OsString;
use std::process::ExitCode;

use request::{Asked, Request};
use terrarium_objects::global_alloc;

const USAGE: &str = "\
usage: terrarium compile PATH... [-o DIR] [-j N] [-f] [-q] [-l] [-O] [--invalidation MODE]
       terrarium compile --stage STAGE [-O] [-m MODE] [-a] [-i N] FILE

PATH is a .py file, or a folder, in which all .py files are compiled. The results go to __pycache__ beside each source.

options:
  -h, --help            show this help message and exit
  -o, --output DIR      write the results into DIR, in folders as the sources': pkg/mod.py becomes DIR/pkg/mod.pyc
  -j, --workers N       compile N files at a time; 0 for as many as there are processors
  -f, --force           compile up-to-date files too
  -q, --quiet           no progress and no warnings; -qq: no errors either
  -l                    leave out folders inside folders
  -O, -OO               without assert statements (.opt-1.pyc); without docstrings too (.opt-2.pyc)
  --invalidation MODE   how a result is found out of date: timestamp, checked-hash or unchecked-hash

  --stage STAGE         write what a pass makes of FILE to standard output: tokens, ast, scopes, instructions, graph or code
  -m, --mode MODE       FILE is of this kind: exec, eval or single
  -a, --include-attributes
                        show lines and columns of tree nodes
  -i, --indent N        blanks a level of the tree
";

/// Runs the command with the arguments after its name. Exit status: 0 fine, 1 some file failed, 2 wrong usage.
pub fn run(args: impl Iterator<Item = OsString>) -> ExitCode {
    match request::parse(args) {
        Ok(Asked::Help) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(Asked::Stage(view)) => stage::run(&view),
        Ok(Asked::Files(request)) => write_files(&request),
        Err(message) => wrong(&message),
    }
}

fn wrong(message: &str) -> ExitCode {
    eprintln!("terrarium compile: error: {message}");
    ExitCode::from(2)
}

fn write_files(request: &Request) -> ExitCode {
    // A file after the other takes as much.
    global_alloc::keep_freed_memory();
    match files::jobs(request) {
        Ok((jobs, failures)) => {
            for line in failures.iter().filter(|_| request.quiet < 2) {
                eprintln!("terrarium compile: {line}");
            }
            let all_fine = workers::run(&jobs, request);
            ExitCode::from(u8::from(!all_fine || !failures.is_empty()))
        }
        Err(message) => wrong(&message),
    }
}
