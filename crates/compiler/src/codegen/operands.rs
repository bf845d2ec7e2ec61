//! Numbers that instructions take as arguments, named as CPython's headers name them.

/// RESUME (Include/internal/pycore_opcode_utils.h).
pub const RESUME_AT_FUNC_START: u32 = 0;
pub const RESUME_AFTER_YIELD: u32 = 1;
pub const RESUME_AFTER_YIELD_FROM: u32 = 2;
pub const RESUME_AFTER_AWAIT: u32 = 3;

/// SET_FUNCTION_ATTRIBUTE, also flags of what stands on the stack for a function.
pub const MAKE_FUNCTION_DEFAULTS: u32 = 1;
pub const MAKE_FUNCTION_KWDEFAULTS: u32 = 2;
pub const MAKE_FUNCTION_CLOSURE: u32 = 8;
pub const MAKE_FUNCTION_ANNOTATE: u32 = 16;

/// LOAD_COMMON_CONSTANT.
pub const CONSTANT_ASSERTIONERROR: u32 = 0;
pub const CONSTANT_NOTIMPLEMENTEDERROR: u32 = 1;
pub const CONSTANT_BUILTIN_TUPLE: u32 = 2;
pub const CONSTANT_BUILTIN_ALL: u32 = 3;
pub const CONSTANT_BUILTIN_ANY: u32 = 4;

/// LOAD_SPECIAL.
pub const SPECIAL_ENTER: u32 = 0;
pub const SPECIAL_EXIT: u32 = 1;
pub const SPECIAL_AENTER: u32 = 2;
pub const SPECIAL_AEXIT: u32 = 3;

/// CALL_INTRINSIC_1 (Include/internal/pycore_intrinsics.h).
pub const INTRINSIC_PRINT: u32 = 1;
pub const INTRINSIC_IMPORT_STAR: u32 = 2;
pub const INTRINSIC_STOPITERATION_ERROR: u32 = 3;
pub const INTRINSIC_ASYNC_GEN_WRAP: u32 = 4;
pub const INTRINSIC_UNARY_POSITIVE: u32 = 5;
pub const INTRINSIC_LIST_TO_TUPLE: u32 = 6;
pub const INTRINSIC_TYPEVAR: u32 = 7;
pub const INTRINSIC_PARAMSPEC: u32 = 8;
pub const INTRINSIC_TYPEVARTUPLE: u32 = 9;
pub const INTRINSIC_SUBSCRIPT_GENERIC: u32 = 10;
pub const INTRINSIC_TYPEALIAS: u32 = 11;

/// CALL_INTRINSIC_2.
pub const INTRINSIC_PREP_RERAISE_STAR: u32 = 1;
pub const INTRINSIC_TYPEVAR_WITH_BOUND: u32 = 2;
pub const INTRINSIC_TYPEVAR_WITH_CONSTRAINTS: u32 = 3;
pub const INTRINSIC_SET_FUNCTION_TYPE_PARAMS: u32 = 4;
pub const INTRINSIC_SET_TYPEPARAM_DEFAULT: u32 = 5;

/// BINARY_OP: subscription; the arithmetic ones come from `binary`.
pub const NB_SUBSCR: u32 = 26;
/// What an in-place operator adds to its plain number.
const NB_INPLACE: u32 = 13;

/// The highest `format` that an annotation scope answers itself (`annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`).
pub const VALUE_WITH_FAKE_GLOBALS: i64 = 2;

/// How many values a unit puts on the stack before it builds a container step by step.
pub const STACK_USE_GUIDELINE: usize = 30;

use crate::tree::{CmpOp, Operator};

/// The argument of BINARY_OP.
pub fn binary(operator: Operator, in_place: bool) -> u32 {
    let number = match operator {
        Operator::Add => 0,
        Operator::BitAnd => 1,
        Operator::FloorDiv => 2,
        Operator::LShift => 3,
        Operator::MatMult => 4,
        Operator::Mult => 5,
        Operator::Mod => 6,
        Operator::BitOr => 7,
        Operator::Pow => 8,
        Operator::RShift => 9,
        Operator::Sub => 10,
        Operator::Div => 11,
        Operator::BitXor => 12,
    };
    if in_place {
        number + NB_INPLACE
    } else {
        number
    }
}

/// The argument of COMPARE_OP: the operator's number above, and the mask that specialised forms test below. `None` for the operators
/// that have instructions of their own.
pub fn compare(operator: CmpOp) -> Option<u32> {
    let (number, mask) = match operator {
        CmpOp::Lt => (0, 2),
        CmpOp::LtE => (1, 2 | 8),
        CmpOp::Eq => (2, 8),
        CmpOp::NotEq => (3, 1 | 2 | 4),
        CmpOp::Gt => (4, 4),
        CmpOp::GtE => (5, 4 | 8),
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => return None,
    };
    Some(number << 5 | mask)
}
