//! Complex numbers as pairs of real and imaginary part (Objects/complexobject.c of 3.14, where a real operand has no imaginary part).

use super::nb;

type Complex = (f64, f64);

/// `left op right`
pub fn binary(op: u32, left: Complex, right: Complex) -> Option<Complex> {
    match op {
        nb::ADD => Some((left.0 + right.0, left.1 + right.1)),
        nb::SUBTRACT => Some((left.0 - right.0, left.1 - right.1)),
        nb::MULTIPLY => Some(product(left, right)),
        nb::TRUE_DIVIDE => quotient(left, right),
        _ => None,
    }
}

/// `left op right` for a real `right`.
pub fn binary_real_right(op: u32, left: Complex, right: f64) -> Option<Complex> {
    match op {
        nb::ADD => Some((left.0 + right, left.1)),
        nb::SUBTRACT => Some((left.0 - right, left.1)),
        nb::MULTIPLY => Some((left.0 * right, left.1 * right)),
        nb::TRUE_DIVIDE if right != 0.0 => Some((left.0 / right, left.1 / right)),
        _ => None,
    }
}

/// `left op right` for a real `left`.
pub fn binary_real_left(op: u32, left: f64, right: Complex) -> Option<Complex> {
    match op {
        nb::ADD => Some((left + right.0, right.1)),
        nb::SUBTRACT => Some((left - right.0, -right.1)),
        nb::MULTIPLY => Some((left * right.0, left * right.1)),
        nb::TRUE_DIVIDE => real_quotient(left, right),
        _ => None,
    }
}

/// 1 or 0 with the number's sign: an infinite part stands for a direction only.
fn boxed(part: f64) -> f64 {
    if part.is_infinite() { 1.0 } else { 0.0f64 }.copysign(part)
}

fn without_nan(part: f64) -> f64 {
    if part.is_nan() {
        0f64.copysign(part)
    } else {
        part
    }
}

fn is_infinite(value: Complex) -> bool {
    value.0.is_infinite() || value.1.is_infinite()
}

fn is_finite(value: Complex) -> bool {
    value.0.is_finite() && value.1.is_finite()
}

/// Infinities that would come out as NaN are recovered (C11, annex G.5.1).
fn product(left: Complex, right: Complex) -> Complex {
    let (mut a, mut b) = left;
    let (mut c, mut d) = right;
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let result = (ac - bd, ad + bc);
    if !(result.0.is_nan() && result.1.is_nan()) {
        return result;
    }
    let mut recover = false;
    if is_infinite((a, b)) {
        (a, b) = (boxed(a), boxed(b));
        (c, d) = (without_nan(c), without_nan(d));
        recover = true;
    }
    if is_infinite((c, d)) {
        (c, d) = (boxed(c), boxed(d));
        (a, b) = (without_nan(a), without_nan(b));
        recover = true;
    }
    if !recover && [ac, bd, ad, bc].iter().any(|part| part.is_infinite()) {
        (a, b, c, d) = (
            without_nan(a),
            without_nan(b),
            without_nan(c),
            without_nan(d),
        );
        recover = true;
    }
    if recover {
        return (
            f64::INFINITY * (a * c - b * d),
            f64::INFINITY * (a * d + b * c),
        );
    }
    result
}

/// Scaled by the larger part of the divisor; infinities and zeros are recovered (C11, annex G.5.1).
fn quotient(left: Complex, right: Complex) -> Option<Complex> {
    let result = if right.0.abs() >= right.1.abs() {
        if right.0 == 0.0 {
            return None;
        }
        let ratio = right.1 / right.0;
        let scale = right.0 + right.1 * ratio;
        (
            (left.0 + left.1 * ratio) / scale,
            (left.1 - left.0 * ratio) / scale,
        )
    } else if right.1.abs() >= right.0.abs() {
        let ratio = right.0 / right.1;
        let scale = right.0 * ratio + right.1;
        (
            (left.0 * ratio + left.1) / scale,
            (left.1 * ratio - left.0) / scale,
        )
    } else {
        (f64::NAN, f64::NAN)
    };
    if !(result.0.is_nan() && result.1.is_nan()) {
        return Some(result);
    }
    if is_infinite(left) && is_finite(right) {
        let (x, y) = (boxed(left.0), boxed(left.1));
        let real = f64::INFINITY * (x * right.0 + y * right.1);
        return Some((real, f64::INFINITY * (y * right.0 - x * right.1)));
    }
    if is_infinite(right) && is_finite(left) {
        let (x, y) = (boxed(right.0), boxed(right.1));
        return Some((
            0.0 * (left.0 * x + left.1 * y),
            0.0 * (left.1 * x - left.0 * y),
        ));
    }
    Some(result)
}

fn real_quotient(left: f64, right: Complex) -> Option<Complex> {
    let result = if right.0.abs() >= right.1.abs() {
        if right.0 == 0.0 {
            return None;
        }
        let ratio = right.1 / right.0;
        let scale = right.0 + right.1 * ratio;
        (left / scale, -left * ratio / scale)
    } else if right.1.abs() >= right.0.abs() {
        let ratio = right.0 / right.1;
        let scale = right.0 * ratio + right.1;
        (left * ratio / scale, -left / scale)
    } else {
        (f64::NAN, f64::NAN)
    };
    if result.0.is_nan() && result.1.is_nan() && is_infinite(right) && left.is_finite() {
        let (x, y) = (boxed(right.0), boxed(right.1));
        return Some((0.0 * (left * x), 0.0 * (-left * y)));
    }
    Some(result)
}

/// `left ** right`; none for zero to a negative or complex power and results that are too large.
pub fn power(left: Complex, right: Complex) -> Option<Complex> {
    let is_small_integer = right.1 == 0.0 && right.0 == right.0.floor() && right.0.abs() <= 100.0;
    let result = if is_small_integer {
        integer_power(left, right.0 as i32)?
    } else {
        general_power(left, right)?
    };
    (!is_infinite(result)).then_some(result)
}

fn integer_power(base: Complex, exponent: i32) -> Option<Complex> {
    let mut result = (1.0, 0.0);
    let mut square = base;
    let mut rest = exponent.unsigned_abs();
    while rest > 0 {
        if rest & 1 == 1 {
            result = product(result, square);
        }
        square = product(square, square);
        rest >>= 1;
    }
    match exponent {
        1.. => Some(result),
        _ => quotient((1.0, 0.0), result),
    }
}

fn general_power(base: Complex, exponent: Complex) -> Option<Complex> {
    if exponent == (0.0, 0.0) {
        return Some((1.0, 0.0));
    }
    if base == (0.0, 0.0) {
        // A NaN is not negative.
        let is_negative = exponent.0 < 0.0;
        return (exponent.1 == 0.0 && !is_negative).then_some((0.0, 0.0));
    }
    let magnitude = base.0.hypot(base.1);
    let angle = base.1.atan2(base.0);
    let mut length = magnitude.powf(exponent.0);
    let mut phase = angle * exponent.0;
    if exponent.1 != 0.0 {
        length *= (-angle * exponent.1).exp();
        phase += exponent.1 * magnitude.ln();
    }
    // The C library calls the sine of infinity a domain error.
    if phase.is_infinite() {
        return None;
    }
    Some((length * phase.cos(), length * phase.sin()))
}
