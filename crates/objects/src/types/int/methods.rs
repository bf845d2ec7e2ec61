//! The methods and attributes of `int`, and its constructor.

use crate::args::{Signature, check_positional};
use crate::error::{overflow_error, type_error, value_error};
use crate::object::Object;
use crate::ops::number;
use crate::refs::{Owned, PyResult, Word};
use crate::typeobject::{GetSetDef, MethodDef, Native, Type};
use crate::types::bytes::{self, Bytes};
use crate::types::str;
use crate::types::{float, tuple};

use super::{
    INT, SHIFT, as_i64, cast, digits, exact, from_digits, from_i64, from_usize, parse, small_ref,
};

pub static METHODS: [MethodDef; 14] = [
    MethodDef::new(
        "conjugate",
        Native::NoArgs(as_int),
        "conjugate($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "bit_length",
        Native::NoArgs(bit_length),
        "bit_length($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "bit_count",
        Native::NoArgs(bit_count),
        "bit_count($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "to_bytes",
        Native::FastKeywords(to_bytes),
        "to_bytes($self, /, length=1, byteorder='big', *, signed=False)\n--\n\n",
    ),
    MethodDef::class(
        "from_bytes",
        Native::FastKeywords(from_bytes),
        "from_bytes($type, /, bytes, byteorder='big', *, signed=False)\n--\n\n",
    ),
    MethodDef::new(
        "as_integer_ratio",
        Native::NoArgs(as_integer_ratio),
        "as_integer_ratio($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__trunc__",
        Native::NoArgs(as_int),
        "__trunc__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__floor__",
        Native::NoArgs(as_int),
        "__floor__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__ceil__",
        Native::NoArgs(as_int),
        "__ceil__($self, /)\n--\n\n",
    ),
    MethodDef::new(
        "__round__",
        Native::Fast(round),
        "__round__($self, ndigits=<unrepresentable>, /)\n--\n\n",
    ),
    MethodDef::new(
        "__getnewargs__",
        Native::NoArgs(getnewargs),
        "__getnewargs__($self, /)\n--\n\n",
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
    MethodDef::new(
        "is_integer",
        Native::NoArgs(is_integer),
        "is_integer($self, /)\n--\n\n",
    ),
];

pub static GETSET: [GetSetDef; 4] = [
    GetSetDef::read("real", as_int, ""),
    GetSetDef::read("imag", zero, ""),
    GetSetDef::read("numerator", as_int, ""),
    GetSetDef::read("denominator", one, ""),
];

fn as_int(this: &Object) -> PyResult {
    Ok(exact(this))
}

fn zero(_: &Object) -> PyResult {
    Ok(from_i64(0))
}

fn one(_: &Object) -> PyResult {
    Ok(from_i64(1))
}

fn bit_length(this: &Object) -> PyResult {
    Ok(from_usize(digits::bit_length(cast(this).magnitude())))
}

fn bit_count(this: &Object) -> PyResult {
    let ones: u64 = cast(this)
        .magnitude()
        .iter()
        .map(|d| u64::from(d.count_ones()))
        .sum();
    Ok(super::from_u64(ones))
}

fn as_integer_ratio(this: &Object) -> PyResult {
    Ok(tuple::from_owned(vec![exact(this), from_i64(1)]))
}

fn is_integer(_: &Object) -> PyResult {
    Ok(crate::types::bool::bool_owned(true))
}

fn getnewargs(this: &Object) -> PyResult {
    let int = cast(this);
    let copy = from_digits(int.magnitude(), int.is_negative());
    Ok(tuple::from_owned(vec![copy]))
}

fn size_of(this: &Object) -> PyResult {
    let basic = this.ty().basicsize.get() as usize;
    let count = cast(this).digit_count().max(1);
    Ok(from_usize(basic + 4 * count))
}

fn format(this: &Object, spec: &Object) -> PyResult {
    if !str::is_str(spec) {
        return Err(bad_spec(spec));
    }
    crate::format_spec::format_int(this, str::cast(spec))
}

/// "__format__() argument must be str, not int".
pub fn bad_spec(spec: &Object) -> crate::Raised {
    type_error(format!(
        "__format__() argument must be str, not {}",
        str::methods::shown_type(spec)
    ))
}

fn round(this: &Object, args: &[Word]) -> PyResult {
    check_positional("__round__", args.len(), 0, 1)?;
    let Some(places) = args
        .first()
        .map(|w| w.object())
        .filter(|o| !o.is(crate::none()))
    else {
        return Ok(exact(this));
    };
    let places = number::index(places)?;
    if !cast(&places).is_negative() {
        return Ok(exact(this));
    }
    // To a multiple of a power of ten, ties to even: this - (this mod unit), or up.
    let places = number::negative(&places)?;
    let count = as_i64(&places).unwrap_or(i64::MAX);
    let bits = digits::bit_length(cast(this).magnitude()) as i64;
    if count > bits {
        return Ok(from_i64(0));
    }
    let unit = num_bigint::BigInt::from(10u32).pow(count as u32);
    let value = super::to_bigint(this);
    let (quotient, rest) = num_integer::Integer::div_mod_floor(&value, &unit);
    let twice = &rest * 2u32;
    let up = match twice.cmp(&unit) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => quotient.bit(0),
    };
    let quotient = if up { quotient + 1u32 } else { quotient };
    Ok(super::from_bigint(&(quotient * unit)))
}

/// Whether `byteorder` is little; the default is big.
fn is_little(order: Option<&Object>, function: &str) -> PyResult<bool> {
    let Some(order) = order else {
        return Ok(false);
    };
    if !str::is_str(order) {
        return Err(type_error(format!(
            "{function}() argument 'byteorder' must be str, not {}",
            str::methods::shown_type(order)
        )));
    }
    let text = str::cast(order);
    if text.is_text("little") {
        Ok(true)
    } else if text.is_text("big") {
        Ok(false)
    } else {
        Err(value_error("byteorder must be either 'little' or 'big'"))
    }
}

fn truth(value: Option<&Object>) -> PyResult<bool> {
    value.map_or(Ok(false), crate::ops::compare::is_true)
}

fn to_bytes(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("to_bytes", &["length", "byteorder", "signed"], 0, 0, 2);
    let [length, order, signed] = SIGNATURE.bind::<3>(args, kwnames)?;
    let length = match length {
        Some(length) => super::as_isize(length)?,
        None => 1,
    };
    let little = is_little(order, "to_bytes")?;
    let signed = truth(signed)?;
    if length < 0 {
        return Err(value_error("length argument must be non-negative"));
    }
    let int = cast(this);
    if int.is_negative() && !signed {
        return Err(overflow_error("can't convert negative int to unsigned"));
    }
    let mut out = little_bytes(int.magnitude(), length as usize)?;
    if int.is_negative() {
        negate_bytes(&mut out);
    }
    if signed {
        let top = out.last().is_some_and(|b| b & 0x80 != 0);
        if top != int.is_negative() && !int.is_zero() {
            return Err(too_big());
        }
    }
    if !little {
        out.reverse();
    }
    Bytes::fresh(&out)
}

fn too_big() -> crate::Raised {
    overflow_error("int too big to convert")
}

/// The magnitude as `length` bytes, lowest first.
fn little_bytes(magnitude: &[u32], length: usize) -> PyResult<Vec<u8>> {
    if digits::bit_length(magnitude) > length.saturating_mul(8) {
        return Err(too_big());
    }
    let mut out = Vec::new();
    out.try_reserve_exact(length)
        .map_err(|_| crate::error::memory_error())?;
    let (mut bits, mut held) = (0u64, 0u32);
    for digit in magnitude {
        bits |= u64::from(*digit) << held;
        held += SHIFT;
        while held >= 8 {
            out.push(bits as u8);
            bits >>= 8;
            held -= 8;
        }
    }
    if held > 0 {
        out.push(bits as u8);
    }
    out.resize(length, 0);
    Ok(out)
}

/// Two's complement of bytes, lowest first.
fn negate_bytes(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes {
        let (value, over) = (!*byte).overflowing_add(u8::from(carry));
        *byte = value;
        carry = over;
    }
}

fn from_bytes(class: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature =
        Signature::new("from_bytes", &["bytes", "byteorder", "signed"], 0, 1, 2);
    let [source, order, signed] = SIGNATURE.bind::<3>(args, kwnames)?;
    let little = is_little(order, "from_bytes")?;
    let signed = truth(signed)?;
    let Some(source) = source else {
        return Err(crate::error::system_error("a required argument is missing"));
    };
    let held = bytes::from_object(source)?;
    let value = from_byte_order(bytes::cast(&held).bytes(), little, signed);
    if class.is(INT.as_object()) {
        return Ok(value);
    }
    crate::ops::call::call(class, &[Word::borrowed(&value)], None)
}

/// The int that bytes spell.
pub fn from_byte_order(source: &[u8], little: bool, signed: bool) -> Owned {
    let mut source = source.to_vec();
    if !little {
        source.reverse();
    }
    let negative = signed && source.last().is_some_and(|b| b & 0x80 != 0);
    if negative {
        negate_bytes(&mut source);
    }
    let (mut bits, mut held) = (0u64, 0u32);
    let mut out = Vec::with_capacity(source.len() * 8 / SHIFT as usize + 1);
    for byte in source {
        bits |= u64::from(byte) << held;
        held += 8;
        if held >= SHIFT {
            out.push(bits as u32 & super::MASK);
            bits >>= SHIFT;
            held -= SHIFT;
        }
    }
    out.push(bits as u32);
    from_digits(&out, negative)
}

/// `int(...)` called as a type: no tuple is made.
pub fn vectorcall(class: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    if class.is(INT.as_object()) {
        let keywords = kwnames.map_or(0, crate::args::tuple_len);
        match (args, keywords) {
            ([], 0) => return Ok(from_i64(0)),
            ([x], 0) => return number::to_int(x.object()),
            ([x, base], 0) => return new_exact(Some(x.object()), Some(base.object())),
            _ => {}
        }
    }
    if kwnames.is_none() {
        crate::args::check_positional("int", args.len(), 0, 2)?;
    }
    let [x, base] = SIGNATURE.bind::<2>(args, kwnames)?;
    new_exact(x, base)
}

static SIGNATURE: Signature = Signature::new("int", &["", "base"], 1, 0, 2);

pub fn new(ty: &Type, args: &Object, kwargs: Option<&Object>) -> PyResult {
    let [x, base] = SIGNATURE.bind_tuple::<2>(args, kwargs)?;
    let value = new_exact(x, base)?;
    if std::ptr::eq(ty, &INT) {
        return Ok(value);
    }
    let int = cast(&value);
    let count = int.digit_count().max(1);
    let object = crate::types::r#type::generic_alloc(ty, count)?;
    // SAFETY: a fresh instance with room for the digits.
    unsafe {
        let fresh = &*object.as_ptr().cast::<super::Int>();
        fresh.tag.set(int.tag.get());
        let place = object
            .as_ptr()
            .cast::<u8>()
            .add(super::HEADER)
            .cast::<u32>();
        std::ptr::copy_nonoverlapping(int.digits.as_ptr().cast::<u32>(), place, count);
    }
    Ok(object)
}

fn new_exact(x: Option<&Object>, base: Option<&Object>) -> PyResult {
    let Some(x) = x else {
        return match base {
            None => Ok(Owned::new(small_ref(0))),
            Some(_) => Err(type_error("int() missing string argument")),
        };
    };
    let Some(base) = base else {
        return number::to_int(x);
    };
    let base = number::index_isize(base, None)?;
    if (base != 0 && base < 2) || base > 36 {
        return Err(value_error("int() base must be >= 2 and <= 36, or 0"));
    }
    if str::is_str(x) {
        return parse::from_str_object(x, base as u32);
    }
    if bytes::is_bytes(x) || crate::types::bytearray::is_bytearray(x) {
        let held = bytes::from_object(x)?;
        return parse::from_bytes(bytes::cast(&held).bytes(), base as u32);
    }
    Err(type_error(
        "int() can't convert non-string with explicit base",
    ))
}

/// An int from a double's whole part; errors for NaN and infinities.
pub fn from_f64(value: f64) -> PyResult {
    if value.is_nan() {
        return Err(value_error("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(overflow_error("cannot convert float infinity to integer"));
    }
    if value.abs() < 9.2e18 {
        return Ok(from_i64(value as i64));
    }
    let (mantissa, exponent) = float::decompose(value);
    Ok(from_digits(
        &digits::shift_left(
            &[
                mantissa as u32 & super::MASK,
                (mantissa >> SHIFT) as u32 & super::MASK,
            ],
            exponent as usize,
        ),
        value < 0.0,
    ))
}
