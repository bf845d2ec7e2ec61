//! LOAD_FAST becomes LOAD_FAST_BORROW where the local outlives the value on the stack (CPython's `optimize_load_fast`).
//!
//! A load must own its reference if the local is overwritten while the value is on the stack, if the value is stored in a local, or if
//! it is still on the stack when the block ends. Each block is followed on a stack that notes which load every value comes from.

use terrarium_bytecode::opcode::*;

use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;
use crate::instructions::Instruction;

/// Where a value on the stack comes from.
#[derive(Clone, Copy)]
struct Value {
    /// The load's index in the block; `NONE` if it was no load, or in another block.
    load: u32,
    /// The local it is a reference to, or `NONE`.
    local: u32,
}

const NONE: u32 = u32::MAX;

const UNKNOWN: Value = Value {
    load: NONE,
    local: NONE,
};

pub fn optimize_load_fast(graph: &mut Graph) {
    if !graph.any_may_have(BORROWABLE) {
        return;
    }
    graph.start_walk();
    let entry = graph.entry();
    graph.block_mut(entry).start_depth = 0;
    graph.reach(entry);
    let mut stack = Vec::new();
    while let Some(block) = graph.next_reached() {
        if graph.may_have(block, BORROWABLE) {
            stack.clear();
            stack.resize(graph.block(block).start_depth.max(0) as usize, UNKNOWN);
            Scan {
                instrs: graph.instrs_mut(block),
                stack: &mut stack,
            }
            .run();
        }
        reach_successors(graph, block);
    }
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

/// A block's instructions and the stack as they leave it. Every load borrows until a reason against it turns up.
struct Scan<'b> {
    instrs: &'b mut [Instruction],
    stack: &'b mut Vec<Value>,
}

impl Scan<'_> {
    fn run(&mut self) {
        for index in 0..self.instrs.len() {
            let Instruction { opcode, oparg, .. } = self.instrs[index];
            match opcode {
                LOAD_FAST => {
                    self.instrs[index].opcode = LOAD_FAST_BORROW;
                    self.push(index as u32, oparg);
                }
                LOAD_FAST_LOAD_FAST => {
                    self.instrs[index].opcode = LOAD_FAST_BORROW_LOAD_FAST_BORROW;
                    self.push(index as u32, oparg >> 4);
                    self.push(index as u32, oparg & 15);
                }
                LOAD_FAST_AND_CLEAR => {
                    self.kill(oparg);
                    self.push(NONE, oparg);
                }
                STORE_FAST => self.store(oparg),
                DELETE_FAST => self.kill(oparg),
                STORE_FAST_LOAD_FAST => {
                    self.store(oparg >> 4);
                    self.push(NONE, oparg & 15);
                }
                STORE_FAST_STORE_FAST => {
                    self.store(oparg >> 4);
                    self.store(oparg & 15);
                }
                COPY => {
                    let from = self.stack.len().wrapping_sub(oparg as usize);
                    let value = self.stack.get(from).copied().unwrap_or(UNKNOWN);
                    self.stack.push(value);
                }
                SWAP => {
                    let top = self.stack.len().wrapping_sub(1);
                    let other = self.stack.len().wrapping_sub(oparg as usize);
                    if top < self.stack.len() && other < self.stack.len() {
                        self.stack.swap(top, other);
                    }
                }
                _ => self.other(opcode, oparg),
            }
        }
        for index in 0..self.stack.len() {
            self.own(self.stack[index]);
        }
    }

    #[inline]
    fn push(&mut self, load: u32, local: u32) {
        self.stack.push(Value { load, local });
    }

    fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(UNKNOWN)
    }

    #[inline]
    fn replace(&mut self, popped: i32, pushed: i32) {
        let left = self.stack.len().saturating_sub(popped.max(0) as usize);
        self.stack.truncate(left);
        for _ in 0..pushed {
            self.stack.push(UNKNOWN);
        }
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
        for index in 0..self.stack.len() {
            let value = self.stack[index];
            if value.local == local {
                self.own(value);
            }
        }
    }

    fn store(&mut self, local: u32) {
        let value = self.pop();
        self.kill(local);
        self.own(value);
    }

    fn other(&mut self, opcode: u16, oparg: u32) {
        let (popped, pushed) = popped_pushed(opcode, oparg);
        match opcode {
            // May return what they are given.
            FORMAT_SIMPLE | GET_YIELD_FROM_ITER => {}
            GET_ANEXT | GET_LEN | IMPORT_FROM | MATCH_KEYS | MATCH_MAPPING | MATCH_SEQUENCE
            | WITH_EXCEPT_START => {
                // CPython counts these values by the variable that holds the instruction's index, and so names the first instructions.
                for counted in 0..(pushed - popped).max(0) as u32 {
                    self.push(counted, NONE);
                }
            }
            DICT_MERGE | DICT_UPDATE | LIST_APPEND | LIST_EXTEND | MAP_ADD | RERAISE | SET_ADD
            | SET_UPDATE => self.replace(popped - pushed, 0),
            CHECK_EXC_MATCH | SEND => self.replace(1, 1),
            FOR_ITER => self.stack.push(UNKNOWN),
            LOAD_SPECIAL | PUSH_EXC_INFO => {
                let top = self.pop();
                self.stack.push(UNKNOWN);
                self.stack.push(top);
            }
            LOAD_ATTR | LOAD_SUPER_ATTR => {
                let owner = self.pop();
                self.replace(popped - 1, 1);
                if oparg & 1 != 0 {
                    // A method call: the object itself may come back as an argument.
                    self.stack.push(owner);
                }
            }
            // Block pushes change the stack of their handler only.
            _ if is_block_push(opcode) => {}
            _ => self.replace(popped, pushed),
        }
    }
}
