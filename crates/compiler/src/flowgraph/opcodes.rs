//! What the passes ask of an opcode (Include/internal/pycore_opcode_utils.h and pycore_opcode_metadata.h).

use terrarium_bytecode::opcode::*;

/// A set of kinds of opcodes, a bit each.
pub type Kinds = u32;

pub const JUMPS: Kinds = 1;
pub const BLOCK_PUSH: Kinds = 1 << 1;
pub const UNCONDITIONAL: Kinds = 1 << 2;
pub const SCOPE_EXIT: Kinds = 1 << 3;
pub const EVAL_BREAK: Kinds = 1 << 4;
pub const CONDITIONAL: Kinds = 1 << 5;
/// `basic_block` may do something about it.
pub const PEEPHOLE: Kinds = 1 << 6;
/// Loads, stores and deletes of a local.
pub const LOCAL: Kinds = 1 << 7;
/// May leave a local without a value.
pub const UNBINDS: Kinds = 1 << 8;
/// Loads that may become borrowing ones.
pub const BORROWABLE: Kinds = 1 << 9;
/// Takes the number of a cell or free variable.
pub const CELL: Kinds = 1 << 10;
/// `pseudo` replaces it.
pub const PSEUDO: Kinds = 1 << 11;
/// Loads a constant.
pub const CONST: Kinds = 1 << 12;
/// Stores a local.
pub const STORES: Kinds = 1 << 13;
pub const POP_TOPS: Kinds = 1 << 14;
pub const SWAPS: Kinds = 1 << 15;
/// Tells where the blocks of handlers end.
pub const BLOCK_POP: Kinds = 1 << 16;
/// No kind of opcode: the instruction has no line.
pub const LINELESS: Kinds = 1 << 17;

/// `borrow` must look at it.
pub const FOLLOWED: Kinds = 1 << 18;
/// May leave a value that `borrow` notes.
pub const LENDS: Kinds = 1 << 19;
/// Leaves a generator, or comes back to one.
pub const SUSPENDS: Kinds = 1 << 20;
/// May do no more than to push a value.
pub const PUSHES: Kinds = 1 << 21;
pub const NOPS: Kinds = 1 << 22;

/// A block is of these kinds only if such an instruction stands right behind one of the kind before the colon.
/// `CONST`: `load_const` may do something about both.
pub const TESTS: Kinds = CONST << BEHIND;
/// `STORES`: `basic_block` may do something about both.
pub const STORES_AGAIN: Kinds = STORES << BEHIND;
const BEHIND: u32 = 12;

/// The kinds of a block that has an instruction of the kinds `second` right behind one of the kinds `first`, as far as `second` tells.
#[inline]
pub fn kinds_behind(first: Kinds, second: Kinds) -> Kinds {
    second & (first << BEHIND | !(TESTS | STORES_AGAIN))
}

const COUNT: usize = 512;

static KINDS: [Kinds; COUNT] = {
    let mut kinds = [0; COUNT];
    let sets: [(&[u16], Kinds); 24] = [
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
                SWAP,
                PUSH_NULL,
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
        (
            &[DELETE_FAST, LOAD_FAST_AND_CLEAR, STORE_FAST_MAYBE_NULL],
            UNBINDS,
        ),
        (&[LOAD_FAST, LOAD_FAST_LOAD_FAST, LOAD_CLOSURE], BORROWABLE),
        (
            &[
                MAKE_CELL,
                LOAD_CLOSURE,
                LOAD_DEREF,
                STORE_DEREF,
                DELETE_DEREF,
                LOAD_FROM_DICT_OR_DEREF,
            ],
            CELL,
        ),
        (
            &[
                LOAD_CLOSURE,
                STORE_FAST_MAYBE_NULL,
                SETUP_FINALLY,
                SETUP_CLEANUP,
                SETUP_WITH,
            ],
            PSEUDO,
        ),
        (&[LOAD_CONST, LOAD_SMALL_INT], CONST),
        (&[NOP], NOPS),
        (&[POP_TOP], POP_TOPS),
        (&[SWAP], SWAPS),
        (&[POP_BLOCK], BLOCK_POP),
        (&[STORE_FAST], STORES),
        (&[STORE_FAST], STORES_AGAIN),
        (
            &[
                POP_JUMP_IF_FALSE,
                POP_JUMP_IF_TRUE,
                JUMP_IF_FALSE,
                JUMP_IF_TRUE,
                IS_OP,
                TO_BOOL,
                COPY,
            ],
            TESTS,
        ),
        (&[YIELD_VALUE, RESUME], SUSPENDS),
        (&[LOAD_CONST, LOAD_SMALL_INT, COPY], PUSHES),
        (
            &[
                LOAD_ATTR,
                LOAD_SUPER_ATTR,
                LOAD_FAST_LOAD_FAST,
                LOAD_FAST_AND_CLEAR,
                LOAD_SPECIAL,
                STORE_FAST,
                STORE_FAST_LOAD_FAST,
                STORE_FAST_STORE_FAST,
                DELETE_FAST,
                COPY,
                SWAP,
                FORMAT_SIMPLE,
                GET_YIELD_FROM_ITER,
                GET_ANEXT,
                GET_LEN,
                IMPORT_FROM,
                MATCH_KEYS,
                MATCH_MAPPING,
                MATCH_SEQUENCE,
                WITH_EXCEPT_START,
                DICT_MERGE,
                DICT_UPDATE,
                LIST_APPEND,
                LIST_EXTEND,
                MAP_ADD,
                RERAISE,
                SET_ADD,
                SET_UPDATE,
                CHECK_EXC_MATCH,
                SEND,
                FOR_ITER,
                PUSH_EXC_INFO,
                SETUP_FINALLY,
                SETUP_CLEANUP,
                SETUP_WITH,
            ],
            FOLLOWED,
        ),
        (
            &[
                LOAD_FAST,
                LOAD_FAST_LOAD_FAST,
                GET_ANEXT,
                GET_LEN,
                IMPORT_FROM,
                MATCH_KEYS,
                MATCH_MAPPING,
                MATCH_SEQUENCE,
                WITH_EXCEPT_START,
            ],
            LENDS,
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

/// All kinds the opcode is of.
#[inline]
pub fn kinds(opcode: u16) -> Kinds {
    KINDS[opcode as usize % COUNT]
}

#[inline]
pub fn is(opcode: u16, wanted: Kinds) -> bool {
    kinds(opcode) & wanted != 0
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

/// Whether a block ends after it.
#[inline]
pub fn is_terminator(opcode: u16) -> bool {
    is(opcode, JUMPS | SCOPE_EXIT)
}

#[inline]
pub fn has_eval_break(opcode: u16) -> bool {
    is(opcode, EVAL_BREAK)
}

#[inline]
pub fn loads_const(opcode: u16) -> bool {
    opcode == LOAD_CONST || opcode == LOAD_SMALL_INT
}

/// The instruction itself and its inline cache.
static UNITS: [u8; COUNT] = {
    let mut units = [0; COUNT];
    let mut opcode = 0;
    while opcode < COUNT {
        units[opcode] = 1 + terrarium_bytecode::opcode::caches(opcode as u16) as u8;
        opcode += 1;
    }
    units
};

/// Number of code units of the instruction, its inline cache included.
#[inline]
pub fn units_of(opcode: u16) -> u32 {
    u32::from(UNITS[opcode as usize % COUNT])
}
