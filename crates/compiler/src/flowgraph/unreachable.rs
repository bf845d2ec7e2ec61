//! Empties blocks that control never reaches, and counts the ways into the others.

use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;

pub fn remove_unreachable(graph: &mut Graph) {
    if !std::mem::replace(&mut graph.is_rerouted, false) {
        return;
    }
    graph.start_walk();
    for block in &mut graph.blocks {
        block.predecessors = 0;
    }
    reach(graph, graph.entry());
    while let Some(block) = graph.next_reached() {
        let next = graph.next(block);
        if next != NO_BLOCK && graph.has_fallthrough(block) {
            reach(graph, next);
        }
        if graph.may_have(block, BLOCK_PUSH) {
            for at in graph.range(block) {
                let instr = graph.instrs[at];
                if has_target(instr.opcode) {
                    reach(graph, instr.oparg);
                }
            }
        } else if graph.may_have(block, JUMPS)
            && let Some(target) = graph.jump_target(block)
        {
            reach(graph, target);
        }
    }
    for block in 0..graph.blocks.len() as u32 {
        if graph.block(block).predecessors == 0 {
            graph.clear(block);
            graph.block_mut(block).except_handler = false;
        }
    }
}

fn reach(graph: &mut Graph, block: BlockId) {
    graph.block_mut(block).predecessors += 1;
    graph.reach(block);
}
