//! Conditional jumps only go forward; NOT_TAKEN marks the way without a jump.

use terrarium_bytecode::opcode::*;

use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;

pub fn normalize_jumps(graph: &mut Graph) {
    if !graph.any_may_have(CONDITIONAL) {
        return;
    }
    graph.start_walk();
    let mut block = graph.entry();
    while block != NO_BLOCK {
        graph.mark(block);
        if graph.ends_in(block, CONDITIONAL) {
            normalize_block(graph, block);
        }
        block = graph.next(block);
    }
}

/// Of a block that ends in a conditional jump.
fn normalize_block(graph: &mut Graph, block: BlockId) {
    let Some(&last) = graph.last(block) else {
        return;
    };
    if !graph.is_marked(last.oparg) {
        graph.add(block, NOT_TAKEN, 0, last.loc);
        return;
    }
    let next = graph.next(block);
    if next == NO_BLOCK {
        return;
    }
    let backwards = graph.new_block();
    graph.add(backwards, NOT_TAKEN, 0, last.loc);
    graph.add(backwards, JUMP, last.oparg, last.loc);
    let start_depth = graph.block(last.oparg).start_depth;
    let cold = graph.block(block).cold;
    let added = graph.block_mut(backwards);
    added.start_depth = start_depth;
    added.cold = cold;
    added.next = next;
    graph.block_mut(block).next = backwards;
    if let Some(last) = graph.last_mut(block) {
        last.opcode = reversed(last.opcode);
        last.oparg = next;
    }
}

fn reversed(opcode: u16) -> u16 {
    match opcode {
        POP_JUMP_IF_NOT_NONE => POP_JUMP_IF_NONE,
        POP_JUMP_IF_NONE => POP_JUMP_IF_NOT_NONE,
        POP_JUMP_IF_FALSE => POP_JUMP_IF_TRUE,
        _ => POP_JUMP_IF_FALSE,
    }
}
