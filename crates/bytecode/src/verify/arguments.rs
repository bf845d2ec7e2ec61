//! Arguments in range: indices into the code's tables, and numbers that name something.

use super::program::{Instruction, Program};
use super::{Checked, View};
use crate::code::{flags, kinds};
use crate::opcode as op;

/// The longest jump of SEND: where a frame goes on is kept in 16 bits.
const FARTHEST_SEND: i32 = 1 << 15;

/// Checks every instruction, reached or not.
pub fn check(view: &View<'_>, program: &Program) -> Checked {
    for instruction in &program.instructions {
        one(view, instruction).map_err(|what| format!("unit {}: {what}", instruction.at))?;
    }
    prefix(view, program)
}

fn one(view: &View<'_>, instruction: &Instruction) -> Checked {
    let (opcode, argument) = (instruction.opcode, instruction.argument);
    let index = argument as usize;
    let bits = op::flags(opcode);
    let kind = |i: usize| view.kinds.get(i).copied();
    let no = |what: &str| Err(format!("no {what} {argument}"));
    if is_pair(opcode) {
        if argument > 255 || kind(index >> 4).is_none() || kind(index & 15).is_none() {
            return no("locals");
        }
    } else if bits & op::flag::LOCAL != 0 && kind(index).is_none() {
        return no("local");
    }
    if uses_cell(opcode) && kind(index).is_none_or(|k| k & (kinds::CELL | kinds::FREE) == 0) {
        return no("cell");
    }
    if bits & op::flag::CONST != 0 && index >= view.consts.len() {
        return no("constant");
    }
    let name = match opcode {
        op::LOAD_GLOBAL | op::LOAD_ATTR => index >> 1,
        op::LOAD_SUPER_ATTR => index >> 2,
        _ => index,
    };
    if bits & op::flag::NAME != 0 && name >= view.names {
        return no("name");
    }
    let range = match opcode {
        op::BINARY_OP => 0..=op::NB_OPS.len() as i32 - 1,
        op::COMPARE_OP => 0..=(op::CMP_OP.len() as i32 - 1) << 5 | 31,
        op::BUILD_SLICE => 2..=3,
        op::CONVERT_VALUE => 1..=3,
        op::LOAD_COMMON_CONSTANT => 0..=op::COMMON_CONSTANTS.len() as i32 - 1,
        op::LOAD_SPECIAL => 0..=op::SPECIAL_METHODS.len() as i32 - 1,
        op::LOAD_SMALL_INT => 0..=255,
        op::RAISE_VARARGS => 0..=2,
        op::BUILD_INTERPOLATION => 0..=15,
        op::CALL_INTRINSIC_1 => 1..=op::INTRINSIC_1.len() as i32 - 1,
        op::CALL_INTRINSIC_2 => 1..=op::INTRINSIC_2.len() as i32 - 1,
        op::COPY
        | op::SWAP
        | op::LIST_APPEND
        | op::LIST_EXTEND
        | op::SET_ADD
        | op::SET_UPDATE
        | op::MAP_ADD
        | op::DICT_UPDATE
        | op::DICT_MERGE => 1..=i32::MAX,
        op::SEND => 0..=FARTHEST_SEND,
        _ => 0..=i32::MAX,
    };
    if !range.contains(&argument) {
        return no("meaning for argument");
    }
    if opcode == op::SET_FUNCTION_ATTRIBUTE && !matches!(argument, 1 | 2 | 4 | 8 | 16) {
        return no("attribute of functions");
    }
    Ok(())
}

/// Two locals in one argument.
fn is_pair(opcode: u16) -> bool {
    matches!(
        opcode,
        op::STORE_FAST_STORE_FAST
            | op::STORE_FAST_LOAD_FAST
            | op::LOAD_FAST_LOAD_FAST
            | op::LOAD_FAST_BORROW_LOAD_FAST_BORROW
    )
}

/// Instructions that address a cell.
pub fn uses_cell(opcode: u16) -> bool {
    matches!(
        opcode,
        op::MAKE_CELL
            | op::LOAD_DEREF
            | op::STORE_DEREF
            | op::DELETE_DEREF
            | op::LOAD_FROM_DICT_OR_DEREF
    )
}

/// What a frame does before anyone can see it: COPY_FREE_VARS if there are free variables and RETURN_GENERATOR in generators stand at the
/// start, once, and nowhere else.
fn prefix(view: &View<'_>, program: &Program) -> Checked {
    let free = view.kinds.iter().filter(|k| **k & kinds::FREE != 0).count();
    let mut makes_generator = false;
    let mut in_prefix = true;
    // Frames count as set up from the first RESUME on.
    let (mut may_begin, mut has_begun) = (true, false);
    for (i, instruction) in program.instructions.iter().enumerate() {
        let unit = instruction.at;
        match instruction.opcode {
            op::COPY_FREE_VARS => {
                if i != 0 || instruction.argument as usize != free || free == 0 {
                    return Err(format!(
                        "unit {unit}: free variables are copied at the wrong place"
                    ));
                }
            }
            op::MAKE_CELL | op::NOP => {}
            op::POP_TOP if makes_generator && may_begin => {}
            op::RESUME if may_begin => {
                has_begun = true;
                (in_prefix, may_begin) = (false, false);
            }
            op::RESUME if !has_begun => {
                return Err(format!("unit {unit}: it begins at the wrong place"));
            }
            op::RETURN_GENERATOR => {
                if !in_prefix {
                    return Err(format!(
                        "unit {unit}: a generator is made at the wrong place"
                    ));
                }
                in_prefix = false;
                makes_generator = true;
            }
            op::YIELD_VALUE if !makes_generator => {
                return Err(format!("unit {unit}: it yields but makes no generator"));
            }
            _ => (in_prefix, may_begin) = (false, false),
        }
    }
    let first = program.instructions.first().map(|i| i.opcode);
    if free > 0 && first != Some(op::COPY_FREE_VARS) {
        return Err("its free variables are not copied at the start".into());
    }
    let generator = flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR;
    if makes_generator && view.flags & generator == 0 {
        return Err("it makes a generator, but its flags say nothing of it".into());
    }
    Ok(())
}
