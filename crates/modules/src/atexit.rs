//! `atexit` (Modules/atexitmodule.c).

use terrarium_objects::types::list::{self, List};
use terrarium_objects::types::{int, tuple};
use terrarium_objects::{
    CompareOp, MethodDef, Native, Object, Owned, PyResult, Word, args, error, none, none_owned,
    ops, root, state,
};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "atexit",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 5] = [
    MethodDef::new(
        "register",
        Native::FastKeywords(register),
        "register($module, func, /, *args, **kwargs)\n--\n\n",
    ),
    MethodDef::new(
        "_clear",
        Native::NoArgs(clear),
        "_clear($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "unregister",
        Native::O(unregister),
        "unregister($module, func, /)\n--\n\n",
    ),
    MethodDef::new(
        "_run_exitfuncs",
        Native::NoArgs(run_exit_functions),
        "_run_exitfuncs($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_ncallbacks",
        Native::NoArgs(|_| Ok(int::from_usize(callbacks().map_or(0, |c| of(&c).len())))),
        "_ncallbacks($module, /)\n--\n\n",
    ),
];

/// The list of `(function, arguments, keywords)`, the latest first.
const KEPT: &str = "exit functions";

fn exec(_: &Object) -> PyResult<()> {
    if state::get().kept(KEPT).is_none() {
        state::get().keep(KEPT, list::new());
    }
    Ok(())
}

fn callbacks() -> Option<Owned> {
    state::get().kept(KEPT).map(Owned::new)
}

fn of(callbacks: &Object) -> &List {
    // SAFETY: the list kept above.
    unsafe { callbacks.cast() }
}

fn register(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (positional, _) = args::split(args, kwnames);
    let Some((function, rest)) = positional.split_first() else {
        return Err(error::type_error(
            "register() takes at least 1 argument (0 given)",
        ));
    };
    let function = function.object();
    if function.ty().slots.call.is_none() {
        return Err(error::type_error("the first argument must be callable"));
    }
    let rest = if rest.is_empty() {
        tuple::empty()
    } else {
        tuple::from_words(rest)
    };
    let keywords = args::keyword_dict(args, kwnames)?.unwrap_or_else(none_owned);
    let entry = tuple::from_array([Owned::new(function), rest, keywords]);
    if let Some(all) = callbacks() {
        list::methods::insert_at(of(&all), 0, &entry)?;
    }
    Ok(Owned::new(function))
}

fn clear(_: &Object) -> PyResult {
    if let Some(all) = callbacks() {
        list::clear(of(&all));
    }
    Ok(none_owned())
}

fn unregister(_: &Object, function: &Object) -> PyResult {
    let Some(all) = callbacks() else {
        return Ok(none_owned());
    };
    let all = root("exit functions", all);
    let mut at = 0;
    while let Some(entry) = of(&all).item_owned(at) {
        let entry = root("exit function", entry);
        let same =
            ops::compare::compare_bool(args::tuple_item(&entry, 0), function, CompareOp::Eq)?;
        let still_there = of(&all).item(at).is_some_and(|e| e.is(&entry));
        if same && still_there {
            ops::sequence::set_index(&all, at as isize, None)?;
        } else {
            at += 1;
        }
    }
    Ok(none_owned())
}

fn run_exit_functions(_: &Object) -> PyResult {
    run();
    Ok(none_owned())
}

/// Calls the registered functions, the latest first, and forgets all; their exceptions are shown as unraisable ones.
pub fn run() {
    let Some(all) = callbacks() else {
        return;
    };
    let Ok(copy) = ops::sequence::to_tuple(&all) else {
        return error::clear();
    };
    let copy = root("exit functions being run", copy);
    for i in 0..args::tuple_len(&copy) {
        let entry = args::tuple_item(&copy, i);
        let function = args::tuple_item(entry, 0);
        let keywords = Some(args::tuple_item(entry, 2)).filter(|k| !k.is(none()));
        let done = ops::call::call_tuple_dict(function, args::tuple_item(entry, 1), keywords);
        if done.is_err() {
            error::unraisable("Exception ignored in atexit callback", Some(function));
        }
    }
    drop(copy);
    list::clear(of(&all));
}
