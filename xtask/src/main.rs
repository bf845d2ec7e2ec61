//! Tasks of the project: `cargo xtask tidy` checks the written invariants, `cargo xtask goldens PYTHON` makes every expected result anew.

mod contracts;
mod goldens;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy::run(),
        ["goldens", python] => goldens::run(python),
        _ => {
            eprintln!("usage: cargo xtask tidy | cargo xtask goldens PYTHON");
            ExitCode::from(2)
        }
    }
}
