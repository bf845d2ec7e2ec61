//! Slices resolved against a length, as all sequences of characters and bytes do.

use crate::object::Object;
use crate::refs::PyResult;
use crate::types::slice;

/// The places a slice selects.
#[derive(Clone, Copy)]
pub struct Part {
    pub start: usize,
    pub step: isize,
    pub count: usize,
}

impl Part {
    /// Each place in order.
    pub fn places(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |i| (self.start as isize + i as isize * self.step) as usize)
    }
}

/// Whether the object is a slice.
pub fn is_slice(object: &Object) -> bool {
    object.is_exact(&slice::SLICE)
}

/// A bound for `find` and its like: an int (clamped) or `None` (`_PyEval_SliceIndex`).
pub fn bound(object: Option<&Object>, default: isize) -> PyResult<isize> {
    match object.filter(|o| !o.is(crate::none())) {
        None => Ok(default),
        Some(object) if crate::ops::number::is_index(object) => {
            crate::ops::number::index_isize(object, None)
        }
        Some(_) => Err(crate::error::type_error(
            "slice indices must be integers or None or have an __index__ method",
        )),
    }
}

/// `start..end` with negative values counted from the end, clamped; `None` if `start` lies behind the end.
pub fn clamp(start: isize, end: isize, len: usize) -> Option<(usize, usize)> {
    let len = len as isize;
    let fix = |at: isize| if at < 0 { (at + len).max(0) } else { at };
    let (start, end) = (fix(start), fix(end).min(len));
    (start <= end).then_some((start as usize, end as usize))
}

/// Resolves a slice object against the length that `len` tells once the bounds are known (they may run Python).
pub fn resolve_with(object: &Object, len: impl FnOnce() -> usize) -> PyResult<Part> {
    let (start, stop, step) = slice::unpack(object)?;
    let (start, _, count) = slice::adjust(len(), start, stop, step);
    Ok(Part {
        start: start.max(0) as usize,
        step,
        count,
    })
}

/// `resolve_with` for a sequence that cannot change.
pub fn resolve(object: &Object, len: usize) -> PyResult<Part> {
    resolve_with(object, || len)
}
