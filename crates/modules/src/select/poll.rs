//! `select.poll`.

use terrarium_objects::types::{int, list, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, PyResult, Type, Word, args, error, none_owned, ops,
};
use terrarium_runtime::threads;

use crate::body::{Boxed, body};
use crate::posix::path;

type Watched = std::cell::RefCell<Vec<(i32, i16)>>;

body! { Poll of POLL { watched: Boxed<Watched> } }

pub static POLL: Type = Type::builtin("select.poll", size_of::<Poll>(), Poll::SLOTS)
    .with_flags(
        terrarium_objects::typeobject::flags::DISALLOW_INSTANTIATION
            | terrarium_objects::typeobject::flags::HAVE_GC,
    )
    .with_methods(&[
        MethodDef::new(
            "register",
            Native::Fast(register),
            "register($self, fd, eventmask=POLLIN | POLLPRI | POLLOUT, /)\n--\n\n",
        ),
        MethodDef::new(
            "modify",
            Native::Fast(modify),
            "modify($self, fd, eventmask, /)\n--\n\n",
        ),
        MethodDef::new(
            "unregister",
            Native::O(unregister),
            "unregister($self, fd, /)\n--\n\n",
        ),
        MethodDef::new(
            "poll",
            Native::Fast(poll),
            "poll($self, timeout=None, /)\n--\n\n",
        ),
    ]);

/// A new poll object that watches nothing.
pub fn make(_: &Object) -> PyResult {
    let made = Poll::alloc(&POLL)?;
    Poll::of(&made).watched.set(Watched::default());
    Ok(made)
}

fn mask(given: Option<&Word>) -> PyResult<i16> {
    let Some(given) = given else {
        return Ok(libc::POLLIN | libc::POLLPRI | libc::POLLOUT);
    };
    Ok(int::as_long(&*ops::number::index(given.object())?)? as i16)
}

fn register(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("register", args.len(), 1, 2)?;
    let fd = path::file_descriptor(args[0].object())?;
    let mask = mask(args.get(1))?;
    let mut watched = Poll::of(object).watched.get().borrow_mut();
    match watched.iter_mut().find(|(of, _)| *of == fd) {
        Some(entry) => entry.1 = mask,
        None => watched.push((fd, mask)),
    }
    Ok(none_owned())
}

fn modify(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("modify", args.len(), 2, 2)?;
    let fd = path::file_descriptor(args[0].object())?;
    let mask = mask(args.get(1))?;
    let mut watched = Poll::of(object).watched.get().borrow_mut();
    match watched.iter_mut().find(|(of, _)| *of == fd) {
        Some(entry) => entry.1 = mask,
        None => return Err(path::raise(libc::ENOENT, None, None)),
    }
    Ok(none_owned())
}

fn unregister(object: &Object, fd: &Object) -> PyResult {
    let number = path::file_descriptor(fd)?;
    let mut watched = Poll::of(object).watched.get().borrow_mut();
    match watched.iter().position(|(of, _)| *of == number) {
        Some(at) => drop(watched.remove(at)),
        None => return Err(error::key_error(&int::from_i64(number.into()))),
    }
    Ok(none_owned())
}

/// `poll(milliseconds)`: pairs of descriptor and events.
fn poll(object: &Object, args: &[Word]) -> PyResult {
    args::check_positional("poll", args.len(), 0, 1)?;
    let timeout = super::seconds(args.first().map(|t| t.object()))?;
    let mut fds: Vec<libc::pollfd> = Poll::of(object)
        .watched
        .get()
        .borrow()
        .iter()
        .map(|(fd, events)| libc::pollfd {
            fd: *fd,
            events: *events,
            revents: 0,
        })
        .collect();
    threads::wait_for(&mut fds, threads::deadline(timeout.map(|t| t / 1000.0)))?;
    let ready = fds.iter().filter(|f| f.revents != 0).map(|f| {
        tuple::from_array([
            int::from_i64(f.fd.into()),
            int::from_i64(i64::from(f.revents as u16)),
        ])
    });
    Ok(list::from_owned(ready.collect()))
}
