//! Native stacks: each thread of the program has one, and the process's one system thread goes from one to another.

use std::cell::UnsafeCell;

use libc::ucontext_t;

/// Address space of a stack; the system gives memory for what is used of it.
const SIZE: usize = 16 << 20;
/// Left for native code that does not look at the limit.
const MARGIN: usize = 1 << 20;
const GUARD: usize = 4096;

/// A native stack and where execution on it stopped.
pub struct Fiber {
    context: UnsafeCell<ucontext_t>,
    /// Lowest address of the stack; null for the system's own.
    stack: *mut libc::c_void,
}

impl Fiber {
    /// The stack that is in use already.
    pub fn running() -> Fiber {
        Fiber {
            // SAFETY: filled in at the first switch away.
            context: UnsafeCell::new(unsafe { std::mem::zeroed() }),
            stack: std::ptr::null_mut(),
        }
    }

    /// A new stack; `None` when there is no memory.
    pub fn new() -> Option<Fiber> {
        // SAFETY: fresh memory of the stack's own; its lowest page is never touched.
        unsafe {
            let stack = libc::mmap(
                std::ptr::null_mut(),
                SIZE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK,
                -1,
                0,
            );
            if stack == libc::MAP_FAILED {
                return None;
            }
            libc::mprotect(stack, GUARD, libc::PROT_NONE);
            let mut made = Fiber::running();
            made.stack = stack;
            Some(made)
        }
    }

    /// At the first switch to the new stack `entry` begins. The fiber must not move afterwards.
    pub fn prepare(&mut self, entry: extern "C" fn()) {
        let context = self.context.get();
        // SAFETY: the context is the fiber's own, the stack was made by `new`.
        unsafe {
            libc::getcontext(context);
            (*context).uc_stack.ss_sp = self.stack;
            (*context).uc_stack.ss_size = SIZE;
            (*context).uc_link = std::ptr::null_mut();
            libc::makecontext(context, entry, 0);
        }
    }

    /// The lowest address that native recursion may reach.
    pub fn limit(&self) -> usize {
        self.stack as usize + GUARD + MARGIN
    }

    /// Goes on where `to` stopped; comes back when somebody switches to `from`.
    ///
    /// # Safety
    /// `from` is the stack in use; `to` was prepared or stopped by a switch, and neither moves meanwhile.
    pub unsafe fn switch(from: &Fiber, to: &Fiber) {
        // SAFETY: by contract.
        unsafe { libc::swapcontext(from.context.get(), to.context.get()) };
    }
}

impl Drop for Fiber {
    fn drop(&mut self) {
        if !self.stack.is_null() {
            // SAFETY: the fiber's own; nobody runs on it any more.
            unsafe { libc::munmap(self.stack, SIZE) };
        }
    }
}
