//! Texts of doubles: the shortest digits that read back the same, laid out as CPython's `repr` (Python/pystrtod.c).

/// Decimal digits of a positive finite double, without trailing zeros, and the exponent `e` of `0.DIGITS * 10**e`.
pub fn shortest_digits(value: f64) -> (String, i32) {
    split_exponent(&format!("{value:e}"))
}

/// `d.ddde-x` as digits and the exponent of `0.DIGITS * 10**e`; trailing zeros stay.
pub fn split_exponent(text: &str) -> (String, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect();
    (digits, exponent.parse::<i32>().unwrap_or(0) + 1)
}

/// `repr` of a float, exact.
pub fn repr_f64(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-inf" } else { "inf" }.into();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0.0");
    }
    let (digits, point) = shortest_digits(value.abs());
    format!("{sign}{}", lay_out_repr(&digits, point))
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
