//! From the optimised instructions to the code object: bytes, location table, exception table (CPython's Python/assemble.c).
//! Never changes which instructions there are.
//!
//! ```text
//! in    RESUME 0, LOAD_NAME 0, TO_BOOL, POP_JUMP_IF_FALSE 8, LOAD_SMALL_INT 3, ...
//! out   co_code        80 00  5d 00  27 00 00 00 00 00 00 00  64 05 00 00  1c 00  5e 03 ...
//!       co_linetable   f0 03 01 01 01  df 0d 0e  80 45  82 01 ...
//! ```

mod layout;
mod locations;

use std::cell::Cell;
use std::rc::Rc;

use terrarium_bytecode::opcode::*;
use terrarium_bytecode::{Code, Str};

use crate::constants::Constants;
use crate::flowgraph::opcodes::{is_terminator, units_of};
use crate::flowgraph::{self, BlockId, Error, Graph, NO_BLOCK};
use crate::tree::Location;
use crate::unit::Unit;

use layout::{Layout, prefixes, size};
use locations::LocationWriter;

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
    layout: Layout,
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
        if self.buffers.graph.instrs.capacity() <= KEPT {
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
            layout,
            bytes,
            locations,
        } = &mut *self.buffers;
        let optimized = flowgraph::optimize(graph, unit, constants)?;
        layout.lay_out(graph);
        if graph.has_next_locations {
            resolve_next_locations(graph, &layout.order);
        }
        write_exception_table(graph, layout, bytes);
        let exceptiontable = constants.merge_bytes(bytes);
        let (instructions, units) = (layout.instructions, layout.units);
        let mut writer = LocationWriter::new(locations, unit.firstlineno, instructions, units);
        write_code(graph, layout, bytes, &mut writer);
        let linetable = constants.merge_bytes(writer.finish());
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
            name: constants.intern_name(&unit.name),
            qualname: constants.intern_name(&unit.qualname),
            firstlineno: unit.firstlineno,
            linetable,
            exceptiontable,
        }))
    }
}

/// `Location::NEXT` stands for the location of the instruction behind.
fn resolve_next_locations(graph: &mut Graph, order: &[BlockId]) {
    let mut following = Location::NONE;
    for &block in order.iter().rev() {
        for instr in graph.instrs_mut(block).iter_mut().rev() {
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
}

/// Writes `co_code` in the place of what is in `code`, and the location table.
fn write_code(graph: &Graph, layout: &Layout, code: &mut Vec<u8>, locations: &mut LocationWriter) {
    // Caches stay as they are.
    code.clear();
    code.resize(layout.units as usize * 2, CACHE as u8);
    let (units, _) = code.as_chunks_mut::<2>();
    let (mut loc, mut start, mut at) = (&Location::NONE, 0, 0);
    for &block in &layout.order {
        for instr in graph.instrs(block) {
            if !is_same(&instr.loc, loc) {
                locations.run(loc, at - start);
                (loc, start) = (&instr.loc, at);
            }
            if instr.oparg > 0xFF {
                at = write_prefixes(instr.oparg, units, at);
            }
            units[at as usize] = [instr.opcode as u8, instr.oparg as u8];
            at += units_of(instr.opcode);
        }
    }
    locations.run(loc, layout.units - start);
}

/// Writes the EXTENDED_ARGs of an argument from the code unit `at` on. Returns where they end.
#[cold]
fn write_prefixes(oparg: u32, units: &mut [[u8; 2]], mut at: u32) -> u32 {
    let prefixes = prefixes(oparg) as usize;
    for &byte in &oparg.to_be_bytes()[3 - prefixes..3] {
        units[at as usize] = [EXTENDED_ARG as u8, byte];
        at += 1;
    }
    at
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

/// Writes the exception table: for each run of instructions with one handler start, length, target, and depth with the `lasti` bit.
fn write_exception_table(graph: &Graph, layout: &Layout, table: &mut Vec<u8>) {
    table.clear();
    if !graph.has_handlers {
        return;
    }
    // Where the handler starts tells handlers apart, as in CPython.
    let place = |handler: u32| graph.blocks.get(handler as usize).map(|block| block.offset);
    let (mut current, mut start) = (NO_BLOCK, 0);
    let mut end_run = |handler: u32, offset: u32| {
        if handler == current || place(handler) == place(current) {
            return;
        }
        if let Some(handler) = graph.blocks.get(current as usize) {
            let depth = handler.start_depth - 1 - i32::from(handler.preserve_lasti);
            let depth_lasti = (depth.max(0) as u32) << 1 | u32::from(handler.preserve_lasti);
            write_exception_number(table, start, 0x80);
            write_exception_number(table, offset - start, 0);
            write_exception_number(table, handler.offset, 0);
            write_exception_number(table, depth_lasti, 0);
        }
        (current, start) = (handler, offset);
    };
    for &block in &layout.order {
        let mut offset = graph.block(block).offset;
        for instr in graph.instrs(block) {
            end_run(instr.handler, offset);
            offset += size(instr);
        }
    }
    end_run(NO_BLOCK, layout.units);
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
