//! `str.translate` and `str.maketrans`.

use crate::args::check_positional;
use crate::error::{type_error, value_error};
use crate::object::Object;
use crate::ops::mapping;
use crate::refs::{PyResult, Word};
use crate::types::exceptions::LOOKUP_ERROR;
use crate::types::{dict, int};

use super::{Builder, cast, is_str, methods::not_str};

/// What a table says of a character.
enum Image {
    Same,
    Gone,
    Point(u32),
    Text(crate::Owned),
}

fn look_up(table: &Object, point: u32) -> PyResult<Image> {
    let key = int::from_i64(i64::from(point));
    let found = crate::error::or_none(mapping::get_item(table, &key), &LOOKUP_ERROR)?;
    let Some(found) = found else {
        return Ok(Image::Same);
    };
    if found.is(crate::none()) {
        return Ok(Image::Gone);
    }
    if int::is_int(&found) {
        return match int::as_i64(&found)
            .and_then(|v| u32::try_from(v).ok())
            .filter(|v| *v <= 0x10_FFFF)
        {
            Some(point) => Ok(Image::Point(point)),
            None => Err(value_error("character mapping must be in range(0x110000)")),
        };
    }
    if is_str(&found) {
        return Ok(Image::Text(found));
    }
    Err(type_error(
        "character mapping must return integer, None or str",
    ))
}

pub fn translate(this: &Object, table: &Object) -> PyResult {
    let text = cast(this);
    let mut out = Builder::with_capacity(text.len());
    let mut known: [Option<u8>; 128] = [None; 128];
    for point in text.chars().points() {
        if let Some(Some(byte)) = known.get(point as usize) {
            out.push(u32::from(*byte));
            continue;
        }
        let image = match look_up(table, point)? {
            Image::Same => point,
            Image::Point(image) => image,
            Image::Gone => continue,
            Image::Text(text) => {
                out.push_object(cast(&text));
                continue;
            }
        };
        // ASCII characters are looked up once, as CPython's fast path does.
        if point < 128 && image < 128 && text.is_ascii() {
            known[point as usize] = Some(image as u8);
        }
        out.push(image);
    }
    out.finish()
}

pub fn maketrans(_: &Object, args: &[Word]) -> PyResult {
    check_positional("maketrans", args.len(), 1, 3)?;
    let x = args[0].object();
    let Some(y) = args.get(1).map(|w| w.object()) else {
        return from_dict(x);
    };
    if !is_str(y) {
        return Err(not_str("maketrans", " 2", y));
    }
    let z = args.get(2).map(|w| w.object());
    if let Some(z) = z.filter(|z| !is_str(z)) {
        return Err(not_str("maketrans", " 3", z));
    }
    if !is_str(x) {
        return Err(type_error(
            "first maketrans argument must be a string if there is a second argument",
        ));
    }
    let (from, to) = (cast(x).chars(), cast(y).chars());
    if from.len() != to.len() {
        return Err(value_error(
            "the first two maketrans arguments must have equal length",
        ));
    }
    let table = dict::new();
    for (a, b) in from.points().zip(to.points()) {
        let (a, b) = (int::from_i64(i64::from(a)), int::from_i64(i64::from(b)));
        dict::set(&table, &a, &b)?;
    }
    if let Some(z) = z {
        for point in cast(z).chars().points() {
            dict::set(&table, &int::from_i64(i64::from(point)), crate::none())?;
        }
    }
    Ok(table)
}

fn from_dict(source: &Object) -> PyResult {
    if !source.is_exact(&dict::DICT) {
        return Err(type_error(
            "if you give only one argument to maketrans it must be a dict",
        ));
    }
    let table = dict::new();
    let mut place = 0;
    while let Some((key, value)) = dict::next(source, &mut place) {
        if is_str(key) {
            let key = cast(key);
            if key.len() != 1 {
                return Err(value_error(
                    "string keys in translatetable must be of length 1",
                ));
            }
            let point = int::from_i64(i64::from(key.char_at(0)));
            dict::set(&table, &point, value)?;
        } else if int::is_int(key) {
            dict::set(&table, key, value)?;
        } else {
            return Err(type_error(
                "keys in translate table mustbe strings or integers",
            ));
        }
    }
    Ok(table)
}
