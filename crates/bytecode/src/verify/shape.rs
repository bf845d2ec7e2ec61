//! Counts that fit together, tables of one length, constants that code can have.

use super::{Budget, Checked, View};
use crate::code::{Code, flags, kinds};
use crate::constant::Constant;

/// No code needs more of either.
const MOST_LOCALS: usize = 1 << 20;
const MOST_OPERANDS: u64 = 1 << 20;
/// Operands for which a code object may ask beyond what its instructions can push.
const SPARE_OPERANDS: u64 = 1 << 12;

/// The tables of names.
pub fn names(code: &Code) -> Checked {
    let texts = |items: &[Constant]| items.iter().all(|c| matches!(c, Constant::Str(_)));
    if code.localsplusnames.len() != code.localspluskinds.len()
        || !texts(&code.localsplusnames)
        || !texts(&code.names)
    {
        return Err("its names do not fit together".into());
    }
    Ok(())
}

/// How many locals are filled by a call.
pub fn arguments(view: &View<'_>) -> usize {
    let extra = u64::from(view.flags & flags::VARARGS != 0)
        + u64::from(view.flags & flags::VARKEYWORDS != 0);
    let all = u64::from(view.argcount) + u64::from(view.kwonlyargcount) + extra;
    usize::try_from(all).unwrap_or(usize::MAX)
}

/// Numbers of arguments, locals and operands.
pub fn counts(view: &View<'_>) -> Checked {
    let locals = view.kinds.len();
    let arguments = arguments(view);
    if view.posonlyargcount > view.argcount || arguments > locals || locals > MOST_LOCALS {
        return Err("its counts do not fit together".into());
    }
    // Arguments first, free variables last; an argument may also be a cell.
    let first_free = locals - view.kinds.iter().filter(|k| **k & kinds::FREE != 0).count();
    let in_order = view.kinds[first_free..].iter().all(|k| *k == kinds::FREE)
        && view.kinds[..arguments.min(first_free)]
            .iter()
            .all(|k| k & kinds::LOCAL != 0);
    if arguments > first_free || !in_order {
        return Err("its locals are out of order".into());
    }
    let units = view.code.len() as u64 / 2;
    let operands = u64::from(view.stacksize);
    if operands > MOST_OPERANDS || operands > units * 2 + SPARE_OPERANDS {
        return Err(format!(
            "it asks for a stack of {operands} operands, which its instructions cannot fill"
        ));
    }
    Ok(())
}

/// Constants that the compiler can make. Shared parts count as often as they stand there, so that nothing grows without end later.
pub fn constant(constant: &Constant, budget: &mut Budget) -> Checked {
    budget.spend(0)?;
    match constant {
        Constant::Tuple(items) | Constant::FrozenSet(items) => items
            .iter()
            .try_for_each(|item| self::constant(item, budget)),
        Constant::Slice(parts) => parts
            .iter()
            .try_for_each(|item| self::constant(item, budget)),
        Constant::List(_) | Constant::Set(_) | Constant::Dict(_) => {
            Err(format!("a {} among its constants", constant.type_name()))
        }
        _ => Ok(()),
    }
}
