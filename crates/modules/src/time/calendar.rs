//! Calendar time: `struct_time`, local and universal time, formatting. Asks the C library, as Modules/timemodule.c does.

use std::ffi::CString;

use terrarium_objects::args::check_positional;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, float, int, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, error, none, ops, root, state,
};
use terrarium_runtime::importing;

use crate::struct_sequence;

const CLASS: &str = "time.struct_time";

pub static METHODS: [MethodDef; 8] = [
    MethodDef::new("gmtime", Native::Fast(gmtime), ""),
    MethodDef::new("localtime", Native::Fast(localtime), ""),
    MethodDef::new("mktime", Native::O(mktime), ""),
    MethodDef::new("asctime", Native::Fast(asctime), ""),
    MethodDef::new("ctime", Native::Fast(ctime), ""),
    MethodDef::new("strftime", Native::Fast(strftime), ""),
    MethodDef::new("strptime", Native::Fast(strptime), ""),
    MethodDef::new("tzset", Native::NoArgs(tzset), ""),
];

/// `struct_time`, and what is known of the time zone.
pub fn exec(space: &Object) -> PyResult<()> {
    let fields = [
        "tm_year",
        "tm_mon",
        "tm_mday",
        "tm_hour",
        "tm_min",
        "tm_sec",
        "tm_wday",
        "tm_yday",
        "tm_isdst",
        "tm_zone",
        "tm_gmtoff",
    ];
    let class = struct_sequence::class_with_hidden(CLASS, &fields, 9, true)?;
    dict::set_str(space, "struct_time", &class);
    state::get().keep(CLASS, class);
    dict::set_str(
        space,
        "_STRUCT_TM_ITEMS",
        &int::from_i64(fields.len() as i64),
    );
    zones(space);
    Ok(())
}

/// `timezone`, `altzone`, `daylight` and `tzname`: the zones of the year's beginning and of its middle.
fn zones(space: &Object) {
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let start = super::now().as_secs() as i64 / YEAR * YEAR;
    let zone = |seconds: i64| {
        let local = local(seconds).unwrap_or_else(zeroed);
        let name = zone_name(&local);
        let short: String = name.chars().take(9).collect();
        (-local.tm_gmtoff, short)
    };
    let (january, july) = (zone(start), zone(start + YEAR / 2));
    // South of the equator it is summer in January.
    let (standard, summer) = if january.0 < july.0 {
        (july.clone(), january.clone())
    } else {
        (january.clone(), july.clone())
    };
    dict::set_str(space, "timezone", &int::from_i64(standard.0));
    dict::set_str(space, "altzone", &int::from_i64(summer.0));
    let daylight = i64::from(january.0 != july.0);
    dict::set_str(space, "daylight", &int::from_i64(daylight));
    let names = vec![Str::new(&standard.1), Str::new(&summer.1)];
    dict::set_str(space, "tzname", &tuple::from_owned(names));
}

fn zeroed() -> libc::tm {
    // SAFETY: zeroes are a valid `tm`.
    unsafe { std::mem::zeroed() }
}

fn local(seconds: i64) -> Option<libc::tm> {
    let mut out = zeroed();
    // SAFETY: both places are valid.
    let found = unsafe { libc::localtime_r(&seconds, &mut out) };
    (!found.is_null()).then_some(out)
}

fn universal(seconds: i64) -> Option<libc::tm> {
    let mut out = zeroed();
    // SAFETY: both places are valid.
    let found = unsafe { libc::gmtime_r(&seconds, &mut out) };
    (!found.is_null()).then_some(out)
}

fn zone_name(time: &libc::tm) -> String {
    if time.tm_zone.is_null() {
        return String::new();
    }
    // SAFETY: the C library's own text, or that of `Parsed`.
    let name = unsafe { std::ffi::CStr::from_ptr(time.tm_zone) };
    name.to_string_lossy().into_owned()
}

/// Whole seconds of an argument, or of now.
fn seconds(args: &[Word]) -> PyResult<i64> {
    let out_of_range = || error::overflow_error("timestamp out of range for platform time_t");
    match args.first().map(|w| w.object()).filter(|o| !o.is(none())) {
        None => Ok(super::now().as_secs() as i64),
        Some(given) if given.downcast::<float::Float>().is_some() => {
            let value = ops::number::as_f64(given)?.floor();
            if value.is_nan() {
                return Err(error::value_error("Invalid value NaN (not a number)"));
            }
            if value.abs() >= 9.2e18 {
                return Err(out_of_range());
            }
            Ok(value as i64)
        }
        Some(given) => {
            let number = ops::number::index(given)?;
            int::as_i64(&number).ok_or_else(out_of_range)
        }
    }
}

fn structure(time: &libc::tm) -> PyResult {
    let number = |n: i32| int::from_i64(i64::from(n));
    let values = vec![
        int::from_i64(i64::from(time.tm_year) + 1900),
        number(time.tm_mon + 1),
        number(time.tm_mday),
        number(time.tm_hour),
        number(time.tm_min),
        number(time.tm_sec),
        number((time.tm_wday + 6) % 7),
        number(time.tm_yday + 1),
        number(time.tm_isdst),
        Str::new(&zone_name(time)),
        int::from_i64(time.tm_gmtoff),
    ];
    let class = Owned::new(state::get().kept(CLASS).unwrap_or(none()));
    struct_sequence::instance(&class, values)
}

fn of_seconds(seconds: i64, convert: fn(i64) -> Option<libc::tm>) -> PyResult<libc::tm> {
    convert(seconds)
        .ok_or_else(|| error::overflow_error("timestamp out of range for platform time_t"))
}

fn gmtime(_: &Object, args: &[Word]) -> PyResult {
    check_positional("gmtime", args.len(), 0, 1)?;
    structure(&of_seconds(seconds(args)?, universal)?)
}

fn localtime(_: &Object, args: &[Word]) -> PyResult {
    check_positional("localtime", args.len(), 0, 1)?;
    structure(&of_seconds(seconds(args)?, local)?)
}

/// A time tuple in C's form, with the text its zone points to.
struct Parsed {
    time: libc::tm,
    _zone: Option<CString>,
}

fn parsed(given: &Object, function: &str) -> PyResult<Parsed> {
    if !given
        .ty()
        .has(terrarium_objects::typeobject::flags::TUPLE_SUBCLASS)
    {
        return Err(error::type_error("Tuple or struct_time argument required"));
    }
    // SAFETY: a tuple.
    let items = unsafe { given.cast::<tuple::Tuple>() }.items();
    if items.len() != 9 {
        return Err(error::type_error(format!(
            "{function}(): illegal time tuple argument"
        )));
    }
    let mut numbers = [0i32; 9];
    for (place, item) in numbers.iter_mut().zip(items) {
        let value = ops::number::index_isize(
            item,
            Some(&terrarium_objects::types::exceptions::OVERFLOW_ERROR),
        )?;
        *place = i32::try_from(value)
            .map_err(|_| error::overflow_error("signed integer is greater than maximum"))?;
    }
    let [
        year,
        month,
        day,
        hour,
        minute,
        second,
        weekday,
        yearday,
        summer,
    ] = numbers;
    let mut time = zeroed();
    time.tm_year = year
        .checked_sub(1900)
        .ok_or_else(|| error::overflow_error("year out of range"))?;
    time.tm_mon = month - 1;
    time.tm_mday = day;
    time.tm_hour = hour;
    time.tm_min = minute;
    time.tm_sec = second;
    time.tm_wday = (weekday + 1) % 7;
    time.tm_yday = yearday - 1;
    time.tm_isdst = summer;
    let mut zone = None;
    let class = state::get().kept(CLASS);
    if class.is_some_and(|class| given.ty().as_object().is(class)) {
        let name = ops::attribute::get_str(given, "tm_zone")?;
        if !name.is(none()) {
            zone = CString::new(ops::text::lossy(&name)).ok();
            time.tm_zone = zone.as_ref().map_or(std::ptr::null(), |z| z.as_ptr());
            let offset = ops::attribute::get_str(given, "tm_gmtoff")?;
            time.tm_gmtoff = int::as_i64(&offset).unwrap_or(0);
        }
    }
    Ok(Parsed { time, _zone: zone })
}

/// Fields within their ranges; zeroes that mean "the first" are lifted (`checktm`).
fn check(time: &mut libc::tm) -> PyResult<()> {
    let wrong = |what: &str| Err(error::value_error(format!("{what} out of range")));
    if time.tm_mon == -1 {
        time.tm_mon = 0;
    }
    if !(0..=11).contains(&time.tm_mon) {
        return wrong("month");
    }
    if time.tm_mday == 0 {
        time.tm_mday = 1;
    }
    if !(1..=31).contains(&time.tm_mday) {
        return wrong("day of month");
    }
    if !(0..=23).contains(&time.tm_hour) {
        return wrong("hour");
    }
    if !(0..=59).contains(&time.tm_min) {
        return wrong("minute");
    }
    if !(0..=61).contains(&time.tm_sec) {
        return wrong("seconds");
    }
    if time.tm_wday < 0 {
        return wrong("day of week");
    }
    if time.tm_yday == -1 {
        time.tm_yday = 0;
    }
    if !(0..=365).contains(&time.tm_yday) {
        return wrong("day of year");
    }
    Ok(())
}

fn mktime(_: &Object, given: &Object) -> PyResult {
    let mut time = parsed(given, "mktime")?.time;
    time.tm_wday = -1;
    // SAFETY: a whole `tm`; the zone is not read.
    let found = unsafe { libc::mktime(&mut time) };
    if found == -1 && time.tm_wday == -1 {
        return Err(error::overflow_error("mktime argument out of range"));
    }
    Ok(float::from_f64(found as f64))
}

/// The argument's time, or the local time now.
fn given_or_now(args: &[Word], at: usize, function: &str) -> PyResult<Parsed> {
    match args.get(at) {
        Some(word) => {
            let mut parsed = parsed(word.object(), function)?;
            check(&mut parsed.time)?;
            Ok(parsed)
        }
        None => Ok(Parsed {
            time: of_seconds(super::now().as_secs() as i64, local)?,
            _zone: None,
        }),
    }
}

fn ascii_time(time: &libc::tm) -> Owned {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    Str::new(&format!(
        "{} {} {:2} {:02}:{:02}:{:02} {}",
        DAYS[time.tm_wday as usize % 7],
        MONTHS[time.tm_mon as usize % 12],
        time.tm_mday,
        time.tm_hour,
        time.tm_min,
        time.tm_sec,
        i64::from(time.tm_year) + 1900
    ))
}

fn asctime(_: &Object, args: &[Word]) -> PyResult {
    check_positional("asctime", args.len(), 0, 1)?;
    Ok(ascii_time(&given_or_now(args, 0, "asctime")?.time))
}

fn ctime(_: &Object, args: &[Word]) -> PyResult {
    check_positional("ctime", args.len(), 0, 1)?;
    Ok(ascii_time(&of_seconds(seconds(args)?, local)?))
}

fn strftime(_: &Object, args: &[Word]) -> PyResult {
    check_positional("strftime", args.len(), 1, 2)?;
    let format = args[0].object();
    if format.downcast::<Str>().is_none() {
        return Err(error::type_error(format!(
            "strftime() argument 1 must be str, not {}",
            format.ty().full_name()
        )));
    }
    let mut parsed = given_or_now(args, 1, "strftime")?;
    parsed.time.tm_isdst = parsed.time.tm_isdst.clamp(-1, 1);
    // Pieces between NULs, each formatted by itself.
    let text = ops::text::lossy(format);
    let pieces: PyResult<Vec<String>> = text
        .split('\0')
        .map(|p| formatted(p, &parsed.time))
        .collect();
    Ok(Str::new(&pieces?.join("\0")))
}

fn formatted(format: &str, time: &libc::tm) -> PyResult<String> {
    if format.is_empty() {
        return Ok(String::new());
    }
    let format = CString::new(format).map_err(|_| error::value_error("embedded null character"))?;
    let mut room = 1024;
    loop {
        let mut buffer = vec![0u8; room];
        // SAFETY: the buffer has that much room; texts are terminated.
        let written =
            unsafe { libc::strftime(buffer.as_mut_ptr().cast(), room, format.as_ptr(), time) };
        if written > 0 || room > 256 * format.as_bytes().len().max(4) {
            buffer.truncate(written);
            return Ok(String::from_utf8_lossy(&buffer).into_owned());
        }
        room *= 2;
    }
}

/// The library's `_strptime` does the work.
fn strptime(_: &Object, args: &[Word]) -> PyResult {
    let module = root("_strptime", importing::import("_strptime")?);
    let function = root(
        "_strptime_time",
        ops::attribute::get_str(&module, "_strptime_time")?,
    );
    ops::call::call(&function, args, None)
}

fn tzset(this: &Object) -> PyResult {
    // SAFETY: reads the environment; one thread runs Python.
    unsafe { tzset_c() };
    zones(terrarium_objects::types::module::namespace(this));
    Ok(terrarium_objects::none_owned())
}

// SAFETY: C's own declaration.
unsafe extern "C" {
    #[link_name = "tzset"]
    fn tzset_c();
}
