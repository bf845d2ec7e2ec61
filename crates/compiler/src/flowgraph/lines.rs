//! Line numbers of instructions that code generation left without: every way out of a unit must have one (PEP 626).

use super::graph::{BlockId, Graph, NO_BLOCK};
use super::opcodes::*;
use crate::tree::Location;

pub fn resolve_line_numbers(graph: &mut Graph) {
    duplicate_exits_without_lineno(graph);
    propagate_line_numbers(graph);
}

fn is_exit_or_eval_check_without_lineno(graph: &Graph, block: BlockId) -> bool {
    (graph.exits_scope(block) || graph.has_eval_break(block)) && graph.has_no_lineno(block)
}

/// Copies such a block for each jump to it, so that it can take the line of its only predecessor.
fn duplicate_exits_without_lineno(graph: &mut Graph) {
    let mut free_label = None;
    let mut block = graph.entry();
    while block != NO_BLOCK {
        if let Some(&last) = graph.last(block)
            && is_jump(last.opcode)
        {
            let target = graph.next_nonempty(last.target);
            if target != NO_BLOCK
                && graph.block(target).predecessors > 1
                && is_exit_or_eval_check_without_lineno(graph, target)
            {
                let label = free_label.unwrap_or_else(|| graph.free_label());
                free_label = Some(label + 1);
                let copy = duplicate(graph, target, label);
                graph.instrs_mut(copy)[0].loc = last.loc;
                if let Some(last) = graph.last_mut(block) {
                    last.target = copy;
                }
            }
        }
        block = graph.next(block);
    }
    let mut block = graph.entry();
    while block != NO_BLOCK {
        let next = graph.next(block);
        if next != NO_BLOCK
            && graph.has_fallthrough(block)
            && let Some(&last) = graph.last(block)
            && is_exit_or_eval_check_without_lineno(graph, next)
        {
            graph.instrs_mut(next)[0].loc = last.loc;
        }
        block = next;
    }
}

/// A copy that stands right after the block and has one predecessor.
fn duplicate(graph: &mut Graph, block: BlockId, label: u32) -> BlockId {
    let copy = graph.new_block();
    graph.append(copy, block);
    let next = graph.next(block);
    let new = graph.block_mut(copy);
    new.predecessors = 1;
    new.next = next;
    new.label = label;
    let old = graph.block_mut(block);
    old.predecessors -= 1;
    old.next = copy;
    copy
}

/// Instructions without a line take that of the instruction before, or of the only predecessor's last.
fn propagate_line_numbers(graph: &mut Graph) {
    let mut block = graph.entry();
    while block != NO_BLOCK {
        let next = graph.next(block);
        let mut previous = Location::NONE;
        for instr in graph.instrs_mut(block) {
            if instr.loc.line == Location::NONE.line {
                instr.loc = previous;
            } else {
                previous = instr.loc;
            }
        }
        if let Some(&last) = graph.last(block) {
            if next != NO_BLOCK && graph.has_fallthrough(block) {
                inherit(graph, next, previous);
            }
            if is_jump(last.opcode) {
                inherit(graph, last.target, previous);
            }
        }
        block = next;
    }
}

fn inherit(graph: &mut Graph, block: BlockId, loc: Location) {
    if graph.block(block).predecessors == 1
        && let Some(first) = graph.instrs_mut(block).first_mut()
        && first.loc.line == Location::NONE.line
    {
        first.loc = loc;
    }
}
