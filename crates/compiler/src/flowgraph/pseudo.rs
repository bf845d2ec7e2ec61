//! Pseudo-opcodes become real ones.

use terrarium_bytecode::opcode::*;

use super::Error;
use super::graph::{Graph, NO_BLOCK};
use super::nops;
use super::opcodes::*;
use crate::instructions::Instruction;

/// JUMP_IF_FALSE and JUMP_IF_TRUE, which keep the value, copy it and test the copy.
pub fn convert_pseudo_conditional_jumps(graph: &mut Graph) {
    let mut block = graph.entry();
    while block != NO_BLOCK {
        if graph.may_have(block, JUMPS)
            && let Some(last) = graph.last_mut(block)
            && matches!(last.opcode, JUMP_IF_FALSE | JUMP_IF_TRUE)
        {
            last.opcode = match last.opcode {
                JUMP_IF_FALSE => POP_JUMP_IF_FALSE,
                _ => POP_JUMP_IF_TRUE,
            };
            let (loc, handler) = (last.loc, last.handler);
            let at = graph.len(block) - 1;
            let added = [(COPY, 1), (TO_BOOL, 0)].map(|(opcode, oparg)| Instruction {
                handler,
                ..Instruction::new(opcode, oparg, loc)
            });
            graph.insert(block, at, &added);
            graph.note(block, CONDITIONAL);
        }
        block = graph.next(block);
    }
}

/// Block pushes, and loads and stores that only differ for the passes before.
pub fn convert_pseudo_ops(graph: &mut Graph) -> Result<(), Error> {
    let mut block = graph.entry();
    while block != NO_BLOCK {
        if graph.may_have(block, PSEUDO) {
            graph.instrs_mut(block).iter_mut().for_each(convert);
            graph.note(block, NOPS | LOCAL | BORROWABLE);
            graph.block_mut(block).kinds &= !(PSEUDO | BLOCK_PUSH);
        }
        block = graph.next(block);
    }
    nops::remove_redundant_nops_and_jumps(graph)
}

fn convert(instr: &mut Instruction) {
    match instr.opcode {
        LOAD_CLOSURE => instr.opcode = LOAD_FAST,
        STORE_FAST_MAYBE_NULL => instr.opcode = STORE_FAST,
        opcode if is_block_push(opcode) => instr.set_nop(),
        _ => {}
    }
}
