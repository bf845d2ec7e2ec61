//! The three ways to hold a reference: `&Object` (borrowed), `Owned` (counted, given up when dropped), `Word` (a slot of a frame: counted
//! or borrowed by its lowest bit, closed explicitly).

use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::object::Object;

/// An exception is set in the thread state (`error`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised;

/// What anything that can run Python returns.
pub type PyResult<T = Owned> = Result<T, Raised>;

/// An owned reference.
#[repr(transparent)]
pub struct Owned(NonNull<Object>);

impl Owned {
    /// A new reference to `object`.
    #[inline(always)]
    pub fn new(object: &Object) -> Owned {
        object.incref();
        Owned(NonNull::from(object))
    }

    /// Takes over a reference that `pointer` already carries.
    ///
    /// # Safety
    /// `pointer` is a live object and the caller owns one reference to it.
    #[inline(always)]
    pub unsafe fn from_raw(pointer: *mut Object) -> Owned {
        // SAFETY: live, so not null.
        Owned(unsafe { NonNull::new_unchecked(pointer) })
    }

    /// The pointer, and with it the duty to give the reference up.
    #[inline(always)]
    pub fn into_raw(self) -> *mut Object {
        ManuallyDrop::new(self).0.as_ptr()
    }

    #[inline(always)]
    pub fn as_ptr(&self) -> *mut Object {
        self.0.as_ptr()
    }
}

impl Clone for Owned {
    #[inline(always)]
    fn clone(&self) -> Owned {
        Owned::new(self)
    }
}

impl Deref for Owned {
    type Target = Object;

    #[inline(always)]
    fn deref(&self) -> &Object {
        // SAFETY: owning a reference keeps the object alive.
        unsafe { self.0.as_ref() }
    }
}

impl AsRef<Object> for Owned {
    fn as_ref(&self) -> &Object {
        self
    }
}

impl Drop for Owned {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: the reference is owned and not used again.
        unsafe { Object::decref(self.0.as_ptr()) }
    }
}

impl std::fmt::Debug for Owned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

/// A slot of a frame: a local, a cell or an operand (CPython's `_PyStackRef`). Null, or a pointer whose bit 0 says that no count is owned
/// (borrowed, or immortal); null has the bit as well, so one test tells what to give up. Copying a word copies no reference: exactly one copy
/// may be closed.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word(usize);

const UNCOUNTED: usize = 1;

impl Word {
    pub const NULL: Word = Word(UNCOUNTED);

    /// A word that takes over an owned reference; for an immortal object there is none to own.
    #[inline(always)]
    pub fn owned(object: Owned) -> Word {
        let tag = object.is_immortal() as usize;
        Word(object.into_raw() as usize | tag)
    }

    /// `owned` for an object that is known to be mortal (just made).
    #[inline(always)]
    pub fn owned_mortal(object: Owned) -> Word {
        Word(object.into_raw() as usize)
    }

    /// A word that takes over the reference `pointer` carries, or null.
    ///
    /// # Safety
    /// As for `Owned::from_raw`, or null.
    #[inline(always)]
    pub unsafe fn from_raw(pointer: *mut Object) -> Word {
        Word(pointer as usize | usize::from(pointer.is_null()))
    }

    /// A word with a new reference of its own.
    #[inline(always)]
    pub fn new(object: &Object) -> Word {
        if object.incref_mortal() {
            Word(object.as_ptr() as usize)
        } else {
            Word::borrowed(object)
        }
    }

    /// A word that owns nothing: the object must outlive it by someone else's reference.
    #[inline(always)]
    pub fn borrowed(object: &Object) -> Word {
        Word(object.as_ptr() as usize | UNCOUNTED)
    }

    /// The same for a word: what it refers to, without a count.
    #[inline(always)]
    pub fn borrow(self) -> Word {
        Word(self.0 | UNCOUNTED)
    }

    /// A second word for the same object: counted if this one is (CPython's `PyStackRef_DUP`).
    #[inline(always)]
    pub fn dup(self) -> Word {
        if self.0 & UNCOUNTED == 0 {
            self.object().incref();
        }
        self
    }

    #[inline(always)]
    pub fn is_null(self) -> bool {
        self.0 == UNCOUNTED
    }

    /// Whether closing this word gives up a count.
    #[inline(always)]
    pub fn is_counted(self) -> bool {
        self.0 & UNCOUNTED == 0
    }

    #[inline(always)]
    pub fn bits(self) -> usize {
        self.0
    }

    #[inline(always)]
    pub fn as_ptr(self) -> *mut Object {
        (self.0 & !UNCOUNTED) as *mut Object
    }

    /// The object. The word must not be null. The lifetime is the caller's care: while the slot holds it.
    #[inline(always)]
    pub fn object<'a>(self) -> &'a Object {
        debug_assert!(!self.is_null());
        // SAFETY: a word that is not null refers to a live object by the contract of its constructors.
        unsafe { &*self.as_ptr() }
    }

    /// The object, or `None` for null.
    #[inline(always)]
    pub fn get<'a>(self) -> Option<&'a Object> {
        if self.is_null() {
            None
        } else {
            Some(self.object())
        }
    }

    /// Turns the word into an owned reference, taking one if it was borrowed (CPython's `PyStackRef_AsPyObjectSteal`).
    #[inline(always)]
    pub fn into_owned(self) -> Owned {
        let object = self.object();
        if self.0 & UNCOUNTED != 0 {
            object.incref();
        }
        // SAFETY: a reference was owned or has just been taken.
        unsafe { Owned::from_raw(object.as_ptr()) }
    }

    /// The same word, owning a count (CPython's `PyStackRef_MakeHeapSafe`); immortals stay uncounted.
    #[inline(always)]
    pub fn make_owned(self) -> Word {
        if self.is_null() || self.is_counted() {
            return self;
        }
        Word::new(self.object())
    }

    /// Gives up the reference if one is owned. Null is allowed.
    ///
    /// # Safety
    /// No other copy of this word is closed or used afterwards.
    #[inline(always)]
    pub unsafe fn close(self) {
        if self.is_counted() {
            // SAFETY: a counted word owns one reference.
            unsafe { Object::decref(self.0 as *mut Object) }
        }
    }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.get() {
            None => f.write_str("null"),
            Some(o) => write!(
                f,
                "{}{o:?}",
                if self.is_counted() { "" } else { "borrowed " }
            ),
        }
    }
}
