//! One-byte encodings other than Latin-1, from the tables of `charmaps.txt`.

static TABLES: &str = include_str!("charmaps.txt");

/// Decodes `bytes` if there is a table for `codec` (as Lib/encodings normalises names). Errors: the offset of the first undefined byte.
pub fn decode(bytes: &[u8], codec: &str) -> Option<Result<String, usize>> {
    let wanted = |names: &str| names.split(' ').any(|name| name == codec);
    let mut tables = TABLES.lines().filter_map(|line| line.split_once(": "));
    let (_, runs) = tables.find(|(names, _)| wanted(names))?;
    let upper = upper_half(runs);
    let mut text = String::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        let character = match byte {
            0..0x80 => Some(char::from(byte)),
            _ => upper[usize::from(byte - 0x80)],
        };
        match character {
            Some(character) => text.push(character),
            None => return Some(Err(at)),
        }
    }
    Some(Ok(text))
}

/// The characters of bytes 0x80 to 0xff.
fn upper_half(runs: &str) -> Vec<Option<char>> {
    let number = |text: &str| u32::from_str_radix(text, 16).unwrap_or(0);
    let mut upper = Vec::with_capacity(128);
    for run in runs.split(' ') {
        match run.split_once('-') {
            Some(("", "")) => upper.push(None),
            Some((first, last)) => upper.extend((number(first)..=number(last)).map(char::from_u32)),
            None => upper.push(char::from_u32(number(run))),
        }
    }
    upper.resize(128, None);
    upper
}
