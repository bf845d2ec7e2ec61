//! What the passes ask of an opcode (Include/internal/pycore_opcode_utils.h and pycore_opcode_metadata.h).

use terrarium_bytecode::opcode::*;

const JUMPS: u8 = 1;
const BLOCK_PUSH: u8 = 2;
const UNCONDITIONAL: u8 = 4;
const SCOPE_EXIT: u8 = 8;
const EVAL_BREAK: u8 = 16;
const CONDITIONAL: u8 = 32;
const PEEPHOLE: u8 = 64;

/// Loads, stores and deletes of a local.
const LOCAL: u8 = 128;

const COUNT: usize = 512;

static KINDS: [u8; COUNT] = {
    let mut kinds = [0; COUNT];
    let sets: [(&[u16], u8); 8] = [
        (
            &[
                END_ASYNC_FOR,
                FOR_ITER,
                JUMP_BACKWARD,
                JUMP_BACKWARD_NO_INTERRUPT,
                JUMP_FORWARD,
                POP_JUMP_IF_FALSE,
                POP_JUMP_IF_NONE,
                POP_JUMP_IF_NOT_NONE,
                POP_JUMP_IF_TRUE,
                SEND,
                JUMP,
                JUMP_IF_FALSE,
                JUMP_IF_TRUE,
                JUMP_NO_INTERRUPT,
            ],
            JUMPS,
        ),
        (&[SETUP_FINALLY, SETUP_CLEANUP, SETUP_WITH], BLOCK_PUSH),
        (
            &[
                JUMP,
                JUMP_NO_INTERRUPT,
                JUMP_FORWARD,
                JUMP_BACKWARD,
                JUMP_BACKWARD_NO_INTERRUPT,
            ],
            UNCONDITIONAL,
        ),
        (&[RETURN_VALUE, RAISE_VARARGS, RERAISE], SCOPE_EXIT),
        (
            &[CALL, CALL_FUNCTION_EX, JUMP, JUMP_BACKWARD, RESUME],
            EVAL_BREAK,
        ),
        (
            &[
                POP_JUMP_IF_FALSE,
                POP_JUMP_IF_NONE,
                POP_JUMP_IF_NOT_NONE,
                POP_JUMP_IF_TRUE,
            ],
            CONDITIONAL,
        ),
        (
            &[
                BUILD_TUPLE,
                BUILD_LIST,
                BUILD_SET,
                LIST_APPEND,
                SET_ADD,
                STORE_FAST,
                SWAP,
                LOAD_GLOBAL,
                COMPARE_OP,
                CONTAINS_OP,
                IS_OP,
                TO_BOOL,
                UNARY_NOT,
                UNARY_INVERT,
                UNARY_NEGATIVE,
                CALL_INTRINSIC_1,
                BINARY_OP,
            ],
            PEEPHOLE,
        ),
        (
            &[
                LOAD_FAST,
                STORE_FAST,
                DELETE_FAST,
                LOAD_FAST_CHECK,
                LOAD_FAST_AND_CLEAR,
                STORE_FAST_MAYBE_NULL,
            ],
            LOCAL,
        ),
    ];
    let mut set = 0;
    while set < sets.len() {
        let mut index = 0;
        while index < sets[set].0.len() {
            kinds[sets[set].0[index] as usize] |= sets[set].1;
            index += 1;
        }
        set += 1;
    }
    kinds
};

#[inline]
fn is(opcode: u16, kinds: u8) -> bool {
    KINDS[opcode as usize % COUNT] & kinds != 0
}

#[inline]
pub fn is_jump(opcode: u16) -> bool {
    is(opcode, JUMPS)
}

#[inline]
pub fn is_block_push(opcode: u16) -> bool {
    is(opcode, BLOCK_PUSH)
}

/// Whether the instruction has a target block.
#[inline]
pub fn has_target(opcode: u16) -> bool {
    is(opcode, JUMPS | BLOCK_PUSH)
}

#[inline]
pub fn is_unconditional_jump(opcode: u16) -> bool {
    is(opcode, UNCONDITIONAL)
}

#[inline]
pub fn is_conditional_jump(opcode: u16) -> bool {
    is(opcode, CONDITIONAL)
}

#[inline]
pub fn is_scope_exit(opcode: u16) -> bool {
    is(opcode, SCOPE_EXIT)
}

/// Whether a block ends after it.
#[inline]
pub fn is_terminator(opcode: u16) -> bool {
    is(opcode, JUMPS | SCOPE_EXIT)
}

/// Whether control never goes on to the next instruction.
#[inline]
pub fn is_no_fallthrough(opcode: u16) -> bool {
    is(opcode, UNCONDITIONAL | SCOPE_EXIT)
}

#[inline]
pub fn has_eval_break(opcode: u16) -> bool {
    is(opcode, EVAL_BREAK)
}

#[inline]
pub fn loads_const(opcode: u16) -> bool {
    opcode == LOAD_CONST || opcode == LOAD_SMALL_INT
}

/// Whether `basic_block` may do something about the instruction.
#[inline]
pub fn may_be_optimized(opcode: u16) -> bool {
    is(opcode, PEEPHOLE | JUMPS | BLOCK_PUSH)
}

/// Whether `checks` cares about the instruction.
#[inline]
pub fn is_about_local(opcode: u16) -> bool {
    is(opcode, LOCAL)
}

/// Number of code units of inline cache behind the instruction.
#[inline]
pub fn caches(opcode: u16) -> u32 {
    terrarium_bytecode::opcode::caches(opcode) as u32
}

/// How many values the instruction takes from the stack and how many it puts there; for a block-pushing opcode when the handler is
/// entered.
#[inline]
pub fn popped_pushed(opcode: u16, oparg: u32) -> (i32, i32) {
    fixed_effect(opcode).unwrap_or_else(|| popped_pushed_by(opcode, oparg))
}

fn popped_pushed_by(opcode: u16, oparg: u32) -> (i32, i32) {
    let oparg = i32::try_from(oparg).unwrap_or(i32::MAX);
    let count = |count: Option<i32>| count.unwrap_or(0);
    (count(popped(opcode, oparg)), count(pushed(opcode, oparg)))
}
