//! The iterators of `co_lines()`, `co_positions()` and `co_branches()`. Each walks a list that is made when the iterator is.

use std::cell::Cell;

use terrarium_bytecode::{linetable, opcode as op};

use super::code_attributes::{base_unit, instruction_length, of};
use crate::alloc;
use crate::field::Field;
use crate::object::{Layout, Object};
use crate::ops;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{Slots, Type, flags};
use crate::types::none::none_owned;
use crate::types::{int, tuple};
use crate::visit::Visit;

type Row = [Option<i64>; 4];

/// Rows still to come; `width` of the four columns are shown.
struct Rows {
    rows: Vec<Row>,
    width: usize,
}

/// All three iterators.
#[repr(C)]
struct CodeIterator {
    object: Object,
    code: Field,
    rows: *mut Rows,
    at: Cell<usize>,
}

// SAFETY: starts with `Object`.
unsafe impl Layout for CodeIterator {
    fn type_object() -> &'static Type {
        &LINE_ITERATOR
    }
}

const SLOTS: Slots = Slots {
    dealloc,
    visit,
    getattro: Some(ops::attribute::generic_get),
    iter: Some(crate::types::self_iter),
    iternext: Some(next),
    ..Slots::NONE
};

/// Sizes are CPython's, whose iterators keep a reader of the table.
pub static LINE_ITERATOR: Type = Type::builtin("line_iterator", 64, SLOTS)
    .with_flags(flags::BASETYPE | flags::DISALLOW_INSTANTIATION);
pub static POSITIONS_ITERATOR: Type = Type::builtin("positions_iterator", 80, SLOTS)
    .with_flags(flags::BASETYPE | flags::DISALLOW_INSTANTIATION);
/// CPython's has the name of the other one.
pub static BRANCHES_ITERATOR: Type =
    Type::builtin("line_iterator", 40, SLOTS).with_flags(flags::DISALLOW_INSTANTIATION);

fn make(ty: &'static Type, code: &Object, rows: Vec<Row>, width: usize) -> Owned {
    // SAFETY: every type has room for the struct; the body is written before the object is seen.
    unsafe {
        let place = alloc::object_memory(ty, ty.basicsize.get() as usize);
        assert!(!place.is_null(), "out of memory");
        let made = place.cast::<CodeIterator>();
        (&raw mut (*made).code).write(Field::new(Some(Owned::new(code))));
        (&raw mut (*made).rows).write(Box::into_raw(Box::new(Rows { rows, width })));
        (&raw mut (*made).at).write(Cell::new(0));
        Owned::from_raw(place)
    }
}

fn next(object: &Object) -> PyResult<Option<Owned>> {
    // SAFETY: called for the three types, which share the body.
    let (this, rows) = unsafe {
        let this = object.cast::<CodeIterator>();
        (this, &*this.rows)
    };
    let Some(row) = rows.rows.get(this.at.get()) else {
        return Ok(None);
    };
    this.at.set(this.at.get() + 1);
    let items = row[..rows.width]
        .iter()
        .map(|v| v.map_or_else(none_owned, int::from_i64))
        .collect();
    Ok(Some(tuple::from_owned(items)))
}

unsafe fn dealloc(object: *mut Object) {
    // SAFETY: a dying iterator.
    unsafe {
        let this = (*object).cast::<CodeIterator>();
        drop(Box::from_raw(this.rows));
        this.code.clear();
        alloc::free_object(object);
    }
}

unsafe fn visit(object: &Object, visit: &mut Visit<'_>) {
    // SAFETY: called for the three types, which share the body.
    unsafe { object.cast::<CodeIterator>() }
        .code
        .visit_hidden("code", visit);
}

/// `co_lines()`: start and end offset in bytes, line or `None`.
pub fn lines(object: &Object) -> Owned {
    let code = of(object);
    let rows = linetable::lines(code.linetable_bytes(), code.firstlineno.get());
    let rows = rows
        .map(|l| {
            [
                Some(i64::from(l.start)),
                Some(i64::from(l.end)),
                l.line.map(i64::from),
                None,
            ]
        })
        .collect();
    make(&LINE_ITERATOR, object, rows, 3)
}

/// `co_positions()`: line, end line, column, end column of each code unit.
pub fn positions(object: &Object) -> Owned {
    let code = of(object);
    let rows =
        linetable::positions(code.linetable_bytes(), code.firstlineno.get()).take(code.len());
    let rows = rows
        .map(|p| [p.line, p.end_line, p.column, p.end_column].map(|v| v.map(i64::from)))
        .collect();
    make(&POSITIONS_ITERATOR, object, rows, 4)
}

/// `co_branches()`: offsets of each branch, of where it goes on, of where it jumps to (Python/instrumentation.c).
pub fn branches(object: &Object) -> Owned {
    let code = of(object);
    let mut rows = Vec::new();
    let mut row = |values: [usize; 3]| {
        rows.push([
            Some(values[0] as i64 * 2),
            Some(values[1] as i64 * 2),
            Some(values[2] as i64 * 2),
            None,
        ])
    };
    let (mut i, mut start, mut extended) = (0, 0, 0);
    while i < code.len() {
        let (opcode, arg) = base_unit(code, i);
        let arg = extended << 8 | usize::from(arg);
        let next = i + instruction_length(code, i);
        if extended == 0 {
            start = i;
        }
        extended = 0;
        i = next;
        match u16::from(opcode) {
            op::EXTENDED_ARG => extended = arg,
            op::FOR_ITER => row([start, next, next + arg + 2]),
            op::POP_JUMP_IF_FALSE
            | op::POP_JUMP_IF_TRUE
            | op::POP_JUMP_IF_NONE
            | op::POP_JUMP_IF_NOT_NONE => {
                row([start, next + 1, next + arg]);
                i = next + 1;
            }
            op::END_ASYNC_FOR => {
                let source = next.saturating_sub(arg);
                row([source, source + 1, next]);
            }
            _ => {}
        }
    }
    make(&BRANCHES_ITERATOR, object, rows, 3)
}
