//! `select` (Modules/selectmodule.c): which file descriptors are ready.

mod epoll;
mod poll;

use libc::{POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, pollfd};
use terrarium_objects::types::{dict, exceptions as exc, int, list, module, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Word, args, error, none, ops, root,
};
use terrarium_runtime::native_module::ModuleDef;
use terrarium_runtime::threads;

pub use epoll::Descriptor;

use crate::body::add_types;
use crate::posix::path;

pub static MODULE: ModuleDef = ModuleDef {
    name: "select",
    doc: "",
    methods: &METHODS,
    exec,
};

static METHODS: [MethodDef; 2] = [
    MethodDef::new(
        "select",
        Native::Fast(select),
        "select($module, rlist, wlist, xlist, timeout=None, /)\n--\n\n",
    ),
    MethodDef::new(
        "poll",
        Native::NoArgs(poll::make),
        "poll($module, /)\n--\n\n",
    ),
];

const NUMBERS: [(&str, i64); 27] = [
    ("POLLIN", libc::POLLIN as i64),
    ("POLLPRI", libc::POLLPRI as i64),
    ("POLLOUT", libc::POLLOUT as i64),
    ("POLLERR", libc::POLLERR as i64),
    ("POLLHUP", libc::POLLHUP as i64),
    ("POLLNVAL", libc::POLLNVAL as i64),
    ("POLLRDNORM", libc::POLLRDNORM as i64),
    ("POLLRDBAND", libc::POLLRDBAND as i64),
    ("POLLWRNORM", libc::POLLWRNORM as i64),
    ("POLLWRBAND", libc::POLLWRBAND as i64),
    ("POLLMSG", 0x400),
    ("POLLRDHUP", libc::POLLRDHUP as i64),
    ("EPOLLIN", libc::EPOLLIN as i64),
    ("EPOLLOUT", libc::EPOLLOUT as i64),
    ("EPOLLPRI", libc::EPOLLPRI as i64),
    ("EPOLLERR", libc::EPOLLERR as i64),
    ("EPOLLHUP", libc::EPOLLHUP as i64),
    ("EPOLLRDHUP", libc::EPOLLRDHUP as i64),
    ("EPOLLET", libc::EPOLLET as u32 as i64),
    ("EPOLLONESHOT", libc::EPOLLONESHOT as i64),
    ("EPOLLEXCLUSIVE", libc::EPOLLEXCLUSIVE as i64),
    ("EPOLLRDNORM", libc::EPOLLRDNORM as i64),
    ("EPOLLRDBAND", libc::EPOLLRDBAND as i64),
    ("EPOLLWRNORM", libc::EPOLLWRNORM as i64),
    ("EPOLL_CLOEXEC", libc::EPOLL_CLOEXEC as i64),
    ("EPOLLWRBAND", libc::EPOLLWRBAND as i64),
    ("PIPE_BUF", 4096),
];

fn exec(made: &Object) -> PyResult<()> {
    let space = module::namespace(made);
    for (name, number) in NUMBERS {
        dict::set_str(space, name, &int::from_i64(number));
    }
    dict::set_str(space, "error", exc::OS_ERROR.as_object());
    terrarium_objects::typeobject_ready::ready_static(&poll::POLL);
    add_types(made, &[&epoll::EPOLL]);
    Ok(())
}

/// The descriptors of one of `select`'s lists.
fn descriptors(given: &Object) -> PyResult<Vec<(i32, Owned)>> {
    let items = root(
        "objects to select from",
        ops::sequence::fast(given, "arguments 1-3 must be sequences")?,
    );
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(item) = ops::sequence::fast_item(&items, at) {
        at += 1;
        let item = root("object to select from", Owned::new(item));
        let fd = path::file_descriptor(&item)?;
        found.push((fd, item.take()));
    }
    Ok(found)
}

/// Seconds of a timeout; `None` to wait for ever.
fn seconds(given: Option<&Object>) -> PyResult<Option<f64>> {
    let Some(given) = given.filter(|g| !g.is(none())) else {
        return Ok(None);
    };
    ops::number::as_f64(given).map(Some).map_err(|raised| {
        if error::matches(&exc::TYPE_ERROR) {
            error::clear();
            return error::type_error("timeout must be a float or None");
        }
        raised
    })
}

fn select(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("select", args.len(), 3, 4)?;
    let timeout = seconds(args.get(3).map(|t| t.object()))?;
    if timeout.is_some_and(|t| t < 0.0) {
        return Err(error::value_error("timeout must be non-negative"));
    }
    let kinds = [
        (POLLIN, POLLIN | POLLHUP | POLLERR),
        (POLLOUT, POLLOUT | POLLERR),
        (POLLPRI, POLLPRI),
    ];
    let mut lists = Vec::new();
    let mut fds = Vec::new();
    for (at, (events, _)) in kinds.iter().enumerate() {
        let found = descriptors(args[at].object())?;
        fds.extend(found.iter().map(|(fd, _)| pollfd {
            fd: *fd,
            events: *events,
            revents: 0,
        }));
        // A list of its own keeps them in an audit's sight.
        let kept = list::from_owned(found.into_iter().map(|(_, object)| object).collect());
        lists.push(root("objects to select from", kept));
    }
    threads::wait_for(&mut fds, threads::deadline(timeout))?;
    if let Some(bad) = fds.iter().find(|f| f.revents & libc::POLLNVAL != 0) {
        let _ = bad;
        return Err(path::raise(libc::EBADF, None, None));
    }
    let mut states = fds.iter();
    let mut ready = Vec::new();
    for (kept, (_, wanted)) in lists.iter().zip(kinds) {
        let mut chosen = Vec::new();
        let mut at = 0;
        while let Some(item) = ops::sequence::fast_item(kept, at) {
            at += 1;
            if states.next().is_some_and(|f| f.revents & wanted != 0) {
                chosen.push(Owned::new(item));
            }
        }
        ready.push(list::from_owned(chosen));
    }
    // Guards end in the opposite order of their making.
    while let Some(last) = lists.pop() {
        drop(last);
    }
    Ok(tuple::from_owned(ready))
}
