//! The loop's registers, and what an instruction says when it is done.

use terrarium_objects::frame::Frame;
use terrarium_objects::types::bool::{FALSE, TRUE};
use terrarium_objects::types::code::Code;
use terrarium_objects::{Object, Owned, PyResult, Raised, Word};

/// How the loop goes on after an instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// `pc` stands at the next instruction.
    Next,
    /// A specialised form does not fit: run the general form of the same instruction (nothing was changed).
    Deopt,
    /// The specialiser rewrote the instruction: fetch it again.
    Again,
    /// An exception is set; `pc` stands at the instruction, the operands it consumed are gone.
    Error,
    /// As `Error`, but the exception has its traceback entry for this frame already.
    Reraise,
    /// Observing began or ended: go on, at the same instruction, in the other loop.
    Switch,
    /// The exception left the frame with which the loop was entered.
    Unwound,
    /// The frame with which the loop was entered is done; its value is in `Cx::result`.
    Exit,
}

/// Where the loop stands. Copies of these fields live in the frame whenever anything else may look (`save`).
pub struct Cx {
    pub frame: *mut Frame,
    /// The instruction being executed.
    pub pc: *const u16,
    /// The word behind the top of the stack.
    pub sp: *mut Word,
    /// What `Flow::Exit` hands out.
    pub result: *mut Object,
    /// Whether this is the observed loop.
    pub traced: bool,
}

/// All instructions have this shape.
///
/// # Safety of every instruction
/// `cx` stands at a valid instruction of a live frame whose code passed the loader's checks (indices in range, stack depth within
/// `co_stacksize`).
pub type Instruction = unsafe fn(&mut Cx, u32) -> Flow;

impl Cx {
    /// Registers for a frame that is about to run.
    ///
    /// # Safety
    /// The frame is live.
    pub unsafe fn of(frame: *mut Frame) -> Cx {
        // SAFETY: by contract.
        unsafe {
            Cx {
                frame,
                pc: (*frame).instr,
                sp: (*frame).sp,
                result: std::ptr::null_mut(),
                traced: false,
            }
        }
    }

    /// A copy, so that functions out of line do not pin the loop's own registers to memory.
    #[inline(always)]
    pub fn copy(&self) -> Cx {
        Cx {
            frame: self.frame,
            pc: self.pc,
            sp: self.sp,
            result: std::ptr::null_mut(),
            traced: self.traced,
        }
    }

    /// Takes over what happened to a copy.
    #[inline(always)]
    pub fn adopt(&mut self, copy: &Cx) {
        self.frame = copy.frame;
        self.pc = copy.pc;
        self.sp = copy.sp;
    }

    /// Writes the registers back to the frame: before anything that may raise, call, collect or look at frames.
    #[inline(always)]
    pub fn save(&self) {
        // SAFETY: the frame is live.
        unsafe {
            (*self.frame).sp = self.sp;
            (*self.frame).instr = self.pc;
        }
    }

    /// Reads the registers from the frame.
    #[inline(always)]
    pub fn load(&mut self, frame: *mut Frame) {
        self.frame = frame;
        // SAFETY: the frame is live.
        unsafe {
            self.pc = (*frame).instr;
            self.sp = (*frame).sp;
        }
    }

    /// Steps over this instruction and its `caches` inline cache entries.
    #[inline(always)]
    pub fn advance(&mut self, caches: usize) -> Flow {
        // SAFETY: code ends with an instruction that does not fall through.
        self.pc = unsafe { self.pc.add(1 + caches) };
        Flow::Next
    }

    /// Inline cache entry `index` of this instruction.
    #[inline(always)]
    pub fn cache(&self, index: usize) -> u16 {
        // SAFETY: the instruction has that entry.
        unsafe { *self.pc.add(1 + index) }
    }

    #[inline(always)]
    pub fn cache32(&self, index: usize) -> u32 {
        u32::from(self.cache(index)) | u32::from(self.cache(index + 1)) << 16
    }

    #[inline(always)]
    pub fn cache64(&self, index: usize) -> u64 {
        u64::from(self.cache32(index)) | u64::from(self.cache32(index + 2)) << 32
    }

    #[inline(always)]
    pub fn set_cache(&self, index: usize, value: u16) {
        // SAFETY: the instruction has that entry; code units belong to the loop.
        unsafe { *(self.pc.add(1 + index) as *mut u16) = value }
    }

    #[inline(always)]
    pub fn push(&mut self, word: Word) {
        // SAFETY: within the frame's stack.
        unsafe {
            self.sp.write(word);
            self.sp = self.sp.add(1);
        }
    }

    /// Pushes an owned result.
    #[inline(always)]
    pub fn push_owned(&mut self, object: Owned) {
        self.push(Word::owned(object));
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Word {
        // SAFETY: the stack is not empty here.
        unsafe {
            self.sp = self.sp.sub(1);
            *self.sp
        }
    }

    /// Operand `depth` from the top (1 is the top).
    #[inline(always)]
    pub fn peek(&self, depth: usize) -> Word {
        // SAFETY: the stack is that deep.
        unsafe { *self.sp.sub(depth) }
    }

    #[inline(always)]
    pub fn set_peek(&self, depth: usize, word: Word) {
        // SAFETY: the stack is that deep.
        unsafe { *self.sp.sub(depth) = word }
    }

    #[inline(always)]
    pub fn drop_words(&mut self, count: usize) {
        // SAFETY: the stack is that deep.
        self.sp = unsafe { self.sp.sub(count) };
    }

    #[inline(always)]
    pub fn local(&self, index: u32) -> *mut Word {
        // SAFETY: the index is one of the frame's locals.
        unsafe { (*self.frame).local_base().add(index as usize) }
    }

    #[inline(always)]
    pub fn code(&self) -> &'static Code {
        // SAFETY: the frame keeps its code alive; used within the instruction.
        unsafe { &*(*self.frame).executable.as_ptr().cast::<Code>() }
    }

    #[inline(always)]
    pub fn name(&self, index: u32) -> &'static Object {
        self.code().name_at(index as usize)
    }

    #[inline(always)]
    pub fn globals(&self) -> &'static Object {
        // SAFETY: borrowed from the running function.
        unsafe { &*(*self.frame).globals }
    }

    #[inline(always)]
    pub fn builtins(&self) -> &'static Object {
        // SAFETY: borrowed from the running function.
        unsafe { &*(*self.frame).builtins }
    }

    /// The namespace of a module or class body.
    #[inline(always)]
    pub fn namespace(&self) -> Option<&'static Object> {
        // SAFETY: null or owned by the frame.
        unsafe { (*self.frame).locals.as_ref() }
    }

    /// Closes the top `count` operands from the top down, then takes them off.
    #[inline(always)]
    pub fn close_top(&mut self, count: usize) {
        for _ in 0..count {
            let word = self.pop();
            // Others may look at the frame while a finaliser runs.
            if word.is_counted() {
                // SAFETY: the frame is live; the word was owned by the slot.
                unsafe {
                    (*self.frame).sp = self.sp;
                    word.close();
                }
            }
        }
    }

    /// The same while an instruction's result is not yet on the stack.
    #[inline(always)]
    pub fn close_top_holding(&mut self, count: usize, held: *mut Object) {
        for _ in 0..count {
            let word = self.pop();
            if word.is_counted() {
                // SAFETY: as in `close_top`.
                unsafe {
                    (*self.frame).sp = self.sp;
                    Object::decref_holding(word.object().as_ptr(), held);
                }
            }
        }
    }

    /// The end of an instruction that consumed `inputs` operands and has one result.
    #[inline(always)]
    pub fn finish(&mut self, inputs: usize, caches: usize, result: PyResult) -> Flow {
        self.close_top_holding(inputs, pointer_of(&result));
        match result {
            Ok(value) => {
                self.push_owned(value);
                self.advance(caches)
            }
            Err(Raised) => Flow::Error,
        }
    }

    /// The same for a truth value.
    #[inline(always)]
    pub fn finish_bool(&mut self, inputs: usize, caches: usize, result: PyResult<bool>) -> Flow {
        self.close_top(inputs);
        match result {
            Ok(value) => {
                self.push(bool_word(value));
                self.advance(caches)
            }
            Err(Raised) => Flow::Error,
        }
    }

    /// The same for an instruction without a result.
    #[inline(always)]
    pub fn finish_unit(&mut self, inputs: usize, caches: usize, result: PyResult<()>) -> Flow {
        self.close_top(inputs);
        match result {
            Ok(()) => self.advance(caches),
            Err(Raised) => Flow::Error,
        }
    }

    /// Ticks the adaptive counter in the first cache entry; true when the specialiser is asked.
    #[inline(always)]
    pub fn specialise_now(&self) -> bool {
        use terrarium_objects::adaptive;
        let counter = self.cache(0);
        if adaptive::triggers(counter) {
            self.save();
            return true;
        }
        self.set_cache(0, adaptive::advance(counter));
        false
    }
}

/// `True` or `False` as a word; both are immortal.
#[inline(always)]
pub fn bool_word(value: bool) -> Word {
    Word::borrowed(if value { &TRUE.object } else { &FALSE.object })
}

#[inline(always)]
pub fn is_true_word(word: Word) -> bool {
    std::ptr::eq(word.as_ptr(), &raw const TRUE.object)
}

/// `None` as a word.
#[inline(always)]
pub fn none_word() -> Word {
    Word::borrowed(terrarium_objects::none())
}

#[inline(always)]
pub fn is_none_word(word: Word) -> bool {
    std::ptr::eq(word.as_ptr(), terrarium_objects::none())
}

/// A result that nothing holds yet, or null.
#[inline(always)]
pub fn pointer_of(result: &PyResult) -> *mut Object {
    result
        .as_ref()
        .map_or(std::ptr::null_mut(), |value| value.as_ptr())
}
