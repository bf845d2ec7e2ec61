//! Where blocks and instructions come to stand, and how far jumps go (CPython's `resolve_unconditional_jumps` and
//! `resolve_jump_offsets`).
//!
//! ```text
//! in    block 0: LOAD_NAME 0, POP_JUMP_IF_FALSE block 1   block 1: LOAD_CONST 0, RETURN_VALUE
//! out   block 0 at 0: LOAD_NAME 0, POP_JUMP_IF_FALSE 0    block 1 at 3
//! ```

use terrarium_bytecode::opcode::{
    END_ASYNC_FOR, JUMP, JUMP_BACKWARD, JUMP_BACKWARD_NO_INTERRUPT, JUMP_FORWARD,
    JUMP_NO_INTERRUPT, NOT_TAKEN,
};

use crate::flowgraph::opcodes::{JUMPS, is_jump, units_of};
use crate::flowgraph::{BlockId, Graph};
use crate::instructions::Instruction;

/// END_ASYNC_FOR's argument is the distance back to this many code units past the SEND it belongs to: its END_SEND.
const END_SEND_OFFSET: u32 = 5;

/// The blocks of a unit in order, and the jumps at their ends.
#[derive(Debug, Default)]
pub struct Layout {
    pub order: Vec<BlockId>,
    jumps: Vec<Jump>,
    /// How many instructions there are.
    pub instructions: usize,
    /// How many code units they take.
    pub units: u32,
}

#[derive(Debug)]
struct Jump {
    block: BlockId,
    /// Its place among the graph's instructions.
    at: usize,
    target: BlockId,
    /// Code units behind it in its block.
    behind: u32,
}

impl Layout {
    /// Gives each block of the graph its offset, and each jump its direction and distance.
    pub fn lay_out(&mut self, graph: &mut Graph) {
        graph.put_in_order(&mut self.order);
        self.jumps.clear();
        self.instructions = 0;
        for &block in &self.order {
            self.instructions += graph.len(block);
            if graph.may_have(block, JUMPS) {
                self.jumps.extend(point(graph, block));
            }
            let units = units(graph.instrs(block));
            graph.block_mut(block).units = units;
        }
        loop {
            self.units = self.place(graph);
            if self.measure_jumps(graph) {
                return;
            }
        }
    }

    /// Gives each block its offset. Returns where the last ends.
    fn place(&self, graph: &mut Graph) -> u32 {
        let mut offset = 0;
        for &block in &self.order {
            let block = graph.block_mut(block);
            block.offset = offset;
            offset += block.units;
        }
        offset
    }

    /// Gives jumps their distances; whether none needs another size for it.
    fn measure_jumps(&self, graph: &mut Graph) -> bool {
        let mut is_stable = true;
        for jump in &self.jumps {
            let to = graph.block(jump.target).offset;
            let from = &mut graph.blocks[jump.block as usize];
            // Distances count from the end of the instruction.
            let end = from.offset + from.units - jump.behind;
            let instr = &mut graph.instrs[jump.at];
            let old = prefixes(instr.oparg);
            instr.oparg = match instr.opcode {
                END_ASYNC_FOR => end.saturating_sub(to + END_SEND_OFFSET),
                _ => end.abs_diff(to),
            };
            let new = prefixes(instr.oparg);
            if old != new {
                from.units = from.units + new - old;
                is_stable = false;
            }
        }
        is_stable
    }
}

/// The jump at the end of the block, if there is one. It gets its direction and, as its distance to begin with, the index of its target.
fn point(graph: &mut Graph, block: BlockId) -> Option<Jump> {
    let range = graph.range(block);
    let (at, behind) = match &graph.instrs[range.clone()] {
        [.., last] if last.opcode == NOT_TAKEN => (range.end.checked_sub(2)?, 1),
        _ => (range.end.checked_sub(1)?, 0),
    };
    if at < range.start || !is_jump(graph.instrs[at].opcode) {
        return None;
    }
    let target = graph.instrs[at].oparg;
    let to = graph.block(target).index;
    let is_forward = to > graph.block(block).index + (at - range.start) as u32;
    let instr = &mut graph.instrs[at];
    instr.opcode = match (instr.opcode, is_forward) {
        (JUMP | JUMP_NO_INTERRUPT, true) => JUMP_FORWARD,
        (JUMP, false) => JUMP_BACKWARD,
        (JUMP_NO_INTERRUPT, false) => JUMP_BACKWARD_NO_INTERRUPT,
        (opcode, _) => opcode,
    };
    instr.oparg = to;
    Some(Jump {
        block,
        at,
        target,
        behind,
    })
}

/// Code units of the instructions.
fn units(instrs: &[Instruction]) -> u32 {
    let (mut units, mut opargs) = (0, 0);
    for instr in instrs {
        units += units_of(instr.opcode);
        opargs |= instr.oparg;
    }
    if opargs > 0xFF {
        units += instrs
            .iter()
            .map(|instr| prefixes(instr.oparg))
            .sum::<u32>();
    }
    units
}

/// Size in code units: prefixes EXTENDED_ARG, the instruction, its inline cache.
#[inline]
pub fn size(instr: &Instruction) -> u32 {
    prefixes(instr.oparg) + units_of(instr.opcode)
}

/// How many EXTENDED_ARG the argument needs.
#[inline]
pub fn prefixes(oparg: u32) -> u32 {
    if oparg <= 0xFF {
        return 0;
    }
    u32::from(oparg > 0xFF) + u32::from(oparg > 0xFFFF) + u32::from(oparg > 0xFF_FFFF)
}
