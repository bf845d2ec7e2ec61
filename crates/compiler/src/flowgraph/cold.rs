//! Moves blocks that only exceptions lead to behind all others.

use terrarium_bytecode::opcode::JUMP_NO_INTERRUPT;

use super::Error;
use super::graph::{BlockId, Graph, NO_BLOCK, NO_LABEL};
use super::nops;
use super::opcodes::*;
use crate::tree::Location;

pub fn push_cold_blocks_to_end(graph: &mut Graph) -> Result<(), Error> {
    if !graph.blocks.iter().any(|block| block.except_handler) {
        return Ok(());
    }
    mark_warm(graph);
    mark_cold(graph);
    add_explicit_jumps(graph);
    if move_cold_blocks(graph) {
        nops::remove_redundant_nops_and_jumps(graph)?;
    }
    Ok(())
}

/// Marks what control reaches without an exception.
fn mark_warm(graph: &mut Graph) {
    graph.clear_visited();
    let entry = graph.entry();
    graph.block_mut(entry).visited = true;
    let mut todo = vec![entry];
    while let Some(block) = todo.pop() {
        graph.block_mut(block).warm = true;
        visit_successors(graph, block, &mut todo, |_| true);
    }
}

/// Marks the handlers and what control reaches from them alone.
fn mark_cold(graph: &mut Graph) {
    graph.clear_visited();
    let mut todo = Vec::new();
    let mut block = graph.entry();
    while block != NO_BLOCK {
        if graph.block(block).except_handler {
            graph.block_mut(block).visited = true;
            todo.push(block);
        }
        block = graph.next(block);
    }
    while let Some(block) = todo.pop() {
        graph.block_mut(block).cold = true;
        visit_successors(graph, block, &mut todo, |block| !block.warm);
    }
}

fn visit_successors(
    graph: &mut Graph,
    block: BlockId,
    todo: &mut Vec<BlockId>,
    wanted: fn(&super::graph::Block) -> bool,
) {
    let mut visit = |graph: &mut Graph, block: BlockId| {
        let found = graph.block_mut(block);
        if !found.visited && wanted(found) {
            found.visited = true;
            todo.push(block);
        }
    };
    let next = graph.next(block);
    if next != NO_BLOCK && graph.has_fallthrough(block) {
        visit(graph, next);
    }
    // A jump always ends its block.
    if let Some(&last) = graph.last(block)
        && is_jump(last.opcode)
    {
        visit(graph, last.target);
    }
}

/// A cold block that control leaves into a warm one behind it will stand elsewhere: a jump takes its place.
fn add_explicit_jumps(graph: &mut Graph) {
    let mut free_label = graph.free_label();
    let mut block = graph.entry();
    while block != NO_BLOCK {
        let next = graph.next(block);
        if graph.block(block).cold
            && graph.has_fallthrough(block)
            && next != NO_BLOCK
            && graph.block(next).warm
        {
            if graph.block(next).label == NO_LABEL {
                graph.block_mut(next).label = free_label;
                free_label += 1;
            }
            let jump = graph.new_block();
            graph.add_jump(jump, JUMP_NO_INTERRUPT, next, Location::NONE);
            let added = graph.block_mut(jump);
            added.cold = true;
            added.next = next;
            added.predecessors = 1;
            graph.block_mut(block).next = jump;
        }
        block = next;
    }
}

/// Whether any was moved.
fn move_cold_blocks(graph: &mut Graph) -> bool {
    let (mut first_cold, mut last_cold) = (NO_BLOCK, NO_BLOCK);
    let mut last_warm = graph.entry();
    let mut block = graph.next(last_warm);
    while block != NO_BLOCK {
        let next = graph.next(block);
        if !graph.block(block).cold {
            graph.block_mut(last_warm).next = block;
            last_warm = block;
        } else if last_cold == NO_BLOCK {
            (first_cold, last_cold) = (block, block);
        } else {
            graph.block_mut(last_cold).next = block;
            last_cold = block;
        }
        block = next;
    }
    if last_cold != NO_BLOCK {
        graph.block_mut(last_cold).next = NO_BLOCK;
    }
    graph.block_mut(last_warm).next = first_cold;
    first_cold != NO_BLOCK
}
