//! The graph: blocks of instructions, linked in the order of control flow. All instructions of all blocks stand in one vector.

use std::ops::Range;

use terrarium_bytecode::opcode::NOT_TAKEN;

use super::borrow::Value;
use super::exceptions::Stacks;
use super::opcodes::*;
use crate::instructions::{Instruction, NO_HANDLER};
use crate::tree::Location;

/// An index into the blocks of a graph.
pub type BlockId = u32;

/// No block.
pub const NO_BLOCK: BlockId = NO_HANDLER;

#[derive(Debug, Clone)]
pub struct Block {
    /// Where the block's slots start among the graph's instructions.
    pub start: u32,
    /// How many slots hold instructions.
    pub used: u32,
    /// How many slots there are. Those past `used` keep what stood there: a slot taken again keeps its `handler`, as in CPython.
    pub capacity: u32,
    pub next: BlockId,
    /// Locals that may be unbound when the block is entered, a bit each for the first 64.
    pub unsafe_locals: u64,
    pub predecessors: i32,
    /// Stack depth on entry; negative while unknown.
    pub start_depth: i32,
    /// Index of its first instruction when blocks are in order.
    pub index: u32,
    /// Where it starts, and how many code units it has, when it is assembled.
    pub offset: u32,
    pub units: u32,
    /// Kinds that its instructions may be of: whatever is not among them is not in the block, so that a pass need not look.
    pub kinds: Kinds,
    /// The walk that came here last.
    walk: u32,
    /// Whether a jump went here when the graph was built.
    pub is_labelled: bool,
    pub preserve_lasti: bool,
    pub except_handler: bool,
    pub cold: bool,
    pub warm: bool,
}

impl Block {
    /// Where its instructions stand among those of the graph.
    #[inline]
    pub fn range(&self) -> Range<usize> {
        self.start as usize..(self.start + self.used) as usize
    }
}

/// A unit's graph. One serves all units of a module in turn, so that its memory is asked for once.
#[derive(Debug, Default)]
pub struct Graph {
    /// Slots out of use among them.
    pub instrs: Vec<Instruction>,
    pub blocks: Vec<Block>,
    /// The kinds of all blocks.
    kinds: Kinds,
    /// Whether there are any block pushes or pops: without them no instruction has a handler, and only the last of a block a target.
    pub has_handlers: bool,
    /// Whether control goes other ways than when `predecessors` were counted.
    pub is_rerouted: bool,
    /// Whether blocks stand elsewhere than when redundant jumps were removed.
    pub is_moved: bool,
    /// Whether any instruction has the location `NEXT`.
    pub has_next_locations: bool,
    /// The walk under way (see `start_walk`), and the visits it has planned.
    walk: u32,
    todo: Vec<BlockId>,
    /// Memory for passes that need a number an instruction or a constant.
    pub places: Vec<u32>,
    /// Memory for `borrow`.
    pub values: Vec<Value>,
    /// Memory for `exceptions`.
    pub stacks: Stacks,
    /// `co_localspluskinds`, when `locals_plus` has run.
    pub localspluskinds: Vec<u8>,
}

impl Graph {
    /// Empties the graph.
    pub fn reset(&mut self) {
        self.instrs.clear();
        self.blocks.clear();
        self.kinds = 0;
        self.has_handlers = false;
        self.has_next_locations = false;
        self.is_rerouted = true;
        self.is_moved = true;
        self.walk = 0;
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
            next: NO_BLOCK,
            unsafe_locals: 0,
            predecessors: 0,
            start_depth: 0,
            index: 0,
            offset: 0,
            units: 0,
            kinds: 0,
            walk: 0,
            is_labelled: false,
            preserve_lasti: false,
            except_handler: false,
            cold: false,
            warm: false,
        });
        self.blocks.len() as u32 - 1
    }

    /// Gives the newest block the instructions from `start` to `end`, which are of these kinds.
    pub fn end_block(&mut self, start: u32, end: u32, kinds: Kinds) {
        self.kinds |= kinds;
        if let Some(block) = self.blocks.last_mut() {
            block.start = start;
            block.used = end - start;
            block.capacity = end - start;
            block.kinds = kinds;
        }
    }

    /// Whether instructions of any of these kinds may stand in the block.
    #[inline]
    pub fn may_have(&self, block: BlockId, kinds: Kinds) -> bool {
        self.blocks[block as usize].kinds & kinds != 0
    }

    /// Whether instructions of any of these kinds may stand in any block.
    #[inline]
    pub fn any_may_have(&self, kinds: Kinds) -> bool {
        self.kinds & kinds != 0
    }

    /// Notes that the block may have instructions of these kinds now.
    #[inline]
    pub fn note(&mut self, block: BlockId, kinds: Kinds) {
        self.kinds |= kinds;
        self.blocks[block as usize].kinds |= kinds;
    }

    /// Begins to visit blocks, none of which is marked then.
    pub fn start_walk(&mut self) {
        self.walk += 1;
        self.todo.clear();
    }

    /// Marks the block; whether it was not marked before.
    #[inline]
    pub fn mark(&mut self, block: BlockId) -> bool {
        let found = &mut self.blocks[block as usize];
        std::mem::replace(&mut found.walk, self.walk) != self.walk
    }

    pub fn unmark(&mut self, block: BlockId) {
        self.blocks[block as usize].walk = 0;
    }

    pub fn is_marked(&self, block: BlockId) -> bool {
        self.blocks[block as usize].walk == self.walk
    }

    /// Marks the block, and plans a visit to it if it was not marked before.
    #[inline]
    pub fn reach(&mut self, block: BlockId) {
        if self.mark(block) {
            self.todo.push(block);
        }
    }

    /// The block whose visit was planned last.
    #[inline]
    pub fn next_reached(&mut self) -> Option<BlockId> {
        self.todo.pop()
    }

    /// Where the block's instructions stand in `instrs`.
    #[inline]
    pub fn range(&self, block: BlockId) -> Range<usize> {
        self.blocks[block as usize].range()
    }

    #[inline]
    pub fn instrs(&self, block: BlockId) -> &[Instruction] {
        &self.instrs[self.range(block)]
    }

    #[inline]
    pub fn instrs_mut(&mut self, block: BlockId) -> &mut [Instruction] {
        let range = self.range(block);
        &mut self.instrs[range]
    }

    pub fn len(&self, block: BlockId) -> usize {
        self.blocks[block as usize].used as usize
    }

    /// Keeps the first `used` instructions; the slots of the others keep their handlers.
    pub fn truncate(&mut self, block: BlockId, used: usize) {
        for instr in &mut self.instrs_mut(block)[used..] {
            instr.opcode = NO_OPCODE;
        }
        self.blocks[block as usize].used = used as u32;
    }

    /// Takes all instructions from the block.
    pub fn clear(&mut self, block: BlockId) {
        self.truncate(block, 0);
        self.blocks[block as usize].kinds = 0;
    }

    pub fn last(&self, block: BlockId) -> Option<&Instruction> {
        self.instrs(block).last()
    }

    pub fn last_mut(&mut self, block: BlockId) -> Option<&mut Instruction> {
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
                self.instrs.extend_from_within(from.clone());
                for moved in &mut self.instrs[from] {
                    moved.opcode = NO_OPCODE;
                }
            }
            let end = (self.blocks[block as usize].start + grown) as usize;
            self.instrs.resize(end, UNUSED);
            self.blocks[block as usize].capacity = grown;
        }
        let block = &mut self.blocks[block as usize];
        block.used += 1;
        (block.start + block.used - 1) as usize
    }

    /// Adds an instruction (CPython's `basicblock_addop`, which leaves the slot's handler as it was).
    pub fn add(&mut self, block: BlockId, opcode: u16, oparg: u32, loc: Location) {
        let slot = self.take_slot(block);
        let added = Instruction {
            handler: self.instrs[slot].handler,
            ..Instruction::new(opcode, oparg, loc)
        };
        self.instrs[slot] = added;
        self.note(block, kinds_of(&added));
    }

    /// Adds copies of all instructions of `from`.
    pub fn append(&mut self, to: BlockId, from: BlockId) {
        for at in self.range(from) {
            let instr = self.instrs[at];
            let slot = self.take_slot(to);
            self.instrs[slot] = instr;
        }
        self.note(to, self.block(from).kinds);
    }

    /// Inserts instructions before the one at `at`.
    pub fn insert(&mut self, block: BlockId, at: usize, added: &[Instruction]) {
        for _ in added {
            self.take_slot(block);
        }
        let instrs = self.instrs_mut(block);
        let moved = instrs.len() - added.len();
        instrs.copy_within(at..moved, at + added.len());
        instrs[at..at + added.len()].copy_from_slice(added);
        let kinds = added.iter().map(kinds_of);
        self.note(block, kinds.fold(0, |all, kinds| all | kinds));
    }

    /// Whether control can go from the block's end to the next block.
    #[inline]
    pub fn has_fallthrough(&self, block: BlockId) -> bool {
        !self.ends_in(block, UNCONDITIONAL | SCOPE_EXIT)
    }

    /// Whether the block's last instruction is of one of these kinds.
    #[inline]
    pub fn ends_in(&self, block: BlockId, kinds: Kinds) -> bool {
        self.may_have(block, kinds) && self.last(block).is_some_and(|last| is(last.opcode, kinds))
    }

    /// The block that the jump at the end of the block goes to.
    #[inline]
    pub fn jump_target(&self, block: BlockId) -> Option<BlockId> {
        let jump = match self.instrs(block) {
            [.., jump, last] if last.opcode == NOT_TAKEN => jump,
            [.., last] => last,
            [] => return None,
        };
        is_jump(jump.opcode).then_some(jump.oparg)
    }

    pub fn has_no_lineno(&self, block: BlockId) -> bool {
        let mut instrs = self.instrs(block).iter();
        instrs.all(|instr| instr.loc.line < 0)
    }

    pub fn has_eval_break(&self, block: BlockId) -> bool {
        let mut instrs = self.instrs(block).iter();
        instrs.any(|instr| has_eval_break(instr.opcode))
    }

    /// `block`, or the first after it that is not empty; `NO_BLOCK` if there is none.
    pub fn next_nonempty(&self, mut block: BlockId) -> BlockId {
        while block != NO_BLOCK && self.blocks[block as usize].used == 0 {
            block = self.blocks[block as usize].next;
        }
        block
    }

    /// Fills `order` with the blocks in order, and gives each the index of its first instruction.
    pub fn put_in_order(&mut self, order: &mut Vec<BlockId>) {
        order.clear();
        let (mut block, mut index) = (self.entry(), 0);
        while block != NO_BLOCK {
            order.push(block);
            let found = self.block_mut(block);
            found.index = index;
            index += found.used;
            block = found.next;
        }
    }
}

/// What stands in slots out of use, so that a pass that looks for an opcode may look at all slots.
const NO_OPCODE: u16 = 0;

/// What a slot holds before anything is put there.
const UNUSED: Instruction = Instruction {
    opcode: NO_OPCODE,
    oparg: 0,
    handler: NO_HANDLER,
    loc: Location::NONE,
};

/// The kinds of an instruction.
pub fn kinds_of(instr: &Instruction) -> Kinds {
    kinds(instr.opcode) | if instr.loc.line < 0 { LINELESS } else { 0 }
}
