//! Moves blocks that only exceptions lead to behind all others.

use terrarium_bytecode::opcode::JUMP_NO_INTERRUPT;

use super::Error;
use super::graph::{BlockId, Graph, NO_BLOCK};
use super::nops;
use crate::tree::Location;

pub fn push_cold_blocks_to_end(graph: &mut Graph) -> Result<(), Error> {
    if !graph.blocks.iter().any(|block| block.except_handler) {
        return Ok(());
    }
    mark_warm(graph);
    mark_cold(graph);
    add_explicit_jumps(graph);
    if move_cold_blocks(graph) {
        graph.is_moved = true;
        nops::remove_redundant_nops_and_jumps(graph)?;
    }
    Ok(())
}

/// Marks what control reaches without an exception.
fn mark_warm(graph: &mut Graph) {
    graph.start_walk();
    graph.reach(graph.entry());
    while let Some(block) = graph.next_reached() {
        graph.block_mut(block).warm = true;
        for successor in successors(graph, block).into_iter().flatten() {
            graph.reach(successor);
        }
    }
}

/// Marks the handlers and what control reaches from them alone.
fn mark_cold(graph: &mut Graph) {
    graph.start_walk();
    let mut block = graph.entry();
    while block != NO_BLOCK {
        if graph.block(block).except_handler {
            graph.reach(block);
        }
        block = graph.next(block);
    }
    while let Some(block) = graph.next_reached() {
        graph.block_mut(block).cold = true;
        for successor in successors(graph, block).into_iter().flatten() {
            if !graph.block(successor).warm {
                graph.reach(successor);
            }
        }
    }
}

/// The blocks that control goes to from the block without an exception.
fn successors(graph: &Graph, block: BlockId) -> [Option<BlockId>; 2] {
    let next = graph.next(block);
    let falls_through = next != NO_BLOCK && graph.has_fallthrough(block);
    [falls_through.then_some(next), graph.jump_target(block)]
}

/// A cold block that control leaves into a warm one behind it will stand elsewhere: a jump takes its place.
fn add_explicit_jumps(graph: &mut Graph) {
    let mut block = graph.entry();
    while block != NO_BLOCK {
        let next = graph.next(block);
        if graph.block(block).cold
            && graph.has_fallthrough(block)
            && next != NO_BLOCK
            && graph.block(next).warm
        {
            graph.block_mut(next).is_labelled = true;
            let jump = graph.new_block();
            graph.add(jump, JUMP_NO_INTERRUPT, next, Location::NONE);
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
