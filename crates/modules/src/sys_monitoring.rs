//! `sys.monitoring` (PEP 669, Python/instrumentation.c): tools, callbacks and event sets are kept; turning an event on is refused, since
//! code is not instrumented yet.

use std::cell::RefCell;

use terrarium_objects::types::{dict, int, module, namespace, object};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Raised, Role, Visit, Word, args, error, none,
    none_owned, ops, state,
};
use terrarium_runtime::native_module::{self, ModuleDef};

static MODULE: ModuleDef = ModuleDef {
    name: "sys.monitoring",
    doc: "",
    methods: &METHODS,
    exec: native_module::nothing,
};

/// Tools 0 to 5 are for programs.
const TOOLS: usize = 6;

/// Events, by number of their bit (`_PY_MONITORING_EVENTS` and those that belong to others).
const EVENTS: [(&str, u32); 19] = [
    ("PY_START", 0),
    ("PY_RESUME", 1),
    ("PY_RETURN", 2),
    ("PY_YIELD", 3),
    ("CALL", 4),
    ("LINE", 5),
    ("INSTRUCTION", 6),
    ("JUMP", 7),
    ("BRANCH_LEFT", 8),
    ("BRANCH_RIGHT", 9),
    ("STOP_ITERATION", 10),
    ("RAISE", 11),
    ("EXCEPTION_HANDLED", 12),
    ("PY_UNWIND", 13),
    ("PY_THROW", 14),
    ("RERAISE", 15),
    ("C_RETURN", 16),
    ("C_RAISE", 17),
    ("BRANCH", 18),
];

const ALL_EVENTS: i64 = (1 << EVENTS.len()) - 1;

struct Tools {
    names: [Option<Owned>; TOOLS],
    callbacks: Vec<(usize, u32, Owned)>,
}

thread_local! {
    static ALL: RefCell<Tools> = const { RefCell::new(Tools { names: [const { None }; TOOLS], callbacks: Vec::new() }) };
}

static METHODS: [MethodDef; 11] = [
    MethodDef::new(
        "use_tool_id",
        Native::Fast(use_tool),
        "use_tool_id($module, tool_id, name, /)\n--\n\n",
    ),
    MethodDef::new(
        "clear_tool_id",
        Native::O(clear_tool),
        "clear_tool_id($module, tool_id, /)\n--\n\n",
    ),
    MethodDef::new(
        "free_tool_id",
        Native::O(free_tool),
        "free_tool_id($module, tool_id, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_tool",
        Native::O(get_tool),
        "get_tool($module, tool_id, /)\n--\n\n",
    ),
    MethodDef::new(
        "register_callback",
        Native::Fast(register),
        "register_callback($module, tool_id, event, func, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_events",
        Native::O(|_, id| tool(id).map(|_| int::from_i64(0))),
        "get_events($module, tool_id, /)\n--\n\n",
    ),
    MethodDef::new(
        "set_events",
        Native::Fast(|_, args| set_events("set_events", args, 1)),
        "set_events($module, tool_id, event_set, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_local_events",
        Native::Fast(|_, args| {
            args::check_positional("get_local_events", args.len(), 2, 2)?;
            tool(args[0].object()).map(|_| int::from_i64(0))
        }),
        "get_local_events($module, tool_id, code, /)\n--\n\n",
    ),
    MethodDef::new(
        "set_local_events",
        Native::Fast(|_, args| set_events("set_local_events", args, 2)),
        "set_local_events($module, tool_id, code, event_set, /)\n--\n\n",
    ),
    MethodDef::new(
        "restart_events",
        Native::NoArgs(|_| Ok(none_owned())),
        "restart_events($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_all_events",
        Native::NoArgs(|_| Ok(dict::new())),
        "_all_events($module, /)\n--\n\n",
    ),
];

/// Enters the module in the namespace of `sys`.
pub fn add(space: &Object) -> PyResult<()> {
    let made = MODULE.instantiate()?;
    let own = module::namespace(&made);
    for (name, id) in [
        ("DEBUGGER_ID", 0),
        ("COVERAGE_ID", 1),
        ("PROFILER_ID", 2),
        ("OPTIMIZER_ID", 5),
    ] {
        dict::set_str(own, name, &int::from_i64(id));
    }
    for name in ["DISABLE", "MISSING"] {
        let marker = ops::call::call(object::OBJECT.as_object(), &[], None)?;
        dict::set_str(own, name, &marker);
    }
    let events = dict::new();
    dict::set_str(&events, "NO_EVENTS", &int::from_i64(0));
    for (name, bit) in EVENTS {
        dict::set_str(&events, name, &int::from_i64(1 << bit));
    }
    dict::set_str(own, "events", &*namespace::new(&events)?);
    dict::set_str(space, "monitoring", &made);
    state::get().root_walkers.borrow_mut().push(visit);
    Ok(())
}

fn visit(visit: &mut Visit<'_>) {
    ALL.with(|all| {
        let all = all.borrow();
        for name in all.names.iter().flatten() {
            visit.edge(Role::Root("the name of a monitoring tool"), name);
        }
        for (_, _, callback) in &all.callbacks {
            visit.edge(Role::Root("a monitoring callback"), callback);
        }
    });
}

/// The number of a tool.
fn tool(id: &Object) -> PyResult<usize> {
    let id = int::as_i32(id)?;
    usize::try_from(id)
        .ok()
        .filter(|id| *id < TOOLS)
        .ok_or_else(|| error::value_error(format!("invalid tool {id} (must be between 0 and 5)")))
}

fn used(id: usize) -> PyResult<()> {
    if ALL.with(|all| all.borrow().names[id].is_none()) {
        return Err(error::value_error(format!("tool {id} is not in use")));
    }
    Ok(())
}

fn use_tool(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("use_tool_id", args.len(), 2, 2)?;
    let id = tool(args[0].object())?;
    let name = args[1].object();
    if !terrarium_objects::types::str::is_str(name) {
        return Err(error::value_error("tool name must be a str"));
    }
    if ALL.with(|all| all.borrow().names[id].is_some()) {
        return Err(error::value_error(format!("tool {id} is already in use")));
    }
    ALL.with(|all| all.borrow_mut().names[id] = Some(Owned::new(name)));
    Ok(none_owned())
}

fn forget_callbacks(id: usize) {
    let gone: Vec<_> = ALL.with(|all| {
        let callbacks = &mut all.borrow_mut().callbacks;
        callbacks.extract_if(.., |(of, _, _)| *of == id).collect()
    });
    drop(gone);
}

fn clear_tool(_: &Object, id: &Object) -> PyResult {
    forget_callbacks(tool(id)?);
    Ok(none_owned())
}

fn free_tool(_: &Object, id: &Object) -> PyResult {
    let id = tool(id)?;
    forget_callbacks(id);
    let name = ALL.with(|all| all.borrow_mut().names[id].take());
    drop(name);
    Ok(none_owned())
}

fn get_tool(_: &Object, id: &Object) -> PyResult {
    let id = tool(id)?;
    Ok(ALL
        .with(|all| all.borrow().names[id].clone())
        .unwrap_or_else(none_owned))
}

fn register(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("register_callback", args.len(), 3, 3)?;
    let id = tool(args[0].object())?;
    let event = int::as_i32(args[1].object())?;
    let known = event > 0 && event.count_ones() == 1 && i64::from(event) <= ALL_EVENTS;
    if !known {
        return Err(match event.count_ones() {
            1 => error::value_error(format!("invalid event {event}")),
            _ => error::value_error("The callback can only be set for one event at a time"),
        });
    }
    let bit = event.trailing_zeros();
    let new = args[2].object();
    let old = ALL.with(|all| {
        let callbacks = &mut all.borrow_mut().callbacks;
        let at = callbacks
            .iter()
            .position(|(of, at, _)| *of == id && *at == bit);
        let old = at.map(|at| callbacks.swap_remove(at).2);
        if !new.is(none()) {
            callbacks.push((id, bit, Owned::new(new)));
        }
        old
    });
    Ok(old.unwrap_or_else(none_owned))
}

fn unsupported() -> Raised {
    error::not_implemented_error(
        "sys.monitoring events are not supported yet; sys.settrace and sys.setprofile are",
    )
}

fn set_events(name: &str, args: &[Word], at: usize) -> PyResult {
    args::check_positional(name, args.len(), at + 1, at + 1)?;
    let id = tool(args[0].object())?;
    let events = i64::from(int::as_i32(args[at].object())?);
    if !(0..=ALL_EVENTS).contains(&events) {
        return Err(error::value_error(format!(
            "invalid event set 0x{events:x}"
        )));
    }
    used(id)?;
    if events != 0 {
        return Err(unsupported());
    }
    Ok(none_owned())
}
