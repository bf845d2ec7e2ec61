//! The methods and attributes of `float`, and its constructor.

use crate::args::{check_positional, no_keyword_dict, no_keywords, tuple_item, tuple_len};
use crate::error::{overflow_error, type_error, value_error};
use crate::object::Object;
use crate::ops::number;
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::{GetSetDef, MethodDef, Native, Type};
use crate::types::int;
use crate::types::str::{self, Str};
use crate::types::tuple;

use super::{FLOAT, Float, bits, from_f64, hex, value};

pub static METHODS: [MethodDef; 14] = [
    MethodDef::class(
        "from_number",
        Native::O(from_number),
        "from_number($type, number, /)\n--\n\n",
    ),
    MethodDef::new(
        "conjugate",
        Native::NoArgs(super::arith::positive),
        "conjugate($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__trunc__",
        Native::NoArgs(super::arith::int),
        "__trunc__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__floor__",
        Native::NoArgs(floor),
        "__floor__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__ceil__",
        Native::NoArgs(ceil),
        "__ceil__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__round__",
        Native::Fast(round),
        "__round__($self, ndigits=None, /)\n--\n\n",
    ),
    MethodDef::new(
        "as_integer_ratio",
        Native::NoArgs(as_integer_ratio),
        "as_integer_ratio($self, /)\n--\n\n",
    ),
    MethodDef::class(
        "fromhex",
        Native::O(from_hex),
        "fromhex($type, string, /)\n--\n\n",
    ),
    MethodDef::new("hex", Native::NoArgs(to_hex), "hex($self, /)\n--\n\n"),
    MethodDef::new(
        "is_integer",
        Native::NoArgs(is_integer),
        "is_integer($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__getnewargs__",
        Native::NoArgs(getnewargs),
        "__getnewargs__($self, /)\n--\n\n",
    ),
    MethodDef::class(
        "__getformat__",
        Native::O(getformat),
        "__getformat__($type, typestr, /)\n--\n\n",
    ),
    MethodDef::new(
        "__format__",
        Native::O(format),
        "__format__($self, format_spec, /)\n--\n\n",
    ),
    MethodDef::new(
        "__sizeof__",
        Native::NoArgs(size_of),
        "__sizeof__($self, /)\n--\n\n",
    ),
];

pub static GETSET: [GetSetDef; 2] = [
    GetSetDef::read("real", super::arith::positive, ""),
    GetSetDef::read("imag", imag, ""),
];

pub fn repr(this: &Object) -> PyResult {
    Ok(super::repr::with_repr(value(this), |text| {
        Str::from_ascii(text.as_bytes())
    }))
}

fn imag(_: &Object) -> PyResult {
    Ok(from_f64(0.0))
}

fn size_of(this: &Object) -> PyResult {
    Ok(int::from_i64(this.ty().basicsize.get() as i64))
}

/// `class(value)` for a subclass, the value itself for `float`.
fn as_class(class: &Object, value: Owned) -> PyResult {
    if class.is(FLOAT.as_object()) {
        return Ok(value);
    }
    crate::ops::call::call(class, &[Word::borrowed(&value)], None)
}

fn from_number(class: &Object, number: &Object) -> PyResult {
    if number.is_exact(&FLOAT) && class.is(FLOAT.as_object()) {
        return Ok(Owned::new(number));
    }
    let x = number::as_f64(number)?;
    as_class(class, from_f64(x))
}

fn floor(this: &Object) -> PyResult {
    int::from_f64(value(this).floor())
}

fn ceil(this: &Object) -> PyResult {
    int::from_f64(value(this).ceil())
}

fn round(this: &Object, args: &[Word]) -> PyResult {
    check_positional("__round__", args.len(), 0, 1)?;
    let x = value(this);
    let places = match args
        .first()
        .map(|w| w.object())
        .filter(|o| !o.is(crate::none()))
    {
        None => return int::from_f64(x.round_ties_even()),
        Some(places) => number::index_isize(places, None)?,
    };
    if !x.is_finite() {
        return Ok(from_f64(x));
    }
    // Beyond these nothing changes, or nothing stays.
    if places > 323 {
        return Ok(from_f64(x));
    }
    if places < -308 {
        return Ok(from_f64(0.0 * x));
    }
    let rounded = round_to(x, places as i32);
    if rounded.is_infinite() {
        return Err(overflow_error("rounded value too large to represent"));
    }
    Ok(from_f64(rounded))
}

/// The double nearest to the exact value rounded to `places` decimals, ties to even.
pub fn round_to(x: f64, places: i32) -> f64 {
    if places >= 0 {
        let text = super::repr::fixed(x, places as usize);
        return text.parse().unwrap_or(x);
    }
    let cut = -places as usize;
    let whole = format!("{:.0}", x.abs().trunc());
    let broken = x.fract() != 0.0;
    let padded = format!("{whole:0>width$}", width = cut + 1);
    let (head, tail) = padded.split_at(padded.len() - cut);
    let half = format!("5{}", "0".repeat(cut - 1));
    let odd = head.bytes().last().is_some_and(|b| b & 1 == 1);
    let up = tail > half.as_str() || (tail == half && (broken || odd));
    let unit = format!("1e{cut}").parse::<f64>().unwrap_or(f64::INFINITY);
    let down_text = format!("{head}e{cut}");
    let size = if up {
        match num_bigint::BigUint::parse_bytes(head.as_bytes(), 10) {
            Some(head) => format!("{}e{cut}", head + 1u32).parse().unwrap_or(unit),
            None => unit,
        }
    } else {
        down_text.parse().unwrap_or(0.0)
    };
    size.copysign(x)
}

fn as_integer_ratio(this: &Object) -> PyResult {
    let x = value(this);
    if x.is_infinite() {
        return Err(overflow_error("cannot convert Infinity to integer ratio"));
    }
    if x.is_nan() {
        return Err(value_error("cannot convert NaN to integer ratio"));
    }
    let (mantissa, exponent) = bits::decompose(x);
    let mut numerator = num_bigint::BigInt::from(mantissa);
    let mut denominator = num_bigint::BigInt::from(1);
    if exponent >= 0 {
        numerator <<= exponent as usize;
    } else {
        denominator <<= -exponent as usize;
    }
    if x < 0.0 {
        numerator = -numerator;
    }
    Ok(tuple::from_owned(vec![
        int::from_bigint(&numerator),
        int::from_bigint(&denominator),
    ]))
}

fn from_hex(class: &Object, text: &Object) -> PyResult {
    if !str::is_str(text) {
        return Err(type_error(format!(
            "fromhex() argument must be str, not {}",
            text.ty().full_name()
        )));
    }
    let x = hex::from_hex(&str::cast(text).lossy()).map_err(|refused| match refused {
        hex::Refused::Malformed => value_error("invalid hexadecimal floating-point string"),
        hex::Refused::TooLarge => {
            overflow_error("hexadecimal value too large to represent as a float")
        }
        hex::Refused::TooLong => value_error("hexadecimal string too long to convert"),
    })?;
    as_class(class, from_f64(x))
}

fn to_hex(this: &Object) -> PyResult {
    Ok(Str::from_ascii(hex::to_hex(value(this)).as_bytes()))
}

fn is_integer(this: &Object) -> PyResult {
    let x = value(this);
    Ok(crate::types::bool::bool_owned(
        x.is_finite() && x.floor() == x,
    ))
}

fn getnewargs(this: &Object) -> PyResult {
    Ok(tuple::from_owned(vec![from_f64(value(this))]))
}

fn getformat(_: &Object, kind: &Object) -> PyResult {
    if !str::is_str(kind) {
        return Err(type_error(format!(
            "__getformat__() argument must be str, not {}",
            str::methods::shown_type(kind)
        )));
    }
    let text = str::cast(kind);
    if text.is_text("double") || text.is_text("float") {
        return Ok(Str::new("IEEE, little-endian"));
    }
    Err(value_error(
        "__getformat__() argument 1 must be 'double' or 'float'",
    ))
}

fn format(this: &Object, spec: &Object) -> PyResult {
    if !str::is_str(spec) {
        return Err(int::methods::bad_spec(spec));
    }
    crate::format_spec::format_float(this, str::cast(spec))
}

fn from_argument(x: Option<&Object>) -> PyResult {
    match x {
        None => Ok(from_f64(0.0)),
        Some(x) if x.is_exact(&str::STR) => super::parse::from_object(x),
        Some(x) => number::to_float(x),
    }
}

pub fn vectorcall(class: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    no_keywords("float", kwnames)?;
    check_positional("float", args.len(), 0, 1)?;
    debug_assert!(class.is(FLOAT.as_object()));
    from_argument(args.first().map(|w| w.object()))
}

pub fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    if std::ptr::eq(ty, &FLOAT) || ty.slots.init.is_none() {
        no_keyword_dict("float", kwargs)?;
    }
    check_positional("float", tuple_len(args), 0, 1)?;
    let x = (tuple_len(args) > 0).then(|| tuple_item(args, 0));
    let made = from_argument(x)?;
    if std::ptr::eq(ty, &FLOAT) {
        return Ok(made);
    }
    let object = crate::types::r#type::generic_alloc(ty, 0)?;
    // SAFETY: a fresh instance of a subclass of float.
    unsafe { &*object.as_ptr().cast::<Float>() }
        .value
        .set(value(&made));
    Ok(object)
}
