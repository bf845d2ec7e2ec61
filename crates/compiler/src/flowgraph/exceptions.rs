//! Which handler covers each instruction (CPython's `label_exception_targets`).

use terrarium_bytecode::opcode::*;

use super::Error;
use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;

/// RESUME's argument at the start of a function.
const RESUME_AT_FUNC_START: u32 = 0;
/// Bit of RESUME's argument: the `yield` before it stands in one block only, the generator's own.
const RESUME_DEPTH1: u32 = 4;

/// A stack of handlers as a list that shares its tail with others.
#[derive(Debug, Clone, Copy)]
struct Entry {
    handler: BlockId,
    below: u32,
    depth: u32,
}

/// The index of the empty stack.
const EMPTY: u32 = 0;

/// Memory of the pass.
#[derive(Debug, Default)]
pub struct Stacks {
    entries: Vec<Entry>,
    todo: Vec<(BlockId, u32)>,
}

struct Labeller<'g> {
    graph: &'g mut Graph,
    stacks: Stacks,
}

/// Gives every reachable instruction its handler, and turns POP_BLOCK into NOP.
pub fn label_exception_targets(graph: &mut Graph) -> Result<(), Error> {
    if !graph.has_handlers {
        return Ok(());
    }
    graph.start_walk();
    let entry = graph.entry();
    graph.mark(entry);
    let mut stacks = std::mem::take(&mut graph.stacks);
    stacks.entries.clear();
    stacks.entries.push(Entry {
        handler: NO_BLOCK,
        below: EMPTY,
        depth: 0,
    });
    stacks.todo.clear();
    stacks.todo.push((entry, EMPTY));
    let mut labeller = Labeller { graph, stacks };
    while let Some((block, stack)) = labeller.stacks.todo.pop() {
        labeller.label_block(block, stack)?;
    }
    let Labeller { graph, stacks } = labeller;
    graph.stacks = stacks;
    Ok(())
}

impl Labeller<'_> {
    fn visit(&mut self, block: BlockId, stack: u32) {
        if self.graph.mark(block) {
            self.stacks.todo.push((block, stack));
        }
    }

    fn push(&mut self, stack: u32, opcode: u16, target: BlockId) -> u32 {
        if opcode == SETUP_WITH || opcode == SETUP_CLEANUP {
            self.graph.block_mut(target).preserve_lasti = true;
        }
        self.stacks.entries.push(Entry {
            handler: target,
            below: stack,
            depth: self.stacks.entries[stack as usize].depth + 1,
        });
        self.stacks.entries.len() as u32 - 1
    }

    fn label_block(&mut self, block: BlockId, mut stack: u32) -> Result<(), Error> {
        let mut last_yield_depth = None;
        for at in self.graph.range(block) {
            let handler = self.stacks.entries[stack as usize].handler;
            let instr = &mut self.graph.instrs[at];
            let (opcode, target) = (instr.opcode, instr.oparg);
            if !is(opcode, BLOCK_PUSH | BLOCK_POP | JUMPS | SUSPENDS) {
                instr.handler = handler;
                continue;
            }
            if is_block_push(opcode) {
                self.visit(target, stack);
                stack = self.push(stack, opcode, target);
                continue;
            }
            if opcode == POP_BLOCK {
                if stack == EMPTY {
                    return Err(Error::UnbalancedBlocks);
                }
                stack = self.stacks.entries[stack as usize].below;
                instr.set_nop();
                self.graph.note(block, NOPS);
                continue;
            }
            instr.handler = handler;
            if is_jump(opcode) {
                self.visit(target, stack);
            } else if opcode == YIELD_VALUE {
                last_yield_depth = Some(self.stacks.entries[stack as usize].depth);
            } else if opcode == RESUME && instr.oparg != RESUME_AT_FUNC_START {
                if last_yield_depth == Some(1) {
                    instr.oparg |= RESUME_DEPTH1;
                }
                last_yield_depth = None;
            }
        }
        let next = self.graph.next(block);
        if next != NO_BLOCK && self.graph.has_fallthrough(block) {
            self.visit(next, stack);
        }
        Ok(())
    }
}
