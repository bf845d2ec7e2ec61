//! Numbers that `posix` shows (Linux on x86-64), in CPython's order.

#[rustfmt::skip]
pub static NUMBERS: &[(&str, i64)] = &[
    ("F_OK", 0), ("R_OK", 4), ("W_OK", 2), ("X_OK", 1), ("NGROUPS_MAX", 65536), ("TMP_MAX", 238328), ("WCONTINUED", 8),
    ("WNOHANG", 1), ("WUNTRACED", 2), ("O_RDONLY", 0), ("O_WRONLY", 1), ("O_RDWR", 2), ("O_NDELAY", 2048), ("O_NONBLOCK", 2048),
    ("O_APPEND", 1024), ("O_DSYNC", 4096), ("O_RSYNC", 1052672), ("O_SYNC", 1052672), ("O_NOCTTY", 256), ("O_CREAT", 64),
    ("O_EXCL", 128), ("O_TRUNC", 512), ("O_LARGEFILE", 0), ("O_PATH", 2097152), ("O_TMPFILE", 4259840), ("O_CLOEXEC", 524288),
    ("O_ACCMODE", 3), ("O_FSYNC", 1052672), ("SEEK_HOLE", 4), ("SEEK_DATA", 3), ("O_ASYNC", 8192), ("O_DIRECT", 16384),
    ("O_DIRECTORY", 65536), ("O_NOFOLLOW", 131072), ("O_NOATIME", 262144), ("EX_OK", 0), ("EX_USAGE", 64), ("EX_DATAERR", 65),
    ("EX_NOINPUT", 66), ("EX_NOUSER", 67), ("EX_NOHOST", 68), ("EX_UNAVAILABLE", 69), ("EX_SOFTWARE", 70), ("EX_OSERR", 71),
    ("EX_OSFILE", 72), ("EX_CANTCREAT", 73), ("EX_IOERR", 74), ("EX_TEMPFAIL", 75), ("EX_PROTOCOL", 76), ("EX_NOPERM", 77),
    ("EX_CONFIG", 78), ("ST_RDONLY", 1), ("ST_NOSUID", 2), ("ST_NODEV", 4), ("ST_NOEXEC", 8), ("ST_SYNCHRONOUS", 16),
    ("ST_MANDLOCK", 64), ("ST_WRITE", 128), ("ST_APPEND", 256), ("ST_NOATIME", 1024), ("ST_NODIRATIME", 2048),
    ("ST_RELATIME", 4096),
];
