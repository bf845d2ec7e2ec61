//! Takes away NOPs that no line event needs, pairs that cancel out, and jumps to what comes next anyway.

use terrarium_bytecode::opcode::*;

use super::Error;
use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;
use crate::instructions::Instruction;

/// How many NOPs a pass removed, and how many it left.
#[derive(Clone, Copy, Default)]
struct Nops {
    removed: usize,
    left: usize,
}

/// CPython's `basicblock_remove_redundant_nops`.
#[inline]
fn remove_redundant_nops_of(graph: &mut Graph, block: BlockId) -> Nops {
    match graph.may_have(block, NOPS) {
        true => remove_some_nops_of(graph, block),
        false => Nops::default(),
    }
}

fn remove_some_nops_of(graph: &mut Graph, block: BlockId) -> Nops {
    let used = graph.len(block);
    let next_line = first_line_after(graph, block);
    let instrs = graph.instrs_mut(block);
    let first = instrs.iter().position(|instr| instr.opcode == NOP);
    let first = first.unwrap_or(used);
    let (mut kept, mut left) = (first, 0);
    let mut previous_line = match first {
        0 => -1,
        _ => instrs[first - 1].loc.line,
    };
    for index in first..used {
        let instr = instrs[index];
        let line = instr.loc.line;
        if instr.opcode == NOP {
            if line < 0 || previous_line == line {
                continue;
            }
            if index + 1 < used {
                let following = instrs[index + 1].loc.line;
                if following == line {
                    continue;
                }
                if following < 0 {
                    instrs[index + 1].loc = instrs[index].loc;
                    continue;
                }
            } else if next_line == Some(line) {
                continue;
            }
            left += 1;
        }
        instrs[kept] = instr;
        kept += 1;
        previous_line = line;
    }
    graph.truncate(block, kept);
    if left == 0 {
        graph.block_mut(block).kinds &= !NOPS;
    }
    Nops {
        removed: used - kept,
        left,
    }
}

/// The line of the first instruction of the next block that is not empty, NOPs without a line left out.
fn first_line_after(graph: &Graph, block: BlockId) -> Option<i32> {
    let last = graph.last(block)?;
    if last.opcode != NOP {
        return None;
    }
    let next = graph.next_nonempty(graph.next(block));
    if next == NO_BLOCK {
        return None;
    }
    graph
        .instrs(next)
        .iter()
        .find(|instr| instr.opcode != NOP || instr.loc.line >= 0)
        .map(|instr| instr.loc.line)
}

pub fn remove_redundant_nops(graph: &mut Graph) {
    remove_and_count(graph);
}

fn remove_and_count(graph: &mut Graph) -> Nops {
    let mut all = Nops::default();
    let mut block = graph.entry();
    while block != NO_BLOCK {
        let of_block = remove_redundant_nops_of(graph, block);
        all.removed += of_block.removed;
        all.left += of_block.left;
        block = graph.next(block);
    }
    all
}

/// Also turns `LOAD_CONST; POP_TOP` and `COPY 1; POP_TOP` into NOPs, over the ends of blocks too, until nothing changes.
pub fn remove_redundant_nops_and_pairs(graph: &mut Graph) {
    while remove_pairs_once(graph) {}
}

fn remove_pairs_once(graph: &mut Graph) -> bool {
    let mut changed = false;
    // The instruction that runs right before the block's first, by place among all instructions, and its block.
    let mut previous: Option<(usize, BlockId)> = None;
    let mut block = graph.entry();
    while block != NO_BLOCK {
        remove_redundant_nops_of(graph, block);
        if graph.block(block).is_labelled {
            previous = None;
        }
        let range = graph.range(block);
        if graph.may_have(block, POP_TOPS) {
            for at in range.clone() {
                let before = (at > range.start).then(|| (at - 1, block)).or(previous);
                // A POP_TOP is more frequent than both.
                if let Some((before, of)) = before
                    && is(graph.instrs[before].opcode, PUSHES)
                        & (graph.instrs[at].opcode == POP_TOP)
                    && is_plain_push(&graph.instrs[before])
                {
                    graph.instrs[before].set_nop();
                    graph.instrs[at].set_nop();
                    graph.note(of, NOPS);
                    graph.note(block, NOPS);
                    changed = true;
                }
            }
        }
        if !range.is_empty() {
            previous = Some((range.end - 1, block));
        }
        if graph.ends_in(block, JUMPS | SCOPE_EXIT) {
            previous = None;
        }
        block = graph.next(block);
    }
    changed
}

/// Whether all that the instruction does is to push a value.
fn is_plain_push(instr: &Instruction) -> bool {
    loads_const(instr.opcode) || instr.opcode == COPY && instr.oparg == 1
}

/// Turns jumps to the next block into NOPs; the number of them.
fn remove_redundant_jumps(graph: &mut Graph) -> Result<usize, Error> {
    let mut changes = 0;
    if !graph.any_may_have(UNCONDITIONAL) {
        return Ok(changes);
    }
    let mut block = graph.entry();
    while block != NO_BLOCK {
        let next = graph.next(block);
        if graph.ends_in(block, UNCONDITIONAL)
            && let Some(target) = graph.jump_target(block)
        {
            let target = graph.next_nonempty(target);
            if target == NO_BLOCK {
                return Err(Error::MalformedGraph);
            }
            if target == graph.next_nonempty(next)
                && let Some(last) = graph.last_mut(block)
            {
                last.set_nop();
                graph.note(block, NOPS);
                changes += 1;
            }
        }
        block = next;
    }
    Ok(changes)
}

pub fn remove_redundant_nops_and_jumps(graph: &mut Graph) -> Result<(), Error> {
    let wanted = match std::mem::replace(&mut graph.is_moved, false) {
        true => NOPS | UNCONDITIONAL,
        false => NOPS,
    };
    if !graph.blocks.iter().any(|block| block.kinds & wanted != 0) {
        return Ok(());
    }
    loop {
        let nops = remove_and_count(graph);
        let changes = remove_redundant_jumps(graph)?;
        if changes == 0 && (nops.removed == 0 || nops.left == 0) {
            return Ok(());
        }
    }
}
