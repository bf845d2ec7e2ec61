//! `_thread` (Modules/_threadmodule.c): threads, locks, identifiers, thread-local data.

mod handle;
mod local;
mod lock;
mod rlock;
mod start;

use terrarium_objects::args;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, dict, exceptions as exc, float, int, module};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, error, none, none_owned, ops, root,
};
use terrarium_runtime::native_module::ModuleDef;
use terrarium_runtime::threads;

use crate::body::add_types;
use crate::struct_sequence;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_thread",
    doc: "",
    methods: &METHODS,
    exec,
};

/// The longest time that `acquire` may be asked to wait, in seconds.
const TIMEOUT_MAX: f64 = 9223372036.0;

fn exec(made: &Object) -> PyResult<()> {
    add_types(
        made,
        &[&handle::HANDLE, &lock::LOCK, &rlock::RLOCK, &local::LOCAL],
    );
    let space = module::namespace(made);
    dict::set_str(space, "LockType", lock::LOCK.as_object());
    dict::set_str(space, "error", exc::RUNTIME_ERROR.as_object());
    dict::set_str(space, "TIMEOUT_MAX", &float::from_f64(TIMEOUT_MAX));
    dict::set_str(space, "_NAME_MAXLEN", &int::from_i64(15));
    let hook_args = struct_sequence::class(
        "_thread",
        "_ExceptHookArgs",
        &["exc_type", "exc_value", "exc_traceback", "thread"],
    )?;
    dict::set_str(space, "_ExceptHookArgs", &hook_args);
    Ok(())
}

static METHODS: [MethodDef; 20] = [
    MethodDef::new(
        "_make_thread_handle",
        Native::O(handle::make),
        "_make_thread_handle($module, ident, /)\n--\n\n",
    ),
    MethodDef::new(
        "_excepthook",
        Native::O(excepthook),
        "_excepthook($module, args, /)\n--\n\n",
    ),
    MethodDef::new(
        "start_new_thread",
        Native::Fast(start::start_new),
        "start_new_thread($module, function, args, kwargs={}, /)\n--\n\n",
    ),
    MethodDef::new(
        "start_new",
        Native::Fast(start::start_new),
        "start_new($module, function, args, kwargs={}, /)\n--\n\n",
    ),
    MethodDef::new(
        "start_joinable_thread",
        Native::FastKeywords(start::start_joinable),
        "start_joinable_thread($module, /, function, handle=None, daemon=True)\n--\n\n",
    ),
    MethodDef::new(
        "daemon_threads_allowed",
        Native::NoArgs(|_| Ok(bool::bool_owned(true))),
        "daemon_threads_allowed($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "allocate_lock",
        Native::NoArgs(lock::allocate),
        "allocate_lock($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "allocate",
        Native::NoArgs(lock::allocate),
        "allocate($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "exit_thread",
        Native::NoArgs(exit),
        "exit_thread($module, /)\n--\n\n",
    ),
    MethodDef::new("exit", Native::NoArgs(exit), "exit($module, /)\n--\n\n"),
    MethodDef::new(
        "interrupt_main",
        Native::Fast(interrupt_main),
        "interrupt_main($module, signum=signal.SIGINT, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_ident",
        Native::NoArgs(|_| Ok(int::from_u64(ident()))),
        "get_ident($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "get_native_id",
        Native::NoArgs(native_id),
        "get_native_id($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_count",
        Native::NoArgs(|_| Ok(int::from_usize(threads::count()))),
        "_count($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "stack_size",
        Native::Fast(stack_size),
        "stack_size($module, size=0, /)\n--\n\n",
    ),
    MethodDef::new(
        "_is_main_interpreter",
        Native::NoArgs(|_| Ok(bool::bool_owned(true))),
        "_is_main_interpreter($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_shutdown",
        Native::NoArgs(start::shutdown),
        "_shutdown($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "_get_main_thread_ident",
        Native::NoArgs(|_| Ok(int::from_u64(threads::ident_of_main()))),
        "_get_main_thread_ident($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "set_name",
        Native::FastKeywords(set_name),
        "set_name($module, /, name)\n--\n\n",
    ),
    MethodDef::new(
        "_get_name",
        Native::NoArgs(get_name),
        "_get_name($module, /)\n--\n\n",
    ),
];

/// The number of the running thread.
fn ident() -> u64 {
    threads::ident()
}

fn native_id(_: &Object) -> PyResult {
    // SAFETY: no preconditions.
    Ok(int::from_i64(unsafe { libc::gettid() }.into()))
}

/// Shows an exception that left a thread's function, except SystemExit.
fn excepthook(_: &Object, args: &Object) -> PyResult {
    let class = ops::sequence::get_index(args, 0)?;
    if class.is(exc::SYSTEM_EXIT.as_object()) {
        return Ok(none_owned());
    }
    let value =
        terrarium_objects::root("exception of a thread", ops::sequence::get_index(args, 1)?);
    let thread = terrarium_objects::root("thread", ops::sequence::get_index(args, 3)?);
    let name = match thread.is(none()) {
        true => threads::ident().to_string(),
        false => ops::text::lossy(&*ops::text::str(&*ops::attribute::get_str(
            &thread, "name",
        )?)?),
    };
    let shown = crate::traceback_text::format(&value);
    crate::sys::write_stderr(&format!("Exception in thread {name}:\n{shown}"));
    Ok(none_owned())
}

fn exit(_: &Object) -> PyResult {
    Err(exc::raise_bare(&exc::SYSTEM_EXIT))
}

fn interrupt_main(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("interrupt_main", args.len(), 0, 1)?;
    let number = args
        .first()
        .map_or(Ok(libc::SIGINT), |n| int::as_i32(n.object()))?;
    if !(1..=64).contains(&number) {
        return Err(error::value_error("signal number out of range"));
    }
    if number == libc::SIGINT {
        terrarium_runtime::signals::interrupt();
    }
    Ok(none_owned())
}

/// Sizes are accepted and have no effect: there is one thread, and its stack is there already.
fn stack_size(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("stack_size", args.len(), 0, 1)?;
    let size = match args.first() {
        Some(size) => ops::number::index_isize(size.object(), None)?,
        None => 0,
    };
    if size < 0 {
        return Err(error::value_error("size must be 0 or a positive value"));
    }
    if size != 0 && size < 32768 {
        return Err(error::value_error(format!("size not valid: {size} bytes")));
    }
    Ok(int::from_i64(0))
}

fn set_name(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature = args::Signature::new("set_name", &["name"], 0, 1, 1);
    let [name] = SIGNATURE.bind::<1>(args, kwnames)?;
    let Some(name) = name.unwrap_or(none()).downcast::<Str>() else {
        return Err(error::type_error(format!(
            "set_name() argument 'name' must be str, not {}",
            name.unwrap_or(none()).ty().full_name()
        )));
    };
    let mut bytes: Vec<u8> = name.lossy().bytes().take(15).collect();
    bytes.push(0);
    // SAFETY: a text with its end.
    unsafe { libc::prctl(libc::PR_SET_NAME, bytes.as_ptr()) };
    Ok(none_owned())
}

fn get_name(_: &Object) -> PyResult {
    let mut bytes = [0u8; 16];
    // SAFETY: the call writes at most 16 bytes.
    unsafe { libc::prctl(libc::PR_GET_NAME, bytes.as_mut_ptr()) };
    let text = bytes.split(|b| *b == 0).next().unwrap_or(&[]);
    Ok(Str::new(&String::from_utf8_lossy(text)))
}

/// `acquire(blocking=True, timeout=-1)`: whether to wait, and how many seconds at most.
fn acquire_arguments(
    args: &[Word],
    kwnames: Option<&Object>,
) -> PyResult<(std::primitive::bool, Option<f64>)> {
    static SIGNATURE: args::Signature =
        args::Signature::new("acquire", &["blocking", "timeout"], 0, 0, 2);
    let [blocking, timeout] = SIGNATURE.bind::<2>(args, kwnames)?;
    let blocking = blocking.map_or(Ok(true), ops::compare::is_true)?;
    let Some(timeout) = timeout else {
        return Ok((blocking, None));
    };
    let seconds = ops::number::as_f64(timeout)?;
    if !blocking && seconds != -1.0 {
        return Err(error::value_error(
            "can't specify a timeout for a non-blocking call",
        ));
    }
    if seconds < 0.0 && seconds != -1.0 {
        return Err(error::value_error(
            "timeout value must be a non-negative number",
        ));
    }
    if seconds > TIMEOUT_MAX {
        return Err(error::overflow_error("timeout value is too large"));
    }
    Ok((blocking, (seconds != -1.0).then_some(seconds)))
}

/// What threads that wait for a lock (or the end of a thread) know it by.
fn address(lock: &Object) -> usize {
    lock.as_ptr() as usize
}

/// Waits until a lock is free: whether it is. `is_free` looks.
fn wait(
    lock: &Object,
    blocking: std::primitive::bool,
    timeout: Option<f64>,
    is_free: impl Fn() -> std::primitive::bool,
) -> PyResult<std::primitive::bool> {
    if is_free() {
        return Ok(true);
    }
    if !blocking {
        return Ok(false);
    }
    // It may lose its last user while this thread waits.
    let lock = root("lock being waited for", Owned::new(lock));
    let deadline = threads::deadline(timeout);
    loop {
        threads::wait_for_lock(address(&lock), deadline)?;
        if is_free() {
            return Ok(true);
        }
        if deadline.is_some_and(|end| std::time::Instant::now() >= end) {
            return Ok(false);
        }
    }
}
