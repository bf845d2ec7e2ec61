//! The instructions of a code object, decoded once: where each starts, what it says, which handler covers it.

use super::{Checked, View};
use crate::opcode as op;

/// An index that is none.
pub const NOWHERE: u32 = u32::MAX;
/// More EXTENDED_ARG in a row say nothing.
const MOST_EXTENSIONS: usize = 3;

#[derive(Clone, Copy)]
pub struct Instruction {
    pub opcode: u16,
    pub argument: i32,
    /// The code unit of the opcode itself, by which the exception table and positions go; EXTENDED_ARG stands before it.
    pub at: u32,
    /// The code unit behind it and its cache.
    pub next: u32,
}

/// A row of the exception table.
pub struct Handler {
    /// Index of the handler's first instruction.
    pub target: u32,
    /// How many operands stay.
    pub depth: usize,
    /// Whether the position is pushed before the exception.
    pub lasti: bool,
}

pub struct Program {
    pub instructions: Vec<Instruction>,
    /// By code unit: the instruction that starts there, or `NOWHERE`.
    starting: Vec<u32>,
    pub handlers: Vec<Handler>,
    /// By instruction: the row that covers it, or `NOWHERE`.
    pub covered: Vec<u32>,
}

impl Program {
    pub fn new(view: &View<'_>) -> Checked<Program> {
        let mut this = Program {
            instructions: Vec::with_capacity(view.code.len() / 4),
            starting: vec![NOWHERE; view.code.len() / 2],
            handlers: Vec::new(),
            covered: Vec::new(),
        };
        this.decode(view.code)?;
        this.covered = vec![NOWHERE; this.instructions.len()];
        this.exception_table(view.exceptiontable)?;
        Ok(this)
    }

    /// The instruction that starts at a code unit.
    pub fn at_unit(&self, unit: i64) -> Option<u32> {
        let found = *self.starting.get(usize::try_from(unit).ok()?)?;
        (found != NOWHERE).then_some(found)
    }

    fn decode(&mut self, code: &[u8]) -> Checked {
        if !code.len().is_multiple_of(2) || code.is_empty() || code.len() > i32::MAX as usize {
            return Err("the instructions are cut".into());
        }
        let mut units = code
            .chunks_exact(2)
            .map(|unit| (u16::from(unit[0]), unit[1]));
        let mut at = 0;
        while let Some((mut opcode, mut low)) = units.next() {
            let start = at;
            let mut argument = u32::from(low);
            while opcode == op::EXTENDED_ARG {
                let Some(unit) = units.next() else {
                    return Err(format!("unit {start} is cut"));
                };
                (opcode, low) = unit;
                argument = argument << 8 | u32::from(low);
                at += 1;
                if at - start > MOST_EXTENSIONS {
                    return Err(format!("unit {start}: an argument of too many parts"));
                }
            }
            let argument =
                i32::try_from(argument).map_err(|_| format!("unit {start}: argument too large"))?;
            if !may_stand_in_a_file(opcode) {
                return Err(format!("unit {at}: {opcode} is no instruction of a file"));
            }
            let caches = op::caches(opcode);
            for _ in 0..caches {
                match units.next() {
                    Some((0, 0)) => {}
                    Some(_) => return Err(format!("unit {at}: its cache is not empty")),
                    None => return Err("the last instruction is cut".into()),
                }
            }
            self.starting[start] = self.instructions.len() as u32;
            let next = at + 1 + caches;
            self.instructions.push(Instruction {
                opcode,
                argument,
                at: at as u32,
                next: next as u32,
            });
            at = next;
        }
        Ok(())
    }

    /// The rows in order, none overlapping, as the assembler writes them and the unwinder reads them.
    fn exception_table(&mut self, table: &[u8]) -> Checked {
        let mut bytes = table.iter();
        let mut reached = 0;
        let mut index = 0;
        while !bytes.as_slice().is_empty() {
            let mut number = || -> Checked<i64> {
                let mut value = 0i64;
                loop {
                    let byte = *bytes.next().ok_or("its exception table is cut")?;
                    value = value << 6 | i64::from(byte & 63);
                    if value > i64::from(i32::MAX) {
                        return Err("its exception table has a number without sense".into());
                    }
                    if byte & 64 == 0 {
                        return Ok(value);
                    }
                }
            };
            let (start, size, target, depth) = (number()?, number()?, number()?, number()?);
            let end = start + size;
            if start < reached || end > self.starting.len() as i64 {
                return Err("its exception table is out of order".into());
            }
            let Some(target) = self.at_unit(target) else {
                return Err("its exception table leads nowhere".into());
            };
            reached = end;
            while let Some(instruction) = self.instructions.get(index) {
                let at = i64::from(instruction.at);
                if at >= end {
                    break;
                }
                if at >= start {
                    self.covered[index] = self.handlers.len() as u32;
                }
                index += 1;
            }
            self.handlers.push(Handler {
                target,
                depth: (depth >> 1) as usize,
                lasti: depth & 1 != 0,
            });
        }
        Ok(())
    }
}

/// Whether the compiler writes the opcode: no specialised or instrumented form, nothing that the interpreter keeps for itself.
fn may_stand_in_a_file(opcode: u16) -> bool {
    let own = matches!(
        opcode,
        op::CACHE
            | op::RESERVED
            | op::EXTENDED_ARG
            | op::ENTER_EXECUTOR
            | op::INTERPRETER_EXIT
            | op::EXIT_INIT_CHECK
    );
    !own && op::info(opcode)
        .is_some_and(|i| !i.is_specialised() && !i.is_instrumented() && !i.is_pseudo())
}
