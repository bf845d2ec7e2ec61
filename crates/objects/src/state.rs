//! The thread state: the one global of the object core. Everything it owns is a named root (`visit_roots`), so the audit sees it.
//!
//! One interpreter lock guards all of it; counts and lists need no atomics.

use std::cell::{Cell, RefCell};
use std::ptr::null_mut;

use crate::alloc::Allocator;
use crate::gc::Collector;
use crate::object::Object;
use crate::pile::Pile;
use crate::refs::{Owned, PyResult, Word};
use crate::visit::{Role, Visit};

/// One change of a traced object's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Created, with one reference.
    Born,
    /// A reference was added.
    Taken,
    /// A reference was given up.
    Given,
    /// The count reached zero; deallocation follows.
    Died,
    /// Made immortal: the count goes on no more.
    Immortal,
}

/// The exception being handled, one for each running generator and one for the thread (CPython's `_PyErr_StackItem`).
#[repr(C)]
pub struct ExcItem {
    /// Owned, or null.
    pub value: Cell<*mut Object>,
    pub previous: Cell<*const ExcItem>,
}

impl ExcItem {
    pub const fn new() -> ExcItem {
        ExcItem {
            value: Cell::new(null_mut()),
            previous: Cell::new(std::ptr::null()),
        }
    }
}

impl Default for ExcItem {
    fn default() -> Self {
        ExcItem::new()
    }
}

/// One entry of the native frames: a reference that native code owns while it calls back into Python.
#[derive(Clone, Copy)]
pub struct NativeRoot {
    pub name: &'static str,
    pub object: *mut Object,
}

/// Words of memory that native code owns (`Span`).
#[derive(Clone, Copy)]
pub struct NativeSpan {
    name: &'static str,
    words: *const *mut Object,
    count: usize,
}

impl NativeSpan {
    /// Names the references in the span's words.
    pub fn visit(&self, visit: &mut Visit<'_>) {
        for at in 0..self.count {
            // SAFETY: the span's words are null or owned while it is registered.
            if let Some(object) = unsafe { (*self.words.add(at)).as_ref() } {
                visit.edge(Role::Root(self.name), object);
            }
        }
    }
}

/// What the loop must look at when `breaker` is not zero.
pub mod breaker {
    pub const GC: u32 = 1;
    pub const SIGNAL: u32 = 2;
    pub const PENDING: u32 = 4;
    /// Somebody observes the program: the loop goes on in its observed form.
    pub const OBSERVE: u32 = 8;
}

/// See the module's text.
pub struct State {
    /// Told of each change while tracing is on; must not touch Python.
    sink: Cell<Option<fn(*mut Object, Change)>>,
    /// The exception on its way, owned, or null (always an instance).
    pub current_exception: Cell<*mut Object>,
    /// Top of the stack of handled exceptions; never null once `init` ran.
    pub exc_info: Cell<*const ExcItem>,
    pub base_exc: ExcItem,
    pub alloc: Allocator,
    pub gc: Collector,
    /// Reasons for the loop to leave its straight path (`breaker`).
    pub breaker: Cell<u32>,
    /// The interned table: an owned dict from str to itself; its references are not counted (as in CPython).
    pub interned: Cell<*mut Object>,
    /// References of running native functions, each named.
    pub native_roots: Pile<NativeRoot>,
    /// Memory whose references are being given up (`Span`).
    pub native_spans: Pile<NativeSpan>,
    /// Lowest stack address that native recursion may reach.
    pub stack_limit: Cell<usize>,
    /// Objects whose deallocation was put off because the native stack was nearly used up, and whether there are any.
    pub dealloc_waiting: Cell<bool>,
    pub dealloc_later: RefCell<Vec<*mut Object>>,
    /// Next type version to give out (`type_cache`).
    pub next_type_version: Cell<u32>,
    /// Next function version, dict-keys version.
    pub next_func_version: Cell<u32>,
    pub next_dict_keys_version: Cell<u32>,
    /// The running interpreter frame, innermost (a `frame::Frame`), or null.
    pub frame: Cell<*mut u8>,
    /// Python frames that may still be entered before RecursionError, and the limit set.
    pub recursion_remaining: Cell<i32>,
    pub recursion_limit: Cell<i32>,
    /// Owned objects with a name: modules, `sys` parts, caches. Filled by whoever needs a global; visited as roots.
    pub named: RefCell<Vec<(&'static str, *mut Object)>>,
    /// Walkers of roots that live elsewhere (frames, free lists, caches), added by their owners at start-up.
    pub root_walkers: RefCell<Vec<fn(&mut Visit<'_>)>>,
}

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for State {}

static STATE: State = State {
    sink: Cell::new(None),
    current_exception: Cell::new(null_mut()),
    exc_info: Cell::new(std::ptr::null()),
    base_exc: ExcItem::new(),
    alloc: Allocator::new(),
    gc: Collector::new(),
    breaker: Cell::new(0),
    interned: Cell::new(null_mut()),
    native_roots: Pile::new(),
    native_spans: Pile::new(),
    stack_limit: Cell::new(0),
    dealloc_waiting: Cell::new(false),
    dealloc_later: RefCell::new(Vec::new()),
    next_type_version: Cell::new(1 << 16),
    next_func_version: Cell::new(1),
    next_dict_keys_version: Cell::new(1),
    frame: Cell::new(null_mut()),
    recursion_remaining: Cell::new(1000),
    recursion_limit: Cell::new(1000),
    named: RefCell::new(Vec::new()),
    root_walkers: RefCell::new(Vec::new()),
};

/// The thread state.
#[inline(always)]
pub fn get() -> &'static State {
    &STATE
}

impl State {
    /// Whether changes of counts are reported.
    pub fn is_tracing(&self) -> bool {
        self.sink.get().is_some()
    }

    /// Turns the traced range on (with whom to tell) or off, for all objects, those made from now on included.
    pub fn set_tracing(&self, sink: Option<fn(*mut Object, Change)>) {
        let on = sink.is_some();
        if on != self.is_tracing() {
            self.alloc.each_object(&mut |object| object.set_traced(on));
            self.alloc.swap_set_aside();
        }
        self.sink.set(sink);
    }

    /// Keeps `object` alive until `forget` under a name that the audit shows.
    pub fn keep(&self, name: &'static str, object: Owned) {
        let old = {
            let mut named = self.named.borrow_mut();
            match named.iter_mut().find(|(n, _)| *n == name) {
                Some(entry) => Some(std::mem::replace(&mut entry.1, object.into_raw())),
                None => {
                    named.push((name, object.into_raw()));
                    None
                }
            }
        };
        if let Some(old) = old {
            // SAFETY: the entry owned it.
            unsafe { Object::decref(old) };
        }
    }

    /// The object kept under `name`.
    pub fn kept(&self, name: &str) -> Option<&Object> {
        let named = self.named.borrow();
        // SAFETY: kept objects are alive until forgotten; callers borrow shortly.
        named
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, o)| unsafe { &**o })
    }

    /// Gives up what `keep` kept.
    pub fn forget(&self, name: &str) {
        let found = {
            let mut named = self.named.borrow_mut();
            named
                .iter()
                .position(|(n, _)| *n == name)
                .map(|i| named.remove(i).1)
        };
        if let Some(object) = found {
            // SAFETY: the entry owned it.
            unsafe { Object::decref(object) };
        }
    }

    /// Names every root: kept objects, native frames, exceptions, and what the walkers add.
    pub fn visit_roots(&self, visit: &mut Visit<'_>) {
        for (name, object) in self.named.borrow().iter() {
            // SAFETY: owned by the entry.
            visit.edge(Role::Root(name), unsafe { &**object });
        }
        self.native_roots.each(&mut |root| {
            // SAFETY: owned by the native frame.
            visit.edge(Role::Root(root.name), unsafe { &*root.object });
        });
        self.native_spans.each(&mut |span| span.visit(visit));
        // SAFETY: null or owned.
        if let Some(exception) = unsafe { self.current_exception.get().as_ref() } {
            visit.edge(Role::Root("the exception on its way"), exception);
        }
        // SAFETY: null or owned.
        if let Some(exception) = unsafe { self.base_exc.value.get().as_ref() } {
            visit.edge(Role::Root("the exception being handled"), exception);
        }
        for walk in self.root_walkers.borrow().iter() {
            walk(visit);
        }
    }

    /// Fails with RecursionError when the native stack is nearly used up.
    #[inline]
    pub fn check_native_stack(&self, doing: &str) -> PyResult<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.stack_limit.get() {
            return Err(crate::error::recursion_error(doing));
        }
        Ok(())
    }
}

/// Tells the ledger of one change; only objects in the traced range come here.
#[cold]
#[inline(never)]
pub fn log_change(object: *mut Object, change: Change) {
    if let Some(sink) = STATE.sink.get() {
        sink(object, change);
    }
}

/// A reference that native code owns while Python may run, registered so that an audit in between finds it.
/// Guards end in the opposite order of their making.
pub struct Rooted {
    /// The entry, which stays in its place until the guard ends.
    entry: *mut NativeRoot,
}

/// Registers an owned reference under a name for the duration of the guard.
#[inline]
pub fn root(name: &'static str, object: Owned) -> Rooted {
    let object = object.into_raw();
    Rooted {
        entry: STATE.native_roots.push(NativeRoot { name, object }),
    }
}

/// Words of memory in which native code owns references (or nulls) while they are given up one by one.
pub struct Span;

impl Span {
    /// Registers `count` words at `words`, each null or an owned reference, until the guard ends.
    #[inline]
    pub fn new(name: &'static str, words: *const *mut Object, count: usize) -> Span {
        STATE.native_spans.push(NativeSpan { name, words, count });
        Span
    }
}

/// What a native function is about to return.
pub trait OnItsWay {
    /// The object in it, or null.
    fn word(&self) -> *mut Object;
}

impl OnItsWay for Owned {
    fn word(&self) -> *mut Object {
        self.as_ptr()
    }
}

impl<T: OnItsWay> OnItsWay for Option<T> {
    fn word(&self) -> *mut Object {
        self.as_ref().map_or(null_mut(), OnItsWay::word)
    }
}

impl<T: OnItsWay> OnItsWay for PyResult<T> {
    fn word(&self) -> *mut Object {
        self.as_ref().map_or(null_mut(), OnItsWay::word)
    }
}

/// Gives things up while a native function's result, which nothing else holds yet, is a named root.
#[inline]
pub fn holding<T>(result: &impl OnItsWay, give_up: impl FnOnce() -> T) -> T {
    let word = result.word();
    let span = Span::new("result on its way", &raw const word, 1);
    let done = give_up();
    drop(span);
    done
}

impl Drop for Span {
    #[inline]
    fn drop(&mut self) {
        STATE.native_spans.pop();
    }
}

impl Rooted {
    /// Replaces what is held; the old reference is given up.
    pub fn set(&self, object: Owned) {
        // SAFETY: the entry stays while the guard lives and owns what it names.
        unsafe {
            let old = std::mem::replace(&mut (*self.entry).object, object.into_raw());
            Object::decref(old);
        }
    }

    /// Ends the guard and hands the reference back.
    #[inline]
    pub fn take(self) -> Owned {
        let last = STATE.native_roots.pop();
        std::mem::forget(self);
        // SAFETY: the entry owned it; guards are a stack, so it was the last.
        unsafe { Owned::from_raw(last.object) }
    }
}

impl std::ops::Deref for Rooted {
    type Target = Object;

    #[inline]
    fn deref(&self) -> &Object {
        // SAFETY: the entry stays and owns its object while the guard lives.
        unsafe { &*(*self.entry).object }
    }
}

impl Drop for Rooted {
    #[inline]
    fn drop(&mut self) {
        let last = STATE.native_roots.pop();
        // SAFETY: the entry owned it; guards are a stack, so it was the last.
        unsafe { Object::decref(last.object) };
    }
}

/// Arguments for a call that are all borrowed: `call(f, &words([a, b]), None)`.
#[inline(always)]
pub fn words<const N: usize>(objects: [&Object; N]) -> [Word; N] {
    objects.map(Word::borrowed)
}
