//! Where a tree stands: memory that is taken bit by bit and given back at once.

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;

use bumpalo::Bump;
use terrarium_bytecode::Constant;

/// The nodes, lists, names and constants of one module. Only constants own anything; nodes vanish without being visited.
#[derive(Default)]
pub struct Arena {
    nodes: Bump,
    constants: typed_arena::Arena<Constant>,
}

impl Arena {
    pub fn new() -> Arena {
        Arena::default()
    }

    /// Puts a node here.
    #[inline]
    pub fn node<T: Copy>(&self, node: T) -> &mut T {
        self.nodes.alloc(node)
    }

    /// A list of these elements.
    #[inline]
    pub fn list<'a, T: Copy>(&'a self, elements: &[T]) -> List<'a, T> {
        match elements {
            [] => List::EMPTY,
            _ => self.filled_list(elements),
        }
    }

    #[inline(never)]
    fn filled_list<'a, T: Copy>(&'a self, elements: &[T]) -> List<'a, T> {
        let elements: &'a [T] = match elements {
            // No call to copy what is mostly one.
            [only] => std::slice::from_ref(self.nodes.alloc(*only)),
            _ => self.nodes.alloc_slice_copy(elements),
        };
        List(self.nodes.alloc(elements))
    }

    /// A list of what the iterator yields.
    pub fn collect<T: Copy>(&self, elements: impl IntoIterator<Item = T>) -> List<'_, T> {
        let elements: Vec<T> = elements.into_iter().collect();
        self.list(&elements)
    }

    /// An empty list that may grow. What it outgrows stays here unused.
    pub fn growing<T>(&self) -> Growing<'_, T> {
        Growing::new_in(&self.nodes)
    }

    /// Puts a constant here.
    pub fn constant(&self, constant: Constant) -> &Constant {
        self.constants.alloc(constant)
    }

    /// Puts a text here.
    pub fn text(&self, text: &str) -> &str {
        self.nodes.alloc_str(text)
    }

    /// Forgets everything, keeps memory for the next module.
    pub fn reset(&mut self) {
        self.nodes.reset();
        self.constants = typed_arena::Arena::new();
    }
}

/// Room for the names and lists of so much is kept for the next module, in bytes.
const KEPT: usize = 8 << 20;

thread_local! {
    static SPARE: Cell<Option<Box<Arena>>> = const { Cell::new(None) };
}

/// Runs `f` with an empty arena, which takes its memory from the last one of this thread.
pub fn with<R>(f: impl FnOnce(&Arena) -> R) -> R {
    let mut arena = SPARE.take().unwrap_or_default();
    let result = f(&arena);
    arena.reset();
    if arena.nodes.allocated_bytes() <= KEPT {
        SPARE.set(Some(arena));
    }
    result
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena").finish_non_exhaustive()
    }
}

/// A list in an arena that may grow.
pub type Growing<'a, T> = bumpalo::collections::Vec<'a, T>;

/// A list in an arena; one word.
pub struct List<'a, T>(&'a &'a [T]);

impl<'a, T> List<'a, T> {
    pub const EMPTY: List<'a, T> = List(&(&[] as &[T]));

    /// The elements, for as long as the arena has them.
    #[inline]
    pub fn elements(self) -> &'a [T] {
        self.0
    }
}

impl<T> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<'_, T> {}

impl<T> Deref for List<'_, T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        self.0
    }
}

impl<'a, T> IntoIterator for List<'a, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'a, T> IntoIterator for &List<'a, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(*self.0, f)
    }
}
