//! The threads of a program, and all waiting. They share one system thread: each has a native stack of its own, and another one runs when
//! it waits (for a lock, a time, a file descriptor), ends, or has run for five milliseconds. Counts therefore need no atomics.

mod fiber;
mod ticker;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use libc::pollfd;
use terrarium_objects::suspended::Suspended;
use terrarium_objects::types::exceptions as exc;
use terrarium_objects::visit::{Role, Visit};
use terrarium_objects::{Object, Owned, PyResult, Raised, error, ops, root, state};

use crate::signals;
use fiber::Fiber;

/// What a thread waits for.
struct Wait {
    fds: Vec<pollfd>,
    deadline: Option<Instant>,
    /// The address of a lock; 0 for none.
    lock: usize,
}

/// What a new thread is to run.
struct Job {
    function: Owned,
    args: Owned,
    kwargs: Option<Owned>,
}

struct Thread {
    ident: u64,
    fiber: RefCell<Fiber>,
    suspended: Suspended,
    /// Objects that the thread state keeps under a name, for each thread another.
    kept: RefCell<Vec<(&'static str, Owned)>>,
    job: RefCell<Option<Job>>,
    wait: RefCell<Option<Wait>>,
}

/// Names of what the thread state keeps for each thread.
const KEPT: [&str; 1] = ["current context"];

type Ended = fn(u64, PyResult);

#[derive(Default)]
struct Scheduler {
    current: RefCell<Option<Rc<Thread>>>,
    main: RefCell<Option<Rc<Thread>>>,
    ready: RefCell<VecDeque<Rc<Thread>>>,
    waiting: RefCell<Vec<Rc<Thread>>>,
    /// A thread that ended; its stack goes once another one is in use.
    dead: RefCell<Option<Rc<Thread>>>,
    ended: Cell<Option<Ended>>,
    next_ident: Cell<u64>,
    count: Cell<usize>,
    /// A signal came while another thread than the main one ran.
    signal: Cell<bool>,
}

thread_local! {
    static SCHEDULER: Scheduler = Scheduler::default();
}

fn with<R>(work: impl FnOnce(&Scheduler) -> R) -> R {
    SCHEDULER.with(work)
}

/// Threads besides the main one that have not ended.
pub fn count() -> usize {
    with(|s| s.count.get())
}

fn main_ident() -> u64 {
    // SAFETY: no preconditions.
    unsafe { libc::pthread_self() as u64 }
}

/// The number of the running thread.
pub fn ident() -> u64 {
    with(|s| s.current.borrow().as_ref().map(|t| t.ident)).unwrap_or_else(main_ident)
}

/// The number of the main thread.
pub fn ident_of_main() -> u64 {
    main_ident()
}

fn is_main() -> bool {
    ident() == main_ident()
}

fn current() -> Rc<Thread> {
    with(|s| s.current.borrow().clone()).expect("set before the first thread starts")
}

fn make_thread(ident: u64, fiber: Fiber) -> Rc<Thread> {
    let suspended = Suspended::new(0);
    Rc::new(Thread {
        ident,
        fiber: RefCell::new(fiber),
        suspended,
        kept: RefCell::default(),
        job: RefCell::default(),
        wait: RefCell::default(),
    })
}

/// The main thread becomes one of several.
fn begin() {
    with(|s| {
        if s.main.borrow().is_none() {
            let main = make_thread(main_ident(), Fiber::running());
            *s.main.borrow_mut() = Some(main.clone());
            *s.current.borrow_mut() = Some(main);
            state::get().root_walkers.borrow_mut().push(visit_roots);
            ticker::start();
        }
    });
}

/// Starts a thread that calls `function(*args, **kwargs)`; `ended` is told its number and the result. Gives the number.
pub fn start(
    function: &Object,
    args: &Object,
    kwargs: Option<&Object>,
    ended: Ended,
) -> PyResult<u64> {
    begin();
    let Some(fiber) = Fiber::new() else {
        return Err(error::runtime_error("can't start new thread"));
    };
    let limit = fiber.limit();
    let ident = with(|s| {
        s.ended.set(Some(ended));
        s.next_ident.set(s.next_ident.get() + 1);
        s.count.set(s.count.get() + 1);
        main_ident() + s.next_ident.get() * 64
    });
    let thread = Rc::new(Thread {
        ident,
        fiber: RefCell::new(fiber),
        suspended: Suspended::new(limit),
        kept: RefCell::default(),
        job: RefCell::new(Some(Job {
            function: Owned::new(function),
            args: Owned::new(args),
            kwargs: kwargs.map(Owned::new),
        })),
        wait: RefCell::default(),
    });
    // A context holds its own address: it is made where it stays.
    thread.fiber.borrow_mut().prepare(entry);
    with(|s| s.ready.borrow_mut().push_back(thread));
    note_ready();
    Ok(ident)
}

/// Where a new thread's stack begins.
extern "C" fn entry() {
    bury();
    let job = current().job.borrow_mut().take();
    if let Some(job) = job {
        run(job);
    }
    end()
}

fn run(job: Job) {
    let function = root("function of a thread", job.function);
    let args = root("arguments of a thread", job.args);
    let kwargs = job.kwargs.map(|k| root("keywords of a thread", k));
    let result = ops::call::call_tuple_dict(&function, &args, kwargs.as_deref());
    let ended = with(|s| s.ended.get());
    if let Some(ended) = ended {
        ended(current().ident, result);
    }
    // Guards end in the opposite order of their making.
    drop(kwargs);
    drop(args);
    drop(function);
}

/// Leaves the thread for good.
fn end() {
    let own = current();
    for name in KEPT {
        state::get().forget(name);
    }
    with(|s| {
        s.count.set(s.count.get() - 1);
        *s.dead.borrow_mut() = Some(own.clone());
    });
    loop {
        let next = with(|s| s.ready.borrow_mut().pop_front());
        match next {
            // Nobody switches back.
            Some(next) => return switch(own, next),
            None => idle(),
        }
    }
}

/// Gives up the stack of a thread that ended.
fn bury() {
    let dead = with(|s| s.dead.borrow_mut().take());
    drop(dead);
}

fn note_ready() {
    ticker::set_busy(with(|s| !s.ready.borrow().is_empty()));
}

/// Another thread goes on; comes back when this one's turn comes again.
fn switch(from: Rc<Thread>, to: Rc<Thread>) {
    if Rc::ptr_eq(&from, &to) {
        return;
    }
    let state = state::get();
    for name in KEPT {
        if let Some(object) = state.kept(name).map(Owned::new) {
            from.kept.borrow_mut().push((name, object));
            state.forget(name);
        }
    }
    from.suspended.exchange();
    to.suspended.exchange();
    let kept = std::mem::take(&mut *to.kept.borrow_mut());
    for (name, object) in kept {
        state.keep(name, object);
    }
    with(|s| *s.current.borrow_mut() = Some(to.clone()));
    note_ready();
    let (own, other) = (from.fiber.as_ptr(), to.fiber.as_ptr());
    // What a stack that is never gone back to still holds would never be given up.
    drop((from, to));
    // SAFETY: both fibers stay where they are: the lists hold their threads, or `dead` does.
    unsafe { Fiber::switch(&*own, &*other) };
    bury();
    if with(|s| s.signal.get()) && is_main() {
        with(|s| s.signal.set(false));
        signals::interrupt();
    }
}

/// Lets others run until `wait` is over (or a signal came, in the main thread).
fn suspend(wait: Wait) {
    let own = current();
    *own.wait.borrow_mut() = Some(wait);
    with(|s| s.waiting.borrow_mut().push(own.clone()));
    loop {
        let next = with(|s| s.ready.borrow_mut().pop_front());
        match next {
            Some(next) => return switch(own, next),
            None => idle(),
        }
    }
}

/// Lets the others have a turn, when the thread has had its time.
pub fn yield_now() {
    if count() == 0 {
        return;
    }
    look(Some(Duration::ZERO));
    let next = with(|s| s.ready.borrow_mut().pop_front());
    if let Some(next) = next {
        let own = current();
        with(|s| s.ready.borrow_mut().push_back(own.clone()));
        switch(own, next);
    }
}

/// Waits until some thread can go on.
fn idle() {
    let deadline = with(|s| {
        let waiting = s.waiting.borrow();
        let waits = waiting.iter().filter_map(|t| {
            let wait = t.wait.borrow();
            wait.as_ref().and_then(|w| w.deadline)
        });
        waits.min()
    });
    look(deadline.map(|end| end.saturating_duration_since(Instant::now())));
}

/// Finds the threads whose wait is over, for as long as `time` (`None`: until there is one).
fn look(time: Option<Duration>) {
    let (mut fds, owners) = with(|s| {
        let (mut fds, mut owners) = (Vec::new(), Vec::new());
        for thread in s.waiting.borrow().iter() {
            if let Some(wait) = &*thread.wait.borrow() {
                fds.extend_from_slice(&wait.fds);
                owners.extend(wait.fds.iter().map(|_| thread.clone()));
            }
        }
        (fds, owners)
    });
    let interrupted = poll(&mut fds, time).is_err();
    for (fd, owner) in fds.iter().zip(owners) {
        if fd.revents != 0 {
            wake(&owner);
        }
    }
    let now = Instant::now();
    let over: Vec<_> = with(|s| {
        let waiting = s.waiting.borrow();
        let is_over = |t: &&Rc<Thread>| {
            let wait = t.wait.borrow();
            wait.as_ref()
                .is_some_and(|w| w.deadline.is_some_and(|end| end <= now))
        };
        waiting.iter().filter(is_over).cloned().collect()
    });
    over.iter().for_each(wake);
    if interrupted || state::get().breaker.get() & state::breaker::SIGNAL != 0 {
        // Handlers run in the main thread.
        let main = with(|s| s.main.borrow().clone());
        if let Some(main) = main {
            wake(&main);
        }
    }
}

/// Makes a waiting thread ready.
fn wake(thread: &Rc<Thread>) {
    with(|s| {
        let mut waiting = s.waiting.borrow_mut();
        if let Some(at) = waiting.iter().position(|t| Rc::ptr_eq(t, thread)) {
            let thread = waiting.remove(at);
            *thread.wait.borrow_mut() = None;
            s.ready.borrow_mut().push_back(thread);
        }
    });
    note_ready();
}

/// `ppoll`: how many are ready; an error when a signal came.
fn poll(fds: &mut [pollfd], time: Option<Duration>) -> Result<usize, i32> {
    let time = time.map(|time| libc::timespec {
        tv_sec: time.as_secs() as libc::time_t,
        tv_nsec: time.subsec_nanos().into(),
    });
    let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let count = fds.len() as libc::nfds_t;
    // SAFETY: the array and the time live during the call.
    let ready = unsafe { libc::ppoll(fds.as_mut_ptr(), count, time, std::ptr::null()) };
    usize::try_from(ready).map_err(|_| std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
}

/// The moment `seconds` from now; `None` for never (a negative or absent number).
pub fn deadline(seconds: Option<f64>) -> Option<Instant> {
    let seconds = seconds.filter(|s| *s >= 0.0)?;
    Instant::now().checked_add(Duration::try_from_secs_f64(seconds).ok()?)
}

/// Runs the handlers of signals that came; in the main thread, as CPython does.
pub fn check_signals() -> PyResult<()> {
    let breaker = &state::get().breaker;
    if breaker.get() & state::breaker::SIGNAL != 0 && is_main() {
        breaker.set(breaker.get() & !state::breaker::SIGNAL);
        signals::run_handlers()?;
    }
    Ok(())
}

/// Leaves a signal to the main thread, which goes on soon.
#[cold]
pub fn leave_signal() {
    with(|s| s.signal.set(true));
    let main = with(|s| s.main.borrow().clone());
    if let Some(main) = main {
        wake(&main);
    }
    yield_now();
}

fn raise(number: i32) -> Raised {
    let text = std::io::Error::from_raw_os_error(number).to_string();
    let text = text.split(" (os error").next().unwrap_or("");
    exc::os_error::raise_errno(number, text, None, None)
}

/// Waits until one of the descriptors is ready (their `revents` are set) or the deadline has passed: how many are ready.
pub fn wait_for(fds: &mut [pollfd], deadline: Option<Instant>) -> PyResult<usize> {
    loop {
        let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
        let alone = count() == 0;
        let time = if alone { left } else { Some(Duration::ZERO) };
        match poll(fds, time) {
            Ok(0) if left.is_none_or(|left| !left.is_zero()) => {}
            Ok(ready) => return Ok(ready),
            Err(libc::EINTR) => {}
            Err(number) => return Err(raise(number)),
        }
        check_signals()?;
        if !alone {
            suspend(Wait {
                fds: fds.to_vec(),
                deadline,
                lock: 0,
            });
        }
    }
}

/// Waits until one descriptor is ready for `events`: whether it is.
pub fn wait_for_one(fd: i32, events: i16, deadline: Option<Instant>) -> PyResult<bool> {
    let mut fds = [pollfd {
        fd,
        events,
        revents: 0,
    }];
    Ok(wait_for(&mut fds, deadline)? > 0)
}

/// Waits for a lock at this address that is taken: until somebody gives it up, the deadline passes or a signal came.
pub fn wait_for_lock(lock: usize, deadline: Option<Instant>) -> PyResult<()> {
    if count() == 0 {
        if deadline.is_none() {
            return Err(error::runtime_error(
                "deadlock: the only thread waits for a lock that nobody can give up",
            ));
        }
        return wait_for(&mut [], deadline).map(drop);
    }
    suspend(Wait {
        fds: Vec::new(),
        deadline,
        lock,
    });
    check_signals()
}

/// Wakes the thread that has waited longest for a lock.
pub fn lock_released(lock: usize) {
    if count() == 0 {
        return;
    }
    let first = with(|s| {
        let waiting = s.waiting.borrow();
        let found = waiting.iter().find(|t| {
            let wait = t.wait.borrow();
            wait.as_ref().is_some_and(|w| w.lock == lock)
        });
        found.cloned()
    });
    if let Some(first) = first {
        wake(&first);
    }
}

/// Names what the threads that do not run hold. A root walker.
fn visit_roots(visit: &mut Visit<'_>) {
    let current = current();
    let others: Vec<_> = with(|s| {
        let ready = s.ready.borrow();
        let waiting = s.waiting.borrow();
        ready.iter().chain(waiting.iter()).cloned().collect()
    });
    for thread in others.iter().filter(|t| !Rc::ptr_eq(t, &current)) {
        thread.suspended.visit(visit);
        for (name, object) in thread.kept.borrow().iter() {
            visit.edge(Role::Root(name), object);
        }
        if let Some(job) = &*thread.job.borrow() {
            visit.edge(Role::Root("function of a thread"), &job.function);
            visit.edge(Role::Root("arguments of a thread"), &job.args);
            if let Some(kwargs) = &job.kwargs {
                visit.edge(Role::Root("keywords of a thread"), kwargs);
            }
        }
    }
}
