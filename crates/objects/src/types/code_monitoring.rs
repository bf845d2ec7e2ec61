//! Where lines start in a code object, as CPython's instrumentation marks them (Python/instrumentation.c, `initialize_lines`). Made when a
//! trace function first meets the code.

use terrarium_bytecode::{exceptiontable, linetable, opcode as op};

use super::code::Code;
use super::code_attributes::{base_unit, instruction_length};

/// See the module's text.
pub struct Monitoring {
    /// The line of each code unit; -1 for none, and for units that are no instruction.
    lines: Box<[i32]>,
    /// Whether a line event belongs to the instruction.
    starts: Box<[bool]>,
    /// Events of single instructions are wanted (`f_trace_opcodes`).
    pub opcodes: bool,
}

const NO_LINE: i32 = -1;

impl Monitoring {
    /// The line of the instruction at `index`, or -1.
    #[inline]
    pub fn line(&self, index: usize) -> i32 {
        self.lines.get(index).copied().unwrap_or(NO_LINE)
    }

    /// Whether the instruction at `index` starts a line.
    #[inline]
    pub fn starts_line(&self, index: usize) -> bool {
        self.starts.get(index).copied().unwrap_or(false)
    }

    fn new(code: &Code) -> Monitoring {
        let len = code.len();
        let mut made = Monitoring {
            lines: vec![NO_LINE; len].into(),
            starts: vec![false; len].into(),
            opcodes: false,
        };
        made.mark_lines(code);
        made.mark_targets(code);
        for entry in exceptiontable::entries(code.exceptiontable_bytes()) {
            let handler = entry.target as usize / 2;
            if handler < len
                && made.lines[handler] != NO_LINE
                && u16::from(base_unit(code, handler).0) != op::END_ASYNC_FOR
            {
                made.starts[handler] = true;
            }
        }
        made
    }

    /// The first instruction of each run of a line. Behind an instruction that never goes on a new run begins.
    fn mark_lines(&mut self, code: &Code) {
        let traceable = code.firsttraceable.get() as usize;
        let positions = linetable::positions(code.linetable_bytes(), code.firstlineno.get())
            .map(|p| p.line.unwrap_or(NO_LINE));
        let of_unit: Vec<i32> = positions.take(code.len()).collect();
        let mut current = NO_LINE;
        let mut i = 0;
        while i < code.len() {
            let opcode = u16::from(base_unit(code, i).0);
            let line = of_unit.get(i).copied().unwrap_or(NO_LINE);
            self.lines[i] = line;
            let never = matches!(
                opcode,
                op::END_ASYNC_FOR | op::END_FOR | op::END_SEND | op::RESUME | op::POP_ITER
            );
            if i >= traceable && !never && line != current && line >= 0 {
                self.starts[i] = true;
                current = line;
            }
            if matches!(opcode, op::RETURN_VALUE | op::RAISE_VARARGS | op::RERAISE) {
                current = NO_LINE;
            }
            i += instruction_length(code, i);
        }
    }

    /// Targets of jumps start lines too.
    fn mark_targets(&mut self, code: &Code) {
        let mut i = code.firsttraceable.get() as usize;
        while i < code.len() {
            let (mut opcode, mut arg) = (op::EXTENDED_ARG, 0usize);
            while opcode == op::EXTENDED_ARG && i < code.len() {
                let (raw, low) = base_unit(code, i);
                opcode = u16::from(raw);
                arg = arg << 8 | usize::from(low);
                i += instruction_length(code, i);
            }
            let target = match opcode {
                op::POP_JUMP_IF_FALSE
                | op::POP_JUMP_IF_TRUE
                | op::POP_JUMP_IF_NONE
                | op::POP_JUMP_IF_NOT_NONE
                | op::JUMP_FORWARD => i + arg,
                op::FOR_ITER | op::SEND => i + arg + 1,
                op::JUMP_BACKWARD | op::JUMP_BACKWARD_NO_INTERRUPT => i.wrapping_sub(arg),
                _ => continue,
            };
            if target < code.len()
                && self.lines[target] != NO_LINE
                && u16::from(base_unit(code, target).0) != op::POP_ITER
            {
                self.starts[target] = true;
            }
        }
    }
}

/// The code's monitoring data, made if need be.
pub fn of(code: &Code) -> &mut Monitoring {
    if code.monitoring.get().is_null() {
        code.monitoring
            .set(Box::into_raw(Box::new(Monitoring::new(code))));
    }
    // SAFETY: owned by the code object; the lock guards it, and no reference outlives an event.
    unsafe { &mut *code.monitoring.get() }
}

/// Frees the data; the code object dies.
pub fn discard(code: &Code) {
    let data = code.monitoring.replace(std::ptr::null_mut());
    if !data.is_null() {
        // SAFETY: made by `of`.
        drop(unsafe { Box::from_raw(data) });
    }
}
