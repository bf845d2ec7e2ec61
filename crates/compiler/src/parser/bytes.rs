//! What bytes of a source are for the lexer, one by one in a table and eight at a time in a word.

use super::token::Kind;

/// Starts a word, or goes on with one.
pub const LETTER: u8 = 1;
pub const OPERATOR: u8 = 1 << 1;
pub const NEWLINE: u8 = 1 << 2;
/// Stands between tokens, or starts what does.
pub const BLANK: u8 = 1 << 3;
/// Goes on with a word.
pub const DIGIT: u8 = 1 << 4;
pub const QUOTE: u8 = 1 << 5;
/// Part of a character beyond ASCII.
pub const FOREIGN: u8 = 1 << 6;

/// What is known of a byte.
#[derive(Clone, Copy)]
pub struct Byte {
    class: u8,
    /// The operator it is when it stands alone.
    pub kind: Kind,
    /// 1 for an opening parenthesis, -1 for a closing one.
    pub opens: i8,
    /// With which kinds of byte behind it the operator may go on.
    goes_on: u8,
    /// Which of these kinds the byte is.
    as_second: u8,
}

const EQUAL: u8 = 1;
/// `*`, `/`, `<`, `>`
const DOUBLED: u8 = 1 << 1;
/// A dot or digit.
const BEHIND_DOT: u8 = 1 << 2;

impl Byte {
    #[inline]
    pub fn is(self, classes: u8) -> bool {
        self.class & classes != 0
    }

    /// Whether this and `next` may be one token.
    #[inline]
    pub fn may_go_on_with(self, next: Byte) -> bool {
        self.goes_on & next.as_second != 0
    }
}

/// By value.
pub static BYTES: [Byte; 256] = {
    let mut table = [Byte {
        class: 0,
        kind: Kind::Error,
        opens: 0,
        goes_on: 0,
        as_second: 0,
    }; 256];
    let mut byte = 0;
    while byte < 256 {
        let known = &mut table[byte];
        known.class = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => LETTER,
            b'0'..=b'9' => DIGIT,
            b' ' | b'\t' | b'\x0c' | b'#' | b'\\' => BLANK,
            b'\n' => NEWLINE,
            b'"' | b'\'' => QUOTE,
            0x80.. => FOREIGN,
            _ => 0,
        };
        known.as_second = match byte as u8 {
            b'=' => EQUAL,
            b'*' | b'/' | b'<' | b'>' => DOUBLED,
            b'.' | b'0'..=b'9' => BEHIND_DOT,
            _ => 0,
        };
        byte += 1;
    }
    let mut at = 0;
    while at < OPERATORS.len() {
        let (byte, kind, opens, goes_on) = OPERATORS[at];
        let known = &mut table[byte as usize];
        known.class = OPERATOR;
        known.kind = kind;
        known.opens = opens;
        known.goes_on = goes_on;
        at += 1;
    }
    table
};

const OPERATORS: [(u8, Kind, i8, u8); 23] = [
    (b'(', Kind::LeftParen, 1, 0),
    (b'[', Kind::LeftBracket, 1, 0),
    (b'{', Kind::LeftBrace, 1, 0),
    (b')', Kind::RightParen, -1, 0),
    (b']', Kind::RightBracket, -1, 0),
    (b'}', Kind::RightBrace, -1, 0),
    (b',', Kind::Comma, 0, 0),
    (b';', Kind::Semicolon, 0, 0),
    (b'~', Kind::Tilde, 0, 0),
    (b':', Kind::Colon, 0, EQUAL),
    (b'.', Kind::Dot, 0, BEHIND_DOT),
    (b'=', Kind::Equal, 0, EQUAL),
    (b'+', Kind::Plus, 0, EQUAL),
    (b'-', Kind::Minus, 0, EQUAL | DOUBLED),
    (b'@', Kind::At, 0, EQUAL),
    (b'%', Kind::Percent, 0, EQUAL),
    (b'&', Kind::Amper, 0, EQUAL),
    (b'|', Kind::Bar, 0, EQUAL),
    (b'^', Kind::Caret, 0, EQUAL),
    (b'*', Kind::Star, 0, EQUAL | DOUBLED),
    (b'/', Kind::Slash, 0, EQUAL | DOUBLED),
    (b'<', Kind::Less, 0, EQUAL | DOUBLED),
    (b'>', Kind::Greater, 0, EQUAL | DOUBLED),
];

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHEST: u64 = ONES << 7;

/// The bytes of a text shorter than eight, the first lowest.
#[cold]
pub fn last(text: &[u8]) -> u64 {
    text.iter()
        .rev()
        .fold(0, |all, &byte| all << 8 | u64::from(byte))
}

/// How many of the lowest bytes come before the first whose highest bit is set.
#[inline]
fn before(marks: u64) -> usize {
    (marks.trailing_zeros() / 8) as usize
}

/// The highest bit of each byte from `low` to `high`, of bytes below 0x80.
#[inline]
const fn within(bytes: u64, low: u8, high: u8) -> u64 {
    let from_low = bytes + ONES * (0x80 - low as u64);
    let above_high = bytes + ONES * (0x7f - high as u64);
    from_low & !above_high
}

/// How many of the lowest bytes are letters, digits or underscores.
#[inline]
pub fn word_length(bytes: u64) -> usize {
    let low = bytes & !HIGHEST;
    let letters = within(low | (ONES * 0x20), b'a', b'z');
    let digits = within(low, b'0', b'9');
    let underscores = within(low, b'_', b'_');
    before(!((letters | digits | underscores) & !bytes) & HIGHEST)
}

/// How many spaces a text starts with. Sixteen are looked at in one go, which is most often enough.
#[inline]
pub fn leading_spaces(text: &[u8]) -> usize {
    const SPACES: u128 = u128::from_ne_bytes([b' '; 16]);
    let mut rest = text;
    while let Some((bytes, behind)) = rest.split_first_chunk() {
        let others = u128::from_le_bytes(*bytes) ^ SPACES;
        if others != 0 {
            return text.len() - rest.len() + (others.trailing_zeros() / 8) as usize;
        }
        rest = behind;
    }
    let last = rest.iter().take_while(|&&byte| byte == b' ').count();
    text.len() - rest.len() + last
}

/// How many of the lowest bytes come before the first of these three.
#[inline]
pub fn find(bytes: u64, wanted: [u8; 3]) -> usize {
    let equal = |byte: u8| {
        let difference = bytes ^ (ONES * u64::from(byte));
        difference.wrapping_sub(ONES) & !difference
    };
    let [first, second, third] = wanted.map(equal);
    before((first | second | third) & HIGHEST)
}
