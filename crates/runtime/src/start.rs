//! Start-up and shut-down: what ties objects, loop and modules together, and the order in which a program's end takes them apart.

use terrarium_objects::frame;
use terrarium_objects::types::function::FUNCTION;
use terrarium_objects::types::list::LIST;
use terrarium_objects::types::{dict, generator, module, str::Str};
use terrarium_objects::{Object, Owned, PyResult, Word, error, state, type_cache};

use crate::native_module;
use crate::{call, imports, interp};

/// Makes the object core and the loop ready. Once, before anything else.
pub fn init() {
    terrarium_objects::init();
    FUNCTION
        .slots
        .edit(|slots| slots.call = Some(call::call_function));
    generator::set_evaluator(evaluate);
    crate::implied::install();
    terrarium_objects::types::str::set_immortal_at_start(|text| {
        text.as_ascii()
            .is_some_and(terrarium_compiler::constants::is_immortal_at_start)
    });
    state::get().keep("sys.modules", dict::new());
}

// SAFETY: the evaluator hook's: the frame is a generator's and ready to run.
unsafe fn evaluate(frame: *mut frame::Frame, throwing: bool) -> PyResult {
    // SAFETY: the generator's frame is ready by the hook's contract.
    unsafe {
        if throwing {
            interp::run::eval_throwing(frame)
        } else {
            interp::run::eval(frame)
        }
    }
}

/// `sys.modules`.
pub fn modules() -> &'static Object {
    state::get().kept("sys.modules").expect("made at start-up")
}

/// Makes a native module and enters it in `sys.modules`.
pub fn make_native(name: &str) -> PyResult {
    let def = native_module::find(name)
        .or_else(|| native_module::stand_in(name))
        .ok_or_else(|| error::import_error_text(format!("no built-in module named {name}")))?;
    let made = def.instantiate()?;
    crate::importing::describe_native(&made, name);
    dict::set(modules(), &Str::new(name), &made)?;
    Ok(made)
}

/// Makes `builtins` and what hangs on it. After the native modules were registered.
pub fn make_builtins() -> PyResult<()> {
    let builtins = make_native("builtins")?;
    let namespace = Owned::new(module::namespace(&builtins));
    let append = type_cache::lookup(&LIST, &Str::new("append"))
        .ok_or_else(|| error::system_error("list.append is missing"))?;
    imports::remember_callables(&namespace, &append);
    for (name, key) in [("all", "builtins.all"), ("any", "builtins.any")] {
        if let Some(function) = dict::get_str(&namespace, name) {
            state::get().keep(key, function);
        }
    }
    // CPython keeps a copy of the built-ins for its own use: one reference more each.
    state::get().keep("copy of the built-ins", dict::copy(&namespace));
    state::get().keep("builtins", namespace);
    Ok(())
}

/// The built-ins' namespace.
pub fn builtins() -> &'static Object {
    state::get().kept("builtins").expect("made at start-up")
}

/// The built-ins that code with these globals sees: its `__builtins__`, a module or a dict.
pub fn builtins_of(globals: &Object) -> Owned {
    match dict::get_str(globals, "__builtins__") {
        Some(found) if found.is_exact(&module::MODULE) => Owned::new(module::namespace(&found)),
        Some(found) => found,
        None => Owned::new(builtins()),
    }
}

/// Calls a function with borrowed arguments; for start-up code.
pub fn call_with(function: &Object, args: &[&Object]) -> PyResult {
    let words: Vec<Word> = args.iter().map(|a| Word::borrowed(a)).collect();
    terrarium_objects::ops::call::call(function, &words, None)
}
