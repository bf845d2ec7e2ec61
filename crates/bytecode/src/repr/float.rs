//! Floats as text: shortest digits that read back as the same number, laid out as CPython does (Python/pystrtod.c).

/// `repr(value)`.
pub fn float(value: f64) -> String {
    let mut text = number(value);
    if value.is_finite() && !text.contains(['.', 'e']) {
        text.push_str(".0");
    }
    text
}

/// `repr(complex(real, imag))`. A real part of 0.0 is left out, and with it the parentheses.
pub fn complex(real: f64, imag: f64) -> String {
    let imaginary = number(imag);
    if real == 0.0 && real.is_sign_positive() {
        return format!("{imaginary}j");
    }
    let sign = if imaginary.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imaginary}j)", number(real))
}

/// As `float`, without the `.0` of whole numbers.
fn number(value: f64) -> String {
    // Rust finds the shortest digits, too, but of two texts that are equally near takes the greater, where CPython takes the even one, as Rust
    // does when told the number of digits. Next to a power of two that text can be one that does not read back.
    let shortest = format!("{value:e}");
    let digits = shortest
        .bytes()
        .take_while(|&byte| byte != b'e')
        .filter(u8::is_ascii_digit)
        .count();
    let nearest = format!("{value:.*e}", digits.saturating_sub(1));
    lay_out(
        value,
        if nearest.parse() == Ok(value) {
            &nearest
        } else {
            &shortest
        },
        16,
    )
}

/// `'%.{precision}g' % value`.
pub fn float_general(value: f64, precision: usize) -> String {
    let precision = precision.max(1);
    lay_out(
        value,
        &format!("{value:.*e}", precision - 1),
        precision as i32,
    )
}

/// Lays out `scientific` (Rust's `-1.230e-4`) without trailing zeros: in the plain way where the exponent is -4 or more but less than `limit`.
fn lay_out(value: f64, scientific: &str, limit: i32) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value.is_infinite() {
        return format!("{sign}inf");
    }
    let unsigned = scientific.trim_start_matches('-');
    let (mantissa, exponent) = unsigned.split_once('e').unwrap_or((unsigned, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = mantissa.replace('.', "");
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    if exponent < -4 || exponent >= limit {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let direction = if exponent < 0 { '-' } else { '+' };
        return format!(
            "{sign}{first}{point}{rest}e{direction}{:02}",
            exponent.abs()
        );
    }
    if exponent < 0 {
        let zeros = "0".repeat((-exponent - 1) as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
}
