//! Built-in functions that the specialiser knows by identity (CPython's `callable_cache`).

use std::cell::Cell;

use terrarium_objects::Object;

/// A borrowed pointer to an object that lives as long as the interpreter.
pub struct Callable(Cell<*mut Object>);

// SAFETY: written at start-up under the lock.
unsafe impl Sync for Callable {}

impl Callable {
    const fn new() -> Callable {
        Callable(Cell::new(std::ptr::null_mut()))
    }

    #[inline(always)]
    pub fn get(&self) -> *mut Object {
        self.0.get()
    }

    /// Remembers `object`, which someone else keeps alive.
    pub fn set(&self, object: &Object) {
        self.0.set(object.as_ptr());
    }
}

pub static LEN: Callable = Callable::new();
pub static ISINSTANCE: Callable = Callable::new();
pub static LIST_APPEND: Callable = Callable::new();
