//! Arithmetic of complex numbers, with the recovery of infinities that C99's Annex G describes; a real operand takes part as a real
//! (Objects/complexobject.c).

use crate::error::{overflow_error, value_error, zero_division_error};
use crate::object::Object;
use crate::refs::{Owned, PyResult};
use crate::typeobject::CompareOp;
use crate::types::bool::bool_owned;
use crate::types::float;
use crate::types::int;
use crate::types::none::{none, not_implemented};

use super::{COMPLEX, Parts, from_parts, is_complex, value};

/// An operand: complex, or a real that stays one.
enum Operand {
    Complex(Parts),
    Real(f64),
}

fn operand(object: &Object) -> PyResult<Option<Operand>> {
    if is_complex(object) {
        return Ok(Some(Operand::Complex(value(object))));
    }
    Ok(float::arith::operand(object)?.map(Operand::Real))
}

macro_rules! operands {
    ($a:ident, $b:ident) => {{
        let Some(x) = operand($a)? else {
            return Ok(not_implemented());
        };
        let Some(y) = operand($b)? else {
            return Ok(not_implemented());
        };
        (x, y)
    }};
}

fn made(parts: Parts) -> PyResult {
    Ok(from_parts(parts.0, parts.1))
}

pub fn add(a: &Object, b: &Object) -> PyResult {
    made(match operands!(a, b) {
        (Operand::Complex(x), Operand::Complex(y)) => (x.0 + y.0, x.1 + y.1),
        (Operand::Complex(x), Operand::Real(y)) | (Operand::Real(y), Operand::Complex(x)) => {
            (x.0 + y, x.1)
        }
        (Operand::Real(x), Operand::Real(y)) => (x + y, 0.0),
    })
}

pub fn subtract(a: &Object, b: &Object) -> PyResult {
    made(match operands!(a, b) {
        (Operand::Complex(x), Operand::Complex(y)) => (x.0 - y.0, x.1 - y.1),
        (Operand::Complex(x), Operand::Real(y)) => (x.0 - y, x.1),
        (Operand::Real(x), Operand::Complex(y)) => (x - y.0, -y.1),
        (Operand::Real(x), Operand::Real(y)) => (x - y, 0.0),
    })
}

pub fn multiply(a: &Object, b: &Object) -> PyResult {
    made(match operands!(a, b) {
        (Operand::Complex(x), Operand::Complex(y)) => product(x, y),
        (Operand::Complex(x), Operand::Real(y)) | (Operand::Real(y), Operand::Complex(x)) => {
            (x.0 * y, x.1 * y)
        }
        (Operand::Real(x), Operand::Real(y)) => (x * y, 0.0),
    })
}

pub fn true_divide(a: &Object, b: &Object) -> PyResult {
    let quotient = match operands!(a, b) {
        (Operand::Complex(x), Operand::Complex(y)) => quotient(x, y),
        (Operand::Complex(x), Operand::Real(y)) => (y != 0.0).then(|| (x.0 / y, x.1 / y)),
        (Operand::Real(x), Operand::Complex(y)) => real_quotient(x, y),
        (Operand::Real(x), Operand::Real(y)) => (y != 0.0).then(|| (x / y, 0.0)),
    };
    made(quotient.ok_or_else(|| zero_division_error("division by zero"))?)
}

/// 1 for an infinity, else 0, with the sign.
fn unit(x: f64) -> f64 {
    (if x.is_infinite() { 1f64 } else { 0.0 }).copysign(x)
}

/// NaN as a zero of its sign.
fn zero_nan(x: f64) -> f64 {
    if x.is_nan() { 0f64.copysign(x) } else { x }
}

pub fn product(a: Parts, b: Parts) -> Parts {
    let (ac, bd, ad, bc) = (a.0 * b.0, a.1 * b.1, a.0 * b.1, a.1 * b.0);
    let result = (ac - bd, ad + bc);
    if !result.0.is_nan() || !result.1.is_nan() {
        return result;
    }
    let infinite = |p: Parts| p.0.is_infinite() || p.1.is_infinite();
    let (mut a, mut b, mut again) = (a, b, false);
    if infinite(a) {
        a = (unit(a.0), unit(a.1));
        b = (zero_nan(b.0), zero_nan(b.1));
        again = true;
    }
    if infinite(b) {
        b = (unit(b.0), unit(b.1));
        a = (zero_nan(a.0), zero_nan(a.1));
        again = true;
    }
    if !again && [ac, bd, ad, bc].iter().any(|x| x.is_infinite()) {
        a = (zero_nan(a.0), zero_nan(a.1));
        b = (zero_nan(b.0), zero_nan(b.1));
        again = true;
    }
    if !again {
        return result;
    }
    (
        f64::INFINITY * (a.0 * b.0 - a.1 * b.1),
        f64::INFINITY * (a.0 * b.1 + a.1 * b.0),
    )
}

/// `a / b`; `None` for division by zero.
pub fn quotient(a: Parts, b: Parts) -> Option<Parts> {
    let (size_re, size_im) = (b.0.abs(), b.1.abs());
    let result = if size_re >= size_im {
        if size_re == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let below = b.0 + b.1 * ratio;
        ((a.0 + a.1 * ratio) / below, (a.1 - a.0 * ratio) / below)
    } else if size_im >= size_re {
        let ratio = b.0 / b.1;
        let below = b.0 * ratio + b.1;
        ((a.0 * ratio + a.1) / below, (a.1 * ratio - a.0) / below)
    } else {
        (f64::NAN, f64::NAN)
    };
    if !result.0.is_nan() || !result.1.is_nan() {
        return Some(result);
    }
    let infinite = |p: Parts| p.0.is_infinite() || p.1.is_infinite();
    let finite = |p: Parts| p.0.is_finite() && p.1.is_finite();
    if infinite(a) && finite(b) {
        let (x, y) = (unit(a.0), unit(a.1));
        return Some((
            f64::INFINITY * (x * b.0 + y * b.1),
            f64::INFINITY * (y * b.0 - x * b.1),
        ));
    }
    if infinite(b) && finite(a) {
        let (x, y) = (unit(b.0), unit(b.1));
        return Some((0.0 * (a.0 * x + a.1 * y), 0.0 * (a.1 * x - a.0 * y)));
    }
    Some(result)
}

/// `a / b` of a real by a complex number.
fn real_quotient(a: f64, b: Parts) -> Option<Parts> {
    let (size_re, size_im) = (b.0.abs(), b.1.abs());
    let result = if size_re >= size_im {
        if size_re == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let below = b.0 + b.1 * ratio;
        (a / below, (-a * ratio) / below)
    } else if size_im >= size_re {
        let ratio = b.0 / b.1;
        let below = b.0 * ratio + b.1;
        ((a * ratio) / below, -a / below)
    } else {
        (f64::NAN, f64::NAN)
    };
    let lost = result.0.is_nan() && result.1.is_nan();
    if lost && a.is_finite() && (size_re.is_infinite() || size_im.is_infinite()) {
        let (x, y) = (unit(b.0), unit(b.1));
        return Some((0.0 * (a * x), 0.0 * (-a * y)));
    }
    Some(result)
}

fn power_of_positive(x: Parts, n: u32) -> Parts {
    let (mut result, mut square, mut rest) = ((1.0, 0.0), x, n);
    while rest > 0 {
        if rest & 1 == 1 {
            result = product(result, square);
        }
        rest >>= 1;
        square = product(square, square);
    }
    result
}

/// `x ** y` as an object.
pub fn power_values(x: Parts, y: Parts) -> PyResult {
    let whole = y.1 == 0.0 && y.0 == y.0.floor() && y.0.abs() <= 100.0;
    let result = if whole {
        let size = power_of_positive(x, y.0.abs() as u32);
        if y.0 > 0.0 {
            Some(size)
        } else {
            quotient((1.0, 0.0), size)
        }
    } else {
        general_power(x, y)
    };
    let Some(result) = result else {
        return Err(zero_division_error("zero to a negative or complex power"));
    };
    if result.0.is_infinite() || result.1.is_infinite() {
        return Err(overflow_error("complex exponentiation"));
    }
    made(result)
}

fn general_power(x: Parts, y: Parts) -> Option<Parts> {
    if y == (0.0, 0.0) {
        return Some((1.0, 0.0));
    }
    if x == (0.0, 0.0) {
        // A NaN is not negative.
        let is_negative = y.0 < 0.0;
        return (y.1 == 0.0 && !is_negative).then_some((0.0, 0.0));
    }
    let size = x.0.hypot(x.1);
    let mut len = size.powf(y.0);
    let angle = x.1.atan2(x.0);
    let mut phase = angle * y.0;
    if y.1 != 0.0 {
        len *= (-angle * y.1).exp();
        phase += y.1 * size.ln();
    }
    // The C library calls the sine of infinity a domain error.
    if phase.is_infinite() {
        return None;
    }
    Some((len * phase.cos(), len * phase.sin()))
}

pub fn power(a: &Object, b: &Object, c: &Object) -> PyResult {
    let parts = |operand| match operand {
        Operand::Complex(parts) => parts,
        Operand::Real(real) => (real, 0.0),
    };
    let (x, y) = operands!(a, b);
    if !c.is(none()) {
        return Err(value_error("complex modulo"));
    }
    power_values(parts(x), parts(y))
}

pub fn negative(a: &Object) -> PyResult {
    let (re, im) = value(a);
    made((-re, -im))
}

pub fn positive(a: &Object) -> PyResult {
    if a.is_exact(&COMPLEX) {
        return Ok(Owned::new(a));
    }
    made(value(a))
}

pub fn conjugate(a: &Object) -> PyResult {
    let (re, im) = value(a);
    made((re, -im))
}

pub fn absolute(a: &Object) -> PyResult {
    let (re, im) = value(a);
    let size = re.hypot(im);
    if size.is_infinite() && re.is_finite() && im.is_finite() {
        return Err(overflow_error("absolute value too large"));
    }
    Ok(float::from_f64(size))
}

pub fn is_true(a: &Object) -> PyResult<bool> {
    let (re, im) = value(a);
    Ok(re != 0.0 || im != 0.0)
}

pub fn richcompare(a: &Object, b: &Object, op: CompareOp) -> PyResult {
    let wanted = match op {
        CompareOp::Eq => true,
        CompareOp::Ne => false,
        _ => return Ok(not_implemented()),
    };
    let (re, im) = value(a);
    let equal = if int::is_int(b) {
        im == 0.0 && float::arith::compare_int(re, int::cast(b)).is_some_and(|o| o.is_eq())
    } else if float::is_float(b) {
        im == 0.0 && re == float::value(b)
    } else if is_complex(b) {
        (re, im) == value(b)
    } else {
        return Ok(not_implemented());
    };
    Ok(bool_owned(equal == wanted))
}

pub fn hash(a: &Object) -> PyResult<isize> {
    let (re, im) = value(a);
    let re = float::arith::hash_value(re, a);
    let im = float::arith::hash_value(im, a);
    let hash = re.wrapping_add(im.wrapping_mul(1_000_003));
    Ok(if hash == -1 { -2 } else { hash })
}
