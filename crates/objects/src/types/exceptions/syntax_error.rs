//! `SyntaxError` and what derives from it.

use crate::args::{tuple_item, tuple_len};
use crate::error::type_error;
use crate::object::Object;
use crate::ops::{sequence, text};
use crate::refs::{Owned, PyResult};
use crate::state::root;
use crate::typeobject::*;
use crate::types::int;
use crate::types::str::{self, Str};

use super::special::{field, with_fields};
use super::{EXCEPTION, base, extra, slots};

/// The fields in the order of their places.
pub mod place {
    pub const MSG: usize = 0;
    pub const FILENAME: usize = 1;
    pub const LINENO: usize = 2;
    pub const OFFSET: usize = 3;
    pub const END_LINENO: usize = 4;
    pub const END_OFFSET: usize = 5;
    pub const TEXT: usize = 6;
    pub const PRINT_FILE_AND_LINE: usize = 7;
    pub const METADATA: usize = 8;
}
use place::*;

const fn syntax_type(name: &'static str, base: *const Type) -> Type {
    with_fields(
        name,
        9,
        Slots {
            str: Some(to_str),
            init: Some(init),
            ..slots::<9>()
        },
        base,
    )
}

pub static SYNTAX_ERROR: Type = syntax_type("SyntaxError", &raw const EXCEPTION).with_members(&[
    field("msg", MSG),
    field("filename", FILENAME),
    field("lineno", LINENO),
    field("offset", OFFSET),
    field("text", TEXT),
    field("end_lineno", END_LINENO),
    field("end_offset", END_OFFSET),
    field("print_file_and_line", PRINT_FILE_AND_LINE),
    field("_metadata", METADATA),
]);
pub static INDENTATION_ERROR: Type = syntax_type("IndentationError", &raw const SYNTAX_ERROR);
pub static TAB_ERROR: Type = syntax_type("TabError", &raw const INDENTATION_ERROR);
pub static INCOMPLETE_INPUT_ERROR: Type =
    syntax_type("_IncompleteInputError", &raw const SYNTAX_ERROR);

fn init(object: &Object, args: &Object, kwargs: Option<&Object>) -> PyResult<()> {
    base::init(object, args, kwargs)?;
    let given = tuple_len(args);
    if given >= 1 {
        extra(object, MSG).set_ref(Some(tuple_item(args, 0)));
    }
    if given != 2 {
        return Ok(());
    }
    let info = root(
        "SyntaxError details",
        sequence::to_tuple(tuple_item(args, 1))?,
    );
    let count = tuple_len(&info);
    if !(4..=7).contains(&count) {
        let (word, bound) = if count < 4 {
            ("at least", 4)
        } else {
            ("at most", 7)
        };
        return Err(type_error(format!(
            "function takes {word} {bound} arguments ({count} given)"
        )));
    }
    let places = [
        FILENAME, LINENO, OFFSET, TEXT, END_LINENO, END_OFFSET, METADATA,
    ];
    for (index, place) in places.into_iter().enumerate() {
        extra(object, place).set_ref((index < count).then(|| tuple_item(&info, index)));
    }
    if count == 5 {
        return Err(type_error(
            "end_offset must be provided when end_lineno is provided",
        ));
    }
    Ok(())
}

fn to_str(object: &Object) -> PyResult {
    let message = text::str(&extra(object, MSG).or_none())?;
    let filename = extra(object, FILENAME)
        .get()
        .filter(|f| str::is_str(f))
        .map(|f| {
            let full = str::cast(f).wtf8().into_owned();
            let start = full.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1);
            full[start..].to_vec()
        });
    let line = extra(object, LINENO)
        .get()
        .filter(|l| l.is_exact(&int::INT))
        .map(|l| int::as_i64(l).unwrap_or(-1));
    let mut bytes = str::cast(&message).wtf8().into_owned();
    match (filename, line) {
        (None, None) => return Ok(message),
        (Some(filename), line) => {
            bytes.extend_from_slice(b" (");
            bytes.extend_from_slice(&filename);
            if let Some(line) = line {
                bytes.extend_from_slice(format!(", line {line}").as_bytes());
            }
            bytes.push(b')');
        }
        (None, Some(line)) => bytes.extend_from_slice(format!(" (line {line})").as_bytes()),
    }
    Ok(Str::from_wtf8(&bytes))
}

/// A field of a SyntaxError.
pub fn get(exception: &Object, place: usize) -> Owned {
    extra(exception, place).or_none()
}
