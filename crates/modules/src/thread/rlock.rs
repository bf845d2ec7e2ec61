//! `_thread.RLock`: a lock that its owner may take again.

use std::cell::Cell;

use terrarium_objects::typeobject::{MethodDef, Native, flags};
use terrarium_objects::types::str::Str;
use terrarium_objects::types::tuple::Tuple;
use terrarium_objects::types::{bool, int, tuple};
use terrarium_objects::{Object, PyResult, Slots, Type, Word, error, none_owned};
use terrarium_runtime::threads;

use super::{acquire_arguments, address, ident, wait};
use crate::body::body;

body! { RLock of RLOCK { owner: Cell<u64>, level: Cell<usize>, reserved: Cell<usize> } }

pub static RLOCK: Type = Type::builtin(
    "_thread.RLock",
    size_of::<RLock>(),
    Slots {
        new: Some(|ty, _, _| RLock::alloc(ty)),
        repr: Some(repr),
        ..RLock::SLOTS
    },
)
.with_flags(flags::HAVE_GC | flags::BASETYPE | flags::MANAGED_WEAKREF)
.with_managed_words()
.with_methods(&[
    MethodDef::new(
        "acquire",
        Native::FastKeywords(acquire),
        "acquire($self, /, blocking=True, timeout=-1)\n--\n\n",
    ),
    MethodDef::new(
        "release",
        Native::NoArgs(release),
        "release($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "locked",
        Native::NoArgs(|lock| Ok(bool::bool_owned(RLock::of(lock).level.get() != 0))),
        "locked($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "_is_owned",
        Native::NoArgs(|lock| Ok(bool::bool_owned(is_owned(RLock::of(lock))))),
        "_is_owned($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "_acquire_restore",
        Native::O(acquire_restore),
        "_acquire_restore($self, state, /)\n--\n\n",
    ),
    MethodDef::new(
        "_release_save",
        Native::NoArgs(release_save),
        "_release_save($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "_recursion_count",
        Native::NoArgs(|lock| {
            let this = RLock::of(lock);
            Ok(int::from_usize(if is_owned(this) {
                this.level.get()
            } else {
                0
            }))
        }),
        "_recursion_count($self, /)\n--\n\n",
    ),
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

fn set(lock: &Object, level: usize) {
    let this = RLock::of(lock);
    this.level.set(level);
    this.owner.set(if level == 0 { 0 } else { ident() });
}

fn acquire(lock: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let (blocking, timeout) = acquire_arguments(args, kwnames)?;
    let got = take(lock, blocking, timeout)?;
    if got {
        set(lock, RLock::of(lock).level.get() + 1);
    }
    Ok(bool::bool_owned(got))
}

/// Waits until nobody else has the lock: whether that is so.
fn take(
    lock: &Object,
    blocking: std::primitive::bool,
    timeout: Option<f64>,
) -> PyResult<std::primitive::bool> {
    let this = RLock::of(lock);
    wait(lock, blocking, timeout, || is_free(this))
}

/// Nobody has it, or this thread.
fn is_free(this: &RLock) -> std::primitive::bool {
    this.level.get() == 0 || this.owner.get() == ident()
}

fn is_owned(this: &RLock) -> std::primitive::bool {
    this.level.get() != 0 && this.owner.get() == ident()
}

fn release(lock: &Object) -> PyResult {
    let this = RLock::of(lock);
    if !is_owned(this) {
        return Err(error::runtime_error("cannot release un-acquired lock"));
    }
    let level = this.level.get() - 1;
    set(lock, level);
    if level == 0 {
        threads::lock_released(address(lock));
    }
    Ok(none_owned())
}

/// Takes the lock as often as `_release_save` said.
fn acquire_restore(lock: &Object, state: &Object) -> PyResult {
    let level = match state.downcast::<Tuple>().map(Tuple::items) {
        Some([level, _]) => int::as_isize(level)?,
        _ => {
            return Err(error::type_error(
                "_acquire_restore() argument 1 must be 2-item tuple",
            ));
        }
    };
    take(lock, true, None)?;
    set(lock, usize::try_from(level).unwrap_or(0));
    Ok(none_owned())
}

fn release_save(lock: &Object) -> PyResult {
    let this = RLock::of(lock);
    if !is_owned(this) {
        return Err(error::runtime_error("cannot release un-acquired lock"));
    }
    let saved = tuple::from_array([
        int::from_usize(this.level.get()),
        int::from_u64(this.owner.get()),
    ]);
    set(lock, 0);
    threads::lock_released(address(lock));
    Ok(saved)
}

fn reinit(lock: &Object) -> PyResult {
    set(lock, 0);
    Ok(none_owned())
}

fn repr(lock: &Object) -> PyResult {
    let this = RLock::of(lock);
    let state = match this.level.get() {
        0 => "unlocked",
        _ => "locked",
    };
    Ok(Str::new(&format!(
        "<{state} {} object owner={} count={} at {:p}>",
        lock.ty().full_name(),
        this.owner.get(),
        this.level.get(),
        lock
    )))
}
