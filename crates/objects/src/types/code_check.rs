//! Code objects that a program makes of parts of its own (`types.CodeType`, `code.replace`, marshal data): they are checked as files are, and what
//! fails can be looked at but not run. CPython runs it, and crashes.

use std::cell::Cell;

use terrarium_bytecode::opcode as op;
use terrarium_bytecode::verify::{self, Budget, ConstantKind, View};

use super::code::{CODE, Code, Parts};
use crate::object::Object;
use crate::types::bytes::{self, Bytes};
use crate::types::none::none;
use crate::types::str;
use crate::types::tuple::{self, Tuple};

/// What is wrong with code of these parts.
pub(super) fn problem(units: &[u8], parts: &Parts) -> Option<String> {
    let consts: Vec<ConstantKind> = items(&parts.consts).iter().map(|c| kind_of(c)).collect();
    let view = View {
        argcount: parts.argcount,
        posonlyargcount: parts.posonlyargcount,
        kwonlyargcount: parts.kwonlyargcount,
        stacksize: parts.stacksize,
        flags: parts.flags,
        code: units,
        consts: &consts,
        names: items(&parts.names).len(),
        kinds: bytes::cast(&parts.localspluskinds).bytes(),
        exceptiontable: bytes::cast(&parts.exceptiontable).bytes(),
    };
    verify::check_view(&view, &mut Budget::default()).err()
}

/// Names that are no names, or not as many as there are kinds, go: messages and frames look at them.
pub(super) fn mend_tables(parts: &mut Parts) -> Option<String> {
    let names = items(&parts.localsplusnames);
    let kinds = bytes::cast(&parts.localspluskinds).bytes().len();
    let all_str = |items: &[crate::Owned]| items.iter().all(|i| i.is_exact(&str::STR));
    if names.len() == kinds && all_str(names) && all_str(items(&parts.names)) {
        return None;
    }
    parts.localsplusnames = tuple::empty();
    parts.localspluskinds = Bytes::new(&[]);
    (parts.argcount, parts.posonlyargcount, parts.kwonlyargcount) = (0, 0, 0);
    Some("its names do not fit together".into())
}

fn items(tuple: &Object) -> &[crate::Owned] {
    // SAFETY: parts that are tuples by contract.
    unsafe { tuple.cast::<Tuple>() }.items()
}

fn kind_of(constant: &Object) -> ConstantKind {
    if constant.is_exact(&CODE) {
        return ConstantKind::Code;
    }
    if constant.is(none()) {
        return ConstantKind::None;
    }
    match constant.downcast_exact::<Tuple>() {
        Some(tuple) if tuple.items().iter().all(|i| i.is_exact(&str::STR)) => {
            ConstantKind::Names(tuple.len())
        }
        Some(_) => ConstantKind::Tuple,
        None => ConstantKind::Other,
    }
}

/// Makes the code one that only raises SystemError: `co_code` still shows what was given.
///
/// # Safety
/// `code` is being made; its units and cells are set.
pub(super) unsafe fn refuse(code: &Code, units: &[u8], problem: String) {
    code.refusal.set(Box::into_raw(Box::new(problem)) as usize);
    code.cached_code.set(Bytes::new(units).into_raw());
    for i in 0..code.len().max(1) {
        // SAFETY: at least one unit was allocated.
        unsafe { code.units().add(i).write(op::RESERVED) };
    }
    code.framesize
        .set(code.nlocalsplus.get() + SPARE + crate::frame::SPECIALS as u32);
}

/// Operands for which a refused frame has room.
const SPARE: u32 = 4;

/// Why the code may not be run.
pub fn refusal(code: &Code) -> Option<&str> {
    // SAFETY: 0 or a box that lives as long as the code.
    unsafe { (code.refusal.get() as *const String).as_ref() }.map(String::as_str)
}

/// Gives the text back.
pub(super) fn forget(cell: &Cell<usize>) {
    let text = cell.replace(0) as *mut String;
    if !text.is_null() {
        // SAFETY: made by `refuse`, given back once.
        drop(unsafe { Box::from_raw(text) });
    }
}
