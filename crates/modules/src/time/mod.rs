//! `time`: clocks, sleeping, calendar time.

mod calendar;
mod clocks;

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use terrarium_objects::types::str::Str;
use terrarium_objects::types::{builtin_function, dict, float, int, module};
use terrarium_objects::{MethodDef, Native, Object, Owned, PyResult, error, none_owned, ops};
use terrarium_runtime::native_module::ModuleDef;
use terrarium_runtime::threads;

pub static MODULE: ModuleDef = ModuleDef {
    name: "time",
    doc: "",
    methods: &METHODS,
    exec,
};

fn exec(made: &Object) -> PyResult<()> {
    let space = Owned::new(module::namespace(made));
    for def in &calendar::METHODS {
        let function = builtin_function::new(def, Some(made), Some(&Str::new("time")));
        dict::set_str(&space, def.name, &function);
    }
    for (name, number) in clocks::NUMBERS {
        dict::set_str(&space, name, &int::from_i64(number));
    }
    calendar::exec(&space)
}

static METHODS: [MethodDef; 15] = [
    MethodDef::new("clock_gettime", Native::O(clocks::gettime), ""),
    MethodDef::new("clock_gettime_ns", Native::O(clocks::gettime_ns), ""),
    MethodDef::new("clock_getres", Native::O(clocks::getres), ""),
    MethodDef::new("get_clock_info", Native::O(clocks::info), ""),
    MethodDef::new(
        "time",
        Native::NoArgs(|_| Ok(float::from_f64(now().as_secs_f64()))),
        "",
    ),
    MethodDef::new("time_ns", Native::NoArgs(|_| Ok(nanoseconds(now()))), ""),
    MethodDef::new(
        "perf_counter",
        Native::NoArgs(|_| Ok(float::from_f64(since_start().as_secs_f64()))),
        "",
    ),
    MethodDef::new(
        "perf_counter_ns",
        Native::NoArgs(|_| Ok(nanoseconds(since_start()))),
        "",
    ),
    MethodDef::new(
        "monotonic",
        Native::NoArgs(|_| Ok(float::from_f64(since_start().as_secs_f64()))),
        "",
    ),
    MethodDef::new(
        "monotonic_ns",
        Native::NoArgs(|_| Ok(nanoseconds(since_start()))),
        "",
    ),
    MethodDef::new(
        "process_time",
        Native::NoArgs(|_| Ok(float::from_f64(processor().as_secs_f64()))),
        "",
    ),
    MethodDef::new(
        "process_time_ns",
        Native::NoArgs(|_| Ok(nanoseconds(processor()))),
        "",
    ),
    MethodDef::new(
        "thread_time",
        Native::NoArgs(|_| Ok(float::from_f64(processor().as_secs_f64()))),
        "",
    ),
    MethodDef::new(
        "thread_time_ns",
        Native::NoArgs(|_| Ok(nanoseconds(processor()))),
        "",
    ),
    MethodDef::new("sleep", Native::O(sleep), ""),
];

fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn since_start() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed() + Duration::from_secs(1)
}

fn processor() -> Duration {
    // SAFETY: plain data filled by the call.
    let spent = unsafe {
        let mut spent: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut spent);
        spent
    };
    Duration::new(spent.tv_sec as u64, spent.tv_nsec as u32)
}

fn nanoseconds(time: Duration) -> terrarium_objects::Owned {
    int::from_i64(time.as_nanos() as i64)
}

fn sleep(_: &Object, seconds: &Object) -> PyResult {
    let seconds = ops::number::as_f64(seconds)?;
    if seconds < 0.0 {
        return Err(error::value_error("sleep length must be non-negative"));
    }
    match Duration::try_from_secs_f64(seconds) {
        Ok(_) => drop(threads::wait_for(
            &mut [],
            threads::deadline(Some(seconds)),
        )?),
        Err(_) => {
            return Err(error::overflow_error(
                "timestamp too large to convert to C PyTime_t",
            ));
        }
    }
    Ok(none_owned())
}
