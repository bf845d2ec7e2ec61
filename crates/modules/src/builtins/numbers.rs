//! Numbers and characters.

use terrarium_objects::types::str::Str;
use terrarium_objects::types::{bytearray, bytes, int};
use terrarium_objects::{Object, PyResult, Word, args, error, names, none, ops};

pub fn abs(_: &Object, number: &Object) -> PyResult {
    ops::number::absolute(number)
}

pub fn hash(_: &Object, object: &Object) -> PyResult {
    Ok(int::from_i64(ops::compare::hash(object)? as i64))
}

fn in_base(number: &Object, base: u32) -> PyResult {
    let number = ops::number::index(number)?;
    let value = int::to_bigint(&number);
    let (prefix, digits) = match base {
        2 => ("0b", value.magnitude().to_str_radix(2)),
        8 => ("0o", value.magnitude().to_str_radix(8)),
        _ => ("0x", value.magnitude().to_str_radix(16)),
    };
    let sign = if int::cast(&number).is_negative() {
        "-"
    } else {
        ""
    };
    Ok(Str::new(&format!("{sign}{prefix}{digits}")))
}

pub fn bin(_: &Object, number: &Object) -> PyResult {
    in_base(number, 2)
}

pub fn oct(_: &Object, number: &Object) -> PyResult {
    in_base(number, 8)
}

pub fn hex(_: &Object, number: &Object) -> PyResult {
    in_base(number, 16)
}

pub fn chr(_: &Object, number: &Object) -> PyResult {
    let number = ops::number::index(number)?;
    match int::as_i64(&number) {
        Some(point @ 0..=0x10FFFF) => Ok(Str::from_code_points(&[point as u32])),
        Some(point) if i32::try_from(point).is_ok() => {
            Err(error::value_error("chr() arg not in range(0x110000)"))
        }
        _ => Err(error::value_error("chr() arg not in range(0x110000)")),
    }
}

pub fn ord(_: &Object, character: &Object) -> PyResult {
    let length = if let Some(text) = character.downcast::<Str>() {
        let length = text.length.get() as usize;
        if length == 1 {
            return Ok(int::from_i64(i64::from(text.char_at(0))));
        }
        length
    } else if let Some(data) = character.downcast::<bytes::Bytes>() {
        if let [one] = data.bytes() {
            return Ok(int::from_i64(i64::from(*one)));
        }
        data.bytes().len()
    } else if let Some(data) = character.downcast::<bytearray::ByteArray>() {
        if let [one] = data.bytes() {
            return Ok(int::from_i64(i64::from(*one)));
        }
        data.bytes().len()
    } else {
        return Err(error::type_error(format!(
            "ord() expected string of length 1, but {} found",
            character.ty().name()
        )));
    };
    Err(error::type_error(format!(
        "ord() expected a character, but string of length {length} found"
    )))
}

pub fn divmod(_: &Object, args: &[Word]) -> PyResult {
    args::check_positional("divmod", args.len(), 2, 2)?;
    ops::number::divmod(args[0].object(), args[1].object())
}

static POW: args::Signature = args::Signature::new("pow", &["base", "exp", "mod"], 0, 2, 3);

pub fn pow(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [base, exponent, modulus] = POW.bind::<3>(args, kwnames)?;
    let none = none();
    ops::number::power(
        base.unwrap_or(none),
        exponent.unwrap_or(none),
        modulus.unwrap_or(none),
    )
}

static ROUND: args::Signature = args::Signature::new("round", &["number", "ndigits"], 0, 1, 2);

pub fn round(_: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    let [number, digits] = ROUND.bind::<2>(args, kwnames)?;
    let number = number.unwrap_or(none());
    let digits = digits.filter(|d| !d.is(none()));
    let rounded = ops::call::maybe_call_special(number, &names().__round__, digits.as_slice())?;
    rounded.ok_or_else(|| {
        error::type_error(format!(
            "type {} doesn't define __round__ method",
            number.ty().name()
        ))
    })
}
