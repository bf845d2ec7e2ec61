//! The location table (Objects/../InternalDocs/code_objects.md, "Source code locations"): for each run of code units with one location
//! an entry of the shortest form that holds it.
//!
//! ```text
//! in    2 units of line 1, columns 4 to 5; 10 units of line 2, columns 0 to 9
//! out   81 45  9f 00 09  81 09
//! ```

use std::hint::select_unpredictable;

use crate::tree::Location;

/// Longest run of code units that one entry of the location table covers.
const MAX_ENTRY_UNITS: u32 = 8;

/// Codes of entries of the location table (Include/cpython/code.h, `_PyCodeLocationInfoKind`); less than ten are short forms.
mod entry {
    pub const ONE_LINE: u8 = 10;
    pub const NO_COLUMNS: u8 = 13;
    pub const LONG: u8 = 14;
    pub const NONE: u8 = 15;
}

/// No entry is longer: its first byte, a line, three numbers.
const LONGEST_ENTRY: usize = 1 + 4 * 6;

pub struct LocationWriter<'t> {
    /// What is written, and room for all entries.
    table: &'t mut [u8],
    length: usize,
    /// Line of the entry before.
    line: i32,
}

impl<'t> LocationWriter<'t> {
    /// Writes to the start of `table`, whatever that holds, the locations of so many instructions, which are so many code units.
    pub fn new(
        table: &'t mut Vec<u8>,
        firstlineno: i32,
        instructions: usize,
        units: u32,
    ) -> LocationWriter<'t> {
        let entries = instructions + (units / MAX_ENTRY_UNITS) as usize + 1;
        if table.len() < entries * LONGEST_ENTRY {
            table.resize(entries * LONGEST_ENTRY, 0);
        }
        LocationWriter {
            table,
            length: 0,
            line: firstlineno,
        }
    }

    /// What has been written.
    pub fn finish(self) -> &'t [u8] {
        &self.table[..self.length]
    }

    /// So many code units have this location.
    #[inline(always)]
    pub fn run(&mut self, loc: &Location, units: u32) {
        match units {
            1..=MAX_ENTRY_UNITS => self.entry(loc, units),
            _ => self.long_run(loc, units),
        }
    }

    #[inline(never)]
    fn long_run(&mut self, loc: &Location, mut units: u32) {
        while units > 0 {
            let covered = units.min(MAX_ENTRY_UNITS);
            self.entry(loc, covered);
            units -= covered;
        }
    }

    #[inline(always)]
    fn entry(&mut self, loc: &Location, units: u32) {
        let Location {
            line,
            end_line,
            column,
            end_column,
        } = *loc;
        let delta = line.wrapping_sub(self.line);
        let width = end_column.wrapping_sub(column);
        // Bits that no short form has room for.
        let beyond = (end_line ^ line) | line & i32::MIN | (column | end_column) & !127;
        if !((beyond == 0) & (0..3).contains(&delta)) {
            return self.long_entry(loc, units);
        }
        self.line = line;
        // Both forms are computed: which it is, is hard to foretell.
        let is_shortest = (delta == 0) & (column < 80) & (0..16).contains(&width);
        let shortest = (column as u8 >> 3, (column as u8 & 7) << 4 | width as u8);
        let one_line = (entry::ONE_LINE + delta as u8, column as u8);
        let (code, columns) = select_unpredictable(is_shortest, shortest, one_line);
        let bytes = [first_byte(code, units), columns, end_column as u8];
        self.table[self.length..self.length + bytes.len()].copy_from_slice(&bytes);
        self.length += bytes.len() - usize::from(is_shortest);
    }

    /// Not inlined: it would burden the more frequent.
    #[inline(never)]
    fn long_entry(&mut self, loc: &Location, units: u32) {
        if loc.line < 0 {
            self.push(first_byte(entry::NONE, units));
            return;
        }
        let delta = loc.line - self.line;
        let has_columns = loc.column >= 0 && loc.end_column >= 0;
        if !has_columns && (loc.end_line == loc.line || loc.end_line == -1) {
            self.push(first_byte(entry::NO_COLUMNS, units));
            self.signed(delta);
        } else {
            self.push(first_byte(entry::LONG, units));
            self.signed(delta);
            self.unsigned(loc.end_line.wrapping_sub(loc.line) as u32);
            self.unsigned(loc.column.wrapping_add(1) as u32);
            self.unsigned(loc.end_column.wrapping_add(1) as u32);
        }
        self.line = loc.line;
    }

    fn push(&mut self, byte: u8) {
        self.table[self.length] = byte;
        self.length += 1;
    }

    /// Six bits a byte, the lowest first.
    fn unsigned(&mut self, mut value: u32) {
        const CONTINUATION: u8 = 0x40;
        while value >= 64 {
            self.push(value as u8 & 0x3F | CONTINUATION);
            value >>= 6;
        }
        self.push(value as u8);
    }

    /// The sign in the lowest bit.
    fn signed(&mut self, value: i32) {
        self.unsigned(value.unsigned_abs() << 1 | u32::from(value < 0));
    }
}

/// The first byte of an entry.
#[inline]
fn first_byte(code: u8, units: u32) -> u8 {
    0x80 | code << 3 | (units as u8 - 1)
}
