//! Doubles taken apart and put together exactly.

/// Fraction in [0.5, 1) with the sign of `value`, and the exponent of two (C's `frexp`).
pub fn frexp(value: f64) -> (f64, i32) {
    if value == 0.0 || !value.is_finite() {
        return (value, 0);
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i32;
    if exponent == 0 {
        let (fraction, exponent) = frexp(value * 2f64.powi(54));
        return (fraction, exponent - 54);
    }
    (
        f64::from_bits(bits & !(0x7FF << 52) | 1022 << 52),
        exponent - 1022,
    )
}

/// `value * 2**exponent`, rounded once (C's `ldexp`).
pub fn ldexp(value: f64, exponent: i32) -> f64 {
    const UP: f64 = f64::from_bits(0x7FE << 52); // 2**1023
    const DOWN: f64 = f64::from_bits((1023 - 1022 + 53) << 52); // 2**(-1022 + 53)
    let (mut value, mut exponent) = (value, exponent);
    for _ in 0..2 {
        if exponent > 1023 {
            value *= UP;
            exponent -= 1023;
        } else if exponent < -1022 {
            value *= DOWN;
            exponent += 1022 - 53;
        }
    }
    let exponent = exponent.clamp(-1022, 1023);
    value * f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// `|value|` as an odd integer (or 0) times a power of two; `value` is finite.
pub fn decompose(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let field = (bits >> 52 & 0x7FF) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = if field == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, field - 1075)
    };
    if mantissa == 0 {
        return (0, 0);
    }
    let zeros = mantissa.trailing_zeros();
    (mantissa >> zeros, exponent + zeros as i32)
}

/// The double of an IEEE 754 half.
pub fn from_half(half: u16) -> f64 {
    let sign = if half & 0x8000 != 0 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(half >> 10 & 31), f64::from(half & 0x3FF));
    sign * match exponent {
        0 => ldexp(fraction, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => ldexp(fraction + 1024.0, exponent - 25),
    }
}

/// The nearest half, ties to even; `None` if a finite value is too large.
pub fn to_half(value: f64) -> Option<u16> {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    let size = value.abs();
    if size.is_nan() {
        return Some(sign | 0x7E00);
    }
    if size.is_infinite() {
        return Some(sign | 0x7C00);
    }
    let (_, exponent) = frexp(size);
    // The last bit that a half can keep has this weight.
    let weight = (exponent - 11).max(-24);
    let units = ldexp(size, -weight).round_ties_even();
    let rounded = ldexp(units, weight);
    if rounded >= 65520.0 {
        return None;
    }
    if rounded < 2f64.powi(-14) {
        return Some(sign | ldexp(rounded, 24) as u16);
    }
    let (fraction, exponent) = frexp(rounded);
    let fraction = (ldexp(fraction, 11) as u16) & 0x3FF;
    Some(sign | ((exponent + 14) as u16) << 10 | fraction)
}
