//! Memory for objects: size classes of 16 bytes up to 512, carved from 16 KiB pools in 1 MiB arenas, last freed first reused; larger
//! blocks come from the system and are listed. A pool holds blocks of one kind, so every live object can be enumerated.
//!
//! | kind | words before the header |
//! | --- | --- |
//! | `Raw` | not an object: item arrays, dict keys |
//! | `Plain` | none |
//! | `Gc` | collector links: next, previous and flags |
//! | `Managed` | weak-reference list, managed dict, then the collector links |
//!
//! While changes of counts are traced (`state::State::set_tracing`) the lists that the short paths take from are empty, so that each new
//! object comes from `object_slowly`, which reports it; without tracing nothing is asked.
//!
//! The layout is CPython's (Include/internal/pycore_gc.h, pycore_object.h), so `sys.getsizeof` adds up the same.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::{Cell, RefCell};
use std::ptr::null_mut;

use crate::free_list::FreeList;
use crate::object::{Object, flags};
use crate::state;
use crate::typeobject::{Type, flags as tf};

const ARENA: usize = 1 << 20;
const POOL: usize = 16 << 10;
const POOL_HEADER: usize = 48;
const CLASSES: usize = 32;
/// Largest block, in bytes, that a pool serves.
pub const SMALL: usize = 512;

/// What a block holds; see the table above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Raw = 0,
    Plain = 1,
    Gc = 2,
    Managed = 3,
}

impl Kind {
    /// Bytes before the object header.
    #[inline(always)]
    pub const fn prefix(self) -> usize {
        match self {
            Kind::Raw | Kind::Plain => 0,
            Kind::Gc => 16,
            Kind::Managed => 32,
        }
    }

    /// The kind of blocks that instances of `ty` take.
    #[inline(always)]
    pub fn of_type(ty: &Type) -> Kind {
        let bits = ty.flags.get();
        if bits & tf::PREHEADER != 0 {
            Kind::Managed
        } else if bits & tf::HAVE_GC != 0 {
            Kind::Gc
        } else {
            Kind::Plain
        }
    }

    pub(crate) const fn header_flags(self) -> u16 {
        match self {
            Kind::Raw | Kind::Plain => 0,
            Kind::Gc => flags::HAS_GC_HEADER,
            Kind::Managed => flags::HAS_GC_HEADER | flags::HAS_MANAGED,
        }
    }
}

#[repr(C)]
struct Pool {
    kind: u8,
    class: u8,
    /// Bytes handed out so far, from the start of the pool; blocks beyond were never used.
    top: Cell<u32>,
}

/// A block too large for a pool.
struct Large {
    block: *mut u8,
    bytes: usize,
    kind: Kind,
}

/// The allocator's state, part of the thread state.
pub struct Allocator {
    free: [[Cell<*mut u8>; CLASSES]; 4],
    current: [[Cell<*mut Pool>; CLASSES]; 4],
    arenas: RefCell<Vec<*mut u8>>,
    /// Pools of the last arena already in use.
    pools_used: Cell<usize>,
    /// Large *object* blocks; a block knows its place here by the word before it.
    large: RefCell<Vec<Large>>,
    /// The free blocks of objects while changes are traced; empty otherwise.
    set_aside: [[Cell<*mut u8>; CLASSES]; 4],
    /// Free lists that have been used.
    pub(crate) free_lists: RefCell<Vec<&'static FreeList>>,
}

const LARGE_PREFIX: usize = 16;

impl Allocator {
    pub const fn new() -> Allocator {
        Allocator {
            free: [const { [const { Cell::new(null_mut()) }; CLASSES] }; 4],
            current: [const { [const { Cell::new(null_mut()) }; CLASSES] }; 4],
            arenas: RefCell::new(Vec::new()),
            pools_used: Cell::new(ARENA / POOL),
            large: RefCell::new(Vec::new()),
            set_aside: [const { [const { Cell::new(null_mut()) }; CLASSES] }; 4],
            free_lists: RefCell::new(Vec::new()),
        }
    }

    /// The last freed block of a class, or null.
    #[inline(always)]
    fn freed_block(&self, kind: Kind, class: usize) -> *mut u8 {
        let list = &self.free[kind as usize][class];
        let head = list.get();
        if !head.is_null() {
            // SAFETY: a free block's first word links to the next free block of its class.
            list.set(unsafe { *head.cast::<*mut u8>() });
        }
        head
    }

    #[cold]
    #[inline(never)]
    fn fresh_block(&self, kind: Kind, class: usize) -> *mut u8 {
        let size = (class + 1) << 4;
        let current = &self.current[kind as usize][class];
        let mut pool = current.get();
        // SAFETY: `current` is null or a pool of this allocator.
        if pool.is_null() || unsafe { (*pool).top.get() } as usize + size > POOL {
            pool = self.fresh_pool(kind, class);
            current.set(pool);
        }
        // SAFETY: there is room for one more block.
        unsafe {
            let top = (*pool).top.get();
            (*pool).top.set(top + size as u32);
            pool.cast::<u8>().add(top as usize)
        }
    }

    /// A free block of a class while changes are traced, or one that was never used.
    fn block_set_aside(&self, kind: Kind, class: usize) -> *mut u8 {
        let list = &self.set_aside[kind as usize][class];
        let head = list.get();
        if head.is_null() {
            return self.fresh_block(kind, class);
        }
        // SAFETY: as in `freed_block`.
        list.set(unsafe { *head.cast::<*mut u8>() });
        head
    }

    /// Empties the lists that the short paths take from, or, called again, gives them back what was set aside.
    pub(crate) fn swap_set_aside(&self) {
        for kind in [Kind::Plain, Kind::Gc, Kind::Managed] {
            for class in 0..CLASSES {
                self.free[kind as usize][class].swap(&self.set_aside[kind as usize][class]);
            }
        }
        for list in self.free_lists.borrow().iter() {
            list.swap_set_aside();
        }
    }

    /// Blocks of up to `SMALL` bytes in use (`sys.getallocatedblocks`).
    pub fn blocks_in_use(&self) -> usize {
        let arenas = self.arenas.borrow();
        let mut handed_out = 0;
        for (at, arena) in arenas.iter().enumerate() {
            for index in 0..self.pools_in(at, arenas.len()) {
                // SAFETY: pools in use are initialised.
                let pool = unsafe { &*arena.add(index * POOL).cast::<Pool>() };
                handed_out +=
                    (pool.top.get() as usize - POOL_HEADER) / ((pool.class as usize + 1) << 4);
            }
        }
        let lists = self.free.iter().chain(&self.set_aside).flatten();
        handed_out - lists.map(length_of).sum::<usize>()
    }

    /// Pools in use of arena `at` of `arenas`.
    fn pools_in(&self, at: usize, arenas: usize) -> usize {
        if at + 1 == arenas {
            self.pools_used.get()
        } else {
            ARENA / POOL
        }
    }

    fn fresh_pool(&self, kind: Kind, class: usize) -> *mut Pool {
        if self.pools_used.get() == ARENA / POOL {
            let layout = Layout::from_size_align(ARENA, POOL).expect("a constant layout");
            // SAFETY: the layout is not empty.
            let arena = unsafe { alloc(layout) };
            if arena.is_null() {
                handle_alloc_error(layout);
            }
            self.arenas.borrow_mut().push(arena);
            self.pools_used.set(0);
        }
        let index = self.pools_used.get();
        self.pools_used.set(index + 1);
        let arena = *self
            .arenas
            .borrow()
            .last()
            .expect("an arena was just made sure of");
        // SAFETY: inside the arena; the pool is fresh.
        unsafe {
            let pool = arena.add(index * POOL).cast::<Pool>();
            pool.write(Pool {
                kind: kind as u8,
                class: class as u8,
                top: Cell::new(POOL_HEADER as u32),
            });
            pool
        }
    }

    fn large_block(&self, kind: Kind, bytes: usize) -> *mut u8 {
        let total = bytes + LARGE_PREFIX;
        let Ok(layout) = Layout::from_size_align(total, 16) else {
            return null_mut();
        };
        // SAFETY: the layout is not empty.
        let block = unsafe { alloc(layout) };
        if block.is_null() {
            return null_mut();
        }
        let mut large = self.large.borrow_mut();
        // SAFETY: the block starts with its index.
        unsafe { block.cast::<usize>().write(large.len()) };
        large.push(Large {
            block,
            bytes: total,
            kind,
        });
        // SAFETY: in bounds.
        unsafe { block.add(LARGE_PREFIX) }
    }

    // SAFETY: `payload` came from `large_block` and nothing uses it any more.
    unsafe fn free_large(&self, payload: *mut u8) {
        let mut large = self.large.borrow_mut();
        // SAFETY: `payload` came from `large_block`, so its index stands before it.
        unsafe {
            let block = payload.sub(LARGE_PREFIX);
            let index = *block.cast::<usize>();
            let entry = large.swap_remove(index);
            if let Some(moved) = large.get(index) {
                moved.block.cast::<usize>().write(index);
            }
            dealloc(block, Layout::from_size_align_unchecked(entry.bytes, 16));
        }
    }

    /// Calls `each` with every live object on the heap, in no useful order. `each` must not allocate or free objects.
    pub fn each_object(&self, each: &mut dyn FnMut(&Object)) {
        let arenas = self.arenas.borrow();
        for (at, arena) in arenas.iter().enumerate() {
            for index in 0..self.pools_in(at, arenas.len()) {
                // SAFETY: pools in use are initialised; blocks below `top` are live (type word set) or free (type word null).
                unsafe { each_in_pool(arena.add(index * POOL).cast::<Pool>(), each) };
            }
        }
        for entry in self.large.borrow().iter().filter(|e| e.kind != Kind::Raw) {
            // SAFETY: listed blocks are live.
            let object = unsafe {
                &*entry
                    .block
                    .add(LARGE_PREFIX + entry.kind.prefix())
                    .cast::<Object>()
            };
            if !object.type_word().is_null() {
                each(object);
            }
        }
    }
}

impl Default for Allocator {
    fn default() -> Self {
        Allocator::new()
    }
}

/// How many blocks a list of free ones has.
fn length_of(list: &Cell<*mut u8>) -> usize {
    let mut block = list.get();
    let mut length = 0;
    while !block.is_null() {
        length += 1;
        // SAFETY: a free block's first word links to the next.
        block = unsafe { *block.cast::<*mut u8>() };
    }
    length
}

// SAFETY: `pool` is a pool of this allocator; `each` frees nothing in it.
unsafe fn each_in_pool(pool: *mut Pool, each: &mut dyn FnMut(&Object)) {
    const PREFIXES: [usize; 4] = [
        0,
        Kind::Plain.prefix(),
        Kind::Gc.prefix(),
        Kind::Managed.prefix(),
    ];
    // SAFETY: by contract of the caller.
    unsafe {
        if (*pool).kind == Kind::Raw as u8 {
            return;
        }
        let prefix = PREFIXES[(*pool).kind as usize];
        let size = ((*pool).class as usize + 1) << 4;
        let mut at = POOL_HEADER;
        while at + size <= (*pool).top.get() as usize {
            let object = &*pool.cast::<u8>().add(at + prefix).cast::<Object>();
            if !object.type_word().is_null() {
                each(object);
            }
            at += size;
        }
    }
}

/// Raw memory for an object's parts; null when there is none. `bytes` may be 0.
#[inline]
pub fn raw(bytes: usize) -> *mut u8 {
    let bytes = bytes.max(1);
    if bytes <= SMALL {
        let this = &state::get().alloc;
        let class = (bytes - 1) >> 4;
        let block = this.freed_block(Kind::Raw, class);
        return if block.is_null() {
            this.fresh_block(Kind::Raw, class)
        } else {
            block
        };
    }
    match Layout::from_size_align(bytes, 16) {
        // SAFETY: not empty.
        Ok(layout) => unsafe { alloc(layout) },
        Err(_) => null_mut(),
    }
}

/// Frees what `raw` gave for the same number of bytes. Null is allowed.
///
/// # Safety
/// `block` came from `raw(bytes)` and is not used again.
#[inline]
pub unsafe fn raw_free(block: *mut u8, bytes: usize) {
    if block.is_null() {
        return;
    }
    let bytes = bytes.max(1);
    let this = &state::get().alloc;
    // SAFETY: by contract.
    unsafe {
        if bytes <= SMALL {
            let list = &this.free[Kind::Raw as usize][(bytes - 1) >> 4];
            block.cast::<*mut u8>().write(list.get());
            list.set(block);
        } else {
            dealloc(block, Layout::from_size_align_unchecked(bytes, 16));
        }
    }
}

/// Moves raw memory to a new size, keeping the contents; null (and the old block intact) when there is none.
///
/// # Safety
/// As for `raw_free`, when the result is not null.
pub unsafe fn raw_resize(block: *mut u8, old: usize, new: usize) -> *mut u8 {
    if block.is_null() {
        return raw(new);
    }
    if old > SMALL && new > SMALL {
        // SAFETY: by contract.
        return unsafe {
            std::alloc::realloc(block, Layout::from_size_align_unchecked(old, 16), new)
        };
    }
    if old.max(1).div_ceil(16) == new.max(1).div_ceil(16) && new <= SMALL {
        return block;
    }
    let fresh = raw(new);
    if !fresh.is_null() {
        // SAFETY: both blocks are at least that long.
        unsafe {
            std::ptr::copy_nonoverlapping(block, fresh, old.min(new));
            raw_free(block, old);
        }
    }
    fresh
}

/// Memory for an instance of `ty` of `bytes` bytes (header included, prefix not), with its header written: one reference, type not
/// counted, collector and managed words zero, the body *not* initialised. Null when memory is out. Objects with a collector header
/// are counted for the collector, not yet tracked.
///
/// # Safety
/// `bytes` covers the body; the caller initialises it before the object is seen, and takes the reference to a heap type.
#[inline(always)]
pub unsafe fn object_memory(ty: &Type, bytes: usize) -> *mut Object {
    let kind = Kind::of_type(ty);
    // SAFETY: by contract.
    unsafe { object_of_kind(kind, ty, bytes) }
}

/// `object_memory` where the kind is known.
///
/// # Safety
/// As `object_memory`; `kind` is `Kind::of_type(ty)`.
#[inline(always)]
pub unsafe fn object_of_kind(kind: Kind, ty: &Type, bytes: usize) -> *mut Object {
    let total = bytes + kind.prefix();
    if total > SMALL {
        // SAFETY: by contract.
        return unsafe { object_slowly(kind, ty, total) };
    }
    let block = state::get().alloc.freed_block(kind, (total - 1) >> 4);
    if block.is_null() {
        // SAFETY: by contract.
        return unsafe { object_slowly(kind, ty, total) };
    }
    // SAFETY: the block has `total` bytes.
    unsafe { write_header(block, kind, ty, kind.header_flags()) }
}

// SAFETY: `block` has room for the words of `kind` and a header; nothing live is overwritten.
#[inline(always)]
unsafe fn write_header(block: *mut u8, kind: Kind, ty: &Type, header: u16) -> *mut Object {
    // SAFETY: by contract.
    unsafe {
        let prefix = kind.prefix();
        if prefix >= 16 {
            block.cast::<[usize; 2]>().write([0; 2]);
        }
        if prefix == 32 {
            block.cast::<[usize; 2]>().add(1).write([0; 2]);
        }
        let object = block.add(prefix).cast::<Object>();
        Object::init(object, ty, header);
        if prefix != 0 {
            state::get().gc.count_allocation();
        }
        object
    }
}

/// `object_of_kind` where no freed block is at hand, where it is large, and while changes are traced.
// SAFETY: as `object_of_kind`; `total` includes the words before the header.
#[cold]
#[inline(never)]
unsafe fn object_slowly(kind: Kind, ty: &Type, total: usize) -> *mut Object {
    let this = &state::get().alloc;
    let mut header = kind.header_flags();
    let block = if total <= SMALL {
        this.block_set_aside(kind, (total - 1) >> 4)
    } else {
        header |= flags::LARGE;
        this.large_block(kind, total)
    };
    if block.is_null() {
        return null_mut();
    }
    // SAFETY: the block has `total` bytes.
    unsafe {
        let object = write_header(block, kind, ty, header);
        Object::report_birth(object);
        object
    }
}

/// Frees an object's memory; what it owned is gone already. The heap type's reference is the caller's business.
///
/// # Safety
/// `object` came from `object_memory`, is not tracked, and is not used again.
#[inline(always)]
pub unsafe fn free_object(object: *mut Object) {
    // SAFETY: by contract.
    unsafe {
        let bits = (*object).flags();
        let mut kind = Kind::Plain;
        if bits & flags::HAS_GC_HEADER != 0 {
            kind = if bits & flags::HAS_MANAGED != 0 {
                Kind::Managed
            } else {
                Kind::Gc
            };
            state::get().gc.count_free();
        }
        let special = (*object).is_traced_or_large();
        (*object).set_type_word(std::ptr::null());
        let block = object.cast::<u8>().sub(kind.prefix());
        if special {
            return free_slowly(block, kind, bits);
        }
        free_block(&state::get().alloc.free, block, kind);
    }
}

// SAFETY: `block` is of a pool, of blocks of `kind`, and used no more.
#[inline(always)]
unsafe fn free_block(lists: &[[Cell<*mut u8>; CLASSES]; 4], block: *mut u8, kind: Kind) {
    // SAFETY: pools are aligned to their size.
    unsafe {
        let pool = (block as usize & !(POOL - 1)) as *mut Pool;
        let list = &lists[kind as usize][(*pool).class as usize];
        block.cast::<*mut u8>().write(list.get());
        list.set(block);
    }
}

// SAFETY: as `free_block`, or `block` is a large one.
#[cold]
#[inline(never)]
unsafe fn free_slowly(block: *mut u8, kind: Kind, bits: u16) {
    let this = &state::get().alloc;
    // SAFETY: by contract.
    unsafe {
        if bits & flags::LARGE != 0 {
            this.free_large(block);
        } else if state::get().is_tracing() {
            free_block(&this.set_aside, block, kind);
        } else {
            free_block(&this.free, block, kind);
        }
    }
}

/// Moves a plain or collectable object that has exactly one reference to a new size (`bytes` as in `object_memory`), keeping header and
/// body. Returns null, and leaves the object, when memory is out. The object must not be tracked.
///
/// # Safety
/// The caller owns the only reference; `old` is the size it was made with.
pub unsafe fn resize_object(object: *mut Object, old: usize, bytes: usize) -> *mut Object {
    // SAFETY: by contract.
    unsafe {
        let bits = (*object).flags();
        let prefix = if bits & flags::HAS_MANAGED != 0 {
            32
        } else if bits & flags::HAS_GC_HEADER != 0 {
            16
        } else {
            0
        };
        let same_class = bits & flags::LARGE == 0
            && bytes + prefix <= SMALL
            && (old + prefix).div_ceil(16) == (bytes + prefix).div_ceil(16);
        if same_class {
            return object;
        }
        if bits & flags::LARGE != 0 && bytes + prefix > SMALL {
            Object::report_move(object);
            let moved = state::get().alloc.resize_large(
                object.cast::<u8>().sub(prefix),
                bytes + prefix,
                prefix,
            );
            let there = if moved.is_null() { object } else { moved };
            Object::report_birth(there);
            return moved;
        }
        let word = (*object).refcount();
        let fresh = object_memory((*object).ty(), bytes);
        if fresh.is_null() {
            return fresh;
        }
        Object::report_move(object);
        let header = std::mem::size_of::<Object>();
        std::ptr::copy_nonoverlapping(
            object.cast::<u8>().add(header),
            fresh.cast::<u8>().add(header),
            old.min(bytes) - header,
        );
        (*fresh).set_refcount(word);
        free_object(object);
        fresh
    }
}

impl Allocator {
    // SAFETY: `payload` came from `large_block`; the old address is not used again.
    unsafe fn resize_large(&self, payload: *mut u8, bytes: usize, prefix: usize) -> *mut Object {
        let mut large = self.large.borrow_mut();
        // SAFETY: `payload` came from `large_block`.
        unsafe {
            let block = payload.sub(LARGE_PREFIX);
            let index = *block.cast::<usize>();
            let entry = &mut large[index];
            let moved = std::alloc::realloc(
                block,
                Layout::from_size_align_unchecked(entry.bytes, 16),
                bytes + LARGE_PREFIX,
            );
            if moved.is_null() {
                return null_mut();
            }
            entry.block = moved;
            entry.bytes = bytes + LARGE_PREFIX;
            moved.add(LARGE_PREFIX + prefix).cast::<Object>()
        }
    }
}

/// The deallocator of an object without references: frees the memory. Instances of Python classes may come here tracked.
///
/// # Safety
/// As a `dealloc` slot: the count is zero.
pub unsafe fn plain_dealloc(object: *mut Object) {
    // SAFETY: by contract.
    unsafe {
        if (*object).has_flag(crate::object::flags::HAS_GC_HEADER) {
            crate::gc::untrack(&*object);
        }
        free_object(object);
    }
}
