//! One-byte encodings other than Latin-1, from the tables of `charmaps.txt`.

static TABLES: &str = include_str!("charmaps.txt");

/// Decodes `bytes` if there is a table for `codec` (as Lib/encodings normalises names). Errors: the offset of the first undefined byte.
pub fn decode(bytes: &[u8], codec: &str) -> Option<Result<String, usize>> {
    let wanted = |names: &str| names.split(' ').any(|name| name == codec);
    let mut tables = TABLES.lines().filter_map(|line| line.split_once(": "));
    let (_, runs) = tables.find(|(names, _)| wanted(names))?;
    let table = table(runs);
    let mut text = String::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        let character = match usize::from(byte).checked_sub(256 - table.len()) {
            None => Some(char::from(byte)),
            Some(index) => table[index],
        };
        match character {
            Some(character) => text.push(character),
            None => return Some(Err(at)),
        }
    }
    Some(Ok(text))
}

/// The characters of bytes 0x80 to 0xff, or of all bytes.
fn table(runs: &str) -> Vec<Option<char>> {
    let number = |text: &str| u32::from_str_radix(text, 16).unwrap_or(0);
    let mut table = Vec::with_capacity(256);
    for run in runs.split(' ') {
        match run.split_once('-') {
            Some(("", "")) => table.push(None),
            Some((first, last)) => table.extend((number(first)..=number(last)).map(char::from_u32)),
            None => table.push(char::from_u32(number(run))),
        }
    }
    table.resize(if table.len() > 128 { 256 } else { 128 }, None);
    table
}
