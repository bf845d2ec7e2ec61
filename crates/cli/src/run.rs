//! Running a program: start-up, `__main__`, the end, exit status.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, exceptions as exc, int, list};
use terrarium_objects::{Owned, PyResult, error, none, ops, words};
use terrarium_runtime::config::{self, Config};
use terrarium_runtime::program::{self, Ended, Program};
use terrarium_runtime::start;

use crate::interactive;
use crate::options::{self, Asked};

const USAGE: &str = "\
usage: terrarium [option] ... [-c cmd | -m mod | file | -] [arg] ...
       terrarium compile PATH... [-o DIR] [-j N] [-f] [-q] [-O] [--invalidation MODE]
       terrarium compile --stage tokens|ast|scopes|instructions|graph|code FILE
       terrarium dis [-C] [-O] [-P] [-S] [FILE | FILE.pyc | -]
       terrarium why FILE:LINE NAME [--format text|json]
       terrarium explain FILE [ARG]... [-o FILE] [--format text|json]

Options of Python 3.14 keep their meaning: -B -E -I -O -OO -P -q -s -S -u -V -W arg -X opt.
--audit     after the program: check that every object's count equals its holders
";

/// The command line as Python reads it.
pub fn run(args: &[OsString]) -> ExitCode {
    match options::parse(args) {
        Asked::Version => {
            println!("Python 3.14.10 (Terrarium {})", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Asked::Help => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Asked::Wrong(problem) => {
            eprintln!("terrarium: {problem}");
            ExitCode::from(2)
        }
        Asked::Run {
            program,
            config,
            audit,
        } => {
            let status = execute(&program, *config, audit);
            if UNHANDLED_INTERRUPT.load(Ordering::Relaxed) {
                terrarium_runtime::signals::die_of_interrupt();
            }
            ExitCode::from(status)
        }
    }
}

/// Brings the interpreter up; an error is told and gives its exit status.
pub fn start_up(config: Config) -> Result<(), u8> {
    config::set(Config {
        library: terrarium_modules::library(),
        ..config
    });
    start::init();
    terrarium_modules::register();
    let made = (|| -> PyResult<()> {
        start::make_builtins()?;
        terrarium_modules::start()?;
        set_path()?;
        program::make_main()
    })();
    made.map_err(|_| {
        report_exception();
        1
    })
}

/// `sys.path`: PYTHONPATH, then the standard library.
fn set_path() -> PyResult<()> {
    let path = config::path();
    if !config::get().ignore_environment
        && let Ok(extra) = std::env::var("PYTHONPATH")
    {
        for folder in extra.split(':').filter(|f| !f.is_empty()) {
            list::append(&path, &Str::new(folder));
        }
    }
    if let Some(library) = config::get().library {
        list::append(&path, &Str::new(&library));
    }
    Ok(())
}

fn execute(program: &Program, config: Config, audit: bool) -> u8 {
    if let Err(status) = start_up(config) {
        return status;
    }
    if let Program::Interactive = program {
        program::add_path("");
        interactive::banner();
        return finish(interactive::run(), audit);
    }
    let ended = program::run(program);
    let interactive = config::get().interactive;
    let status = match ended {
        Ended::Refused(refusal) => {
            eprintln!("terrarium: {}", refusal.text);
            refusal.status
        }
        Ended::Returned => 0,
        // Before the prompt SystemExit is shown like any other exception.
        Ended::Raised if interactive => {
            report_exception();
            1
        }
        Ended::Raised => status_of_exception(),
    };
    let status = if interactive {
        interactive::run()
    } else {
        status
    };
    finish(status, audit)
}

/// 128 and the signal's number; then the process dies of that signal.
const INTERRUPTED: u8 = 130;
static UNHANDLED_INTERRUPT: AtomicBool = AtomicBool::new(false);

/// Shows the exception on its way and gives the exit status it asks for.
pub fn status_of_exception() -> u8 {
    if !error::matches(&exc::SYSTEM_EXIT) {
        let interrupted = error::matches(&exc::KEYBOARD_INTERRUPT);
        report_exception();
        UNHANDLED_INTERRUPT.store(interrupted, Ordering::Relaxed);
        return if interrupted { INTERRUPTED } else { 1 };
    }
    let Some(exception) = error::fetch() else {
        return 0;
    };
    let code = exc::extra(&exception, 0).or_none();
    if code.is(none()) {
        return 0;
    }
    if int::is_int(&code) {
        return int::as_i64(&code).map_or(255, |n| n as u8);
    }
    let text = ops::text::str(&code).map_or_else(
        |_| {
            error::clear();
            String::new()
        },
        |t| ops::text::lossy(&t),
    );
    terrarium_modules::sys::write_stderr(&format!("{text}\n"));
    1
}

/// `sys.excepthook` with the exception on its way.
pub fn report_exception() {
    let Some(exception) = error::fetch() else {
        return;
    };
    let hook = terrarium_modules::sys::get("excepthook");
    let traceback = exc::traceback_of(&exception).unwrap_or_else(terrarium_objects::none_owned);
    if let Some(hook) = hook {
        flush();
        let class = Owned::new(exception.ty().as_object());
        if ops::call::call(&hook, &words([&class, &exception, &traceback]), None).is_ok() {
            return;
        }
        error::clear();
    }
    eprint!("{}", terrarium_modules::traceback_text::format(&exception));
}

/// Writes what `sys.stdout` and `sys.stderr` still hold.
pub fn flush() {
    for name in ["stdout", "stderr"] {
        if let Some(file) = terrarium_modules::sys::get(name).filter(|f| !f.is(none()))
            && ops::call::call_method(&file, &terrarium_objects::names().flush, &[]).is_err()
        {
            error::clear();
        }
    }
}

/// `threading._shutdown()`: waits for the threads that are no daemons.
fn join_threads() {
    let Some(threading) = dict::get_str(start::modules(), "threading") else {
        return;
    };
    let threading = terrarium_objects::root("threading", threading);
    let done = ops::attribute::get_str(&threading, "_shutdown")
        .and_then(|shutdown| ops::call::call(&shutdown, &[], None));
    if done.is_err() {
        error::unraisable("Exception ignored on threading shutdown", Some(&threading));
    }
}

/// The end of a program: exit functions, output, the audit, then modules.
pub fn finish(status: u8, audit: bool) -> u8 {
    join_threads();
    terrarium_modules::atexit::run();
    flush();
    let mut status = status;
    if audit {
        let found = terrarium_ledger::audit::run(&[]);
        eprint!("{}", terrarium_report::holders::audit(&found));
        if !found.is_clean() && status == 0 {
            status = 1;
        }
    }
    terrarium_runtime::shutdown::run();
    flush();
    status
}
