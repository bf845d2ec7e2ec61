//! Tables for things that are numbered in a module, names and constants: what a pass knows of each, found by its number. Blocks nest:
//! each has a table of its own, and closing one brings back the table of the block around it.

/// Number of no block.
const NO_BLOCK: u32 = 0;

/// Memory for more numbers is not used again.
const MOST_KEPT: usize = 1 << 16;

/// A value for each number that the innermost open block has set.
#[derive(Debug, Default)]
pub struct ByNumber<T> {
    /// For each number the block that set it last, and what it set.
    known: Vec<(u32, T)>,
    /// What the open blocks covered up, in order.
    covered: Vec<(u32, (u32, T))>,
    /// The open blocks around the innermost: number, and length of `covered` when the next one was opened.
    around: Vec<(u32, usize)>,
    block: u32,
    opened: u32,
}

impl<T: Copy + Default> ByNumber<T> {
    /// Empties it, whatever blocks are open, and makes room for numbers below `count`. What another module left in its memory is of blocks
    /// that are no more.
    pub fn renew(&mut self, count: usize) {
        const MOST_BLOCKS: u32 = u32::MAX / 2;
        if self.opened > MOST_BLOCKS || self.known.len() > MOST_KEPT {
            *self = ByNumber::default();
        }
        self.covered.clear();
        self.around.clear();
        self.block = NO_BLOCK;
        if self.known.len() < count {
            self.known.resize(count, (NO_BLOCK, T::default()));
        }
    }

    /// Opens a block, in which nothing is set yet.
    pub fn open(&mut self) {
        self.around.push((self.block, self.covered.len()));
        self.opened += 1;
        self.block = self.opened;
    }

    /// Closes the innermost block.
    pub fn close(&mut self) {
        let Some((block, length)) = self.around.pop() else {
            return;
        };
        for (number, before) in self.covered.drain(length..).rev() {
            self.known[number as usize] = before;
        }
        self.block = block;
    }

    /// What the innermost block has set for `number`.
    #[inline]
    pub fn get(&self, number: usize) -> Option<T> {
        match self.known.get(number) {
            Some((block, value)) if *block == self.block => Some(*value),
            _ => None,
        }
    }

    /// The same, to be changed.
    #[inline]
    pub fn get_mut(&mut self, number: usize) -> Option<&mut T> {
        match self.known.get_mut(number) {
            Some((block, value)) if *block == self.block => Some(value),
            _ => None,
        }
    }

    /// Sets the value of `number` in the innermost block.
    pub fn set(&mut self, number: usize, value: T) {
        if number >= self.known.len() || self.covered.len() == self.covered.capacity() {
            // Apart from the rest, which needs to save no register if it calls nothing.
            return self.grow_and_set(number, value);
        }
        let known = &mut self.known[number];
        if known.0 != self.block {
            self.covered.push((number as u32, *known));
        }
        *known = (self.block, value);
    }

    #[cold]
    #[inline(never)]
    fn grow_and_set(&mut self, number: usize, value: T) {
        if number >= self.known.len() {
            let length = (number + 1).next_power_of_two();
            self.known.resize(length, (NO_BLOCK, T::default()));
        }
        self.covered.reserve(1);
        self.set(number, value);
    }
}

/// A set of names by their numbers.
#[derive(Debug, Default)]
pub struct NameSet {
    has: Vec<bool>,
}

impl NameSet {
    #[inline]
    pub fn contains(&self, number: usize) -> bool {
        self.has.get(number).copied().unwrap_or(false)
    }

    /// Puts a name in the set or takes it out; whether that changed anything.
    pub fn set(&mut self, number: usize, has: bool) -> bool {
        if number >= self.has.len() {
            if !has {
                return false;
            }
            self.has.resize((number + 1).next_power_of_two(), false);
        }
        std::mem::replace(&mut self.has[number], has) != has
    }
}
