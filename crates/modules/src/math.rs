//! `math`: functions of floats and exact functions of ints (Modules/mathmodule.c).

use num_bigint::BigInt;
use terrarium_objects::batch::Batch;
use terrarium_objects::state::holding;
use terrarium_objects::types::{bool, dict, float, int, module, tuple};
use terrarium_objects::{
    MethodDef, Native, Object, Owned, PyResult, Raised, Word, args, error, none, ops, root,
};
use terrarium_runtime::native_module::ModuleDef;

pub static MODULE: ModuleDef = ModuleDef {
    name: "math",
    doc: "",
    methods: &METHODS,
    exec,
};

macro_rules! one_argument {
    ($($name:ident $function:expr;)*) => {
        $(fn $name(_: &Object, x: &Object) -> PyResult {
            let function: fn(f64) -> f64 = $function;
            let x = ops::number::as_f64(x)?;
            checked(x, function(x))
        })*
    };
}

/// NaN from a number is a domain error, infinity from a finite one a range error.
fn checked(x: f64, result: f64) -> PyResult {
    if result.is_nan() && !x.is_nan() {
        return Err(domain(x));
    }
    if result.is_infinite() && x.is_finite() {
        return Err(error::overflow_error("math range error"));
    }
    Ok(float::from_f64(result))
}

fn domain(x: f64) -> Raised {
    let _ = x;
    error::value_error("math domain error")
}

fn expected(what: &str, x: f64) -> Raised {
    error::value_error(format!(
        "expected a {what} input, got {}",
        float::repr_f64(x)
    ))
}

one_argument! {
    acosh f64::acosh; asinh f64::asinh; atan f64::atan; cbrt f64::cbrt; cosh f64::cosh; exp f64::exp; exp2 f64::exp2; expm1 f64::exp_m1;
    fabs f64::abs; log1p f64::ln_1p; sinh f64::sinh; tanh f64::tanh; degrees f64::to_degrees; radians |x| x * (std::f64::consts::PI / 180.0);
    erf libm_erf; erfc libm_erfc;
}

// SAFETY: C's mathematical functions: any argument will do.
unsafe extern "C" {
    #[link_name = "erf"]
    fn c_erf(x: f64) -> f64;
    #[link_name = "erfc"]
    fn c_erfc(x: f64) -> f64;
    #[link_name = "tgamma"]
    fn c_tgamma(x: f64) -> f64;
    #[link_name = "lgamma"]
    fn c_lgamma(x: f64) -> f64;
    #[link_name = "nextafter"]
    fn c_nextafter(x: f64, y: f64) -> f64;
}

fn libm_erf(x: f64) -> f64 {
    // SAFETY: a pure function of the C library.
    unsafe { c_erf(x) }
}

fn libm_erfc(x: f64) -> f64 {
    // SAFETY: a pure function of the C library.
    unsafe { c_erfc(x) }
}

macro_rules! finite_argument {
    ($($name:ident $function:expr;)*) => {
        $(fn $name(_: &Object, x: &Object) -> PyResult {
            let function: fn(f64) -> f64 = $function;
            let x = ops::number::as_f64(x)?;
            if x.is_infinite() {
                return Err(expected("finite", x));
            }
            Ok(float::from_f64(function(x)))
        })*
    };
}

finite_argument! { sin f64::sin; cos f64::cos; tan f64::tan; }

macro_rules! unit_argument {
    ($($name:ident $function:expr;)*) => {
        $(fn $name(_: &Object, x: &Object) -> PyResult {
            let function: fn(f64) -> f64 = $function;
            let x = ops::number::as_f64(x)?;
            if x.abs() > 1.0 {
                return Err(error::value_error(format!("expected a number in range from -1 up to 1, got {}", float::repr_f64(x))));
            }
            Ok(float::from_f64(function(x)))
        })*
    };
}

unit_argument! { asin f64::asin; acos f64::acos; }

fn sqrt(_: &Object, x: &Object) -> PyResult {
    let x = ops::number::as_f64(x)?;
    if x < 0.0 {
        return Err(expected("nonnegative", x));
    }
    Ok(float::from_f64(x.sqrt()))
}

fn atanh(_: &Object, x: &Object) -> PyResult {
    let x = ops::number::as_f64(x)?;
    if x.abs() >= 1.0 {
        return Err(error::value_error(format!(
            "expected a number between -1 and 1, got {}",
            float::repr_f64(x)
        )));
    }
    Ok(float::from_f64(x.atanh()))
}

fn gamma(_: &Object, x: &Object) -> PyResult {
    let x = ops::number::as_f64(x)?;
    if x == f64::NEG_INFINITY || x <= 0.0 && x == x.floor() {
        return Err(error::value_error(format!(
            "expected a noninteger or positive integer, got {}",
            float::repr_f64(x)
        )));
    }
    // SAFETY: a pure function of the C library.
    checked(x, unsafe { c_tgamma(x) })
}

fn lgamma(_: &Object, x: &Object) -> PyResult {
    let x = ops::number::as_f64(x)?;
    if x.is_finite() && x <= 0.0 && x == x.floor() {
        return Err(error::value_error(format!(
            "expected a noninteger or positive integer, got {}",
            float::repr_f64(x)
        )));
    }
    // SAFETY: a pure function but for a sign nobody reads.
    checked(x, unsafe { c_lgamma(x) })
}

/// The logarithm of a positive number; ints of any size.
fn logarithm(x: &Object, of_float: fn(f64) -> f64, of_two: f64) -> PyResult<f64> {
    if int::is_int(x) {
        let value = int::to_bigint(x);
        if value <= BigInt::from(0) {
            return Err(error::value_error("expected a positive input"));
        }
        let bits = value.bits();
        if bits > 1000 {
            let shift = bits - 60;
            let top: BigInt = value >> shift;
            let top = top.to_string().parse::<f64>().unwrap_or(0.0);
            return Ok(of_float(top) + shift as f64 * of_two);
        }
        return Ok(of_float(value.to_string().parse().unwrap_or(0.0)));
    }
    let x = ops::number::as_f64(x)?;
    if x <= 0.0 {
        return Err(expected("positive", x));
    }
    Ok(of_float(x))
}

fn natural(x: &Object) -> PyResult<f64> {
    logarithm(x, f64::ln, std::f64::consts::LN_2)
}

fn log(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("log", args.len(), 1, 2)?;
    let value = natural(args[0].object())?;
    match args.get(1) {
        None => Ok(float::from_f64(value)),
        Some(base) => {
            let base = natural(base.object())?;
            if base == 0.0 {
                return Err(error::zero_division_error("division by zero"));
            }
            Ok(float::from_f64(value / base))
        }
    }
}

fn log2(_: &Object, x: &Object) -> PyResult {
    Ok(float::from_f64(logarithm(x, f64::log2, 1.0)?))
}

fn log10(_: &Object, x: &Object) -> PyResult {
    Ok(float::from_f64(logarithm(
        x,
        f64::log10,
        std::f64::consts::LOG10_2,
    )?))
}

fn two(name: &str, args: &[Word]) -> PyResult<(f64, f64)> {
    args::check_positional(name, args.len(), 2, 2)?;
    Ok((
        ops::number::as_f64(args[0].object())?,
        ops::number::as_f64(args[1].object())?,
    ))
}

fn pow(_: &Object, args: &[Word]) -> PyResult {
    let (x, y) = two("pow", args)?;
    let result = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if result.is_nan() || x == 0.0 && y < 0.0 {
            return Err(domain(x));
        }
        if result.is_infinite() {
            return Err(error::overflow_error("math range error"));
        }
    }
    Ok(float::from_f64(result))
}

fn atan2(_: &Object, args: &[Word]) -> PyResult {
    let (y, x) = two("atan2", args)?;
    Ok(float::from_f64(y.atan2(x)))
}

fn copysign(_: &Object, args: &[Word]) -> PyResult {
    let (x, y) = two("copysign", args)?;
    Ok(float::from_f64(x.copysign(y)))
}

fn fmod(_: &Object, args: &[Word]) -> PyResult {
    let (x, y) = two("fmod", args)?;
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain(x));
    }
    Ok(float::from_f64(result))
}

fn remainder(_: &Object, args: &[Word]) -> PyResult {
    let (x, y) = two("remainder", args)?;
    if x.is_nan() || y.is_nan() {
        return Ok(float::from_f64(f64::NAN));
    }
    if x.is_infinite() || y == 0.0 {
        return Err(domain(x));
    }
    if y.is_infinite() {
        return Ok(float::from_f64(x));
    }
    let (ax, ay) = (x.abs(), y.abs());
    let m = ax % ay;
    let c = ay - m;
    let r = if m < c {
        m
    } else if m > c {
        -c
    } else {
        m - 2.0 * ((0.5 * (ax - m)) % ay)
    };
    Ok(float::from_f64(1.0f64.copysign(x) * r))
}

fn ldexp(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("ldexp", args.len(), 2, 2)?;
    let x = ops::number::as_f64(args[0].object())?;
    if !int::is_int(args[1].object()) {
        return Err(error::type_error(
            "Expected an int as second argument to ldexp.",
        ));
    }
    let big = if int::cast(args[1].object()).is_negative() {
        i64::MIN
    } else {
        i64::MAX
    };
    let exponent = int::as_i64(args[1].object()).unwrap_or(big);
    let mut result = x;
    let mut left = exponent.clamp(-2200, 2200);
    while left != 0 && result != 0.0 && result.is_finite() {
        let step = left.clamp(-1000, 1000);
        result *= 2f64.powi(step as i32);
        left -= step;
    }
    checked(x, result)
}

fn nextafter(_: &Object, args: &[Word]) -> PyResult {
    let (x, y) = two("nextafter", args)?;
    // SAFETY: a pure function of the C library.
    Ok(float::from_f64(unsafe { c_nextafter(x, y) }))
}

fn ulp(_: &Object, x: &Object) -> PyResult {
    let x = ops::number::as_f64(x)?.abs();
    if !x.is_finite() {
        return Ok(float::from_f64(x));
    }
    let up = f64::from_bits(x.to_bits() + 1);
    Ok(float::from_f64(if up.is_infinite() {
        x - f64::from_bits(x.to_bits() - 1)
    } else {
        up - x
    }))
}

fn frexp(_: &Object, x: &Object) -> PyResult {
    let x = ops::number::as_f64(x)?;
    let (mut m, mut e) = (x, 0i64);
    if x != 0.0 && x.is_finite() {
        if m.abs() < f64::MIN_POSITIVE {
            m *= 2f64.powi(64);
            e -= 64;
        }
        let raw = (m.to_bits() >> 52 & 0x7FF) as i64 - 1022;
        m = f64::from_bits(m.to_bits() & !(0x7FF << 52) | 1022 << 52);
        e += raw;
    }
    Ok(tuple::from_owned(vec![
        float::from_f64(m),
        int::from_i64(e),
    ]))
}

fn modf(_: &Object, x: &Object) -> PyResult {
    let x = ops::number::as_f64(x)?;
    let whole = x.trunc();
    let part = if x.is_infinite() {
        0f64.copysign(x)
    } else {
        (x - whole).copysign(x)
    };
    Ok(tuple::from_owned(vec![
        float::from_f64(part),
        float::from_f64(whole),
    ]))
}

/// `__floor__`, `__ceil__`, `__trunc__` first, then the float's own.
fn rounded(x: &Object, name: &str, of_float: fn(f64) -> f64) -> PyResult {
    if !x.is_exact(&float::FLOAT)
        && let Some(rounded) = ops::call::maybe_call_special(
            x,
            terrarium_objects::types::str::intern_immortal(name),
            &[],
        )?
    {
        return Ok(rounded);
    }
    int::methods::from_f64(of_float(ops::number::as_f64(x)?))
}

fn floor(_: &Object, x: &Object) -> PyResult {
    rounded(x, "__floor__", f64::floor)
}

fn ceil(_: &Object, x: &Object) -> PyResult {
    rounded(x, "__ceil__", f64::ceil)
}

fn trunc(_: &Object, x: &Object) -> PyResult {
    let name = terrarium_objects::types::str::intern_immortal("__trunc__");
    ops::call::maybe_call_special(x, name, &[])?.ok_or_else(|| {
        error::type_error(format!(
            "type {} doesn't define __trunc__ method",
            x.ty().name()
        ))
    })
}

fn isnan(_: &Object, x: &Object) -> PyResult {
    Ok(bool::bool_owned(ops::number::as_f64(x)?.is_nan()))
}

fn isinf(_: &Object, x: &Object) -> PyResult {
    Ok(bool::bool_owned(ops::number::as_f64(x)?.is_infinite()))
}

fn isfinite(_: &Object, x: &Object) -> PyResult {
    Ok(bool::bool_owned(ops::number::as_f64(x)?.is_finite()))
}

fn big(x: &Object) -> PyResult<BigInt> {
    Ok(int::to_bigint(&*ops::number::index(x)?))
}

fn gcd(_: &Object, args: &[Word]) -> PyResult {
    let mut result = BigInt::from(0);
    for word in args {
        result = num_integer::Integer::gcd(&result, &big(word.object())?);
    }
    Ok(int::from_bigint(&result))
}

fn lcm(_: &Object, args: &[Word]) -> PyResult {
    let mut result = BigInt::from(1);
    for word in args {
        result = num_integer::Integer::lcm(&result, &big(word.object())?);
    }
    Ok(int::from_bigint(&result))
}

fn factorial(_: &Object, n: &Object) -> PyResult {
    let n = big(n)?;
    if n < BigInt::from(0) {
        return Err(error::value_error(
            "factorial() not defined for negative values",
        ));
    }
    let Ok(n) = u64::try_from(&n) else {
        return Err(error::overflow_error(format!(
            "factorial() argument should not exceed {}",
            i64::MAX
        )));
    };
    Ok(int::from_bigint(&product(1, n.max(1))))
}

fn product(low: u64, high: u64) -> BigInt {
    if high - low < 8 {
        return (low..=high).map(BigInt::from).product();
    }
    let middle = low + (high - low) / 2;
    product(low, middle) * product(middle + 1, high)
}

fn isqrt(_: &Object, n: &Object) -> PyResult {
    let n = big(n)?;
    if n < BigInt::from(0) {
        return Err(error::value_error("isqrt() argument must be nonnegative"));
    }
    Ok(int::from_bigint(&n.sqrt()))
}

fn comb(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("comb", args.len(), 2, 2)?;
    let (n, k) = (big(args[0].object())?, big(args[1].object())?);
    for (value, name) in [(&n, "n"), (&k, "k")] {
        if *value < BigInt::from(0) {
            return Err(error::value_error(format!(
                "{name} must be a non-negative integer"
            )));
        }
    }
    if k > n {
        return Ok(int::from_i64(0));
    }
    let k = k.clone().min(&n - &k);
    let Ok(k) = u64::try_from(&k) else {
        return Err(error::overflow_error(
            "min(n - k, k) must not exceed 18446744073709551615",
        ));
    };
    let mut result = BigInt::from(1);
    for i in 0..k {
        result = result * (&n - i) / (i + 1);
    }
    Ok(int::from_bigint(&result))
}

fn perm(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("perm", args.len(), 1, 2)?;
    let n = big(args[0].object())?;
    let k = match args.get(1).map(|w| w.object()).filter(|o| !o.is(none())) {
        Some(k) => big(k)?,
        None => n.clone(),
    };
    for (value, name) in [(&n, "n"), (&k, "k")] {
        if *value < BigInt::from(0) {
            return Err(error::value_error(format!(
                "{name} must be a non-negative integer"
            )));
        }
    }
    if k > n {
        return Ok(int::from_i64(0));
    }
    let Ok(k) = u64::try_from(&k) else {
        return Err(error::overflow_error(
            "k must not exceed 18446744073709551615",
        ));
    };
    Ok(int::from_bigint(
        &(0..k).map(|i| &n - i).product::<BigInt>(),
    ))
}

/// The exactly rounded sum (Shewchuk's partial sums).
fn fsum(_: &Object, iterable: &Object) -> PyResult {
    let mut partials: Vec<f64> = Vec::new();
    let mut special = 0.0;
    let mut has_special = false;
    ops::iter::for_each(iterable, |item| {
        let item = root("item", item);
        let mut x = ops::number::as_f64(&item)?;
        if !x.is_finite() {
            special += x;
            has_special = true;
            return Ok(());
        }
        let mut kept = 0;
        for j in 0..partials.len() {
            let mut y = partials[j];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        partials.push(x);
        Ok(())
    })?;
    if has_special {
        return if special.is_nan() {
            Err(error::value_error("-inf + inf in fsum"))
        } else {
            Ok(float::from_f64(special))
        };
    }
    let mut total = 0.0;
    let mut low = 0.0;
    while let Some(x) = partials.pop() {
        let (high, add) = (total, x);
        total = high + add;
        low = add - (total - high);
        if low != 0.0 {
            break;
        }
    }
    if let Some(next) = partials.last()
        && (low < 0.0 && *next < 0.0 || low > 0.0 && *next > 0.0)
    {
        let y = low * 2.0;
        let x = total + y;
        if y == x - total {
            total = x;
        }
    }
    Ok(float::from_f64(total))
}

fn hypot(_: &Object, args: &[Word]) -> PyResult {
    let mut values = Vec::with_capacity(args.len());
    for word in args {
        values.push(ops::number::as_f64(word.object())?.abs());
    }
    Ok(float::from_f64(norm(&values)))
}

fn norm(values: &[f64]) -> f64 {
    if values.iter().any(|v| v.is_infinite()) {
        return f64::INFINITY;
    }
    let max = values.iter().copied().fold(0.0, f64::max);
    if values.iter().any(|v| v.is_nan()) || max == 0.0 {
        return if max == 0.0 && !values.iter().any(|v| v.is_nan()) {
            0.0
        } else {
            f64::NAN
        };
    }
    if let [x, y] = values {
        return x.hypot(*y);
    }
    let sum: f64 = values.iter().map(|v| (v / max) * (v / max)).sum();
    max * sum.sqrt()
}

fn floats(iterable: &Object) -> PyResult<Vec<f64>> {
    let mut values = Vec::new();
    ops::iter::for_each(iterable, |item| {
        let item = root("item", item);
        values.push(ops::number::as_f64(&item)?);
        Ok(())
    })?;
    Ok(values)
}

fn dist(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("dist", args.len(), 2, 2)?;
    let (p, q) = (floats(args[0].object())?, floats(args[1].object())?);
    if p.len() != q.len() {
        return Err(error::value_error(
            "both points must have the same number of dimensions",
        ));
    }
    let differences: Vec<f64> = p.iter().zip(&q).map(|(a, b)| (a - b).abs()).collect();
    Ok(float::from_f64(norm(&differences)))
}

static ISCLOSE: args::Signature =
    args::Signature::new("isclose", &["a", "b", "rel_tol", "abs_tol"], 0, 2, 2);

fn isclose(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [a, b, relative, absolute] = ISCLOSE.bind::<4>(args, kwnames)?;
    let number = |o: Option<&Object>, default: f64| o.map_or(Ok(default), ops::number::as_f64);
    let (a, b) = (number(a, 0.0)?, number(b, 0.0)?);
    let (relative, absolute) = (number(relative, 1e-9)?, number(absolute, 0.0)?);
    if relative < 0.0 || absolute < 0.0 {
        return Err(error::value_error("tolerances must be non-negative"));
    }
    let close = a == b
        || !a.is_infinite() && !b.is_infinite() && {
            let difference = (b - a).abs();
            difference <= (relative * b).abs()
                || difference <= (relative * a).abs()
                || difference <= absolute
        };
    Ok(bool::bool_owned(close))
}

static PROD: args::Signature = args::Signature::new("prod", &["", "start"], 1, 1, 1);

fn prod(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [iterable, start] = PROD.bind::<2>(args, kwnames)?;
    const MULTIPLY: u32 = 5;
    let iterator = root("iterator", ops::iter::iter(iterable.unwrap_or(none()))?);
    let start = start.map_or_else(|| int::from_i64(1), Owned::new);
    let result = ops::iter::fold(MULTIPLY, start, &iterator);
    holding(&result, || drop(iterator));
    result
}

fn sumprod(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("sumprod", args.len(), 2, 2)?;
    let p = root("iterator", ops::iter::iter(args[0].object())?);
    let q = root("iterator", ops::iter::iter(args[1].object())?);
    let total = root("sum so far", int::from_i64(0));
    loop {
        let mut items = Batch::new("items", 2);
        for iterator in [&p, &q] {
            if let Some(item) = ops::iter::next(iterator)? {
                items.push(item);
            }
        }
        let words = items.arguments();
        let [a, b] = words.as_slice() else {
            if items.is_empty() {
                break;
            }
            return Err(error::value_error("Inputs are not the same length"));
        };
        let term = root(
            "product",
            ops::number::binary_op(5, a.object(), b.object())?,
        );
        total.set(ops::number::binary_op(0, &total, &term)?);
        drop(items);
    }
    let result = Ok(total.take());
    holding(&result, || {
        drop(q);
        drop(p);
    });
    result
}

fn fma(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("fma", args.len(), 3, 3)?;
    let value = |i: usize| ops::number::as_f64(args[i].object());
    let (x, y, z) = (value(0)?, value(1)?, value(2)?);
    let result = x.mul_add(y, z);
    if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(error::value_error("invalid operation in fma"));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(error::overflow_error("overflow in fma"));
    }
    Ok(float::from_f64(result))
}

macro_rules! table {
    ($($name:ident $kind:ident)*) => { [$(MethodDef::new(stringify!($name), Native::$kind($name), "")),*] };
}

static METHODS: [MethodDef; 57] = table! {
    acos O acosh O asin O asinh O atan O atan2 Fast atanh O cbrt O ceil O comb Fast copysign Fast cos O cosh O degrees O dist Fast
    erf O erfc O exp O exp2 O expm1 O fabs O factorial O floor O fma Fast fmod Fast frexp O fsum O gamma O gcd Fast hypot Fast
    isclose FastKeywords isfinite O isinf O isnan O isqrt O lcm Fast ldexp Fast lgamma O log Fast log10 O log1p O log2 O modf O
    nextafter Fast perm Fast pow Fast prod FastKeywords radians O remainder Fast sin O sinh O sqrt O sumprod Fast tan O tanh O trunc O
    ulp O
};

fn exec(this: &Object) -> PyResult<()> {
    let space = module::namespace(this);
    for (name, value) in [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        dict::set_str(space, name, &float::from_f64(value));
    }
    Ok(())
}
