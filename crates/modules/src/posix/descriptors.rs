//! File descriptors: opening, reading, writing, and what they are.

use terrarium_objects::args::{self, Signature};
use terrarium_objects::types::bytes::Bytes;
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, int, tuple};
use terrarium_objects::{Object, PyResult, Word, error, none, none_owned, ops};

use terrarium_runtime::threads;

use super::path::{self, Allow};

pub fn open(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("open", &["path", "flags", "mode", "dir_fd"], 0, 2, 3);
    let [target, flags, mode, dir_fd] = SIGNATURE.bind::<4>(args, kwnames)?;
    let target = path::argument("open", "path", target, Allow::Path)?;
    let flags = path::number(flags, 0)? | libc::O_CLOEXEC;
    let mode = path::number(mode, 0o777)?;
    let dir_fd = path::dir_fd(dir_fd)?;
    // SAFETY: a terminated text.
    let fd = unsafe { libc::openat(dir_fd, target.pointer(), flags, mode as libc::c_uint) };
    target.check(fd).map(|fd| int::from_i64(fd.into()))
}

/// Functions of one descriptor and nothing else.
macro_rules! of_descriptor {
    ($($name:ident $param:literal $call:expr;)*) => {
        $(pub fn $name(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
            static SIGNATURE: Signature = Signature::new(stringify!($name), &[$param], 0, 1, 1);
            let [fd] = SIGNATURE.bind::<1>(args, kwnames)?;
            let call: fn(&Object) -> PyResult = $call;
            call(fd.unwrap_or(none()))
        })*
    };
}

fn done(result: i32) -> PyResult {
    path::check(result)?;
    Ok(none_owned())
}

of_descriptor! {
    // SAFETY: the calls take any number.
    close "fd" |fd| { let fd = path::number(Some(fd), 0)?; done(unsafe { libc::close(fd) }) };
    // SAFETY: likewise.
    fsync "fd" |fd| { let fd = path::file_descriptor(fd)?; done(unsafe { libc::fsync(fd) }) };
    // SAFETY: likewise.
    fdatasync "fd" |fd| { let fd = path::file_descriptor(fd)?; done(unsafe { libc::fdatasync(fd) }) };
    // SAFETY: likewise.
    fchdir "fd" |fd| { let fd = path::file_descriptor(fd)?; done(unsafe { libc::fchdir(fd) }) };
    dup "fd" |fd| {
        let fd = path::number(Some(fd), 0)?;
        // SAFETY: likewise.
        path::check(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) }).map(|fd| int::from_i64(fd.into()))
    };
    device_encoding "fd" |fd| {
        let fd = path::number(Some(fd), 0)?;
        // SAFETY: likewise.
        Ok(if unsafe { libc::isatty(fd) } == 1 { Str::new("UTF-8") } else { none_owned() })
    };
}

pub fn isatty(_: &Object, fd: &Object) -> PyResult {
    let fd = path::number(Some(fd), 0)?;
    // SAFETY: the call takes any number.
    Ok(bool::bool_owned(unsafe { libc::isatty(fd) } == 1))
}

pub fn dup2(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("dup2", &["fd", "fd2", "inheritable"], 0, 2, 3);
    let [fd, fd2, inheritable] = SIGNATURE.bind::<3>(args, kwnames)?;
    let (fd, fd2) = (path::number(fd, 0)?, path::number(fd2, 0)?);
    let flags = if path::flag(inheritable, true)? {
        0
    } else {
        libc::O_CLOEXEC
    };
    // SAFETY: the calls take any number.
    let result = unsafe {
        if fd == fd2 {
            libc::dup2(fd, fd2)
        } else {
            libc::dup3(fd, fd2, flags)
        }
    };
    path::check(result).map(|fd| int::from_i64(fd.into()))
}

pub fn closerange(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("closerange", args.len(), 2, 2)?;
    let (low, high) = (
        path::number(Some(args[0].object()), 0)?,
        path::number(Some(args[1].object()), 0)?,
    );
    for fd in low.max(0)..high {
        // SAFETY: the call takes any number.
        unsafe { libc::close(fd) };
    }
    Ok(none_owned())
}

pub fn read(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("read", args.len(), 2, 2)?;
    let fd = path::number(Some(args[0].object()), 0)?;
    let wanted = ops::number::index_isize(args[1].object(), None)?;
    let Ok(wanted) = usize::try_from(wanted) else {
        return Err(path::raise(libc::EINVAL, None, None));
    };
    let mut data = vec![0u8; wanted.min(0x7FFF_F000)];
    if threads::count() != 0 {
        threads::wait_for_one(fd, libc::POLLIN, None)?;
    }
    // SAFETY: the buffer has that many bytes.
    let got = unsafe { libc::read(fd, data.as_mut_ptr().cast(), data.len()) };
    let Ok(got) = usize::try_from(got) else {
        return Err(path::raise(path::last_errno(), None, None));
    };
    Ok(Bytes::new(&data[..got]))
}

pub fn write(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("write", args.len(), 2, 2)?;
    let fd = path::number(Some(args[0].object()), 0)?;
    let object = args[1].object();
    let Some(get) = object.ty().slots.getbuffer else {
        return Err(error::type_error(format!(
            "a bytes-like object is required, not '{}'",
            object.ty().full_name()
        )));
    };
    let data = get(object)?;
    // SAFETY: the buffer lives during the call.
    let put = unsafe { libc::write(fd, data.data.cast(), data.len) };
    if put < 0 {
        return Err(path::raise(path::last_errno(), None, None));
    }
    Ok(int::from_i64(put as i64))
}

pub fn lseek(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("lseek", args.len(), 3, 3)?;
    let fd = path::number(Some(args[0].object()), 0)?;
    let place = int::as_long(&*ops::number::index(args[1].object())?)?;
    let whence = path::number(Some(args[2].object()), 0)?;
    // SAFETY: the call takes any number.
    let at = unsafe { libc::lseek(fd, place, whence) };
    if at < 0 {
        return Err(path::raise(path::last_errno(), None, None));
    }
    Ok(int::from_i64(at))
}

fn pair(flags: i32) -> PyResult {
    let mut ends = [0i32; 2];
    // SAFETY: room for two numbers.
    path::check(unsafe { libc::pipe2(ends.as_mut_ptr(), flags) })?;
    Ok(tuple::from_array(ends.map(|fd| int::from_i64(fd.into()))))
}

pub fn pipe(_: &Object) -> PyResult {
    pair(libc::O_CLOEXEC)
}

pub fn pipe2(_: &Object, flags: &Object) -> PyResult {
    pair(path::number(Some(flags), 0)?)
}

fn descriptor_flags(fd: i32, get: i32) -> PyResult<i32> {
    // SAFETY: the call takes any number.
    path::check(unsafe { libc::fcntl(fd, get) })
}

pub fn get_inheritable(_: &Object, fd: &Object) -> PyResult {
    let flags = descriptor_flags(path::number(Some(fd), 0)?, libc::F_GETFD)?;
    Ok(bool::bool_owned(flags & libc::FD_CLOEXEC == 0))
}

pub fn set_inheritable(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("set_inheritable", args.len(), 2, 2)?;
    let fd = path::number(Some(args[0].object()), 0)?;
    let on = ops::compare::is_true(args[1].object())?;
    let flags = descriptor_flags(fd, libc::F_GETFD)? & !libc::FD_CLOEXEC;
    let flags = if on { flags } else { flags | libc::FD_CLOEXEC };
    // SAFETY: as above.
    done(unsafe { libc::fcntl(fd, libc::F_SETFD, flags) })
}

pub fn get_blocking(_: &Object, fd: &Object) -> PyResult {
    let flags = descriptor_flags(path::number(Some(fd), 0)?, libc::F_GETFL)?;
    Ok(bool::bool_owned(flags & libc::O_NONBLOCK == 0))
}

pub fn set_blocking(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("set_blocking", args.len(), 2, 2)?;
    let fd = path::number(Some(args[0].object()), 0)?;
    let on = ops::compare::is_true(args[1].object())?;
    let flags = descriptor_flags(fd, libc::F_GETFL)? & !libc::O_NONBLOCK;
    let flags = if on { flags } else { flags | libc::O_NONBLOCK };
    // SAFETY: as above.
    done(unsafe { libc::fcntl(fd, libc::F_SETFL, flags) })
}

pub fn ftruncate(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("ftruncate", args.len(), 2, 2)?;
    let fd = path::number(Some(args[0].object()), 0)?;
    let size = int::as_long(&*ops::number::index(args[1].object())?)?;
    // SAFETY: the call takes any number.
    done(unsafe { libc::ftruncate(fd, size) })
}

pub fn truncate(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("truncate", &["path", "length"], 0, 2, 2);
    let [target, size] = SIGNATURE.bind::<2>(args, kwnames)?;
    let target = path::argument("truncate", "path", target, Allow::PathOrFd)?;
    let size = int::as_long(&*ops::number::index(size.unwrap_or(none()))?)?;
    // SAFETY: a terminated text, or a number.
    let result = unsafe {
        match target.fd {
            Some(fd) => libc::ftruncate(fd, size),
            None => libc::truncate(target.pointer(), size),
        }
    };
    target.check(result)?;
    Ok(none_owned())
}
