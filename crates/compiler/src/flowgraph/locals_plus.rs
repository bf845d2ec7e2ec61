//! Fast locals: where cells and free variables stand behind the locals, and the instructions that set them up.

use rustc_hash::FxHashMap;
use terrarium_bytecode::code::{flags, kinds};
use terrarium_bytecode::opcode::*;

use super::Error;
use super::graph::{Graph, Instr, NO_BLOCK};
use crate::tree::{Location, Name};
use crate::unit::Unit;

/// `co_localsplusnames` and `co_localspluskinds`.
pub(crate) struct LocalsPlus {
    pub names: Vec<Name>,
    pub kinds: Vec<u8>,
}

/// Adds the prefix and rewrites the arguments of instructions on cells (CPython's `prepare_localsplus`).
pub fn prepare_localsplus(graph: &mut Graph, unit: &Unit) -> Result<LocalsPlus, Error> {
    let places = cell_places(unit);
    let prefix = prefix_instructions(unit, &places);
    if !prefix.is_empty() {
        let entry = graph.entry();
        graph.insert(entry, 0, &prefix);
    }
    fix_cell_offsets(graph, &places)?;
    Ok(localsplus_info(unit))
}

/// For each cell and free variable its index among the fast locals: a parameter's cell takes the parameter's place.
fn cell_places(unit: &Unit) -> Vec<u32> {
    let locals = indices(&unit.varnames, &unit.cellvars);
    let mut next = unit.varnames.len() as u32;
    let mut behind = || {
        next += 1;
        next - 1
    };
    let cells = unit.cellvars.iter().map(|name| locals.get(name).copied());
    let mut places: Vec<u32> = cells
        .map(|place| place.unwrap_or_else(&mut behind))
        .collect();
    places.extend(unit.freevars.iter().map(|_| behind()));
    places
}

/// Where each name stands; empty if nothing will be looked up.
fn indices<'n>(names: &'n [Name], wanted: &[Name]) -> FxHashMap<&'n Name, u32> {
    if wanted.is_empty() {
        return FxHashMap::default();
    }
    names.iter().zip(0..).collect()
}

/// COPY_FREE_VARS, a MAKE_CELL for each cell in order of place, and for generators RETURN_GENERATOR and POP_TOP.
fn prefix_instructions(unit: &Unit, places: &[u32]) -> Vec<Instr> {
    let mut prefix = Vec::new();
    if !unit.freevars.is_empty() {
        let count = unit.freevars.len() as u32;
        prefix.push(Instr::new(COPY_FREE_VARS, count, Location::NONE));
    }
    let mut cells: Vec<u32> = (0..unit.cellvars.len() as u32).collect();
    cells.sort_by_key(|&cell| places[cell as usize]);
    prefix.extend(
        cells
            .iter()
            .map(|&cell| Instr::new(MAKE_CELL, cell, Location::NONE)),
    );
    if unit.flags & (flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR) != 0 {
        let loc = Location {
            line: unit.firstlineno,
            end_line: unit.firstlineno,
            column: -1,
            end_column: -1,
        };
        prefix.push(Instr::new(RETURN_GENERATOR, 0, loc));
        prefix.push(Instr::new(POP_TOP, 0, loc));
    }
    prefix
}

fn fix_cell_offsets(graph: &mut Graph, places: &[u32]) -> Result<(), Error> {
    let mut block = graph.entry();
    while block != NO_BLOCK {
        for instr in graph.instrs_mut(block) {
            if let MAKE_CELL
            | LOAD_CLOSURE
            | LOAD_DEREF
            | STORE_DEREF
            | DELETE_DEREF
            | LOAD_FROM_DICT_OR_DEREF = instr.opcode
            {
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
fn localsplus_info(unit: &Unit) -> LocalsPlus {
    let cells = indices(&unit.cellvars, &unit.cellvars);
    let locals = indices(&unit.varnames, &unit.cellvars);
    let hidden = indices(&unit.fasthidden, &unit.fasthidden);
    let mut parameter_kinds = parameter_kinds(unit);
    let mut names = unit.varnames.clone();
    let mut localspluskinds = Vec::with_capacity(names.len());
    for name in &unit.varnames {
        let mut kind = kinds::LOCAL | parameter_kinds.next().unwrap_or(0);
        if hidden.contains_key(name) {
            kind |= kinds::HIDDEN;
        }
        if cells.contains_key(name) {
            kind |= kinds::CELL;
        }
        localspluskinds.push(kind);
    }
    let only_cells = unit
        .cellvars
        .iter()
        .filter(|name| !locals.contains_key(name));
    names.extend(only_cells.cloned());
    localspluskinds.resize(names.len(), kinds::CELL);
    names.extend(unit.freevars.iter().cloned());
    localspluskinds.resize(names.len(), kinds::FREE);
    LocalsPlus {
        names,
        kinds: localspluskinds,
    }
}

/// What kind of parameter each local is, in order of the locals.
fn parameter_kinds(unit: &Unit) -> impl Iterator<Item = u8> {
    let variadic = |flag: u32| u32::from(unit.flags & flag != 0);
    [
        (kinds::ARG_POS, unit.posonlyargcount),
        (kinds::ARG_POS | kinds::ARG_KW, unit.argcount),
        (kinds::ARG_KW, unit.kwonlyargcount),
        (kinds::ARG_VAR | kinds::ARG_POS, variadic(flags::VARARGS)),
        (kinds::ARG_VAR | kinds::ARG_KW, variadic(flags::VARKEYWORDS)),
    ]
    .into_iter()
    .flat_map(|(kind, count)| std::iter::repeat_n(kind, count as usize))
}
