//! Clocks of the system by number, and what is known of those by name.

use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, dict, float, int, namespace};
use terrarium_objects::{Object, PyResult, error, ops};

pub const NUMBERS: [(&str, i64); 7] = [
    ("CLOCK_REALTIME", libc::CLOCK_REALTIME as i64),
    ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC as i64),
    (
        "CLOCK_PROCESS_CPUTIME_ID",
        libc::CLOCK_PROCESS_CPUTIME_ID as i64,
    ),
    (
        "CLOCK_THREAD_CPUTIME_ID",
        libc::CLOCK_THREAD_CPUTIME_ID as i64,
    ),
    ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW as i64),
    ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME as i64),
    ("CLOCK_TAI", libc::CLOCK_TAI as i64),
];

fn ask(
    clock: &Object,
    call: unsafe extern "C" fn(libc::clockid_t, *mut libc::timespec) -> i32,
) -> PyResult<libc::timespec> {
    let clock = int::as_i32(clock)?;
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: room for the result.
    crate::posix::path::check(unsafe { call(clock, &raw mut time) })?;
    Ok(time)
}

fn seconds(time: libc::timespec) -> f64 {
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

pub fn gettime(_: &Object, clock: &Object) -> PyResult {
    ask(clock, libc::clock_gettime).map(|t| float::from_f64(seconds(t)))
}

pub fn gettime_ns(_: &Object, clock: &Object) -> PyResult {
    ask(clock, libc::clock_gettime)
        .map(|t| int::from_i128(i128::from(t.tv_sec) * 1_000_000_000 + i128::from(t.tv_nsec)))
}

pub fn getres(_: &Object, clock: &Object) -> PyResult {
    ask(clock, libc::clock_getres).map(|t| float::from_f64(seconds(t)))
}

/// `get_clock_info(name)`.
pub fn info(_: &Object, name: &Object) -> PyResult {
    let (clock, shown, monotonic, adjustable) = match &*ops::text::lossy(name) {
        "time" => (libc::CLOCK_REALTIME, "CLOCK_REALTIME", false, true),
        "monotonic" | "perf_counter" => (libc::CLOCK_MONOTONIC, "CLOCK_MONOTONIC", true, false),
        "process_time" => (
            libc::CLOCK_PROCESS_CPUTIME_ID,
            "CLOCK_PROCESS_CPUTIME_ID",
            true,
            false,
        ),
        "thread_time" => (
            libc::CLOCK_THREAD_CPUTIME_ID,
            "CLOCK_THREAD_CPUTIME_ID",
            true,
            false,
        ),
        _ => return Err(error::value_error("unknown clock")),
    };
    let resolution = ask(&int::from_i64(clock.into()), libc::clock_getres)?;
    let facts = dict::new();
    dict::set_str(
        &facts,
        "implementation",
        &Str::new(&format!("clock_gettime({shown})")),
    );
    dict::set_str(&facts, "monotonic", bool::from_bool(monotonic));
    dict::set_str(&facts, "adjustable", bool::from_bool(adjustable));
    dict::set_str(&facts, "resolution", &float::from_f64(seconds(resolution)));
    namespace::new(&facts)
}
