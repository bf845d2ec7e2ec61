//! Decides tests of constants. (Small integers, which CPython gives an opcode of their own here, have it from code generation.)

use terrarium_bytecode::Constant;
use terrarium_bytecode::opcode::*;

use super::Error;
use super::consts::ConstList;
use super::graph::{Graph, NO_BLOCK};
use super::opcodes::*;
use crate::instructions::Instruction;

pub fn optimize_load_const(graph: &mut Graph, consts: &mut ConstList) -> Result<(), Error> {
    let mut block = graph.entry();
    while block != NO_BLOCK {
        if graph.may_have(block, TESTS) && optimize_block(graph.instrs_mut(block), consts)? {
            graph.note(
                block,
                NOPS | CONST | JUMPS | UNCONDITIONAL | EVAL_BREAK | CONDITIONAL,
            );
            graph.is_rerouted = true;
        }
        block = graph.next(block);
    }
    Ok(())
}

/// Whether instructions changed that are not loads.
fn optimize_block(instrs: &mut [Instruction], consts: &mut ConstList) -> Result<bool, Error> {
    let mut is_changed = false;
    for index in 0..instrs.len() {
        if loads_const(instrs[index].opcode) {
            is_changed |= optimize_load(instrs, index, consts)?;
        }
    }
    Ok(is_changed)
}

/// Of the load of a constant at `index`.
fn optimize_load(
    instrs: &mut [Instruction],
    mut index: usize,
    consts: &mut ConstList,
) -> Result<bool, Error> {
    // The constant on top of the stack: loaded just now, or a copy of one loaded before.
    let Instruction { opcode, oparg, .. } = instrs[index];
    while let Some(next) = instrs.get(index + 1) {
        match next.opcode {
            COPY if opcode == LOAD_CONST && next.oparg == 1 => {}
            POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | JUMP_IF_FALSE | JUMP_IF_TRUE => {
                decide_jump(instrs, index, consts.is_true(opcode, oparg)?);
                return Ok(true);
            }
            IS_OP if consts.is_none(opcode, oparg)? => {
                fold_is_none(instrs, index);
                return Ok(true);
            }
            TO_BOOL => {
                let truth = match consts.is_true(opcode, oparg)? {
                    true => Constant::True,
                    false => Constant::False,
                };
                instrs[index].set_nop();
                // The loop comes to this one next.
                instrs[index + 1].set(LOAD_CONST, consts.add(truth));
                return Ok(true);
            }
            _ => break,
        }
        index += 1;
    }
    Ok(false)
}

/// A conditional jump on the constant loaded at `index` always or never jumps.
fn decide_jump(instrs: &mut [Instruction], index: usize, is_true: bool) {
    let jump = instrs[index + 1].opcode;
    if matches!(jump, POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE) {
        instrs[index].set_nop();
    }
    let jumps_if_true = matches!(jump, POP_JUMP_IF_TRUE | JUMP_IF_TRUE);
    if is_true == jumps_if_true {
        instrs[index + 1].opcode = JUMP;
    } else {
        instrs[index + 1].set_nop();
    }
}

/// `x is None` and `x is not None` before a jump become POP_JUMP_IF_NONE and POP_JUMP_IF_NOT_NONE.
fn fold_is_none(instrs: &mut [Instruction], index: usize) {
    let mut at = index + 2;
    if instrs.get(at).is_some_and(|instr| instr.opcode == TO_BOOL) {
        instrs[at].set_nop();
        at += 1;
    }
    let Some(jump) = instrs.get(at).map(|instr| instr.opcode) else {
        return;
    };
    let mut invert = instrs[index + 1].oparg != 0;
    match jump {
        POP_JUMP_IF_FALSE => invert = !invert,
        POP_JUMP_IF_TRUE => {}
        _ => return,
    }
    instrs[index].set_nop();
    instrs[index + 1].set_nop();
    instrs[at].opcode = if invert {
        POP_JUMP_IF_NOT_NONE
    } else {
        POP_JUMP_IF_NONE
    };
}
