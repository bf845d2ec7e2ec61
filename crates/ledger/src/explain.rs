//! A record arranged by source line: the first pass over each line in full, later passes as sums.

use std::collections::{BTreeMap, HashMap};

use terrarium_bytecode::opcode as opcodes;
use terrarium_objects::state::Change;

use crate::effects;
use crate::history::{CodeFacts, History, Instruction};

/// One change of a count, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Number of the object in order of birth, from 1.
    pub object: u32,
    pub type_name: String,
    pub what: String,
    pub change: Change,
    /// Who takes or gives up the reference.
    pub holder: String,
    pub before: u32,
    pub after: u32,
}

/// One instruction of a line's first pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Byte offset, as `dis` counts.
    pub offset: u32,
    pub opname: String,
    /// The argument in words.
    pub argument: String,
    pub effects: Vec<Effect>,
    /// `__del__` methods that ran because of it.
    pub finalizers: Vec<String>,
}

/// Sums over the later passes of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Later {
    pub passes: usize,
    /// For each type: references taken, given up, objects born, objects that died.
    pub by_type: BTreeMap<String, [usize; 4]>,
}

/// What happened on one line of one code object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: i32,
    /// Qualified name of the code object.
    pub scope: String,
    pub rows: Vec<Row>,
    pub later: Later,
}

/// The whole account of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    pub filename: String,
    pub lines: Vec<Line>,
    /// Instructions beyond the record's limit.
    pub dropped: usize,
}

struct Pass {
    line: usize,
    first: bool,
}

/// Arranges a record; lines come in source order.
pub fn arrange(history: &History, filename: &str) -> Explanation {
    let mut lines: Vec<Line> = Vec::new();
    let mut index: HashMap<(u32, i32), usize> = HashMap::new();
    // The line each depth of calls is on, to tell a new pass from the same one going on.
    let mut open: Vec<Option<(u32, i32, u32)>> = Vec::new();
    for (at, instruction) in history.instructions.iter().enumerate() {
        let code = &history.codes[instruction.code as usize];
        let pass = enter(&mut lines, &mut index, &mut open, code, instruction);
        let line = &mut lines[pass.line];
        if pass.first {
            let row = row(history, code, instruction, at);
            line.rows.push(row);
        } else {
            sum(history, instruction, &mut line.later);
        }
    }
    lines.sort_by_key(|l| l.number);
    Explanation {
        filename: filename.to_owned(),
        lines,
        dropped: history.dropped,
    }
}

fn enter(
    lines: &mut Vec<Line>,
    index: &mut HashMap<(u32, i32), usize>,
    open: &mut Vec<Option<(u32, i32, u32)>>,
    code: &CodeFacts,
    instruction: &Instruction,
) -> Pass {
    let depth = instruction.depth as usize;
    open.resize(depth + 1, None);
    let here = (instruction.code, instruction.line);
    let goes_on =
        open[depth].is_some_and(|(c, l, offset)| (c, l) == here && instruction.offset > offset);
    open[depth] = Some((instruction.code, instruction.line, instruction.offset));
    match index.get(&here) {
        None => {
            index.insert(here, lines.len());
            lines.push(Line {
                number: instruction.line,
                scope: code.name.clone(),
                rows: Vec::new(),
                later: Later::default(),
            });
            Pass {
                line: lines.len() - 1,
                first: true,
            }
        }
        Some(&line) => {
            if !goes_on {
                lines[line].later.passes += 1;
            }
            Pass {
                line,
                first: lines[line].later.passes == 0,
            }
        }
    }
}

fn row(history: &History, code: &CodeFacts, instruction: &Instruction, at: usize) -> Row {
    let (opcode, argument) = effects::opcode_and_argument(code, instruction.offset as usize);
    Row {
        offset: instruction.offset * 2,
        opname: opcodes::name(opcode).unwrap_or("?").to_owned(),
        argument: argument_text(code, opcode, argument),
        effects: effects_of(history, code, instruction),
        finalizers: finalizers(history, instruction, at),
    }
}

fn argument_text(code: &CodeFacts, opcode: u16, argument: u32) -> String {
    use terrarium_bytecode::opcode as op;
    match effects::variable(code, opcode, argument) {
        effects::Variable::Local(name)
        | effects::Variable::Name(name)
        | effects::Variable::Attribute(name) => return name,
        effects::Variable::None => {}
    }
    match opcode {
        op::LOAD_CONST => code
            .consts
            .get(argument as usize)
            .cloned()
            .unwrap_or_default(),
        op::IMPORT_NAME | op::IMPORT_FROM => code
            .names
            .get(argument as usize)
            .cloned()
            .unwrap_or_default(),
        op::LOAD_FAST_BORROW_LOAD_FAST_BORROW | op::LOAD_FAST_LOAD_FAST => {
            let local = |i: u32| code.locals.get(i as usize).cloned().unwrap_or_default();
            format!("{}, {}", local(argument >> 4), local(argument & 15))
        }
        _ if opcodes::flags(opcode) & opcodes::flag::ARG != 0 => argument.to_string(),
        _ => String::new(),
    }
}

fn effects_of(history: &History, code: &CodeFacts, instruction: &Instruction) -> Vec<Effect> {
    let stored = instruction
        .steps
        .iter()
        .rev()
        .find(|s| s.change == Change::Taken)
        .map(|s| s.subject);
    let mut found: Vec<Effect> = Vec::new();
    for step in &instruction.steps {
        let subject = &history.subjects[step.subject as usize];
        let before = match step.change {
            Change::Born => 0,
            Change::Taken => step.after.saturating_sub(1),
            Change::Given => step.after + 1,
            Change::Died => 0,
        };
        found.push(Effect {
            object: step.subject + 1,
            type_name: subject.type_name.clone(),
            what: subject.what.clone(),
            change: step.change,
            holder: effects::holder(code, instruction, step.change, stored == Some(step.subject)),
            before,
            after: step.after,
        });
    }
    found
}

/// The `__del__` methods entered right behind instruction `at`, one frame deeper.
fn finalizers(history: &History, instruction: &Instruction, at: usize) -> Vec<String> {
    history.instructions[at + 1..]
        .iter()
        .take_while(|next| next.depth > instruction.depth)
        .filter(|next| next.offset == 0)
        .map(|next| history.codes[next.code as usize].name.clone())
        .filter(|name| name.ends_with("__del__"))
        .collect()
}

fn sum(history: &History, instruction: &Instruction, later: &mut Later) {
    for step in &instruction.steps {
        let name = &history.subjects[step.subject as usize].type_name;
        let sums = later.by_type.entry(name.clone()).or_default();
        let slot = match step.change {
            Change::Taken => 0,
            Change::Given => 1,
            Change::Born => 2,
            Change::Died => 3,
        };
        sums[slot] += 1;
    }
}
