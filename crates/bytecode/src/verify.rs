//! Whether a code object read from outside holds together: opcodes known, arguments in range, jumps to instructions, a stack that never
//! runs under or over, locals set before they are loaded unchecked. What CPython's own compiler makes always passes. Not checked: what kind
//! of value an operand is (an exception, a NULL), so code made to harm can still pass.

use std::rc::Rc;

use crate::code::{Code, flags, kinds};
use crate::constant::Constant;
use crate::exceptiontable;
use crate::opcode as op;

/// Checks the code object and every code object among its constants. The error says where and what.
pub fn check(code: &Code) -> Result<(), String> {
    Checker::new(code)?
        .run()
        .map_err(|problem| format!("in {}: {problem}", name_of(code)))?;
    for constant in code.consts.iter() {
        if let Constant::Code(inner) = constant {
            check(inner)?;
        }
    }
    Ok(())
}

fn name_of(code: &Code) -> String {
    String::from_utf8_lossy(&code.qualname.text).into_owned()
}

/// What is known before an instruction: operands on the stack, and which locals are surely set.
#[derive(Clone, PartialEq)]
struct State {
    depth: usize,
    set: Rc<[u64]>,
}

struct Handler {
    start: usize,
    end: usize,
    target: usize,
    depth: usize,
}

struct Checker<'a> {
    code: &'a Code,
    units: Vec<u16>,
    /// Start of each instruction (its first EXTENDED_ARG): opcode, argument, index behind it.
    instructions: Vec<Option<(u16, u32, usize)>>,
    handlers: Vec<Handler>,
    states: Vec<Option<State>>,
    work: Vec<usize>,
}

type Checked<T = ()> = Result<T, String>;

impl<'a> Checker<'a> {
    fn new(code: &'a Code) -> Checked<Checker<'a>> {
        if !code.code.len().is_multiple_of(2) || code.code.is_empty() {
            return Err("the instructions are cut".into());
        }
        let units: Vec<u16> = code
            .code
            .chunks_exact(2)
            .map(|u| u16::from_le_bytes([u[0], u[1]]))
            .collect();
        let count = units.len();
        let mut this = Checker {
            code,
            units,
            instructions: vec![None; count],
            handlers: Vec::new(),
            states: vec![None; count],
            work: Vec::new(),
        };
        this.shape()?;
        this.decode()?;
        this.exception_table()?;
        Ok(this)
    }

    /// Tables that belong together, counts that fit.
    fn shape(&self) -> Checked {
        let code = self.code;
        let locals = code.localspluskinds.len();
        let texts = |items: &[Constant]| items.iter().all(|c| matches!(c, Constant::Str(_)));
        if code.localsplusnames.len() != locals
            || !texts(&code.localsplusnames)
            || !texts(&code.names)
        {
            return Err("its names do not fit together".into());
        }
        let extra = (code.flags & flags::VARARGS != 0) as u64
            + (code.flags & flags::VARKEYWORDS != 0) as u64;
        let arguments = u64::from(code.argcount) + u64::from(code.kwonlyargcount) + extra;
        if code.posonlyargcount > code.argcount
            || arguments > locals as u64
            || code.stacksize > 1 << 20
            || locals > 1 << 20
        {
            return Err("its counts do not fit together".into());
        }
        Ok(())
    }

    fn decode(&mut self) -> Checked {
        let mut at = 0;
        let mut previous = None;
        while at < self.units.len() {
            let start = at;
            let mut argument: u32 = 0;
            loop {
                let Some(unit) = self.units.get(at).copied() else {
                    return Err(format!("unit {start} is cut"));
                };
                let opcode = unit & 0xFF;
                argument = argument << 8 | u32::from(unit >> 8);
                at += 1;
                if opcode != op::EXTENDED_ARG {
                    let known = op::info(opcode).is_some_and(|i| {
                        !i.is_specialised() && !i.is_instrumented() && !i.is_pseudo()
                    });
                    if !known
                        || matches!(
                            opcode,
                            op::CACHE | op::RESERVED | op::ENTER_EXECUTOR | op::INTERPRETER_EXIT
                        )
                    {
                        return Err(format!("unit {start}: {opcode} is no instruction"));
                    }
                    at += op::caches(opcode);
                    let code = matches!(previous, Some((op::LOAD_CONST, i)) if matches!(self.code.consts.get(i as usize), Some(Constant::Code(_))));
                    if opcode == op::MAKE_FUNCTION && !code {
                        return Err(format!("unit {start}: a function made of no code"));
                    }
                    previous = Some((opcode, argument));
                    self.instructions[start] = Some((opcode, argument, at));
                    break;
                }
            }
        }
        if at != self.units.len() {
            return Err("the last instruction is cut".into());
        }
        Ok(())
    }

    fn exception_table(&mut self) -> Checked {
        for entry in exceptiontable::entries(&self.code.exceptiontable) {
            let (start, end, target) = (
                entry.start as usize / 2,
                entry.end as usize / 2,
                entry.target as usize / 2,
            );
            if !self.starts(target) || end > self.units.len() {
                return Err("its exception table leads nowhere".into());
            }
            let depth = entry.depth as usize;
            self.handlers.push(Handler {
                start,
                end,
                target,
                depth: depth + 1 + entry.lasti as usize,
            });
        }
        Ok(())
    }

    fn starts(&self, at: usize) -> bool {
        self.instructions.get(at).is_some_and(Option::is_some)
    }

    fn run(mut self) -> Checked {
        let locals = self.code.localspluskinds.len();
        let mut first = vec![0u64; locals.div_ceil(64).max(1)];
        let arguments = (self.code.argcount + self.code.kwonlyargcount) as usize
            + (self.code.flags & flags::VARARGS != 0) as usize
            + (self.code.flags & flags::VARKEYWORDS != 0) as usize;
        for (i, kind) in self.code.localspluskinds.iter().enumerate() {
            if i < arguments || kind & kinds::FREE != 0 {
                first[i / 64] |= 1 << (i % 64);
            }
        }
        self.flow(
            0,
            State {
                depth: 0,
                set: first.into(),
            },
        )?;
        while let Some(at) = self.work.pop() {
            self.step(at)?;
        }
        Ok(())
    }

    /// Meets what is known at `at` with what comes in.
    fn flow(&mut self, at: usize, state: State) -> Checked {
        if !self.starts(at) {
            return Err(format!("a jump to unit {at}, which starts no instruction"));
        }
        if state.depth > self.code.stacksize as usize {
            return Err(format!("unit {at}: more operands than the stack holds"));
        }
        let met = match &self.states[at] {
            None => state,
            Some(known) if known.depth != state.depth => {
                return Err(format!(
                    "unit {at}: reached with different numbers of operands"
                ));
            }
            Some(known) => State {
                depth: state.depth,
                set: known
                    .set
                    .iter()
                    .zip(state.set.iter())
                    .map(|(a, b)| a & b)
                    .collect(),
            },
        };
        if self.states[at].as_ref() != Some(&met) {
            self.states[at] = Some(met);
            self.work.push(at);
        }
        Ok(())
    }

    fn step(&mut self, at: usize) -> Checked {
        let (Some((opcode, argument, next)), Some(state)) =
            (self.instructions[at], self.states[at].clone())
        else {
            return Ok(());
        };
        self.arguments(at, opcode, argument, &state)?;
        let handler = self
            .handlers
            .iter()
            .find(|h| h.start <= at && at < h.end)
            .map(|h| (h.target, h.depth));
        if let Some((target, depth)) = handler {
            if depth > state.depth + 2 {
                return Err(format!(
                    "unit {at}: its handler wants more operands than there are"
                ));
            }
            self.flow(
                target,
                State {
                    depth,
                    set: state.set.clone(),
                },
            )?;
        }
        let signed =
            i32::try_from(argument).map_err(|_| format!("unit {at}: argument too large"))?;
        let needed = op::popped(opcode, signed).unwrap_or(0).max(0) as usize;
        if state.depth < needed {
            return Err(format!("unit {at}: too few operands"));
        }
        let after = |jump: bool| -> Checked<State> {
            let effect = op::stack_effect(opcode, signed, jump).unwrap_or(0);
            let depth = usize::try_from(state.depth as i64 + i64::from(effect))
                .map_err(|_| format!("unit {at}: too few operands"))?;
            Ok(State {
                depth,
                set: self.assigned(opcode, argument, &state.set),
            })
        };
        let (through, jumped) = (after(false)?, after(true)?);
        if op::flags(opcode) & op::flag::JUMP != 0 && opcode != op::END_ASYNC_FOR {
            let distance = argument as usize;
            let target = if op::is_backward_jump(opcode) {
                next.checked_sub(distance)
            } else {
                next.checked_add(distance)
            };
            let target = target.ok_or_else(|| format!("unit {at}: a jump out of the code"))?;
            self.flow(target, jumped)?;
        }
        let ends = matches!(
            opcode,
            op::RETURN_VALUE
                | op::RAISE_VARARGS
                | op::RERAISE
                | op::JUMP_FORWARD
                | op::JUMP_BACKWARD
                | op::JUMP_BACKWARD_NO_INTERRUPT
        );
        if !ends {
            self.flow(next, through)?;
        }
        Ok(())
    }

    /// Locals set and unset by an instruction.
    fn assigned(&self, opcode: u16, argument: u32, set: &Rc<[u64]>) -> Rc<[u64]> {
        let changes = matches!(
            opcode,
            op::STORE_FAST
                | op::LOAD_FAST_CHECK
                | op::MAKE_CELL
                | op::STORE_FAST_LOAD_FAST
                | op::STORE_FAST_STORE_FAST
                | op::DELETE_FAST
                | op::LOAD_FAST_AND_CLEAR
        );
        if !changes {
            return set.clone();
        }
        let mut set: Vec<u64> = set.to_vec();
        let mut put = |i: u32, on: bool| {
            if let Some(word) = set.get_mut(i as usize / 64) {
                if on {
                    *word |= 1 << (i % 64)
                } else {
                    *word &= !(1 << (i % 64))
                }
            }
        };
        match opcode {
            op::STORE_FAST | op::LOAD_FAST_CHECK | op::MAKE_CELL => put(argument, true),
            op::STORE_FAST_LOAD_FAST => put(argument >> 4, true),
            op::STORE_FAST_STORE_FAST => {
                put(argument >> 4, true);
                put(argument & 15, true);
            }
            op::DELETE_FAST | op::LOAD_FAST_AND_CLEAR => put(argument, false),
            _ => {}
        }
        set.into()
    }

    /// Indices in range, unchecked loads of locals that are set.
    fn arguments(&self, at: usize, opcode: u16, argument: u32, state: &State) -> Checked {
        let code = self.code;
        let out = |what: &str| Err(format!("unit {at}: no {what} {argument}"));
        let index = argument as usize;
        let kinds_of = |i: usize| code.localspluskinds.get(i).copied();
        let loads: &[u32] = match opcode {
            op::LOAD_FAST | op::LOAD_FAST_BORROW => &[argument],
            op::LOAD_FAST_LOAD_FAST | op::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                &[argument >> 4, argument & 15]
            }
            op::STORE_FAST_LOAD_FAST => &[argument & 15],
            _ => &[],
        };
        for load in loads {
            let stored = opcode == op::STORE_FAST_LOAD_FAST && argument >> 4 == *load;
            let is_set = state
                .set
                .get(*load as usize / 64)
                .is_some_and(|w| w >> (load % 64) & 1 != 0);
            if kinds_of(*load as usize).is_none() || !is_set && !stored {
                return Err(format!("unit {at}: local {load} may not be set"));
            }
        }
        let bits = op::flags(opcode);
        let pairs = matches!(
            opcode,
            op::STORE_FAST_STORE_FAST
                | op::STORE_FAST_LOAD_FAST
                | op::LOAD_FAST_LOAD_FAST
                | op::LOAD_FAST_BORROW_LOAD_FAST_BORROW
        );
        if pairs
            && (kinds_of(index >> 4).is_none() || kinds_of(index & 15).is_none() || argument > 255)
        {
            return out("local");
        }
        if bits & op::flag::LOCAL != 0 && !pairs && kinds_of(index).is_none() {
            return out("local");
        }
        if (bits & op::flag::FREE != 0 || opcode == op::MAKE_CELL)
            && kinds_of(index).is_none_or(|k| k & (kinds::CELL | kinds::FREE) == 0)
        {
            return out("cell");
        }
        if bits & op::flag::CONST != 0 && index >= code.consts.len() {
            return out("constant");
        }
        let name = match opcode {
            op::LOAD_GLOBAL | op::LOAD_ATTR => index >> 1,
            op::LOAD_SUPER_ATTR => index >> 2,
            _ => index,
        };
        if bits & op::flag::NAME != 0 && name >= code.names.len() {
            return out("name");
        }
        let generator = flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR;
        if matches!(opcode, op::RETURN_GENERATOR | op::YIELD_VALUE) && code.flags & generator == 0 {
            return Err(format!(
                "unit {at}: a generator's instruction in a plain function"
            ));
        }
        let free = code
            .localspluskinds
            .iter()
            .filter(|k| **k & kinds::FREE != 0)
            .count();
        if opcode == op::COPY_FREE_VARS && index != free {
            return out("closure of size");
        }
        if matches!(opcode, op::COPY | op::SWAP) && (index == 0 || index > state.depth) {
            return out("operand");
        }
        if matches!(opcode, op::LOAD_COMMON_CONSTANT | op::LOAD_SPECIAL) && index > 4
            || opcode == op::LOAD_SMALL_INT && index > 255
        {
            return out("value");
        }
        Ok(())
    }
}
