//! `_thread.lock`.

use std::cell::Cell;

use terrarium_objects::args;
use terrarium_objects::typeobject::{MethodDef, Native, flags};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bool, dict};
use terrarium_objects::{Object, Owned, PyResult, Slots, Type, Word, error, none_owned};
use terrarium_runtime::threads;

use super::{acquire_arguments, address, wait};
use crate::body::body;

body! { Lock of LOCK { taken: Cell<usize> } }

pub static LOCK: Type = Type::builtin(
    "_thread.lock",
    size_of::<Lock>(),
    Slots {
        new: Some(new),
        repr: Some(repr),
        ..Lock::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::MANAGED_WEAKREF)
.with_managed_words()
.with_methods(&[
    MethodDef::new(
        "acquire_lock",
        Native::FastKeywords(acquire),
        "acquire_lock($self, /, blocking=True, timeout=-1)\n--\n\n",
    ),
    MethodDef::new(
        "acquire",
        Native::FastKeywords(acquire),
        "acquire($self, /, blocking=True, timeout=-1)\n--\n\n",
    ),
    MethodDef::new(
        "release_lock",
        Native::NoArgs(release),
        "release_lock($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "release",
        Native::NoArgs(release),
        "release($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "locked_lock",
        Native::NoArgs(locked),
        "locked_lock($self, /)\n--\n\n",
    ),
    MethodDef::new("locked", Native::NoArgs(locked), "locked($self, /)\n--\n\n"),
    MethodDef::new(
        "__enter__",
        Native::NoArgs(|lock| acquire(lock, &[], None)),
        "__enter__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__exit__",
        Native::VarArgs(|lock, _| release(lock)),
        "__exit__($self, /, *exc_info)\n--\n\n",
    ),
    MethodDef::new(
        "_at_fork_reinit",
        Native::NoArgs(reinit),
        "_at_fork_reinit($self, /)\n--\n\n",
    ),
]);

/// A new lock.
pub fn allocate(_: &Object) -> PyResult {
    Lock::alloc(&LOCK)
}

fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if args::tuple_len(args) != 0 || kwargs.is_some_and(|k| dict::len(k) != 0) {
        args::no_keyword_dict("lock", kwargs)?;
        args::check_positional("lock", args::tuple_len(args), 0, 0)?;
    }
    Lock::alloc(ty)
}

fn acquire(lock: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (blocking, timeout) = acquire_arguments(args, kwnames)?;
    let taken = &Lock::of(lock).taken;
    let got = wait(lock, blocking, timeout, || taken.get() == 0)?;
    if got {
        taken.set(1);
    }
    Ok(bool::bool_owned(got))
}

fn release(lock: &Object) -> PyResult {
    if Lock::of(lock).taken.replace(0) == 0 {
        return Err(error::runtime_error("release unlocked lock"));
    }
    threads::lock_released(address(lock));
    Ok(none_owned())
}

fn locked(lock: &Object) -> PyResult {
    Ok(bool::bool_owned(Lock::of(lock).taken.get() != 0))
}

fn reinit(lock: &Object) -> PyResult {
    Lock::of(lock).taken.set(0);
    Ok(none_owned())
}

fn repr(lock: &Object) -> PyResult {
    let state = match Lock::of(lock).taken.get() {
        0 => "unlocked",
        _ => "locked",
    };
    let text: Owned = Str::new(&format!(
        "<{state} {} object at {:p}>",
        lock.ty().full_name(),
        lock
    ));
    Ok(text)
}
