//! LOAD_FAST_CHECK where a local may be unbound.

use terrarium_bytecode::opcode::*;

use super::graph::{Block, BlockId, Graph, NO_BLOCK};
use super::opcodes::*;

/// How many locals are followed from block to block; the others are within each block only, to keep the time linear.
const TRACKED: usize = 64;

/// `nparams` of the `nlocals` locals are bound on entry.
pub fn add_checks_for_loads_of_uninitialized_variables(
    graph: &mut Graph,
    nlocals: usize,
    nparams: usize,
) {
    if nlocals == 0 {
        return;
    }
    if nlocals > TRACKED {
        scan_many_locals(graph, nlocals);
    }
    graph.clear_visited();
    let mut todo = Vec::new();
    let unbound = (nparams..nlocals.min(TRACKED)).fold(0, |mask, local| mask | 1 << local);
    let entry = graph.entry();
    mark_unsafe(&mut graph.blocks, entry, unbound, &mut todo);
    // Any block may delete a local, so each is scanned at least once.
    let mut block = entry;
    while block != NO_BLOCK {
        scan_block(graph, block, &mut todo);
        block = graph.next(block);
    }
    while let Some(block) = todo.pop() {
        graph.block_mut(block).visited = false;
        scan_block(graph, block, &mut todo);
    }
}

/// Notes that locals of `mask` may be unbound on entry to the block; `visited` means that it waits in `todo`.
fn mark_unsafe(blocks: &mut [Block], block: BlockId, mask: u64, todo: &mut Vec<BlockId>) {
    let found = &mut blocks[block as usize];
    if found.unsafe_locals | mask != found.unsafe_locals {
        found.unsafe_locals |= mask;
        if !found.visited {
            found.visited = true;
            todo.push(block);
        }
    }
}

fn scan_block(graph: &mut Graph, block: BlockId, todo: &mut Vec<BlockId>) {
    let mut mask = graph.block(block).unsafe_locals;
    // What the handler was told last.
    let mut told = (NO_BLOCK, 0);
    let range = graph.range(block);
    let Graph { instrs, blocks, .. } = graph;
    for instr in &mut instrs[range] {
        if instr.except != NO_BLOCK && told != (instr.except, mask) {
            told = (instr.except, mask);
            mark_unsafe(blocks, told.0, mask, todo);
        }
        if !is_about_local(instr.opcode) || instr.oparg as usize >= TRACKED {
            continue;
        }
        let bit = 1 << instr.oparg;
        match instr.opcode {
            DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL => mask |= bit,
            STORE_FAST | LOAD_FAST_CHECK => mask &= !bit,
            LOAD_FAST => {
                if mask & bit != 0 {
                    instr.opcode = LOAD_FAST_CHECK;
                }
                mask &= !bit;
            }
            _ => {}
        }
    }
    let next = graph.next(block);
    if next != NO_BLOCK && graph.has_fallthrough(block) {
        mark_unsafe(&mut graph.blocks, next, mask, todo);
    }
    if let Some(&last) = graph.last(block)
        && is_jump(last.opcode)
    {
        mark_unsafe(&mut graph.blocks, last.target, mask, todo);
    }
}

/// The locals past the first 64: bound only if the same block bound them.
fn scan_many_locals(graph: &mut Graph, nlocals: usize) {
    let mut bound_in = vec![0; nlocals - TRACKED];
    let mut number = 0;
    let mut block = graph.entry();
    while block != NO_BLOCK {
        number += 1;
        for instr in graph.instrs_mut(block) {
            let local = (instr.oparg as usize).wrapping_sub(TRACKED);
            let Some(bound) = bound_in.get_mut(local) else {
                continue;
            };
            match instr.opcode {
                DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL => *bound = number - 1,
                STORE_FAST => *bound = number,
                LOAD_FAST => {
                    if *bound != number {
                        instr.opcode = LOAD_FAST_CHECK;
                    }
                    *bound = number;
                }
                _ => {}
            }
        }
        block = graph.next(block);
    }
}
