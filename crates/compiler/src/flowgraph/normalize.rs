//! Conditional jumps only go forward; NOT_TAKEN marks the way without a jump.

use terrarium_bytecode::opcode::*;

use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;

pub fn normalize_jumps(graph: &mut Graph) {
    graph.clear_visited();
    let mut block = graph.entry();
    while block != NO_BLOCK {
        graph.block_mut(block).visited = true;
        normalize_block(graph, block);
        block = graph.next(block);
    }
}

fn normalize_block(graph: &mut Graph, block: BlockId) {
    let Some(&last) = graph.last(block) else {
        return;
    };
    if !is_conditional_jump(last.opcode) {
        return;
    }
    if !graph.block(last.target).visited {
        graph.add(block, NOT_TAKEN, 0, last.loc);
        return;
    }
    let next = graph.next(block);
    if next == NO_BLOCK {
        return;
    }
    let backwards = graph.new_block();
    graph.add(backwards, NOT_TAKEN, 0, last.loc);
    graph.add_jump(backwards, JUMP, last.target, last.loc);
    let start_depth = graph.block(last.target).start_depth;
    let cold = graph.block(block).cold;
    let added = graph.block_mut(backwards);
    added.start_depth = start_depth;
    added.cold = cold;
    added.next = next;
    graph.block_mut(block).next = backwards;
    if let Some(last) = graph.last_mut(block) {
        last.opcode = reversed(last.opcode);
        last.target = next;
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
