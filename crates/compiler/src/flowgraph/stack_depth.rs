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
    let start = i64::from(graph.block(block).start_depth);
    let mut depths = Depths {
        now: start,
        deepest: start.max(0),
        lowest: 0,
    };
    let Some((last, others)) = instrs.split_last() else {
        let next = graph.next(block);
        if next != NO_BLOCK {
            enter(graph, next, start)?;
        }
        return Ok(0);
    };
    // A jump ends its block.
    match graph.may_have(block, BLOCK_PUSH) {
        true => others
            .iter()
            .try_for_each(|instr| follow_target(graph, &mut depths, instr))?,
        false => others.iter().for_each(|instr| depths.follow(instr)),
    }
    let deepest = depths.deepest;
    follow_target(graph, &mut depths, last)?;
    if depths.lowest < 0 {
        return Err(Error::StackUnderflow);
    }
    let next = graph.next(block);
    if next != NO_BLOCK && !is(last.opcode, UNCONDITIONAL | SCOPE_EXIT) {
        enter(graph, next, depths.now)?;
    }
    Ok(deepest.min(i64::from(i32::MAX)) as i32)
}

/// Depths of the stack while a block is followed.
struct Depths {
    now: i64,
    deepest: i64,
    lowest: i64,
}

impl Depths {
    #[inline]
    fn follow(&mut self, instr: &Instruction) {
        self.now += i64::from(net_effect(instr.opcode, instr.oparg));
        self.deepest = self.deepest.max(self.now);
        self.lowest = self.lowest.min(self.now);
    }
}

/// As `Depths::follow`, for an instruction that may have a target, which is told its depth.
fn follow_target(graph: &mut Graph, depths: &mut Depths, instr: &Instruction) -> Result<(), Error> {
    let before = Depths { ..*depths };
    depths.follow(instr);
    if has_target(instr.opcode) {
        if instr.opcode != END_ASYNC_FOR {
            enter(graph, instr.oparg, depths.now)?;
        }
        if is_block_push(instr.opcode) {
            *depths = before;
        }
    }
    Ok(())
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
