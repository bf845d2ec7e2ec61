//! LOAD_FAST_CHECK where a local may be unbound.

use terrarium_bytecode::opcode::*;

use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;
use crate::instructions::Instruction;

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
    let unbound = (nparams..nlocals.min(TRACKED)).fold(0, |mask, local| mask | 1 << local);
    if unbound == 0 && !graph.any_may_have(UNBINDS) {
        return;
    }
    graph.start_walk();
    let entry = graph.entry();
    mark_unsafe(graph, entry, unbound);
    // Any block may delete a local, so each is scanned at least once.
    let mut block = entry;
    while block != NO_BLOCK {
        graph.unmark(block);
        scan_block(graph, block);
        block = graph.next(block);
    }
    while let Some(block) = graph.next_reached() {
        // Since it was told, it may have been scanned.
        if graph.is_marked(block) {
            graph.unmark(block);
            scan_block(graph, block);
        }
    }
}

/// Notes that locals of `mask` may be unbound on entry to the block; marked are those that wait for a visit.
#[inline]
fn mark_unsafe(graph: &mut Graph, block: BlockId, mask: u64) {
    let found = graph.block_mut(block);
    if found.unsafe_locals | mask != found.unsafe_locals {
        found.unsafe_locals |= mask;
        graph.reach(block);
    }
}

fn scan_block(graph: &mut Graph, block: BlockId) {
    let unbound = graph.block(block).unsafe_locals;
    let mask = match graph.has_handlers {
        true => follow_handled(graph, block, unbound),
        false => {
            let unbinds = graph.may_have(block, UNBINDS);
            match (unbound != 0 || unbinds) && graph.may_have(block, LOCAL) {
                true => follow_all(graph.instrs_mut(block), unbound),
                false => unbound,
            }
        }
    };
    if mask == 0 {
        // Nothing to tell others.
        return;
    }
    let next = graph.next(block);
    if next != NO_BLOCK && graph.has_fallthrough(block) {
        mark_unsafe(graph, next, mask);
    }
    if graph.may_have(block, JUMPS)
        && let Some(target) = graph.jump_target(block)
    {
        mark_unsafe(graph, target, mask);
    }
}

/// Follows the locals that may be unbound through instructions that no handler covers. Returns those that may be behind them.
fn follow_all(instrs: &mut [Instruction], mut mask: u64) -> u64 {
    for instr in instrs {
        follow(instr, &mut mask);
    }
    mask
}

/// The same where handlers cover instructions, and may be entered before any of them.
fn follow_handled(graph: &mut Graph, block: BlockId, mut mask: u64) -> u64 {
    let unbinds = graph.may_have(block, UNBINDS);
    // What the handler was told last.
    let mut told = (NO_BLOCK, 0);
    for at in graph.range(block) {
        if mask == 0 && !unbinds {
            break;
        }
        let instr = &mut graph.instrs[at];
        let before = mask;
        follow(instr, &mut mask);
        let handler = instr.handler;
        if handler != NO_BLOCK && told != (handler, before) {
            told = (handler, before);
            mark_unsafe(graph, handler, before);
        }
    }
    mask
}

/// What the instruction changes of the locals that may be unbound; a load of one becomes LOAD_FAST_CHECK.
#[inline]
fn follow(instr: &mut Instruction, mask: &mut u64) {
    let kinds = kinds(instr.opcode);
    let is_tracked = (kinds & LOCAL != 0) & ((instr.oparg as usize) < TRACKED);
    let bit = u64::from(is_tracked) << (instr.oparg as usize % TRACKED);
    // Most instructions are of no local, or of one that is bound.
    if (*mask & bit) | u64::from(kinds & UNBINDS) == 0 {
        return;
    }
    if kinds & UNBINDS != 0 {
        *mask |= bit;
        return;
    }
    if instr.opcode == LOAD_FAST {
        instr.opcode = LOAD_FAST_CHECK;
    }
    // Loaded without an error or stored to, it is bound.
    *mask &= !bit;
}

/// The locals past the first 64: bound only if the same block bound them.
fn scan_many_locals(graph: &mut Graph, nlocals: usize) {
    let mut bound_in = vec![0; nlocals - TRACKED];
    let mut number = 0;
    let mut block = graph.entry();
    while block != NO_BLOCK {
        number += 1;
        if !graph.may_have(block, LOCAL) {
            block = graph.next(block);
            continue;
        }
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
