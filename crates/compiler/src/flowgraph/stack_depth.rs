//! The greatest stack a unit needs, and the depth on entry to each block.

use terrarium_bytecode::opcode::{END_ASYNC_FOR, net_effect};

use super::Error;
use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;
use crate::instructions::Instruction;

/// Not known yet.
const UNKNOWN: i32 = i32::MIN;

/// CPython's `calculate_stackdepth`.
pub fn calculate_stackdepth(graph: &mut Graph) -> Result<u32, Error> {
    for block in &mut graph.blocks {
        block.start_depth = UNKNOWN;
    }
    graph.start_walk();
    enter(graph, graph.entry(), 0)?;
    let mut deepest = 0;
    while let Some(block) = graph.next_reached() {
        deepest = deepest.max(scan_block(graph, block)?);
    }
    Ok(deepest as u32)
}

/// The greatest depth before any instruction of the block. Tells the blocks behind it their depths.
fn scan_block(graph: &mut Graph, block: BlockId) -> Result<i32, Error> {
    let mut depth = graph.block(block).start_depth;
    let mut deepest = 0;
    for at in graph.range(block) {
        let Instruction { opcode, oparg, .. } = graph.instrs[at];
        let mut after = depth.saturating_add(net_effect(opcode, oparg));
        deepest = deepest.max(depth);
        if has_target(opcode) {
            if opcode != END_ASYNC_FOR {
                enter(graph, oparg, after)?;
            }
            if is_block_push(opcode) {
                after = depth;
            }
        }
        depth = after;
        if depth < 0 {
            return Err(Error::StackUnderflow);
        }
    }
    let next = graph.next(block);
    if next != NO_BLOCK && graph.has_fallthrough(block) {
        enter(graph, next, depth)?;
    }
    Ok(deepest)
}

/// Control comes to the block with a stack of this depth.
fn enter(graph: &mut Graph, block: BlockId, depth: i32) -> Result<(), Error> {
    if depth < 0 {
        return Err(Error::StackUnderflow);
    }
    let found = graph.block_mut(block);
    if found.start_depth < 0 {
        found.start_depth = depth;
        graph.reach(block);
    } else if found.start_depth != depth {
        return Err(Error::InconsistentStackDepth);
    }
    Ok(())
}
