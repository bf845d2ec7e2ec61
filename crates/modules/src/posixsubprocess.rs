//! `_posixsubprocess` (Modules/_posixsubprocess.c): starts a program in a child process.

use std::ffi::CString;

use libc::c_char;
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::{bytes, int};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, args, error, none, ops, root,
};
use terrarium_runtime::native_module::{self, ModuleDef};

use crate::posix::path;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_posixsubprocess",
    doc: "",
    methods: &METHODS,
    exec: native_module::nothing,
};

static METHODS: [MethodDef; 1] = [MethodDef::new(
    "fork_exec",
    Native::Fast(fork_exec),
    "fork_exec($module, args, executable_list, close_fds, pass_fds, cwd,\n          env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,\n          errpipe_read, errpipe_write, restore_signals, call_setsid,\n          pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)\n--\n\n",
)];

/// All that the child needs, made before the fork: nothing may be allocated after it.
struct Child {
    arguments: Vec<*const c_char>,
    executables: Vec<CString>,
    environment: Option<Vec<*const c_char>>,
    folder: Option<CString>,
    kept: Vec<i32>,
    close_fds: bool,
    /// p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write.
    pipes: [i32; 8],
    restore_signals: bool,
    new_session: bool,
    group: i32,
    umask: i32,
    ids: Ids,
}

/// Whom the child is to become.
struct Ids {
    gid: Option<u32>,
    groups: Option<Vec<u32>>,
    uid: Option<u32>,
}

fn texts(object: &Object) -> PyResult<Vec<CString>> {
    let items = root(
        "texts for a child process",
        ops::sequence::fast(object, "expected tuple or list")?,
    );
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(item) = ops::sequence::fast_item(&items, at) {
        at += 1;
        let item = root("text for a child process", Owned::new(item));
        let plain = root("path", path::fspath(&item)?);
        let data = match bytes::is_bytes(&plain) {
            true => bytes::cast(&plain).bytes().to_vec(),
            false => path::encode(&plain)?,
        };
        let text = CString::new(data).map_err(|_| error::value_error("embedded null byte"))?;
        found.push(text);
    }
    Ok(found)
}

fn pointers(texts: &[CString]) -> Vec<*const c_char> {
    let ends = std::iter::once(std::ptr::null());
    texts.iter().map(|t| t.as_ptr()).chain(ends).collect()
}

fn id(object: &Object) -> PyResult<Option<u32>> {
    match object.is(none()) {
        true => Ok(None),
        false => int::as_long(object).map(|id| Some(id as u32)),
    }
}

fn fork_exec(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("fork_exec", args.len(), 22, 22)?;
    let at = |i: usize| args[i].object();
    if !at(21).is(none()) {
        return Err(error::runtime_error("preexec_fn is not supported"));
    }
    let arguments = texts(at(0))?;
    let executables = texts(at(1))?;
    let environment = match at(5).is(none()) {
        true => None,
        false => Some(texts(at(5))?),
    };
    let folder = match at(4).is(none()) {
        true => None,
        false => Some(path_text(at(4))?),
    };
    let Some(kept) = at(3).downcast::<Tuple>() else {
        return Err(error::type_error("fork_exec() argument 4 must be tuple"));
    };
    let kept: PyResult<Vec<i32>> = kept.items().iter().map(|fd| int::as_i32(fd)).collect();
    let mut pipes = [-1; 8];
    for (i, pipe) in pipes.iter_mut().enumerate() {
        *pipe = int::as_i32(at(6 + i))?;
    }
    let groups = match at(18).is(none()) {
        true => None,
        false => {
            let items = ops::sequence::to_list(at(18))?;
            let mut found = Vec::new();
            while let Some(item) = ops::sequence::fast_item(&items, found.len()) {
                found.push(int::as_long(item)? as u32);
            }
            Some(found)
        }
    };
    let child = Child {
        arguments: pointers(&arguments),
        executables,
        environment: environment.as_deref().map(pointers),
        folder,
        kept: kept?,
        close_fds: ops::compare::is_true(at(2))?,
        pipes,
        restore_signals: ops::compare::is_true(at(14))?,
        new_session: ops::compare::is_true(at(15))?,
        group: int::as_i32(at(16))?,
        umask: int::as_i32(at(20))?,
        ids: Ids {
            gid: id(at(17))?,
            groups,
            uid: id(at(19))?,
        },
    };
    // SAFETY: one thread; the child only makes system calls until it runs the program.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        // SAFETY: in the child; `run` does not come back.
        unsafe { run(&child) }
    }
    path::check(pid).map(|pid| int::from_i64(pid.into()))
}

fn path_text(object: &Object) -> PyResult<CString> {
    let plain = root("path", path::fspath(object)?);
    let data = match bytes::is_bytes(&plain) {
        true => bytes::cast(&plain).bytes().to_vec(),
        false => path::encode(&plain)?,
    };
    CString::new(data).map_err(|_| error::value_error("embedded null byte"))
}

/// Runs the program, or tells the parent through the pipe why not.
// SAFETY: in the child of a fork, once.
unsafe fn run(child: &Child) -> ! {
    let pipe = child.pipes[7];
    // SAFETY: by the contract; system calls on what the child owns.
    unsafe {
        let stage = match prepare(child) {
            Ok(()) => {
                execute(child);
                ""
            }
            Err(stage) => stage,
        };
        let number = path::last_errno();
        let text = format!("OSError:{number:X}:{stage}");
        libc::write(pipe, text.as_ptr().cast(), text.len());
        libc::_exit(255);
    }
}

/// Standard streams, folder, ids and signals of the child; where it failed.
// SAFETY: as `run`.
unsafe fn prepare(child: &Child) -> Result<(), &'static str> {
    let [
        p2cread,
        p2cwrite,
        c2pread,
        mut c2pwrite,
        errread,
        mut errwrite,
        errpipe_read,
        pipe,
    ] = child.pipes;
    let done = |result: i32, stage: &'static str| if result < 0 { Err(stage) } else { Ok(()) };
    // SAFETY: system calls on numbers and prepared texts.
    unsafe {
        // The pipe to the parent is kept too, but closes when the program runs.
        for fd in child.kept.iter().filter(|fd| **fd != pipe) {
            done(libc::fcntl(*fd, libc::F_SETFD, 0), "noexec")?;
        }
        for fd in [p2cwrite, c2pread, errread, errpipe_read] {
            if fd >= 0 {
                libc::close(fd);
            }
        }
        // A descriptor that stands where a standard stream goes moves out of the way first.
        if c2pwrite == 0 {
            c2pwrite = libc::dup(c2pwrite);
            done(c2pwrite, "noexec")?;
        }
        while errwrite == 0 || errwrite == 1 {
            errwrite = libc::dup(errwrite);
            done(errwrite, "noexec")?;
        }
        for (from, to) in [(p2cread, 0), (c2pwrite, 1), (errwrite, 2)] {
            if from == to {
                done(libc::fcntl(from, libc::F_SETFD, 0), "noexec")?;
            } else if from >= 0 {
                done(libc::dup2(from, to), "noexec")?;
            }
        }
        if let Some(folder) = &child.folder {
            done(libc::chdir(folder.as_ptr()), "noexec:chdir")?;
        }
        if child.umask >= 0 {
            libc::umask(child.umask as libc::mode_t);
        }
        if child.restore_signals {
            for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
        if child.new_session {
            done(libc::setsid(), "noexec")?;
        }
        if child.group >= 0 {
            done(libc::setpgid(0, child.group), "noexec")?;
        }
        if let Some(groups) = &child.ids.groups {
            done(libc::setgroups(groups.len(), groups.as_ptr()), "noexec")?;
        }
        if let Some(gid) = child.ids.gid {
            done(libc::setregid(gid, gid), "noexec")?;
        }
        if let Some(uid) = child.ids.uid {
            done(libc::setreuid(uid, uid), "noexec")?;
        }
        if child.close_fds {
            close_others(child, pipe);
        }
    }
    Ok(())
}

/// Closes all descriptors but the standard ones, those kept and the pipe to the parent.
// SAFETY: as `run`.
unsafe fn close_others(child: &Child, pipe: i32) {
    let mut from = 3u32;
    loop {
        let next = child
            .kept
            .iter()
            .chain([&pipe])
            .filter(|fd| **fd >= from as i32)
            .min();
        let end = next.map_or(u32::MAX, |fd| *fd as u32);
        if from < end {
            // SAFETY: a plain call on numbers.
            unsafe {
                libc::syscall(
                    libc::SYS_close_range,
                    from,
                    end - u32::from(next.is_some()),
                    0,
                )
            };
        }
        match next {
            Some(fd) => from = *fd as u32 + 1,
            None => return,
        }
    }
}

/// Tries the executables in order; comes back when none can be run, with the reason in errno.
// SAFETY: as `run`.
unsafe fn execute(child: &Child) {
    let mut saved = 0;
    for file in &child.executables {
        // SAFETY: terminated arrays of terminated texts.
        unsafe {
            match &child.environment {
                Some(environment) => libc::execve(
                    file.as_ptr(),
                    child.arguments.as_ptr(),
                    environment.as_ptr(),
                ),
                None => libc::execv(file.as_ptr(), child.arguments.as_ptr()),
            };
        }
        let number = path::last_errno();
        if number != libc::ENOENT && number != libc::ENOTDIR && saved == 0 {
            saved = number;
        }
    }
    if saved != 0 {
        // SAFETY: the thread's own error number.
        unsafe { *libc::__errno_location() = saved };
    }
}
