//! Pairs of loads and stores of locals become one instruction.

use terrarium_bytecode::opcode::*;

use super::graph::{Graph, NO_BLOCK};
use super::nops;
use super::opcodes::*;
use crate::instructions::Instruction;

pub fn insert_superinstructions(graph: &mut Graph) {
    let mut any_joined = false;
    let mut block = graph.entry();
    while block != NO_BLOCK {
        if graph.may_have(block, LOCAL) && join_pairs(graph.instrs_mut(block)) {
            graph.note(block, NOPS);
            any_joined = true;
        }
        block = graph.next(block);
    }
    // Otherwise none has become redundant since they were removed last.
    if any_joined {
        nops::remove_redundant_nops(graph);
    }
}

/// Whether there were any to join.
fn join_pairs(instrs: &mut [Instruction]) -> bool {
    let mut any_joined = false;
    let mut before = 0;
    for index in 0..instrs.len() {
        let opcode = instrs[index].opcode;
        let previous = std::mem::replace(&mut before, opcode);
        // Seldom both: one branch foretells better than one for each.
        if kinds(previous) & kinds(opcode) & LOCAL == 0 {
            continue;
        }
        let joined = match (previous, opcode) {
            (LOAD_FAST, LOAD_FAST) => LOAD_FAST_LOAD_FAST,
            (STORE_FAST, LOAD_FAST) => STORE_FAST_LOAD_FAST,
            (STORE_FAST, STORE_FAST) => STORE_FAST_STORE_FAST,
            _ => continue,
        };
        if join(&mut instrs[index - 1..=index], joined) {
            any_joined = true;
            before = NOP;
        }
    }
    any_joined
}

/// Not over the end of a line, and only for locals whose numbers fit in four bits.
fn join(pair: &mut [Instruction], opcode: u16) -> bool {
    let [first, second] = pair else { return false };
    let (line, next_line) = (first.loc.line, second.loc.line);
    if line >= 0 && next_line >= 0 && line != next_line || first.oparg >= 16 || second.oparg >= 16 {
        return false;
    }
    first.set(opcode, first.oparg << 4 | second.oparg);
    second.set_nop();
    true
}
