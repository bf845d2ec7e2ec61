//! Floats (Objects/floatobject.c).

/// `left % right`: the sign of the divisor.
pub fn modulo(left: f64, right: f64) -> Option<f64> {
    if right == 0.0 {
        return None;
    }
    let rest = left % right;
    Some(if rest == 0.0 {
        0f64.copysign(right)
    } else if (right < 0.0) != (rest < 0.0) {
        rest + right
    } else {
        rest
    })
}

/// `left // right`
pub fn floor_divide(left: f64, right: f64) -> Option<f64> {
    if right == 0.0 {
        return None;
    }
    let rest = left % right;
    let mut quotient = (left - rest) / right;
    if rest != 0.0 && (right < 0.0) != (rest < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return Some(0f64.copysign(left / right));
    }
    let floor = quotient.floor();
    Some(if quotient - floor > 0.5 {
        floor + 1.0
    } else {
        floor
    })
}

/// Whether `left ** right` is a complex number: a fractional power of a negative one.
pub fn power_is_complex(left: f64, right: f64) -> bool {
    left < 0.0 && left.is_finite() && right.is_finite() && right != right.floor()
}

/// `left ** right`, where it is not complex; none for zero to a negative power and results that are too large.
pub fn power(left: f64, right: f64) -> Option<f64> {
    if right == 0.0 {
        return Some(1.0);
    }
    if left.is_nan() {
        return Some(left);
    }
    if right.is_nan() {
        return Some(if left == 1.0 { 1.0 } else { right });
    }
    let is_odd = right.abs() % 2.0 == 1.0;
    if right.is_infinite() {
        let left = left.abs();
        return Some(if left == 1.0 {
            1.0
        } else if (right > 0.0) == (left > 1.0) {
            f64::INFINITY
        } else {
            0.0
        });
    }
    if left.is_infinite() {
        let magnitude = if right > 0.0 { f64::INFINITY } else { 0.0 };
        return Some(if is_odd {
            magnitude.copysign(left)
        } else {
            magnitude
        });
    }
    if left == 0.0 {
        let result = if is_odd { left } else { 0.0 };
        return (right > 0.0).then_some(result);
    }
    let magnitude = match left.abs() {
        1.0 => 1.0,
        base => base.powf(right),
    };
    let result = if left < 0.0 && is_odd {
        -magnitude
    } else {
        magnitude
    };
    result.is_finite().then_some(result)
}
