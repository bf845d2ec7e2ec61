//! Padding: `center`, `ljust`, `rjust`, `zfill`, `expandtabs`.

use crate::args::{Signature, check_positional};
use crate::error::{memory_error, overflow_error, type_error};
use crate::object::Object;
use crate::refs::{PyResult, Word};
use crate::types::int;

use super::{Builder, allocate, cast, copy_into, exact, fill_points, is_str};

/// `(width, fillchar=' ')`.
fn arguments(name: &str, args: &[Word]) -> PyResult<(isize, u32)> {
    check_positional(name, args.len(), 1, 2)?;
    let width = int::as_isize(args[0].object())?;
    let Some(fill) = args.get(1).map(|w| w.object()) else {
        return Ok((width, 0x20));
    };
    if !is_str(fill) {
        return Err(type_error(format!(
            "The fill character must be a unicode character, not {}",
            fill.ty().full_name()
        )));
    }
    let fill = cast(fill);
    if fill.len() != 1 {
        return Err(type_error(
            "The fill character must be exactly one character long",
        ));
    }
    Ok((width, fill.char_at(0)))
}

/// The text with `left` and `right` fill characters around it.
fn pad(this: &Object, left: usize, right: usize, fill: u32) -> PyResult {
    if left == 0 && right == 0 {
        return exact(this);
    }
    let text = cast(this);
    let total = text
        .len()
        .checked_add(left)
        .and_then(|n| n.checked_add(right))
        .filter(|n| *n < isize::MAX as usize)
        .ok_or_else(|| overflow_error("padded string is too long"))?;
    let object = allocate(total, text.max_point().max(fill))?;
    let target = cast(&object);
    // SAFETY: fresh, wide enough, with room for all.
    unsafe {
        fill_points(target, 0, left, fill);
        copy_into(text, target, left);
        fill_points(target, left + text.len(), right, fill);
    }
    Ok(object)
}

fn missing(this: &Object, width: isize) -> usize {
    usize::try_from(width)
        .unwrap_or(0)
        .saturating_sub(cast(this).len())
}

pub fn center(this: &Object, args: &[Word]) -> PyResult {
    let (width, fill) = arguments("center", args)?;
    let rest = missing(this, width);
    // An odd rest goes to the left if the width is odd too.
    let left = rest / 2 + (rest & width as usize & 1);
    pad(this, left, rest - left, fill)
}

pub fn ljust(this: &Object, args: &[Word]) -> PyResult {
    let (width, fill) = arguments("ljust", args)?;
    pad(this, 0, missing(this, width), fill)
}

pub fn rjust(this: &Object, args: &[Word]) -> PyResult {
    let (width, fill) = arguments("rjust", args)?;
    pad(this, missing(this, width), 0, fill)
}

pub fn zfill(this: &Object, width: &Object) -> PyResult {
    let width = int::as_isize(width)?;
    let rest = missing(this, width);
    if rest == 0 {
        return exact(this);
    }
    let text = cast(this);
    if text.chars().get(0).is_none_or(|c| c != 0x2B && c != 0x2D) {
        return pad(this, rest, 0, 0x30);
    }
    if rest > isize::MAX as usize / 8 {
        return Err(memory_error());
    }
    let mut out = Builder::with_capacity(width as usize);
    out.push(text.char_at(0));
    out.push_repeated(0x30, rest);
    out.push_chars(text.chars().slice(1, text.len()));
    out.finish()
}

pub fn expandtabs(this: &Object, args: &[Word], kwnames: Option<&Object>) -> PyResult {
    static SIGNATURE: Signature = Signature::new("expandtabs", &["tabsize"], 0, 0, 1);
    let [size] = SIGNATURE.bind::<1>(args, kwnames)?;
    let size = size.map_or(Ok(8), int::as_i32)?;
    let text = cast(this);
    let mut out = Builder::with_capacity(text.len());
    let mut column = 0usize;
    let mut found = false;
    for point in text.chars().points() {
        if point == 0x09 {
            found = true;
            if size > 0 {
                let step = size as usize - column % size as usize;
                if out.len() + step > isize::MAX as usize / 8 {
                    return Err(overflow_error("new string is too long"));
                }
                column += step;
                out.push_repeated(0x20, step);
            }
            continue;
        }
        column = if matches!(point, 0x0A | 0x0D) {
            0
        } else {
            column + 1
        };
        out.push(point);
    }
    if found { out.finish() } else { exact(this) }
}
