//! Rows laid out in columns.

use super::rows::{Labels, Row, rows};
use super::{Error, ErrorKind, Options, Subject};
use crate::exceptiontable;
use crate::linetable::{self, Position};
use crate::opcode;
use crate::repr::decimal;

const NAME_WIDTH: usize = 20;
const ARG_WIDTH: usize = 5;
/// What stands for a line that is not known.
const NO_LINE: &[u8] = b"  --";

/// Appends the text of one code object to `out` (`dis.disassemble`).
pub fn disassemble<S: Subject>(
    subject: &S,
    options: &Options,
    out: &mut Vec<u8>,
) -> Result<(), Error<S::Error>> {
    let labels = Labels::of(subject);
    let layout = Layout::of(subject, &labels, options);
    rows(subject, &labels, options, |row| {
        if out.len() > options.limit {
            return Err(ErrorKind::TooLong(options.limit));
        }
        layout.row(row, options, out);
        Ok(())
    })?;
    exception_table(subject, &labels, out);
    Ok(())
}

/// As `disassemble`, then the code objects among the constants, and theirs, each under a heading.
pub fn disassemble_recursive<S: Subject>(
    subject: &S,
    options: &Options,
    out: &mut Vec<u8>,
) -> Result<(), Error<S::Error>> {
    disassemble(subject, options, out)?;
    let deeper = Options {
        depth: options.depth.map(|depth| depth.saturating_sub(1)),
        ..*options
    };
    if options.depth == Some(0) {
        return Ok(());
    }
    for index in 0..subject.consts() {
        let Some(nested) = subject.nested(index) else {
            continue;
        };
        out.extend_from_slice(b"\nDisassembly of ");
        subject
            .write_const(index, options.limit, out)
            .map_err(|error| Error {
                offset: 0,
                kind: ErrorKind::Subject(error),
            })?;
        out.extend_from_slice(b":\n");
        disassemble_recursive(&nested, &deeper, out)?;
    }
    Ok(())
}

fn exception_table<S: Subject>(subject: &S, labels: &Labels, out: &mut Vec<u8>) {
    for (index, entry) in exceptiontable::entries(subject.exceptiontable()).enumerate() {
        if index == 0 {
            out.extend_from_slice(b"ExceptionTable:\n");
        }
        for (before, offset) in [
            ("  L", entry.start),
            (" to L", entry.end),
            (" -> L", entry.target),
        ] {
            out.extend_from_slice(before.as_bytes());
            decimal(labels.at(offset.into()).unwrap_or(0) as i64, out);
        }
        out.extend_from_slice(b" [");
        decimal(entry.depth.into(), out);
        out.extend_from_slice(if entry.lasti { b"] lasti\n" } else { b"]\n" });
    }
}

/// Widths of the columns; 0 for one that is left out.
struct Layout {
    source: usize,
    label: usize,
    offset: usize,
}

impl Layout {
    fn of<S: Subject>(subject: &S, labels: &Labels, options: &Options) -> Layout {
        let source = match subject.lines() {
            None => 0,
            Some((table, first)) if options.show_positions => positions_width(table, first),
            Some((table, first)) => lines_width(table, first),
        };
        let last = subject.code().len().saturating_sub(2).max(9999);
        Layout {
            source,
            label: 4 + digits(labels.len() as i64),
            offset: if options.show_offsets {
                digits(last as i64)
            } else {
                0
            },
        }
    }

    fn row(&self, row: &Row<'_>, options: &Options, out: &mut Vec<u8>) {
        if self.source > 0 && row.starts_line && row.offset > 0 {
            out.push(b'\n');
        }
        let end = row.offset + 2 * opcode::caches(opcode::family(row.opcode));
        let is_current = options
            .lasti
            .is_some_and(|lasti| (row.offset..=end).contains(&lasti));
        self.source(row, options, out);
        self.label_and_offset(row.label, row.offset, is_current, out);
        self.instruction(&row.name, row.arg, row.detail, out);
        if options.show_caches {
            self.caches(row, options, out);
        }
    }

    /// The column of lines or positions.
    fn source(&self, row: &Row<'_>, options: &Options, out: &mut Vec<u8>) {
        if self.source == 0 {
            return;
        }
        if options.show_positions {
            self.position(&row.position, out);
        } else {
            let start = out.len();
            match row.line {
                _ if !row.starts_line => {}
                Some(line) => decimal(line, out),
                None => out.extend_from_slice(NO_LINE),
            }
            align_right(start, self.source, out);
            out.push(b' ');
        }
    }

    fn position(&self, position: &Position, out: &mut Vec<u8>) {
        let start = out.len();
        if *position == Position::default() {
            out.extend_from_slice(NO_LINE);
        } else {
            let parts = [
                ("", position.line),
                (":", position.column),
                ("-", position.end_line),
                (":", position.end_column),
            ];
            for (before, part) in parts {
                out.extend_from_slice(before.as_bytes());
                match part {
                    Some(number) => decimal(number.into(), out),
                    None => out.push(b'?'),
                }
            }
        }
        pad(start + self.source, out);
        out.push(b' ');
    }

    fn label_and_offset(
        &self,
        label: Option<usize>,
        offset: usize,
        is_current: bool,
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        if let Some(label) = label {
            out.push(b'L');
            decimal(label as i64, out);
            out.push(b':');
        }
        align_right(start, self.label, out);
        out.push(b' ');
        if self.offset > 0 {
            let start = out.len();
            decimal(offset as i64, out);
            align_right(start, self.offset, out);
            out.extend_from_slice(b"   ");
        }
        out.extend_from_slice(if is_current { b"--> " } else { b"    " });
    }

    /// Name, argument and detail, and the end of the line without trailing blanks.
    fn instruction(&self, name: &str, arg: Option<i64>, detail: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(name.as_bytes());
        if let Some(arg) = arg {
            pad(start + NAME_WIDTH, out);
            out.push(b' ');
            let start = out.len();
            decimal(arg, out);
            // A long name takes from the room of the argument.
            align_right(
                start,
                ARG_WIDTH.saturating_sub(name.len().saturating_sub(NAME_WIDTH)),
                out,
            );
            if !detail.is_empty() {
                out.extend_from_slice(b" (");
                out.extend_from_slice(detail);
                out.push(b')');
            }
        }
        out.push(b'\n');
    }

    /// A line for each code unit of the inline cache; the first of each part tells its value.
    fn caches(&self, row: &Row<'_>, options: &Options, out: &mut Vec<u8>) {
        let mut detail = Vec::new();
        let mut units = row.cache.chunks(2);
        let mut offset = row.offset;
        for &(name, size) in row.cache_format {
            detail.clear();
            detail.extend_from_slice(name.as_bytes());
            detail.extend_from_slice(b": ");
            let bytes: Vec<u8> = units
                .by_ref()
                .take(size.into())
                .flatten()
                .copied()
                .collect();
            let value = bytes
                .iter()
                .rev()
                .fold(0u64, |value, &byte| value << 8 | u64::from(byte));
            detail.extend_from_slice(value.to_string().as_bytes());
            for unit in 0..size {
                offset += 2;
                let blank = Row {
                    offset,
                    label: None,
                    starts_line: false,
                    detail: &[],
                    name: "CACHE".into(),
                    ..*row
                };
                self.source(&blank, options, out);
                self.label_and_offset(None, offset, false, out);
                self.instruction("CACHE", Some(0), if unit == 0 { &detail } else { &[] }, out);
            }
        }
    }
}

fn digits(number: i64) -> usize {
    let mut text = Vec::with_capacity(20);
    decimal(number, &mut text);
    text.len()
}

/// Fills up with blanks to the length `end`.
fn pad(end: usize, out: &mut Vec<u8>) {
    if out.len() < end {
        out.resize(end, b' ');
    }
}

/// Moves what stands from `start` on to the right of a column `width` wide.
fn align_right(start: usize, width: usize, out: &mut Vec<u8>) {
    let length = out.len() - start;
    if length < width {
        pad(start + width, out);
        out[start..].rotate_right(width - length);
    }
}

/// The width of the column of lines: that of the greatest, but three at least; none at all if no line is known.
fn lines_width(table: &[u8], first_line: i32) -> usize {
    let (mut greatest, mut has_unknown) = (None, false);
    for line in linetable::lines(table, first_line) {
        match line.line {
            None => has_unknown = true,
            Some(0) => {}
            Some(line) => greatest = greatest.max(Some(line)),
        }
    }
    let Some(greatest) = greatest else { return 0 };
    let width = digits(greatest.into()).max(3);
    if has_unknown {
        width.max(NO_LINE.len())
    } else {
        width
    }
}

/// The width of the column of positions; none at all if no position is known.
fn positions_width(table: &[u8], first_line: i32) -> usize {
    let (mut widest, mut has_value) = (0, false);
    for entry in linetable::entries(table, first_line) {
        let position = entry.position;
        let parts = [
            position.line,
            position.end_line,
            position.column,
            position.end_column,
        ];
        has_value |= parts.iter().any(Option::is_some);
        let width = parts
            .iter()
            .map(|part| part.map_or(1, |number| digits(number.into())))
            .sum();
        widest = widest.max(width);
    }
    // Three separators between the numbers, a blank after.
    if has_value {
        1 + NO_LINE.len().max(3 + widest)
    } else {
        0
    }
}
