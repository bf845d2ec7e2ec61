//! A stack of entries that never move: what running native code registers with the interpreter, innermost last.
//!
//! Pushing and popping is a comparison and a move. Pieces double, and one that was left is kept for the next need.

use std::cell::{Cell, RefCell};
use std::ptr::null_mut;

const FIRST_PIECE: usize = 512;

/// A piece of the stack: where it starts and how many entries it has room for.
#[derive(Clone, Copy)]
struct Piece<T> {
    start: *mut T,
    room: usize,
}

/// A stack of `T`; guarded by the interpreter's lock.
pub struct Pile<T: Copy> {
    /// Behind the last entry, in the piece in use.
    top: Cell<*mut T>,
    /// The bounds of the piece in use.
    start: Cell<*mut T>,
    end: Cell<*mut T>,
    /// All pieces; the one in use is `pieces[used - 1]`, those below it are full.
    pieces: RefCell<Vec<Piece<T>>>,
    used: Cell<usize>,
}

impl<T: Copy> Pile<T> {
    pub const fn new() -> Pile<T> {
        Pile {
            top: Cell::new(null_mut()),
            start: Cell::new(null_mut()),
            end: Cell::new(null_mut()),
            pieces: RefCell::new(Vec::new()),
            used: Cell::new(0),
        }
    }

    /// Adds an entry; its place is good until it is popped.
    #[inline(always)]
    pub fn push(&self, entry: T) -> *mut T {
        if self.top.get() == self.end.get() {
            self.enter_piece();
        }
        let place = self.top.get();
        // SAFETY: there is room between `top` and `end`.
        unsafe {
            place.write(entry);
            self.top.set(place.add(1));
        }
        place
    }

    /// Takes the last entry off; there is one.
    #[inline(always)]
    pub fn pop(&self) -> T {
        if self.top.get() == self.start.get() {
            self.leave_piece();
        }
        // SAFETY: an entry was pushed and not popped yet, and it lies in the piece now in use.
        unsafe {
            let place = self.top.get().sub(1);
            self.top.set(place);
            place.read()
        }
    }

    /// Calls `see` with every entry, innermost last.
    pub fn each(&self, see: &mut dyn FnMut(&T)) {
        let pieces = self.pieces.borrow();
        for (at, piece) in pieces.iter().take(self.used.get()).enumerate() {
            let filled = if at + 1 == self.used.get() {
                // SAFETY: both point into the piece in use.
                unsafe { self.top.get().offset_from(piece.start) as usize }
            } else {
                piece.room
            };
            for i in 0..filled {
                // SAFETY: entries below `top` were written.
                see(unsafe { &*piece.start.add(i) });
            }
        }
    }

    /// Changes contents with another stack; entries stay in their places.
    pub fn exchange(&self, other: &Pile<T>) {
        self.top.swap(&other.top);
        self.start.swap(&other.start);
        self.end.swap(&other.end);
        self.pieces.swap(&other.pieces);
        self.used.swap(&other.used);
    }

    #[cold]
    #[inline(never)]
    fn enter_piece(&self) {
        let mut pieces = self.pieces.borrow_mut();
        let used = self.used.get();
        if pieces.len() == used {
            let room = FIRST_PIECE << used;
            let memory: Vec<T> = Vec::with_capacity(room);
            // Kept for the life of the process.
            let start = std::mem::ManuallyDrop::new(memory).as_mut_ptr();
            pieces.push(Piece { start, room });
        }
        let piece = pieces[used];
        self.used.set(used + 1);
        self.begin_at(piece, 0);
    }

    #[cold]
    #[inline(never)]
    fn leave_piece(&self) {
        let used = self.used.get() - 1;
        self.used.set(used);
        let below = self.pieces.borrow()[used - 1];
        self.begin_at(below, below.room);
    }

    fn begin_at(&self, piece: Piece<T>, filled: usize) {
        self.start.set(piece.start);
        // SAFETY: within the piece, or at its end.
        unsafe {
            self.end.set(piece.start.add(piece.room));
            self.top.set(piece.start.add(filled));
        }
    }
}

impl<T: Copy> Drop for Pile<T> {
    fn drop(&mut self) {
        for piece in self.pieces.get_mut().drain(..) {
            // SAFETY: made by `enter_piece` with that capacity, given back once; entries have no drop.
            drop(unsafe { Vec::from_raw_parts(piece.start, 0, piece.room) });
        }
    }
}

impl<T: Copy> Default for Pile<T> {
    fn default() -> Pile<T> {
        Pile::new()
    }
}
