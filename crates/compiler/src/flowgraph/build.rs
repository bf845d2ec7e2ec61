//! From the flat instruction sequence to blocks (CPython's `_PyCfg_FromInstructionSequence`, `translate_jump_labels_to_targets` and
//! `mark_except_handlers`). The instructions stay where they stand; blocks are laid over them.

use terrarium_bytecode::opcode::ANNOTATIONS_PLACEHOLDER;

use super::Error;
use super::graph::{Graph, NO_BLOCK};
use super::opcodes::*;
use crate::instructions::Sequence;
use crate::tree::Location;

/// Stands for the block that starts at an instruction until it is known.
const TARGET: u32 = NO_BLOCK - 1;

/// Fills the graph, whatever it held before; the targets of jumps become blocks.
pub fn from_sequence(graph: &mut Graph, mut sequence: Sequence) -> Result<(), Error> {
    insert_annotations(&mut sequence)?;
    graph.reset();
    let mut starts = std::mem::take(&mut graph.places);
    starts.clear();
    starts.resize(sequence.instructions.len(), NO_BLOCK);
    mark_targets(&mut sequence, &mut starts)?;
    graph.instrs = sequence.instructions;
    split(graph, &mut starts);
    resolve_targets(graph, &starts);
    graph.places = starts;
    let last = graph.blocks.len() as u32 - 1;
    match graph.has_fallthrough(last) {
        true => Err(Error::MalformedGraph),
        false => Ok(()),
    }
}

/// Puts the instructions of the annotations where ANNOTATIONS_PLACEHOLDER stands, and takes that away.
fn insert_annotations(sequence: &mut Sequence) -> Result<(), Error> {
    // Only a module has one, right after RESUME.
    let mut start = sequence.instructions.iter().take(2);
    let Some(place) = start.position(|instr| instr.opcode == ANNOTATIONS_PLACEHOLDER) else {
        return Ok(());
    };
    let annotations = sequence.annotations.take();
    let added = annotations.map_or_else(Vec::new, |annotations| annotations.instructions);
    if added.iter().any(|instr| has_target(instr.opcode)) {
        return Err(Error::MalformedGraph);
    }
    for label in &mut sequence.labels {
        if *label != u32::MAX && *label as usize > place {
            *label = *label - 1 + added.len() as u32;
        }
    }
    sequence.instructions.splice(place..=place, added);
    Ok(())
}

/// Marks in `starts` the instructions that have a label in use, and puts their indices in the place of labels.
fn mark_targets(sequence: &mut Sequence, starts: &mut [u32]) -> Result<(), Error> {
    for (index, instr) in sequence.instructions.iter_mut().enumerate() {
        if !has_target(instr.opcode) {
            continue;
        }
        let label = sequence.labels.get(instr.oparg as usize);
        let start = label.and_then(|&place| Some((place, starts.get_mut(place as usize)?)));
        let Some((place, start)) = start else {
            return Err(Error::UnplacedLabel {
                instruction: index as u32,
            });
        };
        *start = TARGET;
        instr.oparg = place;
    }
    Ok(())
}

/// Starts a block at each target and behind each terminator, and notes in `starts` which block starts at a target.
fn split(graph: &mut Graph, starts: &mut [u32]) {
    let instrs = std::mem::take(&mut graph.instrs);
    graph.new_block();
    let (mut first, mut is_terminated) = (0, false);
    let mut found: Kinds = 0;
    for (index, instr) in instrs.iter().enumerate() {
        let is_target = starts[index] == TARGET;
        if is_terminated || is_target && index > first {
            graph.end_block(first as u32, index as u32, found);
            let block = graph.new_block();
            graph.block_mut(block - 1).next = block;
            (first, found) = (index, 0);
        }
        if is_target {
            starts[index] = graph.blocks.len() as u32 - 1;
            graph.block_mut(starts[index]).is_labelled = true;
        }
        let kinds = kinds(instr.opcode);
        found |= kinds;
        if instr.loc.line < 0 {
            found |= LINELESS;
            graph.has_next_locations |= instr.loc == Location::NEXT;
        }
        is_terminated = kinds & (JUMPS | SCOPE_EXIT) != 0;
    }
    graph.end_block(first as u32, instrs.len() as u32, found);
    graph.instrs = instrs;
}

/// Jumps and block pushes, which tell the index of an instruction, get the block that starts there.
fn resolve_targets(graph: &mut Graph, starts: &[u32]) {
    for block in 0..graph.blocks.len() as u32 {
        let kinds = graph.block(block).kinds;
        graph.has_handlers |= kinds & (BLOCK_PUSH | BLOCK_POP) != 0;
        if kinds & BLOCK_PUSH != 0 {
            for at in graph.range(block) {
                let instr = &mut graph.instrs[at];
                if is_block_push(instr.opcode) {
                    let handler = starts[instr.oparg as usize];
                    instr.oparg = handler;
                    graph.block_mut(handler).except_handler = true;
                }
            }
        }
        if kinds & JUMPS != 0
            && let Some(last) = graph.last_mut(block)
        {
            last.oparg = starts[last.oparg as usize];
        }
    }
}
