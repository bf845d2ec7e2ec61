//! Interpreter frames and the data stack they lie on (CPython's `_PyInterpreterFrame`, Include/internal/pycore_interpframe_structs.h).
//!
//! A frame is a run of words: the specials below, then fast locals, cells and free variables, then the evaluation stack. Frames of plain
//! calls lie one behind the other on the data stack; a generator's frame lies inside the generator.

use std::cell::Cell;
use std::ptr::null_mut;

use crate::object::Object;
use crate::refs::Word;
use crate::state;
use crate::types::code::Code;
use crate::types::function::Function;
use crate::visit::{Role, Visit};

/// Who disposes of a frame.
pub mod owner {
    /// The data stack.
    pub const THREAD: u8 = 0;
    /// A generator object, whose body it is.
    pub const GENERATOR: u8 = 1;
    /// A frame object, into which it was moved because that outlived the call.
    pub const FRAME_OBJECT: u8 = 2;
}

/// See the module's text. All pointers are owned unless said otherwise.
#[repr(C)]
pub struct Frame {
    /// The code object.
    pub executable: Word,
    /// The caller; not owned.
    pub previous: *mut Frame,
    /// The function object.
    pub function: Word,
    /// Borrowed from the function.
    pub globals: *mut Object,
    /// Borrowed from the function.
    pub builtins: *mut Object,
    /// The namespace of a module or class body; null in functions.
    pub locals: *mut Object,
    /// The frame object, once someone asked for it.
    pub frame_obj: *mut Object,
    /// The instruction being executed (or the one before the frame's first).
    pub instr: *const u16,
    /// The word behind the top of the stack; valid whenever anything but the loop looks.
    pub sp: *mut Word,
    /// Code units from the caller's call instruction to where it continues.
    pub return_offset: u16,
    pub owner: u8,
    /// The loop was entered with this frame: returning from it leaves the loop.
    pub is_entry: bool,
    /// The trace function is called for events of this frame.
    pub is_traced: bool,
    localsplus: [Word; 0],
}

/// Words of a frame before its first local.
pub const SPECIALS: usize = std::mem::size_of::<Frame>() / 8;

impl Frame {
    #[inline(always)]
    pub fn code(&self) -> &Code {
        // SAFETY: `executable` is a live code object while the frame lives.
        unsafe { self.executable.object().cast::<Code>() }
    }

    #[inline(always)]
    pub fn function(&self) -> Option<&Function> {
        // SAFETY: `function` is null or a function.
        self.function.get().map(|f| unsafe { f.cast::<Function>() })
    }

    /// The first fast local.
    #[inline(always)]
    pub fn local_base(&self) -> *mut Word {
        self.localsplus.as_ptr() as *mut Word
    }

    /// Bottom of the evaluation stack.
    #[inline(always)]
    pub fn stack_base(&self) -> *mut Word {
        // SAFETY: the stack follows the locals inside the frame.
        unsafe {
            self.local_base()
                .add(self.code().nlocalsplus.get() as usize)
        }
    }

    /// Index of the current instruction in code units; -1 before the first.
    pub fn lasti(&self) -> isize {
        // SAFETY: `instr` points into the code's units, or right before them.
        unsafe { self.instr.offset_from(self.code().units()) }
    }

    /// The stack's depth in words.
    pub fn depth(&self) -> usize {
        // SAFETY: both in the same frame.
        unsafe { self.sp.offset_from(self.stack_base()) as usize }
    }

    /// Still before its first real instruction (CPython's `_PyFrame_IsIncomplete`): its locals are not set up.
    pub fn is_incomplete(&self) -> bool {
        self.owner != owner::GENERATOR && self.lasti() < self.code().firsttraceable.get() as isize
    }

    /// Fills in the specials of a fresh frame; locals from `from_local` on become null (Python/ceval.c, `_PyFrame_Initialize`).
    ///
    /// # Safety
    /// `this` has room for `code.framesize` words; `function` carries a reference that the frame takes over; `locals` likewise or null.
    #[inline(always)]
    pub unsafe fn initialize(
        this: *mut Frame,
        function: Word,
        code: &Code,
        locals: *mut Object,
        from_local: usize,
        previous: *mut Frame,
    ) {
        // SAFETY: by contract.
        unsafe {
            let data = function.object().cast::<Function>();
            (*this).executable = Word::new(code.object());
            (*this).previous = previous;
            (*this).function = function;
            (*this).globals = data.globals.get();
            (*this).builtins = data.builtins.get();
            (*this).locals = locals;
            (*this).frame_obj = null_mut();
            (*this).instr = code.units();
            (*this).return_offset = 0;
            (*this).owner = owner::THREAD;
            (*this).is_entry = false;
            (*this).is_traced = false;
            let nlocalsplus = code.nlocalsplus.get() as usize;
            let base = (*this).local_base();
            (*this).sp = base.add(nlocalsplus);
            for i in from_local..nlocalsplus {
                base.add(i).write(Word::NULL);
            }
        }
    }

    /// Closes operands and locals, last first, then the namespace (`_PyFrame_ClearLocals`).
    ///
    /// # Safety
    /// The frame is no longer running.
    #[inline(always)]
    pub unsafe fn clear_locals(this: *mut Frame) {
        // SAFETY: by contract; slots below `sp` are live.
        unsafe {
            let base = (*this).local_base();
            let mut at = (*this).sp;
            while at > base {
                at = at.sub(1);
                // Stored each time: an audit in a finalizer sees what is left.
                (*this).sp = at;
                (*at).close();
            }
            let namespace = std::mem::replace(&mut (*this).locals, null_mut());
            if !namespace.is_null() {
                Object::decref(namespace);
            }
        }
    }

    /// Names what the frame owns: specials, locals, operands.
    pub fn visit(&self, visit: &mut Visit<'_>) {
        self.visit_body(visit);
        visit.field("frame object", self.frame_obj);
    }

    /// Every slot in use: locals, then operands.
    pub fn each_slot(&self, see: &mut dyn FnMut(Role, Word)) {
        let base = self.local_base();
        let locals = self.code().nlocalsplus.get() as usize;
        // SAFETY: words between the base and `sp` are live slots.
        unsafe {
            let total = self.sp.offset_from(base) as usize;
            for i in 0..total {
                see(
                    if i < locals {
                        Role::Local(i)
                    } else {
                        Role::Stack(i - locals)
                    },
                    *base.add(i),
                );
            }
        }
    }

    /// The same without the frame object.
    pub fn visit_body(&self, visit: &mut Visit<'_>) {
        visit.word(Role::Field("code"), self.executable);
        visit.word(Role::Field("function"), self.function);
        visit.field("locals", self.locals);
        self.each_slot(&mut |role, word| visit.word(role, word));
    }
}

const CHUNK_WORDS: usize = 16 << 10;

/// One piece of the data stack; pieces are kept in a list, never moved.
struct Chunk {
    start: *mut Word,
    words: usize,
    /// Where the previous piece was left.
    previous_top: *mut Word,
}

/// The data stack.
pub struct DataStack {
    top: Cell<*mut Word>,
    limit: Cell<*mut Word>,
    /// Start of the piece in use.
    base: Cell<*mut Word>,
    chunks: std::cell::RefCell<Vec<Chunk>>,
    /// A piece kept for the next need, so that a call at a border does not allocate each time.
    spare: std::cell::RefCell<Option<Chunk>>,
}

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for DataStack {}

static STACK: DataStack = DataStack::new();

impl DataStack {
    /// A stack without a frame.
    pub const fn new() -> DataStack {
        DataStack {
            top: Cell::new(null_mut()),
            limit: Cell::new(null_mut()),
            base: Cell::new(null_mut()),
            chunks: std::cell::RefCell::new(Vec::new()),
            spare: std::cell::RefCell::new(None),
        }
    }

    /// Changes contents with the stack in use; frames stay in their places.
    pub fn exchange(&self) {
        self.top.swap(&STACK.top);
        self.limit.swap(&STACK.limit);
        self.base.swap(&STACK.base);
        self.chunks.swap(&STACK.chunks);
        self.spare.swap(&STACK.spare);
    }

    /// Every frame, innermost first.
    pub fn each(&self, see: &mut dyn FnMut(&Frame)) {
        let chunks = self.chunks.borrow();
        let mut found: Vec<*mut Frame> = Vec::new();
        for (i, chunk) in chunks.iter().enumerate() {
            let top = chunks.get(i + 1).map_or(self.top.get(), |c| c.previous_top);
            let mut at = chunk.start;
            while at < top {
                let frame = at.cast::<Frame>();
                found.push(frame);
                // SAFETY: frames lie one behind the other, each as long as its code says.
                at = unsafe { at.add((*frame).code().framesize.get() as usize) };
            }
        }
        drop(chunks);
        for frame in found.into_iter().rev() {
            // SAFETY: frames on the stack are initialised as soon as they are pushed.
            see(unsafe { &*frame });
        }
    }
}

impl Drop for DataStack {
    fn drop(&mut self) {
        let spare = self.spare.get_mut().take();
        for chunk in self.chunks.get_mut().drain(..).chain(spare) {
            let memory = std::ptr::slice_from_raw_parts_mut(chunk.start, chunk.words);
            // SAFETY: allocated as a boxed slice of that length, given back once.
            drop(unsafe { Box::from_raw(memory) });
        }
    }
}

impl Default for DataStack {
    fn default() -> DataStack {
        DataStack::new()
    }
}

/// Room for a frame of `words` words.
#[inline(always)]
pub fn push(words: usize) -> *mut Frame {
    let top = STACK.top.get();
    let left = (STACK.limit.get() as usize - top as usize) / 8;
    if words < left {
        // SAFETY: inside the piece.
        STACK.top.set(unsafe { top.add(words) });
        return top.cast();
    }
    push_chunk(words)
}

#[cold]
#[inline(never)]
fn push_chunk(words: usize) -> *mut Frame {
    let wanted = (words + 1).max(CHUNK_WORDS);
    let spare = STACK
        .spare
        .borrow_mut()
        .take()
        .filter(|c| c.words >= wanted);
    let start = match &spare {
        Some(chunk) => chunk.start,
        None => {
            let mut memory = vec![Word::NULL; wanted].into_boxed_slice();
            let start = memory.as_mut_ptr();
            std::mem::forget(memory);
            start
        }
    };
    let words_in = spare.map_or(wanted, |c| c.words);
    STACK.chunks.borrow_mut().push(Chunk {
        start,
        words: words_in,
        previous_top: STACK.top.get(),
    });
    // SAFETY: inside the new piece.
    unsafe {
        STACK.top.set(start.add(words));
        STACK.limit.set(start.add(words_in));
        STACK.base.set(start);
    }
    start.cast()
}

/// Gives the frame's room back; it is the last one pushed.
#[inline(always)]
pub fn pop(frame: *mut Frame) {
    let at = frame.cast::<Word>();
    STACK.top.set(at);
    // The first frame of a piece: back to the piece before.
    if at == STACK.base.get() && STACK.chunks.borrow().len() > 1 {
        pop_chunk();
    }
}

#[cold]
fn pop_chunk() {
    let mut chunks = STACK.chunks.borrow_mut();
    if let (Some(chunk), Some(below)) = (chunks.pop(), chunks.last()) {
        STACK.top.set(chunk.previous_top);
        // SAFETY: end of the piece below.
        STACK.limit.set(unsafe { below.start.add(below.words) });
        STACK.base.set(below.start);
        let old = STACK.spare.borrow_mut().replace(chunk);
        if let Some(old) = old {
            // SAFETY: allocated as a boxed slice of that length.
            drop(unsafe {
                Box::from_raw(std::ptr::slice_from_raw_parts_mut(old.start, old.words))
            });
        }
    }
}

/// Every frame on the data stack, innermost first: those that run, one being made, one that gives up its locals.
pub fn each_on_stack(see: &mut dyn FnMut(&Frame)) {
    STACK.each(see);
}

/// How CPython's data stack would be filled by the frames that lie on ours.
pub struct Filled {
    /// Words taken of the piece in use.
    used: usize,
    /// Frames of ours that check an `__init__` and that CPython would have done without, for want of room in a piece.
    pub without: i32,
}

/// CPython's pieces have 16 KiB, of which three words are their head (Python/pystate.c).
const CPYTHON_PIECE: usize = 2048 - 3;
/// `FRAME_SPECIALS_SIZE` of CPython 3.14, and the size of the frame that checks what `__init__` returned.
const CPYTHON_SPECIALS: usize = 10;
const CPYTHON_INIT_CLEANUP: usize = CPYTHON_SPECIALS + 2;

impl Filled {
    /// Walks the data stack. Only for the cold case that recursion has reached its limit: some instructions do not count the depth
    /// as long as the piece in use has room for a frame.
    pub fn now() -> Filled {
        let mut sizes = Vec::new();
        each_on_stack(&mut |frame| {
            let is_cleanup = frame.function.is_null() && frame.globals.is_null();
            sizes.push((!is_cleanup).then(|| Filled::size(frame.code())));
        });
        let mut filled = Filled {
            used: 1,
            without: 0,
        };
        let mut cleanup = false;
        for size in sizes.into_iter().rev() {
            let Some(size) = size else {
                cleanup = true;
                continue;
            };
            if cleanup && filled.fits(size + CPYTHON_INIT_CLEANUP) {
                filled.used += CPYTHON_INIT_CLEANUP;
            } else if cleanup {
                filled.without += 1;
            }
            cleanup = false;
            filled.used = if filled.fits(size) {
                filled.used + size
            } else {
                size
            };
        }
        filled
    }

    fn size(code: &Code) -> usize {
        code.framesize.get() as usize - SPECIALS + CPYTHON_SPECIALS
    }

    fn fits(&self, words: usize) -> bool {
        words < CPYTHON_PIECE.saturating_sub(self.used)
    }

    /// Whether the piece in use has room for a frame of `code`, and for one that checks `__init__` if `is_init`.
    pub fn has_room(&self, code: &Code, is_init: bool) -> bool {
        let more = if is_init { CPYTHON_INIT_CLEANUP } else { 0 };
        self.fits(Filled::size(code) + more)
    }
}

/// The running frame, innermost, or null.
#[inline(always)]
pub fn current() -> *mut Frame {
    state::get().frame.get().cast()
}

#[inline(always)]
pub fn set_current(frame: *mut Frame) {
    state::get().frame.set(frame.cast());
}

/// Every running frame, innermost first (generators' frames included).
pub fn each_running(see: &mut dyn FnMut(&Frame)) {
    let mut at = current();
    while !at.is_null() {
        // SAFETY: frames of the chain are live.
        let frame = unsafe { &*at };
        see(frame);
        at = frame.previous;
    }
}
