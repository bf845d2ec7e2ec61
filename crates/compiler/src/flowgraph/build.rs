//! From the flat instruction sequence to blocks (CPython's `_PyCfg_FromInstructionSequence` and
//! `translate_jump_labels_to_targets`).

use terrarium_bytecode::opcode::ANNOTATIONS_PLACEHOLDER;

use super::Error;
use super::graph::{BlockId, Graph, NO_BLOCK, NO_LABEL};
use super::opcodes::*;
use crate::instructions::{Instruction, Sequence};

/// Builds the graph; every jump has its target afterwards.
pub fn from_sequence(sequence: &Sequence) -> Result<Graph, Error> {
    let instructions = &sequence.instructions;
    let mut is_target = vec![false; instructions.len()];
    for (index, instr) in instructions.iter().enumerate() {
        if has_target(instr.opcode) {
            is_target[place(sequence, index)?] = true;
        }
    }
    let mut builder = Builder {
        graph: Graph::with_capacity(instructions.len()),
        current: 0,
        label: NO_LABEL,
        labelled: vec![NO_BLOCK; instructions.len()],
    };
    builder.graph.new_block();
    for (index, instr) in instructions.iter().enumerate() {
        if is_target[index] {
            builder.use_label(index as u32);
        }
        if instr.opcode == ANNOTATIONS_PLACEHOLDER {
            for instr in sequence
                .annotations
                .iter()
                .flat_map(|sequence| &sequence.instructions)
            {
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
    builder.finish()
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

struct Builder {
    graph: Graph,
    current: BlockId,
    /// A label that the next block to get an instruction will have.
    label: u32,
    /// For each label, which is the index of an instruction, its block.
    labelled: Vec<BlockId>,
}

impl Builder {
    fn use_label(&mut self, label: u32) {
        self.label = label;
        self.start_block_if_needed();
    }

    fn add(&mut self, instr: &Instruction, oparg: u32) {
        self.start_block_if_needed();
        self.graph.add(self.current, instr.opcode, oparg, instr.loc);
    }

    fn start_block_if_needed(&mut self) {
        if self.is_terminated() {
            let block = self.graph.new_block();
            self.graph.block_mut(self.current).next = block;
            self.current = block;
            self.label_current();
        }
    }

    fn is_terminated(&mut self) -> bool {
        let last = self.graph.last(self.current);
        if last.is_some_and(|last| is_terminator(last.opcode)) {
            return true;
        }
        if self.label != NO_LABEL {
            if last.is_some() || self.graph.block(self.current).label != NO_LABEL {
                return true;
            }
            self.label_current();
        }
        false
    }

    fn label_current(&mut self) {
        self.graph.block_mut(self.current).label = self.label;
        if self.label != NO_LABEL {
            self.labelled[self.label as usize] = self.current;
        }
        self.label = NO_LABEL;
    }

    fn finish(mut self) -> Result<Graph, Error> {
        if self.graph.has_fallthrough(self.current) {
            return Err(Error::MalformedGraph);
        }
        for block in 0..self.graph.blocks.len() as u32 {
            for instr in self.graph.instrs_mut(block) {
                if has_target(instr.opcode) {
                    instr.target = self.labelled[instr.oparg as usize];
                }
            }
        }
        Ok(self.graph)
    }
}
