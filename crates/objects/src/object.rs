//! The object header and its reference count.
//!
//! A header is two words, as CPython 3.14's `PyObject` (Include/object.h): a 32-bit count, 16 bits that belong to the count of other
//! builds, 16 flag bits, the type. Words that some objects have *before* the header (collector links, managed dict, weak
//! references) are described in `alloc`.
//!
//! The count word has three ranges:
//!
//! | range | meaning |
//! | --- | --- |
//! | `0 ..= 0x7FFF_FFFF` | a plain count |
//! | `0x8000_0000 ..= 0xBFFF_FFFF` | a traced count: the low 30 bits count, and each change is reported to the ledger's log |
//! | `0xC000_0000 ..` | immortal: never changes |

use std::cell::Cell;

use crate::state::{self, Change};
use crate::typeobject::Type;

/// First count word of an immortal object, and what `sys.getrefcount` shows of it.
pub const IMMORTAL: u32 = 0xC000_0000;
/// Added to a count to make it a traced one.
pub const TRACED: u32 = 0x8000_0000;
const COUNT_MASK: u32 = 0x3FFF_FFFF;

/// Bits of `Object::flags`.
pub mod flags {
    /// `__del__` ran already (PEP 442).
    pub const FINALIZED: u16 = 1;
    /// The object has been given a collector pre-header (see `alloc`).
    pub const HAS_GC_HEADER: u16 = 2;
    /// The object has the two managed words (dict, weak references) before its collector header.
    pub const HAS_MANAGED: u16 = 4;
    /// The object was allocated as a large block.
    pub const LARGE: u16 = 8;
    /// The object is not on the heap (static type, singleton, small int).
    pub const STATIC: u16 = 16;
}

/// Any Python object, seen through its header. The body follows in memory; `cast` reaches it.
///
/// A `&Object` is a borrowed reference: someone else owns a count for as long as the borrow lasts.
#[repr(C)]
pub struct Object {
    refcnt: Cell<u32>,
    overflow: Cell<u16>,
    flags: Cell<u16>,
    ty: Cell<*const Type>,
}

// SAFETY: objects are touched only by the thread that holds the interpreter's lock.
unsafe impl Sync for Object {}

/// The header of objects that carry a length (CPython's `PyVarObject`).
#[repr(C)]
pub struct VarObject {
    pub object: Object,
    pub size: Cell<isize>,
}

/// A Rust struct that starts with an object header and describes the body of instances of `type_object()` and its subtypes.
///
/// # Safety
/// The struct is `repr(C)`, starts with `Object` or `VarObject`, and every instance of the type (or a subtype) begins with it.
pub unsafe trait Layout {
    fn type_object() -> &'static Type;
}

impl Object {
    /// A header for a static, immortal object.
    pub const fn immortal(ty: *const Type) -> Object {
        Object {
            refcnt: Cell::new(IMMORTAL),
            overflow: Cell::new(0),
            flags: Cell::new(flags::STATIC),
            ty: Cell::new(ty),
        }
    }

    /// Writes a fresh header with one reference.
    ///
    /// # Safety
    /// `place` is valid for writing a header; nothing live is overwritten.
    #[inline(always)]
    pub unsafe fn init(place: *mut Object, ty: *const Type, flags: u16) {
        // SAFETY: by contract.
        unsafe {
            place.write(Object {
                refcnt: Cell::new(1),
                overflow: Cell::new(0),
                flags: Cell::new(flags),
                ty: Cell::new(ty),
            });
        }
    }

    /// Tells the log of an object that was just made, if it is on; the object is traced from now on.
    ///
    /// # Safety
    /// `object` has its header.
    pub unsafe fn report_birth(object: *mut Object) {
        if state::get().is_tracing() {
            // SAFETY: by contract.
            unsafe { (*object).set_traced(true) };
            state::log_change(object, Change::Born);
        }
    }

    /// Tells the log that an object with one reference goes on at another address.
    ///
    /// # Safety
    /// `object` is live.
    pub unsafe fn report_move(object: *mut Object) {
        // SAFETY: by contract.
        let this = unsafe { &*object };
        if this.is_traced() {
            this.set_refcount(0);
            state::log_change(object, Change::Given);
            state::log_change(object, Change::Died);
            this.set_refcount(1);
        }
    }

    fn is_traced(&self) -> bool {
        self.refcnt.get() & TRACED != 0 && !self.is_immortal()
    }

    /// Whether freeing takes the slow way: changes are reported, or the block is not of a pool.
    #[inline(always)]
    pub(crate) fn is_traced_or_large(&self) -> bool {
        // One word of the header; a comparison for both.
        let word = u64::from(self.refcnt.get()) | u64::from(self.flags.get()) << 48;
        word & (u64::from(TRACED) | u64::from(flags::LARGE) << 48) != 0
    }

    /// The type. Always valid: an object holds its heap type, static types live for ever.
    #[inline(always)]
    pub fn ty(&self) -> &'static Type {
        // SAFETY: set at creation from a valid type; a heap type outlives its instances by their reference. The lifetime is
        // extended to 'static for convenience; it is used only while the object is alive.
        unsafe { &*self.ty.get() }
    }

    /// Changes the type word alone; counts are the caller's business.
    #[inline(always)]
    pub fn set_type_word(&self, ty: *const Type) {
        self.ty.set(ty);
    }

    #[inline(always)]
    pub fn type_word(&self) -> *const Type {
        self.ty.get()
    }

    #[inline(always)]
    pub fn is(&self, other: &Object) -> bool {
        std::ptr::eq(self, other)
    }

    #[inline(always)]
    pub fn as_ptr(&self) -> *mut Object {
        self as *const Object as *mut Object
    }

    /// Whether the object is an instance of exactly `ty`.
    #[inline(always)]
    pub fn is_exact(&self, ty: &Type) -> bool {
        std::ptr::eq(self.ty.get(), ty)
    }

    /// The body as `T`.
    ///
    /// # Safety
    /// The object is an instance of `T::type_object()` or a subtype.
    #[inline(always)]
    pub unsafe fn cast<T: Layout>(&self) -> &T {
        // SAFETY: by contract and that of `Layout`.
        unsafe { &*(self as *const Object).cast::<T>() }
    }

    /// The body as `T` if the object is an instance of `T`'s type or a subtype.
    #[inline]
    pub fn downcast<T: Layout>(&self) -> Option<&T> {
        let ty = T::type_object();
        if self.is_exact(ty) || self.ty().is_subtype(ty) {
            // SAFETY: just checked.
            Some(unsafe { self.cast::<T>() })
        } else {
            None
        }
    }

    /// The body as `T` if the object is an instance of exactly `T`'s type.
    #[inline(always)]
    pub fn downcast_exact<T: Layout>(&self) -> Option<&T> {
        if self.is_exact(T::type_object()) {
            // SAFETY: just checked.
            Some(unsafe { self.cast::<T>() })
        } else {
            None
        }
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u16) -> bool {
        self.flags.get() & flag != 0
    }

    #[inline(always)]
    pub fn set_flag(&self, flag: u16) {
        self.flags.set(self.flags.get() | flag);
    }

    #[inline(always)]
    pub fn flags(&self) -> u16 {
        self.flags.get()
    }

    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        self.refcnt.get() >= IMMORTAL
    }

    /// The number of references, as `sys.getrefcount` shows it: `IMMORTAL` for an immortal object.
    #[inline(always)]
    pub fn refcount(&self) -> u32 {
        let word = self.refcnt.get();
        if word >= IMMORTAL {
            IMMORTAL
        } else {
            word & COUNT_MASK
        }
    }

    /// Whether exactly one reference is owned (and the object is mortal).
    #[inline(always)]
    pub fn is_unique(&self) -> bool {
        // Leaves the bit that only immortal counts have beside the sign.
        self.refcnt.get() & !TRACED == 1
    }

    /// Makes the object immortal; its count is never changed again.
    pub fn make_immortal(&self) {
        if self.is_traced() {
            state::log_change(self.as_ptr(), Change::Immortal);
        }
        self.refcnt.set(IMMORTAL);
    }

    /// Takes the object out of, or into, the traced range, keeping its count.
    pub fn set_traced(&self, on: bool) {
        if !self.is_immortal() {
            self.refcnt
                .set(self.refcount() | if on { TRACED } else { 0 });
        }
    }

    /// Sets the count outright, keeping the traced mark (resurrection, deallocation, free lists).
    pub fn set_refcount(&self, count: u32) {
        self.refcnt.set((self.refcnt.get() & TRACED) | count);
    }

    /// Adds a reference that nobody holds yet; the caller now owns it.
    #[inline(always)]
    pub fn incref(&self) {
        self.incref_mortal();
    }

    /// The same, and whether there was a count to add to: the object is not immortal.
    #[inline(always)]
    pub fn incref_mortal(&self) -> bool {
        let word = self.refcnt.get();
        if word as i32 >= 0 {
            self.refcnt.set(word + 1);
            return true;
        }
        if word < IMMORTAL {
            self.incref_traced(word);
            return true;
        }
        false
    }

    #[cold]
    #[inline(never)]
    fn incref_traced(&self, word: u32) {
        self.refcnt.set(word + 1);
        state::log_change(self.as_ptr(), Change::Taken);
    }

    /// Adds `count` references at once; one by one where they are traced.
    #[inline]
    pub fn incref_many(&self, count: u32) {
        let word = self.refcnt.get();
        if word >= IMMORTAL {
            return;
        }
        if (word as i32) < 0 {
            for _ in 0..count {
                self.incref();
            }
            return;
        }
        let sum = u64::from(word) + u64::from(count);
        self.refcnt.set(if sum < u64::from(TRACED) {
            sum as u32
        } else {
            IMMORTAL
        });
    }

    /// Gives up one owned reference; deallocates at zero.
    ///
    /// # Safety
    /// The caller owns a reference and does not use it afterwards.
    #[inline(always)]
    pub unsafe fn decref(this: *mut Object) {
        // SAFETY: the object is alive by contract.
        let cell = unsafe { &(*this).refcnt };
        let word = cell.get();
        if word as i32 > 1 {
            cell.set(word - 1);
        } else if word == 1 {
            // SAFETY: the last reference was the caller's.
            unsafe { Object::last_reference_gone(this) };
        } else if word < IMMORTAL {
            // SAFETY: passed on.
            unsafe { Object::decref_traced(this, word) };
        }
    }

    /// As `decref` where the caller knows how an object of this kind dies: `dead` frees it.
    ///
    /// # Safety
    /// As `decref`; `dead` does what the type's deallocator does.
    #[inline(always)]
    pub unsafe fn decref_known(this: *mut Object, dead: unsafe fn(*mut Object)) {
        // SAFETY: by contract.
        unsafe {
            if (*this).refcnt.get() == 1 {
                dead(this);
            } else {
                Object::decref(this);
            }
        }
    }

    /// Gives up a reference that is not the last, unless changes are traced: says whether it did. Nothing else can happen then.
    ///
    /// # Safety
    /// As `decref` if it did; the caller still owns the reference otherwise.
    #[inline(always)]
    pub unsafe fn decref_shared(this: *mut Object) -> bool {
        // SAFETY: the object is alive by contract.
        let cell = unsafe { &(*this).refcnt };
        let word = cell.get();
        if word as i32 > 1 {
            cell.set(word - 1);
            return true;
        }
        word >= IMMORTAL
    }

    /// As `decref` while `held` (null or owned by the caller) has no other holder yet: a finalizer that asks finds it as a named root.
    ///
    /// # Safety
    /// As `decref`; `held` is null or live.
    #[inline(always)]
    pub unsafe fn decref_holding(this: *mut Object, held: *mut Object) {
        // SAFETY: passed on.
        unsafe {
            if !Object::decref_shared(this) {
                Object::decref_last_holding(this, held);
            }
        }
    }

    // SAFETY: as `decref_holding`.
    #[inline(never)]
    unsafe fn decref_last_holding(this: *mut Object, held: *mut Object) {
        // SAFETY: passed on.
        unsafe {
            // Plain values die without a call.
            let quiet = !(*this).has_flag(flags::HAS_GC_HEADER) && !(*this).ty().is_heap();
            if (quiet || held.is_null()) && (*this).refcnt.get() == 1 {
                (*this).refcnt.set(0);
                return Object::deallocate(this);
            }
            let span = state::Span::new("result on its way", &raw const held, 1);
            Object::decref(this);
            drop(span);
        }
    }

    // SAFETY: `this` is live and the caller owned its only reference.
    #[inline(never)]
    unsafe fn last_reference_gone(this: *mut Object) {
        // SAFETY: by contract.
        unsafe {
            (*this).refcnt.set(0);
            Object::deallocate(this);
        }
    }

    // SAFETY: `this` is live and `word` is its traced count word as just read.
    #[cold]
    #[inline(never)]
    unsafe fn decref_traced(this: *mut Object, word: u32) {
        // SAFETY: the object is alive until its deallocator has run.
        unsafe {
            (*this).refcnt.set(word - 1);
            state::log_change(this, Change::Given);
            if word & COUNT_MASK > 1 {
                return;
            }
            state::log_change(this, Change::Died);
            Object::deallocate(this);
        }
    }

    /// Runs the deallocator, or puts it off when the native stack is nearly used up; what was put off dies as soon as there is room
    /// again (`_Py_Dealloc`, Objects/object.c).
    // SAFETY: the count of `this` is zero and it is used no more.
    #[inline(always)]
    unsafe fn deallocate(this: *mut Object) {
        let state = state::get();
        let here = 0u8;
        let room = (&raw const here as usize).wrapping_sub(state.stack_limit.get()) as isize;
        // SAFETY: the count is zero.
        unsafe {
            if !(*this).has_flag(flags::HAS_GC_HEADER) {
                return ((*this).ty().slots.dealloc)(this);
            }
            if room < DEALLOC_MARGIN {
                crate::gc::untrack(&*this);
                state.dealloc_later.borrow_mut().push(this);
                state.dealloc_waiting.set(true);
                return;
            }
            ((*this).ty().slots.dealloc)(this);
            if state.dealloc_waiting.get() && room >= 2 * DEALLOC_MARGIN {
                Object::deallocate_waiting();
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn deallocate_waiting() {
        let state = state::get();
        loop {
            let Some(object) = state.dealloc_later.borrow_mut().pop() else {
                break;
            };
            // SAFETY: put off with count zero, deallocated once.
            unsafe { ((*object).ty().slots.dealloc)(object) };
        }
        state.dealloc_waiting.set(false);
    }
}

/// Bytes of native stack below which deallocators of collectable objects are put off.
const DEALLOC_MARGIN: isize = 64 << 10;

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} object at {:p}>", self.ty().name(), self)
    }
}
