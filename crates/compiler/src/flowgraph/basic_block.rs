//! Peephole optimisations within a block, and jumps to jumps (CPython's `optimize_basic_block`).

use terrarium_bytecode::opcode::*;

use super::Error;
use super::consts::ConstList;
use super::fold_constants::*;
use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;
use super::swaps;
use crate::instructions::Instruction;

const INTRINSIC_UNARY_POSITIVE: u32 = 5;
const INTRINSIC_LIST_TO_TUPLE: u32 = 6;

/// Bit of COMPARE_OP's argument: convert the result to a bool.
const COMPARE_TO_BOOL: u32 = 16;

pub fn optimize_basic_block(
    graph: &mut Graph,
    block: BlockId,
    consts: &mut ConstList,
) -> Result<(), Error> {
    if graph.may_have(block, PEEPHOLE) {
        let instrs = graph.instrs_mut(block);
        let mut added = 0;
        for at in 0..instrs.len() {
            if is(instrs[at].opcode, PEEPHOLE) {
                added |= optimize_instruction(instrs, at, consts)?;
            }
        }
        graph.note(block, added);
    }
    if graph.may_have(block, STORES_AGAIN) {
        drop_first_of_stores(graph.instrs_mut(block));
        graph.note(block, POP_TOPS);
    }
    if graph.may_have(block, JUMPS) {
        // The last instruction: again while there is a jump in its place.
        while thread_jump(graph, block) {}
    }
    if graph.may_have(block, SWAPS) {
        swaps::optimize_swaps(graph.instrs_mut(block));
        graph.note(block, NOPS);
    }
    Ok(())
}

/// Of two stores to the same local in a row the first only takes the value away.
fn drop_first_of_stores(instrs: &mut [Instruction]) {
    for at in 1..instrs.len() {
        let (first, second) = (instrs[at - 1], instrs[at]);
        if (first.opcode, second.opcode) == (STORE_FAST, STORE_FAST)
            && first.oparg == second.oparg
            && first.loc.line == second.loc.line
        {
            instrs[at - 1].set(POP_TOP, 0);
        }
    }
}

/// Makes a jump to a jump at the end of the block go where the second goes; whether there was one.
fn thread_jump(graph: &mut Graph, block: BlockId) -> bool {
    let Some(&instr) = graph.last(block) else {
        return false;
    };
    if !is_jump(instr.opcode) {
        return false;
    }
    let Some(&target) = graph.instrs(instr.oparg).first() else {
        return false;
    };
    let opcode = match (instr.opcode, target.opcode) {
        (POP_JUMP_IF_NOT_NONE | POP_JUMP_IF_NONE | POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE, JUMP)
        | (JUMP_IF_FALSE, JUMP | JUMP_IF_FALSE)
        | (JUMP_IF_TRUE, JUMP | JUMP_IF_TRUE)
        | (JUMP | JUMP_NO_INTERRUPT, JUMP_NO_INTERRUPT) => instr.opcode,
        (JUMP | JUMP_NO_INTERRUPT, JUMP) => JUMP,
        (JUMP_IF_FALSE, JUMP_IF_TRUE) | (JUMP_IF_TRUE, JUMP_IF_FALSE) => {
            let next = graph.next(instr.oparg);
            if let Some(last) = graph.last_mut(block)
                && next != NO_BLOCK
            {
                last.oparg = next;
                graph.is_rerouted = true;
            }
            return next != NO_BLOCK;
        }
        _ => return false,
    };
    if instr.oparg == target.oparg {
        return false;
    }
    // The NOP keeps the line, should a line event need it.
    if let Some(last) = graph.last_mut(block) {
        last.set_nop();
    }
    graph.is_rerouted = true;
    graph.note(block, NOPS);
    graph.add(block, opcode, target.oparg, target.loc);
    true
}

/// What folding puts in the place of instructions.
const FOLDED: Kinds = CONST | NOPS | LINELESS;

/// What may be done about the instruction at `at`. Returns the kinds of what came into the block.
fn optimize_instruction(
    instrs: &mut [Instruction],
    at: usize,
    consts: &mut ConstList,
) -> Result<Kinds, Error> {
    let (opcode, oparg) = (instrs[at].opcode, instrs[at].oparg);
    let next = instrs.get(at + 1).map_or(0, |next| next.opcode);
    let is_folded = match opcode {
        PUSH_NULL => return Ok(push_null_with_global(instrs, at)),
        TO_BOOL => return Ok(optimize_test(instrs, at)),
        BUILD_TUPLE if next == UNPACK_SEQUENCE => match unpack_tuple(instrs, at) {
            0 => fold_tuple(instrs, at, consts)?,
            added => return Ok(added),
        },
        BUILD_TUPLE => fold_tuple(instrs, at, consts)?,
        BUILD_LIST | BUILD_SET => optimize_lists_and_sets(instrs, at, consts)?,
        LIST_APPEND | SET_ADD => {
            oparg == 1
                && matches!(next, GET_ITER | CONTAINS_OP)
                && fold_appended(instrs, at, consts)?
        }
        SWAP => {
            if oparg == 1 {
                instrs[at].set_nop();
            }
            oparg == 1
        }
        UNARY_NOT => match optimize_test(instrs, at) {
            0 if matches!(next, TO_BOOL | UNARY_NOT) => false,
            0 => fold_unary(instrs, at, consts)?,
            added => return Ok(added),
        },
        UNARY_INVERT | UNARY_NEGATIVE => fold_unary(instrs, at, consts)?,
        CALL_INTRINSIC_1 if oparg == INTRINSIC_LIST_TO_TUPLE => {
            let is_folded = fold_list_to_tuple(instrs, at, consts)?;
            if next == GET_ITER && !is_folded {
                // A list iterates as well as a tuple.
                instrs[at].set_nop();
            }
            true
        }
        CALL_INTRINSIC_1 if oparg == INTRINSIC_UNARY_POSITIVE => fold_unary(instrs, at, consts)?,
        BINARY_OP => fold_binary(instrs, at, consts)?,
        _ => false,
    };
    Ok(if is_folded { FOLDED } else { 0 })
}

/// BUILD_TUPLE at `at` with UNPACK_SEQUENCE behind it: up to three values need no tuple.
fn unpack_tuple(instrs: &mut [Instruction], at: usize) -> Kinds {
    let oparg = instrs[at].oparg;
    if oparg != instrs[at + 1].oparg || !(1..=3).contains(&oparg) {
        return 0;
    }
    instrs[at].set_nop();
    match oparg {
        1 => instrs[at + 1].set_nop(),
        _ => instrs[at + 1].opcode = SWAP,
    }
    NOPS | SWAPS
}

/// PUSH_NULL at `at`: the load of a global right before can do it too.
fn push_null_with_global(instrs: &mut [Instruction], at: usize) -> Kinds {
    let Some(load) = at.checked_sub(1).map(|before| &mut instrs[before]) else {
        return 0;
    };
    if load.opcode != LOAD_GLOBAL || load.oparg & 1 != 0 {
        return 0;
    }
    load.oparg |= 1;
    instrs[at].set_nop();
    NOPS
}

/// A test whose result the instruction at `at` makes a bool or turns around.
fn optimize_test(instrs: &mut [Instruction], at: usize) -> Kinds {
    let Some(before) = at.checked_sub(1) else {
        return 0;
    };
    let (opcode, oparg) = (instrs[before].opcode, instrs[before].oparg);
    let (opcode, oparg) = match (opcode, instrs[at].opcode) {
        (COMPARE_OP, TO_BOOL) => (COMPARE_OP, oparg | COMPARE_TO_BOOL),
        (CONTAINS_OP | IS_OP, TO_BOOL) => (opcode, oparg),
        (CONTAINS_OP | IS_OP, UNARY_NOT) => (opcode, oparg ^ 1),
        (TO_BOOL, TO_BOOL) => (TO_BOOL, instrs[at].oparg),
        (UNARY_NOT, TO_BOOL) => (UNARY_NOT, 0),
        (UNARY_NOT, UNARY_NOT) => (NOP, 0),
        _ => return 0,
    };
    instrs[before].set_nop();
    instrs[at].set(opcode, oparg);
    NOPS
}
