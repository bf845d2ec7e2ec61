//! A number's text in its parts, and their layout: sign, prefix, grouped digits, fraction, padding.

use crate::refs::PyResult;

use super::{Grouping, Spec, assemble};

/// The parts of a number's text.
#[derive(Clone, Copy)]
pub struct Number<'a> {
    pub negative: bool,
    /// `0x` and the like.
    pub prefix: &'a str,
    /// Digits before the point; none for `inf` and `nan`.
    pub whole: &'a str,
    /// Whether there is a decimal point.
    pub point: bool,
    /// Digits after the point.
    pub fraction: &'a str,
    /// Exponent, percent sign, `inf`, `nan`.
    pub rest: &'a str,
}

impl<'a> Number<'a> {
    /// Takes a float's text apart.
    pub fn split(text: &'a str) -> Number<'a> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(size) => (true, size),
            None => (false, text),
        };
        let digits = |t: &str| t.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = text.split_at(digits(text));
        let (point, rest) = match rest.strip_prefix('.') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (fraction, rest) = rest.split_at(if point { digits(rest) } else { 0 });
        Number {
            negative,
            prefix: "",
            whole,
            point,
            fraction,
            rest,
        }
    }

    fn head(&self, spec: &Spec) -> String {
        let sign = match spec.sign {
            _ if self.negative => "-",
            b'+' => "+",
            b' ' => " ",
            _ => "",
        };
        format!("{sign}{}", self.prefix)
    }

    /// Point, grouped fraction and the rest.
    fn tail(&self, spec: &Spec) -> String {
        let point = if self.point { "." } else { "" };
        let fraction = match spec.fraction_grouping.separator() {
            Some(separator) => group_fraction(self.fraction, separator),
            None => self.fraction.to_string(),
        };
        format!("{point}{fraction}{}", self.rest)
    }

    /// Digits before the point, grouped, with zeros up to `min_width` if the padding is part of the number.
    fn body(&self, spec: &Spec, min_width: usize) -> String {
        if self.whole.is_empty() {
            return String::new();
        }
        match spec.grouping {
            Grouping::None if min_width <= self.whole.len() => self.whole.to_string(),
            Grouping::None => format!("{:0>min_width$}", self.whole),
            _ => {
                let four = matches!(spec.code as u8, b'b' | b'o' | b'x' | b'X');
                let separator = spec.grouping.separator().unwrap_or(',');
                group_digits(self.whole, separator, if four { 4 } else { 3 }, min_width)
            }
        }
    }

    /// The text without padding.
    pub fn text(&self, spec: &Spec) -> String {
        format!(
            "{}{}{}",
            self.head(spec),
            self.body(spec, 0),
            self.tail(spec)
        )
    }

    /// The padded text.
    pub fn finish(&self, spec: &Spec) -> PyResult {
        let (head, tail) = (self.head(spec), self.tail(spec));
        let width = spec.width.unwrap_or(0);
        if width > isize::MAX as usize / 8 {
            return Err(crate::error::memory_error());
        }
        let zero_fill = spec.fill == u32::from(b'0') && spec.align == b'=';
        let min_width = if zero_fill {
            width.saturating_sub(head.len() + tail.len())
        } else {
            0
        };
        let mut body = self.body(spec, min_width);
        body.push_str(&tail);
        let rest = width.saturating_sub(head.len() + body.len());
        let (lpad, spad, rpad) = match spec.align {
            b'<' => (0, 0, rest),
            b'^' => (rest / 2, 0, rest - rest / 2),
            b'=' => (0, rest, 0),
            _ => (rest, 0, 0),
        };
        assemble(spec.fill, lpad, &head, spad, &body, rpad)
    }
}

/// Digits with a separator before every `size` of them, filled up with zeros to `min_width` characters.
pub fn group_digits(digits: &str, separator: char, size: usize, min_width: usize) -> String {
    // Built backwards.
    let mut out: Vec<u8> = Vec::new();
    let mut left = digits.as_bytes();
    let mut wanted = min_width as isize;
    loop {
        let most = (left.len() as isize).max(wanted).max(1) as usize;
        let count = size.min(most);
        let taken = count.min(left.len());
        let (rest, group) = left.split_at(left.len() - taken);
        out.extend(group.iter().rev());
        out.resize(out.len() + count - taken, b'0');
        left = rest;
        wanted -= count as isize;
        if left.is_empty() && wanted <= 0 {
            break;
        }
        out.push(separator as u8);
        wanted -= 1;
    }
    out.reverse();
    String::from_utf8(out).unwrap_or_default()
}

/// Decimals in groups of three from the point on.
fn group_fraction(digits: &str, separator: char) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && i % 3 == 0 {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}
