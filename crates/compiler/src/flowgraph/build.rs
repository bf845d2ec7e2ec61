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

/// Fills the graph, whatever it held before; the targets of jumps become blocks. The sequence is left to be emptied.
pub fn from_sequence(graph: &mut Graph, sequence: &mut Sequence) -> Result<(), Error> {
    insert_annotations(sequence)?;
    graph.reset();
    let mut starts = std::mem::take(&mut graph.places);
    starts.clear();
    starts.resize(sequence.instructions.len(), NO_BLOCK);
    mark_targets(sequence, &mut starts)?;
    std::mem::swap(&mut graph.instrs, &mut sequence.instructions);
    split(graph, &mut starts);
    resolve_targets(graph, &sequence.jumps, &starts);
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
    let annotations = sequence.annotations.take().unwrap_or_default();
    if !annotations.jumps.is_empty() {
        return Err(Error::MalformedGraph);
    }
    sequence.splice(place..place + 1, annotations.instructions);
    Ok(())
}

/// Marks in `starts` the instructions that have a label in use, and puts their indices in the place of labels.
fn mark_targets(sequence: &mut Sequence, starts: &mut [u32]) -> Result<(), Error> {
    for &index in &sequence.jumps {
        let oparg = &mut sequence.instructions[index as usize].oparg;
        let label = sequence.labels.get(*oparg as usize);
        let start = label.and_then(|&place| Some((place, starts.get_mut(place as usize)?)));
        let Some((place, start)) = start else {
            return Err(Error::UnplacedLabel { instruction: index });
        };
        *start = TARGET;
        *oparg = place;
    }
    Ok(())
}

/// Starts a block at each target and behind each terminator, and notes in `starts` which block starts at a target.
fn split(graph: &mut Graph, starts: &mut [u32]) {
    let instrs = std::mem::take(&mut graph.instrs);
    graph.new_block();
    let (mut first, mut is_terminated) = (0, false);
    let (mut found, mut previous): (Kinds, Kinds) = (0, 0);
    for (index, (instr, start)) in instrs.iter().zip(starts).enumerate() {
        let is_target = *start == TARGET;
        if is_terminated || is_target && index > first {
            graph.end_block(first as u32, index as u32, found);
            let block = graph.new_block();
            graph.block_mut(block - 1).next = block;
            (first, found, previous) = (index, 0, 0);
        }
        if is_target {
            *start = graph.blocks.len() as u32 - 1;
            graph.block_mut(*start).is_labelled = true;
        }
        let kinds = kinds(instr.opcode);
        found |= kinds_behind(previous, kinds);
        previous = kinds;
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
fn resolve_targets(graph: &mut Graph, jumps: &[u32], starts: &[u32]) {
    for &at in jumps {
        let instr = &mut graph.instrs[at as usize];
        let target = starts[instr.oparg as usize];
        instr.oparg = target;
        if is_block_push(instr.opcode) {
            graph.block_mut(target).except_handler = true;
        }
    }
    graph.has_handlers = graph.any_may_have(BLOCK_PUSH | BLOCK_POP);
}
