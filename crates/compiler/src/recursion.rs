//! Deep trees: every recursive pass counts its depth here, and gets a larger stack as it goes down, so that hostile input ends in an error.

use crate::error::{Class, Error};

/// How many nodes may nest. CPython has no such number, it asks how much of the machine's stack is left; with its usual 8 MB `compile`
/// gives up at 27,450 sums, attributes or calls, later where its functions need less.
pub const LIMIT: u32 = 27_450;

/// Levels between two looks at the stack.
const STRIDE: u32 = 32;
/// What `STRIDE` levels may need, several frames each, unoptimised ones included.
const RED_ZONE: usize = 512 * 1024;
const CHUNK: usize = 8 * 1024 * 1024;

/// Runs `visit`, which works `depth` levels down; every so often makes sure that there is stack for the next levels.
#[inline]
pub fn with_stack<R>(depth: u32, visit: impl FnOnce() -> R) -> R {
    if depth.is_multiple_of(STRIDE) {
        stacker::maybe_grow(RED_ZONE, CHUNK, visit)
    } else {
        visit()
    }
}

/// The error beyond `LIMIT`, as CPython words it with a stack of 8 MB.
#[cold]
pub fn too_deep() -> Error {
    Error::plain(
        Class::RecursionError,
        "Stack overflow (used 8156 kB) during compilation",
    )
}
