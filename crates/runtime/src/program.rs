//! The main program: a file, `-c`, `-m` or standard input run as `__main__`, and its end (Modules/main.c, Python/pylifecycle.c).

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use terrarium_bytecode::pyc;
use terrarium_compiler::parse::Mode;
use terrarium_objects::types::code::{Builder, Origin};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, list, module};
use terrarium_objects::{Object, Owned, PyResult, Raised, names, none, root, state};

use crate::compiling::{self, Request};
use crate::{config, execution, importing, pycache, sources, start};

/// What to run.
#[derive(Debug, Clone)]
pub enum Program {
    File(PathBuf),
    Command(String),
    Module(String),
    Stdin,
    /// Statements typed at a prompt.
    Interactive,
}

/// Why a program could not begin: one line for the user, and the exit status (2; 1 for an unknown `-m` module, as CPython's).
#[derive(Debug, Clone)]
pub struct Refusal {
    pub text: String,
    pub status: u8,
}

/// How a run ended.
pub enum Ended {
    Returned,
    /// An exception left the main program; it is in the thread state.
    Raised,
    Refused(Refusal),
}

/// Makes `__main__` with the attributes every program has. It is kept under the name "the main module".
pub fn make_main() -> PyResult<()> {
    let main = module::new("__main__");
    let space = module::namespace(&main);
    dict::set_str(space, "__builtins__", builtins_module());
    dict::set(start::modules(), &names().__main__, &main)?;
    state::get().keep(MAIN, main);
    Ok(())
}

/// Under which name the state keeps `__main__`.
pub const MAIN: &str = "the main module";

/// `__main__`, as long as `shutdown` has not given it up.
pub fn main_module() -> &'static Object {
    state::get().kept(MAIN).unwrap_or(none())
}

fn builtins_module() -> &'static Object {
    let found = dict::get_str(start::modules(), "builtins");
    // SAFETY: `sys.modules` keeps it.
    found.map_or(none(), |m| unsafe { &*m.as_ptr() })
}

/// Runs a program in `__main__`.
pub fn run(program: &Program) -> Ended {
    let main = main_module();
    let prepared = match prepare(program, main) {
        Ok(Ok(prepared)) => prepared,
        Ok(Err(refusal)) => return Ended::Refused(refusal),
        Err(Raised) => return Ended::Raised,
    };
    let space = module::namespace(main);
    // While a script runs, the compiler's tree still holds its literals.
    arena::hold(prepared.arena);
    let code = root("code of the main program", prepared.code);
    let result = execution::run_code(&code, space, space);
    drop(code);
    arena::release();
    match result {
        Ok(_) => Ended::Returned,
        Err(Raised) => Ended::Raised,
    }
}

struct Prepared {
    code: Owned,
    /// Literals that the compiler's tree holds while the program runs.
    arena: Vec<Owned>,
}

type Attempt = PyResult<Result<Prepared, Refusal>>;

fn prepare(program: &Program, main: &Object) -> Attempt {
    match program {
        Program::File(path) => prepare_file(path, main),
        Program::Command(text) => {
            add_path("");
            compile_main(text.as_bytes(), "<string>", Some(text), main)
        }
        Program::Module(name) => {
            add_path(
                &std::env::current_dir()
                    .map_or_else(|_| String::new(), |d| d.to_string_lossy().into_owned()),
            );
            prepare_module(name, main)
        }
        Program::Interactive => refuse(String::from("the interactive mode runs no program")),
        Program::Stdin => {
            add_path("");
            let mut text = Vec::new();
            if let Err(problem) = std::io::stdin().read_to_end(&mut text) {
                return refuse(format!("cannot read standard input: {problem}"));
            }
            let kept = String::from_utf8_lossy(&text).into_owned();
            compile_main(&text, "<stdin>", Some(&kept), main)
        }
    }
}

fn refuse(text: String) -> Attempt {
    Ok(Err(Refusal { text, status: 2 }))
}

/// Puts a folder first on `sys.path`.
pub fn add_path(folder: &str) {
    if config::get().safe_path || config::get().isolated {
        return;
    }
    // Modules from this folder may hide others; for the empty path CPython takes the working directory.
    let first = match folder {
        "" => std::env::current_dir().map_or_else(|_| String::new(), |d| d.display().to_string()),
        _ => folder.to_owned(),
    };
    terrarium_objects::state::get().keep("sys.path[0]", Str::new(&first));
    let path = config::path();
    if let Some(items) = path.downcast::<list::List>() {
        let _ = list::methods::insert_at(items, 0, &Str::new(folder));
    }
}

fn prepare_file(path: &Path, main: &Object) -> Attempt {
    let shown = path.to_string_lossy().into_owned();
    if path.is_dir() {
        let inner = path.join("__main__.py");
        if !inner.is_file() {
            return refuse(format!("can't find '__main__' module in '{shown}'"));
        }
        add_path(&shown);
        return run_path(&inner, main);
    }
    let folder = path
        .parent()
        .map_or_else(String::new, |p| p.to_string_lossy().into_owned());
    let absolute = fs::canonicalize(path)
        .ok()
        .and_then(|p| p.parent().map(|d| d.to_string_lossy().into_owned()));
    add_path(&absolute.unwrap_or(folder));
    run_path(path, main)
}

fn run_path(path: &Path, main: &Object) -> Attempt {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(problem) => {
            let number = problem.raw_os_error().unwrap_or(0);
            let text = problem.to_string();
            let text = text.split(" (os error").next().unwrap_or("").to_owned();
            return refuse(format!(
                "can't open file '{}': [Errno {number}] {text}",
                absolute(path)
            ));
        }
    };
    // As CPython has it, whatever way the file was named.
    let shown = absolute(path);
    let space = module::namespace(main);
    dict::set_str(space, "__file__", &Str::new(&shown));
    dict::set_str(space, "__cached__", none());
    if pyc::is_pyc(&bytes) || path.extension().is_some_and(|e| e == "pyc") {
        return match pycache::runnable(&bytes) {
            Ok(code) => Ok(Ok(Prepared {
                code: Builder::of_checked(Origin::Marshal).build(&code),
                arena: Vec::new(),
            })),
            Err(problem) => refuse(format!("{shown}: {problem}")),
        };
    }
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        let line = 1 + bytes[..at].iter().filter(|b| **b == b'\n').count();
        return refuse(format!(
            "{shown}: line {line} holds a NUL byte; source code cannot contain null bytes: remove it, or give a Python file"
        ));
    }
    if let Err(problem) = terrarium_compiler::source::Source::from_bytes(&bytes, &shown) {
        return refuse(format!(
            "{shown}: {}; save the file as UTF-8 or declare its encoding",
            problem.message
        ));
    }
    compile_main(&bytes, &shown, None, main)
}

/// A path from the root on, as `__file__` of the main program.
pub fn absolute(path: &Path) -> String {
    std::path::absolute(path)
        .unwrap_or_else(|_| path.to_owned())
        .to_string_lossy()
        .into_owned()
}

fn compile_main(source: &[u8], filename: &str, kept: Option<&str>, _: &Object) -> Attempt {
    if let Some(text) = kept {
        sources::keep(filename, text);
    }
    let request = Request {
        filename,
        name: None,
        mode: Mode::Exec,
        flags: 0,
        optimize: config::get().optimize,
        is_script: kept.is_none() || filename == "<stdin>",
    };
    let (data, literals) = compiling::data_with_literals(source, request)?;
    let mut builder = Builder::new(Origin::Source);
    let code = builder.build(&data);
    let arena = literals
        .iter()
        .filter_map(|literal| builder.made_of(literal))
        .collect();
    Ok(Ok(Prepared { code, arena }))
}

/// `-m`: the module's own code, found as import would find it.
fn prepare_module(name: &str, main: &Object) -> Attempt {
    let found = importing::code_for_main(name)?;
    let Some(found) = found else {
        return Ok(Err(Refusal {
            text: format!("No module named {name}"),
            status: 1,
        }));
    };
    let space = module::namespace(main);
    dict::set_str(space, "__file__", &Str::new(&found.file));
    if let Some(cached) = &found.cached {
        dict::set_str(space, "__cached__", &Str::new(cached));
    }
    dict::set_str(space, "__package__", &Str::new(&found.package));
    dict::set_str(space, "__spec__", &found.spec);
    let argv = crate::config::sys_list("argv");
    if let Some(argv) = argv.as_ref().and_then(|a| a.downcast::<list::List>())
        && !argv.is_empty()
    {
        // SAFETY: index 0 exists.
        drop(unsafe { argv.replace_unchecked(0, Str::new(&found.file)) });
    }
    Ok(Ok(Prepared {
        code: found.code,
        arena: Vec::new(),
    }))
}

/// Literals of the main program: one reference more each while it runs.
mod arena {
    use std::cell::RefCell;

    use terrarium_objects::visit::{Role, Visit};
    use terrarium_objects::{Owned, state};

    thread_local! {
        static HELD: RefCell<Vec<Owned>> = const { RefCell::new(Vec::new()) };
    }

    pub fn hold(literals: Vec<Owned>) {
        HELD.with(|h| *h.borrow_mut() = literals);
        state::get().root_walkers.borrow_mut().push(visit);
    }

    pub fn release() {
        let literals = HELD.with(|h| std::mem::take(&mut *h.borrow_mut()));
        drop(literals);
    }

    fn visit(visit: &mut Visit<'_>) {
        HELD.with(|h| {
            for literal in h.borrow().iter() {
                visit.edge(Role::Root("the syntax tree of the main program"), literal);
            }
        });
    }
}
