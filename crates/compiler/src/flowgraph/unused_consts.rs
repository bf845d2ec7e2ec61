//! Drops constants that no instruction loads; the first stays, as it may be the docstring.

use std::hint::select_unpredictable;

use terrarium_bytecode::opcode::LOAD_CONST;

use super::consts::ConstList;
use super::graph::Graph;

/// Marks a constant without a place in the new list.
const UNUSED: u32 = u32::MAX;

pub fn remove_unused_consts(graph: &mut Graph, consts: &mut ConstList) {
    if consts.list.is_empty() {
        return;
    }
    let mut places = std::mem::take(&mut graph.places);
    places.clear();
    places.resize(consts.list.len(), UNUSED);
    places[0] = 0;
    for instr in &graph.instrs {
        // The first is marked already: no branch that would be foretold badly.
        let is_load = instr.opcode == LOAD_CONST;
        places[select_unpredictable(is_load, instr.oparg, 0) as usize] = 0;
    }
    if places.contains(&UNUSED) {
        drop_unused(graph, consts, &mut places);
    }
    graph.places = places;
}

/// Drops the constants marked as unused, and renumbers the others.
fn drop_unused(graph: &mut Graph, consts: &mut ConstList, places: &mut [u32]) {
    let mut used = 0;
    for place in places.iter_mut() {
        if *place != UNUSED {
            *place = used;
            used += 1;
        }
    }
    let mut place = places.iter();
    consts
        .list
        .retain(|_| place.next().is_some_and(|&place| place != UNUSED));
    for instr in &mut graph.instrs {
        let is_load = instr.opcode == LOAD_CONST;
        let place = places[select_unpredictable(is_load, instr.oparg, 0) as usize];
        instr.oparg = select_unpredictable(is_load, place, instr.oparg);
    }
}
