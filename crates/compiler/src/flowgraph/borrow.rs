//! LOAD_FAST becomes LOAD_FAST_BORROW where the local outlives the value on the stack (CPython's `optimize_load_fast`).
//!
//! A load must own its reference if the local is overwritten while the value is on the stack, if the value is stored in a local, or if
//! it is still on the stack when the block ends. Each block is followed on a stack that notes where every value comes from.

use terrarium_bytecode::opcode::*;

use super::graph::{BlockId, Graph, Instr, NO_BLOCK};
use super::opcodes::*;

/// Where a value on the stack comes from.
#[derive(Clone, Copy)]
struct Value {
    /// The instruction's index in the block; `NONE` if from before the block.
    instr: u32,
    /// The local it is a reference to, or `NONE`.
    local: u32,
}

const NONE: u32 = u32::MAX;

const UNKNOWN: Value = Value {
    instr: NONE,
    local: NONE,
};

struct Scan {
    stack: Vec<Value>,
    /// Which instructions of the block must own what they load.
    owned: Vec<bool>,
    todo: Vec<BlockId>,
}

pub fn optimize_load_fast(graph: &mut Graph) {
    graph.clear_visited();
    let entry = graph.entry();
    graph.block_mut(entry).start_depth = 0;
    graph.block_mut(entry).visited = true;
    let mut scan = Scan {
        stack: Vec::new(),
        owned: Vec::new(),
        todo: vec![entry],
    };
    while let Some(block) = scan.todo.pop() {
        scan.block(graph, block);
        for (instr, owned) in graph.instrs_mut(block).iter_mut().zip(&scan.owned) {
            match instr.opcode {
                LOAD_FAST if !owned => instr.opcode = LOAD_FAST_BORROW,
                LOAD_FAST_LOAD_FAST if !owned => instr.opcode = LOAD_FAST_BORROW_LOAD_FAST_BORROW,
                _ => {}
            }
        }
    }
}

impl Scan {
    #[inline]
    fn push(&mut self, instr: usize, local: u32) {
        self.stack.push(Value {
            instr: instr as u32,
            local,
        });
    }

    fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(UNKNOWN)
    }

    fn replace(&mut self, popped: i32, pushed: i32, instr: usize) {
        let left = self.stack.len().saturating_sub(popped.max(0) as usize);
        self.stack.truncate(left);
        for _ in 0..pushed {
            self.push(instr, NONE);
        }
    }

    fn own(&mut self, value: Value) {
        if let Some(owned) = self.owned.get_mut(value.instr as usize) {
            *owned = true;
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

    fn visit(&mut self, graph: &mut Graph, block: BlockId) {
        let found = graph.block_mut(block);
        if !found.visited {
            found.visited = true;
            self.todo.push(block);
        }
    }

    fn block(&mut self, graph: &mut Graph, block: BlockId) {
        self.owned.clear();
        self.owned.resize(graph.len(block), false);
        self.stack.clear();
        let depth = graph.block(block).start_depth.max(0) as usize;
        self.stack.resize(depth, UNKNOWN);
        for (index, at) in graph.range(block).enumerate() {
            let instr = graph.instrs[at];
            self.instruction(index, &instr);
            if has_target(instr.opcode) {
                self.visit(graph, instr.target);
            }
        }
        let next = graph.next(block);
        if next != NO_BLOCK && graph.len(block) > 0 && graph.has_fallthrough(block) {
            self.visit(graph, next);
        }
        for index in 0..self.stack.len() {
            self.own(self.stack[index]);
        }
    }

    fn instruction(&mut self, index: usize, instr: &Instr) {
        let oparg = instr.oparg;
        match instr.opcode {
            LOAD_FAST => self.push(index, oparg),
            LOAD_FAST_AND_CLEAR => {
                self.kill(oparg);
                self.push(index, oparg);
            }
            LOAD_FAST_LOAD_FAST => {
                self.push(index, oparg >> 4);
                self.push(index, oparg & 15);
            }
            STORE_FAST => self.store(oparg),
            DELETE_FAST => self.kill(oparg),
            STORE_FAST_LOAD_FAST => {
                self.store(oparg >> 4);
                self.push(index, oparg & 15);
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
            opcode => self.other(opcode, index, oparg),
        }
    }

    fn other(&mut self, opcode: u16, index: usize, oparg: u32) {
        let (popped, pushed) = popped_pushed(opcode, oparg);
        match opcode {
            // May return what they are given.
            FORMAT_SIMPLE | GET_YIELD_FROM_ITER => {}
            GET_ANEXT | GET_LEN | IMPORT_FROM | MATCH_KEYS | MATCH_MAPPING | MATCH_SEQUENCE
            | WITH_EXCEPT_START => {
                // CPython counts these values by the variable that holds the instruction's index, and so names the first instructions.
                for counted in 0..(pushed - popped).max(0) as usize {
                    self.push(counted, NONE);
                }
            }
            DICT_MERGE | DICT_UPDATE | LIST_APPEND | LIST_EXTEND | MAP_ADD | RERAISE | SET_ADD
            | SET_UPDATE => self.replace(popped - pushed, 0, index),
            CHECK_EXC_MATCH => self.replace(1, 1, index),
            FOR_ITER => self.push(index, NONE),
            LOAD_SPECIAL | PUSH_EXC_INFO => {
                let top = self.pop();
                self.push(index, NONE);
                self.stack.push(top);
            }
            SEND => self.replace(1, 1, index),
            LOAD_ATTR | LOAD_SUPER_ATTR => {
                let owner = self.pop();
                self.replace(popped - 1, 1, index);
                if oparg & 1 != 0 {
                    // A method call: the object itself may come back as an argument.
                    self.stack.push(owner);
                }
            }
            // Block pushes change the stack of their handler only.
            _ if is_block_push(opcode) => {}
            _ => self.replace(popped, pushed, index),
        }
    }
}
