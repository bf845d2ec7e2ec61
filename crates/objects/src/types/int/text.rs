//! Decimal and other texts of ints, and the limit on their length (CVE-2020-10735: quadratic conversions).

use std::cell::Cell;

use crate::error::value_error;
use crate::object::Object;
use crate::refs::PyResult;
use crate::types::str::Str;

use super::{Int, cast, digits};

struct Limit(Cell<i32>);

// SAFETY: guarded by the interpreter's lock.
unsafe impl Sync for Limit {}

static LIMIT: Limit = Limit(Cell::new(4300));
/// Conversions of up to this many digits are never refused.
const THRESHOLD: usize = 640;

/// `sys.get_int_max_str_digits()`; 0 for no limit.
pub fn max_str_digits() -> i32 {
    LIMIT.0.get()
}

/// `sys.set_int_max_str_digits()`.
pub fn set_max_str_digits(limit: i32) {
    LIMIT.0.set(limit);
}

/// Whether `count` decimal digits are too many.
pub fn exceeds_limit(count: usize) -> bool {
    let limit = max_str_digits();
    limit > 0 && count > THRESHOLD && count > limit as usize
}

/// The decimal text; ValueError beyond the limit.
pub fn decimal(int: &Int) -> PyResult<String> {
    if let Some(value) = int.to_i64() {
        return Ok(value.to_string());
    }
    // 0.30102 decimal digits a bit: refuse before the work is done.
    let least = digits::bit_length(int.magnitude()) as u64 * 30_102 / 100_000;
    if exceeds_limit(least as usize) {
        return Err(too_long());
    }
    let text = digits::to_biguint(int.magnitude()).to_string();
    if exceeds_limit(text.len()) {
        return Err(too_long());
    }
    Ok(if int.is_negative() {
        format!("-{text}")
    } else {
        text
    })
}

#[cold]
fn too_long() -> crate::Raised {
    value_error(format!(
        "Exceeds the limit ({} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
        max_str_digits()
    ))
}

/// The magnitude in a base from 2 to 36, lower case, without prefix; base 10 is subject to the limit.
pub fn magnitude_in_base(int: &Int, base: u32) -> PyResult<String> {
    if base == 10 {
        let text = decimal(int)?;
        return Ok(text.trim_start_matches('-').to_string());
    }
    if let Some(value) = int.to_i64() {
        let value = value.unsigned_abs();
        match base {
            2 => return Ok(format!("{value:b}")),
            8 => return Ok(format!("{value:o}")),
            16 => return Ok(format!("{value:x}")),
            _ => {}
        }
    }
    Ok(digits::to_biguint(int.magnitude()).to_str_radix(base))
}

/// `bin`, `oct`, `hex`: sign, prefix, digits.
pub fn with_prefix(object: &Object, base: u32) -> PyResult {
    let int = cast(object);
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        _ => "0x",
    };
    let sign = if int.is_negative() { "-" } else { "" };
    Ok(Str::from_ascii(
        format!("{sign}{prefix}{}", magnitude_in_base(int, base)?).as_bytes(),
    ))
}

pub fn repr(object: &Object) -> PyResult {
    let int = cast(object);
    if int.is_compact() {
        let mut buffer = [0u8; 12];
        // Never one of the shared characters: `str(3)` has a count.
        return crate::types::str::ascii_filled(write_compact(&mut buffer, int.compact_value()));
    }
    Ok(Str::from_ascii(decimal(int)?.as_bytes()))
}

/// Decimal digits of a compact value, at the end of the buffer.
#[inline]
pub fn write_compact(buffer: &mut [u8; 12], value: i64) -> &[u8] {
    let mut rest = value.unsigned_abs();
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    &buffer[at..]
}
