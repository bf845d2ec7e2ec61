//! The tree of files: making, removing, renaming, linking, permissions, times.

use std::os::unix::ffi::OsStrExt;

use terrarium_objects::args::Signature;
use terrarium_objects::types::bytes::Bytes;
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::{bool, int, list};
use terrarium_objects::{Object, PyResult, Word, error, none, none_owned, ops};

use super::path::{self, Allow, Path};

fn done(path: &Path, result: i32) -> PyResult {
    path.check(result)?;
    Ok(none_owned())
}

pub fn mkdir(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("mkdir", &["path", "mode", "dir_fd"], 0, 1, 2);
    let [target, mode, dir_fd] = SIGNATURE.bind::<3>(args, kwnames)?;
    let target = path::argument("mkdir", "path", target, Allow::Path)?;
    let (mode, dir_fd) = (path::number(mode, 0o777)?, path::dir_fd(dir_fd)?);
    // SAFETY: a terminated text.
    done(&target, unsafe {
        libc::mkdirat(dir_fd, target.pointer(), mode as libc::mode_t)
    })
}

pub fn mkfifo(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("mkfifo", &["path", "mode", "dir_fd"], 0, 1, 2);
    let [target, mode, dir_fd] = SIGNATURE.bind::<3>(args, kwnames)?;
    let target = path::argument("mkfifo", "path", target, Allow::Path)?;
    let (mode, dir_fd) = (path::number(mode, 0o666)?, path::dir_fd(dir_fd)?);
    // SAFETY: a terminated text.
    done(&target, unsafe {
        libc::mkfifoat(dir_fd, target.pointer(), mode as libc::mode_t)
    })
}

macro_rules! removals {
    ($($name:ident $flags:expr;)*) => {
        $(pub fn $name(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
            static SIGNATURE: Signature = Signature::new(stringify!($name), &["path", "dir_fd"], 0, 1, 1);
            let [target, dir_fd] = SIGNATURE.bind::<2>(args, kwnames)?;
            let target = path::argument(stringify!($name), "path", target, Allow::Path)?;
            let dir_fd = path::dir_fd(dir_fd)?;
            // SAFETY: a terminated text.
            done(&target, unsafe { libc::unlinkat(dir_fd, target.pointer(), $flags) })
        })*
    };
}

removals! {
    unlink 0;
    remove 0;
    rmdir libc::AT_REMOVEDIR;
}

macro_rules! renames {
    ($($name:ident)*) => {
        $(pub fn $name(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
            static SIGNATURE: Signature = Signature::new(stringify!($name), &["src", "dst", "src_dir_fd", "dst_dir_fd"], 0, 2, 2);
            let [from, to, from_fd, to_fd] = SIGNATURE.bind::<4>(args, kwnames)?;
            let from = path::argument(stringify!($name), "src", from, Allow::Path)?;
            let to = path::argument(stringify!($name), "dst", to, Allow::Path)?;
            let (from_fd, to_fd) = (path::dir_fd(from_fd)?, path::dir_fd(to_fd)?);
            // SAFETY: terminated texts.
            two(&from, &to, unsafe { libc::renameat(from_fd, from.pointer(), to_fd, to.pointer()) })
        })*
    };
}

renames! { rename replace }

fn two(from: &Path, to: &Path, result: i32) -> PyResult {
    if result < 0 {
        return Err(path::raise(
            path::last_errno(),
            Some(&from.object),
            Some(&to.object),
        ));
    }
    Ok(none_owned())
}

pub fn link(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "link",
        &["src", "dst", "src_dir_fd", "dst_dir_fd", "follow_symlinks"],
        0,
        2,
        2,
    );
    let [from, to, from_fd, to_fd, follow] = SIGNATURE.bind::<5>(args, kwnames)?;
    let from = path::argument("link", "src", from, Allow::Path)?;
    let to = path::argument("link", "dst", to, Allow::Path)?;
    let (from_fd, to_fd) = (path::dir_fd(from_fd)?, path::dir_fd(to_fd)?);
    let flags = if path::flag(follow, false)? {
        libc::AT_SYMLINK_FOLLOW
    } else {
        0
    };
    // SAFETY: terminated texts.
    two(&from, &to, unsafe {
        libc::linkat(from_fd, from.pointer(), to_fd, to.pointer(), flags)
    })
}

pub fn symlink(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "symlink",
        &["src", "dst", "target_is_directory", "dir_fd"],
        0,
        2,
        3,
    );
    let [from, to, _, dir_fd] = SIGNATURE.bind::<4>(args, kwnames)?;
    let from = path::argument("symlink", "src", from, Allow::Path)?;
    let to = path::argument("symlink", "dst", to, Allow::Path)?;
    let dir_fd = path::dir_fd(dir_fd)?;
    // SAFETY: terminated texts.
    two(&from, &to, unsafe {
        libc::symlinkat(from.pointer(), dir_fd, to.pointer())
    })
}

pub fn readlink(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("readlink", &["path", "dir_fd"], 0, 1, 1);
    let [target, dir_fd] = SIGNATURE.bind::<2>(args, kwnames)?;
    let target = path::argument("readlink", "path", target, Allow::Path)?;
    let dir_fd = path::dir_fd(dir_fd)?;
    let mut data = vec![0u8; libc::PATH_MAX as usize + 1];
    // SAFETY: a terminated text and room for the answer.
    let got = unsafe {
        libc::readlinkat(
            dir_fd,
            target.pointer(),
            data.as_mut_ptr().cast(),
            data.len(),
        )
    };
    let got = usize::try_from(got).map_err(|_| target.error())?;
    path::give(&data[..got], target.is_bytes)
}

pub fn access(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "access",
        &["path", "mode", "dir_fd", "effective_ids", "follow_symlinks"],
        0,
        2,
        2,
    );
    let [target, mode, dir_fd, effective, follow] = SIGNATURE.bind::<5>(args, kwnames)?;
    let target = path::argument("access", "path", target, Allow::Path)?;
    let (mode, dir_fd) = (path::number(mode, 0)?, path::dir_fd(dir_fd)?);
    let mut flags = 0;
    if path::flag(effective, false)? {
        flags |= libc::AT_EACCESS;
    }
    if !path::flag(follow, true)? {
        flags |= libc::AT_SYMLINK_NOFOLLOW;
    }
    // SAFETY: a terminated text.
    Ok(bool::bool_owned(
        unsafe { libc::faccessat(dir_fd, target.pointer(), mode, flags) } == 0,
    ))
}

pub fn chmod(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "chmod",
        &["path", "mode", "dir_fd", "follow_symlinks"],
        0,
        2,
        2,
    );
    let [target, mode, dir_fd, follow] = SIGNATURE.bind::<4>(args, kwnames)?;
    let target = path::argument("chmod", "path", target, Allow::PathOrFd)?;
    let (mode, dir_fd) = (
        path::number(mode, 0)? as libc::mode_t,
        path::dir_fd(dir_fd)?,
    );
    let flags = if path::flag(follow, true)? {
        0
    } else {
        libc::AT_SYMLINK_NOFOLLOW
    };
    // SAFETY: a terminated text, or a number.
    let result = unsafe {
        match target.fd {
            Some(fd) => libc::fchmod(fd, mode),
            None => libc::fchmodat(dir_fd, target.pointer(), mode, flags),
        }
    };
    done(&target, result)
}

pub fn fchmod(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("fchmod", &["fd", "mode"], 0, 2, 2);
    let [fd, mode] = SIGNATURE.bind::<2>(args, kwnames)?;
    // SAFETY: the call takes any number.
    path::check(unsafe {
        libc::fchmod(path::number(fd, 0)?, path::number(mode, 0)? as libc::mode_t)
    })?;
    Ok(none_owned())
}

pub fn chown(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "chown",
        &["path", "uid", "gid", "dir_fd", "follow_symlinks"],
        0,
        3,
        3,
    );
    let [target, uid, gid, dir_fd, follow] = SIGNATURE.bind::<5>(args, kwnames)?;
    let target = path::argument("chown", "path", target, Allow::PathOrFd)?;
    let (uid, gid) = (path::number(uid, -1)? as u32, path::number(gid, -1)? as u32);
    let dir_fd = path::dir_fd(dir_fd)?;
    let flags = if path::flag(follow, true)? {
        0
    } else {
        libc::AT_SYMLINK_NOFOLLOW
    };
    // SAFETY: a terminated text, or a number.
    let result = unsafe {
        match target.fd {
            Some(fd) => libc::fchown(fd, uid, gid),
            None => libc::fchownat(dir_fd, target.pointer(), uid, gid, flags),
        }
    };
    done(&target, result)
}

pub fn chdir(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("chdir", &["path"], 0, 1, 1);
    let [target] = SIGNATURE.bind::<1>(args, kwnames)?;
    let target = path::argument("chdir", "path", target, Allow::PathOrFd)?;
    // SAFETY: a terminated text, or a number.
    let result = unsafe {
        match target.fd {
            Some(fd) => libc::fchdir(fd),
            None => libc::chdir(target.pointer()),
        }
    };
    done(&target, result)
}

fn current_folder() -> PyResult<Vec<u8>> {
    match std::env::current_dir() {
        Ok(found) => Ok(found.as_os_str().as_bytes().to_vec()),
        Err(problem) => Err(path::raise(problem.raw_os_error().unwrap_or(0), None, None)),
    }
}

pub fn getcwd(_: &Object) -> PyResult {
    path::decode(&current_folder()?)
}

pub fn getcwdb(_: &Object) -> PyResult {
    Ok(Bytes::new(&current_folder()?))
}

/// Seconds and nanoseconds of a time given in seconds.
fn seconds(object: &Object) -> PyResult<libc::timespec> {
    if int::is_int(object) {
        return Ok(libc::timespec {
            tv_sec: int::as_long(object)?,
            tv_nsec: 0,
        });
    }
    let value = ops::number::as_f64(object)?;
    let whole = value.floor();
    // As CPython rounds times: towards minus infinity.
    let nanos = ((value - whole) * 1e9).floor();
    Ok(libc::timespec {
        tv_sec: whole as i64,
        tv_nsec: (nanos as i64).clamp(0, 999_999_999),
    })
}

fn nanoseconds(object: &Object) -> PyResult<libc::timespec> {
    if !int::is_int(object) {
        return Err(error::type_error("utime: 'ns' must be a tuple of two ints"));
    }
    let value = int::as_long(object)?;
    Ok(libc::timespec {
        tv_sec: value.div_euclid(1_000_000_000),
        tv_nsec: value.rem_euclid(1_000_000_000),
    })
}

pub fn utime(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new(
        "utime",
        &["path", "times", "ns", "dir_fd", "follow_symlinks"],
        0,
        1,
        2,
    );
    let [target, times, nanos, dir_fd, follow] = SIGNATURE.bind::<5>(args, kwnames)?;
    let target = path::argument("utime", "path", target, Allow::PathOrFd)?;
    let dir_fd = path::dir_fd(dir_fd)?;
    let times = times.filter(|t| !t.is(none()));
    if times.is_some() && nanos.is_some() {
        return Err(error::value_error(
            "utime: you may specify either 'times' or 'ns' but not both",
        ));
    }
    let both =
        |given: &Object, what: &str, read: fn(&Object) -> PyResult<libc::timespec>| match given
            .downcast::<Tuple>()
            .map(Tuple::items)
        {
            Some([a, b]) => Ok([read(a)?, read(b)?]),
            _ => Err(error::type_error(what)),
        };
    let values = match (times, nanos) {
        (Some(times), _) => both(
            times,
            "utime: 'times' must be either a tuple of two ints or None",
            seconds,
        )?,
        (None, Some(nanos)) => both(
            nanos,
            "utime: 'ns' must be a tuple of two ints",
            nanoseconds,
        )?,
        (None, None) => {
            [libc::timespec {
                tv_sec: 0,
                tv_nsec: libc::UTIME_NOW,
            }; 2]
        }
    };
    let flags = if path::flag(follow, true)? {
        0
    } else {
        libc::AT_SYMLINK_NOFOLLOW
    };
    // SAFETY: two times, and a terminated text or a number.
    let result = unsafe {
        match target.fd {
            Some(fd) => libc::futimens(fd, values.as_ptr()),
            None => libc::utimensat(dir_fd, target.pointer(), values.as_ptr(), flags),
        }
    };
    done(&target, result)
}

pub fn umask(_: &Object, mask: &Object) -> PyResult {
    let mask = path::number(Some(mask), 0)?;
    // SAFETY: the call takes any number.
    Ok(int::from_i64(
        unsafe { libc::umask(mask as libc::mode_t) }.into(),
    ))
}

/// Names in a folder, without `.` and `..`, each with its kind (`d_type`) and number.
pub fn entries(target: &Path) -> PyResult<Vec<(Vec<u8>, u8, u64)>> {
    // SAFETY: the stream is closed at the end; names end with a zero.
    unsafe {
        let stream = match target.fd {
            Some(fd) => {
                let copy = target.check(libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0))?;
                libc::fdopendir(copy)
            }
            None => libc::opendir(target.pointer()),
        };
        if stream.is_null() {
            return Err(target.error());
        }
        if target.fd.is_some() {
            libc::rewinddir(stream);
        }
        let mut found = Vec::new();
        while let Some(entry) = libc::readdir(stream).as_ref() {
            let name = std::ffi::CStr::from_ptr(entry.d_name.as_ptr()).to_bytes();
            if name != b"." && name != b".." {
                found.push((name.to_vec(), entry.d_type, entry.d_ino));
            }
        }
        libc::closedir(stream);
        Ok(found)
    }
}

pub fn listdir(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("listdir", &["path"], 0, 0, 1);
    let [target] = SIGNATURE.bind::<1>(args, kwnames)?;
    let target = path::argument("listdir", "path", target, Allow::PathFdOrNone)?;
    let mut names = Vec::new();
    for (name, _, _) in entries(&target)? {
        names.push(path::give(&name, target.is_bytes)?);
    }
    Ok(list::from_owned(names))
}
