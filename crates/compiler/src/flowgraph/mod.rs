//! The control flow graph: from a unit's instruction sequence to the instructions the assembler writes, pass by pass in the order of
//! CPython's Python/flowgraph.c. Decides opcodes, constants and their order, locations and stack size; never writes bytes.
//!
//! Each pass is a file named after what it does. Passes leave NOPs where they take instructions away; `nops` removes them when line
//! events allow it.
//!
//! What code generation shows for `x = 1 + 2 if y else 0` becomes: the constant is folded, the end is copied, names are loaded as before.
//!
//! ```text
//! out   0 RESUME 0                 6 LOAD_CONST 1 (None)
//!       1 LOAD_NAME 0 (y)          7 RETURN_VALUE
//!       2 TO_BOOL                  8 LOAD_SMALL_INT 0
//!       3 POP_JUMP_IF_FALSE 8      9 STORE_NAME 1 (x)
//!       4 LOAD_SMALL_INT 3        10 LOAD_CONST 1 (None)
//!       5 STORE_NAME 1 (x)        11 RETURN_VALUE
//! ```

mod basic_block;
mod borrow;
mod build;
mod checks;
mod cold;
mod consts;
mod error;
mod exceptions;
mod fold_constants;
mod graph;
mod inline;
mod lines;
mod load_const;
mod locals_plus;
mod nops;
mod normalize;
pub(crate) mod opcodes;
mod pseudo;
mod stack_depth;
mod superinstructions;
mod swaps;
mod unreachable;
mod unused_consts;

use crate::constants::{ConstantId, Constants};
use crate::tree::Name;
use crate::unit::Unit;

use consts::ConstList;
pub(crate) use graph::{BlockId, Graph, NO_BLOCK};

pub use error::Error;

/// What the passes make of a unit, besides the instructions.
pub(crate) struct Optimized<'a> {
    /// `co_consts`, by their numbers in the module.
    pub consts: Vec<ConstantId>,
    /// `co_stacksize`, before the minimum of one.
    pub stack_depth: u32,
    /// `co_localsplusnames`; the graph has `co_localspluskinds`.
    pub localsplusnames: Vec<Name<'a>>,
}

/// Runs every pass on the unit, in `graph`, whatever that held before.
pub(crate) fn optimize<'a>(
    graph: &mut Graph,
    unit: &mut Unit<'a>,
    constants: &mut Constants,
) -> Result<Optimized<'a>, Error> {
    build::from_sequence(graph, &mut unit.sequence)?;
    let mut consts = ConstList::new(std::mem::take(&mut unit.consts), constants);
    optimize_code_unit(graph, &mut consts, unit)?;
    let (stack_depth, localsplusnames) = prepare_for_assembly(graph, unit)?;
    Ok(Optimized {
        consts: consts.into_list(),
        stack_depth,
        localsplusnames,
    })
}

/// A unit's graph to be shown.
pub(crate) struct Shown {
    pub graph: Graph,
    /// Its blocks in order.
    pub order: Vec<BlockId>,
    pub consts: Vec<ConstantId>,
}

/// What the passes up to the resolving of line numbers make of a unit, and borrowed loads, as CPython's `_PyCompile_OptimizeCfg` gives it.
pub(crate) fn optimized_graph(unit: &Unit, constants: &mut Constants) -> Result<Shown, Error> {
    let mut graph = Graph::default();
    build::from_sequence(&mut graph, &mut unit.sequence.clone())?;
    let mut consts = ConstList::new(unit.consts.clone(), constants);
    optimize_code_unit(&mut graph, &mut consts, unit)?;
    borrow::optimize_load_fast(&mut graph);
    let mut order = Vec::new();
    graph.put_in_order(&mut order);
    Ok(Shown {
        graph,
        order,
        consts: consts.into_list(),
    })
}

/// CPython's `_PyCfg_OptimizeCodeUnit`.
fn optimize_code_unit(graph: &mut Graph, consts: &mut ConstList, unit: &Unit) -> Result<(), Error> {
    exceptions::label_exception_targets(graph)?;
    optimize_cfg(graph, consts)?;
    unused_consts::remove_unused_consts(graph, consts);
    checks::add_checks_for_loads_of_uninitialized_variables(
        graph,
        unit.varnames.len(),
        unit.parameter_count(),
    );
    superinstructions::insert_superinstructions(graph);
    cold::push_cold_blocks_to_end(graph)?;
    lines::resolve_line_numbers(graph);
    Ok(())
}

/// CPython's `optimize_cfg`.
fn optimize_cfg(graph: &mut Graph, consts: &mut ConstList) -> Result<(), Error> {
    inline::inline_small_or_no_lineno_blocks(graph);
    unreachable::remove_unreachable(graph);
    lines::resolve_line_numbers(graph);
    load_const::optimize_load_const(graph, consts)?;
    let mut block = graph.entry();
    while block != NO_BLOCK {
        basic_block::optimize_basic_block(graph, block, consts)?;
        block = graph.next(block);
    }
    nops::remove_redundant_nops_and_pairs(graph);
    unreachable::remove_unreachable(graph);
    nops::remove_redundant_nops_and_jumps(graph)
}

/// CPython's `_PyCfg_OptimizedCfgToInstructionSequence`: stack depth and fast locals.
fn prepare_for_assembly<'a>(
    graph: &mut Graph,
    unit: &mut Unit<'a>,
) -> Result<(u32, Vec<Name<'a>>), Error> {
    pseudo::convert_pseudo_conditional_jumps(graph);
    let stack_depth = stack_depth::calculate_stackdepth(graph)?;
    let localsplusnames = locals_plus::prepare_localsplus(graph, unit)?;
    pseudo::convert_pseudo_ops(graph)?;
    normalize::normalize_jumps(graph);
    borrow::optimize_load_fast(graph);
    Ok((stack_depth, localsplusnames))
}
