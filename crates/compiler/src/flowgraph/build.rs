//! From the flat instruction sequence to blocks (CPython's `_PyCfg_FromInstructionSequence`, `translate_jump_labels_to_targets` and
//! `mark_except_handlers`).

use terrarium_bytecode::opcode::{ANNOTATIONS_PLACEHOLDER, POP_BLOCK};

use super::Error;
use super::graph::{BlockId, Graph, Instr, NO_BLOCK, NO_LABEL};
use super::opcodes::*;
use crate::instructions::{Instruction, Sequence};

/// Stands for the block of an instruction that a jump goes to, until that is known.
const TARGET: BlockId = NO_BLOCK - 1;

/// Builds the graph; every jump has its target afterwards.
pub fn from_sequence(sequence: &Sequence) -> Result<Graph, Error> {
    let instructions = &sequence.instructions;
    let mut blocks = vec![NO_BLOCK; instructions.len()];
    for (index, instr) in instructions.iter().enumerate() {
        if has_target(instr.opcode) {
            blocks[place(sequence, index)?] = TARGET;
        }
    }
    let mut builder = Builder {
        graph: Graph::with_capacity(instructions.len()),
        start: 0,
        jumps: Vec::new(),
        is_terminated: false,
    };
    builder.graph.new_block();
    for (index, instr) in instructions.iter().enumerate() {
        if blocks[index] == TARGET {
            blocks[index] = builder.use_label(index as u32);
        }
        if instr.opcode == ANNOTATIONS_PLACEHOLDER {
            let annotations = sequence.annotations.as_deref();
            for instr in annotations.map_or(&[][..], |sequence| &sequence.instructions) {
                if has_target(instr.opcode) {
                    return Err(Error::MalformedGraph);
                }
                builder.add(instr, instr.oparg);
            }
        } else if has_target(instr.opcode) {
            builder.add(instr, place(sequence, index)? as u32);
        } else {
            builder.add(instr, instr.oparg);
        }
    }
    builder.finish(&blocks)
}

/// The index of the instruction that the jump at `index` goes to.
fn place(sequence: &Sequence, index: usize) -> Result<usize, Error> {
    let label = sequence.instructions[index].oparg as usize;
    match sequence.labels.get(label) {
        Some(&place) if (place as usize) < sequence.instructions.len() => Ok(place as usize),
        _ => Err(Error::UnplacedLabel {
            instruction: index as u32,
        }),
    }
}

/// The last block of the graph is the one under construction.
struct Builder {
    graph: Graph,
    /// Where the block under construction starts among the instructions.
    start: usize,
    /// Instructions that have a target.
    jumps: Vec<u32>,
    /// Whether the last instruction ends its block.
    is_terminated: bool,
}

impl Builder {
    fn current(&self) -> BlockId {
        self.graph.blocks.len() as u32 - 1
    }

    /// Labels the block of the next instruction, and returns it.
    fn use_label(&mut self, label: u32) -> BlockId {
        let block = self.graph.block(self.current());
        if self.graph.instrs.len() > self.start || block.label != NO_LABEL {
            self.start_block();
        }
        let current = self.current();
        self.graph.block_mut(current).label = label;
        current
    }

    fn start_block(&mut self) {
        self.end_block();
        let last = self.current();
        let block = self.graph.new_block();
        self.graph.block_mut(last).next = block;
        self.start = self.graph.instrs.len();
        self.is_terminated = false;
    }

    fn end_block(&mut self) {
        let used = (self.graph.instrs.len() - self.start) as u32;
        let current = self.current();
        let block = self.graph.block_mut(current);
        block.used = used;
        block.capacity = used;
    }

    #[inline]
    fn add(&mut self, instr: &Instruction, oparg: u32) {
        if self.is_terminated {
            self.start_block();
        }
        if has_target(instr.opcode) {
            self.jumps.push(self.graph.instrs.len() as u32);
        }
        self.graph.has_handlers |= instr.opcode == POP_BLOCK;
        self.graph
            .instrs
            .push(Instr::new(instr.opcode, oparg, instr.loc));
        self.is_terminated = is_terminator(instr.opcode);
    }

    /// Gives every jump its target; `blocks` is by index of instruction.
    fn finish(mut self, blocks: &[BlockId]) -> Result<Graph, Error> {
        self.end_block();
        if self.graph.has_fallthrough(self.current()) {
            return Err(Error::MalformedGraph);
        }
        let Graph {
            instrs,
            blocks: all,
            has_handlers,
        } = &mut self.graph;
        for &jump in &self.jumps {
            let instr = &mut instrs[jump as usize];
            instr.target = blocks[instr.oparg as usize];
            if is_block_push(instr.opcode) {
                all[instr.target as usize].except_handler = true;
                *has_handlers = true;
            }
        }
        Ok(self.graph)
    }
}
