//! Computes what consists of constants: tuples, unary and binary operations, subscripts, and lists and sets of constants. Each function
//! tells whether it changed anything.

use terrarium_bytecode::Constant;
use terrarium_bytecode::opcode::*;

use super::Error;
use super::consts::ConstList;
use super::opcodes::*;
use crate::constants::small_int;
use crate::fold;
use crate::instructions::Instruction;
use crate::tree::Location;

/// Longer displays are not folded (CPython's _PY_STACK_USE_GUIDELINE); code generation builds them by appending.
const MAX_LOADS: usize = 30;

/// Shorter lists and sets are cheaper to build than to copy.
const MIN_CONST_SEQUENCE_SIZE: usize = 3;

/// The indices of the `count` instructions before `end` that load constants, NOPs left out; none if others stand among them.
fn loads_before(instrs: &[Instruction], end: usize, count: usize) -> Option<[u32; MAX_LOADS]> {
    // Before most there is none.
    match instrs[..end].last().map_or(0, |last| last.opcode) {
        _ if count == 0 => {}
        NOP | LOAD_CONST | LOAD_SMALL_INT => {}
        _ => return None,
    }
    let mut found = [0; MAX_LOADS];
    let mut missing = count;
    for index in (0..end).rev() {
        if missing == 0 {
            break;
        }
        match instrs[index].opcode {
            NOP => continue,
            opcode if loads_const(opcode) => {
                missing -= 1;
                found[missing] = index as u32;
            }
            _ => return None,
        }
    }
    (missing == 0).then_some(found)
}

fn values(
    instrs: &[Instruction],
    loads: &[u32],
    consts: &mut ConstList,
) -> Result<Vec<Constant>, Error> {
    loads
        .iter()
        .map(|&index| consts.value(&instrs[index as usize]))
        .collect()
}

/// Turns the loads into NOPs that no line event keeps.
fn nop_out(instrs: &mut [Instruction], loads: &[u32]) {
    for &index in loads {
        let instr = &mut instrs[index as usize];
        instr.set_nop();
        instr.loc = Location::NONE;
    }
}

fn make_load_const(instr: &mut Instruction, value: Constant, consts: &mut ConstList) {
    match small_int(&value) {
        Some(small) => instr.set(LOAD_SMALL_INT, small),
        None => instr.set(LOAD_CONST, consts.add(value)),
    }
}

/// BUILD_TUPLE at `at`.
pub fn fold_tuple(
    instrs: &mut [Instruction],
    at: usize,
    consts: &mut ConstList,
) -> Result<bool, Error> {
    let size = instrs[at].oparg as usize;
    if size > MAX_LOADS {
        return Ok(false);
    }
    let Some(loads) = loads_before(instrs, at, size) else {
        return Ok(false);
    };
    let loads = &loads[..size];
    let items = values(instrs, loads, consts)?;
    nop_out(instrs, loads);
    make_load_const(&mut instrs[at], Constant::Tuple(items.into()), consts);
    Ok(true)
}

/// BUILD_LIST or BUILD_SET at `at`: before an iteration or `in` a tuple or frozenset serves as well; elsewhere a constant is copied.
pub fn optimize_lists_and_sets(
    instrs: &mut [Instruction],
    at: usize,
    consts: &mut ConstList,
) -> Result<bool, Error> {
    let next = instrs.get(at + 1).map_or(0, |next| next.opcode);
    let only_read = next == GET_ITER || next == CONTAINS_OP;
    let Instruction {
        opcode, oparg, loc, ..
    } = instrs[at];
    let size = oparg as usize;
    if size > MAX_LOADS || size < MIN_CONST_SEQUENCE_SIZE && !only_read {
        return Ok(false);
    }
    let Some(loads) = loads_before(instrs, at, size) else {
        let is_tuple = only_read && opcode == BUILD_LIST;
        if is_tuple {
            instrs[at].opcode = BUILD_TUPLE;
        }
        return Ok(is_tuple);
    };
    let loads = &loads[..size];
    let items = values(instrs, loads, consts)?;
    let folded = match opcode {
        BUILD_SET => Constant::FrozenSet(fold::distinct(items).into()),
        _ => Constant::Tuple(items.into()),
    };
    let index = consts.add(folded);
    nop_out(instrs, loads);
    if only_read {
        instrs[at].set(LOAD_CONST, index);
    } else {
        instrs[at - 2].loc = loc;
        instrs[at - 2].set(opcode, 0);
        instrs[at - 1].set(LOAD_CONST, index);
        let extend = match opcode {
            BUILD_LIST => LIST_EXTEND,
            _ => SET_UPDATE,
        };
        instrs[at].set(extend, 1);
    }
    Ok(true)
}

/// INTRINSIC_LIST_TO_TUPLE at `at`, if a list of constants was built before it by appending. Tells whether it was.
pub fn fold_list_to_tuple(
    instrs: &mut [Instruction],
    at: usize,
    consts: &mut ConstList,
) -> Result<bool, Error> {
    let items = take_appended(&mut instrs[..at], BUILD_LIST, LIST_APPEND, consts)?;
    let folded = items.is_some();
    if let Some(items) = items {
        make_load_const(&mut instrs[at], Constant::Tuple(items.into()), consts);
    }
    Ok(folded)
}

/// LIST_APPEND or SET_ADD at `at`, the last of a display of constants that is only read.
pub fn fold_appended(
    instrs: &mut [Instruction],
    at: usize,
    consts: &mut ConstList,
) -> Result<bool, Error> {
    let append = instrs[at].opcode;
    let build = match append {
        LIST_APPEND => BUILD_LIST,
        _ => BUILD_SET,
    };
    let Some(items) = take_appended(&mut instrs[..=at], build, append, consts)? else {
        return Ok(false);
    };
    let folded = match append {
        LIST_APPEND => Constant::Tuple(items.into()),
        _ => Constant::FrozenSet(fold::distinct(items).into()),
    };
    make_load_const(&mut instrs[at], folded, consts);
    Ok(true)
}

/// The constants of a display built by appending that the instructions end in; they become NOPs without a place.
fn take_appended(
    instrs: &mut [Instruction],
    build: u16,
    append: u16,
    consts: &mut ConstList,
) -> Result<Option<Vec<Constant>>, Error> {
    let Some(start) = start_of_appended(instrs, build, append) else {
        return Ok(None);
    };
    let mut items = Vec::with_capacity((instrs.len() - start) / 2);
    for instr in &mut instrs[start..] {
        if instr.opcode == NOP {
            continue;
        }
        if loads_const(instr.opcode) {
            items.push(consts.value(instr)?);
        }
        instr.set_nop();
        instr.loc = Location::NONE;
    }
    Ok(Some(items))
}

/// Where `build 0; (load; append 1)*` starts, if the instructions end in it.
fn start_of_appended(instrs: &[Instruction], build: u16, append: u16) -> Option<usize> {
    let mut expect_append = true;
    for (index, instr) in instrs.iter().enumerate().rev() {
        match instr.opcode {
            NOP => continue,
            opcode if opcode == build && instr.oparg == 0 => {
                return expect_append.then_some(index);
            }
            opcode if opcode == append && expect_append && instr.oparg == 1 => {}
            opcode if !expect_append && loads_const(opcode) => {}
            _ => return None,
        }
        expect_append = !expect_append;
    }
    None
}

/// BINARY_OP at `at`.
pub fn fold_binary(
    instrs: &mut [Instruction],
    at: usize,
    consts: &mut ConstList,
) -> Result<bool, Error> {
    let Some(loads) = loads_before(instrs, at, 2) else {
        return Ok(false);
    };
    let left = consts.value(&instrs[loads[0] as usize])?;
    let right = consts.value(&instrs[loads[1] as usize])?;
    let Some(value) = fold::binary(instrs[at].oparg, &left, &right) else {
        return Ok(false);
    };
    nop_out(instrs, &loads[..2]);
    make_load_const(&mut instrs[at], value, consts);
    Ok(true)
}

/// UNARY_NEGATIVE, UNARY_INVERT, UNARY_NOT or INTRINSIC_UNARY_POSITIVE at `at`.
pub fn fold_unary(
    instrs: &mut [Instruction],
    at: usize,
    consts: &mut ConstList,
) -> Result<bool, Error> {
    let Some(loads) = loads_before(instrs, at, 1) else {
        return Ok(false);
    };
    let operand = consts.value(&instrs[loads[0] as usize])?;
    let value = match instrs[at].opcode {
        UNARY_NEGATIVE => fold::negative(&operand),
        UNARY_INVERT => fold::invert(&operand),
        UNARY_NOT => Some(fold::not(&operand)),
        _ => fold::positive(&operand),
    };
    let Some(value) = value else {
        return Ok(false);
    };
    nop_out(instrs, &loads[..1]);
    make_load_const(&mut instrs[at], value, consts);
    Ok(true)
}
