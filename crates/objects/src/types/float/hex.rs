//! `float.hex` and `float.fromhex`.

use super::bits::ldexp;

/// Why a text is no hexadecimal number.
pub enum Refused {
    Malformed,
    TooLarge,
    TooLong,
}

/// `[-]0x1.hhhhhhhhhhhhhp±d`.
pub fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::repr_f64(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let bits = value.to_bits();
    let field = (bits >> 52 & 0x7FF) as i32;
    let fraction = bits & ((1 << 52) - 1);
    match (field, fraction) {
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{fraction:013x}p-1022"),
        _ => format!("{sign}0x1.{fraction:013x}p{:+}", field - 1023),
    }
}

/// Reads what `to_hex` writes and its variations: optional prefix, any number of digits, optional exponent.
pub fn from_hex(text: &str) -> Result<f64, Refused> {
    let text = text.trim_matches(|c: char| matches!(c, ' ' | '\t'..='\r'));
    let (negative, body) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let signed = |value: f64| if negative { -value } else { value };
    match body.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => return Ok(signed(f64::INFINITY)),
        "nan" => return Ok(signed(f64::NAN)),
        _ => {}
    }
    let body = match body.as_bytes() {
        [b'0', b'x' | b'X', ..] => &body[2..],
        _ => body,
    };
    let (mantissa, exponent) = match body.find(['p', 'P']) {
        Some(at) => (&body[..at], parse_exponent(&body[at + 1..])?),
        None => (body, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && part.is_empty() {
        return Err(Refused::Malformed);
    }
    if mantissa.len() as i64 > i64::MAX / 8 {
        return Err(Refused::TooLong);
    }
    let mut digits = Vec::with_capacity(mantissa.len());
    for c in whole.chars().chain(part.chars()) {
        digits.push(c.to_digit(16).ok_or(Refused::Malformed)?);
    }
    let value = assemble(&digits, exponent.saturating_sub(4 * part.len() as i64));
    if value.is_infinite() {
        return Err(Refused::TooLarge);
    }
    Ok(signed(value))
}

/// A decimal exponent; beyond any double's reach it is clamped.
fn parse_exponent(text: &str) -> Result<i64, Refused> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refused::Malformed);
    }
    let size = digits.bytes().fold(0i64, |v, b| {
        (v.saturating_mul(10) + i64::from(b - b'0')).min(1 << 60)
    });
    Ok(if text.starts_with('-') { -size } else { size })
}

/// Hex digits times `2**exponent`, rounded once, ties to even.
fn assemble(digits: &[u32], exponent: i64) -> f64 {
    let digits = match digits.iter().position(|d| *d != 0) {
        None => return 0.0,
        Some(first) => &digits[first..],
    };
    // Fifteen digits (57 to 60 bits) and whether anything follows.
    let kept = digits.len().min(15);
    let mantissa = digits[..kept]
        .iter()
        .fold(0u64, |v, d| v << 4 | u64::from(*d));
    let sticky = digits[kept..].iter().any(|d| *d != 0);
    let exponent = exponent.saturating_add(4 * (digits.len() - kept) as i64);
    let bits = i64::from(64 - mantissa.leading_zeros());
    let top = exponent.saturating_add(bits);
    if top > 1024 {
        return f64::INFINITY;
    }
    if top < -1074 {
        return 0.0;
    }
    // Bits that the double can keep: 53, fewer below the normal range.
    let drop = (bits - 53).max(-1074 - exponent).max(0) as u32;
    let mut whole = if drop >= 64 { 0 } else { mantissa >> drop };
    let rest = mantissa - if drop >= 64 { 0 } else { whole << drop };
    if drop > 0 {
        let half = 1u64 << (drop - 1).min(63);
        if rest > half || (rest == half && (sticky || whole & 1 == 1)) {
            whole += 1;
        }
    }
    ldexp(whole as f64, (exponent + i64::from(drop)) as i32)
}
