//! What is known before an instruction.

use super::kinds::{self, CLOSURE, KEYWORDS, Kinds, TUPLE};
use super::{Budget, Checked};

/// An operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    pub kinds: Kinds,
    /// Of KEYWORDS the constant. Of a closure the number of its cells.
    pub tag: u32,
    /// The local that holds the reference which this entry only borrows; see `OWNED` and `SEVERAL`.
    pub lender: u32,
}

/// No local lends it: the entry has a reference of its own.
pub const OWNED: u32 = u32::MAX;
/// One of several locals lends it.
pub const SEVERAL: u32 = u32::MAX - 1;

impl Entry {
    pub const fn of(kinds: Kinds) -> Entry {
        Entry {
            kinds,
            tag: 0,
            lender: OWNED,
        }
    }

    /// What is known when either may have come here.
    fn met(self, other: Entry) -> Entry {
        if self == other {
            return self;
        }
        let mut kinds = self.kinds | other.kinds;
        if self.tag != other.tag && kinds & (KEYWORDS | CLOSURE) != 0 {
            kinds = kinds & !(KEYWORDS | CLOSURE) | TUPLE;
        }
        Entry {
            kinds,
            tag: if kinds & (KEYWORDS | CLOSURE) != 0 {
                self.tag
            } else {
                0
            },
            lender: match (self.lender, other.lender) {
                (a, b) if a == b => a,
                (OWNED, one) | (one, OWNED) => one,
                _ => SEVERAL,
            },
        }
    }
}

/// Locals (sets of NULL, OBJECT and CELL) and operands.
#[derive(Clone, Default)]
pub struct State {
    pub locals: Vec<u8>,
    pub stack: Vec<Entry>,
}

impl State {
    pub fn copy_from(&mut self, other: &State) {
        self.locals.clone_from(&other.locals);
        self.stack.clone_from(&other.stack);
    }

    /// Meets what comes from elsewhere; whether anything is known less well now. The stacks are of one length.
    pub fn meet(&mut self, locals: &[u8], stack: &[Entry], budget: &mut Budget) -> Checked<bool> {
        budget.spend(locals.len() / 16 + stack.len())?;
        let mut changed = 0;
        for (mine, theirs) in self.locals.iter_mut().zip(locals) {
            changed |= theirs & !*mine;
            *mine |= theirs;
        }
        let mut stack_changed = false;
        for (mine, theirs) in self.stack.iter_mut().zip(stack) {
            let met = mine.met(*theirs);
            stack_changed |= met != *mine;
            *mine = met;
        }
        Ok(changed != 0 || stack_changed)
    }

    /// The operand at that depth; 1 is the top.
    pub fn peek(&self, depth: usize) -> Checked<Entry> {
        self.stack
            .len()
            .checked_sub(depth)
            .and_then(|i| self.stack.get(i))
            .copied()
            .ok_or_else(|| "too few operands".into())
    }

    pub fn pop(&mut self) -> Checked<Entry> {
        self.stack.pop().ok_or_else(|| "too few operands".into())
    }

    /// Takes an operand that must be of some of `wanted`.
    pub fn take(&mut self, wanted: Kinds) -> Checked<Entry> {
        let entry = self.pop()?;
        demand(entry, wanted)?;
        Ok(entry)
    }

    pub fn push(&mut self, kinds: Kinds) {
        self.stack.push(Entry::of(kinds));
    }
}

/// The entry is of the kinds wanted, on every path.
pub fn demand(entry: Entry, wanted: Kinds) -> Checked {
    if entry.kinds & !wanted == 0 {
        return Ok(());
    }
    if entry.kinds & kinds::NULL != 0 && wanted & kinds::NULL == 0 {
        return Err("an operand may be missing (NULL)".into());
    }
    Err(format!(
        "an operand may not be {}",
        kinds::describe(wanted & !kinds::NULL)
    ))
}
