//! Where a number ends, and what is wrong with it if it does not end well.

use super::scan::continues_name;

type Bad = (String, usize);

fn at(text: &[u32], index: usize) -> char {
    text.get(index)
        .and_then(|p| char::from_u32(*p))
        .unwrap_or('\0')
}

/// Digits with single underscores between them.
fn digits(
    text: &[u32],
    mut index: usize,
    fits: fn(char) -> bool,
    what: &str,
) -> Result<usize, Bad> {
    loop {
        while fits(at(text, index)) {
            index += 1;
        }
        if at(text, index) != '_' {
            return Ok(index);
        }
        if !fits(at(text, index + 1)) {
            return Err((format!("invalid {what} literal"), index));
        }
        index += 1;
    }
}

/// A keyword may follow a number without a blank.
fn keyword_follows(text: &[u32], index: usize) -> bool {
    ["and", "else", "for", "if", "in", "is", "not", "or"]
        .iter()
        .any(|word| {
            word.chars()
                .enumerate()
                .all(|(i, l)| at(text, index + i) == l)
        })
}

fn finish(text: &[u32], index: usize, what: &str) -> Result<usize, Bad> {
    let next = at(text, index);
    let name = text.get(index).is_some_and(|p| continues_name(*p));
    if !name || keyword_follows(text, index) {
        return Ok(index);
    }
    if next.is_ascii_digit() {
        return Err((format!("invalid digit '{next}' in {what} literal"), index));
    }
    Err((format!("invalid {what} literal"), index - 1))
}

/// The index behind the number that starts at `start`.
pub fn end(text: &[u32], start: usize) -> Result<usize, Bad> {
    if at(text, start) == '0' {
        let base: Option<(fn(char) -> bool, &str)> = match at(text, start + 1) {
            'x' | 'X' => Some((|c| c.is_ascii_hexdigit(), "hexadecimal")),
            'o' | 'O' => Some((|c| ('0'..='7').contains(&c), "octal")),
            'b' | 'B' => Some((|c| c == '0' || c == '1', "binary")),
            _ => None,
        };
        if let Some((fits, what)) = base {
            let mut index = start + 2;
            if at(text, index) == '_' {
                index += 1;
            }
            if !fits(at(text, index)) {
                let next = at(text, index);
                if next.is_ascii_digit() {
                    return Err((format!("invalid digit '{next}' in {what} literal"), index));
                }
                return Err((format!("invalid {what} literal"), index.saturating_sub(1)));
            }
            let index = digits(text, index, fits, what)?;
            return finish(text, index, what);
        }
    }
    decimal(text, start)
}

fn decimal(text: &[u32], start: usize) -> Result<usize, Bad> {
    let is_digit: fn(char) -> bool = |c| c.is_ascii_digit();
    let mut index = digits(text, start, is_digit, "decimal")?;
    let whole = index;
    let mut real = false;
    if at(text, index) == '.' {
        real = true;
        index = digits(text, index + 1, is_digit, "decimal")?;
    }
    if matches!(at(text, index), 'e' | 'E') {
        let signed = matches!(at(text, index + 1), '+' | '-');
        let first = index + 1 + usize::from(signed);
        if is_digit(at(text, first)) {
            real = true;
            index = digits(text, first, is_digit, "decimal")?;
        }
    }
    if matches!(at(text, index), 'j' | 'J') {
        return finish(text, index + 1, "imaginary");
    }
    let leading = !real
        && whole - start > 1
        && at(text, start) == '0'
        && text[start..whole].iter().any(|p| (49..=57).contains(p));
    if leading {
        return Err((
            String::from(
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
            ),
            start,
        ));
    }
    finish(text, index, "decimal")
}
