//! What a match attempt keeps: marks, repeats, and the operations that wait.

/// No position.
pub const NONE: usize = usize::MAX;

/// What a match is about, and what it found.
pub struct State {
    pub start: usize,
    pub end: usize,
    pub ptr: usize,
    pub must_advance: bool,
    pub match_all: bool,
    /// Index of the last mark set; -1 for none.
    pub lastmark: isize,
    pub lastindex: isize,
    pub marks: Vec<usize>,
    pub(super) repeats: Vec<Repeat>,
    /// Index of the innermost repeat; `NONE` outside.
    pub(super) repeat: usize,
    pub(super) contexts: Vec<Context>,
    pub(super) saved: Vec<usize>,
}

pub(super) struct Repeat {
    /// Where its operands are.
    pub(super) code: usize,
    pub(super) count: isize,
    pub(super) last_ptr: usize,
    pub(super) previous: usize,
}

/// Where to go on when what a context asked for has been decided.
#[derive(Clone, Copy)]
pub(super) enum Jump {
    Top,
    Branch,
    Repeat,
    MaxUntilItem,
    MaxUntilMore,
    MaxUntilTail,
    MinUntilItem,
    MinUntilTail,
    MinUntilMore,
    RepeatOne,
    MinRepeatOne,
    PossessiveItem,
    PossessiveMore,
    AtomicGroup,
    Assert,
    AssertNot,
}

/// An operation that waits for the rest of the pattern, or for a part of it.
#[derive(Clone, Copy)]
pub(super) struct Context {
    pub(super) jump: Jump,
    pub(super) toplevel: bool,
    /// The operation's operands, and its position in the text.
    pub(super) code: usize,
    pub(super) ptr: usize,
    pub(super) count: isize,
    pub(super) lastmark: isize,
    pub(super) lastindex: isize,
    /// The repeat it belongs to, or the branch it is at.
    pub(super) aux: usize,
    /// The `last_ptr` to put back.
    pub(super) last_ptr: usize,
    /// Whether marks were saved, and the height of the stack below them.
    pub(super) saved: bool,
    pub(super) base: usize,
}

impl State {
    pub fn new(start: usize, end: usize, groups: usize) -> State {
        State {
            start,
            end,
            ptr: start,
            must_advance: false,
            match_all: false,
            lastmark: -1,
            lastindex: -1,
            marks: vec![NONE; groups * 2],
            repeats: Vec::new(),
            repeat: NONE,
            contexts: Vec::new(),
            saved: Vec::new(),
        }
    }

    /// Forgets what an earlier match found.
    pub fn reset(&mut self) {
        self.lastmark = -1;
        self.lastindex = -1;
        self.repeats.clear();
        self.repeat = NONE;
        self.contexts.clear();
        self.saved.clear();
    }

    /// The range of a group (from 1), if it took part.
    pub fn group(&self, index: usize) -> Option<(usize, usize)> {
        let at = (index - 1) * 2;
        if at as isize >= self.lastmark {
            return None;
        }
        let (start, end) = (self.marks[at], self.marks[at + 1]);
        (start != NONE && end != NONE).then_some((start, end))
    }

    pub(super) fn push_marks(&mut self, context: &mut Context) {
        context.base = self.saved.len();
        context.saved = true;
        for i in 0..=context.lastmark {
            self.saved.push(self.marks[i as usize]);
        }
    }

    pub(super) fn copy_marks(&mut self, context: &Context) {
        if context.saved {
            for i in 0..=context.lastmark {
                self.marks[i as usize] = self.saved[context.base + i as usize];
            }
        }
    }

    pub(super) fn drop_marks(&mut self, context: &Context) {
        if context.saved {
            self.saved.truncate(context.base);
        }
    }

    pub(super) fn restore_last(&mut self, context: &Context) {
        self.lastmark = context.lastmark;
        self.lastindex = context.lastindex;
    }

    pub(super) fn mark(&mut self, number: usize, ptr: usize) {
        if number & 1 != 0 {
            self.lastindex = (number / 2 + 1) as isize;
        }
        if number as isize > self.lastmark {
            for i in (self.lastmark + 1) as usize..number {
                self.marks[i] = NONE;
            }
            self.lastmark = number as isize;
        }
        self.marks[number] = ptr;
    }
}
