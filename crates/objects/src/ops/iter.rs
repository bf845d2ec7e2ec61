//! Iteration.

use crate::object::Object;
use crate::refs::{Owned, PyResult};

/// `iter(object)`.
pub fn iter(object: &Object) -> PyResult {
    todo!()
}
/// The next item; `None` at the end, StopIteration swallowed (`PyIter_NextItem`).
pub fn next(iterator: &Object) -> PyResult<Option<Owned>> {
    todo!()
}
/// Calls `each` with every item of an iterable; the iterator is a named native root meanwhile.
pub fn for_each(iterable: &Object, each: impl FnMut(Owned) -> PyResult<()>) -> PyResult<()> {
    todo!()
}
/// `operator.length_hint`.
pub fn length_hint(object: &Object, default: usize) -> PyResult<usize> {
    todo!()
}
