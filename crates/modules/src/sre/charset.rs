//! Characters: categories, cases, sets, positions (Modules/_sre/sre.c, sre_lib.h).

use terrarium_objects::types::str::Unit;
use terrarium_objects::types::str::unicode::{self, Case};

use super::codes::{at, op};

pub fn lower_ascii(c: u32) -> u32 {
    if c < 128 {
        u32::from((c as u8).to_ascii_lowercase())
    } else {
        c
    }
}

fn simple_case(c: u32, case: Case) -> u32 {
    let mut out = Vec::with_capacity(3);
    unicode::push_case(&mut out, c, case);
    match out[..] {
        [one] => one,
        // U+0130 is the one whose lower case alone is two characters.
        [first, ..] if c == 0x130 => first,
        _ => special_upper(c),
    }
}

/// The single character that stands for a capital of several.
fn special_upper(c: u32) -> u32 {
    match c {
        0x1F80..=0x1F87 | 0x1F90..=0x1F97 | 0x1FA0..=0x1FA7 => c + 8,
        0x1FB3 | 0x1FC3 | 0x1FF3 => c + 9,
        _ => c,
    }
}

pub fn lower_unicode(c: u32) -> u32 {
    if c < 128 {
        return lower_ascii(c);
    }
    simple_case(c, Case::Lower)
}

pub fn upper_unicode(c: u32) -> u32 {
    if c < 128 {
        return u32::from((c as u8).to_ascii_uppercase());
    }
    simple_case(c, Case::Upper)
}

/// In the C locale only ASCII has cases.
fn matches_locale(wanted: u32, c: u32) -> bool {
    c == wanted
        || c < 128
            && (u32::from((c as u8).to_ascii_lowercase()) == wanted
                || u32::from((c as u8).to_ascii_uppercase()) == wanted)
}

fn is_word_ascii(c: u32) -> bool {
    c < 128 && ((c as u8).is_ascii_alphanumeric() || c == 95)
}

fn is_word_unicode(c: u32) -> bool {
    if c < 128 {
        return is_word_ascii(c);
    }
    unicode::is_alnum(c)
}

fn is_space_ascii(c: u32) -> bool {
    matches!(c, 9..=13 | 32)
}

/// Whether a character is of a category.
#[inline]
pub fn category(code: u32, c: u32) -> bool {
    match code {
        0 => (48..58).contains(&c),
        1 => !(48..58).contains(&c),
        2 => is_space_ascii(c),
        3 => !is_space_ascii(c),
        4 | 8 => is_word_ascii(c),
        5 | 9 => !is_word_ascii(c),
        6 => c == 10,
        7 => c != 10,
        10 => is_digit_unicode(c),
        11 => !is_digit_unicode(c),
        12 => unicode::is_space(c),
        13 => !unicode::is_space(c),
        14 => is_word_unicode(c),
        15 => !is_word_unicode(c),
        16 => unicode::is_linebreak(c),
        17 => !unicode::is_linebreak(c),
        _ => false,
    }
}

fn is_digit_unicode(c: u32) -> bool {
    if c < 128 {
        return (48..58).contains(&c);
    }
    unicode::decimal(c).is_some()
}

/// Whether a character belongs to the set that starts at `set[0]`.
#[inline]
pub fn in_set(set: &[u32], c: u32) -> bool {
    let mut found = true;
    let mut i = 0;
    loop {
        let code = set[i];
        i += 1;
        match code {
            op::FAILURE => return !found,
            op::LITERAL => {
                if c == set[i] {
                    return found;
                }
                i += 1;
            }
            op::CATEGORY => {
                if category(set[i], c) {
                    return found;
                }
                i += 1;
            }
            op::CHARSET => {
                if c < 256 && set[i + (c >> 5) as usize] & 1 << (c & 31) != 0 {
                    return found;
                }
                i += 8;
            }
            op::RANGE => {
                if set[i] <= c && c <= set[i + 1] {
                    return found;
                }
                i += 2;
            }
            op::RANGE_UNI_IGNORE => {
                let upper = upper_unicode(c);
                if set[i] <= c && c <= set[i + 1] || set[i] <= upper && upper <= set[i + 1] {
                    return found;
                }
                i += 2;
            }
            op::NEGATE => found = !found,
            op::BIGCHARSET => {
                let count = set[i] as usize;
                let blocks = i + 1;
                let bits = blocks + 64;
                if c < 0x1_0000 {
                    let block = (c >> 8) as usize;
                    let word = set[blocks + block / 4];
                    let number = word.to_ne_bytes()[block % 4] as usize;
                    let bit = (number * 256 + (c & 255) as usize) / 32;
                    if set[bits + bit] & 1 << (c & 31) != 0 {
                        return found;
                    }
                }
                i = bits + count * 8;
            }
            _ => return false,
        }
    }
}

/// Whether a position condition holds at `ptr`.
pub fn at_position<U: Unit>(text: &[U], end: usize, ptr: usize, code: u32) -> bool {
    let char_at = |i: usize| text.get(i).map_or(0, |c| c.point());
    let line_break = |i: usize| char_at(i) == 10;
    let boundary = |word: fn(u32) -> bool| {
        let before = ptr > 0 && word(char_at(ptr - 1));
        let after = ptr < end && word(char_at(ptr));
        before != after
    };
    match code {
        at::BEGINNING | at::BEGINNING_STRING => ptr == 0,
        at::BEGINNING_LINE => ptr == 0 || line_break(ptr - 1),
        at::END => ptr + 1 == end && line_break(ptr) || ptr == end,
        at::END_LINE => ptr == end || line_break(ptr),
        at::END_STRING => ptr == end,
        at::BOUNDARY | at::LOC_BOUNDARY => boundary(is_word_ascii),
        at::NON_BOUNDARY | at::LOC_NON_BOUNDARY => !boundary(is_word_ascii),
        at::UNI_BOUNDARY => boundary(is_word_unicode),
        at::UNI_NON_BOUNDARY => !boundary(is_word_unicode),
        _ => false,
    }
}

/// Whether one character matches the single-character operation at `code[0]`; `None` for other operations.
#[inline]
pub fn single(code: &[u32], c: u32) -> Option<bool> {
    Some(match code[0] {
        op::ANY => c != 10,
        op::ANY_ALL => true,
        op::LITERAL => c == code[1],
        op::NOT_LITERAL => c != code[1],
        op::IN => in_set(&code[2..], c),
        op::CATEGORY => category(code[1], c),
        op::LITERAL_IGNORE => lower_ascii(c) == code[1],
        op::NOT_LITERAL_IGNORE => lower_ascii(c) != code[1],
        op::IN_IGNORE => in_set(&code[2..], lower_ascii(c)),
        op::LITERAL_UNI_IGNORE => lower_unicode(c) == code[1],
        op::NOT_LITERAL_UNI_IGNORE => lower_unicode(c) != code[1],
        op::IN_UNI_IGNORE => in_set(&code[2..], lower_unicode(c)),
        op::LITERAL_LOC_IGNORE => matches_locale(code[1], c),
        op::NOT_LITERAL_LOC_IGNORE => !matches_locale(code[1], c),
        op::IN_LOC_IGNORE => in_set_locale(&code[2..], c),
        _ => return None,
    })
}

fn in_set_locale(set: &[u32], c: u32) -> bool {
    // A negated set holds what neither case of is in the set itself.
    if let [op::NEGATE, rest @ ..] = set {
        return !in_set_locale(rest, c);
    }
    let lower = lower_ascii(c);
    if in_set(set, lower) {
        return true;
    }
    let upper = if c < 128 {
        u32::from((c as u8).to_ascii_uppercase())
    } else {
        c
    };
    upper != lower && in_set(set, upper)
}

/// Words that the single-character operation at `code[0]` takes.
#[inline]
pub fn single_length(code: &[u32]) -> usize {
    match code[0] {
        op::ANY | op::ANY_ALL => 1,
        op::IN | op::IN_IGNORE | op::IN_UNI_IGNORE | op::IN_LOC_IGNORE => 1 + code[1] as usize,
        _ => 2,
    }
}
