//! Drops constants that no instruction loads; the first stays, as it may be the docstring.

use terrarium_bytecode::opcode::LOAD_CONST;

use super::consts::ConstList;
use super::graph::Graph;

pub fn remove_unused_consts(graph: &mut Graph, consts: &mut ConstList) {
    if consts.list.is_empty() {
        return;
    }
    const UNUSED: u32 = u32::MAX;
    let mut places = vec![UNUSED; consts.list.len()];
    places[0] = 0;
    for block in 0..graph.blocks.len() as u32 {
        for instr in graph.instrs(block) {
            if instr.opcode == LOAD_CONST {
                places[instr.oparg as usize] = 0;
            }
        }
    }
    let mut used = 0;
    for place in &mut places {
        if *place != UNUSED {
            *place = used;
            used += 1;
        }
    }
    if used as usize == places.len() {
        return;
    }
    let mut place = places.iter();
    consts
        .list
        .retain(|_| place.next().is_some_and(|&place| place != UNUSED));
    for block in 0..graph.blocks.len() as u32 {
        for instr in graph.instrs_mut(block) {
            if instr.opcode == LOAD_CONST {
                instr.oparg = places[instr.oparg as usize];
            }
        }
    }
}
