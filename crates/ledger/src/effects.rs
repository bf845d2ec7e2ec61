//! Who takes and who gives up a reference when an instruction changes a count: the other side of `history`'s bare numbers.

use terrarium_bytecode::opcode::{self as op, self as opcodes};
use terrarium_objects::state::Change;

use crate::history::{CodeFacts, Instruction};

/// The variable an instruction stores to, loads from or deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variable {
    None,
    Local(String),
    Name(String),
    Attribute(String),
}

/// The executed instruction's general opcode and its full argument (EXTENDED_ARG included).
pub fn opcode_and_argument(code: &CodeFacts, offset: usize) -> (u16, u32) {
    let unit = |i: usize| code.units.get(i).copied().unwrap_or(0);
    let mut argument = u32::from(unit(offset) >> 8);
    let (mut at, mut shift) = (offset, 8);
    while at > 0 && u16::from(unit(at - 1) as u8) == op::EXTENDED_ARG && shift < 32 {
        at -= 1;
        argument |= u32::from(unit(at) >> 8) << shift;
        shift += 8;
    }
    (opcodes::family(u16::from(unit(offset) as u8)), argument)
}

/// What the instruction's argument names.
pub fn variable(code: &CodeFacts, opcode: u16, argument: u32) -> Variable {
    let local = |i: u32| {
        code.locals
            .get(i as usize)
            .cloned()
            .map_or(Variable::None, Variable::Local)
    };
    let name = |i: u32| {
        code.names
            .get(i as usize)
            .cloned()
            .map_or(Variable::None, Variable::Name)
    };
    match opcode {
        op::STORE_FAST
        | op::LOAD_FAST
        | op::LOAD_FAST_BORROW
        | op::LOAD_FAST_CHECK
        | op::LOAD_FAST_AND_CLEAR
        | op::DELETE_FAST => local(argument),
        op::STORE_DEREF | op::LOAD_DEREF | op::DELETE_DEREF | op::MAKE_CELL => local(argument),
        op::STORE_FAST_LOAD_FAST | op::STORE_FAST_STORE_FAST => local(argument >> 4),
        op::STORE_NAME | op::LOAD_NAME | op::DELETE_NAME | op::STORE_GLOBAL | op::DELETE_GLOBAL => {
            name(argument)
        }
        op::LOAD_GLOBAL => name(argument >> 1),
        op::STORE_ATTR | op::DELETE_ATTR => attribute(name(argument)),
        op::LOAD_ATTR => attribute(name(argument >> 1)),
        _ => Variable::None,
    }
}

fn attribute(variable: Variable) -> Variable {
    match variable {
        Variable::Name(name) => Variable::Attribute(name),
        other => other,
    }
}

fn variable_text(variable: &Variable) -> Option<String> {
    match variable {
        Variable::None => None,
        Variable::Local(name) => Some(format!("local variable '{name}'")),
        Variable::Name(name) => Some(format!("variable '{name}'")),
        Variable::Attribute(name) => Some(format!("attribute '{name}'")),
    }
}

/// The holder on the other side of one change made by `instruction`. `stored`: the object this instruction stores (its last subject that
/// was taken), so that an old value can be told from the operand.
pub fn holder(
    code: &CodeFacts,
    instruction: &Instruction,
    change: Change,
    is_stored: bool,
) -> String {
    let (opcode, argument) = opcode_and_argument(code, instruction.offset as usize);
    let variable = variable_text(&variable(code, opcode, argument));
    let stack = || String::from("the stack");
    let takes = matches!(change, Change::Born | Change::Taken);
    let text = match opcode {
        op::STORE_NAME | op::STORE_GLOBAL | op::STORE_ATTR if takes => variable,
        op::STORE_NAME | op::STORE_GLOBAL | op::STORE_ATTR if !is_stored => {
            variable.map(|v| format!("{v} (old value)"))
        }
        op::STORE_FAST | op::STORE_DEREF | op::STORE_FAST_LOAD_FAST | op::STORE_FAST_STORE_FAST
            if !takes =>
        {
            variable.map(|v| format!("{v} (old value)"))
        }
        op::DELETE_NAME
        | op::DELETE_GLOBAL
        | op::DELETE_FAST
        | op::DELETE_DEREF
        | op::DELETE_ATTR
            if !takes =>
        {
            variable
        }
        op::STORE_SUBSCR if takes => Some("the container".into()),
        op::DELETE_SUBSCR if !takes => Some("the container or its key".into()),
        op::CALL | op::CALL_KW | op::CALL_FUNCTION_EX if !takes => {
            Some("the call's operands".into())
        }
        op::CALL | op::CALL_KW | op::CALL_FUNCTION_EX => Some("the callee, or its result".into()),
        op::RETURN_VALUE if !takes => Some(format!("the frame of {}", code.name)),
        op::RETURN_VALUE => Some("the returned value".into()),
        op::YIELD_VALUE if takes => Some("the yielded value".into()),
        op::FOR_ITER if takes => Some("the loop's next item".into()),
        op::FOR_ITER => Some("the iterator".into()),
        op::MAKE_FUNCTION if takes => Some("the function".into()),
        op::BUILD_LIST
        | op::BUILD_TUPLE
        | op::BUILD_MAP
        | op::BUILD_SET
        | op::LIST_APPEND
        | op::LIST_EXTEND
        | op::MAP_ADD
            if takes =>
        {
            Some(if change == Change::Born {
                stack()
            } else {
                "the container".into()
            })
        }
        _ => None,
    };
    text.unwrap_or_else(stack)
}
