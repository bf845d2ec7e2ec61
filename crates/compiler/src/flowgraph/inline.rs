//! Replaces a jump to a small block that leaves the unit, or to a block without line numbers, by a copy of the block.

use terrarium_bytecode::opcode::JUMP;

use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;

/// Blocks of more instructions are not copied (CPython's MAX_COPY_SIZE).
const MAX_COPY_SIZE: usize = 4;

pub fn inline_small_or_no_lineno_blocks(graph: &mut Graph) {
    if !graph.any_may_have(UNCONDITIONAL) {
        return;
    }
    loop {
        let mut changed = false;
        let mut block = graph.entry();
        while block != NO_BLOCK {
            changed |= inline_target(graph, block);
            block = graph.next(block);
        }
        if !changed {
            return;
        }
    }
}

fn inline_target(graph: &mut Graph, block: BlockId) -> bool {
    if !graph.ends_in(block, UNCONDITIONAL) {
        return false;
    }
    let Some(&last) = graph.last(block) else {
        return false;
    };
    let target = last.oparg;
    let small_exit = graph.len(target) <= MAX_COPY_SIZE && graph.ends_in(target, SCOPE_EXIT);
    let without_lines = graph.has_no_lineno(target) && !graph.has_fallthrough(target);
    if !small_exit && !without_lines {
        return false;
    }
    if let Some(last) = graph.last_mut(block) {
        last.set_nop();
    }
    graph.note(block, NOPS);
    graph.append(block, target);
    if without_lines
        && last.opcode == JUMP
        && let Some(end) = graph.last_mut(block)
        && is_unconditional_jump(end.opcode)
    {
        // The jump taken away looked for pending work; so must the one that stands for it.
        end.opcode = JUMP;
    }
    graph.block_mut(target).predecessors -= 1;
    true
}
