//! The lattice of the checks: what a word of a frame may hold, and what instructions demand and promise beyond "an object".

use crate::opcode as op;

/// A set of possibilities, one bit each; meeting two paths unites their sets.
pub type Kinds = u16;

pub const NULL: Kinds = 1;
/// An object of which nothing is known.
pub const OBJECT: Kinds = 1 << 1;
pub const NONE: Kinds = 1 << 2;
/// An instance of BaseException.
pub const EXCEPTION: Kinds = 1 << 3;
pub const CELL: Kinds = 1 << 4;
pub const CODE: Kinds = 1 << 5;
pub const FUNCTION: Kinds = 1 << 6;
pub const LIST: Kinds = 1 << 7;
pub const SET: Kinds = 1 << 8;
pub const DICT: Kinds = 1 << 9;
pub const TUPLE: Kinds = 1 << 10;
/// A constant tuple of str; the word's tag says which constant.
pub const KEYWORDS: Kinds = 1 << 11;
/// A tuple of cells, not empty.
pub const CLOSURE: Kinds = 1 << 12;

/// Whatever is not NULL.
pub const SOME: Kinds = OBJECT
    | NONE
    | EXCEPTION
    | CELL
    | CODE
    | FUNCTION
    | LIST
    | SET
    | DICT
    | TUPLE
    | KEYWORDS
    | CLOSURE;
pub const ANYTHING: Kinds = SOME | NULL;
pub const ANY_TUPLE: Kinds = TUPLE | KEYWORDS | CLOSURE;
const MAYBE_EXCEPTION: Kinds = EXCEPTION | NONE;

/// What messages call an operand that was wanted.
pub fn describe(wanted: Kinds) -> &'static str {
    match wanted {
        SOME => "an object",
        EXCEPTION | MAYBE_EXCEPTION => "an exception",
        CELL => "a cell",
        CODE => "a code object",
        FUNCTION => "a function",
        LIST => "a list of its own",
        SET => "a set of its own",
        DICT => "a dict of its own",
        ANY_TUPLE => "a tuple",
        KEYWORDS => "a tuple of names",
        CLOSURE => "a tuple of cells",
        _ => "an operand of another kind",
    }
}

/// What an instruction takes and what it leaves, both from the top of the stack down to the last entry about which there is something to
/// say; what is not listed is any object.
pub struct Rule {
    pub takes: &'static [Kinds],
    pub leaves: &'static [Kinds],
}

/// The rule of an opcode whose operands are of particular kinds whatever its argument is (stack pictures: `opcode/table.rs`).
pub fn rule(opcode: u16) -> Rule {
    let (takes, leaves): (&[Kinds], &[Kinds]) = match opcode {
        op::PUSH_NULL => (&[], &[NULL]),
        op::POP_TOP | op::POP_ITER | op::END_FOR => (&[ANYTHING], &[]),
        op::CALL_FUNCTION_EX => (&[DICT | NULL, SOME, ANYTHING, SOME], &[]),
        op::MAKE_FUNCTION => (&[CODE], &[FUNCTION]),
        op::MATCH_KEYS => (&[ANY_TUPLE], &[]),
        op::MATCH_CLASS => (&[KEYWORDS], &[]),
        op::POP_EXCEPT | op::RERAISE => (&[MAYBE_EXCEPTION], &[]),
        op::CHECK_EXC_MATCH => (&[SOME, EXCEPTION], &[]),
        op::CHECK_EG_MATCH => (&[SOME, MAYBE_EXCEPTION], &[MAYBE_EXCEPTION; 2]),
        op::WITH_EXCEPT_START => (&[EXCEPTION, SOME, SOME, ANYTHING, SOME], &[]),
        op::END_ASYNC_FOR => (&[EXCEPTION, SOME], &[]),
        op::CLEANUP_THROW => (&[EXCEPTION, SOME, SOME], &[]),
        _ => (&[], &[]),
    };
    Rule { takes, leaves }
}
