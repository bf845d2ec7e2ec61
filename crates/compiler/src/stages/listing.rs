//! Instructions of units as text: one line each with number, name, argument and place (line, end line, column, end column; `-` for none),
//! as CPython's test module tells them. What follows a `#` is ours: what the argument means, blocks, handlers.
//!
//! ```text
//! unit  # <module>
//!    0 RESUME 0  0-1 0-0
//!    1 LOAD_CONST 0  1-1 4-5  # 1
//! ```

use std::fmt::Write;

use terrarium_bytecode::hash::{Hasher, SetOrders};
use terrarium_bytecode::opcode::{self, flag};
use terrarium_bytecode::{Constant, repr};

use crate::constants::{ConstantId, Constants, small_int};
use crate::flowgraph::opcodes::has_target;
use crate::flowgraph::{self, Error, NO_BLOCK};
use crate::instructions::{Instruction, Sequence};
use crate::tree::{Location, Name};
use crate::unit::Unit;

/// What is shown of a constant, in bytes.
const LONGEST: usize = 60;

/// The instructions as code generation emits them; jumps go to the number of an instruction.
pub fn instructions(unit: &Unit, constants: &Constants) -> String {
    let mut out = header(unit);
    let sequence = &unit.sequence;
    let meaning = Meaning {
        unit,
        constants,
        consts: &unit.consts,
    };
    for (index, instr) in sequence.instructions.iter().enumerate() {
        instruction(&mut out, "", index, instr, sequence, &meaning);
        if instr.opcode == opcode::ANNOTATIONS_PLACEHOLDER
            && let Some(inner) = sequence.annotations.as_deref()
        {
            for (index, instr) in inner.instructions.iter().enumerate() {
                instruction(&mut out, "# ", index, instr, inner, &meaning);
            }
        }
    }
    out
}

fn instruction(
    out: &mut String,
    start: &str,
    index: usize,
    instr: &Instruction,
    sequence: &Sequence,
    meaning: &Meaning,
) {
    let instr = meaning.as_generated(instr);
    let arg = match has_target(instr.opcode) {
        true => sequence.labels.get(instr.oparg as usize).copied(),
        false => None,
    };
    let arg = arg.unwrap_or(instr.oparg);
    let note = meaning.of(instr.opcode, instr.oparg);
    line(out, start, index, instr.opcode, arg, instr.loc, note);
}

/// The instructions of the graph after its optimisation, with borrowed loads, before pseudo-instructions are replaced.
pub fn graph(unit: &Unit, constants: &mut Constants) -> Result<String, Error> {
    let shown = flowgraph::optimized_graph(unit, constants)?;
    let mut out = header(unit);
    let meaning = Meaning {
        unit,
        constants,
        consts: &shown.consts,
    };
    let graph = &shown.graph;
    for &block in shown.order.iter().filter(|&&block| graph.len(block) > 0) {
        let found = graph.block(block);
        let kind = match (found.except_handler, found.cold) {
            (true, _) => " (handler)",
            (_, true) => " (cold)",
            _ => "",
        };
        let _ = writeln!(out, "# block {}{kind}", found.index);
        for (index, instr) in (found.index as usize..).zip(graph.instrs(block)) {
            let arg = match has_target(instr.opcode) {
                true => graph.block(instr.oparg).index,
                false => instr.oparg,
            };
            let mut note = meaning.of(instr.opcode, arg);
            if instr.handler != NO_BLOCK {
                let space = if note.is_empty() { "" } else { ", " };
                let handler = graph.block(instr.handler).index;
                note += &format!("{space}raises to {handler}");
            }
            line(&mut out, "", index, instr.opcode, arg, instr.loc, note);
        }
    }
    Ok(out)
}

fn header(unit: &Unit) -> String {
    format!("unit  # {}\n", unit.qualname)
}

fn line(
    out: &mut String,
    start: &str,
    index: usize,
    opcode: u16,
    arg: u32,
    loc: Location,
    note: String,
) {
    let name = opcode::name(opcode).unwrap_or("?");
    let place = match loc.line {
        -1 => "-".to_owned(),
        _ => format!(
            "{}-{} {}-{}",
            loc.line, loc.end_line, loc.column, loc.end_column
        ),
    };
    let space = if note.is_empty() { "" } else { "  # " };
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{start}{index:4} {name} {arg}  {place}{space}{note}");
}

/// What arguments stand for.
struct Meaning<'u> {
    unit: &'u Unit<'u>,
    constants: &'u Constants<'u>,
    consts: &'u [ConstantId],
}

impl Meaning<'_> {
    /// As CPython's code generation has it, which loads all integers by their numbers.
    fn as_generated(&self, instr: &Instruction) -> Instruction {
        let is_it = |&id: &ConstantId| small_int(self.constants.merged(id)) == Some(instr.oparg);
        let mut generated = *instr;
        if instr.opcode == opcode::LOAD_SMALL_INT
            && let Some(number) = self.consts.iter().position(is_it)
        {
            generated.set(opcode::LOAD_CONST, number as u32);
        }
        generated
    }

    /// The constant, name or variable; empty if the argument is none of them.
    fn of(&self, code: u16, arg: u32) -> String {
        let flags = opcode::flags(code);
        let at = |index: u32, names: &[Name]| {
            let name = names.get(index as usize);
            name.map_or_else(String::new, |name| name.to_string())
        };
        let unit = self.unit;
        if flags & flag::CONST != 0 {
            let constant = self.consts.get(arg as usize);
            let constant = constant.map(|&id| self.constants.merged(id));
            return constant.map_or_else(String::new, constant_text);
        }
        if flags & flag::NAME != 0 {
            let shift = match code {
                opcode::LOAD_GLOBAL | opcode::LOAD_ATTR => 1,
                opcode::LOAD_SUPER_ATTR => 2,
                _ => 0,
            };
            return at(arg >> shift, &unit.names);
        }
        if flags & flag::FREE != 0 || code == opcode::LOAD_CLOSURE {
            let cells = unit.cellvars.len() as u32;
            return match arg.checked_sub(cells) {
                Some(free) => at(free, &unit.freevars),
                None => at(arg, &unit.cellvars),
            };
        }
        match code {
            opcode::LOAD_FAST_LOAD_FAST
            | opcode::STORE_FAST_LOAD_FAST
            | opcode::STORE_FAST_STORE_FAST => {
                let (first, second) = (arg >> 4, arg & 15);
                format!(
                    "{}, {}",
                    at(first, &unit.varnames),
                    at(second, &unit.varnames)
                )
            }
            _ if flags & flag::LOCAL != 0 => at(arg, &unit.varnames),
            _ => String::new(),
        }
    }
}

fn constant_text(value: &Constant) -> String {
    if let Constant::Code(code) = value {
        return format!("code {}", String::from_utf8_lossy(&code.qualname.text));
    }
    let mut out = Vec::new();
    let orders = SetOrders::new(Hasher::with_seed(0).of_source());
    if repr::repr(value, &orders, LONGEST * 4, &mut out).is_err() {
        return "...".into();
    }
    let mut text = String::from_utf8_lossy(&out).into_owned();
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text += "...";
    }
    text
}
