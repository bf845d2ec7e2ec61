//! The end of the interpreter: the order in which a program's modules and objects go (Python/pylifecycle.c, `finalize_modules`).

use terrarium_objects::field::Field;
use terrarium_objects::state::{Span, root};
use terrarium_objects::types::weakref;
use terrarium_objects::types::{dict, module};
use terrarium_objects::{Owned, collect, error, none, state};

use crate::{program, start};

/// Takes the program apart: `__main__` first, then what others keep, collecting in between.
pub fn run() {
    // While everything is still there, as `Py_FinalizeEx` does: the order in which the rest dies follows from it.
    collect::collect_if_enabled();
    let modules = root("sys.modules", Owned::new(start::modules()));
    clear_sys();
    // Every module gives way to None; weak references tell which live on: name, reference, name, reference...
    let mut alive: Vec<Field> = Vec::new();
    let mut found = Vec::new();
    let mut position = 0;
    while let Some((name, value)) = dict::next(&modules, &mut position) {
        if value.is_exact(&module::MODULE) {
            found.push((Owned::new(name), Owned::new(value)));
        }
    }
    for (name, value) in found {
        if let Ok(reference) = weakref::new_ref(&value, None) {
            alive.push(Field::new(Some(name.clone())));
            alive.push(Field::new(Some(reference)));
        }
        if dict::set(&modules, &name, none()).is_err() {
            error::clear();
        }
    }
    let span = Span::new(
        "module that may live on",
        alive.as_ptr().cast(),
        alive.len(),
    );
    state::get().forget(program::MAIN);
    dict::clear(&modules);
    collect::collect_at_exit();
    for pair in alive.chunks(2).rev() {
        let (Some(name), Some(reference)) = (pair[0].take(), pair[1].take()) else {
            continue;
        };
        let keeps = terrarium_objects::ops::text::lossy(&name);
        if keeps == "sys" || keeps == "builtins" {
            continue;
        }
        // SAFETY: made by `new_ref`.
        let target = unsafe { reference.cast::<weakref::WeakRef>() }
            .target()
            .map(Owned::new);
        if let Some(target) = target {
            module::clear_namespace(module::namespace(&target));
        }
    }
    collect::collect_at_exit();
    drop(span);
}

/// Names of `sys` that could keep a program's objects alive.
fn clear_sys() {
    // What `sys.displayhook` kept last.
    dict::set_str(start::builtins(), "_", none());
    let Some(sys) = state::get().kept("sys module dict") else {
        return;
    };
    for name in [
        "last_exc",
        "last_type",
        "last_value",
        "last_traceback",
        "argv",
        "ps1",
        "ps2",
        "path_importer_cache",
        "meta_path",
        "path_hooks",
    ] {
        if dict::get_str(sys, name).is_some() {
            dict::set_str(sys, name, none());
        }
    }
    for name in ["stdin", "stdout", "stderr"] {
        if let Some(original) = dict::get_str(sys, &format!("__{name}__")) {
            dict::set_str(sys, name, &original);
        }
    }
}
