//! What Unicode says of a character: classes and cases. The tables come from CPython's own (tables/unicode.py).

use super::unicode_tables::{FIRST, RECORDS, Record, SECOND, SHIFT, SPECIAL, flag};

#[inline]
fn record(point: u32) -> &'static Record {
    let point = if point > 0x10_FFFF { 0 } else { point };
    let block = usize::from(FIRST[(point >> SHIFT) as usize]) << SHIFT;
    let index = SECOND[block + (point & ((1 << SHIFT) - 1)) as usize];
    &RECORDS[usize::from(index)]
}

macro_rules! tests {
    ($($name:ident $flag:ident)*) => { $(
        #[inline]
        pub fn $name(point: u32) -> bool {
            record(point).flags & flag::$flag != 0
        }
    )* };
}

tests! {
    is_alpha ALPHA is_decimal DECIMAL is_digit DIGIT is_numeric NUMERIC is_lower LOWER is_upper UPPER is_title TITLE
    is_printable PRINTABLE is_cased CASED is_case_ignorable CASE_IGNORABLE is_id_start ID_START is_id_continue ID_CONTINUE
    is_wide_space SPACE
}

/// What `isspace` and `split` take for a space.
#[inline(always)]
pub fn is_space(point: u32) -> bool {
    if point < 128 {
        return matches!(point, 0x20 | 0x09..=0x0D | 0x1C..=0x1F);
    }
    is_wide_space(point)
}

pub fn is_alnum(point: u32) -> bool {
    record(point).flags & (flag::ALPHA | flag::DECIMAL | flag::DIGIT | flag::NUMERIC) != 0
}

/// Ends a line for `splitlines`.
#[inline]
pub fn is_linebreak(point: u32) -> bool {
    matches!(point, 0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029)
}

/// Value of a decimal digit.
pub fn decimal(point: u32) -> Option<u8> {
    let record = record(point);
    (record.flags & flag::DECIMAL != 0).then_some(record.digit)
}

/// Value of a digit, superscripts and the like too.
pub fn digit(point: u32) -> Option<u8> {
    let record = record(point);
    (record.flags & flag::DIGIT != 0).then_some(record.digit)
}

/// The four full case mappings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Case {
    Upper,
    Lower,
    Title,
    Fold,
}

/// Appends the mapped character, one to three code points.
pub fn push_case(out: &mut Vec<u32>, point: u32, case: Case) {
    let record = record(point);
    if record.flags & flag::SPECIAL != 0
        && let Ok(at) = SPECIAL.binary_search_by_key(&point, |s| s.0)
    {
        out.extend(SPECIAL[at].1[case as usize].chars().map(u32::from));
        return;
    }
    let difference = match case {
        Case::Upper => record.upper,
        Case::Lower => record.lower,
        Case::Title => record.title,
        Case::Fold => record.fold,
    };
    out.push(point.wrapping_add_signed(difference));
}
