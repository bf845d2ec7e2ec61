//! The opcodes of CPython 3.14 as data, and what follows from the table: names, arguments, inline caches, families, stack effects.
//!
//! The table (`opcode/table.rs`) is the only place that says anything about an opcode.

mod effect;
mod names;
mod table;

use effect::{Effect, Line};

pub use names::{
    CMP_OP, COMMON_CONSTANTS, CONVERSIONS, FUNCTION_ATTRIBUTES, INTRINSIC_1, INTRINSIC_2, NB_OPS,
    SPECIAL_METHODS,
};
pub use table::*;

/// What an opcode's argument is.
pub mod flag {
    /// The argument means something (it is shown); without this flag it is ignored.
    pub const ARG: u8 = 1;
    /// The argument is an index into `co_consts`.
    pub const CONST: u8 = 2;
    /// The argument is, perhaps after a shift, an index into `co_names`.
    pub const NAME: u8 = 4;
    /// The argument is a distance in code units.
    pub const JUMP: u8 = 8;
    /// The argument is an index of a fast local.
    pub const LOCAL: u8 = 16;
    /// The argument is an index of a fast local that is a cell or free variable.
    pub const FREE: u8 = 32;
    /// The argument is a handler (pseudo-opcodes only).
    pub const EXC: u8 = 64;
}

/// Opcodes from here to 255 are the instrumented ones (`MIN_INSTRUMENTED_OPCODE`).
pub const MIN_INSTRUMENTED: u16 = 234;
/// Opcodes above this number take an argument; below stand those without, and a few specialised ones (`HAVE_ARGUMENT`).
pub const HAVE_ARGUMENT: u16 = 43;
/// One more than the greatest opcode.
pub const COUNT: usize = 267;

/// All that is known of an opcode.
#[derive(Debug)]
pub struct Opcode {
    pub number: u16,
    pub name: &'static str,
    /// Bits of `flag`.
    pub flags: u8,
    /// Inline cache: name and number of code units of each part (`dis` shows them so). Empty for members of a family: see `base`.
    pub cache: &'static [(&'static str, u8)],
    /// For a specialised opcode the adaptive one of its family, for an instrumented one what it stands for.
    pub base: Option<u16>,
    /// Stack before and after, in the notation of Python/bytecodes.c.
    pub stack: &'static str,
    /// What it does and who owns what.
    pub doc: &'static str,
}

impl Opcode {
    pub const fn is_pseudo(&self) -> bool {
        self.number > 255
    }

    pub const fn is_instrumented(&self) -> bool {
        self.number >= MIN_INSTRUMENTED && self.number < ENTER_EXECUTOR
    }

    pub const fn is_specialised(&self) -> bool {
        self.base.is_some() && !self.is_instrumented()
    }
}

/// Turns the entries of the table into one constant each and the list `OPCODES`, ordered by number.
macro_rules! opcodes {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident = $number:literal [$($flag:ident)*] $(cache [$($part:ident $units:literal),*])? $(of $base:ident)? $stack:literal;
    )*) => {
        $(
            $(#[doc = $doc])+
            #[doc = concat!("\n\n`", $stack, "`")]
            pub const $name: u16 = $number;
        )*
        /// Every opcode, by number; numbers in no use have no entry.
        pub static OPCODES: &[super::Opcode] = super::ordered(&[$(
            super::Opcode {
                number: $number,
                name: stringify!($name),
                flags: 0 $(| flag::$flag)*,
                cache: &[$($((stringify!($part), $units)),*)?],
                base: super::optional(&[$($base)?]),
                stack: $stack,
                doc: concat!($($doc),+),
            }
        ),*]);
    };
}
use opcodes;

const fn optional(found: &[u16]) -> Option<u16> {
    if found.is_empty() {
        None
    } else {
        Some(found[0])
    }
}

/// Refuses, while compiling, a table that is not ordered by number.
const fn ordered(table: &'static [Opcode]) -> &'static [Opcode] {
    let mut index = 1;
    while index < table.len() {
        assert!(table[index - 1].number < table[index].number);
        index += 1;
    }
    table
}

/// What the helpers below need of an opcode, by number, without a search.
#[derive(Clone, Copy)]
struct Facts {
    /// Index into `OPCODES`, or `NO_ENTRY`.
    entry: u16,
    flags: u8,
    caches: u8,
    family: u16,
    effect: Effect,
}

const NO_ENTRY: u16 = u16::MAX;

static FACTS: [Facts; COUNT] = {
    let mut facts = [Facts {
        entry: NO_ENTRY,
        flags: 0,
        caches: 0,
        family: 0,
        effect: Effect::NONE,
    }; COUNT];
    let mut index = 0;
    while index < OPCODES.len() {
        let opcode = &OPCODES[index];
        let number = opcode.number as usize;
        facts[number].entry = index as u16;
        facts[number].flags = opcode.flags;
        facts[number].effect = Effect::parse(opcode.stack);
        facts[number].family = opcode.number;
        facts[number].caches = units(opcode.cache);
        index += 1;
    }
    // What a member has of its base, which may stand after it.
    let mut index = 0;
    while index < OPCODES.len() {
        let opcode = &OPCODES[index];
        if let Some(base) = opcode.base {
            facts[opcode.number as usize].caches = facts[base as usize].caches;
            if opcode.is_specialised() {
                facts[opcode.number as usize].family = base;
            }
        }
        index += 1;
    }
    facts
};

/// What passes ask of every instruction, small and quickly computed.
static CACHES: [u8; COUNT] = {
    let mut caches = [0; COUNT];
    let mut number = 0;
    while number < COUNT {
        caches[number] = FACTS[number].caches;
        number += 1;
    }
    caches
};

/// As `CACHES`: the effect on the stack.
#[derive(Clone, Copy)]
struct Compact {
    popped: Line,
    pushed: Line,
}

/// The effects have places for numbers past the last opcode, so that an index needs no check.
const PLACES: usize = COUNT.next_power_of_two();

static COMPACT: [Compact; PLACES] = {
    let mut compact = [Compact {
        popped: Line::ZERO,
        pushed: Line::ZERO,
    }; PLACES];
    let mut number = 0;
    while number < COUNT {
        let effect = &FACTS[number].effect;
        compact[number] = Compact {
            popped: effect.popped.line(),
            pushed: effect.pushed.line(),
        };
        number += 1;
    }
    compact
};

/// Pushed less popped.
static NET: [Line; PLACES] = {
    let mut net = [Line::ZERO; PLACES];
    let mut number = 0;
    while number < COUNT {
        net[number] = FACTS[number].effect.net().line();
        number += 1;
    }
    net
};

const fn units(cache: &[(&str, u8)]) -> u8 {
    let (mut sum, mut index) = (0, 0);
    while index < cache.len() {
        sum += cache[index].1;
        index += 1;
    }
    sum
}

#[inline]
fn facts(opcode: u16) -> Option<&'static Facts> {
    FACTS
        .get(opcode as usize)
        .filter(|facts| facts.entry != NO_ENTRY)
}

/// The table's entry, if there is such an opcode.
pub fn info(opcode: u16) -> Option<&'static Opcode> {
    facts(opcode).map(|facts| &OPCODES[facts.entry as usize])
}

/// The name, or None where the number is free.
pub fn name(opcode: u16) -> Option<&'static str> {
    info(opcode).map(|entry| entry.name)
}

/// The opcode of that name, specialised, instrumented and pseudo ones included. Searches the table.
pub fn by_name(name: &str) -> Option<u16> {
    OPCODES
        .iter()
        .find(|entry| entry.name == name)
        .map(|entry| entry.number)
}

/// The bits of `flag`; 0 where the number is free.
pub fn flags(opcode: u16) -> u8 {
    facts(opcode).map_or(0, |facts| facts.flags)
}

/// Code units of inline cache that follow the instruction; a specialised or instrumented opcode has its base's.
#[inline]
pub const fn caches(opcode: u16) -> usize {
    let opcode = opcode as usize;
    if opcode < COUNT {
        CACHES[opcode] as usize
    } else {
        0
    }
}

/// How many entries the instruction takes from the stack and how many it leaves there; an unknown opcode (all are below 512) none. For
/// passes that ask it of every instruction: `popped` and `pushed` by a shorter way.
#[inline]
pub fn popped_pushed(opcode: u16, oparg: u32) -> (i32, i32) {
    let compact = &COMPACT[opcode as usize % PLACES];
    match (compact.popped.at(oparg), compact.pushed.at(oparg)) {
        (Some(popped), Some(pushed)) => (popped, pushed),
        _ => long_popped_pushed(opcode, oparg),
    }
}

/// By how much the instruction changes the depth of the stack, as `popped_pushed` has it.
#[inline]
pub fn net_effect(opcode: u16, oparg: u32) -> i32 {
    match NET[opcode as usize % PLACES].at(oparg) {
        Some(net) => net,
        None => {
            let (popped, pushed) = long_popped_pushed(opcode, oparg);
            pushed.saturating_sub(popped)
        }
    }
}

#[cold]
fn long_popped_pushed(opcode: u16, oparg: u32) -> (i32, i32) {
    let oparg = i32::try_from(oparg).unwrap_or(i32::MAX);
    let count = |count: Option<i32>| count.unwrap_or(0);
    (count(popped(opcode, oparg)), count(pushed(opcode, oparg)))
}

/// The parts of the inline cache; those of the family for a specialised or instrumented opcode.
pub fn cache_format(opcode: u16) -> &'static [(&'static str, u8)] {
    let Some(entry) = info(opcode) else {
        return &[];
    };
    match entry.base {
        Some(base) => info(base).map_or(&[], |base| base.cache),
        None => entry.cache,
    }
}

/// The adaptive opcode of a specialised one's family; any other opcode itself (`dis._deoptop`).
pub fn family(opcode: u16) -> u16 {
    facts(opcode).map_or(opcode, |facts| facts.family)
}

/// What an instrumented opcode stands for; any other opcode itself. INSTRUMENTED_LINE, INSTRUMENTED_INSTRUCTION and ENTER_EXECUTOR stand for what
/// only the code's monitoring data knows.
pub fn uninstrumented(opcode: u16) -> u16 {
    match info(opcode) {
        Some(entry) if entry.is_instrumented() => entry.base.unwrap_or(opcode),
        _ => opcode,
    }
}

/// Whether the jump goes back (END_ASYNC_FOR names a place before it).
pub fn is_backward_jump(opcode: u16) -> bool {
    matches!(
        opcode,
        JUMP_BACKWARD | JUMP_BACKWARD_NO_INTERRUPT | END_ASYNC_FOR
    )
}

/// How many entries the instruction takes from the stack.
#[inline]
pub fn popped(opcode: u16, oparg: i32) -> Option<i32> {
    facts(opcode).map(|facts| facts.effect.popped.at(oparg))
}

/// How many entries the instruction leaves in their place.
#[inline]
pub fn pushed(opcode: u16, oparg: i32) -> Option<i32> {
    facts(opcode).map(|facts| facts.effect.pushed.at(oparg))
}

/// How many of the entries it takes it leaves as they were: those below, whatever comes of the others.
#[inline]
pub fn kept(opcode: u16, oparg: i32) -> Option<i32> {
    facts(opcode).map(|facts| facts.effect.kept.at(oparg))
}

/// The change in stack depth, when the instruction jumps or when it goes on to the next; None for an opcode that the compiler does not emit
/// (specialised, unknown) and for an argument without sense (Python/flowgraph.c, `get_stack_effects`).
pub fn stack_effect(opcode: u16, oparg: i32, jump: bool) -> Option<i32> {
    let facts = facts(opcode)?;
    if facts.family != opcode {
        return None;
    }
    let (popped, pushed) = (facts.effect.popped.at(oparg), facts.effect.pushed.at(oparg));
    if popped < 0 || pushed < 0 {
        return None;
    }
    // A block push changes the stack only on the way to its handler.
    if facts.flags & flag::EXC != 0 && !jump {
        return Some(0);
    }
    Some(pushed - popped)
}
