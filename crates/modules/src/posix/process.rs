//! The process: identity, environment, children, the machine it runs on.

use std::os::unix::ffi::OsStrExt;

use terrarium_objects::args::{self, Signature};
use terrarium_objects::types::bytes::{self, Bytes};
use terrarium_objects::types::str::{self, Str};
use terrarium_objects::types::{bool, dict, float, int, list, set, tuple};
use terrarium_objects::{Object, Owned, PyResult, Word, error, none, none_owned, ops, state};

use super::path::{self, Allow};
use terrarium_runtime::threads;

use crate::struct_sequence;

macro_rules! identities {
    ($($name:ident)*) => {
        $(pub fn $name(_: &Object) -> PyResult {
            // SAFETY: no preconditions.
            Ok(int::from_i64(unsafe { libc::$name() }.into()))
        })*
    };
}

identities! { getpid getppid getuid geteuid getgid getegid getpgrp }

fn done(result: i32) -> PyResult {
    path::check(result)?;
    Ok(none_owned())
}

/// The environment as a dict of bytes.
pub fn environ() -> PyResult {
    let made = dict::new();
    for (name, value) in std::env::vars_os() {
        let (name, value) = (Bytes::new(name.as_bytes()), Bytes::new(value.as_bytes()));
        if !dict::contains(&made, &name)? {
            dict::set(&made, &name, &value)?;
        }
    }
    Ok(made)
}

pub fn create_environ(_: &Object) -> PyResult {
    environ()
}

/// The bytes of a name or value: str or bytes without a zero.
fn text(object: &Object) -> PyResult<std::ffi::CString> {
    path::argument("putenv", "name", Some(object), Allow::Path).map(|p| p.text)
}

pub fn putenv(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("putenv", args.len(), 2, 2)?;
    let (name, value) = (text(args[0].object())?, text(args[1].object())?);
    if name.as_bytes().contains(&b'=') {
        return Err(error::value_error("illegal environment variable name"));
    }
    // SAFETY: terminated texts; one thread.
    done(unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) })
}

pub fn unsetenv(_: &Object, name: &Object) -> PyResult {
    let name = text(name)?;
    // SAFETY: a terminated text; one thread.
    done(unsafe { libc::unsetenv(name.as_ptr()) })
}

pub fn exit(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("_exit", &["status"], 0, 1, 1);
    let [status] = SIGNATURE.bind::<1>(args, kwnames)?;
    let status = path::number(status, 0)?;
    // SAFETY: ends the process.
    unsafe { libc::_exit(status) }
}

pub fn abort(_: &Object) -> PyResult {
    std::process::abort()
}

pub fn fspath(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("fspath", &["path"], 0, 1, 1);
    let [given] = SIGNATURE.bind::<1>(args, kwnames)?;
    path::fspath(given.unwrap_or(none()))
}

pub fn strerror(_: &Object, code: &Object) -> PyResult {
    Ok(Str::new(&path::message(path::number(Some(code), 0)?)))
}

pub fn urandom(_: &Object, size: &Object) -> PyResult {
    let size = ops::number::index_isize(size, None)?;
    let Ok(size) = usize::try_from(size) else {
        return Err(error::value_error("negative argument not allowed"));
    };
    let mut data = vec![0u8; size];
    for chunk in data.chunks_mut(256) {
        // SAFETY: the chunk has that many bytes; up to 256 come at once.
        let got = unsafe { libc::getrandom(chunk.as_mut_ptr().cast(), chunk.len(), 0) };
        if got < 0 {
            return Err(path::raise(path::last_errno(), None, None));
        }
    }
    Ok(Bytes::new(&data))
}

pub fn getrandom(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("getrandom", &["size", "flags"], 0, 1, 2);
    let [size, _] = SIGNATURE.bind::<2>(args, kwnames)?;
    urandom(none(), size.unwrap_or(none()))
}

pub fn cpu_count(_: &Object) -> PyResult {
    // SAFETY: no preconditions.
    let count = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    Ok(if count < 1 {
        none_owned()
    } else {
        int::from_i64(count)
    })
}

pub fn sched_getaffinity(_: &Object, pid: &Object) -> PyResult {
    let pid = path::number(Some(pid), 0)?;
    let found = set::new();
    // SAFETY: zeroes are an empty set; the call writes into it.
    unsafe {
        let mut mask: libc::cpu_set_t = std::mem::zeroed();
        path::check(libc::sched_getaffinity(pid, size_of_val(&mask), &mut mask))?;
        for cpu in 0..libc::CPU_SETSIZE as usize {
            if libc::CPU_ISSET(cpu, &mask) {
                set::add_owned(&found, int::from_usize(cpu))?;
            }
        }
    }
    Ok(found)
}

pub fn getloadavg(_: &Object) -> PyResult {
    let mut loads = [0f64; 3];
    // SAFETY: room for three numbers.
    if unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) } != 3 {
        return Err(error::raise(
            &terrarium_objects::types::exceptions::OS_ERROR,
            "Load averages are unobtainable",
        ));
    }
    Ok(tuple::from_array(loads.map(float::from_f64)))
}

pub fn getlogin(_: &Object) -> PyResult {
    // SAFETY: null or a terminated text.
    unsafe {
        let name = libc::getlogin();
        if name.is_null() {
            return Err(path::raise(path::last_errno(), None, None));
        }
        path::decode(std::ffi::CStr::from_ptr(name).to_bytes())
    }
}

pub fn getgroups(_: &Object) -> PyResult {
    let mut all = vec![0 as libc::gid_t; 65536];
    // SAFETY: room for that many.
    let count = path::check(unsafe { libc::getgroups(65536, all.as_mut_ptr()) })?;
    all.truncate(count as usize);
    Ok(list::from_owned(
        all.iter().map(|g| int::from_i64((*g).into())).collect(),
    ))
}

pub fn getpgid(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("getpgid", &["pid"], 0, 1, 1);
    let [pid] = SIGNATURE.bind::<1>(args, kwnames)?;
    // SAFETY: the call takes any number.
    path::check(unsafe { libc::getpgid(path::number(pid, 0)?) }).map(|n| int::from_i64(n.into()))
}

pub fn kill(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("kill", args.len(), 2, 2)?;
    let (pid, signal) = (
        path::number(Some(args[0].object()), 0)?,
        path::number(Some(args[1].object()), 0)?,
    );
    // SAFETY: the call takes any number.
    done(unsafe { libc::kill(pid, signal) })
}

pub fn system(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("system", &["command"], 0, 1, 1);
    let [command] = SIGNATURE.bind::<1>(args, kwnames)?;
    let command = path::argument("system", "command", command, Allow::Path)?;
    // SAFETY: a terminated text.
    Ok(int::from_i64(
        unsafe { libc::system(command.pointer()) }.into(),
    ))
}

/// Functions to be called around `fork`: before it (the latest first), and after it in the child and in the parent.
const AT_FORK: [&str; 3] = [
    "before fork",
    "after fork in the child",
    "after fork in the parent",
];

pub fn register_at_fork(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "register_at_fork",
        &["before", "after_in_child", "after_in_parent"],
        0,
        0,
        0,
    );
    let given = SIGNATURE.bind::<3>(args, kwnames)?;
    if given.iter().all(Option::is_none) {
        return Err(error::type_error("At least one argument is required."));
    }
    for (name, function) in ["before", "after_in_child", "after_in_parent"]
        .iter()
        .zip(given)
    {
        if function.is_some_and(|f| f.ty().slots.call.is_none()) {
            return Err(error::type_error(format!(
                "'{name}' must be callable, not {}",
                function.unwrap_or(none()).ty().full_name()
            )));
        }
    }
    for (name, function) in AT_FORK.into_iter().zip(given) {
        let Some(function) = function else { continue };
        let all = match state::get().kept(name) {
            Some(all) => Owned::new(all),
            None => {
                let made = list::new();
                state::get().keep(name, made.clone());
                made
            }
        };
        list::append(&all, function);
    }
    Ok(none_owned())
}

fn run_at_fork(name: &str, latest_first: std::primitive::bool) {
    let Some(all) = state::get().kept(name).map(Owned::new) else {
        return;
    };
    let mut functions = list::methods::to_vec(&all);
    if latest_first {
        functions.reverse();
    }
    let held = functions
        .into_iter()
        .map(|f| terrarium_objects::root("function at fork", f))
        .collect::<Vec<_>>();
    for function in &held {
        if ops::call::call(function, &[], None).is_err() {
            error::unraisable("Exception ignored in callback at fork", Some(function));
        }
    }
    for guard in held.into_iter().rev() {
        drop(guard);
    }
}

pub fn fork(_: &Object) -> PyResult {
    run_at_fork(AT_FORK[0], true);
    // SAFETY: one thread.
    let pid = unsafe { libc::fork() };
    run_at_fork(AT_FORK[if pid == 0 { 1 } else { 2 }], false);
    path::check(pid).map(|pid| int::from_i64(pid.into()))
}

/// A descriptor of a process: ready when that ends.
pub fn pidfd_open(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("pidfd_open", &["pid", "flags"], 0, 1, 2);
    let [pid, flags] = SIGNATURE.bind::<2>(args, kwnames)?;
    let (pid, flags) = (path::number(pid, 0)?, path::number(flags, 0)?);
    // SAFETY: the call takes any numbers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) };
    path::check(fd as i32).map(|fd| int::from_i64(fd.into()))
}

pub fn waitpid(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("waitpid", args.len(), 2, 2)?;
    let (pid, options) = (
        path::number(Some(args[0].object()), 0)?,
        path::number(Some(args[1].object()), 0)?,
    );
    let mut status = 0;
    let mut pause = 0.0005;
    let pid = loop {
        let alone = threads::count() == 0;
        let now = if alone { 0 } else { libc::WNOHANG };
        // SAFETY: room for the status.
        match unsafe { libc::waitpid(pid, &mut status, options | now) } {
            0 if options & libc::WNOHANG == 0 => {
                // Other threads run meanwhile.
                threads::wait_for(&mut [], threads::deadline(Some(pause)))?;
                pause = f64::min(pause * 2.0, 0.02);
            }
            -1 if path::last_errno() == libc::EINTR => threads::check_signals()?,
            pid => break path::check(pid)?,
        }
    };
    Ok(tuple::from_array([
        int::from_i64(pid.into()),
        int::from_i64(status.into()),
    ]))
}

/// The texts of a sequence, for `execv`.
fn texts(object: &Object) -> PyResult<Vec<std::ffi::CString>> {
    let all = ops::sequence::to_list(object)?;
    let mut found = Vec::new();
    for item in list::methods::to_vec(&all) {
        found.push(path::argument("execv", "argument", Some(&item), Allow::Path)?.text);
    }
    Ok(found)
}

fn pointers(texts: &[std::ffi::CString]) -> Vec<*const libc::c_char> {
    texts
        .iter()
        .map(|t| t.as_ptr())
        .chain([std::ptr::null()])
        .collect()
}

pub fn execv(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("execv", args.len(), 2, 2)?;
    let target = path::argument("execv", "path", Some(args[0].object()), Allow::Path)?;
    let words = texts(args[1].object())?;
    if words.first().is_none_or(|w| w.is_empty()) {
        return Err(error::value_error(
            "execv() arg 2 first element cannot be empty",
        ));
    }
    // SAFETY: terminated texts and a terminated array of them.
    unsafe { libc::execv(target.pointer(), pointers(&words).as_ptr()) };
    Err(target.error())
}

pub fn execve(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("execve", &["path", "argv", "env"], 0, 3, 3);
    let [target, words, env] = SIGNATURE.bind::<3>(args, kwnames)?;
    let target = path::argument("execve", "path", target, Allow::Path)?;
    let words = texts(words.unwrap_or(none()))?;
    let names = ops::mapping::method_as_list(env.unwrap_or(none()), &Str::new("items"))?;
    let mut pairs = Vec::new();
    for item in list::methods::to_vec(&names) {
        let both = [args::tuple_item(&item, 0), args::tuple_item(&item, 1)].map(text);
        let [name, value] = both;
        let mut entry = name?.into_bytes();
        entry.push(b'=');
        entry.extend(value?.into_bytes());
        pairs.push(std::ffi::CString::new(entry).unwrap_or_default());
    }
    // SAFETY: as above.
    unsafe {
        libc::execve(
            target.pointer(),
            pointers(&words).as_ptr(),
            pointers(&pairs).as_ptr(),
        )
    };
    Err(target.error())
}

/// Functions of a wait status.
macro_rules! statuses {
    ($($name:ident $function:ident $wrap:expr;)*) => {
        $(pub fn $function(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
            static SIGNATURE: Signature = Signature::new(stringify!($name), &["status"], 0, 1, 1);
            let [status] = SIGNATURE.bind::<1>(args, kwnames)?;
            let wrap: fn(i32) -> Owned = $wrap;
            Ok(wrap(path::number(status, 0)?))
        })*
    };
}

statuses! {
    WIFEXITED wifexited |s| bool::bool_owned(libc::WIFEXITED(s));
    WIFSIGNALED wifsignaled |s| bool::bool_owned(libc::WIFSIGNALED(s));
    WIFSTOPPED wifstopped |s| bool::bool_owned(libc::WIFSTOPPED(s));
    WEXITSTATUS wexitstatus |s| int::from_i64(libc::WEXITSTATUS(s).into());
    WTERMSIG wtermsig |s| int::from_i64(libc::WTERMSIG(s).into());
    WSTOPSIG wstopsig |s| int::from_i64(libc::WSTOPSIG(s).into());
}

pub fn waitstatus_to_exitcode(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("waitstatus_to_exitcode", &["status"], 0, 1, 1);
    let [status] = SIGNATURE.bind::<1>(args, kwnames)?;
    let status = path::number(status, 0)?;
    if libc::WIFEXITED(status) {
        Ok(int::from_i64(libc::WEXITSTATUS(status).into()))
    } else if libc::WIFSIGNALED(status) {
        Ok(int::from_i64(-i64::from(libc::WTERMSIG(status))))
    } else {
        Err(error::value_error(format!("invalid wait status: {status}")))
    }
}

/// Makes the classes of this file.
pub fn make_classes(space: &Object) -> PyResult<()> {
    let all: [(&'static str, &str, &[&str]); 3] = [
        ("os.terminal_size", "terminal_size", &["columns", "lines"]),
        (
            "posix.uname_result",
            "uname_result",
            &["sysname", "nodename", "release", "version", "machine"],
        ),
        (
            "posix.times_result",
            "times_result",
            &[
                "user",
                "system",
                "children_user",
                "children_system",
                "elapsed",
            ],
        ),
    ];
    for (full, name, fields) in all {
        let class = struct_sequence::class_with_hidden(full, fields, fields.len(), true)?;
        dict::set_str(space, name, &class);
        state::get().keep(full, class);
    }
    Ok(())
}

fn made(class: &str, values: Vec<Owned>) -> PyResult {
    let class = Owned::new(state::get().kept(class).unwrap_or(none()));
    struct_sequence::instance(&class, values)
}

pub fn get_terminal_size(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("get_terminal_size", args.len(), 0, 1)?;
    let fd = path::number(args.first().map(|w| w.object()), 1)?;
    // SAFETY: zeroes are valid; the call writes into it.
    let size = unsafe {
        let mut size: libc::winsize = std::mem::zeroed();
        path::check(libc::ioctl(fd, libc::TIOCGWINSZ, &mut size))?;
        size
    };
    let number = |n: u16| int::from_i64(n.into());
    made(
        "os.terminal_size",
        vec![number(size.ws_col), number(size.ws_row)],
    )
}

pub fn uname(_: &Object) -> PyResult {
    // SAFETY: zeroes are valid; the call writes terminated texts.
    unsafe {
        let mut found: libc::utsname = std::mem::zeroed();
        path::check(libc::uname(&mut found))?;
        let text = |part: &[libc::c_char]| {
            path::decode(std::ffi::CStr::from_ptr(part.as_ptr()).to_bytes())
        };
        let values = vec![
            text(&found.sysname)?,
            text(&found.nodename)?,
            text(&found.release)?,
            text(&found.version)?,
            text(&found.machine)?,
        ];
        made("posix.uname_result", values)
    }
}

pub fn times(_: &Object) -> PyResult {
    // SAFETY: zeroes are valid; the call writes into it.
    unsafe {
        let mut found: libc::tms = std::mem::zeroed();
        let elapsed = libc::times(&mut found);
        let ticks = libc::sysconf(libc::_SC_CLK_TCK) as f64;
        let parts = [
            found.tms_utime,
            found.tms_stime,
            found.tms_cutime,
            found.tms_cstime,
            elapsed,
        ];
        made(
            "posix.times_result",
            parts
                .iter()
                .map(|t| float::from_f64(*t as f64 / ticks))
                .collect(),
        )
    }
}

pub fn sysconf(_: &Object, name: &Object) -> PyResult {
    let number = match name
        .downcast::<Str>()
        .map(|s| s.lossy().into_owned())
        .as_deref()
    {
        None => path::number(Some(name), 0)?,
        Some("SC_PAGE_SIZE" | "SC_PAGESIZE") => libc::_SC_PAGESIZE,
        Some("SC_NPROCESSORS_ONLN") => libc::_SC_NPROCESSORS_ONLN,
        Some("SC_NPROCESSORS_CONF") => libc::_SC_NPROCESSORS_CONF,
        Some("SC_CLK_TCK") => libc::_SC_CLK_TCK,
        Some("SC_OPEN_MAX") => libc::_SC_OPEN_MAX,
        Some("SC_ARG_MAX") => libc::_SC_ARG_MAX,
        Some("SC_PHYS_PAGES") => libc::_SC_PHYS_PAGES,
        Some("SC_IOV_MAX") => libc::_SC_IOV_MAX,
        Some(_) => return Err(error::value_error("unrecognized configuration name")),
    };
    // SAFETY: the call takes any number.
    Ok(int::from_i64(unsafe { libc::sysconf(number) }))
}

/// `(root, rest)` of a path's text: `//` alone is a root of its own.
fn root_len(text: &[u8]) -> usize {
    match text {
        [b'/', b'/', b'/', ..] => 1,
        [b'/', b'/', ..] => 2,
        [b'/', ..] => 1,
        _ => 0,
    }
}

fn raw(object: &Object) -> PyResult<(Vec<u8>, std::primitive::bool)> {
    let path = path::fspath(object)?;
    if str::is_str(&path) {
        return Ok((str::cast(&path).wtf8().into_owned(), false));
    }
    Ok((bytes::cast(&path).bytes().to_vec(), true))
}

fn back(data: &[u8], as_bytes: std::primitive::bool) -> Owned {
    if as_bytes {
        Bytes::new(data)
    } else {
        Str::from_wtf8(data)
    }
}

/// `('', root, rest)`.
pub fn path_splitroot_ex(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("_path_splitroot_ex", &["p"], 0, 1, 1);
    let [given] = SIGNATURE.bind::<1>(args, kwnames)?;
    let (text, as_bytes) = raw(given.unwrap_or(none()))?;
    let (root, rest) = text.split_at(root_len(&text));
    Ok(tuple::from_array([
        back(b"", as_bytes),
        back(root, as_bytes),
        back(rest, as_bytes),
    ]))
}

/// A path without doubled slashes, `.` and what `..` takes back.
pub fn path_normpath(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("_path_normpath", &["path"], 0, 1, 1);
    let [given] = SIGNATURE.bind::<1>(args, kwnames)?;
    let (text, as_bytes) = raw(given.unwrap_or(none()))?;
    let (root, rest) = text.split_at(root_len(&text));
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in rest.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(last) if *last != b".." => {
                    parts.pop();
                }
                None if !root.is_empty() => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let mut result = root.to_vec();
    result.extend(parts.join(&b'/'));
    if result.is_empty() {
        result.push(b'.');
    }
    Ok(back(&result, as_bytes))
}
