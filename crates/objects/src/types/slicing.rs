//! Slices resolved against a length, as all sequences of characters and bytes do.

use crate::object::Object;
use crate::refs::PyResult;

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
    object.ty().full_name() == "slice"
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

/// Resolves a slice object.
pub fn resolve(slice: &Object, len: usize) -> PyResult<Part> {
    let field = |name| crate::ops::attribute::get_str(slice, name);
    let step = bound(Some(&*field("step")?), 1)?.max(-isize::MAX);
    if step == 0 {
        return Err(crate::error::value_error("slice step cannot be zero"));
    }
    let (low, high) = if step < 0 {
        (isize::MAX, isize::MIN)
    } else {
        (0, isize::MAX)
    };
    let start = bound(Some(&*field("start")?), low)?;
    let stop = bound(Some(&*field("stop")?), high)?;
    Ok(adjust(start, stop, step, len))
}

/// `PySlice_AdjustIndices`.
pub fn adjust(start: isize, stop: isize, step: isize, len: usize) -> Part {
    let len = len as isize;
    let backward = step < 0;
    let fix = |at: isize| {
        let at = if at < 0 { at.saturating_add(len) } else { at };
        if at < 0 {
            if backward { -1 } else { 0 }
        } else if at >= len {
            if backward { len - 1 } else { len }
        } else {
            at
        }
    };
    let (start, stop) = (fix(start), fix(stop));
    let count = if backward && stop < start {
        (start - stop - 1) / -step + 1
    } else if !backward && start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    Part {
        start: start.max(0) as usize,
        step,
        count: count as usize,
    }
}
