//! Exception tables (`co_exceptiontable`): which handler covers which instructions (InternalDocs/exception_handling.md).
//!
//! An entry is four numbers of six bits a byte, the highest first; bit 6 says that more follow, bit 7 starts an entry.

/// Instructions and the handler that covers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Offsets in bytes, the end excluded.
    pub start: u32,
    pub end: u32,
    /// The handler's offset in bytes.
    pub target: u32,
    /// To how many entries the stack is cut.
    pub depth: u32,
    /// Whether the offset of the instruction that raised is pushed before the exception.
    pub lasti: bool,
}

/// The entries of a table, in order. What a damaged table has after its last whole entry is left out.
pub fn entries(table: &[u8]) -> impl Iterator<Item = Entry> + '_ {
    let mut rest = table.iter();
    std::iter::from_fn(move || {
        let mut number = || {
            let mut value = 0u32;
            loop {
                let byte = *rest.next()?;
                value = value << 6 | u32::from(byte & 63);
                if byte & 64 == 0 {
                    return Some(value);
                }
            }
        };
        let start = number()?.saturating_mul(2);
        let end = start.saturating_add(number()?.saturating_mul(2));
        let target = number()?.saturating_mul(2);
        let depth_and_lasti = number()?;
        Some(Entry {
            start,
            end,
            target,
            depth: depth_and_lasti >> 1,
            lasti: depth_and_lasti & 1 != 0,
        })
    })
}

/// Appends an entry to a table (Python/assemble.c).
pub fn encode(entry: &Entry, table: &mut Vec<u8>) {
    number(entry.start / 2, 0x80, table);
    number((entry.end - entry.start) / 2, 0, table);
    number(entry.target / 2, 0, table);
    number(entry.depth << 1 | u32::from(entry.lasti), 0, table);
}

/// `first` is a bit for the first byte.
fn number(value: u32, first: u8, table: &mut Vec<u8>) {
    let mut bit = first;
    for shift in [24, 18, 12, 6] {
        if value >= 1 << shift {
            table.push((value >> shift) as u8 & 63 | 64 | bit);
            bit = 0;
        }
    }
    table.push(value as u8 & 63 | bit);
}
