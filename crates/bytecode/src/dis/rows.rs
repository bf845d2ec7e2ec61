//! Instructions as rows of data: offsets, names, arguments and what they mean, labels, positions.

use std::borrow::Cow;

use super::operand::write_operand;
use super::{Error, ErrorKind, Options, Subject};
use crate::exceptiontable;
use crate::linetable::{self, Line, Position};
use crate::opcode::{self, flag};

/// An instruction.
#[derive(Debug)]
pub struct Row<'r> {
    /// Offsets in bytes; `start_offset` is that of the first EXTENDED_ARG that belongs to it.
    pub offset: usize,
    pub start_offset: usize,
    /// As shown, which may be a specialised one.
    pub opcode: u16,
    pub name: Cow<'static, str>,
    /// None for an opcode without argument.
    pub arg: Option<i64>,
    /// What the argument means; may be empty.
    pub detail: &'r [u8],
    /// The number of the label here.
    pub label: Option<usize>,
    /// Whether a line of the source starts here, and the line that the instruction belongs to.
    pub starts_line: bool,
    pub line: Option<i64>,
    pub position: Position,
    /// The inline cache's parts and its bytes.
    pub cache_format: &'static [(&'static str, u8)],
    pub cache: &'r [u8],
}

/// An instruction as it stands in the bytecode.
pub(super) struct Unpacked {
    pub(super) offset: usize,
    start_offset: usize,
    /// The adaptive opcode, if it is a specialised one.
    pub(super) base: u16,
    pub(super) arg: Option<i64>,
    /// The bytecode ends where the argument should be.
    is_cut: bool,
}

/// The instructions of `code`, caches passed over.
pub(super) fn unpack(code: &[u8]) -> impl Iterator<Item = Unpacked> + '_ {
    let mut at = 0;
    let mut extended = 0i64;
    let mut prefixes = 0;
    std::iter::from_fn(move || {
        let offset = at;
        let base = opcode::family((*code.get(at)?).into());
        at += 2 + 2 * opcode::caches(base);
        let has_arg = opcode::flags(base) & flag::ARG != 0;
        let low = code.get(offset + 1).copied();
        let arg = has_arg.then(|| i64::from(low.unwrap_or(0)) | extended);
        let mut start_offset = offset;
        if base == opcode::EXTENDED_ARG {
            extended = wrapped(arg.unwrap_or(0).wrapping_shl(8));
            prefixes += 1;
        } else {
            start_offset -= prefixes * 2;
            extended = 0;
            prefixes = 0;
        }
        Some(Unpacked {
            offset,
            start_offset,
            base,
            arg,
            is_cut: has_arg && low.is_none(),
        })
    })
}

/// Arguments are ints of 32 bits.
fn wrapped(extended: i64) -> i64 {
    i64::from(extended as i32)
}

/// Where a jump goes.
pub(super) fn jump_target(base: u16, arg: i64, offset: usize) -> i64 {
    let distance = if opcode::is_backward_jump(base) {
        -arg
    } else {
        arg
    };
    offset as i64 + 2 + distance * 2 + 2 * opcode::caches(base) as i64
}

/// The labels of a code object: places that are jumped to, and the bounds and targets of its exception table. They are numbered from 1 in their order.
#[derive(Debug)]
pub struct Labels {
    offsets: Vec<i64>,
}

impl Labels {
    pub fn of<S: Subject>(subject: &S) -> Labels {
        let mut offsets: Vec<i64> = unpack(subject.code())
            .filter(|unpacked| opcode::flags(unpacked.base) & flag::JUMP != 0)
            .filter_map(|unpacked| Some(jump_target(unpacked.base, unpacked.arg?, unpacked.offset)))
            .collect();
        for entry in exceptiontable::entries(subject.exceptiontable()) {
            offsets.extend([entry.start, entry.end, entry.target].map(i64::from));
        }
        offsets.sort_unstable();
        offsets.dedup();
        Labels { offsets }
    }

    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// The number of the label at that offset.
    pub fn at(&self, offset: i64) -> Option<usize> {
        self.offsets
            .binary_search(&offset)
            .ok()
            .map(|index| index + 1)
    }
}

/// The starts of lines, met in order of their offsets.
struct LineStarts {
    lines: Vec<Line>,
    next: usize,
    current: Option<i32>,
}

impl LineStarts {
    /// Whether a line starts at `offset`, which grows from call to call.
    fn advance(&mut self, offset: usize) -> bool {
        while let Some(line) = self
            .lines
            .get(self.next)
            .filter(|line| line.start as usize <= offset)
        {
            self.next += 1;
            if line.start as usize == offset {
                self.current = line.line;
                return true;
            }
        }
        false
    }
}

/// Calls `each` for every instruction.
pub fn rows<S: Subject>(
    subject: &S,
    labels: &Labels,
    options: &Options,
    mut each: impl FnMut(&Row<'_>) -> Result<(), ErrorKind<S::Error>>,
) -> Result<(), Error<S::Error>> {
    let (code, shown) = (subject.code(), subject.shown());
    let table = subject.lines();
    let mut starts = LineStarts {
        lines: table.map_or(Vec::new(), |(table, first)| {
            linetable::lines(table, first).collect()
        }),
        next: 0,
        current: None,
    };
    let mut entries = table.map(|(table, first)| linetable::entries(table, first));
    let mut entry = None;
    let mut detail = Vec::new();
    for unpacked in unpack(code) {
        let offset = unpacked.offset;
        let fail = |kind| Error { offset, kind };
        if unpacked.is_cut {
            return Err(fail(ErrorKind::HalfUnit));
        }
        // A specialised or instrumented instruction may stand here.
        let opcode = shown.get(offset).map_or(unpacked.base, |&byte| byte.into());
        detail.clear();
        if let Some(arg) = unpacked.arg {
            write_operand(
                subject,
                labels,
                opcode,
                arg,
                offset,
                options.limit,
                &mut detail,
            )
            .map_err(fail)?;
        }
        if options.show_positions {
            while entry.is_none_or(|entry: linetable::Entry| entry.end as usize <= offset) {
                entry = entries.as_mut().and_then(|entries| entries.next());
                if entry.is_none() {
                    break;
                }
            }
        }
        let starts_line = starts.advance(offset);
        let cache_format = opcode::cache_format(unpacked.base);
        let end = (offset + 2 + 2 * opcode::caches(unpacked.base)).min(shown.len());
        let row = Row {
            offset,
            start_offset: unpacked.start_offset,
            opcode,
            name: name(opcode),
            arg: unpacked.arg,
            detail: &detail,
            label: labels.at(offset as i64),
            starts_line,
            line: starts
                .current
                .map(|line| i64::from(line) + options.line_offset),
            position: entry.map_or(Position::default(), |entry| entry.position),
            cache_format,
            cache: shown.get(offset + 2..end).unwrap_or_default(),
        };
        each(&row).map_err(fail)?;
    }
    Ok(())
}

/// The opcode's name, or its number where it has none.
fn name(opcode: u16) -> Cow<'static, str> {
    match opcode::name(opcode) {
        Some(name) => Cow::Borrowed(name),
        None => Cow::Owned(format!("<{opcode}>")),
    }
}
