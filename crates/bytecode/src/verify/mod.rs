//! Whether a code object that did not come from our compiler may be run: a program may do what it likes, but never make the interpreter
//! read what is not there.
//!
//! `shape` looks at counts, tables and constants, `program` decodes instructions and exception table, `arguments` checks what each
//! instruction names, and `flow` follows every path with what the locals and operands may hold: the stack never runs under or over, no NULL
//! is taken for an object, no local is read unset, containers, cells, code and exceptions are where instructions take them for granted, and
//! nothing borrowed outlives its local. What a rare instruction can ask for itself when it runs, it asks for itself.
//!
//! What CPython's own compiler makes passes. Time and memory are linear in the size of the code but for tangled flow, which a budget ends.

mod arguments;
mod flow;
mod kinds;
mod program;
mod shape;
mod state;
mod step;

use std::rc::Rc;

use rustc_hash::FxHashSet;

use crate::code::Code;
use crate::constant::Constant;

type Checked<T = ()> = Result<T, String>;

/// What the checks ask of a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConstantKind {
    Code,
    /// A tuple of so many str.
    Names(usize),
    Tuple,
    None,
    Other,
}

/// The parts of a code object that decide whether it may be run.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    pub flags: u32,
    /// The instructions, caches included and empty.
    pub code: &'a [u8],
    pub consts: &'a [ConstantKind],
    /// How many names there are.
    pub names: usize,
    /// A byte of `code::kinds` for each fast local.
    pub kinds: &'a [u8],
    pub exceptiontable: &'a [u8],
}

/// How much work one check may take: steps, and entries of states that are met. Far more than any code that a compiler makes needs; it grows
/// with the code.
pub struct Budget(u64);

impl Budget {
    fn spend(&mut self, work: usize) -> Checked {
        match self.0.checked_sub(work as u64 + 1) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => Err("its flow is too tangled to be checked".into()),
        }
    }
}

impl Default for Budget {
    fn default() -> Budget {
        Budget(1 << 26)
    }
}

/// Checks the code object and every code object among its constants. The error says where and what.
pub fn check(code: &Code) -> Checked {
    let mut seen = FxHashSet::default();
    let mut budget = Budget::default();
    let mut waiting = vec![code];
    while let Some(code) = waiting.pop() {
        let problem = |what| format!("in {}: {what}", name_of(code));
        shape::names(code).map_err(problem)?;
        let mut constants = Vec::with_capacity(code.consts.len());
        for constant in code.consts.iter() {
            shape::constant(constant, &mut budget).map_err(problem)?;
            constants.push(kind_of(constant));
            if let Constant::Code(inner) = constant
                && seen.insert(Rc::as_ptr(inner))
            {
                waiting.push(inner);
            }
        }
        let view = View {
            argcount: code.argcount,
            posonlyargcount: code.posonlyargcount,
            kwonlyargcount: code.kwonlyargcount,
            stacksize: code.stacksize,
            flags: code.flags,
            code: &code.code,
            consts: &constants,
            names: code.names.len(),
            kinds: &code.localspluskinds,
            exceptiontable: &code.exceptiontable,
        };
        check_view(&view, &mut budget).map_err(problem)?;
    }
    Ok(())
}

/// Checks one code object; those among its constants are somebody else's care.
pub fn check_view(view: &View<'_>, budget: &mut Budget) -> Checked {
    budget.0 += 128 * view.code.len() as u64;
    shape::counts(view)?;
    let program = program::Program::new(view)?;
    arguments::check(view, &program)?;
    flow::Flow::new(view, &program, budget).run()
}

fn kind_of(constant: &Constant) -> ConstantKind {
    match constant {
        Constant::Code(_) => ConstantKind::Code,
        Constant::Tuple(items) if items.iter().all(|i| matches!(i, Constant::Str(_))) => {
            ConstantKind::Names(items.len())
        }
        Constant::Tuple(_) => ConstantKind::Tuple,
        Constant::None => ConstantKind::None,
        _ => ConstantKind::Other,
    }
}

fn name_of(code: &Code) -> String {
    String::from_utf8_lossy(&code.qualname.text).into_owned()
}
