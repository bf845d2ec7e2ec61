//! The graph: blocks of instructions, linked in the order of control flow. All instructions of all blocks stand in one vector.

use std::ops::Range;

use terrarium_bytecode::opcode::NOP;

use super::opcodes::*;
use super::{Emitted, Handler};
use crate::tree::Location;

/// An index into the blocks of a graph.
pub type BlockId = u32;

/// No block.
pub const NO_BLOCK: BlockId = u32::MAX;

/// A block that no jump goes to has no label.
pub const NO_LABEL: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
pub struct Instr {
    pub opcode: u16,
    pub oparg: u32,
    /// Where a jump goes or what handler a block push sets up.
    pub target: BlockId,
    /// Where an exception raised here goes.
    pub except: BlockId,
    pub loc: Location,
}

impl Instr {
    pub const UNUSED: Instr = Instr {
        opcode: 0,
        oparg: 0,
        target: NO_BLOCK,
        except: NO_BLOCK,
        loc: Location::NONE,
    };

    pub fn new(opcode: u16, oparg: u32, loc: Location) -> Instr {
        Instr {
            opcode,
            oparg,
            loc,
            ..Instr::UNUSED
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

#[derive(Debug, Clone)]
pub struct Block {
    /// Where the block's slots start among the graph's instructions.
    pub start: u32,
    /// How many slots hold instructions.
    pub used: u32,
    /// How many slots there are. Those past `used` keep what stood there: a slot taken again keeps its `except`, as in CPython.
    pub capacity: u32,
    pub label: u32,
    pub next: BlockId,
    /// Locals that may be unbound when the block is entered, a bit each for the first 64.
    pub unsafe_locals: u64,
    pub predecessors: i32,
    /// Stack depth on entry; negative while unknown.
    pub start_depth: i32,
    pub preserve_lasti: bool,
    pub visited: bool,
    pub except_handler: bool,
    pub cold: bool,
    pub warm: bool,
}

#[derive(Debug, Default)]
pub struct Graph {
    pub instrs: Vec<Instr>,
    pub blocks: Vec<Block>,
    /// Whether there are any block pushes or pops: without them no instruction has a handler, and only the last of a block a target.
    pub has_handlers: bool,
}

impl Graph {
    pub fn with_capacity(instructions: usize) -> Graph {
        Graph {
            instrs: Vec::with_capacity(instructions + instructions / 4),
            blocks: Vec::with_capacity(instructions / 8 + 4),
            has_handlers: false,
        }
    }

    /// The block at which control flow begins.
    pub fn entry(&self) -> BlockId {
        0
    }

    pub fn next(&self, block: BlockId) -> BlockId {
        self.blocks[block as usize].next
    }

    pub fn block(&self, block: BlockId) -> &Block {
        &self.blocks[block as usize]
    }

    pub fn block_mut(&mut self, block: BlockId) -> &mut Block {
        &mut self.blocks[block as usize]
    }

    pub fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block {
            start: self.instrs.len() as u32,
            used: 0,
            capacity: 0,
            label: NO_LABEL,
            next: NO_BLOCK,
            unsafe_locals: 0,
            predecessors: 0,
            start_depth: 0,
            preserve_lasti: false,
            visited: false,
            except_handler: false,
            cold: false,
            warm: false,
        });
        self.blocks.len() as u32 - 1
    }

    /// Where the block's instructions stand in `instrs`.
    pub fn range(&self, block: BlockId) -> Range<usize> {
        let block = &self.blocks[block as usize];
        block.start as usize..(block.start + block.used) as usize
    }

    pub fn instrs(&self, block: BlockId) -> &[Instr] {
        let block = &self.blocks[block as usize];
        &self.instrs[block.start as usize..][..block.used as usize]
    }

    pub fn instrs_mut(&mut self, block: BlockId) -> &mut [Instr] {
        let block = &self.blocks[block as usize];
        &mut self.instrs[block.start as usize..][..block.used as usize]
    }

    pub fn len(&self, block: BlockId) -> usize {
        self.blocks[block as usize].used as usize
    }

    /// Keeps the first `used` instructions; the slots of the others keep their contents.
    pub fn truncate(&mut self, block: BlockId, used: usize) {
        let block = &mut self.blocks[block as usize];
        block.used = block.used.min(used as u32);
    }

    pub fn last(&self, block: BlockId) -> Option<&Instr> {
        self.instrs(block).last()
    }

    pub fn last_mut(&mut self, block: BlockId) -> Option<&mut Instr> {
        self.instrs_mut(block).last_mut()
    }

    /// Takes one more slot and returns its index among all instructions.
    fn take_slot(&mut self, block: BlockId) -> usize {
        let Block {
            start,
            used,
            capacity,
            ..
        } = self.blocks[block as usize];
        if used == capacity {
            let at_end = (start + capacity) as usize == self.instrs.len();
            let grown = if at_end {
                capacity + 1
            } else {
                (capacity * 2).max(8)
            };
            if !at_end {
                let from = start as usize..(start + used) as usize;
                self.blocks[block as usize].start = self.instrs.len() as u32;
                self.instrs.extend_from_within(from);
            }
            let end = (self.blocks[block as usize].start + grown) as usize;
            self.instrs.resize(end, Instr::UNUSED);
            self.blocks[block as usize].capacity = grown;
        }
        let block = &mut self.blocks[block as usize];
        block.used += 1;
        (block.start + block.used - 1) as usize
    }

    /// Adds an instruction without target (CPython's `basicblock_addop`, which leaves the slot's `except` as it was).
    pub fn add(&mut self, block: BlockId, opcode: u16, oparg: u32, loc: Location) {
        let slot = self.take_slot(block);
        let except = self.instrs[slot].except;
        self.instrs[slot] = Instr {
            except,
            ..Instr::new(opcode, oparg, loc)
        };
    }

    pub fn add_jump(&mut self, block: BlockId, opcode: u16, target: BlockId, loc: Location) {
        let label = self.blocks[target as usize].label;
        self.add(block, opcode, label, loc);
        if let Some(last) = self.last_mut(block) {
            last.target = target;
        }
    }

    /// Adds copies of all instructions of `from`.
    pub fn append(&mut self, to: BlockId, from: BlockId) {
        for index in 0..self.len(from) {
            let instr = self.instrs(from)[index];
            let slot = self.take_slot(to);
            self.instrs[slot] = instr;
        }
    }

    /// Inserts instructions before the one at `at`.
    pub fn insert(&mut self, block: BlockId, at: usize, added: &[Instr]) {
        for _ in added {
            self.take_slot(block);
        }
        let instrs = self.instrs_mut(block);
        let moved = instrs.len() - added.len();
        instrs.copy_within(at..moved, at + added.len());
        instrs[at..at + added.len()].copy_from_slice(added);
    }

    /// Whether control can go from the block's end to the next block.
    pub fn has_fallthrough(&self, block: BlockId) -> bool {
        self.last(block)
            .is_none_or(|last| !is_no_fallthrough(last.opcode))
    }

    pub fn exits_scope(&self, block: BlockId) -> bool {
        self.last(block)
            .is_some_and(|last| is_scope_exit(last.opcode))
    }

    pub fn has_no_lineno(&self, block: BlockId) -> bool {
        self.instrs(block).iter().all(|instr| instr.loc.line < 0)
    }

    pub fn has_eval_break(&self, block: BlockId) -> bool {
        self.instrs(block)
            .iter()
            .any(|instr| has_eval_break(instr.opcode))
    }

    /// `block`, or the first after it that is not empty; `NO_BLOCK` if there is none.
    pub fn next_nonempty(&self, mut block: BlockId) -> BlockId {
        while block != NO_BLOCK && self.blocks[block as usize].used == 0 {
            block = self.blocks[block as usize].next;
        }
        block
    }

    pub fn clear_visited(&mut self) {
        self.blocks
            .iter_mut()
            .for_each(|block| block.visited = false);
    }

    /// A number greater than every label.
    pub fn free_label(&self) -> u32 {
        let mut free = 0;
        let mut block = self.entry();
        while block != NO_BLOCK {
            let label = self.block(block).label;
            if label != NO_LABEL {
                free = free.max(label + 1);
            }
            block = self.next(block);
        }
        free
    }

    /// The instructions in order, jumps by index (CPython's `_PyCfg_ToInstructionSequence`), and for each block what it is as a handler.
    pub fn to_instructions(&self) -> (Vec<Emitted>, Vec<Handler>) {
        let mut handlers: Vec<Handler> = self.blocks.iter().map(Handler::of).collect();
        let mut count = 0;
        let mut block = self.entry();
        while block != NO_BLOCK {
            handlers[block as usize].index = count;
            count += self.len(block) as u32;
            block = self.next(block);
        }
        let mut emitted = Vec::with_capacity(count as usize);
        let mut block = self.entry();
        while block != NO_BLOCK {
            emitted.extend(self.instrs(block).iter().map(|instr| Emitted {
                opcode: instr.opcode,
                oparg: match has_target(instr.opcode) {
                    true => handlers[instr.target as usize].index,
                    false => instr.oparg,
                },
                handler: instr.except,
                loc: instr.loc,
            }));
            block = self.next(block);
        }
        (emitted, handlers)
    }
}

impl Handler {
    fn of(block: &Block) -> Handler {
        Handler {
            index: 0,
            start_depth: block.start_depth,
            preserve_lasti: block.preserve_lasti,
        }
    }
}
