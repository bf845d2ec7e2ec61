//! `_signal` (Modules/signalmodule.c): handlers written in Python run between instructions.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use terrarium_objects::args;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::r#type::methods::make_class;
use terrarium_objects::types::{
    dict, exceptions as exc, float, frame_object, int, module, set, tuple,
};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, error, none, none_owned, ops, root, state,
};
use terrarium_runtime::native_module::ModuleDef;
use terrarium_runtime::{frames, signals};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_signal",
    doc: "",
    methods: &METHODS,
    exec,
};

#[rustfmt::skip]
static NUMBERS: &[(&str, i64)] = &[
    ("NSIG", 65), ("SIG_BLOCK", 0), ("SIG_UNBLOCK", 1), ("SIG_SETMASK", 2), ("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3),
    ("SIGILL", 4), ("SIGTRAP", 5), ("SIGIOT", 6), ("SIGABRT", 6), ("SIGFPE", 8), ("SIGKILL", 9), ("SIGBUS", 7), ("SIGSEGV", 11),
    ("SIGSYS", 31), ("SIGPIPE", 13), ("SIGALRM", 14), ("SIGTERM", 15), ("SIGUSR1", 10), ("SIGUSR2", 12), ("SIGCLD", 17),
    ("SIGCHLD", 17), ("SIGPWR", 30), ("SIGIO", 29), ("SIGURG", 23), ("SIGWINCH", 28), ("SIGPOLL", 29), ("SIGSTOP", 19),
    ("SIGTSTP", 20), ("SIGCONT", 18), ("SIGTTIN", 21), ("SIGTTOU", 22), ("SIGVTALRM", 26), ("SIGPROF", 27), ("SIGXCPU", 24),
    ("SIGXFSZ", 25), ("SIGRTMIN", 34), ("SIGRTMAX", 64), ("SIGSTKFLT", 16), ("ITIMER_REAL", 0), ("ITIMER_VIRTUAL", 1),
    ("ITIMER_PROF", 2), ("SIG_DFL", 0), ("SIG_IGN", 1),
];

static METHODS: [MethodDef; 14] = [
    MethodDef::new(
        "default_int_handler",
        Native::Fast(|_, _| Err(exc::raise_bare(&exc::KEYBOARD_INTERRUPT))),
        "default_int_handler($module, signalnum, frame, /)\n--\n\n",
    ),
    MethodDef::new(
        "signal",
        Native::Fast(signal),
        "signal($module, signalnum, handler, /)\n--\n\n",
    ),
    MethodDef::new(
        "getsignal",
        Native::O(getsignal),
        "getsignal($module, signalnum, /)\n--\n\n",
    ),
    MethodDef::new(
        "raise_signal",
        Native::O(raise_signal),
        "raise_signal($module, signalnum, /)\n--\n\n",
    ),
    MethodDef::new(
        "strsignal",
        Native::O(strsignal),
        "strsignal($module, signalnum, /)\n--\n\n",
    ),
    MethodDef::new(
        "alarm",
        Native::O(alarm),
        "alarm($module, seconds, /)\n--\n\n",
    ),
    MethodDef::new(
        "setitimer",
        Native::Fast(setitimer),
        "setitimer($module, which, seconds, interval=0.0, /)\n--\n\n",
    ),
    MethodDef::new(
        "getitimer",
        Native::O(getitimer),
        "getitimer($module, which, /)\n--\n\n",
    ),
    MethodDef::new("pause", Native::NoArgs(pause), "pause($module, /)\n--\n\n"),
    MethodDef::new(
        "valid_signals",
        Native::NoArgs(valid_signals),
        "valid_signals($module, /)\n--\n\n",
    ),
    MethodDef::new(
        "siginterrupt",
        Native::Fast(siginterrupt),
        "siginterrupt($module, signalnum, flag, /)\n--\n\n",
    ),
    MethodDef::new(
        "set_wakeup_fd",
        Native::FastKeywords(set_wakeup_fd),
        "set_wakeup_fd($module, fd, /, *, warn_on_full_buffer=True)\n--\n\n",
    ),
    MethodDef::new(
        "pthread_kill",
        Native::Fast(pthread_kill),
        "pthread_kill($module, thread_id, signalnum, /)\n--\n\n",
    ),
    MethodDef::new(
        "pthread_sigmask",
        Native::Fast(pthread_sigmask),
        "pthread_sigmask($module, how, mask, /)\n--\n\n",
    ),
];

const HANDLERS: &str = "signal handlers";
const TIMER_ERROR: &str = "signal.ItimerError";
const LAST: i32 = 64;

/// Signals that came and whose handlers have not run yet, a bit each.
static PENDING: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static WAKEUP: RefCell<i32> = const { RefCell::new(-1) };
}

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    for (name, number) in NUMBERS {
        dict::set_str(space, name, &int::from_i64(*number));
    }
    let namespace = dict::new();
    dict::set_str(&namespace, "__module__", &Str::new("signal"));
    let class = make_class("itimer_error", &[exc::OS_ERROR.as_object()], &namespace)?;
    dict::set_str(space, "ItimerError", &class);
    state::get().keep(TIMER_ERROR, class);
    let handlers = dict::new();
    for number in 1..=LAST {
        // SAFETY: asks only.
        let action = unsafe {
            let mut now: libc::sigaction = std::mem::zeroed();
            if libc::sigaction(number, std::ptr::null(), &mut now) != 0 {
                continue;
            }
            now.sa_sigaction
        };
        let shown = match action {
            libc::SIG_DFL => int::from_i64(0),
            libc::SIG_IGN => int::from_i64(1),
            _ => none_owned(),
        };
        dict::set(&handlers, &int::from_i64(number.into()), &shown)?;
    }
    if let Some(own) = dict::get_str(space, "default_int_handler") {
        dict::set(&handlers, &int::from_i64(libc::SIGINT.into()), &own)?;
    }
    state::get().keep(HANDLERS, handlers);
    signals::set_runner(run_pending);
    Ok(())
}

fn handlers() -> Owned {
    state::get()
        .kept(HANDLERS)
        .map_or_else(dict::new, Owned::new)
}

/// Runs in the middle of anything: it only stores words.
extern "C" fn arrived(number: libc::c_int) {
    PENDING.fetch_or(1 << (number - 1), Ordering::SeqCst);
    signals::interrupt();
}

/// Calls the handlers of the signals that came.
fn run_pending() -> PyResult<()> {
    let pending = PENDING.swap(0, Ordering::SeqCst);
    if pending == 0 {
        // An interrupt from before this module was imported.
        return Err(exc::raise_bare(&exc::KEYBOARD_INTERRUPT));
    }
    for number in 1..=LAST {
        if pending & 1 << (number - 1) == 0 {
            continue;
        }
        let key = int::from_i64(number.into());
        let handler = dict::get(&handlers(), &key)?.filter(|h| h.ty().slots.call.is_some());
        let Some(handler) = handler else { continue };
        let handler = root("signal handler", handler);
        let frame = root("frame of a signal", frame());
        let done = ops::call::call(&handler, &terrarium_objects::words([&key, &frame]), None);
        drop(frame);
        drop(handler);
        done?;
    }
    Ok(())
}

/// The innermost frame, or None.
fn frame() -> Owned {
    let at = frames::innermost();
    if at.is_null() {
        return none_owned();
    }
    // SAFETY: a live frame.
    unsafe { frame_object::object_of(at) }
}

fn number_of(object: &Object) -> PyResult<i32> {
    let number = int::as_i32(&*ops::number::index(object)?)?;
    if !(1..=LAST).contains(&number) {
        return Err(error::value_error("signal number out of range"));
    }
    Ok(number)
}

fn failed() -> terrarium_objects::Raised {
    let number = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    crate::posix::os_error(number)
}

fn signal(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("signal", args.len(), 2, 2)?;
    let number = number_of(args[0].object())?;
    let handler = args[1].object();
    let special = int::is_int(handler).then(|| int::as_i64(handler)).flatten();
    let action = match special {
        Some(0) => libc::SIG_DFL,
        Some(1) => libc::SIG_IGN,
        _ if handler.ty().slots.call.is_some() => arrived as *const () as libc::sighandler_t,
        _ => {
            return Err(error::type_error(
                "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object",
            ));
        }
    };
    // SAFETY: a handler that only stores words, or an action of the system.
    if unsafe { libc::signal(number, action) } == libc::SIG_ERR {
        return Err(failed());
    }
    let key = int::from_i64(number.into());
    let all = handlers();
    let old = dict::get(&all, &key)?;
    dict::set(&all, &key, handler)?;
    Ok(old.unwrap_or_else(none_owned))
}

fn getsignal(_: &Object, number: &Object) -> PyResult {
    let key = int::from_i64(number_of(number)?.into());
    Ok(dict::get(&handlers(), &key)?.unwrap_or_else(none_owned))
}

/// Handlers of signals sent to oneself run before the call returns.
fn settled() -> PyResult {
    if PENDING.load(Ordering::SeqCst) != 0 {
        run_pending()?;
    }
    Ok(none_owned())
}

fn raise_signal(_: &Object, number: &Object) -> PyResult {
    let number = int::as_i32(&*ops::number::index(number)?)?;
    // SAFETY: the call takes any number.
    if unsafe { libc::raise(number) } != 0 {
        return Err(failed());
    }
    settled()
}

fn pthread_kill(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("pthread_kill", args.len(), 2, 2)?;
    raise_signal(none(), args[1].object())
}

fn strsignal(_: &Object, number: &Object) -> PyResult {
    let number = number_of(number)?;
    // SAFETY: null or a terminated text.
    unsafe {
        let text = libc::strsignal(number);
        if text.is_null() {
            return Ok(none_owned());
        }
        let text = std::ffi::CStr::from_ptr(text)
            .to_string_lossy()
            .into_owned();
        Ok(if text.starts_with("Unknown signal") {
            none_owned()
        } else {
            Str::new(&text)
        })
    }
}

fn alarm(_: &Object, seconds: &Object) -> PyResult {
    let seconds = int::as_i32(&*ops::number::index(seconds)?)?;
    // SAFETY: the call takes any number.
    Ok(int::from_i64(unsafe { libc::alarm(seconds as u32) }.into()))
}

fn pair(timer: &libc::itimerval) -> Owned {
    let seconds = |t: &libc::timeval| float::from_f64(t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    tuple::from_array([seconds(&timer.it_value), seconds(&timer.it_interval)])
}

fn timer_error() -> terrarium_objects::Raised {
    let problem = std::io::Error::last_os_error();
    let class = state::get().kept(TIMER_ERROR).map(Owned::new);
    let number = int::from_i64(problem.raw_os_error().unwrap_or(0).into());
    // SAFETY: a terminated text.
    let text = unsafe {
        std::ffi::CStr::from_ptr(libc::strerror(problem.raw_os_error().unwrap_or(0)))
            .to_string_lossy()
            .into_owned()
    };
    match class.map(|c| {
        ops::call::call(
            &c,
            &terrarium_objects::words([&number, &Str::new(&text)]),
            None,
        )
    }) {
        Some(Ok(exception)) => error::restore(exception),
        Some(Err(raised)) => raised,
        None => failed(),
    }
}

fn setitimer(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("setitimer", args.len(), 2, 3)?;
    let which = int::as_i32(&*ops::number::index(args[0].object())?)?;
    let time = |object: Option<&Object>| -> PyResult<libc::timeval> {
        let seconds = object.map_or(Ok(0.0), ops::number::as_f64)?;
        Ok(libc::timeval {
            tv_sec: seconds.floor() as i64,
            tv_usec: ((seconds - seconds.floor()) * 1e6).ceil().min(999_999.0) as i64,
        })
    };
    let wanted = libc::itimerval {
        it_value: time(Some(args[1].object()))?,
        it_interval: time(args.get(2).map(|w| w.object()))?,
    };
    // SAFETY: both records live during the call.
    unsafe {
        let mut old: libc::itimerval = std::mem::zeroed();
        if libc::setitimer(which as _, &wanted, &mut old) != 0 {
            return Err(timer_error());
        }
        Ok(pair(&old))
    }
}

fn getitimer(_: &Object, which: &Object) -> PyResult {
    let which = int::as_i32(&*ops::number::index(which)?)?;
    // SAFETY: as above.
    unsafe {
        let mut now: libc::itimerval = std::mem::zeroed();
        if libc::getitimer(which as _, &mut now) != 0 {
            return Err(timer_error());
        }
        Ok(pair(&now))
    }
}

fn pause(_: &Object) -> PyResult {
    // SAFETY: waits.
    unsafe { libc::pause() };
    settled()
}

fn valid_signals(_: &Object) -> PyResult {
    let all = set::new();
    for number in (1..=LAST).filter(|n| *n != 32 && *n != 33) {
        set::add_owned(&all, int::from_i64(number.into()))?;
    }
    Ok(all)
}

fn siginterrupt(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("siginterrupt", args.len(), 2, 2)?;
    number_of(args[0].object())?;
    Ok(none_owned())
}

fn set_wakeup_fd(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: args::Signature =
        args::Signature::new("set_wakeup_fd", &["", "warn_on_full_buffer"], 1, 1, 1);
    let [fd, _] = SIGNATURE.bind::<2>(args, kwnames)?;
    let fd = int::as_i32(&*ops::number::index(fd.unwrap_or(none()))?)?;
    Ok(int::from_i64(WAKEUP.with(|w| w.replace(fd)).into()))
}

fn pthread_sigmask(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("pthread_sigmask", args.len(), 2, 2)?;
    let how = int::as_i32(&*ops::number::index(args[0].object())?)?;
    let mut numbers = Vec::new();
    ops::iter::for_each(args[1].object(), |item| {
        numbers.push(number_of(&item)?);
        Ok(())
    })?;
    // SAFETY: zeroes are an empty set; the calls write into the sets.
    let old = unsafe {
        let mut wanted: libc::sigset_t = std::mem::zeroed();
        let mut old: libc::sigset_t = std::mem::zeroed();
        for number in numbers {
            libc::sigaddset(&mut wanted, number);
        }
        if libc::pthread_sigmask(how, &wanted, &mut old) != 0 {
            return Err(failed());
        }
        old
    };
    let all = set::new();
    for number in 1..=LAST {
        // SAFETY: a set made above.
        if unsafe { libc::sigismember(&old, number) } == 1 {
            set::add_owned(&all, int::from_i64(number.into()))?;
        }
    }
    Ok(all)
}
