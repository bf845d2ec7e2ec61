//! Line tables (`co_linetable`): where in the source each instruction comes from (PEP 626, PEP 657, Objects/locations.md).
//!
//! A table is a sequence of entries, each for one to eight code units. The first byte has its top bit set and holds the kind of entry and
//! the number of units; no other byte has its top bit set.

/// A place in the source; None for what is not known. Lines count from 1, columns from 0 in bytes of UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    pub line: Option<i32>,
    pub end_line: Option<i32>,
    pub column: Option<i32>,
    pub end_column: Option<i32>,
}

/// Code units that follow each other and share a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Offsets in bytes, the end excluded.
    pub start: u32,
    pub end: u32,
    pub position: Position,
}

/// Instructions that follow each other and share a line (`co_lines()`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Offsets in bytes, the end excluded.
    pub start: u32,
    pub end: u32,
    pub line: Option<i32>,
}

/// Kinds of entries; 0 to 9 are short forms.
mod kind {
    pub const ONE_LINE_0: u8 = 10;
    pub const ONE_LINE_2: u8 = 12;
    pub const NO_COLUMNS: u8 = 13;
    pub const LONG: u8 = 14;
    pub const NONE: u8 = 15;
}

/// The entries of a table, in order.
#[derive(Debug, Clone)]
pub struct Entries<'t> {
    table: &'t [u8],
    at: usize,
    line: i32,
    offset: u32,
}

/// Reads `table`, whose lines count from `first_line`. A damaged table ends early or names strange lines.
pub fn entries(table: &[u8], first_line: i32) -> Entries<'_> {
    Entries {
        table,
        at: 0,
        line: first_line,
        offset: 0,
    }
}

impl Entries<'_> {
    fn byte(&mut self) -> i32 {
        let byte = self.table.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte.into()
    }

    /// Six bits a byte, the lowest first; bit 6 says that more follow.
    fn varint(&mut self) -> u32 {
        let (mut value, mut shift) = (0u32, 0);
        loop {
            let byte = self.byte() as u32;
            value |= (byte & 63).checked_shl(shift).unwrap_or(0);
            shift += 6;
            // No number takes more; only damage goes on.
            if byte & 64 == 0 || shift > 60 {
                return value;
            }
        }
    }

    /// Bit 0 is the sign.
    fn svarint(&mut self) -> i32 {
        let value = self.varint();
        let half = (value >> 1) as i32;
        if value & 1 != 0 { -half } else { half }
    }

    fn moved(&mut self, delta: i32) -> i32 {
        self.line = self.line.wrapping_add(delta);
        self.line
    }

    fn position(&mut self, kind: u8) -> Position {
        let (line, end_line, column, end_column) = match kind {
            kind::NONE => return Position::default(),
            kind::LONG => {
                let delta = self.svarint();
                let line = self.moved(delta);
                let end_line = line.wrapping_add(self.varint() as i32);
                (
                    line,
                    end_line,
                    (self.varint() as i32).wrapping_sub(1),
                    (self.varint() as i32).wrapping_sub(1),
                )
            }
            kind::NO_COLUMNS => {
                let delta = self.svarint();
                let line = self.moved(delta);
                (line, line, -1, -1)
            }
            kind::ONE_LINE_0..=kind::ONE_LINE_2 => {
                let line = self.moved((kind - kind::ONE_LINE_0).into());
                (line, line, self.byte(), self.byte())
            }
            _ => {
                let second = self.byte();
                let column = i32::from(kind) << 3 | second >> 4;
                (self.line, self.line, column, column + (second & 15))
            }
        };
        let known = |number| (number != -1).then_some(number);
        Position {
            line: known(line),
            end_line: known(end_line),
            column: known(column),
            end_column: known(end_column),
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let first = *self.table.get(self.at)?;
        self.at += 1;
        let start = self.offset;
        self.offset = start.saturating_add(length(first));
        let position = self.position(first >> 3 & 15);
        Some(Entry {
            start,
            end: self.offset,
            position,
        })
    }
}

/// How many bytes of bytecode the entry that starts with `first` covers.
fn length(first: u8) -> u32 {
    (u32::from(first & 7) + 1) * 2
}

impl Entries<'_> {
    /// The next entry's line. Here CPython takes the next byte with its top bit set for the start of the next entry, whatever this one needed: the
    /// same, unless the table is damaged.
    fn next_line(&mut self) -> Option<Line> {
        let first = *self.table.get(self.at)?;
        let next = self.at + 1;
        self.at = next;
        let start = self.offset;
        self.offset = start.saturating_add(length(first));
        let line = match first >> 3 & 15 {
            kind::NONE => None,
            kind::LONG | kind::NO_COLUMNS => {
                let delta = self.svarint();
                Some(self.moved(delta))
            }
            kind @ kind::ONE_LINE_0..=kind::ONE_LINE_2 => {
                Some(self.moved((kind - kind::ONE_LINE_0).into()))
            }
            _ => Some(self.line),
        };
        let rest = self.table.get(next..).unwrap_or_default();
        self.at = next
            + rest
                .iter()
                .position(|byte| byte & 0x80 != 0)
                .unwrap_or(rest.len());
        Some(Line {
            start,
            end: self.offset,
            line: line.filter(|&line| line != -1),
        })
    }
}

/// The lines of a table, neighbours of the same line as one (`co_lines()`).
pub fn lines(table: &[u8], first_line: i32) -> impl Iterator<Item = Line> + '_ {
    let mut entries = entries(table, first_line);
    let mut lines = std::iter::from_fn(move || entries.next_line()).peekable();
    std::iter::from_fn(move || {
        let mut line = lines.next()?;
        while let Some(next) = lines.next_if(|next| next.line == line.line) {
            line.end = next.end;
        }
        Some(line)
    })
}

/// The position of each code unit (`co_positions()`).
pub fn positions(table: &[u8], first_line: i32) -> impl Iterator<Item = Position> + '_ {
    entries(table, first_line).flat_map(|entry| {
        std::iter::repeat_n(entry.position, (entry.end - entry.start) as usize / 2)
    })
}

/// Writes a table entry by entry (Python/assemble.c).
#[derive(Debug)]
pub struct Encoder {
    table: Vec<u8>,
    line: i32,
}

impl Encoder {
    /// `first_line` is `co_firstlineno`.
    pub fn new(first_line: i32) -> Encoder {
        Encoder {
            table: Vec::new(),
            line: first_line,
        }
    }

    pub fn finish(self) -> Vec<u8> {
        self.table
    }

    /// Adds code units that share a position. The caller joins neighbours of equal position, as the assembler does.
    pub fn add(&mut self, position: Position, mut units: usize) {
        while units > 8 {
            self.entry(position, 8);
            units -= 8;
        }
        if units > 0 {
            self.entry(position, units as u8);
        }
    }

    fn entry(&mut self, position: Position, units: u8) {
        let Some(line) = position.line else {
            return self.first_byte(kind::NONE, units);
        };
        let delta = line.wrapping_sub(self.line);
        self.line = line;
        let is_one_line = position.end_line == Some(line);
        let columns = position.column.zip(position.end_column);
        if let Some((column, end_column)) = columns
            && is_one_line
            && self.short(delta, column, end_column, units)
        {
            return;
        }
        if columns.is_none() && (is_one_line || position.end_line.is_none()) {
            self.first_byte(kind::NO_COLUMNS, units);
            self.svarint(delta);
            return;
        }
        self.first_byte(kind::LONG, units);
        self.svarint(delta);
        self.varint(position.end_line.unwrap_or(-1).wrapping_sub(line) as u32);
        self.varint(position.column.unwrap_or(-1).wrapping_add(1) as u32);
        self.varint(position.end_column.unwrap_or(-1).wrapping_add(1) as u32);
    }

    /// Writes the entry in two or three bytes if that can be done.
    fn short(&mut self, delta: i32, column: i32, end_column: i32, units: u8) -> bool {
        let width = end_column - column;
        if delta == 0 && column < 80 && (0..16).contains(&width) {
            self.first_byte((column >> 3) as u8, units);
            self.table.push(((column & 7) << 4 | width) as u8);
            return true;
        }
        if (0..3).contains(&delta) && column < 128 && end_column < 128 {
            self.first_byte(kind::ONE_LINE_0 + delta as u8, units);
            self.table
                .extend_from_slice(&[column as u8, end_column as u8]);
            return true;
        }
        false
    }

    fn first_byte(&mut self, kind: u8, units: u8) {
        self.table.push(0x80 | kind << 3 | (units - 1));
    }

    fn varint(&mut self, mut value: u32) {
        while value >= 64 {
            self.table.push(0x40 | (value & 63) as u8);
            value >>= 6;
        }
        self.table.push(value as u8);
    }

    fn svarint(&mut self, value: i32) {
        let magnitude = value.unsigned_abs() << 1;
        self.varint(if value < 0 { magnitude | 1 } else { magnitude });
    }
}
