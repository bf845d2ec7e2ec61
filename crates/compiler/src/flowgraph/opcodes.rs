//! What the passes ask of an opcode (Include/internal/pycore_opcode_utils.h and pycore_opcode_metadata.h).

use terrarium_bytecode::opcode::*;

const JUMPS: u8 = 1;
const BLOCK_PUSH: u8 = 2;
const UNCONDITIONAL: u8 = 4;
const SCOPE_EXIT: u8 = 8;
const EVAL_BREAK: u8 = 16;
const CONDITIONAL: u8 = 32;
const PEEPHOLE: u8 = 64;

const COUNT: usize = 512;

static KINDS: [u8; COUNT] = {
    let mut kinds = [0; COUNT];
    let sets: [(&[u16], u8); 7] = [
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

/// Number of code units of inline cache behind the instruction.
#[inline]
pub fn caches(opcode: u16) -> u32 {
    CACHES[opcode as usize % COUNT] as u32
}

static CACHES: [u8; COUNT] = {
    let mut table = [0; COUNT];
    let mut opcode = 0;
    while opcode < COUNT {
        table[opcode] = inline_cache(opcode as u16);
        opcode += 1;
    }
    table
};

const fn inline_cache(opcode: u16) -> u8 {
    match opcode {
        LOAD_ATTR => 9,
        BINARY_OP => 5,
        LOAD_GLOBAL | STORE_ATTR => 4,
        CALL | CALL_KW | TO_BOOL => 3,
        STORE_SUBSCR | COMPARE_OP | CONTAINS_OP | FOR_ITER | JUMP_BACKWARD | LOAD_SUPER_ATTR
        | SEND | UNPACK_SEQUENCE => 1,
        POP_JUMP_IF_FALSE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE | POP_JUMP_IF_TRUE => 1,
        _ => 0,
    }
}

/// How many values the instruction takes from the stack and how many it puts there; for a block-pushing opcode when the handler is
/// entered.
pub fn popped_pushed(opcode: u16, oparg: u32) -> (i32, i32) {
    let oparg = oparg as i32;
    match opcode {
        LOAD_FAST | LOAD_FAST_BORROW | LOAD_FAST_CHECK | LOAD_FAST_AND_CLEAR | LOAD_CONST
        | LOAD_SMALL_INT | LOAD_COMMON_CONSTANT | LOAD_NAME | LOAD_DEREF | LOAD_CLOSURE
        | LOAD_BUILD_CLASS | LOAD_LOCALS | PUSH_NULL | RETURN_GENERATOR | SETUP_FINALLY
        | SETUP_WITH => (0, 1),
        LOAD_FAST_LOAD_FAST | LOAD_FAST_BORROW_LOAD_FAST_BORROW | SETUP_CLEANUP => (0, 2),
        LOAD_GLOBAL => (0, 1 + (oparg & 1)),
        LOAD_ATTR => (1, 1 + (oparg & 1)),
        LOAD_SUPER_ATTR => (3, 1 + (oparg & 1)),
        STORE_FAST
        | STORE_FAST_MAYBE_NULL
        | STORE_NAME
        | STORE_GLOBAL
        | STORE_DEREF
        | DELETE_ATTR
        | POP_TOP
        | POP_EXCEPT
        | POP_ITER
        | END_FOR
        | INTERPRETER_EXIT
        | POP_JUMP_IF_FALSE
        | POP_JUMP_IF_NONE
        | POP_JUMP_IF_NOT_NONE
        | POP_JUMP_IF_TRUE => (1, 0),
        STORE_FAST_STORE_FAST | STORE_ATTR | DELETE_SUBSCR | END_ASYNC_FOR => (2, 0),
        STORE_SUBSCR => (3, 0),
        STORE_SLICE => (4, 0),
        STORE_FAST_LOAD_FAST
        | UNARY_INVERT
        | UNARY_NEGATIVE
        | UNARY_NOT
        | TO_BOOL
        | CALL_INTRINSIC_1
        | CONVERT_VALUE
        | FORMAT_SIMPLE
        | GET_AITER
        | GET_AWAITABLE
        | GET_ITER
        | GET_YIELD_FROM_ITER
        | LOAD_FROM_DICT_OR_DEREF
        | LOAD_FROM_DICT_OR_GLOBALS
        | MAKE_FUNCTION
        | RETURN_VALUE
        | YIELD_VALUE
        | JUMP_IF_FALSE
        | JUMP_IF_TRUE => (1, 1),
        BINARY_OP
        | COMPARE_OP
        | CONTAINS_OP
        | IS_OP
        | IMPORT_NAME
        | END_SEND
        | CALL_INTRINSIC_2
        | FORMAT_WITH_SPEC
        | SET_FUNCTION_ATTRIBUTE
        | BUILD_TEMPLATE => (2, 1),
        SEND | CHECK_EG_MATCH | CHECK_EXC_MATCH => (2, 2),
        BINARY_SLICE | MATCH_CLASS => (3, 1),
        CLEANUP_THROW => (3, 2),
        CALL_FUNCTION_EX => (4, 1),
        FOR_ITER | GET_ANEXT | GET_LEN | IMPORT_FROM | LOAD_SPECIAL | MATCH_MAPPING
        | MATCH_SEQUENCE | PUSH_EXC_INFO => (1, 2),
        MATCH_KEYS => (2, 3),
        WITH_EXCEPT_START => (5, 6),
        BUILD_STRING | BUILD_TUPLE | BUILD_LIST | BUILD_SET | BUILD_SLICE => (oparg, 1),
        BUILD_MAP => (oparg.saturating_mul(2), 1),
        BUILD_INTERPOLATION => (2 + (oparg & 1), 1),
        LIST_APPEND | LIST_EXTEND | SET_ADD | SET_UPDATE | DICT_UPDATE | RERAISE => {
            (oparg.saturating_add(1), oparg)
        }
        MAP_ADD => (oparg.saturating_add(2), oparg),
        DICT_MERGE => (oparg.saturating_add(4), oparg.saturating_add(3)),
        UNPACK_SEQUENCE => (1, oparg),
        UNPACK_EX => (1, (1 + (oparg & 0xFF)).saturating_add(oparg >> 8)),
        CALL => (oparg.saturating_add(2), 1),
        CALL_KW => (oparg.saturating_add(3), 1),
        COPY => (oparg, oparg.saturating_add(1)),
        SWAP => (oparg, oparg),
        RAISE_VARARGS => (oparg, 0),
        _ => (0, 0),
    }
}
