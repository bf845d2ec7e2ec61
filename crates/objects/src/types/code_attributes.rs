//! What a code object shows of itself: the `co_` attributes and methods, `repr`, comparison and hash (Objects/codeobject.c).

use std::cell::Cell;
use std::mem::offset_of;

use terrarium_bytecode::code::kinds;
use terrarium_bytecode::{linetable, opcode as op};

use super::code::{CODE, CODE_OFFSET, Code};
use super::{code_iterators, code_new};
use crate::error;
use crate::object::Object;
use crate::ops;
use crate::refs::{Owned, PyResult};
use crate::typeobject::{CompareOp, GetSetDef, MemberDef, MemberKind, MethodDef, Native};
use crate::types::bool::bool_owned;
use crate::types::bytes::Bytes;
use crate::types::none::not_implemented;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::types::{complex, exceptions as exc, float, int, set, slice, tuple};

const fn field(name: &'static str, offset: usize, kind: MemberKind) -> MemberDef {
    MemberDef {
        name,
        kind,
        offset,
        readonly: true,
        doc: "",
    }
}

pub static MEMBERS: [MemberDef; 14] = [
    field("co_argcount", offset_of!(Code, argcount), MemberKind::Int),
    field(
        "co_posonlyargcount",
        offset_of!(Code, posonlyargcount),
        MemberKind::Int,
    ),
    field(
        "co_kwonlyargcount",
        offset_of!(Code, kwonlyargcount),
        MemberKind::Int,
    ),
    field("co_stacksize", offset_of!(Code, stacksize), MemberKind::Int),
    field("co_flags", offset_of!(Code, flags), MemberKind::Int),
    field("co_nlocals", offset_of!(Code, nlocals), MemberKind::Int),
    field("co_consts", offset_of!(Code, consts), MemberKind::Object),
    field("co_names", offset_of!(Code, names), MemberKind::Object),
    field(
        "co_filename",
        offset_of!(Code, filename),
        MemberKind::Object,
    ),
    field("co_name", offset_of!(Code, name), MemberKind::Object),
    field(
        "co_qualname",
        offset_of!(Code, qualname),
        MemberKind::Object,
    ),
    field(
        "co_firstlineno",
        offset_of!(Code, firstlineno),
        MemberKind::Int,
    ),
    field(
        "co_linetable",
        offset_of!(Code, linetable),
        MemberKind::Object,
    ),
    field(
        "co_exceptiontable",
        offset_of!(Code, exceptiontable),
        MemberKind::Object,
    ),
];

pub static GETSET: [GetSetDef; 6] = [
    GetSetDef::read("co_lnotab", line_deltas, ""),
    GetSetDef::read("_co_code_adaptive", adaptive_code, ""),
    GetSetDef::read("co_varnames", |o| Ok(varnames(of(o))), ""),
    GetSetDef::read("co_cellvars", |o| Ok(cellvars(of(o))), ""),
    GetSetDef::read("co_freevars", |o| Ok(freevars(of(o))), ""),
    GetSetDef::read("co_code", |o| Ok(code_bytes(of(o))), ""),
];

pub static METHODS: [MethodDef; 7] = [
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(sizeof),
        "__sizeof__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "co_lines",
        Native::NoArgs(|o| Ok(code_iterators::lines(o))),
        "co_lines($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "co_branches",
        Native::NoArgs(|o| Ok(code_iterators::branches(o))),
        "co_branches($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "co_positions",
        Native::NoArgs(|o| Ok(code_iterators::positions(o))),
        "co_positions($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "replace",
        Native::FastKeywords(code_new::replace),
        "replace($self, /, **changes)\n--\n\n",
    ),
    MethodDef::new(
        "_varname_from_oparg",
        Native::FastKeywords(varname_from_oparg),
        "_varname_from_oparg($self, /, oparg)\n--\n\n",
    ),
    MethodDef::new(
        "__replace__",
        Native::FastKeywords(code_new::replace),
        "__replace__($self, /, **changes)\n--\n\n",
    ),
];

pub(super) fn of(object: &Object) -> &Code {
    // SAFETY: called by slots and attributes of the type.
    unsafe { object.cast::<Code>() }
}

/// The opcode that the adaptive code at `index` stands for, and its argument.
pub fn base_unit(code: &Code, index: usize) -> (u8, u8) {
    if code.refusal.get() != 0 {
        // SAFETY: refused code has them from the start.
        let given = unsafe { (*code.cached_code.get()).cast::<Bytes>() }.bytes();
        return (given[index * 2], given[index * 2 + 1]);
    }
    // SAFETY: callers stay within the code.
    let unit = unsafe { *code.units().add(index) };
    (op::family(unit & 0xFF) as u8, (unit >> 8) as u8)
}

/// Code units of the instruction at `index`, its caches included; an EXTENDED_ARG counts alone.
pub fn instruction_length(code: &Code, index: usize) -> usize {
    1 + op::caches(u16::from(base_unit(code, index).0))
}

/// The source line of code unit `index`, if it has one; the first line before the first unit.
pub fn line_at(code: &Code, index: isize) -> Option<i32> {
    let first = code.firstlineno.get();
    if index < 0 {
        return Some(first);
    }
    let offset = index as u32 * 2;
    linetable::entries(code.linetable_bytes(), first)
        .find(|e| e.start <= offset && offset < e.end)?
        .position
        .line
}

/// `co_code`: general opcodes, caches zero. Made once.
pub fn code_bytes(code: &Code) -> Owned {
    cached(&code.cached_code, || {
        let mut bytes = vec![0u8; code.len() * 2];
        let mut i = 0;
        while i < code.len() {
            let (opcode, arg) = base_unit(code, i);
            bytes[i * 2] = opcode;
            bytes[i * 2 + 1] = arg;
            i += instruction_length(code, i);
        }
        Bytes::new(&bytes)
    })
}

fn adaptive_code(object: &Object) -> PyResult {
    let code = of(object);
    if code.refusal.get() != 0 {
        return Ok(code_bytes(code));
    }
    // SAFETY: the units are live.
    Ok(Bytes::new(unsafe {
        std::slice::from_raw_parts(code.units().cast::<u8>(), code.len() * 2)
    }))
}

fn cached(cell: &Cell<*mut Object>, make: impl FnOnce() -> Owned) -> Owned {
    if cell.get().is_null() {
        cell.set(make().into_raw());
    }
    // SAFETY: owned by the code object.
    Owned::new(unsafe { &*cell.get() })
}

fn names_of_kind(code: &Code, kind: u8) -> Owned {
    let names = (0..code.nlocalsplus.get() as usize).filter(|i| code.local_kind(*i) & kind != 0);
    let names: Vec<&Object> = names.map(|i| code.local_name(i)).collect();
    tuple::from_refs(&names)
}

/// `co_varnames`.
pub fn varnames(code: &Code) -> Owned {
    cached(&code.cached_varnames, || names_of_kind(code, kinds::LOCAL))
}

/// `co_cellvars`.
pub fn cellvars(code: &Code) -> Owned {
    cached(&code.cached_cellvars, || names_of_kind(code, kinds::CELL))
}

/// `co_freevars`.
pub fn freevars(code: &Code) -> Owned {
    cached(&code.cached_freevars, || names_of_kind(code, kinds::FREE))
}

fn sizeof(object: &Object) -> PyResult {
    Ok(int::from_usize(CODE_OFFSET + of(object).len() * 2))
}

fn varname_from_oparg(
    object: &Object,
    args: &[crate::refs::Word],
    kwnames: Option<&Object>,
) -> PyResult {
    const SIGNATURE: crate::args::Signature =
        crate::args::Signature::new("_varname_from_oparg", &["oparg"], 0, 1, 1);
    let [oparg] = SIGNATURE.bind(args, kwnames)?;
    let index = oparg.map_or(Ok(0), int::as_i32)?;
    let code = of(object);
    if index < 0 || index as u32 >= code.nlocalsplus.get() {
        return Err(error::index_error("tuple index out of range"));
    }
    Ok(Owned::new(code.local_name(index as usize)))
}

/// `co_lnotab`: pairs of byte and line steps, as before Python 3.10.
fn line_deltas(object: &Object) -> PyResult {
    exc::warn(
        &exc::DEPRECATION_WARNING,
        "co_lnotab is deprecated, use co_lines instead.",
    )?;
    let code = of(object);
    let mut table = Vec::new();
    let (mut offset, mut line) = (0, code.firstlineno.get());
    for entry in linetable::entries(code.linetable_bytes(), code.firstlineno.get()) {
        let Some(here) = entry.position.line.filter(|l| *l != line) else {
            continue;
        };
        let (mut bytes, mut lines) = ((entry.start - offset) as i32, here - line);
        while bytes > 255 {
            table.extend([255, 0]);
            bytes -= 255;
        }
        while lines > 127 {
            table.extend([bytes as u8, 127]);
            bytes = 0;
            lines -= 127;
        }
        while lines < -128 {
            table.extend([bytes as u8, 128]);
            bytes = 0;
            lines += 128;
        }
        table.extend([bytes as u8, lines as u8]);
        (offset, line) = (entry.start, here);
    }
    Ok(Bytes::new(&table))
}

/// The `repr` slot.
pub(super) fn repr(object: &Object) -> PyResult {
    let code = of(object);
    let line = if code.firstlineno.get() == 0 {
        -1
    } else {
        code.firstlineno.get()
    };
    // SAFETY: always set.
    let (name, file) = unsafe {
        (
            ops::text::lossy(&*code.name.get()),
            ops::text::lossy(&*code.filename.get()),
        )
    };
    Ok(Str::new(&format!(
        "<code object {name} at {object:p}, file \"{file}\", line {line}>"
    )))
}

/// The objects that count in comparison and hash.
fn compared(code: &Code) -> [&Object; 5] {
    // SAFETY: always set.
    unsafe {
        [
            &*code.name.get(),
            &*code.names.get(),
            &*code.localsplusnames.get(),
            &*code.linetable.get(),
            &*code.exceptiontable.get(),
        ]
    }
}

fn numbers(code: &Code) -> [i64; 6] {
    [
        i64::from(code.argcount.get()),
        i64::from(code.posonlyargcount.get()),
        i64::from(code.kwonlyargcount.get()),
        i64::from(code.flags.get()),
        i64::from(code.firstlineno.get()),
        code.len() as i64,
    ]
}

/// The `richcompare` slot: equality only.
pub(super) fn richcompare(a: &Object, b: &Object, how: CompareOp) -> PyResult {
    let wanted = match how {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(not_implemented()),
    };
    if !a.is_exact(&CODE) || !b.is_exact(&CODE) {
        return Ok(not_implemented());
    }
    Ok(bool_owned(equal(of(a), of(b))? == wanted))
}

fn equal(a: &Code, b: &Code) -> PyResult<bool> {
    let mut pairs = compared(a).into_iter().zip(compared(b));
    let (name, other) = pairs.next().unwrap_or((a.object(), b.object()));
    if !ops::compare::compare_bool(name, other, CompareOp::Eq)? || numbers(a) != numbers(b) {
        return Ok(false);
    }
    let mut i = 0;
    while i < a.len() {
        if base_unit(a, i) != base_unit(b, i) {
            return Ok(false);
        }
        i += instruction_length(a, i);
    }
    // SAFETY: always set.
    if !unsafe { same_constant(&*a.consts.get(), &*b.consts.get()) }? {
        return Ok(false);
    }
    for (x, y) in pairs {
        if !ops::compare::compare_bool(x, y, CompareOp::Eq)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether two constants may stand for each other: same types, same values, zeros told apart by sign (`_PyCode_ConstantKey`).
fn same_constant(a: &Object, b: &Object) -> PyResult<bool> {
    if a.is(b) {
        return Ok(true);
    }
    let ty = a.ty();
    if !b.is_exact(ty) {
        return Ok(false);
    }
    let all = |x: &[Owned], y: &[Owned]| -> PyResult<bool> {
        for (x, y) in x.iter().zip(y) {
            if !same_constant(x, y)? {
                return Ok(false);
            }
        }
        Ok(x.len() == y.len())
    };
    if a.is_exact(&tuple::TUPLE) {
        // SAFETY: checked.
        return unsafe { all(a.cast::<Tuple>().items(), b.cast::<Tuple>().items()) };
    }
    if a.is_exact(&float::FLOAT) || a.is_exact(&complex::COMPLEX) {
        // Equal numbers of one sign have one representation.
        return Ok(ops::compare::compare_bool(a, b, CompareOp::Eq)?
            && ops::text::lossy(&*ops::text::repr(a)?) == ops::text::lossy(&*ops::text::repr(b)?));
    }
    if a.is_exact(&set::FROZENSET) {
        let (x, y) = (ops::sequence::to_tuple(a)?, ops::sequence::to_tuple(b)?);
        // SAFETY: tuples.
        let (x, y) = unsafe { (x.cast::<Tuple>().items(), y.cast::<Tuple>().items()) };
        if x.len() != y.len() {
            return Ok(false);
        }
        for item in x {
            let mut found = false;
            for other in y {
                found = found || same_constant(item, other)?;
            }
            if !found {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    if a.is_exact(&slice::SLICE) {
        for part in ["start", "stop", "step"] {
            if !same_constant(
                &*ops::attribute::get_str(a, part)?,
                &*ops::attribute::get_str(b, part)?,
            )? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let by_value = [
        &int::INT,
        &super::bool::BOOL,
        &super::bytes::BYTES,
        &super::str::STR,
        &CODE,
    ];
    if by_value.into_iter().any(|ty| a.is_exact(ty)) {
        return ops::compare::compare_bool(a, b, CompareOp::Eq);
    }
    Ok(false)
}

/// The `hash` slot.
pub(super) fn hash(object: &Object) -> PyResult<isize> {
    let code = of(object);
    let mut hash: u64 = 20_221_211;
    let mut mix = |value: u64| hash = (hash ^ value).wrapping_mul(1_000_003);
    let [name, names, locals, lines, handlers] = compared(code);
    // SAFETY: always set.
    let consts = unsafe { &*code.consts.get() };
    for part in [name, consts, names, locals, lines, handlers] {
        mix(ops::compare::hash(part)? as u64);
    }
    for number in numbers(code) {
        mix(number as u64);
    }
    let mut i = 0;
    while i < code.len() {
        let (opcode, arg) = base_unit(code, i);
        mix(u64::from(opcode));
        mix(u64::from(arg));
        i += instruction_length(code, i);
    }
    Ok(if hash as i64 == -1 { -2 } else { hash as isize })
}
