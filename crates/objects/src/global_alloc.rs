//! The process's allocator: mimalloc, asked for an alignment only where its plain calls do not give it. Each aligned call looks at the
//! alignment once more, which the many small allocations of the compiler pay for (1 % of its time).

use std::alloc::{GlobalAlloc, Layout};

use libmimalloc_sys::{
    mi_free, mi_malloc, mi_malloc_aligned, mi_option_set, mi_realloc, mi_realloc_aligned,
    mi_zalloc, mi_zalloc_aligned,
};

/// What blocks of at least as many bytes are aligned to (`MI_MAX_ALIGN_SIZE` in mimalloc/types.h); smaller ones to their size.
const ALIGNED: usize = 16;

/// To be declared as `#[global_allocator]`.
pub struct MiMalloc;

#[inline(always)]
fn is_plain(size: usize, align: usize) -> bool {
    align <= ALIGNED && align <= size
}

// SAFETY: mimalloc gives blocks of the asked size, which only it may free; `is_plain` says where their alignment is enough.
unsafe impl GlobalAlloc for MiMalloc {
    // SAFETY: as the trait demands.
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: any size is allowed, and any power of two as alignment.
        unsafe {
            if is_plain(size, align) {
                mi_malloc(size).cast()
            } else {
                mi_malloc_aligned(size, align).cast()
            }
        }
    }

    // SAFETY: as the trait demands.
    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: as in `alloc`.
        unsafe {
            if is_plain(size, align) {
                mi_zalloc(size).cast()
            } else {
                mi_zalloc_aligned(size, align).cast()
            }
        }
    }

    // SAFETY: as the trait demands.
    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: `block` is one of mimalloc's.
        unsafe { mi_free(block.cast()) }
    }

    // SAFETY: as the trait demands.
    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let align = layout.align();
        // SAFETY: `block` is one of mimalloc's; sizes and alignments as in `alloc`.
        unsafe {
            if is_plain(size, align) {
                mi_realloc(block.cast(), size).cast()
            } else {
                mi_realloc_aligned(block.cast(), size, align).cast()
            }
        }
    }
}

/// `mi_option_purge_delay` (mimalloc.h, version 2): after how many milliseconds freed pages go back to the system; -1 for never.
const PURGE_DELAY: i32 = 15;

/// Freed memory stays with the process: for one that ends soon and uses as much again until then.
pub fn keep_freed_memory() {
    // SAFETY: sets a number that mimalloc looks at when pages become free.
    unsafe { mi_option_set(PURGE_DELAY, -1) }
}
