//! What one instruction does to locals and operands, and what it demands of them.

use super::kinds::{
    self, ANYTHING, CELL, CLOSURE, CODE, DICT, EXCEPTION, FUNCTION, KEYWORDS, Kinds, LIST, NONE,
    NULL, OBJECT, SET, SOME, TUPLE,
};
use super::program::Instruction;
use super::state::{Entry, OWNED, SEVERAL, State, demand};
use super::{Checked, ConstantKind, View, arguments};
use crate::code::kinds as local_kinds;
use crate::opcode as op;

/// More than any stack holds (`shape` refuses larger ones).
const TOO_MANY: i64 = 1 << 21;

/// How many operands an instruction looks at, how many of those it takes, how many it leaves in their place.
#[derive(Clone, Copy)]
struct Shape {
    looks: usize,
    takes: usize,
    leaves: usize,
}

/// What an instruction changed.
pub struct Touched {
    /// Operands that surely stay if it raises.
    pub left: usize,
    /// Entries from this one on are not what they were.
    pub lowest: usize,
    /// Whether a local may hold something else now.
    pub local: bool,
}

/// Carries out the instruction on `state`.
pub fn step(view: &View<'_>, instruction: &Instruction, state: &mut State) -> Checked<Touched> {
    let (opcode, argument) = (instruction.opcode, instruction.argument);
    let before = state.stack.len();
    let count = |n: Option<i32>| n.map_or(0, i64::from);
    let popped = count(op::popped(opcode, argument));
    let kept = count(op::kept(opcode, argument));
    let pushed = count(op::pushed(opcode, argument));
    if popped > before as i64 {
        return Err("too few operands".into());
    }
    if before as i64 + pushed > TOO_MANY {
        return Err("more operands than the stack holds".into());
    }
    let shape = Shape {
        looks: popped as usize,
        takes: (popped - kept) as usize,
        leaves: (pushed - kept) as usize,
    };
    let left = before - shape.takes;
    let mut touched = Touched {
        left,
        lowest: left,
        local: false,
    };
    let index = argument as usize;
    match opcode {
        op::NOP | op::NOT_TAKEN | op::RESUME | op::COPY_FREE_VARS => {
            touched.local = opcode == op::COPY_FREE_VARS;
            if touched.local {
                fill_free(view, state);
            }
        }
        op::COPY => {
            let entry = state.peek(index)?;
            state.stack.push(entry);
        }
        op::SWAP => {
            let other = before - index;
            state.stack.swap(other, before - 1);
            // It never raises.
            touched = Touched {
                left: before,
                lowest: other,
                local: false,
            };
        }
        op::PUSH_EXC_INFO => {
            let exception = state.take(EXCEPTION)?;
            state.push(EXCEPTION | NONE);
            state.stack.push(exception);
            // It never raises.
            touched.left = before;
        }
        op::YIELD_VALUE => {
            state.take(SOME)?;
            if argument & 1 != 0 {
                // The receiver that `throw` and `close` go to.
                demand(state.peek(1)?, SOME)?;
            }
            state.push(OBJECT);
            // What is thrown arrives with the value sent on the stack.
            touched.left = before;
        }
        _ if is_of_locals(opcode) => touched.local = locals(view, instruction, state)?,
        _ => operands(view, instruction, state, shape)?,
    }
    Ok(touched)
}

fn is_of_locals(opcode: u16) -> bool {
    op::flags(opcode) & op::flag::LOCAL != 0 || arguments::uses_cell(opcode)
}

fn fill_free(view: &View<'_>, state: &mut State) {
    for (slot, kind) in state.locals.iter_mut().zip(view.kinds) {
        if kind & local_kinds::FREE != 0 {
            *slot = CELL as u8;
        }
    }
}

/// Instructions on fast locals and cells; whether a local changed.
fn locals(view: &View<'_>, instruction: &Instruction, state: &mut State) -> Checked<bool> {
    let argument = instruction.argument as usize;
    let (first, second) = (argument >> 4, argument & 15);
    match instruction.opcode {
        op::LOAD_FAST => load(state, argument, false)?,
        op::LOAD_FAST_BORROW => load(state, argument, true)?,
        op::LOAD_FAST_LOAD_FAST => {
            load(state, first, false)?;
            load(state, second, false)?;
        }
        op::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
            load(state, first, true)?;
            load(state, second, true)?;
        }
        op::LOAD_FAST_CHECK => {
            let kinds = match Kinds::from(state.locals[argument]) & !NULL {
                0 => OBJECT,
                known => known,
            };
            state.push(kinds);
            return set(state, argument, kinds);
        }
        op::LOAD_FAST_AND_CLEAR => {
            let kinds = Kinds::from(state.locals[argument]);
            // A debugger may have given an unset local a value.
            let unset = if kinds & NULL != 0 { OBJECT } else { 0 };
            lend_nothing(state, argument)?;
            state.push(kinds | unset);
            return set(state, argument, NULL);
        }
        op::STORE_FAST => return store(view, state, argument),
        op::STORE_FAST_STORE_FAST => {
            let one = store(view, state, first)?;
            return Ok(store(view, state, second)? | one);
        }
        op::STORE_FAST_LOAD_FAST => {
            let changed = store(view, state, first)?;
            load(state, second, false)?;
            return Ok(changed);
        }
        op::DELETE_FAST => {
            lend_nothing(state, argument)?;
            return set(state, argument, NULL);
        }
        op::MAKE_CELL => {
            lend_nothing(state, argument)?;
            return set(state, argument, CELL);
        }
        op::LOAD_DEREF => {
            cell(state, argument)?;
            state.push(OBJECT);
        }
        op::STORE_DEREF => {
            state.take(SOME)?;
            cell(state, argument)?;
        }
        op::DELETE_DEREF => cell(state, argument)?,
        op::LOAD_FROM_DICT_OR_DEREF => {
            state.take(SOME)?;
            cell(state, argument)?;
            state.push(OBJECT);
        }
        other => return Err(format!("{other} is no instruction on locals")),
    }
    Ok(false)
}

fn set(state: &mut State, local: usize, kinds: Kinds) -> Checked<bool> {
    let new = (kinds & (NULL | OBJECT | CELL)) as u8;
    let old = std::mem::replace(&mut state.locals[local], new);
    Ok(new & !old != 0)
}

fn load(state: &mut State, local: usize, borrowed: bool) -> Checked {
    let kinds = Kinds::from(state.locals[local]);
    if kinds & NULL != 0 {
        return Err(format!("local {local} may not be set"));
    }
    let mut entry = Entry::of(kinds);
    if borrowed {
        entry.lender = local as u32;
    }
    state.stack.push(entry);
    Ok(())
}

/// Moves the top into a local.
fn store(view: &View<'_>, state: &mut State, local: usize) -> Checked<bool> {
    let entry = state.pop()?;
    if entry.lender != OWNED {
        return Err(format!("local {local} gets what another only lends"));
    }
    lend_nothing(state, local)?;
    let is_cell = view.kinds[local] & (local_kinds::CELL | local_kinds::FREE) != 0;
    let mut kinds = entry.kinds & NULL;
    if entry.kinds & CELL != 0 && is_cell {
        kinds |= CELL;
    }
    // Whatever else it is: a debugger may write locals.
    if entry.kinds & (SOME & !CELL) != 0 || entry.kinds & CELL != 0 && !is_cell {
        kinds |= OBJECT;
    }
    set(state, local, kinds)
}

/// No operand borrows from the local, whose reference goes.
fn lend_nothing(state: &State, local: usize) -> Checked {
    let borrows = |e: &Entry| e.lender == local as u32 || e.lender == SEVERAL;
    if state.stack.iter().any(borrows) {
        return Err(format!("local {local} goes while an operand borrows it"));
    }
    Ok(())
}

fn cell(state: &State, local: usize) -> Checked {
    if Kinds::from(state.locals[local]) == CELL {
        return Ok(());
    }
    Err(format!("local {local} may be no cell"))
}

/// Instructions on operands alone.
fn operands(
    view: &View<'_>,
    instruction: &Instruction,
    state: &mut State,
    shape: Shape,
) -> Checked {
    let takes = shape.takes;
    let argument = instruction.argument;
    let index = argument as usize;
    match instruction.opcode {
        op::LOAD_CONST => {
            let entry = constant(view, index);
            state.stack.push(entry);
        }
        op::LOAD_GLOBAL => {
            state.push(OBJECT);
            if argument & 1 != 0 {
                state.push(NULL);
            }
        }
        op::LOAD_ATTR | op::LOAD_SPECIAL | op::LOAD_SUPER_ATTR => {
            attribute(state, takes, shape.leaves == 2)?;
        }
        // The operand may come back as it is.
        op::FORMAT_SIMPLE | op::GET_YIELD_FROM_ITER | op::TO_BOOL => {
            let entry = state.take(SOME)?;
            state.stack.push(Entry {
                lender: entry.lender,
                ..Entry::of(OBJECT)
            });
        }
        op::END_SEND => {
            let value = state.take(SOME)?;
            state.take(ANYTHING)?;
            state.stack.push(value);
        }
        op::BUILD_TUPLE => tuple(state, takes)?,
        op::BUILD_LIST | op::BUILD_SET | op::BUILD_MAP => {
            take_all(state, takes)?;
            state.push(match instruction.opcode {
                op::BUILD_LIST => LIST,
                op::BUILD_SET => SET,
                _ => DICT,
            });
        }
        op::LIST_APPEND | op::LIST_EXTEND => into_container(state, takes, index, LIST)?,
        // `__conditional_annotations__` is a name, so SET_ADD asks for itself.
        op::SET_ADD => into_container(state, takes, index, SOME)?,
        op::SET_UPDATE => into_container(state, takes, index, SET)?,
        op::MAP_ADD | op::DICT_UPDATE => into_container(state, takes, index, DICT)?,
        op::DICT_MERGE => {
            into_container(state, takes, index, DICT)?;
            // Messages name the callable.
            demand(state.peek(index + 3)?, SOME)?;
        }
        op::CALL | op::CALL_KW => call(view, state, index, instruction.opcode == op::CALL_KW)?,
        op::SET_FUNCTION_ATTRIBUTE => function_attribute(state, argument)?,
        op::CALL_INTRINSIC_1 | op::CALL_INTRINSIC_2 => intrinsic(state, instruction, takes)?,
        opcode => by_rule(opcode, state, shape)?,
    }
    Ok(())
}

/// Instructions that the tables say enough of: what they take or look at, what they leave.
fn by_rule(opcode: u16, state: &mut State, shape: Shape) -> Checked {
    let rule = kinds::rule(opcode);
    for depth in 1..=shape.looks {
        let wanted = rule.takes.get(depth - 1).copied().unwrap_or(SOME);
        demand(state.peek(depth)?, wanted)?;
    }
    state.stack.truncate(state.stack.len() - shape.takes);
    for place in (0..shape.leaves).rev() {
        state.push(rule.leaves.get(place).copied().unwrap_or(OBJECT));
    }
    Ok(())
}

fn take_all(state: &mut State, count: usize) -> Checked {
    for _ in 0..count {
        state.take(SOME)?;
    }
    Ok(())
}

fn constant(view: &View<'_>, index: usize) -> Entry {
    let (kinds, tag) = match view.consts.get(index) {
        Some(ConstantKind::Code) => (CODE, 0),
        Some(ConstantKind::Names(_)) => (KEYWORDS, index as u32),
        Some(ConstantKind::Tuple) => (TUPLE, 0),
        Some(ConstantKind::None) => (NONE, 0),
        _ => (OBJECT, 0),
    };
    Entry {
        tag,
        ..Entry::of(kinds)
    }
}

/// The attribute and, for a call, its self: the owner itself, moved, or NULL.
fn attribute(state: &mut State, takes: usize, with_self: bool) -> Checked {
    let owner = state.take(SOME)?;
    take_all(state, takes - 1)?;
    state.push(OBJECT);
    if with_self {
        state.stack.push(Entry {
            lender: owner.lender,
            ..Entry::of(OBJECT | NULL)
        });
    }
    Ok(())
}

fn tuple(state: &mut State, count: usize) -> Checked {
    let mut all_cells = count > 0;
    for _ in 0..count {
        all_cells &= state.take(SOME)?.kinds == CELL;
    }
    state.stack.push(Entry {
        tag: if all_cells { count as u32 } else { 0 },
        ..Entry::of(if all_cells { CLOSURE } else { TUPLE })
    });
    Ok(())
}

fn into_container(state: &mut State, takes: usize, depth: usize, wanted: Kinds) -> Checked {
    take_all(state, takes)?;
    demand(state.peek(depth)?, wanted)
}

/// Arguments, perhaps keywords' names above them, self or NULL and the callable below.
fn call(view: &View<'_>, state: &mut State, arguments: usize, keywords: bool) -> Checked {
    if keywords {
        let names = state.take(KEYWORDS)?;
        let count = match view.consts.get(names.tag as usize) {
            Some(ConstantKind::Names(count)) => *count,
            _ => usize::MAX,
        };
        if count > arguments {
            return Err("more names of keywords than arguments".into());
        }
    }
    take_all(state, arguments)?;
    state.take(ANYTHING)?;
    state.take(SOME)?;
    state.push(OBJECT);
    Ok(())
}

fn function_attribute(state: &mut State, which: i32) -> Checked {
    let function = state.take(FUNCTION)?;
    // What else must be a tuple or a dict is asked when it runs.
    state.take(if which == 8 { CLOSURE } else { SOME })?;
    state.stack.push(function);
    Ok(())
}

/// The few that hand exceptions on.
fn intrinsic(state: &mut State, instruction: &Instruction, takes: usize) -> Checked {
    let stop_iteration = instruction.opcode == op::CALL_INTRINSIC_1 && instruction.argument == 3;
    let reraise_star = instruction.opcode == op::CALL_INTRINSIC_2 && instruction.argument == 1;
    if stop_iteration {
        state.take(EXCEPTION)?;
        state.push(EXCEPTION);
        return Ok(());
    }
    if reraise_star {
        state.take(LIST)?;
        state.take(EXCEPTION | NONE)?;
        state.push(EXCEPTION | NONE);
        return Ok(());
    }
    take_all(state, takes)?;
    state.push(OBJECT);
    Ok(())
}
