//! LOAD_FAST becomes LOAD_FAST_BORROW where the local outlives the value on the stack (CPython's `optimize_load_fast`).
//!
//! A load must own its reference if the local is overwritten while the value is on the stack, if the value is stored in a local, or if
//! it is still on the stack when the block ends. Each block is followed on a stack that notes which load every value comes from.

use terrarium_bytecode::opcode::*;

use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;
use crate::instructions::Instruction;

/// A value on the stack that may have been borrowed. Those that are no such values are not noted.
#[derive(Debug, Clone, Copy)]
pub struct Value {
    /// Where it stands on the stack, from the bottom.
    place: u32,
    /// The index in the block of the load that it comes from.
    load: u32,
    /// The local it is a reference to, or `NONE`.
    local: u32,
}

const NONE: u32 = u32::MAX;

pub fn optimize_load_fast(graph: &mut Graph) {
    if !graph.any_may_have(BORROWABLE) {
        return;
    }
    graph.start_walk();
    let entry = graph.entry();
    graph.reach(entry);
    let mut values = std::mem::take(&mut graph.values);
    while let Some(block) = graph.next_reached() {
        if graph.may_have(block, BORROWABLE) {
            values.clear();
            Scan {
                depth: SOME_DEPTH,
                instrs: graph.instrs_mut(block),
                values: &mut values,
            }
            .run();
        }
        reach_successors(graph, block);
    }
    graph.values = values;
}

fn reach_successors(graph: &mut Graph, block: BlockId) {
    if graph.may_have(block, BLOCK_PUSH) {
        for at in graph.range(block) {
            let instr = graph.instrs[at];
            if is_block_push(instr.opcode) {
                graph.reach(instr.oparg);
            }
        }
    }
    if let Some(target) = graph.jump_target(block) {
        graph.reach(target);
    }
    let next = graph.next(block);
    if next != NO_BLOCK && graph.len(block) > 0 && graph.has_fallthrough(block) {
        graph.reach(next);
    }
}

/// How deep the stack is does not matter as long as nothing on it is noted, but that more may lie below than is noted.
const SOME_DEPTH: u32 = 1 << 30;

/// A block's instructions and the stack as they leave it. Every load borrows until a reason against it turns up.
struct Scan<'b> {
    instrs: &'b mut [Instruction],
    depth: u32,
    /// By place.
    values: &'b mut Vec<Value>,
}

impl Scan<'_> {
    fn run(&mut self) {
        let mut next = 0;
        while let Some(start) = self.next_borrowed(next) {
            (next, self.depth) = (start, SOME_DEPTH);
            while next < self.instrs.len() && (next == start || !self.values.is_empty()) {
                self.step(next);
                next += 1;
            }
        }
        while let Some(value) = self.values.pop() {
            self.own(value);
        }
    }

    /// The first instruction from `start` on that may leave a borrowed value. Until there nothing on the stack is of interest.
    fn next_borrowed(&self, start: usize) -> Option<usize> {
        let mut instrs = self.instrs[start..].iter();
        let found = instrs.position(|instr| is(instr.opcode, LENDS))?;
        Some(start + found)
    }

    #[inline]
    fn step(&mut self, index: usize) {
        let Instruction { opcode, oparg, .. } = self.instrs[index];
        if opcode == LOAD_FAST {
            self.instrs[index].opcode = LOAD_FAST_BORROW;
            self.push(index as u32, oparg);
        } else if is(opcode, FOLLOWED) {
            self.follow(index, opcode, oparg);
        } else {
            let (popped, pushed) = popped_pushed(opcode, oparg);
            self.replace(popped, pushed);
        }
    }

    /// What an instruction does that is more than to take and leave values.
    #[inline(never)]
    fn follow(&mut self, index: usize, opcode: u16, oparg: u32) {
        match opcode {
            LOAD_ATTR | LOAD_SUPER_ATTR => self.load_attr(opcode, oparg),
            STORE_FAST => self.store(oparg),
            LOAD_FAST_LOAD_FAST => {
                self.instrs[index].opcode = LOAD_FAST_BORROW_LOAD_FAST_BORROW;
                self.push(index as u32, oparg >> 4);
                self.push(index as u32, oparg & 15);
            }
            STORE_FAST_LOAD_FAST => {
                self.store(oparg >> 4);
                self.depth += 1;
            }
            STORE_FAST_STORE_FAST => {
                self.store(oparg >> 4);
                self.store(oparg & 15);
            }
            LOAD_FAST_AND_CLEAR => {
                self.kill(oparg);
                self.depth += 1;
            }
            DELETE_FAST => self.kill(oparg),
            COPY => self.copy(self.depth.wrapping_sub(oparg)),
            SWAP => self.swap(oparg),
            // May return what they are given.
            FORMAT_SIMPLE | GET_YIELD_FROM_ITER => {}
            GET_ANEXT | GET_LEN | IMPORT_FROM | MATCH_KEYS | MATCH_MAPPING | MATCH_SEQUENCE
            | WITH_EXCEPT_START => {
                // CPython counts these values by the variable that holds the instruction's index, and so names the first instructions.
                for counted in 0..net_effect(opcode, oparg).max(0) as u32 {
                    self.push(counted, NONE);
                }
            }
            DICT_MERGE | DICT_UPDATE | LIST_APPEND | LIST_EXTEND | MAP_ADD | RERAISE | SET_ADD
            | SET_UPDATE => self.replace(-net_effect(opcode, oparg), 0),
            CHECK_EXC_MATCH | SEND => self.replace(1, 1),
            FOR_ITER => self.depth += 1,
            LOAD_SPECIAL | PUSH_EXC_INFO => {
                let top = self.pop();
                self.depth += 1;
                self.push_again(top);
            }
            // Block pushes change the stack of their handler only.
            _ => {}
        }
    }

    #[inline]
    fn push(&mut self, load: u32, local: u32) {
        self.values.push(Value {
            place: self.depth,
            load,
            local,
        });
        self.depth += 1;
    }

    /// Pushes what `pop` gave.
    fn push_again(&mut self, value: Option<Value>) {
        match value {
            Some(Value { load, local, .. }) => self.push(load, local),
            None => self.depth += 1,
        }
    }

    fn pop(&mut self) -> Option<Value> {
        self.depth = self.depth.saturating_sub(1);
        self.values.pop_if(|value| value.place >= self.depth)
    }

    #[inline]
    fn replace(&mut self, popped: i32, pushed: i32) {
        let left = self.depth.saturating_sub(popped.max(0) as u32);
        while self.values.last().is_some_and(|value| value.place >= left) {
            self.values.pop();
        }
        self.depth = left.saturating_add(pushed.max(0) as u32);
    }

    fn load_attr(&mut self, opcode: u16, oparg: u32) {
        let owner = self.pop();
        let (popped, _) = popped_pushed(opcode, oparg);
        self.replace(popped - 1, 1);
        if oparg & 1 != 0 {
            // A method call: the object itself may come back as an argument.
            self.push_again(owner);
        }
    }

    fn copy(&mut self, from: u32) {
        let mut values = self.values.iter();
        let value = values.rfind(|value| value.place == from);
        self.push_again(value.copied());
    }

    fn swap(&mut self, oparg: u32) {
        let (top, other) = (self.depth.wrapping_sub(1), self.depth.wrapping_sub(oparg));
        if top >= self.depth || other >= self.depth {
            return;
        }
        for value in self.values.iter_mut() {
            value.place = match value.place {
                place if place == top => other,
                place if place == other => top,
                place => place,
            };
        }
        self.values.sort_unstable_by_key(|value| value.place);
    }

    /// The load of the value may not borrow.
    fn own(&mut self, value: Value) {
        if let Some(load) = self.instrs.get_mut(value.load as usize) {
            load.opcode = match load.opcode {
                LOAD_FAST_BORROW => LOAD_FAST,
                LOAD_FAST_BORROW_LOAD_FAST_BORROW => LOAD_FAST_LOAD_FAST,
                other => other,
            };
        }
    }

    /// The local loses its value: what was loaded from it before must not be borrowed.
    fn kill(&mut self, local: u32) {
        for index in 0..self.values.len() {
            let value = self.values[index];
            if value.local == local {
                self.own(value);
            }
        }
    }

    fn store(&mut self, local: u32) {
        let value = self.pop();
        self.kill(local);
        if let Some(value) = value {
            self.own(value);
        }
    }
}
