//! What an instruction's argument means, as `dis` writes it in parentheses.

use super::rows::{Labels, jump_target};
use super::{ErrorKind, Lookup, Subject};
use crate::opcode::{self, flag};
use crate::repr::decimal;

type Outcome<E> = Result<(), ErrorKind<E>>;

/// Appends the meaning of `arg`, if it has one, to `out`.
pub(super) fn write_operand<S: Subject>(
    subject: &S,
    labels: &Labels,
    opcode: u16,
    arg: i64,
    offset: usize,
    limit: usize,
    out: &mut Vec<u8>,
) -> Outcome<S::Error> {
    let base = opcode::family(opcode);
    let flags = opcode::flags(base);
    let check = |lookup, list| found(lookup, base, arg, list);
    if flags & flag::CONST != 0 {
        let lookup = subject
            .write_const(index(arg), limit, out)
            .map_err(ErrorKind::Subject)?;
        return check(lookup, "co_consts");
    }
    if flags & flag::NAME != 0 {
        let (shift, suffix) = match base {
            opcode::LOAD_GLOBAL => (1, " + NULL"),
            opcode::LOAD_ATTR => (1, " + NULL|self"),
            opcode::LOAD_SUPER_ATTR => (2, " + NULL|self"),
            _ => (0, ""),
        };
        check(subject.write_name(index(arg >> shift), out), "co_names")?;
        if shift > 0 && arg & 1 != 0 && !out.is_empty() {
            out.extend_from_slice(suffix.as_bytes());
        }
        return Ok(());
    }
    if flags & (flag::JUMP | flag::EXC) != 0 {
        let label = labels.at(jump_target(base, arg, offset));
        if let Some(label) = label {
            out.extend_from_slice(if base == opcode::END_ASYNC_FOR {
                b"from L"
            } else {
                b"to L"
            });
            decimal(label as i64, out);
        }
        return Ok(());
    }
    if flags & (flag::LOCAL | flag::FREE) != 0 {
        if is_pair(base) {
            check(subject.write_local(index(arg >> 4), out), "the fast locals")?;
            out.extend_from_slice(b", ");
            return check(subject.write_local(index(arg & 15), out), "the fast locals");
        }
        return check(subject.write_local(index(arg), out), "the fast locals");
    }
    check(write_word(base, arg, out), "its list")
}

fn is_pair(base: u16) -> bool {
    matches!(
        base,
        opcode::LOAD_FAST_LOAD_FAST
            | opcode::LOAD_FAST_BORROW_LOAD_FAST_BORROW
            | opcode::STORE_FAST_LOAD_FAST
            | opcode::STORE_FAST_STORE_FAST
    )
}

/// Negative arguments index nothing.
fn index(arg: i64) -> usize {
    usize::try_from(arg).unwrap_or(usize::MAX)
}

fn found<E>(lookup: Lookup, opcode: u16, arg: i64, list: &'static str) -> Outcome<E> {
    match lookup {
        Lookup::Found | Lookup::Unknown => Ok(()),
        Lookup::OutOfRange => Err(ErrorKind::Index { opcode, arg, list }),
    }
}

/// The arguments that stand for a word or an operator.
fn write_word(base: u16, arg: i64, out: &mut Vec<u8>) -> Lookup {
    let word = |list: &[&'static str]| list.get(index(arg)).copied();
    let word = match base {
        opcode::COMPARE_OP => return write_comparison(arg, out),
        opcode::SET_FUNCTION_ATTRIBUTE => return write_attributes(arg, out),
        opcode::CONVERT_VALUE => word(&opcode::CONVERSIONS),
        opcode::BINARY_OP => opcode::NB_OPS.get(index(arg)).map(|(_, sign)| *sign),
        opcode::CALL_INTRINSIC_1 => word(&opcode::INTRINSIC_1),
        opcode::CALL_INTRINSIC_2 => word(&opcode::INTRINSIC_2),
        opcode::LOAD_COMMON_CONSTANT => word(&opcode::COMMON_CONSTANTS),
        opcode::LOAD_SPECIAL => word(&opcode::SPECIAL_METHODS),
        opcode::IS_OP => Some(if arg != 0 { "is not" } else { "is" }),
        opcode::CONTAINS_OP => Some(if arg != 0 { "not in" } else { "in" }),
        _ => return Lookup::Found,
    };
    let Some(word) = word else {
        return Lookup::OutOfRange;
    };
    out.extend_from_slice(word.as_bytes());
    Lookup::Found
}

fn write_comparison(arg: i64, out: &mut Vec<u8>) -> Lookup {
    let Some(sign) = opcode::CMP_OP.get(index(arg >> 5)) else {
        return Lookup::OutOfRange;
    };
    let (before, after) = if arg & 16 != 0 {
        ("bool(", ")")
    } else {
        ("", "")
    };
    for part in [before, sign, after] {
        out.extend_from_slice(part.as_bytes());
    }
    Lookup::Found
}

fn write_attributes(arg: i64, out: &mut Vec<u8>) -> Lookup {
    for (bit, name) in opcode::FUNCTION_ATTRIBUTES.iter().enumerate() {
        if arg & 1 << bit != 0 {
            if !out.is_empty() {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(name.as_bytes());
        }
    }
    Lookup::Found
}
