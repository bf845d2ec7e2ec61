//! What code generation hands to the flow graph: a flat sequence of instructions with labels (CPython's `instr_sequence`).

use std::cell::RefCell;

use terrarium_bytecode::opcode::NOP;

use crate::tree::Location;

/// A place to jump to, an index into `Sequence::labels`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label(pub u32);

/// No handler covers the instruction.
pub const NO_HANDLER: u32 = u32::MAX;

/// An instruction from its emission to its assembly.
#[derive(Debug, Clone, Copy)]
pub struct Instruction {
    pub opcode: u16,
    /// The argument. Of an instruction with a target (a jump, or a pseudo-op that pushes a block) what that is: code generation says the
    /// number of a label, the flow graph a block, the assembler the index of an instruction.
    pub oparg: u32,
    /// The block that an exception raised here goes to; `NO_HANDLER` before the flow graph.
    pub handler: u32,
    pub loc: Location,
}

impl Instruction {
    pub fn new(opcode: u16, oparg: u32, loc: Location) -> Instruction {
        Instruction {
            opcode,
            oparg,
            handler: NO_HANDLER,
            loc,
        }
    }

    pub fn set(&mut self, opcode: u16, oparg: u32) {
        self.opcode = opcode;
        self.oparg = oparg;
    }

    pub fn set_nop(&mut self) {
        self.set(NOP, 0);
    }
}

/// A unit's instructions in order of emission.
#[derive(Debug, Clone, Default)]
pub struct Sequence {
    pub instructions: Vec<Instruction>,
    /// For each label the index of the instruction that follows it; `u32::MAX` until it is placed.
    pub labels: Vec<u32>,
    /// The indices of the instructions that have a target.
    pub jumps: Vec<u32>,
    /// The sequence that replaces ANNOTATIONS_PLACEHOLDER, if any.
    pub annotations: Option<Box<Sequence>>,
}

/// So many sequences are kept, for so many instructions each: as units nest.
const MOST_KEPT: usize = 8;
const LONGEST_KEPT: usize = 1 << 14;

thread_local! {
    static SPARE: RefCell<Vec<Sequence>> = const { RefCell::new(Vec::new()) };
}

impl Sequence {
    /// An empty sequence with room for what a small function has, or more: one that was kept, if there is any.
    pub fn for_unit() -> Sequence {
        SPARE.with_borrow_mut(Vec::pop).unwrap_or_else(|| Sequence {
            instructions: Vec::with_capacity(64),
            labels: Vec::with_capacity(8),
            jumps: Vec::with_capacity(8),
            annotations: None,
        })
    }

    /// Keeps the memory of an empty sequence for this thread's next module, unless there is much.
    pub fn keep(self) {
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < MOST_KEPT && self.instructions.capacity() <= LONGEST_KEPT {
                spare.push(self);
            }
        });
    }

    /// Empties it; its memory stays.
    pub fn clear(&mut self) {
        self.instructions.clear();
        self.labels.clear();
        self.jumps.clear();
        self.annotations = None;
    }

    pub fn new_label(&mut self) -> Label {
        self.labels.push(u32::MAX);
        Label(self.labels.len() as u32 - 1)
    }

    /// Places `label` before the next instruction to be added.
    pub fn use_label(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.instructions.len() as u32;
    }

    #[inline]
    pub fn add(&mut self, opcode: u16, oparg: u32, loc: Location) {
        self.instructions.push(Instruction::new(opcode, oparg, loc));
    }

    /// Whether the next instruction needs more memory.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.instructions.len() == self.instructions.capacity()
    }

    /// As `add`.
    #[cold]
    #[inline(never)]
    pub fn grow_and_add(&mut self, opcode: u16, oparg: u32, loc: Location) {
        self.add(opcode, oparg, loc);
    }

    /// Adds an instruction that has a target.
    pub fn add_jump(&mut self, opcode: u16, target: Label, loc: Location) {
        self.jumps.push(self.instructions.len() as u32);
        self.add(opcode, target.0, loc);
    }

    /// Puts an instruction that has a target before all others.
    pub fn insert_jump_at_start(&mut self, opcode: u16, target: Label, loc: Location) {
        let jump = Instruction::new(opcode, target.0, loc);
        self.splice(0..0, [jump]);
        self.jumps.insert(0, 0);
    }

    /// Puts instructions without targets in the place of those in `range`, which have none either. Labels and jumps behind move with what
    /// they name.
    pub fn splice(
        &mut self,
        range: std::ops::Range<usize>,
        added: impl IntoIterator<Item = Instruction>,
    ) {
        let before = self.instructions.len();
        let end = range.end as u32;
        self.instructions.splice(range, added);
        let grown = (self.instructions.len() as u32).wrapping_sub(before as u32);
        let places = self.labels.iter_mut().chain(&mut self.jumps);
        for place in places.filter(|place| **place != u32::MAX && **place >= end) {
            *place = place.wrapping_add(grown);
        }
    }
}
