//! What becomes of `co_code` when a code object is made, and the way back: the inline caches get their first counters (Python/specialize.c,
//! `_PyCode_Quicken`; Include/internal/pycore_backoff.h), and lose what they learnt (Objects/codeobject.c, `_PyCode_GetCode`).

use crate::opcode;

/// A counter of 12 bits and its back-off of 4.
const fn backoff(value: u16, backoff: u16) -> u16 {
    value << 4 | backoff
}

/// Of an adaptive instruction that was never run.
pub const WARMUP: u16 = backoff(1, 1);
/// Of JUMP_BACKWARD, towards a trace.
pub const JUMP_BACKWARD: u16 = backoff(4095, 12);
/// The cache of a conditional jump is the history of its last sixteen outcomes; it starts undecided.
pub const BRANCH_HISTORY: u16 = 0x5555;

/// Sets the first counters in `code`. Instructions stay as they are; an odd last byte is left alone.
pub fn quicken(code: &mut [u8]) {
    let mut at = 0;
    while at + 1 < code.len() {
        let op = u16::from(code[at]);
        let caches = opcode::caches(op);
        if caches > 0 && at + 3 < code.len() {
            let counter = match op {
                opcode::JUMP_BACKWARD => JUMP_BACKWARD,
                opcode::POP_JUMP_IF_FALSE
                | opcode::POP_JUMP_IF_TRUE
                | opcode::POP_JUMP_IF_NONE
                | opcode::POP_JUMP_IF_NOT_NONE => BRANCH_HISTORY,
                _ => WARMUP,
            };
            code[at + 2..at + 4].copy_from_slice(&counter.to_le_bytes());
        }
        at += 2 + 2 * caches;
    }
}

/// Makes of instructions in memory what `co_code` shows: specialised and instrumented ones become what they stand for, caches zero. Where only the
/// code's monitoring data knows what stood there (INSTRUMENTED_LINE, INSTRUMENTED_INSTRUCTION, ENTER_EXECUTOR), the caller must have put it back before.
pub fn deopt(code: &mut [u8]) {
    let mut at = 0;
    while at + 1 < code.len() {
        let op = opcode::uninstrumented(opcode::family(code[at].into()));
        // Only opcodes of one byte stand for each other.
        code[at] = op as u8;
        let end = at + 2 + 2 * opcode::caches(op);
        let cache_end = end.min(code.len());
        code[at + 2..cache_end].fill(0);
        at = end;
    }
}
