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
    let instrs = std::mem::take(&mut graph.instrs);
    let deepest = follow(graph, &instrs);
    graph.instrs = instrs;
    Ok(deepest? as u32)
}

/// Follows control from the entry through the graph, whose instructions are given apart.
fn follow(graph: &mut Graph, instrs: &[Instruction]) -> Result<i32, Error> {
    graph.start_walk();
    enter(graph, graph.entry(), 0)?;
    let mut deepest = 0;
    while let Some(block) = graph.next_reached() {
        let instrs = &instrs[graph.range(block)];
        deepest = deepest.max(scan_block(graph, block, instrs)?);
    }
    Ok(deepest)
}

/// The greatest depth before any instruction of the block. Tells the blocks behind it their depths.
fn scan_block(graph: &mut Graph, block: BlockId, instrs: &[Instruction]) -> Result<i32, Error> {
    let mut depth = i64::from(graph.block(block).start_depth);
    let (mut deepest, mut lowest) = (0, 0);
    let has_pushes = graph.may_have(block, BLOCK_PUSH);
    for (index, &Instruction { opcode, oparg, .. }) in instrs.iter().enumerate() {
        let mut after = depth + i64::from(net_effect(opcode, oparg));
        deepest = depth.max(deepest);
        // Only the last can be a jump.
        if (has_pushes || index + 1 == instrs.len()) && has_target(opcode) {
            if opcode != END_ASYNC_FOR {
                enter(graph, oparg, after)?;
            }
            if is_block_push(opcode) {
                after = depth;
            }
        }
        depth = after;
        lowest = depth.min(lowest);
    }
    if lowest < 0 {
        return Err(Error::StackUnderflow);
    }
    let next = graph.next(block);
    let last = instrs.last().map_or(0, |last| last.opcode);
    if next != NO_BLOCK && !is(last, UNCONDITIONAL | SCOPE_EXIT) {
        enter(graph, next, depth)?;
    }
    Ok(deepest.min(i64::from(i32::MAX)) as i32)
}

/// Control comes to the block with a stack of this depth.
fn enter(graph: &mut Graph, block: BlockId, depth: i64) -> Result<(), Error> {
    if depth < 0 {
        return Err(Error::StackUnderflow);
    }
    let depth = depth.min(i64::from(i32::MAX)) as i32;
    let found = graph.block_mut(block);
    if found.start_depth < 0 {
        found.start_depth = depth;
        graph.reach(block);
    } else if found.start_depth != depth {
        return Err(Error::InconsistentStackDepth);
    }
    Ok(())
}
