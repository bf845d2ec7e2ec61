//! Texts of doubles: the shortest digits that read back the same, laid out as CPython's `repr` (Python/pystrtod.c).

use std::fmt::Write;

/// Decimal digits of a positive finite double, without trailing zeros, and the exponent `e` of `0.DIGITS * 10**e`.
pub fn shortest_digits(value: f64) -> (String, i32) {
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(value);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!("{whole}{part}");
    let mut point = whole.len() as i32 + exponent.parse::<i32>().unwrap_or(0);
    let kept = digits.trim_end_matches('0').len().max(1);
    digits.truncate(kept);
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    if zeros > 0 && zeros < digits.len() {
        digits.drain(..zeros);
        point -= zeros as i32;
    }
    (digits, point)
}

/// `d.ddde-x` as digits and the exponent of `0.DIGITS * 10**e`; trailing zeros stay.
pub fn split_exponent(text: &str) -> (String, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect();
    (digits, exponent.parse::<i32>().unwrap_or(0) + 1)
}

/// `repr` of a float, exact.
pub fn repr_f64(value: f64) -> String {
    with_repr(value, str::to_string)
}

/// Calls `then` with the `repr` of a float.
#[inline]
pub fn with_repr<T>(value: f64, then: impl FnOnce(&str) -> T) -> T {
    if value.is_nan() {
        return then("nan");
    }
    if value.is_infinite() {
        return then(if value < 0.0 { "-inf" } else { "inf" });
    }
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(value);
    // Where the layouts agree: no exponent, and not more than three zeros behind the point.
    let size = value.abs();
    if (1e-4..1e16).contains(&size) || size == 0.0 {
        return then(text);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let (digits, point) = shortest_digits(size);
    then(&format!("{sign}{}", lay_out_repr(&digits, point)))
}

/// Digits with the decimal point before digit `point`: fixed for exponents -4 to 15, else with an exponent.
fn lay_out_repr(digits: &str, point: i32) -> String {
    let count = digits.len() as i32;
    if (-3..=16).contains(&point) {
        if point <= 0 {
            return format!("0.{}{digits}", "0".repeat(-point as usize));
        }
        if point >= count {
            return format!("{digits}{}.0", "0".repeat((point - count) as usize));
        }
        let (whole, part) = digits.split_at(point as usize);
        return format!("{whole}.{part}");
    }
    let exponent = point - 1;
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{dot}{rest}e{sign}{:02}", exponent.abs())
}

/// Fixed-point text with `places` decimals, of the exact value, ties to even; finite values only.
pub fn fixed(value: f64, places: usize) -> String {
    let mut text = String::with_capacity(24);
    push_fixed(&mut text, value, places);
    text
}

fn push_fixed(text: &mut String, value: f64, places: usize) {
    // A double has at most 1,074 decimals, and the formatter a limit of its own.
    let known = places.min(LONGEST);
    // Writing to a String cannot fail.
    let _ = write!(text, "{value:.known$}");
    text.extend(std::iter::repeat_n('0', places - known));
}

/// More decimals than any double has.
const LONGEST: usize = 1100;

/// Digits of `d.ddd` with `places` decimals, and the exponent of `0.DIGITS * 10**e`.
fn exponent_digits(value: f64, places: usize) -> (String, i32) {
    let known = places.min(LONGEST);
    let (mut digits, point) = split_exponent(&format!("{value:.known$e}"));
    digits.push_str(&"0".repeat(places - known));
    (digits, point)
}

/// What `lay_out` is asked for, beyond the format's letter.
#[derive(Clone, Copy, Default)]
pub struct Options {
    /// Keep the point and trailing zeros (`#`).
    pub alternate: bool,
    /// Add `.0` to a result that looks like an int (repr of floats).
    pub add_dot: bool,
    /// Upper case letters.
    pub upper: bool,
}

/// `PyOS_double_to_string` for `e`, `f`, `g` and `r`; the sign of negative values comes first, NaN has none.
pub fn to_text(value: f64, code: u8, precision: usize, options: Options) -> String {
    let mut text = if !value.is_finite() {
        repr_f64(value)
    } else if code == b'f' && !options.alternate {
        return fixed(value, precision);
    } else {
        let sign = if value.is_sign_negative() { "-" } else { "" };
        format!(
            "{sign}{}",
            magnitude_text(value.abs(), code, precision, options)
        )
    };
    if options.upper {
        text.make_ascii_uppercase();
    }
    text
}

fn magnitude_text(value: f64, code: u8, precision: usize, options: Options) -> String {
    match code {
        b'f' => {
            let mut text = fixed(value, precision);
            if precision == 0 && options.alternate {
                text.push('.');
            }
            text
        }
        b'e' => {
            let (digits, point) = exponent_digits(value, precision);
            scientific(&digits, point - 1, options)
        }
        b'r' => {
            let (digits, point) = if value == 0.0 {
                ("0".to_string(), 1)
            } else {
                shortest_digits(value)
            };
            general(&digits, point, 16, options)
        }
        _ => {
            let precision = precision.max(1);
            let (mut digits, point) = if value == 0.0 {
                ("0".repeat(precision), 1)
            } else {
                exponent_digits(value, precision - 1)
            };
            if !options.alternate {
                let kept = digits.trim_end_matches('0').len().max(1);
                digits.truncate(kept);
            }
            let limit = precision as i32 - i32::from(options.add_dot);
            general(&digits, point, limit, options)
        }
    }
}

/// `d.ddde±xx`.
fn scientific(digits: &str, exponent: i32, options: Options) -> String {
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() && !options.alternate {
        ""
    } else {
        "."
    };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{dot}{rest}e{sign}{:02}", exponent.abs())
}

/// Fixed notation where the point lies from -3 to `limit`, else scientific.
fn general(digits: &str, point: i32, limit: i32, options: Options) -> String {
    if point <= -4 || point > limit {
        return scientific(digits, point - 1, options);
    }
    let count = digits.len() as i32;
    if point <= 0 {
        return format!("0.{}{digits}", "0".repeat(-point as usize));
    }
    if point >= count {
        let zeros = "0".repeat((point - count) as usize);
        let end = if options.add_dot {
            ".0"
        } else if options.alternate {
            "."
        } else {
            ""
        };
        return format!("{digits}{zeros}{end}");
    }
    let (whole, part) = digits.split_at(point as usize);
    format!("{whole}.{part}")
}
