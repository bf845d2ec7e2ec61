//! The values that go with shared keys: in a block of their own, or embedded in the instance behind its `basicsize`.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::alloc;
use crate::object::Object;
use crate::state;

/// CPython's `PyDictValues` (Include/internal/pycore_dict.h). `capacity` value words follow at byte 8, then one byte per value:
/// the numbers of the present values in the order of their insertion.
#[repr(C)]
pub struct DictValues {
    pub capacity: Cell<u8>,
    /// Values present.
    pub size: Cell<u8>,
    /// Whether this sits inside an instance.
    pub embedded: Cell<bool>,
    /// For embedded values: whether they are (still) the instance's attributes.
    pub valid: Cell<bool>,
}

const HEADER: usize = 8;

impl DictValues {
    /// Bytes of the whole for values of this capacity.
    pub fn bytes(capacity: usize) -> usize {
        capacity.next_multiple_of(8) + (capacity + 1) * 8
    }

    /// A block of its own, all values absent.
    pub fn alloc(capacity: usize) -> *mut DictValues {
        let capacity = capacity.max(1);
        let block = alloc::raw(DictValues::bytes(capacity)).cast::<DictValues>();
        assert!(!block.is_null(), "out of memory for a dict's values");
        // SAFETY: room for it.
        unsafe { DictValues::init(block, capacity, false) };
        block
    }

    /// Writes a header and absent values.
    ///
    /// # Safety
    /// `place` has `bytes(capacity)` bytes.
    #[inline(always)]
    pub unsafe fn init(place: *mut DictValues, capacity: usize, embedded: bool) {
        // SAFETY: by contract.
        unsafe {
            place.write(DictValues {
                capacity: Cell::new(capacity as u8),
                size: Cell::new(0),
                embedded: Cell::new(embedded),
                valid: Cell::new(true),
            });
            let slots = (*place).slots();
            for i in 0..capacity {
                slots.add(i).write(null_mut());
            }
        }
    }

    /// The value words.
    #[inline(always)]
    pub fn slots(&self) -> *mut *mut Object {
        // SAFETY: they follow the header.
        unsafe { (self as *const DictValues as *mut u8).add(HEADER).cast() }
    }

    /// Value `i`, null if absent.
    #[inline(always)]
    pub fn get(&self, i: usize) -> *mut Object {
        debug_assert!(i < self.capacity.get() as usize);
        // SAFETY: in bounds by the callers' use of the keys' numbers.
        unsafe { *self.slots().add(i) }
    }

    /// Writes value `i` and returns what was there.
    #[inline(always)]
    pub fn replace(&self, i: usize, value: *mut Object) -> *mut Object {
        debug_assert!(i < self.capacity.get() as usize);
        // SAFETY: as `get`.
        unsafe { self.slots().add(i).replace(value) }
    }

    #[inline(always)]
    fn order(&self) -> *mut u8 {
        // SAFETY: follows the values.
        unsafe { self.slots().add(self.capacity.get() as usize).cast() }
    }

    /// Number of the value inserted as the `at`-th that is still present.
    #[inline(always)]
    pub fn nth(&self, at: usize) -> usize {
        debug_assert!(at < self.size.get() as usize);
        // SAFETY: below `size`.
        unsafe { *self.order().add(at) as usize }
    }

    /// Notes that value `i` was inserted now.
    #[inline(always)]
    pub fn added(&self, i: usize) {
        let size = self.size.get();
        // SAFETY: at most `capacity` values are present.
        unsafe { *self.order().add(size as usize) = i as u8 };
        self.size.set(size + 1);
    }

    /// Forgets value `i` in the order.
    pub fn removed(&self, i: usize) {
        let size = self.size.get() as usize;
        let order = self.order();
        // SAFETY: all within `size`.
        unsafe {
            let mut at = 0;
            while at < size && *order.add(at) as usize != i {
                at += 1;
            }
            if at < size {
                std::ptr::copy(order.add(at + 1), order.add(at), size - at - 1);
                self.size.set(size as u8 - 1);
            }
        }
    }

    /// A block of its own with the same values, taken over from here; these become absent and invalid (`copy_values` and
    /// `invalidate_and_clear_inline_values`).
    pub fn detach(&self) -> *mut DictValues {
        let capacity = self.capacity.get() as usize;
        let copy = DictValues::alloc(capacity);
        // SAFETY: equal capacities.
        unsafe {
            std::ptr::copy_nonoverlapping(self.slots(), (*copy).slots(), capacity);
            std::ptr::copy_nonoverlapping(self.order(), (*copy).order(), self.size.get() as usize);
            (*copy).size.set(self.size.get());
            for i in 0..capacity {
                *self.slots().add(i) = null_mut();
            }
        }
        self.valid.set(false);
        copy
    }

    /// A block of its own with new references to the same values.
    pub fn duplicate(&self) -> *mut DictValues {
        let capacity = self.capacity.get() as usize;
        let copy = DictValues::alloc(capacity);
        // SAFETY: equal capacities.
        unsafe {
            for i in 0..capacity {
                let value = self.get(i);
                if let Some(value) = value.as_ref() {
                    value.incref();
                }
                *(*copy).slots().add(i) = value;
            }
            std::ptr::copy_nonoverlapping(self.order(), (*copy).order(), self.size.get() as usize);
            (*copy).size.set(self.size.get());
        }
        copy
    }

    /// Makes all values absent without giving them up: they were moved.
    pub fn forget(&self) {
        for i in 0..self.capacity.get() as usize {
            self.replace(i, null_mut());
        }
        self.size.set(0);
    }

    /// Gives up all values in order; what is left is a named root meanwhile.
    pub fn release(&self) {
        let count = self.capacity.get() as usize;
        let span = state::Span::new("value of a dict being cleared", self.slots(), count);
        for i in 0..count {
            let old = self.replace(i, null_mut());
            if !old.is_null() {
                // SAFETY: the values owned it.
                unsafe { Object::decref(old) };
            }
        }
        drop(span);
    }

    /// Frees a block of its own; what its values owned has been moved or given up.
    ///
    /// # Safety
    /// `this` came from `alloc` and is not used again.
    pub unsafe fn free(this: *mut DictValues) {
        // SAFETY: by contract.
        unsafe {
            let bytes = DictValues::bytes((*this).capacity.get() as usize);
            alloc::raw_free(this.cast(), bytes);
        }
    }
}
