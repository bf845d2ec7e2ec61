//! `stat` and its relatives.

use terrarium_objects::args::Signature;
use terrarium_objects::types::{float, int};
use terrarium_objects::{Object, Owned, PyResult, Word, error, none, state};

use super::path::{self, Allow, HERE, Path};
use crate::struct_sequence;

const CLASS: &str = "os.stat_result";

/// Makes `os.stat_result`.
pub fn make_class() -> PyResult {
    let class = struct_sequence::class_with_hidden(
        CLASS,
        &[
            "st_mode",
            "st_ino",
            "st_dev",
            "st_nlink",
            "st_uid",
            "st_gid",
            "st_size",
            "",
            "",
            "",
            "st_atime",
            "st_mtime",
            "st_ctime",
            "st_atime_ns",
            "st_mtime_ns",
            "st_ctime_ns",
            "st_blksize",
            "st_blocks",
            "st_rdev",
        ],
        10,
        true,
    )?;
    state::get().keep(CLASS, class.clone());
    Ok(class)
}

/// A `stat_result` of what the system says.
pub fn result(found: &libc::stat) -> PyResult {
    let class = Owned::new(state::get().kept(CLASS).unwrap_or(none()));
    let number = |n: i64| int::from_i64(n);
    let large = int::from_u64;
    let times = [
        (found.st_atime, found.st_atime_nsec),
        (found.st_mtime, found.st_mtime_nsec),
        (found.st_ctime, found.st_ctime_nsec),
    ];
    let mut values = vec![
        number(found.st_mode.into()),
        large(found.st_ino),
        large(found.st_dev),
        large(found.st_nlink),
        number(found.st_uid.into()),
        number(found.st_gid.into()),
        number(found.st_size),
    ];
    values.extend(times.iter().map(|(seconds, _)| number(*seconds)));
    values.extend(
        times
            .iter()
            .map(|(seconds, nanos)| float::from_f64(*seconds as f64 + 1e-9 * *nanos as f64)),
    );
    values.extend(times.iter().map(|(seconds, nanos)| {
        int::from_i128(i128::from(*seconds) * 1_000_000_000 + i128::from(*nanos))
    }));
    values.push(number(found.st_blksize));
    values.push(number(found.st_blocks));
    values.push(large(found.st_rdev));
    struct_sequence::instance(&class, values)
}

/// Asks the system of a path.
pub fn of_path(path: &Path, dir_fd: i32, follow: bool) -> PyResult<libc::stat> {
    // SAFETY: zeroes are a valid stat; the calls get a terminated text and a place to write.
    unsafe {
        let mut found: libc::stat = std::mem::zeroed();
        let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        let done = match path.fd {
            Some(fd) => libc::fstat(fd, &mut found),
            None => libc::fstatat(dir_fd, path.pointer(), &mut found, flags),
        };
        path.check(done)?;
        Ok(found)
    }
}

pub fn stat(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("stat", &["path", "dir_fd", "follow_symlinks"], 0, 1, 1);
    let [target, dir_fd, follow] = SIGNATURE.bind::<3>(args, kwnames)?;
    let target = path::argument("stat", "path", target, Allow::PathOrFd)?;
    let dir_fd = path::dir_fd(dir_fd)?;
    let follow = path::flag(follow, true)?;
    if target.fd.is_some() && dir_fd != HERE {
        return Err(error::value_error(
            "stat: can't specify dir_fd without matching path",
        ));
    }
    if target.fd.is_some() && !follow {
        return Err(error::value_error(
            "stat: cannot use fd and follow_symlinks together",
        ));
    }
    result(&of_path(&target, dir_fd, follow)?)
}

pub fn lstat(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("lstat", &["path", "dir_fd"], 0, 1, 1);
    let [target, dir_fd] = SIGNATURE.bind::<2>(args, kwnames)?;
    let target = path::argument("lstat", "path", target, Allow::Path)?;
    result(&of_path(&target, path::dir_fd(dir_fd)?, false)?)
}

pub fn fstat(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("fstat", &["fd"], 0, 1, 1);
    let [fd] = SIGNATURE.bind::<1>(args, kwnames)?;
    let fd = path::number(fd, 0)?;
    // SAFETY: as above.
    let found = unsafe {
        let mut found: libc::stat = std::mem::zeroed();
        path::check(libc::fstat(fd, &mut found))?;
        found
    };
    result(&found)
}
