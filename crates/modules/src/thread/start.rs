//! Starting threads, and what happens when they end.

use std::cell::RefCell;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::types::{dict, exceptions as exc, int, tuple};
use terrarium_objects::visit::{Role, Visit};
use terrarium_objects::{Object, Owned, PyResult, Word, error, none, none_owned, ops, root, state};
use terrarium_runtime::threads;

use super::handle::{self, progress};

/// A thread that runs.
struct Running {
    ident: u64,
    /// Its function, which the report of an exception names.
    function: Owned,
    handle: Option<Owned>,
    daemon: bool,
}

thread_local! {
    static RUNNING: RefCell<Vec<Running>> = const { RefCell::new(Vec::new()) };
}

fn enter(running: Running) {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| state::get().root_walkers.borrow_mut().push(visit));
    RUNNING.with(|all| all.borrow_mut().push(running));
}

fn visit(visit: &mut Visit<'_>) {
    RUNNING.with(|all| {
        for running in all.borrow().iter() {
            visit.edge(
                Role::Root("function of a running thread"),
                &running.function,
            );
            if let Some(handle) = &running.handle {
                visit.edge(Role::Root("handle of a running thread"), handle);
            }
        }
    });
}

/// Told by the scheduler, in the thread itself.
fn ended(ident: u64, result: PyResult) {
    let own = RUNNING.with(|all| {
        let mut all = all.borrow_mut();
        let at = all.iter().position(|r| r.ident == ident);
        at.map(|at| all.swap_remove(at))
    });
    let Some(own) = own else {
        return;
    };
    let function = root("function of a thread", own.function);
    if result.is_err() {
        if error::matches(&exc::SYSTEM_EXIT) {
            error::clear();
        } else {
            error::unraisable("Exception ignored in thread started by", Some(&function));
        }
    }
    drop(result);
    drop(function);
    if let Some(handle) = own.handle {
        handle::set_done(&handle);
        drop(handle);
    }
}

/// `start_new_thread(function, args, kwargs)`: the number of the new thread.
pub fn start_new(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("start_new_thread", args.len(), 2, 3)?;
    let [function, given] = [args[0].object(), args[1].object()];
    if function.ty().slots.call.is_none() {
        return Err(error::type_error("first arg must be callable"));
    }
    if given.downcast::<tuple::Tuple>().is_none() {
        return Err(error::type_error("2nd arg must be a tuple"));
    }
    let kwargs = args.get(2).map(|k| k.object());
    if kwargs.is_some_and(|k| k.downcast::<dict::Dict>().is_none()) {
        return Err(error::type_error("optional 3rd arg must be a dictionary"));
    }
    let ident = threads::start(function, given, kwargs, ended)?;
    enter(Running {
        ident,
        function: Owned::new(function),
        handle: None,
        daemon: true,
    });
    Ok(int::from_u64(ident))
}

/// `start_joinable_thread(function, handle=None, daemon=True)`: the handle.
pub fn start_joinable(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "start_joinable_thread",
        &["function", "handle", "daemon"],
        0,
        1,
        3,
    );
    let [function, given, daemon] = SIGNATURE.bind::<3>(args, kwnames)?;
    let function = function.unwrap_or(none());
    if function.ty().slots.call.is_none() {
        return Err(error::type_error("thread function must be callable"));
    }
    let daemon = daemon.map_or(Ok(true), ops::compare::is_true)?;
    let handle = match given.filter(|h| !h.is(none())) {
        Some(handle) if handle.is_exact(&handle::HANDLE) => Owned::new(handle),
        Some(_) => {
            return Err(error::type_error("'handle' must be a _ThreadHandle"));
        }
        None => handle::empty()?,
    };
    if handle::of(&handle).progress.get() != progress::NOT_STARTED {
        return Err(error::runtime_error("thread already started"));
    }
    let ident = threads::start(function, tuple::empty_ref(), None, ended)?;
    handle::of(&handle).ident.set(ident);
    handle::of(&handle).progress.set(progress::RUNNING);
    enter(Running {
        ident,
        function: Owned::new(function),
        handle: Some(handle.clone()),
        daemon,
    });
    Ok(handle)
}

/// Waits for all threads that are no daemons.
pub fn shutdown(_: &Object) -> PyResult {
    loop {
        let next = RUNNING.with(|all| {
            let all = all.borrow();
            let joinable = all.iter().find(|r| !r.daemon);
            joinable.and_then(|r| r.handle.clone())
        });
        let Some(handle) = next else {
            return Ok(none_owned());
        };
        let handle = root("thread being waited for", handle);
        handle::wait_for_end(&handle, None)?;
    }
}
