//! The `terrarium` command: Python's own forms run a program; `compile` writes `.pyc` files; `dis`, `why` and `explain` look
//! into a program.

mod colour;
mod compile;
mod dis;
mod explain;
mod interactive;
mod options;
mod run;
mod sources;
mod why;

use std::process::ExitCode;

use terrarium_objects::global_alloc::MiMalloc;

/// Trees, instructions and tables are small and short-lived: a fifth of the compiler's time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    // Python recursion and deep data want more native stack than the main thread has.
    const STACK: usize = 512 << 20;
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(command);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => ExitCode::from(70),
        Err(problem) => {
            eprintln!("terrarium: cannot start: {problem}");
            ExitCode::from(2)
        }
    }
}

fn command() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let rest = || args.iter().skip(2).cloned();
    match args.get(1).and_then(|a| a.to_str()) {
        Some("dis") => dis::run(rest()),
        Some("compile") => compile::run(rest()),
        Some("why") => why::run(rest()),
        Some("explain") => explain::run(rest()),
        _ => run::run(&args),
    }
}
