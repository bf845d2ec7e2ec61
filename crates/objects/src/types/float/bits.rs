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
