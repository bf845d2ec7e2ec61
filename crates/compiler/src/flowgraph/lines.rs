//! Line numbers of instructions that code generation left without: every way out of a unit must have one (PEP 626).

use super::graph::{Block, BlockId, Graph, NO_BLOCK};
use super::opcodes::*;
use crate::tree::Location;

pub fn resolve_line_numbers(graph: &mut Graph) {
    let is_lineless = |block: &Block| block.kinds & LINELESS != 0;
    if !graph.blocks.iter().any(is_lineless) {
        return;
    }
    let is_shared = |block: &Block| block.kinds & LINELESS != 0 && block.predecessors > 1;
    if graph.blocks.iter().any(is_shared) {
        duplicate_exits_without_lineno(graph);
    }
    number_exits_without_lineno(graph);
    propagate_line_numbers(graph);
}

fn is_exit_or_eval_check_without_lineno(graph: &Graph, block: BlockId) -> bool {
    graph.may_have(block, LINELESS)
        && graph.has_no_lineno(block)
        && (graph.ends_in(block, SCOPE_EXIT) || graph.has_eval_break(block))
}

/// Copies such a block for each jump to it, so that it can take the line of its only predecessor.
fn duplicate_exits_without_lineno(graph: &mut Graph) {
    let mut block = graph.entry();
    while block != NO_BLOCK {
        if graph.ends_in(block, JUMPS)
            && let Some(&last) = graph.last(block)
        {
            let target = graph.next_nonempty(last.oparg);
            if target != NO_BLOCK
                && graph.block(target).predecessors > 1
                && is_exit_or_eval_check_without_lineno(graph, target)
            {
                let copy = duplicate(graph, target);
                graph.instrs_mut(copy)[0].loc = last.loc;
                if let Some(last) = graph.last_mut(block) {
                    last.oparg = copy;
                }
            }
        }
        block = graph.next(block);
    }
}

/// Gives such a block the line of the block that control falls into it from.
fn number_exits_without_lineno(graph: &mut Graph) {
    let mut block = graph.entry();
    while block != NO_BLOCK {
        let next = graph.next(block);
        if next != NO_BLOCK
            && graph.may_have(next, LINELESS)
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
fn duplicate(graph: &mut Graph, block: BlockId) -> BlockId {
    graph.is_rerouted = true;
    graph.is_moved = true;
    let copy = graph.new_block();
    graph.append(copy, block);
    let next = graph.next(block);
    let new = graph.block_mut(copy);
    new.predecessors = 1;
    new.next = next;
    new.is_labelled = true;
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
        if graph.may_have(block, LINELESS) {
            propagate_within(graph, block);
        }
        let may_give =
            graph.may_have(block, JUMPS) || next != NO_BLOCK && graph.may_have(next, LINELESS);
        if may_give && let Some(&last) = graph.last(block) {
            if next != NO_BLOCK && !is(last.opcode, UNCONDITIONAL | SCOPE_EXIT) {
                inherit(graph, next, last.loc);
            }
            if is_jump(last.opcode) {
                inherit(graph, last.oparg, last.loc);
            }
        }
        block = next;
    }
}

fn propagate_within(graph: &mut Graph, block: BlockId) {
    let instrs = graph.instrs_mut(block);
    let mut without = instrs.iter();
    let Some(first) = without.position(|instr| instr.loc.line == Location::NONE.line) else {
        return;
    };
    let mut previous = match first {
        0 => Location::NONE,
        _ => instrs[first - 1].loc,
    };
    let mut signs = 0;
    for instr in &mut instrs[first..] {
        let has_line = instr.loc.line != Location::NONE.line;
        previous = previous.or_if(has_line, instr.loc);
        instr.loc = previous;
        signs |= previous.line;
    }
    if signs >= 0 && !graph.has_next_locations {
        graph.block_mut(block).kinds &= !LINELESS;
    }
}

fn inherit(graph: &mut Graph, block: BlockId, loc: Location) {
    if graph.may_have(block, LINELESS)
        && graph.block(block).predecessors == 1
        && let Some(first) = graph.instrs_mut(block).first_mut()
        && first.loc.line == Location::NONE.line
    {
        first.loc = loc;
    }
}
