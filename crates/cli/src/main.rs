//! The `terrarium` command.

mod dis;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match args.next() {
        Some(command) if command == "dis" => dis::run(args),
        Some(file) => run(file.to_str().unwrap_or("")),
        _ => {
            eprintln!("usage: terrarium dis [-C] [-O] [-P] [-S] [infile]");
            ExitCode::from(2)
        }
    }
}

fn run(file: &str) -> ExitCode {
    use terrarium_objects::types::{dict, module};
    use terrarium_runtime::compiling::{self, Request};
    use terrarium_runtime::{execution, start};
    start::init();
    terrarium_modules::register();
    let done = (|| {
        start::make_builtins()?;
        let main = module::new("__main__");
        let space = module::namespace(&main);
        dict::set_str(space, "__builtins__", start::builtins());
        let source = std::fs::read(file).unwrap_or_default();
        let request = Request {
            filename: file,
            mode: terrarium_compiler::parse::Mode::Exec,
            flags: 0,
            optimize: 0,
        };
        let code = compiling::object_of(&*compiling::data_of_bytes(&source, request)?);
        execution::run_code(&code, space, space)
    })();
    if done.is_err() {
        let exception = terrarium_objects::error::fetch();
        if let Some(exception) = exception {
            eprintln!(
                "{:?}",
                terrarium_objects::ops::text::repr(&exception)
                    .map(|t| terrarium_objects::ops::text::lossy(&t))
            );
        }
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
