//! `posix` (Modules/posixmodule.c): what `os` needs of the system.

mod constants;
mod descriptors;
mod folders;
pub(crate) mod path;
pub(crate) mod process;
mod scandir;
mod stat;

use terrarium_objects::types::str::Str;
use terrarium_objects::types::{dict, exceptions as exc, int, list, module};
use terrarium_objects::{MethodDef, Native, Object, PyResult, typeobject_ready};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "posix",
    doc: "",
    methods: &METHODS,
    exec,
};

/// What `os` builds its `supports_` sets of: functions of the system that the functions here use.
static HAVE: [&str; 20] = [
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FDOPENDIR",
    "HAVE_FSTATAT",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_LINKAT",
    "HAVE_LSTAT",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
];

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    dict::set_str(space, "environ", &*process::environ()?);
    for (name, number) in constants::NUMBERS {
        dict::set_str(space, name, &int::from_i64(*number));
    }
    dict::set_str(space, "error", exc::OS_ERROR.as_object());
    dict::set_str(space, "stat_result", &*stat::make_class()?);
    process::make_classes(space)?;
    typeobject_ready::ready_static(&scandir::SCANDIR);
    typeobject_ready::ready_static(&scandir::DIR_ENTRY);
    dict::set_str(space, "DirEntry", scandir::DIR_ENTRY.as_object());
    let have = list::from_owned(HAVE.iter().map(|n| Str::new(n)).collect());
    dict::set_str(space, "_have_functions", &have);
    Ok(())
}

macro_rules! entries {
    ($($name:literal $kind:ident $function:expr, $signature:literal;)*) => {
        [$(MethodDef::new($name, Native::$kind($function), concat!($name, $signature, "\n--\n\n"))),*]
    };
}

#[rustfmt::skip]
static METHODS: [MethodDef; 88] = entries! {
    "stat" FastKeywords stat::stat, "($module, /, path, *, dir_fd=None, follow_symlinks=True)";
    "access" FastKeywords folders::access, "($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       follow_symlinks=True)";
    "chdir" FastKeywords folders::chdir, "($module, /, path)";
    "chmod" FastKeywords folders::chmod, "($module, /, path, mode, *, dir_fd=None,\n      follow_symlinks=(os.name != 'nt'))";
    "fchmod" FastKeywords folders::fchmod, "($module, /, fd, mode)";
    "chown" FastKeywords folders::chown, "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)";
    "getcwd" NoArgs folders::getcwd, "($module, /)";
    "getcwdb" NoArgs folders::getcwdb, "($module, /)";
    "link" FastKeywords folders::link, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=(os.name != 'nt'))";
    "listdir" FastKeywords folders::listdir, "($module, /, path=None)";
    "lstat" FastKeywords stat::lstat, "($module, /, path, *, dir_fd=None)";
    "mkdir" FastKeywords folders::mkdir, "($module, /, path, mode=511, *, dir_fd=None)";
    "mkfifo" FastKeywords folders::mkfifo, "($module, /, path, mode=438, *, dir_fd=None)";
    "readlink" FastKeywords folders::readlink, "($module, /, path, *, dir_fd=None)";
    "rename" FastKeywords folders::rename, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)";
    "replace" FastKeywords folders::replace, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)";
    "rmdir" FastKeywords folders::rmdir, "($module, /, path, *, dir_fd=None)";
    "symlink" FastKeywords folders::symlink, "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)";
    "system" FastKeywords process::system, "($module, /, command)";
    "umask" O folders::umask, "($module, mask, /)";
    "uname" NoArgs process::uname, "($module, /)";
    "unlink" FastKeywords folders::unlink, "($module, /, path, *, dir_fd=None)";
    "remove" FastKeywords folders::remove, "($module, /, path, *, dir_fd=None)";
    "utime" FastKeywords folders::utime, "($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None,\n      follow_symlinks=True)";
    "times" NoArgs process::times, "($module, /)";
    "_exit" FastKeywords process::exit, "($module, /, status)";
    "execv" Fast process::execv, "($module, path, argv, /)";
    "execve" FastKeywords process::execve, "($module, /, path, argv, env)";
    "register_at_fork" FastKeywords process::register_at_fork, "($module, /, *, before=<unrepresentable>,\n                 after_in_child=<unrepresentable>,\n                 after_in_parent=<unrepresentable>)";
    "fork" NoArgs process::fork, "($module, /)";
    "sched_getaffinity" O process::sched_getaffinity, "($module, pid, /)";
    "getegid" NoArgs process::getegid, "($module, /)";
    "geteuid" NoArgs process::geteuid, "($module, /)";
    "getgid" NoArgs process::getgid, "($module, /)";
    "getgroups" NoArgs process::getgroups, "($module, /)";
    "getpid" NoArgs process::getpid, "($module, /)";
    "getpgrp" NoArgs process::getpgrp, "($module, /)";
    "getppid" NoArgs process::getppid, "($module, /)";
    "getuid" NoArgs process::getuid, "($module, /)";
    "getlogin" NoArgs process::getlogin, "($module, /)";
    "kill" Fast process::kill, "($module, pid, signal, /)";
    "getpgid" FastKeywords process::getpgid, "($module, /, pid)";
    "waitpid" Fast process::waitpid, "($module, pid, options, /)";
    "pidfd_open" FastKeywords process::pidfd_open, "($module, /, pid, flags=0)";
    "open" FastKeywords descriptors::open, "($module, /, path, flags, mode=511, *, dir_fd=None)";
    "close" FastKeywords descriptors::close, "($module, /, fd)";
    "closerange" Fast descriptors::closerange, "($module, fd_low, fd_high, /)";
    "device_encoding" FastKeywords descriptors::device_encoding, "($module, /, fd)";
    "dup" FastKeywords descriptors::dup, "($module, fd, /)";
    "dup2" FastKeywords descriptors::dup2, "($module, /, fd, fd2, inheritable=True)";
    "lseek" Fast descriptors::lseek, "($module, fd, position, how, /)";
    "read" Fast descriptors::read, "($module, fd, length, /)";
    "write" Fast descriptors::write, "($module, fd, data, /)";
    "fstat" FastKeywords stat::fstat, "($module, /, fd)";
    "isatty" O descriptors::isatty, "($module, fd, /)";
    "pipe" NoArgs descriptors::pipe, "($module, /)";
    "pipe2" O descriptors::pipe2, "($module, flags, /)";
    "ftruncate" Fast descriptors::ftruncate, "($module, fd, length, /)";
    "truncate" FastKeywords descriptors::truncate, "($module, /, path, length)";
    "putenv" Fast process::putenv, "($module, name, value, /)";
    "unsetenv" O process::unsetenv, "($module, name, /)";
    "strerror" O process::strerror, "($module, code, /)";
    "fchdir" FastKeywords descriptors::fchdir, "($module, /, fd)";
    "fsync" FastKeywords descriptors::fsync, "($module, /, fd)";
    "fdatasync" FastKeywords descriptors::fdatasync, "($module, /, fd)";
    "WIFSTOPPED" FastKeywords process::wifstopped, "($module, /, status)";
    "WIFSIGNALED" FastKeywords process::wifsignaled, "($module, /, status)";
    "WIFEXITED" FastKeywords process::wifexited, "($module, /, status)";
    "WEXITSTATUS" FastKeywords process::wexitstatus, "($module, /, status)";
    "WTERMSIG" FastKeywords process::wtermsig, "($module, /, status)";
    "WSTOPSIG" FastKeywords process::wstopsig, "($module, /, status)";
    "sysconf" O process::sysconf, "($module, name, /)";
    "abort" NoArgs process::abort, "($module, /)";
    "_path_splitroot_ex" FastKeywords process::path_splitroot_ex, "($module, /, p)";
    "_path_normpath" FastKeywords process::path_normpath, "($module, /, path)";
    "getloadavg" NoArgs process::getloadavg, "($module, /)";
    "urandom" O process::urandom, "($module, size, /)";
    "get_terminal_size" Fast process::get_terminal_size, "($module, fd=<unrepresentable>, /)";
    "cpu_count" NoArgs process::cpu_count, "($module, /)";
    "get_inheritable" O descriptors::get_inheritable, "($module, fd, /)";
    "set_inheritable" Fast descriptors::set_inheritable, "($module, fd, inheritable, /)";
    "get_blocking" O descriptors::get_blocking, "($module, fd, /)";
    "set_blocking" Fast descriptors::set_blocking, "($module, fd, blocking, /)";
    "scandir" FastKeywords scandir::scandir, "($module, /, path=None)";
    "fspath" FastKeywords process::fspath, "($module, /, path)";
    "getrandom" FastKeywords process::getrandom, "($module, /, size, flags=0)";
    "waitstatus_to_exitcode" FastKeywords process::waitstatus_to_exitcode, "($module, /, status)";
    "_create_environ" NoArgs process::create_environ, "($module, /)";
};

/// OSError with a number and the system's text for it.
pub fn os_error(number: i32) -> terrarium_objects::Raised {
    path::raise(number, None, None)
}
