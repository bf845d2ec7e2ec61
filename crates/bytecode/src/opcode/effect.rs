//! Reads stack pictures such as `(seq -- rest, before[oparg & 0xFF])` while compiling, so that effects cannot disagree with the documentation.

/// A number of stack entries as a function of the argument: a sum of a constant and four functions.
#[derive(Clone, Copy)]
pub(super) struct Count {
    constant: i16,
    /// Multiples of `oparg`, `oparg & 1`, `oparg & 0xFF`, `oparg >> 8`.
    oparg: i16,
    low_bit: i16,
    low_byte: i16,
    high: i16,
}

impl Count {
    const ZERO: Count = Count {
        constant: 0,
        oparg: 0,
        low_bit: 0,
        low_byte: 0,
        high: 0,
    };

    /// The same, quicker to compute.
    pub(super) const fn line(&self) -> Line {
        let (mask, greatest) = match self {
            Count {
                low_byte: 0,
                high: 0,
                oparg: 0,
                low_bit: 0,
                ..
            } => (0, 0),
            Count {
                low_byte: 0,
                high: 0,
                oparg: 0,
                ..
            } => (1, 1),
            Count {
                low_byte: 0,
                high: 0,
                low_bit: 0,
                ..
            } => (u16::MAX, u16::MAX),
            _ => (u16::MAX, 0),
        };
        Line {
            constant: self.constant,
            times: self.oparg + self.low_bit,
            mask,
            greatest,
        }
    }

    #[inline]
    pub(super) fn at(&self, oparg: i32) -> i32 {
        let part = |times: i16, part: i32| times as i64 * part as i64;
        let sum = self.constant as i64
            + part(self.oparg, oparg)
            + part(self.low_bit, oparg & 1)
            + part(self.low_byte, oparg & 0xFF)
            + part(self.high, oparg >> 8);
        sum.clamp(i32::MIN as i64, i32::MAX as i64) as i32
    }
}

/// What a `Count` of almost all opcodes is, in eight bytes: a constant and a multiple of some bits of the argument.
#[derive(Clone, Copy)]
pub(super) struct Line {
    constant: i16,
    times: i16,
    /// The bits that count: all, the lowest, or none.
    mask: u16,
    /// It holds as long as those bits are no greater number; then no product overflows. A count of another form holds at 0 alone.
    greatest: u16,
}

impl Line {
    pub(super) const ZERO: Line = Count::ZERO.line();

    #[inline]
    pub(super) fn at(self, oparg: u32) -> Option<i32> {
        // All bits are more than sixteen.
        let part = oparg & i32::from(self.mask as i16) as u32;
        if part > u32::from(self.greatest) {
            return None;
        }
        Some(i32::from(self.constant) + i32::from(self.times) * part as i32)
    }
}

/// What an instruction takes and leaves.
#[derive(Clone, Copy)]
pub(super) struct Effect {
    pub(super) popped: Count,
    pub(super) pushed: Count,
    /// Of those popped, the lowest, which are pushed again as they are.
    pub(super) kept: Count,
}

impl Effect {
    pub(super) const NONE: Effect = Effect {
        popped: Count::ZERO,
        pushed: Count::ZERO,
        kept: Count::ZERO,
    };

    /// Pushed less popped.
    pub(super) const fn net(&self) -> Count {
        let (popped, pushed) = (&self.popped, &self.pushed);
        Count {
            constant: pushed.constant - popped.constant,
            oparg: pushed.oparg - popped.oparg,
            low_bit: pushed.low_bit - popped.low_bit,
            low_byte: pushed.low_byte - popped.low_byte,
            high: pushed.high - popped.high,
        }
    }

    /// Panics, and so stops the build, if the picture is not well-formed.
    pub(super) const fn parse(picture: &str) -> Effect {
        let text = picture.as_bytes();
        assert!(text[0] == b'(' && text[text.len() - 1] == b')');
        let mut sides = [Count::ZERO; 2];
        let (mut side, mut at) = (0, 1);
        while text[at] != b')' {
            if text[at] == b'-' {
                assert!(text[at + 1] == b'-' && side == 0);
                side = 1;
                at += 2;
            } else if text[at] == b' ' || text[at] == b',' {
                at += 1;
            } else {
                let (count, end) = item(text, at, sides[side]);
                sides[side] = count;
                at = end;
            }
        }
        assert!(side == 1);
        Effect {
            popped: sides[0],
            pushed: sides[1],
            kept: common_start(text),
        }
    }
}

/// The items with which both sides begin.
const fn common_start(text: &[u8]) -> Count {
    let mut middle = 1;
    while text[middle] != b'-' || text[middle + 1] != b'-' {
        middle += 1;
    }
    let (mut left, mut right) = (skip(text, 1), skip(text, middle + 2));
    let mut count = Count::ZERO;
    while left < middle && text[right] != b')' {
        let (sum, end) = item(text, left, count);
        let (_, other_end) = item(text, right, Count::ZERO);
        if end - left != other_end - right || !same(text, left, right, end - left) {
            break;
        }
        count = sum;
        (left, right) = (skip(text, end), skip(text, other_end));
    }
    count
}

/// Over commas and blanks.
const fn skip(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while text[at] == b' ' || text[at] == b',' {
        at += 1;
    }
    at
}

const fn same(text: &[u8], left: usize, right: usize, length: usize) -> bool {
    let mut index = 0;
    while index < length {
        if text[left + index] != text[right + index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Adds the item at `start`, `name` or `name[formula]`, to the count; returns also where it ends.
const fn item(text: &[u8], start: usize, mut count: Count) -> (Count, usize) {
    let mut at = start;
    while text[at].is_ascii_alphanumeric() || text[at] == b'_' {
        at += 1;
    }
    assert!(at > start);
    if text[at] != b'[' {
        count.constant += 1;
        return (count, at);
    }
    let formula = at + 1;
    while text[at] != b']' {
        at += 1;
    }
    if matches(text, formula, at, b"oparg") {
        count.oparg += 1;
    } else if matches(text, formula, at, b"oparg * 2") {
        count.oparg += 2;
    } else if matches(text, formula, at, b"oparg - 1") {
        count.oparg += 1;
        count.constant -= 1;
    } else if matches(text, formula, at, b"oparg - 2") {
        count.oparg += 1;
        count.constant -= 2;
    } else if matches(text, formula, at, b"oparg & 1") {
        count.low_bit += 1;
    } else if matches(text, formula, at, b"oparg & 0xFF") {
        count.low_byte += 1;
    } else if matches(text, formula, at, b"oparg >> 8") {
        count.high += 1;
    } else {
        panic!("unknown formula in a stack picture");
    }
    (count, at + 1)
}

const fn matches(text: &[u8], start: usize, end: usize, expected: &[u8]) -> bool {
    if end - start != expected.len() {
        return false;
    }
    let mut index = 0;
    while index < expected.len() {
        if text[start + index] != expected[index] {
            return false;
        }
        index += 1;
    }
    true
}
