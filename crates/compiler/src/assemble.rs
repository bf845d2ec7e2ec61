//! From the optimised instructions to the code object: bytes, location table, exception table (CPython's Python/assemble.c).
//! Never changes which instructions there are.
//!
//! ```text
//! in    RESUME 0, LOAD_NAME 0, TO_BOOL, POP_JUMP_IF_FALSE 8, LOAD_SMALL_INT 3, ...
//! out   co_code        80 00  5d 00  27 00 00 00 00 00 00 00  64 05 00 00  1c 00  5e 03 ...
//!       co_linetable   f0 03 01 01 01  df 0d 0e  80 45  82 01 ...
//! ```

use std::cell::Cell;
use std::rc::Rc;

use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Code, Str};

use crate::constants::Constants;
use crate::flowgraph::opcodes::{caches, is_terminator};
use crate::flowgraph::{self, Error, Graph, NO_BLOCK};
use crate::instructions::Instruction;
use crate::tree::Location;
use crate::unit::Unit;

/// END_ASYNC_FOR's argument is the distance back to this many code units past the SEND it belongs to: its END_SEND.
const END_SEND_OFFSET: u32 = 5;

/// Longest run of code units that one entry of the location table covers.
const MAX_ENTRY_UNITS: u32 = 8;

/// Optimises and assembles the units of a module.
#[derive(Debug)]
pub struct Assembler {
    filename: Str,
    buffers: Box<Buffers>,
}

/// What units are assembled in, one after the other.
#[derive(Debug, Default)]
struct Buffers {
    graph: Graph,
    instructions: Vec<Instruction>,
    /// Index of each instruction that has a target, and the target's.
    jumps: Vec<(u32, u32)>,
    /// Where each instruction starts, in code units, and where the last ends.
    offsets: Vec<u32>,
    /// The exception table or the code while it is written.
    bytes: Vec<u8>,
    /// The location table, and what was there before.
    locations: Vec<u8>,
}

/// Buffers for units of so many instructions are kept for the next module.
const KEPT: usize = 1 << 14;

thread_local! {
    static SPARE: Cell<Option<Box<Buffers>>> = const { Cell::new(None) };
}

impl Drop for Assembler {
    fn drop(&mut self) {
        if self.buffers.instructions.capacity() <= KEPT {
            SPARE.set(Some(std::mem::take(&mut self.buffers)));
        }
    }
}

impl Assembler {
    /// For units of the file of this name.
    pub fn new(filename: Str) -> Assembler {
        Assembler {
            filename,
            buffers: SPARE.take().unwrap_or_default(),
        }
    }

    pub fn assemble(
        &mut self,
        unit: &mut Unit,
        constants: &mut Constants,
    ) -> Result<Rc<Code>, Error> {
        let Buffers {
            graph,
            instructions,
            jumps,
            offsets,
            bytes,
            locations,
        } = &mut *self.buffers;
        let optimized = flowgraph::optimize(graph, unit, constants)?;
        graph.linearize(instructions, jumps);
        resolve_unconditional_jumps(instructions, jumps);
        resolve_jump_offsets(instructions, jumps, offsets);
        if graph.has_next_locations {
            resolve_next_locations(instructions);
        }
        write_exception_table(instructions, graph, offsets, bytes);
        let exceptiontable = constants.merge_bytes(bytes);
        let length = write_location_table(instructions, offsets, unit.firstlineno, locations);
        let linetable = constants.merge_bytes(&locations[..length]);
        write_code(instructions, offsets, bytes);
        let code = bytes.as_slice().into();
        let names = constants.merge_names(&unit.names);
        unit.consts = optimized.consts;
        let consts = constants.merge_consts(&unit.consts);
        unit.varnames = optimized.localsplusnames;
        let localsplusnames = constants.merge_names(&unit.varnames);
        Ok(Rc::new(Code {
            argcount: unit.posonlyargcount + unit.argcount,
            posonlyargcount: unit.posonlyargcount,
            kwonlyargcount: unit.kwonlyargcount,
            stacksize: optimized.stack_depth.max(1),
            flags: unit.flags,
            code,
            consts,
            names,
            localsplusnames,
            localspluskinds: graph.localspluskinds.as_slice().into(),
            filename: self.filename.clone(),
            name: unit.name.clone(),
            qualname: unit.qualname.clone(),
            firstlineno: unit.firstlineno,
            linetable,
            exceptiontable,
        }))
    }
}

/// Size in code units: prefixes EXTENDED_ARG, the instruction, its inline cache.
#[inline]
fn size(opcode: u16, oparg: u32) -> u32 {
    prefixes(oparg) + 1 + caches(opcode)
}

/// How many EXTENDED_ARG the argument needs.
#[inline]
fn prefixes(oparg: u32) -> u32 {
    if oparg <= 0xFF {
        return 0;
    }
    u32::from(oparg > 0xFF) + u32::from(oparg > 0xFFFF) + u32::from(oparg > 0xFF_FFFF)
}

/// Gives unconditional jumps their direction.
fn resolve_unconditional_jumps(instructions: &mut [Instruction], jumps: &[(u32, u32)]) {
    for &(index, target) in jumps {
        let instr = &mut instructions[index as usize];
        instr.opcode = match (instr.opcode, target > index) {
            (JUMP | JUMP_NO_INTERRUPT, true) => JUMP_FORWARD,
            (JUMP, false) => JUMP_BACKWARD,
            (JUMP_NO_INTERRUPT, false) => JUMP_BACKWARD_NO_INTERRUPT,
            (opcode, _) => opcode,
        };
    }
}

/// Turns targets into distances, until no distance needs another size. Fills `offsets`.
fn resolve_jump_offsets(
    instructions: &mut [Instruction],
    jumps: &[(u32, u32)],
    offsets: &mut Vec<u32>,
) {
    loop {
        let mut offset = 0;
        offsets.clear();
        offsets.push(0);
        offsets.extend(instructions.iter().map(|instr| {
            offset += size(instr.opcode, instr.oparg);
            offset
        }));
        let mut is_stable = true;
        for &(index, target) in jumps {
            let instr = &mut instructions[index as usize];
            let old_size = size(instr.opcode, instr.oparg);
            // Distances count from the end of the instruction.
            let end = offsets[index as usize] + old_size;
            let to = offsets[target as usize];
            instr.oparg = match instr.opcode {
                END_ASYNC_FOR => end.saturating_sub(to + END_SEND_OFFSET),
                _ => end.abs_diff(to),
            };
            is_stable &= size(instr.opcode, instr.oparg) == old_size;
        }
        if is_stable {
            return;
        }
    }
}

/// `Location::NEXT` stands for the location of the instruction behind.
fn resolve_next_locations(instructions: &mut [Instruction]) {
    let mut following = Location::NONE;
    for instr in instructions.iter_mut().rev() {
        if instr.loc == Location::NEXT {
            instr.loc = if is_terminator(instr.opcode) {
                Location::NONE
            } else {
                following
            };
        }
        following = instr.loc;
    }
}

/// Writes `co_code` in the place of what is in `code`.
fn write_code(instructions: &[Instruction], offsets: &[u32], code: &mut Vec<u8>) {
    let units = offsets.last().copied().unwrap_or(0) as usize;
    // Caches stay as they are.
    code.clear();
    code.resize(units * 2, CACHE as u8);
    for (instr, &offset) in instructions.iter().zip(offsets) {
        let mut at = offset as usize * 2;
        if instr.oparg > 0xFF {
            let prefixes = prefixes(instr.oparg) as usize;
            for &byte in &instr.oparg.to_be_bytes()[3 - prefixes..3] {
                code[at..at + 2].copy_from_slice(&[EXTENDED_ARG as u8, byte]);
                at += 2;
            }
        }
        code[at..at + 2].copy_from_slice(&[instr.opcode as u8, instr.oparg as u8]);
    }
}

/// Writes the exception table: for each run of instructions with one handler start, length, target, and depth with the `lasti` bit.
fn write_exception_table(
    instructions: &[Instruction],
    graph: &Graph,
    offsets: &[u32],
    table: &mut Vec<u8>,
) {
    table.clear();
    if !graph.has_handlers {
        return;
    }
    // The handler's first instruction tells handlers apart, as in CPython.
    let first = |handler: u32| graph.handler(handler).map(|handler| handler.index);
    let (mut current, mut start) = (NO_BLOCK, 0);
    let end = (NO_BLOCK, offsets.last().copied().unwrap_or(0));
    let all = instructions
        .iter()
        .zip(offsets)
        .map(|(instr, &offset)| (instr.handler, offset));
    for (handler, offset) in all.chain([end]) {
        if handler == current || first(handler) == first(current) {
            continue;
        }
        if let Some(handler) = graph.handler(current) {
            let depth = handler.start_depth - 1 - i32::from(handler.preserve_lasti);
            let depth_lasti = (depth.max(0) as u32) << 1 | u32::from(handler.preserve_lasti);
            write_exception_number(table, start, 0x80);
            write_exception_number(table, offset - start, 0);
            write_exception_number(table, offsets[handler.index as usize], 0);
            write_exception_number(table, depth_lasti, 0);
        }
        (current, start) = (handler, offset);
    }
}

/// Six bits a byte, the highest first; `first` marks the start of an entry.
fn write_exception_number(table: &mut Vec<u8>, value: u32, first: u8) {
    const CONTINUATION: u8 = 0x40;
    let mut mark = first;
    for shift in [24, 18, 12, 6] {
        if value >= 1 << shift {
            table.push((value >> shift) as u8 & 0x3F | CONTINUATION | mark);
            mark = 0;
        }
    }
    table.push(value as u8 & 0x3F | mark);
}

/// Writes the location table (Objects/../InternalDocs/code_objects.md, "Source code locations") to the start of `table`. Returns its length.
fn write_location_table(
    instructions: &[Instruction],
    offsets: &[u32],
    firstlineno: i32,
    table: &mut Vec<u8>,
) -> usize {
    let units = offsets.last().copied().unwrap_or(0);
    let entries = instructions.len() + (units / MAX_ENTRY_UNITS) as usize + 1;
    if table.len() < entries * LONGEST_ENTRY {
        table.resize(entries * LONGEST_ENTRY, 0);
    }
    let mut writer = LocationWriter {
        table,
        length: 0,
        line: firstlineno,
    };
    let (mut loc, mut start) = (Location::NONE, 0);
    for (instr, &offset) in instructions.iter().zip(offsets) {
        if !is_same(&instr.loc, &loc) {
            writer.run(loc, offset - start);
            (loc, start) = (instr.loc, offset);
        }
    }
    writer.run(loc, units - start);
    writer.length
}

/// Equality without a branch a field.
#[inline]
fn is_same(left: &Location, right: &Location) -> bool {
    (left.line ^ right.line)
        | (left.end_line ^ right.end_line)
        | (left.column ^ right.column)
        | (left.end_column ^ right.end_column)
        == 0
}

/// Codes of entries of the location table (Include/cpython/code.h, `_PyCodeLocationInfoKind`); less than ten are short forms.
mod entry {
    pub const ONE_LINE: u8 = 10;
    pub const NO_COLUMNS: u8 = 13;
    pub const LONG: u8 = 14;
    pub const NONE: u8 = 15;
}

/// No entry is longer: its first byte, a line, three numbers.
const LONGEST_ENTRY: usize = 1 + 4 * 6;

struct LocationWriter<'t> {
    /// What is written, and room for all entries.
    table: &'t mut [u8],
    length: usize,
    /// Line of the entry before.
    line: i32,
}

impl LocationWriter<'_> {
    #[inline(always)]
    fn run(&mut self, loc: Location, units: u32) {
        match units {
            1..=MAX_ENTRY_UNITS => self.entry(loc, units),
            _ => self.long_run(loc, units),
        }
    }

    #[inline(never)]
    fn long_run(&mut self, loc: Location, mut units: u32) {
        while units > 0 {
            let covered = units.min(MAX_ENTRY_UNITS);
            self.entry(loc, covered);
            units -= covered;
        }
    }

    #[inline(always)]
    fn entry(&mut self, loc: Location, units: u32) {
        let Location {
            line,
            end_line,
            column,
            end_column,
        } = loc;
        let delta = line.wrapping_sub(self.line);
        let width = end_column.wrapping_sub(column);
        // Bits that no short form has room for.
        let beyond = (end_line ^ line) | line & i32::MIN | (column | end_column) & !127;
        if !((beyond == 0) & (0..3).contains(&delta)) {
            return self.long_entry(loc, units);
        }
        self.line = line;
        // Both forms are computed: which it is, is hard to foretell.
        let is_shortest = (delta == 0) & (column < 80) & (0..16).contains(&width);
        let columns = ((column & 7) << 4 | width) as u8;
        let shortest = [first_byte((column >> 3) as u8, units), columns, 0, 0];
        let start = first_byte(entry::ONE_LINE + delta as u8, units);
        let one_line = [start, column as u8, end_column as u8, 0];
        let mask = u32::from(is_shortest).wrapping_neg();
        let bytes = u32::from_le_bytes(shortest) & mask | u32::from_le_bytes(one_line) & !mask;
        self.table[self.length..self.length + 4].copy_from_slice(&bytes.to_le_bytes());
        self.length += 3 - usize::from(is_shortest);
    }

    /// Not inlined: it would burden the more frequent.
    #[inline(never)]
    fn long_entry(&mut self, loc: Location, units: u32) {
        if loc.line < 0 {
            self.push(first_byte(entry::NONE, units));
            return;
        }
        let delta = loc.line - self.line;
        let has_columns = loc.column >= 0 && loc.end_column >= 0;
        if !has_columns && (loc.end_line == loc.line || loc.end_line == -1) {
            self.push(first_byte(entry::NO_COLUMNS, units));
            self.signed(delta);
        } else {
            self.push(first_byte(entry::LONG, units));
            self.signed(delta);
            self.unsigned(loc.end_line.wrapping_sub(loc.line) as u32);
            self.unsigned(loc.column.wrapping_add(1) as u32);
            self.unsigned(loc.end_column.wrapping_add(1) as u32);
        }
        self.line = loc.line;
    }

    fn push(&mut self, byte: u8) {
        self.table[self.length] = byte;
        self.length += 1;
    }

    /// Six bits a byte, the lowest first.
    fn unsigned(&mut self, mut value: u32) {
        const CONTINUATION: u8 = 0x40;
        while value >= 64 {
            self.push(value as u8 & 0x3F | CONTINUATION);
            value >>= 6;
        }
        self.push(value as u8);
    }

    /// The sign in the lowest bit.
    fn signed(&mut self, value: i32) {
        self.unsigned(value.unsigned_abs() << 1 | u32::from(value < 0));
    }
}

/// The first byte of an entry.
#[inline]
fn first_byte(code: u8, units: u32) -> u8 {
    0x80 | code << 3 | (units as u8 - 1)
}
