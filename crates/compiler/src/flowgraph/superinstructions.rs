//! Pairs of loads and stores of locals become one instruction.

use terrarium_bytecode::opcode::*;

use super::graph::{Graph, Instr, NO_BLOCK};
use super::nops;

pub fn insert_superinstructions(graph: &mut Graph) {
    let mut any_joined = false;
    let mut block = graph.entry();
    while block != NO_BLOCK {
        let instrs = graph.instrs_mut(block);
        for index in 1..instrs.len() {
            let pair = (instrs[index - 1].opcode, instrs[index].opcode);
            let joined = match pair {
                (LOAD_FAST, LOAD_FAST) => LOAD_FAST_LOAD_FAST,
                (STORE_FAST, LOAD_FAST) => STORE_FAST_LOAD_FAST,
                (STORE_FAST, STORE_FAST) => STORE_FAST_STORE_FAST,
                _ => continue,
            };
            any_joined |= join(&mut instrs[index - 1..=index], joined);
        }
        block = graph.next(block);
    }
    // Otherwise none has become redundant since they were removed last.
    if any_joined {
        nops::remove_redundant_nops(graph);
    }
}

/// Not over the end of a line, and only for locals whose numbers fit in four bits.
fn join(pair: &mut [Instr], opcode: u16) -> bool {
    let [first, second] = pair else { return false };
    let (line, next_line) = (first.loc.line, second.loc.line);
    if line >= 0 && next_line >= 0 && line != next_line || first.oparg >= 16 || second.oparg >= 16 {
        return false;
    }
    first.set(opcode, first.oparg << 4 | second.oparg);
    second.set_nop();
    true
}
