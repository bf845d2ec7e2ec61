//! The greatest stack a unit needs, and the depth on entry to each block.

use terrarium_bytecode::opcode::END_ASYNC_FOR;

use super::Error;
use super::graph::{Block, BlockId, Graph, NO_BLOCK};
use super::opcodes::*;

/// Not known yet.
const UNKNOWN: i32 = i32::MIN;

/// CPython's `calculate_stackdepth`.
pub fn calculate_stackdepth(graph: &mut Graph) -> Result<u32, Error> {
    graph
        .blocks
        .iter_mut()
        .for_each(|block| block.start_depth = UNKNOWN);
    let mut todo = Vec::new();
    let entry = graph.entry();
    enter(&mut graph.blocks, entry, 0, &mut todo)?;
    let mut deepest = 0;
    while let Some(block) = todo.pop() {
        deepest = deepest.max(scan_block(graph, block, &mut todo)?);
    }
    Ok(deepest as u32)
}

/// The greatest depth before any instruction of the block.
fn scan_block(graph: &mut Graph, block: BlockId, todo: &mut Vec<BlockId>) -> Result<i32, Error> {
    let mut depth = graph.block(block).start_depth;
    let mut deepest = 0;
    let range = graph.range(block);
    let Graph { instrs, blocks, .. } = &mut *graph;
    for instr in &instrs[range] {
        let opcode = instr.opcode;
        let (popped, pushed) = popped_pushed(instr.opcode, instr.oparg);
        let effect = pushed - popped;
        deepest = deepest.max(depth);
        if has_target(instr.opcode) && instr.opcode != END_ASYNC_FOR {
            let target = instr.target;
            enter(blocks, target, depth.saturating_add(effect), todo)?;
        }
        if !is_block_push(opcode) {
            depth = depth.saturating_add(effect);
        }
        if depth < 0 {
            return Err(Error::StackUnderflow);
        }
        if is_no_fallthrough(opcode) {
            return Ok(deepest);
        }
    }
    let next = blocks[block as usize].next;
    if next != NO_BLOCK {
        enter(blocks, next, depth, todo)?;
    }
    Ok(deepest)
}

fn enter(
    blocks: &mut [Block],
    block: BlockId,
    depth: i32,
    todo: &mut Vec<BlockId>,
) -> Result<(), Error> {
    if depth < 0 {
        return Err(Error::StackUnderflow);
    }
    let found = &mut blocks[block as usize];
    if found.start_depth < 0 {
        found.start_depth = depth;
        todo.push(block);
    } else if found.start_depth != depth {
        return Err(Error::InconsistentStackDepth);
    }
    Ok(())
}
