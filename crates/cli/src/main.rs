//! The `terrarium` command.

mod dis;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next() {
        Some(command) if command == "dis" => dis::run(args),
        _ => {
            eprintln!("usage: terrarium dis [-C] [-O] [-P] [-S] [infile]");
            ExitCode::from(2)
        }
    }
}
