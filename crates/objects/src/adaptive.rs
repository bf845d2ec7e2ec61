//! Counters of adaptive instructions and the first preparation of fresh code (Include/internal/pycore_backoff.h, Python/specialize.c).
//!
//! A counter is 12 bits of value above 4 bits of back-off. It counts down to zero, which asks the specialiser; a failure restarts it
//! with twice the value.

use std::mem::MaybeUninit;

use terrarium_bytecode::opcode as op;

const BACKOFF_BITS: u16 = 4;
const MAX_BACKOFF: u16 = 12;
/// A back-off that never triggers.
const UNREACHABLE: u16 = 15;

pub const fn counter(value: u16, backoff: u16) -> u16 {
    value << BACKOFF_BITS | backoff
}

/// Of fresh code.
pub const WARMUP: u16 = counter(1, 1);
/// After a success: how often the specialised form may miss.
pub const COOLDOWN: u16 = counter(52, 0);
/// Of backward jumps (`JUMP_BACKWARD_INITIAL_VALUE`); nothing is compiled to machine code, so it only ticks.
const JUMP_BACKWARD: u16 = counter(4095, 12);

/// Whether the counter has run down.
#[inline(always)]
pub const fn triggers(counter: u16) -> bool {
    counter < UNREACHABLE
}

/// One tick.
#[inline(always)]
pub const fn advance(counter: u16) -> u16 {
    counter.wrapping_sub(1 << BACKOFF_BITS)
}

/// After a failed attempt.
pub const fn backoff(c: u16) -> u16 {
    let b = c & ((1 << BACKOFF_BITS) - 1);
    if b < MAX_BACKOFF {
        counter((1 << (b + 1)) - 1, b + 1)
    } else {
        counter((1 << MAX_BACKOFF) - 1, MAX_BACKOFF)
    }
}

/// Inline cache entries of an opcode, in code units.
pub fn caches(opcode: u8) -> usize {
    terrarium_bytecode::opcode::caches(u16::from(opcode))
}

/// What an instruction starts with: how many cache entries, and the first of them.
#[derive(Clone, Copy)]
struct Start {
    entries: u8,
    counter: u16,
}

static STARTS: [Start; 256] = {
    let mut starts = [Start {
        entries: 0,
        counter: 0,
    }; 256];
    let mut opcode = 0;
    while opcode < 256 {
        starts[opcode] = Start {
            entries: op::caches(opcode as u16) as u8,
            counter: match opcode as u16 {
                op::JUMP_BACKWARD => JUMP_BACKWARD,
                op::POP_JUMP_IF_FALSE
                | op::POP_JUMP_IF_TRUE
                | op::POP_JUMP_IF_NONE
                | op::POP_JUMP_IF_NOT_NONE => 0x5555,
                _ => WARMUP,
            },
        };
        opcode += 1;
    }
    starts
};

/// The counter that follows an opcode; zero where none does.
static COUNTERS: [u16; 256] = {
    let mut counters = [0; 256];
    let mut opcode = 0;
    while opcode < 256 {
        if STARTS[opcode].entries > 0 {
            counters[opcode] = STARTS[opcode].counter;
        }
        opcode += 1;
    }
    counters
};

/// Copies compiled code, whose cache entries are all zero, and sets its counters. `to` is as long as `fresh`.
pub fn quicken_compiled(fresh: &[u8], to: &mut [MaybeUninit<u16>]) {
    let mut counter = 0;
    // No unit has to wait for what is known of the one before.
    for (unit, to) in fresh.as_chunks().0.iter().zip(to) {
        let unit = u16::from_ne_bytes(*unit);
        to.write(unit | counter);
        counter = COUNTERS[usize::from(unit as u8)];
    }
}

/// Sets the counters of fresh code.
pub fn quicken(units: &mut [u16]) {
    let mut i = 0;
    // Every unit is written, with itself where nothing follows: which instructions have caches is hard to foresee.
    while i + 1 < units.len() {
        let unit = units[i];
        let start = STARTS[usize::from(unit as u8)];
        let has_counter = start.entries > 0;
        units[i + usize::from(has_counter)] = if has_counter { start.counter } else { unit };
        i += 1 + usize::from(start.entries);
    }
}

/// The index of the first RESUME; 0 if there is none.
pub fn first_resume(units: &[u16]) -> u32 {
    let mut i = 0;
    while i < units.len() {
        if u16::from(units[i] as u8) == op::RESUME {
            return i as u32;
        }
        i += 1 + caches(units[i] as u8);
    }
    0
}
