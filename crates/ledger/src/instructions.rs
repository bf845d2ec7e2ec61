//! Instructions in words.

use terrarium_bytecode::opcode::{self as op, self as opcodes};

use crate::history::CodeFacts;

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

/// The argument in words.
pub fn argument_text(code: &CodeFacts, opcode: u16, argument: u32) -> String {
    match variable(code, opcode, argument) {
        Variable::Local(name) | Variable::Name(name) | Variable::Attribute(name) => return name,
        Variable::None => {}
    }
    let at = |texts: &[String], i: u32| texts.get(i as usize).cloned().unwrap_or_default();
    match opcode {
        op::LOAD_CONST => at(&code.consts, argument),
        op::IMPORT_NAME | op::IMPORT_FROM => at(&code.names, argument),
        op::LOAD_FAST_BORROW_LOAD_FAST_BORROW | op::LOAD_FAST_LOAD_FAST => format!(
            "{}, {}",
            at(&code.locals, argument >> 4),
            at(&code.locals, argument & 15)
        ),
        _ if opcodes::flags(opcode) & opcodes::flag::ARG != 0 => argument.to_string(),
        _ => String::new(),
    }
}
