//! `select.epoll`.

use std::cell::Cell;

use terrarium_objects::args::Signature;
use terrarium_objects::typeobject::{GetSetDef, flags};
use terrarium_objects::types::{bool, int, list, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, PyResult, Slots, Type, Word, error, none, none_owned, ops,
};
use terrarium_runtime::threads;

use crate::body::{Part, body};
use crate::posix::path;

/// A file descriptor that the object closes with itself: one more than its number, so that 0 is none.
pub struct Descriptor(Cell<i32>);

impl Descriptor {
    pub fn set(&self, fd: i32) {
        self.0.set(fd + 1);
    }

    /// -1 for none.
    pub fn get(&self) -> i32 {
        self.0.get() - 1
    }

    /// Gives the descriptor up; the caller closes it.
    pub fn take(&self) -> i32 {
        self.0.replace(0) - 1
    }
}

impl Part for Descriptor {
    fn free_part(&self) {
        let fd = self.take();
        if fd >= 0 {
            // SAFETY: the object's own.
            unsafe { libc::close(fd) };
        }
    }
}

body! { Epoll of EPOLL { fd: Descriptor } }

pub static EPOLL: Type = Type::builtin(
    "select.epoll",
    size_of::<Epoll>(),
    Slots {
        new: Some(new),
        ..Epoll::SLOTS
    },
)
.with_flags(flags::HAVE_GC)
.with_getset(&[GetSetDef::read(
    "closed",
    |o| Ok(bool::bool_owned(Epoll::of(o).fd.get() < 0)),
    "",
)])
.with_methods(&[
    MethodDef::class("fromfd", Native::O(from_fd), "fromfd($type, fd, /)\n--\n\n"),
    MethodDef::new("close", Native::NoArgs(close), "close($self, /)\n--\n\n"),
    MethodDef::new("fileno", Native::NoArgs(fileno), "fileno($self, /)\n--\n\n"),
    MethodDef::new(
        "modify",
        Native::FastKeywords(|o, a, k| change(o, "modify", libc::EPOLL_CTL_MOD, a, k)),
        "modify($self, /, fd, eventmask)\n--\n\n",
    ),
    MethodDef::new(
        "register",
        Native::FastKeywords(|o, a, k| change(o, "register", libc::EPOLL_CTL_ADD, a, k)),
        "register($self, /, fd, eventmask=EPOLLIN | EPOLLPRI | EPOLLOUT)\n--\n\n",
    ),
    MethodDef::new(
        "unregister",
        Native::FastKeywords(|o, a, k| change(o, "unregister", libc::EPOLL_CTL_DEL, a, k)),
        "unregister($self, /, fd)\n--\n\n",
    ),
    MethodDef::new(
        "poll",
        Native::FastKeywords(poll),
        "poll($self, /, timeout=None, maxevents=-1)\n--\n\n",
    ),
    MethodDef::new(
        "__enter__",
        Native::NoArgs(|o| open_fd(o).map(|_| terrarium_objects::Owned::new(o))),
        "__enter__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__exit__",
        Native::Fast(|o, _| close(o)),
        "__exit__($self, exc_type=None, exc_value=None, exc_tb=None, /)\n--\n\n",
    ),
]);

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("epoll", &["sizehint", "flags"], 0, 0, 2);
    let [hint, flags] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
    let hint = hint.map_or(Ok(-1), int::as_i32)?;
    if hint != -1 && hint <= 0 {
        return Err(error::value_error("sizehint must be positive or -1"));
    }
    let flags = flags.map_or(Ok(0), int::as_i32)?;
    if flags & !libc::EPOLL_CLOEXEC != 0 {
        return Err(path::raise(libc::EINVAL, None, None));
    }
    // SAFETY: a plain call.
    let fd = path::check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
    let made = Epoll::alloc(ty)?;
    Epoll::of(&made).fd.set(fd);
    Ok(made)
}

fn from_fd(_: &Object, fd: &Object) -> PyResult {
    let fd = int::as_i32(fd)?;
    let made = Epoll::alloc(&EPOLL)?;
    Epoll::of(&made).fd.set(fd);
    Ok(made)
}

fn open_fd(object: &Object) -> PyResult<i32> {
    let fd = Epoll::of(object).fd.get();
    if fd < 0 {
        return Err(error::value_error("I/O operation on closed epoll object"));
    }
    Ok(fd)
}

fn close(object: &Object) -> PyResult {
    let fd = Epoll::of(object).fd.take();
    if fd >= 0 {
        // SAFETY: the object's own.
        path::check(unsafe { libc::close(fd) })?;
    }
    Ok(none_owned())
}

fn fileno(object: &Object) -> PyResult {
    open_fd(object).map(|fd| int::from_i64(fd.into()))
}

fn change(
    object: &Object,
    name: &'static str,
    what: i32,
    args: &[Word],
    kwnames: Option<&Object>,
) -> PyResult {
    let needed = if what == libc::EPOLL_CTL_MOD { 2 } else { 1 };
    let most = if what == libc::EPOLL_CTL_DEL { 1 } else { 2 };
    let signature = Signature::new(name, &["fd", "eventmask"], 0, needed, most);
    let [fd, mask] = signature.bind::<2>(args, kwnames)?;
    let fd = path::file_descriptor(fd.unwrap_or(none()))?;
    let default = libc::EPOLLIN | libc::EPOLLPRI | libc::EPOLLOUT;
    let mask = match mask {
        Some(mask) => int::as_long(&*ops::number::index(mask)?)? as u32,
        None => default as u32,
    };
    let own = open_fd(object)?;
    let mut event = libc::epoll_event {
        events: mask,
        u64: fd as u64,
    };
    // SAFETY: the event lives during the call.
    path::check(unsafe { libc::epoll_ctl(own, what, fd, &raw mut event) })?;
    Ok(none_owned())
}

fn poll(object: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("poll", &["timeout", "maxevents"], 0, 0, 2);
    let [timeout, most] = SIGNATURE.bind::<2>(args, kwnames)?;
    let fd = open_fd(object)?;
    let timeout = super::seconds(timeout)?;
    let most = match most.map_or(Ok(-1), int::as_i32)? {
        -1 => 1023,
        most if most > 0 => most,
        most => {
            return Err(error::value_error(format!(
                "maxevents must be greater than 0, got {most}"
            )));
        }
    };
    threads::wait_for_one(fd, libc::POLLIN, threads::deadline(timeout))?;
    let none = libc::epoll_event { events: 0, u64: 0 };
    let mut events = vec![none; most as usize];
    // SAFETY: the array has that many entries.
    let count = path::check(unsafe { libc::epoll_wait(fd, events.as_mut_ptr(), most, 0) })?;
    let ready = events[..count as usize].iter().map(|event| {
        let (fd, events) = (event.u64, event.events);
        tuple::from_array([int::from_u64(fd), int::from_u64(events.into())])
    });
    Ok(list::from_owned(ready.collect()))
}
