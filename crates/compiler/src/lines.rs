//! From byte offsets to lines and columns, in constant time: a coarse table gives a line near the offset, a step or two the line itself.

use crate::tree::Location;

/// Bytes a bucket of the coarse table covers, as a power of two; a line of source is some 35 bytes long.
const SHIFT: u32 = 6;

/// Where the lines of a text start. Texts are shorter than 4 GiB.
#[derive(Debug, Clone)]
pub struct LineIndex {
    /// Offset of each line's first byte, and `u32::MAX` at the end.
    starts: Vec<u32>,
    /// For each bucket the line (from 0) its first byte is in.
    buckets: Vec<u32>,
}

impl LineIndex {
    pub fn new(text: &[u8]) -> LineIndex {
        let mut starts = Vec::with_capacity(text.len() / 24 + 2);
        let mut buckets = Vec::with_capacity((text.len() >> SHIFT) + 1);
        starts.push(0);
        for newline in memchr::memchr_iter(b'\n', text) {
            let next = newline as u32 + 1;
            let line = starts.len() as u32 - 1;
            while (buckets.len() as u32) << SHIFT < next {
                buckets.push(line);
            }
            starts.push(next);
        }
        let last = starts.len() as u32 - 1;
        while buckets.len() <= text.len() >> SHIFT {
            buckets.push(last);
        }
        starts.push(u32::MAX);
        LineIndex { starts, buckets }
    }

    /// The line that holds `offset`, counted from 0.
    pub fn line(&self, offset: u32) -> usize {
        let mut line = self.buckets[(offset >> SHIFT) as usize] as usize;
        while self.starts[line + 1] <= offset {
            line += 1;
        }
        line
    }

    /// Offset of the first byte of `line`, counted from 0.
    pub fn start(&self, line: usize) -> u32 {
        self.starts[line]
    }

    /// Number of lines; text after the last newline counts as one, empty or not.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The place of the bytes `start..end`.
    pub fn location(&self, start: u32, end: u32) -> Location {
        let line = self.line(start);
        let end_line = if end < self.starts[line + 1] {
            line
        } else {
            self.line(end)
        };
        Location {
            line: line as i32 + 1,
            end_line: end_line as i32 + 1,
            column: (start - self.starts[line]) as i32,
            end_column: (end - self.starts[end_line]) as i32,
        }
    }
}
