//! `resource` (Modules/resource.c): limits of the process and what it used.

use terrarium_objects::types::{dict, exceptions as exc, float, int, module, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, args, error, none_owned, ops, state,
};
use terrarium_runtime::native_module::ModuleDef;

use crate::posix::path;
use crate::struct_sequence;

pub static MODULE: ModuleDef = ModuleDef {
    name: "resource",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 4] = [
    MethodDef::new(
        "getrusage",
        Native::O(getrusage),
        "getrusage($module, who, /)\n--\n\n",
    ),
    MethodDef::new(
        "getrlimit",
        Native::O(getrlimit),
        "getrlimit($module, resource, /)\n--\n\n",
    ),
    MethodDef::new(
        "setrlimit",
        Native::Fast(setrlimit),
        "setrlimit($module, resource, limits, /)\n--\n\n",
    ),
    MethodDef::new(
        "getpagesize",
        Native::NoArgs(|_| Ok(int::from_i64(4096))),
        "getpagesize($module, /)\n--\n\n",
    ),
];

macro_rules! numbers {
    ($($name:ident)*) => { [$((stringify!($name), libc::$name as i64)),*] };
}

const FIELDS: [&str; 16] = [
    "ru_utime",
    "ru_stime",
    "ru_maxrss",
    "ru_ixrss",
    "ru_idrss",
    "ru_isrss",
    "ru_minflt",
    "ru_majflt",
    "ru_nswap",
    "ru_inblock",
    "ru_oublock",
    "ru_msgsnd",
    "ru_msgrcv",
    "ru_nsignals",
    "ru_nvcsw",
    "ru_nivcsw",
];

const CLASS: &str = "resource.struct_rusage";

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    let all = numbers! {
        RLIMIT_CPU RLIMIT_FSIZE RLIMIT_DATA RLIMIT_STACK RLIMIT_CORE RLIMIT_RSS RLIMIT_NPROC RLIMIT_NOFILE RLIMIT_MEMLOCK
        RLIMIT_AS RLIMIT_MSGQUEUE RLIMIT_NICE RLIMIT_RTPRIO RLIMIT_SIGPENDING RUSAGE_SELF RUSAGE_CHILDREN RUSAGE_THREAD
    };
    for (name, number) in all {
        dict::set_str(space, name, &int::from_i64(number));
    }
    dict::set_str(space, "RLIM_INFINITY", &int::from_i64(-1));
    dict::set_str(space, "error", exc::OS_ERROR.as_object());
    let class = match state::get().kept(CLASS) {
        Some(class) => Owned::new(class),
        None => struct_sequence::class("resource", "struct_rusage", &FIELDS)?,
    };
    dict::set_str(space, "struct_rusage", &class);
    state::get().keep(CLASS, class);
    Ok(())
}

fn getrusage(_: &Object, who: &Object) -> PyResult {
    let who = int::as_i32(who)?;
    // SAFETY: plain data, filled in by the call.
    let mut used: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: room for the result.
    if unsafe { libc::getrusage(who, &raw mut used) } < 0 {
        return Err(error::value_error("invalid who parameter"));
    }
    let seconds = |t: libc::timeval| float::from_f64(t.tv_sec as f64 + t.tv_usec as f64 * 1e-6);
    let mut values = vec![seconds(used.ru_utime), seconds(used.ru_stime)];
    let numbers = [
        used.ru_maxrss,
        used.ru_ixrss,
        used.ru_idrss,
        used.ru_isrss,
        used.ru_minflt,
        used.ru_majflt,
        used.ru_nswap,
        used.ru_inblock,
        used.ru_oublock,
        used.ru_msgsnd,
        used.ru_msgrcv,
        used.ru_nsignals,
        used.ru_nvcsw,
        used.ru_nivcsw,
    ];
    values.extend(numbers.iter().map(|n| int::from_i64(*n)));
    let Some(class) = state::get().kept(CLASS).map(Owned::new) else {
        return Err(error::system_error("resource.struct_rusage is missing"));
    };
    ops::call::call(&class, &[Word::borrowed(&tuple::from_owned(values))], None)
}

fn resource(given: &Object) -> PyResult<u32> {
    let number = int::as_i32(given)?;
    u32::try_from(number)
        .ok()
        .filter(|n| *n < 16)
        .ok_or_else(|| error::value_error("invalid resource specified"))
}

fn getrlimit(_: &Object, which: &Object) -> PyResult {
    let which = resource(which)?;
    let mut limits = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: room for the result.
    path::check(unsafe { libc::getrlimit(which, &raw mut limits) })?;
    let shown = |n: libc::rlim_t| int::from_i64(n as i64);
    Ok(tuple::from_array([
        shown(limits.rlim_cur),
        shown(limits.rlim_max),
    ]))
}

fn setrlimit(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("setrlimit", args.len(), 2, 2)?;
    let which = resource(args[0].object())?;
    let given = ops::sequence::to_tuple(args[1].object())?;
    if args::tuple_len(&given) != 2 {
        return Err(error::value_error("expected a tuple of 2 integers"));
    }
    let limit = |at: usize| int::as_long(args::tuple_item(&given, at)).map(|n| n as libc::rlim_t);
    let limits = libc::rlimit {
        rlim_cur: limit(0)?,
        rlim_max: limit(1)?,
    };
    // SAFETY: the limits live during the call.
    if unsafe { libc::setrlimit(which, &raw const limits) } < 0 {
        return Err(match path::last_errno() {
            libc::EINVAL => error::value_error("current limit exceeds maximum limit"),
            libc::EPERM => error::value_error("not allowed to raise maximum limit"),
            number => path::raise(number, None, None),
        });
    }
    Ok(none_owned())
}
