//! Every path through the code, until nothing new is learnt: states are kept where paths meet, and walked through in between.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::kinds::{EXCEPTION, NULL, OBJECT};
use super::program::{Instruction, NOWHERE, Program};
use super::state::{Entry, State};
use super::step::{self, Touched};
use super::{Budget, Checked, View, shape};
use crate::opcode as op;

/// Entries of states that may be kept for one code object.
const MOST_KEPT: usize = 1 << 24;

pub struct Flow<'a> {
    view: &'a View<'a>,
    program: &'a Program,
    budget: &'a mut Budget,
    /// By instruction: whether paths meet there.
    meets: Vec<bool>,
    /// By instruction: what is known where paths meet.
    states: Vec<Option<Box<State>>>,
    kept: usize,
    /// Instructions to walk on from, the first one first.
    work: BinaryHeap<Reverse<u32>>,
    queued: Vec<bool>,
    /// Jumps may not lead before this instruction.
    entry: u32,
}

impl<'a> Flow<'a> {
    pub fn new(view: &'a View<'a>, program: &'a Program, budget: &'a mut Budget) -> Flow<'a> {
        let count = program.instructions.len();
        let generator =
            |i: &Instruction| matches!(i.opcode, op::COPY_FREE_VARS | op::RETURN_GENERATOR);
        let last = program.instructions.iter().rposition(generator);
        let begins = program
            .instructions
            .iter()
            .position(|i| i.opcode == op::RESUME);
        let mut this = Flow {
            view,
            program,
            budget,
            meets: vec![false; count],
            states: vec![None; count],
            kept: 0,
            work: BinaryHeap::new(),
            queued: vec![false; count],
            entry: last.map_or(0, |i| i + 1).max(begins.unwrap_or(0)) as u32,
        };
        this.find_meetings();
        this
    }

    /// Jumps' and handlers' targets.
    fn find_meetings(&mut self) {
        for instruction in &self.program.instructions {
            if is_jump(instruction.opcode)
                && let Some(target) = self.program.at_unit(target_of(instruction))
            {
                self.meets[target as usize] = true;
            }
        }
        for handler in &self.program.handlers {
            self.meets[handler.target as usize] = true;
        }
    }

    pub fn run(mut self) -> Checked {
        let arguments = shape::arguments(self.view);
        let mut locals = vec![NULL as u8; self.view.kinds.len()];
        locals[..arguments].fill(OBJECT as u8);
        let mut state = State {
            locals,
            stack: Vec::new(),
        };
        if self.meets[0] {
            self.meet(0, &state)?;
        } else {
            self.walk(0, &mut state)?;
        }
        self.work_off(state)
    }

    fn work_off(&mut self, mut scratch: State) -> Checked {
        while let Some(Reverse(at)) = self.work.pop() {
            self.queued[at as usize] = false;
            if let Some(state) = &self.states[at as usize] {
                scratch.copy_from(state);
                self.budget
                    .spend(scratch.locals.len() / 16 + scratch.stack.len())?;
                self.walk(at, &mut scratch)?;
            }
        }
        Ok(())
    }

    /// Follows one path from instruction `at` to where it ends or meets another.
    fn walk(&mut self, at: u32, state: &mut State) -> Checked {
        let mut at = at as usize;
        let mut told = NOWHERE;
        loop {
            let instruction = self.program.instructions[at];
            let unit = |what: String| format!("unit {}: {what}", instruction.at);
            self.budget.spend(0)?;
            let covered = self.program.covered[at];
            if covered != NOWHERE && covered != told {
                self.tell_handler(covered, state).map_err(unit)?;
            }
            told = covered;
            let touched = step::step(self.view, &instruction, state).map_err(unit)?;
            if state.stack.len() > self.view.stacksize as usize {
                return Err(unit("more operands than the stack holds".into()));
            }
            self.watch_handler(covered, &mut told, touched)
                .map_err(unit)?;
            if is_jump(instruction.opcode) {
                self.jump(&instruction, state).map_err(unit)?;
            }
            if ends(instruction.opcode) {
                return Ok(());
            }
            at += 1;
            if at == self.program.instructions.len() {
                return Err("it runs out of its instructions".into());
            }
            if self.meets[at] {
                return self.meet(at as u32, state).map_err(unit);
            }
        }
    }

    fn jump(&mut self, instruction: &Instruction, state: &State) -> Checked {
        let Some(target) = self.program.at_unit(target_of(instruction)) else {
            return Err("a jump that leads to no instruction".into());
        };
        if target < self.entry {
            return Err("a jump back to where the frame is set up".into());
        }
        // At its end a loop goes on behind END_FOR, whose value is not there.
        let landed = &self.program.instructions[target as usize];
        if instruction.opcode == op::FOR_ITER
            && (landed.opcode != op::END_FOR || i64::from(landed.at) != target_of(instruction))
        {
            return Err("a loop that ends at no END_FOR".into());
        }
        self.meet(target, state)
    }

    /// An exception may go to the handler with what is known now.
    fn tell_handler(&mut self, covered: u32, state: &State) -> Checked {
        let handler = &self.program.handlers[covered as usize];
        if handler.target < self.entry {
            return Err("a handler where the frame is set up".into());
        }
        let Some(kept) = state.stack.get(..handler.depth) else {
            return Err("its handler wants more operands than there are".into());
        };
        let mut stack = kept.to_vec();
        if handler.lasti {
            stack.push(Entry::of(OBJECT));
        }
        stack.push(Entry::of(EXCEPTION));
        if stack.len() > self.view.stacksize as usize {
            return Err("its handler has more operands than the stack holds".into());
        }
        self.meet_parts(handler.target, &state.locals, &stack)
    }

    /// After an instruction: what it consumed was above what its handler keeps, and whether the handler must be told again.
    fn watch_handler(&mut self, covered: u32, told: &mut u32, touched: Touched) -> Checked {
        if covered == NOWHERE {
            return Ok(());
        }
        let depth = self.program.handlers[covered as usize].depth;
        if touched.left < depth {
            return Err("its handler wants operands that are used up".into());
        }
        if touched.local || touched.lowest < depth {
            *told = NOWHERE;
        }
        Ok(())
    }

    fn meet(&mut self, at: u32, state: &State) -> Checked {
        self.meet_parts(at, &state.locals, &state.stack)
    }

    fn meet_parts(&mut self, at: u32, locals: &[u8], stack: &[Entry]) -> Checked {
        let place = &mut self.states[at as usize];
        let changed = match place {
            Some(known) if known.stack.len() != stack.len() => {
                return Err(format!(
                    "instruction {at} is reached with different numbers of operands"
                ));
            }
            Some(known) => known.meet(locals, stack, self.budget)?,
            None => {
                self.kept += locals.len() / 8 + stack.len();
                if self.kept > MOST_KEPT {
                    return Err("it is too large to be checked".into());
                }
                self.budget.spend(locals.len() / 16 + stack.len())?;
                *place = Some(Box::new(State {
                    locals: locals.to_vec(),
                    stack: stack.to_vec(),
                }));
                true
            }
        };
        if changed && !self.queued[at as usize] {
            self.queued[at as usize] = true;
            self.work.push(Reverse(at));
        }
        Ok(())
    }
}

/// END_ASYNC_FOR's argument is a distance too, but it does not jump.
fn is_jump(opcode: u16) -> bool {
    op::flags(opcode) & op::flag::JUMP != 0 && opcode != op::END_ASYNC_FOR
}

/// The code unit to which a jump leads.
fn target_of(instruction: &Instruction) -> i64 {
    let distance = i64::from(instruction.argument);
    let next = i64::from(instruction.next);
    if op::is_backward_jump(instruction.opcode) {
        next - distance
    } else {
        next + distance
    }
}

/// Whether nothing goes on to the next instruction.
fn ends(opcode: u16) -> bool {
    matches!(
        opcode,
        op::RETURN_VALUE
            | op::RAISE_VARARGS
            | op::RERAISE
            | op::JUMP_FORWARD
            | op::JUMP_BACKWARD
            | op::JUMP_BACKWARD_NO_INTERRUPT
    )
}
