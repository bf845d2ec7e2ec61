//! Runs of SWAPs: made as short as can be, and applied to the stores behind them instead of to the stack.

use terrarium_bytecode::opcode::*;

use crate::instructions::Instruction;

pub fn optimize_swaps(instrs: &mut [Instruction]) {
    let mut index = 0;
    while index < instrs.len() {
        if instrs[index].opcode == SWAP {
            index = shorten_run(instrs, index);
            apply_static_swaps(instrs, index);
        }
        index += 1;
    }
}

/// Replaces the run of SWAPs and NOPs at `start` by the shortest with the same effect (CPython's `swaptimize`). Returns the index of
/// the run's last instruction, or `start` if there was nothing to do.
fn shorten_run(instrs: &mut [Instruction], start: usize) -> usize {
    let length = instrs[start..]
        .iter()
        .take_while(|instr| matches!(instr.opcode, SWAP | NOP))
        .count();
    let run = &mut instrs[start..start + length];
    if run[1..].iter().all(|instr| instr.opcode == NOP) {
        return start;
    }
    let swaps = run.iter().filter(|instr| instr.opcode == SWAP);
    let depth = swaps.map(|instr| instr.oparg).max().unwrap_or(0) as usize;
    let mut stack: Vec<Option<usize>> = (0..depth).map(Some).collect();
    for instr in run.iter().filter(|instr| instr.opcode == SWAP) {
        if instr.oparg > 0 {
            stack.swap(0, instr.oparg as usize - 1);
        }
    }
    // Each cycle of the permutation is undone through the top of the stack; written from the end, that shuffles instead.
    let mut free = run.len();
    for item in 0..depth {
        if stack[item].is_none_or(|place| place == item) {
            continue;
        }
        let mut place = item;
        loop {
            if place > 0 && free > 0 {
                free -= 1;
                run[free].opcode = SWAP;
                run[free].oparg = place as u32 + 1;
            }
            match stack[place].take() {
                Some(next) => place = next,
                None => break,
            }
        }
    }
    run[..free].iter_mut().for_each(Instruction::set_nop);
    start + length - 1
}

/// Whether the instruction only takes the top of the stack, so that it may change places with another such.
fn is_swappable(opcode: u16) -> bool {
    matches!(opcode, STORE_FAST | STORE_FAST_MAYBE_NULL | POP_TOP)
}

/// The local the instruction stores to.
fn stores_to(instr: &Instruction) -> Option<u32> {
    matches!(instr.opcode, STORE_FAST | STORE_FAST_MAYBE_NULL).then_some(instr.oparg)
}

/// The next swappable instruction after `index`, on the given line if there is one.
fn next_swappable(instrs: &[Instruction], index: usize, line: i32) -> Option<usize> {
    for (at, instr) in instrs.iter().enumerate().skip(index + 1) {
        if line >= 0 && instr.loc.line != line {
            return None;
        }
        if instr.opcode == NOP {
            continue;
        }
        return is_swappable(instr.opcode).then_some(at);
    }
    None
}

/// Exchanges the instructions that consume the values a SWAP before them exchanges, from `index` backwards.
fn apply_static_swaps(instrs: &mut [Instruction], index: usize) {
    for at in (0..=index).rev() {
        let instr = instrs[at];
        if instr.opcode != SWAP {
            if instr.opcode == NOP || is_swappable(instr.opcode) {
                continue;
            }
            return;
        }
        let Some(first) = next_swappable(instrs, at, -1) else {
            return;
        };
        let line = instrs[first].loc.line;
        let mut second = first;
        for _ in 1..instr.oparg {
            match next_swappable(instrs, second, line) {
                Some(next) => second = next,
                None => return,
            }
        }
        if !may_exchange(instrs, first, second) {
            return;
        }
        instrs[at].set_nop();
        instrs.swap(first, second);
    }
}

/// Not if both store to one local, or one between them stores to a local of theirs.
fn may_exchange(instrs: &[Instruction], first: usize, second: usize) -> bool {
    let stores = [stores_to(&instrs[first]), stores_to(&instrs[second])];
    if stores == [None, None] {
        return true;
    }
    stores[0] != stores[1]
        && !instrs[first + 1..second.max(first + 1)]
            .iter()
            .any(|instr| stores_to(instr).is_some_and(|local| stores.contains(&Some(local))))
}
