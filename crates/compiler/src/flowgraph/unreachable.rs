//! Empties blocks that control never reaches, and counts the ways into the others.

use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;

pub fn remove_unreachable(graph: &mut Graph) {
    graph
        .blocks
        .iter_mut()
        .for_each(|block| block.predecessors = 0);
    graph.clear_visited();
    let entry = graph.entry();
    graph.block_mut(entry).predecessors = 1;
    graph.block_mut(entry).visited = true;
    let mut todo = vec![entry];
    while let Some(block) = todo.pop() {
        let next = graph.next(block);
        if next != NO_BLOCK && graph.has_fallthrough(block) {
            reach(graph, next, &mut todo);
        }
        let mut range = graph.range(block);
        if !graph.has_handlers && !range.is_empty() {
            // A jump always ends its block.
            range.start = range.end - 1;
        }
        for at in range {
            let instr = &graph.instrs[at];
            if has_target(instr.opcode) {
                let target = instr.target;
                reach(graph, target, &mut todo);
            }
        }
    }
    for block in 0..graph.blocks.len() as u32 {
        if graph.block(block).predecessors == 0 {
            graph.truncate(block, 0);
            graph.block_mut(block).except_handler = false;
        }
    }
}

fn reach(graph: &mut Graph, block: BlockId, todo: &mut Vec<BlockId>) {
    let found = graph.block_mut(block);
    found.predecessors += 1;
    if !found.visited {
        found.visited = true;
        todo.push(block);
    }
}
