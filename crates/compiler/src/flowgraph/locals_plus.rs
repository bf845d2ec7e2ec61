//! Fast locals: where cells and free variables stand behind the locals, and the instructions that set them up.

use rustc_hash::FxHashMap;
use terrarium_bytecode::code::{flags, kinds};
use terrarium_bytecode::opcode::*;

use super::Error;
use super::graph::{Graph, NO_BLOCK};
use super::opcodes::{CELL, is};
use crate::instructions::Instruction;
use crate::tree::{Location, Name};
use crate::unit::Unit;

/// Adds the prefix and rewrites the arguments of instructions on cells (CPython's `prepare_localsplus`). Takes the names of locals out of
/// the unit. Returns `co_localsplusnames`; `co_localspluskinds` stays in the graph.
pub fn prepare_localsplus<'a>(
    graph: &mut Graph,
    unit: &mut Unit<'a>,
) -> Result<Vec<Name<'a>>, Error> {
    let parameters = cell_parameters(unit);
    let places = cell_places(unit, &parameters);
    let prefix = prefix_instructions(unit, &places);
    if !prefix.is_empty() {
        let entry = graph.entry();
        graph.insert(entry, 0, &prefix);
    }
    if !prefix.is_empty() || graph.any_may_have(CELL) {
        fix_cell_offsets(graph, &places)?;
    }
    Ok(localsplus_info(graph, unit, &parameters))
}

/// For each cell variable the index of the local of its name, which is a parameter, if there is one.
fn cell_parameters(unit: &Unit) -> Vec<Option<u32>> {
    if unit.cellvars.is_empty() {
        return Vec::new();
    }
    let locals: FxHashMap<&Name, u32> = unit.varnames.iter().zip(0..).collect();
    let cells = unit.cellvars.iter();
    cells.map(|name| locals.get(name).copied()).collect()
}

/// For each cell and free variable its index among the fast locals: a parameter's cell takes the parameter's place.
fn cell_places(unit: &Unit, parameters: &[Option<u32>]) -> Vec<u32> {
    let mut next = unit.varnames.len() as u32;
    let mut behind = || {
        next += 1;
        next - 1
    };
    let mut places = Vec::with_capacity(parameters.len() + unit.freevars.len());
    places.extend(
        parameters
            .iter()
            .map(|place| place.unwrap_or_else(&mut behind)),
    );
    places.extend(unit.freevars.iter().map(|_| behind()));
    places
}

/// COPY_FREE_VARS, a MAKE_CELL for each cell in order of place, and for generators RETURN_GENERATOR and POP_TOP.
fn prefix_instructions(unit: &Unit, places: &[u32]) -> Vec<Instruction> {
    let mut prefix = Vec::new();
    if !unit.freevars.is_empty() {
        let count = unit.freevars.len() as u32;
        prefix.push(Instruction::new(COPY_FREE_VARS, count, Location::NONE));
    }
    if !unit.cellvars.is_empty() {
        let mut cells: Vec<u32> = (0..unit.cellvars.len() as u32).collect();
        cells.sort_by_key(|&cell| places[cell as usize]);
        let cells = cells.iter();
        prefix.extend(cells.map(|&cell| Instruction::new(MAKE_CELL, cell, Location::NONE)));
    }
    if unit.flags & (flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR) != 0 {
        let loc = Location {
            line: unit.firstlineno,
            end_line: unit.firstlineno,
            column: -1,
            end_column: -1,
        };
        prefix.push(Instruction::new(RETURN_GENERATOR, 0, loc));
        prefix.push(Instruction::new(POP_TOP, 0, loc));
    }
    prefix
}

fn fix_cell_offsets(graph: &mut Graph, places: &[u32]) -> Result<(), Error> {
    let mut block = graph.entry();
    while block != NO_BLOCK {
        let of_cells = match graph.may_have(block, CELL) {
            true => graph.instrs_mut(block),
            false => &mut [],
        };
        for instr in of_cells {
            if is(instr.opcode, CELL) {
                let place = places.get(instr.oparg as usize);
                instr.oparg = *place.ok_or(Error::BadArgument {
                    opcode: instr.opcode,
                    oparg: instr.oparg,
                })?;
            }
        }
        block = graph.next(block);
    }
    Ok(())
}

/// CPython's `compute_localsplus_info` (Python/assemble.c).
fn localsplus_info<'a>(
    graph: &mut Graph,
    unit: &mut Unit<'a>,
    cell_parameters: &[Option<u32>],
) -> Vec<Name<'a>> {
    let mut names = std::mem::take(&mut unit.varnames);
    let all = &mut graph.localspluskinds;
    all.clear();
    all.resize(names.len(), kinds::LOCAL);
    add_parameter_kinds(unit, all);
    if !unit.fasthidden.is_empty() {
        for (name, kind) in names.iter().zip(&mut *all) {
            if unit.fasthidden.contains(name) {
                *kind |= kinds::HIDDEN;
            }
        }
    }
    for (name, parameter) in unit.cellvars.iter().zip(cell_parameters) {
        match parameter {
            Some(place) => all[*place as usize] |= kinds::CELL,
            None => names.push(*name),
        }
    }
    all.resize(names.len(), kinds::CELL);
    names.extend(unit.freevars.iter().cloned());
    all.resize(names.len(), kinds::FREE);
    names
}

/// Adds to the kind of each local what kind of parameter it is.
fn add_parameter_kinds(unit: &Unit, locals: &mut [u8]) {
    let variadic = |flag: u32| u32::from(unit.flags & flag != 0);
    let mut locals = locals.iter_mut();
    for (kind, count) in [
        (kinds::ARG_POS, unit.posonlyargcount),
        (kinds::ARG_POS | kinds::ARG_KW, unit.argcount),
        (kinds::ARG_KW, unit.kwonlyargcount),
        (kinds::ARG_VAR | kinds::ARG_POS, variadic(flags::VARARGS)),
        (kinds::ARG_VAR | kinds::ARG_KW, variadic(flags::VARKEYWORDS)),
    ] {
        for local in locals.by_ref().take(count as usize) {
            *local |= kind;
        }
    }
}
