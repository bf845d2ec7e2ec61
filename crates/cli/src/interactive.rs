//! The interactive mode: statements from standard input, run one by one in `__main__` (CPython's basic prompt, Python/pythonrun.c).

use std::rc::Rc;

use terrarium_bytecode as bc;
use terrarium_compiler::parse::Mode;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, exceptions as exc, module};
use terrarium_objects::{Object, Owned, PyResult, error, none, ops, root};
use terrarium_runtime::compiling::{self, Request};
use terrarium_runtime::{config, execution, program, sources};

use crate::run;

const FILENAME: &str = "<stdin>";
/// `PyCF_DONT_IMPLY_DEDENT` and `PyCF_ALLOW_INCOMPLETE_INPUT`.
const FLAGS: u32 = 0x200 | 0x4000;
/// `__future__` features in a code object's flags: a statement that turns one on does so for those that follow.
const FUTURES: u32 = 0x0FFE_0000;

/// What was read.
enum Input {
    Statement(Rc<bc::Code>, String),
    /// A syntax error or an interrupt, which has been shown.
    Nothing,
    End,
}

/// Tells who this is, unless `-q` was given.
pub fn banner() {
    if !config::get().quiet {
        eprintln!(
            "Python 3.14.10 (Terrarium {}) [Rust] on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.",
            env!("CARGO_PKG_VERSION")
        );
    }
}

/// Reads and runs statements until the input ends or SystemExit: the exit status.
pub fn run() -> u8 {
    for (name, prompt) in [("ps1", ">>> "), ("ps2", "... ")] {
        if terrarium_modules::sys::get(name).is_none() {
            set_sys(name, &Str::new(prompt));
        }
    }
    let mut futures = 0;
    loop {
        match read_statement(futures) {
            Input::End => {
                eprintln!();
                return 0;
            }
            Input::Nothing => {}
            Input::Statement(code, text) => {
                futures |= code.flags & FUTURES;
                if execute(&code, &text).is_err()
                    && let Some(status) = show_exception()
                {
                    return status;
                }
            }
        }
        run::flush();
    }
}

fn set_sys(name: &str, value: &Object) {
    if let Some(space) = terrarium_objects::state::get().kept("sys module dict") {
        dict::set_str(space, name, value);
    }
}

/// Shows the exception on its way; the exit status when it is SystemExit.
fn show_exception() -> Option<u8> {
    if error::matches(&exc::SYSTEM_EXIT) {
        return Some(run::status_of_exception());
    }
    if let Some(exception) = error::fetch() {
        let traceback = exc::traceback_of(&exception);
        set_sys("last_exc", &exception);
        set_sys("last_type", exception.ty().as_object());
        set_sys("last_value", &exception);
        set_sys("last_traceback", traceback.as_deref().unwrap_or(none()));
        error::restore(exception);
    }
    run::report_exception();
    None
}

fn execute(code: &bc::Code, text: &str) -> PyResult<()> {
    let code = root("statement", compiling::object_of(code));
    remember(&code, &Rc::from(text));
    let space = Owned::new(module::namespace(program::main_module()));
    execution::run_code(&code, &space, &space).map(drop)
}

/// Tracebacks show the lines of the statement that a code object came from.
fn remember(code: &Object, text: &Rc<str>) {
    sources::keep_of_code(code.as_ptr() as usize, text.clone());
    let Ok(constants) = ops::attribute::get_str(code, "co_consts") else {
        return error::clear();
    };
    let mut at = 0;
    while let Some(constant) = ops::sequence::fast_item(&constants, at) {
        at += 1;
        if constant.is_exact(&terrarium_objects::types::code::CODE) {
            remember(constant, text);
        }
    }
}

/// A line of standard input after a prompt; `None` at the end.
fn read_line(prompt: &str) -> PyResult<Option<String>> {
    run::flush();
    if let Some(prompt) = terrarium_modules::sys::get(prompt) {
        let shown = root("prompt", ops::text::str(&prompt)?);
        eprint!("{}", ops::text::lossy(&shown));
    }
    let Some(stdin) = terrarium_modules::sys::get("stdin").filter(|f| !f.is(none())) else {
        return Ok(None);
    };
    let stdin = root("sys.stdin", stdin);
    let line = ops::call::call_method(&stdin, &Str::new("readline"), &[])?;
    let text = ops::text::lossy(&line);
    Ok((!text.is_empty()).then_some(text))
}

fn compile(source: &str, flags: u32) -> PyResult<Rc<bc::Code>> {
    let request = Request {
        filename: FILENAME,
        name: None,
        mode: Mode::Single,
        flags,
        optimize: config::get().optimize,
        is_script: false,
    };
    compiling::data_of_text(source, request)
}

/// Whether a line holds nothing but space and a comment.
fn is_blank(line: &str) -> bool {
    let rest = line.trim_start();
    rest.is_empty() || rest.starts_with('#')
}

/// Reads lines until they make a whole statement.
fn read_statement(futures: u32) -> Input {
    let mut source = String::new();
    loop {
        let prompt = if source.is_empty() { "ps1" } else { "ps2" };
        let line = match read_line(prompt) {
            Ok(Some(line)) => line,
            Ok(None) if source.is_empty() => return Input::End,
            Ok(None) => {
                // What began cannot end any more.
                return finish(&source, futures);
            }
            Err(_) => {
                if error::matches(&exc::KEYBOARD_INTERRUPT) {
                    error::clear();
                    eprintln!("\nKeyboardInterrupt");
                    return Input::Nothing;
                }
                show_exception();
                return Input::End;
            }
        };
        if source.is_empty() && is_blank(&line) {
            return Input::Nothing;
        }
        source.push_str(&line);
        if needs_more(&source, futures) {
            continue;
        }
        return finish(&source, futures);
    }
}

/// Whether lines may follow that belong to the statement (Lib/codeop.py).
fn needs_more(source: &str, futures: u32) -> bool {
    let whole = source.strip_suffix('\n').unwrap_or(source);
    if compile(whole, FLAGS | futures).is_ok() {
        return false;
    }
    error::clear();
    match compile(&format!("{whole}\n"), FLAGS | futures) {
        Ok(_) => true,
        Err(_) => {
            let incomplete = error::matches(&exc::INCOMPLETE_INPUT_ERROR);
            error::clear();
            incomplete
        }
    }
}

fn finish(source: &str, futures: u32) -> Input {
    match compile(source, futures) {
        Ok(code) => Input::Statement(code, source.to_owned()),
        Err(_) => {
            show_exception();
            Input::Nothing
        }
    }
}
